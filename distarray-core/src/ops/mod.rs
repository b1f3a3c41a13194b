//! The algorithms, as every rank runs them: one family a file.
//!
//! Each takes a communicator and arrays, and knows of no context and no user. What can be checked
//! from metadata is checked before anything is sent, on every rank alike.

mod align;
mod allocate;
mod assign;
mod assign_together;
mod create;
mod element;
mod evaluate;
mod export;
mod gather;
mod halo;
mod import;
mod indexing;
mod rearrange;
mod redistribute;
mod reduce;
mod reshape;
mod scan;
mod scatter;
mod shape;
mod slice;
mod statistics;
mod stencil;
mod update;

pub use align::Alignment;
pub use assign::assign;
pub use assign_together::assign_together;
pub use create::{Recipe, arange_len, create, from_fn, from_replicated, try_from_fn};
pub use element::{element_at, set_element};
pub use evaluate::{evaluate, evaluate_rows, evaluate_together, result_distribution};
pub use export::{export, export_mut};
pub use gather::{gather, gather_to_all};
pub use halo::{exchange_halo, finish_halo_exchange, start_halo_exchange};
pub use import::{copy_section, import, import_copy, import_view, owned_section};
pub use indexing::{
    Indices, Mask, Selection, argwhere, compress, flat_nonzero, masked, put, put_masked, take,
};
pub use rearrange::{Move, Padding, concatenate, pad, rearrange, roll, tile};
pub use redistribute::{follow, follow_into, redistribute};
pub use reduce::{Reduced, Reduction, Request, reduce};
pub use reshape::reshape;
pub use scan::{Scan, scan};
pub use scatter::{adopt, scatter};
pub use shape::{broadcast_to, permute, repeat, triangle};
pub use slice::slice;
pub use statistics::{
    Bins, Counted, Covariance, Histogram, Method, Side, bincount, covariance, digitize, histogram,
    interpolate, quantile, quantile_along, search_sorted,
};
pub use stencil::{
    Boundary, IndexFunction, Stencil, Window, local_padded, stencil, stencil_into, try_stencil,
    try_stencil_into,
};
pub(crate) use update::update;
