//! Ranks that are in different collectives: all get one error that names both sides.

mod watchdog;

use std::sync::Mutex;

use distarray_core::comm::{Communicator, Layout, Memory, Message, Operation, ReduceOp, Run};
use distarray_core::{DType, Error, Result};
use distarray_threads::run;
use watchdog::in_time;

type Step = fn(&dyn Communicator) -> Result<()>;

/// Two different calls, by the name that errors have for them.
const PAIRS: [[(&str, Step); 2]; 9] = [
    [
        ("barrier", |comm| comm.barrier()),
        ("all_reduce of 8 bytes (sum of float64)", |comm| {
            comm.all_reduce_of(ReduceOp::Sum, 1.0).map(drop)
        }),
    ],
    [
        ("broadcast of 1 bytes from root 0", |comm| comm.broadcast(0, &mut [0])),
        ("broadcast of 1 bytes from root 1", |comm| comm.broadcast(1, &mut [0])),
    ],
    [
        ("broadcast of 2000 bytes from root 1", |comm| comm.broadcast(1, &mut [0; 2000])),
        ("broadcast of 20 bytes from root 1", |comm| comm.broadcast(1, &mut [0; 20])),
    ],
    [
        ("all_gather of 1 bytes", |comm| comm.all_gather(&[1], &mut vec![0; comm.size()])),
        ("all_gather of 2 bytes", |comm| comm.all_gather(&[1; 2], &mut vec![0; 2 * comm.size()])),
    ],
    [
        ("all_reduce of 8 bytes (sum of int64)", |comm| {
            comm.all_reduce_of(ReduceOp::Sum, 1_i64).map(drop)
        }),
        ("all_reduce of 8 bytes (sum of uint64)", |comm| {
            comm.all_reduce_of(ReduceOp::Sum, 1_u64).map(drop)
        }),
    ],
    [
        ("all_reduce of 1 bytes (min of uint8)", |comm| {
            comm.all_reduce_of(ReduceOp::Min, 1_u8).map(drop)
        }),
        ("all_reduce of 1 bytes (max of uint8)", |comm| {
            comm.all_reduce_of(ReduceOp::Max, 1_u8).map(drop)
        }),
    ],
    [
        ("all_reduce of 4000 bytes (max of uint8)", |comm| {
            comm.all_reduce(DType::U8, ReduceOp::Max, &mut [0; 4000])
        }),
        ("all_reduce of 4001 bytes (max of uint8)", |comm| {
            comm.all_reduce(DType::U8, ReduceOp::Max, &mut [0; 4001])
        }),
    ],
    [("split", |comm| comm.split(None, 0).map(drop)), ("barrier", |comm| comm.barrier())],
    [
        ("exchange", ring),
        ("all_gather of 1000 bytes", |comm| {
            comm.all_gather(&[1; 1000], &mut vec![0; 1000 * comm.size()])
        }),
    ],
];

fn ring(comm: &dyn Communicator) -> Result<()> {
    let (rank, size) = (comm.rank(), comm.size());
    let (source, mut target) = ([1; 700], [0; 700]);
    let to = Message::contiguous((rank + 1) % size, 0..700);
    let from = Message::contiguous((rank + size - 1) % size, 0..700);
    comm.exchange(Memory::between(&source, &mut target), &[to], &[from])
}

#[test]
fn two_different_collectives_end_in_one_error_that_names_both() {
    for [first, second] in PAIRS {
        for [most, odd] in [[first, second], [second, first]] {
            for ranks in 2..=5 {
                for apart in 0..ranks {
                    in_time(move || one_apart(most, odd, ranks, apart));
                }
            }
        }
    }
}

fn one_apart(most: (&str, Step), odd: (&str, Step), ranks: usize, apart: usize) {
    let lines = [line!() + 4, line!() + 8];
    let errors = run(ranks, |comm| {
        comm.barrier()?;
        let error = if comm.rank() == apart {
            let _scope = Operation::enter("left");
            // The wrong turn.
            (odd.1)(&*comm).and_then(|()| comm.barrier()).unwrap_err()
        } else {
            let _scope = Operation::enter("right");
            // An exchange may go well between ranks that have nothing to do with the odd one.
            (most.1)(&*comm).and_then(|()| comm.barrier()).unwrap_err()
        };
        assert_eq!(comm.barrier().unwrap_err().to_string(), error.to_string());
        assert!(matches!(error, Error::Rank { .. }));
        Ok(error.to_string())
    });
    let errors = errors.unwrap();
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    let error = &errors[0];
    let odd = format!("in {} in left at {}:{}", odd.0, file!(), lines[0]);
    let most = format!("in {} in right at {}:{}", most.0, file!(), lines[1]);
    assert!(error.contains(&odd) && error.contains(&most), "{error}\nlacks\n{odd}\nor\n{most}");
    // Both ranks, each with its own call.
    let named = |rank: usize| {
        let call = if rank == apart { &odd } else { &most };
        error.contains(&format!("rank {rank}: is {call}"))
            || error.contains(&format!("while rank {rank} is {call}"))
    };
    assert_eq!((0..ranks).filter(|&rank| named(rank)).count(), 2, "{error}");
    assert!(named(apart), "{error}");
    assert!(error.ends_with(&format!("number 2 of the group of {ranks} ranks")), "{error}");
}

