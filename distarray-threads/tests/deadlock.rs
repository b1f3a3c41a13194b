//! Ranks that wait for each other in a circle: all get one error at once, that names each of them.

mod watchdog;

use std::sync::Mutex;

use distarray_core::comm::{Communicator, Memory, Message, Operation, ReduceOp};
use distarray_core::{Error, Result};
use distarray_threads::run;
use watchdog::in_time;

/// The one error that all ranks of the program get.
fn one_error(
    ranks: usize,
    program: impl Fn(&dyn Communicator) -> Result<()> + Send + Sync + 'static,
) -> String {
    in_time(move || {
        let seen = Mutex::new(Vec::new());
        let outcome = run(ranks, |comm| {
            let error = program(&*comm).unwrap_err();
            assert!(matches!(error, Error::Rank { .. }), "{error}");
            // It is the same from then on, in each kind of call.
            assert_eq!(comm.begin().unwrap_err().to_string(), error.to_string());
            assert_eq!(comm.barrier().unwrap_err().to_string(), error.to_string());
            assert_eq!(comm.receive(0, 9).unwrap_err().to_string(), error.to_string());
            seen.lock().unwrap().push(error.to_string());
            Err::<(), _>(error)
        });
        let seen = seen.into_inner().unwrap();
        assert_eq!(seen, vec![outcome.unwrap_err().to_string(); ranks]);
        seen[0].clone()
    })
}

/// The circle, without those that wait for it.
fn circle(error: &str) -> &str {
    let end = ": none of them can go on";
    &error[..error.find(end).unwrap_or_else(|| panic!("{error}")) + end.len()]
}

#[test]
fn two_that_receive_from_each_other() {
    let line = line!() + 2;
    let error = one_error(2, |comm| {
        let _scope = Operation::enter("swap");
        comm.receive(1 - comm.rank(), 3 + comm.rank() as u16).map(drop)
    });
    let place = format!("in swap at {}:{line}", file!());
    assert_eq!(
        error,
        format!(
            "rank 0: is in receive from rank 1 with tag 3 {place} and waits for rank 1, \
             which is in receive from rank 0 with tag 4 {place} and waits for rank 0: \
             none of them can go on"
        )
    );
}

#[test]
fn a_rank_that_receives_from_one_in_a_collective() {
    for ranks in 2..=5 {
        let error = one_error(ranks, move |comm| match comm.rank() {
            1 => comm.receive(0, 3).map(drop),
            _ => comm.barrier(),
        });
        assert_eq!(
            circle(&error),
            "rank 0: is in barrier in the program and waits for rank 1, \
             which is in receive from rank 0 with tag 3 in the program and waits for rank 0: \
             none of them can go on"
        );
    }
}

#[test]
fn a_message_with_another_tag_does_not_help() {
    let error = one_error(2, |comm| match comm.rank() {
        0 => {
            comm.send(1, 5, b"here")?;
            comm.barrier()
        }
        _ => comm.receive(0, 6).map(drop),
    });
    assert!(error.contains("receive from rank 0 with tag 6"), "{error}");
}

#[test]
fn a_ring_of_receives() {
    for ranks in [3, 4, 5, 40] {
        let error =
            one_error(ranks, move |comm| comm.receive((comm.rank() + 1) % ranks, 0).map(drop));
        let begin = "rank 0: is in receive from rank 1 with tag 0 in the program \
                     and waits for rank 1, which is in receive from rank 2 with tag 0";
        assert!(error.starts_with(begin), "{error}");
        let last = ranks.min(16);
        let end = match ranks {
            40 => "waits for rank 16, and so on by way of 24 ranks more to rank 0".to_owned(),
            _ => "waits for rank 0".to_owned(),
        };
        assert!(error.ends_with(&format!("{end}: none of them can go on")), "{error}");
        assert_eq!(error.matches("waits for").count(), last, "{error}");
    }
}

#[test]
fn the_whole_world_and_a_part_of_it() {
    // Rank 0 is in the world's barrier, the others in a collective of a part that needs rank 0.
    for ranks in 2..=5 {
        let error = one_error(ranks, move |comm| {
            let part = comm.split(Some(usize::from(comm.rank() > 1)), 0)?.unwrap();
            match comm.rank() {
                1 => part.all_reduce_of(ReduceOp::Sum, 1.0).map(drop),
                _ => comm.barrier(),
            }
        });
        let part = if ranks > 2 { " (group of ranks 0, 1)" } else { "" };
        let expected = format!(
            "rank 0: is in barrier in the program and waits for rank 1, which is in all_reduce of 8 \
             bytes (sum of float64) in the program{part} and waits for rank 0: none of them can go on"
        );
        assert_eq!(circle(&error), expected);
    }
}

