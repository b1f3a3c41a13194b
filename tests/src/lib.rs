//! The conformance suite: functions over a context that every backend must pass, on any number of
//! ranks.
//!
//! A case asserts on every rank; all ranks run the same cases in the same order, so random ones draw
//! from seeds that all share ([`draw`]). A new operation joins with a function in [`cases`] and its
//! name in the list there.

pub mod cases;
pub mod changes;
pub mod decorator;
pub mod draw;
pub mod indexing;
pub mod oracle;
pub mod padded;
pub mod property;
pub mod stored;
pub mod strategy;
pub mod sweep;
pub mod threads;
pub mod tree;

use distarray::Result;
use distarray::array::Context;

/// A case: its name, and what every rank runs.
pub type Case = (&'static str, fn(&Context) -> Result<()>);
