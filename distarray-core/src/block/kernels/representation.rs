//! How floating-point numbers are represented: sign, exponent and digits, and what follows from them.

use num_complex::Complex;

/// What looks at the parts of a real floating-point number.
pub(super) trait Representation: Sized {
    fn floor(self) -> Self;
    fn ceil(self) -> Self;
    fn trunc(self) -> Self;
    /// Halves go to the even neighbour.
    fn rint(self) -> Self;
    /// What is behind the point, with the number's sign.
    fn fraction(self) -> Self;
    /// A number from a half to one, with the number's sign, and the power of two that it is to be
    /// multiplied with; zeros, infinities and NaN with the power 0.
    fn frexp(self) -> (Self, i32);
    /// The number times a power of two, rounded once; the exponent is a whole number.
    fn ldexp(self, exponent: Self) -> Self;
    /// The next number in the direction of another.
    fn nextafter(self, other: Self) -> Self;
    /// The distance to the next number away from zero, negative for negative numbers.
    fn spacing(self) -> Self;
    fn copysign(self, other: Self) -> Self;
    fn signbit(self) -> bool;
    fn isposinf(self) -> bool;
    fn isneginf(self) -> bool;
    /// 0 below zero, 1 above it, and the other at it.
    fn heaviside(self, at_zero: Self) -> Self;
}

/// What kind of number a floating-point number is.
pub(super) trait Classify {
    fn isnan(self) -> bool;
    fn isinf(self) -> bool;
    fn isfinite(self) -> bool;
}

macro_rules! floats {
    ($($type:ident $bits:ident $signed:ident $digits:literal;)*) => {$(
        impl Representation for $type {
            #[inline(always)]
            fn floor(self) -> Self {
                $type::floor(self)
            }
            #[inline(always)]
            fn ceil(self) -> Self {
                $type::ceil(self)
            }
            #[inline(always)]
            fn trunc(self) -> Self {
                $type::trunc(self)
            }
            #[inline(always)]
            fn rint(self) -> Self {
                self.round_ties_even()
            }
            #[inline(always)]
            fn fraction(self) -> Self {
                let rest = if self.is_infinite() { 0.0 } else { self - $type::trunc(self) };
                rest.copysign(self)
            }
            #[inline(always)]
            fn frexp(self) -> (Self, i32) {
                const EXPONENTS: $bits = (1 << ($bits::BITS - 1 - $digits)) - 1;
                const HALF: $bits = EXPONENTS / 2 - 1;
                // Subnormal numbers are made normal ones first.
                let small = self.abs() < $type::MIN_POSITIVE;
                let up = if small { self * (1_u64 << $digits) as $type } else { self };
                let shift = if small { $digits } else { 0 };
                let bits = up.to_bits();
                let exponent = ((bits >> $digits) & EXPONENTS) as i32 - HALF as i32 - shift;
                let mantissa = $type::from_bits((bits & !(EXPONENTS << $digits)) | (HALF << $digits));
                match self == 0.0 || !self.is_finite() {
                    true => (self, 0),
                    false => (mantissa, exponent),
                }
            }
            #[inline(always)]
            fn ldexp(self, exponent: Self) -> Self {
                const EXPONENTS: $signed = (1 << ($bits::BITS - 1 - $digits)) - 1;
                const BIAS: $signed = EXPONENTS / 2;
                // Three steps lead from any number to any other. Downwards each is so short that what
                // is left of the last one makes zero of a number that the one before has rounded.
                let limit = (3 * BIAS) as $type;
                let left = exponent.clamp(-limit, limit) as $signed;
                let power = |of: $signed| $type::from_bits(((of + BIAS) << $digits) as $bits);
                let step = |left: $signed| match left < 1 - BIAS {
                    true => 2 - BIAS + $digits,
                    false => left.min(BIAS),
                };
                let first = step(left);
                let second = step(left - first);
                let third = step(left - first - second);
                self * power(first) * power(second) * power(third)
            }
            #[inline(always)]
            fn nextafter(self, other: Self) -> Self {
                match () {
                    () if self.is_nan() || other.is_nan() => self + other,
                    () if self == other => other,
                    () if self < other => self.next_up(),
                    () => self.next_down(),
                }
            }
            #[inline(always)]
            fn spacing(self) -> Self {
                let away = if self < 0.0 { self.next_down() } else { self.next_up() };
                if self.is_infinite() { $type::NAN } else { away - self }
            }
            #[inline(always)]
            fn copysign(self, other: Self) -> Self {
                $type::copysign(self, other)
            }
            #[inline(always)]
            fn signbit(self) -> bool {
                self.is_sign_negative()
            }
            #[inline(always)]
            fn isposinf(self) -> bool {
                self == $type::INFINITY
            }
            #[inline(always)]
            fn isneginf(self) -> bool {
                self == $type::NEG_INFINITY
            }
            #[inline(always)]
            fn heaviside(self, at_zero: Self) -> Self {
                match () {
                    () if self.is_nan() => self,
                    () if self == 0.0 => at_zero,
                    () if self < 0.0 => 0.0,
                    () => 1.0,
                }
            }
        }

        impl Classify for $type {
            #[inline(always)]
            fn isnan(self) -> bool {
                self.is_nan()
            }
            #[inline(always)]
            fn isinf(self) -> bool {
                self.is_infinite()
            }
            #[inline(always)]
            fn isfinite(self) -> bool {
                self.is_finite()
            }
        }

        impl Classify for Complex<$type> {
            #[inline(always)]
            fn isnan(self) -> bool {
                self.re.is_nan() || self.im.is_nan()
            }
            #[inline(always)]
            fn isinf(self) -> bool {
                self.re.is_infinite() || self.im.is_infinite()
            }
            #[inline(always)]
            fn isfinite(self) -> bool {
                self.re.is_finite() && self.im.is_finite()
            }
        }
    )*};
}

floats! {
    f32 u32 i32 23;
    f64 u64 i64 52;
}
