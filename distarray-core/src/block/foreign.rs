//! Blocks over memory that another library has handed over.

use std::sync::Arc;

use distarray_protocol::Buffer;
use ndarray::ArrayViewD;

use super::{Block, Storage, view};
use crate::element::{DType, Element};
use crate::error::{Error, Result};

impl Block {
    /// A block over a buffer's memory, which it keeps, without copying it. What is written to a
    /// read-only buffer is written to a copy.
    ///
    /// # Errors
    /// The buffer says that it is writable and is not.
    ///
    /// # Panics
    /// The buffer's elements are not of the dtype's size and alignment.
    pub(crate) fn foreign(dtype: DType, mut buffer: Buffer<'static>) -> Result<Self> {
        let item = dtype.size();
        assert_eq!(buffer.itemsize(), item, "a buffer of elements of the dtype");
        let pointer = match buffer.is_writable() {
            true => buffer.as_mut_ptr().map_err(Error::from)?,
            false => buffer.as_ptr().cast_mut(),
        };
        let (shape, strides) = (buffer.shape().to_vec(), buffer.strides().to_vec());
        if buffer.is_empty() {
            return Self::zeros(dtype, &shape);
        }
        assert!(pointer.addr().is_multiple_of(dtype.alignment()), "an aligned buffer");
        // The lowest element lies below the first where an axis runs backwards.
        let (mut low, mut high) = (0, item as isize);
        for (&extent, &stride) in shape.iter().zip(&strides) {
            assert_eq!(stride % item as isize, 0, "strides of whole elements");
            let reach = stride * (extent as isize - 1);
            low += reach.min(0);
            high += reach.max(0);
        }
        let writable = buffer.is_writable();
        let lowest = pointer.wrapping_offset(low);
        let bytes = (high - low) as usize;
        // SAFETY: shape and strides of a buffer stay within one piece of memory, which is valid as
        // long as the buffer that the storage keeps, and written by nobody else.
        let storage = unsafe { Storage::foreign(lowest, bytes, writable, Box::new(buffer)) };
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
