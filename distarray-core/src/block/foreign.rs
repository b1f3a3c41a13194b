//! Blocks over memory that another library has handed over.

use std::any::Any;
use std::sync::Arc;

use distarray_protocol::Buffer;
use ndarray::ArrayViewD;

use super::{Block, Storage, view};
use crate::element::{DType, Element};
use crate::error::{Error, Result};

impl Block {
    /// A block over memory that belongs to a value, which it keeps: a mapped file, say. Whoever writes to
    /// the block writes to a copy.
    ///
    /// `first` is where the element lies whose index is all zeros; strides are in bytes.
    ///
    /// # Errors
    /// The elements are not aligned as the dtype wants it.
    ///
    /// # Safety
    /// The elements lie in one piece of memory, which is valid, and written by nobody, until the owner is
    /// dropped; they are values of the dtype: a `bool` is 0 or 1.
    ///
    /// ```
    /// use distarray_core::{DType, block::Block};
    ///
    /// let numbers = vec![1_i32, 2, 3, 4].into_boxed_slice();
    /// let first = numbers.as_ptr().cast();
    /// // SAFETY: the block keeps the slice, which nobody else has.
    /// let every_other = unsafe { Block::foreign(DType::I32, first, &[2], &[8], Box::new(numbers))? };
    /// assert_eq!(every_other.view::<i32>()?.as_slice(), None);
    /// assert_eq!(every_other.to_array::<i32>()?.as_slice(), Some(&[1, 3][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub unsafe fn foreign(
        dtype: DType,
        first: *const u8,
        shape: &[usize],
        strides: &[isize],
        owner: Box<dyn Any + Send + Sync>,
    ) -> Result<Self> {
        // SAFETY: the caller vouches for all but that it may be written, which this does not claim.
        unsafe { Self::over(dtype, first.cast_mut(), false, (shape, strides), owner) }
    }

    /// A block over a buffer's memory, which it keeps, without copying it. What is written to a
    /// read-only buffer is written to a copy.
    ///
    /// # Errors
    /// The buffer says that it is writable and is not; its elements are not aligned.
    ///
    /// # Panics
    /// The buffer's elements are not of the dtype's size.
    pub(crate) fn of_buffer(dtype: DType, mut buffer: Buffer<'static>) -> Result<Self> {
        assert_eq!(buffer.itemsize(), dtype.size(), "a buffer of elements of the dtype");
        let writable = buffer.is_writable();
        let first = match writable {
            true => buffer.as_mut_ptr().map_err(Error::from)?,
            false => buffer.as_ptr().cast_mut(),
        };
        let (shape, strides) = (buffer.shape().to_vec(), buffer.strides().to_vec());
        // SAFETY: shape and strides of a buffer stay within one piece of memory, which is valid as
        // long as the buffer that the storage keeps, and written by nobody else.
        unsafe { Self::over(dtype, first, writable, (&shape, &strides), Box::new(buffer)) }
    }

    /// # Safety
    /// As of [`foreign`](Self::foreign); the memory may be written where `writable` says so.
    unsafe fn over(
        dtype: DType,
        first: *mut u8,
        writable: bool,
        (shape, strides): (&[usize], &[isize]),
        owner: Box<dyn Any + Send + Sync>,
    ) -> Result<Self> {
        if shape.contains(&0) {
            return Self::zeros(dtype, shape);
        }
        let item = dtype.size() as isize;
        let whole = strides.iter().all(|stride| stride % item == 0);
        if !whole || !first.addr().is_multiple_of(dtype.alignment()) {
            let message = format!("elements are not aligned in memory as {dtype} are");
            return Err(Error::argument(message));
        }
        // The lowest element lies below the first where an axis runs backwards.
        let (mut low, mut high) = (0, item);
        for (&extent, &stride) in shape.iter().zip(strides) {
            let reach = stride * (extent as isize - 1);
            low += reach.min(0);
            high += reach.max(0);
        }
        let lowest = first.wrapping_offset(low);
        // SAFETY: the caller vouches for all elements, of which these are the outermost.
        let storage = unsafe { Storage::foreign(lowest, (high - low) as usize, writable, owner) };
        let (offset, shape, strides) = (low.unsigned_abs(), shape.into(), strides.into());
        Ok(Self { dtype, storage: Arc::new(storage), offset, shape, strides })
    }
}

/// A buffer's elements where they lie, as an `ndarray` view.
///
/// # Errors
/// The elements are not aligned as `T` wants it, or are truth values that are neither 0 nor 1.
///
/// # Panics
/// The buffer's elements are not of the size of `T`.
pub(crate) fn view_of_buffer<'a, T: Element>(buffer: &'a Buffer<'_>) -> Result<ArrayViewD<'a, T>> {
    let (dtype, item) = (T::DTYPE, T::DTYPE.size());
    assert_eq!(buffer.itemsize(), item, "a buffer of elements of the dtype");
    let (pointer, shape, strides) = (buffer.as_ptr(), buffer.shape(), buffer.strides());
    let aligned = pointer.addr().is_multiple_of(dtype.alignment())
        && strides.iter().all(|stride| stride % item as isize == 0);
    if !aligned && !buffer.is_empty() {
        let message = format!("the section's {dtype} are not aligned in memory; import a copy");
        return Err(Error::argument(message));
    }
    if dtype == DType::Bool {
        // SAFETY: the buffer's elements are initialised bytes, borrowed with it.
        let bytes = unsafe { view::of::<u8>(pointer, shape, strides) };
        if let Some(byte) = bytes.iter().find(|&&byte| byte > 1) {
            let message = format!("a truth value of the section is {byte}; import a copy");
            return Err(Error::argument(message));
        }
    }
    // SAFETY: the buffer's elements are aligned, valid values of a type of this size, and borrowed
    // with it.
    Ok(unsafe { view::of(pointer.cast(), shape, strides) })
}
