//! Merging the accumulators of several ranks.

use smallvec::SmallVec;

use super::Few;
use super::line::Line;
use crate::block::Storage;
use crate::comm::{Communicator, Memory, Message};
use crate::error::Result;
use crate::expr::Accumulators;

/// Bytes of all ranks' accumulators up to which each rank gets all of them and merges them itself, in
/// one collective; beyond, a tree has fewer bytes to send and less to merge.
const FEW: usize = 16 << 10;

/// Accumulators of some reductions, and those of a few ranks.
type Bytes = SmallVec<[u8; 1024]>;

/// Merges accumulators of all ranks; every rank gets the result, with the same bits.
pub(in crate::ops) fn merge_all(
    comm: &dyn Communicator,
    mine: &mut [&mut Accumulators],
) -> Result<()> {
    let size = comm.size();
    let lengths: Few<usize> = mine.iter().map(|own| own.as_bytes().len()).collect();
    let length: usize = lengths.iter().sum();
    if size == 1 || length == 0 {
        return Ok(());
    }
    let mut bytes = Bytes::with_capacity(length);
    mine.iter().for_each(|own| bytes.extend_from_slice(own.as_bytes()));
    let merge = |mine: &mut [&mut Accumulators], mut others: &[u8]| {
        for (own, &length) in mine.iter_mut().zip(&lengths) {
            let (other, rest) = others.split_at(length);
            own.merge(other);
            others = rest;
        }
    };
    if length * size <= FEW {
        let mut all = Bytes::from_elem(0, length * size);
        comm.all_gather(&bytes, &mut all)?;
        // In the order of the ranks, as products depend on it.
        mine.iter_mut().zip(&lengths).fold(0, |at, (own, &length)| {
            own.restore(&all[at..at + length]);
            at + length
        });
        all.chunks_exact(length).skip(1).for_each(|others| merge(mine, others));
        return Ok(());
    }
    let rank = comm.rank();
    let mut theirs = Bytes::from_elem(0, length);
    let mut distance = 1;
    while distance < size {
        let message = |peer| Message::contiguous(peer, 0..length);
        let sends = (rank % (2 * distance) == distance).then(|| message(rank - distance));
        let receives = (rank.is_multiple_of(2 * distance) && rank + distance < size)
            .then(|| message(rank + distance));
        let memory = Memory::between(&bytes, &mut theirs);
        comm.exchange(memory, sends.as_slice(), receives.as_slice())?;
        if receives.is_some() {
            merge(mine, &theirs);
            bytes.clear();
            mine.iter().for_each(|own| bytes.extend_from_slice(own.as_bytes()));
        }
        distance *= 2;
    }
    comm.broadcast(0, &mut bytes)?;
    let mut at = 0;
    for (own, &length) in mine.iter_mut().zip(&lengths) {
        own.restore(&bytes[at..at + length]);
        at += length;
    }
    Ok(())
}

/// Merges the accumulators of the ranks of a line, in a binary tree, on the first of them; whether this
/// rank has the result.
pub(super) fn merge_along(
    comm: &dyn Communicator,
    line: &Line<'_>,
    mine: &mut [Accumulators],
) -> Result<bool> {
    let size = line.size();
    let Some(me) = line.number() else {
        // The exchanges are everybody's.
        let mut distance = 1;
        while distance < size {
            comm.exchange(Memory::none(), &[], &[])?;
            distance *= 2;
        }
        return Ok(false);
    };
    let lengths: Vec<usize> = mine.iter().map(|own| own.as_bytes().len()).collect();
    let length = lengths.iter().sum();
    let (mut joined, mut theirs) = (Vec::new(), Storage::unfilled(0)?);
    let mut distance = 1;
    while distance < size {
        // Who has sent takes no further part but in the calls.
        let send = (me % (2 * distance) == distance).then(|| line.rank(me - distance));
        let receive = (me.is_multiple_of(2 * distance) && me + distance < size)
            .then(|| line.rank(me + distance));
        let own = match (&*mine, send) {
            ([only], _) => only.as_bytes(),
            (_, None) => &[],
            (all, Some(_)) => {
                joined.clear();
                all.iter().for_each(|own| joined.extend_from_slice(own.as_bytes()));
                &joined
            }
        };
        if receive.is_some() && theirs.is_empty() {
            theirs = Storage::unfilled(length)?;
        }
        let message = |peer| Message::contiguous(peer, 0..length);
        let (sends, receives) = (send.map(message), receive.map(message));
        let memory = Memory::between(own, theirs.as_mut_slice());
        comm.exchange(memory, sends.as_slice(), receives.as_slice())?;
        if receive.is_some() {
            let mut at = 0;
            for (own, &length) in mine.iter_mut().zip(&lengths) {
                own.merge(&theirs.as_slice()[at..at + length]);
                at += length;
            }
        }
        distance *= 2;
    }
    Ok(me == 0)
}
