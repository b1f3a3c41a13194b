#![doc = include_str!("../README.md")]

mod buffer;
mod dim_data;
mod dim_dict;
mod dist_buffer;
mod element;
mod error;
mod format;
mod literal;
mod owned;
mod validate;
mod value;
mod version;

pub use buffer::Buffer;
pub use dim_data::{DimData, DistType};
pub use dist_buffer::{DistBuffer, DistributedArray};
pub use element::BufferElement;
pub use error::ProtocolError;
pub use format::{ByteOrder, ElementFormat, ElementKind};
pub use literal::MAX_LITERAL_DEPTH;
pub use validate::{Mode, validate, validate_all, validate_dim_data, validate_dim_dict};
pub use value::{Dict, Value};
pub use version::Version;
