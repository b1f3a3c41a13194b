//! One rank's elements, with the dtype known at run time; local kernels.
//!
//! A [`Block`] is a strided view of shared memory. Cloning shares; writing copies first where the
//! memory is shared, so that nobody sees a value change under them.

mod convert;
mod foreign;
pub(crate) mod kernels;
mod numbers;
mod part;
mod select;
mod shape;
mod storage;
mod view;

use std::sync::Arc;

use ndarray::{ArrayD, ArrayViewD, ArrayViewMutD, Dimension};
use smallvec::SmallVec;

pub use convert::convert;
pub(crate) use foreign::view_of_buffer;
pub use numbers::Numbers;
pub use part::Part;
pub(crate) use select::Selection;
pub use storage::Storage;

use crate::comm::{Layout, Run, copy_layouts};
use crate::element::{DType, Element, Scalar};
use crate::error::{Error, Result};

/// One rank's elements: a strided view of shared memory.
///
/// ```
/// use distarray_core::{block::Block, DType, Scalar};
///
/// let mut block = Block::zeros(DType::F64, &[2, 3])?;
/// let before = block.clone();
/// block.set(&[1, 2], Scalar::F64(7.0))?;
/// assert_eq!(block.at(&[1, 2]), Scalar::F64(7.0));
/// assert_eq!(before.at(&[1, 2]), Scalar::F64(0.0)); // shared memory is copied before a write
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Block {
    dtype: DType,
    storage: Arc<Storage>,
    /// Offset of the first element in bytes.
    offset: usize,
    shape: Extents,
    /// Distance from one element to the next along each axis, in bytes.
    strides: Strides,
}

/// Elements along each axis, and bytes from one to the next; without an allocation for few axes.
pub(crate) type Extents = SmallVec<[usize; 4]>;
pub(crate) type Strides = SmallVec<[isize; 4]>;

/// The strides of contiguous C order, in bytes.
pub(crate) fn c_strides(item: usize, shape: &[usize]) -> Strides {
    let mut strides = Strides::from_elem(item as isize, shape.len());
    for axis in (1..shape.len()).rev() {
        // Of a shape without elements the other extents may have any product.
        strides[axis - 1] = strides[axis].saturating_mul(shape[axis].max(1) as isize);
    }
    strides
}

impl Block {
    /// A new block of zeros in C order.
    ///
    /// # Errors
    /// There is not so much memory.
    pub fn zeros(dtype: DType, shape: &[usize]) -> Result<Self> {
        Self::dense(dtype, shape, Storage::zeroed)
    }

    /// A new block in C order, of any bytes: all of it is to be written before anything is read.
    pub(crate) fn unfilled(dtype: DType, shape: &[usize]) -> Result<Self> {
        Self::dense(dtype, shape, Storage::unfilled)
    }

    /// A block in C order in memory of its own.
    fn dense(
        dtype: DType,
        shape: &[usize],
        memory: impl FnOnce(usize) -> Result<Storage>,
    ) -> Result<Self> {
        let elements = shape.iter().try_fold(1_usize, |n, &extent| n.checked_mul(extent));
        let bytes = elements.and_then(|n| n.checked_mul(dtype.size())).ok_or_else(|| {
            Error::shape(format!(
                "a local part of shape {shape:?} has more bytes than can be counted"
            ))
        })?;
        Ok(Self {
            dtype,
            storage: Arc::new(memory(bytes)?),
            offset: 0,
            shape: Extents::from_slice(shape),
            strides: c_strides(dtype.size(), shape),
        })
    }

