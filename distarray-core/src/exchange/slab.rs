//! [`Slab`]: what a stencil reads along one axis, beyond the ends of the axis too.

use std::ops::Range;

use super::cover::Span;
use crate::dist::AxisMap;

/// What stands beyond an end of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End {
    /// Values that nobody owns: nothing is moved there.
    Values,
    /// Nothing: no element is computed that would read there.
    Nothing,
    /// The elements before the last one, backwards; the last one itself does not come again.
    Reflect,
    /// The last elements backwards, the last one first.
    Symmetric,
    /// The last element, over and over.
    Edge,
    /// The elements from the other end of the axis on.
    Wrap,
}

/// How far a stencil reads along an axis, and where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Reach {
    pub(crate) low: usize,
    pub(crate) high: usize,
    pub(crate) end: End,
}

/// Which of a part's elements are computed in one pass, along one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// All.
    Whole,
    /// Those that read below what the part owns.
    Low,
    /// Those that read what the part owns, and nothing else.
    Core,
    /// The others, which read above what the part owns.
    High,
}

impl Reach {
    /// The places that are computed in a pass, of a part that owns `owned` of `len` indices.
    pub(crate) fn computed(&self, owned: &Range<usize>, len: usize, piece: Piece) -> Range<usize> {
        let count = owned.len();
        let whole = match self.end {
            End::Nothing => {
                let first = self.low.saturating_sub(owned.start).min(count);
                let last = len.saturating_sub(self.high).clamp(owned.start, owned.end);
                first..(last - owned.start).max(first)
            }
            _ => 0..count,
        };
        let low = self.low.clamp(whole.start, whole.end);
        let high = count.saturating_sub(self.high).clamp(low, whole.end);
        match piece {
            Piece::Whole => whole,
            Piece::Low => whole.start..low,
            Piece::Core => low..high,
            Piece::High => high..whole.end,
        }
    }

    /// The places that are read in a pass.
    pub(crate) fn read(&self, computed: &Range<usize>) -> Range<isize> {
        match computed.is_empty() {
            true => 0..0,
            false => {
                let (start, end) = (computed.start as isize, computed.end as isize);
                start - self.low as isize..end + self.high as isize
            }
        }
    }
}

/// What the parts of an axis of a block kind read in one pass.
#[derive(Clone, Debug)]
pub(crate) struct Slab {
    pub(crate) map: AxisMap,
    pub(crate) reach: Reach,
    pub(crate) piece: Piece,
}

impl Slab {
    /// The places that a part reads; those that it owns begin at 0.
    pub(crate) fn read(&self, part: usize) -> Range<isize> {
        let owned = self.map.range(part).expect("a stencil's axes are of block kinds");
        self.reach.read(&self.reach.computed(&owned, self.map.len(), self.piece))
    }

    /// What a part reads, and its places there from 0 on; nothing beyond an end of values.
    pub(crate) fn spans(&self, part: usize) -> Vec<Span> {
        let owned = self.map.range(part).expect("a stencil's axes are of block kinds");
        let (read, len) = (self.read(part), self.map.len() as isize);
        if read.is_empty() {
            return Vec::new();
        }
        let first = read.start + owned.start as isize;
        let mut spans = Vec::new();
        let mut at = first;
        while at < first + read.len() as isize {
            let left = first + read.len() as isize - at;
            let (global, count, step) = self.reach.end.next(at, len);
            let count = count.min(left);
            if let Some(global) = global {
                spans.push(span(global, count, step, at - first));
            }
            at += count;
        }
        spans
    }

    /// Whether a part reads nothing but what it owns, and values beyond the ends.
    pub(crate) fn stays(&self, part: usize) -> bool {
        let owned = self.map.range(part).expect("a stencil's axes are of block kinds");
        let within = |span: &Span| owned.start <= span.hull().start && span.hull().end <= owned.end;
        self.spans(part).iter().all(within)
    }

    /// Parts that may read something between two indices: all that do, perhaps others.
    pub(crate) fn parts_wanting(&self, indices: Range<usize>) -> Vec<usize> {
        let Reach { low, high, .. } = self.reach;
        let len = self.map.len();
        let near = indices.start.saturating_sub(high)..(indices.end + low).min(len);
        let mut parts = self.map.owners_in(near.start, near.end);
        if !matches!(self.reach.end, End::Values | End::Nothing) {
            // Whoever reads beyond an end may find any index there.
            parts.extend(self.map.owners_in(0, low.min(len)));
            parts.extend(self.map.owners_in(len.saturating_sub(high), len));
            parts.sort_unstable();
            parts.dedup();
        }
        parts
    }
}

