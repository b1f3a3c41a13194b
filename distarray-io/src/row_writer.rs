//! [`RowWriter`]: a new file that is written some rows at a time.

use std::fmt;
use std::path::{Path, PathBuf};

use distarray_core::array::Context;
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::{ArrayRef, Error, Result};

use crate::any::AnyArray;
use crate::file::{ArrayFile, Header};
use crate::parallel::{self, Kept, Replacement};

/// A new file that all ranks write some rows at a time, from the first row on.
///
/// What `create` of each format returns, and [`io::create`](crate::create); so a file is written that is
/// larger than memory. Rows are indices of the first axis; an array without axes is one row. The file
/// is made under another name and gets its own by [`finish`](Self::finish): until then the old one is
/// there, and it stays when anything fails or the writer is dropped. (An array in `.dnpy` is several files, which get
/// their names one after another: where that fails, or the job ends in between, some are old and some new.)
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::npy;
///
/// let ctx = Context::solo(); // or what a backend's `run` hands to each rank
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.npy");
/// let mut writer = npy::create(&ctx, &path, DType::F64, [6, 3])?;
/// for step in 0..3 {
///     writer.write(&ctx.full(f64::from(step), ([2, 3], "n,b"))?)?;
/// }
/// writer.finish()?;
/// assert_eq!(npy::load::<f64>(&ctx, &path, "b,n")?.sum()?, 18.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[must_use = "a file that is not finished is removed"]
pub struct RowWriter {
    ctx: Context,
    path: PathBuf,
    header: Header,
    written: usize,
    /// Nothing after an error.
    rows: Option<Box<dyn Rows>>,
}

/// How a format takes the rows of a new array: what is behind a [`RowWriter`], and behind `save`.
pub(crate) trait Rows: fmt::Debug {
    /// Writes the next rows, from `start` on, which are known to fit. Collective; fails on all ranks.
    fn put(&mut self, comm: &dyn Communicator, start: usize, rows: &ArrayRef) -> Result<()>;

    /// Puts the file in its place. Collective; fails on all ranks.
    fn finish(self: Box<Self>, comm: &dyn Communicator) -> Result<()>;

    /// Rows of a whole piece of the file, such as a chunk.
    fn unit(&self) -> usize {
        1
    }
}

/// Saves a whole array: rows in one piece.
pub(crate) fn save_whole(
    comm: &dyn Communicator,
    mut rows: Box<dyn Rows>,
    array: &ArrayRef,
) -> Result<()> {
    rows.put(comm, 0, array)?;
    rows.finish(comm)
}

impl RowWriter {
    /// Begins a file of this header, which the ranks agree on, as the format begins it.
    #[track_caller]
    pub(crate) fn begin(
        ctx: &Context,
        path: &Path,
        header: Header,
        begin: impl FnOnce(&dyn Communicator, &Header) -> Result<Box<dyn Rows>>,
    ) -> Result<Self> {
        let _scope = Operation::enter("create");
        if header.bytes().is_none() {
            let (shape, dtype) = (&header.shape, header.dtype);
            let why = format!("shape: {shape:?} of {dtype} has more bytes than can be counted");
            return Err(Error::file(path, why));
        }
        let comm = ctx.communicator()?;
        Operation::note(|| Arguments::new().array(header.dtype, &header.shape).and("path", path));
        comm.begin()?;
        let rows = Some(begin(comm, &header)?);
        Ok(Self { ctx: ctx.clone(), path: path.to_owned(), header, written: 0, rows })
    }

    /// What the file is to say of the whole array.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The path that the file is to have.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The ranks that write it.
    pub fn context(&self) -> &Context {
        &self.ctx
    }

    /// How many rows are written.
    pub fn written(&self) -> usize {
        self.written
    }

    /// How many rows there are to be, of an array without axes 1.
    pub fn rows(&self) -> usize {
        self.header.shape.first().copied().unwrap_or(1)
    }

