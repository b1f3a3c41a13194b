//! [`IntegerRange`]: ranges whose ends are scalars, arrays or expressions.

use std::ops::{Bound, Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use super::super::{Operand, Operands};
use crate::element::Element;
use crate::error::Result;

/// An end of a range; what was wrong in building it is kept.
type End = Bound<Result<Operands>>;

/// A range of integers of `T`, the same for all elements or each element's own.
///
/// Rust's ranges of [operands](Operand): `0..6`, `..`, `&low..&high`. Two ends that are not of one type, such as a
/// scalar and an array, come as a pair of [`Bound`]s.
///
/// ```
/// use std::ops::Bound::Included;
///
/// use distarray_core::prelude::*;
///
/// let ctx = Context::solo();
/// let mut rng = ctx.random(1);
/// let low = ctx.arange(0_u8, 250, 50)?;
/// let high = (&low + 9).eval()?;
/// let x = rng.integers(&low..=&high, [1000, 5]).eval()?;
/// assert!(x.ge(&low).all()? && x.le(&high).all()?);
/// assert_eq!(rng.integers(255_u8.., 3).sum()?, 3 * 255);
/// let above = rng.integers((Included(&low), Included(255)), [1000, 5]).eval()?;
/// assert!(above.ge(&low).all()?);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub trait IntegerRange<T: Element> {
    /// Where it begins and where it ends.
    fn ends(self) -> [Bound<Result<Operands>>; 2];
}

fn included<T: Element>(end: impl Operand<T>) -> End {
    Bound::Included(end.operand())
}

fn excluded<T: Element>(end: impl Operand<T>) -> End {
    Bound::Excluded(end.operand())
}

impl<T: Element, A: Operand<T>> IntegerRange<T> for Range<A> {
    fn ends(self) -> [End; 2] {
        [included(self.start), excluded(self.end)]
    }
}

impl<T: Element, A: Operand<T>> IntegerRange<T> for RangeInclusive<A> {
    fn ends(self) -> [End; 2] {
        let (low, high) = self.into_inner();
        [included(low), included(high)]
    }
}

impl<T: Element, A: Operand<T>> IntegerRange<T> for RangeFrom<A> {
    fn ends(self) -> [End; 2] {
        [included(self.start), Bound::Unbounded]
    }
}

impl<T: Element, A: Operand<T>> IntegerRange<T> for RangeTo<A> {
    fn ends(self) -> [End; 2] {
        [Bound::Unbounded, excluded(self.end)]
    }
}

impl<T: Element, A: Operand<T>> IntegerRange<T> for RangeToInclusive<A> {
    fn ends(self) -> [End; 2] {
        [Bound::Unbounded, included(self.end)]
    }
}

impl<T: Element> IntegerRange<T> for RangeFull {
    fn ends(self) -> [End; 2] {
        [Bound::Unbounded, Bound::Unbounded]
    }
}

impl<T: Element, A: Operand<T>, B: Operand<T>> IntegerRange<T> for (Bound<A>, Bound<B>) {
    fn ends(self) -> [End; 2] {
        [self.0.map(Operand::operand), self.1.map(Operand::operand)]
    }
}
