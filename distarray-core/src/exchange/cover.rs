//! [`Cover`]: which indices of an axis each part of a movement's target wants.

use std::ops::Range;

use super::slab::Slab;
use crate::dist::{AxisMap, Segment};

/// Which indices of an axis each part of the target wants, and the places they go to.
#[derive(Clone, Debug)]
pub(crate) enum Cover {
    /// What the part owns.
    Owned(AxisMap),
    /// What the part owns, and its halo at the places below 0 and above what it owns.
    WithHalo(AxisMap),
    /// The same ranges of indices on each of so many parts, one after the other.
    Everywhere(usize, Vec<Range<usize>>),
    /// What one pass of a stencil reads.
    Slab(Slab),
}

/// As [`Segment`], but places may be below 0, where a halo lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) global: usize,
    pub(crate) step: usize,
    pub(crate) count: usize,
    pub(crate) place: isize,
    pub(crate) place_step: isize,
    /// Whether the part only borrows the elements, as those of a halo.
    pub(crate) ghost: bool,
}

impl From<Segment> for Span {
    fn from(segment: Segment) -> Self {
        let Segment { global, step, count, place, place_step } = segment;
        Self { global, step, count, place: place as isize, place_step, ghost: false }
    }
}

impl Span {
    fn range(globals: Range<usize>, place: isize, ghost: bool) -> Self {
        let (global, count) = (globals.start, globals.len());
        Self { global, step: 1, count, place, place_step: 1, ghost }
    }

    /// The least range of indices that holds the span's.
    pub(crate) fn hull(&self) -> Range<usize> {
        self.global..self.global + self.step * (self.count - 1) + 1
    }
}

impl Cover {
    /// The only element of an axis, on each of so many parts.
    pub(crate) fn one_everywhere(parts: usize) -> Self {
        Self::Everywhere(parts, std::iter::once(0..1).collect())
    }

    /// The number of parts.
    pub(crate) fn parts(&self) -> usize {
        match self {
            Self::Owned(map) | Self::WithHalo(map) => map.parts(),
            Self::Everywhere(parts, _) => *parts,
            Self::Slab(slab) => slab.map.parts(),
        }
    }

    /// What one part wants.
    pub(crate) fn spans(&self, part: usize) -> Vec<Span> {
        match self {
            Self::Owned(map) => map.segments(part).into_iter().map(Span::from).collect(),
            Self::WithHalo(map) => with_halo(map, part),
            Self::Slab(slab) => slab.spans(part),
            Self::Everywhere(_, ranges) => {
                let mut place = 0;
                let mut spans = Vec::with_capacity(ranges.len());
                for range in ranges.iter().filter(|range| !range.is_empty()) {
                    spans.push(Span::range(range.clone(), place, false));
                    place += range.len() as isize;
                }
                spans
            }
        }
    }

    /// Parts that may want something between two indices: all that do, perhaps others.
    pub(crate) fn parts_wanting(&self, indices: Range<usize>) -> Vec<usize> {
        match self {
            Self::Owned(map) => map.owners_in(indices.start, indices.end),
            Self::WithHalo(map) => {
                let (low, high) = map.halo();
                // A part wants an index as its low halo when it owns one up to `low` further on.
                let near = indices.start.saturating_sub(high)..(indices.end + low).min(map.len());
                let mut parts = map.owners_in(near.start, near.end);
                if map.is_periodic() {
                    if indices.start < high {
                        let from = (map.len() + indices.start).saturating_sub(high);
                        parts.extend(map.owners_in(from, map.len()));
                    }
                    if indices.end + low > map.len() {
                        let to = (indices.end + low - map.len()).min(map.len());
                        parts.extend(map.owners_in(0, to));
                    }
                    parts.sort_unstable();
                    parts.dedup();
                }
                parts
            }
            Self::Everywhere(parts, _) => (0..*parts).collect(),
            Self::Slab(slab) => slab.parts_wanting(indices),
        }
    }
}

/// What a part owns between the two sides of its halo, which go round a periodic axis.
fn with_halo(map: &AxisMap, part: usize) -> Vec<Span> {
    let Some(owned) = map.range(part).filter(|owned| !owned.is_empty()) else {
        return Vec::new();
    };
    let (low, high) = map.padding(part);
    let n = map.len();
    let mut spans = Vec::with_capacity(3);
    // The low side, from its far end: places -low to -1.
    let mut left = low;
    while left > 0 {
        let first = (owned.start as isize - left as isize).rem_euclid(n as isize) as usize;
        let count = left.min(n - first);
        if map.is_periodic() || first < owned.start {
            spans.push(Span::range(first..first + count, -(left as isize), true));
        }
        left -= count;
    }
    spans.push(Span::range(owned.clone(), 0, false));
    let (mut place, mut left) = (owned.len() as isize, high);
    let mut first = owned.end;
    while left > 0 {
        if first >= n {
            if !map.is_periodic() {
                break;
            }
            first %= n;
        }
        let count = left.min(n - first);
        spans.push(Span::range(first..first + count, place, true));
        place += count as isize;
        first += count;
        left -= count;
    }
    spans
}
