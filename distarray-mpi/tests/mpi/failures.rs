//! Jobs that fail by themselves: they end, with a code and a message that say so.

use distarray_core::comm::{Layout, Memory, Message, Operation, Run};
use distarray_core::{Error, Result};
use distarray_mpi::mpi;
use distarray_mpi::mpi::traits::{Communicator as _, Destination as _};

use crate::job::Failure;

/// What launchers say of processes that leave without finalising MPI.
pub(crate) const IMPROPER: &[&str] = &["finalize", "improperly"];

pub(crate) const FAILURES: &[Failure] = &[
    Failure {
        name: "panic_on_one_rank",
        program: || {
            distarray_mpi::run(|comm| {
                assert!(comm.rank() != 1, "one of us cannot go on");
                comm.barrier()
            })
        },
        says: &[
            "rank 1 panicked at distarray-mpi/tests/mpi/failures.rs:",
            "one of us cannot go on",
        ],
        silent: &["RUST_BACKTRACE", "rank 0", "rank 2 "],
        code: Some(1),
    },
    Failure {
        name: "panic_within_an_operation",
        program: || {
            distarray_mpi::run(|comm| {
                let _scope = Operation::enter("shift");
                assert!(comm.rank() != 1, "one of us cannot go on");
                comm.barrier()
            })
        },
        says: &[
            "rank 1 panicked at distarray-mpi/tests/mpi/failures.rs:",
            ", in shift at distarray-mpi/tests/mpi/failures.rs:",
            ": one of us cannot go on",
        ],
        silent: &["rank 0", "rank 2 "],
        code: Some(1),
    },
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
        says: &[
            "rank 1 of 3: an MPI call failed: ",
            " (in shift at distarray-mpi/tests/mpi/failures.rs:",
        ],
        silent: &[],
        code: Some(1),
    },
    Failure {
        name: "call_through_rsmpi_to_a_rank_that_is_not_there",
        program: || {
            distarray_mpi::run(|comm| {
                if comm.rank() == 2 {
                    // rsmpi refuses such a rank itself; the library under it is what is asked.
                    // SAFETY: the world exists; no byte is read.
                    unsafe {
                        let (bytes, byte) = (std::ptr::null(), mpi::ffi::RSMPI_UINT8_T);
                        mpi::ffi::MPI_Send(bytes, 0, byte, 7, 0, mpi::ffi::RSMPI_COMM_WORLD)
                    };
                }
                comm.barrier()
            })
        },
        says: &["rank 2 of 3: an MPI call failed: ", " (in the program)"],
        silent: &[],
        code: Some(1),
    },
    Failure {
        name: "error_on_one_rank_while_others_wait",
        program: || {
            distarray_mpi::run(|comm| match comm.rank() {
                1 => Err(Error::shape("only mine")),
                _ => comm.barrier(),
            })
        },
        says: &["rank 1 of 3: only mine (the other ranks went on, and are stopped)"],
        silent: &[],
        code: Some(1),
    },
    Failure {
        name: "error_on_one_rank_is_everyones",
        program: || {
            let outcome = distarray_mpi::run(|comm| match comm.rank() {
                0 => Ok(()),
                rank => Err(Error::shape(format!("failure of rank {rank}"))),
            });
            // Not by one of ours, as it could end the job before another rank has spoken.
            let text = outcome.map_or_else(|error| error.to_string(), |()| "fine".to_owned());
            distarray_mpi::run(|comm| {
                assert_eq!(text, "failure of rank 1 (ranks 1, 2 of 3)");
                let texts = comm.all_gather_varying(text.as_bytes())?;
                assert!(texts.iter().all(|other| other == text.as_bytes()));
                if comm.rank() == 0 {
                    println!("all ranks have: {text}");
                }
                Ok(())
            })?;
            std::process::exit(4)
        },
        says: &["all ranks have: failure of rank 1"],
        silent: IMPROPER,
        code: Some(4),
    },
    Failure {
        name: "message_longer_than_expected",
        program: || lengths(64, 40),
        says: &["rank 0: sent 64 bytes to rank 1, which expects 40 from it", "(in shift at "],
        silent: &[],
        code: Some(1),
    },
    Failure {
        name: "message_shorter_than_expected",
        program: || lengths(24, 40),
        says: &[
            "rank 1 of 3: rank 0: sent 24 bytes to rank 1, which expects 40 from it (in shift at ",
        ],
        silent: &[],
        code: Some(1),
    },
    Failure {
        name: "long_message_longer_than_expected",
        program: || lengths(8 << 20, 4 << 20),
        says: &["rank 0: sent 8388608 bytes to rank 1, which expects 4194304 from it"],
        silent: &[],
        code: Some(1),
    },
    Failure {
        name: "message_that_is_not_expected",
        program: || {
            distarray_mpi::run(|comm| {
                let (from_0, to_1) =
                    ([Message::contiguous(0, 0..8)], [Message::contiguous(1, 0..8)]);
                let (mut target, source) = ([0; 8], [1; 8]);
                let memory = Memory::between(&source, &mut target);
                match comm.rank() {
                    0 => comm.exchange(memory, &to_1, &[])?,
                    1 => {
                        let from_2 = [Message::contiguous(2, 0..8)];
                        comm.exchange(memory, &[], &from_2)?;
                    }
                    _ => comm.exchange(memory, &[], &from_0)?,
                }
                comm.barrier()
            })
        },
        says: &["rank 1 of 3: rank 0: sent 8 bytes to rank 1, which expects none from it"],
        silent: &[],
        code: Some(1),
    },
    Failure {
        name: "message_outside_memory",
        program: || {
            distarray_mpi::run(|comm| {
                let sends = [Message::contiguous(0, 4..12)];
                let sends = if comm.rank() == 2 { &sends[..] } else { &[] };
                comm.exchange(Memory::between(&[0; 8], &mut []), sends, &[])?;
                comm.barrier()
            })
        },
        says: &["rank 2 of 3: rank 2 sends bytes 4..12 of a memory of 8 bytes"],
        silent: &[],
        code: Some(1),
    },
    Failure {
        name: "exit_of_one_rank_within_the_program",
        program: || {
            distarray_mpi::run(|comm| {
                if comm.rank() == 2 {
                    std::process::exit(5);
                }
                comm.barrier()?;
                comm.barrier()
            })
        },
        says: &["rank 2 of 3: the process exited within the program (the other ranks went on"],
        silent: &[],
        code: Some(1),
    },
    Failure {
        name: "exit_of_all_ranks_within_the_program",
        program: || distarray_mpi::run(|_| std::process::exit(5)),
        says: &[],
        silent: IMPROPER,
        code: Some(5),
    },
    Failure {
        name: "exit_after_the_program",
        program: || {
            distarray_mpi::run(|comm| comm.barrier())?;
            std::process::exit(6)
        },
        says: &[],
        silent: IMPROPER,
        code: Some(6),
    },
    Failure {
        name: "abort_of_one_rank",
        program: || {
            distarray_mpi::run(|comm| {
                if comm.rank() == 2 {
                    comm.abort("nothing more to do");
                }
                comm.barrier()
            })
        },
        says: &["rank 2 of 3: nothing more to do"],
        silent: &[],
        code: Some(1),
    },
    Failure {
        name: "message_that_nobody_receives",
        program: || {
            distarray_mpi::run(|comm| match comm.rank() {
                2 => comm.send(0, 9, &vec![1; 8 << 20]),
                _ => Ok(()),
            })
        },
        says: &[
            "rank 2 of 3: mpi: its message of 8388608 bytes with tag 9 was never received by rank 0",
        ],
        silent: &[],
        code: Some(1),
    },
    Failure {
        name: "run_after_the_callers_finalise",
        program: || {
            let universe = mpi::initialize().expect("MPI starts once");
            distarray_mpi::run(|comm| comm.barrier())?;
            let adopted = distarray_mpi::adopt(&universe.world())?;
            drop(universe);
            drop(adopted);
            let error = distarray_mpi::run(|comm| comm.barrier()).expect_err("MPI is over");
            assert!(error.to_string().contains("MPI has been finalised"), "{error}");
            std::process::exit(8)
        },
        says: &[],
        silent: IMPROPER,
        code: Some(8),
    },
];

/// Rank 0 sends so many bytes, strided, to rank 1, which expects another number.
fn lengths(sent: usize, expected: usize) -> Result<()> {
    distarray_mpi::run(|comm| {
        let _scope = Operation::enter("shift");
        let pairs = vec![vec![Run { start: 0, count: sent / 8, step: 16 }]];
        let send = Message { peer: 1, parts: vec![Layout::new(8, 0, pairs)] };
        let receive = Message::contiguous(0, 0..expected);
        let (source, mut target) = (vec![1; 2 * sent], vec![0; expected]);
        let memory = Memory::between(&source, &mut target);
        match comm.rank() {
            0 => comm.exchange(memory, &[send], &[])?,
            1 => comm.exchange(memory, &[], &[receive])?,
            _ => comm.exchange(memory, &[], &[])?,
        }
        comm.barrier()
    })
}
