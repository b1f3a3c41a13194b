//! `.npz` files, as NumPy reads and writes them: named arrays in one archive, each read and written in
//! parallel.
//!
//! ```
//! use distarray_core::prelude::*;
//! use distarray_io::npz;
//!
//! let ctx = Context::solo(); // or what a backend's `run` hands to each rank
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("all.npz");
//! let (x, y) = (ctx.arange::<i64>(0, 10, 1)?, ctx.ones::<f32>(([6, 4], "b,b"))?);
//! npz::savez(&ctx, &path, &[("x", &x), ("y", &y)])?;
//!
//! let file = npz::open(&ctx, &path)?;
//! assert_eq!(file.names().collect::<Vec<_>>(), ["x", "y"]);
//! assert_eq!(file.array("x")?.load::<i64>("c")?.sum()?, 45);
//! assert_eq!(file.array("y")?.header().shape, [6, 4]);
//! # Ok::<(), distarray_core::Error>(())
//! ```
//!
//! # Costs
//! A stored member is read like a `.npy` file: every rank reads its own elements. A deflated one can
//! only be read from front to back, so every rank reads and inflates it up to its last element, in
//! buffers of some MiB. Both are written in parallel: deflated pieces of 1 MiB, one after the other.

mod open;
mod rows;
mod save;

pub use open::{NpzFile, open};
pub use rows::create;
pub use save::{Named, savez, savez_compressed};
