//! A rank that panics, fails, leaves or aborts, at every place in groups of 2 to 5: nobody hangs,
//! and everyone is told who, what, and where itself it was.

mod watchdog;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use distarray_core::comm::{Communicator, Memory, Message, Operation, ReduceOp};
use distarray_core::{DType, Error, Result};
use distarray_threads::run;
use watchdog::in_time;

/// The ways to go.
const WAYS: [Way; 4] = [Way::Panic, Way::Error, Way::Return, Way::Abort];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Panic,
    Error,
    Return,
    Abort,
}

/// The line of the panic below.
const PANIC_LINE: u32 = line!() + 7;

fn go(way: Way, comm: &dyn Communicator) -> Result<()> {
    let rank = comm.rank();
    match way {
        Way::Abort => comm.abort(&format!("enough of {rank}")),
        Way::Panic => {
            panic!("no luck on {rank}")
        }
        Way::Error => Err(Error::shape(format!("no shape on {rank}"))),
        Way::Return => Ok(()),
    }
}

/// What the others are told of it.
fn told(way: Way, rank: usize) -> String {
    match way {
        Way::Panic => {
            format!("rank {rank}: panicked at {}:{PANIC_LINE}:13: no luck on {rank}", file!())
        }
        Way::Error => format!("rank {rank}: failed with: no shape on {rank}"),
        Way::Return => format!("rank {rank}: returned early"),
        Way::Abort => format!("rank {rank}: aborted: enough of {rank}"),
    }
}

/// The error that `run` gives for it, in a world of `ranks` of which rank and call in `seen` were the
/// first to be told of it; `None` when it gives what a rank was told.
fn verdict(way: Way, rank: usize, ranks: usize, seen: Option<(usize, &str)>) -> Option<String> {
    let seen = seen.map(|(rank, call)| format!("while rank {rank} was in {call}"));
    match way {
        Way::Error => {
            let notes = [Some(format!("rank {rank} of {ranks}")), seen];
            let notes: Vec<String> = notes.into_iter().flatten().collect();
            Some(format!("no shape on {rank} ({})", notes.join(", ")))
        }
        Way::Return => None,
        Way::Panic | Way::Abort => {
            let seen = seen.map(|seen| format!(" ({seen})")).unwrap_or_default();
            Some(told(way, rank) + &seen)
        }
    }
}

