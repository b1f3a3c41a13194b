//! Waiting by asking again and again, where MPI has no wait that could be given up.

use std::time::Duration;

use distarray_core::Result;
use mpi::ffi::{self, MPI_Request};

use crate::code::check;

/// A wait this short is spent in giving the core away, a longer one in short sleeps: ranks mostly
/// come together, and one that is early leaves the core to the others.
const BRIEF: Duration = Duration::from_millis(1);
const NAP: Duration = Duration::from_micros(100);

/// The pause before the next look, after so long a wait.
pub(crate) fn nap(waited: Duration) {
    if waited < BRIEF { std::thread::yield_now() } else { std::thread::sleep(NAP) }
}

/// Whether a request is complete. It is null then, and complete if asked again.
///
/// # Safety
/// The request is live or null, and its memory stays while it is live.
pub(crate) unsafe fn is_complete(request: &mut MPI_Request) -> Result<bool> {
    let mut complete = 0;
    // SAFETY: the caller vouches for the request; the place is valid for the write; the status is of
    // no interest.
    let code = unsafe { ffi::MPI_Test(request, &mut complete, ffi::RSMPI_STATUS_IGNORE) };
    check(code, "MPI_Test")?;
    Ok(complete != 0)
}
