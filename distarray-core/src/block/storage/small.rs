//! [`Small`]: freed pieces below a huge page, by their size.
//!
//! The allocator gives such memory back cheaply, but clears it each time, which costs as much as a pass
//! over an array that is in the cache.

use super::allocation::{Allocation, HUGE};

/// Bytes of the smallest piece that is kept.
const LEAST: usize = 64;

/// Sizes that are told apart between a power of two and the next.
const STEPS: usize = 8;

/// Pieces of one size that are kept.
const OF_A_SIZE: usize = 8;

/// Bytes that are kept at most.
const LIMIT: usize = 32 << 20;

/// Freed pieces, a list for each size.
#[derive(Debug, Default)]
pub(super) struct Small {
    sizes: Vec<Vec<Allocation>>,
    bytes: usize,
}

/// The number of the largest size that is not above so many bytes, and that size.
fn size_below(bytes: usize) -> (usize, usize) {
    let octave = bytes.ilog2();
    let step = (1_usize << octave) / STEPS;
    let within = (bytes - (1 << octave)) / step;
    let number = (octave - LEAST.ilog2()) as usize * STEPS + within;
    (number, (1 << octave) + within * step)
}

/// So many bytes, or the next size that pieces are kept in.
pub(super) fn rounded(bytes: usize) -> usize {
    if !(1..HUGE).contains(&bytes) {
        return bytes;
    }
    let bytes = bytes.max(LEAST);
    let (_, size) = size_below(bytes);
    match size == bytes {
        true => size,
        false => size + (1 << bytes.ilog2()) / STEPS,
    }
}

impl Small {
    /// A kept piece of at least so many bytes.
    pub(super) fn take(&mut self, bytes: usize) -> Option<Allocation> {
        let size = rounded(bytes);
        if !(LEAST..HUGE).contains(&size) {
            return None;
        }
        let piece = self.sizes.get_mut(size_below(size).0)?.pop()?;
        self.bytes -= piece.room();
        Some(piece)
    }

    /// Keeps a piece that is no longer used, unless there are enough like it.
    pub(super) fn give(&mut self, piece: Allocation) {
        let room = piece.room();
        if room < LEAST || self.bytes + room > LIMIT {
            return;
        }
        let (number, _) = size_below(room);
        if self.sizes.len() <= number {
            self.sizes.resize_with(number + 1, Vec::new);
        }
        if self.sizes[number].len() < OF_A_SIZE {
            self.bytes += room;
            self.sizes[number].push(piece);
        }
    }

    /// Whether anything is kept.
    pub(super) fn is_some(&self) -> bool {
        self.bytes > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_to_the_next_that_is_kept() {
        for bytes in (LEAST..9000).chain([HUGE - 1, HUGE - 4096]) {
            let size = rounded(bytes);
            assert!((bytes..=bytes + bytes / STEPS).contains(&size), "{bytes}: {size}");
            assert_eq!(size_below(size).1.min(HUGE), size);
        }
        assert_eq!((rounded(0), rounded(HUGE + 1)), (0, HUGE + 1));
        assert_eq!((rounded(1), rounded(LEAST), rounded(100)), (LEAST, LEAST, 104));
    }

    #[test]
    fn pieces_come_back_for_as_many_bytes_or_a_few_less() {
        let mut small = Small::default();
        let piece = Allocation::zeroed(rounded(5000)).unwrap();
        let place = piece.pointer();
        small.give(piece);
        assert!(small.take(6000).is_none() && small.take(4000).is_none());
        assert_eq!(small.take(5001).map(|piece| piece.pointer()), Some(place));
        assert!(small.take(5001).is_none() && !small.is_some());
    }

    #[test]
    fn no_more_than_the_limits_are_kept() {
        let mut small = Small::default();
        for _ in 0..2 * OF_A_SIZE {
            small.give(Allocation::zeroed(1024).unwrap());
        }
        assert_eq!((0..2 * OF_A_SIZE).filter_map(|_| small.take(1024)).count(), OF_A_SIZE);
        for bytes in (0..200).map(|i| rounded(HUGE / 2 + 4096 * i)) {
            small.give(Allocation::zeroed(bytes).unwrap());
        }
        assert!(small.bytes <= LIMIT && small.is_some());
    }
}
