//! [`Narrow`]: an exact sum in a few words, of terms that are of about one size.
//!
//! Where there are many results, sums as wide as all `f64` are mostly zeros, that are cleared, sent and looked
//! through. A narrow one has some of the words only, around those of its first term. A term that lies beyond them is
//! not added but told: the sum has *spilled*, and is to be made again in all words.

use super::exact::{Fixed, LOWEST, Summing, parts};
use super::rounding::Rounded;

/// Words of a sum: two below those of its first term, and two above, of which one is for carries. So there is room for terms
/// to 2^128 times less than the first and 2^64 times more at least; where words happen to begin makes it more.
const LIMBS: usize = 6;
/// Words that lie below the lowest of the first term.
const BELOW: usize = 2;
/// Words above the lowest of a term: its other one, and one for carries and the sign.
const ABOVE: usize = 2;

/// There was a term, so that the place of the words is settled.
const PLACED: u32 = 1;
/// There was a term for which there is no room.
const SPILLED: u32 = 2;

/// Some words of an exact sum; of no terms all zeros.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct Narrow {
    words: Fixed<LIMBS>,
    /// The word of a sum of all words that the lowest one is.
    first: u32,
    state: u32,
}

impl Narrow {
    /// Whether a term is missing.
    pub(super) fn has_spilled(&self) -> bool {
        self.state & SPILLED != 0
    }

    fn is_placed(&self) -> bool {
        self.state & PLACED != 0
    }
}

impl Summing for Narrow {
    const ZERO: Self = Self { words: Fixed::ZERO, first: 0, state: 0 };

    #[inline]
    fn add(&mut self, value: i64, exponent: i32) {
        if value == 0 {
            return;
        }
        let limb = (exponent - LOWEST) as usize / 64;
        if !self.is_placed() {
            self.first = limb.saturating_sub(BELOW) as u32;
            self.state |= PLACED;
        }
        let first = self.first as usize;
        match limb >= first && limb - first + ABOVE < LIMBS {
            true => self.words.add(value, exponent - 64 * first as i32),
            false => self.state |= SPILLED,
        }
    }

    fn push(&mut self, value: f64) {
        match value.is_finite() {
            true => {
                let (fraction, exponent) = parts(value);
                self.add(fraction, exponent);
            }
            false => self.words.push_special(value),
        }
    }

    /// Adds another sum. Its words may be others: the sum has those that begin lower, where the other's digits have room
    /// in them.
    fn merge(&mut self, other: &Self) {
        let (mut low, mut high) = (*self, *other);
        match (low.is_placed(), high.is_placed()) {
            (true, true) if high.first < low.first => (low, high) = (high, low),
            (true, true) => {}
            // Special values there may be without a place.
            (true, false) => high.first = low.first,
            (false, _) => low.first = high.first,
        }
        let state = low.state | high.state;
        match high.words.raised((high.first - low.first) as usize) {
            Some(words) => {
                low.words.merge(&words);
                *self = Self { state, ..low };
            }
            None => self.state |= SPILLED,
        }
    }

    fn divided<R: Rounded>(&self, by: u64) -> R {
        self.words.divided_from(by, self.first as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::super::exact::Exact;
    use super::*;

    /// The sum of terms, made one by one.
    fn of(terms: &[f64]) -> Narrow {
        let mut sum = Narrow::ZERO;
        terms.iter().for_each(|&term| sum.push(term));
        sum
    }

    fn assert_same(sum: &Narrow, terms: &[f64]) {
        let exact = Exact::of(terms);
        for by in [1, 3, 1 << 40] {
            let (narrow, wide): (f64, f64) = (sum.divided(by), exact.divided(by));
            assert_eq!(narrow.to_bits(), wide.to_bits(), "{terms:?} / {by}");
            let (narrow, wide): (f32, f32) = (sum.divided(by), exact.divided(by));
            assert_eq!(narrow.to_bits(), wide.to_bits(), "{terms:?} / {by}");
        }
    }

    /// Terms around a power of two, over so many powers.
    fn terms(seed: u64, count: usize, around: i32, powers: i32) -> Vec<f64> {
        let mut state = seed;
        let mut draw = || {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            state >> 33
        };
        let term = |_| {
            let size = 2.0_f64.powi(around - draw() as i32 % (powers + 1));
            size * (draw() as f64 / 2.0_f64.powi(30) - 1.0)
        };
        (0..count).map(term).collect()
    }

    #[test]
    fn sums_that_have_not_spilled_are_those_of_all_words() {
        let (mut kept, mut spilled) = (0, 0);
        for seed in 0..2000 {
            let around = seed as i32 % 1900 - 950;
            let powers = [0, 20, 60, 130, 400][seed as usize % 5];
            let all = terms(seed, seed as usize % 9, around.max(powers - 1022), powers);
            let (some, others) = all.split_at(all.len() / 2);
            let mut sum = of(some);
            sum.merge(&of(others));
            match sum.has_spilled() {
                true => spilled += 1,
                false => {
                    kept += 1;
                    assert_same(&sum, &all);
                }
            }
            assert!(powers > 60 || !sum.has_spilled(), "there is room for {all:?}");
        }
        assert!(kept > 1000 && spilled > 100, "{kept} and {spilled}");
    }

    #[test]
    fn what_lies_too_far_apart_is_told() {
        for terms in [[1.0, 1e-200], [1e-200, 1.0], [-1e300, 5e-324], [1.0, 1e250]] {
            assert!(of(&terms).has_spilled(), "{terms:?}");
            let mut sum = of(&terms[..1]);
            sum.merge(&of(&terms[1..]));
            assert!(sum.has_spilled(), "{terms:?} merged");
            let mut again = Narrow::ZERO;
            again.merge(&sum);
            assert!(again.has_spilled(), "{terms:?} merged again");
        }
    }

    #[test]
    fn ends_and_special_values() {
        let least = f64::from_bits(1);
        for terms in [
            vec![],
            vec![0.0, -0.0],
            vec![f64::MAX; 3],
            vec![-f64::MAX, -f64::MAX],
            vec![f64::MAX, -f64::MAX],
            vec![least, -least, least],
            vec![1.0, -1.0],
            vec![-1.0, 0.5, 0.25],
            vec![f64::INFINITY, 1.0],
            vec![2.0, f64::NEG_INFINITY, f64::INFINITY],
            vec![f64::NAN],
        ] {
            assert!(!of(&terms).has_spilled(), "{terms:?}");
            assert_same(&of(&terms), &terms);
            for at in 0..=terms.len() {
                let mut sum = of(&terms[..at]);
                sum.merge(&of(&terms[at..]));
                assert!(!sum.has_spilled(), "{terms:?}");
                assert_same(&sum, &terms);
            }
        }
    }
}
