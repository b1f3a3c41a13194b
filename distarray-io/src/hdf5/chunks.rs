//! [`Chunks`]: unpacking the chunks of a dataset beside the library, within bounds.
//!
//! The library finds a chunk and reads its stored bytes, no more. Filters are undone without it: to no
//! more bytes than a chunk has, and by all ranks at once.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::hdf5::{Dataset, h5check};
use ::hdf5_sys::LOCK;
use ::hdf5_sys::h5::{herr_t, hsize_t};
use ::hdf5_sys::h5d::H5Dread_chunk1;
use ::hdf5_sys::h5i::hid_t;
use ::hdf5_sys::h5p::H5P_DEFAULT;

use super::facts::Facts;
use super::filters::Pipeline;
use super::refusal::reason;

/// Bytes of unpacked chunks that are kept, for who reads a chunk a row at a time.
const KEPT: usize = 4 << 20;

/// Bytes that keeping a chunk takes besides its own, about.
const PER_CHUNK: usize = 256;

// What else tells the place of a chunk goes through all chunks for that.
unsafe extern "C" {
    /// The bytes that are stored of the chunk that begins at an index; none where it is absent.
    unsafe fn H5Dget_chunk_storage_size(
        dataset: hid_t,
        first: *const hsize_t,
        bytes: *mut hsize_t,
    ) -> herr_t;
}

/// The chunks of a dataset whose filters are known here.
#[derive(Debug)]
pub(super) struct Chunks {
    at: PathBuf,
    pipeline: Pipeline,
    /// The extents of the array, and of a chunk.
    shape: Vec<usize>,
    extents: Vec<usize>,
    /// Bytes of a chunk's elements; also of one that reaches beyond the array.
    bytes: usize,
    kept: RefCell<Kept>,
}

/// The chunks that were unpacked last.
#[derive(Debug, Default)]
struct Kept {
    chunks: BTreeMap<Vec<usize>, Arc<Vec<u8>>>,
    /// The oldest first.
    order: VecDeque<Vec<usize>>,
    bytes: usize,
}

impl Chunks {
    /// The chunks of a dataset of this file; `None` where they are left to the library.
    pub(super) fn of(at: &Path, facts: &Facts) -> Option<Self> {
        let (packed, extents) = (facts.packed.as_ref()?, facts.chunks.as_ref()?);
        let shape = facts.header.shape.clone();
        let product = |all: usize, &one: &usize| all.checked_mul(one);
        let bytes = extents.iter().try_fold(facts.header.dtype.size(), product)?;
        if bytes == 0 || isize::try_from(bytes).is_err() || extents.len() != shape.len() {
            return None;
        }
        Some(Self {
            at: at.to_owned(),
            pipeline: packed.pipeline.clone(),
            shape,
            extents: extents.clone(),
            bytes,
            kept: RefCell::default(),
        })
    }

    /// The extents of a chunk.
    pub(super) fn extents(&self) -> &[usize] {
        &self.extents
    }

    /// Forgets what was read, as the file is about to change.
    pub(super) fn forget(&self) {
        self.kept.take();
    }

    /// The index of the first element of the chunk that an index lies in.
    pub(super) fn first(&self, index: &[usize]) -> Vec<usize> {
        index.iter().zip(&self.extents).map(|(at, extent)| at / extent * extent).collect()
    }

    /// The elements of the chunk from this index on, unpacked; `None` where nothing is stored of it,
    /// and all are the fill value.
    pub(super) fn chunk(
        &self,
        dataset: &Dataset,
        first: &[usize],
    ) -> Result<Option<Arc<Vec<u8>>>, String> {
        if let Some(found) = self.kept.borrow().chunks.get(first) {
            return Ok(Some(Arc::clone(found)));
        }
        let Some((skipped, packed)) = self.stored(dataset, first)? else { return Ok(None) };
        self.kept.borrow_mut().make_room(self.bytes);
        let mut axes = first.iter().zip(&self.extents).zip(&self.shape);
        let is_partial = axes.any(|((first, extent), length)| length - first < *extent);
        let unpacked =
            Arc::new(self.pipeline.applied(skipped, is_partial).undo(packed, self.bytes)?);
        self.kept.borrow_mut().keep(first, &unpacked);
        Ok(Some(unpacked))
    }

