//! [`Recording`]: a layer that notes each call, and the operations around them.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::event::Event;
use super::stopwatch::{set_timing, take_waited};
use super::{Trace, is_timing};
use crate::comm::{CallKind, Communicator, Layer, Layered, Memory, Message, Operation, Step};
use crate::error::Result;

/// Events of this thread's rank, and the moment from which their times count.
struct Notes {
    begin: Instant,
    events: Vec<Event>,
}

thread_local! {
    static NOTES: RefCell<Option<Notes>> = const { RefCell::new(None) };
}

fn note(operation: &Operation, make: impl FnOnce(Event) -> Event, started: Instant) {
    let place = match operation.is_program() {
        true => String::new(),
        false => format!("{}:{}", operation.file, operation.line),
    };
    let event = make(Event {
        operation: operation.name.to_owned(),
        place,
        call: String::new(),
        peers: 0,
        sent: 0,
        received: 0,
        start: Duration::ZERO,
        time: started.elapsed(),
        wait: Duration::ZERO,
    });
    #[cfg(feature = "tracing")]
    if !event.call.is_empty() {
        super::spans::tell(&event);
    }
    NOTES.with_borrow_mut(|notes| {
        if let Some(notes) = notes {
            let start = started.saturating_duration_since(notes.begin);
            notes.events.push(Event { start, ..event });
        }
    });
}

/// Notes an operation that ends now.
pub(in crate::comm) fn note_operation(operation: &Operation, started: Instant) {
    note(operation, |event| event, started);
}

/// A trace that is being recorded, on each rank of a program.
///
/// ```
/// use std::rc::Rc;
/// use distarray_core::comm::{Recording, Solo};
///
/// let recording = Recording::start(Rc::new(Solo))?;
/// recording.communicator().barrier()?;
/// let trace = recording.finish()?.expect("on rank 0");
/// assert_eq!(trace.ranks()[0][0].call, "barrier");
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Recording(Rc<dyn Communicator>);

impl Recording {
    /// Starts to record. One barrier, from which the times of all ranks count.
    ///
    /// # Errors
    /// A rank failed.
    pub fn start(comm: Rc<dyn Communicator>) -> Result<Self> {
        comm.barrier()?;
        take_waited();
        set_timing(true);
        NOTES.set(Some(Notes { begin: Instant::now(), events: Vec::new() }));
        Ok(Self(comm))
    }

    /// The communicator whose calls are recorded.
    pub fn communicator(&self) -> Rc<dyn Communicator> {
        Rc::new(Layered::new(Rc::clone(&self.0), Rc::new(Recorder)))
    }

    /// The trace of all ranks, on rank 0: a gather of the lengths, and one exchange.
    ///
    /// # Errors
    /// A rank failed.
    pub fn finish(self) -> Result<Option<Trace>> {
        let comm = &*self.0;
        let lines: String = self.stop().iter().map(Event::to_line).collect();
        let lengths = comm.all_gather_of(lines.len() as u64)?;
        let mut all =
            vec![0; if comm.rank() == 0 { lengths.iter().sum::<u64>() as usize } else { 0 }];
        let mut receives = Vec::new();
        if comm.rank() == 0 {
            let mut start = 0;
            for (rank, &length) in lengths.iter().enumerate() {
                let end = start + length as usize;
                receives.push(Message::contiguous(rank, start..end));
                start = end;
            }
        }
        let send = [Message::contiguous(0, 0..lines.len())];
        comm.exchange(Memory::between(lines.as_bytes(), &mut all), &send, &receives)?;
        if comm.rank() > 0 {
            return Ok(None);
        }
        let mut rest = &all[..];
        let ranks = lengths.iter().map(|&length| {
            let (own, others) = rest.split_at(length as usize);
            rest = others;
            String::from_utf8_lossy(own).lines().filter_map(Event::from_line).collect()
        });
        Ok(Some(Trace::new(ranks.collect())))
    }

    /// What this rank alone has recorded: after a failure the others cannot be asked.
    ///
    /// ```
    /// use std::rc::Rc;
    /// use distarray_core::comm::{Recording, Solo};
    ///
    /// let recording = Recording::start(Rc::new(Solo))?;
    /// assert_eq!(recording.finish_alone().ranks().len(), 1);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn finish_alone(self) -> Trace {
        let mut ranks = vec![Vec::new(); self.0.size()];
        ranks[self.0.rank()] = self.stop();
        Trace::new(ranks)
    }

    fn stop(&self) -> Vec<Event> {
        set_timing(false);
        NOTES.take().map_or_else(Vec::new, |notes| notes.events)
    }
}

/// Notes each call.
#[derive(Debug)]
pub(super) struct Recorder;

impl Layer for Recorder {
    fn around(
        &self,
        comm: &dyn Communicator,
        step: &Step<'_>,
        call: &mut dyn FnMut() -> Result<()>,
    ) -> Result<()> {
        if !is_timing() {
            return call();
        }
        take_waited();
        let start = Instant::now();
        let outcome = call();
        let wait = take_waited();
        let (peers, sent, received) = amounts(comm, step);
        let call = name(step.kind).to_owned();
        let make = |event| Event { call, peers, sent, received, wait, ..event };
        note(&Operation::current(), make, start);
        outcome
    }

    fn of_part(&self, _: &dyn Communicator) -> Result<Rc<dyn Layer>> {
        Ok(Rc::new(Self))
    }
}

/// The call's name without its arguments, so that equal calls come together in a table.
fn name(kind: CallKind) -> &'static str {
    match kind {
        CallKind::Begin => "begin",
        CallKind::Exchange => "exchange",
        CallKind::StartExchange => "start_exchange",
        CallKind::FinishExchange => "finish_exchange",
        CallKind::Barrier => "barrier",
        CallKind::Broadcast { .. } => "broadcast",
        CallKind::AllGather { .. } => "all_gather",
        CallKind::AllReduce { .. } => "all_reduce",
        CallKind::Split => "split",
        CallKind::Receive { .. } => "receive",
        CallKind::Send { .. } => "send",
        CallKind::Leave => "end",
    }
}

/// Peers, and bytes given and got: of a collective what each rank must give to, and get from, the
/// others at least, whatever way the backend takes.
fn amounts(comm: &dyn Communicator, step: &Step<'_>) -> (usize, u64, u64) {
    let (rank, others) = (comm.rank(), comm.size() - 1);
    let times = |bytes: usize, factor: usize| bytes as u64 * factor as u64;
    match step.kind {
        CallKind::Exchange | CallKind::StartExchange | CallKind::FinishExchange => {
            let total = |messages: &[Message]| -> u64 {
                let others = messages.iter().filter(|message| message.peer != rank);
                others.map(|message| message.bytes() as u64).sum()
            };
            let mut peers: Vec<usize> =
                step.sends.iter().chain(step.receives).map(|message| message.peer).collect();
            peers.retain(|&peer| peer != rank);
            peers.sort_unstable();
            peers.dedup();
            (peers.len(), total(step.sends), total(step.receives))
        }
        CallKind::Broadcast { root, bytes } if root == rank => (others, times(bytes, others), 0),
        CallKind::Broadcast { bytes, .. } => (1, 0, bytes as u64),
        CallKind::AllGather { bytes } => (others, bytes as u64, times(bytes, others)),
        CallKind::AllReduce { bytes, .. } => (others, bytes as u64, bytes as u64),
        CallKind::Barrier | CallKind::Split | CallKind::Begin | CallKind::Leave => (others, 0, 0),
        CallKind::Receive { .. } | CallKind::Send { .. } => (1, 0, 0),
    }
}
