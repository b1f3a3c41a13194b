//! Opening and loading an array by all ranks together.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use distarray_core::array::{Context, DistArray, Redistribution};
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::{ArrayRef, DType, Element, Error, Result};

use super::header;
use super::save::base_for;
use super::sections::{Sections, SectionsFile, file_of};
use crate::file::ArrayFile;
use crate::npy::check_file;
use crate::stored::Found;
use crate::{StoredArray, parallel};

/// Whether there are files of an array of this name, which may end as theirs do.
pub(crate) fn is_base(path: &Path) -> bool {
    let is_there = |base: &Path| file_of(base, 0).is_file();
    is_there(path) || is_there(&base_for(path))
}

/// Whether a file that starts with these bytes is one part of an array.
pub(crate) fn starts_one(start: &[u8]) -> bool {
    start.starts_with(b"\x93DARRY")
}

/// What the array of a path may be called: as the path, without the end of a file, and without the number
/// of a part.
fn names(path: &Path) -> [PathBuf; 3] {
    let whole = base_for(path);
    let name = whole.file_name().map(|name| name.to_string_lossy());
    let is_part = |number: &str| {
        whole != path && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let of_part = match name.as_deref().and_then(|name| name.rsplit_once('_')) {
        Some((base, number)) if is_part(number) => path.with_file_name(base),
        _ => whole.clone(),
    };
    [path.to_owned(), whole, of_part]
}

/// Which of the names it is, by the files that are there.
fn which(path: &Path, [as_it_is, whole, _]: &[PathBuf; 3]) -> u8 {
    let is_there = |base: &Path| file_of(base, 0).is_file();
    match () {
        // `a_1.dnpy` is the second part of `a`, and not the array `a_1`.
        () if path.is_file() => 2,
        () if is_there(as_it_is) => 0,
        () if is_there(whole) => 1,
        () => 2,
    }
}

/// What all ranks know of the files, once each has looked at a share of them.
fn found(comm: &dyn Communicator, path: &Path) -> Result<Found> {
    Operation::note(|| Arguments::new().and("path", path));
    comm.begin()?;
    let (base, first) = begun(comm, path)?;
    let dims = header::parse(&first, &file_of(&base, 0))?.dims;
    let files = dims.iter().try_fold(1_usize, |all, dim| all.checked_mul(dim.proc_grid_size));
    let files = files.ok_or_else(|| {
        Error::file(&base, "dim_data: the process grid has more parts than can be counted")
    })?;
    let share = || {
        let mut all = Vec::new();
        for number in (comm.rank()..files).step_by(comm.size()) {
            let bytes = look(&base, number)?;
            all.extend((bytes.len() as u64).to_le_bytes());
            all.extend(bytes);
        }
        Ok(all)
    };
    let shares = comm.all_gather_varying(&comm.agree(share())?)?;
    let mut shares: Vec<&[u8]> = shares.iter().map(|share| &share[..]).collect();
    let mut sections = Vec::new();
    for number in 0..files {
        let share = &mut shares[number % comm.size()];
        let (length, rest) = share.split_first_chunk::<8>().expect("each rank sends its share");
        let (bytes, rest) = rest.split_at(u64::from_le_bytes(*length) as usize);
        *share = rest;
        sections.push(header::parse(bytes, &file_of(&base, number))?);
    }
    let sections = Arc::new(Sections::new(&base, sections)?);
    let header = sections.header().clone();
    let open = Rc::new(move || {
        Ok(Box::new(SectionsFile::new(Arc::clone(&sections))) as Box<dyn ArrayFile>)
    });
    Ok(Found::new(base, header, open))
}

/// The array's name, and what stands before the elements of its first part, as rank 0 finds them.
fn begun(comm: &dyn Communicator, path: &Path) -> Result<(PathBuf, Vec<u8>)> {
    let mut names = names(path);
    let mut found = parallel::from_root(comm, || {
        let which = which(path, &names);
        let mut bytes = look(&names[usize::from(which)], 0)?;
        bytes.push(which);
        Ok(bytes)
    })?;
    let which = usize::from(found.pop().expect("rank 0 sends the name's place"));
    Ok((std::mem::take(&mut names[which]), found))
}

/// What stands before the elements of a part.
fn look(base: &Path, number: usize) -> Result<Vec<u8>> {
    let path = file_of(base, number);
    let length = check_file(&path)?.len();
    let file = File::open(&path);
    let mut file =
        file.map_err(|error| Error::file(&path, format!("cannot be opened: {error}")))?;
    header::read(&mut file, length, &path)
}

/// Opens an array: the ranks read the headers of all its files, each a share.
///
/// The path is the array's name, with or without `.dnpy`, or that of one of its files. Collective: two agreements of 8 bytes, a
/// broadcast of the first header, some hundred bytes as a rule, and a gather of all.
///
/// # Errors
/// A file is missing, cannot be read, is shorter than it says, or holds what arrays cannot; the parts do
/// not fit each other. The same on every rank, naming the path and the field.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::dnpy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a");
/// dnpy::save(&ctx.ones::<i16>([3, 4])?, &path)?;
/// assert_eq!(dnpy::open(&ctx, &path)?.header().to_string(), "int16 [3, 4] in C order");
/// let error = dnpy::open(&ctx, directory.path().join("b")).unwrap_err().to_string();
/// assert!(error.contains("b_0.dnpy: cannot be opened"));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn open(ctx: &Context, path: impl AsRef<Path>) -> Result<StoredArray> {
    let _scope = Operation::enter("dnpy::open");
    Ok(StoredArray::of(ctx, found(ctx.communicator()?, path.as_ref())?))
}

/// Loads an array, each rank reading its own elements from whichever files have them; the files' dtype
/// is `T`'s.
///
/// The distribution is as for [`StoredArray::load`]. Collective: what [`open`] sends, and an agreement
/// of 8 bytes; no elements are sent.
///
/// # Errors
/// As [`open`] and [`StoredArray::load`].
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::dnpy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a");
/// dnpy::save(&ctx.arange::<i64>(0, 10, 1)?, &path)?;
/// assert_eq!(dnpy::load::<i64>(&ctx, &path, "c")?.sum()?, 45);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn load<T: Element>(
    ctx: &Context,
    path: impl AsRef<Path>,
    distribution: impl Redistribution,
) -> Result<DistArray<T>> {
    let _scope = Operation::enter("dnpy::load");
    open(ctx, path)?.load(distribution)
}

/// Loads an array and converts its elements to `T`, as Rust's `as` does.
///
/// # Errors
/// As [`load`](fn@load), but that any dtype will do; of complex arrays, complex `T` only.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::dnpy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a");
/// dnpy::save(&ctx.ones::<u8>(4)?, &path)?;
/// assert_eq!(dnpy::load_as::<f64>(&ctx, &path, "b")?.get(&[3])?, 1.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn load_as<T: Element>(
    ctx: &Context,
    path: impl AsRef<Path>,
    distribution: impl Redistribution,
) -> Result<DistArray<T>> {
    let _scope = Operation::enter("dnpy::load_as");
    open(ctx, path)?.load_as(distribution)
}

/// Loads an array whose type is known at run time: the files' own, or the one asked for.
///
/// [`load`](fn@load) and [`load_as`] for code below the typed surface; costs and errors are theirs.
///
/// ```
/// use distarray_core::{DType, array::Context};
/// use distarray_io::dnpy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a");
/// dnpy::save(&ctx.zeros::<f32>(7)?, &path)?;
/// assert_eq!(dnpy::read(ctx.communicator()?, &path, "b", None)?.dtype(), DType::F32);
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
