//! [`Exact`]: a sum of floating-point numbers without any rounding; and wider ones, for their squares.
//!
//! A number of fixed point, wide enough for every `f64` and for 2^77 of them together (Kulisch,
//! *Advanced Arithmetic for the Digital Computer*, 2002). Integers add in any order, so a sum is the
//! same whatever the order of its terms, and is rounded once, when it is asked for.

/// Words of a sum: from the least `f64` to 2^77 times the greatest.
const LIMBS: usize = 34;
/// Words of the widest number of fixed point.
const MOST_LIMBS: usize = 50;
/// The power of two that the lowest bit stands for: the least `f64`.
pub(super) const LOWEST: i32 = -1074;

const NAN: u64 = 1;
const INFINITE: u64 = 2;
const NEGATIVE_INFINITE: u64 = 4;

/// An exact sum: a number in two's complement in units of the least `f64`, lowest word first, and
/// which special values were among the terms.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct Fixed<const LIMBS: usize> {
    pub(super) limbs: [u64; LIMBS],
    special: u64,
}

/// A sum of numbers.
pub(super) type Exact = Fixed<LIMBS>;
/// A sum of squares of numbers, or of as large products: to 2^77 times the square of the greatest.
pub(super) type Wide = Fixed<MOST_LIMBS>;

/// A floating-point format that sums are rounded to.
pub(super) trait Rounded: Copy {
    /// Bits of the fraction.
    const FRACTION: usize;
    /// The place of the least number's bit in a sum.
    const LEAST: usize;
    /// The bits of infinity.
    const INFINITY: u64;
    fn of_bits(bits: u64, negative: bool) -> Self;
    fn special(value: f64) -> Self;
}

impl Rounded for f64 {
    const FRACTION: usize = 52;
    const LEAST: usize = 0;
    const INFINITY: u64 = Self::INFINITY.to_bits();

    fn of_bits(bits: u64, negative: bool) -> Self {
        let value = Self::from_bits(bits);
        if negative { -value } else { value }
    }

    fn special(value: f64) -> Self {
        value
    }
}

impl Rounded for f32 {
    const FRACTION: usize = 23;
    const LEAST: usize = (-149 - LOWEST) as usize;
    const INFINITY: u64 = Self::INFINITY.to_bits() as u64;

    fn of_bits(bits: u64, negative: bool) -> Self {
        let value = Self::from_bits(bits as u32);
        if negative { -value } else { value }
    }

    fn special(value: f64) -> Self {
        value as Self
    }
}

impl<const LIMBS: usize> Fixed<LIMBS> {
    pub(super) const ZERO: Self = Self { limbs: [0; LIMBS], special: 0 };

    /// Adds `value * 2^exponent`. The exponent is not below that of the least `f64`, and the product
    /// not above the greatest times a few thousand.
    #[inline]
    pub(super) fn add(&mut self, value: i64, exponent: i32) {
        let place = (exponent - LOWEST) as usize;
        let (limb, shift) = (place / 64, place % 64);
        let wide = i128::from(value) << shift;
        let (sum, over) = self.limbs[limb].overflowing_add(wide as u64);
        self.limbs[limb] = sum;
        self.carry(limb + 1, (wide >> 64) as i64 + i64::from(over));
    }

    /// Adds to a word, and what that overflows to those above.
    #[inline]
    fn carry(&mut self, from: usize, mut carry: i64) {
        for limb in &mut self.limbs[from..] {
            if carry == 0 {
                return;
            }
            let sum = i128::from(*limb) + i128::from(carry);
            *limb = sum as u64;
            carry = (sum >> 64) as i64;
        }
    }

    /// Adds `value * 2^exponent`, as [`add`](Self::add).
    pub(super) fn add_wide(&mut self, value: i128, exponent: i32) {
        const PIECE: u32 = 48;
        let mask = (1_i128 << PIECE) - 1;
        self.add((value & mask) as i64, exponent);
        self.add((value >> PIECE & mask) as i64, exponent + PIECE as i32);
        self.add((value >> (2 * PIECE)) as i64, exponent + 2 * PIECE as i32);
    }

    /// Adds one number.
    #[inline]
    pub(super) fn push(&mut self, value: f64) {
        if value.is_finite() {
            let (fraction, exponent) = parts(value);
            self.add(fraction, exponent);
        } else {
            self.push_special(value);
        }
    }

