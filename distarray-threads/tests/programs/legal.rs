//! Programs that come to their end.

use std::collections::{BTreeMap, VecDeque};

use super::{Call, Program, Random};

/// Messages on their way: group, sender and receiver in the world, tag; the numbers in order.
type OnTheWay = BTreeMap<(usize, usize, usize, u16), VecDeque<u64>>;

/// Bytes that are shown on a page, and such that are lent.
const LENGTHS: [usize; 4] = [1, 8, 700, 5_000];

/// A program of 2 to 5 ranks. At its end all ranks of each group meet once more, so that who left
/// out a collective, or had one too many, is found out.
pub(crate) fn legal(random: &mut Random) -> Program {
    let ranks = 2 + random.below(4);
    let splits = (0..random.below(4))
        .map(|_| (0..ranks).map(|_| (random.below(2), random.below(ranks))).collect())
        .collect();
    let mut program = Program { splits, calls: vec![Vec::new(); ranks] };
    let mut on_the_way = OnTheWay::new();
    for number in 0..5 + random.below(25) {
        let group = random.below(program.splits.len() + 1);
        let members = program.members(group, random.below(ranks));
        if random.once_in(6) {
            let (rank, steps) = (random.below(ranks), random.below(200));
            program.calls[rank].push(Call::Compute { steps });
        }
        match random.below(12) {
            0..4 => send(&mut program, &mut on_the_way, random, (group, &members, number as u64)),
            4..7 => receive(&mut program, &mut on_the_way, random),
            7..9 => exchange(&mut program, random, group, &members),
            _ => collective(&mut program, random, group, &members),
        }
    }
    for group in 0..=program.splits.len() {
        program.calls.iter_mut().for_each(|calls| calls.push(Call::Barrier { group }));
    }
    program
}

fn send(
    program: &mut Program,
    on_the_way: &mut OnTheWay,
    random: &mut Random,
    (group, members, number): (usize, &[usize], u64),
) {
    let (from, to) = (random.below(members.len()), random.below(members.len()));
    if from != to {
        let tag = random.below(2) as u16;
        program.calls[members[from]].push(Call::Send { group, to, tag, number });
        let key = (group, members[from], members[to], tag);
        on_the_way.entry(key).or_default().push_back(number);
    }
}

/// The receiver takes one of the messages that have been sent, the first of its kind.
fn receive(program: &mut Program, on_the_way: &mut OnTheWay, random: &mut Random) {
    let waiting: Vec<_> =
        on_the_way.iter().filter(|(_, numbers)| !numbers.is_empty()).map(|(key, _)| *key).collect();
    if waiting.is_empty() {
        return;
    }
    let key @ (group, sender, receiver, tag) = waiting[random.below(waiting.len())];
    let number = on_the_way.get_mut(&key).and_then(VecDeque::pop_front).unwrap();
    let members = program.members(group, receiver);
    let from = members.iter().position(|&rank| rank == sender).unwrap();
    program.calls[receiver].push(Call::Receive { group, from, tag, number });
}

fn exchange(program: &mut Program, random: &mut Random, group: usize, members: &[usize]) {
    let mut sends = vec![Vec::new(); members.len()];
    let mut receives = vec![Vec::new(); members.len()];
    let sparse = 1 + random.below(6);
    for (from, sends) in sends.iter_mut().enumerate() {
        for (to, receives) in receives.iter_mut().enumerate() {
            if random.once_in(sparse) {
                let bytes = LENGTHS[random.below(LENGTHS.len())];
                sends.push((to, bytes));
                receives.push((from, bytes));
            }
        }
    }
    for ((&rank, sends), receives) in members.iter().zip(sends).zip(receives) {
        program.calls[rank].push(Call::Exchange { group, sends, receives });
    }
}

fn collective(program: &mut Program, random: &mut Random, group: usize, members: &[usize]) {
    let bytes = LENGTHS[random.below(LENGTHS.len())];
    let call = match random.below(5) {
        0 => Call::Barrier { group },
        1 => Call::Gather { group, bytes },
        2 => Call::Broadcast { group, root: random.below(members.len()), bytes },
        3 => Call::Reduce { group, elements: bytes },
        _ => Call::Split { group, parts: 1 + random.below(members.len()) },
    };
    members.iter().for_each(|&rank| program.calls[rank].push(call.clone()));
}
