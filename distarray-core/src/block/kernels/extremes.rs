//! Accumulators of extremes, counts and truth values.

use super::accumulate::{Accumulator, Finish};
use crate::element::Element;

/// Independent partial extremes of one call.
const LANES: usize = 32;

/// Types with an order, and the ends of it.
pub(super) trait Ordered: Element {
    /// Above or equal to every element.
    const TOP: Self;
    /// Below or equal to every element.
    const BOTTOM: Self;
    /// The lesser; NaN where either is.
    fn lesser(self, other: Self) -> Self;
    /// The greater; NaN where either is.
    fn greater(self, other: Self) -> Self;
}

macro_rules! ordered {
    ($($type:ident, $bottom:expr, $top:expr, $nan:expr;)*) => {$(
        impl Ordered for $type {
            const TOP: Self = $top;
            const BOTTOM: Self = $bottom;

            #[inline(always)]
            fn lesser(self, other: Self) -> Self {
                let nan: fn($type) -> bool = $nan;
                if self < other || nan(self) { self } else { other }
            }

            #[inline(always)]
            fn greater(self, other: Self) -> Self {
                let nan: fn($type) -> bool = $nan;
                if self > other || nan(self) { self } else { other }
            }
        }
    )*};
}
ordered! {
    bool, false, true, |_| false;
    i8, i8::MIN, i8::MAX, |_| false;
    i16, i16::MIN, i16::MAX, |_| false;
    i32, i32::MIN, i32::MAX, |_| false;
    i64, i64::MIN, i64::MAX, |_| false;
    u8, u8::MIN, u8::MAX, |_| false;
    u16, u16::MIN, u16::MAX, |_| false;
    u32, u32::MIN, u32::MAX, |_| false;
    u64, u64::MIN, u64::MAX, |_| false;
    f32, f32::NEG_INFINITY, f32::INFINITY, f32::is_nan;
    f64, f64::NEG_INFINITY, f64::INFINITY, f64::is_nan;
}

/// The least element so far.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Least<T>(T);

/// The greatest element so far.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Greatest<T>(T);

#[inline(always)]
fn in_lanes<T: Copy>(start: T, elements: &[T], pick: impl Fn(T, T) -> T) -> T {
    let mut lanes = [start; LANES];
    let (chunks, rest) = elements.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, &element) in lanes.iter_mut().zip(chunk) {
            *lane = pick(*lane, element);
        }
    }
    let best = lanes.into_iter().fold(start, &pick);
    rest.iter().fold(best, |best, &element| pick(best, element))
}

macro_rules! extreme {
    ($($name:ident, $start:ident, $pick:ident;)*) => {$(
        impl<T: Ordered> Accumulator<T> for $name<T> {
            const EMPTY: Self = Self(T::$start);

            #[inline(always)]
            fn absorb(&mut self, elements: &[T]) {
                self.0 = in_lanes(self.0, elements, T::$pick);
            }

            #[inline(always)]
            fn absorb_one(&mut self, element: T) {
                self.0 = self.0.$pick(element);
            }

            fn merge(&mut self, other: &Self) {
                self.0 = self.0.$pick(other.0);
            }
        }

        impl<T: Ordered> Finish<$name<T>> for Itself {
            type Output = T;

            fn finish(accumulator: &$name<T>, _: u64, _: usize) -> T {
                accumulator.0
            }
        }
    )*};
}
extreme! {
    Least, TOP, lesser;
    Greatest, BOTTOM, greater;
}

/// How many elements are not zero.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Count(u64);

/// Whether some element is not zero.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Any(bool);

/// Whether no element is zero.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct All(bool);

macro_rules! truth {
    ($($name:ident, $empty:expr, |$elements:ident| $absorb:expr, |$a:ident, $b:ident| $join:expr;)*) => {$(
        impl<T: Element> Accumulator<T> for $name {
            const EMPTY: Self = Self($empty);

            #[inline(always)]
            fn absorb(&mut self, $elements: &[T]) {
                let ($a, $b) = (self.0, $absorb);
                self.0 = $join;
            }

            #[inline(always)]
            fn absorb_one(&mut self, element: T) {
                self.absorb(&[element]);
            }

            fn merge(&mut self, other: &Self) {
                let ($a, $b) = (self.0, other.0);
                self.0 = $join;
            }
        }
    )*};
}
truth! {
    Count, 0, |elements| elements.iter().map(|e| u64::from(*e != T::default())).sum::<u64>(), |a, b| a + b;
    Any, false, |elements| elements.iter().any(|e| *e != T::default()), |a, b| a | b;
    All, true, |elements| elements.iter().all(|e| *e != T::default()), |a, b| a & b;
}

/// The result of an accumulator that is the result.
pub(super) struct Itself;

impl Finish<Count> for Itself {
    type Output = u64;

    fn finish(accumulator: &Count, _: u64, _: usize) -> u64 {
        accumulator.0
    }
}

impl Finish<Any> for Itself {
    type Output = bool;

    fn finish(accumulator: &Any, _: u64, _: usize) -> bool {
        accumulator.0
    }
}

impl Finish<All> for Itself {
    type Output = bool;

    fn finish(accumulator: &All, _: u64, _: usize) -> bool {
        accumulator.0
    }
}
