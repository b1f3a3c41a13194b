//! [`DatasetFile`]: a dataset that one rank has open through the HDF5 library.

use std::path::{Path, PathBuf};

use ::hdf5::plist::PropertyList;
use ::hdf5::{Dataset, Dataspace, Datatype, File, h5check};
use ::hdf5_sys::LOCK;
use ::hdf5_sys::h5d::{H5Dread, H5Dwrite};
use ::hdf5_sys::h5p::H5P_DEFAULT;
use ::hdf5_sys::h5s::{H5S_ALL, H5S_SELECT_SET, H5Sselect_hyperslab, H5Sselect_none};
use distarray_core::block::Block;
use distarray_core::comm::{Layout, copy_layouts};
use distarray_core::dist::Region;
use distarray_core::{Error, Result};

use super::chunked::Chunked;
use super::element_type::native;
use super::facts::Facts;
use super::place::Place;
use super::refusal::Refusal;
use super::slab::Slab;
use super::tiles;
use crate::file::{ArrayFile, Header};
use crate::flat::{BUFFER, Passage, start_of};
use crate::progress::advance;
use crate::requests::{Limits, Walk};
use crate::selection::Selection;

/// Most chunks of a tile that are unpacked beside the library, of which a list is made.
const MOST_CHUNKS: usize = 1 << 14;

/// A dataset that one rank has open through the HDF5 library.
///
/// Chunks whose filters are known here are [unpacked beside the library](Chunked), one after another, as
/// far as something is stored of them. All else is read and written in tiles of whole chunks, so that
/// none is decompressed twice. The library is held while elements are read or written; they are
/// converted and brought to their places beside it, by all ranks at once.
#[derive(Debug)]
pub(super) struct DatasetFile {
    // Closed in this order.
    datatype: Datatype,
    dataset: Dataset,
    /// How the library transfers; its own way where there is none.
    transfer: Option<PropertyList>,
    file: File,
    /// The name in errors.
    path: PathBuf,
    name: String,
    header: Header,
    tile: Vec<usize>,
    /// The chunks, where they are unpacked beside the library.
    chunked: Option<Chunked>,
}

impl DatasetFile {
    /// The dataset of a file, open for reading or writing as the file is.
    pub(super) fn open(file: File, place: &Place<'_>, facts: &Facts) -> Result<Self> {
        let file = Self::open_with(file, place, facts, None)?;
        let Some(chunked) = Chunked::of(place, facts) else { return Ok(file) };
        let is_same = facts.is_packed_as(&file.dataset);
        if !is_same.or_refuse(place.shown, || format!("{}: cannot be read", place.name))? {
            let why = format!("{}: is packed in another way than it was", place.name);
            return Err(Error::file(place.shown, why));
        }
        let chunk = facts.chunk_bytes();
        let bytes = BUFFER.min(chunk.saturating_mul(MOST_CHUNKS)).max(chunk);
        let (extents, shape) = (chunked.extents(), &file.header.shape);
        let tile = tiles::shape(extents, shape, file.header.dtype.size(), bytes);
        Ok(Self { tile, chunked: Some(chunked), ..file })
    }

    /// As [`open`](Self::open), with a list that tells the library how to transfer, which all goes
    /// through it.
    pub(super) fn open_with(
        file: File,
        place: &Place<'_>,
        facts: &Facts,
        transfer: Option<PropertyList>,
    ) -> Result<Self> {
        let path: &Path = place.shown;
        let name = place.name;
        let unreadable = || format!("{name}: cannot be opened");
        let dataset = file.dataset(name).or_refuse(path, unreadable)?;
        let datatype = dataset.dtype().and_then(|theirs| native(&theirs));
        let datatype = datatype.or_refuse(path, unreadable)?;
        let header = facts.header.clone();
        let chunks = facts.chunks.clone().unwrap_or_else(|| vec![1; header.shape.len()]);
        let tile = tiles::shape(&chunks, &header.shape, header.dtype.size(), BUFFER);
        let (path, name) = (path.to_owned(), name.to_owned());
        Ok(Self { datatype, dataset, transfer, file, path, name, header, tile, chunked: None })
    }

    /// Fills the bytes with the elements of a slab, in C order.
    fn read_slab(&self, slab: &Slab, bytes: &mut [u8]) -> Result<()> {
        let _lock = LOCK.lock();
        let read = self.spaces(slab, bytes.len()).and_then(|(memory, file)| {
            let (memory, file) = (memory.as_ref(), file.as_ref());
            // SAFETY: everything is open and the lock is held; the library writes the slab's
            // elements, of the size of the memory type, which the bytes were found to have room for.
            h5check(unsafe {
                H5Dread(
                    self.dataset.id(),
                    self.datatype.id(),
                    memory.map_or(H5S_ALL, |space| space.id()),
                    file.map_or(H5S_ALL, |space| space.id()),
                    self.transfer.as_ref().map_or(H5P_DEFAULT, |list| list.id()),
                    bytes.as_mut_ptr().cast(),
                )
            })
        });
        let what = || format!("{}: elements from {:?} on cannot be read", self.name, slab.start);
        read.map(drop).or_refuse(&self.path, what)
    }

