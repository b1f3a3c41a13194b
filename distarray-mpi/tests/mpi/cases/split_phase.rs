//! Exchanges in two steps: with others between the start and the end, in any order, and given up.

use distarray_core::Result;
use distarray_core::comm::{Memory, Message};

use super::exchange::Round;
use super::{Case, Comm};

pub(super) const CASES: &[Case] = &[
    ("exchanges_started_and_finished", |comm| started_and_finished(comm, 90)),
    ("long_messages_started", long_messages_started),
    ("empty_messages_started", empty_messages_started),
];

pub(super) fn started_and_finished(comm: Comm<'_>, rounds: u64) -> Result<()> {
    for round in 0..rounds {
        let [mut first, mut second, mut third] =
            [0, 1, 2].map(|which| Round::new(comm, 3 * round + which, false));
        let start = |of: &Round| comm.start_exchange(&of.source, &of.sends, &of.receives);
        let begun = start(&first)?;
        // What is sent has been copied.
        first.source.fill(0);
        let also_begun = start(&second)?;
        match round % 3 {
            0 => {
                comm.finish_exchange(also_begun, &mut second.target)?;
                comm.finish_exchange(begun, &mut first.target)?;
            }
            1 => {
                let memory = Memory::between(&third.source, &mut third.target);
                comm.exchange(memory, &third.sends, &third.receives)?;
                assert_eq!(third.target, third.expected, "round {round}: between");
                comm.finish_exchange(begun, &mut first.target)?;
                comm.finish_exchange(also_begun, &mut second.target)?;
            }
            _ => {
                comm.abandon_exchange(begun);
                first.expected.clone_from(&first.target);
                comm.finish_exchange(also_begun, &mut second.target)?;
            }
        }
        assert_eq!(first.target, first.expected, "round {round}: first");
        assert_eq!(second.target, second.expected, "round {round}: second");
    }
    Ok(())
}

/// More than can be on its way before anyone receives.
pub(super) fn long_messages_started(comm: Comm<'_>) -> Result<()> {
    const LENGTH: usize = 3 << 20;
    let (rank, size) = (comm.rank(), comm.size());
    let (next, before) = ((rank + 1) % size, (rank + size - 1) % size);
    let byte =
        |rank: usize, round: usize, at: usize| (rank * 41 + round * 19 + at + at / 251) as u8;
    let filled = |rank: usize, round: usize| -> Vec<u8> {
        (0..LENGTH).map(|at| byte(rank, round, at)).collect()
    };
    let (to, from) =
        ([Message::contiguous(next, 0..LENGTH)], [Message::contiguous(before, 0..LENGTH)]);
    let begun = comm.start_exchange(&filled(rank, 0), &to, &from)?;
    let given_up = comm.start_exchange(&filled(rank, 1), &to, &from)?;
    let (source, mut target) = (filled(rank, 2), vec![0; LENGTH]);
    comm.exchange(Memory::between(&source, &mut target), &to, &from)?;
    assert!(target == filled(before, 2), "the exchange between");
    comm.abandon_exchange(given_up);
    comm.finish_exchange(begun, &mut target)?;
    assert!(target == filled(before, 0), "the exchange that was started");
    Ok(())
}

fn empty_messages_started(comm: Comm<'_>) -> Result<()> {
    let next = (comm.rank() + 1) % comm.size();
    let before = (comm.rank() + comm.size() - 1) % comm.size();
    let empty = |peer| [Message { peer, parts: Vec::new() }];
    for _ in 0..3 {
        let begun = comm.start_exchange(&[], &empty(next), &empty(before))?;
        let nothing = comm.start_exchange(&[], &[], &[])?;
        comm.exchange(Memory::none(), &empty(next), &empty(before))?;
        comm.finish_exchange(nothing, &mut [])?;
        comm.finish_exchange(begun, &mut [])?;
    }
    Ok(())
}
