//! Operations as spans and calls as events of the `tracing` ecosystem, for its subscribers.

use std::rc::Rc;

use tracing::Level;
use tracing::span::EnteredSpan;

use super::recording::Recorder;
use super::{Event, stopwatch};
use crate::comm::{Communicator, Layered, Operation};

/// Opens the span of an operation, level debug.
pub(in crate::comm) fn enter(operation: &Operation) -> EnteredSpan {
    let Operation { name, file, line, .. } = *operation;
    tracing::span!(target: "distarray", Level::DEBUG, "operation", name, file, line).entered()
}

/// The communicator, with an event for each call where a subscriber of this thread wants them.
pub(in crate::comm) fn observed(comm: Rc<dyn Communicator>) -> Rc<dyn Communicator> {
    if !tracing::enabled!(target: "distarray", Level::TRACE) {
        return comm;
    }
    stopwatch::set_timing(true);
    Rc::new(Layered::new(comm, Rc::new(Recorder)))
}

/// Ends what [`observed`] began.
pub(in crate::comm) fn end() {
    stopwatch::set_timing(false);
}

/// Tells of a call that has ended, level trace; times in microseconds.
pub(super) fn tell(event: &Event) {
    tracing::event!(
        target: "distarray",
        Level::TRACE,
        call = event.call,
        operation = event.operation,
        place = event.place,
        peers = event.peers,
        sent = event.sent,
        received = event.received,
        time_us = event.time.as_secs_f64() * 1e6,
        wait_us = event.wait.as_secs_f64() * 1e6,
    );
}
