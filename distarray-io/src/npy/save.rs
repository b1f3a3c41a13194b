//! Saving a whole array by all ranks together.

use std::path::Path;

use distarray_core::array::{Context, DistArray};
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::{ArrayRef, DType, Element, Result};

use super::format;
use super::open::NpyFile;
use crate::RowWriter;
use crate::file::{ArrayFile, Header, Order};
use crate::parallel::Replacement;
use crate::row_writer::{InPlace, Rows, save_whole};

/// Saves an array, each rank writing a part of it; the file is what `numpy.save` would write.
///
/// The file is written under another name and renamed when it is complete, so that it is never seen
/// half-written, and the old one stays if anything fails. Halos are not written. Collective: the
/// messages of [`parallel::replace`](crate::parallel::replace) and [`parallel::write`](crate::parallel::write()), and an agreement; elements are sent only where the
/// ranks have small pieces, each at most once. Memory per rank: 4 MiB, and then about `1/size` of
/// the array.
///
/// # Errors
/// The file cannot be written: no such directory, no permission, a full disk, a directory of that
/// name. The same on every rank, naming the path.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::npy;
///
/// let ctx = Context::solo();
/// let a = ctx.ones::<f64>([2, 3])?;
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.npy");
/// npy::save(&a, &path)?;
/// assert_eq!(std::fs::metadata(&path).unwrap().len(), 128 + 6 * 8);
/// let error = npy::save(&a, "no/such/directory/a.npy").unwrap_err().to_string();
/// assert!(error.starts_with("no/such/directory/a.npy: cannot be created: "));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn save<T: Element>(array: &DistArray<T>, path: impl AsRef<Path>) -> Result<()> {
    let _scope = Operation::enter("npy::save");
    write(array.context().communicator()?, path, array.array_ref())
}

/// Saves an array whose type is known at run time.
///
/// [`save`] for code below the typed surface; costs and errors are its.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::npy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.npy");
/// npy::write(ctx.communicator()?, &path, ctx.zeros::<f32>(7)?.array_ref())?;
/// assert_eq!(npy::read_header(&path)?.to_string(), "float32 [7] in C order");
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn write(comm: &dyn Communicator, path: impl AsRef<Path>, array: &ArrayRef) -> Result<()> {
    let path = path.as_ref();
    Operation::note(|| Arguments::new().array(array.dtype(), array.shape()).and("path", path));
    comm.begin()?;
    let (dtype, shape) = (array.dtype(), array.shape().to_vec());
    let header = Header { dtype, shape, order: Order::C };
    save_whole(comm, begin(comm, path, &header)?, array)
}

/// Begins a new file, as [`write()`] would write it, of which the rows are written some at a time.
///
/// Collective: an agreement of 8 bytes, and a temporary name from rank 0.
///
/// # Errors
/// The elements cannot be counted, or the array has more axes than NumPy takes; the file cannot be
/// created. The same on every rank, naming the path.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::npy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.npy");
/// let mut writer = npy::create(&ctx, &path, DType::I32, [4])?;
/// writer.write(&ctx.ones::<i32>(3)?)?;
/// writer.write(&ctx.ones::<i32>(1)?)?;
/// assert!(!path.exists());
/// writer.finish()?;
/// assert_eq!(npy::load::<i32>(&ctx, &path, "b")?.sum()?, 4);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn create(
    ctx: &Context,
    path: impl AsRef<Path>,
    dtype: DType,
    shape: impl AsRef<[usize]>,
) -> Result<RowWriter> {
    let path = path.as_ref();
    let header = Header { dtype, shape: shape.as_ref().to_vec(), order: Order::C };
    RowWriter::begin(ctx, path, header, |comm, header| begin(comm, path, header))
}

fn begin(comm: &dyn Communicator, path: &Path, header: &Header) -> Result<Box<dyn Rows>> {
    // Whether the header can be written is plain to every rank; before anything is sent.
    format::preamble(header, path)?;
    let create = |at: &Path| NpyFile::create_shown(at, path, header).map(drop);
    let new = Replacement::of_file(comm, path, create)?;
    let (shown, of_rank) = (path.to_owned(), header.clone());
    let open = move |at: &Path| -> Result<Box<dyn ArrayFile>> {
        Ok(Box::new(NpyFile::open_created(at, &shown, &of_rank)?))
    };
    Ok(Box::new(InPlace::new(new, header, open)))
}
