//! Accumulators of counts and truth values.

use super::accumulate::{Accumulator, Course, Finish, Positions};
use super::cpu::Level;
use super::extremes::Itself;
use crate::element::Element;

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
            fn empty() -> Self {
                Self($empty)
            }

            #[inline(always)]
            fn absorb<L: Level>(&mut self, $elements: &[T], _: Positions, _: &mut Course) {
                let ($a, $b) = (self.0, $absorb);
                self.0 = $join;
            }

            #[inline(always)]
            fn absorb_one(&mut self, element: T, _: u64) {
                let ($elements, $a) = ([element], self.0);
                let $b = $absorb;
                self.0 = $join;
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
