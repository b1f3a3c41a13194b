//! What every file of one array offers, whatever its format.

use std::fmt;

use distarray_core::block::Block;
use distarray_core::{DType, Result};

use crate::selection::Selection;

/// The order in which a file keeps an array's elements.
///
/// ```
/// use distarray_io::file::Order;
///
/// assert_eq!(Order::Fortran.to_string(), "Fortran");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The last index runs fastest.
    C,
    /// The first index runs fastest.
    Fortran,
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::C => "C",
            Self::Fortran => "Fortran",
        })
    }
}

/// What a file says of its array: element type, shape, and order of the elements.
///
/// ```
/// use distarray_core::DType;
/// use distarray_io::file::{Header, Order};
///
/// let header = Header { dtype: DType::F32, shape: vec![2, 3], order: Order::Fortran };
/// assert_eq!(header.to_string(), "float32 [2, 3] in Fortran order");
/// assert_eq!(header.strides(), [4, 8]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The element type.
    pub dtype: DType,
    /// The extents of the whole array.
    pub shape: Vec<usize>,
    /// The order of the elements.
    pub order: Order,
}

impl Header {
    /// Bytes from one element to the next along each axis, of elements kept without gaps.
    ///
    /// Axes of extent 0 count as 1.
    pub fn strides(&self) -> Vec<usize> {
        let mut strides = vec![0; self.shape.len()];
        let mut next = self.dtype.size();
        for axis in self.slowest_first().into_iter().rev() {
            strides[axis] = next;
            next = next.saturating_mul(self.shape[axis].max(1));
        }
        strides
    }

    /// Bytes of all elements; `None` when they, or those of the axes that are not empty, cannot be
    /// counted.
    ///
    /// ```
    /// use distarray_core::DType;
    /// use distarray_io::file::{Header, Order};
    ///
    /// let header = Header { dtype: DType::F32, shape: vec![2, 3], order: Order::C };
    /// assert_eq!(header.bytes(), Some(24));
    /// ```
    pub fn bytes(&self) -> Option<usize> {
        // Strides are made of the extents that are not 0, so those must be countable too.
        let times = |all: usize, &extent: &usize| all.checked_mul(extent.max(1));
        let most = self.shape.iter().try_fold(self.dtype.size(), times)?;
        let most = isize::try_from(most).ok()?.unsigned_abs();
        Some(if self.shape.contains(&0) { 0 } else { most })
    }

    /// The axes, the one whose index changes most slowly in the file first.
    pub(crate) fn slowest_first(&self) -> Vec<usize> {
        let axes = 0..self.shape.len();
        match self.order {
            Order::C => axes.collect(),
            Order::Fortran => axes.rev().collect(),
        }
    }
}

impl fmt::Display for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} in {} order", self.dtype, self.shape, self.order)
    }
}

/// An array in a file, opened by one rank.
///
/// The seam for formats: what [`parallel`](crate::parallel) does, it does through this trait. A
/// value belongs to one rank, which may read from it on another thread; several ranks have one each, of
/// the same file, and may read and write at the same time as long as they write different elements.
/// Nothing here communicates.
///
/// ```
/// use distarray_core::{DType, Scalar, block::Block};
/// use distarray_io::file::{ArrayFile, Header, Order};
/// use distarray_io::{memory::MemoryArray, selection::Selection};
///
/// let header = Header { dtype: DType::I32, shape: vec![2, 2], order: Order::C };
/// let file: &dyn ArrayFile = &MemoryArray::new(header)?;
/// let all = Selection::whole(&file.header().shape);
///
/// let mut block = Block::zeros(DType::I32, &[2, 2])?;
/// block.set(&[0, 1], Scalar::I32(7))?;
/// file.write(&all, &block)?;
///
/// let mut read = Block::zeros(DType::F64, &[2, 2])?; // converted on the way
/// file.read(&all, &mut read)?;
/// assert_eq!(read.at(&[0, 1]), Scalar::F64(7.0));
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub trait ArrayFile: fmt::Debug + Send {
    /// What the file says of its array.
    fn header(&self) -> &Header;

    /// Reads the selected elements to their places in the block; the block's other elements stay.
    ///
    /// A block of another dtype than the file's gets the elements converted as by Rust's `as`; a
    /// number becomes `true` where it is not zero, a complex one becomes real by its real part.
    ///
    /// # Errors
    /// The selection lies outside the array or the block; the file cannot be read or does not hold
    /// what its header says. Some elements may have been read then.
    fn read(&self, selection: &Selection, block: &mut Block) -> Result<()>;

    /// Writes the selected elements from their places in the block; the file's others stay.
    ///
    /// # Errors
    /// The block is of another dtype than the file; the selection lies outside the array or the
    /// block; the file cannot be written. Some elements may have been written then.
    fn write(&self, selection: &Selection, block: &Block) -> Result<()>;

    /// Returns when what was written through this value is on the medium.
    ///
    /// # Errors
    /// The file cannot be written after all: a full disk may show only here.
    fn sync(&self) -> Result<()>;

    /// The selected elements where they lie in the file, in memory that shows its pages; `None` where
    /// the format does not keep elements as memory does.
    ///
    /// # Errors
    /// The selection lies outside the array; elements are in the other byte order, not aligned, or not
    /// evenly spaced along an axis; the file is shorter than it was, or cannot be mapped.
    ///
    /// # Safety
    /// Until the block's memory is dropped, nobody writes to the file or makes it shorter.
    unsafe fn map(&self, selection: &Selection) -> Result<Option<Block>> {
        let _ = selection;
        Ok(None)
    }
}
