//! Conversion between element types, as Rust's `as`.

use num_complex::Complex;

use super::{Unary, UnaryKernel, unary_loop};
use crate::element::{Complex32, Complex64, DType, Element};

/// The kernel that converts elements of one dtype to another.
///
/// Between numbers it is Rust's `as`: integers wrap, floating-point numbers go to integers by
/// truncation within the type's range (NaN to 0). A number is `true` where it is not zero; a complex
/// number goes to a real type by its real part.
pub(crate) fn cast(from: DType, to: DType) -> UnaryKernel {
    crate::with_element!(from, A => crate::with_element!(to, B => unary_loop::<A, To<B>>))
}

struct To<B>(std::marker::PhantomData<B>);

impl<A: Element, B: ConvertFrom<A>> Unary<A> for To<B> {
    type Output = B;

    #[inline(always)]
    fn apply(a: A) -> B {
        B::convert_from(a)
    }
}

/// A type that every element converts to.
trait ConvertFrom<A>: Element {
    fn convert_from(a: A) -> Self;
}

/// For one type of numbers: conversions to each type of numbers listed, to `bool`, and from it.
macro_rules! numbers {
    ($from:ident to $($to:ident)*) => {
        $(impl ConvertFrom<$from> for $to {
            #[inline(always)]
            #[allow(clippy::unnecessary_cast, reason = "a type to itself is in the list")]
            fn convert_from(a: $from) -> Self {
                a as $to
            }
        })*

        impl ConvertFrom<$from> for bool {
            #[inline(always)]
            fn convert_from(a: $from) -> Self {
                a != 0 as $from
            }
        }

        impl ConvertFrom<bool> for $from {
            #[inline(always)]
            fn convert_from(a: bool) -> Self {
                u8::from(a) as $from
            }
        }

        complex!($from: f32 f64);
    };
}

/// Conversions between complex numbers of the parts listed and one type of numbers.
macro_rules! complex {
    ($real:ident: $($part:ident)*) => {$(
        impl ConvertFrom<Complex<$part>> for $real {
            #[inline(always)]
            #[allow(clippy::unnecessary_cast, reason = "a type to itself is in the list")]
            fn convert_from(a: Complex<$part>) -> Self {
                a.re as $real
            }
        }

        impl ConvertFrom<$real> for Complex<$part> {
            #[inline(always)]
            #[allow(clippy::unnecessary_cast, reason = "a type to itself is in the list")]
            fn convert_from(a: $real) -> Self {
                Self::new(a as $part, 0.0)
            }
        }
    )*};
}

numbers!(i8 to i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);
numbers!(i16 to i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);
numbers!(i32 to i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);
numbers!(i64 to i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);
numbers!(u8 to i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);
numbers!(u16 to i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);
numbers!(u32 to i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);
numbers!(u64 to i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);
numbers!(f32 to i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);
numbers!(f64 to i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);

impl ConvertFrom<bool> for bool {
    #[inline(always)]
    fn convert_from(a: bool) -> Self {
        a
    }
}

/// Conversions between two complex types, and of a complex type to and from `bool`.
macro_rules! between_complex {
    ($($from:ident to $($to:ident as $part:ident)*;)*) => {$(
        $(impl ConvertFrom<$from> for $to {
            #[inline(always)]
            #[allow(clippy::unnecessary_cast, reason = "a type to itself is in the list")]
            fn convert_from(a: $from) -> Self {
                Self::new(a.re as $part, a.im as $part)
            }
        })*

        impl ConvertFrom<$from> for bool {
            #[inline(always)]
            fn convert_from(a: $from) -> Self {
                a.re != 0.0 || a.im != 0.0
            }
        }

        impl ConvertFrom<bool> for $from {
            #[inline(always)]
            fn convert_from(a: bool) -> Self {
                Self::new(u8::from(a).into(), 0.0)
            }
        }
    )*};
}
between_complex! {
    Complex32 to Complex32 as f32 Complex64 as f64;
    Complex64 to Complex32 as f32 Complex64 as f64;
}
