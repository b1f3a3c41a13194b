//! Excerpts: where some of the bytes of a layout lie, to move a message in pieces.

use std::ops::Range;

use super::Message;
use super::layout::{Layout, Run};

impl Message {
    /// Where some of the message's bytes lie, counted in the order in which they are read.
    ///
    /// ```
    /// use distarray_core::comm::{Layout, Message, Run};
    ///
    /// // Two rows of four u16, of which the message takes three columns.
    /// let rows = vec![Run { start: 0, count: 2, step: 8 }];
    /// let columns = vec![Run { start: 0, count: 3, step: 2 }];
    /// let message = Message { peer: 1, parts: vec![Layout::new(2, 0, vec![rows, columns])] };
    /// let places: Vec<_> = message.excerpt(4..10).iter().flat_map(Layout::offsets).collect();
    /// assert_eq!(places, [4, 8, 10]);
    /// ```
    ///
    /// # Panics
    /// The message has fewer bytes.
    pub fn excerpt(&self, bytes: Range<usize>) -> Vec<Layout> {
        let mut found = Vec::new();
        let mut start = 0;
        for part in &self.parts {
            let end = start + part.bytes();
            let range = bytes.start.clamp(start, end)..bytes.end.clamp(start, end);
            if !range.is_empty() {
                part.cut_out(range.start - start..range.end - start, &mut found);
            }
            start = end;
        }
        assert!(bytes.end <= start, "bytes {bytes:?} lie in a message of {start} bytes");
        found
    }
}

impl Layout {
    /// Adds the layouts of some of the bytes, of which there are any.
    fn cut_out(&self, bytes: Range<usize>, found: &mut Vec<Self>) {
        let item = self.item();
        if bytes.start.is_multiple_of(item) && bytes.end.is_multiple_of(item) {
            let elements = bytes.start / item..bytes.end / item;
            cut(item, self.offset(), self.axes(), elements, found);
        } else {
            // Within an element: counted in bytes, which are an axis then.
            let mut axes = self.axes().to_vec();
            axes.push(vec![Run { start: 0, count: item, step: 1 }]);
            cut(1, self.offset(), &axes, bytes, found);
        }
    }
}

/// A box of the whole positions of the first axis, and what is left of the first and the last one.
fn cut(
    item: usize,
    offset: isize,
    axes: &[Vec<Run>],
    elements: Range<usize>,
    found: &mut Vec<Layout>,
) {
    if elements.is_empty() {
        return;
    }
    let Some((outer, rest)) = axes.split_first() else {
        found.push(Layout::new(item, offset, Vec::new()));
        return;
    };
    let count = |runs: &Vec<Run>| runs.iter().map(|run| run.count).sum::<usize>();
    let inner: usize = rest.iter().map(count).product();
    let (first, head) = (elements.start / inner, elements.start % inner);
    let (last, tail) = (elements.end / inner, elements.end % inner);
    if first == last {
        return cut(item, offset + at(outer, first), rest, head..tail, found);
    }
    if head > 0 {
        cut(item, offset + at(outer, first), rest, head..inner, found);
    }
    let whole = first + usize::from(head > 0)..last;
    if !whole.is_empty() {
        let axes = std::iter::once(between(outer, whole)).chain(rest.iter().cloned());
        found.push(Layout::new(item, offset, axes.collect()));
    }
    if tail > 0 {
        cut(item, offset + at(outer, last), rest, 0..tail, found);
    }
}

/// The offset at one position of an axis.
fn at(runs: &[Run], position: usize) -> isize {
    between(runs, position..position + 1).first().map_or(0, |run| run.start)
}

/// The runs between two positions of an axis.
fn between(runs: &[Run], positions: Range<usize>) -> Vec<Run> {
    let mut found = Vec::new();
    let mut start = 0;
    for run in runs {
        let end = start + run.count;
        let (low, high) = (positions.start.max(start), positions.end.min(end));
        if low < high {
            let shift = run.step * (low - start) as isize;
            found.push(Run { start: run.start + shift, count: high - low, step: run.step });
        }
        if end >= positions.end {
            break;
        }
        start = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(start: isize, count: usize, step: isize) -> Run {
        Run { start, count, step }
    }

    /// The place of every byte, in order.
    fn places(parts: &[Layout]) -> Vec<isize> {
        let of_part = |part: &Layout| {
            let item = part.item() as isize;
            let bytes = |at: isize| (0..item).map(move |byte| at + byte);
            part.offsets().into_iter().flat_map(bytes).collect::<Vec<_>>()
        };
        parts.iter().flat_map(of_part).collect()
    }

    #[test]
    fn every_excerpt_is_a_piece_of_the_whole() {
        let rows = vec![run(0, 1, 0), run(100, 2, 50)];
        let columns = vec![run(2, 3, 2), run(20, 2, -4)];
        let parts = vec![
            Layout::new(2, 1, vec![rows, columns, vec![run(0, 2, 9)]]),
            Layout::contiguous(300..307),
            Layout::new(4, 400, vec![vec![run(0, 3, -8)]]),
        ];
        let message = Message { peer: 0, parts };
        let all = places(&message.parts);
        assert_eq!(all.len(), message.bytes());
        for start in 0..=all.len() {
            for end in start..=all.len() {
                let found = message.excerpt(start..end);
                assert_eq!(places(&found), all[start..end], "{start}..{end}");
            }
        }
    }

    #[test]
    fn whole_rows_are_one_box() {
        let layout = Layout::new(8, 0, vec![vec![run(0, 64, 4096)], vec![run(0, 16, 8)]]);
        let message = Message { peer: 0, parts: vec![layout] };
        assert_eq!(message.excerpt(128 * 4..128 * 9).len(), 1);
        assert_eq!(message.excerpt(128 * 4 - 8..128 * 9 + 8).len(), 3);
    }
}
