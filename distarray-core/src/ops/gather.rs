//! A whole array, or chosen ranges of it, on one rank or on all.

use std::ops::Range;

use super::allocate::{LARGE, agreed};
use crate::block::{Block, Part};
use crate::comm::Communicator;
use crate::dist::{AxisMap, Dist, Distribution, Ranks};
use crate::error::Result;
use crate::exchange::{Cover, Plan, carry};
use crate::handle::ArrayRef;

/// The whole array on one rank; `None` on the others.
///
/// One message from each rank that owns elements.
///
/// # Errors
/// There is no such rank; a rank failed.
pub fn gather(comm: &dyn Communicator, array: &ArrayRef, root: usize) -> Result<Option<Block>> {
    super::scatter::check_root(comm, root)?;
    let whole = Distribution::on_one(array.shape(), root);
    let gathered = super::redistribute(comm, array, &whole)?;
    Ok(gathered.part().map(Part::owned))
}

/// The elements within a range of indices on each axis, on every rank.
///
/// One message from each rank that owns some of them to every other; one agreement of eight bytes
/// where they are 64 MiB or more.
///
/// # Errors
/// A rank failed.
///
/// # Panics
/// There is not one range per axis, or one is out of bounds.
pub fn gather_to_all(
    comm: &dyn Communicator,
    array: &ArrayRef,
    ranges: &[Vec<Range<usize>>],
) -> Result<Block> {
    let source = array.distribution();
    assert_eq!(ranges.len(), source.ndim(), "one list of ranges per axis");
    // An axis of one element in front: each rank wants that one, and with it all the rest.
    let front = AxisMap::new(1, 1, Dist::Undistributed)?;
    let axes: Vec<_> = std::iter::once(front).chain(source.axes().iter().cloned()).collect();
    let mut covers = vec![Cover::one_everywhere(comm.size())];
    let mut shape = vec![1];
    for (ranges, &extent) in ranges.iter().zip(source.shape()) {
        assert!(ranges.iter().all(|range| range.end <= extent), "ranges lie within the extent");
        shape.push(ranges.iter().map(|range| range.len()).sum());
        covers.push(Cover::Everywhere(1, ranges.clone()));
    }
    let everyone = Ranks::range(0..comm.size());
    let plan = Plan::new(&axes, source.ranks(), &covers, &everyone, comm.rank());
    let bytes = shape.iter().fold(array.dtype().size(), |bytes, &n| bytes.saturating_mul(n));
    let target = Part::zeros(array.dtype(), &shape, &vec![(0, 0); shape.len()]);
    let mut target = agreed(comm, bytes >= LARGE, target)?;
    let part = array.part().map(|part| part.with_axes_in_front(1));
    carry(&plan, comm, part.as_ref(), Some(&mut target))?;
    Ok(target.owned().without_first_axis())
}
