//! [`Event`]: one call or operation of a rank, with its times.

use std::time::Duration;

/// One call of a communicator, or the whole of one operation.
///
/// ```
/// use std::rc::Rc;
/// use distarray_core::comm::{Recording, Solo};
///
/// let recording = Recording::start(Rc::new(Solo))?;
/// recording.communicator().broadcast_of(0, 5_u64)?;
/// let trace = recording.finish()?.expect("on rank 0");
/// let event = &trace.ranks()[0][0];
/// assert_eq!((&event.call[..], event.peers), ("broadcast", 0));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The user's operation.
    pub operation: String,
    /// The place of its call, `src/main.rs:8`; empty outside all operations.
    pub place: String,
    /// The kind of call, such as `all_reduce`; empty for an operation as a whole.
    pub call: String,
    /// How many other ranks this one sends to or receives from.
    pub peers: usize,
    /// Bytes that this rank gives to others.
    pub sent: u64,
    /// Bytes that it gets from others.
    pub received: u64,
    /// From the start of the trace.
    pub start: Duration,
    /// From its begin to its end.
    pub time: Duration,
    /// How much of the time was spent in waiting for other ranks; the rest is transfer.
    pub wait: Duration,
}

impl Event {
    /// The event as a line of text, for other ranks.
    pub(super) fn to_line(&self) -> String {
        let nanos = [self.start, self.time, self.wait].map(|time| time.as_nanos());
        format!(
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
            self.operation,
            self.place.replace(['\t', '\n'], " "),
            self.call,
            self.peers,
            self.sent,
            self.received,
            nanos[0],
            nanos[1],
            nanos[2]
        )
    }

    pub(super) fn from_line(line: &str) -> Option<Self> {
        let mut fields = line.split('\t');
        let mut next = || fields.next();
        let (operation, place) = (next()?.to_owned(), next()?.to_owned());
        let call = next()?.to_owned();
        let mut number = || next()?.parse::<u64>().ok();
        Some(Self {
            operation,
            place,
            call,
            peers: usize::try_from(number()?).ok()?,
            sent: number()?,
            received: number()?,
            start: Duration::from_nanos(number()?),
            time: Duration::from_nanos(number()?),
            wait: Duration::from_nanos(number()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_travel_as_lines() {
        let event = Event {
            operation: "sum".into(),
            place: "src/main.rs:8".into(),
            call: String::new(),
            peers: 3,
            sent: 1 << 40,
            received: 5,
            start: Duration::from_nanos(7),
            time: Duration::from_secs(9),
            wait: Duration::ZERO,
        };
        let line = event.to_line();
        assert_eq!(Event::from_line(line.trim_end_matches('\n')), Some(event));
        assert_eq!(Event::from_line("sum\tx"), None);
    }
}
