//! Reading and writing one file by all ranks together, whatever its format.
//!
//! Every rank reads its own elements straight into its own part, and writes them from there; no
//! rank ever holds the whole array. What fails on one rank is the same error on all.
//!
//! ```
//! use distarray_core::{comm::{Communicator, Solo}, dist::Distribution, ArrayRef, DType};
//! use distarray_io::file::{ArrayFile, Header, Order};
//! use distarray_io::{memory::MemoryArray, parallel};
//!
//! let comm: &dyn Communicator = &Solo;
//! let rows = Distribution::new([4, 3], "b,n", comm.size())?;
//! let array = ArrayRef::zeros(DType::F64, &rows, comm.rank())?;
//!
//! let header = Header { dtype: DType::F64, shape: vec![4, 3], order: Order::C };
//! let file = MemoryArray::new(header.clone())?;
//! let open = || Ok(Box::new(file.clone()) as Box<dyn ArrayFile>);
//! parallel::write(comm, &header, &open, &array)?;
//!
//! let columns = Distribution::new([4, 3], "n,c", comm.size())?;
//! let read = parallel::read(comm, &open, &columns, DType::F32)?;
//! assert_eq!(read.dtype(), DType::F32);
//! # Ok::<(), distarray_core::Error>(())
//! ```

#[cfg(feature = "zarr")]
mod directory;
mod kept;
mod read;
mod replace;
mod root;
pub(crate) mod rows;
pub(crate) mod turns;
pub(crate) mod undo;
pub(crate) mod write;

use distarray_core::Result;

use crate::file::ArrayFile;

#[cfg(feature = "zarr")]
pub(crate) use directory::Rest;
#[cfg(feature = "zarr")]
pub use directory::replace_directory;
pub(crate) use kept::Kept;
pub use read::read;
pub(crate) use replace::{OwnReplacement, Replacement, beside, unused_tag};
pub use replace::{replace, replace_own};
pub use root::from_root;
pub use rows::write_rows;
pub use turns::write_in_turns;
pub use write::write;

/// How a rank opens the file: called on the ranks that have something to read or write.
pub type Open<'a> = dyn Fn() -> Result<Box<dyn ArrayFile>> + 'a;
