//! Loading a whole array by all ranks together.

use std::path::Path;
use std::rc::Rc;

use distarray_core::array::{Context, DistArray, Redistribution};
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::{ArrayRef, DType, Element, Result};

use super::header::parse;
use super::open::{NpyFile, describe};
use crate::StoredArray;
use crate::file::{ArrayFile, Header};
use crate::parallel;
use crate::stored::Found;

/// What all ranks know of the file there, once rank 0 has told them.
fn find(comm: &dyn Communicator, path: &Path) -> Result<Found> {
    Operation::note(|| Arguments::new().and("path", path));
    comm.begin()?;
    let description = parallel::from_root(comm, || describe(path))?;
    let header = parse(&description, path)?.header;
    let name = path.to_owned();
    let open = Rc::new(move || {
        let file = NpyFile::open_described(&name, &description)?;
        Ok(Box::new(file) as Box<dyn ArrayFile>)
    });
    Ok(Found::new(path, header, open))
}

/// Opens a file: rank 0 reads its header and tells the others.
///
/// Collective: an agreement of 8 bytes, and a broadcast of the header, 128 bytes as a rule.
///
/// # Errors
/// The file cannot be read, is shorter than it says, or holds what arrays cannot; the error, the
/// same on every rank, names the path, the field and the value.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::npy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.npy");
/// npy::save(&ctx.ones::<i16>([3, 4])?, &path)?;
/// let file = npy::open(&ctx, &path)?;
/// assert_eq!((file.header().dtype, &file.header().shape[..]), (DType::I16, &[3, 4][..]));
/// assert_eq!(file.slice("1:")?.load_as::<f64>("n,b")?.sum()?, 8.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn open(ctx: &Context, path: impl AsRef<Path>) -> Result<StoredArray> {
    let _scope = Operation::enter("npy::open");
    Ok(StoredArray::of(ctx, find(ctx.communicator()?, path.as_ref())?))
}

/// Loads an array, each rank reading its own elements; the file's dtype is `T`'s.
///
/// The distribution is a short form such as `"b,c:2"`, whose shape is the file's, or a distribution
/// of that shape, be it with halos, which stay zero, or on some of the ranks only. Collective: what
/// [`open`] sends, and an agreement of 8 bytes; no elements are sent. Memory per rank: its part and
/// at most 12 MiB.
///
/// # Errors
/// As [`open`]; the file is of another dtype than `T` or of another shape than the distribution; a
/// rank cannot read its part. The same on every rank.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::npy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.npy");
/// npy::save(&ctx.arange::<i64>(0, 10, 1)?, &path)?;
/// assert_eq!(npy::load::<i64>(&ctx, &path, "c")?.sum()?, 45);
/// let error = npy::load::<f64>(&ctx, &path, "c").unwrap_err().to_string();
/// assert!(error.ends_with("holds int64, not float64; `load_as` converts"));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn load<T: Element>(
    ctx: &Context,
    path: impl AsRef<Path>,
    distribution: impl Redistribution,
) -> Result<DistArray<T>> {
    let _scope = Operation::enter("npy::load");
    open(ctx, path)?.load(distribution)
}

/// Loads an array and converts its elements to `T`, as Rust's `as` does.
///
/// Each rank converts what it has read, a buffer at a time. Integers wrap; floating-point numbers go
/// to integers by truncation within the type's range, NaN to 0; a number is `true` where it is not
/// zero. Everything else as [`load`](fn@load).
///
/// # Errors
/// As [`load`](fn@load), but that any dtype will do; of complex files, complex `T` only.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::npy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.npy");
/// npy::save(&ctx.arange::<u8>(0, 4, 1)?, &path)?;
/// assert_eq!(npy::load_as::<f64>(&ctx, &path, "b")?.get(&[3])?, 3.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn load_as<T: Element>(
    ctx: &Context,
    path: impl AsRef<Path>,
    distribution: impl Redistribution,
) -> Result<DistArray<T>> {
    let _scope = Operation::enter("npy::load_as");
    open(ctx, path)?.load_as(distribution)
}

/// What a file says of its array, on every rank: rank 0 reads it and tells the others.
///
/// Collective; costs and errors as [`open`].
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::npy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.npy");
/// npy::save(&ctx.zeros::<f32>([2, 5])?, &path)?;
/// assert_eq!(npy::header(&ctx, &path)?.to_string(), "float32 [2, 5] in C order");
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn header(ctx: &Context, path: impl AsRef<Path>) -> Result<Header> {
    let _scope = Operation::enter("npy::header");
    Ok(find(ctx.communicator()?, path.as_ref())?.header().clone())
}

/// What a file says of its array, on this rank alone; nothing is sent.
///
/// # Errors
/// As [`open`], on this rank.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::npy;
///
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.npy");
/// npy::save(&Context::solo().zeros::<f32>(7)?, &path)?;
/// assert_eq!(npy::read_header(&path)?.shape, [7]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn read_header(path: impl AsRef<Path>) -> Result<Header> {
    let path = path.as_ref();
    Ok(parse(&describe(path)?, path)?.header)
}

/// Loads an array whose type is known at run time: the file's own, or the one asked for.
///
/// [`load`](fn@load) and [`load_as`] for code below the typed surface; costs and errors are theirs.
///
/// ```
/// use distarray_core::{DType, array::Context};
/// use distarray_io::npy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.npy");
/// npy::save(&ctx.zeros::<f32>(7)?, &path)?;
/// let array = npy::read(ctx.communicator()?, &path, "b", None)?;
/// assert_eq!(array.dtype(), DType::F32);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn read(
    comm: &dyn Communicator,
    path: impl AsRef<Path>,
    distribution: impl Redistribution,
    dtype: Option<DType>,
) -> Result<ArrayRef> {
    find(comm, path.as_ref())?.read(comm, distribution, dtype)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::Order;

    #[test]
    fn an_empty_array_is_not_converted_to_a_type_that_it_cannot_have() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.npy");
        let header = Header { dtype: DType::I16, shape: vec![0, 1 << 60], order: Order::C };
        NpyFile::create(&path, &header).unwrap();
        let ctx = Context::solo();
        assert_eq!(load::<i16>(&ctx, &path, "b").unwrap().shape(), header.shape);
        let error = load_as::<f64>(&ctx, &path, "b").unwrap_err().to_string();
        let shape = "[0, 1152921504606846976] of float64 has more bytes than can be counted";
        assert_eq!(error, format!("{}: shape: {shape}", path.display()));
    }
}
