//! Slices of axes and of distributions: changes of ownership without movement.

use super::axis::AxisMap;
use super::distribution::Distribution;
use super::kind::Dist;
use super::product::product;
use super::segment::Segment;
use super::shaped::blocks;
use super::strided::Strided;

/// What a slice takes of one axis of an array, or puts before it.
///
/// ```
/// use distarray_core::dist::{Cut, Distribution};
///
/// let rows = Distribution::new([10, 4], "b", 2)?;
/// let cuts = [Cut::Range { start: 8, step: -2, len: 4 }, Cut::NewAxis, Cut::At(3)];
/// let slice = rows.slice(&cuts);
/// assert_eq!(slice.shape(), [4, 1]);
/// assert_eq!(slice.owner(&[0, 0])?, 1); // row 8
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cut {
    /// One index; the axis is dropped.
    At(usize),
    /// So many indices from one on, `step` apart.
    Range {
        /// The first index.
        start: usize,
        /// From one index to the next; not 0.
        step: isize,
        /// How many.
        len: usize,
    },
    /// A new axis of one element.
    NewAxis,
}

impl Cut {
    /// All indices of an axis of this extent.
    ///
    /// ```
    /// use distarray_core::dist::Cut;
    ///
    /// assert_eq!(Cut::whole(5), Cut::Range { start: 0, step: 1, len: 5 });
    /// ```
    pub fn whole(len: usize) -> Self {
        Self::Range { start: 0, step: 1, len }
    }
}

/// The slice of an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlicedAxis {
    /// Who owns the indices that are left.
    pub map: AxisMap,
    /// Whether its parts are those of the sliced axis in reverse order.
    pub reversed: bool,
}

impl AxisMap {
    /// The axis of `len` indices of this one, from `start` on, `step` apart. Each stays with its part;
    /// halo, boundary and periodicity are dropped.
    ///
    /// Block kinds stay block kinds, whose parts are reversed by a negative step.
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// let odd = AxisMap::new(10, 2, Dist::Block)?.slice(1, 2, 5);
    /// assert_eq!(odd.map.dist().to_string(), "b[0,2,5]");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// An index that is taken is not below [`len`](Self::len); the step is 0.
    pub fn slice(&self, start: usize, step: isize, len: usize) -> SlicedAxis {
        let last = start as i128 + step as i128 * len.saturating_sub(1) as i128;
        assert!(
            len == 0 || start < self.len() && (0..self.len() as i128).contains(&last),
            "indices {start} to {last} of an axis of {}",
            self.len()
        );
        assert!(step != 0 || len <= 1, "a slice goes somewhere");
        let parts = self.parts();
        let of = |dist| AxisMap::new(len, parts, dist).expect("a slice of an axis is one");
        let plain = |dist| SlicedAxis { map: of(dist), reversed: false };
        if len == self.len() && (step == 1 || len <= 1) {
            return plain(self.dist().clone());
        }
        match self.dist() {
            Dist::Unstructured(lists) => {
                let list = |part| {
                    let kept = |&global: &usize| index_of(global, start, step, len);
                    lists.list(part).iter().filter_map(kept).collect::<Vec<_>>()
                };
                plain(Dist::unstructured((0..parts).map(list)))
            }
            _ if parts == 1 => plain(Dist::Undistributed),
            _ if len == 0 => plain(Dist::Block),
            Dist::StridedCyclic(deal) => plain(Dist::StridedCyclic(deal.slice(parts, start, step))),
            Dist::Cyclic | Dist::BlockCyclic(_) if !self.goes_round_once() => {
                let deal = Strided::new(self.chunk, 0, 1);
                let deal = deal.reduced(parts).expect("a round is shorter than the axis");
                plain(Dist::StridedCyclic(deal.slice(parts, start, step)))
            }
            _ => {
                let mut bounds = vec![0];
                bounds.extend((0..parts).map(|part| {
                    let part = if step < 0 { parts - 1 - part } else { part };
                    let block = self.block(part);
                    let (from, stride) = (start as i128, step as i128);
                    // The first index of the slice that is beyond the block.
                    let beyond = match step {
                        1.. => (block.end as i128 - from + stride - 1).div_euclid(stride),
                        _ => (from - block.start as i128).div_euclid(-stride) + 1,
                    };
                    beyond.clamp(0, len as i128) as usize
                }));
                SlicedAxis { map: blocks(len, bounds), reversed: step < 0 }
            }
        }
    }

