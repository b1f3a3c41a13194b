//! Raw binary files: elements and nothing else, of which the program knows type, shape and order.
//!
//! ```
//! use distarray_core::prelude::*;
//! use distarray_io::file::Order;
//! use distarray_io::raw::{self, Options};
//!
//! let ctx = Context::solo(); // or what a backend's `run` hands to each rank
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("a.bin");
//! raw::save(&ctx.arange::<u16>(0, 12, 1)?, &path)?; // as NumPy's `tofile`
//!
//! // Four bytes that are something else stand before a table of columns.
//! let options = Options::new().order(Order::Fortran).offset(4);
//! let file = raw::open(&ctx, &path, DType::U16, [2, 5], &options)?;
//! assert_eq!(file.slice("1")?.load::<u16>("b")?.get(&[2])?, 7);
//! # Ok::<(), distarray_core::Error>(())
//! ```

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::Path;
use std::rc::Rc;

use distarray_core::array::{Context, DistArray, IntoDistribution};
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::{ArrayRef, DType, Element, Error, Result};

use crate::file::{ArrayFile, Header, Order};
use crate::flat::FlatFile;
use crate::npy::check_file;
use crate::parallel::Replacement;
use crate::row_writer::{InPlace, Rows, save_whole};
use crate::stored::Found;
use crate::{RowWriter, StoredArray};

pub use crate::flat::ByteOrder;

/// Where and how the elements stand in a file: from the first byte on, in C order and the machine's
/// byte order, where nothing else is said.
///
/// ```
/// use distarray_io::file::Order;
/// use distarray_io::raw::{ByteOrder, Options};
///
/// let options = Options::new().order(Order::Fortran).byte_order(ByteOrder::Big).offset(512);
/// assert_ne!(options, Options::new());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Options {
    order: Order,
    byte_order: ByteOrder,
    offset: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { order: Order::C, byte_order: ByteOrder::NATIVE, offset: 0 }
    }
}

impl Options {
    /// C order, the machine's byte order, no offset.
    pub fn new() -> Self {
        Self::default()
    }

    /// The order of the elements.
    pub fn order(self, order: Order) -> Self {
        Self { order, ..self }
    }

    /// The order of the bytes of a number.
    pub fn byte_order(self, byte_order: ByteOrder) -> Self {
        Self { byte_order, ..self }
    }

    /// The bytes before the first element.
    pub fn offset(self, offset: u64) -> Self {
        Self { offset, ..self }
    }
}

/// Opens elements in a file.
///
/// Rank 0 makes sure that the file has them all; bytes after them are passed over. Collective: an
/// agreement of 8 bytes.
///
/// # Errors
/// There is no such file, or it is shorter than the elements need; they cannot be counted. The same on
/// every rank, naming the path.
///
/// ```
/// use distarray_core::{DType, array::Context};
/// use distarray_io::raw::{self, ByteOrder, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.bin");
/// std::fs::write(&path, [0, 1, 0, 2]).unwrap();
/// let big = Options::new().byte_order(ByteOrder::Big);
/// let array = raw::open(&ctx, &path, DType::I16, [2], &big)?;
/// assert_eq!(array.load::<i16>("b")?.get(&[1])?, 2);
/// let error = raw::open(&ctx, &path, DType::I16, [2], &big.offset(1)).unwrap_err().to_string();
/// assert!(error.ends_with("int16 [2] in C order needs 4 bytes from byte 1 on, the file has 3"));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn open(
    ctx: &Context,
    path: impl AsRef<Path>,
    dtype: DType,
    shape: impl AsRef<[usize]>,
    options: &Options,
) -> Result<StoredArray> {
    let _scope = Operation::enter("raw::open");
    let path = path.as_ref();
    let comm = ctx.communicator()?;
    let header = Header { dtype, shape: shape.as_ref().to_vec(), order: options.order };
    let offset = options.offset;
    Operation::note(|| {
        Arguments::new().array(dtype, &header.shape).and("path", path).and("offset", &offset)
    });
    let wanted = header.bytes().ok_or_else(|| {
        let shape = &header.shape;
        Error::file(path, format!("shape: {shape:?} of {dtype} has more bytes than can be counted"))
    })?;
    if offset.checked_add(wanted as u64).is_none() {
        return Err(Error::file(path, format!("offset: {offset} is beyond the end of any file")));
    }
    comm.begin()?;
    let look = || {
        let present = check_file(path)?.len().saturating_sub(offset);
        if wanted as u64 <= present {
            return Ok(());
        }
        let needs = format!("{header} needs {wanted} bytes from byte {offset} on");
        Err(Error::file(path, format!("truncated: {needs}, the file has {present}")))
    };
    comm.agree_with_root(0, if comm.rank() == 0 { look() } else { Ok(()) })?;
    let (name, of_rank, options) = (path.to_owned(), header.clone(), options.clone());
    let open = Rc::new(move || {
        let file = File::open(&name).map_err(|error| cannot_open(&name, &error))?;
        Ok(Box::new(flat(file, &name, &of_rank, &options)) as Box<dyn ArrayFile>)
    });
    Ok(StoredArray::of(ctx, Found::new(path, header, open)))
}

