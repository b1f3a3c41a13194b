//! Arithmetic of integers that tells where a result does not fit.

use super::for_integers;
use crate::element::{DType, Element};

/// A loop over two operands that gives the place of the first result that does not fit, if there is
/// one; all results are written, that one wrapped.
///
/// # Safety
/// The target is valid for writes, the operands for reads of that many elements of the dtype that the
/// kernel was asked for, aligned; the target is apart from the others.
pub(crate) type CheckedKernel = unsafe fn(*mut u8, *const u8, *const u8, usize) -> Option<usize>;

/// An operation on two integers whose result may not fit.
trait Checked<T: Element> {
    /// The result, and whether it does not fit.
    fn apply(a: T, b: T) -> (T, bool);
}

/// # Safety
/// As [`CheckedKernel`].
unsafe fn checked_loop<T: Element, Op: Checked<T>>(
    target: *mut u8,
    a: *const u8,
    b: *const u8,
    count: usize,
) -> Option<usize> {
    let (target, a, b) = (target.cast::<T>(), a.cast::<T>(), b.cast::<T>());
    // SAFETY: the caller vouches for `count` elements of each.
    let at = |i: usize| unsafe { Op::apply(a.add(i).read(), b.add(i).read()) };
    let mut failed = false;
    for i in 0..count {
        let (value, fails) = at(i);
        failed |= fails;
        // SAFETY: as above, of the target.
        unsafe { target.add(i).write(value) }
    }
    // Looked for only where there is one: the loop above has no branch.
    if failed { (0..count).find(|&i| at(i).1) } else { None }
}

/// Lists operations: name, how an operation that failed is printed, function of two elements.
macro_rules! operations {
    ($($op:ident $name:literal $text:literal, $method:ident;)*) => {
        /// An operation on two integers whose result may not fit; those of one operand get it twice.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum CheckedOp {
            $($op),*
        }

        impl CheckedOp {
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$op => $name),*
                }
            }

            /// The operation on two values as text.
            pub(crate) fn describe(self, a: impl std::fmt::Display, b: impl std::fmt::Display) -> String {
                let text = match self {
                    $(Self::$op => $text),*
                };
                text.replace('a', &a.to_string()).replace('b', &b.to_string())
            }
        }

        /// The kernel of an operation for a dtype; `None` where the dtype is not one of integers.
        pub(crate) fn checked(op: CheckedOp, dtype: DType) -> Option<CheckedKernel> {
            match op {
                $(CheckedOp::$op => {
                    for_integers!(dtype, T => checked_loop::<T, $op> as CheckedKernel)
                })*
            }
        }

        $(
            struct $op;

            impl<T: Element + Overflowing> Checked<T> for $op {
                #[inline(always)]
                fn apply(a: T, b: T) -> (T, bool) {
                    T::$method(a, b)
                }
            }
        )*
    };
}

operations! {
    Add "checked_add" "a + b", add;
    Subtract "checked_sub" "a - b", subtract;
    Multiply "checked_mul" "a * b", multiply;
    Divide "checked_div" "a / b", divide;
    Remainder "checked_rem" "a % b", remainder;
    Power "checked_pow" "a to the power of b", power;
    Negative "checked_neg" "-(a)", negative;
    Absolute "checked_abs" "|a|", absolute;
}

/// Integers with the operations of the table.
trait Overflowing: Sized {
    fn add(self, other: Self) -> (Self, bool);
    fn subtract(self, other: Self) -> (Self, bool);
    fn multiply(self, other: Self) -> (Self, bool);
    fn divide(self, other: Self) -> (Self, bool);
    fn remainder(self, other: Self) -> (Self, bool);
    fn power(self, exponent: Self) -> (Self, bool);
    fn negative(self, _: Self) -> (Self, bool);
    fn absolute(self, _: Self) -> (Self, bool);
}

macro_rules! integers {
    ($($type:ident $absolute:expr;)*) => {$(
        impl Overflowing for $type {
            #[inline(always)]
            fn add(self, other: Self) -> (Self, bool) {
                self.overflowing_add(other)
            }
            #[inline(always)]
            fn subtract(self, other: Self) -> (Self, bool) {
                self.overflowing_sub(other)
            }
            #[inline(always)]
            fn multiply(self, other: Self) -> (Self, bool) {
                self.overflowing_mul(other)
            }
            #[inline(always)]
            fn divide(self, other: Self) -> (Self, bool) {
                if other == 0 { (0, true) } else { self.overflowing_div(other) }
            }
            #[inline(always)]
            fn remainder(self, other: Self) -> (Self, bool) {
                // The least integer leaves nothing over -1, whatever the quotient.
                if other == 0 { (0, true) } else { (self.wrapping_rem(other), false) }
            }
            #[inline(always)]
            fn power(self, exponent: Self) -> (Self, bool) {
                match u64::try_from(exponent) {
                    // Beyond, only 0, 1 and -1 have powers, which repeat.
                    Ok(exponent) => {
                        let few = exponent.min(64 + exponent % 2) as u32;
                        self.overflowing_pow(few)
                    }
                    Err(_) => (0, true),
                }
            }
            #[inline(always)]
            fn negative(self, _: Self) -> (Self, bool) {
                self.overflowing_neg()
            }
            #[inline(always)]
            fn absolute(self, _: Self) -> (Self, bool) {
                let absolute: fn(Self) -> (Self, bool) = $absolute;
                absolute(self)
            }
        }
    )*};
}

integers! {
    i8 i8::overflowing_abs;
    i16 i16::overflowing_abs;
    i32 i32::overflowing_abs;
    i64 i64::overflowing_abs;
    u8 |a| (a, false);
    u16 |a| (a, false);
    u32 |a| (a, false);
    u64 |a| (a, false);
}