/// Without the backtrace, if the environment asks for one.
fn first_line(error: &Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

type Step = fn(&dyn Communicator) -> Result<()>;

/// Calls in which the others wait for the one that goes, by the name that errors have for them.
const STEPS: [(&str, Step); 8] = [
    ("barrier", |comm| comm.barrier()),
    ("broadcast of 8 bytes from root 0", |comm| comm.broadcast(0, &mut [0; 8])),
    ("broadcast of 4000 bytes from root 1", |comm| comm.broadcast(1, &mut [0; 4000])),
    ("all_gather of 3 bytes", |comm| comm.all_gather(&[1; 3], &mut vec![0; 3 * comm.size()])),
    ("all_reduce of 8 bytes (min of float64)", |comm| {
        comm.all_reduce_of(ReduceOp::Min, 1.0_f64).map(drop)
    }),
    ("all_reduce of 8000 bytes (sum of int64)", |comm| {
        comm.all_reduce(DType::I64, ReduceOp::Sum, &mut [0; 8000])
    }),
    ("split", |comm| comm.split(Some(0), 0).map(drop)),
    ("exchange", |comm| {
        let (source, mut target) = (vec![1; 9_000], vec![0; 9_000 * comm.size()]);
        let sends: Vec<_> = (0..comm.size()).map(|r| Message::contiguous(r, 0..9_000)).collect();
        let from = |rank| Message::contiguous(rank, 9_000 * rank..9_000 * (rank + 1));
        let receives: Vec<_> = (0..comm.size()).map(from).collect();
        comm.exchange(Memory::between(&source, &mut target), &sends, &receives)
    }),
];

#[test]
fn everyone_is_woken_from_every_call_and_told_the_same_again() {
    for (name, step) in STEPS {
        for way in WAYS {
            for ranks in 2..=5 {
                for goes in 0..ranks {
                    in_time(move || one_goes(name, step, way, ranks, goes));
                }
            }
        }
    }
}

fn one_goes(name: &str, step: Step, way: Way, ranks: usize, goes: usize) {
    let notes = Mutex::new(vec![None; ranks]);
    let line = line!() + 8;
    let outcome = run(ranks, |comm| {
        // It goes well for a while.
        step(&*comm)?;
        comm.barrier()?;
        if comm.rank() == goes {
            return go(way, &*comm);
        }
        let scope = Operation::enter("smooth");
        let error = step(&*comm).unwrap_err();
        drop(scope);
        assert!(matches!(error, Error::Rank { rank, .. } if rank == goes), "{error}");
        // From now on every call says the same at once.
        for (_, step) in STEPS {
            assert_eq!(step(&*comm).unwrap_err().to_string(), error.to_string());
        }
        let sent = comm.send(comm.rank(), 0, b"").unwrap_err().to_string();
        let received = comm.receive(comm.rank(), 0).unwrap_err().to_string();
        assert_eq!((&sent, &received), (&error.to_string(), &error.to_string()));
        notes.lock().unwrap()[comm.rank()] = Some(error.to_string());
        Err(error)
    });
    let notes = notes.into_inner().unwrap();
    for (rank, note) in notes.iter().enumerate() {
        let place = format!("{}:{line}", file!());
        let whole =
            format!("{}, while rank {rank} was in {name} in smooth at {place}", told(way, goes));
        assert_eq!(*note, (rank != goes).then_some(whole));
    }
    let lowest = usize::from(goes == 0);
    let call = format!("{name} in smooth at {}:{line}", file!());
    let expected = verdict(way, goes, ranks, Some((lowest, &call))).or(notes[lowest].clone());
    let outcome = outcome.unwrap_err();
    assert_eq!(Some(first_line(&outcome)), expected);
    assert_eq!(matches!(outcome, Error::Shape(_)), way == Way::Error);
}

#[test]
fn a_rank_that_waits_for_a_message_is_woken() {
    for way in WAYS {
        for goes in 0..3 {
            in_time(move || {
                let waits = (goes + 1) % 3;
                let seen = Mutex::new(String::new());
                run(3, |comm| {
                    if comm.rank() == goes {
                        return go(way, &*comm);
                    }
                    if comm.rank() == waits {
                        let error = comm.receive(goes, 5).unwrap_err();
                        *seen.lock().unwrap() = error.to_string();
                    }
                    Ok(())
                })
                .map_or_else(|error| Some(first_line(&error)), |_| None)
                .map_or_else(
                    || assert_eq!(way, Way::Return),
                    |error| assert_eq!(Some(error), verdict(way, goes, 3, None)),
                );
                let place = format!("receive from rank {goes} with tag 5 in the program");
                let expected = format!("{}, while rank {waits} was in {place}", told(way, goes));
                assert_eq!(*seen.lock().unwrap(), expected);
            });
        }
    }
}

#[test]
fn ranks_in_other_groups_are_woken_too() {
    for way in [Way::Panic, Way::Error, Way::Abort] {
        for goes in 0..5 {
            in_time(move || {
                let outcome = run(5, |comm| {
                    // One part is the rank that goes, the other all that have nothing to do with it.
                    let part = comm.split(Some(usize::from(comm.rank() == goes)), 0)?.unwrap();
                    if comm.rank() == goes {
                        return go(way, &*comm);
                    }
                    match part.rank() {
                        0 => part.receive(1, 0).map(drop),
                        1 | 2 => part.barrier(),
                        // This one computes, so that the others wait until it is told.
                        _ => loop {
                            part.send(part.rank(), 0, b"")?;
                            std::thread::yield_now();
                        },
                    }
                });
                let error = first_line(&outcome.unwrap_err());
                let first = usize::from(goes == 0);
                let call = "receive from rank 1 with tag 0 in the program";
                assert_eq!(Some(error), verdict(way, goes, 5, Some((first, call))));
            });
        }
    }
}

#[test]
fn the_lowest_of_several_causes_is_the_verdict() {
    in_time(|| {
        let all = run::<()>(4, |comm| Err(Error::argument(format!("bad {}", comm.size()))));
        assert_eq!(all.unwrap_err().to_string(), "bad 4");
        // Those that only hear of it, though lower, do not hide it.
        let outcome = run(4, |comm| {
            if comm.rank() == 2 {
                return Err(Error::user("cause"));
            }
            comm.barrier().map_err(|error| Error::user(format!("heard {error}")))
        });
        let barrier = "while rank 0 was in barrier in the program";
        assert_eq!(outcome.unwrap_err().to_string(), format!("cause (rank 2 of 4, {barrier})"));
        // Nor do those that make a panic of it.
        let outcome = run(3, |comm| {
            if comm.rank() == 2 {
                return Err(Error::user("cause"));
            }
            comm.barrier().unwrap();
            Ok(())
        });
        assert_eq!(outcome.unwrap_err().to_string(), format!("cause (rank 2 of 3, {barrier})"));
    });
}

#[test]
fn ranks_that_all_return_are_not_early() {
    in_time(|| {
        for _ in 0..200 {
            let numbers = run(3, |comm| {
                // The last one comes when the others have left.
                comm.barrier()?;
                Ok(comm.rank())
            });
            assert_eq!(numbers.unwrap(), [0, 1, 2]);
        }
    });
}

/// Enters a collective when it is dropped.
struct Meets<'a>(&'a dyn Communicator, &'a Mutex<String>);

impl Drop for Meets<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.barrier() {
            *self.1.lock().unwrap() = error.to_string();
        }
    }
}

#[test]
fn a_destructor_of_a_panicking_rank_does_not_wait() {
    in_time(|| {
        let seen = Mutex::new(String::new());
        let outcome = run(2, |comm| {
            if comm.rank() == 1 {
                let _meets = Meets(&*comm, &seen);
                panic!("out of luck");
            }
            comm.receive(1, 0).map(drop)
        });
        let seen = seen.into_inner().unwrap();
        assert!(seen.starts_with("rank 1: panicked at "), "{seen}");
        assert!(seen.ends_with(": out of luck, while rank 1 was in barrier in the program"));
        let outcome = first_line(&outcome.unwrap_err());
        let end =
            ": out of luck (while rank 0 was in receive from rank 1 with tag 0 in the program)";
        assert!(outcome.ends_with(end), "{outcome}");
    });
}

#[test]
fn a_panic_that_the_program_catches_is_no_failure() {
    in_time(|| {
        let sums = run(3, |comm| {
            if comm.rank() == 1 {
                let caught = catch_unwind(AssertUnwindSafe(|| panic!("for a moment")));
                assert!(caught.is_err());
            }
            comm.all_reduce_of(ReduceOp::Sum, 1_u8)
        });
        assert_eq!(sums.unwrap(), [3, 3, 3]);
    });
}
