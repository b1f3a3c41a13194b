//! Array files, read and written by all ranks together.
//!
//! [`npy`] is what most programs need: load and save arrays in NumPy's format; [`npz`] has several in
//! one file, [`checkpoint`] writes what a run needs to start again, [`open`] finds the format,
//! [`save`] and [`create`] take it by the name. Below it lie the
//! seam for formats, [`file::ArrayFile`], and [`parallel`], which is written once above that seam:
//! every rank reads and writes its own elements, no rank holds the whole array, and a file is never
//! left half-written.

mod any;
pub mod checkpoint;
mod codec;
mod computed;
mod copy;
mod create;
pub mod dnpy;
pub mod file;
mod flat;
#[cfg(feature = "hdf5")]
pub mod hdf5;
#[cfg(any(feature = "hdf5", feature = "zarr"))]
mod inflate;
mod lazy;
mod mapped;
pub mod memory;
pub mod npy;
pub mod npz;
mod open;
mod packed;
pub mod parallel;
pub mod progress;
pub mod raw;
mod requests;
mod row_writer;
pub mod selection;
pub mod sliced;
mod stored;
pub mod text;
mod view;
#[cfg(feature = "zarr")]
pub mod zarr;
mod zip;

pub use any::AnyArray;
pub use codec::Codec;
pub use create::{CreateOptions, create, create_with, save};
pub use lazy::OpenLazily;
pub use open::{Format, open};
pub use row_writer::RowWriter;
pub use stored::StoredArray;
