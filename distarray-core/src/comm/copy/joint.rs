//! [`Joint`]: two layouts brought to the same axes.

use super::plane::{self, Plane};
use crate::comm::layout::{Layout, Run};

/// Elements at constant distances on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) count: usize,
    pub(super) source: isize,
    pub(super) source_step: isize,
    pub(super) target: isize,
    pub(super) target_step: isize,
}

/// Two layouts of equally many elements as one outer product: along each axis, runs on both sides.
///
/// Elements are copied in any order, so that the axes stand in the order that suits the memory: the
/// target is written forwards.
#[derive(Debug, PartialEq)]
pub(super) struct Joint {
    item: usize,
    source: isize,
    target: isize,
    axes: Vec<Vec<Pair>>,
}

impl Joint {
    /// Joins two layouts of equally many bytes; none where their axes cannot be brought together.
    ///
    /// # Panics
    /// Both have scattered elements, and these differ in size.
    pub(super) fn of(from: &Layout, to: &Layout) -> Option<Self> {
        if from.bytes() != to.bytes() {
            return None;
        }
        if from.bytes() == 0 {
            return Some(Self { item: 1, source: 0, target: 0, axes: vec![Vec::new()] });
        }
        let item = match (from.as_contiguous(), to.as_contiguous()) {
            (Some(_), Some(_)) => 1,
            (Some(_), None) => to.item(),
            (None, Some(_)) => from.item(),
            (None, None) => {
                assert_eq!(from.item(), to.item(), "both sides have elements of one size");
                from.item()
            }
        };
        let (source, mut from) = cut_into(from, item)?;
        let (target, mut to) = cut_into(to, item)?;
        let mut joint = Self { item, source, target, axes: Vec::new() };
        // From the innermost axis outwards; the longer one of both is divided.
        loop {
            let (a, b) = (from.pop(), to.pop());
            if a.is_none() && b.is_none() {
                break;
            }
            let one = || vec![Run { start: 0, count: 1, step: item as isize }];
            let (mut a, mut b) = (a.unwrap_or_else(one), b.unwrap_or_else(one));
            let (na, nb) = (length(&a), length(&b));
            if na > nb {
                let (outer, inner) = divide(a, nb)?;
                from.push(outer);
                a = inner;
            } else if nb > na {
                let (outer, inner) = divide(b, na)?;
                to.push(outer);
                b = inner;
            }
            joint.push_outer(zip(&a, &b, item));
        }
        joint.axes.reverse();
        joint.order();
        Some(joint)
    }

    /// Adds an axis around the present ones (the last is the outermost here), merged with the one
    /// inside it where it continues that on both sides.
    fn push_outer(&mut self, outer: Vec<Pair>) {
        if let [Pair { count: 1, source, target, .. }] = outer[..] {
            self.source += source;
            self.target += target;
            return;
        }
        if let Some([inner]) = self.axes.last().map(Vec::as_slice) {
            let inner = *inner;
            let extent = inner.count as isize;
            let continues = |pair: &Pair| {
                pair.count == 1
                    || pair.source_step == inner.source_step * extent
                        && pair.target_step == inner.target_step * extent
            };
            if outer.iter().all(continues) {
                let merge = |pair: &Pair| Pair {
                    count: pair.count * inner.count,
                    source: pair.source + inner.source,
                    target: pair.target + inner.target,
                    ..inner
                };
                let merged = outer.iter().map(merge).collect();
                *self.axes.last_mut().expect("there is one") = merged;
                return;
            }
        }
        self.axes.push(outer);
    }

