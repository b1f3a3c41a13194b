//! Saving a whole array by all ranks together.

use std::path::Path;

use distarray_core::array::DistArray;
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::{ArrayRef, Element, Result};

use super::format;
use super::open::NpyFile;
use crate::file::{ArrayFile, Header, Order};
use crate::parallel;

/// Saves an array, each rank writing a part of it; the file is what `numpy.save` would write.
///
/// The file is written under another name and renamed when it is complete, so that it is never seen
/// half-written, and the old one stays if anything fails. Halos are not written. Collective: the
/// messages of [`parallel::replace`] and [`parallel::write`]; elements are sent only where the
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
    // Whether the header can be written is plain to every rank; before anything is sent.
    format::preamble(&header, path)?;
    let create = |at: &Path| NpyFile::create_shown(at, path, &header).map(drop);
    parallel::replace(comm, path, create, |at| {
        let open = || {
            let file = NpyFile::open_created(at, path, &header)?;
            Ok(Box::new(file) as Box<dyn ArrayFile>)
        };
        parallel::write(comm, &header, &open, array)
    })
}