    /// Adds what is not finite.
    pub(super) fn push_special(&mut self, value: f64) {
        self.special |= match value {
            f64::INFINITY => INFINITE,
            f64::NEG_INFINITY => NEGATIVE_INFINITE,
            _ => NAN,
        };
    }

    /// Adds `value * times`.
    pub(super) fn push_times(&mut self, value: f64, times: i128) {
        match value.is_finite() {
            true => {
                let (fraction, exponent) = parts(value);
                // Fifty-three bits times each half of the number.
                self.add_wide(i128::from(fraction) * (times & 0xffff_ffff), exponent);
                self.add_wide(i128::from(fraction) * (times >> 32), exponent + 32);
            }
            false => self.push(value),
        }
    }

    /// Adds another sum.
    pub(super) fn merge(&mut self, other: &Self) {
        let mut carry = false;
        for (limb, &other) in self.limbs.iter_mut().zip(&other.limbs) {
            (*limb, carry) = limb.carrying_add(other, carry);
        }
        self.special |= other.special;
    }

    /// The nearest number; of two as near, the even one. A sum of zero is positive.
    pub(super) fn rounded<R: Rounded>(&self) -> R {
        self.divided(1)
    }

    /// The number nearest to the sum divided by a positive number; NaN where that is 0.
    pub(super) fn divided<R: Rounded>(&self, by: u64) -> R {
        if let Some(special) = self.special_value() {
            return R::special(special);
        }
        if by == 0 {
            return R::special(f64::NAN);
        }
        let negative = self.is_negative();
        // A word below the lowest for what a division leaves.
        let mut words = [0; MOST_LIMBS + 1];
        let magnitude = &mut words[..=LIMBS];
        magnitude[1..].copy_from_slice(&self.limbs);
        if negative {
            negate(magnitude);
        }
        let rest = if by == 1 { 0 } else { divide(magnitude, by) };
        R::of_bits(nearest::<R>(magnitude, rest != 0), negative)
    }

    /// Whether the sum of the finite terms is below zero.
    pub(super) fn is_negative(&self) -> bool {
        self.limbs[LIMBS - 1] >> 63 == 1
    }

    /// The sum as IEEE 754 has it where not all terms were finite.
    fn special_value(&self) -> Option<f64> {
        match self.special {
            0 => None,
            INFINITE => Some(f64::INFINITY),
            NEGATIVE_INFINITE => Some(f64::NEG_INFINITY),
            _ => Some(f64::NAN),
        }
    }
}

/// A finite number as a whole number times a power of two.
#[inline]
pub(super) fn parts(value: f64) -> (i64, i32) {
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let fraction = (bits & ((1 << 52) - 1)) as i64;
    // Subnormal numbers have the exponent of the least normal ones, without the hidden bit.
    let fraction = if exponent == 0 { fraction } else { fraction | 1 << 52 };
    (if value.is_sign_negative() { -fraction } else { fraction }, exponent.max(1) - 1 + LOWEST)
}

pub(super) fn negate(magnitude: &mut [u64]) {
    let mut carry = true;
    for limb in magnitude {
        (*limb, carry) = (!*limb).overflowing_add(u64::from(carry));
    }
}

/// Divides in place; gives the rest.
fn divide(magnitude: &mut [u64], by: u64) -> u64 {
    let mut rest = 0;
    for limb in magnitude.iter_mut().rev() {
        if rest == 0 && *limb == 0 {
            continue;
        }
        let dividend = u128::from(rest) << 64 | u128::from(*limb);
        *limb = (dividend / u128::from(by)) as u64;
        rest = (dividend % u128::from(by)) as u64;
    }
    rest
}

