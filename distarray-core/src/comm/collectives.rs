//! Default collectives over `exchange`, for backends that have no better ones.
//!
//! Each takes `ceil(log2(size))` rounds, by the textbook algorithms: dissemination for the barrier,
//! a binomial tree for the broadcast, doubling for the gather (Bruck et al., *Efficient Algorithms
//! for All-to-All Communications*, 1997).

use super::{Communicator, Layout, Memory, Message, ReduceOp};
use crate::element::DType;
use crate::error::Result;

/// In round `k` each rank tells the rank `2^k` further on, and hears from the one `2^k` before.
pub(super) fn barrier(comm: &dyn Communicator) -> Result<()> {
    let (rank, size) = (comm.rank(), comm.size());
    let mut memory = [0_u8; 2];
    let mut distance = 1;
    while distance < size {
        let to = Message::contiguous((rank + distance) % size, 0..1);
        let from = Message::contiguous((rank + size - distance) % size, 1..2);
        // SAFETY: the first byte is sent, the second received.
        comm.exchange(unsafe { Memory::within(&mut memory) }, &[to], &[from])?;
        distance *= 2;
    }
    Ok(())
}

/// In round `k` the first `2^k` ranks, counted from the root, each pass the bytes on.
pub(super) fn broadcast(comm: &dyn Communicator, root: usize, bytes: &mut [u8]) -> Result<()> {
    let size = comm.size();
    let place = (comm.rank() + size - root) % size;
    let rank_at = |place: usize| (place + root) % size;
    let length = bytes.len();
    let mut have = 1;
    while have < size {
        let sends = (place < have && place + have < size)
            .then(|| Message::contiguous(rank_at(place + have), 0..length));
        let receives = (have..2 * have)
            .contains(&place)
            .then(|| Message::contiguous(rank_at(place - have), 0..length));
        // SAFETY: a rank sends or receives in a round, never both.
        let memory = unsafe { Memory::within(bytes) };
        comm.exchange(memory, sends.as_slice(), receives.as_slice())?;
        have *= 2;
    }
    Ok(())
}

/// In round `k` each rank has the parts of the `2^k` ranks from itself on, and passes them back.
pub(super) fn all_gather(comm: &dyn Communicator, mine: &[u8], all: &mut [u8]) -> Result<()> {
    let (rank, size, length) = (comm.rank(), comm.size(), mine.len());
    assert_eq!(all.len(), length * size, "a gather takes `size` times the bytes of one rank");
    all[rank * length..][..length].copy_from_slice(mine);
    let mut have = 1;
    while have < size {
        let count = have.min(size - have);
        let parts = |first: usize| {
            let first = first % size;
            let whole = first + count;
            let mut parts = vec![Layout::contiguous(first * length..whole.min(size) * length)];
            if whole > size {
                parts.push(Layout::contiguous(0..(whole - size) * length));
            }
            parts
        };
        let to = Message { peer: (rank + size - have) % size, parts: parts(rank) };
        let from = Message { peer: (rank + have) % size, parts: parts(rank + have) };
        // SAFETY: a rank sends `count` parts from its own on, and receives those that follow `have`
        // parts on, which is at least as many.
        comm.exchange(unsafe { Memory::within(all) }, &[to], &[from])?;
        have *= 2;
    }
    Ok(())
}

/// Gathers everything and combines it in rank order: the same bits everywhere.
pub(super) fn all_reduce(
    comm: &dyn Communicator,
    dtype: DType,
    op: ReduceOp,
    values: &mut [u8],
) -> Result<()> {
    // Refused on any number of ranks and elements alike, before anything is sent.
    let (mut zero, other) = (vec![0; dtype.size()], vec![0; dtype.size()]);
    op.combine(dtype, &mut zero, &other)?;
    let length = values.len();
    if length == 0 {
        return Ok(());
    }
    let mut all = vec![0; length * comm.size()];
    comm.all_gather(values, &mut all)?;
    let (first, others) = all.split_at_mut(length);
    for other in others.chunks_exact(length) {
        op.combine(dtype, first, other)?;
    }
    values.copy_from_slice(first);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::Solo;

    #[test]
    fn one_rank_refuses_what_several_do() {
        let refused = Solo.all_reduce(DType::F64, ReduceOp::And, &mut [0; 8]);
        assert!(refused.is_err());
        assert!(Solo.all_reduce(DType::C32, ReduceOp::Max, &mut []).is_err());
        assert!(Solo.all_reduce(DType::I32, ReduceOp::And, &mut [0; 8]).is_ok());
    }
}