    /// Puts the axis along which the target is densest last, and the source's densest before it.
    fn order(&mut self) {
        let densest = |axes: &[Vec<Pair>], step: fn(&Pair) -> isize| {
            let least = |axis: &Vec<Pair>| axis.iter().map(|p| step(p).unsigned_abs()).min();
            // The innermost of several.
            (0..axes.len()).rev().min_by_key(|&axis| least(&axes[axis]))
        };
        if let Some(axis) = densest(&self.axes, |pair| pair.target_step) {
            let inner = self.axes.remove(axis);
            if let Some(axis) = densest(&self.axes, |pair| pair.source_step) {
                let least =
                    |axis: &[Pair]| axis.iter().map(|pair| pair.source_step.unsigned_abs()).min();
                // Else the order stays: its planes are as long as they can be.
                if least(&self.axes[axis]) < least(&inner) {
                    let before = self.axes.remove(axis);
                    self.axes.push(before);
                }
            }
            self.axes.push(inner);
        }
    }

    /// Copies all elements; past the caches where `streams` says so and runs are long.
    ///
    /// # Safety
    /// As [`copy_layouts`](super::copy_layouts).
    pub(super) unsafe fn copy(&self, source: *const u8, target: *mut u8, streams: bool) {
        if self.axes.iter().any(Vec::is_empty) {
            return;
        }
        let one = [plane::ONE];
        let (outer, rows, inner) = match &self.axes[..] {
            [] => (&[][..], &one[..], &one[..]),
            [inner] => (&[][..], &one[..], &inner[..]),
            [outer @ .., rows, inner] => (outer, &rows[..], &inner[..]),
        };
        let plane = Plane::new(self.item, rows, inner, streams);
        let mut odometer = Odometer::new(outer);
        loop {
            let from = source.wrapping_offset(self.source + odometer.source);
            let to = target.wrapping_offset(self.target + odometer.target);
            // SAFETY: the plane at this place is part of both layouts.
            unsafe { plane.copy(from, to) };
            if !odometer.advance() {
                break;
            }
        }
    }
}

/// The offset of a layout and its axes, counted in elements of another size, which it must be
/// contiguous for.
fn cut_into(layout: &Layout, item: usize) -> Option<(isize, Vec<Vec<Run>>)> {
    if layout.item() == item {
        return Some((layout.offset(), layout.axes().to_vec()));
    }
    let bytes = layout.as_contiguous()?;
    assert_eq!(bytes.len() % item, 0, "a span holds whole elements of the other side");
    let run = Run { start: 0, count: bytes.len() / item, step: item as isize };
    Some((bytes.start as isize, vec![vec![run]]))
}

fn length(runs: &[Run]) -> usize {
    runs.iter().map(|run| run.count).sum()
}

/// The runs as an outer product of two axes, of which the inner one has so many elements.
fn divide(runs: Vec<Run>, inner: usize) -> Option<(Vec<Run>, Vec<Run>)> {
    let step = runs.first()?.step;
    if runs.iter().any(|run| run.step != step || run.count % inner != 0) {
        return None;
    }
    let outer = |run: Run| Run {
        start: run.start,
        count: run.count / inner,
        step: run.step * inner as isize,
    };
    let outer = runs.into_iter().map(outer).collect();
    Some((outer, vec![Run { start: 0, count: inner, step }]))
}

/// Runs of both sides with equally many elements, cut where either ends.
fn zip(a: &[Run], b: &[Run], item: usize) -> Vec<Pair> {
    let mut pairs = Vec::with_capacity(a.len().max(b.len()));
    let (mut a, mut b) = (a.iter().copied(), b.iter().copied());
    let (mut from, mut to) = (a.next(), b.next());
    while let (Some(read), Some(write)) = (&mut from, &mut to) {
        let count = read.count.min(write.count);
        let step = |run: &Run| if count == 1 { item as isize } else { run.step };
        pairs.push(Pair {
            count,
            source: read.start,
            source_step: step(read),
            target: write.start,
            target_step: step(write),
        });
        if !leave_out(read, count) {
            from = a.next();
        }
        if !leave_out(write, count) {
            to = b.next();
        }
    }
    pairs
}

