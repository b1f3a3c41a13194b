//! Questions about two operands of one type, answered by a `bool`.

use super::{Binary, BinaryKernel, binary_kernel, for_dtypes, for_elements, for_ordered};
use crate::element::{DType, Element};

/// The table of questions: each with NumPy's name, the dtypes that have it, and its function of two
/// elements.
macro_rules! comparisons {
    ($($op:ident $name:literal $dtypes:ident, $T:ident: $bound:path, $function:expr;)*) => {
        /// A question about two elements: comparisons, and what their truth values make together.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum CompareOp {
            $($op),*
        }

        impl CompareOp {
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$op => $name),*
                }
            }
        }

        /// The kernel of a question for a dtype; complex numbers have no order.
        pub(crate) fn compare(op: CompareOp, dtype: DType) -> Option<BinaryKernel> {
            match op {
                $(CompareOp::$op => $dtypes!(dtype, T => binary_kernel::<T, $op>())),*
            }
        }

        $(
            struct $op;

            impl<$T: Element + $bound> Binary<$T> for $op {
                type Output = bool;

                #[inline(always)]
                fn apply(a: $T, b: $T) -> bool {
                    $function(&a, &b)
                }
            }
        )*
    };
}

/// [`for_dtypes`] for `bool` alone.
macro_rules! for_truth {
    ($dtype:expr, $T:ident => $body:expr) => {
        for_dtypes!($dtype, $T in [Bool: bool] => $body)
    };
}

comparisons! {
    Equal "equal" for_elements, T: PartialEq, T::eq;
    NotEqual "not_equal" for_elements, T: PartialEq, T::ne;
    Less "less" for_ordered, T: PartialOrd, T::lt;
    LessEqual "less_equal" for_ordered, T: PartialOrd, T::le;
    Greater "greater" for_ordered, T: PartialOrd, T::gt;
    GreaterEqual "greater_equal" for_ordered, T: PartialOrd, T::ge;
    LogicalAnd "logical_and" for_truth, T: Into<bool>, |a, b| truth(a) & truth(b);
    LogicalOr "logical_or" for_truth, T: Into<bool>, |a, b| truth(a) | truth(b);
    LogicalXor "logical_xor" for_truth, T: Into<bool>, |a, b| truth(a) ^ truth(b);
}

#[inline(always)]
fn truth<T: Copy + Into<bool>>(a: &T) -> bool {
    (*a).into()
}

impl CompareOp {
    /// Whether it asks for truth values only, which other operands are converted to before.
    pub(crate) const fn is_logical(self) -> bool {
        matches!(self, Self::LogicalAnd | Self::LogicalOr | Self::LogicalXor)
    }
}
