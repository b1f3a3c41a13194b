//! [`Scalar`]: one element whose type is known at run time.

use std::fmt;

use super::{Complex32, Complex64, DType};

/// One element with its type as data.
///
/// ```
/// use distarray_core::{DType, Scalar};
///
/// let scalar = Scalar::from(1.5);
/// assert_eq!(scalar.dtype(), DType::F64);
/// assert_eq!(scalar.to_string(), "1.5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    /// A `bool`.
    Bool(bool),
    /// An `i8`.
    I8(i8),
    /// An `i16`.
    I16(i16),
    /// An `i32`.
    I32(i32),
    /// An `i64`.
    I64(i64),
    /// A `u8`.
    U8(u8),
    /// A `u16`.
    U16(u16),
    /// A `u32`.
    U32(u32),
    /// A `u64`.
    U64(u64),
    /// An `f32`.
    F32(f32),
    /// An `f64`.
    F64(f64),
    /// A complex number of two `f32`.
    C32(Complex32),
    /// A complex number of two `f64`.
    C64(Complex64),
}

/// Calls `$body` with the value of whichever variant `$scalar` is.
macro_rules! each_variant {
    ($scalar:expr, $value:ident => $body:expr) => {
        match $scalar {
            Scalar::Bool($value) => $body,
            Scalar::I8($value) => $body,
            Scalar::I16($value) => $body,
            Scalar::I32($value) => $body,
            Scalar::I64($value) => $body,
            Scalar::U8($value) => $body,
            Scalar::U16($value) => $body,
            Scalar::U32($value) => $body,
            Scalar::U64($value) => $body,
            Scalar::F32($value) => $body,
            Scalar::F64($value) => $body,
            Scalar::C32($value) => $body,
            Scalar::C64($value) => $body,
        }
    };
}

fn dtype_of<T: super::Element>(_: T) -> DType {
    T::DTYPE
}

impl Scalar {
    /// The element type.
    ///
    /// ```
    /// use distarray_core::{DType, Scalar};
    ///
    /// assert_eq!(Scalar::from(true).dtype(), DType::Bool);
    /// ```
    pub fn dtype(self) -> DType {
        each_variant!(self, value => dtype_of(value))
    }

    /// The value's bytes in the machine's order, the first [`DType::size`] of the sixteen.
    ///
    /// ```
    /// use distarray_core::Scalar;
    ///
    /// assert_eq!(Scalar::from(7_u8).to_bytes()[0], 7);
    /// ```
    pub fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        each_variant!(self, value => {
            let value = [value];
            let value = super::as_bytes(&value);
            bytes[..value.len()].copy_from_slice(value);
        });
        bytes
    }

    /// The value of an integer.
    ///
    /// ```
    /// assert_eq!(distarray_core::Scalar::U8(7).as_i128(), Some(7));
    /// ```
    pub fn as_i128(self) -> Option<i128> {
        match self {
            Self::I8(value) => Some(value.into()),
            Self::I16(value) => Some(value.into()),
            Self::I32(value) => Some(value.into()),
            Self::I64(value) => Some(value.into()),
            Self::U8(value) => Some(value.into()),
            Self::U16(value) => Some(value.into()),
            Self::U32(value) => Some(value.into()),
            Self::U64(value) => Some(value.into()),
            _ => None,
        }
    }

    /// The value of a real floating-point number.
    ///
    /// ```
    /// assert_eq!(distarray_core::Scalar::F32(0.5).as_f64(), Some(0.5));
    /// ```
    pub fn as_f64(self) -> Option<f64> {
        match self {
            Self::F32(value) => Some(value.into()),
            Self::F64(value) => Some(value),
            _ => None,
        }
    }

    /// The value that the first [`DType::size`] bytes hold, in the machine's order; `None` where
    /// there are too few, or where a `bool` is neither 0 nor 1.
    ///
    /// ```
    /// use distarray_core::{DType, Scalar};
    ///
    /// assert_eq!(Scalar::from_bytes(DType::Bool, &[1]), Some(Scalar::Bool(true)));
    /// assert_eq!(Scalar::from_bytes(DType::Bool, &[2]), None);
    /// ```
    pub fn from_bytes(dtype: DType, bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..dtype.size())?;
        if dtype == DType::Bool && bytes[0] > 1 {
            return None;
        }
        Some(crate::with_element!(dtype, T => {
            let mut value = [<T>::default()];
            // SAFETY: any bytes make a number, and those of a `bool` were checked above.
            unsafe { super::as_bytes_mut(&mut value) }.copy_from_slice(bytes);
            super::Element::to_scalar(value[0])
        }))
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        each_variant!(self, value => fmt::Display::fmt(value, f))
    }
}
