//! [`Allocation`]: a piece from the allocator, aligned, in huge pages where it is large.

use std::alloc::{self, Layout};
use std::ptr::NonNull;

/// Alignment of allocated storage: a cache line, and the widest vector register.
const ALIGNMENT: usize = 64;

/// Bytes of a huge page, and of the least allocation that asks for them: a fault of 2 MiB instead of
/// five hundred of 4 KiB, and as many fewer addresses to translate.
pub(super) const HUGE: usize = 2 << 20;

/// Memory of at least so many bytes, all initialised.
#[derive(Debug)]
pub(super) struct Allocation {
    start: NonNull<u8>,
    layout: Layout,
    pointer: NonNull<u8>,
    room: usize,
}

impl Allocation {
    /// Zeroed memory; `None` where there is not so much. The size is not zero.
    pub(super) fn zeroed(bytes: usize) -> Option<Self> {
        let alignment = if bytes >= HUGE { HUGE } else { ALIGNMENT };
        // Asking for the larger alignment would make the allocator write every zero; this way a
        // large piece comes from the system as untouched pages, which the first writer places.
        let layout = Layout::from_size_align(bytes.checked_add(alignment)?, 16).ok()?;
        // SAFETY: the layout's size is not zero.
        let start = NonNull::new(unsafe { alloc::alloc_zeroed(layout) })?;
        let shift = start.as_ptr().align_offset(alignment);
        // SAFETY: the shift is less than the alignment, by which the allocation is longer.
        let pointer = unsafe { start.add(shift) };
        let allocation = Self { start, layout, pointer, room: bytes };
        allocation.advise(Advice::Huge);
        Some(allocation)
    }

    /// The first byte.
    pub(super) fn pointer(&self) -> NonNull<u8> {
        self.pointer
    }

    /// Bytes that were asked for; what alignment leaves over, which depends on where the allocator found
    /// room, does not count.
    pub(super) fn room(&self) -> usize {
        self.room
    }

    /// Lets the system have the memory back if it runs short, until it is written again. It keeps
    /// its bytes or gets zeros.
    pub(super) fn offer(&self) {
        self.advise(Advice::Free);
    }

    /// Tells the system what becomes of the whole huge pages; a hint, which may go unheard.
    #[cfg_attr(
        any(not(target_os = "linux"), miri),
        expect(unused_variables, clippy::unused_self, reason = "nobody to tell")
    )]
    fn advise(&self, advice: Advice) {
        #[cfg(all(target_os = "linux", not(miri)))]
        {
            let advice = match advice {
                Advice::Huge => libc::MADV_HUGEPAGE,
                Advice::Free => libc::MADV_FREE,
            };
            // What alignment leaves over counts here: the last of the elements may be in a page with it.
            let shift = self.pointer.as_ptr().addr() - self.start.as_ptr().addr();
            let bytes = (self.layout.size() - shift) / HUGE * HUGE;
            if bytes > 0 && self.pointer.as_ptr().addr().is_multiple_of(HUGE) {
                // SAFETY: the pages lie within the allocation, which is this value's; neither hint
                // leaves bytes that are not initialised.
                unsafe { libc::madvise(self.pointer.as_ptr().cast(), bytes, advice) };
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Advice {
    Huge,
    Free,
}

impl Drop for Allocation {
    fn drop(&mut self) {
        // SAFETY: allocated with this very layout, and freed once.
        unsafe { alloc::dealloc(self.start.as_ptr(), self.layout) }
    }
}
