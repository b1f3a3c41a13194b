//! `pow` of single precision: `x^y = 2^(y log2 x)`.
//!
//! `x = 2^e m` with `m` from 0.66 to 1.32; a table has a `c` of seven bits near `1 / m`, so that `r = c m - 1` is exact and
//! at most 0.0225, and `log2 x = e - log2 c + log2(1 + r)` in two parts. Of `2^w` a table has the first five
//! bits' worth (P. T. P. Tang, *Table-driven implementation of the exponential function*, 1989, and *of the logarithm
//! function*, 1990).
//!
//! The logarithm has 31 bits at least, and more where `x` is not within a twentieth of 1: only powers like `1.035^2500` come near
//! the bound of errors. Powers that single precision has are exact.

use std::mem::MaybeUninit;

#[cfg(target_arch = "x86_64")]
use super::super::vectors::{Eight, Sixteen};
use super::super::vectors::{ROUND, Singles};
use super::tables::{INVERSES, LEAST, LOG_TAIL, LOG2_E, LOGS, POWER_TAIL, POWERS};
use crate::block::kernels::cpu::{Level, Loop};
use crate::block::kernels::lanes::CHUNK;

/// Beyond these exponents a power is infinite or 0.
const LEAST_EXPONENT: f32 = -152.0;
const MOST_EXPONENT: f32 = 130.0;

/// All `|y|` for [`exponent`] are less.
const MOST: f32 = 1e30;

/// A polynomial; the constant term is the first coefficient.
#[inline(always)]
fn polynomial<V: Singles, const N: usize>(x: V, coefficients: &[f32; N]) -> V {
    let mut sum = V::splat(coefficients[N - 1]);
    let mut k = N - 1;
    while k > 0 {
        k -= 1;
        sum = sum.times_plus(x, V::splat(coefficients[k]));
    }
    sum
}

/// Whether operands are not for [`exponent`].
#[inline(always)]
pub(super) fn rare(x: f32, y: f32) -> bool {
    let mut seen = Seen::nothing();
    seen.add(x, y);
    seen.rare()
}

/// Whether there were rare operands: the greatest bits of bases, from those of the least normal number on, and of
/// sizes of powers. What is less than the former, or negative, has greater bits then.
struct Seen<V: Singles>(V::Bits, V::Bits);

impl<V: Singles> Seen<V> {
    #[inline(always)]
    fn nothing() -> Self {
        let nothing = V::splat(0.0).bits();
        Self(nothing, nothing)
    }

    #[inline(always)]
    fn add(&mut self, x: V, y: V) {
        self.0 = V::greater(self.0, V::less(x.bits(), NORMAL));
        self.1 = V::greater(self.1, V::and(y.bits(), i32::MAX as u32));
    }

    #[inline(always)]
    fn rare(&self) -> bool {
        V::any_from(self.0, f32::INFINITY.to_bits() - NORMAL) | V::any_from(self.1, MOST.to_bits())
    }
}

/// The bits of the least normal number.
const NORMAL: u32 = f32::MIN_POSITIVE.to_bits();

/// `y log2 x`, and a correction of it.
#[inline(always)]
fn exponent<V: Singles>(x: V, y: V) -> (V, V) {
    let (e, m, part) = x.parts(LEAST);
    let r = m.times_minus(V::look_up(&INVERSES, part), V::splat(1.0));
    let main = e.plus(V::look_up(&LOGS[0], part));
    let first = r.times(V::splat(LOG2_E[0]));
    let below = r.times_minus(V::splat(LOG2_E[0]), first);
    // What the table has are multiples of 2^-16, which makes this difference exact even where the first is the greater one.
    let log = main.plus(first);
    let rest = first.minus(log.minus(main)).plus(V::look_up(&LOGS[1], part));
    let rest = r.times_plus(V::splat(LOG2_E[1]), below).plus(rest);
    let square = r.times(r);
    let (half, [_, tail @ ..]) = (V::splat(LOG_TAIL[0]), &LOG_TAIL);
    let rest = r.times_minus(r, square).times_plus(half, rest);
    let rest = polynomial(r, tail).times_plus(square.times(r), rest);
    let rest = square.times_plus(half, rest);
    let product = y.times(log);
    (product, y.times_plus(rest, y.times_minus(log, product)))
}

