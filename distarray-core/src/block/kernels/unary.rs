//! Operations on one operand.

use num_complex::Complex;

use super::arithmetic::Number;
use super::floating::{Floating, RealFloating};
use super::integer::Integer;
use super::representation::{Classify, Representation};
use super::{Unary, UnaryKernel, for_bits, for_complex, for_elements, for_floating, for_floats};
use super::{for_integers, for_numbers, math, unary_loop};
use crate::element::{DType, Element, Kind};

/// The table of operations: each with NumPy's name, the dtypes that have it, what it gives, and its
/// function of one element.
macro_rules! operations {
    ($($op:ident $name:literal $dtypes:ident, $T:ident: $bound:path => $output:ty, $function:expr;)*) => {
        /// An operation on one element.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum UnaryOp {
            $($op),*
        }

        impl UnaryOp {
            /// Every operation.
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$op),*];

            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$op => $name),*
                }
            }

            /// What the operation gives for an operand of this dtype; `None` where the dtype has no
            /// such operation.
            pub(crate) fn output(self, dtype: DType) -> Option<DType> {
                match self {
                    $(Self::$op => {
                        $dtypes!(dtype, T => <<$op as Unary<T>>::Output as Element>::DTYPE)
                    })*
                }
            }
        }

        /// The kernel of an operation for a dtype; `None` where the dtype has no such operation.
        pub(crate) fn unary(op: UnaryOp, dtype: DType) -> Option<UnaryKernel> {
            math::unary(op, dtype).or_else(|| match op {
                $(UnaryOp::$op => $dtypes!(dtype, T => unary_loop::<T, $op> as UnaryKernel)),*
            })
        }

        $(
            struct $op;

            impl<$T: Element + $bound> Unary<$T> for $op {
                type Output = $output;
                const VECTORS: bool = UnaryOp::$op.has_vectors(<$T as Element>::DTYPE);

                #[inline(always)]
                fn apply(a: $T) -> $output {
                    $function(a)
                }
            }
        )*
    };
}

operations! {
    Negative "negative" for_numbers, T: Number => T, T::negative;
    Absolute "absolute" for_numbers, T: Number => T::Magnitude, T::absolute;
    Sign "sign" for_numbers, T: Number => T, T::sign;
    Square "square" for_numbers, T: Number => T, |a: T| a.multiply(a);
    Reciprocal "reciprocal" for_numbers, T: Number => T, |a| T::ONE.divide(a);

    Sqrt "sqrt" for_floating, T: Floating => T, T::sqrt;
    Exp "exp" for_floating, T: Floating => T, T::exp;
    Exp2 "exp2" for_floating, T: Floating => T, T::exp2;
    Expm1 "expm1" for_floating, T: Floating => T, T::expm1;
    Log "log" for_floating, T: Floating => T, T::log;
    Log2 "log2" for_floating, T: Floating => T, T::log2;
    Log10 "log10" for_floating, T: Floating => T, T::log10;
    Log1p "log1p" for_floating, T: Floating => T, T::log1p;
    Sin "sin" for_floating, T: Floating => T, T::sin;
    Cos "cos" for_floating, T: Floating => T, T::cos;
    Tan "tan" for_floating, T: Floating => T, T::tan;
    Arcsin "arcsin" for_floating, T: Floating => T, T::arcsin;
    Arccos "arccos" for_floating, T: Floating => T, T::arccos;
    Arctan "arctan" for_floating, T: Floating => T, T::arctan;
    Sinh "sinh" for_floating, T: Floating => T, T::sinh;
    Cosh "cosh" for_floating, T: Floating => T, T::cosh;
    Tanh "tanh" for_floating, T: Floating => T, T::tanh;
    Arcsinh "arcsinh" for_floating, T: Floating => T, T::arcsinh;
    Arccosh "arccosh" for_floating, T: Floating => T, T::arccosh;
    Arctanh "arctanh" for_floating, T: Floating => T, T::arctanh;
    Cbrt "cbrt" for_floats, T: RealFloating => T, T::cbrt;
    Erf "erf" for_floats, T: RealFloating => T, T::erf;
    Erfc "erfc" for_floats, T: RealFloating => T, T::erfc;
    Gamma "gamma" for_floats, T: RealFloating => T, T::gamma;
    Lgamma "lgamma" for_floats, T: RealFloating => T, T::lgamma;
    Degrees "degrees" for_floats, T: RealFloating => T, T::degrees;
    Radians "radians" for_floats, T: RealFloating => T, T::radians;
    Sinc "sinc" for_floats, T: RealFloating => T, T::sinc;

    Floor "floor" for_floats, T: Representation => T, T::floor;
    Ceil "ceil" for_floats, T: Representation => T, T::ceil;
    Trunc "trunc" for_floats, T: Representation => T, T::trunc;
    Rint "rint" for_floats, T: Representation => T, T::rint;
    Fraction "modf" for_floats, T: Representation => T, T::fraction;
    Mantissa "frexp" for_floats, T: Representation => T, |a: T| a.frexp().0;
    Exponent "frexp" for_floats, T: Representation => i32, |a: T| a.frexp().1;
    Spacing "spacing" for_floats, T: Representation => T, T::spacing;
    Signbit "signbit" for_floats, T: Representation => bool, T::signbit;
    Isposinf "isposinf" for_floats, T: Representation => bool, T::isposinf;
    Isneginf "isneginf" for_floats, T: Representation => bool, T::isneginf;
    Isnan "isnan" for_floating, T: Classify => bool, T::isnan;
    Isinf "isinf" for_floating, T: Classify => bool, T::isinf;
    Isfinite "isfinite" for_floating, T: Classify => bool, T::isfinite;

    Invert "invert" for_bits, T: Not => T, |a: T| !a;
    BitwiseCount "bitwise_count" for_integers, T: Integer => u8, T::bitwise_count;
    LogicalNot "logical_not" for_elements, T: Element => bool, |a: T| a == T::default();

    Conjugate "conjugate" for_complex, T: ComplexParts => T, T::conjugate;
    RealPart "real" for_complex, T: ComplexParts => T::Magnitude, T::real_part;
    ImaginaryPart "imag" for_complex, T: ComplexParts => T::Magnitude, T::imaginary_part;
    Angle "angle" for_complex, T: ComplexParts => T::Magnitude, T::angle;
}

