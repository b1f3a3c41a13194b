//! Element types: [`Element`] at compile time, [`DType`] and [`Scalar`] at run time.

mod dtype;
mod families;
mod scalar;

use std::fmt;

pub use dtype::{DType, Kind};
pub use families::{Bits, ComplexNumber, Float, Floating, Integer, Number, Ordered, Real};
pub use scalar::Scalar;

/// Complex number of two `f32` (NumPy's `complex64`).
pub type Complex32 = num_complex::Complex<f32>;
/// Complex number of two `f64` (NumPy's `complex128`).
pub type Complex64 = num_complex::Complex<f64>;

mod sealed {
    #[expect(unnameable_types, reason = "only the types listed here are elements")]
    pub trait Sealed {}
}

/// A type that arrays can hold: `bool`, the integers of 8 to 64 bits, `f32`, `f64` and their
/// complex numbers.
///
/// ```
/// use distarray_core::{DType, Element};
///
/// assert_eq!(<i16 as Element>::DTYPE, DType::I16);
/// assert_eq!(i16::try_from_scalar(7_i16.to_scalar()), Some(7));
/// ```
///
/// # Safety
/// A value has no padding, its size and alignment are those of [`DTYPE`](Self::DTYPE), and any
/// bytes that make a value of one such type make one of every other of that dtype.
pub unsafe trait Element:
    sealed::Sealed + Copy + Default + PartialEq + fmt::Debug + fmt::Display + Send + Sync + 'static
{
    /// The same type as a value.
    const DTYPE: DType;

    /// What a sum has: `i64` for signed integers and `bool`, `u64` for unsigned ones, else the type itself (as NumPy).
    type Sum: Element;
    /// What a mean has: `f64` for integers and `bool`, else the type itself (as NumPy).
    type Mean: Element;
    /// What a variance has: the real counterpart of [`Mean`](Self::Mean).
    type Real: Element;
    /// What a magnitude has: the type of the parts of a complex number, else the type itself.
    type Magnitude: Element;
    /// The same in double precision: [`Complex64`] of complex numbers, else `f64`.
    type Double: Number + Element<Sum = Self::Double>;

    /// The number one, or `true`.
    const ONE: Self;

    /// The value with its type as data.
    fn to_scalar(self) -> Scalar;

    /// The value in a scalar of this very type; `None` for any other type.
    fn try_from_scalar(scalar: Scalar) -> Option<Self>;
}

/// Implements [`Element`] for a list of types: type, dtype, sum, mean, real, magnitude, double, one.
macro_rules! elements {
    ($($type:ty, $dtype:ident, $sum:ty, $mean:ty, $real:ty, $magnitude:ty, $double:ty, $one:expr;)*) => {$(
        impl sealed::Sealed for $type {}
        // SAFETY: a primitive, or two of the same primitive side by side (`Complex` is `repr(C)`).
        unsafe impl Element for $type {
            const DTYPE: DType = DType::$dtype;
            type Sum = $sum;
            type Mean = $mean;
            type Real = $real;
            type Magnitude = $magnitude;
            type Double = $double;
            const ONE: Self = $one;

            #[inline]
            fn to_scalar(self) -> Scalar {
                Scalar::$dtype(self)
            }

            #[inline]
            fn try_from_scalar(scalar: Scalar) -> Option<Self> {
                match scalar {
                    Scalar::$dtype(value) => Some(value),
                    _ => None,
                }
            }
        }

        impl From<$type> for Scalar {
            fn from(value: $type) -> Self {
                Self::$dtype(value)
            }
        }
    )*};
}

elements! {
    bool, Bool, i64, f64, f64, bool, f64, true;
    i8, I8, i64, f64, f64, i8, f64, 1;
    i16, I16, i64, f64, f64, i16, f64, 1;
    i32, I32, i64, f64, f64, i32, f64, 1;
    i64, I64, i64, f64, f64, i64, f64, 1;
    u8, U8, u64, f64, f64, u8, f64, 1;
    u16, U16, u64, f64, f64, u16, f64, 1;
    u32, U32, u64, f64, f64, u32, f64, 1;
    u64, U64, u64, f64, f64, u64, f64, 1;
    f32, F32, f32, f32, f32, f32, f64, 1.0;
    f64, F64, f64, f64, f64, f64, f64, 1.0;
    Complex32, C32, Complex32, Complex32, f32, f32, Complex64, Complex32::new(1.0, 0.0);
    Complex64, C64, Complex64, Complex64, f64, f64, Complex64, Complex64::new(1.0, 0.0);
}

/// Calls `$body` with `$T` standing for the element type of a dtype known at run time.
///
/// ```
/// use distarray_core::{with_element, DType};
///
/// let size = with_element!(DType::F64, T => size_of::<T>());
/// assert_eq!(size, 8);
/// ```
#[macro_export]
macro_rules! with_element {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            $crate::DType::Bool => {
                type $T = bool;
                $body
            }
            $crate::DType::I8 => {
                type $T = i8;
                $body
            }
            $crate::DType::I16 => {
                type $T = i16;
                $body
            }
            $crate::DType::I32 => {
                type $T = i32;
                $body
            }
            $crate::DType::I64 => {
                type $T = i64;
                $body
            }
            $crate::DType::U8 => {
                type $T = u8;
                $body
            }
            $crate::DType::U16 => {
                type $T = u16;
                $body
            }
            $crate::DType::U32 => {
                type $T = u32;
                $body
            }
            $crate::DType::U64 => {
                type $T = u64;
                $body
            }
            $crate::DType::F32 => {
                type $T = f32;
                $body
            }
            $crate::DType::F64 => {
                type $T = f64;
                $body
            }
            $crate::DType::C32 => {
                type $T = $crate::Complex32;
                $body
            }
            $crate::DType::C64 => {
                type $T = $crate::Complex64;
                $body
            }
        }
    };
}

/// The elements as bytes, in the machine's byte order.
///
/// ```
/// assert_eq!(distarray_core::as_bytes(&[1_u16.to_le()]), [1, 0]);
/// ```
pub fn as_bytes<T: Element>(elements: &[T]) -> &[u8] {
    // SAFETY: an `Element` has no padding, so all its bytes are initialised; `u8` has no alignment.
    unsafe { std::slice::from_raw_parts(elements.as_ptr().cast(), size_of_val(elements)) }
}

/// The elements as bytes that can be written, in the machine's byte order.
///
/// # Safety
/// What is written must be values of `T` again: a `bool` is 0 or 1.
pub unsafe fn as_bytes_mut<T: Element>(elements: &mut [T]) -> &mut [u8] {
    // SAFETY: as in `as_bytes`; the caller keeps the values valid.
    unsafe { std::slice::from_raw_parts_mut(elements.as_mut_ptr().cast(), size_of_val(elements)) }
}
