//! Halos: copies of the neighbours' elements beside one's own.

use crate::comm::Communicator;
use crate::error::Result;
use crate::exchange::{Plan, carry_within};
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
