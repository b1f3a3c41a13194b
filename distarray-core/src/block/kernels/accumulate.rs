//! What accumulators and their results have in common.

use std::ops::Range;

use super::cpu::{Level, Loop};
use super::stream::{prefetch, prefetch_later};
use super::window::Window;
use crate::element::Element;

/// Elements of a row that are folded at a time, and rows: so that accumulators are found in the nearest
/// cache for all but the first.
const PIECE: usize = 64;
const STREAMS: usize = 4;

/// What folds elements of one type; plain values without padding, so that they can be sent.
pub(super) trait Accumulator<T: Element>: Copy {
    /// Of no elements.
    fn empty() -> Self;

    /// Folds elements in.
    fn absorb<L: Level>(&mut self, elements: &[T], at: Positions, course: &mut Course);

    /// Folds one element in.
    fn absorb_one(&mut self, element: T, at: u64);

    /// Folds the elements of each column into an accumulator of its own.
    #[inline(always)]
    fn absorb_rows<L: Level>(accumulators: &mut [Self], rows: Rows<T>, _: &mut Course) {
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

/// Folding elements into an accumulator.
pub(super) struct Absorb<'a, T> {
    pub(super) elements: &'a [T],
    pub(super) at: Positions,
}

impl<T: Element, A: Accumulator<T>> Loop<A, Course> for Absorb<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<L: Level>(self, accumulator: &mut A, course: &mut Course) {
        accumulator.absorb::<L>(self.elements, self.at, course);
    }
}

/// Folding the columns of rows into accumulators.
pub(super) struct AbsorbRows<T>(pub(super) Rows<T>);

impl<T: Element, A: Accumulator<T>> Loop<[A], Course> for AbsorbRows<T> {
    type Output = ();

    #[inline(always)]
    fn run<L: Level>(self, accumulators: &mut [A], course: &mut Course) {
        A::absorb_rows::<L>(accumulators, self.0, course);
    }
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
    /// Some columns of some of the rows.
    #[inline(always)]
    pub(super) fn part(&self, numbers: Range<usize>, columns: Range<usize>) -> Self {
        let row = self.first.wrapping_byte_offset(self.stride * numbers.start as isize);
        let at = Positions { first: self.at.of(numbers.start), step: self.at.step };
        let first = row.wrapping_add(columns.start);
        Self { first, stride: self.stride, count: numbers.len(), at }
    }

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
    pub(super) window: Window,
    /// What to ask for meanwhile.
    pub(crate) ahead: Ahead,
}

/// What is asked for while elements are folded, so that memory does not wait for what is done with them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Ahead {
    /// What follows them in the array where they lie.
    #[default]
    Following,
    /// What the next ones will be computed of, so many bytes from these.
    At(isize),
    /// Nothing.
    Nothing,
}

impl Ahead {
    /// Bytes between elements of an array and what is asked for. A fold that does much with each element and pauses
    /// now and then is not seen through by a processor, which looks ahead by instructions.
    const NEXT: isize = 4096;

    /// Asks, for some elements that are folded.
    #[inline(always)]
    pub(super) fn ask<T>(self, elements: &[T]) {
        let (start, bytes) = (elements.as_ptr().cast::<u8>(), size_of_val(elements));
        match self {
            Self::Following => prefetch(start.wrapping_offset(Self::NEXT), bytes),
            Self::At(ahead) => prefetch_later(start.wrapping_offset(ahead), bytes),
            Self::Nothing => {}
        }
    }

    /// For a fold that does little with each element: a processor sees by itself what follows.
    pub(super) fn of_little(self) -> Self {
        match self {
            Self::Following => Self::Nothing,
            other => other,
        }
    }
}
