//! `pow`: in double precision `x^y = e^(y log x)`, with a logarithm of 66 bits and the product in two parts;
//! single precision has its own (`single`).

mod single;
mod tables;

use super::double::fma;
use super::exponential::exp_of_sum;
use super::logarithm::{not_normal, precise};
use crate::block::kernels::lanes::CHUNK;
use crate::block::kernels::{Binary, cpu};
use single::Chunk;

pub(in crate::block::kernels) struct Power;

/// The power of a positive finite number `x 2^raise` with normal `x` to a finite exponent.
#[inline(always)]
fn power(x: f64, raise: f64, y: f64) -> f64 {
    let (exponent, rest) = exponent_of_e(x, raise, y);
    exp_of_sum(exponent, rest)
}

/// As [`power`], of any positive finite number.
fn any_power(x: f64, y: f64) -> f64 {
    if x < f64::MIN_POSITIVE { power(x * f64::exp2(54.0), -54.0, y) } else { power(x, 0.0, y) }
}

/// `y log(x 2^raise)`, and a correction of it.
#[inline(always)]
fn exponent_of_e(x: f64, raise: f64, y: f64) -> (f64, f64) {
    let log = precise(x, raise);
    let product = log.hi * y;
    (product, fma(log.hi, y, -product) + log.lo * y)
}

/// Whether a whole number is odd; `None` where a number is not whole.
fn parity(y: f64) -> Option<bool> {
    (y.trunc() == y).then(|| y.abs() < 9_007_199_254_740_992.0 && y % 2.0 != 0.0)
}

/// Annex F.10.4.4 of C99, and whatever is left by the power of a positive finite number to a finite exponent.
fn special(x: f64, y: f64, power: impl FnOnce(f64, f64) -> f64) -> f64 {
    if y == 0.0 || x == 1.0 {
        return 1.0;
    }
    if x.is_nan() || y.is_nan() {
        return f64::NAN;
    }
    let size = x.abs();
    if y.is_infinite() {
        return match (size == 1.0, (size > 1.0) == (y > 0.0)) {
            (true, _) => 1.0,
            (false, true) => f64::INFINITY,
            (false, false) => 0.0,
        };
    }
    let parity = parity(y);
    let value = if size == 0.0 || size.is_infinite() {
        if (size == 0.0) == (y > 0.0) { 0.0 } else { f64::INFINITY }
    } else if x < 0.0 && parity.is_none() {
        return f64::NAN;
    } else {
        power(size, y)
    };
    if x.is_sign_negative() && parity == Some(true) { -value } else { value }
}

impl Binary<f64> for Power {
    type Output = f64;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f64, y: f64) -> f64 {
        power(x, 0.0, y)
    }

    #[inline(always)]
    fn rare(x: f64, y: f64) -> bool {
        not_normal(x) | !y.is_finite()
    }

    fn careful(x: f64, y: f64) -> f64 {
        special(x, y, any_power)
    }

    #[inline(always)]
    fn apply_each(
        count: usize,
        pair: impl Fn(usize) -> (f64, f64),
        mut write: impl FnMut(usize, f64),
    ) {
        let (mut exponents, mut rests) = ([0.0; CHUNK], [0.0; CHUNK]);
        let between = exponents[..count].iter_mut().zip(&mut rests[..count]);
        for (i, (exponent, rest)) in between.enumerate() {
            let (x, y) = pair(i);
            (*exponent, *rest) = exponent_of_e(x, 0.0, y);
        }
        for (i, (&exponent, &rest)) in exponents[..count].iter().zip(&rests[..count]).enumerate() {
            write(i, exp_of_sum(exponent, rest));
        }
    }
}

impl Binary<f32> for Power {
    type Output = f32;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f32, y: f32) -> f32 {
        single::power(x, y)
    }

    #[inline(always)]
    fn rare(x: f32, y: f32) -> bool {
        single::rare(x, y)
    }

    fn careful(x: f32, y: f32) -> f32 {
        // Negative numbers have the powers of their sizes.
        let power = |size: f64, exponent: f64| {
            if single::rare(x.abs(), y) {
                any_power(size, exponent)
            } else {
                single::power(x.abs(), y).into()
            }
        };
        special(x.into(), y.into(), power) as f32
    }

    #[inline(always)]
    unsafe fn chunk<const A: usize, const B: usize>(
        target: *mut f32,
        a: *const f32,
        b: *const f32,
        firsts: (f32, f32),
        count: usize,
    ) -> bool {
        // SAFETY: as the caller vouches.
        let chunk = unsafe { Chunk::<A, B>::new(target, a, b, firsts, count) };
        cpu::run(&mut (), &mut (), chunk)
    }
}
