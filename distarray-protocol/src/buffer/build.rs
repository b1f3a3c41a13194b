//! Making buffers: from slices (checked), from vectors (owned), from raw parts (unsafe).

use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::Arc;

use super::{Buffer, layout};
use crate::{BufferElement, ElementFormat, ProtocolError};

impl<'a> Buffer<'a> {
    /// A read-only buffer with one axis over a slice; no copy.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// assert_eq!(Buffer::from_slice(&[3_u32, 5]).read::<u32>(&[1])?, 5);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn from_slice<T: BufferElement>(data: &'a [T]) -> Self {
        let parts = (NonNull::from(data).cast(), T::format());
        Self::over(parts, &[data.len()], &[size_of::<T>() as isize], false)
    }

    /// A writable buffer with one axis over a slice; no copy.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let mut data = [1.0, 2.0];
    /// Buffer::from_slice_mut(&mut data).write(&[0], 9.0)?;
    /// assert_eq!(data, [9.0, 2.0]);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn from_slice_mut<T: BufferElement>(data: &'a mut [T]) -> Self {
        let shape = [data.len()];
        Self::over(
            (NonNull::from(data).cast(), T::format()),
            &shape,
            &[size_of::<T>() as isize],
            true,
        )
    }

    /// A read-only buffer over a slice in C order; no copy.
    ///
    /// An error when the shape does not have exactly as many elements as the slice.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// assert_eq!(Buffer::new(&[1, 2, 3, 4], &[2, 2])?.read::<i32>(&[1, 0])?, 3);
    /// assert!(Buffer::new(&[1, 2, 3], &[2, 2]).is_err());
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn new<T: BufferElement>(data: &'a [T], shape: &[usize]) -> Result<Self, ProtocolError> {
        Self::from_slice(data).with_shape(shape)
    }

    /// A writable buffer over a slice in C order; no copy.
    ///
    /// An error when the shape does not have exactly as many elements as the slice.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let mut data = [0_i64; 4];
    /// Buffer::new_mut(&mut data, &[2, 2])?.write(&[0, 1], 7_i64)?;
    /// assert_eq!(data, [0, 7, 0, 0]);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn new_mut<T: BufferElement>(
        data: &'a mut [T],
        shape: &[usize],
    ) -> Result<Self, ProtocolError> {
        Self::from_slice_mut(data).with_shape(shape)
    }

    /// A read-only buffer over part of a slice; no copy.
    ///
    /// Element `[i, j, ..]` is the one `i * strides[0] + j * strides[1] + ..` bytes from `data[offset]`. An error
    /// when any of them would lie outside the slice.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let data = [0_u16, 1, 2, 3, 4, 5];
    /// let backwards = Buffer::strided(&data, 5, &[3], &[-4])?;
    /// assert_eq!(backwards.elements::<u16>()?.collect::<Vec<_>>(), [5, 3, 1]);
    /// assert!(Buffer::strided(&data, 5, &[4], &[-4]).is_err());
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn strided<T: BufferElement>(
        data: &'a [T],
        offset: usize,
        shape: &[usize],
        strides: &[isize],
    ) -> Result<Self, ProtocolError> {
        let start = inside::<T>(data.len(), offset, shape, strides)?;
        let first = NonNull::from(data).cast::<u8>().as_ptr().wrapping_add(start);
        Ok(Self::over((non_null(first), T::format()), shape, strides, false))
    }

    /// A writable buffer over part of a slice; no copy.
    ///
    /// Laid out and checked as in [`strided`](Self::strided). Elements may overlap.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let mut data = [0_u16; 4];
    /// Buffer::strided_mut(&mut data, 1, &[2], &[4])?.write(&[1], 8_u16)?;
    /// assert_eq!(data, [0, 0, 0, 8]);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn strided_mut<T: BufferElement>(
        data: &'a mut [T],
        offset: usize,
        shape: &[usize],
        strides: &[isize],
    ) -> Result<Self, ProtocolError> {
        let start = inside::<T>(data.len(), offset, shape, strides)?;
        let first = NonNull::from(data).cast::<u8>().as_ptr().wrapping_add(start);
        Ok(Self::over((non_null(first), T::format()), shape, strides, true))
    }

    /// A read-only buffer over bytes that hold elements of `format` in C order; no copy.
    ///
    /// For foreign byte orders and for memory mapped from files. The bytes need not be aligned. An error when
    /// their number is not that of the shape.
    ///
    /// ```
    /// use distarray_protocol::{Buffer, ElementFormat};
    /// let buffer = Buffer::from_bytes(&[0, 1, 2, 3], ElementFormat::from_code(">H")?, &[2])?;
    /// assert_eq!(buffer.read::<u16>(&[1])?, 0x0203);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn from_bytes(
        data: &'a [u8],
        format: ElementFormat,
        shape: &[usize],
    ) -> Result<Self, ProtocolError> {
        let strides = layout::c_strides(shape, format.itemsize());
        let span = layout::span(shape, &strides, format.itemsize())?;
        let bytes = span.map_or(0, |(_, high)| high as usize);
        if bytes != data.len() {
            return Err(ProtocolError::Layout {
                shape: shape.to_vec(),
                strides,
                reason: format!("takes {bytes} bytes, but there are {}", data.len()),
            });
        }
        Ok(Self::over((NonNull::from(data).cast(), format), shape, &strides, false))
    }

    /// A read-only buffer of shape and byte strides over memory that the caller answers for; no copy.
    ///
    /// `data` is the address of the element whose index is all zeros, which need not be the lowest one. It may be
    /// null, and unaligned. An error when shape and strides do not fit each other or the address space, or
    /// when `data` is null though there are elements.
    ///
    /// # Safety
    /// For all of `'a`: every byte of every element that shape and strides reach from `data` lies in one
    /// allocation in which `data` may be used, is initialised, and is not written by anyone.
    ///
    /// ```
    /// use distarray_protocol::{Buffer, ElementFormat, ElementKind};
    ///
    /// let data = [1.0, 2.0, 3.0, 4.0];
    /// let format = ElementFormat::native(ElementKind::F64);
    /// // SAFETY: the two elements are those at 2 and 0 of `data`, which outlives the buffer and is not changed.
    /// let buffer = unsafe { Buffer::from_raw_parts(data[2..].as_ptr().cast(), format, &[1], &[8])? };
    /// assert_eq!(buffer.read::<f64>(&[0])?, 3.0);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub unsafe fn from_raw_parts(
        data: *const u8,
        format: ElementFormat,
        shape: &[usize],
        strides: &[isize],
    ) -> Result<Self, ProtocolError> {
        let data = address(data.cast_mut(), format, shape, strides)?;
        Ok(Self::over((data, format), shape, strides, false))
    }

    /// A writable buffer of shape and byte strides over memory that the caller answers for; no copy.
    ///
    /// As [`from_raw_parts`](Self::from_raw_parts).
    ///
    /// # Safety
    /// For all of `'a`: every byte of every element that shape and strides reach from `data` lies in one
    /// allocation in which `data` may be used for writing, is initialised, and is neither read nor written by
    /// anyone but through this buffer.
    ///
    /// ```
    /// use distarray_protocol::{Buffer, ElementFormat, ElementKind};
    ///
    /// let mut data = [1_u8, 2, 3];
    /// let format = ElementFormat::native(ElementKind::U8);
    /// let first = data.as_mut_ptr();
    /// // SAFETY: the elements are those of `data`, used through `first` only until the buffer is gone.
    /// let mut buffer = unsafe { Buffer::from_raw_parts_mut(first, format, &[3], &[1])? };
    /// buffer.write(&[2], 9_u8)?;
    /// assert_eq!(data, [1, 2, 9]);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub unsafe fn from_raw_parts_mut(
        data: *mut u8,
        format: ElementFormat,
        shape: &[usize],
        strides: &[isize],
    ) -> Result<Self, ProtocolError> {
        let data = address(data, format, shape, strides)?;
        Ok(Self::over((data, format), shape, strides, true))
    }

    /// The same elements under another shape, in C order; no copy.
    ///
    /// An error when this buffer is not C-contiguous or the number of elements differs.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let square = Buffer::from_vec(vec![1, 2, 3, 4]).with_shape(&[2, 2])?;
    /// assert_eq!(square.read::<i32>(&[1, 1])?, 4);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn with_shape(mut self, shape: &[usize]) -> Result<Self, ProtocolError> {
        let strides = layout::c_strides(shape, self.itemsize());
        let refuse = |reason: String| ProtocolError::Layout {
            shape: shape.to_vec(),
            strides: strides.clone(),
            reason,
        };
        if !self.is_c_contiguous() {
            return Err(refuse("the buffer to reshape is not C-contiguous".to_owned()));
        }
        let span = layout::span(shape, &strides, self.itemsize())?;
        let elements = span.map_or(0, |(_, high)| high as usize / self.itemsize());
        if elements != self.len() {
            return Err(refuse(format!("has {elements} elements, but there are {}", self.len())));
        }
        self.shape = shape.to_vec();
        self.strides = strides;
        Ok(self)
    }

    /// A buffer over memory for which the caller has established the invariant of `data`.
    fn over(
        (data, format): (NonNull<u8>, ElementFormat),
        shape: &[usize],
        strides: &[isize],
        writable: bool,
    ) -> Self {
        Self {
            data,
            format,
            shape: shape.to_vec(),
            strides: strides.to_vec(),
            writable,
            owner: None,
            memory: PhantomData,
        }
    }
}

