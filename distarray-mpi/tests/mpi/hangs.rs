//! Jobs that would hang, or lose a rank: under a watch, under checks, killed from outside.

use std::time::Duration;

use distarray_core::comm::{Checked, Communicator, Operation, ReduceOp};
use distarray_core::{Error, Result};
use distarray_mpi::{Options, mpi, run_with};
use mpi::traits::{Communicator as _, Destination as _};

use crate::failures::Failure;

pub(crate) const FAILURES: &[Failure] = &[
    Failure {
        name: "erroneous_call_through_rsmpi",
        program: || {
            distarray_mpi::run(|comm| {
                let _scope = Operation::enter("shift");
                if comm.rank() == 1 {
                    // No tag is below zero; rsmpi does not look, neither at it nor at the code.
                    let world = mpi::topology::SimpleCommunicator::world();
                    world.process_at_rank(0).send_with_tag(&1_u8, -7);
                }
                comm.barrier()
            })
        },
        says: &["rank 1 of 3: MPI failed: ", "(in shift at distarray-mpi/tests/mpi/hangs.rs:"],
        silent: &[],
        code: Some(1),
    },
    Failure {
        name: "watch_early_return",
        program: || {
            watched(|comm| match comm.rank() {
                1 => Ok(()),
                _ => smooth(comm),
            })
        },
        says: &[
            ": waited for longer than 500ms, the limit; the ranks are:",
            "rank 1 has returned from its program",
            "rank 0 waits since ",
            "rank 2 waits since ",
        ],
        silent: &["does not answer"],
        code: Some(1),
    },
    Failure {
        name: "watch_circle_of_receives",
        program: || {
            watched(|comm| {
                let _scope = Operation::enter("ring");
                comm.receive((comm.rank() + 1) % 3, 7).map(drop)
            })
        },
        says: &[
            "the ranks are:",
            "in receive from rank 1 with tag 7 in ring at distarray-mpi/tests/mpi/hangs.rs:",
            "in receive from rank 2 with tag 7 in ring at ",
            "in receive from rank 0 with tag 7 in ring at ",
            "s in receive from rank 1 with tag 7",
        ],
        silent: &["does not answer"],
        code: Some(1),
    },
    Failure {
        name: "watch_rank_that_computes",
        program: || {
            watched(|comm| {
                if comm.rank() == 2 {
                    std::thread::sleep(Duration::from_secs(60));
                }
                smooth(comm)
            })
        },
        says: &["the ranks are:", "rank 2 does not answer: it computes, is stopped"],
        silent: &[],
        code: Some(1),
    },
    Failure {
        name: "watch_crossed_groups",
        program: || {
            watched(|comm| {
                let half = comm.split(Some(comm.rank() / 2), 0)?.expect("every rank joins");
                match comm.rank() {
                    0 => half.barrier(),
                    _ => comm.barrier(),
                }
            })
        },
        says: &["the ranks are:", "rank 0 waits since ", "rank 1 waits since "],
        silent: &["does not answer"],
        code: Some(1),
    },
    Failure {
        name: "watch_nothing_wrong",
        program: || {
            watched(|comm| {
                for round in 0..50_u64 {
                    let total = comm.all_reduce_of(ReduceOp::Sum, comm.rank() as u64 + round)?;
                    assert_eq!(total, 3 + 3 * round);
                    let mut bytes = vec![round as u8; 70_000];
                    comm.broadcast(round as usize % 3, &mut bytes)?;
                }
                smooth(comm)
            })?;
            std::process::exit(7)
        },
        says: &[],
        silent: &["waits", "finalize", "improperly"],
        code: Some(7),
    },
    Failure {
        name: "rank_that_is_killed",
        program: || lost("KILL"),
        says: &[],
        silent: &["hangs.rs"],
        code: None,
    },
    Failure {
        name: "rank_that_is_terminated",
        program: || lost("TERM"),
        says: &[],
        silent: &["hangs.rs"],
        code: None,
    },
    Failure {
        name: "rank_that_aborts",
        program: || {
            distarray_mpi::run(|comm| {
                if comm.rank() == 1 {
                    std::process::abort();
                }
                comm.barrier()
            })
        },
        says: &[],
        silent: &["hangs.rs"],
        code: None,
    },
    Failure {
        name: "rank_that_is_stopped",
        program: || {
            watched(|comm| {
                if comm.rank() == 1 {
                    signal("STOP");
                }
                smooth(comm)
            })
        },
        says: &["the ranks are:", "rank 1 does not answer: it computes, is stopped"],
        silent: &[],
        code: None,
    },
    Failure {
        name: "check_early_return",
        program: || {
            checked(|comm| match comm.rank() {
                1 => Ok(()),
                _ => smooth(comm),
            })
        },
        says: &["all have: rank 1: returned early, while rank 0 was in barrier in smooth at "],
        silent: &[],
        code: Some(4),
    },
    Failure {
        name: "check_error_on_one_rank",
        program: || {
            checked(|comm| match comm.rank() {
                1 => Err(Error::user("no input")),
                _ => smooth(comm),
            })
        },
        says: &["all have: no input (rank 1 of 3, while rank 0 was in barrier in smooth at "],
        silent: &[],
        code: Some(4),
    },
    Failure {
        name: "check_error_while_others_receive",
        program: || {
            checked(|comm| match comm.rank() {
                1 => Err(Error::user("no input")),
                _ => comm.receive(1, 0).map(drop),
            })
        },
        says: &["rank 1 of 3: no input (the other ranks went on, and are stopped)"],
        silent: &["all have"],
        code: Some(1),
    },
    Failure {
        name: "check_other_collective",
        program: || {
            checked(|comm| match comm.rank() {
                2 => comm.broadcast_of(0, 1).map(drop),
                _ => comm.barrier(),
            })
        },
        says: &["all have: rank 2: is in broadcast of 4 bytes from root 0 in the program, \
             while rank 0 is in barrier in the program"],
        silent: &[],
        code: Some(4),
    },
    Failure {
        name: "check_other_root_and_length",
        program: || {
            checked(|comm| {
                let root = usize::from(comm.rank() == 1);
                comm.broadcast(root, &mut vec![1; 8 + 8 * root])
            })
        },
        says: &["all have: rank 1: is in broadcast of 16 bytes from root 1 in the program, \
             while rank 0 is in broadcast of 8 bytes from root 0"],
        silent: &[],
        code: Some(4),
    },
];

