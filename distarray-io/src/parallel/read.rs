//! An array from a file, each rank reading its own part.

use distarray_core::comm::Communicator;
use distarray_core::dist::Distribution;
use distarray_core::{ArrayRef, DType, Error, Result};

use super::Open;
use crate::progress::Task;
use crate::selection::Selection;

/// Reads an array with the given distribution and dtype; the file's elements are converted where
/// theirs is another.
///
/// Each rank reads what it owns, straight into its part; a halo holds zeros until it is exchanged.
/// Collective: one agreement of 8 bytes; nothing else is sent. Memory: the rank's part, and what
/// the format needs besides.
///
/// # Errors
/// The shape of the file is not the distribution's, or the distribution names ranks that are not in
/// the group; a rank cannot read, or has not the memory. The same on every rank.
pub fn read(
    comm: &dyn Communicator,
    open: &Open<'_>,
    distribution: &Distribution,
    dtype: DType,
) -> Result<ArrayRef> {
    if let Some(rank) = distribution.ranks().max().filter(|&rank| rank >= comm.size()) {
        return Err(Error::distribution(format!(
            "{distribution} lives on rank {rank}; there are {} ranks",
            comm.size()
        )));
    }
    comm.agree(read_own(comm.rank(), open, distribution, dtype))
}

fn read_own(
    rank: usize,
    open: &Open<'_>,
    distribution: &Distribution,
    dtype: DType,
) -> Result<ArrayRef> {
    // What is owned is read, and nothing else is seen before.
    let mut array = ArrayRef::empty(dtype, distribution, rank)?;
    let selection = Selection::of(distribution, rank);
    // Rank 0 looks at the file even if it has nothing to read, so that a wrong shape is noticed.
    if selection.is_empty() && rank != 0 {
        return Ok(array);
    }
    let file = open()?;
    let header = file.header();
    if header.shape != distribution.shape() {
        return Err(Error::shape(format!(
            "a file of shape {:?} cannot be read with {distribution}",
            header.shape
        )));
    }
    let _task = Task::new(selection.len() * dtype.size());
    if let Some(part) = array.part_mut() {
        let selection = selection.shifted(part.origin());
        file.read(&selection, part.with_halo_mut())?;
    }
    Ok(array)
}
