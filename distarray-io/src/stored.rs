//! [`StoredArray`]: an array in a file of any format, opened by all ranks together.

use std::fmt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use distarray_core::array::{Context, DistArray, Redistribution, SliceArgument};
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::dist::{Cut, Distribution};
use distarray_core::{ArrayRef, DType, Element, Error, Kind, Result};

use crate::file::{ArrayFile, Header};
use crate::parallel::{self, Open};
use crate::sliced::{Sliced, composed};

/// An array in a file whose header all ranks know, whatever the format.
///
/// Nothing but the header was read; a slice of it reads no more than what is in it.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io as io;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.npy");
/// io::npy::save(&ctx.arange::<i64>(0, 12, 1)?.reshape([3, 4])?, &path)?;
/// let file = io::open(&ctx, &path)?;
/// assert_eq!((file.header().dtype, &file.header().shape[..]), (DType::I64, &[3, 4][..]));
/// let column = file.slice("::-2, 1")?;
/// assert_eq!(column.load::<i64>("b")?.to_ndarray()?.as_slice(), Some(&[9, 1][..]));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone)]
pub struct StoredArray {
    ctx: Context,
    found: Found,
}

/// What all ranks know of an array in a file, or of a slice of it, and how each opens it.
#[derive(Clone)]
pub(crate) struct Found {
    path: PathBuf,
    /// Which array of the file, in errors.
    name: Option<String>,
    /// Of what the cuts leave.
    header: Header,
    /// What is left of each axis of the file; all of it where there are none.
    cuts: Option<Vec<Cut>>,
    /// The extents of the chunks that the elements are kept in.
    chunks: Option<Vec<usize>>,
    /// Opens the whole array.
    open: Rc<Open<'static>>,
}

impl StoredArray {
    /// An array of this header, which every rank has learned, that each opens by `open`.
    ///
    /// For formats. The path is the name in errors; `open` reads what belongs to one rank and does
    /// not communicate.
    ///
    /// # Errors
    /// The header's elements cannot be counted.
    ///
    /// ```
    /// use std::rc::Rc;
    ///
    /// use distarray_core::{DType, array::Context};
    /// use distarray_io::file::{ArrayFile, Header, Order};
    /// use distarray_io::{StoredArray, memory::MemoryArray};
    ///
    /// let ctx = Context::solo();
    /// let header = Header { dtype: DType::U8, shape: vec![3], order: Order::C };
    /// let memory = MemoryArray::new(header.clone())?;
    /// let open = Rc::new(move || Ok(Box::new(memory.clone()) as Box<dyn ArrayFile>));
    /// let stored = StoredArray::new(&ctx, "memory", header, open)?;
    /// assert_eq!(stored.load::<u8>("b")?.shape(), [3]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn new(
        ctx: &Context,
        path: impl Into<PathBuf>,
        header: Header,
        open: Rc<Open<'static>>,
    ) -> Result<Self> {
        let found = Found::new(path, header, open);
        found.expect_countable(found.header.dtype)?;
        Ok(Self::of(ctx, found))
    }

    /// What was found, in the hands of these ranks.
    pub(crate) fn of(ctx: &Context, found: Found) -> Self {
        Self { ctx: ctx.clone(), found }
    }

    /// What the file says of its array.
    pub fn header(&self) -> &Header {
        &self.found.header
    }

    pub(crate) fn found(&self) -> &Found {
        &self.found
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.found.path
    }

    /// The ranks that have it open.
    pub fn context(&self) -> &Context {
        &self.ctx
    }

    /// A slice of the array, of which nothing is read yet: ranges with steps either way, and indices,
    /// as [`SliceArgument`] has them.
    ///
    /// # Errors
    /// The slice does not lie in the array, or has new axes.
    pub fn slice(&self, slice: impl SliceArgument) -> Result<Self> {
        Ok(Self { ctx: self.ctx.clone(), found: self.found.slice(slice)? })
    }

    /// Loads the array, each rank reading its own elements; the file's dtype is `T`'s.
    ///
    /// The distribution is a short form such as `"b,c:2"`, whose shape is the file's, or a
    /// distribution of that shape, be it with halos, which stay zero, or on some of the ranks only.
    /// Collective: an agreement of 8 bytes; no elements are sent.
    ///
    /// # Errors
    /// The file is of another dtype than `T` or of another shape than the distribution; a rank cannot
    /// read its part. The same on every rank.
    #[track_caller]
    pub fn load<T: Element>(&self, distribution: impl Redistribution) -> Result<DistArray<T>> {
        let _scope = Operation::enter("load");
        self.found.expect_dtype(T::DTYPE)?;
        self.ctx.adopt_ref(self.read(distribution, None)?)
    }

    /// Loads the array and converts its elements to `T`, as Rust's `as` does.
    ///
    /// # Errors
    /// As [`load`](Self::load), but that any dtype will do; of complex files, complex `T` only.
    #[track_caller]
    pub fn load_as<T: Element>(&self, distribution: impl Redistribution) -> Result<DistArray<T>> {
        let _scope = Operation::enter("load_as");
        self.ctx.adopt_ref(self.read(distribution, Some(T::DTYPE))?)
    }

    /// Loads the array with a type known at run time: the file's own, or the one asked for.
    ///
    /// # Errors
    /// As [`load_as`](Self::load_as).
    ///
    /// ```
    /// use distarray_core::{DType, array::Context};
    /// use distarray_io as io;
    ///
    /// let ctx = Context::solo();
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.npy");
    /// io::npy::save(&ctx.ones::<u8>(3)?, &path)?;
    /// assert_eq!(io::open(&ctx, &path)?.read("b", Some(DType::F32))?.dtype(), DType::F32);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn read(
        &self,
        distribution: impl Redistribution,
        dtype: Option<DType>,
    ) -> Result<ArrayRef> {
        self.found.read(self.ctx.communicator()?, distribution, dtype)
    }
}

