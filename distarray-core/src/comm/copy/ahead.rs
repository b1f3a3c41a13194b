//! [`Ahead`]: asking for memory before it is read.
//!
//! A processor guesses what is read next along a run, and has to begin anew with each run. Where runs
//! are short that leaves it waiting for memory most of the time; so the bytes that will be copied a
//! little later are asked for, whichever run they are in.

/// Bytes between what is asked for and what is copied: enough to hide the way to memory and back.
const DISTANCE: usize = 2048;

/// Bytes of a run, in the mean, from which it pays to ask.
pub(super) const WORTHWHILE: usize = 128;

/// A line of the cache, in bytes.
const LINE: usize = 64;

/// Walks along the runs of a copy, in front of it.
pub(super) struct Ahead<I> {
    runs: I,
    at: *const u8,
    left: usize,
}

impl<I: Iterator<Item = (*const u8, usize)>> Ahead<I> {
    /// Asks for the first bytes of runs, given by their places and lengths.
    pub(super) fn new(runs: I) -> Self {
        let mut ahead = Self { runs, at: std::ptr::null(), left: 0 };
        ahead.fetch(DISTANCE);
        ahead
    }

    /// Asks for as many further bytes as are about to be copied.
    #[inline]
    pub(super) fn fetch(&mut self, bytes: usize) {
        for _ in 0..bytes.div_ceil(LINE) {
            self.fetch_line();
        }
    }

    /// Asks for the next line.
    #[inline]
    pub(super) fn fetch_line(&mut self) {
        if self.left == 0 {
            let Some((at, length)) = self.runs.next() else { return };
            (self.at, self.left) = (at, length);
        }
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        // SAFETY: a prefetch reads nothing; every x86-64 processor has it.
        unsafe {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            _mm_prefetch::<_MM_HINT_T0>(self.at.cast());
        }
        self.at = self.at.wrapping_add(LINE);
        self.left = self.left.saturating_sub(LINE);
    }
}
