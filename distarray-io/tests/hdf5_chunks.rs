//! Chunks of HDF5 datasets that the library wrote, through every filter that is undone here.
#![cfg(feature = "hdf5")]

use std::path::Path;

use ::hdf5::file::{FileBuilder, LibraryVersion};
use ::hdf5::plist::dataset_create::ChunkOpts;
use ::hdf5::{Datatype, H5Type, h5check};
use ::hdf5_sys::h5t::{H5T_order_t, H5Tcopy, H5Tset_order};
use ::hdf5_sys::{LOCK, h5d::H5Dwrite_chunk, h5p::H5P_DEFAULT};
use distarray_core::array::{ArrayExpr, Context};
use distarray_core::{DType, Element, Scalar, with_element};
use distarray_io::hdf5;
use ndarray::{ArrayD, Dimension, IxDyn};

/// Numbers that look random and are the same in every run (xorshift, Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Filter {
    Shuffle,
    Deflate(u8),
    Fletcher32,
}

/// A dataset to be made.
#[derive(Debug)]
struct Case {
    shape: Vec<usize>,
    chunks: Vec<usize>,
    filters: Vec<Filter>,
    /// Rows that are written; the others are the fill value.
    rows: std::ops::Range<usize>,
    is_big_endian: bool,
    is_latest: bool,
    only_whole: bool,
    user_block: u64,
}

fn case(numbers: &mut Numbers) -> Case {
    let axes = 1 + numbers.below(3);
    let shape: Vec<_> = (0..axes).map(|_| 1 + numbers.below(11)).collect();
    let chunks = shape.iter().map(|&extent| 1 + numbers.below(extent)).collect();
    let mut filters = Vec::new();
    filters.extend((numbers.below(2) == 0).then_some(Filter::Shuffle));
    filters.extend((numbers.below(2) == 0).then_some(Filter::Deflate(numbers.below(10) as u8)));
    if numbers.below(2) == 0 {
        filters.insert(numbers.below(filters.len() + 1), Filter::Fletcher32);
    }
    let rows = match numbers.below(3) {
        0 => numbers.below(shape[0])..shape[0],
        _ => 0..shape[0],
    };
    let is_latest = numbers.below(2) == 0;
    Case {
        shape,
        chunks,
        filters,
        rows,
        is_big_endian: numbers.below(3) == 0,
        is_latest,
        only_whole: is_latest && numbers.below(2) == 0,
        user_block: [0, 0, 512, 2048][numbers.below(4)],
    }
}

fn value<T: Element>(k: usize) -> T {
    let k = k as i64 * 37 + 11;
    let scalar = match T::DTYPE {
        DType::Bool => Scalar::Bool(k % 3 == 0),
        DType::I8 => Scalar::I8(k as i8),
        DType::I16 => Scalar::I16(k as i16),
        DType::I32 => Scalar::I32(k as i32),
        DType::I64 => Scalar::I64(k),
        DType::U8 => Scalar::U8(k as u8),
        DType::U16 => Scalar::U16(k as u16),
        DType::U32 => Scalar::U32(k as u32),
        DType::U64 => Scalar::U64(k as u64),
        DType::F32 => Scalar::F32(k as f32 * 1.5 - 20.0),
        DType::F64 => Scalar::F64(k as f64 * 1.5 - 20.0),
        DType::C32 => Scalar::C32(distarray_core::Complex32::new(k as f32 * 1.5, k as f32 * -2.0)),
        DType::C64 => Scalar::C64(distarray_core::Complex64::new(k as f64 * 1.5, k as f64 * -2.0)),
    };
    T::try_from_scalar(scalar).unwrap()
}

/// The machine's type, or it with all bytes the other way round.
fn datatype<T: H5Type>(is_big_endian: bool) -> Datatype {
    let native = Datatype::from_type::<T>().unwrap();
    if !is_big_endian {
        return native;
    }
    let _lock = LOCK.lock();
    // SAFETY: the type is open and the lock is held; the copy is owned by what it becomes.
    unsafe {
        let copy: Datatype = ::hdf5::from_id(h5check(H5Tcopy(native.id())).unwrap()).unwrap();
        // Of an enumeration it is said no; its numbers have one byte.
        let _ = H5Tset_order(copy.id(), H5T_order_t::H5T_ORDER_BE);
        copy
    }
}

