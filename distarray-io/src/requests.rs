//! Cutting a selection of a flat file into requests: contiguous ranges of bytes, large ones where
//! the gaps between the wanted elements are small ("data sieving").
//!
//! Thakur, Gropp, Lusk, *Data Sieving and Collective I/O in ROMIO*, Frontiers 1999, section 3.

use distarray_core::Result;
use distarray_core::comm::{Layout, Run};
use distarray_core::dist::Segment;

use crate::file::Header;
use crate::selection::Selection;

/// One contiguous range of a flat file, and which of its bytes go where.
#[derive(Debug)]
pub(crate) struct Request {
    /// First byte, counted from the first element of the file.
    pub(crate) start: usize,
    /// Bytes, the unwanted ones between included.
    pub(crate) bytes: usize,
    /// Where the wanted elements lie within the range.
    pub(crate) file: Layout,
    /// Where they lie in memory, from the block's first element.
    pub(crate) memory: Layout,
}

/// What a request may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Most bytes of one request, where an element is not larger.
    pub(crate) bytes: usize,
    /// Most unwanted bytes between two wanted elements.
    pub(crate) gap: usize,
}

/// One axis of a selection, with the distances that belong to it.
#[derive(Clone, Copy, Debug)]
struct Axis<'a> {
    segments: &'a [Segment],
    file_stride: usize,
    memory_stride: isize,
}

/// A selection laid over a flat file and a block, the axis that changes most slowly in the file
/// first.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    item: usize,
    axes: Vec<Axis<'a>>,
    empty: bool,
    limits: Limits,
    /// For each axis, the bytes in the file from the first to the last wanted element of the axes
    /// from there on; the item size at the end.
    spans: Vec<usize>,
    /// For each axis, whether no gap among those elements is larger than the limit.
    dense: Vec<bool>,
}

impl<'a> Walk<'a> {
    /// A walk over the elements of a file that the selection, which lies in it, names. The strides
    /// are those of the block, in bytes of elements of `memory_item` bytes.
    pub(crate) fn new(
        header: &Header,
        selection: &'a Selection,
        memory_strides: &[isize],
        limits: Limits,
    ) -> Self {
        let file_strides = header.strides();
        let axis = |i: usize| Axis {
            segments: &selection.axes()[i],
            file_stride: file_strides[i],
            memory_stride: memory_strides[i],
        };
        let item = header.dtype.size();
        let axes: Vec<_> = header.slowest_first().into_iter().map(axis).collect();
        let mut walk = Self {
            item,
            spans: vec![item; axes.len() + 1],
            dense: vec![true; axes.len() + 1],
            axes,
            empty: selection.is_empty(),
            limits,
        };
        if !walk.empty {
            for level in (0..walk.axes.len()).rev() {
                let axis = walk.axes[level];
                let extent = last(axis.segments) - first(axis.segments);
                walk.spans[level] = extent * axis.file_stride + walk.spans[level + 1];
                walk.dense[level] = walk.dense[level + 1] && walk.runs(level) == 1;
            }
        }
        walk
    }

    /// The number of pieces with no larger gap than the limit, of any length.
    pub(crate) fn pieces(&self) -> usize {
        if self.empty {
            return 0;
        }
        let of_level = |pieces: usize, level: usize| match self.dense[level + 1] {
            true => self.runs(level),
            false => {
                pieces * self.axes[level].segments.iter().map(|part| part.count).sum::<usize>()
            }
        };
        (0..self.axes.len()).rev().fold(1, of_level)
    }

    /// Calls `carry` for each request, in the order of the file. `memory_item` is the size of an
    /// element in memory, which need not be the file's.
    pub(crate) fn each(
        &self,
        memory_item: usize,
        carry: &mut dyn FnMut(Request) -> Result<()>,
    ) -> Result<()> {
        if self.empty {
            return Ok(());
        }
        self.visit(0, 0, 0, memory_item, carry)
    }

    /// The number of runs of an axis between which gaps are larger than the limit, if everything
    /// inside it is one piece.
    fn runs(&self, level: usize) -> usize {
        let segments = self.axes[level].segments;
        let of_segment =
            |part: &Segment| if self.is_near(level, part.step) { 1 } else { part.count };
        let joined = segments.windows(2).filter(|pair| self.follows(level, &pair[0], &pair[1]));
        segments.iter().map(of_segment).sum::<usize>() - joined.count()
    }

    /// Whether the gap between two indices of an axis, `distance` apart, is within the limit.
    fn is_near(&self, level: usize, distance: usize) -> bool {
        let bytes = distance.saturating_mul(self.axes[level].file_stride);
        bytes - self.spans[level + 1] <= self.limits.gap
    }

