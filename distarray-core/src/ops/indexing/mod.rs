//! Elements by lists of indices and by masks: reading, writing, accumulating, finding.
//!
//! A [`Selection`] is resolved to numbers of elements, which are checked before anything is written.
//! A *holder* is a rank that has indices, and with them what is selected; an *owner* one that has
//! elements of the array. Where all ranks have the indices each finds by itself what to send; else
//! holders ask the owners, and only ranks that have elements for each other exchange any.

mod copies;
mod indexed;
mod mask;
mod ordering;
mod put;
mod resolve;
mod route;
mod selection;
mod take;

pub use copies::{compress, masked, put, put_masked, take};
pub use mask::{Mask, argwhere, flat_nonzero};
pub use selection::{Indices, Selection};
