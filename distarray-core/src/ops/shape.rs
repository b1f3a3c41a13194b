//! Other shapes of the same elements, without movement.

use super::allocate::{agreed, is_large};
use crate::block::Part;
use crate::comm::Communicator;
use crate::dist::{AxisMap, Dist, Distribution};
use crate::error::{Error, Result};
use crate::expr::broadcast_shapes;
use crate::handle::ArrayRef;

/// The array with its axes in another order; the memory is shared, halos included.
///
/// # Panics
/// The order does not name each axis once.
///
/// ```
/// use distarray_core::{ArrayRef, DType, dist::Distribution, ops};
///
/// let rows = Distribution::new([4, 6], "b", 1)?;
/// let array = ArrayRef::zeros(DType::F64, &rows, 0)?;
/// assert_eq!(ops::permute(&array, &[1, 0]).shape(), [6, 4]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn permute(array: &ArrayRef, order: &[usize]) -> ArrayRef {
    let distribution = array.distribution().permuted(order);
    let part = array.part().map(|part| part.permuted(order));
    ArrayRef::with_part(array.dtype(), &distribution, part)
}

/// The array stretched to a shape that its own broadcasts to; the memory is shared.
///
/// # Errors
/// The shape is not one that the array's broadcasts to.
pub fn broadcast_to(array: &ArrayRef, shape: &[usize], rank: usize) -> Result<ArrayRef> {
    if broadcast_shapes(shape, array.shape()).is_none_or(|common| common != shape) {
        return Err(Error::shape(format!(
            "an array of shape {:?} does not broadcast to {shape:?}",
            array.shape()
        )));
    }
    let distribution = array.distribution().stretched(shape);
    let local = distribution.local_shape(rank);
    let stretch = |part: &Part| {
        let owned = part.owned();
        // A part of none of the elements has none of the copies either.
        match owned.is_empty() {
            true => ArrayRef::zeros(array.dtype(), &distribution, rank).map(|a| a.part().cloned()),
            false => Ok(Some(Part::of(owned.stretched(&local)))),
        }
    };
    let part = array.part().map(stretch).transpose()?.flatten();
    Ok(ArrayRef::with_part(array.dtype(), &distribution, part))
}

/// Each element of an axis so many times, one after the other, where it is. Nothing is sent, but for
/// one agreement of eight bytes where parts are 64 MiB or more.
///
/// # Errors
/// More elements than can be counted; memory that some rank does not get.
pub fn repeat(
    comm: &dyn Communicator,
    array: &ArrayRef,
    axis: usize,
    times: usize,
) -> Result<ArrayRef> {
    let map = array.distribution().axis(axis);
    let Some(len) = map.len().checked_mul(times) else {
        return Err(Error::shape(format!(
            "an axis of {} elements, {times} times, has more than can be counted",
            map.len()
        )));
    };
    let repeated = AxisMap::new(len, map.parts(), repeated_kind(map, len, times))?;
    let distribution = array.distribution().without_halo().with_axis(axis, repeated)?;
    let copy = |part: &Part| {
        let owned = part.owned();
        let mut shape = owned.shape().to_vec();
        shape[axis] *= times;
        // A new axis beside the one that is repeated, and both as one.
        let apart = owned.with_axis_after(axis);
        let mut wide = apart.shape().to_vec();
        wide[axis + 1] = times;
        apart.stretched(&wide).reshaped(&shape).map(Part::of)
    };
    let part = array.part().map(copy).transpose();
    let part = agreed(comm, is_large(array.dtype(), &distribution), part)?;
    Ok(ArrayRef::with_part(array.dtype(), &distribution, part))
}

/// The kind of an axis each of whose indices has become so many.
fn repeated_kind(map: &AxisMap, len: usize, times: usize) -> Dist {
    match map.dist() {
        Dist::Undistributed => Dist::Undistributed,
        _ if len == 0 => match map.parts() {
            1 => Dist::Undistributed,
            _ => Dist::Block,
        },
        Dist::Cyclic => Dist::BlockCyclic(times),
        Dist::BlockCyclic(width) => Dist::BlockCyclic(width * times),
        Dist::Block | Dist::Irregular(_) => {
            let end = |part: usize| map.range(part).map_or(0, |range| range.end) * times;
            Dist::irregular(std::iter::once(0).chain((0..map.parts()).map(end)).collect::<Vec<_>>())
        }
        Dist::StridedCyclic(_) | Dist::Unstructured(_) => {
            let list = |part: usize| {
                let own = (0..map.count(part)).map(move |place| map.global(part, place) * times);
                own.flat_map(|first| first..first + times).collect::<Vec<_>>()
            };
            Dist::unstructured((0..map.parts()).map(list))
        }
    }
}

/// The elements of the lower or upper triangle of the last two axes, others 0: of the lower one those
/// whose column is at most `diagonal` to the right of the row's number, of the upper one at least.
///
/// Nothing is sent, but for one agreement of eight bytes where parts are 64 MiB or more.
///
/// # Errors
/// Less than two axes; memory that some rank does not get.
pub fn triangle(
    comm: &dyn Communicator,
    array: &ArrayRef,
    diagonal: isize,
    lower: bool,
) -> Result<ArrayRef> {
    let ndim = array.shape().len();
    if ndim < 2 {
        return Err(Error::shape(format!(
            "an array of shape {:?} has no triangle: it takes 2 axes",
            array.shape()
        )));
    }
    let distribution = array.distribution().without_halo();
    let globals = |coords: &[usize], axis: usize| -> Vec<usize> {
        let map = distribution.axis(axis);
        (0..map.count(coords[axis])).map(|place| map.global(coords[axis], place)).collect()
    };
    let item = array.dtype().size();
    let copy = |part: &Part| {
        let mut block = part.owned().to_contiguous()?;
        let coords = distribution.coords(comm.rank()).expect("a rank with a part has a cell");
        let (rows, columns) = (globals(&coords, ndim - 2), globals(&coords, ndim - 1));
        let row_bytes = columns.len() * item;
        if row_bytes > 0 && !rows.is_empty() {
            let bytes = block.make_unique()?.as_mut_slice();
            for (i, row) in bytes.chunks_exact_mut(row_bytes).enumerate() {
                let edge = (rows[i % rows.len()] as isize).saturating_add(diagonal);
                for (&column, element) in columns.iter().zip(row.chunks_exact_mut(item)) {
                    let column = column as isize;
                    if if lower { column > edge } else { column < edge } {
                        element.fill(0);
                    }
                }
            }
        }
        Ok(Part::of(block))
    };
    let part = array.part().map(copy).transpose();
    let part = agreed(comm, is_large(array.dtype(), &distribution), part)?;
    Ok(ArrayRef::with_part(array.dtype(), &distribution, part))
}

/// The distribution of a shape in blocks along its first axis that has more than one element, over
/// the same ranks.
pub(super) fn in_rows(like: &Distribution, shape: &[usize]) -> Result<Distribution> {
    let first = shape.iter().position(|&extent| extent > 1).unwrap_or(0);
    let kinds = (0..shape.len())
        .map(|axis| if axis == first { Dist::Block } else { Dist::Undistributed })
        .collect::<Vec<_>>();
    let mut ranks: Vec<usize> = like.ranks().holders().collect();
    ranks.sort_unstable();
    let size = ranks.last().map_or(1, |last| last + 1);
    Distribution::builder(shape).kinds(kinds).ranks(ranks).build(size)
}
