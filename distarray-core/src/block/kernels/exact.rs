//! [`Exact`]: a sum of floating-point numbers without any rounding; and wider ones, for their squares.
//!
//! A number of fixed point, wide enough for every `f64` and for 2^77 of them together (Kulisch,
//! *Advanced Arithmetic for the Digital Computer*, 2002). Integers add in any order, so a sum is the
//! same whatever the order of its terms, and is rounded once, when it is asked for.

use std::cmp::Ordering;

use super::rounding::Rounded;

/// Words of a sum: from the least `f64` to 2^77 times the greatest.
const LIMBS: usize = 34;
/// Words of a sum of squares, and those of them below the least `f64`.
const WIDE_LIMBS: usize = 51;
const WIDE_BELOW: usize = 1;
/// Words that are looked at together.
const STRIDE: usize = 4;
/// The power of two that the lowest bit stands for: the least `f64`.
pub(super) const LOWEST: i32 = -1074;

const NAN: u64 = 1;
const INFINITE: u64 = 2;
const NEGATIVE_INFINITE: u64 = 4;

/// An exact sum: a number in two's complement in units of the least `f64`, or of so many words below it, lowest word
/// first, and which special values were among the terms.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct Fixed<const LIMBS: usize, const BELOW: usize = 0> {
    pub(super) limbs: [u64; LIMBS],
    special: u64,
}

/// A sum of numbers.
pub(super) type Exact = Fixed<LIMBS>;
/// A sum of squares of numbers, or of as large products: to 2^77 times the square of the greatest. What squares have
/// below its lowest bit adds up to nothing that a result could show.
pub(super) type Wide = Fixed<WIDE_LIMBS, WIDE_BELOW>;

/// What adds floating-point numbers without rounding.
pub(super) trait Summing: Copy {
    /// Of no numbers: all bits zero.
    const ZERO: Self;

    /// Adds `value * 2^exponent`. The exponent is not below that of the least `f64`, and the product
    /// not above the greatest times a few thousand.
    fn add(&mut self, value: i64, exponent: i32);

    /// Adds one number.
    fn push(&mut self, value: f64);

    /// Adds another sum.
    fn merge(&mut self, other: &Self);

    /// The number nearest to the sum divided by a positive number; NaN where that is 0.
    fn divided<R: Rounded>(&self, by: u64) -> R;

    /// The nearest number; of two as near, the even one. A sum of zero is positive.
    fn rounded<R: Rounded>(&self) -> R {
        self.divided(1)
    }
}

impl<const LIMBS: usize, const BELOW: usize> Summing for Fixed<LIMBS, BELOW> {
    const ZERO: Self = Self::ZERO;

    #[inline]
    fn add(&mut self, value: i64, exponent: i32) {
        self.add(value, exponent);
    }

    #[inline]
    fn push(&mut self, value: f64) {
        self.push(value);
    }

    #[inline]
    fn merge(&mut self, other: &Self) {
        self.merge(other);
    }

    #[inline]
    fn divided<R: Rounded>(&self, by: u64) -> R {
        self.divided(by)
    }
}

impl<const LIMBS: usize, const BELOW: usize> Fixed<LIMBS, BELOW> {
    pub(super) const ZERO: Self = Self { limbs: [0; LIMBS], special: 0 };
    /// The power of two that the lowest bit stands for.
    pub(super) const LOWEST: i32 = LOWEST - 64 * BELOW as i32;

