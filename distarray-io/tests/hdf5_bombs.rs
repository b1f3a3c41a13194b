//! HDF5 chunks whose stored bytes become more or fewer than a chunk has, or are damaged: an error
//! that names the chunk on every rank, and no more memory than some chunks take.
#![cfg(feature = "hdf5")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ::hdf5::h5check;
use ::hdf5_sys::{LOCK, h5d::H5Dwrite_chunk, h5p::H5P_DEFAULT};
use distarray_core::Error;
use distarray_core::array::Context;
use distarray_io::hdf5;

/// The largest single request of any thread.
static LARGEST: AtomicUsize = AtomicUsize::new(0);

struct Watched;

// SAFETY: everything is handed to the system's allocator, which keeps the contract.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

/// Requests are noted for the whole process: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The most memory that the process ever had, in bytes, the library's own included.
#[cfg(target_os = "linux")]
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
}

#[cfg(not(target_os = "linux"))]
fn peak() -> usize {
    0
}

/// Elements and bytes of a chunk.
const LENGTH: usize = 8192;
const BYTES: usize = 8 * LENGTH;

fn deflated(pieces: usize, piece: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    (0..pieces).for_each(|_| encoder.write_all(piece).unwrap());
    encoder.finish().unwrap()
}

/// A file of three chunks of ones, the one in the middle stored as these bytes; the dataset `g/x`.
fn file_with(path: &Path, is_packed: bool, stored: &[u8]) {
    let _ = std::fs::remove_file(path);
    let file = ::hdf5::File::create(path).unwrap();
    let builder = file.new_dataset::<f64>().shape(3 * LENGTH).chunk(LENGTH);
    let builder = if is_packed { builder.shuffle().deflate(6) } else { builder };
    let dataset = builder.create("g/x").unwrap();
    dataset.write(&ndarray::Array1::from_elem(3 * LENGTH, 1.0)).unwrap();
    let _lock = LOCK.lock();
    let at = [LENGTH as u64];
    // SAFETY: the dataset is open, and the lock is held; the length is that of the bytes.
    h5check(unsafe {
        let bytes = stored.as_ptr().cast();
        H5Dwrite_chunk(dataset.id(), H5P_DEFAULT, 0, at.as_ptr(), stored.len(), bytes)
    })
    .unwrap();
}

/// What each of three ranks says, the one that reads no such chunk too.
fn refusal(path: &Path, slice: &str) -> String {
    let errors = distarray_threads::run(3, |comm| {
        let dataset = hdf5::open(&Context::new(comm), path)?.dataset("g/x");
        let loaded = dataset.and_then(|dataset| dataset.slice(slice)?.load::<f64>("b"));
        Ok(loaded.unwrap_err().to_string())
    })
    .unwrap();
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    errors[0].clone()
}

#[test]
fn what_inflates_to_more_than_a_chunk_is_refused() {
    let _alone = alone();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    let zeros = vec![0; 1 << 20];
    let before = peak();
    let good = deflated(1, &zeros[..BYTES]);
    file_with(&path, true, &good);
    let ctx = Context::solo();
    let found = hdf5::load::<f64>(&ctx, &path, "g/x", "").unwrap().to_ndarray().unwrap();
    assert!(found.iter().enumerate().all(|(i, &x)| x == f64::from(u8::from(i / LENGTH != 1))));
    for (pieces, why) in [
        (1, "deflate: decompresses to more than the 65536 bytes that the metadata says"),
        (64, "deflate: decompresses to more than the 65536 bytes that the metadata says"),
        (256, "bytes are stored, a chunk has 65536"),
    ] {
        file_with(&path, true, &deflated(pieces, &zeros));
        for slice in ["", "8192:8195", "16383", "::-100"] {
            let slice = if slice == "16383" { "16383:" } else { slice };
            LARGEST.store(0, Ordering::Relaxed);
            let error = refusal(&path, slice);
            let largest = LARGEST.load(Ordering::Relaxed);
            let start = format!("{}: g/x: chunk at [8192]: ", path.display());
            assert!(error.starts_with(&start) && error.contains(why), "{error}");
            assert!(largest < 1 << 20, "{largest} bytes for {pieces} MiB");
        }
    }
    // The other chunks are what they were.
    let stored = hdf5::open(&ctx, &path).unwrap().dataset("g/x").unwrap();
    let others = stored.slice("16384:").unwrap().load::<f64>("").unwrap();
    assert!(others.to_ndarray().unwrap().iter().all(|&x| x == 1.0));
    let grown = peak() - before;
    assert!(grown < 48 << 20, "{grown} bytes more than before");
}

