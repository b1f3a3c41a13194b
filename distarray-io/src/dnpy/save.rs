//! Saving an array, each rank its part in a file of its own.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use distarray_core::array::DistArray;
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::dist::Distribution;
use distarray_core::{ArrayRef, Element, Error, Result, ops};
use distarray_protocol::{DimData, DistType};

use super::header::preamble;
use super::sections::file_of;
use crate::file::{ArrayFile, Header, Order};
use crate::flat::{ByteOrder, FlatFile};
use crate::progress::Task;
use crate::selection::Selection;
use crate::{npy, parallel};

/// Saves an array, each rank that has a part of it in a file of its own: `path_0.dnpy` and so on.
///
/// Of a path that ends in `.dnpy` the name is what stands before that.
/// Each file is written under another name; when all are complete all are renamed. So what fails while
/// they are written leaves the old ones; only between the renames there are files of both. Files of an
/// older array with more parts stay, and are not read. Of a replicated array one copy is written.
/// Collective: two agreements of 8 bytes; no elements are sent.
///
/// # Errors
/// A file cannot be written: no such directory, no permission, a full disk. The same on every rank,
/// naming the path.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::dnpy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a");
/// dnpy::save(&ctx.ones::<f64>([2, 3])?, &path)?;
/// assert!(directory.path().join("a_0.dnpy").is_file());
/// let error = dnpy::save(&ctx.ones::<f64>(3)?, "no/such/a").unwrap_err().to_string();
/// assert!(error.starts_with("no/such/a_0.dnpy: cannot be created: "));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn save<T: Element>(array: &DistArray<T>, path: impl AsRef<Path>) -> Result<()> {
    let _scope = Operation::enter("dnpy::save");
    write(array.context().communicator()?, path, array.array_ref())
}

/// Saves an array whose type is known at run time.
///
/// [`save`] for code below the typed surface; costs and errors are its.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::dnpy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a");
/// dnpy::write(ctx.communicator()?, &path, ctx.zeros::<f32>(7)?.array_ref())?;
/// assert_eq!(dnpy::open(&ctx, &path)?.header().shape, [7]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn write(comm: &dyn Communicator, path: impl AsRef<Path>, array: &ArrayRef) -> Result<()> {
    let base = base_for(path.as_ref());
    let base = base.as_path();
    Operation::note(|| Arguments::new().array(array.dtype(), array.shape()).and("path", base));
    comm.begin()?;
    let one;
    let array = match array.distribution().is_replicated() {
        true => {
            one = ops::redistribute(comm, array, &Distribution::on_one(array.shape(), 0))?;
            &one
        }
        false => array,
    };
    let target = number_of(array.distribution(), comm.rank()).map(|number| file_of(base, number));
    parallel::replace_own(comm, target.as_deref(), |at| {
        fill(at, target.as_deref().unwrap_or(at), array, comm.rank())
    })
}

/// The array's name, which may be given with the end of its files.
pub(super) fn base_for(path: &Path) -> PathBuf {
    match path.extension().is_some_and(|end| end == "dnpy") {
        true => path.with_extension(""),
        false => path.to_owned(),
    }
}

/// Which part a rank has, in C order of the grid.
pub(super) fn number_of(distribution: &Distribution, rank: usize) -> Option<usize> {
    let coords = distribution.coords(rank)?;
    let grid = distribution.grid();
    Some(coords.iter().zip(grid).fold(0, |number, (at, parts)| number * parts + at))
}

/// Writes a rank's part to a new file.
fn fill(at: &Path, path: &Path, array: &ArrayRef, rank: usize) -> Result<()> {
    let section = ops::export(array, rank)?;
    let dims: Vec<_> = section.dim_data.into_iter().map(without_padding).collect();
    let block = array.owned()?;
    let (dtype, shape) = (block.dtype(), block.shape().to_vec());
    let header = Header { dtype, shape, order: Order::C };
    let bytes = [preamble(&dims), npy::preamble(&header, path)?].concat();
    let file = OpenOptions::new().write(true).create_new(true).open(at);
    let mut file =
        file.map_err(|error| Error::file(path, format!("cannot be created: {error}")))?;
    file.write_all(&bytes)
        .map_err(|error| Error::file(path, format!("header: cannot be written: {error}")))?;
    let all = Selection::whole(&header.shape);
    let _task = Task::new(all.len() * dtype.size());
    let flat = FlatFile::new(file, path, header, ByteOrder::NATIVE, bytes.len() as u64);
    flat.write(&all, &block)?;
    flat.sync()
}

/// A dimension without what is the neighbours', and without what is said of its ends.
fn without_padding(dim: DimData<'_>) -> DimData<'_> {
    let owned = dim.owned_positions();
    let DistType::Block { start, .. } = dim.dist_type else { return dim };
    let (start, stop) = (start + owned.start, start + owned.end);
    let dist_type = DistType::Block { start, stop, padding: (0, 0), periodic: false };
    DimData { dist_type, ..dim }
}