/// `count` indices from `global` on, up or down, at the places from `place` on.
fn span(global: isize, count: isize, step: isize, place: isize) -> Span {
    let (least, place) = match step < 0 {
        true => (global - count + 1, place + count - 1),
        false => (global, place),
    };
    Span {
        global: least as usize,
        step: 1,
        count: count as usize,
        place,
        place_step: step,
        ghost: false,
    }
}

impl End {
    /// What stands at a position, which may lie beyond the axis: an index, how many positions go on
    /// like that, and whether up or down. Without an index nothing stands there.
    fn next(self, at: isize, len: isize) -> (Option<isize>, isize, isize) {
        if (0..len).contains(&at) {
            return (Some(at), len - at, 1);
        }
        // The sense of direction after so many turns.
        let turned = |within: isize, turns: isize, last: isize, period: isize| match turns % 2 {
            0 => (Some(within), period - within, 1),
            _ => (Some(last - within), period - within, -1),
        };
        match self {
            Self::Values | Self::Nothing => (None, if at < 0 { -at } else { isize::MAX }, 1),
            Self::Edge => (Some(at.clamp(0, len - 1)), 1, 1),
            Self::Reflect if len == 1 => (Some(0), 1, 1),
            Self::Wrap => (Some(at.rem_euclid(len)), len - at.rem_euclid(len), 1),
            Self::Symmetric => turned(at.rem_euclid(len), at.div_euclid(len), len - 1, len),
            Self::Reflect => {
                let period = len - 1;
                turned(at.rem_euclid(period), at.div_euclid(period), period, period)
            }
        }
    }

    /// The index that stands at a position; nothing beyond an end of values.
    pub(crate) fn index(self, at: isize, len: usize) -> Option<usize> {
        self.next(at, len as isize).0.map(|index| index as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::Dist;

    #[test]
    fn ends_are_those_of_numpys_pad() {
        let row = |end: End, len: usize| -> Vec<usize> {
            (-4..len as isize + 4).map(|at| end.index(at, len).unwrap_or(99)).collect()
        };
        assert_eq!(row(End::Reflect, 3), [0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2]);
        assert_eq!(row(End::Symmetric, 3), [2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0]);
        assert_eq!(row(End::Wrap, 3), [2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
        assert_eq!(row(End::Edge, 3), [0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2]);
        assert_eq!(row(End::Reflect, 1), [0; 9]);
        assert_eq!(row(End::Values, 1), [99, 99, 99, 99, 0, 99, 99, 99, 99]);
    }

    #[test]
    fn every_element_is_computed_in_one_pass_and_reads_what_it_must() {
        let ends = [End::Values, End::Nothing, End::Reflect, End::Symmetric, End::Edge, End::Wrap];
        for (len, parts) in [(1, 1), (5, 2), (9, 3), (4, 6)] {
            let map = AxisMap::new(len, parts, Dist::Block).unwrap();
            for end in ends {
                for (low, high) in [(0, 0), (1, 1), (2, 0), (0, 3), (4, 7)] {
                    check(&map, Reach { low, high, end });
                }
            }
        }
    }

    fn check(map: &AxisMap, reach: Reach) {
        for part in 0..map.parts() {
            let owned = map.range(part).unwrap();
            let computed = |piece| reach.computed(&owned, map.len(), piece);
            let pieces = [Piece::Low, Piece::Core, Piece::High].map(computed);
            let joined: Vec<usize> = pieces.iter().cloned().flatten().collect();
            let whole: Vec<usize> = computed(Piece::Whole).collect();
            assert_eq!(joined, whole, "{map:?} {reach:?}");
            if reach.end != End::Nothing {
                assert_eq!(whole.len(), owned.len());
            }
            let core = reach.read(&pieces[1]);
            assert!(core.start >= 0 && core.end <= owned.len() as isize, "the core reads its own");
            for piece in [Piece::Whole, Piece::Low, Piece::High] {
                let slab = Slab { map: map.clone(), reach, piece };
                let read = slab.read(part);
                let mut found = vec![None; read.len()];
                let own = |span: &Span| (0..span.count).all(|i| owned.contains(&(span.global + i)));
                assert_eq!(slab.stays(part), slab.spans(part).iter().all(own));
                for span in slab.spans(part) {
                    for i in 0..span.count {
                        let place = span.place + span.place_step * i as isize;
                        found[place as usize] = Some(span.global + i);
                        let wanting = slab.parts_wanting(span.hull());
                        assert!(wanting.contains(&part), "{map:?} {reach:?}");
                    }
                }
                let expected: Vec<_> = read
                    .map(|place| reach.end.index(owned.start as isize + place, map.len()))
                    .collect();
                assert_eq!(found, expected, "{map:?} {reach:?} {piece:?} of {part}");
            }
        }
    }
}