impl Found {
    /// An array of this header, which every rank has learned, that each opens by `open`.
    pub(crate) fn new(path: impl Into<PathBuf>, header: Header, open: Rc<Open<'static>>) -> Self {
        Self { path: path.into(), name: None, header, cuts: None, chunks: None, open }
    }

    /// The same, kept in chunks of these extents.
    #[cfg(any(feature = "hdf5", feature = "zarr"))]
    pub(crate) fn in_chunks(self, chunks: Option<&[usize]>) -> Self {
        Self { chunks: chunks.map(<[usize]>::to_vec), ..self }
    }

    /// The same, one of several arrays of the file.
    pub(crate) fn named(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// What the file says of its array, or of what a slice leaves of it.
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// Which array of the file it is.
    #[cfg(feature = "hdf5-mpi")]
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// What is left of each axis of the file; all of it where there are none.
    #[cfg(feature = "hdf5-mpi")]
    pub(crate) fn cuts(&self) -> Option<&[Cut]> {
        self.cuts.as_deref()
    }

    /// As [`StoredArray::slice`].
    pub(crate) fn slice(&self, slice: impl SliceArgument) -> Result<Self> {
        let taken = slice.cuts(&self.header.shape)?;
        let header = Sliced::header_of(&self.header, &taken)?;
        let cuts = Some(match &self.cuts {
            Some(cuts) => composed(cuts, &taken),
            None => taken,
        });
        Ok(Self { header, cuts, ..self.clone() })
    }

    /// As [`StoredArray::read`].
    pub(crate) fn read(
        &self,
        comm: &dyn Communicator,
        distribution: impl Redistribution,
        dtype: Option<DType>,
    ) -> Result<ArrayRef> {
        let dtype = dtype.unwrap_or(self.header.dtype);
        let distribution = self.begin(comm, distribution, dtype)?;
        self.read_begun(comm, &distribution, dtype)
    }

    /// Reads what [`begin`](Self::begin) has found to be in order.
    pub(crate) fn read_begun(
        &self,
        comm: &dyn Communicator,
        distribution: &Distribution,
        dtype: DType,
    ) -> Result<ArrayRef> {
        parallel::read(comm, &|| self.opened(), distribution, dtype)
    }

    /// Begins a read: whatever is plain to every rank is found out before anything is sent.
    pub(crate) fn begin(
        &self,
        comm: &dyn Communicator,
        distribution: impl Redistribution,
        dtype: DType,
    ) -> Result<Distribution> {
        self.expect_convertible(dtype)?;
        self.expect_countable(dtype)?;
        let distribution = distribution.of_shape(&self.header.shape, comm.size())?;
        Operation::note(|| {
            let array = Arguments::new().array(dtype, distribution.shape());
            array.and("path", &self.path).and("distribution", &distribution.to_string())
        });
        comm.begin()?;
        Ok(distribution)
    }

    /// The array, or the slice of it, opened by this rank.
    pub(crate) fn opened(&self) -> Result<Box<dyn ArrayFile>> {
        let whole = (self.open)()?;
        match &self.cuts {
            Some(cuts) => Ok(Box::new(Sliced::new(whole, cuts)?)),
            None => Ok(whole),
        }
    }

    /// Refuses a type other than the file's.
    pub(crate) fn expect_dtype(&self, dtype: DType) -> Result<()> {
        let held = self.header.dtype;
        if held == dtype {
            return Ok(());
        }
        let of = self.shown();
        Err(Error::dtype(format!("{of}holds {held}, not {dtype}; `load_as` converts")))
    }

    /// Elements that are not there may be too many once they are of a larger type.
    fn expect_countable(&self, dtype: DType) -> Result<()> {
        let wanted = Header { dtype, ..self.header.clone() };
        if wanted.bytes().is_some() {
            return Ok(());
        }
        let name = self.name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
        Err(Error::file(
            &self.path,
            format!(
                "{name}shape: {:?} of {dtype} has more bytes than can be counted",
                wanted.shape
            ),
        ))
    }

    fn expect_convertible(&self, dtype: DType) -> Result<()> {
        let held = self.header.dtype;
        if held.kind() != Kind::Complex || dtype.kind() == Kind::Complex {
            return Ok(());
        }
        Err(Error::dtype(format!(
            "{}holds {held}, which does not convert to {dtype} without its imaginary parts",
            self.shown()
        )))
    }

    /// Refuses a type that elements are not converted to.
    pub(crate) fn expect_loadable(&self, dtype: DType) -> Result<()> {
        self.expect_convertible(dtype)?;
        self.expect_countable(dtype)
    }

    /// The extents of the chunks that the elements are kept in, where they are and no slice is taken.
    pub(crate) fn chunks(&self) -> Option<&[usize]> {
        self.chunks.as_deref().filter(|_| self.cuts.is_none())
    }

    /// The file and the array within it.
    pub(crate) fn shown_name(&self) -> String {
        self.shown().trim_end_matches(": ").to_owned()
    }

    /// The file and the array within it, at the front of an error.
    pub(crate) fn shown(&self) -> String {
        let path = self.path.display();
        match &self.name {
            Some(name) => format!("{path}: {name}: "),
            None => format!("{path}: "),
        }
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Found");
        shown.field("path", &self.path).field("name", &self.name).field("header", &self.header);
        shown.field("cuts", &self.cuts).finish_non_exhaustive()
    }
}

impl fmt::Debug for StoredArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("StoredArray");
        shown.field("path", &self.path()).field("header", self.header()).finish_non_exhaustive()
    }
}
