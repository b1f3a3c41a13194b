//! [`Part`]: what a rank owns and the halo around it.

use ndarray::{ArrayViewD, ArrayViewMutD, AxisDescription, Slice};

use super::{Block, Extents};
use crate::comm::{Layout, Run, copy_layouts};
use crate::element::{DType, Element, Scalar};
use crate::error::Result;

/// One rank's part of an array: a block that holds what the rank owns, and around it the halo.
///
/// Places count from the first owned element on each axis, so that those of a low halo are
/// negative.
#[derive(Clone, Debug)]
pub struct Part {
    block: Block,
    /// Width of the halo below what is owned.
    origin: Extents,
    /// Shape of what is owned.
    shape: Extents,
}

impl Part {
    /// A part of zeros: `shape` owned, and a halo of so many elements below and above it.
    ///
    /// # Errors
    /// There is not so much memory.
    pub fn zeros(dtype: DType, shape: &[usize], halo: &[(usize, usize)]) -> Result<Self> {
        let padded: Vec<_> =
            shape.iter().zip(halo).map(|(extent, (low, high))| extent + low + high).collect();
        Ok(Self {
            block: Block::zeros(dtype, &padded)?,
            origin: halo.iter().map(|(low, _)| *low).collect(),
            shape: shape.into(),
        })
    }

    /// A part without a halo, of any bytes: all of it is to be written before anything is read.
    pub(crate) fn unfilled(dtype: DType, shape: &[usize]) -> Result<Self> {
        Ok(Self::of(Block::unfilled(dtype, shape)?))
    }

    /// A part without a halo, of a block's elements.
    pub fn of(block: Block) -> Self {
        let shape: Extents = block.shape().into();
        Self { origin: Extents::from_elem(0, shape.len()), shape, block }
    }

    /// A part that begins at some place of a block, with a halo around it.
    pub(crate) fn within(
        block: Block,
        origin: impl Into<Extents>,
        shape: impl Into<Extents>,
    ) -> Self {
        Self { block, origin: origin.into(), shape: shape.into() }
    }

    /// Everything, halo included.
    pub fn with_halo(&self) -> &Block {
        &self.block
    }

    /// Everything, halo included, for writing.
    pub fn with_halo_mut(&mut self) -> &mut Block {
        &mut self.block
    }

    /// What is owned, sharing the memory.
    pub fn owned(&self) -> Block {
        self.block.part(&self.origin, &self.shape)
    }

    /// What is owned, as an `ndarray` view.
    ///
    /// # Errors
    /// The elements are of another type.
    pub fn view<T: Element>(&self) -> Result<ArrayViewD<'_, T>> {
        let mut view = self.block.view::<T>()?;
        view.slice_each_axis_inplace(|axis| owned_range(&self.origin, &self.shape, axis));
        Ok(view)
    }

    /// What is owned, as an `ndarray` view to write, copied first where the memory is shared.
    ///
    /// # Errors
    /// The elements are of another type; there is no memory for a copy.
    pub fn view_mut<T: Element>(&mut self) -> Result<ArrayViewMutD<'_, T>> {
        let mut view = self.block.view_mut::<T>()?;
        view.slice_each_axis_inplace(|axis| owned_range(&self.origin, &self.shape, axis));
        Ok(view)
    }

    /// Whether both are the same elements of the same memory.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.block.is_same(&other.block)
            && (&self.origin, &self.shape) == (&other.origin, &other.shape)
    }

    /// Shape of what is owned.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Width of the halo below what is owned, on each axis.
    pub fn origin(&self) -> &[usize] {
        &self.origin
    }

    /// Where the elements at an outer product of places lie in the storage.
    pub(crate) fn layout(&self, places: &[Vec<Run>]) -> Layout {
        self.block.layout_of(&self.origin, places)
    }

    /// The part with axes of one element in front, sharing the memory.
    pub(crate) fn with_axes_in_front(&self, axes: usize) -> Self {
        let front = |of: &[usize], value| {
            std::iter::repeat_n(value, axes).chain(of.iter().copied()).collect()
        };
        Self {
            block: self.block.with_axes_in_front(axes),
            origin: front(&self.origin, 0),
            shape: front(&self.shape, 1),
        }
    }

    /// The first owned element for writing, from which the block's strides lead to the others; the memory is this
    /// part's alone from here on.
    pub(crate) fn as_mut_ptr(&mut self) -> Result<*mut u8> {
        let first = self.block.as_mut_ptr()?;
        let low = |(&low, stride): (&usize, &isize)| low as isize * stride;
        let ahead = self.origin.iter().zip(self.block.strides()).map(low).sum();
        Ok(first.wrapping_offset(ahead))
    }

    /// Lets `write` write what is owned, as a block without the halo.
    pub(crate) fn write_owned<R>(
        &mut self,
        write: impl FnOnce(&mut Block) -> Result<R>,
    ) -> Result<R> {
        self.block.make_unique()?;
        if self.shape[..] == *self.block.shape() {
            return write(&mut self.block);
        }
        // The block is narrowed for the while instead of viewed by another, which would share its
        // memory and make a write copy it.
        let narrow = self.owned();
        let offset = std::mem::replace(&mut self.block.offset, narrow.offset);
        let shape = std::mem::replace(&mut self.block.shape, narrow.shape);
        drop(narrow.storage);
        let result = write(&mut self.block);
        self.block.offset = offset;
        self.block.shape = shape;
        result
    }

    /// Writes the element at a place.
    ///
    /// # Errors
    /// The value is of another dtype.
    ///
    /// # Panics
    /// The place is outside what is owned.
    pub fn set(&mut self, place: &[usize], value: Scalar) -> Result<()> {
        assert!(place.iter().zip(&self.shape).all(|(at, extent)| at < extent), "an owned place");
        let place: Vec<_> = place.iter().zip(&self.origin).map(|(at, low)| at + low).collect();
        self.block.set(&place, value)
    }

    /// Writes a block of the owned shape over what is owned.
    ///
    /// # Panics
    /// The dtypes or the shapes differ.
    pub fn assign(&mut self, block: &Block) -> Result<()> {
        assert_eq!((block.dtype(), block.shape()), (self.block.dtype(), &self.shape[..]));
        self.block.make_unique()?;
        let to = self.owned().layout();
        let from = block.layout();
        let target = self.block.make_unique()?.as_mut_ptr();
        // SAFETY: a block's layout lies in its storage; the target's is this part's alone, so it is
        // not the source's.
        unsafe { copy_layouts(block.storage().as_ptr(), &[from], target, &[to]) };
        Ok(())
    }
}

/// The places of one axis that are owned.
fn owned_range(origin: &[usize], shape: &[usize], axis: AxisDescription) -> Slice {
    let low = origin[axis.axis.index()];
    Slice::from(low..low + shape[axis.axis.index()])
}