#[test]
fn the_collectives_of_two_groups_in_crossed_order() {
    for ranks in 2..=5 {
        let error = one_error(ranks, |comm| {
            let first = comm.split(Some(0), 0)?.unwrap();
            let second = comm.split(Some(0), comm.size() - comm.rank())?.unwrap();
            let order = if comm.rank() == 0 { [first, second] } else { [second, first] };
            order.iter().try_for_each(|group| group.barrier())
        });
        // Rank 0 waits for 1 in the first, and that for rank 0 in the second, by way of others.
        assert!(error.starts_with("rank 0: is in barrier in the program and waits for rank 1"));
        assert!(error.contains("(group of ranks "), "{error}");
    }
}

#[test]
fn a_rank_lends_to_one_that_cannot_come_to_read() {
    // Rank 1 first expects elements of rank 2, which waits for a message that rank 0 would send
    // after the exchange.
    let error = one_error(3, |comm| {
        let (source, mut target) = ([1; 2000], [0; 4000]);
        let all = |peer, at: usize| vec![Message::contiguous(peer, 2000 * at..2000 * (at + 1))];
        let (sends, receives) = match comm.rank() {
            0 => (all(1, 0), vec![]),
            1 => (vec![], [all(0, 0), all(2, 1)].concat()),
            _ => {
                comm.receive(0, 7)?;
                (all(1, 0), vec![])
            }
        };
        comm.exchange(Memory::between(&source, &mut target), &sends, &receives)?;
        match comm.rank() {
            0 => comm.send(2, 7, b"late"),
            _ => comm.barrier(),
        }
    });
    assert_eq!(
        error,
        "rank 0: is in exchange in the program and waits for rank 1, \
         which is in exchange in the program and waits for rank 2, \
         which is in receive from rank 0 with tag 7 in the program and waits for rank 0: \
         none of them can go on"
    );
}

#[test]
fn ranks_beside_the_circle_are_told_and_named() {
    // Three of them may be asleep in the barrier of their part when the circle closes: they wait for
    // rank 4, which waits for the circle.
    let error = one_error(5, |comm| {
        let part = comm.split(Some(usize::from(comm.rank() > 1)), 0)?.unwrap();
        match comm.rank() {
            rank @ (0 | 1) => {
                // After the others, as far as that can be known.
                for _ in 0..1000 {
                    std::thread::yield_now();
                }
                comm.receive(1 - rank, 0).map(drop)
            }
            4 => comm.receive(0, 1).map(drop),
            _ => part.barrier(),
        }
    });
    let (circle, beside) = error.split_once(": none of them can go on").unwrap();
    assert!(circle.starts_with("rank 0: is in receive from rank 1 with tag 0"), "{error}");
    for named in beside.split("; ").skip(1) {
        let barrier = |rank| {
            format!("rank {rank} is in barrier in the program (group of ranks 2, 3, 4) and waits ")
        };
        let known = named.starts_with(&barrier(2))
            || named.starts_with(&barrier(3))
            || named
                == "rank 4 is in receive from rank 0 with tag 1 in the program and waits for rank 0";
        assert!(known, "{named}");
    }
}

#[test]
fn a_rank_that_waits_for_ranks_of_its_own_is_awake() {
    // Rank 1 of the outer world runs a long inner one, while rank 0 waits for it.
    in_time(|| {
        for _ in 0..50 {
            let sums = run(2, |comm| {
                if comm.rank() == 1 {
                    run(2, |inner| (0..20).try_for_each(|_| inner.barrier()))?;
                    // An inner deadlock ends there, and is none of the outer world.
                    let stuck = run(2, |inner| inner.receive(1 - inner.rank(), 0).map(drop));
                    assert!(stuck.unwrap_err().to_string().contains("none of them can go on"));
                    comm.send(0, 0, b"done")?;
                } else {
                    comm.receive(1, 0)?;
                }
                comm.all_reduce_of(ReduceOp::Sum, 1)
            });
            assert_eq!(sums.unwrap(), [2, 2]);
        }
    });
}

#[test]
fn messages_there_and_back_are_no_circle() {
    in_time(|| {
        for ranks in [2, 3, 5] {
            let outcome = run(ranks, |comm| {
                let (next, before) = ((comm.rank() + 1) % ranks, (comm.rank() + ranks - 1) % ranks);
                for step in 0..2_000_u16 {
                    if comm.rank() == 0 {
                        comm.send(next, step, &step.to_le_bytes())?;
                        assert_eq!(comm.receive(before, step)?, step.to_le_bytes());
                    } else {
                        let bytes = comm.receive(before, step)?;
                        comm.send(next, step, &bytes)?;
                    }
                }
                Ok(())
            });
            outcome.unwrap();
        }
    });
}
