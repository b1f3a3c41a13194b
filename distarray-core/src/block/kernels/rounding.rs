//! Rounding exact sums, and quotients of them, to the nearest number.

use super::exact::{Fixed, LOWEST};

/// Words of a sum that are rounded: all bits of a number lie in the upper two that are not zero, and a
/// quotient may begin a word lower than its dividend.
const WORDS: usize = 3;

/// A floating-point format that sums are rounded to.
pub(super) trait Rounded: Copy {
    /// Bits of the fraction.
    const FRACTION: usize;
    /// The place of the least number's bit above that of the least `f64`.
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

impl<const LIMBS: usize, const BELOW: usize> Fixed<LIMBS, BELOW> {
    /// The nearest number; of two as near, the even one. A sum of zero is positive.
    #[inline]
    pub(super) fn rounded<R: Rounded>(&self) -> R {
        self.divided(1)
    }

    /// The number nearest to the sum divided by a positive number; NaN where that is 0.
    #[inline]
    pub(super) fn divided<R: Rounded>(&self, by: u64) -> R {
        self.divided_from(by, 0)
    }

    /// As [`divided`](Self::divided), where so many words of zeros belong below those that there are.
    pub(super) fn divided_from<R: Rounded>(&self, by: u64, below: usize) -> R {
        if let Some(special) = self.special_value() {
            return R::special(special);
        }
        if by == 0 {
            return R::special(f64::NAN);
        }
        let Some((lowest, highest)) = self.span() else { return R::of_bits(0, false) };
        let mut words = [0; WORDS];
        for (word, down) in words.iter_mut().rev().zip(0..=highest - lowest) {
            *word = self.magnitude(highest - down, lowest);
        }
        let mut more = highest - lowest >= WORDS;
        if by != 1 {
            more |= divide(&mut words, by) != 0;
        }
        let bits = nearest::<R>(&words, highest + below, R::LEAST + 64 * BELOW, more);
        R::of_bits(bits, self.is_negative())
    }
}

/// Divides in place; gives the rest.
fn divide(words: &mut [u64; WORDS], by: u64) -> u64 {
    let mut rest = 0;
    for word in words.iter_mut().rev() {
        (*word, rest) = divide_pair(rest, *word, by);
    }
    rest
}

/// Two words, of which the upper is less than the divisor, divided: the quotient and the rest.
#[inline]
fn divide_pair(upper: u64, lower: u64, by: u64) -> (u64, u64) {
    if by >> 32 == 0 {
        // Halves at a time: that is much quicker than a division of two words.
        let first = upper << 32 | lower >> 32;
        let second = (first % by) << 32 | lower & 0xffff_ffff;
        return ((first / by) << 32 | (second / by), second % by);
    }
    let dividend = u128::from(upper) << 64 | u128::from(lower);
    let quotient = (dividend / u128::from(by)) as u64;
    (quotient, lower.wrapping_sub(quotient.wrapping_mul(by)))
}

/// The bits of the number nearest to some words, the highest of which is that of a sum at `highest`, in which the bit of
/// the least number is at `least`; `more` where there is something below them.
#[inline]
fn nearest<R: Rounded>(words: &[u64; WORDS], highest: usize, least: usize, more: bool) -> u64 {
    let word = |at: usize| words.get(at).copied().unwrap_or(0);
    let Some(first) = words.iter().rposition(|&word| word != 0) else { return 0 };
    // Places are counted from the lowest of the words; that of the least number is below it, mostly.
    let top = first * 64 + 63 - words[first].leading_zeros() as usize;
    let least = least + (WORDS - 1) * 64;
    let shift = (highest * 64 + top - R::FRACTION).max(least) - highest * 64;
    let (at, bit) = (shift / 64, shift % 64);
    let pair = u128::from(word(at + 1)) << 64 | u128::from(word(at));
    // The highest bit is at most `FRACTION` above `shift`: no bits are cut off.
    let mut fraction = (pair >> bit) as u64;
    let (low, bits) = ((shift - 1) / 64, (shift - 1) % 64);
    let half = word(low) >> bits & 1 == 1;
    let below =
        || more || word(low) & ((1 << bits) - 1) != 0 || words[..low].iter().any(|&w| w != 0);
    if half && (fraction & 1 == 1 || below()) {
        fraction += 1;
    }
    // A carry out of the fraction is the next power of two.
    let exponent = (shift + highest * 64 - least) as u64;
    ((exponent << R::FRACTION) + fraction).min(R::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::super::exact::{Exact, LOWEST};

    #[test]
    fn quotients_are_rounded_once() {
        for (of, by, quotient) in [
            (vec![1.0], 3, 1.0 / 3.0),
            (vec![-2.0], 7, -2.0 / 7.0),
            (vec![f64::MAX, f64::MAX], 2, f64::MAX),
            (vec![f64::from_bits(3)], 2, f64::from_bits(2)),
            (vec![f64::from_bits(1)], 2, 0.0),
        ] {
            assert_eq!(Exact::of(&of).divided::<f64>(by), quotient);
        }
        assert!(Exact::of(&[1.0]).divided::<f64>(0).is_nan());
        let mut exact = Exact::ZERO;
        exact.push_times(0.1, -(1 << 40));
        assert_eq!(exact.rounded::<f64>(), -0.1 * (1_u64 << 40) as f64);
        exact.push_times(0.1, 1 << 40);
        assert_eq!(exact.rounded::<f64>(), 0.0);
    }

    #[test]
    fn sums_of_floats_round_once() {
        // 1 + 2^-24 + 2^-60 lies just above the middle of two `f32`.
        let exact = Exact::of(&[1.0, 2.0_f64.powi(-24), 2.0_f64.powi(-60)]);
        assert_eq!(exact.rounded::<f32>(), 1.0 + f32::EPSILON);
        assert_eq!(Exact::of(&[1e-45_f32.into(), 1e-45_f32.into()]).rounded::<f32>(), 3e-45);
    }

    /// Numbers of all sizes, and sums whose words are long runs of equal bits.
    fn sums() -> Vec<Exact> {
        let mut state = 1_u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            (state >> 33) % below
        };
        let mut sums = Vec::new();
        for _ in 0..4000 {
            let mut exact = Exact::ZERO;
            for _ in 0..draw(4) {
                let sign = if draw(2) == 0 { 1 } else { -1 };
                let value = [1, 3, (1 << 52) - 1, 1 << 52, draw(1 << 31) as i64][draw(5) as usize];
                exact.add(sign * value, LOWEST + draw(2040) as i32);
            }
            sums.push(exact);
        }
        sums
    }

    /// Whether a number is the nearest to a sum divided by something: twice the sum lies between the middles to the
    /// numbers beside it, and on one only where the number is even.
    fn is_nearest(sum: &Exact, by: u64, found: f64) -> bool {
        let lies_above = |other: f64| {
            // Beyond the greatest number, the next would be a power of two.
            let mut rest = *sum;
            rest.merge(sum);
            for end in [found, other] {
                match end.is_finite() {
                    true => rest.push_times(end, -i128::from(by)),
                    false => {
                        for _ in 0..2 {
                            rest.push_times(2.0_f64.powi(1023).copysign(end), -i128::from(by));
                        }
                    }
                }
            }
            if rest.span().is_none() { None } else { Some(!rest.is_negative()) }
        };
        let is_even = found.to_bits() & 1 == 0;
        let below = found == f64::NEG_INFINITY || lies_above(found.next_down()).unwrap_or(is_even);
        let above = found == f64::INFINITY || !lies_above(found.next_up()).unwrap_or(!is_even);
        below && above
    }

    #[test]
    fn quotients_are_the_nearest_numbers() {
        for (i, sum) in sums().iter().enumerate() {
            let divisors = [1, 2, 3, 1 << 31, u32::MAX.into(), 1 << 32, (1 << 63) - 1, u64::MAX];
            let by = divisors[i % divisors.len()];
            let found: f64 = sum.divided(by);
            assert!(is_nearest(sum, by, found), "{found:e} for {sum:?} / {by}");
            assert_eq!(found.is_sign_negative(), sum.is_negative());
            let single: f32 = sum.rounded();
            // Of an `f32`, what is nearest to the sum is so too where it is not in the middle of two.
            let double: f64 = sum.rounded();
            let is_middle = double.to_bits().trailing_zeros() >= 28;
            assert!(is_middle || single == double as f32, "{single:e} for {sum:?}");
        }
    }
}