    /// Adds `value * 2^exponent`. The exponent is not below that of the lowest bit, and the product
    /// not above the greatest times a few thousand.
    #[inline]
    pub(super) fn add(&mut self, value: i64, exponent: i32) {
        let place = (exponent - Self::LOWEST) as usize;
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
    #[inline]
    pub(super) fn add_wide(&mut self, value: i128, exponent: i32) {
        let place = (exponent - Self::LOWEST) as usize;
        let (limb, shift) = (place / 64, place % 64);
        let wide = value << shift;
        let (low, carry) = self.limbs[limb].overflowing_add(wide as u64);
        let (high, carry) = self.limbs[limb + 1].carrying_add((wide >> 64) as u64, carry);
        (self.limbs[limb], self.limbs[limb + 1]) = (low, high);
        // What the shift has moved out of two words, with the sign.
        let above = (value >> (127 - shift) >> 1) as i64;
        self.carry(limb + 2, above + i64::from(carry));
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
    #[inline]
    pub(super) fn merge(&mut self, other: &Self) {
        self.special |= other.special;
        let Some((lowest, highest)) = other.span() else { return };
        let mut carry = false;
        let words = self.limbs[lowest..=highest].iter_mut().zip(&other.limbs[lowest..=highest]);
        for (limb, &other) in words {
            (*limb, carry) = limb.carrying_add(other, carry);
        }
        // The words above are the other's sign: 0, or -1.
        self.carry(highest + 1, i64::from(carry) - i64::from(other.is_negative()));
    }

    /// The sum times `2^64` so many times, if that leaves a word for carries; as it is for none.
    pub(super) fn raised(&self, words: usize) -> Option<Self> {
        if words == 0 {
            return Some(*self);
        }
        let Some((_, highest)) = self.span() else { return Some(*self) };
        if highest + words + 1 >= LIMBS {
            return None;
        }
        let sign = if self.is_negative() { u64::MAX } else { 0 };
        let mut limbs = [sign; LIMBS];
        limbs[..words].fill(0);
        limbs[words..=highest + words].copy_from_slice(&self.limbs[..=highest]);
        Some(Self { limbs, special: self.special })
    }

    /// The lowest word that is not zero, and the highest that says more than the sign: of usual sums a few
    /// words of all. None of a sum of zero.
    #[inline]
    pub(super) fn span(&self) -> Option<(usize, usize)> {
        let limbs = &self.limbs;
        let is_all = |words: &[u64], value| words.iter().fold(0, |or, w| or | (w ^ value)) == 0;
        let mut lowest = 0;
        while lowest + STRIDE <= LIMBS && is_all(&limbs[lowest..lowest + STRIDE], 0) {
            lowest += STRIDE;
        }
        lowest += limbs[lowest..].iter().position(|&word| word != 0)?;
        let sign = if self.is_negative() { u64::MAX } else { 0 };
        let mut end = LIMBS;
        while end >= lowest + STRIDE && is_all(&limbs[end - STRIDE..end], sign) {
            end -= STRIDE;
        }
        let above = limbs[lowest..end].iter().rposition(|&word| word != sign);
        Some((lowest, lowest + above.unwrap_or(0)))
    }

    /// A word of the sum without its sign; `lowest` is the lowest that is not zero.
    #[inline]
    pub(super) fn magnitude(&self, at: usize, lowest: usize) -> u64 {
        match (self.is_negative(), at.cmp(&lowest)) {
            (false, _) | (true, Ordering::Less) => self.limbs[at],
            (true, Ordering::Equal) => self.limbs[at].wrapping_neg(),
            (true, Ordering::Greater) => !self.limbs[at],
        }
    }

    /// Whether the sum of the finite terms is below zero.
    #[inline]
    pub(super) fn is_negative(&self) -> bool {
        self.limbs[LIMBS - 1] >> 63 == 1
    }

    /// The sum as IEEE 754 has it where not all terms were finite.
    pub(super) fn special_value(&self) -> Option<f64> {
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

#[cfg(test)]
impl Exact {
    /// The sum of numbers, made one by one.
    pub(super) fn of(numbers: &[f64]) -> Self {
        let mut exact = Self::ZERO;
        numbers.iter().for_each(|&number| exact.push(number));
        exact
    }
}

#[cfg(test)]
mod tests {
    use super::super::bins::samples::one_by_one as bits;
    use super::*;

    #[test]
    fn one_number_is_itself() {
        let least = f64::from_bits(1);
        for value in [0.0, 1.0, -1.5, least, -least, 3.0 * least, f64::MIN_POSITIVE, f64::MAX, 0.1]
        {
            assert_eq!(bits(&[value]), value.to_bits(), "{value:e}");
            assert_eq!(
                Exact::of(&[value as f32 as f64]).rounded::<f32>(),
                value as f32,
                "{value:e}"
            );
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
        assert!(Exact::of(&[f64::INFINITY, f64::NEG_INFINITY]).rounded::<f64>().is_nan());
        assert!(Exact::of(&[f64::NAN, 1.0]).rounded::<f32>().is_nan());
    }

    #[test]
    fn sums_merge_as_their_terms_add() {
        let of =
            [1.0, -1.0, 0.0, 1e300, -1e300, 1e-300, f64::from_bits(1), -f64::from_bits(1), 0.1];
        for (i, a) in of.into_iter().enumerate() {
            for b in of {
                for c in &of[i..] {
                    let (mut merged, all) = (Exact::of(&[a, b]), Exact::of(&[a, b, b, *c]));
                    merged.merge(&Exact::of(&[b, *c]));
                    assert_eq!(merged.limbs, all.limbs, "{a:e} {b:e} {c:e}");
                }
            }
        }
        let most = 2.0_f64.powi(64) * f64::from_bits(1);
        for (value, span) in [(most, (1, 1)), (-most, (1, 1)), (-f64::from_bits(1), (0, 0))] {
            assert_eq!(Exact::of(&[value]).span(), Some(span), "{value:e}");
        }
        assert_eq!(Exact::of(&[1.0, -1.0]).span(), None);
        let mut merged = Exact::of(&[f64::INFINITY]);
        merged.merge(&Exact::of(&[f64::NEG_INFINITY]));
        assert!(merged.rounded::<f64>().is_nan());
    }
}