/// The library unpacks chunks of which a part is written.
#[test]
fn what_is_appended_to_is_unpacked_within_bounds() {
    let _alone = alone();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    {
        let file = ::hdf5::File::create(&path).unwrap();
        let builder = file.new_dataset::<f64>().shape(100..).chunk(LENGTH).deflate(6);
        let dataset = builder.create("x").unwrap();
        let bomb = deflated(64, &vec![0; 1 << 20]);
        let _lock = LOCK.lock();
        // SAFETY: the dataset is open, and the lock is held; the length is that of the bytes.
        h5check(unsafe {
            let bytes = bomb.as_ptr().cast();
            H5Dwrite_chunk(dataset.id(), H5P_DEFAULT, 0, [0].as_ptr(), bomb.len(), bytes)
        })
        .unwrap();
    }
    let before = peak();
    let errors = distarray_threads::run(2, |comm| {
        let ctx = Context::new(comm);
        let file = hdf5::open_rw(&ctx, &path)?;
        Ok(file.append("x", &ctx.ones::<f64>([5])?).unwrap_err().to_string())
    })
    .unwrap();
    assert_eq!(errors[0], errors[1]);
    let start = format!("{}: x: chunk at [0]: deflate: decompresses to more", path.display());
    assert!(errors[0].starts_with(&start), "{}", errors[0]);
    let grown = peak() - before;
    assert!(grown < 32 << 20, "{grown} bytes more than before");
}

#[test]
fn what_is_too_short_for_a_chunk_is_refused() {
    let _alone = alone();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    let ones = vec![1; BYTES];
    let whole = deflated(1, &ones);
    for (stored, why) in [
        (deflated(1, &ones[8..]), "deflate: comes to 65528 bytes, a chunk has 65536"),
        (deflated(0, &ones), "deflate: comes to 0 bytes, a chunk has 65536"),
        (whole[..whole.len() - 5].to_vec(), "deflate: "),
        (vec![0; 100], "deflate: "),
    ] {
        file_with(&path, true, &stored);
        for slice in ["", "8000:9000:7"] {
            let error = refusal(&path, slice);
            let start = format!("{}: g/x: chunk at [8192]: ", path.display());
            assert!(error.starts_with(&start) && error.contains(why), "{error}");
        }
    }
    // Plain chunks have no size but their own.
    for stored in [&ones[8..], &[&ones[..], &[0]].concat()] {
        file_with(&path, false, stored);
        let error = refusal(&path, "");
        let start = format!("{}: g/x: chunks: ", path.display());
        let why = "bytes are stored, not 3 times the 65536 of a chunk";
        assert!(error.starts_with(&start) && error.ends_with(why), "{error}");
    }
}

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

/// The bytes of chunks are changed where they lie in the file, the rest of it left as it is.
#[test]
fn changed_bytes_of_chunks_are_errors_or_arrays() {
    let _alone = alone();
    let directory = tempfile::tempdir().unwrap();
    let (good, path) = (directory.path().join("good.h5"), directory.path().join("bad.h5"));
    let array = ndarray::Array2::from_shape_fn((20, 30), |(i, j)| (i * 31 + j * j) as f64);
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let (mut read, mut refused) = (0, 0);
    for filters in 0..8 {
        let places: Vec<(usize, usize)> = {
            let _ = std::fs::remove_file(&good);
            let file = ::hdf5::File::create(&good).unwrap();
            let mut builder = file.new_dataset::<f64>().shape((20, 30)).chunk((7, 8));
            for (bit, add) in [
                |builder: ::hdf5::DatasetBuilderEmptyShape| builder.shuffle(),
                |builder: ::hdf5::DatasetBuilderEmptyShape| builder.deflate(6),
                |builder: ::hdf5::DatasetBuilderEmptyShape| builder.fletcher32(),
            ]
            .into_iter()
            .enumerate()
            {
                builder = if filters >> bit & 1 == 1 { add(builder) } else { builder };
            }
            let dataset = builder.create("x").unwrap();
            dataset.write(&array).unwrap();
            let chunks = (0..dataset.num_chunks().unwrap()).map(|i| dataset.chunk_info(i).unwrap());
            chunks.map(|chunk| (chunk.addr as usize, chunk.size as usize)).collect()
        };
        let bytes = std::fs::read(&good).unwrap();
        for _ in 0..150 {
            let mut bad = bytes.clone();
            for _ in 0..1 + numbers.below(3) {
                let (start, length) = places[numbers.below(places.len())];
                let at = start + numbers.below(length);
                bad[at] = match numbers.below(3) {
                    0 => bad[at] ^ 1 << numbers.below(8),
                    1 => [0, 0xff, 0x7f, 0x80][numbers.below(4)],
                    _ => numbers.below(256) as u8,
                };
            }
            std::fs::write(&path, &bad).unwrap();
            LARGEST.store(0, Ordering::Relaxed);
            let ctx = Context::solo();
            match hdf5::load::<f64>(&ctx, &path, "x", "") {
                Ok(found) => {
                    let is_same = found.to_ndarray().unwrap() == array.clone().into_dyn();
                    // Bytes that are compared with a checksum, deflate's own or another.
                    assert!(is_same || filters < 2, "{filters}: another array was read");
                    read += 1;
                }
                Err(error) => {
                    let text = error.to_string();
                    assert!(matches!(error, Error::File { .. }), "{text}");
                    let start = format!("{}: x: chunk at [", path.display());
                    assert!(text.starts_with(&start) && text.len() < 400, "{text}");
                    refused += 1;
                }
            }
            let largest = LARGEST.load(Ordering::Relaxed);
            assert!(largest < 1 << 20, "{largest} bytes");
        }
    }
    assert!(read > 200 && refused > 600, "{read} read, {refused} refused");
}
