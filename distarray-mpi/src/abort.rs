//! Bringing the whole job down.

use std::ffi::c_int;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mpi::ffi;

use crate::start;

/// The job is ending, so that the handler at exit must not finalise MPI.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Time for the launcher to pass on what was printed; MPICH's drops what it has not read when the
/// job ends.
const FORWARDING: Duration = Duration::from_millis(200);

/// Whether this process is bringing the job down.
pub(crate) fn ending() -> bool {
    ENDING.load(Ordering::Acquire)
}

/// Prints the message with this process's rank, and ends the job with code 1.
pub(crate) fn abort(message: &str) -> ! {
    if start::active() {
        let (rank, size) = place_in_world();
        report(&format!("rank {rank} of {size}: {message}"));
    } else {
        report(message);
    }
    end_job()
}

/// Ends the job with code 1; what there is to say has been said.
pub(crate) fn end_job() -> ! {
    ENDING.store(true, Ordering::Release);
    if start::active() {
        std::thread::sleep(FORWARDING);
        // SAFETY: MPI is active. The whole world is named, since a library may leave the ranks
        // outside a smaller communicator running.
        unsafe { ffi::MPI_Abort(ffi::RSMPI_COMM_WORLD, 1) };
    }
    std::process::exit(1)
}

/// Writes a line to standard error in one piece, so that ranks do not mix theirs.
pub(crate) fn report(message: &str) {
    let line = format!("{message}\n");
    // There is nobody left to tell of a failure to write.
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

fn place_in_world() -> (c_int, c_int) {
    let (mut rank, mut size) = (0, 0);
    // SAFETY: MPI is active, and the places are valid for writes. The calls fail for no communicator
    // that exists.
    unsafe {
        ffi::MPI_Comm_rank(ffi::RSMPI_COMM_WORLD, &mut rank);
        ffi::MPI_Comm_size(ffi::RSMPI_COMM_WORLD, &mut size);
    }
    (rank, size)
}
