//! Bringing the operands of an expression together.

use super::allocate::{agreed, is_large};
use crate::block::{Block, Part};
use crate::comm::Communicator;
use crate::dist::{AxisMap, Dist, Distribution};
use crate::error::Result;
use crate::exchange::{Cover, Plan, carry};
use crate::expr::Node;
use crate::handle::ArrayRef;

/// For each array of the expression, the elements that this rank needs to evaluate its part of the
/// distribution: a block whose shape broadcasts to the local one.
///
/// Arrays that lie there already are not moved or copied. Collective where one is not.
pub(super) fn align(
    comm: &dyn Communicator,
    node: &Node,
    distribution: &Distribution,
) -> Result<Vec<Block>> {
    node.arrays().into_iter().map(|array| fetch(comm, array, distribution)).collect()
}

fn fetch(comm: &dyn Communicator, array: &ArrayRef, target: &Distribution) -> Result<Block> {
    let source = array.distribution();
    if source.shape() == target.shape() && source.is_compatible(target) {
        return array.owned();
    }
    // Axes that the operand lacks are axes of one element, as NumPy has it.
    let missing = target.ndim() - source.ndim();
    let one = AxisMap::new(1, 1, Dist::Undistributed)?;
    let axes: Vec<_> = std::iter::repeat_n(&one, missing).chain(source.axes()).cloned().collect();
    let covers: Vec<_> = axes.iter().zip(target.axes()).map(cover).collect();
    let stays = |(own, cover): (&AxisMap, &Cover)| match cover {
        Cover::Owned(wanted) => own.is_compatible(wanted) && own.parts() == wanted.parts(),
        other => other.parts() == 1,
    };
    if source.ranks() == target.ranks() && axes.iter().zip(&covers).all(stays) {
        return array.owned();
    }
    let rank = comm.rank();
    let plan = Plan::new(&axes, source.ranks(), &covers, target.ranks(), rank);
    let part = array.part().map(|part| part.with_axes_in_front(missing));
    let extents = target.local_shape(rank).into_iter().zip(&covers);
    let shape: Vec<_> = extents
        .map(|(extent, cover)| match cover {
            Cover::Owned(_) => extent,
            _ => 1,
        })
        .collect();
    if !target.holds(rank) {
        agreed(comm, is_large(array.dtype(), target), Ok(()))?;
        carry(&plan, comm, part.as_ref(), None)?;
        return Block::zeros(array.dtype(), &vec![0; target.ndim().max(1)]);
    }
    let aligned = Part::zeros(array.dtype(), &shape, &vec![(0, 0); shape.len()]);
    let mut aligned = agreed(comm, is_large(array.dtype(), target), aligned)?;
    carry(&plan, comm, part.as_ref(), Some(&mut aligned))?;
    Ok(aligned.owned())
}

/// What the target's parts want of an operand's axis: a stretched axis has one element for all.
fn cover((own, wanted): (&AxisMap, &AxisMap)) -> Cover {
    if own.len() == wanted.len() {
        Cover::Owned(wanted.without_halo())
    } else {
        Cover::one_everywhere(wanted.parts())
    }
}
