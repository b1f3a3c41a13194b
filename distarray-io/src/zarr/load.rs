//! Opening and loading an array by all ranks together.

use std::path::Path;
use std::rc::Rc;

use distarray_core::array::{Context, DistArray, Redistribution};
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::{ArrayRef, DType, Element, Result};

use super::open::ZarrFile;
use super::{find, metadata};
use crate::file::{ArrayFile, Header};
use crate::stored::Found;
use crate::{StoredArray, parallel};

/// Opens an array: rank 0 reads its metadata and tells the others.
///
/// Collective: an agreement of 8 bytes, and a broadcast of the metadata.
///
/// # Errors
/// There is no array there, or one of a type, a chunk grid or a codec that is not supported; the
/// error, the same on every rank, names the path and the field.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::zarr;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.zarr");
/// zarr::save(&ctx.ones::<i32>([8, 8])?, &path)?;
/// let corner = zarr::open(&ctx, &path)?.slice("2:4, ::-1")?;
/// assert_eq!(corner.load::<i32>("b")?.shape(), [2, 8]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn open(ctx: &Context, path: impl AsRef<Path>) -> Result<StoredArray> {
    let _scope = Operation::enter("zarr::open");
    Ok(StoredArray::of(ctx, found(ctx.communicator()?, path.as_ref())?))
}

/// What all ranks know of the array there, once rank 0 has told them.
fn found(comm: &dyn Communicator, path: &Path) -> Result<Found> {
    Operation::note(|| Arguments::new().and("path", path));
    comm.begin()?;
    let text = parallel::from_root(comm, || find::metadata(path))?;
    let file = ZarrFile::open_described(path, path, &text)?;
    let (header, chunks) = (file.header().clone(), file.chunks().to_vec());
    let name = path.to_owned();
    let open = Rc::new(move || {
        Ok(Box::new(ZarrFile::open_described(&name, &name, &text)?) as Box<dyn ArrayFile>)
    });
    Ok(Found::new(path, header, open).in_chunks(Some(&chunks)))
}

/// Loads an array whose type is known at run time: the file's own, or the one asked for.
///
/// [`load`](fn@load) and [`load_as`] for code below the typed surface; costs and errors are theirs.
///
/// ```
/// use distarray_core::{DType, array::Context};
/// use distarray_io::zarr;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.zarr");
/// zarr::save(&ctx.zeros::<f32>(7)?, &path)?;
/// assert_eq!(zarr::read(ctx.communicator()?, &path, "b", None)?.dtype(), DType::F32);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn read(
    comm: &dyn Communicator,
    path: impl AsRef<Path>,
    distribution: impl Redistribution,
    dtype: Option<DType>,
) -> Result<ArrayRef> {
    found(comm, path.as_ref())?.read(comm, distribution, dtype)
}

/// Loads an array, each rank reading the chunks that have elements of its own.
///
/// The file's dtype is `T`'s; the distribution is as for [`StoredArray::load`]. Collective: what
/// [`open`] sends, and an agreement of 8 bytes; no elements are sent. Memory per rank: its part, and
/// about two chunks.
///
/// # Errors
/// As [`open`] and [`StoredArray::load`]. A chunk that is damaged is an error that names it.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::zarr;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.zarr");
/// zarr::save(&ctx.arange::<i64>(0, 10, 1)?, &path)?;
/// assert_eq!(zarr::load::<i64>(&ctx, &path, "c")?.sum()?, 45);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn load<T: Element>(
    ctx: &Context,
    path: impl AsRef<Path>,
    distribution: impl Redistribution,
) -> Result<DistArray<T>> {
    open(ctx, path)?.load(distribution)
}

/// Loads an array and converts its elements to `T`, as Rust's `as` does.
///
/// # Errors
/// As [`load`](fn@load), but that any dtype will do; of complex arrays, complex `T` only.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::zarr;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.zarr");
/// zarr::save(&ctx.ones::<u8>(4)?, &path)?;
/// assert_eq!(zarr::load_as::<f64>(&ctx, &path, "b")?.get(&[3])?, 1.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn load_as<T: Element>(
    ctx: &Context,
    path: impl AsRef<Path>,
    distribution: impl Redistribution,
) -> Result<DistArray<T>> {
    open(ctx, path)?.load_as(distribution)
}

/// What the metadata says of an array, on this rank alone; nothing is sent.
///
/// # Errors
/// As [`open`], on this rank.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::zarr;
///
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.zarr");
/// zarr::save(&Context::solo().zeros::<f32>(7)?, &path)?;
/// assert_eq!(zarr::read_header(&path)?.to_string(), "float32 [7] in C order");
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn read_header(path: impl AsRef<Path>) -> Result<Header> {
    let path = path.as_ref();
    let value = find::parse(path, "metadata", &find::metadata(path)?)?;
    Ok(metadata::describe(&value, path)?.header)
}
