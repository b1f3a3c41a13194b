//! Operations on one operand.

use num_complex::Complex;

use super::arithmetic::{Floating, Number, Real};
use super::{Unary, UnaryKernel, for_bits, for_dtypes, for_floating, for_floats, for_numbers};
use super::{for_reals, unary_loop};
use crate::element::{DType, Element};

/// An operation on one element; NumPy's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum UnaryOp {
    Negative,
    Absolute,
    Sign,
    Square,
    Reciprocal,
    Sqrt,
    Exp,
    Log,
    Sin,
    Cos,
    Tan,
    Sinh,
    Cosh,
    Tanh,
    Arctan,
    Floor,
    Ceil,
    Rint,
    Invert,
    Isnan,
    Isfinite,
    Conjugate,
    RealPart,
    ImaginaryPart,
}

impl UnaryOp {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::Absolute => "absolute",
            Self::Sign => "sign",
            Self::Square => "square",
            Self::Reciprocal => "reciprocal",
            Self::Sqrt => "sqrt",
            Self::Exp => "exp",
            Self::Log => "log",
            Self::Sin => "sin",
            Self::Cos => "cos",
            Self::Tan => "tan",
            Self::Sinh => "sinh",
            Self::Cosh => "cosh",
            Self::Tanh => "tanh",
            Self::Arctan => "arctan",
            Self::Floor => "floor",
            Self::Ceil => "ceil",
            Self::Rint => "rint",
            Self::Invert => "invert",
            Self::Isnan => "isnan",
            Self::Isfinite => "isfinite",
            Self::Conjugate => "conjugate",
            Self::RealPart => "real",
            Self::ImaginaryPart => "imag",
        }
    }

    /// What the operation gives for an operand of this dtype, which it takes.
    pub(crate) const fn output(self, dtype: DType) -> DType {
        match (self, dtype) {
            (Self::Isnan | Self::Isfinite, _) => DType::Bool,
            (Self::Absolute | Self::RealPart | Self::ImaginaryPart, DType::C32) => DType::F32,
            (Self::Absolute | Self::RealPart | Self::ImaginaryPart, DType::C64) => DType::F64,
            _ => dtype,
        }
    }
}

/// The kernel of an operation for a dtype; `None` where the dtype has no such operation.
pub(crate) fn unary(op: UnaryOp, dtype: DType) -> Option<UnaryKernel> {
    match op {
        UnaryOp::Negative => for_numbers!(dtype, T => unary_loop::<T, Negative> as UnaryKernel),
        UnaryOp::Absolute => for_reals!(dtype, T => unary_loop::<T, Absolute> as UnaryKernel)
            .or_else(
                || for_complex!(dtype, T => unary_loop::<Complex<T>, Magnitude> as UnaryKernel),
            ),
        UnaryOp::Sign => for_numbers!(dtype, T => unary_loop::<T, Sign> as UnaryKernel),
        UnaryOp::Square => for_numbers!(dtype, T => unary_loop::<T, Square> as UnaryKernel),
        UnaryOp::Reciprocal => {
            for_floating!(dtype, T => unary_loop::<T, Reciprocal> as UnaryKernel)
        }
        UnaryOp::Sqrt => for_floating!(dtype, T => unary_loop::<T, Sqrt> as UnaryKernel),
        UnaryOp::Exp => for_floating!(dtype, T => unary_loop::<T, Exp> as UnaryKernel),
        UnaryOp::Log => for_floating!(dtype, T => unary_loop::<T, Log> as UnaryKernel),
        UnaryOp::Sin => for_floating!(dtype, T => unary_loop::<T, Sin> as UnaryKernel),
        UnaryOp::Cos => for_floating!(dtype, T => unary_loop::<T, Cos> as UnaryKernel),
        UnaryOp::Tan => for_floating!(dtype, T => unary_loop::<T, Tan> as UnaryKernel),
        UnaryOp::Sinh => for_floating!(dtype, T => unary_loop::<T, Sinh> as UnaryKernel),
        UnaryOp::Cosh => for_floating!(dtype, T => unary_loop::<T, Cosh> as UnaryKernel),
        UnaryOp::Tanh => for_floating!(dtype, T => unary_loop::<T, Tanh> as UnaryKernel),
        UnaryOp::Arctan => for_floating!(dtype, T => unary_loop::<T, Arctan> as UnaryKernel),
        UnaryOp::Floor => for_floats!(dtype, T => unary_loop::<T, Floor> as UnaryKernel),
        UnaryOp::Ceil => for_floats!(dtype, T => unary_loop::<T, Ceil> as UnaryKernel),
        UnaryOp::Rint => for_floats!(dtype, T => unary_loop::<T, Rint> as UnaryKernel),
        UnaryOp::Invert => for_bits!(dtype, T => unary_loop::<T, Invert> as UnaryKernel),
        UnaryOp::Isnan => for_floating!(dtype, T => unary_loop::<T, Isnan> as UnaryKernel),
        UnaryOp::Isfinite => for_floating!(dtype, T => unary_loop::<T, Isfinite> as UnaryKernel),
        UnaryOp::Conjugate => {
            for_complex!(dtype, T => unary_loop::<Complex<T>, Conjugate> as UnaryKernel)
        }
        UnaryOp::RealPart => {
            for_complex!(dtype, T => unary_loop::<Complex<T>, RealPart> as UnaryKernel)
        }
        UnaryOp::ImaginaryPart => {
            for_complex!(dtype, T => unary_loop::<Complex<T>, ImaginaryPart> as UnaryKernel)
        }
    }
}