impl UnaryOp {
    /// Whether there are vector instructions for it, or the compiler finds some: functions of complex
    /// numbers but the arithmetic ones, and the gamma function, are calls.
    const fn has_vectors(self, dtype: DType) -> bool {
        let calls = matches!(
            self,
            Self::Sqrt
                | Self::Exp
                | Self::Exp2
                | Self::Expm1
                | Self::Log
                | Self::Log2
                | Self::Log10
                | Self::Log1p
                | Self::Sin
                | Self::Cos
                | Self::Tan
                | Self::Arcsin
                | Self::Arccos
                | Self::Arctan
                | Self::Sinh
                | Self::Cosh
                | Self::Tanh
                | Self::Arcsinh
                | Self::Arccosh
                | Self::Arctanh
                | Self::Angle
        );
        match dtype.kind() {
            Kind::Complex => !calls,
            _ => !matches!(self, Self::Gamma | Self::Lgamma),
        }
    }
}

/// Types with a bitwise complement.
trait Not: std::ops::Not<Output = Self> + Sized {}
impl<T: std::ops::Not<Output = T>> Not for T {}

/// The parts of a complex number.
trait ComplexParts: Element {
    fn conjugate(self) -> Self;
    fn real_part(self) -> Self::Magnitude;
    fn imaginary_part(self) -> Self::Magnitude;
    fn angle(self) -> Self::Magnitude;
}

macro_rules! complex_parts {
    ($($part:ident)*) => {$(
        impl ComplexParts for Complex<$part> {
            #[inline(always)]
            fn conjugate(self) -> Self {
                self.conj()
            }
            #[inline(always)]
            fn real_part(self) -> $part {
                self.re
            }
            #[inline(always)]
            fn imaginary_part(self) -> $part {
                self.im
            }
            #[inline(always)]
            fn angle(self) -> $part {
                RealFloating::arctan2(self.im, self.re)
            }
        }
    )*};
}
complex_parts!(f32 f64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_is_there_where_the_result_has_a_dtype() {
        for op in UnaryOp::ALL {
            let takes = |dtype: &&DType| unary(*op, **dtype).is_some();
            let gives = DType::ALL.iter().filter(|dtype| op.output(**dtype).is_some());
            assert!(gives.eq(DType::ALL.iter().filter(takes)), "{op:?}");
        }
    }
}
