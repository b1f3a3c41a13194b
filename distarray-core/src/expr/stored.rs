//! [`Stored`]: elements that are kept elsewhere, and read where they are needed.

use std::fmt;
use std::ops::Range;
use std::rc::Rc;

use super::rows::cuts_of;
use crate::block::Block;
use crate::digest::Digest;
use crate::dist::{Distribution, Segment};
use crate::element::DType;
use crate::error::Result;

/// Where the elements of an array are kept, most often a file.
pub trait Source: fmt::Debug {
    /// Opens it for one rank. Nothing here communicates.
    ///
    /// # Errors
    /// It cannot be opened, which the other ranks learn from the operation.
    fn open(&self) -> Result<Box<dyn Reader>>;

    /// The extents of the pieces that it is kept in, where a piece is read as a whole.
    fn chunks(&self) -> Option<Vec<usize>> {
        None
    }
}

/// Reads from a [`Source`], on a thread beside that of the rank.
pub trait Reader: Send {
    /// Reads the outer product of what is listed for each axis: global indices, and places in the block,
    /// of which each is filled.
    ///
    /// # Errors
    /// The elements cannot be read.
    fn read(&mut self, axes: &[Vec<Segment>], block: &mut Block) -> Result<()>;
}

/// An array that is read piece by piece when an expression is evaluated, so that it may be larger than
/// memory.
///
/// ```
/// use distarray_core::{DType, Result, Scalar, block::Block, dist::{Distribution, Segment}};
/// use distarray_core::expr::{Node, Reader, Source, Stored};
///
/// /// Element `i` is `i`.
/// #[derive(Debug)]
/// struct Counted;
///
/// impl Source for Counted {
///     fn open(&self) -> Result<Box<dyn Reader>> {
///         Ok(Box::new(Self))
///     }
/// }
///
/// impl Reader for Counted {
///     fn read(&mut self, axes: &[Vec<Segment>], block: &mut Block) -> Result<()> {
///         for segment in &axes[0] {
///             for (index, place) in segment.globals().zip(segment.places()) {
///                 block.set(&[place], Scalar::I64(index as i64))?;
///             }
///         }
///         Ok(())
///     }
/// }
///
/// let lines = Distribution::new([1 << 40], "b", 1)?;
/// let stored = Stored::new("counted", DType::I64, &lines, Counted).within(64 << 20);
/// assert_eq!(Node::stored(stored).shape(), [1 << 40]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Stored {
    name: Rc<str>,
    dtype: DType,
    distribution: Distribution,
    /// Where the first row stands among those of the source.
    first: usize,
    budget: usize,
    source: Rc<dyn Source>,
}

/// Bytes of elements that a rank holds at a time unless something else is said.
const BUDGET: usize = 256 << 20;

impl Stored {
    /// An array of a source, which is evaluated under a distribution unless an array of the expression, or
    /// the user, says otherwise. The name is for messages.
    pub fn new(
        name: impl Into<Rc<str>>,
        dtype: DType,
        distribution: &Distribution,
        source: impl Source + 'static,
    ) -> Self {
        let distribution = distribution.without_halo();
        let (name, source) = (name.into(), Rc::new(source));
        Self { name, dtype, distribution, first: 0, budget: BUDGET, source }
    }

    /// With so many bytes of elements at most that a rank holds of it at a time; one element at least.
    #[must_use]
    pub fn within(self, bytes: usize) -> Self {
        Self { budget: bytes, ..self }
    }

    /// What it is called in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The dtype of the elements.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Where the elements are used unless something else is said.
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// Bytes of elements that a rank holds of it at a time.
    pub fn budget(&self) -> usize {
        self.budget
    }

    /// Some indices of the first axis.
    pub(super) fn rows(&self, rows: &Range<usize>) -> Self {
        let distribution = self.distribution.slice(&cuts_of(rows, self.distribution.shape()));
        Self { distribution, first: self.first + rows.start, ..self.clone() }
    }

    /// Where the index 0 of an axis stands in the source.
    pub(super) fn first(&self, axis: usize) -> usize {
        if axis == 0 { self.first } else { 0 }
    }

    pub(super) fn source(&self) -> &dyn Source {
        &*self.source
    }

    /// Whether both are one array.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.source, &other.source)
            && self.first == other.first
            && self.distribution.shape() == other.distribution.shape()
    }

    /// A number that ranks share.
    pub(super) fn digest(&self) -> u64 {
        Digest::of(&(&*self.name, self.distribution.digest(), self.first, self.budget))
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}{:?}", self.name, self.distribution.shape())
    }
}
