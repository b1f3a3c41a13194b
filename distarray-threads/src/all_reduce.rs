//! The all-reduce: small ones by everybody, large ones by shares.

use std::ops::Range;

use distarray_core::comm::ReduceOp;
use distarray_core::{DType, Error, Result};

use crate::communicator::Member;
use crate::page::INLINE;
use crate::share::{Shown, share};
use distarray_core::comm::{Call, CallKind};

/// Bytes of the result that are combined at a time: they stay in the first-level cache while the
/// ranks' values stream past.
const TILE: usize = 16 << 10;

/// Combines in rank order whatever the size, so that all ranks get the same bits.
///
/// Up to [`INLINE`] bytes each rank combines everything; beyond, each its share, and gathers the
/// shares of the others: two passes over the values, none of it by one rank alone.
pub(crate) fn all_reduce(
    member: &Member,
    dtype: DType,
    op: ReduceOp,
    values: &mut [u8],
) -> Result<()> {
    check(dtype, op, values.len())?;
    let call = Call::now(CallKind::AllReduce { dtype, op, bytes: values.len() });
    let size = member.group.members.len();
    if values.len() <= INLINE {
        let mut total = [0; INLINE];
        let total = &mut total[..values.len()];
        let combined = |shown: &Shown<'_>| combine(shown, size, dtype, op, 0, total);
        share(member, &call, values, combined)??;
        values.copy_from_slice(total);
        return Ok(());
    }
    let elements = values.len() / dtype.size();
    let share_of = |rank: usize| -> Range<usize> {
        let start = |rank: usize| elements * rank / size * dtype.size();
        start(rank)..start(rank + 1)
    };
    let mine = share_of(member.rank);
    let mut total = vec![0; mine.len()];
    share(member, &call, values, |shown| {
        let tile = TILE / dtype.size() * dtype.size();
        total.chunks_mut(tile).enumerate().try_for_each(|(index, total)| {
            combine(shown, size, dtype, op, mine.start + index * tile, total)
        })
    })??;
    share(member, &call, &total, |shown| {
        for rank in member.others().chain([member.rank]) {
            values[share_of(rank)].copy_from_slice(shown.by(rank));
        }
    })
}

/// Combines the ranks' bytes from `start` on into `total`.
fn combine(
    shown: &Shown<'_>,
    size: usize,
    dtype: DType,
    op: ReduceOp,
    start: usize,
    total: &mut [u8],
) -> Result<()> {
    let part = start..start + total.len();
    total.copy_from_slice(&shown.by(0)[part.clone()]);
    (1..size).try_for_each(|rank| op.combine(dtype, total, &shown.by(rank)[part.clone()]))
}

/// Refuses on every rank alike, before anything is shown, what cannot be combined.
fn check(dtype: DType, op: ReduceOp, bytes: usize) -> Result<()> {
    if !bytes.is_multiple_of(dtype.size()) {
        return Err(Error::argument(format!(
            "all_reduce of {bytes} bytes: not whole elements of {dtype}, which has {} bytes",
            dtype.size()
        )));
    }
    let (mut one, other) = ([0; 16], [0; 16]);
    op.combine(dtype, &mut one[..dtype.size()], &other[..dtype.size()])
}
