//! Files that were damaged at random: errors, but no panic and no allocation beyond their size.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use distarray_core::DType;
use distarray_core::array::{Context, Reductions};
use distarray_core::block::Block;
use distarray_io::file::{ArrayFile, Header, Order};
use distarray_io::npy::{self, NpyFile};
use distarray_io::selection::Selection;

thread_local! {
    /// The largest single allocation of this thread, on which a test runs, since it was set to 0.
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

struct Watched;

// SAFETY: everything is handed to the system's allocator, which keeps the contract.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.set(LARGEST.get().max(layout.size()));
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

/// A small good file.
fn good(directory: &std::path::Path, header: &Header) -> Vec<u8> {
    let path = directory.join("good.npy");
    let _ = std::fs::remove_file(&path);
    NpyFile::create(&path, header).unwrap();
    std::fs::read(&path).unwrap()
}

#[test]
fn damaged_files_are_refused_or_read_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("damaged.npy");
    let headers = [
        Header { dtype: DType::Bool, shape: vec![7, 3], order: Order::C },
        Header { dtype: DType::F64, shape: vec![5], order: Order::Fortran },
        Header { dtype: DType::C64, shape: vec![2, 0, 3], order: Order::C },
        Header { dtype: DType::I16, shape: vec![], order: Order::C },
    ];
    let files = headers.map(|header| good(directory.path(), &header));
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let (mut read, mut refused) = (0, 0);
    for round in 0..5000 {
        let mut bytes = files[round % files.len()].clone();
        for _ in 0..1 + numbers.below(3) {
            // The part that is parsed, anywhere, or the elements.
            let (start, end) = match numbers.below(3) {
                0 => (0, 80.min(bytes.len())),
                1 => (0, bytes.len()),
                _ => (127.min(bytes.len() - 1), bytes.len()),
            };
            let at = start + numbers.below(end - start);
            match numbers.below(6) {
                0 => bytes[at] ^= 1 << numbers.below(8),
                1 => bytes[at] = b"0123456789(),'{}[]<>|-L"[numbers.below(23)],
                2 => bytes.insert(at, b"0123456789(),'{}[]<>|-L"[numbers.below(23)]),
                3 => bytes.insert(at, numbers.below(256) as u8),
                4 => drop(bytes.remove(at)),
                _ => bytes.truncate(at.max(1)),
            }
            if bytes.is_empty() {
                bytes.push(0);
            }
        }
        // A new file: cutting an old one short and filling it again is brought to the disk each time.
        let _ = std::fs::remove_file(&path);
        std::fs::write(&path, &bytes).unwrap();
        LARGEST.set(0);
        match NpyFile::open(&path) {
            Ok(file) => {
                let Header { dtype, shape, .. } = file.header().clone();
                let mut block = Block::zeros(dtype, &shape).unwrap();
                file.read(&Selection::whole(&shape), &mut block).unwrap();
                read += 1;
            }
            Err(error) => {
                let text = error.to_string();
                assert!(text.starts_with(&format!("{}: ", path.display())), "{text}");
                assert!(text.len() < path.as_os_str().len() + 300, "{text}");
                refused += 1;
            }
        }
        let largest = LARGEST.get();
        assert!(largest < 16 * 1024 + bytes.len(), "{largest} bytes for a file of {}", bytes.len());
    }
    // Damage to the elements is not noticed, as long as there are enough of them.
    assert!(read > 200 && refused > 2000, "{read} read, {refused} refused");
}

/// A shape without elements may have any other extents, and costs no memory.
#[test]
fn empty_arrays_with_huge_axes_are_loaded() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.npy");
    let dict = "{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776, 0), }";
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    let padded = format!("{dict:<117}\n");
    bytes.extend((padded.len() as u16).to_le_bytes());
    bytes.extend(padded.as_bytes());
    std::fs::write(&path, bytes).unwrap();
    distarray_threads::run(3, |comm| {
        let ctx = Context::new(comm);
        for dists in ["b,n", "c,n", "c:2,n", "c:3,c:2"] {
            let array = npy::load::<f64>(&ctx, &path, dists)?;
            assert_eq!((array.shape(), array.sum()?), (&[1 << 40, 0][..], 0.0));
            let lazy = distarray_io::open(&ctx, &path)?.lazy_within::<f64>(dists, 8)?;
            assert_eq!((&lazy + 1.0).sum()?, 0.0);
            assert_eq!(lazy.sum_axes(&[0])?.shape(), [0]);
        }
        Ok(())
    })
    .unwrap();
}
