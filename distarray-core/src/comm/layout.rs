//! [`Layout`]: where the elements of a message lie in memory.

use std::ops::Range;

/// Elements at a constant distance: `count` of them, the first at `start`, each `step` bytes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Offset of the first element in bytes.
    pub start: isize,
    /// Number of elements.
    pub count: usize,
    /// Distance from one element to the next in bytes.
    pub step: isize,
}

/// An outer product of runs: along each axis a sequence of offsets, all combinations in C order.
///
/// It describes a box of a strided array, and just as well the elements of a block-cyclic or
/// unstructured axis, which are several runs.
///
/// ```
/// use distarray_core::comm::{Layout, Run};
///
/// // Columns 1 and 2 of two rows of four u8.
/// let rows = vec![Run { start: 0, count: 2, step: 4 }];
/// let columns = vec![Run { start: 1, count: 2, step: 1 }];
/// let layout = Layout::new(1, 0, vec![rows, columns]);
/// assert_eq!(layout.offsets(), [1, 2, 5, 6]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    item: usize,
    offset: isize,
    axes: Vec<Vec<Run>>,
}

/// A run at its final place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) offset: isize,
    pub(super) count: usize,
    pub(super) step: isize,
}

impl Layout {
    /// The outer product of the axes' runs, shifted by `offset` bytes; elements of `item` bytes.
    ///
    /// Neighbouring axes are merged where memory allows, so that spans are long.
    pub fn new(item: usize, offset: isize, axes: Vec<Vec<Run>>) -> Self {
        if axes.iter().any(|runs| runs.iter().all(|run| run.count == 0)) {
            return Self { item, offset: 0, axes: vec![Vec::new()] };
        }
        let mut layout = Self { item, offset, axes: Vec::with_capacity(axes.len()) };
        for mut runs in axes {
            runs.retain(|run| run.count > 0);
            if let [Run { start, count: 1, .. }] = runs[..] {
                layout.offset += start;
                continue;
            }
            layout.push_inner(runs);
        }
        layout
    }

    /// Adds an axis inside the present ones, merged with the last where it continues it.
    fn push_inner(&mut self, runs: Vec<Run>) {
        if let (Some(outer), &[inner]) = (self.axes.last_mut(), &runs[..])
            && let Ok(extent) = isize::try_from(inner.count)
            && outer.iter().all(|run| run.count == 1 || run.step == inner.step * extent)
        {
            for run in outer {
                run.start += inner.start;
                run.count *= inner.count;
                run.step = inner.step;
            }
            return;
        }
        self.axes.push(runs);
    }

    /// A contiguous range of bytes.
    ///
    /// ```
    /// use distarray_core::comm::Layout;
    ///
    /// assert_eq!(Layout::contiguous(8..16).as_contiguous(), Some(8..16));
    /// ```
    pub fn contiguous(bytes: Range<usize>) -> Self {
        let run = Run { start: bytes.start as isize, count: bytes.len(), step: 1 };
        Self::new(1, 0, vec![vec![run]])
    }

    /// The number of elements.
    pub fn elements(&self) -> usize {
        self.axes.iter().map(|runs| runs.iter().map(|run| run.count).sum::<usize>()).product()
    }

    /// The bytes of all elements.
    pub fn bytes(&self) -> usize {
        self.elements() * self.item
    }

    /// The range of bytes, where the elements lie one after the other without gaps.
    pub fn as_contiguous(&self) -> Option<Range<usize>> {
        let (start, count) = match &self.axes[..] {
            [] => (self.offset, 1),
            [runs] => match runs[..] {
                [] => (0, 0),
                [run] if run.step == self.item as isize => (self.offset + run.start, run.count),
                _ => return None,
            },
            _ => return None,
        };
        let start = usize::try_from(start).ok()?;
        Some(start..start + count * self.item)
    }

    /// The least range of bytes that holds all elements; empty where there are none.
    ///
    /// ```
    /// use distarray_core::comm::{Layout, Run};
    ///
    /// let down = Layout::new(2, 0, vec![vec![Run { start: 6, count: 3, step: -2 }]]);
    /// assert_eq!(down.hull(), 2..8);
    /// ```
    pub fn hull(&self) -> Range<isize> {
        let (mut low, mut high) = (self.offset, self.offset);
        for runs in &self.axes {
            if runs.is_empty() {
                return 0..0;
            }
            let ends = |run: &Run| {
                let last = run.start + run.step * (run.count as isize - 1);
                (run.start.min(last), run.start.max(last))
            };
            low += runs.iter().map(|run| ends(run).0).min().unwrap_or(0);
            high += runs.iter().map(|run| ends(run).1).max().unwrap_or(0);
        }
        low..high + self.item as isize
    }

