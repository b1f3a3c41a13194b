//! Distributed arrays for any backend.

mod element;
mod error;

pub mod block;
pub mod comm;
pub mod dist;
pub mod exchange;
mod handle;

pub use element::{Complex32, Complex64, DType, Element, Kind, Scalar, as_bytes, as_bytes_mut};
pub use error::{Error, Result};
pub use handle::ArrayRef;