/// The bits of the number nearest to a magnitude whose second word begins with the least `f64`;
/// `more` where there is something below its lowest bit.
fn nearest<R: Rounded>(magnitude: &[u64], more: bool) -> u64 {
    let Some(highest) = magnitude.iter().rposition(|&limb| limb != 0) else { return 0 };
    let least = R::LEAST + 64;
    let top = highest * 64 + 63 - magnitude[highest].leading_zeros() as usize;
    let shift = top.saturating_sub(R::FRACTION).max(least);
    let (limb, bit) = (shift / 64, shift % 64);
    let above = magnitude.get(limb + 1).copied().unwrap_or(0);
    let pair = u128::from(above) << 64 | u128::from(magnitude[limb]);
    // The highest bit is at most `FRACTION` above `shift`: no bits are cut off.
    let mut fraction = (pair >> bit) as u64;
    let half = magnitude[(shift - 1) / 64] >> ((shift - 1) % 64) & 1 == 1;
    let (low, bits) = ((shift - 1) / 64, (shift - 1) % 64);
    let below = || {
        more || magnitude[low] & ((1 << bits) - 1) != 0
            || magnitude[..low].iter().any(|&limb| limb != 0)
    };
    if half && (fraction & 1 == 1 || below()) {
        fraction += 1;
    }
    // A carry out of the fraction is the next power of two.
    ((((shift - least) as u64) << R::FRACTION) + fraction).min(R::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(of: &[f64]) -> Exact {
        let mut exact = Exact::ZERO;
        of.iter().for_each(|&value| exact.push(value));
        exact
    }

    fn bits(of: &[f64]) -> u64 {
        sum(of).rounded::<f64>().to_bits()
    }

    #[test]
    fn one_number_is_itself() {
        let least = f64::from_bits(1);
        for value in [0.0, 1.0, -1.5, least, -least, 3.0 * least, f64::MIN_POSITIVE, f64::MAX, 0.1]
        {
            assert_eq!(bits(&[value]), value.to_bits(), "{value:e}");
            assert_eq!(sum(&[value as f32 as f64]).rounded::<f32>(), value as f32, "{value:e}");
        }
        assert_eq!(bits(&[-0.0]), 0, "zero is positive");
    }

    #[test]
    fn nothing_is_lost_on_the_way() {
        assert_eq!(bits(&[1e308, 1e308, 1e-308, -1e308, -1e308]), 1e-308_f64.to_bits());
        assert_eq!(bits(&[1e16, 1.0, -1e16]), 1.0_f64.to_bits());
        assert_eq!(bits(&[f64::MAX, f64::MAX]), f64::INFINITY.to_bits());
        assert_eq!(bits(&[-f64::MAX, -f64::MAX]), f64::NEG_INFINITY.to_bits());
        assert_eq!(bits(&[1.0, f64::EPSILON / 2.0]), 1.0_f64.to_bits(), "halves go to even");
        let above = [1.0, f64::EPSILON / 2.0, f64::from_bits(1)];
        assert_eq!(bits(&above), (1.0 + f64::EPSILON).to_bits());
    }

    #[test]
    fn special_values_are_those_of_ieee_754() {
        assert_eq!(bits(&[f64::INFINITY, 1e308, -1.0]), f64::INFINITY.to_bits());
        assert_eq!(bits(&[f64::NEG_INFINITY, 2.0]), f64::NEG_INFINITY.to_bits());
        assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY]).rounded::<f64>().is_nan());
        assert!(sum(&[f64::NAN, 1.0]).rounded::<f32>().is_nan());
    }

    #[test]
    fn quotients_are_rounded_once() {
        for (of, by, quotient) in [
            (vec![1.0], 3, 1.0 / 3.0),
            (vec![-2.0], 7, -2.0 / 7.0),
            (vec![f64::MAX, f64::MAX], 2, f64::MAX),
            (vec![f64::from_bits(3)], 2, f64::from_bits(2)),
            (vec![f64::from_bits(1)], 2, 0.0),
        ] {
            assert_eq!(sum(&of).divided::<f64>(by), quotient);
        }
        assert!(sum(&[1.0]).divided::<f64>(0).is_nan());
        let mut exact = Exact::ZERO;
        exact.push_times(0.1, -(1 << 40));
        assert_eq!(exact.rounded::<f64>(), -0.1 * (1_u64 << 40) as f64);
        exact.push_times(0.1, 1 << 40);
        assert_eq!(exact.rounded::<f64>(), 0.0);
    }

    #[test]
    fn sums_of_floats_round_once() {
        // 1 + 2^-24 + 2^-60 lies just above the middle of two `f32`.
        let exact = sum(&[1.0, 2.0_f64.powi(-24), 2.0_f64.powi(-60)]);
        assert_eq!(exact.rounded::<f32>(), 1.0 + f32::EPSILON);
        assert_eq!(sum(&[1e-45_f32.into(), 1e-45_f32.into()]).rounded::<f32>(), 3e-45);
    }
}