    /// Writes the bytes, elements in C order, to a slab.
    fn write_slab(&self, slab: &Slab, bytes: &[u8]) -> Result<()> {
        let _lock = LOCK.lock();
        let written = self.spaces(slab, bytes.len()).and_then(|(memory, file)| {
            let (memory, file) = (memory.as_ref(), file.as_ref());
            // SAFETY: everything is open and the lock is held; the library reads the slab's
            // elements, of the size of the memory type, which the bytes were found to be.
            h5check(unsafe {
                H5Dwrite(
                    self.dataset.id(),
                    self.datatype.id(),
                    memory.map_or(H5S_ALL, |space| space.id()),
                    file.map_or(H5S_ALL, |space| space.id()),
                    self.transfer.as_ref().map_or(H5P_DEFAULT, |list| list.id()),
                    bytes.as_ptr().cast(),
                )
            })
        });
        let what = || format!("{}: elements from {:?} on cannot be written", self.name, slab.start);
        written.map(drop).or_refuse(&self.path, what)
    }

    /// Reads a piece and brings its elements to their places.
    ///
    /// # Safety
    /// The block's memory, which begins at `base`, is its own.
    unsafe fn carry(
        &self,
        piece: &tiles::Piece,
        block: &Block,
        base: *mut u8,
        passage: &mut Passage,
    ) -> Result<()> {
        let all = Limits { bytes: usize::MAX, gap: usize::MAX };
        let header = Header { shape: piece.shape.clone(), ..self.header.clone() };
        let walk = Walk::new(&header, &piece.selection, block.strides(), all);
        walk.each(block.dtype().size(), &mut |request| {
            // Without limits there is one request, for the whole box.
            self.read_slab(&Slab::of_box(&piece.low, &piece.shape), passage.room(&request))?;
            // SAFETY: the memory is the block's by the caller, and the piece is part of a selection
            // that was found to lie in it.
            unsafe { passage.deliver(&request, base) };
            Ok(())
        })
    }

    /// Writes a region, counted from `low`, from its places in a block that it lies in.
    fn write_region(
        &self,
        low: &[usize],
        region: &Region,
        block: &Block,
        buffer: &mut Vec<u8>,
    ) -> Result<()> {
        let base = block.storage().as_ptr().wrapping_add(block.offset());
        buffer.resize(region.len() * self.header.dtype.size(), 0);
        let to = Layout::contiguous(0..buffer.len());
        // SAFETY: the region lies in the block, which is borrowed; the buffer has its length.
        unsafe { copy_layouts(base, &[places(region, block)], buffer.as_mut_ptr(), &[to]) };
        self.write_slab(&Slab::of_region(low, region), buffer)
    }

    /// The spaces of a slab in memory and in the file; none for the one element of no axes.
    fn spaces(
        &self,
        slab: &Slab,
        bytes: usize,
    ) -> ::hdf5::Result<(Option<Dataspace>, Option<Dataspace>)> {
        let count = bytes / self.datatype.size();
        // Of no axes there is one element, or nothing.
        let is_whole = slab.count.iter().product::<u64>() as usize == count;
        assert!(is_whole || slab.count.is_empty() && bytes == 0, "bytes of a slab");
        if slab.start.is_empty() && bytes > 0 {
            return Ok((None, None));
        }
        let memory = Dataspace::try_new(vec![count.max(1)])?;
        let file = self.dataset.space()?;
        if count == 0 {
            // SAFETY: the spaces are open, and the caller holds the lock.
            unsafe {
                h5check(H5Sselect_none(memory.id()))?;
                h5check(H5Sselect_none(file.id()))?;
            }
            return Ok((Some(memory), Some(file)));
        }
        // SAFETY: the space is open, and the caller holds the lock; the lists have a number for
        // each of its axes, which the dataset was found to have.
        h5check(unsafe {
            assert_eq!(file.ndim(), slab.start.len(), "axes of the dataset");
            H5Sselect_hyperslab(
                file.id(),
                H5S_SELECT_SET,
                slab.start.as_ptr(),
                slab.step.as_ptr(),
                slab.count.as_ptr(),
                std::ptr::null(),
            )
        })?;
        Ok((Some(memory), Some(file)))
    }
}

/// Steps of transfers in which a rank may have nothing to do.
#[cfg(feature = "hdf5-mpi")]
impl DatasetFile {
    /// What is read at once of a selection.
    pub(super) fn read_pieces(&self, selection: &Selection) -> Vec<tiles::Piece> {
        let mut pieces = Vec::new();
        let Ok(()) = tiles::each::<std::convert::Infallible>(selection, &self.tile, &mut |piece| {
            pieces.push(piece);
            Ok(())
        });
        pieces
    }

