//! Opening and loading a text by all ranks together.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use distarray_core::array::{Context, DistArray, Redistribution};
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::{ArrayRef, DType, Element, Error, Result};

use super::file::TextFile;
use super::options::Options;
use super::survey::{Survey, survey};
use crate::StoredArray;
use crate::file::{ArrayFile, Header, Order};
use crate::stored::Found;

/// Opens a text, whose numbers are to be of this dtype.
///
/// All ranks look for rows, each in a range of the file's bytes; nothing is parsed. Collective: two
/// agreements of 8 bytes, a broadcast of 16, and a gather of some 24 bytes for each MiB of text.
///
/// # Errors
/// There is no such file; a line is longer than 16 MiB; the first row is no text, or has not the columns
/// that are asked for. The same on every rank, naming the path.
///
/// ```
/// use distarray_core::{DType, array::Context};
/// use distarray_io::text::{self, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.txt");
/// std::fs::write(&path, "1 2 3\n\n4 5 6\n").unwrap();
/// let file = text::open(&ctx, &path, DType::I32, &Options::new())?;
/// assert_eq!(file.header().shape, [2, 3]);
/// assert_eq!(file.slice("1, ::-1")?.load::<i32>("b")?.get(&[0])?, 6);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn open(
    ctx: &Context,
    path: impl AsRef<Path>,
    dtype: DType,
    options: &Options,
) -> Result<StoredArray> {
    let _scope = Operation::enter("text::open");
    Ok(StoredArray::of(ctx, found(ctx.communicator()?, path.as_ref(), dtype, options)?))
}

fn found(comm: &dyn Communicator, path: &Path, dtype: DType, options: &Options) -> Result<Found> {
    Operation::note(|| Arguments::new().and("path", path));
    comm.begin()?;
    let survey = survey(comm, path, options)?;
    let header = Header { dtype, shape: shape_of(&survey, path, options)?, order: Order::C };
    if header.bytes().is_none() {
        let shape = &header.shape;
        let why = format!("shape: {shape:?} of {dtype} has more bytes than can be counted");
        return Err(Error::file(path, why));
    }
    let (of_rank, name, options) = (header.clone(), path.to_owned(), options.clone());
    let survey = Arc::new(survey);
    let open = Rc::new(move || {
        let (path, header, options) = (name.clone(), of_rank.clone(), options.clone());
        let file = TextFile { path, header, options, survey: Arc::clone(&survey) };
        Ok(Box::new(file) as Box<dyn ArrayFile>)
    });
    Ok(Found::new(path, header, open))
}

/// Rows and columns; rows only where there is one column.
fn shape_of(survey: &Survey, path: &Path, options: &Options) -> Result<Vec<usize>> {
    let columns = match &options.columns {
        // Of no rows any columns may be asked for.
        Some(columns) if survey.rows > 0 => {
            if let Some(far) = columns.iter().find(|&&column| column >= survey.fields) {
                let fields = survey.fields;
                let why = format!("columns: {far} is out of bounds for rows of {fields} fields");
                return Err(Error::file(path, why));
            }
            columns.len()
        }
        Some(columns) => columns.len(),
        None => survey.fields.max(1),
    };
    Ok(if columns == 1 { vec![survey.rows] } else { vec![survey.rows, columns] })
}

/// Loads a text, each rank parsing the rows that have elements of its own.
///
/// The distribution is as for [`StoredArray::load`]. Collective: what [`open`] sends, and an agreement
/// of 8 bytes; no elements are sent.
///
/// # Errors
/// As [`open`]; a field is no number of this type, or a row has another number of fields than the first:
/// the error names line and field, and is the same on every rank.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::text::{self, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.csv");
/// std::fs::write(&path, "1,2\n3,four\n").unwrap();
/// let error = text::load::<i64>(&ctx, &path, "b", &Options::csv()).unwrap_err().to_string();
/// assert!(error.ends_with("a.csv: line 2, field 2: 'four' is no int64"));
/// let first = text::load::<i64>(&ctx, &path, "b", &Options::csv().columns([0]))?;
/// assert_eq!(first.sum()?, 4);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn load<T: Element>(
    ctx: &Context,
    path: impl AsRef<Path>,
    distribution: impl Redistribution,
    options: &Options,
) -> Result<DistArray<T>> {
    let _scope = Operation::enter("text::load");
    open(ctx, path, T::DTYPE, options)?.load(distribution)
}

/// Loads a text whose type is known at run time.
///
/// [`load`](fn@load) for code below the typed surface; costs and errors are its.
///
/// ```
/// use distarray_core::{DType, array::Context};
/// use distarray_io::text::{self, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.txt");
/// std::fs::write(&path, "1\n2\n").unwrap();
/// let array = text::read(ctx.communicator()?, &path, "b", DType::F32, &Options::new())?;
/// assert_eq!((array.dtype(), array.shape()), (DType::F32, &[2][..]));
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn read(
    comm: &dyn Communicator,
    path: impl AsRef<Path>,
    distribution: impl Redistribution,
    dtype: DType,
    options: &Options,
) -> Result<ArrayRef> {
    found(comm, path.as_ref(), dtype, options)?.read(comm, distribution, None)
}
