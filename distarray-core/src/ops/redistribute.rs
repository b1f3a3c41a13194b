//! The same elements under another distribution.

use super::allocate::{agreed, is_large, unfilled};
use crate::comm::Communicator;
use crate::dist::Distribution;
use crate::error::{Error, Result};
use crate::exchange::Route;
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
    follow(comm, &Route::new(array.distribution(), distribution, comm.rank())?, array)
}

/// As [`redistribute`], along a route that was made before.
///
/// # Errors
/// The route begins at another distribution than the array's; as [`redistribute`].
///
/// ```
/// use distarray_core::{comm::Solo, dist::Distribution, exchange::Route, ops, ArrayRef, DType};
///
/// let rows = Distribution::new([4, 6], "b,n", 1)?;
/// let tiles = Distribution::new([4, 6], "c:2,c:3", 1)?;
/// let route = Route::new(&rows, &tiles, 0)?;
/// for dtype in [DType::I32, DType::F64] {
///     let array = ArrayRef::zeros(dtype, &rows, 0)?;
///     assert_eq!(ops::follow(&Solo, &route, &array)?.distribution(), &tiles);
/// }
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn follow(comm: &dyn Communicator, route: &Route, array: &ArrayRef) -> Result<ArrayRef> {
    begins_at(route, array)?;
    if route.is_identity() {
        return array.relabel(route.target(), comm.rank());
    }
    let mut result = unfilled(comm, array.dtype(), route.target())?;
    of_rank(route, comm.rank())?.carry(comm, array.part(), result.part_mut())?;
    Ok(result)
}

/// As [`follow`], into the memory of an array that there is. Its halo stays as it is. Where every
/// element stays in its place it comes to share the source's memory.
///
/// # Errors
/// The target has another element type or distribution than the route leads to; as [`follow`].
/// Nothing is written where the arrays do not fit.
///
/// ```
/// use distarray_core::{comm::Solo, dist::Distribution, exchange::Route, ops, ArrayRef, DType};
///
/// let rows = Distribution::new([4, 6], "b,n", 1)?;
/// let tiles = Distribution::new([4, 6], "c:2,c:3", 1)?;
/// let array = ArrayRef::zeros(DType::I32, &rows, 0)?;
/// let mut target = ArrayRef::zeros(DType::I32, &tiles, 0)?;
/// ops::follow_into(&Solo, &Route::new(&rows, &tiles, 0)?, &array, &mut target)?;
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn follow_into(
    comm: &dyn Communicator,
    route: &Route,
    array: &ArrayRef,
    target: &mut ArrayRef,
) -> Result<()> {
    begins_at(route, array)?;
    if target.distribution() != route.target() {
        return Err(Error::argument(format!(
            "the route leads to {}, not to the target's {}",
            route.target(),
            target.distribution()
        )));
    }
    if target.dtype() != array.dtype() {
        let (from, to) = (array.dtype(), target.dtype());
        return Err(Error::dtype(format!("elements are {from}, those of the target {to}")));
    }
    if route.is_identity() {
        *target = array.relabel(route.target(), comm.rank())?;
        return Ok(());
    }
    // Memory that others share is copied first, for which there may be none on this rank alone.
    let own = target.part_mut().map(|part| part.with_halo_mut().make_unique().map(|_| ()));
    agreed(comm, is_large(target.dtype(), target.distribution()), own.unwrap_or(Ok(())))?;
    of_rank(route, comm.rank())?.carry(comm, array.part(), target.part_mut())
}

/// Refuses an array with another distribution than the one that the route begins at.
fn begins_at(route: &Route, array: &ArrayRef) -> Result<()> {
    if array.distribution() == route.source() {
        return Ok(());
    }
    Err(Error::argument(format!(
        "the route begins at {}, not at the array's {}",
        route.source(),
        array.distribution()
    )))
}

/// The route of this rank: a group that was made later may number its ranks in another way.
fn of_rank(route: &Route, rank: usize) -> Result<Route> {
    match route.plan().rank() == rank {
        true => Ok(route.clone()),
        false => Route::new(route.source(), route.target(), rank),
    }
}
