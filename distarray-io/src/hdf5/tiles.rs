//! Cutting a selection along the tiles of an array: what lies in one is read or written at once.

use distarray_core::dist::Segment;

use crate::selection::Selection;

/// The part of a selection that lies in one tile.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The lowest index of each axis.
    pub(super) low: Vec<usize>,
    /// From the lowest to the highest index of each axis.
    pub(super) shape: Vec<usize>,
    /// The indices, counted from the lowest, and their places.
    pub(super) selection: Selection,
}

impl Piece {
    /// The indices as the array counts them.
    pub(super) fn in_array(&self) -> Selection {
        let axes = self.selection.axes().iter().zip(&self.low).map(|(axis, low)| {
            let part = |part: &Segment| Segment { global: part.global + low, ..*part };
            axis.iter().map(part).collect()
        });
        Selection::of_segments(axes.collect(), self.selection.is_empty())
    }
}

/// The shape of tiles: whole chunks, as many as make about so many bytes, the last axis first.
pub(super) fn shape(chunks: &[usize], shape: &[usize], item: usize, bytes: usize) -> Vec<usize> {
    let mut tile = chunks.to_vec();
    let mut size = tile.iter().fold(item, |all, &one| all.saturating_mul(one)).max(1);
    for axis in (0..tile.len()).rev() {
        let wanted = shape[axis].div_ceil(tile[axis].max(1)).max(1);
        let times = (bytes / size).clamp(1, wanted);
        tile[axis] *= times;
        size *= times;
        if times < wanted {
            break;
        }
    }
    tile
}

/// Calls `visit` with each piece of a selection that is not empty, in the order of the tiles.
pub(super) fn each<E>(
    selection: &Selection,
    tile: &[usize],
    visit: &mut dyn FnMut(Piece) -> Result<(), E>,
) -> Result<(), E> {
    if selection.is_empty() {
        return Ok(());
    }
    let axes: Vec<Vec<Vec<Segment>>> =
        selection.axes().iter().zip(tile).map(|(axis, &extent)| groups(axis, extent)).collect();
    let pieces: usize = axes.iter().map(Vec::len).product();
    for piece in 0..pieces {
        let mut rest = piece;
        let mut chosen = Vec::with_capacity(axes.len());
        for groups in axes.iter().rev() {
            chosen.push(&groups[rest % groups.len()][..]);
            rest /= groups.len();
        }
        chosen.reverse();
        visit(piece_of(&chosen))?;
    }
    Ok(())
}

/// The segments of an axis by the tile they lie in; one that crosses tiles is cut.
fn groups(segments: &[Segment], extent: usize) -> Vec<Vec<Segment>> {
    let mut cut = Vec::with_capacity(segments.len());
    for segment in segments {
        let mut rest = *segment;
        loop {
            let end = (rest.global / extent + 1) * extent;
            let count = (end - rest.global).div_ceil(rest.step).min(rest.count);
            cut.push(Segment { count, ..rest });
            if count == rest.count {
                break;
            }
            rest = Segment {
                global: rest.global + count * rest.step,
                place: rest.place.wrapping_add_signed(rest.place_step * count as isize),
                count: rest.count - count,
                ..rest
            };
        }
    }
    // Tiles in the order of the file, whatever the order of the segments.
    cut.sort_by_key(|part| part.global);
    cut.chunk_by(|a, b| a.global / extent == b.global / extent).map(<[_]>::to_vec).collect()
}

fn piece_of(axes: &[&[Segment]]) -> Piece {
    let low: Vec<_> = axes.iter().map(|axis| axis[0].global).collect();
    let last = |axis: &&[Segment]| axis.iter().map(Segment::last).max().unwrap_or(0);
    let shape = axes.iter().zip(&low).map(|(axis, low)| last(axis) - low + 1).collect();
    let shifted = axes.iter().zip(&low).map(|(axis, low)| {
        let part = |part: &Segment| Segment { global: part.global - low, ..*part };
        axis.iter().map(part).collect()
    });
    Piece { selection: Selection::of_segments(shifted.collect(), false), low, shape }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use distarray_core::dist::{Dist, Distribution};

    use super::*;

    #[test]
    fn tiles_are_whole_chunks() {
        assert_eq!(shape(&[2, 3], &[10, 10], 1, 24), [2, 12]);
        assert_eq!(shape(&[2, 3], &[10, 10], 1, 60), [4, 12]);
        assert_eq!(shape(&[2, 3], &[10, 10], 8, 4), [2, 3]);
        assert_eq!(shape(&[1, 1], &[0, 0], 8, 4), [1, 1]);
        assert!(shape(&[], &[], 8, 4).is_empty());
    }

    #[test]
    fn every_element_is_in_one_piece_and_no_piece_leaves_its_tile() {
        let lists = Dist::unstructured([vec![6, 0, 1], vec![2, 5, 3, 4]]);
        let distributions = [
            Distribution::new([9, 7], "c:2,c", 4).unwrap(),
            Distribution::new([5, 4, 6], "b,n,c:2", 6).unwrap(),
            Distribution::builder([4, 7]).axis(1, lists).build(2).unwrap(),
            Distribution::new([], "", 3).unwrap(),
            Distribution::new([0, 5], "b,b", 3).unwrap(),
        ];
        for distribution in &distributions {
            for rank in 0..6 {
                for extent in [1, 2, 3, 100] {
                    check(&Selection::of(distribution, rank), &vec![extent; distribution.ndim()]);
                }
            }
        }
    }

    fn pairs(selection: &Selection, low: &[usize]) -> Vec<Vec<(usize, usize)>> {
        let mut all = Vec::new();
        for region in selection.regions() {
            for element in 0..region.len() {
                let mut rest = element;
                let mut pair = Vec::new();
                for (axis, part) in region.axes.iter().enumerate().rev() {
                    let i = rest % part.count;
                    rest /= part.count;
                    let place = part.places().nth(i).unwrap();
                    pair.push((low[axis] + part.global + i * part.step, place));
                }
                all.push(pair);
            }
        }
        all
    }

    fn check(selection: &Selection, tile: &[usize]) {
        let mut found = Vec::new();
        each::<Infallible>(selection, tile, &mut |piece| {
            for (axis, &low) in piece.low.iter().enumerate() {
                assert_eq!(low / tile[axis], (low + piece.shape[axis] - 1) / tile[axis]);
            }
            found.extend(pairs(&piece.selection, &piece.low));
            let (counted, none) = (piece.in_array(), vec![0; tile.len()]);
            assert_eq!(pairs(&counted, &none), pairs(&piece.selection, &piece.low));
            Ok(())
        })
        .unwrap();
        let mut expected = pairs(selection, &vec![0; tile.len()]);
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
}
