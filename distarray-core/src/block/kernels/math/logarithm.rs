//! `log` and its kin.
//!
//! `x = 2^e m` with `m` from `sqrt(1/2)` to `sqrt(2)`, `f = m - 1`, `s = f / (2 + f)`: then `log m = 2
//! atanh(s)`, an odd function of an `s` of at most 0.172 (Tang 1990; FreeBSD's `e_log.c`).

use super::double::{Double, fma, polynomial};
use super::exponential::{ROUND, normal_power_of_2};
use crate::block::kernels::Unary;

/// `(2 atanh(s) / s - 2) / s^2` of `s^2`; error of `log m` 2^-59.5.
const ATANH: [f64; 7] = [
    0.6666666666666735,
    0.3999999999940864,
    0.2857142874390045,
    0.22222198400833584,
    0.1818357414276924,
    0.15313778363325828,
    0.14798873542327795,
];

/// `(log(1 + f) - f + f^2 / 2) / f^3`; error of `log m` 2^-27.4.
const SINGLE: [f32; 8] = [
    0.3333333,
    -0.2500082,
    0.20001227,
    -0.16623358,
    0.14201747,
    -0.13160169,
    0.12761655,
    -0.076346226,
];

/// `(2 atanh(s) / s - 2) / (s^2 ln 2)` of `s^2`; error of `log2 m` 2^-37.6.
const SINGLE_BASE_2: [f64; 4] =
    [0.9617966791881702, 0.577082853350761, 0.41170625191090016, 0.3402202122691074];

/// `(2 atanh(s) / s - 2) / s^4 - 2 / (3 s^2)` of `s^2`; error of `log m` 2^-66.3.
const TAIL: [f64; 7] = [
    0.40000000000002284,
    0.28571428570085067,
    0.2222222252269352,
    0.18181784110492888,
    0.15386769737307923,
    0.132565166476999,
    0.13199225774046208,
];

const TWO_THIRDS: Double = Double::new(0.666_666_666_666_666_6, 3.700_743_415_417_188e-17);

/// The first 42 bits of `ln 2`, whose multiples by exponents are exact, and the rest.
pub(super) const LN2: Double = Double::new(0.693_147_180_559_890_3, 5.497_923_018_708_371e-14);

const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
const MANTISSA: u64 = (1 << 52) - 1;

/// What the exponent of a subnormal number is raised by to be found.
const RAISED: f64 = 54.0;

/// `e` and `f` of a normal positive number.
#[inline(always)]
fn exponent_and_fraction(x: f64) -> (f64, f64) {
    let shifted = x.to_bits().wrapping_add(0x3ff0_0000_0000_0000 - SQRT_HALF);
    // The exponent as the last bits of a number from 2^52 on.
    let exponent = f64::from_bits((shifted >> 52) | 0x4330_0000_0000_0000)
        - (4_503_599_627_370_496.0 + 1023.0);
    (exponent, f64::from_bits((shifted & MANTISSA) + SQRT_HALF) - 1.0)
}

/// Whether a number is not positive, not finite or not normal.
#[inline(always)]
pub(super) fn not_normal(x: f64) -> bool {
    !(f64::MIN_POSITIVE..f64::INFINITY).contains(&x)
}

/// What a logarithm gives where [`not_normal`] holds, by the function for normal numbers of the
/// number and what to add to its exponent.
fn special(x: f64, log: impl FnOnce(f64, f64) -> f64) -> f64 {
    if x == 0.0 {
        f64::NEG_INFINITY
    } else if x < 0.0 {
        f64::NAN
    } else if x < f64::MIN_POSITIVE {
        log(x * f64::exp2(RAISED), -RAISED)
    } else {
        x
    }
}

/// What `log(1 + f)` is less than `f`, as a correction of half of its square, and that half.
#[inline(always)]
fn correction(f: f64) -> (f64, f64) {
    let s = f / (2.0 + f);
    let z = s * s;
    let half = 0.5 * f * f;
    (s * fma(z, polynomial(z, &ATANH), half), half)
}

