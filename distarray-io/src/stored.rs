//! [`StoredArray`]: an array in a file of any format, opened by all ranks together.

use std::fmt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use distarray_core::array::{Context, DistArray, Redistribution, SliceArgument};
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::{ArrayRef, DType, Element, Error, Kind, Result};

use crate::file::Header;
use crate::parallel::{self, Open};
use crate::sliced::Sliced;

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

/// What all ranks know of an array in a file, and how each opens it.
#[derive(Clone)]
pub(crate) struct Found {
    path: PathBuf,
    header: Header,
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
        let cuts = slice.cuts(&self.header().shape)?;
        let header = Sliced::header_of(self.header(), &cuts)?;
        let whole = Rc::clone(&self.found.open);
        let open = Rc::new(move || {
            Ok(Box::new(Sliced::new(whole()?, &cuts)?) as Box<dyn crate::file::ArrayFile>)
        });
        let found = Found { header, open, path: self.found.path.clone() };
        Ok(Self { ctx: self.ctx.clone(), found })
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
        let held = self.header().dtype;
        if held != T::DTYPE {
            return Err(Error::dtype(format!(
                "{}: holds {held}, not {}; `load_as` converts",
                self.path().display(),
                T::DTYPE
            )));
        }
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
        Self { path: path.into(), header, open }
    }

    /// What the file says of its array.
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// As [`StoredArray::read`].
    pub(crate) fn read(
        &self,
        comm: &dyn Communicator,
        distribution: impl Redistribution,
        dtype: Option<DType>,
    ) -> Result<ArrayRef> {
        let dtype = dtype.unwrap_or(self.header.dtype);
        self.expect_convertible(dtype)?;
        self.expect_countable(dtype)?;
        let distribution = distribution.of_shape(&self.header.shape, comm.size())?;
        Operation::note(|| {
            let array = Arguments::new().array(dtype, distribution.shape());
            array.and("path", &self.path).and("distribution", &distribution.to_string())
        });
        comm.begin()?;
        parallel::read(comm, &*self.open, &distribution, dtype)
    }

    /// Elements that are not there may be too many once they are of a larger type.
    fn expect_countable(&self, dtype: DType) -> Result<()> {
        let wanted = Header { dtype, ..self.header.clone() };
        if wanted.bytes().is_some() {
            return Ok(());
        }
        Err(Error::file(
            &self.path,
            format!("shape: {:?} of {dtype} has more bytes than can be counted", wanted.shape),
        ))
    }

    fn expect_convertible(&self, dtype: DType) -> Result<()> {
        let held = self.header.dtype;
        if held.kind() != Kind::Complex || dtype.kind() == Kind::Complex {
            return Ok(());
        }
        Err(Error::dtype(format!(
            "{}: holds {held}, which does not convert to {dtype} without its imaginary parts",
            self.path.display()
        )))
    }
}

impl fmt::Debug for StoredArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("StoredArray");
        shown.field("path", &self.path()).field("header", self.header()).finish_non_exhaustive()
    }
}
