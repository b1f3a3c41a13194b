//! Lent memory in calls that end badly: nobody reads what its owner uses again.

mod watchdog;

use std::hint::spin_loop;
use std::sync::atomic::{AtomicUsize, Ordering};

use distarray_core::comm::{Layout, Memory, Message, ReduceOp, Run};
use distarray_core::{DType, Error, as_bytes, as_bytes_mut};
use distarray_threads::run;
use watchdog::in_time;

/// Elements of a message.
const LENGTH: usize = 20_000;

/// What the owners write into their memory as soon as they have it back.
const GARBAGE: u32 = u32::MAX;

#[test]
fn a_receiver_that_succeeds_has_read_before_the_sender_left() {
    for round in 0..300_u32 {
        in_time(move || {
            // Steps that a rank has brought to a good end.
            let steps = AtomicUsize::new(0);
            let outcome = run(4, |comm| {
                let part = comm.split(Some(comm.rank() / 3), 0)?.unwrap();
                if comm.rank() == 3 {
                    // At another moment of the others' exchanges each time.
                    while steps.load(Ordering::Relaxed) < 3 * (round as usize % 3) + 1 {
                        std::thread::yield_now();
                    }
                    (0..round * 50).for_each(|_| spin_loop());
                    return Err::<(), _>(Error::user("enough"));
                }
                let (rank, size) = (part.rank(), part.size());
                for step in 0.. {
                    let mut source = vec![step; LENGTH];
                    let mut target = vec![0_u32; LENGTH * size];
                    let bytes = |place: usize| 4 * LENGTH * place..4 * LENGTH * (place + 1);
                    let sends: Vec<_> =
                        (0..size).map(|peer| Message::contiguous(peer, bytes(0))).collect();
                    let receives: Vec<_> =
                        (0..size).map(|peer| Message::contiguous(peer, bytes(peer))).collect();
                    // SAFETY: the bytes that come are elements.
                    let memory = unsafe { as_bytes_mut(&mut target) };
                    let memory = Memory::between(as_bytes(&source), memory);
                    let outcome = part.exchange(memory, &sends, &receives);
                    source.fill(GARBAGE);
                    outcome?;
                    assert!(target.iter().all(|&value| value == step), "on {rank} in step {step}");
                    let mut values = vec![step; LENGTH];
                    // SAFETY: a reduction of elements writes elements.
                    let memory = unsafe { as_bytes_mut(&mut values) };
                    let outcome = part.all_reduce(DType::U32, ReduceOp::Max, memory);
                    let good = outcome.is_ok() && values.iter().all(|&value| value == step);
                    values.fill(GARBAGE);
                    outcome?;
                    assert!(good, "on {rank} in step {step}");
                    steps.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            });
            // Where the others were depends on the moment.
            let text = outcome.unwrap_err().to_string();
            let call = text.strip_prefix("enough (rank 3 of 4, while rank 0 was in ").unwrap();
            let call = call.strip_suffix(" in the program)").unwrap();
            let calls = ["exchange", "all_reduce of 80000 bytes (max of uint32)"];
            assert!(calls.contains(&call), "{text}");
        });
    }
}

#[test]
fn a_panic_in_the_middle_of_a_copy_lets_the_sender_go() {
    for ranks in 2..=5 {
        in_time(move || {
            let outcome = run(ranks, |comm| {
                let (source, mut target) = ([7; 8], [0; 16]);
                // Three bytes and five cannot be cut into the receiver's elements of four.
                let parts = vec![Layout::contiguous(0..3), Layout::contiguous(3..8)];
                let gaps = Run { start: 0, count: 2, step: 8 };
                let scattered = vec![Layout::new(4, 0, vec![vec![gaps]])];
                let (mut sends, mut receives) = (vec![], vec![]);
                match comm.rank() {
                    0 => sends.push(Message { peer: 1, parts }),
                    1 => receives.push(Message { peer: 0, parts: scattered }),
                    _ => {}
                }
                comm.exchange(Memory::between(&source, &mut target), &sends, &receives)?;
                comm.barrier()
            });
            let text = outcome.unwrap_err().to_string();
            assert!(text.starts_with("rank 1: panicked at "), "{text}");
            assert!(text.contains("a span holds whole elements of the other side"), "{text}");
        });
    }
}

#[test]
fn a_sender_that_gives_up_its_call_is_named() {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    in_time(|| {
        let outcome = run(3, |comm| {
            let (source, mut target) = ([7; 8], [0; 16]);
            let gaps = Run { start: 0, count: 2, step: 8 };
            let scattered = vec![Layout::new(4, 0, vec![vec![gaps]])];
            let parts = vec![Layout::contiguous(0..3), Layout::contiguous(3..8)];
            let (mut sends, mut receives) = (vec![], vec![]);
            match comm.rank() {
                0 => sends.push(Message { peer: 1, parts }),
                1 => {
                    receives.push(Message { peer: 0, parts: scattered });
                    sends.push(Message::contiguous(2, 0..8));
                }
                _ => {
                    // Comes when rank 1 has given up.
                    comm.receive(1, 0)?;
                    receives.push(Message::contiguous(1, 0..8));
                }
            }
            let memory = Memory::between(&source, &mut target);
            let outcome =
                catch_unwind(AssertUnwindSafe(|| comm.exchange(memory, &sends, &receives)));
            if comm.rank() == 1 {
                assert!(outcome.is_err());
                comm.send(2, 0, b"")?;
                return comm.barrier();
            }
            outcome.unwrap()?;
            comm.barrier()
        });
        let text = outcome.unwrap_err().to_string();
        let expected = "rank 1: gave up exchange in the program before all had read its memory";
        assert!(text.starts_with(expected), "{text}");
    });
}
