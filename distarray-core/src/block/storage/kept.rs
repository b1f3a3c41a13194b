//! Pieces of memory that were freed, kept by the rank for its next ones.
//!
//! Fresh memory costs more than a copy into it: the system clears every page before the first write.
//! A program that makes arrays in a loop would pay for that each time. What is not used again soon is
//! on offer to the system, which takes it when memory runs short.

use std::cell::RefCell;

use super::allocation::{Allocation, HUGE};
use super::small::{Small, rounded};

/// Bytes that a rank keeps at most.
const LIMIT: usize = 512 << 20;

/// Bytes of the last pieces that are not on offer: to be marked so, and written again, costs a page as
/// much as to be written a few times.
const HOT: usize = 64 << 20;

/// Freed pieces, the oldest first; those on offer come before the others.
#[derive(Debug, Default)]
struct Kept {
    pieces: Vec<Allocation>,
    offered: usize,
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
    static SMALL: RefCell<Small> = RefCell::default();
}

/// A kept piece of at least so many bytes, of any content.
pub(super) fn take(bytes: usize) -> Option<Allocation> {
    // Pieces are kept by the bytes that they have room for.
    match rounded(bytes) < HUGE {
        true => SMALL.try_with(|small| small.borrow_mut().take(bytes)).ok().flatten(),
        false => KEPT.try_with(|kept| kept.borrow_mut().take(bytes)).ok().flatten(),
    }
}

/// Keeps a piece that is no longer used, if it is not too large.
pub(super) fn give(allocation: Allocation) {
    // A thread that ends keeps nothing any more.
    let _ = match allocation.room() < HUGE {
        true => SMALL.try_with(|small| small.borrow_mut().give(allocation)),
        false => KEPT.try_with(|kept| kept.borrow_mut().give(allocation)),
    };
}

/// Frees everything that is kept; whether there was anything.
pub(super) fn release() -> bool {
    let small = SMALL.try_with(|small| small.take().is_some()).unwrap_or(false);
    let large = KEPT.try_with(|kept| !kept.take().pieces.is_empty());
    large.unwrap_or(false) || small
}

impl Kept {
    /// The smallest that does, unless a fifth of it or more would lie idle.
    fn take(&mut self, bytes: usize) -> Option<Allocation> {
        let fits = |piece: &Allocation| {
            piece.room() >= bytes && piece.room() - bytes < piece.room() / 5 + HUGE
        };
        // Of several as large, the last one, which the caches may still know.
        let fitting = self.pieces.iter().enumerate().rev().filter(|(_, piece)| fits(piece));
        let (place, _) = fitting.min_by_key(|(_, piece)| piece.room())?;
        self.offered -= usize::from(place < self.offered);
        Some(self.pieces.remove(place))
    }

    fn give(&mut self, allocation: Allocation) {
        if allocation.room() > LIMIT {
            return;
        }
        self.pieces.push(allocation);
        let mut hot: usize = self.pieces[self.offered..].iter().map(Allocation::room).sum();
        while hot > HOT {
            hot -= self.pieces[self.offered].room();
            self.pieces[self.offered].offer();
            self.offered += 1;
        }
        let mut bytes: usize = self.pieces.iter().map(Allocation::room).sum();
        while bytes > LIMIT {
            bytes -= self.pieces.remove(0).room();
            self.offered = self.offered.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(bytes: usize) -> Allocation {
        Allocation::zeroed(bytes).unwrap()
    }

    #[test]
    fn the_smallest_piece_that_does_is_taken() {
        let mut kept = Kept::default();
        for bytes in [40 << 20, 20 << 20, 30 << 20] {
            kept.give(piece(bytes));
        }
        assert!(kept.take(50 << 20).is_none());
        assert!(kept.take(10 << 20).is_none(), "half of it would lie idle");
        let taken = kept.take(19 << 20).unwrap();
        assert!((20 << 20..22 << 20).contains(&taken.room()));
        assert_eq!(kept.pieces.len(), 2);
    }

    #[test]
    fn pieces_of_every_size_come_back() {
        for bytes in [1, 100, HUGE - HUGE / 16, HUGE - 1, HUGE, HUGE + 1, 5 * HUGE] {
            let piece = piece(rounded(bytes));
            let place = piece.pointer();
            give(piece);
            assert_eq!(take(bytes).map(|piece| piece.pointer()), Some(place), "{bytes} bytes");
        }
    }

    #[test]
    fn no_more_than_the_limit_is_kept() {
        let mut kept = Kept::default();
        for _ in 0..5 {
            kept.give(piece(LIMIT / 4));
        }
        assert_eq!(kept.pieces.len(), 4);
        kept.give(piece(LIMIT));
        assert_eq!(kept.pieces.len(), 1);
        kept.give(piece(LIMIT + (8 << 20)));
        assert_eq!(kept.pieces.len(), 1);
    }

    #[test]
    fn older_pieces_are_on_offer() {
        let mut kept = Kept::default();
        for _ in 0..3 {
            kept.give(piece(HOT / 3));
        }
        let few = kept.offered;
        kept.give(piece(HOT / 2));
        assert!(few <= 1 && (1..=3).contains(&kept.offered), "{kept:?}");
        // One on offer is taken, and so are the rest, whatever they are.
        while !kept.pieces.is_empty() {
            kept.take(kept.pieces[0].room()).unwrap();
        }
        assert_eq!(kept.offered, 0);
        kept.give(piece(2 * HOT));
        assert_eq!(kept.offered, 1);
    }
}
