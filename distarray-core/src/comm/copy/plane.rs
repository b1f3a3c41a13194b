//! [`Plane`]: copying the two innermost axes.

use super::ahead::{Ahead, WORTHWHILE};
use super::joint::Pair;
use super::stream;
use super::strided::copy_strided;

/// An axis that there is not.
pub(super) const ONE: Pair =
    Pair { count: 1, source: 0, source_step: 0, target: 0, target_step: 0 };

/// Elements along the side of a tile, where the source is dense along one axis and the target along
/// the other: a line of the cache of 8-byte elements, on either side.
const TILE: usize = 8;

/// The two innermost axes, and how they are copied.
pub(super) struct Plane<'a> {
    item: usize,
    rows: &'a [Pair],
    inner: &'a [Pair],
    form: Form,
}

/// Contiguous bytes, by their offsets on both sides.
struct PlacedRun {
    source: isize,
    target: isize,
    bytes: usize,
}

#[derive(Clone, Copy)]
enum Form {
    /// The inner runs are contiguous on both sides.
    Contiguous,
    /// The same in a large copy of runs that are not short: with memory asked for in front of it,
    /// and past the caches.
    Large { streams: bool },
    /// They are not.
    Strided,
    /// The source is denser along the rows.
    Crossed,
}

impl<'a> Plane<'a> {
    pub(super) fn new(item: usize, rows: &'a [Pair], inner: &'a [Pair], streams: bool) -> Self {
        let dense =
            |pair: &Pair| pair.source_step == item as isize && pair.target_step == item as isize;
        let crossed = || {
            let by_rows = rows.iter().map(|pair| pair.source_step.unsigned_abs()).max();
            let by_inner = inner.iter().map(|pair| pair.source_step.unsigned_abs()).min();
            rows.iter().any(|pair| pair.count > 1) && by_rows < by_inner
        };
        let form = if inner.iter().all(|pair| pair.count == 1 || dense(pair)) {
            let elements: usize = inner.iter().map(|pair| pair.count).sum();
            let mean = elements * item / inner.len();
            match streams && mean >= WORTHWHILE {
                true => Form::Large { streams: mean >= stream::LONG },
                false => Form::Contiguous,
            }
        } else if crossed() {
            Form::Crossed
        } else {
            Form::Strided
        };
        Self { item, rows, inner, form }
    }

    /// Copies the plane that begins at these places.
    ///
    /// # Safety
    /// All elements of the plane are valid for reads at the source and for writes at the target.
    pub(super) unsafe fn copy(&self, source: *const u8, target: *mut u8) {
        if let Form::Large { streams } = self.form {
            // SAFETY: the caller vouches for all elements.
            return unsafe { self.copy_large(source, target, streams) };
        }
        for rows in self.rows {
            let source = source.wrapping_offset(rows.source);
            let target = target.wrapping_offset(rows.target);
            if matches!(self.form, Form::Crossed) {
                for inner in self.inner {
                    // SAFETY: the caller vouches for all elements.
                    unsafe { self.copy_crossed(source, target, rows, inner) };
                }
                continue;
            }
            for row in 0..rows.count as isize {
                let source = source.wrapping_offset(row * rows.source_step);
                let target = target.wrapping_offset(row * rows.target_step);
                // SAFETY: as above.
                unsafe { self.copy_row(source, target) };
            }
        }
    }

    /// # Safety
    /// As [`copy`](Self::copy), for one row.
    unsafe fn copy_row(&self, source: *const u8, target: *mut u8) {
        let item = self.item;
        for pair in self.inner {
            let (from, to) =
                (source.wrapping_offset(pair.source), target.wrapping_offset(pair.target));
            // SAFETY: the caller vouches for the runs of the row.
            unsafe {
                match self.form {
                    Form::Contiguous | Form::Large { .. } => {
                        std::ptr::copy_nonoverlapping(from, to, pair.count * item);
                    }
                    Form::Strided | Form::Crossed => {
                        let (read, write) = (pair.source_step, pair.target_step);
                        copy_strided(from, read, to, write, item, pair.count);
                    }
                }
            }
        }
    }

    /// # Safety
    /// As [`copy`](Self::copy).
    unsafe fn copy_large(&self, source: *const u8, target: *mut u8, streams: bool) {
        let mut ahead =
            Ahead::new(self.runs().map(|run| (source.wrapping_offset(run.source), run.bytes)));
        for run in self.runs() {
            let from = source.wrapping_offset(run.source);
            let to = target.wrapping_offset(run.target);
            // SAFETY: the caller vouches for the runs of all rows.
            unsafe {
                if streams {
                    stream::copy(from, to, run.bytes, || ahead.fetch_line());
                } else {
                    ahead.fetch(run.bytes);
                    std::ptr::copy_nonoverlapping(from, to, run.bytes);
                }
            }
        }
    }

    /// The contiguous runs of the plane, in order.
    fn runs(&self) -> impl Iterator<Item = PlacedRun> + '_ {
        let row = |rows: &'a Pair| {
            (0..rows.count as isize).map(|row| {
                (rows.source + row * rows.source_step, rows.target + row * rows.target_step)
            })
        };
        self.rows.iter().flat_map(row).flat_map(move |(source, target)| {
            self.inner.iter().map(move |pair| PlacedRun {
                source: source + pair.source,
                target: target + pair.target,
                bytes: pair.count * self.item,
            })
        })
    }

    /// Copies in tiles, so that a line that is read for its first element is still there for the
    /// others.
    ///
    /// # Safety
    /// As [`copy`](Self::copy), for the product of the two runs.
    unsafe fn copy_crossed(&self, source: *const u8, target: *mut u8, rows: &Pair, inner: &Pair) {
        let (source, target) =
            (source.wrapping_offset(inner.source), target.wrapping_offset(inner.target));
        let side = TILE.max(64 / self.item);
        for first_row in (0..rows.count).step_by(side) {
            for first in (0..inner.count).step_by(side) {
                let count = side.min(inner.count - first);
                for row in first_row..rows.count.min(first_row + side) {
                    let from = row as isize * rows.source_step + first as isize * inner.source_step;
                    let to = row as isize * rows.target_step + first as isize * inner.target_step;
                    let (from, to) = (source.wrapping_offset(from), target.wrapping_offset(to));
                    // SAFETY: these elements are within both runs.
                    unsafe {
                        let (read, write) = (inner.source_step, inner.target_step);
                        copy_strided(from, read, to, write, self.item, count);
                    }
                }
            }
        }
    }
}
