//! `exp`, `exp2` and `expm1`.
//!
//! `x = n ln 2 + r` with `|r| <= ln 2 / 2`; `e^r` is a minimax polynomial, `2^n` is made of bits.

use super::double::{Double, fma, polynomial, select};
use crate::block::kernels::Unary;

/// Adding it rounds to a whole number, which then stands in the last bits.
pub(super) const ROUND: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52

pub(super) const LN2: Double = Double::new(std::f64::consts::LN_2, 2.319_046_813_846_299_6e-17);

/// `(e^r - 1 - r) / r^2` for `|r| <= ln 2 / 2`; error of `e^r` 2^-57.9.
const TAIL: [f64; 10] = [
    0.5000000000000011,
    0.16666666666666408,
    0.04166666666652996,
    0.008333333333496685,
    0.0013888888943715343,
    0.00019841269502405493,
    2.4801492983089282e-05,
    2.7557589521099687e-06,
    2.7630297657697105e-07,
    2.4999241671346e-08,
];

/// As [`TAIL`], of single precision; error of `e^r` 2^-34.2.
const SINGLE_TAIL: [f32; 6] =
    [0.5, 0.166_666_66, 0.041_666_294, 0.008_333_498, 0.001_394_475_5, 0.000_197_898_99];

/// `(2^r - 1) / r` for `|r| <= 1/2`; error of `2^r` 2^-28.9.
const SINGLE_BASE_2: [f64; 6] = [
    0.6931472029114903,
    0.24022647858113866,
    0.055503322135643025,
    0.009618442204428005,
    0.0013398996081954375,
    0.00015352444827636502,
];

/// `2^n`, of which `rounded` is `n + ROUND`, as the product of two numbers: it may be subnormal, or
/// beyond the greatest number.
#[inline(always)]
pub(super) fn power_of_2(rounded: f64) -> (f64, f64) {
    let biased = rounded.to_bits() + 2 * 1023;
    (f64::from_bits((biased >> 1) << 52), f64::from_bits(((biased + 1) >> 1) << 52))
}

/// `2^n`, which is normal, of which `rounded` is `n + ROUND`.
#[inline(always)]
pub(super) fn normal_power_of_2(rounded: f64) -> f64 {
    f64::from_bits((rounded.to_bits() + 1023) << 52)
}

/// `x + low` less a multiple of `ln 2`, in two parts, and that multiple plus [`ROUND`].
#[inline(always)]
fn reduced(x: f64, low: f64) -> (f64, f64, f64) {
    let rounded = fma(x, std::f64::consts::LOG2_E, ROUND);
    let n = rounded - ROUND;
    // Exact: what is left are multiples of 2^-54 less than a half.
    let above = fma(n, -LN2.hi, x);
    let below = fma(n, -LN2.lo, low);
    let r = above + below;
    (r, (above - r) + below, rounded)
}

/// What `e^(r + rest)` is more than `1 + r`, for `|r| <= ln 2 / 2`.
#[inline(always)]
fn tail(r: f64, rest: f64) -> f64 {
    fma(r * r, polynomial(r, &TAIL), fma(rest, r, rest))
}

/// `e^(x + low)` as a number of two parts and `n + ROUND`, the exponent of the power of 2 that it is
/// to be multiplied by; `-746 <= x <= 710` or NaN, and `low` is a correction of `x`.
#[inline(always)]
pub(super) fn split(x: f64, low: f64) -> (Double, f64) {
    let (r, rest, rounded) = reduced(x, low);
    let sum = Double::ordered_sum(1.0, r);
    (Double::new(sum.hi, sum.lo + tail(r, rest)), rounded)
}

/// `e^x - 1` as a number of two parts, for `-708 <= x <= 709` or NaN.
#[inline(always)]
pub(super) fn less_1(x: f64) -> Double {
    let (r, rest, rounded) = reduced(x, 0.0);
    let power = normal_power_of_2(rounded);
    let whole = Double::sum(power, -1.0);
    let sum = Double::sum(whole.hi, power * r);
    Double::new(sum.hi, sum.lo + fma(power, tail(r, rest), whole.lo))
}