    /// How many rows are best written at a time if they shall have no more than so many bytes in all:
    /// those of whole chunks where the file has chunks, and at least those of one.
    ///
    /// ```
    /// use distarray_core::{DType, array::Context};
    /// use distarray_io::npy;
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.npy");
    /// let writer = npy::create(&Context::solo(), &path, DType::F64, [1000, 100])?;
    /// assert_eq!(writer.rows_within(5000), 6);
    /// assert_eq!(writer.rows_within(1), 1);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn rows_within(&self, bytes: usize) -> usize {
        let row = self.row_bytes().max(1);
        let unit = self.unit();
        (bytes / row / unit * unit).max(unit).min(self.rows().max(1))
    }

    /// Rows of a whole piece of the file, such as a chunk.
    pub(crate) fn unit(&self) -> usize {
        self.rows.as_ref().map_or(1, |rows| rows.unit()).max(1)
    }

    /// Bytes of one row.
    pub(crate) fn row_bytes(&self) -> usize {
        self.header.bytes().expect("counted when the file was begun") / self.rows().max(1)
    }

    /// Writes the next rows, as many as the array has: a [`DistArray`] or an [`ArrayRef`] of the
    /// file's dtype and its shape but for the first axis.
    ///
    /// The rows may be distributed in any way. Of a file in chunks, rows that do not end where chunks do
    /// cost the reading and writing of the last ones again: [`rows_within`](Self::rows_within) tells
    /// better numbers. Collective: the messages of the format's `save`.
    ///
    /// # Errors
    /// The array is of another dtype or other extents, or has more rows than are left; the file cannot
    /// be written, and is removed then; an earlier write failed. The same on every rank.
    ///
    /// [`DistArray`]: distarray_core::array::DistArray
    ///
    /// ```
    /// use distarray_core::{DType, array::Context};
    /// use distarray_io::npy;
    ///
    /// let ctx = Context::solo();
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.npy");
    /// let mut writer = npy::create(&ctx, &path, DType::U8, [3, 4])?;
    /// writer.write(&ctx.zeros::<u8>([2, 4])?)?;
    /// let error = writer.write(&ctx.zeros::<u8>([2, 4])?).unwrap_err().to_string();
    /// assert!(error.ends_with("uint8 [2, 4] cannot be written behind 2 rows of uint8 [3, 4] in C order"));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn write(&mut self, rows: &(impl AnyArray + ?Sized)) -> Result<()> {
        let _scope = Operation::enter("write");
        let array = rows.any();
        let shape = array.shape();
        let count = shape.first().copied().unwrap_or(1);
        let fits = array.dtype() == self.header.dtype
            && shape.len() == self.header.shape.len()
            && shape.get(1..) == self.header.shape.get(1..)
            && count <= self.rows() - self.written;
        if !fits {
            let (dtype, written) = (array.dtype(), self.written);
            let of = &self.header;
            let why = format!("{dtype} {shape:?} cannot be written behind {written} rows of {of}");
            return Err(Error::file(&self.path, why));
        }
        let mut taken = self.taken()?;
        let comm = self.ctx.communicator()?;
        Operation::note(|| {
            let rows = Arguments::new().array(array.dtype(), shape);
            rows.and("path", &self.path).and("row", &self.written)
        });
        comm.begin()?;
        // What has failed is dropped, and with it the unfinished file.
        taken.put(comm, self.written, array)?;
        self.rows = Some(taken);
        self.written += count;
        Ok(())
    }

    /// Puts the file in its place. Collective: two agreements of 8 bytes.
    ///
    /// # Errors
    /// Rows are missing; the file cannot be written after all, or not renamed; an earlier write failed.
    /// The same on every rank, and the old file is there still.
    ///
    /// ```
    /// use distarray_core::{DType, array::Context};
    /// use distarray_io::npy;
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.npy");
    /// let error = npy::create(&Context::solo(), &path, DType::U8, [3])?.finish().unwrap_err();
    /// assert!(error.to_string().ends_with("0 of 3 rows are written"));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn finish(mut self) -> Result<()> {
        let _scope = Operation::enter("finish");
        let taken = self.taken()?;
        let (written, all) = (self.written, self.rows());
        if written < all && !self.header.shape.contains(&0) {
            return Err(Error::file(&self.path, format!("{written} of {all} rows are written")));
        }
        let comm = self.ctx.communicator()?;
        Operation::note(|| Arguments::new().and("path", &self.path));
        comm.begin()?;
        taken.finish(comm)
    }

    fn taken(&mut self) -> Result<Box<dyn Rows>> {
        let gone = || Error::file(&self.path, "was given up when rows could not be written");
        self.rows.take().ok_or_else(gone)
    }
}

impl fmt::Debug for RowWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RowWriter");
        shown.field("path", &self.path).field("header", &self.header);
        shown.field("written", &self.written).finish_non_exhaustive()
    }
}

/// Rows of a file that has room for all of them, each rank writing a part of them where they stand.
pub(crate) struct InPlace<F> {
    new: Replacement,
    header: Header,
    /// Opens the file of a temporary name for writing.
    open: F,
    kept: Kept,
}

impl<F: Fn(&Path) -> Result<Box<dyn ArrayFile>>> InPlace<F> {
    pub(crate) fn new(new: Replacement, header: &Header, open: F) -> Self {
        Self { new, header: header.clone(), open, kept: Kept::default() }
    }
}

impl<F: Fn(&Path) -> Result<Box<dyn ArrayFile>>> Rows for InPlace<F> {
    fn put(&mut self, comm: &dyn Communicator, start: usize, rows: &ArrayRef) -> Result<()> {
        let open = || self.kept.opened(|| (self.open)(self.new.path()));
        parallel::write_rows(comm, &self.header, start, &open, rows)
    }

    fn finish(self: Box<Self>, comm: &dyn Communicator) -> Result<()> {
        let Self { new, kept, .. } = *self;
        comm.agree(kept.sync())?;
        // Closed before it is renamed.
        drop(kept);
        new.put_in_place(comm)
    }
}

impl<F> fmt::Debug for InPlace<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InPlace").field("new", &self.new).finish_non_exhaustive()
    }
}
