//! Reaching the elements: whole slices where memory allows, one element at a time everywhere.

use std::ptr::NonNull;

use super::Buffer;
use super::layout::Offsets;
use crate::{BufferElement, ByteOrder, ElementFormat, ElementKind, ProtocolError};

impl<'a> Buffer<'a> {
    /// The address of the element whose index is all zeros.
    ///
    /// With negative strides it is not the lowest address. It may dangle when there are no elements.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let data = [1_u8, 2];
    /// assert_eq!(Buffer::from_slice(&data).as_ptr(), data.as_ptr());
    /// ```
    pub fn as_ptr(&self) -> *const u8 {
        self.data.as_ptr()
    }

    /// The address of the element whose index is all zeros, for writing; an error when read-only.
    ///
    /// ```
    /// use distarray_protocol::{Buffer, ProtocolError};
    /// assert!(Buffer::from_slice_mut(&mut [1_u8]).as_mut_ptr().is_ok());
    /// assert_eq!(Buffer::from_slice(&[1_u8]).as_mut_ptr(), Err(ProtocolError::ReadOnly));
    /// ```
    pub fn as_mut_ptr(&mut self) -> Result<*mut u8, ProtocolError> {
        self.check_writable()?;
        Ok(self.data.as_ptr())
    }

    /// All elements as a slice in C order; no copy.
    ///
    /// An error when the elements are not `T` in native byte order, not C-contiguous or not aligned. Booleans are
    /// looked through first (one pass), since foreign memory may hold bytes that are neither 0 nor 1.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let data = [1.0, 2.0];
    /// let buffer = Buffer::from_slice(&data);
    /// assert_eq!(buffer.as_slice::<f64>()?, [1.0, 2.0]);
    /// assert!(buffer.as_slice::<i64>().is_err());
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn as_slice<T: BufferElement>(&self) -> Result<&[T], ProtocolError> {
        self.check_slice::<T>()?;
        // SAFETY: `len` initialised elements of plain data lie one after another from an aligned address, and
        // are values of `T` (all checked above); they are not written while `self` is borrowed.
        Ok(unsafe { std::slice::from_raw_parts(self.slice_start(), self.len()) })
    }

