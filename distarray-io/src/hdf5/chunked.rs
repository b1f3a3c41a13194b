//! [`Chunked`]: the elements of a dataset whose chunks are unpacked beside the library.

use std::path::PathBuf;

use ::hdf5::Dataset;
use distarray_core::block::Block;
use distarray_core::dist::Segment;
use distarray_core::{DType, Error, Result};

use super::chunks::Chunks;
use super::facts::Facts;
use super::place::Place;
use super::tiles;
use crate::file::Header;
use crate::flat::{Passage, limits};
use crate::requests::Walk;
use crate::selection::Selection;

/// The elements of a dataset whose chunks are unpacked beside the library.
#[derive(Debug)]
pub(super) struct Chunked {
    chunks: Chunks,
    /// Of a chunk.
    header: Header,
    /// Bytes of a number as it is stored that are to be turned round; 1 where they are not.
    swapped: usize,
    /// The names in errors.
    path: PathBuf,
    name: String,
}

impl Chunked {
    /// The elements of a dataset; `None` where they are left to the library.
    pub(super) fn of(place: &Place<'_>, facts: &Facts) -> Option<Self> {
        let packed = facts.packed.as_ref()?;
        let chunks = Chunks::of(place.at, facts)?;
        Some(Self {
            header: Header { shape: chunks.extents().to_vec(), ..facts.header.clone() },
            swapped: packed.byte_order.swapped_unit(facts.header.dtype),
            chunks,
            path: place.shown.to_owned(),
            name: place.name.to_owned(),
        })
    }

    /// The extents of a chunk.
    pub(super) fn extents(&self) -> &[usize] {
        &self.header.shape
    }

    /// Forgets what was read, as the file is about to change.
    pub(super) fn forget(&self) {
        self.chunks.forget();
    }

    /// The way of stored elements to a block of this dtype.
    pub(super) fn passage(&self, to: DType) -> Passage {
        Passage::new(self.header.dtype, to, self.swapped)
    }

    /// Reads a piece that lies in one chunk; says no where nothing is stored of that.
    ///
    /// # Safety
    /// The piece's places lie in the block, whose memory begins at `base` and is its own.
    pub(super) unsafe fn carry(
        &self,
        dataset: &Dataset,
        piece: &tiles::Piece,
        block: &Block,
        base: *mut u8,
        passage: &mut Passage,
    ) -> Result<bool> {
        let first = self.chunks.first(&piece.low);
        let refuse = |why: String| self.refuse(&first, &why);
        let Some(chunk) = self.chunks.chunk(dataset, &first).map_err(refuse)? else {
            return Ok(false);
        };
        let distances = piece.low.iter().zip(&first).zip(self.header.strides());
        let start: usize = distances.map(|((low, first), stride)| (low - first) * stride).sum();
        let limits = limits(self.header.dtype, block.dtype());
        let walk = Walk::new(&self.header, &piece.selection, block.strides(), limits);
        walk.each(block.dtype().size(), &mut |request| {
            let wanted = &chunk[start + request.start..][..request.bytes];
            passage.room(&request).copy_from_slice(wanted);
            // SAFETY: the caller vouches for the places.
            unsafe { passage.deliver(&request, base) };
            Ok(())
        })?;
        Ok(true)
    }

    /// Refuses a dataset whose last chunks along the first axis cannot be unpacked, where they have room
    /// for more: the library unpacks them when they get more elements, or fewer.
    pub(super) fn check_last(&self, dataset: &Dataset, shape: &[usize]) -> Result<()> {
        if shape[0].is_multiple_of(self.extents()[0]) {
            return Ok(());
        }
        let whole = Selection::whole(shape);
        let mut axes = whole.axes().to_vec();
        axes[0] = vec![Segment { global: shape[0] - 1, count: 1, ..axes[0][0] }];
        let last = Selection::of_segments(axes, whole.is_empty());
        tiles::each(&last, self.extents(), &mut |piece| {
            let first = self.chunks.first(&piece.low);
            let chunk = self.chunks.chunk(dataset, &first);
            chunk.map(drop).map_err(|why| self.refuse(&first, &why))
        })
    }

    fn refuse(&self, first: &[usize], why: &str) -> Error {
        Error::file(&self.path, format!("{}: chunk at {first:?}: {why}", self.name))
    }
}