/// Loads an array of the shape that the distribution has, each rank reading its own elements.
///
/// Collective: an agreement of 8 bytes twice; no elements are sent.
///
/// # Errors
/// As [`open`]; there is no such distribution; a rank cannot read its part.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::raw::{self, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.bin");
/// std::fs::write(&path, [1, 2, 3, 4, 5, 6]).unwrap();
/// let table = raw::load::<u8>(&ctx, &path, ([2, 3], "b,c"), &Options::new())?;
/// assert_eq!(table.get(&[1, 0])?, 4);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn load<T: Element>(
    ctx: &Context,
    path: impl AsRef<Path>,
    distribution: impl IntoDistribution,
    options: &Options,
) -> Result<DistArray<T>> {
    let _scope = Operation::enter("raw::load");
    let distribution = distribution.into_distribution(ctx.size())?;
    open(ctx, path, T::DTYPE, distribution.shape(), options)?.load(&distribution)
}

/// Saves an array's elements in C order and the machine's byte order, each rank writing a part.
///
/// The bytes are those of NumPy's `tofile`. The file is written under another name and renamed when
/// it is complete. Collective: the messages of [`parallel::replace`](crate::parallel::replace) and [`parallel::write`](crate::parallel::write()), and an agreement.
///
/// # Errors
/// The file cannot be written. The same on every rank, naming the path.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::raw;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.bin");
/// raw::save(&ctx.arange::<u8>(0, 4, 1)?, &path)?;
/// assert_eq!(std::fs::read(&path).unwrap(), [0, 1, 2, 3]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn save<T: Element>(array: &DistArray<T>, path: impl AsRef<Path>) -> Result<()> {
    save_with(array, path, &Options::new())
}

/// Saves an array's elements as the options say.
///
/// Bytes before the offset are those of the file that is replaced, and 0 where it has none: a header
/// that another program has written stays.
///
/// # Errors
/// As [`save`].
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::raw::{self, ByteOrder, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.bin");
/// std::fs::write(&path, "MY").unwrap();
/// let options = Options::new().byte_order(ByteOrder::Big).offset(3);
/// raw::save_with(&ctx.arange::<u16>(1, 3, 1)?, &path, &options)?;
/// assert_eq!(std::fs::read(&path).unwrap(), [b'M', b'Y', 0, 0, 1, 0, 2]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn save_with<T: Element>(
    array: &DistArray<T>,
    path: impl AsRef<Path>,
    options: &Options,
) -> Result<()> {
    let _scope = Operation::enter("raw::save");
    write(array.context().communicator()?, path, array.array_ref(), options)
}

