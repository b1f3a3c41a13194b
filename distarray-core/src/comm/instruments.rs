//! [`Instruments`]: what watches a program's calls while it runs.

use std::rc::Rc;

use super::{Checked, Communicator, Recording, Trace};
use crate::error::Result;

/// Which layers a program runs under. None by default: its communicator is the backend's own then,
/// and nothing is spent.
///
/// ```
/// use std::rc::Rc;
/// use distarray_core::comm::{Instruments, Solo};
///
/// let instruments = Instruments { check: true, trace: true };
/// let mut calls = 0;
/// instruments.around(Rc::new(Solo), |comm| comm.barrier(), |trace| {
///     calls = trace.ranks()[0].len();
///     Ok(())
/// })?;
/// assert_eq!(calls, 1);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Instruments {
    /// The ranks compare what they do before they do it; see [`Checked`].
    pub check: bool,
    /// Calls are recorded; see [`Recording`].
    pub trace: bool,
}

impl Instruments {
    /// Runs this rank's program, and hands the trace to `keep` on rank 0; after a failure there is
    /// rank 0's part only.
    ///
    /// # Errors
    /// The program's; what the instruments find; what `keep` fails with, on every rank.
    pub fn around<R>(
        self,
        comm: Rc<dyn Communicator>,
        program: impl FnOnce(Rc<dyn Communicator>) -> Result<R>,
        keep: impl FnOnce(&Trace) -> Result<()>,
    ) -> Result<R> {
        let checked = self.check.then(|| Checked::new(Rc::clone(&comm)));
        let comm = checked.as_ref().map_or(comm, Checked::communicator);
        #[cfg(feature = "tracing")]
        let comm = match self.trace {
            true => comm,
            false => super::trace::spans::observed(comm),
        };
        let outcome = match self.trace {
            true => record(&comm, program, keep),
            false => program(comm),
        };
        #[cfg(feature = "tracing")]
        super::trace::spans::end();
        match checked {
            Some(checked) => checked.leave(outcome),
            None => outcome,
        }
    }
}

fn record<R>(
    comm: &Rc<dyn Communicator>,
    program: impl FnOnce(Rc<dyn Communicator>) -> Result<R>,
    keep: impl FnOnce(&Trace) -> Result<()>,
) -> Result<R> {
    let recording = Recording::start(Rc::clone(comm))?;
    match program(recording.communicator()) {
        Ok(result) => {
            let kept = recording.finish()?.map_or(Ok(()), |trace| keep(&trace));
            comm.agree_with_root(0, kept)?;
            Ok(result)
        }
        Err(error) => {
            let trace = recording.finish_alone();
            if comm.rank() == 0 {
                // The program's error is the one to tell of.
                let _ = keep(&trace);
            }
            Err(error)
        }
    }
}
