//! Random inputs for every parser: none may panic, hang, or ask for much memory.
//!
//! A [`Target`] is a plain function over bytes that asserts what can be asserted of one parser, and
//! stands in [`TARGETS`]. Its folder in `corpus/` holds inputs to start from: good ones, odd ones,
//! and those that were once too much. A [`Campaign`] runs them all and then changes them at random,
//! the same way in every run.
//!
//! ```
//! use distarray_fuzz::{Campaign, target};
//!
//! let report = Campaign::of(target("element_names").unwrap())?.rounds(100).run()?;
//! assert_eq!(report.rounds, 100);
//! # Ok::<(), distarray_fuzz::Failure>(())
//! ```
//!
//! To add a parser: a file in `src/targets`, its line in [`TARGETS`], a folder in `corpus/`.

mod alarm;
pub mod allocation;
mod campaign;
mod corpus;
mod failure;
mod mutation;
mod numbers;
mod targets;
mod trial;

pub use campaign::{Campaign, Report};
pub use failure::Failure;
pub use mutation::mutate;
pub use numbers::Numbers;
pub use targets::{TARGETS, Target, target};
