//! What the parsers ask of the allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The largest request since [`forget`].
static LARGEST: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, which notes the largest request of all threads.
///
/// Nothing is noted in a program that does not make it its own:
///
/// ```
/// use distarray_fuzz::allocation::{self, Watched};
///
/// #[global_allocator]
/// static ALLOCATOR: Watched = Watched;
///
/// allocation::forget();
/// drop(std::hint::black_box(Vec::<u8>::with_capacity(5000)));
/// assert!(allocation::largest() >= 5000);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Watched;

/// Starts over: as if nothing had been asked for.
pub fn forget() {
    LARGEST.store(0, Ordering::Relaxed);
}

/// The bytes of the largest single request since [`forget`].
pub fn largest() -> usize {
    LARGEST.load(Ordering::Relaxed)
}

/// The most bytes that the parser of an input may ask for at once.
///
/// Values take more room than the text that they are read from, by a factor that each parser bounds;
/// beside them there is the arrays' own minimum.
///
/// ```
/// assert!(distarray_fuzz::allocation::limit(1024) < 2 << 20);
/// ```
pub const fn limit(input: usize) -> usize {
    (1 << 20) + 512 * input
}

fn note(bytes: usize) {
    LARGEST.fetch_max(bytes, Ordering::Relaxed);
}

// SAFETY: every call is handed on to the system's allocator, which keeps the contract.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size);
        // SAFETY: the caller keeps the contract.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}
