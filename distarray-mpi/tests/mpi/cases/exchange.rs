//! The exchange: random patterns of layouts of every form, compared byte by byte.

use distarray_core::Result;
use distarray_core::comm::{Layout, Memory, Message};

use super::{Case, Comm};
use crate::random::Random;

pub(super) const CASES: &[Case] = &[
    ("random_exchanges_between_two_memories", |comm| random_exchanges(comm, 300, false)),
    ("random_exchanges_within_one_memory", |comm| random_exchanges(comm, 300, true)),
    ("exchanges_without_messages", exchanges_without_messages),
    ("long_messages_of_all_to_all", long_messages_of_all_to_all),
];

/// One message of a pattern, with its places on both sides.
struct Planned {
    from: usize,
    to: usize,
    source: Vec<Layout>,
    target: Vec<Layout>,
}

/// A pattern for all ranks, and the bytes of each rank's source and target.
fn pattern(random: &mut Random, size: usize, within: bool) -> (Vec<Planned>, Vec<[usize; 2]>) {
    let mut ends = vec![[0, 0]; size];
    let mut planned = Vec::new();
    for pair in 0..size * size {
        if random.below(3) == 0 {
            continue;
        }
        let (from, to) = (pair / size, (pair + pair / size) % size);
        let item = [1, 2, 3, 4, 8, 16][random.below(6)];
        let count = [0, 1, 2, 7, 40, 300][random.below(6)];
        let (source, end) = random.parts(item, count, ends[from][0]);
        ends[from] = if within { [end, end] } else { [end, ends[from][1]] };
        let (target, end) = random.parts(item, count, ends[to][1]);
        ends[to] = if within { [end, end] } else { [ends[to][0], end] };
        planned.push(Planned { from, to, source, target });
    }
    (planned, ends)
}

/// What a rank has at a place before the exchange.
fn original(rank: usize, place: usize) -> u8 {
    (rank * 89 + place * 7 + place / 251) as u8
}

/// This rank's side of a random pattern.
pub(super) struct Round {
    pub(super) source: Vec<u8>,
    pub(super) target: Vec<u8>,
    /// The target afterwards.
    pub(super) expected: Vec<u8>,
    pub(super) sends: Vec<Message>,
    pub(super) receives: Vec<Message>,
}

impl Round {
    pub(super) fn new(comm: Comm<'_>, seed: u64, within: bool) -> Self {
        let (planned, ends) = pattern(&mut Random::new(seed), comm.size(), within);
        let me = comm.rank();
        let message = |peer, parts: &[Layout]| Message { peer, parts: parts.to_vec() };
        let sends = planned.iter().filter(|p| p.from == me).map(|p| message(p.to, &p.source));
        let receives = planned.iter().filter(|p| p.to == me).map(|p| message(p.from, &p.target));
        let fresh = |length: usize| (0..length).map(|place| original(me, place)).collect();
        let target: Vec<u8> = fresh(ends[me][1]);
        let mut expected = target.clone();
        for p in planned.iter().filter(|p| p.to == me) {
            for (from, to) in places(&p.source).into_iter().zip(places(&p.target)) {
                expected[to] = original(p.from, from);
            }
        }
        let (sends, receives) = (sends.collect(), receives.collect());
        Self { source: fresh(ends[me][0]), target, expected, sends, receives }
    }
}

pub(super) fn random_exchanges(comm: Comm<'_>, rounds: u64, within: bool) -> Result<()> {
    for round in 0..rounds {
        let Round { source, mut target, expected, sends, receives } =
            Round::new(comm, round, within);
        if within {
            // SAFETY: places that are sent are not received.
            let memory = unsafe { Memory::within(&mut target) };
            comm.exchange(memory, &sends, &receives)?;
        } else {
            comm.exchange(Memory::between(&source, &mut target), &sends, &receives)?;
        }
        assert_eq!(target, expected, "round {round}");
    }
    Ok(())
}

/// The place of every byte, in order.
fn places(parts: &[Layout]) -> Vec<usize> {
    let of_part = |part: &Layout| {
        let item = part.item();
        let bytes = move |at: isize| (0..item).map(move |byte| at as usize + byte);
        part.offsets().into_iter().flat_map(bytes).collect::<Vec<_>>()
    };
    parts.iter().flat_map(of_part).collect()
}

fn exchanges_without_messages(comm: Comm<'_>) -> Result<()> {
    let next = (comm.rank() + 1) % comm.size();
    let before = (comm.rank() + comm.size() - 1) % comm.size();
    let empty = |peer| [Message { peer, parts: Vec::new() }];
    for _ in 0..3 {
        comm.exchange(Memory::none(), &[], &[])?;
        comm.exchange(Memory::none(), &empty(next), &empty(before))?;
    }
    Ok(())
}

pub(super) fn long_messages_of_all_to_all(comm: Comm<'_>) -> Result<()> {
    let (length, size) = (1 << 20, comm.size());
    let byte = |from: usize, to: usize, at: usize| (from * 31 + to * 17 + at) as u8;
    let fill = |of: &dyn Fn(usize, usize) -> u8| -> Vec<u8> {
        (0..size).flat_map(|peer| (0..length).map(move |at| of(peer, at))).collect()
    };
    let source = fill(&|to, at| byte(comm.rank(), to, at));
    let mut target = vec![0; source.len()];
    let messages: Vec<_> = (0..size)
        .map(|peer| Message::contiguous(peer, peer * length..(peer + 1) * length))
        .collect();
    comm.exchange(Memory::between(&source, &mut target), &messages, &messages)?;
    assert!(target == fill(&|from, at| byte(from, comm.rank(), at)));
    Ok(())
}
