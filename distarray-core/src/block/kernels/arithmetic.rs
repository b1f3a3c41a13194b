//! Arithmetic of one element: what `+` means for each type.

use num_complex::Complex;

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
}

/// What integers and real floating-point numbers have besides.
pub(super) trait Real: Number + PartialOrd {
    /// The remainder of the truncating division, 0 for integers where the divisor is 0.
    fn remainder(self, other: Self) -> Self;
    fn absolute(self) -> Self;
    /// The lesser; NaN where either is.
    fn minimum(self, other: Self) -> Self;
    /// The greater; NaN where either is.
    fn maximum(self, other: Self) -> Self;
    /// Integers wrap, and give 0 (or 1 for a base of 1) for negative exponents.
    fn power(self, exponent: Self) -> Self;
}

/// Functions of real and complex floating-point numbers.
pub(super) trait Floating: Number {
    fn sqrt(self) -> Self;
    fn exp(self) -> Self;
    fn log(self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
    fn tan(self) -> Self;
    fn sinh(self) -> Self;
    fn cosh(self) -> Self;
    fn tanh(self) -> Self;
    fn arctan(self) -> Self;
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
        }

        impl Real for $type {
            #[inline(always)]
            fn remainder(self, other: Self) -> Self {
                if other == 0 { 0 } else { self.wrapping_rem(other) }
            }
            #[inline(always)]
            fn absolute(self) -> Self {
                let absolute: fn(Self) -> Self = $absolute;
                absolute(self)
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
    ($type:ty, $($generic:tt)*) => {
        impl $($generic)* Number for $type where Self: Element {
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
                self / other
            }
            #[inline(always)]
            fn negative(self) -> Self {
                -self
            }
            #[inline(always)]
            fn sign(self) -> Self {
                Sign::sign(self)
            }
        }
    };
}
field!(f32,);
field!(f64,);
field!(Complex<f32>,);
field!(Complex<f64>,);

trait Sign {
    fn sign(self) -> Self;
}

macro_rules! floats {
    ($($type:ident)*) => {$(
        impl Sign for $type {
            #[inline(always)]
            fn sign(self) -> Self {
                if self > 0.0 { 1.0 } else if self < 0.0 { -1.0 } else { self * 0.0 }
            }
        }

        impl Sign for Complex<$type> {
            #[inline(always)]
            fn sign(self) -> Self {
                if self.re == 0.0 && self.im == 0.0 { self } else { self / self.norm() }
            }
        }

        impl Real for $type {
            #[inline(always)]
            fn remainder(self, other: Self) -> Self {
                self % other
            }
            #[inline(always)]
            fn absolute(self) -> Self {
                self.abs()
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
            fn power(self, exponent: Self) -> Self {
                self.powf(exponent)
            }
        }

        floating!($type, arctan: atan);
        floating!(Complex<$type>, arctan: atan);
    )*};
}

macro_rules! floating {
    ($type:ty, arctan: $arctan:ident) => {
        impl Floating for $type {
            #[inline(always)]
            fn sqrt(self) -> Self {
                <$type>::sqrt(self)
            }
            #[inline(always)]
            fn exp(self) -> Self {
                <$type>::exp(self)
            }
            #[inline(always)]
            fn log(self) -> Self {
                <$type>::ln(self)
            }
            #[inline(always)]
            fn sin(self) -> Self {
                <$type>::sin(self)
            }
            #[inline(always)]
            fn cos(self) -> Self {
                <$type>::cos(self)
            }
            #[inline(always)]
            fn tan(self) -> Self {
                <$type>::tan(self)
            }
            #[inline(always)]
            fn sinh(self) -> Self {
                <$type>::sinh(self)
            }
            #[inline(always)]
            fn cosh(self) -> Self {
                <$type>::cosh(self)
            }
            #[inline(always)]
            fn tanh(self) -> Self {
                <$type>::tanh(self)
            }
            #[inline(always)]
            fn arctan(self) -> Self {
                <$type>::$arctan(self)
            }
        }
    };
}

floats!(f32 f64);
