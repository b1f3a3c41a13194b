//! HDF5 files, as h5py reads and writes them: many arrays a file, in groups, with attributes.
//!
//! With the feature `hdf5`, which needs the HDF5 library of the system, of version 1.10.5 or later.
//!
//! ```
//! use distarray_core::prelude::*;
//! use distarray_io::hdf5::{self, Options};
//!
//! let ctx = Context::solo(); // or what a backend's `run` hands to each rank
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("run.h5");
//! let table = ctx.from_fn(([6, 4], "b,b"), |at| (10 * at[0] + at[1]) as f32)?;
//! hdf5::save(&table, &path, "results/table")?;
//! assert_eq!(hdf5::load::<f32>(&ctx, &path, "results/table", "c,n")?.get(&[5, 3])?, 53.0);
//!
//! let file = hdf5::open_rw(&ctx, &path)?;
//! file.write_with("packed", &table, &Options::new().chunks([2, 4]).shuffle().deflate(4))?;
//! file.set_attribute("packed", "unit", "m/s")?;
//! let names: Vec<_> = file.list()?.into_iter().map(|entry| entry.path).collect();
//! assert_eq!(names, ["/packed", "/results", "/results/table"]);
//! assert_eq!(file.dataset("packed")?.slice("2, ::-1")?.load::<f32>("b")?.get(&[0])?, 23.0);
//! # Ok::<(), distarray_core::Error>(())
//! ```
//!
//! Element types are those of arrays, in either byte order; `bool` and complex numbers are kept as
//! h5py keeps them. Any other type is refused by its name.
//!
//! # Costs
//! A dataset that is kept in one piece, not compressed, is read and written by all ranks at once at
//! the speed of the medium: the library makes room and says where, and the elements go past it. All
//! other datasets go through the library, which lets threads in one at a time, and of processes only
//! one writer at a file; ranks write after one another there, whole chunks each. What it reads of
//! chunks that went through deflate, shuffle and Fletcher's checksum the ranks unpack side by side;
//! the last ones, up to 4 MiB or one, are kept until a rank has read what it reads.
//!
//! # Damaged and hostile files
//! No more is made of such a chunk than the metadata says it has, nor less: one that inflates to
//! gigabytes is refused, before it does, by an error that names it. Chunks that went through other
//! filters (szip, those that are plugged in) the library unpacks, to whatever comes out, and so it does
//! in transfers that are [`Collective`](Transfer::Collective) or
//! [`Independent`](Transfer::Independent).
//!
//! With the feature `hdf5-mpi`, and a library that was built with MPI, processes of one MPI job write
//! chunks together; a [`Transfer`] chooses how.

mod attribute;
mod attributes;
mod chunked;
mod chunks;
mod dataset_file;
mod element_type;
mod facts;
mod filters;
mod fletcher;
mod list;
mod open;
mod options;
mod pack;
mod place;
#[cfg(feature = "hdf5-mpi")]
mod processes;
mod refusal;
mod room;
mod rows;
mod save;
mod slab;
mod tiles;
#[cfg(feature = "hdf5-mpi")]
mod together;
mod transfer;

pub use attribute::Attribute;
pub use list::{Entry, Object};
pub use open::{Dataset, Hdf5, load, load_as, open, open_rw};
pub use options::Options;
pub use rows::create_dataset;
pub use save::{create, save, save_with};
pub use transfer::Transfer;