/// `2^(exponent + rest)`, where the second is at most a hundredth of the first or of 1.
#[inline(always)]
fn power_of_2<V: Singles>(exponent: V, rest: V) -> V {
    let sum = exponent.plus(rest);
    let within = sum.within(LEAST_EXPONENT, MOST_EXPONENT);
    let rounded = within.plus(V::splat(ROUND));
    let place = rounded.bits();
    let r = exponent.minus(rounded.minus(V::splat(ROUND))).plus(rest).where_equal(sum, within);
    let more = polynomial(r, &POWER_TAIL).times(r);
    let main = V::look_up(&POWERS[0], place);
    let value = main.plus(main.times_plus(more, V::look_up(&POWERS[1], place)));
    value.times_power_of_2(rounded)
}

/// The power of operands that are not rare.
#[inline(always)]
pub(super) fn power<V: Singles>(x: V, y: V) -> V {
    let (exponent, rest) = exponent(x, y);
    power_of_2(exponent, rest)
}

/// Operands of a chunk, and where its powers go; `A` and `B` are the steps of slices (1) and
/// scalars (0).
pub(super) struct Chunk<const A: usize, const B: usize> {
    target: *mut f32,
    a: *const f32,
    b: *const f32,
    firsts: (f32, f32),
    count: usize,
}

impl<const A: usize, const B: usize> Chunk<A, B> {
    /// # Safety
    /// As [`Binary::chunk`](crate::block::kernels::Binary::chunk).
    #[inline(always)]
    pub(super) unsafe fn new(
        target: *mut f32,
        a: *const f32,
        b: *const f32,
        firsts: (f32, f32),
        count: usize,
    ) -> Self {
        Self { target, a, b, firsts, count }
    }

    /// All exponents, then all powers, if no operands are rare: a processor goes ahead only by so many instructions that
    /// wait.
    #[inline(always)]
    fn powers<V: Singles>(self) -> bool {
        let mut seen = Seen::<V>::nothing();
        let mut exponents = [const { MaybeUninit::<f32>::uninit() }; CHUNK];
        let mut rests = exponents;
        let (exponents, rests) =
            (exponents.as_mut_ptr().cast::<f32>(), rests.as_mut_ptr().cast::<f32>());
        for first in (0..self.count).step_by(V::LANES) {
            // SAFETY: the vector begins within the chunk, and `new` was promised the rest; vectors that begin within a chunk
            // end within `CHUNK`, as a multiple of all their lengths.
            unsafe {
                let x = operands::<V, A>(self.a, self.firsts.0, first, self.count);
                let y = operands::<V, B>(self.b, self.firsts.1, first, self.count);
                seen.add(x, y);
                let (exponent, rest) = exponent(x, y);
                exponent.store(exponents.add(first));
                rest.store(rests.add(first));
            }
        }
        if seen.rare() {
            return false;
        }
        for first in (0..self.count).step_by(V::LANES) {
            // SAFETY: as above; both were written in the loop before. What does not end with the chunk is copied.
            unsafe {
                let (exponent, rest) = (V::load(exponents.add(first)), V::load(rests.add(first)));
                let powers = power_of_2(exponent, rest);
                let target = self.target.add(first);
                if first + V::LANES <= self.count {
                    powers.store(target);
                } else {
                    let mut last = [0.0; MOST_LANES];
                    powers.store(last.as_mut_ptr());
                    target.copy_from_nonoverlapping(last.as_ptr(), self.count - first);
                }
            }
        }
        true
    }
}

/// The most numbers of a vector.
const MOST_LANES: usize = 16;
const _: () = assert!(CHUNK.is_multiple_of(MOST_LANES));

/// A vector of operands, with ones for what lies beyond the chunk.
///
/// # Safety
/// A slice (`STEP` is 1) has `count` elements, more than `first`.
#[inline(always)]
unsafe fn operands<V: Singles, const STEP: usize>(
    from: *const f32,
    scalar: f32,
    first: usize,
    count: usize,
) -> V {
    if STEP == 0 {
        return V::splat(scalar);
    }
    // SAFETY: as the caller vouches; what does not end with the chunk is copied.
    unsafe {
        let from = from.add(first);
        if first + V::LANES <= count {
            return V::load(from);
        }
        let mut last = [1.0; MOST_LANES];
        last.as_mut_ptr().copy_from_nonoverlapping(from, count - first);
        V::load(last.as_ptr())
    }
}

impl<const A: usize, const B: usize> Loop<(), ()> for Chunk<A, B> {
    type Output = bool;

    #[inline(always)]
    fn run<L: Level>(self, (): &mut (), (): &mut ()) -> bool {
        #[cfg(target_arch = "x86_64")]
        if L::IS_AVX512 {
            return self.powers::<Sixteen>();
        }
        #[cfg(target_arch = "x86_64")]
        if L::IS_AVX2 {
            return self.powers::<Eight>();
        }
        self.powers::<f32>()
    }
}
