//! Halos: copies of the neighbours' elements beside one's own.

use crate::block::Part;
use crate::comm::{Communicator, Started};
use crate::error::Result;
use crate::exchange::{Plan, carry_within, messages};
use crate::handle::ArrayRef;

/// Fills the array's halo with the elements of the ranks that own them, corners included.
///
/// One message to and from each rank whose elements the halo holds. At the ends of an axis that is
/// not periodic there is no halo. Without any halo nothing is sent.
///
/// # Errors
/// A rank failed.
pub fn exchange_halo(comm: &dyn Communicator, array: &mut ArrayRef) -> Result<()> {
    if !array.distribution().has_halo() {
        return Ok(());
    }
    let plan = Plan::halo(array.distribution(), comm.rank());
    carry_within(&plan, comm, array.part_mut())
}

/// Starts what [`exchange_halo`] does: what this rank sends is copied, and nobody is waited for.
/// `None` where the array has no halo.
///
/// # Errors
/// A rank failed; there is no memory for a copy of elements that are shared.
pub fn start_halo_exchange(
    comm: &dyn Communicator,
    array: &mut ArrayRef,
) -> Result<Option<Started>> {
    if !array.distribution().has_halo() {
        return Ok(None);
    }
    let plan = Plan::halo(array.distribution(), comm.rank());
    let Some(part) = array.part_mut() else {
        return comm.start_exchange(&[], &[], &[]).map(Some);
    };
    settle(part)?;
    let (sends, receives) =
        (messages(&plan.sends, Some(part)), messages(&plan.receives, Some(part)));
    comm.start_exchange(part.with_halo().storage().as_slice(), &sends, &receives).map(Some)
}

/// Waits for the elements of a started exchange, and writes them to the halo of the same array.
///
/// # Errors
/// A rank failed; there is no memory for a copy of elements that are shared.
pub fn finish_halo_exchange(
    comm: &dyn Communicator,
    array: &mut ArrayRef,
    started: Started,
) -> Result<()> {
    let target = match array.part_mut() {
        Some(part) => settle(part).map(|()| part.with_halo_mut()),
        None => return comm.finish_exchange(started, &mut []),
    };
    match target.and_then(|block| Ok(block.make_unique()?.as_mut_slice())) {
        Ok(target) => comm.finish_exchange(started, target),
        Err(error) => {
            comm.abandon_exchange(started);
            Err(error)
        }
    }
}

/// Sees to it that the part's memory is its own, and laid out as a copy of it would be: whoever
/// clones the array between start and end makes the end write to a copy.
fn settle(part: &mut Part) -> Result<()> {
    let block = part.with_halo_mut();
    block.make_unique()?;
    if block.offset() != 0 || !block.is_contiguous() {
        *block = block.to_contiguous()?;
    }
    Ok(())
}
