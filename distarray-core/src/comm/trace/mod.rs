//! Traces: what each rank communicated, for which operation, and how long it waited.

mod chrome;
mod event;
mod recording;
#[cfg(feature = "tracing")]
pub(super) mod spans;
mod stopwatch;
mod table;

pub use event::Event;
pub use recording::Recording;
pub(super) use recording::note_operation;
pub use stopwatch::{is_timing, waiting};

/// The events of all ranks.
///
/// Printed, it is a table with a line for each operation and kind of call.
///
/// ```
/// use std::rc::Rc;
/// use distarray_core::array::Context;
/// use distarray_core::comm::{Recording, Solo};
///
/// let recording = Recording::start(Rc::new(Solo))?;
/// let ctx = Context::new(recording.communicator());
/// ctx.barrier()?;
/// let trace = recording.finish()?.expect("on rank 0");
/// assert!(trace.to_string().contains("barrier at "));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Trace(Vec<Vec<Event>>);

impl Trace {
    pub(super) fn new(ranks: Vec<Vec<Event>>) -> Self {
        Self(ranks)
    }

    /// The events of each rank, in the order in which they ended.
    ///
    /// ```
    /// use distarray_core::comm::Trace;
    ///
    /// assert!(Trace::default().ranks().is_empty());
    /// ```
    pub fn ranks(&self) -> &[Vec<Event>] {
        &self.0
    }
}
