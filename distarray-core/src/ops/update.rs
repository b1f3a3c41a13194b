//! Combining slices of arrays with values, in place.

use super::align::{Alignment, align};
use super::allocate::{agreed, is_large};
use super::evaluate::evaluate;
use super::slice::selection;
use crate::block::kernels::{self, BinaryOp};
use crate::comm::Communicator;
use crate::dist::Cut;
use crate::error::{Error, Result};
use crate::expr::{self, Node, broadcast_shapes};
use crate::handle::ArrayRef;

/// Combines each element of a slice with the value of an expression at its place, whose shape
/// broadcasts to the slice's; the element is the left operand.
///
/// Costs as [`assign`](super::assign), with one pass that reads and writes the slice.
///
/// # Errors
/// The shapes do not broadcast, the dtypes differ or have no such operation; a function that failed on
/// some rank, or memory that one does not get; a rank failed. Nothing is written, but where a rank failed.
pub(crate) fn update(
    comm: &dyn Communicator,
    array: &mut ArrayRef,
    cuts: &[Cut],
    op: BinaryOp,
    value: &Node,
    alignment: Alignment,
) -> Result<()> {
    let distribution = array.distribution().slice(cuts);
    let (shape, name) = (distribution.shape(), op.name());
    if broadcast_shapes(shape, value.shape()).is_none_or(|common| common != shape) {
        return Err(Error::shape(format!(
            "'{name}' in place: a value of shape {:?} does not broadcast to {shape:?}",
            value.shape()
        )));
    }
    let kernel = match value.dtype() == array.dtype() {
        true => kernels::binary(op, array.dtype()),
        false => None,
    };
    let kernel = kernel.ok_or_else(|| {
        let (elements, values) = (array.dtype(), value.dtype());
        Error::dtype(format!("'{name}' in place does not take {values} to elements of {elements}"))
    })?;
    // What may fail half way is computed apart.
    let whole;
    let value = match value.can_fail() {
        true => {
            whole = Node::array(evaluate(comm, value, None, alignment)?);
            &whole
        }
        false => value,
    };
    let arrays = align(comm, &value.arrays(), &distribution, alignment)?;
    let selected = selection(array.distribution(), cuts, comm.rank());
    let large = is_large(array.dtype(), array.distribution());
    // Memory first: the array may be shared, as where the value reads it, and is copied then.
    let ready = match (&selected, array.part_mut()) {
        (Some(_), Some(part)) => part.with_halo_mut().make_unique().map(|_| ()),
        _ => Ok(()),
    };
    agreed(comm, large, ready)?;
    let written = match (selected, array.part_mut()) {
        (Some(selection), Some(part)) => part.write_selected(&selection, |target| {
            expr::update(kernel, value, &arrays, (&distribution, comm.rank()), target)
        }),
        _ => Ok(()),
    };
    agreed(comm, large, written)
}
