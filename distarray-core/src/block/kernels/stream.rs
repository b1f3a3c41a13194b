//! Results written past the caches.
//!
//! An ordinary store reads the line that it changes first, so that a result costs memory twice its
//! bytes. What is larger than the caches is not found there afterwards anyway: it is computed tile by
//! tile in the nearest cache, and goes from there straight to memory.

/// Bytes of a rank's result from which it is written past the caches.
pub(crate) const LARGE: usize = 8 << 20;

/// Bytes of a contiguous piece of the result from which that pays: shorter ones leave too many lines in
/// halves.
pub(crate) const LONG: usize = 1024;

/// A line of the cache, in bytes.
const LINE: usize = 64;

/// Copies bytes from a cache to memory. To be followed by [`finish`] before others may know of it.
///
/// # Safety
/// Both places are valid for so many bytes, and apart.
pub(crate) unsafe fn copy(source: *const u8, target: *mut u8, bytes: usize) {
    // SAFETY: the caller vouches for the places.
    unsafe {
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        x86::copy(source, target, bytes);
        #[cfg(not(all(target_arch = "x86_64", not(miri))))]
        std::ptr::copy_nonoverlapping(source, target, bytes);
    }
}

/// Writes what `element` makes of each index past the caches, from the registers. To be followed by
/// [`finish`] before others may know of it.
///
/// # Safety
/// The target is valid for writes of so many elements, aligned.
#[inline(always)]
pub(crate) unsafe fn write<T: Copy>(target: *mut T, count: usize, element: impl Fn(usize) -> T) {
    /// A line of the cache.
    #[repr(C, align(64))]
    struct Line([u8; LINE]);

    let several = LINE / size_of::<T>();
    let head = target.align_offset(LINE).min(count);
    let lines = (count - head) / several;
    // SAFETY: the lines are whole ones of the target, and the rest stands before and behind them; a
    // line has room for as many elements as are written to it, of a type that has its alignment or less.
    unsafe {
        for i in 0..head {
            target.add(i).write(element(i));
        }
        for line in 0..lines {
            let first = head + line * several;
            let mut values = Line([0; LINE]);
            let values = values.0.as_mut_ptr();
            for i in 0..several {
                values.cast::<T>().add(i).write(element(first + i));
            }
            copy_line(values, target.add(first).cast());
        }
        for i in head + lines * several..count {
            target.add(i).write(element(i));
        }
    }
}

/// Copies a line of the cache to memory.
///
/// # Safety
/// As [`copy`] of a line; the target is aligned to one.
#[inline(always)]
unsafe fn copy_line(source: *const u8, target: *mut u8) {
    // SAFETY: the caller vouches for the places.
    unsafe {
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        x86::quarters(source, target, 1);
        #[cfg(not(all(target_arch = "x86_64", not(miri))))]
        std::ptr::copy_nonoverlapping(source, target, LINE);
    }
}

/// Asks for bytes that will be read soon; a hint, that may name memory which is nobody's.
#[inline(always)]
pub(crate) fn prefetch(start: *const u8, bytes: usize) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    for line in (0..bytes).step_by(LINE) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: every x86-64 processor has the instruction, which reads nothing.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(start.wrapping_add(line).cast()) };
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = (start, bytes);
}

/// Asks for bytes that will be read after some thousand others, as [`prefetch`]: they wait in the second
/// cache. The nearest would have to drop what is read until then, and has fewer requests under way.
#[inline(always)]
pub(crate) fn prefetch_later(start: *const u8, bytes: usize) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    for line in (0..bytes).step_by(LINE) {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: every x86-64 processor has the instruction, which reads nothing.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(start.wrapping_add(line).cast()) };
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = (start, bytes);
}