    /// Reads a piece to its places in the block, or takes part in the others' reading.
    pub(super) fn read_piece(
        &self,
        piece: Option<&tiles::Piece>,
        block: Option<&mut Block>,
    ) -> Result<()> {
        let (Some(piece), Some(block)) = (piece, block) else {
            return self.read_slab(&Slab::nothing(&self.header.shape), &mut []);
        };
        let mut passage = Passage::new(self.header.dtype, block.dtype(), 1);
        let base = match start_of(block) {
            Ok(base) => base,
            Err(error) => {
                // The others wait for this step.
                let joined = self.read_slab(&Slab::nothing(&self.header.shape), &mut []);
                return Err(joined.err().unwrap_or(error));
            }
        };
        // SAFETY: as for `read`.
        unsafe { self.carry(piece, block, base, &mut passage) }
    }

    /// What is written at once of a selection: boxes, and the index they are counted from.
    pub(super) fn write_pieces(&self, selection: &Selection) -> Vec<(Vec<usize>, Region)> {
        let pieces = self.read_pieces(selection);
        let boxes = pieces.into_iter().flat_map(|piece| {
            let regions: Vec<_> = piece.selection.regions().collect();
            regions.into_iter().map(move |region| (piece.low.clone(), region))
        });
        boxes.collect()
    }

    /// Writes a piece from its places in the block, or takes part in the others' writing.
    pub(super) fn write_piece(
        &self,
        piece: Option<&(Vec<usize>, Region)>,
        block: Option<&Block>,
    ) -> Result<()> {
        match (piece, block) {
            (Some((low, region)), Some(block)) => {
                self.write_region(low, region, block, &mut Vec::new())
            }
            _ => self.write_slab(&Slab::nothing(&self.header.shape), &[]),
        }
    }
}

impl ArrayFile for DatasetFile {
    fn header(&self) -> &Header {
        &self.header
    }

    fn read(&self, selection: &Selection, block: &mut Block) -> Result<()> {
        selection.check(&self.header.shape, block.shape())?;
        let base = start_of(block)?;
        let mut passage = Passage::new(self.header.dtype, block.dtype(), 1);
        let mut unpacked = self.chunked.as_ref().map(|chunked| chunked.passage(block.dtype()));
        tiles::each(selection, &self.tile, &mut |tile| {
            match self.chunked.as_ref().zip(unpacked.as_mut()) {
                // Chunk by chunk within a tile: a list of all chunks may be longer than the array.
                Some((chunked, unpacked)) => {
                    tiles::each(&tile.in_array(), chunked.extents(), &mut |piece| {
                        // SAFETY: the block is borrowed for as long as the pointer is used, its memory
                        // is its own since the pointer was asked for, and the selection was found to
                        // lie in it.
                        unsafe {
                            if !chunked.carry(&self.dataset, &piece, block, base, unpacked)? {
                                self.carry(&piece, block, base, &mut passage)?;
                            }
                        }
                        Ok::<_, Error>(())
                    })?;
                }
                // SAFETY: as above.
                None => unsafe { self.carry(&tile, block, base, &mut passage) }?,
            }
            advance(tile.selection.len() * block.dtype().size());
            Ok(())
        })
    }

    fn write(&self, selection: &Selection, block: &Block) -> Result<()> {
        if block.dtype() != self.header.dtype {
            return Err(Error::dtype(format!(
                "elements of {} cannot be written to a file of {}",
                block.dtype(),
                self.header.dtype
            )));
        }
        selection.check(&self.header.shape, block.shape())?;
        self.chunked.iter().for_each(Chunked::forget);
        let mut buffer = Vec::new();
        tiles::each(selection, &self.tile, &mut |piece| {
            // Nothing between the elements is written: it is other ranks'.
            for region in piece.selection.regions() {
                self.write_region(&piece.low, &region, block, &mut buffer)?;
                advance(region.len() * self.header.dtype.size());
            }
            Ok(())
        })
    }

    fn sync(&self) -> Result<()> {
        let what = || format!("{}: cannot be brought to the medium", self.name);
        self.file.flush().or_refuse(&self.path, what)?;
        let synced = std::fs::File::open(self.file.filename()).and_then(|file| file.sync_all());
        synced.map_err(|error| Error::file(&self.path, format!("{}: {error}", what())))
    }
}

/// Where a block has the elements of a region, in C order of their indices.
fn places(region: &Region, block: &Block) -> Layout {
    let axes = region.axes.iter().zip(block.strides()).map(|(part, &stride)| {
        vec![distarray_core::comm::Run {
            start: part.place as isize * stride,
            count: part.count,
            step: part.place_step * stride,
        }]
    });
    Layout::new(block.dtype().size(), 0, axes.collect())
}
