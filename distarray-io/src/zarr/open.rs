//! [`ZarrFile`]: a Zarr array that one rank has open.

use std::collections::BTreeMap;
use std::io::Read;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use distarray_core::block::Block;
use distarray_core::dist::Segment;
use distarray_core::{Error, Result};
use serde_json::Value;
use zarrs::array::{Array, ArrayBytes, ArrayError, ArrayMetadata, ArraySubset, CodecOptions};

use super::inflate::{MOST_GROWTH, bound_codecs};
use super::metadata::{self, Described};
use super::store::Store;
use crate::file::{ArrayFile, Header};
use crate::packed::{Passage, within};
use crate::progress::advance;
use crate::selection::Selection;

/// Shards of more bytes than this are read chunk by chunk.
const LARGE_SHARD: usize = 64 << 20;

/// Chunks of more bytes than this are looked at before they are decoded.
const LARGE_CHUNK: usize = 64 << 20;

/// More bytes than codecs put before or after those of a chunk.
const LARGEST_HEADER: usize = 64 << 10;

/// A Zarr array that one rank has open.
///
/// For programs that read or write parts of an array themselves; whole arrays are
/// [loaded](super::load) and [saved](super::save) by all ranks together. A write of a part of a chunk
/// reads the chunk, changes it and writes it, so one rank at a time writes to one chunk (or shard).
///
/// ```
/// use distarray_core::{DType, array::Context, block::Block, Scalar};
/// use distarray_io::file::{ArrayFile, Header, Order};
/// use distarray_io::{selection::Selection, zarr};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.zarr");
/// zarr::save(&ctx.ones::<f64>([4, 4])?, &path)?;
/// let file = zarr::ZarrFile::open(&path)?;
/// let mut block = Block::zeros(DType::F64, &[4, 4])?;
/// file.read(&Selection::whole(&[4, 4]), &mut block)?;
/// assert_eq!(block.at(&[3, 3]), Scalar::F64(1.0));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Debug)]
pub struct ZarrFile {
    array: Array<Store>,
    store: Arc<Store>,
    /// The name in errors.
    path: PathBuf,
    described: Described,
    /// Whether files begin with a header of Blosc: the crate takes its own codec there.
    is_blosc: bool,
    options: CodecOptions,
}

/// The elements of a selection that lie in one box of a chunk.
struct Touched {
    /// Which chunk.
    indices: Vec<u64>,
    /// Where in the chunk the box begins.
    start: Vec<usize>,
    /// The extents of the box.
    shape: Vec<usize>,
    /// The selected elements: indices of the box, places of the block.
    axes: Vec<Vec<Segment>>,
}

impl Touched {
    /// How many elements are selected.
    fn selected(&self) -> usize {
        let of_axis = |axis: &Vec<Segment>| axis.iter().map(|part| part.count).sum::<usize>();
        self.axes.iter().map(of_axis).product()
    }
}