    /// Whether each part has one block at most, of those that are dealt out.
    fn goes_round_once(&self) -> bool {
        self.chunk.checked_mul(self.parts()).is_none_or(|round| round >= self.len())
    }

    /// The range of a part where each has one.
    fn block(&self, part: usize) -> std::ops::Range<usize> {
        self.range(part).unwrap_or_else(|| {
            let start = part.saturating_mul(self.chunk).min(self.len());
            start..start.saturating_add(self.chunk).min(self.len())
        })
    }

    /// Where, among the places of a part of this axis, the elements of its slice lie: progressions of
    /// places in the part of the slice (as `global`, one after the other) and in the part here.
    pub(crate) fn places_of(
        &self,
        part: usize,
        (start, step): (usize, isize),
        slice: &SlicedAxis,
    ) -> Vec<Segment> {
        let own = if slice.reversed { self.parts() - 1 - part } else { part };
        let place = |index: usize| {
            let global = start as isize + index as isize * step;
            self.locate(global as usize).1
        };
        let mut places = Places(Vec::new());
        if matches!(slice.map.dist(), Dist::Unstructured(_)) {
            for at in 0..slice.map.count(own) {
                places.push(place(slice.map.global(own, at)), 1, 1);
            }
            return places.0;
        }
        let is_even = match self.dist() {
            Dist::StridedCyclic(deal) => deal.is_single(),
            Dist::Cyclic | Dist::BlockCyclic(_) => self.chunk == 1 || self.goes_round_once(),
            _ => true,
        };
        let segments = slice.map.segments(own);
        let is_even = is_even && segments.len() == 1;
        let in_blocks = matches!(self.dist(), Dist::BlockCyclic(_));
        for segment in segments {
            // Indices that follow each other lie in one block.
            if segment.count > 1 && (is_even || in_blocks && segment.step == 1) {
                let (first, second) = (place(segment.global), place(segment.global + segment.step));
                places.push(first, segment.count, second as isize - first as isize);
                continue;
            }
            for global in segment.globals() {
                places.push(place(global), 1, 1);
            }
        }
        places.0
    }
}

/// Progressions of places, joined where one continues the other.
struct Places(Vec<Segment>);

impl Places {
    fn push(&mut self, place: usize, count: usize, place_step: isize) {
        let at = self.0.last().map_or(0, |last| last.global + last.count);
        if let Some(last) = self.0.last_mut() {
            let end = last.place as isize + last.place_step * (last.count as isize - 1);
            let step = place as isize - end;
            if (last.count == 1 || last.place_step == step) && (count == 1 || place_step == step) {
                last.place_step = step;
                last.count += count;
                return;
            }
        }
        self.0.push(Segment { global: at, step: 1, count, place, place_step });
    }
}

/// Which index of the slice a global index is.
fn index_of(global: usize, start: usize, step: isize, len: usize) -> Option<usize> {
    let ahead = global as i128 - start as i128;
    let step = if step == 0 { 1 } else { step as i128 };
    let index = ahead / step;
    (ahead % step == 0 && (0..len as i128).contains(&index)).then_some(index as usize)
}

