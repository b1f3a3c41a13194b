//! Cutting messages that are longer than one call of MPI may take.

use std::ops::Range;

/// Bytes that one call is given at most, unless the caller says otherwise: well below the
/// `i32::MAX` elements of MPI's interface, and a multiple of every element's size.
pub(crate) const LIMIT: usize = 1 << 30;

/// The pieces of a message: full ones, and a last one that is shorter, empty where nothing is left.
///
/// So a receiver that does not know the length sees the end, and one that expects another length
/// notices.
pub(crate) fn pieces(length: usize, limit: usize) -> impl Iterator<Item = Range<usize>> {
    (0..=length / limit).map(move |i| i * limit..length.min((i + 1) * limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_piece_is_always_short() {
        let ends = |length, limit| pieces(length, limit).map(|piece| (piece.start, piece.end));
        let of = |length, limit| ends(length, limit).collect::<Vec<_>>();
        assert_eq!(of(0, 4), [(0, 0)]);
        assert_eq!(of(3, 4), [(0, 3)]);
        assert_eq!(of(4, 4), [(0, 4), (4, 4)]);
        assert_eq!(of(9, 4), [(0, 4), (4, 8), (8, 9)]);
    }
}
