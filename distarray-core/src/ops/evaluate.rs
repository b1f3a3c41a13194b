//! Elementwise evaluation of an expression, or of several together.

use std::ops::Range;

use smallvec::SmallVec;

use super::align::{Alignment, align};
use super::allocate::{agreed, is_large};
use super::slice::slice;
use crate::block::Block;
use crate::comm::Communicator;
use crate::dist::{Dist, Distribution};
use crate::error::{Error, Result};
use crate::expr::{self, Joined, Node, Operator};
use crate::handle::ArrayRef;

/// Where an expression is evaluated: as those of its arrays with the result's shape are distributed
/// for which the least bytes of others have to be moved (of several, as the first), without a halo;
/// where none has that shape, as the first generated or stored leaf that has it asks for; else in blocks along
/// the first axis over all ranks.
///
/// # Errors
/// The result's shape has too many elements to count.
pub fn result_distribution(comm: &dyn Communicator, node: &Node) -> Result<Distribution> {
    distribution_beside(comm, node, &node.arrays())
}

/// As [`result_distribution`], of an expression of these arrays.
pub(super) fn distribution_beside(
    comm: &dyn Communicator,
    node: &Node,
    arrays: &[&ArrayRef],
) -> Result<Distribution> {
    let is_whole = |array: &&ArrayRef| array.shape() == node.shape();
    let whole: SmallVec<[&ArrayRef; 8]> = arrays.iter().copied().filter(is_whole).collect();
    let Some(&first) = whole.first() else {
        let asks = |node: &'_ &Node| match node.operator() {
            Operator::Generated(leaf) => Some(leaf.distribution().clone()),
            Operator::Stored(leaf) => Some(leaf.distribution().clone()),
            _ => None,
        };
        let mut asked = node.in_order().into_iter().filter_map(|node| asks(&node));
        return match asked.find(|distribution| distribution.shape() == node.shape()) {
            Some(distribution) => Ok(distribution),
            None => Distribution::builder(node.shape()).build(comm.size()),
        };
    };
    let mut best = (first, u128::MAX);
    for (i, candidate) in whole.iter().enumerate() {
        // Most often all are distributed alike; one of a kind is looked at once.
        let known = |other: &&ArrayRef| other.distribution() == candidate.distribution();
        if whole[..i].iter().any(known) {
            continue;
        }
        let moved = whole
            .iter()
            .filter(|other| {
                let (other, wanted) = (other.distribution(), candidate.distribution());
                !other.is_compatible(wanted) && !other.ranks().serve(wanted.ranks())
            })
            .map(|other| other.distribution().len() as u128 * other.dtype().size() as u128)
            .sum();
        if moved < best.1 {
            best = (candidate, moved);
        }
        if moved == 0 {
            break;
        }
    }
    Ok(best.0.distribution().without_halo())
}

/// The value of an expression as a new array, in one pass over its arrays.
///
/// Arrays that are distributed otherwise than the result are moved first, each by one plan; else
/// nothing is sent. Without a distribution the result has that of [`result_distribution`]. One
/// agreement of eight bytes where functions may fail, or parts of the result are 64 MiB or more.
///
/// # Errors
/// The distribution has another shape than the expression; operands that are distributed otherwise,
/// where that is refused; a function that failed on some rank, or
/// memory that one does not get; a rank failed.
pub fn evaluate(
    comm: &dyn Communicator,
    node: &Node,
    distribution: Option<&Distribution>,
    alignment: Alignment,
) -> Result<ArrayRef> {
    let arrays = node.arrays();
    let distribution = match distribution {
        Some(given) if given.shape() != node.shape() => {
            return Err(Error::shape(format!(
                "an expression of shape {:?} cannot be evaluated as {given}",
                node.shape()
            )));
        }
        Some(given) => given.clone(),
        None => distribution_beside(comm, node, &arrays)?,
    };
    let arrays = align(comm, &arrays, &distribution, alignment)?;
    let evaluated = || {
        let mut result = ArrayRef::unfilled(node.dtype(), &distribution, comm.rank())?;
        if let Some(part) = result.part_mut() {
            part.write_owned(|target| {
                expr::evaluate(node, &arrays, (&distribution, comm.rank()), target)
            })?;
        }
        Ok(result)
    };
    let may_fail_alone = node.can_fail() || is_large(node.dtype(), &distribution);
    agreed(comm, may_fail_alone, evaluated())
}