/// An operation of several messages, with a name.
fn smooth(comm: &dyn Communicator) -> Result<()> {
    let _scope = Operation::enter("smooth");
    comm.barrier()?;
    comm.barrier()
}

fn watched(program: impl FnOnce(&dyn Communicator) -> Result<()>) -> Result<()> {
    run_with(Options { timeout: Some(Duration::from_millis(500)) }, |comm| program(&*comm))
}

/// Runs a program under checks, and ends with code 4 where all ranks have the same error.
fn checked(program: fn(&dyn Communicator) -> Result<()>) -> Result<()> {
    let outcome = distarray_mpi::run(|comm| {
        let checked = Checked::new(comm);
        let outcome = program(&*checked.communicator());
        checked.leave(outcome)
    });
    let text = outcome.map_or_else(|error| error.to_string(), |()| "fine".to_owned());
    distarray_mpi::run(|comm| {
        let texts = comm.all_gather_varying(text.as_bytes())?;
        assert!(texts.iter().all(|other| other == text.as_bytes()), "not all have {text}");
        if comm.rank() == 0 {
            println!("all have: {text}");
        }
        Ok(())
    })?;
    std::process::exit(4)
}

/// A rank gets a signal while the others wait for it.
fn lost(name: &str) -> Result<()> {
    distarray_mpi::run(|comm| {
        if comm.rank() == 1 {
            signal(name);
            std::thread::sleep(Duration::from_secs(60));
        }
        comm.barrier()
    })
}

/// Sends this process a signal.
fn signal(name: &str) {
    let process = std::process::id().to_string();
    let sent = std::process::Command::new("kill").args(["-s", name, &process]).status();
    assert!(sent.is_ok_and(|status| status.success()), "the signal {name} was sent");
}
