//! Functions of real numbers that random ones are made with: the same bits on every machine, and
//! nothing but arithmetic, so that loops of them become vector instructions.
//!
//! Coefficients and reductions are those of FDLIBM (Sun Microsystems, 1993); errors are below one unit
//! in the last place for `ln`, `sin`, `cos`, and below two for the others.

use std::f64::consts::{FRAC_PI_2, LOG2_E};

const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// 2^52: added to a small whole number, it leaves that in the last bits.
const WHOLE: u64 = 0x4330_0000_0000_0000;

/// A polynomial, by its coefficients from the lowest power on.
#[inline(always)]
fn polynomial<const N: usize>(x: f64, coefficients: [f64; N]) -> f64 {
    let mut value = 0.0;
    for coefficient in coefficients.into_iter().rev() {
        value = value * x + coefficient;
    }
    value
}

/// A number in the open unit interval from 52 of 64 random bits: odd multiples of 2^-53.
#[inline(always)]
pub(super) fn open_unit(bits: u64) -> f64 {
    const ONE: u64 = 0x3FF0_0000_0000_0000;
    f64::from_bits(ONE | bits >> 12) - (1.0 - f64::EPSILON / 2.0)
}

/// A number in the unit interval, 1 left out, from 53 of 64 random bits: multiples of 2^-53.
#[inline(always)]
pub(super) fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 * (f64::EPSILON / 2.0)
}

/// The natural logarithm of a positive, normal number.
#[inline(always)]
pub(super) fn ln(x: f64) -> f64 {
    /// The bits of the root of a half: mantissas are taken from there up to the root of 2.
    const ROOT: u64 = 0x3FE6_A09E_667F_3BCD;
    const BIAS: u64 = 1023;
    let above = x.to_bits().wrapping_sub(ROOT).wrapping_add(BIAS << 52);
    let biased = above >> 52;
    let mantissa = f64::from_bits(x.to_bits().wrapping_sub(biased.wrapping_sub(BIAS) << 52));
    let exponent = f64::from_bits(WHOLE | biased) - (4_503_599_627_370_496.0 + BIAS as f64);
    let f = mantissa - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let series = z * polynomial(
        z,
        [
            6.666_666_666_666_735e-1,
            3.999_999_999_940_942e-1,
            2.857_142_874_366_239e-1,
            2.222_219_843_214_978_4e-1,
            1.818_357_216_161_805e-1,
            1.531_383_769_920_937_3e-1,
            1.479_819_860_511_658_6e-1,
        ],
    );
    let half = 0.5 * f * f;
    exponent * LN_2_HIGH - ((half - (s * (half + series) + exponent * LN_2_LOW)) - f)
}

/// The natural logarithm of `1 + x`, for `x` above -1.
#[inline(always)]
pub(super) fn ln_1p(x: f64) -> f64 {
    // The factor makes up for what was rounded off (W. Kahan).
    let sum = 1.0 + x;
    if sum == 1.0 { x } else { ln(sum) * (x / (sum - 1.0)) }
}

/// The exponential of a number up to 700; 0 below -700.
pub(super) fn exp(x: f64) -> f64 {
    if x < -700.0 {
        return 0.0;
    }
    let whole = (x * LOG2_E).round();
    let (high, low) = (x - whole * LN_2_HIGH, whole * LN_2_LOW);
    let rest = high - low;
    let square = rest * rest;
    let even = rest
        - square
            * polynomial(
                square,
                [
                    1.666_666_666_666_660_2e-1,
                    -2.777_777_777_701_559_3e-3,
                    6.613_756_321_437_934e-5,
                    -1.653_390_220_546_525_2e-6,
                    4.138_136_797_057_238_5e-8,
                ],
            );
    let value = 1.0 - ((low - rest * even / (2.0 - even)) - high);
    value * f64::from_bits(((whole as i64 + 1023) as u64) << 52)
}

