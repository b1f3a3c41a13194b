//! Operations on two operands of one type that give that type.

use super::arithmetic::{Number, Real};
use super::floating::RealFloating;
use super::integer::Integer;
use super::representation::Representation;
use super::{Binary, BinaryKernel, binary_kernel, for_bits, for_floats, for_integers};
use super::{for_numbers, for_reals, math};
use crate::element::{DType, Element, Kind};

/// The table of operations: each with NumPy's name, the dtypes that have it, and its function of two
/// elements.
macro_rules! operations {
    ($($op:ident $name:literal $dtypes:ident, $T:ident: $bound:path, $function:expr;)*) => {
        /// An operation on two elements of one type that gives that type.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum BinaryOp {
            $($op),*
        }

        impl BinaryOp {
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$op => $name),*
                }
            }
        }

        /// The kernel of an operation for a dtype; `None` where the dtype has no such operation.
        pub(crate) fn binary(op: BinaryOp, dtype: DType) -> Option<BinaryKernel> {
            math::binary(op, dtype).or_else(|| match op {
                $(BinaryOp::$op => $dtypes!(dtype, T => binary_kernel::<T, $op>())),*
            })
        }

        $(
            struct $op;

            impl<$T: Element + $bound> Binary<$T> for $op {
                type Output = $T;
                const VECTORS: bool = BinaryOp::$op.has_vectors(<$T as Element>::DTYPE);

                #[inline(always)]
                fn apply(a: $T, b: $T) -> $T {
                    $function(a, b)
                }
            }
        )*
    };
}

operations! {
    Add "add" for_numbers, T: Number, T::add;
    Subtract "subtract" for_numbers, T: Number, T::subtract;
    Multiply "multiply" for_numbers, T: Number, T::multiply;
    Divide "divide" for_numbers, T: Number, T::divide;
    Power "power" for_numbers, T: Number, T::power;
    FloorDivide "floor_divide" for_reals, T: Real, T::floor_divide;
    Remainder "remainder" for_reals, T: Real, T::remainder;
    Fmod "fmod" for_reals, T: Real, T::fmod;
    Minimum "minimum" for_reals, T: Real, T::minimum;
    Maximum "maximum" for_reals, T: Real, T::maximum;
    Fmin "fmin" for_reals, T: Real, T::fmin;
    Fmax "fmax" for_reals, T: Real, T::fmax;

    Hypot "hypot" for_floats, T: RealFloating, T::hypot;
    Arctan2 "arctan2" for_floats, T: RealFloating, T::arctan2;
    Logaddexp "logaddexp" for_floats, T: RealFloating, T::logaddexp;
    Logaddexp2 "logaddexp2" for_floats, T: RealFloating, T::logaddexp2;
    Copysign "copysign" for_floats, T: Representation, T::copysign;
    Nextafter "nextafter" for_floats, T: Representation, T::nextafter;
    Ldexp "ldexp" for_floats, T: Representation, T::ldexp;
    Heaviside "heaviside" for_floats, T: Representation, T::heaviside;

    BitwiseAnd "bitwise_and" for_bits, T: Bits, |a, b| a & b;
    BitwiseOr "bitwise_or" for_bits, T: Bits, |a, b| a | b;
    BitwiseXor "bitwise_xor" for_bits, T: Bits, |a, b| a ^ b;
    LeftShift "left_shift" for_integers, T: Integer, T::left_shift;
    RightShift "right_shift" for_integers, T: Integer, T::right_shift;
    Gcd "gcd" for_integers, T: Integer, T::gcd;
    Lcm "lcm" for_integers, T: Integer, T::lcm;
}

impl BinaryOp {
    /// Whether there are vector instructions for it: of integers none divide.
    const fn has_vectors(self, dtype: DType) -> bool {
        let divides = matches!(
            self,
            Self::Divide
                | Self::Power
                | Self::FloorDivide
                | Self::Remainder
                | Self::Fmod
                | Self::Gcd
                | Self::Lcm
        );
        !(divides && matches!(dtype.kind(), Kind::Signed | Kind::Unsigned))
    }
}

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
