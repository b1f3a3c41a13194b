//! Accumulators of extremes.

use super::accumulate::{Accumulator, Ahead, Course, Finish, Positions};
use super::cpu::Level;
use crate::element::Element;

/// Independent partial extremes of one call.
const LANES: usize = 32;

/// Types with an order, and the ends of it.
pub(super) trait Ordered: Element + PartialOrd {
    /// Above or equal to every element.
    const TOP: Self;
    /// Below or equal to every element.
    const BOTTOM: Self;
    /// NaN, of types that have it.
    const NAN: Option<Self>;

    fn is_nan(self) -> bool;

    /// The one of all equal values that stands for them: a zero is positive.
    fn canonical(self) -> Self;

    /// A number by which elements are ordered, but for NaN; not 0 of types that have that.
    fn rank(self) -> u64;
}

macro_rules! ordered_integers {
    ($($type:ident: $rank:expr;)*) => {$(
        impl Ordered for $type {
            const TOP: Self = Self::MAX;
            const BOTTOM: Self = Self::MIN;
            const NAN: Option<Self> = None;

            #[inline(always)]
            fn is_nan(self) -> bool {
                false
            }

            #[inline(always)]
            fn canonical(self) -> Self {
                self
            }

            #[inline(always)]
            fn rank(self) -> u64 {
                let rank: fn(Self) -> u64 = $rank;
                rank(self)
            }
        }
    )*};
}
ordered_integers! {
    i8: |x| i64::from(x) as u64 ^ 1 << 63;
    i16: |x| i64::from(x) as u64 ^ 1 << 63;
    i32: |x| i64::from(x) as u64 ^ 1 << 63;
    i64: |x| x as u64 ^ 1 << 63;
    u8: u64::from;
    u16: u64::from;
    u32: u64::from;
    u64: |x| x;
}

impl Ordered for bool {
    const TOP: Self = true;
    const BOTTOM: Self = false;
    const NAN: Option<Self> = None;

    #[inline(always)]
    fn is_nan(self) -> bool {
        false
    }

    #[inline(always)]
    fn canonical(self) -> Self {
        self
    }

    #[inline(always)]
    fn rank(self) -> u64 {
        u64::from(self)
    }
}

macro_rules! ordered_floats {
    ($($type:ident)*) => {$(
        impl Ordered for $type {
            const TOP: Self = Self::INFINITY;
            const BOTTOM: Self = Self::NEG_INFINITY;
            const NAN: Option<Self> = Some(Self::NAN);

            #[inline(always)]
            fn is_nan(self) -> bool {
                Self::is_nan(self)
            }

            #[inline(always)]
            fn canonical(self) -> Self {
                if self.is_nan() { Self::NAN } else { self + 0.0 }
            }

            #[inline(always)]
            fn rank(self) -> u64 {
                // The bits of negative numbers count backwards.
                let bits = f64::from(self.canonical()).to_bits();
                bits ^ ((bits as i64 >> 63) as u64 | 1 << 63)
            }
        }
    )*};
}
ordered_floats!(f32 f64);

/// The least element so far, or the greatest; NaN where there is one, or no NaN but where there is
/// nothing else.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Extreme<T, const LEAST: bool, const SKIP_NAN: bool>(T);

/// What an extreme is where there are no elements.
#[inline(always)]
pub(super) fn nothing<T: Ordered, const LEAST: bool, const SKIP_NAN: bool>() -> T {
    match T::NAN {
        Some(nan) if SKIP_NAN => nan,
        _ if LEAST => T::TOP,
        _ => T::BOTTOM,
    }
}

/// The more extreme of two.
#[inline(always)]
pub(super) fn pick<T: Ordered, const LEAST: bool, const SKIP_NAN: bool>(a: T, b: T) -> T {
    let before = if LEAST { a < b } else { a > b };
    let nan = if SKIP_NAN { b.is_nan() } else { a.is_nan() };
    if before | nan { a } else { b }
}

/// The most extreme of several elements and a first one; meanwhile what comes next is asked for.
#[inline(always)]
pub(super) fn in_lanes<T: Copy>(
    start: T,
    elements: &[T],
    ahead: Ahead,
    pick: impl Fn(T, T) -> T,
) -> T {
    let ahead = ahead.of_little();
    let mut lanes = [start; LANES];
    let (chunks, rest) = elements.as_chunks::<LANES>();
    for chunk in chunks {
        ahead.ask(chunk);
        for (lane, &element) in lanes.iter_mut().zip(chunk) {
            *lane = pick(*lane, element);
        }
    }
    let best = lanes.into_iter().fold(start, &pick);
    rest.iter().fold(best, |best, &element| pick(best, element))
}

impl<T: Ordered, const LEAST: bool, const SKIP_NAN: bool> Accumulator<T>
    for Extreme<T, LEAST, SKIP_NAN>
{
    fn empty() -> Self {
        Self(nothing::<T, LEAST, SKIP_NAN>())
    }

    #[inline(always)]
    fn absorb<L: Level>(&mut self, elements: &[T], _: Positions, course: &mut Course) {
        self.0 = in_lanes(self.0, elements, course.ahead, pick::<T, LEAST, SKIP_NAN>);
    }

    #[inline(always)]
    fn absorb_one(&mut self, element: T, _: u64) {
        self.0 = pick::<T, LEAST, SKIP_NAN>(self.0, element);
    }

    fn merge(&mut self, other: &Self) {
        self.0 = pick::<T, LEAST, SKIP_NAN>(self.0, other.0);
    }
}

/// The result of an accumulator that is the result.
pub(super) struct Itself;

impl<T: Ordered, const LEAST: bool, const SKIP_NAN: bool> Finish<Extreme<T, LEAST, SKIP_NAN>>
    for Itself
{
    type Output = T;

    fn finish(accumulator: &Extreme<T, LEAST, SKIP_NAN>, _: u64, _: usize) -> T {
        accumulator.0.canonical()
    }
}