/// The logarithm of `2^exponent (1 + f)`, and a correction of it.
#[inline(always)]
fn of_parts(exponent: f64, f: f64, low: f64) -> f64 {
    let (correction, half) = correction(f);
    let sum = Double::ordered_sum(exponent * LN2.hi, f);
    sum.hi + ((correction + fma(exponent, LN2.lo, sum.lo + low)) - half)
}

/// The logarithm of `x 2^raise`, `x` being normal and positive.
#[inline(always)]
fn natural(x: f64, raise: f64) -> f64 {
    let (exponent, f) = exponent_and_fraction(x);
    // Adding -0 is nothing to any number.
    of_parts(exponent + raise, f, -0.0)
}

/// The logarithm of `x 2^raise`, `x` being normal and positive, to the base of which the inverse of the
/// logarithm, and the logarithm of 2, are given; the multiples by exponents of the latter's first part
/// are exact.
#[inline(always)]
fn to_base(x: f64, raise: f64, inverse: Double, two: Double) -> f64 {
    let (exponent, f) = exponent_and_fraction(x);
    let exponent = exponent + raise;
    let (correction, half) = correction(f);
    let main = Double::product(f, inverse.hi);
    let rest = fma(correction - half, inverse.hi, fma(f, inverse.lo, main.lo));
    let sum = Double::ordered_sum(exponent * two.hi, main.hi);
    sum.hi + (rest + fma(exponent, two.lo, sum.lo))
}

/// `log(1 + a)` of a number of two parts, `-1 < a < 1e300`.
#[inline(always)]
pub(super) fn of_1_plus(a: Double) -> f64 {
    let sum = Double::sum(1.0, a.hi);
    let (exponent, f) = exponent_and_fraction(sum.hi);
    let scale = normal_power_of_2(ROUND - exponent);
    let f = Double::ordered_sum(f, sum.lo * scale);
    let below = fma(a.lo, scale, f.lo);
    // Times 1 / (1 + f), near enough for a correction.
    of_parts(exponent, f.hi, below * fma(f.hi, f.hi, 1.0 - f.hi))
}

/// The logarithm of `x 2^raise`, `x` being normal and positive, to about 66 bits.
#[inline(always)]
pub(super) fn precise(x: f64, raise: f64) -> Double {
    let (exponent, f) = exponent_and_fraction(x);
    let exponent = exponent + raise;
    let s = Double::quotient(Double::new(f, 0.0), Double::ordered_sum(2.0, f));
    let square = s.times(s);
    let cube = square.times(s);
    let tail = cube.hi * square.hi * polynomial(square.hi, &TAIL);
    let log = Double::new(2.0 * s.hi, 2.0 * s.lo).plus_smaller(cube.times(TWO_THIRDS));
    let log = Double::new(log.hi, log.lo + tail);
    let sum = Double::ordered_sum(exponent * LN2.hi, log.hi);
    Double::new(sum.hi, sum.lo + fma(exponent, LN2.lo, log.lo)).normal()
}

/// The natural logarithm of a normal positive number.
#[inline(always)]
pub(in crate::block::kernels) fn log(x: f64) -> f64 {
    natural(x, 0.0)
}

/// `log(1 + x)`, for `-1 < x < 1e300`.
#[inline(always)]
pub(in crate::block::kernels) fn log1p(x: f64) -> f64 {
    of_1_plus(Double::new(x, 0.0)).copysign(x)
}

pub(in crate::block::kernels) struct Log;

impl Unary<f64> for Log {
    type Output = f64;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        log(x)
    }

    #[inline(always)]
    fn rare(x: f64) -> bool {
        not_normal(x)
    }

    fn careful(x: f64) -> f64 {
        special(x, natural)
    }
}

impl Unary<f32> for Log {
    type Output = f32;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f32) -> f32 {
        single(x)
    }

    #[inline(always)]
    fn rare(x: f32) -> bool {
        !(f32::MIN_POSITIVE..f32::INFINITY).contains(&x)
    }

    fn careful(x: f32) -> f32 {
        <Self as Unary<f64>>::value(x.into()) as f32
    }
}

