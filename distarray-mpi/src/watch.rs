//! [`Watch`]: waits with a limit of time, and the report of where every rank is when it has passed.
//!
//! MPI is called from one thread only, so that no other one can look at what is going on. Under a
//! watch all waiting is therefore a loop here, which also answers the questions of other ranks. The
//! rank whose wait takes too long asks them all, prints one report, and ends the job.

use std::cell::Cell;
use std::ffi::c_int;
use std::time::{Duration, Instant};

use distarray_core::Result;
use mpi::ffi;

use crate::abort;
use crate::code::check;
use crate::exchange::{blank_status, received_bytes};
use crate::handle::Handle;

/// Tags on the watch's own communicator.
const QUESTION: c_int = 1;
const ANSWER: c_int = 2;

/// How long the others have to answer.
const ANSWERING: Duration = Duration::from_secs(1);
/// Ranks whose time is up at about the same moment ask one after the other, so that one alone does.
const TURN: Duration = Duration::from_millis(20);
const LAST_TURN: Duration = Duration::from_millis(500);
/// A wait this short is spent in giving the core away, a longer one in short sleeps.
const BRIEF: Duration = Duration::from_millis(1);
const NAP: Duration = Duration::from_micros(100);

/// The limit of a rank's waits, and the communicator on which ranks ask each other where they are.
#[derive(Debug)]
pub(crate) struct Watch {
    limit: Duration,
    control: Handle,
    rank: usize,
    size: usize,
    /// Another rank has asked, and will report.
    asked: Cell<bool>,
}

/// What a rank waits for.
pub(crate) struct Wait<'a> {
    /// Where: the call, or the end of the program.
    pub(crate) place: &'a dyn Fn() -> String,
    /// The ranks of the world that must do something first.
    pub(crate) peers: &'a dyn Fn() -> Vec<usize>,
}

impl Watch {
    /// Over the ranks of a communicator. Collective.
    pub(crate) fn new(limit: Duration, world: &Handle) -> Result<Self> {
        // SAFETY: the handle is alive.
        let control = unsafe { Handle::duplicate(world.raw()) }?;
        let (rank, size) = control.rank_and_size()?;
        Ok(Self { limit, control, rank, size, asked: Cell::new(false) })
    }

    /// This rank in the world.
    pub(crate) fn rank(&self) -> usize {
        self.rank
    }

    /// Waits until `ready` gives something; ends the job when that takes too long.
    pub(crate) fn wait<T>(
        &self,
        wait: &Wait<'_>,
        mut ready: impl FnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let start = Instant::now();
        loop {
            if let Some(found) = ready()? {
                return Ok(found);
            }
            let waited = start.elapsed();
            self.answer(&|| describe(wait, waited))?;
            if waited > self.limit.saturating_add(self.turn()) && !self.asked.get() {
                self.report(&describe(wait, waited))?;
            }
            if waited < BRIEF { std::thread::yield_now() } else { std::thread::sleep(NAP) }
        }
    }

    fn turn(&self) -> Duration {
        (TURN * u32::try_from(self.rank).unwrap_or(u32::MAX)).min(LAST_TURN)
    }

    /// Answers the ranks that ask where this one is.
    pub(crate) fn answer(&self, place: &dyn Fn() -> String) -> Result<()> {
        while let Some((peer, _)) = self.take(QUESTION)? {
            // Of two that ask each other the lower reports; a question of a higher one goes
            // unanswered by a rank that is about to end the job.
            self.asked.set(true);
            self.send(peer, ANSWER, place().as_bytes())?;
        }
        Ok(())
    }

    /// Asks all others where they are, prints what they say, and ends the job.
    fn report(&self, own: &str) -> Result<()> {
        for peer in (0..self.size).filter(|&peer| peer != self.rank) {
            self.send(peer, QUESTION, &[])?;
        }
        let silent = "does not answer: it computes, is stopped, or waits outside distarray";
        let mut places = vec![silent.to_owned(); self.size];
        places[self.rank] = own.to_owned();
        let (start, mut missing) = (Instant::now(), self.size - 1);
        while missing > 0 && start.elapsed() < ANSWERING {
            if let Some((peer, text)) = self.take(ANSWER)? {
                places[peer] = text;
                missing -= 1;
            } else if let Some((peer, _)) = self.take(QUESTION)? {
                if peer < self.rank {
                    self.asked.set(true);
                    self.send(peer, ANSWER, own.as_bytes())?;
                    return Ok(());
                }
            } else {
                std::thread::sleep(NAP);
            }
        }
        let mut text = format!(
            "rank {} of {}: waited for longer than {:?}, the limit; the ranks are:",
            self.rank, self.size, self.limit
        );
        for (rank, place) in places.iter().enumerate() {
            text += &format!("\n  rank {rank} {place}");
        }
        abort::report(&text);
        abort::end_job()
    }

    fn send(&self, peer: usize, tag: c_int, bytes: &[u8]) -> Result<()> {
        // Small enough to be sent at once, whether the peer receives or not; the request is not
        // waited for, since a rank that is stopped would never complete it.
        let bytes: &'static [u8] = Vec::leak(bytes.to_vec());
        // SAFETY: a constant of the library.
        let mut request = unsafe { ffi::RSMPI_REQUEST_NULL };
        // SAFETY: the bytes live for ever; the communicator is alive; a rank and a text fit.
        let code = unsafe {
            ffi::MPI_Isend(
                bytes.as_ptr().cast(),
                bytes.len() as c_int,
                ffi::RSMPI_UINT8_T,
                peer as c_int,
                tag,
                self.control.raw(),
                &mut request,
            )
        };
        check(code, "MPI_Isend")?;
        // SAFETY: the request was just made, and is not used again.
        check(unsafe { ffi::MPI_Request_free(&mut request) }, "MPI_Request_free")
    }

    /// A message that has arrived, with its sender.
    fn take(&self, tag: c_int) -> Result<Option<(usize, String)>> {
        let (mut flag, mut status) = (0, blank_status());
        // SAFETY: the communicator is alive; the places are valid for writes.
        let code = unsafe {
            let control = self.control.raw();
            ffi::MPI_Iprobe(ffi::RSMPI_ANY_SOURCE, tag, control, &mut flag, &mut status)
        };
        check(code, "MPI_Iprobe")?;
        if flag == 0 {
            return Ok(None);
        }
        let mut bytes = vec![0; received_bytes(&status)?];
        let peer = status.MPI_SOURCE;
        // SAFETY: the bytes are as many as the message has; the communicator is alive.
        let code = unsafe {
            ffi::MPI_Recv(
                bytes.as_mut_ptr().cast(),
                bytes.len() as c_int,
                ffi::RSMPI_UINT8_T,
                peer,
                tag,
                self.control.raw(),
                ffi::RSMPI_STATUS_IGNORE,
            )
        };
        check(code, "MPI_Recv")?;
        let peer = usize::try_from(peer).unwrap_or(0);
        Ok(Some((peer, String::from_utf8_lossy(&bytes).into_owned())))
    }
}

fn describe(wait: &Wait<'_>, waited: Duration) -> String {
    let peers: Vec<String> = (wait.peers)().iter().map(usize::to_string).collect();
    let peers = match &peers[..] {
        [] => String::new(),
        [only] => format!(" for rank {only}"),
        several => format!(" for ranks {}", several.join(", ")),
    };
    format!("waits since {:.1} s {}{peers}", waited.as_secs_f64(), (wait.place)())
}