    fn follows(&self, level: usize, segment: &Segment, next: &Segment) -> bool {
        next.global > segment.last() && self.is_near(level, next.global - segment.last())
    }

    fn visit(
        &self,
        level: usize,
        file: usize,
        memory: isize,
        memory_item: usize,
        carry: &mut dyn FnMut(Request) -> Result<()>,
    ) -> Result<()> {
        let Some(axis) = self.axes.get(level) else {
            return carry(self.request(level, &[], file, memory, memory_item));
        };
        if self.dense[level + 1] && self.spans[level + 1] <= self.limits.bytes.max(self.item) {
            for group in self.groups(level) {
                carry(self.request(level, &group, file, memory, memory_item))?;
            }
            return Ok(());
        }
        for segment in axis.segments {
            for (global, place) in segment.globals().zip(segment.places()) {
                let file = file + global * axis.file_stride;
                let memory = memory + place as isize * axis.memory_stride;
                self.visit(level + 1, file, memory, memory_item, carry)?;
            }
        }
        Ok(())
    }

    /// The indices of an axis in groups that one request can cover.
    fn groups(&self, level: usize) -> impl Iterator<Item = Vec<Segment>> {
        let Axis { segments, file_stride, .. } = self.axes[level];
        let reach = self.limits.bytes.saturating_sub(self.spans[level + 1]) / file_stride;
        let mut ahead = segments.iter().copied();
        let mut rest = ahead.next();
        std::iter::from_fn(move || {
            let mut group: Vec<Segment> = Vec::new();
            while let Some(next) = rest {
                let from = group.first().map_or(next.global, |segment| segment.global);
                let fits = |segment: &Segment| {
                    self.follows(level, segment, &next) && next.global - from <= reach
                };
                if group.last().is_some_and(|segment| !fits(segment)) {
                    break;
                }
                let room = 1 + (reach - (next.global - from)) / next.step;
                let near = if self.is_near(level, next.step) { room } else { 1 };
                let (taken, left) = split(next, near);
                group.push(taken);
                rest = left.or_else(|| ahead.next());
                if left.is_some() {
                    break;
                }
            }
            (!group.is_empty()).then_some(group)
        })
    }

    /// The request for a group of indices of one axis and all indices of the axes inside it.
    fn request(
        &self,
        level: usize,
        group: &[Segment],
        file: usize,
        memory: isize,
        memory_item: usize,
    ) -> Request {
        let inner = self.axes.get(level + 1..).unwrap_or(&[]);
        let outer = self.axes.get(level).map(|axis| Axis { segments: group, ..*axis });
        let axes = || outer.iter().chain(inner);
        let low: usize = axes().map(|axis| first(axis.segments) * axis.file_stride).sum();
        let high: usize = axes().map(|axis| last(axis.segments) * axis.file_stride).sum();
        let in_file = |axis: &Axis<'_>| {
            let stride = axis.file_stride as isize;
            let origin = first(axis.segments);
            let run = |part: &Segment| Run {
                start: (part.global - origin) as isize * stride,
                count: part.count,
                step: part.step as isize * stride,
            };
            axis.segments.iter().map(run).collect()
        };
        let in_memory = |axis: &Axis<'_>| {
            let run = |part: &Segment| Run {
                start: part.place as isize * axis.memory_stride,
                count: part.count,
                step: part.place_step * axis.memory_stride,
            };
            axis.segments.iter().map(run).collect()
        };
        Request {
            start: file + low,
            bytes: high - low + self.item,
            file: Layout::new(self.item, 0, axes().map(in_file).collect()),
            memory: Layout::new(memory_item, memory, axes().map(in_memory).collect()),
        }
    }
}

/// The lowest index of an axis that has one.
fn first(segments: &[Segment]) -> usize {
    segments.iter().map(|segment| segment.global).min().unwrap_or(0)
}

/// The highest index of an axis that has one.
fn last(segments: &[Segment]) -> usize {
    segments.iter().map(Segment::last).max().unwrap_or(0)
}

/// The first `count` elements of a segment, and the others if there are any.
fn split(segment: Segment, count: usize) -> (Segment, Option<Segment>) {
    if count >= segment.count {
        return (segment, None);
    }
    let left = Segment {
        global: segment.global + count * segment.step,
        place: segment.place.wrapping_add_signed(segment.place_step * count as isize),
        count: segment.count - count,
        ..segment
    };
    (Segment { count, ..segment }, Some(left))
}

#[cfg(test)]
mod tests {
    use distarray_core::DType;
    use distarray_core::dist::Distribution;

    use super::*;
    use crate::file::Order;

