//! Slices: views of some of an array's elements.

use super::allocate::{agreed, is_large};
use crate::block::{Part, Selection};
use crate::comm::Communicator;
use crate::dist::{Cut, Dist, Distribution};
use crate::error::Result;
use crate::handle::ArrayRef;

/// The slice of an array, whose elements stay where they are; halos are left out.
///
/// Nothing is sent. The memory is shared, but for slices of block-cyclic axes (and of slices of
/// those) by steps that do not suit the blocks, and of unstructured axes, whose elements are not
/// evenly spaced within a rank: those are copied within each rank, with one agreement of eight
/// bytes where parts are 64 MiB or more.
///
/// # Errors
/// Memory that some rank does not get for a copy.
///
/// # Panics
/// The cuts are not one for each axis, or one is not within its axis.
///
/// ```
/// use distarray_core::{ArrayRef, DType, comm::Solo, dist::{Cut, Distribution}, ops};
///
/// let array = ArrayRef::zeros(DType::F64, &Distribution::on_one([4, 6], 0), 0)?;
/// let column = ops::slice(&Solo, &array, &[Cut::whole(4), Cut::At(2)])?;
/// assert_eq!(column.shape(), [4]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn slice(comm: &dyn Communicator, array: &ArrayRef, cuts: &[Cut]) -> Result<ArrayRef> {
    let distribution = array.distribution().slice(cuts);
    let selected = match (selection(array.distribution(), cuts, comm.rank()), array.part()) {
        (Some(selection), Some(part)) => part
            .owned()
            .select(&selection)
            .map(|block| ArrayRef::from_part(array.dtype(), &distribution, Part::of(block))),
        _ => ArrayRef::zeros(array.dtype(), &distribution, comm.rank()),
    };
    let may_copy = array.distribution().axes().iter().any(|axis| {
        matches!(axis.dist(), Dist::BlockCyclic(_) | Dist::StridedCyclic(_) | Dist::Unstructured(_))
    });
    agreed(comm, may_copy && is_large(array.dtype(), &distribution), selected)
}

/// What a slice takes of a rank's part; `None` where the rank holds no part of the slice.
pub(super) fn selection(
    distribution: &Distribution,
    cuts: &[Cut],
    rank: usize,
) -> Option<Selection> {
    let coords = distribution.coords(rank)?;
    let mut places = Vec::with_capacity(coords.len());
    for cut in cuts {
        let (axis, part) = match places.len() {
            at if at < coords.len() => (distribution.axis(at), coords[at]),
            // Behind the last axis there are new ones only.
            _ => break,
        };
        match *cut {
            Cut::NewAxis => {}
            Cut::At(index) => {
                let one = axis.slice(index, 1, 1);
                places
                    .push(Some(axis.places_of(part, (index, 1), &one)).filter(|p| !p.is_empty())?);
            }
            Cut::Range { start, step, len } => {
                places.push(axis.places_of(part, (start, step), &axis.slice(start, step, len)));
            }
        }
    }
    Some(Selection::new(cuts.to_vec(), places))
}
