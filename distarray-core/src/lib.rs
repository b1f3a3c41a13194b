//! Distributed arrays for any backend.

mod error;
pub mod dist;

pub use error::{Error, Result};
