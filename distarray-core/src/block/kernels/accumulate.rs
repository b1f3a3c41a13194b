//! What accumulators and their results have in common.

use crate::element::Element;

/// What folds elements of one type; plain values without padding, so that they can be sent.
pub(super) trait Accumulator<T: Element>: Copy {
    /// Of no elements.
    const EMPTY: Self;
    /// Folds elements in.
    fn absorb(&mut self, elements: &[T]);
    /// Folds one element in.
    fn absorb_one(&mut self, element: T);
    /// Folds in what another has folded.
    fn merge(&mut self, other: &Self);
}

/// The result of an accumulator.
pub(super) trait Finish<A> {
    type Output: Element;
    fn finish(accumulator: &A, elements: u64, ddof: usize) -> Self::Output;
}
