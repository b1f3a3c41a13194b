//! Real numbers from random bits, and the functions of numbers that only random ones are made with.
//!
//! The others are those of [`math`]: the same bits on every machine.

use std::f64::consts::FRAC_PI_2;

use crate::block::kernels::math;

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

/// The cosine and the sine of an angle that 64 random bits choose, evenly on the whole circle.
#[inline(always)]
pub(super) fn cos_sin_of_turn(bits: u64) -> (f64, f64) {
    // Two bits choose a quarter, 52 an angle from its middle.
    let angle = (open_unit(bits << 2) - 0.5) * FRAC_PI_2;
    let (sin, cos) = math::sin_cos_of_eighth(angle);
    let (odd, upper) = (bits >> 62 & 1, bits >> 63);
    let (x, y) = if odd == 1 { (sin, cos) } else { (cos, sin) };
    let sign = |value: f64, negative: u64| f64::from_bits(value.to_bits() ^ negative << 63);
    (sign(x, odd ^ upper), sign(y, upper))
}

/// What Stirling's formula leaves out of `ln(k!)`: that less
/// `(k + 1/2) ln(k + 1) - (k + 1) + ln(2 pi) / 2`.
#[inline(always)]
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
