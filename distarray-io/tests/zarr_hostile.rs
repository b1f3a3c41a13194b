//! Damaged and hostile Zarr arrays: an error that names the path, or an array; no panic, and no more
//! memory than the files can fill.
#![cfg(feature = "zarr")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use distarray_core::array::Context;
use distarray_core::{Error, Result};
use distarray_io::zarr::{self, Codec, Options, Version};

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

const CODECS: [Codec; 4] = [
    Codec::Gzip { level: 9 },
    Codec::Zstd { level: 3 },
    Codec::BloscLz4,
    Codec::BloscZstd { level: 5 },
];

fn ways() -> Vec<Options> {
    let mut ways = Vec::new();
    for codec in CODECS {
        ways.push(Options::new().codec(codec).version(Version::V2));
        ways.push(Options::new().codec(codec));
    }
    ways
}

/// The one file below a folder that is not metadata.
fn chunk(folder: &Path) -> PathBuf {
    files(folder).into_iter().find(|path| !is_metadata(path)).unwrap()
}

fn is_metadata(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    name.starts_with('.') || name.ends_with(".json")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true => found.extend(files(&entry)),
            false => found.push(entry),
        }
    }
    found.sort();
    found
}

/// 16 MiB in the place of 512 bytes: in a chunk, and in a chunk of a shard.
#[test]
fn a_small_chunk_that_becomes_large_is_refused() {
    let _alone = alone();
    let directory = tempfile::tempdir().unwrap();
    let (large, small) = (directory.path().join("large"), directory.path().join("small"));
    let ctx = Context::solo();
    let shards = CODECS.map(|codec| Options::new().codec(codec).shards([0]));
    for options in ways().into_iter().chain(shards) {
        let is_shard = format!("{options:?}").contains("shards: Some");
        for (path, len) in [(&large, 1 << 21), (&small, 64)] {
            let options = options.clone().chunks([len]);
            let options = if is_shard { options.shards([len]) } else { options };
            zarr::save_with(&ctx.ones::<f64>([len]).unwrap(), path, &options).unwrap();
        }
        assert_eq!(zarr::load::<f64>(&ctx, &small, "").unwrap().local()[[63]], 1.0);
        fs::copy(chunk(&large), chunk(&small)).unwrap();
        for slice in ["", "3:5"] {
            LARGEST.store(0, Ordering::Relaxed);
            let part = zarr::open(&ctx, &small).and_then(|stored| stored.slice(slice));
            let error = part.and_then(|part| part.load::<f64>("")).unwrap_err().to_string();
            let largest = LARGEST.load(Ordering::Relaxed);
            let wanted = format!("{}: chunk [0]: ", small.display());
            assert!(error.starts_with(&wanted), "{error}");
            assert!(error.contains(" 512 bytes"), "{error}");
            assert!(largest < 1 << 20, "{options:?}: {largest} bytes: {error}");
        }
    }
}

/// An index of a shard that is checked, and points anywhere.
#[test]
fn an_index_that_points_beyond_its_shard_is_refused() {
    let _alone = alone();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a");
    let ctx = Context::solo();
    let mut refused = 0;
    for codec in [Codec::None, Codec::Gzip { level: 1 }] {
        let options = Options::new().chunks([4]).shards([8]).codec(codec);
        zarr::save_with(&ctx.ones::<f64>([8]).unwrap(), &path, &options).unwrap();
        let good = fs::read(chunk(&path)).unwrap();
        let index = good.len() - 36;
        let huge = [1 << 28, u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) - 1, good.len() as u64];
        for (at, value) in (0..2).flat_map(|at| huge.map(|value| (at, value))) {
            let mut bad = good.clone();
            bad[index + 8 * at..][..8].copy_from_slice(&value.to_le_bytes());
            let sum = crc32c(&bad[index..index + 32]);
            bad[index + 32..].copy_from_slice(&sum.to_le_bytes());
            fs::write(chunk(&path), &bad).unwrap();
            for slice in ["", "1:3", "5"] {
                LARGEST.store(0, Ordering::Relaxed);
                let part = zarr::open(&ctx, &path).and_then(|stored| stored.slice(slice));
                let read = part.and_then(|part| part.load::<f64>(""));
                match read {
                    // Of elements that are not packed the length is not asked for.
                    Ok(array) => assert!(array.to_ndarray().unwrap().iter().all(|&x| x == 1.0)),
                    Err(error) => {
                        let text = error.to_string();
                        // The other chunk is where it was.
                        assert!(slice != "5", "{text}");
                        assert!(text.starts_with(&path.display().to_string()), "{text}");
                        refused += 1;
                    }
                }
                let largest = LARGEST.load(Ordering::Relaxed);
                assert!(largest < 32 << 20, "{codec:?}, {at}, {value}: {largest} bytes");
            }
        }
    }
    assert!(refused > 30, "{refused} refused");
}

