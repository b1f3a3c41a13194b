//! Arrays whose elements stay in their file, and are seen through mapped memory.

use distarray_core::array::{DistArray, Redistribution};
use distarray_core::comm::Operation;
use distarray_core::dist::Distribution;
use distarray_core::{ArrayRef, Element, Error, Result};

use crate::StoredArray;
use crate::selection::Selection;
use crate::stored::Found;

impl StoredArray {
    /// The array where it lies in its file: memory that shows the file's pages, which the system reads
    /// when they are first used, and drops when memory is scarce.
    ///
    /// For files that keep elements as memory does: `.npy`, raw files, contiguous datasets of
    /// HDF5, and slices of them; of `.npz` archives members that are not compressed and are aligned, as all
    /// are that [`savez`](crate::npz::savez) and [`create`](crate::npz::create()) write. Each rank's elements
    /// have to be evenly spaced along every axis, as under blocks and cyclic axes. Nothing is read but the
    /// truth values of a file of `bool`, which are looked through. Writing to the array writes to a copy,
    /// never to the file; a distribution with halos gets a copy at once. Collective: an agreement of 8 bytes.
    ///
    /// # Errors
    /// As [`load`](Self::load); the elements are in the other byte order, not aligned, compressed or in
    /// chunks; those of a rank are not evenly spaced. The same on every rank.
    ///
    /// # Safety
    /// Until the array is dropped, and all that shares its memory, nobody writes to the file or makes it
    /// shorter, in this program or another: elements would change while they are borrowed, or their
    /// memory be gone. To replace the file, as [`save`](crate::npy::save()) does, is no harm.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_io as io;
    ///
    /// let ctx = Context::solo();
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.npy");
    /// io::npy::save(&ctx.arange::<f64>(0.0, 6.0, 1.0)?.reshape([2, 3])?, &path)?;
    /// let file = io::open(&ctx, &path)?;
    /// // SAFETY: the file is this program's, which does not write to it.
    /// let mapped = unsafe { file.memory_map::<f64>("b")? };
    /// assert_eq!(mapped.sum()?, 15.0);
    /// // SAFETY: as above.
    /// let column = unsafe { file.slice("::-1, 2")?.memory_map::<f64>("b")? };
    /// assert_eq!(column.to_ndarray()?.as_slice(), Some(&[5.0, 2.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub unsafe fn memory_map<T: Element>(
        &self,
        distribution: impl Redistribution,
    ) -> Result<DistArray<T>> {
        let _scope = Operation::enter("memory_map");
        let (found, comm) = (self.found(), self.context().communicator()?);
        found.expect_dtype(T::DTYPE)?;
        let distribution = found.begin(comm, distribution, T::DTYPE)?;
        // SAFETY: the caller vouches for the file.
        let own = unsafe { map_own(found, &distribution, comm.rank()) };
        self.context().adopt_ref(comm.agree(own)?)
    }
}

/// A rank's part of the array.
///
/// # Safety
/// Until the array's memory is dropped, nobody writes to the file or makes it shorter.
unsafe fn map_own(found: &Found, distribution: &Distribution, rank: usize) -> Result<ArrayRef> {
    let selection = Selection::of(distribution, rank);
    // Rank 0 looks at the file even if it has nothing to map, so that a wrong shape is noticed.
    if selection.is_empty() && rank != 0 {
        return ArrayRef::zeros(found.header().dtype, distribution, rank);
    }
    let file = found.opened()?;
    let (was, is) = (&found.header().shape, &file.header().shape);
    if was != is {
        return Err(Error::shape(format!("{}was of shape {was:?}, is {is:?}", found.shown())));
    }
    if selection.is_empty() {
        return ArrayRef::zeros(found.header().dtype, distribution, rank);
    }
    // SAFETY: the caller vouches for the file.
    let Some(block) = (unsafe { file.map(&selection)? }) else {
        let why = "cannot be mapped to memory: the file does not keep its elements as memory does";
        return Err(Error::argument(format!("{}{why}; load them", found.shown())));
    };
    ArrayRef::from_block(distribution, rank, block)
}