/// `e^(x + low)`, where `low` is a correction of `x`; any `x`.
#[inline(always)]
pub(super) fn exp_of_sum(x: f64, low: f64) -> f64 {
    let beyond = !(x > -746.0 && x < 710.0);
    let low = select(beyond, 0.0, low);
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    let (value, rounded) = split(x, low);
    let (first, second) = power_of_2(rounded);
    value.rounded() * first * second
}

/// `e^x`; any `x`.
#[inline(always)]
pub(in crate::block::kernels) fn exp(x: f64) -> f64 {
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    let (value, rounded) = split(x, 0.0);
    let (first, second) = power_of_2(rounded);
    value.rounded() * first * second
}

pub(in crate::block::kernels) struct Exp;

impl Unary<f64> for Exp {
    type Output = f64;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        exp(x)
    }
}

impl Unary<f32> for Exp {
    type Output = f32;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f32) -> f32 {
        /// As [`ROUND`].
        const ROUND: f32 = 12_582_912.0; // 1.5 * 2^23
        // The first 15 bits of `ln 2`, whose multiples by exponents are exact, and the rest.
        const LN2: (f32, f32) = (0.693_145_75, 1.428_606_8e-6);
        let rounded = x.mul_add(std::f32::consts::LOG2_E, ROUND);
        let n = rounded - ROUND;
        let above = n.mul_add(-LN2.0, x);
        let r = n.mul_add(-LN2.1, above);
        let rest = n.mul_add(-LN2.1, above - r);
        let [a, b, c, d, e, f] = SINGLE_TAIL;
        let square = r * r;
        let even = e.mul_add(square, c).mul_add(square, a);
        let odd = f.mul_add(square, d).mul_add(square, b);
        let tail = odd.mul_add(r, even).mul_add(square, rest);
        let value = 1.0 + (r + tail);
        f32::from_bits(value.to_bits().wrapping_add(rounded.to_bits() << 23))
    }

    #[inline(always)]
    fn rare(x: f32) -> bool {
        // Beyond, results are not normal.
        !(-87.3..=88.7).contains(&x)
    }

    fn careful(x: f32) -> f32 {
        exp(x.into()) as f32
    }
}

/// `2^x` as a number of single precision wants it; `|x| < 1000` or NaN.
#[inline(always)]
pub(super) fn single_exp2(x: f64) -> f64 {
    let rounded = x + ROUND;
    let r = x - (rounded - ROUND);
    fma(r, polynomial(r, &SINGLE_BASE_2), 1.0) * normal_power_of_2(rounded)
}

pub(in crate::block::kernels) struct Exp2;
pub(in crate::block::kernels) struct Expm1;

impl Unary<f64> for Exp2 {
    type Output = f64;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        let x = if x > 1025.0 { 1025.0 } else { x };
        let x = if x < -1076.0 { -1076.0 } else { x };
        let rounded = x + ROUND;
        let r = x - (rounded - ROUND);
        let natural = Double::product(r, LN2.hi);
        let sum = Double::ordered_sum(1.0, natural.hi);
        let value = sum.hi + (sum.lo + tail(natural.hi, fma(r, LN2.lo, natural.lo)));
        let (first, second) = power_of_2(rounded);
        value * first * second
    }
}

impl Unary<f32> for Exp2 {
    type Output = f32;

    #[inline(always)]
    fn apply(x: f32) -> f32 {
        let x = if x > 129.0 { 129.0 } else { x };
        let x = if x < -151.0 { -151.0 } else { x };
        single_exp2(x.into()) as f32
    }
}

impl Unary<f64> for Expm1 {
    type Output = f64;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        // From here on it is -1.
        let bounded = if x < -60.0 { -60.0 } else { x };
        less_1(bounded).rounded().copysign(x)
    }

    #[inline(always)]
    fn rare(x: f64) -> bool {
        (x > 709.0) | x.is_nan()
    }

    fn careful(x: f64) -> f64 {
        exp_of_sum(x, 0.0)
    }
}