    /// A block over the memory of an array, in any order, without copying it.
    ///
    /// ```
    /// use distarray_core::block::Block;
    /// use ndarray::array;
    ///
    /// let transposed = array![[1, 2, 3], [4, 5, 6]].reversed_axes().into_dyn();
    /// let start = transposed.as_ptr();
    /// let block = Block::from_array(transposed);
    /// assert_eq!(block.shape(), [3, 2]);
    /// assert_eq!(block.view::<i32>()?.as_ptr(), start);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn from_array<T: Element>(array: ArrayD<T>) -> Self {
        let item = T::DTYPE.size() as isize;
        let shape = array.shape().into();
        let strides = array.strides().iter().map(|stride| stride * item).collect();
        let (elements, offset) = array.into_raw_vec_and_offset();
        Self {
            dtype: T::DTYPE,
            storage: Arc::new(Storage::adopt(elements)),
            offset: offset.unwrap_or(0) * item as usize,
            shape,
            strides,
        }
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Elements along each axis.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Bytes from one element to the next along each axis.
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }

    /// Whether both are the same elements of the same memory, in the same order.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.storage, &other.storage)
            && (self.dtype, self.offset) == (other.dtype, other.offset)
            && self.shape == other.shape
            && self.strides == other.strides
    }

    /// Offset of the first element from the start of the storage, in bytes.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The memory that the block views.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// Whether the elements lie one after the other in C order.
    pub fn is_contiguous(&self) -> bool {
        let dense = c_strides(self.dtype.size(), &self.shape);
        let fits = |((&extent, a), b): ((&usize, &isize), &isize)| extent == 1 || a == b;
        self.is_empty() || self.shape.iter().zip(&self.strides).zip(&dense).all(fits)
    }

    /// The first element; of an empty block, a pointer that is not read.
    pub(crate) fn as_ptr(&self) -> *const u8 {
        self.storage.as_ptr().wrapping_add(self.offset)
    }

    /// The first element for writing; the memory is this block's alone from here on.
    pub(crate) fn as_mut_ptr(&mut self) -> Result<*mut u8> {
        // A copy starts elsewhere in its memory than the block did.
        self.make_unique()?;
        let offset = self.offset;
        Ok(self.make_unique()?.as_mut_ptr().wrapping_add(offset))
    }

    /// Whether the memory is this block's alone, to be written where it is.
    pub(crate) fn is_unique(&mut self) -> bool {
        let own = Arc::get_mut(&mut self.storage).is_some_and(|storage| storage.is_writable());
        own && !self.is_repeated()
    }

    /// The memory for writing, copied first where others share it, or where elements lie at one place.
    pub(crate) fn make_unique(&mut self) -> Result<&mut Storage> {
        if !self.is_unique() {
            *self = self.to_contiguous()?;
        }
        Ok(Arc::get_mut(&mut self.storage).expect("a storage made here is shared by nobody"))
    }

    /// The same elements in new memory of their own, in C order.
    pub fn to_contiguous(&self) -> Result<Self> {
        let mut copy = Self::unfilled(self.dtype, &self.shape)?;
        let target = Arc::get_mut(&mut copy.storage).expect("a new storage is shared by nobody");
        let to = Layout::contiguous(0..target.len());
        // SAFETY: the layout of a block lies in its storage, the other covers new memory.
        unsafe {
            copy_layouts(self.storage.as_ptr(), &[self.layout()], target.as_mut_ptr(), &[to]);
        }
        Ok(copy)
    }

    /// Where all elements lie in the storage.
    pub fn layout(&self) -> Layout {
        let run = |(&count, &step)| vec![Run { start: 0, count, step }];
        let axes = self.shape.iter().zip(&self.strides).map(run).collect();
        Layout::new(self.dtype.size(), self.offset as isize, axes)
    }

    /// Where the elements at an outer product of places lie in the storage; the places count from
    /// `origin`.
    pub(crate) fn layout_of(&self, origin: &[usize], places: &[Vec<Run>]) -> Layout {
        let mut offset = self.offset as isize;
        let mut axes = Vec::with_capacity(places.len());
        for ((runs, &stride), &origin) in places.iter().zip(&self.strides).zip(origin) {
            offset += origin as isize * stride;
            let scale = |run: &Run| Run {
                start: run.start * stride,
                count: run.count,
                step: run.step * stride,
            };
            axes.push(runs.iter().map(scale).collect());
        }
        Layout::new(self.dtype.size(), offset, axes)
    }

    /// The part between two places on each axis, sharing the memory.
    ///
    /// # Panics
    /// The part does not lie in the block.
    pub fn part(&self, starts: &[usize], shape: &[usize]) -> Self {
        assert_eq!((starts.len(), shape.len()), (self.shape.len(), self.shape.len()));
        let mut offset = self.offset as isize;
        for axis in 0..shape.len() {
            assert!(starts[axis] + shape[axis] <= self.shape[axis], "a part lies in its block");
            if !shape.contains(&0) {
                offset += starts[axis] as isize * self.strides[axis];
            }
        }
        Self {
            dtype: self.dtype,
            storage: Arc::clone(&self.storage),
            offset: offset as usize,
            shape: Extents::from_slice(shape),
            strides: Strides::from_slice(&self.strides),
        }
    }

    /// The same elements with axes of one element in front.
    pub(crate) fn with_axes_in_front(&self, axes: usize) -> Self {
        let mut block = self.clone();
        block.shape.insert_many(0, std::iter::repeat_n(1, axes));
        block.strides.insert_many(0, std::iter::repeat_n(0, axes));
        block
    }

    /// The same elements without the first axis, which has one element.
    pub(crate) fn without_first_axis(mut self) -> Self {
        assert_eq!(self.shape.first(), Some(&1), "the first axis has one element");
        self.shape.remove(0);
        self.strides.remove(0);
        self
    }

    /// The same elements with an axis of one element before another, or as the last.
    ///
    /// ```
    /// use distarray_core::{DType, block::Block};
    ///
    /// let block = Block::zeros(DType::F64, &[2, 3])?.insert_axis(1);
    /// assert_eq!(block.shape(), [2, 1, 3]);
    /// assert_eq!(block.remove_axis(1).shape(), [2, 3]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// There is no place for such an axis.
    #[must_use]
    pub fn insert_axis(mut self, axis: usize) -> Self {
        self.shape.insert(axis, 1);
        self.strides.insert(axis, 0);
        self
    }

    /// The same elements without an axis, which has one element; [`insert_axis`](Self::insert_axis)
    /// shows it.
    ///
    /// # Panics
    /// There is no such axis, or it has not one element.
    #[must_use]
    pub fn remove_axis(mut self, axis: usize) -> Self {
        assert_eq!(self.shape[axis], 1, "the axis has one element");
        self.shape.remove(axis);
        self.strides.remove(axis);
        self
    }

    /// Whether two blocks view the same memory in the same way.
    pub fn is_same_memory(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.storage, &other.storage)
            && (self.offset, &self.shape, &self.strides)
                == (other.offset, &other.shape, &other.strides)
    }

    fn offset_of(&self, place: &[usize]) -> usize {
        assert_eq!(place.len(), self.shape.len(), "a place has one index per axis");
        let mut offset = self.offset as isize;
        for (axis, &at) in place.iter().enumerate() {
            assert!(at < self.shape[axis], "place {place:?} lies in shape {:?}", self.shape);
            offset += at as isize * self.strides[axis];
        }
        offset as usize
    }

    /// The element at a place.
    ///
    /// # Panics
    /// The place is outside the block.
    pub fn at(&self, place: &[usize]) -> Scalar {
        let bytes = &self.storage.as_slice()[self.offset_of(place)..];
        Scalar::from_bytes(self.dtype, bytes).expect("a block holds valid elements")
    }

    /// Writes the element at a place.
    ///
    /// # Errors
    /// The value is of another dtype; there is no memory for a copy of a shared block.
    ///
    /// # Panics
    /// The place is outside the block.
    pub fn set(&mut self, place: &[usize], value: Scalar) -> Result<()> {
        self.check_dtype(value.dtype())?;
        self.make_unique()?;
        let (offset, item) = (self.offset_of(place), self.dtype.size());
        let bytes = self.make_unique()?.as_mut_slice();
        bytes[offset..offset + item].copy_from_slice(&value.to_bytes()[..item]);
        Ok(())
    }

    /// The elements as an `ndarray` view.
    ///
    /// # Errors
    /// The block holds another type.
    pub fn view<T: Element>(&self) -> Result<ArrayViewD<'_, T>> {
        self.check_dtype(T::DTYPE)?;
        // SAFETY: the block's elements lie in its storage, which this borrow keeps from writers.
        Ok(unsafe { view::of(self.as_ptr().cast(), &self.shape, &self.strides) })
    }

    /// The elements as an `ndarray` view to write, copied first where the memory is shared.
    ///
    /// # Errors
    /// The block holds another type; there is no memory for a copy.
    pub fn view_mut<T: Element>(&mut self) -> Result<ArrayViewMutD<'_, T>> {
        self.check_dtype(T::DTYPE)?;
        let pointer = self.as_mut_ptr()?.cast();
        // SAFETY: as in `view`; the storage is this block's alone, and this borrow is unique.
        Ok(unsafe { view::of_mut(pointer, &self.shape, &self.strides) })
    }

    /// A copy of the elements as an array of the user's, in C order.
    ///
    /// # Errors
    /// The block holds another type.
    pub fn to_array<T: Element>(&self) -> Result<ArrayD<T>> {
        Ok(self.view::<T>()?.to_owned())
    }

    fn check_dtype(&self, dtype: DType) -> Result<()> {
        if dtype == self.dtype {
            Ok(())
        } else {
            Err(Error::dtype(format!("elements are {}, not {dtype}", self.dtype)))
        }
    }
}

/// The view with a number of axes known at compile time.
pub(crate) fn into_dimension<T, D: Dimension>(
    view: ArrayViewD<'_, T>,
) -> Result<ndarray::ArrayView<'_, T, D>> {
    let ndim = view.ndim();
    view.into_dimensionality().map_err(|_| {
        let wanted = D::NDIM.map_or_else(|| "any number of".to_owned(), |n| n.to_string());
        Error::shape(format!("the array has {ndim} axes; the view asked for has {wanted}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_without_elements_may_have_any_other_extents() {
        for shape in [[0, 1 << 60, 2], [2, 1 << 60, 0], [1 << 60, 0, 2]] {
            let block = Block::zeros(DType::F64, &shape).unwrap();
            assert_eq!((block.len(), block.shape()), (0, &shape[..]));
            assert!(block.view::<f64>().unwrap().is_empty());
        }
    }
}
