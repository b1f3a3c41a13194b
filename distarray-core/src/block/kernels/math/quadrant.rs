//! Reduction of angles to an eighth of a turn about a multiple of a quarter.
//!
//! Up to [`NEAR`] by three parts of `pi / 2` (Cody and Waite, 1980); beyond it by as many bits of `2 /
//! pi` as matter (Payne and Hanek, 1983), one angle at a time.

use super::double::{Double, fma};
use super::exponential::ROUND;

/// Up to here [`near`] is as good as the numbers themselves.
pub(super) const NEAR: f64 = 1_073_741_824.0;

/// Up to here [`single_near`] is as good as the numbers themselves.
pub(super) const SINGLE_NEAR: f32 = 8192.0;

/// The parts of `pi / 2` of single precision: 24 bits, 11 bits, and what is left.
const SINGLE_QUARTER: [f32; 3] = [std::f32::consts::FRAC_PI_2, -4.371_395_3e-8, 2.563_344e-12];

/// The parts of `pi / 2`.
const QUARTER: [f64; 3] =
    [std::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17, -1.497_384_904_859_169_8e-33];

/// The bits of `2 / pi` after the point, which 64 zeros stand before.
const TWO_OVER_PI: [u64; 20] = [
    0x0000_0000_0000_0000,
    0xa2f9_836e_4e44_1529,
    0xfc27_57d1_f534_ddc0,
    0xdb62_9599_3c43_9041,
    0xfe51_63ab_debb_c561,
    0xb724_6e3a_424d_d2e0,
    0x0649_2eea_09d1_921c,
    0xfe1d_eb1c_b129_a73e,
    0xe882_35f5_2ebb_4484,
    0xe99c_7026_b45f_7e41,
    0x3991_d639_8353_39f4,
    0x9c84_5f8b_bdf9_283b,
    0x1ff8_97ff_de05_980f,
    0xef2f_118b_5a0a_6d1f,
    0x6d36_7ecf_27cb_09b7,
    0x4f46_3f66_9e5f_ea2d,
    0x7527_bac7_ebe5_f17b,
    0x3d07_39f7_8a52_92ea,
    0x6bfb_5fb1_1f8d_5d08,
    0x5603_3046_fc7b_6bab,
];

/// An angle less a multiple of a quarter turn, and a number whose last two bits tell which quarter.
#[inline(always)]
pub(super) fn near(x: f64) -> (Double, u64) {
    let rounded = fma(x, std::f64::consts::FRAC_2_PI, ROUND);
    let n = rounded - ROUND;
    // Exact: what is left are multiples of the last bit of `x` or of `pi / 2`, and less than 1.
    let first = fma(-n, QUARTER[0], x);
    let second = Double::product(-n, QUARTER[1]);
    let sum = Double::sum(first, second.hi);
    (Double::new(sum.hi, sum.lo + fma(-n, QUARTER[2], second.lo)), rounded.to_bits())
}

/// An angle of single precision up to [`SINGLE_NEAR`] less the nearest multiple of a quarter turn, in two parts, and a
/// number whose last two bits are the quarter.
///
/// The products by the first two parts are exact, and so are the differences, but that the second is rounded to the first
/// number that is returned: what that loses, and the third product, are the second number.
#[inline(always)]
pub(super) fn single_near(x: f32) -> (f32, f32, u32) {
    /// As [`ROUND`].
    const ROUND: f32 = 12_582_912.0; // 1.5 * 2^23
    let [first, second, third] = SINGLE_QUARTER;
    let rounded = x.mul_add(std::f32::consts::FRAC_2_PI, ROUND);
    let n = -(rounded - ROUND);
    let above = n.mul_add(first, x);
    let r = n.mul_add(second, above);
    let low = n.mul_add(third, n.mul_add(second, above - r));
    (r, low, rounded.to_bits())
}

/// An angle of single precision less a number of half turns that is `ahead` of the nearest, and a number
/// that is odd where the number plus `ahead` is; `ahead` is 0 or a half.
#[inline(always)]
pub(super) fn near_single(x: f64, ahead: f64) -> (f64, u64) {
    let rounded = fma(x, std::f64::consts::FRAC_1_PI, ahead) + ROUND;
    let n = (rounded - ROUND) - ahead;
    let r = fma(-n, 2.0 * QUARTER[1], fma(-n, 2.0 * QUARTER[0], x));
    (r, rounded.to_bits())
}

/// As [`near`], of a number of at least 1.
pub(super) fn far(x: f64) -> (Double, u64) {
    let bits = x.to_bits();
    let significand = (bits & ((1 << 52) - 1)) | (1 << 52);
    // Bits of 2 / pi that times the last bit of the significand are multiples of 4 turn the angle
    // by whole turns.
    let skipped = (64 - 2 + (bits >> 52) as usize) - 1075;
    let (word, shift) = (skipped / 64, skipped % 64);
    let [a, b, c] = [0, 1, 2].map(|k| {
        let pair = u128::from(TWO_OVER_PI[word + k]) << 64 | u128::from(TWO_OVER_PI[word + k + 1]);
        (pair << shift >> 64) as u64
    });
    let low = u128::from(significand) * u128::from(c);
    let middle = u128::from(significand) * u128::from(b) + (low >> 64);
    let high = significand.wrapping_mul(a).wrapping_add((middle >> 64) as u64);
    // The first two bits are the quarter, what follows a fraction of one, rounded to the nearest.
    let fraction = (u128::from(high) << 66
        | u128::from(middle as u64) << 2
        | u128::from(low as u64 >> 62)) as i128;
    let quarter = (high >> 62) + u64::from(fraction < 0);
    let hi = fraction as f64;
    let lo = (fraction - hi as i128) as f64;
    let scale = f64::exp2(-128.0);
    let turned = Double::new(hi * scale, lo * scale).times(Double::new(QUARTER[0], QUARTER[1]));
    (turned.normal(), quarter)
}
