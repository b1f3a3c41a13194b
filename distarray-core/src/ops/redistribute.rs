//! The same elements under another distribution.

use super::allocate::zeros;
use crate::comm::Communicator;
use crate::dist::Distribution;
use crate::error::Result;
use crate::exchange::{Plan, carry};
use crate::handle::ArrayRef;

/// The array with another distribution of the same shape, over any ranks of the group.
///
/// Each element is sent at most once, straight from its owner to its new one. Where every element
/// stays in its place, nothing is moved or copied. A halo of the result holds zeros until it is
/// exchanged. One agreement of eight bytes where parts of the result are 64 MiB or more.
///
/// # Errors
/// The shapes differ; memory that some rank does not get; a rank failed.
///
/// ```
/// use distarray_core::{comm::Solo, dist::Distribution, ops, ArrayRef, DType};
///
/// let rows = Distribution::new([4, 6], "b,n", 1)?;
/// let array = ArrayRef::zeros(DType::I32, &rows, 0)?;
/// let tiles = Distribution::new([4, 6], "c:2,c:3", 1)?;
/// assert_eq!(ops::redistribute(&Solo, &array, &tiles)?.distribution(), &tiles);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn redistribute(
    comm: &dyn Communicator,
    array: &ArrayRef,
    distribution: &Distribution,
) -> Result<ArrayRef> {
    let source = array.distribution();
    let plan = Plan::redistribute(source, distribution, comm.rank())?;
    if source.is_compatible(distribution) && !source.has_halo() && !distribution.has_halo() {
        return array.relabel(distribution, comm.rank());
    }
    let mut result = zeros(comm, array.dtype(), distribution)?;
    carry(&plan, comm, array.part(), result.part_mut())?;
    Ok(result)
}
