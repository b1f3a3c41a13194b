//! Text files of numbers, such as CSV: arrays of one and two axes, a row a line, read and written in
//! parallel.
//!
//! ```
//! use distarray_core::prelude::*;
//! use distarray_io::text::{self, Options};
//!
//! let ctx = Context::solo(); // or what a backend's `run` hands to each rank
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("a.csv");
//! std::fs::write(&path, "x,y\n1,2.5\n# by hand\n3,nan\n4,-1e-3\n").unwrap();
//! let csv = Options::csv().skip_rows(1);
//! let table = text::load::<f64>(&ctx, &path, "b,n", &csv)?;
//! assert_eq!((table.shape(), table.get(&[2, 1])?), (&[3, 2][..], -0.001));
//!
//! let y = text::load::<f64>(&ctx, &path, "b", &csv.columns([1]))?;
//! text::save(&y, &path)?; // as NumPy's `savetxt`
//! assert_eq!(std::fs::read_to_string(&path).unwrap(), "2.5\nnan\n-0.001\n");
//! # Ok::<(), distarray_core::Error>(())
//! ```
//!
//! Read is what NumPy's `loadtxt` reads of numbers; an array of one column has one axis, any other has
//! two. Written are the fewest digits that read back as the same numbers.
//!
//! # Costs
//! To open a file all ranks read it, a range of bytes each, to find where its rows are. Each rank then
//! parses the rows that have elements of its own, all columns of them: where columns are distributed,
//! load rows and [redistribute] them. Memory per rank: its part, and some MiB.
//!
//! [redistribute]: distarray_core::array::DistArray::redistribute

mod file;
mod lines;
mod load;
mod numbers;
mod options;
mod save;
mod survey;

pub use load::{load, open, read};
pub use options::Options;
pub use save::{create, save, save_with, write};
