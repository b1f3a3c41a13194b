//! Elementwise evaluation of an expression.

use super::align::align;
use super::allocate::{agreed, is_large};
use crate::comm::Communicator;
use crate::dist::Distribution;
use crate::error::{Error, Result};
use crate::expr::{self, Node};
use crate::handle::ArrayRef;

/// Where an expression is evaluated: as the first of its arrays that has the result's shape is
/// distributed, without its halo; where none has, in blocks along the first axis over all ranks.
///
/// # Errors
/// The result's shape has too many elements to count.
pub fn result_distribution(comm: &dyn Communicator, node: &Node) -> Result<Distribution> {
    let like = node.arrays().into_iter().find(|array| array.shape() == node.shape());
    match like {
        Some(array) => Ok(array.distribution().without_halo()),
        None => Distribution::builder(node.shape()).build(comm.size()),
    }
}

/// The value of an expression as a new array, in one pass over its arrays.
///
/// Arrays that are distributed otherwise than the result are moved first, each by one plan; else
/// nothing is sent. Without a distribution the result has that of [`result_distribution`]. One
/// agreement of eight bytes where functions may fail, or parts of the result are 64 MiB or more.
///
/// # Errors
/// The distribution has another shape than the expression; a function that failed on some rank, or
/// memory that one does not get; a rank failed.
pub fn evaluate(
    comm: &dyn Communicator,
    node: &Node,
    distribution: Option<&Distribution>,
) -> Result<ArrayRef> {
    let distribution = match distribution {
        Some(given) if given.shape() != node.shape() => {
            return Err(Error::shape(format!(
                "an expression of shape {:?} cannot be evaluated as {given}",
                node.shape()
            )));
        }
        Some(given) => given.clone(),
        None => result_distribution(comm, node)?,
    };
    let arrays = align(comm, node, &distribution)?;
    let evaluated = || {
        let mut result = ArrayRef::zeros(node.dtype(), &distribution, comm.rank())?;
        if let Some(part) = result.part_mut() {
            part.write_owned(|target| expr::evaluate(node, &arrays, target))?;
        }
        Ok(result)
    };
    let may_fail_alone = node.can_fail() || is_large(node.dtype(), &distribution);
    agreed(comm, may_fail_alone, evaluated())
}
