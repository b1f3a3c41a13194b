//! Operations on two operands of one type that give that type.

use super::arithmetic::{Number, Real};
use super::{Binary, BinaryKernel, binary_kernel, for_bits, for_floats, for_numbers, for_reals};
use crate::element::{DType, Element};

/// An operation on two elements of one type that gives that type; NumPy's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Minimum,
    Maximum,
    Hypot,
    Arctan2,
    BitwiseAnd,
    BitwiseOr,
    BitwiseXor,
}

impl BinaryOp {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Subtract => "subtract",
            Self::Multiply => "multiply",
            Self::Divide => "divide",
            Self::Remainder => "remainder",
            Self::Power => "power",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::Hypot => "hypot",
            Self::Arctan2 => "arctan2",
            Self::BitwiseAnd => "bitwise_and",
            Self::BitwiseOr => "bitwise_or",
            Self::BitwiseXor => "bitwise_xor",
        }
    }
}

/// The kernel of an operation for a dtype; `None` where the dtype has no such operation.
pub(crate) fn binary(op: BinaryOp, dtype: DType) -> Option<BinaryKernel> {
    match op {
        BinaryOp::Add => for_numbers!(dtype, T => binary_kernel::<T, Add>()),
        BinaryOp::Subtract => for_numbers!(dtype, T => binary_kernel::<T, Subtract>()),
        BinaryOp::Multiply => for_numbers!(dtype, T => binary_kernel::<T, Multiply>()),
        BinaryOp::Divide => for_numbers!(dtype, T => binary_kernel::<T, Divide>()),
        BinaryOp::Remainder => for_reals!(dtype, T => binary_kernel::<T, Remainder>()),
        BinaryOp::Power => for_reals!(dtype, T => binary_kernel::<T, Power>()),
        BinaryOp::Minimum => for_reals!(dtype, T => binary_kernel::<T, Minimum>()),
        BinaryOp::Maximum => for_reals!(dtype, T => binary_kernel::<T, Maximum>()),
        BinaryOp::Hypot => for_floats!(dtype, T => binary_kernel::<T, Hypot>()),
        BinaryOp::Arctan2 => for_floats!(dtype, T => binary_kernel::<T, Arctan2>()),
        BinaryOp::BitwiseAnd => for_bits!(dtype, T => binary_kernel::<T, BitwiseAnd>()),
        BinaryOp::BitwiseOr => for_bits!(dtype, T => binary_kernel::<T, BitwiseOr>()),
        BinaryOp::BitwiseXor => for_bits!(dtype, T => binary_kernel::<T, BitwiseXor>()),
    }
}

/// Lists operations by the trait that has them: name, bound, function of two elements.
macro_rules! operations {
    ($($name:ident, $T:ident: $bound:path, $function:expr;)*) => {$(
        struct $name;

        impl<$T: Element + $bound> Binary<$T> for $name {
            type Output = $T;

            #[inline(always)]
            fn apply(a: $T, b: $T) -> $T {
                $function(a, b)
            }
        }
    )*};
}

operations! {
    Add, T: Number, T::add;
    Subtract, T: Number, T::subtract;
    Multiply, T: Number, T::multiply;
    Divide, T: Number, T::divide;
    Remainder, T: Real, T::remainder;
    Power, T: Real, T::power;
    Minimum, T: Real, T::minimum;
    Maximum, T: Real, T::maximum;
    Hypot, T: Plane, T::hypot;
    Arctan2, T: Plane, T::arctan2;
    BitwiseAnd, T: Bits, |a, b| a & b;
    BitwiseOr, T: Bits, |a, b| a | b;
    BitwiseXor, T: Bits, |a, b| a ^ b;
}

/// Functions of the two coordinates of a point.
trait Plane {
    fn hypot(self, other: Self) -> Self;
    fn arctan2(self, other: Self) -> Self;
}

macro_rules! plane {
    ($($type:ident)*) => {$(
        impl Plane for $type {
            #[inline(always)]
            fn hypot(self, other: Self) -> Self {
                $type::hypot(self, other)
            }
            #[inline(always)]
            fn arctan2(self, other: Self) -> Self {
                $type::atan2(self, other)
            }
        }
    )*};
}
plane!(f32 f64);

/// Types with bitwise operations.
trait Bits:
    std::ops::BitAnd<Output = Self>
    + std::ops::BitOr<Output = Self>
    + std::ops::BitXor<Output = Self>
    + Sized
{
}

impl<T> Bits for T where
    T: std::ops::BitAnd<Output = T> + std::ops::BitOr<Output = T> + std::ops::BitXor<Output = T>
{
}