/// Saves an array whose type is known at run time.
///
/// [`save_with`] for code below the typed surface; costs and errors are its.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::raw::{self, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.bin");
/// let a = ctx.zeros::<f32>(7)?;
/// raw::write(ctx.communicator()?, &path, a.array_ref(), &Options::new())?;
/// assert_eq!(std::fs::metadata(&path).unwrap().len(), 28);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn write(
    comm: &dyn Communicator,
    path: impl AsRef<Path>,
    array: &ArrayRef,
    options: &Options,
) -> Result<()> {
    let path = path.as_ref();
    Operation::note(|| Arguments::new().array(array.dtype(), array.shape()).and("path", path));
    comm.begin()?;
    let (dtype, shape) = (array.dtype(), array.shape().to_vec());
    let header = Header { dtype, shape, order: options.order };
    save_whole(comm, begin(comm, path, &header, options)?, array)
}

/// Begins a new file of a type, shape and order that the program knows, of which the rows are written
/// some at a time.
///
/// Collective: an agreement of 8 bytes, and a temporary name from rank 0.
///
/// # Errors
/// The elements cannot be counted; the file cannot be created. The same on every rank, naming the path.
///
/// ```
/// use distarray_core::{DType, array::Context};
/// use distarray_io::raw::{self, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.bin");
/// let mut writer = raw::create(&ctx, &path, DType::U8, [2, 2], &Options::new())?;
/// for row in [[1_u8, 2], [3, 4]] {
///     writer.write(&ctx.from_fn([1, 2], move |at| row[at[1]])?)?;
/// }
/// writer.finish()?;
/// assert_eq!(std::fs::read(&path).unwrap(), [1, 2, 3, 4]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn create(
    ctx: &Context,
    path: impl AsRef<Path>,
    dtype: DType,
    shape: impl AsRef<[usize]>,
    options: &Options,
) -> Result<RowWriter> {
    let path = path.as_ref();
    let header = Header { dtype, shape: shape.as_ref().to_vec(), order: options.order };
    RowWriter::begin(ctx, path, header, |comm, header| begin(comm, path, header, options))
}

fn begin(
    comm: &dyn Communicator,
    path: &Path,
    header: &Header,
    options: &Options,
) -> Result<Box<dyn Rows>> {
    let new = Replacement::of_file(comm, path, |at| make(at, path, header, options))?;
    let (shown, of_rank, options) = (path.to_owned(), header.clone(), options.clone());
    let open = move |at: &Path| open_made(at, &shown, &of_rank, &options);
    Ok(Box::new(InPlace::new(new, header, open)))
}

/// A file of full length for elements to be written, whose first bytes are those of the old one.
fn make(at: &Path, path: &Path, header: &Header, options: &Options) -> Result<()> {
    let elements = header.bytes().expect("an array that is there can be counted") as u64;
    let refuse = |error| Error::file(path, format!("cannot be created: {error}"));
    let Some(length) = options.offset.checked_add(elements) else {
        let offset = options.offset;
        return Err(Error::file(path, format!("offset: {offset} is beyond the end of any file")));
    };
    let mut file = OpenOptions::new().write(true).create_new(true).open(at).map_err(refuse)?;
    if options.offset > 0 && path.exists() {
        let old = File::open(path).map_err(|error| cannot_open(path, &error))?;
        std::io::copy(&mut old.take(options.offset), &mut file).map_err(refuse)?;
    }
    file.set_len(length).map_err(refuse)
}

/// The file that [`make`] has made, for writing.
fn open_made(
    at: &Path,
    path: &Path,
    header: &Header,
    options: &Options,
) -> Result<Box<dyn ArrayFile>> {
    let file = OpenOptions::new().write(true).open(at);
    let file = file.map_err(|error| cannot_open(path, &error))?;
    Ok(Box::new(flat(file, path, header, options)))
}

fn flat(file: File, path: &Path, header: &Header, options: &Options) -> FlatFile {
    FlatFile::new(file, path, header.clone(), options.byte_order, options.offset)
}

fn cannot_open(path: &Path, error: &std::io::Error) -> Error {
    Error::file(path, format!("cannot be opened: {error}"))
}