    /// All elements as a slice that lasts as long as the memory, where that is borrowed and shared.
    ///
    /// `None` for a writable buffer, for one that owns its elements, and where
    /// [`as_slice`](Self::as_slice) has an error.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let data = [4, 2];
    /// let slice = Buffer::from_slice(&data).borrowed_slice::<i32>();
    /// assert_eq!(slice, Some(&data[..]));
    /// assert_eq!(Buffer::from_vec(vec![4, 2]).borrowed_slice::<i32>(), None);
    /// ```
    pub fn borrowed_slice<T: BufferElement>(&self) -> Option<&'a [T]> {
        if self.writable || self.owner.is_some() || self.check_slice::<T>().is_err() {
            return None;
        }
        // SAFETY: as in `as_slice`; a read-only buffer without an owner shares its memory for all of `'a`.
        Some(unsafe { std::slice::from_raw_parts(self.slice_start(), self.len()) })
    }

    /// All elements as a slice for writing, in C order; no copy.
    ///
    /// An error when read-only, and as for [`as_slice`](Self::as_slice).
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let mut data = [1_i8, 2];
    /// Buffer::from_slice_mut(&mut data).as_mut_slice::<i8>()?.fill(7);
    /// assert_eq!(data, [7, 7]);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn as_mut_slice<T: BufferElement>(&mut self) -> Result<&mut [T], ProtocolError> {
        self.check_writable()?;
        self.check_slice::<T>()?;
        // SAFETY: as in `as_slice`; a writable buffer has its memory to itself, and `self` is borrowed mutably.
        Ok(unsafe { std::slice::from_raw_parts_mut(self.slice_start(), self.len()) })
    }

    /// One element, whatever its alignment, strides and byte order.
    ///
    /// An error when the elements are not `T` or the index is outside.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let buffer = Buffer::from_slice(&[true, false]);
    /// assert!(buffer.read::<bool>(&[0])?);
    /// assert!(buffer.read::<bool>(&[2]).is_err());
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn read<T: BufferElement>(&self, index: &[usize]) -> Result<T, ProtocolError> {
        self.check_kind::<T>()?;
        let offset = self.byte_offset(index)?;
        Ok(T::decode(self.bytes_at(offset), self.format.order()))
    }

    /// Stores one element, whatever its alignment, strides and byte order.
    ///
    /// An error when read-only, when the elements are not `T`, or the index is outside.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let mut data = [[0.0, 1.0]];
    /// Buffer::from_slice_mut(&mut data).write(&[0], [2.0, 3.0])?;
    /// assert_eq!(data, [[2.0, 3.0]]);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn write<T: BufferElement>(
        &mut self,
        index: &[usize],
        value: T,
    ) -> Result<(), ProtocolError> {
        self.check_writable()?;
        self.check_kind::<T>()?;
        let offset = self.byte_offset(index)?;
        let first = self.data.as_ptr().wrapping_offset(offset);
        // SAFETY: `offset` is that of an element within the shape; a writable buffer has its memory to itself, and
        // `self` is borrowed mutably.
        let bytes = unsafe { std::slice::from_raw_parts_mut(first, self.itemsize()) };
        value.encode(bytes, self.format.order());
        Ok(())
    }

    /// All elements in C order, one by one; an error when they are not `T`.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let columns = Buffer::strided(&[1, 2, 3, 4], 0, &[2, 2], &[4, 8])?;
    /// assert_eq!(columns.elements::<i32>()?.collect::<Vec<_>>(), [1, 3, 2, 4]);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn elements<T: BufferElement>(
        &self,
    ) -> Result<impl ExactSizeIterator<Item = T> + '_, ProtocolError> {
        self.check_kind::<T>()?;
        Ok(self.element_bytes().map(|bytes| T::decode(bytes, self.format.order())))
    }

    /// All elements in C order as 128-bit integers; an error when they are no integers.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let buffer = Buffer::from_slice(&[u64::MAX, 0]);
    /// assert_eq!(buffer.integers()?, [i128::from(u64::MAX), 0]);
    /// assert!(Buffer::from_slice(&[1.0]).integers().is_err());
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn integers(&self) -> Result<Vec<i128>, ProtocolError> {
        Ok(match self.format.kind() {
            ElementKind::I8 => self.elements::<i8>()?.map(i128::from).collect(),
            ElementKind::I16 => self.elements::<i16>()?.map(i128::from).collect(),
            ElementKind::I32 => self.elements::<i32>()?.map(i128::from).collect(),
            ElementKind::I64 => self.elements::<i64>()?.map(i128::from).collect(),
            ElementKind::U8 => self.elements::<u8>()?.map(i128::from).collect(),
            ElementKind::U16 => self.elements::<u16>()?.map(i128::from).collect(),
            ElementKind::U32 => self.elements::<u32>()?.map(i128::from).collect(),
            ElementKind::U64 => self.elements::<u64>()?.map(i128::from).collect(),
            _ => {
                return Err(ProtocolError::ElementType {
                    expected: "an integer format".to_owned(),
                    found: self.format.code(),
                });
            }
        })
    }

    /// The distance of an element from the one whose index is all zeros, in bytes.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// assert_eq!(Buffer::new(&[0_u16; 6], &[2, 3])?.byte_offset(&[1, 2])?, 10);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn byte_offset(&self, index: &[usize]) -> Result<isize, ProtocolError> {
        let inside =
            index.len() == self.ndim() && index.iter().zip(&self.shape).all(|(i, n)| i < n);
        if !inside {
            return Err(ProtocolError::Index { index: index.to_vec(), shape: self.shape.clone() });
        }
        Ok(index.iter().zip(&self.strides).map(|(&i, &stride)| i as isize * stride).sum())
    }

    /// A copy of the elements in C order, in memory of its own, in the same byte order; one pass.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let copy = Buffer::strided(&[1, 2, 3], 2, &[3], &[-4])?.to_contiguous();
    /// assert_eq!(copy.as_slice::<i32>()?, [3, 2, 1]);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn to_contiguous(&self) -> Buffer<'static> {
        // Words of 8 bytes are aligned for every kind of element.
        let mut words = vec![0_u64; self.byte_len().div_ceil(8)];
        let mut bytes = self.element_bytes().flatten().copied();
        for word in &mut words {
            let mut raw = [0; 8];
            raw.iter_mut().zip(&mut bytes).for_each(|(to, from)| *to = from);
            *word = u64::from_ne_bytes(raw);
        }
        Buffer::owning(words, self.format, &self.shape)
    }

    /// The same elements stored in another byte order; a copy where the order differs.
    pub(crate) fn into_order(self, order: ByteOrder) -> Buffer<'a> {
        let format = ElementFormat::new(self.format.kind(), order);
        if format == self.format {
            return self;
        }
        let bytes: Vec<u8> =
            self.element_bytes().flat_map(|bytes| self.format.in_order(bytes, order)).collect();
        Buffer::owning(bytes, format, &self.shape)
    }

    /// The bytes of every element, in C order.
    pub(crate) fn element_bytes(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        Offsets::new(&self.shape, &self.strides).map(|offset| self.bytes_at(offset))
    }

    /// The bytes of the element at `offset`, which is that of an index within the shape.
    fn bytes_at(&self, offset: isize) -> &[u8] {
        let first = self.data.as_ptr().wrapping_offset(offset);
        // SAFETY: the element's bytes are initialised memory (the invariant of `data`) and not written while `self`
        // is borrowed.
        unsafe { std::slice::from_raw_parts(first, self.itemsize()) }
    }

    /// Where a slice of `T` starts; any aligned address will do for an empty one.
    fn slice_start<T>(&self) -> *mut T {
        let start = if self.is_empty() { NonNull::dangling() } else { self.data.cast() };
        start.as_ptr()
    }

    fn check_writable(&self) -> Result<(), ProtocolError> {
        if self.writable { Ok(()) } else { Err(ProtocolError::ReadOnly) }
    }

    fn check_kind<T: BufferElement>(&self) -> Result<(), ProtocolError> {
        if self.format.kind() == T::KIND {
            return Ok(());
        }
        Err(ProtocolError::ElementType { expected: T::format().code(), found: self.format.code() })
    }

    fn check_slice<T: BufferElement>(&self) -> Result<(), ProtocolError> {
        if self.format != T::format() {
            return Err(ProtocolError::ElementType {
                expected: T::format().code(),
                found: self.format.code(),
            });
        }
        let refuse = |reason: &str| ProtocolError::Layout {
            shape: self.shape.clone(),
            strides: self.strides.clone(),
            reason: reason.to_owned(),
        };
        if !self.is_c_contiguous() {
            return Err(refuse("not C-contiguous, so not a slice"));
        }
        if !self.slice_start::<T>().is_aligned() {
            return Err(refuse("the address is not aligned for the element"));
        }
        if T::KIND == ElementKind::Bool && !self.element_bytes().all(T::is_valid) {
            return Err(refuse("holds bytes that are no boolean"));
        }
        Ok(())
    }
}