    /// Start and length of every request for a rank's elements, and a check that the requests have
    /// each of them once, at its place.
    fn requests(
        distribution: &Distribution,
        rank: usize,
        order: Order,
        limits: Limits,
    ) -> Vec<(usize, usize)> {
        let header = Header { dtype: DType::I16, shape: distribution.shape().to_vec(), order };
        let selection = Selection::of(distribution, rank);
        let local = distribution.local_shape(rank);
        let block = distarray_core::block::Block::zeros(DType::I32, &local).unwrap();
        let walk = Walk::new(&header, &selection, block.strides(), limits);
        let (mut found, mut pairs) = (Vec::new(), Vec::new());
        walk.each(4, &mut |request| {
            let hull = request.file.hull();
            assert_eq!(hull, 0..request.bytes as isize, "a request is no longer than it must be");
            let file = request.file.offsets().into_iter().map(|at| request.start + at as usize);
            pairs.extend(file.zip(request.memory.offsets()));
            found.push((request.start, request.bytes));
            Ok(())
        })
        .unwrap();
        let mut expected = Vec::new();
        for region in distribution.regions(rank) {
            let count: usize = region.len();
            for element in 0..count {
                let (mut rest, mut file, mut memory) = (element, 0, 0);
                for (axis, segment) in region.axes.iter().enumerate().rev() {
                    let i = rest % segment.count;
                    rest /= segment.count;
                    file += (segment.global + i * segment.step) * header.strides()[axis];
                    let place = segment.place as isize + i as isize * segment.place_step;
                    memory += place * block.strides()[axis];
                }
                expected.push((file, memory));
            }
        }
        pairs.sort_unstable();
        expected.sort_unstable();
        assert_eq!(pairs, expected);
        if limits.bytes == usize::MAX {
            assert_eq!(walk.pieces(), found.len());
        }
        found
    }

    const EXACT: Limits = Limits { bytes: usize::MAX, gap: 0 };

    #[test]
    fn whole_rows_are_one_request_whatever_the_number_of_axes() {
        let rows = Distribution::new([4, 3, 2], "b", 2).unwrap();
        assert_eq!(requests(&rows, 1, Order::C, EXACT), [(24, 24)]);
        assert_eq!(requests(&rows, 1, Order::Fortran, EXACT).len(), 6);
    }

    #[test]
    fn long_pieces_are_cut_at_the_limit() {
        let all = Distribution::on_one([100], 0);
        let limits = Limits { bytes: 64, gap: 0 };
        assert_eq!(requests(&all, 0, Order::C, limits), [(0, 64), (64, 64), (128, 64), (192, 8)]);
        let rows = Distribution::on_one([3, 50], 0);
        assert_eq!(requests(&rows, 0, Order::C, limits).len(), 6);
    }

    #[test]
    fn small_gaps_are_read_over_and_large_ones_are_not() {
        let dealt = Distribution::new([32], "c", 4).unwrap();
        let sieve = |gap| Limits { bytes: usize::MAX, gap };
        assert_eq!(requests(&dealt, 1, Order::C, sieve(6)), [(2, 58)]);
        assert_eq!(requests(&dealt, 1, Order::C, sieve(5)).len(), 8);
        assert_eq!(requests(&dealt, 1, Order::C, Limits { bytes: 18, gap: 6 }).len(), 3);
        let columns = Distribution::new([4, 8], "n,b", 2).unwrap();
        assert_eq!(requests(&columns, 0, Order::C, sieve(8)), [(0, 56)]);
        assert_eq!(requests(&columns, 0, Order::C, sieve(7)).len(), 4);
    }

    #[test]
    fn every_map_is_covered_at_every_limit() {
        let lists = distarray_core::dist::Dist::unstructured([vec![6, 0, 1], vec![2, 5, 3, 4]]);
        let distributions = [
            Distribution::new([9, 7], "c:2,c", 4).unwrap(),
            Distribution::new([5, 4, 6], "b,n,c:2", 6).unwrap(),
            Distribution::builder([4, 7]).axis(1, lists).build(2).unwrap(),
            Distribution::new([], "", 3).unwrap(),
            Distribution::new([0, 5], "b,b", 3).unwrap(),
            Distribution::new([2], "b", 5).unwrap(),
        ];
        for distribution in distributions {
            for rank in 0..6 {
                for order in [Order::C, Order::Fortran] {
                    for bytes in [1, 2, 7, 16, 50, usize::MAX] {
                        for gap in [0, 2, 9, 1000] {
                            requests(&distribution, rank, order, Limits { bytes, gap });
                        }
                    }
                }
            }
        }
    }
}
