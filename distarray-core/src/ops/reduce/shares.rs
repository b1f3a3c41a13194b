//! Results in shares: where there are many, each rank along the reduced axes merges and finishes some of
//! them, and only results go to where they live.
//!
//! Accumulators of exact sums are 35 times as large as a result, or more. In a tree, one rank receives,
//! merges and finishes all of them; in shares every rank does its part of that, at the same time.

use std::ops::Range;

use super::line::Line;
use crate::block::Block;
use crate::comm::{Communicator, Memory, Message};
use crate::error::Result;
use crate::expr::Accumulators;

/// Bytes of the accumulators in a share from which on they are worth one exchange more: fewer are merged on one
/// rank in less time than that takes.
const LEAST: usize = 32 << 10;

/// Whether results are merged and finished in shares, where ranks have so many bytes of accumulators at
/// most: the same on all ranks.
pub(super) fn is_worth(line: &Line<'_>, bytes: usize) -> bool {
    line.size() > 1 && bytes / line.size() >= LEAST
}

/// The results in a rank's share.
fn share(results: usize, ranks: usize, number: usize) -> Range<usize> {
    // Of no more results than fit into memory, so many times as there are ranks.
    let start = |number: usize| (results as u128 * number as u128 / ranks as u128) as usize;
    start(number)..start(number + 1)
}

/// Merges the accumulators of each fold of the ranks of a line, on each rank those of its share, which
/// then are all it has; whether this rank is one of them. One message a fold to every other rank.
pub(super) fn merge_shares(
    comm: &dyn Communicator,
    line: &Line<'_>,
    folds: usize,
    mine: &mut [Accumulators],
) -> Result<bool> {
    match line.number() {
        Some(me) => mine.iter_mut().try_for_each(|own| merge_share(comm, (line, me), own))?,
        // The exchanges are everybody's.
        None => (0..folds).try_for_each(|_| comm.exchange(Memory::none(), &[], &[]))?,
    }
    Ok(line.number().is_some())
}

fn merge_share(
    comm: &dyn Communicator,
    (line, me): (&Line<'_>, usize),
    own: &mut Accumulators,
) -> Result<()> {
    let size = line.size();
    let share_of = |number| share(own.len(), size, number);
    let mine = share_of(me);
    let count = mine.len();
    let mut theirs = own.unfilled((size - 1) * count)?;
    // Where those of another rank are received.
    let slot = |number: usize| {
        let first = (number - usize::from(number > me)) * count;
        first..first + count
    };
    let messages = |of: &dyn Fn(usize) -> Range<usize>| -> Vec<Message> {
        let others = (0..size).filter(|&number| number != me && !of(number).is_empty());
        let message = |number| Message::contiguous(line.rank(number), own.place_of(&of(number)));
        others.map(message).collect()
    };
    let (sends, receives) = (messages(&share_of), messages(&slot));
    comm.exchange(Memory::between(own.as_bytes(), theirs.as_mut_bytes()), &sends, &receives)?;
    // The tree in which one rank would merge all, as the bits of products depend on it.
    let mut distance = 1;
    while distance < size {
        for into in (0..size - distance).step_by(2 * distance) {
            let from = into + distance;
            if into == me {
                own.merge_at(mine.start, &theirs.as_bytes()[theirs.place_of(&slot(from))]);
            } else if from == me {
                theirs.merge_at(slot(into).start, &own.as_bytes()[own.place_of(&mine)]);
            } else {
                theirs.merge_within(slot(into).start, slot(from).start, count);
            }
        }
        distance *= 2;
    }
    // The root of the tree: of the first rank, whose share is the first, it is its own.
    if me > 0 {
        *own = theirs;
    }
    own.truncate(count);
    Ok(())
}

/// Brings the shares of so many results together on the first rank of a line, which gets all of them; the
/// others get nothing. One message from each rank but the first.
pub(super) fn gather(
    comm: &dyn Communicator,
    line: &Line<'_>,
    results: usize,
    own: Option<&Block>,
) -> Result<Option<Block>> {
    let (Some(me), Some(own)) = (line.number(), own) else {
        comm.exchange(Memory::none(), &[], &[])?;
        return Ok(None);
    };
    let item = own.dtype().size();
    let place = |number| {
        let share = share(results, line.size(), number);
        share.start * item..share.end * item
    };
    let own_bytes = &own.storage().as_slice()[own.offset()..][..own.len() * item];
    let message = |number, bytes| Message::contiguous(line.rank(number), bytes);
    if me > 0 {
        let send = (!own.is_empty()).then(|| message(0, 0..own_bytes.len()));
        comm.exchange(Memory::between(own_bytes, &mut []), send.as_slice(), &[])?;
        return Ok(None);
    }
    let mut all = Block::unfilled(own.dtype(), &[results])?;
    let target = all.make_unique()?.as_mut_slice();
    target[place(0)].copy_from_slice(own_bytes);
    let others = (1..line.size()).filter(|&number| !place(number).is_empty());
    let receives: Vec<Message> = others.map(|number| message(number, place(number))).collect();
    comm.exchange(Memory::between(&[], target), &[], &receives)?;
    Ok(Some(all))
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn shares_are_even_and_all_there_is() {
        for (results, ranks) in [(0, 3), (2, 3), (3, 3), (10, 4), (5000, 7), (usize::MAX, 3)] {
            let shares: Vec<_> = (0..ranks).map(|number| share(results, ranks, number)).collect();
            assert_eq!((shares[0].start, shares[ranks - 1].end), (0, results));
            assert!(shares.windows(2).all(|pair| pair[0].end == pair[1].start));
            let even = |n| n == results / ranks || n == results.div_ceil(ranks);
            assert!(shares.iter().all(|share| even(share.len())));
        }
    }
}
