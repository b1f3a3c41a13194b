//! The arithmetic of an axis: owners, places, counts and segments.

use super::axis::AxisMap;
use super::kind::Dist;
use super::segment::Segment;

impl AxisMap {
    /// The part that owns a global index: O(1) on regular kinds, else O(log parts).
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// assert_eq!(AxisMap::new(10, 3, Dist::BlockCyclic(4))?.owner(9), 2);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When `global` is not below [`len`](Self::len).
    pub fn owner(&self, global: usize) -> usize {
        self.locate(global).0
    }

    /// The part that owns a global index, and its place among that part's own elements, halo not
    /// counted.
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// assert_eq!(AxisMap::new(16, 4, Dist::BlockCyclic(2))?.locate(10), (1, 2));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When `global` is not below [`len`](Self::len).
    pub fn locate(&self, global: usize) -> (usize, usize) {
        assert!(global < self.len(), "index {global} of an axis of {}", self.len());
        let (chunk, parts) = (self.chunk, self.parts());
        match self.dist() {
            Dist::Undistributed => (0, global),
            Dist::Block => (global / chunk, global % chunk),
            Dist::Irregular(bounds) => {
                let part = bounds[1..].partition_point(|&end| end <= global);
                (part, global - bounds[part])
            }
            Dist::Cyclic => (global % parts, global / parts),
            Dist::BlockCyclic(_) => {
                let block = global / chunk;
                (block % parts, block / parts * chunk + global % chunk)
            }
            Dist::StridedCyclic(deal) => {
                let part = deal.owner(parts, global);
                (part, deal.count_below(parts, part, global))
            }
            Dist::Unstructured(lists) => lists.locate(global),
        }
    }

    /// The global index at a place of a part: the inverse of [`locate`](Self::locate).
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// assert_eq!(AxisMap::new(16, 4, Dist::BlockCyclic(2))?.global(1, 2), 10);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When there is no such part, or `place` is not below its [`count`](Self::count).
    pub fn global(&self, part: usize, place: usize) -> usize {
        let count = self.count(part);
        assert!(place < count, "place {place} of part {part}, which owns {count} indices");
        let (chunk, parts) = (self.chunk, self.parts());
        match self.dist() {
            Dist::Undistributed => place,
            Dist::Block => part * chunk + place,
            Dist::Irregular(bounds) => bounds[part] + place,
            Dist::Cyclic => place * parts + part,
            Dist::BlockCyclic(_) => (place / chunk * parts + part) * chunk + place % chunk,
            Dist::StridedCyclic(deal) => deal.global(parts, part, place, self.len()),
            Dist::Unstructured(lists) => lists.list(part)[place],
        }
    }

    /// The global indices at the places from `first` on, as many as there is room for.
    ///
    /// Faster than one by one: along a block of a cyclic axis they follow each other.
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// let mut globals = [0; 3];
    /// AxisMap::new(16, 4, Dist::BlockCyclic(2))?.globals(1, 1, &mut globals);
    /// assert_eq!(globals, [3, 10, 11]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When there is no such part, or it has no such places.
    pub fn globals(&self, part: usize, first: usize, globals: &mut [u64]) {
        if let Dist::Unstructured(lists) = self.dist() {
            let list = &lists.list(part)[first..first + globals.len()];
            globals.iter_mut().zip(list).for_each(|(global, &listed)| *global = listed as u64);
            return;
        }
        // Slices of cyclic axes take long to find a place; the next one is often near.
        const NEAR: usize = 64;
        let (mut done, mut end) = (0, None);
        while done < globals.len() {
            let near = match self.dist() {
                Dist::StridedCyclic(_) => end.and_then(|end: usize| {
                    let mut near = end..self.len().min(end + NEAR);
                    near.find(|&global| self.owner(global) == part)
                }),
                _ => None,
            };
            let global = near.unwrap_or_else(|| self.global(part, first + done));
            let stop = self.run(global).2;
            for (global, i) in globals[done..].iter_mut().zip(global..stop) {
                *global = i as u64;
            }
            done += stop - global;
            end = Some(stop);
        }
    }

    /// The number of indices that `part` owns, in O(1); on slices of cyclic axes in O(log extent).
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// let map = AxisMap::new(10, 3, Dist::BlockCyclic(4))?;
    /// assert_eq!([0, 1, 2].map(|part| map.count(part)), [4, 4, 2]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When `part` is not below [`parts`](Self::parts).
    pub fn count(&self, part: usize) -> usize {
        if let Some(range) = self.range(part) {
            return range.len();
        }
        match self.dist() {
            Dist::Unstructured(lists) => return lists.list(part).len(),
            Dist::StridedCyclic(deal) => return deal.count_below(self.parts(), part, self.len()),
            _ => {}
        }
        let all = self.blocks();
        if part >= all {
            return 0;
        }
        // Only the very last block can be partial, and only its owner is short of it.
        let own = (all - 1 - part) / self.parts();
        let last = part + own * self.parts();
        own * self.chunk + (self.len() - last * self.chunk).min(self.chunk)
    }

