//! Lazy expressions: nodes that operators build, and their evaluation over local blocks.
//!
//! A [`Node`] is a value with a dtype and a shape; building one computes and moves nothing. To be
//! evaluated it is turned into a *program*: a list of kernels over *tiles*, pieces of each operand
//! small enough to stay in the nearest cache. So an expression of any size is one pass over its
//! arrays, without intermediate ones: contiguous operands are read in place, results written in
//! place, and a sub-expression used twice is computed once.
//!
//! Leaves that are [`Generated`] need no array: their elements are made tile by tile from their global
//! indices, which follow from the distribution that the expression is evaluated under.
//!
//! Evaluation sees blocks that are already brought together: the layer above ([`crate::ops`])
//! moves operands whose distributions differ.

mod accumulators;
mod compound;
mod domain;
mod evaluate;
mod fold;
mod function;
mod fusion;
mod generated;
mod indexed;
mod joined;
mod node;
mod order;
mod pieces;
mod placement;
mod program;
mod programs;
mod random;
mod rows;
mod stored;
mod tiles;
mod tolerant;
mod update;
mod values;
mod zipped;
mod zipped_indexed;

pub(crate) use accumulators::Accumulators;
pub(crate) use evaluate::evaluate;
pub(crate) use fold::fold;
pub use function::{Function, IntoError};
pub use generated::Generated;
pub(crate) use joined::{Destination, Joined, evaluate_joined};
pub use node::{Node, Operator, broadcast_shapes};
pub use stored::{Reader, Source, Stored};
pub(crate) use update::update;
pub use zipped::{ElementFunction, FallibleFunction};
pub use zipped_indexed::{FallibleIndexedFunction, IndexedFunction};

/// The most elements that a tile has.
const TILE: usize = 1024;
