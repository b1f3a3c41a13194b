//! Blocks over memory that another library has handed over.

use std::sync::Arc;

use distarray_protocol::Buffer;

use super::{Block, Storage};
use crate::element::DType;
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
        Ok(Self { dtype, storage: Arc::new(storage), offset: low.unsigned_abs(), shape, strides })
    }
}
