//! Jobs whose ranks wait for each other in vain, under a watch: one report, and the end.

use std::time::Duration;

use distarray_core::comm::{Communicator, Operation, ReduceOp};
use distarray_core::{DType, Result};
use distarray_mpi::mpi::traits::Communicator as _;
use distarray_mpi::{Options, adopt_with, run_with};

use crate::checks::smooth;
use crate::failures::IMPROPER;
use crate::job::Failure;
use crate::lost::signal;

const LIMIT: Duration = Duration::from_millis(500);
/// Longer than any job may run.
const FOR_EVER: Duration = Duration::from_secs(1000);

pub(crate) const FAILURES: &[Failure] = &[
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
        program: || watched(ring),
        says: &[
            "the ranks are:",
            "in receive from rank 1 with tag 7 in ring at distarray-mpi/tests/mpi/watch.rs:",
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
                    std::thread::sleep(FOR_EVER);
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
            let options = Options { timeout: Some(LIMIT), shared_memory: false };
            run_with(options, |comm| crossed_groups(&*comm))
        },
        says: &["the ranks are:", "rank 0 waits since ", "rank 1 waits since "],
        silent: &["does not answer"],
        code: Some(1),
    },
    Failure {
        name: "watch_crossed_groups_that_share_memory",
        program: || watched(crossed_groups),
        says: &["rank 1 of 3: rank 0: sent 1 bytes to rank 1, which is in another exchange"],
        silent: &["the ranks are:"],
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
        name: "watch_rank_that_is_stopped",
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
        name: "watch_rank_that_computes_after_the_others",
        program: || {
            watched(|comm| {
                if comm.rank() == 2 {
                    return endless();
                }
                Ok(())
            })
        },
        says: &[
            "the ranks are:",
            "rank 0 has returned from its program, and waits since ",
            "rank 1 has returned from its program, and waits since ",
            "rank 2 does not answer",
        ],
        silent: &[],
        code: Some(1),
    },
    Failure {
        name: "watch_rank_that_goes_on_without_waiting",
        program: || {
            watched(|comm| {
                let _scope = Operation::enter("ones");
                while comm.rank() == 2 {
                    comm.begin()?;
                    std::thread::yield_now();
                }
                comm.barrier()
            })
        },
        says: &["the ranks are:", "rank 2 is in its program, now in ones at "],
        silent: &["does not answer"],
        code: Some(1),
    },
    Failure {
        name: "watch_rank_that_does_not_come_to_a_run",
        program: || {
            distarray_mpi::run(|comm| comm.barrier())?;
            if distarray_mpi::mpi::topology::SimpleCommunicator::world().rank() == 1 {
                std::thread::sleep(FOR_EVER);
            }
            watched(|comm| comm.barrier())
        },
        says: &["waited for longer than 500ms, the limit, at the begin of a program"],
        silent: &[],
        code: Some(1),
    },
    Failure {
        name: "watch_limit_of_one_rank",
        program: || {
            let rank = distarray_mpi::run(|comm| Ok(comm.rank()))?;
            // As where a launcher passes the environment to some machines only.
            let timeout = (rank == 0).then_some(LIMIT);
            run_with(Options { timeout, ..Options::default() }, |comm| match comm.rank() {
                1 => Ok(()),
                _ => smooth(&*comm),
            })
        },
        says: &["the ranks are:", "rank 1 has returned from its program"],
        silent: &["does not answer"],
        code: Some(1),
    },
    Failure {
        name: "watch_run_within_a_run",
        program: || {
            watched(|outer| match outer.rank() {
                1 => outer.barrier(),
                _ => distarray_mpi::run(|comm| smooth(&*comm)),
            })
        },
        says: &[
            "the ranks are:",
            "rank 0 waits since ",
            "rank 1 waits since ",
            "s in barrier in the program for rank",
            "rank 2 waits since ",
        ],
        silent: &["does not answer"],
        code: Some(1),
    },
    Failure {
        name: "watch_exit_within_the_program",
        program: || {
            watched(|comm| match comm.rank() {
                0 => std::process::exit(5),
                1 => Ok(()),
                _ => smooth(comm),
            })
        },
        says: &["rank 0 of 3: the process exited within the program (the other ranks went on"],
        silent: &["the ranks are:"],
        code: Some(1),
    },
    Failure {
        name: "watch_exit_of_all_ranks",
        program: || {
            watched(|comm| match comm.rank() {
                0 => Ok(()),
                _ => std::process::exit(5),
            })?;
            std::process::exit(5)
        },
        says: &[],
        silent: IMPROPER,
        code: None,
    },
    Failure {
        name: "watch_adopted",
        program: || {
            distarray_mpi::run(|_| {
                let world = distarray_mpi::mpi::topology::SimpleCommunicator::world();
                let adopted =
                    adopt_with(&world, Options { timeout: Some(LIMIT), ..Options::default() })?;
                ring(&*adopted)
            })
        },
        says: &["the ranks are:", "in receive from rank 0 with tag 7 in ring at "],
        silent: &["does not answer"],
        code: Some(1),
    },
    Failure {
        name: "watch_split",
        program: || {
            watched(|comm| match comm.rank() {
                2 => endless(),
                _ => comm.split(Some(0), 0).map(drop),
            })
        },
        says: &[
            "s in split in the program for rank 2\n  rank 1 waits since ",
            "s in split in the program for rank 2\n  rank 2 does not answer",
        ],
        silent: &["all_gather"],
        code: Some(1),
    },
    Failure {
        name: "watch_large_sum",
        program: || {
            watched(|comm| match comm.rank() {
                1 => endless(),
                _ => comm.all_reduce(DType::F64, ReduceOp::Sum, &mut vec![0; 8 * 100_000]),
            })
        },
        says: &[
            "s in all_reduce of 800000 bytes (sum of float64) in the program for rank 1\n  rank 1 does not",
            "rank 2 waits since ",
        ],
        silent: &["in exchange"],
        code: Some(1),
    },
];

fn watched(program: impl FnOnce(&dyn Communicator) -> Result<()>) -> Result<()> {
    run_with(Options { timeout: Some(LIMIT), ..Options::default() }, |comm| program(&*comm))
}

/// A rank is in a group's barrier, while the others are in that of all.
fn crossed_groups(comm: &dyn Communicator) -> Result<()> {
    let half = comm.split(Some(comm.rank() / 2), 0)?.expect("every rank joins");
    match comm.rank() {
        0 => half.barrier(),
        _ => comm.barrier(),
    }
}

/// What a rank computes that nobody hears of again.
fn endless() -> Result<()> {
    std::thread::sleep(FOR_EVER);
    Ok(())
}

/// Each rank waits for the next.
fn ring(comm: &dyn Communicator) -> Result<()> {
    let _scope = Operation::enter("ring");
    comm.receive((comm.rank() + 1) % comm.size(), 7).map(drop)
}
