//! Single elements by their global index.

use crate::comm::Communicator;
use crate::dist::Ranks;
use crate::element::Scalar;
use crate::error::{Error, Result};
use crate::handle::ArrayRef;

/// The element at a global index, on every rank: one broadcast from its owner, none where every rank
/// has a copy.
///
/// # Errors
/// The index is out of bounds or has another number of axes; a rank failed.
pub fn element_at(comm: &dyn Communicator, array: &ArrayRef, index: &[usize]) -> Result<Scalar> {
    let (owner, place) = array.distribution().locate(index)?;
    let mut bytes = [0; 16];
    let everyone = Ranks::range(0..comm.size());
    if array.distribution().ranks().serve(&everyone)
        && let Some(part) = array.part()
    {
        return Ok(part.owned().at(&place));
    }
    if let Some(part) = array.part()
        && owner == comm.rank()
    {
        bytes = part.owned().at(&place).to_bytes();
    }
    comm.broadcast(owner, &mut bytes[..array.dtype().size()])?;
    Scalar::from_bytes(array.dtype(), &bytes).ok_or_else(|| {
        Error::rank(comm.rank_in_program(owner), "sent an element that is not valid")
    })
}

/// Writes the element at a global index, on the rank that owns it, or in every copy; nothing is sent, and halos of
/// other ranks keep what they hold.
///
/// # Errors
/// The index is out of bounds or has another number of axes; the value is of another dtype.
pub fn set_element(
    comm: &dyn Communicator,
    array: &mut ArrayRef,
    index: &[usize],
    value: Scalar,
) -> Result<()> {
    let (owner, place) = array.distribution().locate(index)?;
    if value.dtype() != array.dtype() {
        let (dtype, other) = (array.dtype(), value.dtype());
        return Err(Error::dtype(format!("cannot write {other} to an array of {dtype}")));
    }
    let is_copy = array.distribution().is_replicated();
    match array.part_mut() {
        Some(part) if owner == comm.rank() || is_copy => part.set(&place, value),
        _ => Ok(()),
    }
}
