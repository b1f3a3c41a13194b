//! Arrays from elements that one rank has, or that each rank has of its own part.

use crate::block::Block;
use crate::comm::Communicator;
use crate::dist::Distribution;
use crate::element::DType;
use crate::error::{Error, Result};
use crate::handle::ArrayRef;

pub(super) fn check_root(comm: &dyn Communicator, root: usize) -> Result<()> {
    if root < comm.size() {
        Ok(())
    } else {
        Err(Error::index(format!("root {root} is outside the group of {} ranks", comm.size())))
    }
}

/// Distributes the elements that the root has; each rank is sent its own part only.
///
/// The other ranks pass no block. One message from the root to each rank that holds a part.
///
/// # Errors
/// There is no such rank; the root passes no block, or one of another shape or dtype than the
/// others expect; a rank failed.
pub fn scatter(
    comm: &dyn Communicator,
    root: usize,
    block: Option<Block>,
    dtype: DType,
    distribution: &Distribution,
) -> Result<ArrayRef> {
    check_root(comm, root)?;
    let whole = Distribution::on_one(distribution.shape(), root);
    let source = match block {
        Some(block) if comm.rank() == root => match block.dtype() == dtype {
            true => match block.shape() == whole.shape() {
                true => ArrayRef::from_block(&whole, root, block),
                false => Err(Error::shape(format!(
                    "the root passes an array of shape {:?} to scatter as {distribution}",
                    block.shape()
                ))),
            },
            false => Err(Error::dtype(format!("cannot scatter {} as {dtype}", block.dtype()))),
        },
        None if comm.rank() == root => {
            Err(Error::argument(format!("the root {root} passes no array to scatter")))
        }
        _ => ArrayRef::zeros(dtype, &whole, comm.rank()),
    };
    super::redistribute(comm, &comm.agree(source)?, distribution)
}

/// An array of the blocks that the ranks have, adopted without a copy.
///
/// Nothing is sent but one agreement that all blocks fit.
///
/// # Errors
/// Some rank's block does not have the local shape that the distribution gives it.
pub fn adopt(
    comm: &dyn Communicator,
    distribution: &Distribution,
    block: Block,
) -> Result<ArrayRef> {
    comm.agree(ArrayRef::from_block(distribution, comm.rank(), block))
}
