//! Buffers: one process's section of an array, described where it lies.

mod access;
mod build;
mod layout;

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::Arc;

use crate::ElementFormat;

/// A view of the memory of an array: address, element format, shape and byte strides, as in PEP 3118.
///
/// Nothing is copied on building, moving or viewing one. It borrows the memory for `'a`, shared when it is
/// read-only and exclusively when it is [writable](Self::is_writable); one built [from a vector](Self::from_vec)
/// owns it. Strides are in bytes and of any sign. Cloning a read-only buffer shares its memory; cloning a
/// writable one, which is exclusive, copies the elements into a read-only buffer of its own.
///
/// ```
/// use distarray_protocol::Buffer;
///
/// let data = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
/// let buffer = Buffer::new(&data, &[2, 3])?;
/// assert_eq!(buffer.strides(), [24, 8]);
/// assert_eq!(buffer.read::<f64>(&[1, 2])?, 5.0);
/// assert_eq!(buffer.as_slice::<f64>()?.as_ptr(), data.as_ptr());
/// # Ok::<(), distarray_protocol::ProtocolError>(())
/// ```
///
/// The memory cannot go away under it:
///
/// ```compile_fail,E0505
/// use distarray_protocol::Buffer;
///
/// let data = vec![1_u8, 2];
/// let buffer = Buffer::from_slice(&data);
/// drop(data);
/// assert_eq!(buffer.len(), 2);
/// ```
pub struct Buffer<'a> {
    /// The element whose index is all zeros.
    ///
    /// Invariant: while `'a` lasts, the bytes of every element that `shape` and `strides` reach from here are
    /// initialised memory of one allocation, written by no one else, and read by no one else if `writable`.
    data: NonNull<u8>,
    format: ElementFormat,
    shape: Vec<usize>,
    strides: Vec<isize>,
    /// Invariant: never true of a buffer with an owner, whose memory clones share.
    writable: bool,
    owner: Option<Arc<dyn Any + Send + Sync>>,
    memory: PhantomData<&'a mut [u8]>,
}

// SAFETY: a buffer is a `&'a [u8]` or `&'a mut [u8]` over plain numbers (see the invariant of `data`), or
// shares an owner that is itself `Send` and `Sync`.
unsafe impl Send for Buffer<'_> {}

// SAFETY: as above; through `&Buffer` the memory is only read.
unsafe impl Sync for Buffer<'_> {}

impl<'a> Buffer<'a> {
    /// What one element is.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// assert_eq!(Buffer::from_slice(&[1.5_f32]).format().code(), "f");
    /// ```
    pub fn format(&self) -> ElementFormat {
        self.format
    }

    /// The size of one element, in bytes.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// assert_eq!(Buffer::from_slice(&[[0.0_f64, 1.0]]).itemsize(), 16);
    /// ```
    pub fn itemsize(&self) -> usize {
        self.format.itemsize()
    }

    /// The number of elements along each axis.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// assert_eq!(Buffer::from_slice(&[1_i8, 2]).shape(), [2]);
    /// ```
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The distance between neighbours along each axis, in bytes.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// assert_eq!(Buffer::from_slice(&[1_i16, 2]).strides(), [2]);
    /// ```
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// The number of axes.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// assert_eq!(Buffer::new(&[7_u8], &[])?.ndim(), 0);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// The number of elements; one for a buffer without axes.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// assert_eq!(Buffer::new(&[0_u8; 6], &[2, 3])?.len(), 6);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn len(&self) -> usize {
        if self.is_empty() { 0 } else { self.shape.iter().product() }
    }

    /// Whether there is no element.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// assert!(Buffer::new(&[0_u8; 0], &[2, 0])?.is_empty());
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }

    /// The size of all elements laid side by side, in bytes.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// assert_eq!(Buffer::from_slice(&[1.0, 2.0]).byte_len(), 16);
    /// ```
    pub fn byte_len(&self) -> usize {
        self.len() * self.itemsize()
    }

    /// Whether the elements may be written through this buffer.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// assert!(Buffer::from_slice_mut(&mut [1]).is_writable());
    /// assert!(!Buffer::from_slice(&[1]).is_writable());
    /// ```
    pub fn is_writable(&self) -> bool {
        self.writable
    }

    /// Whether the elements lie one after another, the last axis varying fastest.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// assert!(!Buffer::strided(&[1_u8, 2, 3], 0, &[2], &[2])?.is_c_contiguous());
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn is_c_contiguous(&self) -> bool {
        let axes = self.shape.iter().copied().zip(self.strides.iter().copied());
        layout::is_contiguous(axes.rev(), self.itemsize())
    }

    /// Whether the elements lie one after another, the first axis varying fastest.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// assert!(Buffer::strided(&[1_u8, 2, 3, 4], 0, &[2, 2], &[1, 2])?.is_f_contiguous());
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn is_f_contiguous(&self) -> bool {
        let axes = self.shape.iter().copied().zip(self.strides.iter().copied());
        layout::is_contiguous(axes, self.itemsize())
    }

    /// A read-only view of the same memory; nothing is copied.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let mut data = [1, 2];
    /// let buffer = Buffer::from_slice_mut(&mut data);
    /// assert_eq!(buffer.view().as_ptr(), buffer.as_ptr());
    /// assert!(!buffer.view().is_writable());
    /// ```
    pub fn view(&self) -> Buffer<'_> {
        self.alias(false)
    }

    /// A view of the same memory, writable if this buffer is; nothing is copied.
    ///
    /// ```
    /// use distarray_protocol::Buffer;
    /// let mut data = [1, 2];
    /// let mut buffer = Buffer::from_slice_mut(&mut data);
    /// buffer.view_mut().write(&[0], 5)?;
    /// assert_eq!(data, [5, 2]);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn view_mut(&mut self) -> Buffer<'_> {
        self.alias(self.writable)
    }

    /// The same memory once more.
    ///
    /// The caller holds the invariant of `data`: for the lifetime it picks, either no alias is writable or this
    /// buffer cannot be used.
    fn alias<'b>(&self, writable: bool) -> Buffer<'b> {
        Buffer {
            data: self.data,
            format: self.format,
            shape: self.shape.clone(),
            strides: self.strides.clone(),
            writable,
            owner: self.owner.as_ref().map(Arc::clone),
            memory: PhantomData,
        }
    }
}

impl Clone for Buffer<'_> {
    fn clone(&self) -> Self {
        // Read-only memory is shared for all of `'a`, not only for this borrow.
        if self.writable { self.to_contiguous() } else { self.alias(false) }
    }
}

/// Equal shapes, equal kinds and the same bits in every element; memory order and byte order do not count.
impl PartialEq for Buffer<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape
            && self.format.kind() == other.format.kind()
            && self.element_bytes().zip(other.element_bytes()).all(|(a, b)| {
                if self.format == other.format {
                    a == b
                } else {
                    self.format.in_order(a, other.format.order()) == b
                }
            })
    }
}

impl fmt::Debug for Buffer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer")
            .field("data", &self.data)
            .field("format", &self.format.code())
            .field("shape", &self.shape)
            .field("strides", &self.strides)
            .field("writable", &self.writable)
            .finish_non_exhaustive()
    }
}
