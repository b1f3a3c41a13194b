//! [`DType`]: an element type known at run time.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// An element type as a value.
///
/// Prints and parses NumPy's names, so [`C32`](Self::C32) is `complex64`.
///
/// ```
/// use distarray_core::DType;
///
/// assert_eq!(DType::I16.to_string(), "int16");
/// assert_eq!("complex64".parse::<DType>().unwrap(), DType::C32);
/// assert_eq!(DType::C32.size(), 8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DType {
    /// `bool`, one byte, 0 or 1.
    Bool,
    /// `i8`.
    I8,
    /// `i16`.
    I16,
    /// `i32`.
    I32,
    /// `i64`.
    I64,
    /// `u8`.
    U8,
    /// `u16`.
    U16,
    /// `u32`.
    U32,
    /// `u64`.
    U64,
    /// `f32`.
    F32,
    /// `f64`.
    F64,
    /// Complex of two `f32`.
    C32,
    /// Complex of two `f64`.
    C64,
}

/// The family that a dtype belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Truth values.
    Bool,
    /// Signed integers.
    Signed,
    /// Unsigned integers.
    Unsigned,
    /// Real floating-point numbers.
    Float,
    /// Complex floating-point numbers.
    Complex,
}

impl DType {
    /// Every dtype, in order of declaration.
    ///
    /// ```
    /// assert_eq!(distarray_core::DType::ALL.len(), 13);
    /// ```
    pub const ALL: [Self; 13] = [
        Self::Bool,
        Self::I8,
        Self::I16,
        Self::I32,
        Self::I64,
        Self::U8,
        Self::U16,
        Self::U32,
        Self::U64,
        Self::F32,
        Self::F64,
        Self::C32,
        Self::C64,
    ];

    /// Bytes of one element.
    ///
    /// ```
    /// assert_eq!(distarray_core::DType::F64.size(), 8);
    /// ```
    pub const fn size(self) -> usize {
        match self {
            Self::Bool | Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 | Self::C32 => 8,
            Self::C64 => 16,
        }
    }

    /// Alignment of one element in memory: that of its parts where it is complex.
    ///
    /// ```
    /// assert_eq!(distarray_core::DType::C64.alignment(), 8);
    /// ```
    pub const fn alignment(self) -> usize {
        match self {
            Self::C32 => align_of::<f32>(),
            Self::C64 => align_of::<f64>(),
            Self::I64 => align_of::<i64>(),
            Self::U64 => align_of::<u64>(),
            Self::F64 => align_of::<f64>(),
            other => other.size(),
        }
    }

    /// The family that the dtype belongs to.
    ///
    /// ```
    /// use distarray_core::{DType, Kind};
    ///
    /// assert_eq!(DType::U8.kind(), Kind::Unsigned);
    /// ```
    pub const fn kind(self) -> Kind {
        match self {
            Self::Bool => Kind::Bool,
            Self::I8 | Self::I16 | Self::I32 | Self::I64 => Kind::Signed,
            Self::U8 | Self::U16 | Self::U32 | Self::U64 => Kind::Unsigned,
            Self::F32 | Self::F64 => Kind::Float,
            Self::C32 | Self::C64 => Kind::Complex,
        }
    }

    /// NumPy's name.
    ///
    /// ```
    /// assert_eq!(distarray_core::DType::C64.name(), "complex128");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::I8 => "int8",
            Self::I16 => "int16",
            Self::I32 => "int32",
            Self::I64 => "int64",
            Self::U8 => "uint8",
            Self::U16 => "uint16",
            Self::U32 => "uint32",
            Self::U64 => "uint64",
            Self::F32 => "float32",
            Self::F64 => "float64",
            Self::C32 => "complex64",
            Self::C64 => "complex128",
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for DType {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|dtype| dtype.name() == name).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|dtype| dtype.name()).collect();
            Error::dtype(format!("unknown dtype '{name}'; known are {}", known.join(", ")))
        })
    }
}
