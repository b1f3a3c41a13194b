//! Exchanges of random messages, scattered memory, empty and own messages.

mod watchdog;

use distarray_core::comm::{Communicator, Layout, Memory, Message, ReduceOp, Run};
use distarray_core::{Result, as_bytes, as_bytes_mut};
use distarray_threads::run;
use watchdog::in_time;

/// A generator that all ranks draw alike from.
struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit
    }
}

/// The places of `count` elements, and the memory that they need.
fn scattered(draws: &mut Draws, base: usize, count: usize) -> (Vec<Layout>, Vec<usize>, usize) {
    const ITEM: usize = 4;
    let run = |start: usize, count: usize, step: isize| Run {
        start: (start * ITEM) as isize,
        count,
        step: step * ITEM as isize,
    };
    let first = draws.below(count + 1);
    let stride = 1 + draws.below(3);
    let (parts, places): (Vec<_>, Vec<_>) = match draws.below(4) {
        // In one piece.
        0 => (
            vec![Layout::contiguous(base * ITEM..(base + count) * ITEM)],
            (base..base + count).collect(),
        ),
        // Every `stride`th place.
        1 => (
            vec![Layout::new(ITEM, 0, vec![vec![run(base, count, stride as isize)]])],
            (0..count).map(|i| base + i * stride).collect(),
        ),
        // Backwards.
        2 => (
            vec![Layout::new(ITEM, 0, vec![vec![run(base + count.max(1) - 1, count, -1)]])],
            (base..base + count).rev().collect(),
        ),
        // Two parts, the second with gaps.
        _ => (
            vec![
                Layout::new(ITEM, 0, vec![vec![run(base, first, 1)]]),
                Layout::new(ITEM, (first * ITEM) as isize, vec![vec![run(base, count - first, 2)]]),
            ],
            (0..first).chain((0..count - first).map(|i| first + 2 * i)).map(|i| base + i).collect(),
        ),
    };
    (parts, places, base + 3 * count + 1)
}

fn value(from: usize, to: usize, index: usize) -> u32 {
    (from * 10_000_000 + to * 100_000 + index) as u32
}

/// One exchange of a drawn pattern: every pair of ranks has a message or none, of any length.
fn random_exchange(comm: &dyn Communicator, draws: &mut Draws, within: bool) -> Result<()> {
    let (rank, size) = (comm.rank(), comm.size());
    let (mut sends, mut receives) = (Vec::new(), Vec::new());
    let (mut source_places, mut expected) = (Vec::new(), Vec::new());
    let (mut source_end, mut target_end) = (0, 0);
    for from in 0..size {
        for to in 0..size {
            if draws.below(3) == 0 {
                continue;
            }
            let count = if draws.below(8) == 0 { draws.below(3_000) } else { draws.below(9) };
            // Drawn on all ranks, to keep the draws in step.
            let out = scattered(draws, if from == rank { source_end } else { 0 }, count);
            let into = scattered(draws, if to == rank { target_end } else { 0 }, count);
            if from == rank {
                sends.push(Message { peer: to, parts: out.0 });
                source_places.push((to, out.1));
                source_end = out.2;
            }
            if to == rank {
                receives.push(Message { peer: from, parts: into.0 });
                expected.push((from, into.1));
                target_end = into.2;
            }
        }
    }
    // The order of messages does not matter.
    let half = sends.len() / 2;
    sends.rotate_left(half);
    receives.reverse();
    let mut source = vec![u32::MAX; source_end];
    for (to, places) in source_places {
        for (index, place) in places.into_iter().enumerate() {
            source[place] = value(rank, to, index);
        }
    }
    let mut wanted = vec![u32::MAX - 1; target_end];
    for (from, places) in expected {
        for (index, place) in places.into_iter().enumerate() {
            wanted[place] = value(from, rank, index);
        }
    }
    if within {
        let mut block = source.clone();
        block.resize(source_end + target_end, u32::MAX - 1);
        let moved = receives.iter().map(|message| moved(message, source_end)).collect::<Vec<_>>();
        // SAFETY: the bytes that come are elements.
        let bytes = unsafe { as_bytes_mut(&mut block) };
        // SAFETY: what is received lies behind all that is sent.
        comm.exchange(unsafe { Memory::within(bytes) }, &sends, &moved)?;
        assert_eq!(block[source_end..], wanted[..]);
        assert_eq!(block[..source_end], source[..]);
    } else {
        let mut target = vec![u32::MAX - 1; target_end];
        // SAFETY: the bytes that come are elements.
        let bytes = unsafe { as_bytes_mut(&mut target) };
        comm.exchange(Memory::between(as_bytes(&source), bytes), &sends, &receives)?;
        assert_eq!(target, wanted);
    }
    Ok(())
}

