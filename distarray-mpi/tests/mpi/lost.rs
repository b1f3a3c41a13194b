//! Jobs that lose a rank to a signal: the launcher ends them, and says why.

use std::time::Duration;

use distarray_core::Result;

use crate::job::Failure;

pub(crate) const FAILURES: &[Failure] = &[
    Failure {
        name: "rank_that_is_killed",
        program: || lose(|| signal("KILL")),
        says: &["signal 9"],
        silent: SILENT,
        code: None,
    },
    Failure {
        name: "rank_that_is_terminated",
        program: || lose(|| signal("TERM")),
        says: &["signal 15"],
        silent: SILENT,
        code: None,
    },
    Failure {
        name: "rank_that_faults",
        // The handler that finds overflows of the stack takes itself away at the first.
        program: || lose(|| (0..2).for_each(|_| signal("SEGV"))),
        says: &[],
        silent: SILENT,
        code: None,
    },
    Failure {
        name: "rank_that_aborts",
        program: || lose(|| std::process::abort()),
        says: &[],
        silent: SILENT,
        code: None,
    },
];

/// What a rank that goes on would say.
const SILENT: &[&str] = &["lost.rs"];

/// A rank ends while the others wait for it in a collective.
fn lose(end: fn()) -> Result<()> {
    distarray_mpi::run(|comm| {
        if comm.rank() == 1 {
            // The others are in the second barrier by then.
            comm.barrier()?;
            std::thread::sleep(Duration::from_millis(100));
            end();
            panic!("goes on after the signal");
        }
        comm.barrier()?;
        comm.barrier()
    })
}

/// Sends this process a signal.
pub(crate) fn signal(name: &str) {
    let process = std::process::id().to_string();
    let sent = std::process::Command::new("kill").args(["-s", name, &process]).status();
    assert!(sent.is_ok_and(|status| status.success()), "the signal {name} was sent");
}