    /// The number of indices of the part that owns the most: O(1) on regular kinds, else O(parts).
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// assert_eq!(AxisMap::new(10, 4, Dist::Block)?.max_count(), 3);
    /// assert_eq!(AxisMap::new(10, 2, Dist::irregular([0, 3, 10]))?.max_count(), 7);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn max_count(&self) -> usize {
        match self.dist() {
            Dist::Irregular(bounds) => {
                bounds.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0)
            }
            Dist::Unstructured(lists) => lists.max_count(),
            Dist::StridedCyclic(_) => {
                (0..self.parts()).map(|part| self.count(part)).max().unwrap_or(0)
            }
            // The first part is dealt to first.
            _ => self.count(0),
        }
    }

    /// The global indices that `part` owns, as arithmetic progressions in ascending order.
    ///
    /// At most one on `n`, `b`, irregular and `c` axes; one per block on `c:K` (one in all when
    /// there is only one part); on unstructured axes as few as keep both the index and the place in
    /// constant steps; on slices of cyclic axes one per block that has any, or fewer.
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// let map = AxisMap::new(9, 2, Dist::BlockCyclic(2))?;
    /// let starts: Vec<_> = map.segments(0).iter().map(|s| (s.global, s.count, s.place)).collect();
    /// assert_eq!(starts, [(0, 2, 0), (4, 2, 2), (8, 1, 4)]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When `part` is not below [`parts`](Self::parts).
    pub fn segments(&self, part: usize) -> Vec<Segment> {
        match self.dist() {
            Dist::Unstructured(lists) => {
                self.assert_part(part);
                return lists.segments(part);
            }
            Dist::StridedCyclic(deal) => {
                self.assert_part(part);
                return deal.segments(self.parts(), part, self.len());
            }
            _ => {}
        }
        let count = self.count(part);
        if count == 0 {
            return Vec::new();
        }
        let first = self.global(part, 0);
        match self.dist() {
            Dist::Cyclic if count > 1 => {
                vec![Segment { step: self.parts(), ..Segment::run(first, count, 0) }]
            }
            Dist::BlockCyclic(width) if self.parts() > 1 => (0..count)
                .step_by(*width)
                .map(|place| {
                    Segment::run(self.global(part, place), (count - place).min(*width), place)
                })
                .collect(),
            _ => vec![Segment::run(first, count, 0)],
        }
    }

    /// The parts that own an index in `lo..hi`, ascending; the range is cut to the axis.
    ///
    /// Exact. Takes time in the number of parts found; on unstructured axes in the number of
    /// indices.
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// assert_eq!(AxisMap::new(10, 4, Dist::Block)?.owners_in(2, 7), [0, 1, 2]);
    /// assert_eq!(AxisMap::new(10, 4, Dist::Cyclic)?.owners_in(3, 5), [0, 3]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn owners_in(&self, lo: usize, hi: usize) -> Vec<usize> {
        let hi = hi.min(self.len());
        if lo >= hi {
            return Vec::new();
        }
        match self.dist() {
            Dist::Cyclic | Dist::BlockCyclic(_) => {
                let (first, last) = (lo / self.chunk, (hi - 1) / self.chunk);
                if last - first >= self.parts() - 1 {
                    return (0..self.parts()).collect();
                }
                let (from, to) = (first % self.parts(), last % self.parts());
                if from <= to {
                    (from..=to).collect()
                } else {
                    (0..=to).chain(from..self.parts()).collect()
                }
            }
            Dist::StridedCyclic(deal) => deal.owners_in(self.parts(), lo, hi),
            Dist::Unstructured(_) => {
                let mut owners: Vec<usize> = (lo..hi).map(|global| self.owner(global)).collect();
                owners.sort_unstable();
                owners.dedup();
                owners
            }
            _ => (self.owner(lo)..=self.owner(hi - 1)).filter(|&p| self.count(p) > 0).collect(),
        }
    }

    /// The part and place of `global`, and the end of a run of indices from there on that have the
    /// same owner and consecutive places.
    pub(super) fn run(&self, global: usize) -> (usize, usize, usize) {
        let (part, place) = self.locate(global);
        let end = match self.dist() {
            Dist::Unstructured(_) => global + 1,
            Dist::StridedCyclic(deal) => global + deal.run(self.parts(), global, self.len()),
            Dist::Cyclic | Dist::BlockCyclic(_) if self.parts() > 1 => {
                (global / self.chunk + 1).saturating_mul(self.chunk).min(self.len())
            }
            _ => self.range(part).map_or(self.len(), |range| range.end),
        };
        (part, place, end)
    }

    /// The number of blocks that a cyclic or block-cyclic axis deals out.
    fn blocks(&self) -> usize {
        self.len().div_ceil(self.chunk)
    }
}