/// Orders what [`copy`] wrote before all later writes, as if it had been written as usual.
pub(crate) fn finish() {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: every x86-64 processor has the instruction, which only orders stores.
    unsafe {
        std::arch::x86_64::_mm_sfence();
    }
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
mod x86 {
    use std::arch::x86_64::{
        __m128i, __m512i, _mm_loadu_si128, _mm_stream_si128, _mm512_loadu_si512,
        _mm512_stream_si512,
    };

    use super::LINE;

    /// # Safety
    /// As [`super::copy`].
    pub(super) unsafe fn copy(source: *const u8, target: *mut u8, bytes: usize) {
        // SAFETY: each piece begins where the one before ends, and all together are `bytes`; the first
        // brings the target to the start of a line, of which as many follow as there are whole ones.
        unsafe {
            let head = target.align_offset(LINE).min(bytes);
            std::ptr::copy_nonoverlapping(source, target, head);
            let (from, to, lines) = (source.add(head), target.add(head), (bytes - head) / LINE);
            match is_x86_feature_detected!("avx512f") {
                true => whole(from, to, lines),
                false => quarters(from, to, lines),
            }
            let at = head + lines * LINE;
            std::ptr::copy_nonoverlapping(source.add(at), target.add(at), bytes - at);
        }
    }

    /// # Safety
    /// Both places have so many lines; the target's are aligned.
    #[target_feature(enable = "avx512f")]
    unsafe fn whole(source: *const u8, target: *mut u8, lines: usize) {
        for line in 0..lines {
            // SAFETY: the caller vouches for the lines.
            unsafe {
                let value = _mm512_loadu_si512(source.cast::<__m512i>().add(line));
                _mm512_stream_si512(target.cast::<__m512i>().add(line), value);
            }
        }
    }

    /// # Safety
    /// As [`whole`]. Every x86-64 processor has these instructions.
    #[inline(always)]
    pub(super) unsafe fn quarters(source: *const u8, target: *mut u8, lines: usize) {
        for line in 0..lines {
            // SAFETY: the caller vouches for the lines.
            unsafe {
                let from = source.add(line * LINE).cast::<__m128i>();
                let to = target.add(line * LINE).cast::<__m128i>();
                let [a, b, c, d] = [0, 1, 2, 3].map(|i| _mm_loadu_si128(from.add(i)));
                _mm_stream_si128(to, a);
                _mm_stream_si128(to.add(1), b);
                _mm_stream_si128(to.add(2), c);
                _mm_stream_si128(to.add(3), d);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_written_once_where_it_belongs() {
        fn check<T: Copy + PartialEq + std::fmt::Debug>(of: impl Fn(usize) -> T) {
            for count in [0, 1, 7, 8, 9, 63, 64, 65, 130, 257] {
                for start in [0, 1, 3] {
                    let mut target = vec![of(1000); 270];
                    // SAFETY: the vector is longer than the last element that is written.
                    unsafe { write(target.as_mut_ptr().add(start), count, &of) };
                    finish();
                    let inside = start..start + count;
                    for (i, &value) in target.iter().enumerate() {
                        let expected = if inside.contains(&i) { of(i - start) } else { of(1000) };
                        assert_eq!(value, expected);
                    }
                }
            }
        }
        check(|i| i as u8);
        check(|i| i as f32);
        check(|i| i as f64);
        check(|i| [i as u64, !i as u64]);
    }

    #[test]
    fn every_byte_arrives_whatever_the_alignment() {
        let source: Vec<u8> = (0..700_u32).map(|i| (i * 7 % 251) as u8).collect();
        for bytes in [0, 1, 63, 64, 65, 200, 511] {
            for from in [0, 1, 8] {
                for to in [0, 1, 16, 33] {
                    let mut target = vec![255; 700];
                    // SAFETY: both vectors are longer than the last byte that is copied.
                    unsafe {
                        copy(source.as_ptr().add(from), target.as_mut_ptr().add(to), bytes);
                    }
                    finish();
                    assert_eq!(&target[to..to + bytes], &source[from..from + bytes]);
                    let around = target[..to].iter().chain(&target[to + bytes..]);
                    assert!(around.copied().all(|byte| byte == 255));
                }
            }
        }
    }
}