/// Leaves out the first elements; false when none are left.
fn leave_out(run: &mut Run, count: usize) -> bool {
    run.start += run.step * count as isize;
    run.count -= count;
    run.count > 0
}

/// The offsets of all combinations of the outer axes.
struct Odometer<'a> {
    axes: &'a [Vec<Pair>],
    /// Pair and position in it, for each axis.
    at: Vec<(usize, usize)>,
    source: isize,
    target: isize,
}

impl<'a> Odometer<'a> {
    fn new(axes: &'a [Vec<Pair>]) -> Self {
        let source = axes.iter().map(|pairs| pairs[0].source).sum();
        let target = axes.iter().map(|pairs| pairs[0].target).sum();
        Self { axes, at: vec![(0, 0); axes.len()], source, target }
    }

    /// Steps to the next combination; false after the last.
    fn advance(&mut self) -> bool {
        for (pairs, (pair, place)) in self.axes.iter().zip(&mut self.at).rev() {
            let current = &pairs[*pair];
            if *place + 1 < current.count {
                *place += 1;
                self.source += current.source_step;
                self.target += current.target_step;
                return true;
            }
            self.source -= current.source + current.source_step * *place as isize;
            self.target -= current.target + current.target_step * *place as isize;
            *place = 0;
            let is_last = *pair + 1 == pairs.len();
            *pair = if is_last { 0 } else { *pair + 1 };
            self.source += pairs[*pair].source;
            self.target += pairs[*pair].target;
            if !is_last {
                return true;
            }
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

    /// What copies byte `i` of a source of distinct numbers to where.
    fn moved(joint: &Joint, streams: bool) -> Vec<u8> {
        let source: Vec<u8> = (0..=255).collect();
        let mut target = vec![0; 256];
        // SAFETY: the layouts of these tests lie within 256 bytes.
        unsafe { joint.copy(source.as_ptr(), target.as_mut_ptr(), streams) };
        target
    }

    #[test]
    fn a_merged_side_is_divided_to_meet_the_other() {
        let box_of_rows = Layout::new(8, 16, vec![vec![run(0, 3, 64)], vec![run(0, 4, 8)]]);
        let joint = Joint::of(&box_of_rows, &Layout::contiguous(32..128)).unwrap();
        assert_eq!((joint.item, joint.source, joint.target, joint.axes.len()), (8, 16, 32, 2));
        assert_eq!((joint.axes[0][0].source_step, joint.axes[0][0].target_step), (64, 32));
        for streams in [false, true] {
            let target = moved(&joint, streams);
            assert_eq!(target[32..40], [16, 17, 18, 19, 20, 21, 22, 23]);
            assert_eq!((target[64], target[127], target[128]), (80, 175, 0));
        }
    }

    #[test]
    fn the_target_is_written_forwards() {
        // A transpose: the source goes down columns.
        let columns = Layout::new(2, 0, vec![vec![run(0, 9, 2)], vec![run(0, 11, 18)]]);
        let joint = Joint::of(&columns, &columns).unwrap();
        assert_eq!(joint.axes.last().unwrap()[0].target_step, 2, "both sides go by rows");
        let joint = Joint::of(&columns, &Layout::contiguous(0..198)).unwrap();
        assert_eq!(joint.axes.last().unwrap()[0].target_step, 2);
        let target = moved(&joint, false);
        for (column, row) in (0..9).flat_map(|column| (0..11).map(move |row| (column, row))) {
            assert_eq!(target[2 * (column * 11 + row)], (2 * column + 18 * row) as u8);
        }
    }

    #[test]
    fn axes_without_a_common_division_are_not_joined() {
        let a = Layout::new(1, 0, vec![vec![run(0, 3, 50)], vec![run(0, 4, 2)]]);
        let b = Layout::new(1, 0, vec![vec![run(0, 2, 50)], vec![run(0, 6, 2)]]);
        assert_eq!(Joint::of(&a, &b), None);
    }
}