impl ZarrFile {
    /// Opens an array. Local: no other rank takes part.
    ///
    /// # Errors
    /// There is no array there, or one of a type, a chunk grid or a codec that is not supported; each
    /// names the path and the field.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::open_described(path, path, &super::find::metadata(path)?)
    }

    /// Opens an array given its metadata, found here or on another rank, with a name for errors.
    pub(super) fn open_described(at: &Path, path: &Path, text: &[u8]) -> Result<Self> {
        let refuse = |error: &dyn std::fmt::Display| {
            Error::file(path, format!("metadata: cannot be read: {error}"))
        };
        let mut value: Value = serde_json::from_slice(text).map_err(|error| refuse(&error))?;
        let described = metadata::describe(&value, path)?;
        // Of up to one axis both orders are one, and the crate takes no transposition of none.
        if described.version == super::Version::V2 && described.header.shape.len() < 2 {
            value["order"] = "C".into();
        }
        let is_v2 = described.version == super::Version::V2;
        let is_blosc = is_v2 && value["compressor"]["id"] == "blosc" && value["filters"].is_null();
        let parsed: Result<ArrayMetadata, _> = match described.version {
            super::Version::V2 => serde_json::from_value(value).map(ArrayMetadata::V2),
            super::Version::V3 => serde_json::from_value(value).map(ArrayMetadata::V3),
        };
        let parsed = parsed.map_err(|error| refuse(&error))?;
        let store = Arc::new(Store::new(at).map_err(|error| refuse(&error))?);
        bound_codecs();
        let array = caught(|| Array::new_with_metadata(Arc::clone(&store), "/", parsed));
        let array = array.map_err(|error| refuse(&error))?;
        // Ranks are what is parallel here.
        let options = CodecOptions::default().with_concurrent_target(1);
        Ok(Self { array, store, path: path.to_owned(), described, is_blosc, options })
    }

    /// The extents of what one file of the array holds: a chunk, or a shard.
    ///
    /// ```
    /// use distarray_core::array::Context;
    /// use distarray_io::zarr::{self, Options};
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.zarr");
    /// let a = Context::solo().ones::<f64>([4, 6])?;
    /// zarr::save_with(&a, &path, &Options::new().chunks([2, 6]))?;
    /// assert_eq!(zarr::ZarrFile::open(&path)?.chunks(), [2, 6]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn chunks(&self) -> &[usize] {
        &self.described.chunks
    }

    /// Calls `visit` for every box of a selection that lies in one unit, such as a chunk.
    fn each(
        &self,
        selection: &Selection,
        unit: &[usize],
        visit: &mut dyn FnMut(&Touched) -> Result<()>,
    ) -> Result<()> {
        if selection.is_empty() {
            return Ok(());
        }
        let axes: Vec<Vec<(usize, Vec<Segment>)>> =
            selection.axes().iter().zip(unit).map(|(axis, &unit)| cut(axis, unit)).collect();
        let boxes = axes.iter().map(Vec::len).product();
        for number in 0..boxes {
            let mut rest = number;
            let mut chosen: Vec<_> = axes
                .iter()
                .rev()
                .map(|axis| {
                    let piece = &axis[rest % axis.len()];
                    rest /= axis.len();
                    piece
                })
                .collect();
            chosen.reverse();
            visit(&self.touched(&chosen, unit))?;
        }
        Ok(())
    }

    fn touched(&self, chosen: &[&(usize, Vec<Segment>)], unit: &[usize]) -> Touched {
        let ndim = unit.len();
        let mut touched = Touched {
            indices: Vec::with_capacity(ndim),
            start: Vec::with_capacity(ndim),
            shape: Vec::with_capacity(ndim),
            axes: Vec::with_capacity(ndim),
        };
        for (axis, (number, segments)) in chosen.iter().enumerate() {
            let chunk = self.described.chunks[axis];
            let low = segments.iter().map(|part| part.global).min().expect("something is selected");
            let high = segments.iter().map(Segment::last).max().expect("something is selected");
            touched.indices.push((number * unit[axis] / chunk) as u64);
            touched.start.push(low % chunk);
            touched.shape.push(high - low + 1);
            let moved = |part: &Segment| Segment { global: part.global - low, ..*part };
            touched.axes.push(segments.iter().map(moved).collect());
        }
        touched
    }

    /// The elements of a box of a chunk, native bytes in C order.
    fn decoded(&self, indices: &[u64], start: &[usize], shape: &[usize]) -> Result<Vec<u8>> {
        self.expect_plausible(indices)?;
        let start = start.iter().map(|&at| at as u64).collect();
        let extents = shape.iter().map(|&extent| extent as u64).collect();
        let subset = ArraySubset::new_with_start_shape(start, extents)
            .map_err(|error| self.refuse_chunk(indices, &error))?;
        let bytes: Result<ArrayBytes<'static>, _> = caught(|| match self.described.inner {
            None => self.array.retrieve_chunk_subset_opt(indices, &subset, &self.options),
            // Chunk by chunk, so that what the index says goes through the store.
            Some(_) => self.of_shard(indices, &subset),
        });
        let bytes = bytes.map_err(|error| self.refuse_chunk(indices, &error))?;
        let bytes = bytes.into_fixed().map_err(|error| self.refuse_chunk(indices, &error))?;
        let wanted = shape.iter().product::<usize>() * self.described.header.dtype.size();
        if bytes.len() != wanted {
            let why = format!("holds {} bytes where {wanted} are wanted", bytes.len());
            return Err(self.refuse_chunk(indices, &why));
        }
        Ok(bytes.into_owned())
    }

    fn of_shard(
        &self,
        indices: &[u64],
        subset: &ArraySubset,
    ) -> Result<ArrayBytes<'static>, ArrayError> {
        let shard = self.array.partial_decoder_opt(indices, &self.options)?;
        Ok(shard.partial_decode(subset, &self.options)?.into_owned())
    }

    /// Refuses a chunk that cannot be as large as it is said to be, before memory is asked for.
    fn expect_plausible(&self, indices: &[u64]) -> Result<()> {
        let Described { header, chunks, inner, .. } = &self.described;
        let decoded = chunks.iter().product::<usize>() * header.dtype.size();
        let cut = |inner: &Vec<usize>| {
            chunks.iter().zip(inner).map(|(shard, chunk)| shard / chunk).product::<usize>()
        };
        // Of every chunk the index of a shard has two numbers.
        let index = inner.as_ref().map_or(0, cut).saturating_mul(16);
        let key = self.array.chunk_key(indices);
        // A chunk without a file is made of the fill value.
        let path = self.store.file(&key);
        let Ok(file) = std::fs::metadata(&path) else {
            return Ok(());
        };
        let present = usize::try_from(file.len()).unwrap_or(usize::MAX);
        // What does not get smaller hardly grows. Of a shard only what is wanted is read.
        if inner.is_none() && present / 2 > decoded + LARGEST_HEADER {
            let why =
                format!("a file of {present} bytes is no chunk of {decoded} bytes of elements");
            return Err(self.refuse_chunk(indices, &why));
        }
        if let Some(said) = self.is_blosc.then(|| blosc_bytes(&path)).flatten()
            && said != decoded
        {
            let why = format!("blosc: {said} bytes are said to be in it, not {decoded} bytes");
            return Err(self.refuse_chunk(indices, &why));
        }
        if decoded <= LARGE_CHUNK && index <= LARGE_CHUNK {
            return Ok(());
        }
        if index > present || decoded / MOST_GROWTH > present {
            let why = format!(
                "a file of {present} bytes cannot hold {decoded} bytes of elements; the metadata or \
                 the file is damaged"
            );
            return Err(self.refuse_chunk(indices, &why));
        }
        Ok(())
    }

    fn refuse_chunk(&self, indices: &[u64], why: &dyn std::fmt::Display) -> Error {
        Error::file(&self.path, format!("chunk {indices:?}: {why}"))
    }

    /// Writes the selected elements of one chunk; those that are not selected stay.
    fn write_chunk(&self, touched: &Touched, block: &Block) -> Result<()> {
        let Described { header, chunks, .. } = &self.described;
        let origin = touched.indices.iter().zip(chunks).map(|(&at, &chunk)| at as usize * chunk);
        // What the chunk has of the array.
        let held = header.shape.iter().zip(origin).zip(chunks);
        let held: Vec<_> = held.map(|((&len, at), &chunk)| chunk.min(len - at)).collect();
        let passage = Passage::new(&touched.shape, &touched.axes);
        let mut bytes = match passage.is_whole() && touched.shape == *chunks {
            true => vec![0; chunks.iter().product::<usize>() * header.dtype.size()],
            // Beyond the array, and where nothing was written, is the fill value.
            false if passage.is_whole() && touched.shape == held => {
                let value = self.array.fill_value().as_ne_bytes();
                value.repeat(chunks.iter().product())
            }
            false => self.decoded(&touched.indices, &vec![0; chunks.len()], chunks)?,
        };
        let moved = |(axis, &start): (&Vec<Segment>, &usize)| -> Vec<_> {
            let moved = |part: &Segment| Segment { global: part.global + start, ..*part };
            axis.iter().map(moved).collect()
        };
        let axes: Vec<_> = touched.axes.iter().zip(&touched.start).map(moved).collect();
        Passage::new(chunks, &axes).pack(block, &mut bytes);
        self.array
            .store_chunk_opt(&touched.indices, ArrayBytes::new_flen(bytes), &self.options)
            .map_err(|error| self.refuse_chunk(&touched.indices, &error))
    }
}

