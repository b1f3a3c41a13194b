//! Zarr arrays, versions 2 and 3, as zarr-python reads and writes them: chunks in a directory, read and
//! written in parallel.
//!
//! ```
//! use distarray_core::array::Context;
//! use distarray_io::zarr::{self, Codec, Options};
//!
//! let ctx = Context::solo(); // or what a backend's `run` hands to each rank
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("weather.zarr/wind");
//! let table = ctx.from_fn(([6, 4], "b,b"), |at| (10 * at[0] + at[1]) as f32)?;
//! let options = Options::new().codec(Codec::Zstd { level: 5 }).attribute("units", "m/s");
//! zarr::save_with(&table, &path, &options)?;
//!
//! let again = zarr::load::<f32>(&ctx, &path, "c,n")?;
//! assert_eq!(again.get(&[5, 3])?, 53.0);
//! assert_eq!(zarr::attributes(&ctx, &path)?["units"], "m/s");
//! # Ok::<(), distarray_core::Error>(())
//! ```
//!
//! Read are both byte orders, C and Fortran order, regular chunks and shards, and chunks that are not
//! compressed or by gzip, zlib, Zstandard and Blosc. Elements that were never written are the fill
//! value. Arrays lie in groups, both have attributes.
//!
//! # Costs
//! A rank reads and decodes every chunk that has elements of its own, those of a shard one by one
//! where the shard is large. So chunks that several ranks have elements of are decoded by each; new
//! arrays get chunks that end where blocks do. Chunks are written by one rank each.

mod chunking;
mod find;
mod group;
mod inflate;
mod load;
mod metadata;
mod open;
mod options;
mod save;
mod store;

pub use crate::Codec;
pub use group::{Entry, attributes, create_group, list, set_attributes};
pub use load::{load, load_as, open, read, read_header};
pub use open::ZarrFile;
pub use options::{Options, Version};
pub use save::{create, save, save_with, write};
