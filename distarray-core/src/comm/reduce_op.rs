//! [`ReduceOp`]: how an all-reduce combines two elements.

use crate::element::{Complex32, Complex64, DType, Element, as_bytes};
use crate::error::{Error, Result};

/// How elements of several ranks are combined.
///
/// ```
/// use distarray_core::{DType, as_bytes, comm::ReduceOp};
///
/// let mut total = as_bytes(&[1_i32, 2]).to_vec();
/// ReduceOp::Sum.combine(DType::I32, &mut total, as_bytes(&[10_i32, 20]))?;
/// assert_eq!(total, as_bytes(&[11_i32, 22]));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReduceOp {
    /// The sum; integers wrap, `bool` is *or*.
    Sum,
    /// The product; integers wrap, `bool` is *and*.
    Product,
    /// The least; a NaN on either side gives NaN. Not for complex numbers.
    Min,
    /// The greatest; a NaN on either side gives NaN. Not for complex numbers.
    Max,
    /// Bitwise and; logical for `bool`. Not for floating-point numbers.
    And,
    /// Bitwise or; logical for `bool`. Not for floating-point numbers.
    Or,
}

impl ReduceOp {
    /// The operation's name in lower case.
    ///
    /// ```
    /// assert_eq!(distarray_core::comm::ReduceOp::Max.name(), "max");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Product => "product",
            Self::Min => "min",
            Self::Max => "max",
            Self::And => "and",
            Self::Or => "or",
        }
    }

    /// Combines `other` into `values`, place by place.
    ///
    /// # Errors
    /// The operation does not take the dtype.
    ///
    /// # Panics
    /// The lengths differ, or are not whole elements.
    pub fn combine(self, dtype: DType, values: &mut [u8], other: &[u8]) -> Result<()> {
        assert_eq!(values.len(), other.len(), "both sides of a reduction are equally long");
        assert_eq!(values.len() % dtype.size(), 0, "a reduction takes whole elements");
        crate::with_element!(dtype, T => combine::<T>(self, values, other))
    }
}

/// Combination of two elements of one type; `None` where the type has no such operation.
trait Combine: Element {
    fn combine(op: ReduceOp, a: Self, b: Self) -> Option<Self>;

    /// The element that the bytes hold.
    fn read(bytes: &[u8]) -> Self;
}

macro_rules! combine_integers {
    ($($type:ty)*) => {$(
        impl Combine for $type {
            fn combine(op: ReduceOp, a: Self, b: Self) -> Option<Self> {
                Some(match op {
                    ReduceOp::Sum => a.wrapping_add(b),
                    ReduceOp::Product => a.wrapping_mul(b),
                    ReduceOp::Min => a.min(b),
                    ReduceOp::Max => a.max(b),
                    ReduceOp::And => a & b,
                    ReduceOp::Or => a | b,
                })
            }

            fn read(bytes: &[u8]) -> Self {
                bytemuck::pod_read_unaligned(bytes)
            }
        }
    )*};
}
combine_integers!(i8 i16 i32 i64 u8 u16 u32 u64);

macro_rules! combine_floats {
    ($($type:ty)*) => {$(
        impl Combine for $type {
            fn combine(op: ReduceOp, a: Self, b: Self) -> Option<Self> {
                match op {
                    ReduceOp::Sum => Some(a + b),
                    ReduceOp::Product => Some(a * b),
                    ReduceOp::Min => Some(if b < a || b.is_nan() { b } else { a }),
                    ReduceOp::Max => Some(if b > a || b.is_nan() { b } else { a }),
                    ReduceOp::And | ReduceOp::Or => None,
                }
            }

            fn read(bytes: &[u8]) -> Self {
                bytemuck::pod_read_unaligned(bytes)
            }
        }
    )*};
}
combine_floats!(f32 f64);

macro_rules! combine_complex {
    ($($type:ty)*) => {$(
        impl Combine for $type {
            fn combine(op: ReduceOp, a: Self, b: Self) -> Option<Self> {
                match op {
                    ReduceOp::Sum => Some(a + b),
                    ReduceOp::Product => Some(a * b),
                    _ => None,
                }
            }

            fn read(bytes: &[u8]) -> Self {
                bytemuck::pod_read_unaligned(bytes)
            }
        }
    )*};
}
combine_complex!(Complex32 Complex64);

impl Combine for bool {
    fn combine(op: ReduceOp, a: Self, b: Self) -> Option<Self> {
        Some(match op {
            ReduceOp::Sum | ReduceOp::Max | ReduceOp::Or => a | b,
            ReduceOp::Product | ReduceOp::Min | ReduceOp::And => a & b,
        })
    }

    fn read(bytes: &[u8]) -> Self {
        bytes[0] != 0
    }
}

fn combine<T: Combine>(op: ReduceOp, values: &mut [u8], other: &[u8]) -> Result<()> {
    let size = T::DTYPE.size();
    for (value, other) in values.chunks_exact_mut(size).zip(other.chunks_exact(size)) {
        let combined = T::combine(op, T::read(value), T::read(other)).ok_or_else(|| {
            Error::dtype(format!("reduction '{}' does not take {}", op.name(), T::DTYPE))
        })?;
        value.copy_from_slice(as_bytes(&[combined]));
    }
    Ok(())
}