/// The complex dtypes, by the type of their parts.
macro_rules! for_complex {
    ($dtype:expr, $T:ident => $body:expr) => {
        for_dtypes!($dtype, $T in [C32: f32, C64: f64] => $body)
    };
}
use for_complex;

/// Lists operations: name, bound, result, function of one element.
macro_rules! operations {
    ($($name:ident, $T:ident: $bound:path => $output:ty, $function:expr;)*) => {$(
        struct $name;

        impl<$T: Element + $bound> Unary<$T> for $name {
            type Output = $output;

            #[inline(always)]
            fn apply(a: $T) -> $output {
                $function(a)
            }
        }
    )*};
}

operations! {
    Negative, T: Number => T, T::negative;
    Absolute, T: Real => T, T::absolute;
    Sign, T: Number => T, T::sign;
    Square, T: Number => T, |a: T| a.multiply(a);
    Reciprocal, T: Floating => T, |a| T::ONE.divide(a);
    Sqrt, T: Floating => T, T::sqrt;
    Exp, T: Floating => T, T::exp;
    Log, T: Floating => T, T::log;
    Sin, T: Floating => T, T::sin;
    Cos, T: Floating => T, T::cos;
    Tan, T: Floating => T, T::tan;
    Sinh, T: Floating => T, T::sinh;
    Cosh, T: Floating => T, T::cosh;
    Tanh, T: Floating => T, T::tanh;
    Arctan, T: Floating => T, T::arctan;
    Floor, T: Rounding => T, T::floor;
    Ceil, T: Rounding => T, T::ceil;
    Rint, T: Rounding => T, T::rint;
    Invert, T: Not => T, |a: T| !a;
    Isnan, T: Classify => bool, T::isnan;
    Isfinite, T: Classify => bool, T::isfinite;
}

/// Types with a bitwise complement.
trait Not: std::ops::Not<Output = Self> + Sized {}
impl<T: std::ops::Not<Output = T>> Not for T {}

/// Rounding to whole numbers.
trait Rounding {
    fn floor(self) -> Self;
    fn ceil(self) -> Self;
    /// Halves go to the even neighbour.
    fn rint(self) -> Self;
}

/// What kind of number a floating-point number is.
trait Classify {
    fn isnan(self) -> bool;
    fn isfinite(self) -> bool;
}

struct Magnitude;
struct Conjugate;
struct RealPart;
struct ImaginaryPart;

macro_rules! of_floats {
    ($($type:ident)*) => {$(
        impl Rounding for $type {
            #[inline(always)]
            fn floor(self) -> Self {
                $type::floor(self)
            }
            #[inline(always)]
            fn ceil(self) -> Self {
                $type::ceil(self)
            }
            #[inline(always)]
            fn rint(self) -> Self {
                self.round_ties_even()
            }
        }

        impl Classify for $type {
            #[inline(always)]
            fn isnan(self) -> bool {
                $type::is_nan(self)
            }
            #[inline(always)]
            fn isfinite(self) -> bool {
                $type::is_finite(self)
            }
        }
        impl Classify for Complex<$type> {
            #[inline(always)]
            fn isnan(self) -> bool {
                self.re.is_nan() || self.im.is_nan()
            }
            #[inline(always)]
            fn isfinite(self) -> bool {
                self.re.is_finite() && self.im.is_finite()
            }
        }

        impl Unary<Complex<$type>> for Magnitude {
            type Output = $type;
            #[inline(always)]
            fn apply(a: Complex<$type>) -> $type {
                a.norm()
            }
        }
        impl Unary<Complex<$type>> for Conjugate {
            type Output = Complex<$type>;
            #[inline(always)]
            fn apply(a: Complex<$type>) -> Complex<$type> {
                a.conj()
            }
        }
        impl Unary<Complex<$type>> for RealPart {
            type Output = $type;
            #[inline(always)]
            fn apply(a: Complex<$type>) -> $type {
                a.re
            }
        }
        impl Unary<Complex<$type>> for ImaginaryPart {
            type Output = $type;
            #[inline(always)]
            fn apply(a: Complex<$type>) -> $type {
                a.im
            }
        }
    )*};
}
of_floats!(f32 f64);
