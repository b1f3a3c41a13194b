//! Arithmetic of one element: what `+` means for each type.

use num_complex::Complex;

use super::floating::Floating;
use crate::element::Element;

/// Arithmetic that every number has and that never panics.
pub(super) trait Number: Element {
    fn add(self, other: Self) -> Self;
    fn subtract(self, other: Self) -> Self;
    fn multiply(self, other: Self) -> Self;
    /// Integers truncate; a division by zero gives 0, as in NumPy.
    fn divide(self, other: Self) -> Self;
    fn negative(self) -> Self;
    /// The sign: -1, 0 or 1, NaN for NaN; of a complex number, the number over its magnitude.
    fn sign(self) -> Self;
    fn absolute(self) -> Self::Magnitude;
    /// Integers wrap, and give 0 (or 1 for a base of 1) for negative exponents.
    fn power(self, exponent: Self) -> Self;
}

/// What integers and real floating-point numbers have besides.
pub(super) trait Real: Number + PartialOrd {
    /// The quotient rounded down; 0 for integers where the divisor is 0.
    fn floor_divide(self, other: Self) -> Self;
    /// The remainder of that division, with the divisor's sign; 0 for integers where the divisor is 0.
    fn remainder(self, other: Self) -> Self;
    /// The remainder of the truncating division, 0 for integers where the divisor is 0.
    fn fmod(self, other: Self) -> Self;
    /// The lesser; NaN where either is.
    fn minimum(self, other: Self) -> Self;
    /// The greater; NaN where either is.
    fn maximum(self, other: Self) -> Self;
    /// The lesser; the other where one is NaN.
    fn fmin(self, other: Self) -> Self;
    /// The greater; the other where one is NaN.
    fn fmax(self, other: Self) -> Self;
}

macro_rules! integers {
    ($($type:ty, $negative:expr, $sign:expr, $absolute:expr, $exponent:expr;)*) => {$(
        impl Number for $type {
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            #[inline(always)]
            fn subtract(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
            #[inline(always)]
            fn multiply(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }
            #[inline(always)]
            fn divide(self, other: Self) -> Self {
                if other == 0 { 0 } else { self.wrapping_div(other) }
            }
            #[inline(always)]
            fn negative(self) -> Self {
                let negative: fn(Self) -> Self = $negative;
                negative(self)
            }
            #[inline(always)]
            fn sign(self) -> Self {
                let sign: fn(Self) -> Self = $sign;
                sign(self)
            }
            #[inline(always)]
            fn absolute(self) -> Self {
                let absolute: fn(Self) -> Self = $absolute;
                absolute(self)
            }
            #[inline(always)]
            fn power(self, exponent: Self) -> Self {
                let exponent_of: fn(Self) -> Option<u64> = $exponent;
                match exponent_of(exponent) {
                    Some(exponent) => wrapping_power(self, exponent),
                    None if self == 1 => 1,
                    None if self.wrapping_add(1) == 0 => if exponent % 2 == 0 { 1 } else { self },
                    None => 0,
                }
            }
        }

        impl Real for $type {
            #[inline(always)]
            #[allow(unused_comparisons, reason = "unsigned types are in the list")]
            fn floor_divide(self, other: Self) -> Self {
                let quotient = self.divide(other);
                let inexact = quotient.wrapping_mul(other) != self;
                // Truncation rounds a negative quotient up.
                if other != 0 && inexact && ((self < 0) != (other < 0)) { quotient - 1 } else { quotient }
            }
            #[inline(always)]
            #[allow(unused_comparisons, reason = "unsigned types are in the list")]
            fn remainder(self, other: Self) -> Self {
                let rest = self.fmod(other);
                if rest != 0 && ((rest < 0) != (other < 0)) { rest.wrapping_add(other) } else { rest }
            }
            #[inline(always)]
            fn fmod(self, other: Self) -> Self {
                if other == 0 { 0 } else { self.wrapping_rem(other) }
            }
            #[inline(always)]
            fn minimum(self, other: Self) -> Self {
                self.min(other)
            }
            #[inline(always)]
            fn maximum(self, other: Self) -> Self {
                self.max(other)
            }
            #[inline(always)]
            fn fmin(self, other: Self) -> Self {
                self.min(other)
            }
            #[inline(always)]
            fn fmax(self, other: Self) -> Self {
                self.max(other)
            }
        }
    )*};
}

/// `base` to the `exponent` by repeated squaring.
#[inline]
fn wrapping_power<T: Number + From<bool>>(base: T, mut exponent: u64) -> T {
    let (mut result, mut square) = (T::from(true), base);
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = result.multiply(square);
        }
        square = square.multiply(square);
        exponent /= 2;
    }
    result
}

