//! N-dimensional, NumPy-like arrays whose elements are spread over *ranks*: threads of one machine,
//! or the processes of an MPI job. The same program runs on both.
//!
//! [`run`] starts the ranks and hands each a [`Context`](array::Context), where arrays are made.
//! Operators build lazy expressions; what ends in `?` may communicate, and nothing else can.
//!
//! ```
//! use distarray::prelude::*;
//!
//! # fn main() -> distarray::Result<()> {
//! distarray::run(|ctx| {
//!     let x = ctx.linspace::<f64>(0.0, 1.0, 1_000_001)?;
//!     let area = (4.0 / (1.0 + &x * &x)).mean()?;
//!     ctx.print_once(format_args!("pi ~ {area:.5}"));
//!     assert!((area - std::f64::consts::PI).abs() < 1e-5);
//!     Ok(())
//! })
//! # }
//! ```
//!
//! # Features
//! - `threads` (default): ranks are threads of this process. Needs nothing of the system.
//! - `mpi`: ranks are the processes that an MPI launcher has started. Needs an MPI library, and
//!   libclang to build. A program built with it runs on threads when it is started without one.
//! - `hdf5`: HDF5 files, `io::hdf5`. Needs the HDF5 library of the system, 1.10.5 or later.
//! - `hdf5-mpi`: MPI processes write chunks together. Needs an HDF5 library that was built with MPI.
//! - `zarr`: Zarr arrays, `io::zarr`. Needs a C compiler to build.
//! - `progress`: a bar for long loads and saves on a terminal, `io::progress::bar`.
//! - `checked`: ranks compare what they do in release builds too; see [`Launch::checked`].
//! - `tracing`: operations are spans (debug) and calls of the communicator are events (trace) of the
//!   `tracing` ecosystem, target `distarray`.

mod launch;
mod run;
mod settings;

pub use distarray_core::{
    ArrayRef, Bits, Complex32, Complex64, ComplexNumber, DType, Element, Error, Float, Floating,
    Integer, Kind, Number, Ordered, Real, Result, Scalar, array, block, comm, dist, exchange, expr,
};
pub use distarray_io as io;
#[cfg(feature = "mpi")]
pub use distarray_mpi as mpi;
#[cfg(feature = "threads")]
pub use distarray_threads as threads;
pub use launch::{Backend, Launch};
pub use run::run;
pub use settings::TraceOutput;

/// What most programs use.
pub mod prelude {
    pub use distarray_core::prelude::*;
}

/// The README's examples are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