#[test]
fn the_verdict_of_a_mismatch_is_given_once() {
    in_time(|| {
        let outcome = run(3, |comm| {
            let root = usize::from(comm.rank() == 2);
            comm.broadcast_of(root, 1_u8)
        });
        let text = outcome.unwrap_err().to_string();
        assert!(text.starts_with("rank 2: is in broadcast of 1 bytes from root 1"), "{text}");
        assert!(text.contains("is in broadcast of 1 bytes from root 0"), "{text}");
    });
}

#[test]
fn a_rank_that_ran_ahead_with_exchanges_is_found_out() {
    // It has nothing to exchange and does not wait, while the others are still in a barrier.
    for ranks in 2..=5 {
        for ahead in 0..ranks {
            in_time(move || {
                let outcome = run(ranks, |comm| {
                    if comm.rank() == ahead {
                        for _ in 0..5 {
                            comm.exchange(Memory::none(), &[], &[])?;
                        }
                        return Ok(());
                    }
                    comm.barrier()
                });
                let text = outcome.unwrap_err().to_string();
                let (barrier, exchange) = ("is in barrier", "is in exchange");
                assert!(text.contains(barrier) && text.contains(exchange), "{text}");
                assert!(text.contains(&format!("rank {ahead}")), "{text}");
            });
        }
    }
}

/// What each rank is told of an exchange that does not fit together.
fn exchange_errors(
    ranks: usize,
    messages: impl Fn(usize) -> (Vec<Message>, Vec<Message>) + Sync,
) -> Vec<String> {
    let errors = Mutex::new(vec![String::new(); ranks]);
    let outcome = run(ranks, |comm| {
        let (sends, receives) = messages(comm.rank());
        let _scope = Operation::enter("shift");
        let (source, mut target) = ([0; 64], [0; 64]);
        let memory = Memory::between(&source, &mut target);
        comm.exchange(memory, &sends, &receives)
            .and_then(|()| comm.barrier())
            .inspect_err(|error| errors.lock().unwrap()[comm.rank()] = error.to_string())
    });
    let errors = errors.into_inner().unwrap();
    assert_eq!(outcome.unwrap_err().to_string(), errors[0]);
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    errors
}

#[test]
fn messages_of_unlike_length_name_both_ranks_and_lengths() {
    for ranks in 2..=5 {
        for from in 0..ranks {
            let to = (from + 1) % ranks;
            let told = |sent: Option<usize>, expected: Option<usize>| {
                in_time(move || {
                    let message = |peer, bytes: Option<usize>| {
                        bytes.map(|bytes| Message::contiguous(peer, 0..bytes))
                    };
                    exchange_errors(ranks, move |rank| {
                        let sends = if rank == from { message(to, sent) } else { None };
                        let receives = if rank == to { message(from, expected) } else { None };
                        (sends.into_iter().collect(), receives.into_iter().collect())
                    })
                    .swap_remove(0)
                })
            };
            let start = |text: String| text.split(": exchange").next().unwrap().to_owned();
            let begins = |sent, expected, text: &str| {
                let error = told(sent, expected);
                assert_eq!(
                    error.matches(&format!("in shift at {}", file!())).count(),
                    2,
                    "{error}"
                );
                assert_eq!(start(error), format!("rank {from}: {text}"));
            };
            begins(
                Some(8),
                Some(16),
                &format!("sends 8 bytes to rank {to}, which expects 16 bytes from it"),
            );
            begins(
                Some(0),
                Some(4),
                &format!("sends 0 bytes to rank {to}, which expects 4 bytes from it"),
            );
            begins(
                Some(8),
                None,
                &format!("sends 8 bytes to rank {to}, which expects nothing from it"),
            );
            begins(
                None,
                Some(8),
                &format!("sends nothing to rank {to}, which expects 8 bytes from it"),
            );
        }
    }
}

#[test]
fn elements_of_unlike_size_are_refused() {
    in_time(|| {
        let scattered = |item: usize, count| {
            let run = Run { start: 0, count, step: 2 * item as isize };
            vec![Layout::new(item, 0, vec![vec![run]])]
        };
        let errors = exchange_errors(2, |rank| match rank {
            0 => (vec![Message { peer: 1, parts: scattered(8, 2) }], vec![]),
            _ => (vec![], vec![Message { peer: 0, parts: scattered(4, 4) }]),
        });
        let text = "rank 0: sends elements of 8 bytes to rank 1, \
                    which expects elements of 4 bytes, in exchange in shift at ";
        assert!(errors[0].starts_with(text), "{}", errors[0]);
    });
}

#[test]
fn layouts_outside_the_memory_or_the_group_are_told_to_all() {
    for ranks in 2..=5 {
        for bad in 0..ranks {
            in_time(move || {
                let sends = |message: &Message| {
                    let errors = exchange_errors(ranks, |rank| {
                        (if rank == bad { vec![message.clone()] } else { vec![] }, vec![])
                    });
                    errors[0].clone()
                };
                let outside = sends(&Message::contiguous(0, 60..68));
                let text = "sends bytes 60..68 to rank 0 of the group in memory of 64 bytes";
                assert!(
                    outside.starts_with(&format!("rank {bad}: {text}, in exchange in shift at")),
                    "{outside}"
                );
                let nobody = sends(&Message::contiguous(9, 0..8));
                let text = format!("sends to rank 9, outside the group of {ranks} ranks");
                assert!(
                    nobody.starts_with(&format!("rank {bad}: {text}, in exchange in shift at")),
                    "{nobody}"
                );
            });
        }
    }
}