/// The cosine and the sine of an angle that 64 random bits choose, evenly on the whole circle.
#[inline(always)]
pub(super) fn cos_sin_of_turn(bits: u64) -> (f64, f64) {
    // Two bits choose a quarter, 52 an angle from its middle.
    let angle = (open_unit(bits << 2) - 0.5) * FRAC_PI_2;
    let square = angle * angle;
    let sin = angle
        + angle
            * square
            * polynomial(
                square,
                [
                    -1.666_666_666_666_663_2e-1,
                    8.333_333_333_322_49e-3,
                    -1.984_126_982_985_795e-4,
                    2.755_731_370_707_006_8e-6,
                    -2.505_076_025_340_686_3e-8,
                    1.589_690_995_211_55e-10,
                ],
            );
    let cos = 1.0 - 0.5 * square
        + square
            * square
            * polynomial(
                square,
                [
                    4.166_666_666_666_66e-2,
                    -1.388_888_888_887_411e-3,
                    2.480_158_728_947_673e-5,
                    -2.755_731_435_139_066_3e-7,
                    2.087_572_321_298_175e-9,
                    -1.135_964_755_778_819_5e-11,
                ],
            );
    let (odd, upper) = (bits >> 62 & 1, bits >> 63);
    let (x, y) = if odd == 1 { (sin, cos) } else { (cos, sin) };
    let sign = |value: f64, negative: u64| f64::from_bits(value.to_bits() ^ negative << 63);
    (sign(x, odd ^ upper), sign(y, upper))
}

/// What Stirling's formula leaves out of `ln(k!)`: that less
/// `(k + 1/2) ln(k + 1) - (k + 1) + ln(2 pi) / 2`.
pub(super) fn stirling_rest(k: f64) -> f64 {
    const FIRST: [f64; 10] = [
        0.081_061_466_795_327_26,
        0.041_340_695_955_409_29,
        0.027_677_925_684_998_34,
        0.020_790_672_103_765_093,
        0.016_644_691_189_821_193,
        0.013_876_128_823_070_748,
        0.011_896_709_945_891_77,
        0.010_411_265_261_972_096,
        0.009_255_462_182_712_733,
        0.008_330_563_433_362_87,
    ];
    if k < 10.0 {
        return FIRST[k as usize];
    }
    let inverse = 1.0 / (k + 1.0);
    let square = inverse * inverse;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - square / 1680.0) * square) * square) * inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(found: f64, expected: f64, what: &str) {
        let error = (found - expected).abs() / expected.abs().max(f64::MIN_POSITIVE);
        assert!(error < 6e-16 || found == expected, "{what}: {found} for {expected}");
    }

    #[test]
    fn logarithms_and_exponentials() {
        for i in 1..4000 {
            let x = f64::from(i) / 977.0;
            for x in [x, 1.0 / x, 1.0 - f64::EPSILON * x, x * 1e200, x * 1e-200] {
                assert_close(ln(x), x.ln(), "ln");
                if x < 700.0 {
                    assert_close(exp(-x), (-x).exp(), "exp");
                    assert_close(exp(x), x.exp(), "exp");
                }
            }
            for x in [x, x * 1e-12, -x / 5.0] {
                assert_close(ln_1p(x), x.ln_1p(), "ln_1p");
            }
        }
        assert_eq!((exp(-800.0), exp(0.0), ln(1.0)), (0.0, 1.0, 0.0));
    }

    #[test]
    fn turns() {
        for i in 0..10_000_u64 {
            let bits = i.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let (cos, sin) = cos_sin_of_turn(bits);
            // The angle is counted from the middle of the first quarter.
            let angle = (bits as f64 / 2_f64.powi(62) - 0.5) * FRAC_PI_2;
            assert!((cos - angle.cos()).abs() < 2e-15, "{bits:x}: {cos} for {}", angle.cos());
            assert!((sin - angle.sin()).abs() < 2e-15, "{bits:x}: {sin} for {}", angle.sin());
        }
    }

    #[test]
    fn units_are_within_bounds() {
        assert_eq!((unit(0), unit(u64::MAX)), (0.0, 1.0 - f64::EPSILON / 2.0));
        assert_eq!(open_unit(0), f64::EPSILON / 2.0);
        assert_eq!(open_unit(u64::MAX), 1.0 - f64::EPSILON / 2.0);
    }

    #[test]
    fn factorials() {
        let (mut sum, half_ln_tau) = (0.0_f64, 0.5 * std::f64::consts::TAU.ln());
        for k in 0..40 {
            let k = f64::from(k);
            sum += k.max(1.0).ln();
            let rest = sum - ((k + 0.5) * (k + 1.0).ln() - (k + 1.0) + half_ln_tau);
            assert!((stirling_rest(k) - rest).abs() < 1e-12, "{k}");
        }
    }
}