    /// Whether all elements lie in memory of this many bytes.
    pub fn fits(&self, len: usize) -> bool {
        let hull = self.hull();
        hull.start >= 0 && usize::try_from(hull.end).is_ok_and(|end| end <= len)
    }

    /// Bytes of one element.
    pub fn item(&self) -> usize {
        self.item
    }

    /// Offset that all runs count from, in bytes.
    pub(super) fn offset(&self) -> isize {
        self.offset
    }

    /// The runs along each axis, the outermost first.
    pub(super) fn axes(&self) -> &[Vec<Run>] {
        &self.axes
    }

    /// The offset of every element in order, for tests and messages.
    pub fn offsets(&self) -> Vec<isize> {
        let of_span =
            |span: Span| (0..span.count as isize).map(move |i| span.offset + i * span.step);
        self.spans().flat_map(of_span).collect()
    }

    /// The number of spans.
    pub(super) fn span_count(&self) -> usize {
        let (inner, outer) =
            self.axes.split_last().map_or((1, &[][..]), |(inner, outer)| (inner.len(), outer));
        let positions = |runs: &Vec<Run>| runs.iter().map(|run| run.count).sum::<usize>();
        inner * outer.iter().map(positions).product::<usize>()
    }

    /// Whether the elements of every span lie one after the other.
    pub(super) fn has_contiguous_spans(&self) -> bool {
        let dense = |run: &Run| run.count == 1 || run.step == self.item as isize;
        self.axes.last().is_none_or(|runs| runs.iter().all(dense))
    }

    /// The runs of the innermost axis for every position of the others, in order.
    pub(super) fn spans(&self) -> Spans<'_> {
        let outer = self.axes.len().saturating_sub(1);
        Spans {
            layout: self,
            at: vec![(0, 0); outer],
            base: self.offset + self.axes[..outer].iter().map(|runs| first(runs)).sum::<isize>(),
            inner: 0,
            done: self.elements() == 0,
        }
    }
}

fn first(runs: &[Run]) -> isize {
    runs.first().map_or(0, |run| run.start)
}

/// The spans of a layout, in order: an odometer over the outer axes, runs of the innermost.
#[derive(Debug)]
pub(super) struct Spans<'a> {
    layout: &'a Layout,
    /// Run and position in it, for each outer axis.
    at: Vec<(usize, usize)>,
    /// Offset of the outer axes' position.
    base: isize,
    /// Run of the innermost axis.
    inner: usize,
    done: bool,
}

impl Iterator for Spans<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        if self.done {
            return None;
        }
        let Some(runs) = self.layout.axes.last() else {
            self.done = true;
            return Some(Span { offset: self.base, count: 1, step: self.layout.item as isize });
        };
        let run = runs[self.inner];
        let span = Span { offset: self.base + run.start, count: run.count, step: run.step };
        self.inner += 1;
        if self.inner == runs.len() {
            self.inner = 0;
            self.done = !self.advance();
        }
        Some(span)
    }
}

impl Spans<'_> {
    /// Steps the outer axes to their next position; false after the last.
    fn advance(&mut self) -> bool {
        for (axis, (run, place)) in self.at.iter_mut().enumerate().rev() {
            let runs = &self.layout.axes[axis];
            let current = runs[*run];
            if *place + 1 < current.count {
                *place += 1;
                self.base += current.step;
                return true;
            }
            self.base -= current.start + current.step * *place as isize;
            *place = 0;
            *run += 1;
            if *run < runs.len() {
                self.base += runs[*run].start;
                return true;
            }
            *run = 0;
            self.base += first(runs);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(start: isize, count: usize, step: isize) -> Run {
        Run { start, count, step }
    }

    #[test]
    fn axes_that_continue_each_other_merge() {
        let layout = Layout::new(8, 16, vec![vec![run(0, 3, 32)], vec![run(0, 4, 8)]]);
        assert_eq!(layout.as_contiguous(), Some(16..112));
        let layout = Layout::new(8, 0, vec![vec![run(32, 1, 32)], vec![run(8, 2, 8)]]);
        assert_eq!(layout.as_contiguous(), Some(40..56));
    }

    #[test]
    fn offsets_are_in_c_order_over_several_runs() {
        let rows = vec![run(0, 1, 0), run(20, 2, 10)];
        let columns = vec![run(1, 2, 1), run(5, 1, 1)];
        let layout = Layout::new(1, 0, vec![rows, columns]);
        assert_eq!(layout.offsets(), [1, 2, 5, 21, 22, 25, 31, 32, 35]);
        assert_eq!(layout.hull(), 1..36);
        assert!(layout.fits(36) && !layout.fits(35));
    }
}
