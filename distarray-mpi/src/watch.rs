//! [`Watch`]: waits with a limit of time, and the report of where every rank is when it has passed.
//!
//! MPI is called from one thread only, so that no other one can look at what is going on. Under a
//! watch all waiting is therefore a loop here, which also answers the questions of other ranks. The
//! rank whose wait takes too long asks them all, prints one report, and ends the job.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use distarray_core::Result;

use crate::abort;
use crate::handle::Handle;
use crate::poll::nap;
use crate::questions::{ANSWER, QUESTION, Questions};

/// How long the others have to answer.
const ANSWERING: Duration = Duration::from_secs(1);
/// How long a rank that asked has to end the job, before another one does so.
const REPORTING: Duration = Duration::from_secs(3);
/// Ranks whose time is up at about the same moment ask one after the other, so that one alone does.
const TURN: Duration = Duration::from_millis(20);
const LAST_TURN: Duration = Duration::from_millis(500);

/// What is said of a rank that does not answer.
const SILENT: &str = "does not answer: it computes, is stopped, or waits outside distarray";

/// The limit of a rank's waits, and the ranks that ask each other where they are.
#[derive(Debug)]
pub(crate) struct Watch {
    limit: Duration,
    questions: Questions,
    rank: usize,
    size: usize,
    /// When another rank has asked, which will report.
    asked: Cell<Option<Instant>>,
    /// The watch within which this one was made, whose questions are answered too.
    outer: Option<Rc<Watch>>,
}

thread_local! {
    /// The watch of the program that runs.
    static PRESENT: RefCell<Weak<Watch>> = const { RefCell::new(Weak::new()) };
}

/// Runs a program under its watch.
pub(crate) fn within<R>(watch: Option<&Rc<Watch>>, program: impl FnOnce() -> R) -> R {
    let watch = watch.map_or_else(Weak::new, Rc::downgrade);
    let outer = PRESENT.replace(watch);
    let result = program();
    PRESENT.set(outer);
    result
}

/// The watch of the program that runs; none while the thread ends.
pub(crate) fn present() -> Option<Rc<Watch>> {
    PRESENT.try_with(|watch| watch.borrow().upgrade()).ok().flatten()
}

impl Watch {
    /// Over the ranks of a communicator, which is for this watch alone.
    pub(crate) fn new(limit: Duration, handle: Handle) -> Result<Self> {
        let (rank, size) = handle.rank_and_size()?;
        let questions = Questions::new(handle);
        Ok(Self { limit, questions, rank, size, asked: Cell::new(None), outer: present() })
    }

    /// This rank among those that are watched.
    pub(crate) fn rank(&self) -> usize {
        self.rank
    }

    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }

    /// The communicator of the watch.
    pub(crate) fn handle(&self) -> &Handle {
        self.questions.handle()
    }

    /// Waits until `ready` gives something; ends the job when that takes too long. `place` says where
    /// this rank is, after so long a wait.
    pub(crate) fn wait<T>(
        &self,
        place: &dyn Fn(Duration) -> String,
        mut ready: impl FnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let start = Instant::now();
        loop {
            let waited = start.elapsed();
            self.answer(&|| place(waited))?;
            if let Some(found) = ready()? {
                return Ok(found);
            }
            let is_asked = self.asked.get().is_some_and(|asked| asked.elapsed() < REPORTING);
            if waited > self.limit.saturating_add(self.turn()) && !is_asked {
                self.report(&place(waited))?;
            }
            nap(waited);
        }
    }

    fn turn(&self) -> Duration {
        (TURN * u32::try_from(self.rank).unwrap_or(u32::MAX)).min(LAST_TURN)
    }

    /// Answers the ranks that ask where this one is.
    pub(crate) fn answer(&self, place: &dyn Fn() -> String) -> Result<()> {
        while let Some((peer, _)) = self.questions.take(QUESTION)? {
            self.asked.set(Some(Instant::now()));
            self.questions.send(peer, ANSWER, &place())?;
        }
        self.outer.as_ref().map_or(Ok(()), |outer| outer.answer(place))
    }

    /// Asks all others where they are, prints what they say, and ends the job; returns where a lower
    /// rank does so.
    fn report(&self, own: &str) -> Result<()> {
        for peer in (0..self.size).filter(|&peer| peer != self.rank) {
            self.questions.send(peer, QUESTION, "")?;
        }
        let mut places = BTreeMap::from([(self.rank, own.to_owned())]);
        let start = Instant::now();
        while places.len() < self.size && start.elapsed() < ANSWERING {
            if let Some((peer, place)) = self.questions.take(ANSWER)? {
                places.insert(peer, place);
            } else if let Some((peer, _)) = self.questions.take(QUESTION)? {
                // The higher of two that ask at once gives way, as it gets the lower one's question.
                if peer < self.rank {
                    self.asked.set(Some(Instant::now()));
                    return self.questions.send(peer, ANSWER, own);
                }
            } else {
                nap(start.elapsed());
            }
        }
        let mut text = format!(
            "rank {} of {}: waited for longer than {:?}, the limit; the ranks are:",
            self.rank, self.size, self.limit
        );
        for rank in 0..self.size {
            let place = places.get(&rank).map_or(SILENT, String::as_str);
            text += &format!("\n  rank {rank} {place}");
        }
        abort::report(&text);
        abort::end_job()
    }
}