impl Distribution {
    /// The distribution of a slice: every element stays with its rank. Ranks that own nothing of an
    /// axis that is dropped hold no part.
    ///
    /// `cuts` has one entry for each axis, in order, and new axes between them. O(parts) where blocks
    /// are cut, else O(1); O(ranks) where axes are dropped or reversed.
    ///
    /// ```
    /// use distarray_core::dist::{Cut, Distribution};
    ///
    /// let tiles = Distribution::builder([6, 6]).dists("b,b").grid(&[2, 2]).build(4)?;
    /// let row = tiles.slice(&[Cut::At(4), Cut::whole(6)]);
    /// assert_eq!(row.to_string(), "[6] as b on grid 2, ranks 2..4");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// The cuts are not one for each axis, or one is not within its axis.
    pub fn slice(&self, cuts: &[Cut]) -> Self {
        let mut axes = Vec::with_capacity(cuts.len());
        // For each axis here: the part of all that is left, or which of the slice's it is.
        let mut sources = Vec::with_capacity(self.ndim());
        for cut in cuts {
            let axis = || self.axis(sources.len());
            match *cut {
                Cut::NewAxis => axes
                    .push(AxisMap::new(1, 1, Dist::Undistributed).expect("an axis of one element")),
                Cut::At(index) => {
                    let part = axis().owner(index);
                    sources.push(Source::At(part));
                }
                Cut::Range { start, step, len } => {
                    let slice = axis().slice(start, step, len);
                    sources.push(Source::Axis { at: axes.len(), reversed: slice.reversed });
                    axes.push(slice.map);
                }
            }
        }
        assert_eq!(sources.len(), self.ndim(), "one cut for each axis");
        self.with_cells(axes, &sources)
    }

    /// The distribution with its axes in another order: axis `i` of the result is axis `order[i]`
    /// here. Every element stays with its rank.
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    ///
    /// let rows = Distribution::new([6, 4], "b,n", 2)?;
    /// assert_eq!(rows.permuted(&[1, 0]).to_string(), "[4, 6] as n,b on grid 1x2, ranks 0..2");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// The order does not name each axis once.
    pub fn permuted(&self, order: &[usize]) -> Self {
        let place = |axis| order.iter().position(|&other| other == axis).expect("each axis once");
        let sources: Vec<_> = (0..self.ndim())
            .map(|axis| Source::Axis { at: place(axis), reversed: false })
            .collect();
        assert_eq!(order.len(), self.ndim(), "each axis once");
        self.with_cells(order.iter().map(|&axis| self.axis(axis).clone()).collect(), &sources)
    }

    /// The distribution of these axes, whose cells are cells here.
    fn with_cells(&self, axes: Vec<AxisMap>, sources: &[Source]) -> Self {
        let grid: Vec<usize> = axes.iter().map(AxisMap::parts).collect();
        let cell = |coords: &[usize]| {
            let own: Vec<usize> = sources.iter().map(|source| source.part(coords, &grid)).collect();
            self.cell(&own)
        };
        // Axes that are not cut move no cell.
        let moves = sources.iter().zip(self.grid()).filter(|(_, parts)| **parts > 1);
        let mut places = moves.map(|(source, _)| match *source {
            Source::Axis { at, reversed: false } => Some(at),
            _ => None,
        });
        let mut last = None;
        let stays =
            places.all(|place| place.is_some() && std::mem::replace(&mut last, place) < place);
        let ranks = match stays {
            true => self.ranks().clone(),
            false => self.ranks().of_cells(product(&grid).map(|coords| cell(&coords))),
        };
        Self::from_maps(axes, ranks).expect("as many ranks as cells")
    }
}

/// Which part of an axis a cell of a slice has.
enum Source {
    At(usize),
    Axis { at: usize, reversed: bool },
}

impl Source {
    fn part(&self, coords: &[usize], grid: &[usize]) -> usize {
        match *self {
            Self::At(part) => part,
            Self::Axis { at, reversed: false } => coords[at],
            Self::Axis { at, reversed: true } => grid[at] - 1 - coords[at],
        }
    }
}
