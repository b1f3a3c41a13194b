//! Squares of numbers, and products with sums, added to numbers of fixed point without rounding.

use super::exact::{Fixed, LOWEST, parts};

impl<const LIMBS: usize, const BELOW: usize> Fixed<LIMBS, BELOW> {
    /// Adds `value * 2^exponent`; of that, what lies below the lowest bit is cut off.
    fn add_cut(&mut self, value: i128, exponent: i32) {
        let value = match (Self::LOWEST - exponent).max(0) as u32 {
            0 => value,
            below if below < i128::BITS - 1 => value / (1 << below),
            _ => 0,
        };
        self.add_wide(value, exponent.max(Self::LOWEST));
    }

    /// Adds the square of a number; of that, what lies below the lowest bit is cut off.
    #[inline]
    pub(super) fn push_square(&mut self, value: f64) {
        if value == 0.0 {
            return;
        }
        if !value.is_finite() {
            return self.push_special(value.abs());
        }
        let (fraction, exponent) = parts(value);
        self.add_cut(i128::from(fraction).pow(2), 2 * exponent);
    }

    /// Adds a finite sum times a finite number; what lies below the lowest bit is cut off.
    pub(super) fn add_product<const OTHER: usize>(&mut self, sum: &Fixed<OTHER>, by: f64) {
        let (fraction, exponent) = parts(by);
        let fraction = if sum.is_negative() { -fraction } else { fraction };
        let Some((lowest, highest)) = sum.span() else { return };
        for at in lowest..=highest {
            let word = sum.magnitude(at, lowest);
            let place = LOWEST + 64 * at as i32 + exponent;
            self.add_cut(i128::from(word) * i128::from(fraction), place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::exact::{Exact, Wide};

    #[test]
    fn squares_are_exact_however_large() {
        for value in [1.0, -0.1, 1e9 + 1e-3, 1e150, -1e300, f64::MAX, 1e-140, f64::MIN_POSITIVE] {
            let mut wide = Wide::ZERO;
            (0..3).for_each(|_| wide.push_square(value));
            // The same as products with a sum of it, which takes them away.
            let mut sum = Exact::ZERO;
            sum.push_times(value, 3);
            wide.add_product(&sum, -value);
            assert_eq!(wide.limbs, Wide::ZERO.limbs, "{value}");
        }
        let mut wide = Wide::ZERO;
        wide.push_square(3e-200);
        assert_eq!(wide.rounded::<f64>(), 0.0, "below the least number");
        wide.push_square(f64::NEG_INFINITY);
        assert_eq!(wide.rounded::<f64>(), f64::INFINITY);
        wide.push_square(f64::NAN);
        assert!(wide.rounded::<f64>().is_nan());
    }

    #[test]
    fn products_of_sums_are_rounded_once() {
        let mut sum = Exact::ZERO;
        [1e16, 1.0, -3.0].into_iter().for_each(|value| sum.push(value));
        let mut wide = Wide::ZERO;
        wide.add_product(&sum, -1e16);
        wide.push_square(1e16);
        assert_eq!(wide.rounded::<f64>(), 2e16);
        wide.add_product(&sum, 0.0);
        assert_eq!(wide.rounded::<f64>(), 2e16);
    }
}
