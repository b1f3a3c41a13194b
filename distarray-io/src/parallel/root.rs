//! What one rank finds out for all.

use distarray_core::Result;
use distarray_core::comm::Communicator;

/// What rank 0 finds out, on every rank; the others do not look.
///
/// So a header is read once, and not by every rank at the same moment. Collective: one agreement
/// (8 bytes), a length (8 bytes) and the bytes.
///
/// # Errors
/// Rank 0's, on every rank; a rank failed.
///
/// ```
/// use distarray_core::comm::{Communicator, Solo};
///
/// let comm: &dyn Communicator = &Solo;
/// assert_eq!(distarray_io::parallel::from_root(comm, || Ok(vec![1, 2]))?, [1, 2]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn from_root(
    comm: &dyn Communicator,
    look: impl FnOnce() -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    let found = if comm.rank() == 0 { look() } else { Ok(Vec::new()) };
    let mut bytes = comm.agree_with_root(0, found)?;
    let length = comm.broadcast_of(0, bytes.len() as u64)?;
    bytes.resize(length as usize, 0);
    comm.broadcast(0, &mut bytes)?;
    Ok(bytes)
}
