//! Comparisons: two operands of one type, a `bool` as result.

use super::{Binary, BinaryKernel, binary_kernel, for_ordered};
use crate::element::{DType, Element};

/// A comparison of two elements; NumPy's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum CompareOp {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl CompareOp {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::NotEqual => "not_equal",
            Self::Less => "less",
            Self::LessEqual => "less_equal",
            Self::Greater => "greater",
            Self::GreaterEqual => "greater_equal",
        }
    }
}

/// The kernel of a comparison for a dtype; complex numbers have no order.
pub(crate) fn compare(op: CompareOp, dtype: DType) -> Option<BinaryKernel> {
    match op {
        CompareOp::Equal => Some(crate::with_element!(dtype, T => binary_kernel::<T, Equal>())),
        CompareOp::NotEqual => {
            Some(crate::with_element!(dtype, T => binary_kernel::<T, NotEqual>()))
        }
        CompareOp::Less => for_ordered!(dtype, T => binary_kernel::<T, Less>()),
        CompareOp::LessEqual => for_ordered!(dtype, T => binary_kernel::<T, LessEqual>()),
        CompareOp::Greater => for_ordered!(dtype, T => binary_kernel::<T, Greater>()),
        CompareOp::GreaterEqual => for_ordered!(dtype, T => binary_kernel::<T, GreaterEqual>()),
    }
}

/// Lists comparisons: name, bound, function of two elements.
macro_rules! comparisons {
    ($($name:ident, $bound:ident, $function:expr;)*) => {$(
        struct $name;

        impl<T: Element + $bound> Binary<T> for $name {
            type Output = bool;

            #[inline(always)]
            fn apply(a: T, b: T) -> bool {
                $function(&a, &b)
            }
        }
    )*};
}

comparisons! {
    Equal, PartialEq, T::eq;
    NotEqual, PartialEq, T::ne;
    Less, PartialOrd, T::lt;
    LessEqual, PartialOrd, T::le;
    Greater, PartialOrd, T::gt;
    GreaterEqual, PartialOrd, T::ge;
}
