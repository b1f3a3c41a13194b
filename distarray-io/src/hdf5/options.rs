//! [`Options`]: how a dataset is kept.

use std::path::Path;

use ::hdf5::filters::deflate_available;
use distarray_core::{Error, Result};

use super::transfer::Transfer;
use crate::file::Header;

/// Bytes that chunks are made of where none are asked for: what h5py and others aim at.
const CHUNK: usize = 1 << 20;

/// HDF5 counts the bytes of a chunk in 32 bits.
const LARGEST_CHUNK: usize = u32::MAX as usize;

/// How a dataset is kept in its file: in one piece, as by default, or in chunks, which may be
/// compressed and of which there may become more.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::hdf5::{self, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.h5");
/// let options = Options::new().chunks([16, 64]).shuffle().deflate(4);
/// hdf5::save_with(&ctx.ones::<f64>([64, 64])?, &path, "t", &options)?;
/// assert!(std::fs::metadata(&path).unwrap().len() < 64 * 64 * 8);
/// assert_eq!(hdf5::load::<f64>(&ctx, &path, "t", "n,b")?.sum()?, 4096.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    chunks: Option<Vec<usize>>,
    deflate: Option<u8>,
    shuffle: bool,
    growing: bool,
    transfer: Transfer,
}

impl Options {
    /// One piece, not compressed: what all ranks read and write at once, at the speed of the medium.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps the elements in chunks of this shape.
    #[must_use]
    pub fn chunks(mut self, shape: impl Into<Vec<usize>>) -> Self {
        self.chunks = Some(shape.into());
        self
    }

    /// Compresses each chunk with deflate (gzip): level 0 to 9, as of zlib.
    #[must_use]
    pub fn deflate(mut self, level: u8) -> Self {
        self.deflate = Some(level);
        self
    }

    /// Puts the first bytes of a chunk's elements together, then the second ones and so on, which
    /// often compresses better.
    #[must_use]
    pub fn shuffle(mut self) -> Self {
        self.shuffle = true;
        self
    }

    /// Lets the first axis [grow](super::Hdf5::append).
    #[must_use]
    pub fn growing(mut self) -> Self {
        self.growing = true;
        self
    }

    /// Writes the elements in this way, where the ranks can.
    #[must_use]
    pub fn transfer(mut self, transfer: Transfer) -> Self {
        self.transfer = transfer;
        self
    }

    /// How the elements are to be written.
    #[cfg(feature = "hdf5-mpi")]
    pub(super) fn asked_transfer(&self) -> Transfer {
        self.transfer
    }

    pub(super) fn is_growing(&self) -> bool {
        self.growing
    }

    pub(super) fn is_shuffled(&self) -> bool {
        self.shuffle
    }

    pub(super) fn level(&self) -> Option<u8> {
        self.deflate
    }

    /// The shape of the chunks of an array; `None` for one piece.
    ///
    /// # Errors
    /// The chunks, or other options, do not fit the array; the library cannot compress.
    pub(super) fn chunks_of(&self, header: &Header, path: &Path) -> Result<Option<Vec<usize>>> {
        let refuse = |message: String| Err(Error::file(path, message));
        if let Some(level @ 10..) = self.deflate {
            return refuse(format!("deflate: a level of {level} is not from 0 to 9"));
        }
        let is_packed = self.deflate.is_some() || self.shuffle;
        if is_packed && self.transfer == Transfer::Independent {
            return refuse(
                "transfer: processes write compressed or shuffled chunks together only".into(),
            );
        }
        if self.deflate.is_some() && !deflate_available() {
            return refuse("deflate: the HDF5 library was built without it".into());
        }
        let is_chunked =
            self.chunks.is_some() || self.deflate.is_some() || self.shuffle || self.growing;
        if !is_chunked {
            return Ok(None);
        }
        let shape = &header.shape;
        if shape.is_empty() {
            return refuse("chunks: an array of no axes is kept in one piece".into());
        }
        let Some(chunks) = &self.chunks else { return Ok(Some(guess(header))) };
        if chunks.len() != shape.len() || chunks.contains(&0) {
            return refuse(format!("chunks: {chunks:?} do not divide an array of shape {shape:?}"));
        }
        let fixed = usize::from(self.growing);
        let too_large = (fixed..shape.len()).find(|&axis| chunks[axis] > shape[axis].max(1));
        if let Some(axis) = too_large {
            return refuse(format!(
                "chunks: {} is more than the extent {} of axis {axis}",
                chunks[axis], shape[axis]
            ));
        }
        let bytes = chunks.iter().try_fold(header.dtype.size(), |all, &one| all.checked_mul(one));
        if bytes.is_none_or(|bytes| bytes > LARGEST_CHUNK) {
            return refuse(format!(
                "chunks: {chunks:?} of {} are more than the {LARGEST_CHUNK} bytes that a chunk can \
                 have",
                header.dtype
            ));
        }
        Ok(Some(chunks.clone()))
    }
}

/// Whole rows where they are not too long, and as many as make a chunk.
fn guess(header: &Header) -> Vec<usize> {
    let mut room = CHUNK / header.dtype.size();
    let mut chunks = vec![1; header.shape.len()];
    for (chunk, &extent) in chunks.iter_mut().zip(&header.shape).rev() {
        *chunk = extent.clamp(1, room.max(1));
        room /= *chunk;
    }
    // An axis that is to grow may have little yet.
    if room > 1 && header.shape[0] < 2 {
        chunks[0] = room.min(1024);
    }
    chunks
}

#[cfg(test)]
mod tests {
    use distarray_core::DType;

    use super::*;
    use crate::file::Order;

    #[test]
    fn chunks_are_whole_rows_where_they_can_be() {
        let chunks = |shape: &[usize]| {
            guess(&Header { dtype: DType::F64, shape: shape.to_vec(), order: Order::C })
        };
        assert_eq!(chunks(&[1000, 1024]), [128, 1024]);
        assert_eq!(chunks(&[5, 1 << 20]), [1, 1 << 17]);
        assert_eq!(chunks(&[10, 10]), [10, 10]);
        assert_eq!(chunks(&[0, 64]), [1024, 64]);
        assert_eq!(chunks(&[3, 0]), [3, 1]);
    }
}