impl Buffer<'static> {
    /// A read-only buffer with one axis that owns its elements; no copy.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let buffer: Buffer<'static> = Buffer::from_vec(vec![4_i64, 2]);
    /// assert_eq!(buffer.as_slice::<i64>()?, [4, 2]);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn from_vec<T: BufferElement>(data: Vec<T>) -> Self {
        let shape = [data.len()];
        Self::owning(data, T::format(), &shape)
    }

    /// A C-ordered buffer over the start of a vector, which is large enough for it.
    pub(super) fn owning<T: BufferElement>(
        data: Vec<T>,
        format: ElementFormat,
        shape: &[usize],
    ) -> Self {
        // Taken from the vector in its final place; the vector is only ever dropped from here on.
        let owner = Arc::new(data);
        let first = NonNull::from(owner.as_slice()).cast();
        let strides = layout::c_strides(shape, format.itemsize());
        Self { owner: Some(owner), ..Buffer::over((first, format), shape, &strides, false) }
    }
}

/// The byte at which a strided layout starts in a slice of `len` elements, when all of it is inside.
fn inside<T: BufferElement>(
    len: usize,
    offset: usize,
    shape: &[usize],
    strides: &[isize],
) -> Result<usize, ProtocolError> {
    let Some((low, high)) = layout::span(shape, strides, size_of::<T>())? else {
        return Ok(0);
    };
    let start = offset as i128 * size_of::<T>() as i128;
    let (low, high) = (start + low as i128, start + high as i128);
    let bytes = len as i128 * size_of::<T>() as i128;
    if low < 0 || high > bytes {
        return Err(ProtocolError::Layout {
            shape: shape.to_vec(),
            strides: strides.to_vec(),
            reason: format!("reaches bytes {low}..{high} of a slice of {bytes} bytes"),
        });
    }
    Ok(start as usize)
}

fn address(
    data: *mut u8,
    format: ElementFormat,
    shape: &[usize],
    strides: &[isize],
) -> Result<NonNull<u8>, ProtocolError> {
    let span = layout::span(shape, strides, format.itemsize())?;
    match NonNull::new(data) {
        Some(data) => Ok(data),
        None if span.is_none() => Ok(NonNull::dangling()),
        None => Err(ProtocolError::Layout {
            shape: shape.to_vec(),
            strides: strides.to_vec(),
            reason: "there are elements, but their address is null".to_owned(),
        }),
    }
}

fn non_null(first: *mut u8) -> NonNull<u8> {
    NonNull::new(first).expect("an address inside a slice is not null")
}