/// The bytes that a block of Blosc says it has (its header, the second of four numbers).
fn blosc_bytes(path: &Path) -> Option<usize> {
    let mut header = [0; 8];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut header)).ok()?;
    let [.., a, b, c, d] = header;
    usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()
}

/// The outcome of a call of the crate, which may panic over damage that it does not expect.
fn caught<T, E: std::fmt::Display>(call: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    // What it borrows is read only.
    match std::panic::catch_unwind(AssertUnwindSafe(call)) {
        Ok(outcome) => outcome.map_err(|error| error.to_string()),
        Err(_) => Err("what it says is beyond what can be counted".to_owned()),
    }
}

/// The segments of an axis by the units that they lie in, such as chunks.
fn cut(axis: &[Segment], unit: usize) -> Vec<(usize, Vec<Segment>)> {
    let mut pieces = BTreeMap::<usize, Vec<Segment>>::new();
    for segment in axis {
        let mut start = segment.global;
        loop {
            let number = start / unit;
            let end = (number + 1).saturating_mul(unit);
            pieces.entry(number).or_default().extend(within(segment, start, end));
            // The first index of the segment beyond the unit.
            let next =
                segment.global + (end - segment.global).div_ceil(segment.step) * segment.step;
            if next > segment.last() {
                break;
            }
            start = next;
        }
    }
    pieces.into_iter().collect()
}

impl ArrayFile for ZarrFile {
    fn header(&self) -> &Header {
        &self.described.header
    }

    fn read(&self, selection: &Selection, block: &mut Block) -> Result<()> {
        let Described { header, chunks, inner, .. } = &self.described;
        selection.check(&header.shape, block.shape())?;
        let of_chunk = chunks.iter().product::<usize>() * header.dtype.size();
        let unit = inner.as_ref().filter(|_| of_chunk > LARGE_SHARD).unwrap_or(chunks);
        self.each(selection, unit, &mut |touched| {
            let bytes = self.decoded(&touched.indices, &touched.start, &touched.shape)?;
            Passage::new(&touched.shape, &touched.axes).unpack(header.dtype, &bytes, block)?;
            advance(touched.selected() * block.dtype().size());
            Ok(())
        })
    }

    fn write(&self, selection: &Selection, block: &Block) -> Result<()> {
        let Described { header, chunks, .. } = &self.described;
        if block.dtype() != header.dtype {
            return Err(Error::dtype(format!(
                "elements of {} cannot be written to a file of {}",
                block.dtype(),
                header.dtype
            )));
        }
        selection.check(&header.shape, block.shape())?;
        self.each(selection, chunks, &mut |touched| {
            self.write_chunk(touched, block)?;
            advance(touched.selected() * header.dtype.size());
            Ok(())
        })
    }

    /// Nothing is left to do: every chunk is brought to the medium when it is written.
    fn sync(&self) -> Result<()> {
        Ok(())
    }
}
