//! Arrays in files as leaves of expressions: read a piece at a time, where they are computed with.

use std::path::Path;

use distarray_core::array::{Context, Expr, Redistribution};
use distarray_core::block::Block;
use distarray_core::comm::Operation;
use distarray_core::dist::Segment;
use distarray_core::expr::{Reader, Source, Stored};
use distarray_core::{Element, Error, Result};

use crate::StoredArray;
use crate::file::ArrayFile;
use crate::progress::Unseen;
use crate::selection::Selection;
use crate::stored::Found;

/// Bytes of a file that a rank holds at a time unless something else is said.
pub(crate) const BUDGET: usize = 256 << 20;

impl StoredArray {
    /// The array as a lazy expression, of which nothing is read until it is evaluated, and then a piece
    /// at a time: so that it may be larger than memory.
    ///
    /// Each rank reads what it computes with, and the next piece, on a thread of its own, while it
    /// computes with one. Elements that are not of type `T` in the file are converted as by Rust's
    /// `as`. The distribution says which rank reads what, unless other arrays of the expression do:
    /// blocks along the first axis are contiguous in a file in C order. Evaluations read the file anew,
    /// each time; one ends in an agreement of 8 bytes, as a rank alone may fail to read.
    ///
    /// # Errors
    /// The distribution has another shape than the file; complex elements of a `T` that is not.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_io as io;
    ///
    /// let ctx = Context::solo();
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.npy");
    /// io::npy::save(&ctx.arange::<i32>(0, 12, 1)?.reshape([3, 4])?, &path)?;
    /// let file = io::open(&ctx, &path)?;
    /// let x = file.lazy::<f64>("b")?;
    /// assert_eq!((&x * &x).sum()?, 506.0);
    /// assert_eq!(x.mean_axes(&[0])?.to_ndarray()?.as_slice(), Some(&[4.0, 5.0, 6.0, 7.0][..]));
    /// // Of a slice no more is read than what is in it.
    /// assert_eq!(file.slice("1:, ::2")?.lazy::<i32>("b")?.max()?, 10);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn lazy<T: Element>(&self, distribution: impl Redistribution) -> Result<Expr<T>> {
        self.lazy_within(distribution, BUDGET)
    }

    /// As [`lazy`](Self::lazy), with so many bytes of elements at most that each rank holds at a time;
    /// else 256 MiB.
    ///
    /// # Errors
    /// As [`lazy`](Self::lazy).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_io as io;
    ///
    /// let ctx = Context::solo();
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.npy");
    /// io::npy::save(&ctx.linspace(0.0, 1.0, 10_001)?, &path)?;
    /// let x = io::open(&ctx, &path)?.lazy_within::<f64>("b", 4096)?;
    /// assert_eq!(x.mean()?, 0.5);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn lazy_within<T: Element>(
        &self,
        distribution: impl Redistribution,
        budget: usize,
    ) -> Result<Expr<T>> {
        let _scope = Operation::enter("lazy");
        let found = self.found();
        found.expect_loadable(T::DTYPE)?;
        let size = self.context().size();
        let distribution = distribution.of_shape(&self.header().shape, size)?;
        let name = found.shown_name();
        let stored = Stored::new(name, T::DTYPE, &distribution, InFile(found.clone()));
        Ok(self.context().stored(stored.within(budget)))
    }
}

/// Opening files for expressions.
pub trait OpenLazily {
    /// An array in a file as a lazy expression, as [`StoredArray::lazy`] in blocks along the first axis;
    /// the file as for [`open`](crate::open()).
    ///
    /// # Errors
    /// As [`open`](crate::open()) and [`StoredArray::lazy`].
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_io::{self as io, OpenLazily};
    ///
    /// let ctx = Context::solo();
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.npy");
    /// io::npy::save(&ctx.full(4.0, [100, 3])?, &path)?;
    /// let roots = ctx.open::<f64>(&path)?.sqrt();
    /// assert_eq!(roots.mean_axes(&[0])?.to_ndarray()?.as_slice(), Some(&[2.0, 2.0, 2.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn open<T: Element>(&self, path: impl AsRef<Path>) -> Result<Expr<T>>;
}

impl OpenLazily for Context {
    #[track_caller]
    fn open<T: Element>(&self, path: impl AsRef<Path>) -> Result<Expr<T>> {
        let _scope = Operation::enter("open");
        crate::open(self, path)?.lazy("b")
    }
}

/// An array in a file that expressions read.
#[derive(Debug)]
struct InFile(Found);

impl Source for InFile {
    fn open(&self) -> Result<Box<dyn Reader>> {
        let file = self.0.opened()?;
        if file.header().shape != self.0.header().shape {
            let (was, is) = (&self.0.header().shape, &file.header().shape);
            return Err(Error::shape(format!("{}was of shape {was:?}, is {is:?}", self.0.shown())));
        }
        Ok(Box::new(Opened(file)))
    }

    fn chunks(&self) -> Option<Vec<usize>> {
        self.0.chunks().map(<[usize]>::to_vec)
    }
}

/// The file as a rank has it open.
struct Opened(Box<dyn ArrayFile>);

impl Reader for Opened {
    fn read(&mut self, axes: &[Vec<Segment>], block: &mut Block) -> Result<()> {
        // What reads is the computation of something, which may itself be watched.
        let _unseen = Unseen::new();
        self.0.read(&Selection::of_segments(axes.to_vec(), false), block)
    }
}
