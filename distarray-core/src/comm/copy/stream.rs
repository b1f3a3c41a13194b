//! Writing past the caches.
//!
//! An ordinary store reads the line that it changes first, so that a copy moves three bytes through
//! memory for two. Stores that go past the caches do not; they are for copies too large to be found
//! in a cache afterwards.

/// Bytes of a copy from which it is written past the caches.
pub(super) const LARGE: usize = 8 << 20;

/// Bytes of a contiguous piece, in the mean, from which that pays: shorter ones leave too many lines
/// in halves.
pub(super) const LONG: usize = 512;

/// Copies contiguous bytes. To be followed by [`finish`] before others may know of it. Calls
/// `each_line` once for each line of the cache, or thereabouts, before it is copied.
///
/// # Safety
/// Both places are valid for so many bytes, and apart.
#[inline]
pub(super) unsafe fn copy(
    source: *const u8,
    target: *mut u8,
    bytes: usize,
    each_line: impl FnMut(),
) {
    // SAFETY: the caller vouches for the places.
    unsafe {
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        x86::copy(source, target, bytes, each_line);
        #[cfg(not(all(target_arch = "x86_64", not(miri))))]
        {
            let _ = each_line;
            std::ptr::copy_nonoverlapping(source, target, bytes);
        }
    }
}

/// Orders what [`copy`] wrote before all later writes, as if it had been written as usual.
pub(super) fn finish() {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: every x86-64 processor has the instruction, which only orders stores.
    unsafe {
        std::arch::x86_64::_mm_sfence();
    }
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
mod x86 {
    use std::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_stream_si64, _mm_stream_si128};

    /// A vector, a word, and a line of the cache, in bytes.
    const VECTOR: usize = 16;
    const WORD: usize = 8;
    const LINE: usize = 64;

    /// # Safety
    /// As [`super::copy`].
    #[inline]
    pub(super) unsafe fn copy(
        source: *const u8,
        target: *mut u8,
        bytes: usize,
        mut each_line: impl FnMut(),
    ) {
        // SAFETY: each piece begins where the one before ends, and all together are no more than
        // `bytes`. The first pieces bring the target to a multiple of the width of the stores that
        // follow. Every x86-64 processor has these instructions.
        unsafe {
            let mut at = target.align_offset(WORD).min(bytes);
            std::ptr::copy_nonoverlapping(source, target, at);
            while target.add(at).align_offset(LINE) != 0 && at + WORD <= bytes {
                word(source, target, at);
                at += WORD;
            }
            while at + LINE <= bytes {
                each_line();
                let from = source.add(at).cast::<__m128i>();
                let to = target.add(at).cast::<__m128i>();
                let [a, b, c, d] = [0, 1, 2, 3].map(|i| _mm_loadu_si128(from.add(i)));
                _mm_stream_si128(to, a);
                _mm_stream_si128(to.add(1), b);
                _mm_stream_si128(to.add(2), c);
                _mm_stream_si128(to.add(3), d);
                at += LINE;
            }
            if at < bytes {
                each_line();
            }
            while at + WORD <= bytes {
                word(source, target, at);
                at += WORD;
            }
            std::ptr::copy_nonoverlapping(source.add(at), target.add(at), bytes - at);
        }
        const { assert!(LINE == 4 * VECTOR) };
    }

    /// # Safety
    /// Both places have a word at `at`; the target's is aligned.
    unsafe fn word(source: *const u8, target: *mut u8, at: usize) {
        // SAFETY: the caller vouches for both words.
        unsafe {
            let value = source.add(at).cast::<i64>().read_unaligned();
            _mm_stream_si64(target.add(at).cast(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_arrives_whatever_the_alignment() {
        let source: Vec<u8> = (0..2000_u32).map(|i| (i * 7 % 251) as u8).collect();
        for bytes in [0, 1, 255, 256, 257, 300, 511, 1024, 1500] {
            for from in [0, 1, 8, 13] {
                for to in [0, 1, 4, 8, 16, 33] {
                    let mut target = vec![255; 2000];
                    // SAFETY: both vectors are longer than the last byte that is copied.
                    unsafe {
                        let (from, to) = (source.as_ptr().add(from), target.as_mut_ptr().add(to));
                        copy(from, to, bytes, || ());
                    }
                    finish();
                    let expected = &source[from..from + bytes];
                    assert_eq!(&target[to..to + bytes], expected, "{bytes} {from} {to}");
                    let around = target[..to].iter().chain(&target[to + bytes..]);
                    assert!(around.copied().all(|byte| byte == 255));
                }
            }
        }
    }
}
