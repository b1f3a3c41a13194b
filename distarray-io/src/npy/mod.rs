//! `.npy` files, as NumPy reads and writes them: one array a file, read and written in parallel.
//!
//! ```
//! use distarray_core::array::Context;
//! use distarray_io::npy;
//!
//! let ctx = Context::solo(); // or what a backend's `run` hands to each rank
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("table.npy");
//! let table = ctx.from_fn(([6, 4], "b,b"), |at| (10 * at[0] + at[1]) as f32)?;
//! npy::save(&table, &path)?;
//!
//! let again = npy::load::<f32>(&ctx, &path, "c,n")?;
//! assert_eq!(again.get(&[5, 3])?, 53.0);
//! let converted = npy::load_as::<f64>(&ctx, &path, "b,b")?;
//! assert_eq!(converted.get(&[2, 1])?, 21.0);
//! # Ok::<(), distarray_core::Error>(())
//! ```
//!
//! Read are versions 1.0, 2.0 and 3.0, C and Fortran order, both byte orders, and every element type
//! that arrays have. A file is refused that holds anything else, or less than it says; the error
//! names the path, the field and the value. Written are the very bytes that `numpy.save` writes.
//!
//! # Costs
//! A rank reads its elements in requests of at most 4 MiB, and reads over gaps of up to 32 KiB
//! between them rather than make two requests. Contiguous pieces of the file's own type go straight
//! into the array; else a rank needs up to 12 MiB of buffers. All ranks read the same file, each on
//! its own: it lies where every rank can open it.
//!
//! Reading over gaps means that under a cyclic last axis every rank reads the whole file. Where many
//! ranks share a slow file system, load blocks and [redistribute] them.
//!
//! [redistribute]: distarray_core::array::DistArray::redistribute

mod append;
mod format;
mod header;
#[cfg(test)]
mod header_tests;
mod load;
mod open;
mod save;

pub(crate) use format::preamble;
pub(crate) use header::{parse, read_preamble};
pub(crate) use open::check_file;

pub use append::{append, extend};
pub use load::{header, load, load_as, open, read, read_header};
pub use open::NpyFile;
pub use save::{create, save, write};