/// Makes the dataset `x` of a new file, and returns what is in it.
fn made<T: Element + H5Type>(path: &Path, case: &Case) -> ArrayD<T> {
    let mut builder = FileBuilder::new();
    if case.is_latest {
        builder.with_fapl(|list| {
            list.libver_bounds(LibraryVersion::latest(), LibraryVersion::latest())
        });
    }
    builder.with_fcpl(|list| list.userblock(case.user_block));
    let file = builder.create(path).unwrap();
    let is_turned = case.is_big_endian && T::DTYPE != DType::Bool;
    let mut builder =
        file.new_dataset_builder().empty_as(datatype::<T>(is_turned)).shape(&case.shape[..]);
    builder = builder.chunk(case.chunks.clone());
    if case.only_whole {
        builder = builder.chunk_opts(ChunkOpts::DONT_FILTER_PARTIAL_CHUNKS);
    }
    for filter in &case.filters {
        builder = match filter {
            Filter::Shuffle => builder.shuffle(),
            Filter::Deflate(level) => builder.deflate(*level),
            Filter::Fletcher32 => builder.fletcher32(),
        };
    }
    let dataset = builder.create("x").unwrap();
    let row: usize = case.shape[1..].iter().product();
    let all = ArrayD::from_shape_fn(IxDyn(&case.shape), |at| {
        let flat =
            at.slice().iter().zip(&case.shape).fold(0, |flat, (i, extent)| flat * extent + i);
        match case.rows.contains(&(flat / row)) {
            true => value::<T>(flat),
            false => T::default(),
        }
    });
    let part = all.slice_axis(ndarray::Axis(0), case.rows.clone().into()).to_owned();
    let others = case.shape[1..].iter().map(|&extent| (0..extent).into());
    let rows = std::iter::once(case.rows.clone().into()).chain(others).collect::<Vec<_>>();
    dataset.write_slice(&part, ::hdf5::Hyperslab::new(rows)).unwrap();
    all
}

#[test]
fn what_the_library_wrote_is_read_through_any_filters() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for round in 0..260 {
        let dtype = DType::ALL[round % DType::ALL.len()];
        let case = case(&mut numbers);
        let axes: Vec<_> =
            case.shape.iter().map(|_| ["n", "b", "c", "c:2"][numbers.below(4)]).collect();
        let slice: Vec<_> =
            case.shape.iter().map(|_| ["", "::2", "::-1", "1::3"][numbers.below(4)]).collect();
        let slice: Vec<_> =
            slice.iter().map(|one| if one.is_empty() { ":" } else { one }).collect();
        let (axes, slice) = (axes.join(","), slice.join(", "));
        let ranks = 1 + numbers.below(3);
        let _ = std::fs::remove_file(&path);
        with_element!(dtype, T => {
            let all = made::<T>(&path, &case);
            distarray_threads::run(ranks, |comm| {
                let ctx = Context::new(comm);
                let dataset = hdf5::open(&ctx, &path)?.dataset("x")?;
                assert_eq!(dataset.header().dtype, dtype, "{case:?}");
                let found = dataset.load::<T>(&axes[..])?.to_ndarray()?;
                assert_eq!(found, all, "{case:?} {axes}");
                let wanted = ctx.from_ndarray(&all, "b")?.slice(&*slice)?.to_ndarray()?;
                let part = dataset.slice(&*slice)?;
                assert_eq!(part.load::<T>(&axes[..])?.to_ndarray()?, wanted, "{case:?} {slice}");
                // A row at a time, of chunks that are unpacked once.
                let stored = dataset.stored();
                let rows = stored.lazy_within::<T>("b", 1)?;
                assert_eq!(rows.eval()?.to_ndarray()?, all, "{case:?}");
                Ok(())
            })
            .unwrap();
        });
    }
}

/// Of each chunk any filters may have been left out, as its mask says.
#[test]
fn filters_that_a_chunk_did_without_are_not_undone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    let numbers: Vec<u32> = (0..8 * 64).map(|i| i * i).collect();
    {
        let file = ::hdf5::File::create(&path).unwrap();
        let packed =
            |builder: ::hdf5::DatasetBuilder| builder.empty::<u32>().shape(8 * 64).chunk(64);
        let source = packed(file.new_dataset_builder())
            .shuffle()
            .deflate(6)
            .fletcher32()
            .create("x")
            .unwrap();
        let _lock = LOCK.lock();
        for mask in 0..8_u32 {
            let bytes: Vec<u8> =
                numbers[64 * mask as usize..][..64].iter().flat_map(|n| n.to_le_bytes()).collect();
            let packed = packed_by_hand(&bytes, mask);
            let at = [u64::from(mask) * 64];
            // SAFETY: the dataset is open and the lock is held; the lengths are those of the lists.
            h5check(unsafe {
                H5Dwrite_chunk(
                    source.id(),
                    H5P_DEFAULT,
                    mask,
                    at.as_ptr(),
                    packed.len(),
                    packed.as_ptr().cast(),
                )
            })
            .unwrap();
        }
    }
    let ctx = Context::solo();
    let found = hdf5::load::<u32>(&ctx, &path, "x", "").unwrap().to_ndarray().unwrap();
    assert_eq!(found.as_slice().unwrap(), numbers);
}

/// Shuffle, deflate and Fletcher's checksum, each unless its bit is set.
fn packed_by_hand(bytes: &[u8], mask: u32) -> Vec<u8> {
    let mut now = bytes.to_vec();
    if mask & 1 == 0 {
        now = (0..4).flat_map(|byte| bytes.iter().skip(byte).step_by(4).copied()).collect();
    }
    if mask & 2 == 0 {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6));
        std::io::Write::write_all(&mut encoder, &now).unwrap();
        now = encoder.finish().unwrap();
    }
    if mask & 4 == 0 {
        let (mut low, mut high) = (0_u64, 0_u64);
        for word in now.chunks(2) {
            low += u64::from(word[0]) << 8 | u64::from(word.get(1).copied().unwrap_or(0));
            high += low;
        }
        let sum = ((high - 1) % 0xffff + 1) << 16 | ((low - 1) % 0xffff + 1);
        now.extend((sum as u32).to_le_bytes());
    }
    now
}
