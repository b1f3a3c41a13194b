//! Indexing of replicated arrays: elements come from the owner, and are written to every copy.

use super::{Mask, Selection, mask};
use crate::comm::{Communicator, ReduceOp};
use crate::error::Result;
use crate::expr::Node;
use crate::handle::ArrayRef;
use crate::ops::{Alignment, redistribute};

/// What is selected of an array, as a new array. Halos are not looked at.
///
/// Where every rank has the indices, the result lies on the array's own ranks, in blocks along the
/// first axis of the indices in place of the indexed axes, and on the others as the array does; each
/// rank finds by itself what it sends, and one message goes between each two ranks that have elements
/// for each other. Where indices are distributed, the result lies as they do, whole on the axes that
/// are not indexed; one agreement of eight bytes, `ceil(log2(ranks))` messages of `4 * ranks` bytes,
/// and eight bytes to the owner for each index come before the elements.
///
/// # Errors
/// An index or an axis is out of bounds; the shapes of the indices do not fit; a rank failed.
pub fn take(
    comm: &dyn Communicator,
    array: &ArrayRef,
    selection: &Selection,
    alignment: Alignment,
) -> Result<ArrayRef> {
    super::take::take(comm, &array.on_owner(comm.rank()), selection, alignment)
}

/// The elements where a mask is true, in C order, in blocks over the mask's ranks: NumPy's `a[mask]`.
///
/// The mask has the shape of the array, or that of its first axes; then what it selects is whole on
/// the others. It is moved to where the array is, unless it lies there. One gather of eight bytes a
/// rank; then each element that is not in its place in C order moves once or twice, with eight bytes
/// to say which it is where the array is not cut into blocks of its first axis alone. A mask of fewer
/// axes selects as [`take`] does by distributed indices.
///
/// # Errors
/// The shapes do not fit; a rank failed.
pub fn masked(
    comm: &dyn Communicator,
    array: &ArrayRef,
    mask: &Mask,
    alignment: Alignment,
) -> Result<ArrayRef> {
    mask::masked(comm, &array.on_owner(comm.rank()), mask, alignment)
}

/// What is selected along one axis where a condition is true: NumPy's `compress`.
///
/// The condition may be shorter than the axis; where it is longer, what is beyond must be false. What
/// is known on every rank needs no request, as in [`take`]; a distributed one costs
/// what distributed indices do.
///
/// # Errors
/// The condition does not have one axis, or is true beyond the extent; a rank failed.
pub fn compress(
    comm: &dyn Communicator,
    array: &ArrayRef,
    condition: &Mask,
    axis: usize,
    alignment: Alignment,
) -> Result<ArrayRef> {
    mask::compress(comm, &array.on_owner(comm.rank()), condition, axis, alignment)
}

/// Writes values to what is selected of an array; with an operation, combines them with what is there.
///
/// Values broadcast to the shape of what is selected; [`Selection::Flat`] repeats them as often as
/// there are indices, as NumPy's `put`. Where elements are selected more than once, values are written
/// or combined in C order of the indices, whatever their distribution: the last one stays, and sums
/// have the same bits. Halos keep what they hold.
///
/// A single value is not sent. `alignment` is for the operands of expressions; indices and values are
/// moved in any case. Where every rank has the indices, each finds by itself what it sends;
/// else holders send the owners 16 bytes an index (8 for a single value to write), after an agreement
/// and small messages as in [`take`]. Values are moved to the holders first where
/// they are distributed otherwise, then to the owners.
///
/// # Errors
/// An index or an axis is out of bounds; shapes or dtypes that do not fit; an operation that the dtype
/// does not have; a rank failed. Nothing is written then.
pub fn put(
    comm: &dyn Communicator,
    array: &mut ArrayRef,
    selection: &Selection,
    values: &Node,
    op: Option<ReduceOp>,
    alignment: Alignment,
) -> Result<()> {
    in_every_copy(comm, array, |array| {
        super::put::put(comm, array, selection, values, op, alignment)
    })
}

/// Writes where a mask is true: one value, or an array of the shape that [`masked`] gives, in C order.
///
/// A single value under a mask of the array's shape is not sent, nor is anything else but the mask,
/// where that lies elsewhere. An array goes the way back that [`masked`] comes.
///
/// # Errors
/// The shapes or dtypes do not fit; a rank failed. Nothing is written then.
pub fn put_masked(
    comm: &dyn Communicator,
    array: &mut ArrayRef,
    mask: &Mask,
    values: &Node,
    alignment: Alignment,
) -> Result<()> {
    in_every_copy(comm, array, |array| mask::put_masked(comm, array, mask, values, alignment))
}

/// Writes to the array of the owner, and then to the copies.
fn in_every_copy(
    comm: &dyn Communicator,
    array: &mut ArrayRef,
    write: impl FnOnce(&mut ArrayRef) -> Result<()>,
) -> Result<()> {
    if !array.distribution().is_replicated() {
        return write(array);
    }
    let mut own = array.on_owner(comm.rank());
    write(&mut own)?;
    *array = redistribute(comm, &own, array.distribution())?;
    Ok(())
}