    /// What is stored of a chunk, and which filters it did without.
    fn stored(&self, dataset: &Dataset, first: &[usize]) -> Result<Option<(u32, Vec<u8>)>, String> {
        let at: Vec<u64> = first.iter().map(|&at| at as u64).collect();
        let (mut skipped, mut length) = (0, 0);
        let _lock = LOCK.lock();
        assert_eq!(dataset.ndim(), at.len(), "axes of the dataset");
        // SAFETY: the dataset is open and the lock is held; the list has a number for each of its
        // axes.
        let found = h5check(unsafe {
            H5Dget_chunk_storage_size(dataset.id(), at.as_ptr(), &raw mut length)
        });
        // Old libraries call it an error that nothing is stored. Where it is another one, reading the
        // elements ends in it as well, as it looks for the chunk in the same way.
        if found.is_err() || length == 0 {
            return Ok(None);
        }
        self.check_length(length)?;
        let mut bytes = Vec::new();
        let no_memory = |error| format!("{length} bytes: {error}");
        bytes.try_reserve_exact(length as usize).map_err(no_memory)?;
        bytes.resize(length as usize, 0);
        // SAFETY: as above; the library was asked for the length of what it writes since the lock is
        // held, and nobody else writes to the file.
        let read = h5check(unsafe {
            let to = bytes.as_mut_ptr().cast();
            H5Dread_chunk1(dataset.id(), H5P_DEFAULT, at.as_ptr(), &raw mut skipped, to)
        });
        read.map_err(|error| format!("cannot be read: {}", reason(&error)))?;
        Ok(Some((skipped, bytes)))
    }

    /// Refuses what no chunk can be stored in, or not in this file, before there is room for it.
    fn check_length(&self, length: u64) -> Result<(), String> {
        let most = self.pipeline.most(self.bytes);
        if usize::try_from(length).is_ok_and(|length| length <= most) {
            let file = std::fs::metadata(&self.at).map_err(|error| error.to_string())?.len();
            return match length <= file {
                true => Ok(()),
                false => Err(format!("{length} bytes are stored, the file has {file}")),
            };
        }
        Err(format!("{length} bytes are stored, a chunk has {}", self.bytes))
    }
}

impl Kept {
    /// Drops the oldest until a chunk of so many bytes fits, or none is left.
    fn make_room(&mut self, bytes: usize) {
        while self.bytes.saturating_add(bytes + PER_CHUNK) > KEPT {
            let Some(oldest) = self.order.pop_front() else { return };
            if let Some(chunk) = self.chunks.remove(&oldest) {
                self.bytes -= chunk.len() + PER_CHUNK;
            }
        }
    }

    /// Keeps a chunk that room was made for; a large one alone.
    fn keep(&mut self, first: &[usize], chunk: &Arc<Vec<u8>>) {
        self.bytes += chunk.len() + PER_CHUNK;
        self.order.push_back(first.to_vec());
        self.chunks.insert(first.to_vec(), Arc::clone(chunk));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_chunks_are_kept_and_a_large_one_alone() {
        let mut kept = Kept::default();
        let mut keep = |first: usize, bytes: usize| {
            kept.make_room(bytes);
            kept.keep(&[first], &Arc::new(vec![0; bytes]));
            let there: Vec<_> = kept.chunks.keys().map(|first| first[0]).collect();
            assert_eq!(kept.order.len(), there.len());
            let bytes: usize = kept.chunks.values().map(|chunk| chunk.len() + PER_CHUNK).sum();
            assert_eq!(kept.bytes, bytes);
            there
        };
        let third = KEPT / 3 - PER_CHUNK;
        assert_eq!(keep(5, third), [5]);
        assert_eq!(keep(1, third), [1, 5]);
        assert_eq!(keep(2, third), [1, 2, 5]);
        assert_eq!(keep(3, third), [1, 2, 3]);
        assert_eq!(keep(4, 2 * KEPT), [4]);
        assert_eq!(keep(6, 1), [6]);
        assert_eq!(keep(7, 0), [6, 7]);
    }
}