/// Some rows of the value of an expression, indices of its first axis, as a new array. Nothing is computed
/// or read for the others.
///
/// Without a distribution the result is in blocks over all ranks along the first axis, or along the
/// longest one where it has fewer rows than there are ranks. Costs as [`evaluate`].
///
/// # Errors
/// The value has no axes, or not so many rows; as [`evaluate`].
pub fn evaluate_rows(
    comm: &dyn Communicator,
    node: &Node,
    rows: &Range<usize>,
    distribution: Option<&Distribution>,
    alignment: Alignment,
) -> Result<ArrayRef> {
    let extent = node.shape().first().copied();
    if rows.start > rows.end || extent.is_none_or(|extent| extent < rows.end) {
        let shape = node.shape();
        return Err(Error::index(format!("an expression of shape {shape:?} has no rows {rows:?}")));
    }
    let part = node.rows(rows, |array, cuts| slice(comm, array, cuts))?;
    let blocks = || {
        let shape = part.shape();
        let longest = (0..shape.len()).rev().max_by_key(|&axis| shape[axis]).unwrap_or(0);
        let axis = if shape[0] < comm.size() { longest } else { 0 };
        let dist = |other| if other == axis { Dist::Block } else { Dist::Undistributed };
        let each = (0..shape.len())
            .fold(Distribution::builder(shape), |builder, axis| builder.axis(axis, dist(axis)));
        each.build(comm.size())
    };
    let distribution = distribution.map_or_else(blocks, |given| Ok(given.clone()))?;
    evaluate(comm, &part, Some(&distribution), alignment)
}

/// The values of expressions as new arrays; those of one shape in one pass over all their arrays, with
/// what they have in common computed once.
///
/// Each pass is as that of [`evaluate`]; its results all have the distribution that
/// [`result_distribution`] tells for an expression of all its arrays.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_together(
    comm: &dyn Communicator,
    nodes: &[Node],
    alignment: Alignment,
) -> Result<Vec<ArrayRef>> {
    let mut results: Vec<Option<ArrayRef>> = vec![None; nodes.len()];
    for first in 0..nodes.len() {
        if results[first].is_some() {
            continue;
        }
        let alike = |&other: &usize| nodes[other].shape() == nodes[first].shape();
        let group: Vec<usize> = (first..nodes.len()).filter(alike).collect();
        let roots: Vec<Node> = group.iter().map(|&number| nodes[number].clone()).collect();
        let arrays = match &roots[..] {
            [only] => vec![evaluate(comm, only, None, alignment)?],
            _ => in_one_pass(comm, &roots, alignment)?,
        };
        group.into_iter().zip(arrays).for_each(|(number, array)| results[number] = Some(array));
    }
    Ok(results.into_iter().map(|array| array.expect("each is in a group")).collect())
}

/// The values of several expressions of one shape.
fn in_one_pass(
    comm: &dyn Communicator,
    roots: &[Node],
    alignment: Alignment,
) -> Result<Vec<ArrayRef>> {
    let rank = comm.rank();
    let joined = Joined::new(roots)?;
    let arrays = joined.node().arrays();
    let distribution = distribution_beside(comm, joined.node(), &arrays)?;
    let arrays = align(comm, &arrays, &distribution, alignment)?;
    let evaluated = || {
        let local = match distribution.holds(rank) {
            true => distribution.local_shape(rank),
            false => vec![0],
        };
        let block = |root: &Node| Block::unfilled(root.dtype(), &local);
        let mut blocks = roots.iter().map(block).collect::<Result<Vec<_>>>()?;
        if distribution.holds(rank) {
            let destinations = blocks.iter_mut().map(expr::Destination::of_block);
            let destinations = destinations.collect::<Result<Vec<_>>>()?;
            expr::evaluate_joined(&joined, &arrays, (&distribution, rank), &destinations)?;
        }
        let array = |block| ArrayRef::from_block(&distribution, rank, block);
        blocks.into_iter().map(array).collect::<Result<Vec<_>>>()
    };
    let is_large = roots.iter().any(|root| is_large(root.dtype(), &distribution));
    agreed(comm, joined.node().can_fail() || is_large, evaluated())
}
