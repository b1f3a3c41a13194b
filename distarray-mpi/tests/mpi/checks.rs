//! Jobs whose ranks do different things, under checks: every rank has the same error.
//!
//! Rank 1 is the odd one, on any number of ranks.

use distarray_core::comm::{Checked, Communicator, Instruments, Operation, ReduceOp};
use distarray_core::{Error, Result};

use crate::job::Failure;

pub(crate) const FAILURES: &[Failure] = &[
    same_error(
        "check_early_return",
        || {
            checked(|comm| match comm.rank() {
                1 => Ok(()),
                _ => smooth(comm),
            })
        },
        &["all have: rank 1: returned early, while rank 0 was in barrier in smooth at "],
    ),
    same_error(
        "check_error_on_one_rank",
        || checked(no_input),
        &[
            "all have: no input (rank 1 of ",
            ", while rank 0 was in barrier in smooth at distarray-mpi/tests/mpi/checks.rs:",
        ],
    ),
    same_error(
        "check_error_on_one_rank_while_recorded",
        || {
            let instruments = Instruments { check: true, trace: true };
            ended(distarray_mpi::run(|comm| {
                instruments.around(comm, |comm| no_input(&*comm), |_| Ok(()))
            }))
        },
        &["all have: no input (rank 1 of ", ", while rank 0 was in barrier in smooth at "],
    ),
    same_error(
        "check_other_collective",
        || {
            checked(|comm| match comm.rank() {
                1 => comm.broadcast_of(0, 1).map(drop),
                _ => comm.barrier(),
            })
        },
        &["all have: rank 1: is in broadcast of 4 bytes from root 0 in the program, \
             while rank 0 is in barrier in the program"],
    ),
    same_error(
        "check_other_operation",
        || {
            checked(|comm| {
                let _scope = match comm.rank() {
                    1 => Operation::enter("max"),
                    _ => Operation::enter("sum"),
                };
                comm.barrier()
            })
        },
        &[
            "all have: rank 1: is in barrier in max at distarray-mpi/tests/mpi/checks.rs:",
            ", while rank 0 is in barrier in sum at distarray-mpi/tests/mpi/checks.rs:",
        ],
    ),
    same_error(
        "check_other_line",
        || {
            checked(|comm| match comm.rank() {
                1 => {
                    let _scope = Operation::enter("sum");
                    comm.barrier()
                }
                _ => {
                    let _scope = Operation::enter("sum");
                    comm.barrier()
                }
            })
        },
        &[
            "all have: rank 1: is in barrier in sum at distarray-mpi/tests/mpi/checks.rs:",
            ", while rank 0 is in barrier in sum at distarray-mpi/tests/mpi/checks.rs:",
        ],
    ),
    same_error(
        "check_other_root_and_length",
        || {
            checked(|comm| {
                let root = usize::from(comm.rank() == 1);
                comm.broadcast(root, &mut vec![1; 8 + 8 * root])
            })
        },
        &["all have: rank 1: is in broadcast of 16 bytes from root 1 in the program, \
             while rank 0 is in broadcast of 8 bytes from root 0"],
    ),
    same_error(
        "check_other_dtype",
        || {
            checked(|comm| match comm.rank() {
                1 => comm.all_reduce_of(ReduceOp::Sum, 1_i64).map(drop),
                _ => comm.all_reduce_of(ReduceOp::Sum, 1_f64).map(drop),
            })
        },
        &["all have: rank 1: is in all_reduce of 8 bytes (sum of int64) in the program, \
             while rank 0 is in all_reduce of 8 bytes (sum of float64) in the program"],
    ),
    same_error(
        "check_begin_of_another_operation",
        || {
            checked(|comm| {
                let _scope = Operation::enter(if comm.rank() == 1 { "zeros" } else { "ones" });
                comm.begin()
            })
        },
        &["all have: rank 1: is in zeros at ", ", while rank 0 is in ones at "],
    ),
    Failure {
        name: "check_error_while_others_receive",
        program: || {
            checked(|comm| match comm.rank() {
                1 => Err(Error::user("no input")),
                _ => comm.receive(1, 0).map(drop),
            })
        },
        says: &[": no input (the other ranks went on, and are stopped)"],
        silent: &["all have"],
        code: Some(1),
    },
];

const fn same_error(
    name: &'static str,
    program: fn() -> Result<()>,
    says: &'static [&'static str],
) -> Failure {
    Failure { name, program, says, silent: &[], code: Some(4) }
}

/// An operation of several messages, with a name.
pub(crate) fn smooth(comm: &dyn Communicator) -> Result<()> {
    let _scope = Operation::enter("smooth");
    comm.barrier()?;
    comm.barrier()
}

fn no_input(comm: &dyn Communicator) -> Result<()> {
    match comm.rank() {
        1 => Err(Error::user("no input")),
        _ => smooth(comm),
    }
}

/// Runs a program under checks.
fn checked(program: fn(&dyn Communicator) -> Result<()>) -> Result<()> {
    ended(distarray_mpi::run(|comm| {
        let checked = Checked::new(comm);
        let outcome = program(&*checked.communicator());
        checked.leave(outcome)
    }))
}

/// Ends with code 4 where all ranks have the same error.
fn ended(outcome: Result<()>) -> Result<()> {
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
