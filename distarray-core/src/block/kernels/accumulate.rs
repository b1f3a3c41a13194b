//! What accumulators and their results have in common.

use super::bins::Window;
use super::stream::prefetch_later;
use crate::element::Element;

/// Elements of a row that are folded at a time, and rows: so that accumulators are found in the nearest
/// cache for all but the first.
const PIECE: usize = 64;
const STREAMS: usize = 4;

/// What folds elements of one type; plain values without padding, so that they can be sent.
pub(super) trait Accumulator<T: Element>: Copy {
    /// Of no elements. The shift is what some fold the distances from.
    fn empty(shift: f64) -> Self;

    /// Folds elements in.
    fn absorb(&mut self, elements: &[T], at: Positions, course: &mut Course);

    /// Folds one element in.
    fn absorb_one(&mut self, element: T, at: u64);

    /// Folds the elements of each column into an accumulator of its own.
    #[inline(always)]
    fn absorb_rows(accumulators: &mut [Self], rows: Rows<T>, _: &mut Course) {
        let columns = accumulators.len();
        let next = rows.stride * STREAMS as isize;
        for first in (0..rows.count).step_by(STREAMS) {
            for (piece, accumulators) in accumulators.chunks_mut(PIECE).enumerate() {
                for number in first..rows.count.min(first + STREAMS) {
                    // SAFETY: whoever made the rows vouches for them.
                    let row = unsafe { rows.row(number, columns) };
                    let elements = &row[piece * PIECE..][..accumulators.len()];
                    let (start, bytes) = (elements.as_ptr().cast::<u8>(), size_of_val(elements));
                    prefetch_later(start.wrapping_offset(next), bytes);
                    let at = rows.at.of(number);
                    for (accumulator, &element) in accumulators.iter_mut().zip(elements) {
                        accumulator.absorb_one(element, at);
                    }
                }
            }
        }
    }

    /// Folds in what another has folded.
    fn merge(&mut self, other: &Self);
}

/// The result of an accumulator.
pub(super) trait Finish<A> {
    type Output: Element;

    /// The result, of so many elements.
    fn finish(accumulator: &A, count: u64, ddof: usize) -> Self::Output;
}

/// Numbers of elements that are folded: those of the first and by how much they grow.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Positions {
    pub(crate) first: u64,
    pub(crate) step: u64,
}

impl Positions {
    #[inline(always)]
    pub(super) fn of(self, index: usize) -> u64 {
        self.first + self.step * index as u64
    }
}

/// Rows of elements whose columns are folded.
#[derive(Clone, Copy)]
pub(super) struct Rows<T> {
    pub(super) first: *const T,
    /// Bytes from one row to the next.
    pub(super) stride: isize,
    pub(super) count: usize,
    /// Numbers of the rows.
    pub(super) at: Positions,
}

impl<T> Rows<T> {
    /// # Safety
    /// The row has so many elements, which can be read.
    #[inline(always)]
    pub(super) unsafe fn row<'a>(&self, number: usize, columns: usize) -> &'a [T] {
        let first = self.first.wrapping_byte_offset(self.stride * number as isize);
        // SAFETY: the caller vouches for the row.
        unsafe { std::slice::from_raw_parts(first, columns) }
    }
}

/// What folding has found out about the elements so far, to be quick with the next: nothing that the
/// result depends on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Course {
    /// For the elements.
    pub(super) values: Window,
    /// For the squares of their distances.
    pub(super) squares: Window,
}