/// The Castagnoli checksum, bit by bit (RFC 3720, B.4).
fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0x82F6_3B78 * (sum & 1)))
    })
}

/// Numbers that look random and are the same in every run (xorshift, Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

const NUMBERS: [&str; 9] = [
    "0",
    "-1",
    "1",
    "4",
    "65",
    "4294967296",
    "9223372036854775807",
    "18446744073709551615",
    "1e99",
];

fn mutate(bytes: &mut Vec<u8>, is_metadata: bool, numbers: &mut Numbers) {
    let at = numbers.below(bytes.len());
    match (numbers.below(6), is_metadata) {
        (0, _) => bytes.truncate(at),
        (1, _) => bytes[at] ^= 1 << numbers.below(8),
        (2, false) => bytes[at] = [0, 0xff, 0x7f, 0x80][numbers.below(4)],
        (3, false) => bytes.extend_from_within(at..),
        (_, false) => bytes[at] = numbers.below(256) as u8,
        (2, true) => bytes[at] = b"0123456789\",:[]{}-.e"[numbers.below(20)],
        (_, true) => {
            // A number in the place of one that is there.
            let digits: Vec<_> =
                (0..bytes.len()).filter(|&at| bytes[at].is_ascii_digit()).collect();
            let Some(&start) = digits.get(numbers.below(digits.len())) else { return };
            let end = (start..bytes.len()).find(|&at| !bytes[at].is_ascii_digit());
            let number = NUMBERS[numbers.below(NUMBERS.len())].bytes();
            bytes.splice(start..end.unwrap_or(bytes.len()), number);
        }
    }
}

/// Reads what a shape of a small size has, and a corner of others.
fn read(path: &Path) -> Result<()> {
    let ctx = Context::solo();
    zarr::attributes(&ctx, path)?;
    let stored = zarr::open(&ctx, path)?;
    let header = stored.header().clone();
    let corner = header.shape.iter().map(|&len| format!("0:{}", len.min(3)));
    let corner = stored.slice(&*corner.collect::<Vec<_>>().join(", "))?;
    corner.load_as::<distarray_core::Complex64>("")?;
    match header.bytes() {
        Some(0..=65536) => stored.load_as::<distarray_core::Complex64>("").map(drop),
        _ => Ok(()),
    }
}

#[test]
fn damaged_arrays_are_refused_or_read_and_nothing_else() {
    let _alone = alone();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.zarr");
    let ctx = Context::solo();
    let array = ctx.arange(0.0, 35.0, 1.0).unwrap().reshape([7, 5]).unwrap();
    let mut ways = ways();
    ways.push(Options::new().codec(Codec::None));
    let shards = |codec| Options::new().codec(codec).shards([4, 4]);
    ways.extend([shards(Codec::None), shards(Codec::Zstd { level: 1 }), shards(Codec::BloscLz4)]);
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let (mut good, mut refused) = (0, 0);
    for options in ways {
        let options = options.chunks([2, 4]).attribute("units", "K");
        zarr::save_with(&array, &path, &options).unwrap();
        let files = files(&path);
        let (metadata, chunks): (Vec<_>, Vec<_>) = files.iter().partition(|at| is_metadata(at));
        for round in 0..250 {
            let among = if round % 3 == 0 { &chunks } else { &metadata };
            let victim = among[numbers.below(among.len())];
            let old = fs::read(victim).unwrap();
            let mut bytes = old.clone();
            for _ in 0..1 + numbers.below(2) {
                if !bytes.is_empty() {
                    mutate(&mut bytes, is_metadata(victim), &mut numbers);
                }
            }
            fs::write(victim, &bytes).unwrap();
            LARGEST.store(0, Ordering::Relaxed);
            let what = || {
                let text = String::from_utf8_lossy(&bytes);
                format!("{}, round {round}: {text:?}", victim.display())
            };
            let outcome = std::panic::catch_unwind(|| read(&path));
            match outcome {
                Ok(Ok(())) => good += 1,
                Ok(Err(error)) => {
                    let text = error.to_string();
                    assert!(matches!(error, Error::File { .. } | Error::DType(_)), "{text}");
                    assert!(text.contains("a.zarr"), "{text}, {}", what());
                    assert!(text.len() < 700, "{text}");
                    refused += 1;
                }
                Err(_) => panic!("a panic by {}", what()),
            }
            let largest = LARGEST.load(Ordering::Relaxed);
            assert!(largest < 8 << 20, "{largest} bytes by {}", what());
            fs::write(victim, old).unwrap();
        }
    }
    assert!(good > 100 && refused > 1000, "{good} read, {refused} refused");
}