/// The message, some elements further on; scattered ones element by element.
fn moved(message: &Message, elements: usize) -> Message {
    let part = |part: &Layout| {
        if let Some(bytes) = part.as_contiguous() {
            return Layout::contiguous(bytes.start + elements * 4..bytes.end + elements * 4);
        }
        let item = part.item();
        let offsets = part.offsets().into_iter();
        let run = |start| Run { start, count: 1, step: item as isize };
        let axes = vec![offsets.map(run).collect::<Vec<_>>()];
        Layout::new(item, (elements * 4) as isize, axes)
    };
    Message { peer: message.peer, parts: message.parts.iter().map(part).collect() }
}

#[test]
fn random_messages_arrive_where_they_belong() {
    for ranks in [1, 2, 3, 4, 5, 6, 16] {
        in_time(move || {
            run(ranks, |comm| {
                let mut draws = Draws(ranks as u64);
                for step in 0..if ranks == 16 { 30 } else { 100 } {
                    random_exchange(&*comm, &mut draws, step % 2 == 1)?;
                }
                Ok(())
            })
            .unwrap()
        });
    }
}

#[test]
fn ranks_without_messages_pass_an_exchange_and_meet_again() {
    for ranks in [2, 3, 16] {
        in_time(move || {
            run(ranks, |comm| {
                for step in 0..1_000_u64 {
                    let pair = [step as usize % ranks, (step as usize + 1) % ranks];
                    let mut bytes = step.to_le_bytes();
                    let (sends, receives) = match pair.map(|rank| rank == comm.rank()) {
                        [true, _] => (vec![Message::contiguous(pair[1], 0..4)], vec![]),
                        [_, true] => (vec![], vec![Message::contiguous(pair[0], 4..8)]),
                        _ => (vec![], vec![]),
                    };
                    // SAFETY: the first half is sent, the second received.
                    let memory = unsafe { Memory::within(&mut bytes) };
                    comm.exchange(memory, &sends, &receives)?;
                    let low = u64::from(comm.rank() == pair[1] && comm.rank() != pair[0]);
                    assert_eq!(u64::from_le_bytes(bytes), step + ((low * step) << 32));
                }
                assert_eq!(comm.all_reduce_of(ReduceOp::Sum, 1_u64)?, ranks as u64);
                Ok(())
            })
            .unwrap()
        });
    }
}

#[test]
fn the_sender_may_write_as_soon_as_it_returns() {
    in_time(|| {
        run(2, |comm| {
            let peer = 1 - comm.rank();
            let (mut source, mut target) = (vec![0_u32; 50_000], vec![0_u32; 50_000]);
            let whole = 0..4 * source.len();
            for step in 0..200 {
                source.fill(step);
                // SAFETY: the bytes that come are elements.
                let bytes = unsafe { as_bytes_mut(&mut target) };
                let message = [Message::contiguous(peer, whole.clone())];
                comm.exchange(Memory::between(as_bytes(&source), bytes), &message, &message)?;
                source.fill(u32::MAX);
                assert!(target.iter().all(|&value| value == step));
            }
            Ok(())
        })
        .unwrap()
    });
}