pub(in crate::block::kernels) struct Log2;
pub(in crate::block::kernels) struct Log10;
pub(in crate::block::kernels) struct Log1p;

#[inline(always)]
fn base_2(x: f64, raise: f64) -> f64 {
    const INVERSE: Double = Double::new(std::f64::consts::LOG2_E, 2.035_527_374_093_103_3e-17);
    to_base(x, raise, INVERSE, Double::new(1.0, 0.0))
}

#[inline(always)]
fn base_10(x: f64, raise: f64) -> f64 {
    const INVERSE: Double = Double::new(std::f64::consts::LOG10_E, 1.098_319_650_216_765e-17);
    const TWO: Double = Double::new(0.301_029_995_663_952_83, 2.836_339_455_104_496_4e-14);
    to_base(x, raise, INVERSE, TWO)
}

/// The loops of a logarithm to a base, and of its function for single precision.
macro_rules! based {
    ($($op:ident: $double:ident, $single:expr;)*) => {$(
        impl Unary<f64> for $op {
            type Output = f64;
            const CARE: bool = true;

            #[inline(always)]
            fn apply(x: f64) -> f64 {
                $double(x, 0.0)
            }

            #[inline(always)]
            fn rare(x: f64) -> bool {
                not_normal(x)
            }

            fn careful(x: f64) -> f64 {
                special(x, $double)
            }
        }

        impl Unary<f32> for $op {
            type Output = f32;
            const CARE: bool = true;

            #[inline(always)]
            fn apply(x: f32) -> f32 {
                (single_log2(x.into()) * $single) as f32
            }

            #[inline(always)]
            fn rare(x: f32) -> bool {
                !(x > 0.0 && x < f32::INFINITY)
            }

            fn careful(x: f32) -> f32 {
                <Self as Unary<f64>>::value(x.into()) as f32
            }
        }
    )*};
}
based! {
    Log2: base_2, 1.0;
    Log10: base_10, std::f64::consts::LOG10_2;
}

impl Unary<f64> for Log1p {
    type Output = f64;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        log1p(x)
    }

    #[inline(always)]
    fn rare(x: f64) -> bool {
        !(x > -1.0 && x < 1e300)
    }

    fn careful(x: f64) -> f64 {
        // Beyond the limit the 1 adds nothing; -1 gives the logarithm of 0, what is less that of less.
        Log::value(if x > 0.0 { x } else { 1.0 + x })
    }
}

/// The logarithm to the base 2 as functions of single precision want it; `x` is normal and positive.
#[inline(always)]
pub(super) fn single_log2(x: f64) -> f64 {
    let (exponent, f) = exponent_and_fraction(x);
    let s = f / (2.0 + f);
    let z = s * s;
    fma(s, fma(z, polynomial(z, &SINGLE_BASE_2), 2.0 * std::f64::consts::LOG2_E), exponent)
}

/// The natural logarithm of a normal positive number of single precision.
#[inline(always)]
fn single(x: f32) -> f32 {
    const SQRT_HALF: u32 = 0x3f35_04f3;
    // The first 15 bits of `ln 2`, whose multiples by exponents are exact, and the rest.
    const LN2: (f32, f32) = (0.693_145_75, 1.428_606_8e-6);
    let shifted = x.to_bits().wrapping_add(0x3f80_0000 - SQRT_HALF);
    let exponent = ((shifted >> 23) as i32 - 127) as f32;
    let f = f32::from_bits((shifted & 0x007f_ffff) + SQRT_HALF) - 1.0;
    let mut sum = SINGLE[7];
    for k in (0..7).rev() {
        sum = sum.mul_add(f, SINGLE[k]);
    }
    let square = f * f;
    let high = exponent.mul_add(LN2.0, f);
    let low = exponent.mul_add(LN2.0, -high) + f;
    let tail = sum.mul_add(square * f, exponent.mul_add(LN2.1, low));
    high + (-0.5f32).mul_add(square, tail)
}
