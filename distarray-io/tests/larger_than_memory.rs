//! Arrays in files that are larger than the memory they may take.

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use distarray_core::array::Context;
use distarray_core::prelude::*;
use distarray_io::{self as io, raw};

/// The allocator of this process, with what is held, and the most that ever was.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

fn count(more: usize) {
    let held = HELD.fetch_add(more, Ordering::Relaxed) + more;
    MOST.fetch_max(held, Ordering::Relaxed);
}

// SAFETY: the system's allocator does it all.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as the caller vouches for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A file of 2 GiB of zeros, most of which the disk does not hold, with some numbers in it.
fn large(path: &Path, numbers: &[(usize, f64)]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    File::set_len(&file, 8 * ROWS as u64 * COLUMNS as u64)?;
    for &(index, number) in numbers {
        file.seek(SeekFrom::Start(8 * index as u64))?;
        file.write_all(&number.to_ne_bytes())?;
    }
    Ok(())
}

const ROWS: usize = 1 << 18;
const COLUMNS: usize = 1 << 10;
const BUDGET: usize = 256 << 20;

#[test]
fn two_gigabytes_are_computed_with_within_a_budget() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("large.raw");
    let halves = directory.path().join("halves.npy");
    let last = ROWS * COLUMNS - 1;
    large(&path, &[(0, 1024.0), (COLUMNS + 7, -2.5), (last / 2, 3.5), (last, 8.0)]).unwrap();
    distarray_threads::run(2, |comm| {
        let ctx = Context::new(comm);
        let options = raw::Options::new();
        let file = raw::open(&ctx, &path, DType::F64, [ROWS, COLUMNS], &options)?;
        let x = file.lazy_within::<f64>("b", BUDGET)?;
        let total = (1024.0 - 2.5 + 3.5 + 8.0) / (ROWS * COLUMNS) as f64;
        assert_eq!(x.mean()?, total);
        let means = (&x * 2.0).mean_axes(&[0])?.to_ndarray()?;
        assert_eq!(means[[0]], 2048.0 / ROWS as f64);
        assert_eq!(means[[7]], -5.0 / ROWS as f64);
        assert_eq!(means[[COLUMNS - 1]], (16.0 + 7.0) / ROWS as f64);
        assert_eq!(x.argmax()?, 0);
        // The result goes to a file of 1 GiB.
        io::save(&(x * 0.5).cast::<f32>(), &halves)?;
        let halves = io::open(&ctx, &halves)?.lazy_within::<f64>("b", BUDGET)?;
        assert_eq!(halves.mean()?, total / 2.0);
        assert_eq!(halves.max()?, 512.0);
        Ok(())
    })
    .unwrap();
    let most = MOST.load(Ordering::Relaxed);
    assert!(most < 400 << 20, "{} MiB were held", most >> 20);
    // The file is no smaller for it.
    assert!(std::fs::metadata(&path).unwrap().len() as usize > 5 * most);
}
