//! Reshaping: the same elements in C order under another shape.

use super::allocate::{agreed, is_large};
use super::redistribute::redistribute;
use super::shape::in_rows;
use super::slice::slice;
use crate::block::Part;
use crate::comm::Communicator;
use crate::dist::{Cut, Distribution};
use crate::error::{Error, Result};
use crate::handle::ArrayRef;

/// The array's elements in C order under another shape with as many.
///
/// Axes of one element come and go for nothing. Else ranks need the elements in C order: an array in
/// blocks along its first axis (or the first of more than one element) has them so, another one is
/// redistributed to such blocks over the same ranks. Where these end between indices of the new
/// shape's first axis, nothing more is moved, and the result is in the same blocks. Else one plan
/// moves the elements to blocks of the new first axis; and with a distribution given, one more to
/// that, where it is not in such blocks itself.
///
/// # Errors
/// The shape has another number of elements, the distribution another shape; memory that some rank
/// does not get; a rank failed.
pub fn reshape(
    comm: &dyn Communicator,
    array: &ArrayRef,
    shape: &[usize],
    distribution: Option<&Distribution>,
) -> Result<ArrayRef> {
    check(array, shape, distribution)?;
    let result = match without_units(array.shape()) == without_units(shape) {
        true => slice(comm, array, &other_units(array.shape(), shape))?,
        false if array.distribution().is_empty() => {
            let empty = in_rows(array.distribution(), shape)?;
            ArrayRef::zeros(array.dtype(), &empty, comm.rank())?
        }
        false => through_flat(comm, array, shape, distribution)?,
    };
    match distribution {
        Some(wanted) if result.distribution() != wanted => redistribute(comm, &result, wanted),
        _ => Ok(result),
    }
}

fn check(array: &ArrayRef, shape: &[usize], distribution: Option<&Distribution>) -> Result<()> {
    let own = array.shape();
    let elements = shape.iter().try_fold(1_usize, |all, &extent| all.checked_mul(extent));
    if elements != Some(array.distribution().len()) {
        return Err(Error::shape(format!(
            "an array of shape {own:?} and {} elements cannot be reshaped to {shape:?}",
            array.distribution().len()
        )));
    }
    match distribution {
        Some(wanted) if wanted.shape() != shape => Err(Error::shape(format!(
            "an array that is reshaped to {shape:?} cannot be distributed as {wanted}"
        ))),
        _ => Ok(()),
    }
}

fn through_flat(
    comm: &dyn Communicator,
    array: &ArrayRef,
    shape: &[usize],
    distribution: Option<&Distribution>,
) -> Result<ArrayRef> {
    let own = array.distribution().without_halo();
    let flat = match own.flat() {
        Some(flat) => relabel(comm, array, &flat)?,
        None => {
            let rows = in_rows(&own, own.shape())?;
            let rows = redistribute(comm, array, &rows)?;
            let flat = rows.distribution().flat().expect("blocks of the first axis are in C order");
            relabel(comm, &rows, &flat)?
        }
    };
    let wanted = distribution.map(Distribution::without_halo);
    let folded = match wanted.as_ref().and_then(|wanted| Some((wanted, wanted.flat()?))) {
        Some((wanted, _)) => wanted.clone(),
        None => match flat.distribution().folded(shape) {
            Some(folded) => folded,
            None => in_rows(&own, shape)?,
        },
    };
    let as_flat = folded.flat().expect("blocks of the first axis are in C order");
    let moved = redistribute(comm, &flat, &as_flat)?;
    relabel(comm, &moved, &folded)
}

/// The array under another distribution by which each rank has the same elements in C order.
fn relabel(
    comm: &dyn Communicator,
    array: &ArrayRef,
    distribution: &Distribution,
) -> Result<ArrayRef> {
    let shape = distribution.local_shape(comm.rank());
    let relabelled = |part: &Part| part.owned().reshaped(&shape).map(Part::of);
    let part = array.part().map(relabelled).transpose();
    // A copy, where views are not in C order.
    let part = agreed(comm, is_large(array.dtype(), distribution), part)?;
    Ok(ArrayRef::with_part(array.dtype(), distribution, part))
}

fn without_units(shape: &[usize]) -> Vec<usize> {
    shape.iter().copied().filter(|&extent| extent != 1).collect()
}

/// The cuts that take away the axes of one element, and put in new ones.
fn other_units(from: &[usize], to: &[usize]) -> Vec<Cut> {
    let mut cuts = Vec::with_capacity(from.len() + to.len());
    let mut wanted = to.iter();
    for &extent in from {
        if extent == 1 {
            cuts.push(Cut::At(0));
            continue;
        }
        // Axes of one element that stand before it.
        cuts.extend(wanted.by_ref().take_while(|&&other| other == 1).map(|_| Cut::NewAxis));
        cuts.push(Cut::whole(extent));
    }
    cuts.extend(wanted.map(|_| Cut::NewAxis));
    cuts
}