integers! {
    i8, i8::wrapping_neg, i8::signum, i8::wrapping_abs, |e| u64::try_from(e).ok();
    i16, i16::wrapping_neg, i16::signum, i16::wrapping_abs, |e| u64::try_from(e).ok();
    i32, i32::wrapping_neg, i32::signum, i32::wrapping_abs, |e| u64::try_from(e).ok();
    i64, i64::wrapping_neg, i64::signum, i64::wrapping_abs, |e| u64::try_from(e).ok();
    u8, u8::wrapping_neg, |a| a.min(1), |a| a, |e| Some(u64::from(e));
    u16, u16::wrapping_neg, |a| a.min(1), |a| a, |e| Some(u64::from(e));
    u32, u32::wrapping_neg, |a| a.min(1), |a| a, |e| Some(u64::from(e));
    u64, u64::wrapping_neg, |a| a.min(1), |a| a, Some;
}

macro_rules! field {
    ($type:ty) => {
        impl Number for $type {
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self + other
            }
            #[inline(always)]
            fn subtract(self, other: Self) -> Self {
                self - other
            }
            #[inline(always)]
            fn multiply(self, other: Self) -> Self {
                self * other
            }
            #[inline(always)]
            fn divide(self, other: Self) -> Self {
                Field::quotient(self, other)
            }
            #[inline(always)]
            fn negative(self) -> Self {
                -self
            }
            #[inline(always)]
            fn sign(self) -> Self {
                Field::sign(self)
            }
            #[inline(always)]
            fn absolute(self) -> Self::Magnitude {
                Field::magnitude(self)
            }
            #[inline(always)]
            fn power(self, exponent: Self) -> Self {
                Floating::pow(self, exponent)
            }
        }
    };
}
field!(f32);
field!(f64);
field!(Complex<f32>);
field!(Complex<f64>);

/// Where arithmetic of real and complex numbers differs.
trait Field: Element {
    fn quotient(self, other: Self) -> Self;
    fn sign(self) -> Self;
    fn magnitude(self) -> Self::Magnitude;
}

macro_rules! floats {
    ($($type:ident)*) => {$(
        impl Field for $type {
            #[inline(always)]
            fn quotient(self, other: Self) -> Self {
                self / other
            }
            #[inline(always)]
            fn sign(self) -> Self {
                // NaN stays, and a negative zero does not.
                if self > 0.0 { 1.0 } else if self < 0.0 { -1.0 } else { self + 0.0 }
            }
            #[inline(always)]
            fn magnitude(self) -> Self {
                self.abs()
            }
        }

        impl Field for Complex<$type> {
            /// Scaled by the greater part of the divisor, whose square would overflow sooner (R. L. Smith, *Algorithm
            /// 116*, 1962). Of a subnormal divisor the reciprocal may overflow; so does NumPy's.
            #[inline(always)]
            fn quotient(self, other: Self) -> Self {
                let along = other.re.abs() >= other.im.abs();
                if other.re == 0.0 && other.im == 0.0 {
                    return Self::new(self.re / other.re.abs(), self.im / other.re.abs());
                }
                let (great, small) = if along { (other.re, other.im) } else { (other.im, other.re) };
                let ratio = small / great;
                let scale = 1.0 / (great + small * ratio);
                match along {
                    true => Self::new(
                        (self.re + self.im * ratio) * scale,
                        (self.im - self.re * ratio) * scale,
                    ),
                    false => Self::new(
                        (self.re * ratio + self.im) * scale,
                        (self.im * ratio - self.re) * scale,
                    ),
                }
            }
            #[inline(always)]
            fn sign(self) -> Self {
                let norm = self.norm();
                match () {
                    () if norm == 0.0 => self,
                    () if norm.is_finite() => self / norm,
                    // Of finite parts the magnitude may be more than any number, but not that of the halves.
                    () => self * 0.5 / (self * 0.5).norm(),
                }
            }
            #[inline(always)]
            fn magnitude(self) -> $type {
                self.norm()
            }
        }

        impl Real for $type {
            /// As Python's: the quotient of what the remainder leaves, rounded.
            #[inline(always)]
            fn floor_divide(self, other: Self) -> Self {
                if other == 0.0 {
                    return self / other;
                }
                let rest = self % other;
                let mut quotient = (self - rest) / other;
                if rest != 0.0 && ((other < 0.0) != (rest < 0.0)) {
                    quotient -= 1.0;
                }
                if quotient == 0.0 {
                    return (0.0 as $type).copysign(self / other);
                }
                let floor = quotient.floor();
                if quotient - floor > 0.5 { floor + 1.0 } else { floor }
            }
            #[inline(always)]
            fn remainder(self, other: Self) -> Self {
                let rest = self % other;
                match rest != 0.0 {
                    true if (other < 0.0) != (rest < 0.0) => rest + other,
                    true => rest,
                    false => rest.copysign(other),
                }
            }
            #[inline(always)]
            fn fmod(self, other: Self) -> Self {
                self % other
            }
            #[inline(always)]
            fn minimum(self, other: Self) -> Self {
                if self < other || self.is_nan() { self } else { other }
            }
            #[inline(always)]
            fn maximum(self, other: Self) -> Self {
                if self > other || self.is_nan() { self } else { other }
            }
            #[inline(always)]
            fn fmin(self, other: Self) -> Self {
                if self <= other || other.is_nan() { self } else { other }
            }
            #[inline(always)]
            fn fmax(self, other: Self) -> Self {
                if self >= other || other.is_nan() { self } else { other }
            }
        }
    )*};
}

floats!(f32 f64);
