//! `.dnpy` files, in which the original DistArray library for Python keeps an array: one for each part.
//!
//! An array that is saved as `name` is in the files `name_0.dnpy`, `name_1.dnpy` and so on, one for each
//! rank that has a part of it. Each tells by the Distributed Array Protocol which part it is, and goes
//! on as a `.npy` file of the part's elements. The files of any number of processes, with any kind of
//! distribution, are read on any number of ranks into any other. Written some rows at a time ([`create`]),
//! an array is in blocks of rows.
//!
//! ```
//! use distarray_core::prelude::*;
//! use distarray_io::dnpy;
//!
//! let ctx = Context::solo(); // or what a backend's `run` hands to each rank
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("table");
//! dnpy::save(&ctx.from_fn(([6, 4], "b,c"), |at| (10 * at[0] + at[1]) as f32)?, &path)?;
//! let rows = dnpy::open(&ctx, &path)?.slice("2:4")?;
//! assert_eq!(rows.load::<f32>("b,n")?.get(&[1, 3])?, 33.0);
//! # Ok::<(), distarray_core::Error>(())
//! ```
//!
//! # Compatibility
//! Written are the bytes that the original writes, with these differences. Index lists of unstructured
//! axes are lists of numbers (the original prints them such that it cannot read them again), and
//! a header of more than 65,535 bytes, which it refuses, is marked as version 2.0 with a length of four
//! bytes. Halos and boundaries are not written, as they are not by the original; padding in files is
//! passed over.

mod header;
mod indices;
mod load;
mod rows;
mod save;
mod sections;

pub(crate) use load::{is_base, starts_one};
pub use load::{load, load_as, open, read};
pub use rows::create;
pub use save::{save, write};
