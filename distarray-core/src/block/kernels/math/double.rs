//! Sums and products whose rounding errors are kept: numbers of two parts.
//!
//! The algorithms are those of Dekker (1971) and Knuth (*The Art of Computer Programming*, volume
//! 2, 4.2.2), with the fused multiply-add for the error of a product.

/// `a * b + c`, rounded once.
///
/// Without an instruction for it this is a slow call, which gives the same bits.
#[inline(always)]
pub(super) fn fma(a: f64, b: f64, c: f64) -> f64 {
    a.mul_add(b, c)
}

/// A polynomial; the constant term is the first coefficient.
///
/// Every second power, or fourth of long ones, is summed by Horner's scheme, then those sums are (after
/// G. Estrin, 1960): a loop is as fast as the longest chain of its operations is short.
#[inline(always)]
pub(super) fn polynomial<const N: usize>(x: f64, coefficients: &[f64; N]) -> f64 {
    let square = x * x;
    if N <= 8 {
        return fma(
            every::<2, N>(1, square, coefficients),
            x,
            every::<2, N>(0, square, coefficients),
        );
    }
    let fourth = square * square;
    let terms = |first| every::<4, N>(first, fourth, coefficients);
    let (even, odd) = (fma(terms(2), square, terms(0)), fma(terms(3), square, terms(1)));
    fma(odd, x, even)
}

/// The polynomial of every `STEP`th coefficient from the `first` on.
#[inline(always)]
fn every<const STEP: usize, const N: usize>(first: usize, x: f64, coefficients: &[f64; N]) -> f64 {
    let mut k = N - 1 - (N - 1 - first) % STEP;
    let mut sum = coefficients[k];
    while k > first {
        k -= STEP;
        sum = fma(sum, x, coefficients[k]);
    }
    sum
}

/// `on` where the condition holds; computes neither and branches nowhere.
#[inline(always)]
pub(super) fn select(condition: bool, on: f64, off: f64) -> f64 {
    if condition { on } else { off }
}

/// The unevaluated sum of two numbers, of which the second is a correction of the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Double {
    pub(super) hi: f64,
    pub(super) lo: f64,
}

impl Double {
    #[inline(always)]
    pub(super) const fn new(hi: f64, lo: f64) -> Self {
        Self { hi, lo }
    }

    /// `a + b` exactly.
    #[inline(always)]
    pub(super) fn sum(a: f64, b: f64) -> Self {
        let hi = a + b;
        let part = hi - a;
        Self { hi, lo: (a - (hi - part)) + (b - part) }
    }

    /// `a + b` exactly, where `a` is 0 or has no smaller exponent than `b`.
    #[inline(always)]
    pub(super) fn ordered_sum(a: f64, b: f64) -> Self {
        let hi = a + b;
        Self { hi, lo: (a - hi) + b }
    }

    /// `a * b` exactly.
    #[inline(always)]
    pub(super) fn product(a: f64, b: f64) -> Self {
        let hi = a * b;
        Self { hi, lo: fma(a, b, -hi) }
    }

    /// The quotient of two numbers of two parts, to about 100 bits.
    #[inline(always)]
    pub(super) fn quotient(a: Self, b: Self) -> Self {
        let inverse = 1.0 / b.hi;
        let hi = a.hi * inverse;
        let rest = fma(-hi, b.lo, fma(-hi, b.hi, a.hi) + a.lo);
        Self { hi, lo: rest * inverse }
    }

    #[inline(always)]
    pub(super) fn times(self, other: Self) -> Self {
        let product = Self::product(self.hi, other.hi);
        Self { hi: product.hi, lo: product.lo + fma(self.hi, other.lo, self.lo * other.hi) }
    }

    /// The sum, where the other has no greater exponent.
    #[inline(always)]
    pub(super) fn plus_smaller(self, other: Self) -> Self {
        let sum = Self::ordered_sum(self.hi, other.hi);
        Self { hi: sum.hi, lo: sum.lo + (self.lo + other.lo) }
    }

    /// With a first part that is the rounded sum of both.
    #[inline(always)]
    pub(super) fn normal(self) -> Self {
        Self::ordered_sum(self.hi, self.lo)
    }

    #[inline(always)]
    pub(super) fn rounded(self) -> f64 {
        self.hi + self.lo
    }
}
