//! The backend under a launcher: every case runs on all ranks in lockstep.
//!
//! Started plainly, the program starts itself under `mpirun`: once for each number of ranks, on three
//! ranks under a watch, then once for each failure that must end a job. Arguments that are not
//! options choose cases by name.
//! - `DISTARRAY_MPIRUN`: the launcher; default `mpirun`.
//! - `DISTARRAY_MPI_RANKS`: numbers of ranks; default `1,2,3,4,6`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a test harness")]

mod cases;
mod checks;
mod failures;
mod job;
mod launch;
mod lost;
mod random;
mod watch;

use std::process::ExitCode;

fn main() -> ExitCode {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    if std::env::args().any(|arg| arg == "--list") {
        return ExitCode::SUCCESS;
    }
    if let Ok(name) = std::env::var(launch::SCENARIO) {
        return job::play(&name);
    }
    if distarray_mpi::launched().is_some() { cases::run(&wanted) } else { launch::all(&wanted) }
}
