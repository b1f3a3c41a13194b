//! Writing to slices of arrays.

use super::align::{Alignment, align, plan_of};
use super::allocate::{agreed, is_large};
use super::evaluate::evaluate;
use super::slice::selection;
use crate::block::{Block, Part};
use crate::comm::Communicator;
use crate::dist::{Cut, Distribution};
use crate::error::{Error, Result};
use crate::exchange::carry_to_selected;
use crate::expr::{self, Node, Operator, broadcast_shapes};
use crate::handle::ArrayRef;

/// Writes the value of an expression to a slice of an array, whose shape it broadcasts to.
///
/// An array of the slice's shape that is distributed otherwise is moved straight to the slice's
/// places. Arrays of an expression that are distributed otherwise are moved first, each by one plan;
/// the expression is then evaluated straight into the slice, in one pass. What it reads of
/// the array itself is what stood there before. One agreement of eight bytes where functions may
/// fail, or parts of the array are 64 MiB or more.
///
/// # Errors
/// The shapes do not broadcast, the dtypes differ; a function that failed on some rank, or memory
/// that one does not get; a rank failed. Nothing is written, but where a rank failed.
pub fn assign(
    comm: &dyn Communicator,
    array: &mut ArrayRef,
    cuts: &[Cut],
    value: &Node,
    alignment: Alignment,
) -> Result<()> {
    let is_whole = is_whole(array, cuts);
    let distribution = match is_whole {
        true => array.distribution().without_halo(),
        false => array.distribution().slice(cuts),
    };
    let shape = distribution.shape();
    let fits = || broadcast_shapes(shape, value.shape()).is_some_and(|common| common == shape);
    if value.shape() != shape && !fits() {
        let to = if is_whole { "an array" } else { "a slice" };
        return Err(Error::shape(format!(
            "a value of shape {:?} cannot be assigned to {to} of shape {shape:?}",
            value.shape()
        )));
    }
    if value.dtype() != array.dtype() {
        return Err(Error::dtype(format!(
            "elements of {} cannot be assigned to an array of {}",
            value.dtype(),
            array.dtype()
        )));
    }
    // What may fail half way is computed apart.
    let whole;
    let value = match value.can_fail() {
        true => {
            whole = Node::array(evaluate(comm, value, None, alignment)?);
            &whole
        }
        false => value,
    };
    let straight = match value.operator() {
        Operator::Array(source) => {
            plan_of(comm, source, &distribution, alignment)?.map(|plan| (source, plan))
        }
        _ => None,
    };
    let arrays = match straight {
        Some(_) => Vec::new(),
        None => align(comm, &value.arrays(), &distribution, alignment)?,
    };
    if is_whole && straight.is_none() {
        return overwrite(comm, array, value, &arrays, &distribution);
    }
    let selected = selection(array.distribution(), cuts, comm.rank());
    let large = is_large(array.dtype(), array.distribution());
    // Memory first: the array may be shared, and is copied then.
    let ready = match (&selected, array.part_mut()) {
        (Some(_), Some(part)) => part.with_halo_mut().make_unique().map(|_| ()),
        _ => Ok(()),
    };
    agreed(comm, large, ready)?;
    if let Some((source, plan)) = straight {
        let target = array.part_mut().zip(selected.as_ref());
        return carry_to_selected(&plan, comm, source.part(), target);
    }
    let written = match (selected, array.part_mut()) {
        (Some(selection), Some(part)) => part.write_selected(&selection, |target| {
            expr::evaluate(value, &arrays, (&distribution, comm.rank()), target)
        }),
        _ => Ok(()),
    };
    agreed(comm, large, written)
}

/// Whether a slice is the whole array, in the order of its elements.
fn is_whole(array: &ArrayRef, cuts: &[Cut]) -> bool {
    let whole = |(cut, &len): (&Cut, &usize)| *cut == Cut::whole(len);
    cuts.len() == array.shape().len() && cuts.iter().zip(array.shape()).all(whole)
}

/// Writes the value of an expression over all elements of an array: to its memory where that is the
/// array's alone, else to new memory, as what it shares is not to be copied only to be overwritten.
fn overwrite(
    comm: &dyn Communicator,
    array: &mut ArrayRef,
    value: &Node,
    arrays: &[Block],
    distribution: &Distribution,
) -> Result<()> {
    let place = (distribution, comm.rank());
    let large = is_large(array.dtype(), distribution);
    // Memory first, so that nothing is written where some rank gets none.
    let ready = ready(array);
    let fresh = agreed(comm, large, ready)?;
    if let Some(part) = array.part_mut() {
        if let Some(fresh) = fresh {
            *part = fresh;
        }
        part.write_owned(|target| expr::evaluate(value, arrays, place, target))?;
    }
    Ok(())
}

/// Gets the memory that all elements of an array are to be written to: its own where that is the array's alone,
/// else new memory, which is given, as what it shares is not to be copied only to be overwritten. (With a halo,
/// which stays as it is, it is copied.)
pub(super) fn ready(array: &mut ArrayRef) -> Result<Option<Part>> {
    let keeps_halo = array.distribution().has_halo();
    match array.part_mut() {
        Some(part) if keeps_halo => part.with_halo_mut().make_unique().map(|_| None),
        Some(part) => match part.with_halo_mut().is_unique() {
            true => Ok(None),
            false => Part::unfilled(part.with_halo().dtype(), part.shape()).map(Some),
        },
        None => Ok(None),
    }
}
