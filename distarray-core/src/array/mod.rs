//! What users see: contexts, arrays, expressions and their operators.
//!
//! Everything here is thin: it names the operation, checks nothing twice, and hands data to the
//! [`command`](crate::command) layer. What ends in `?` may communicate, and nothing else can.

mod array_expr;
mod averages;
mod axes;
mod axis_views;
mod checked;
mod context;
mod costs;
mod covariances;
mod create;
mod diagonals;
mod display;
mod dist_array;
mod expr;
mod generated;
mod halo;
mod histograms;
mod imported_array;
mod in_place;
mod indexing;
mod interchange;
mod interpolation;
mod into_distribution;
mod movement;
mod operators;
mod pairs;
mod pieces;
mod quantiles;
mod random;
mod rearranged;
pub mod reduction;
mod reductions;
mod route;
mod scans;
mod searches;
mod slice_argument;
mod slices;
mod statistics;
mod stencil;
mod stored;
mod together;
mod ufuncs;
mod words;
mod zip;

pub use crate::ops::Alignment;
pub use array_expr::{ArrayExpr, Operand};
pub use checked::Checked;
pub use context::Context;
pub use covariances::Covariances;
pub use display::{DisplayOptions, Printed};
pub use dist_array::DistArray;
pub use expr::{Expr, Operands};
pub use halo::HaloExchange;
pub use histograms::{Counting, Histograms};
pub use imported_array::ImportedArray;
pub use indexing::{Conditions, IndexNumber, Indices, Mask, Nonzero, Values};
pub use interpolation::Interpolation;
pub use into_distribution::IntoDistribution;
pub use movement::Redistribution;
pub use pairs::Pairs;
pub use quantiles::Quantiles;
pub use random::Generator;
pub use rearranged::{Extent, PadMode};
pub use reductions::Reductions;
pub use scans::Scans;
pub use slice_argument::SliceArgument;
pub use slices::SliceMut;
pub use statistics::Statistics;
pub use together::Together;
pub use ufuncs::Ufuncs;
pub use zip::OperandList;

pub use crate::ops::{Bins, Method, Side};
pub use crate::ops::{Boundary, IndexFunction, Stencil, Window};
