//! [`Storage`]: memory that blocks share.

use std::alloc::{self, Layout};
use std::any::Any;
use std::fmt;
use std::ptr::NonNull;

use crate::error::{Error, Result};

/// Alignment of allocated storage: a cache line, and the widest vector register.
pub(crate) const ALIGNMENT: usize = 64;

/// A piece of memory whose bytes are initialised, allocated here or adopted from the user.
pub struct Storage {
    pointer: NonNull<u8>,
    bytes: usize,
    writable: bool,
    owner: Owner,
}

/// Who frees the memory.
enum Owner {
    /// Nobody: there is none.
    Nothing,
    /// The storage itself: the allocation that the pointer lies in.
    Allocation(NonNull<u8>, Layout),
    /// A value that the memory belongs to.
    Adopted(#[expect(dead_code, reason = "held for its drop")] Box<dyn Any + Send + Sync>),
}

// SAFETY: the memory is owned; it is written through `&mut Storage` only.
unsafe impl Send for Storage {}
// SAFETY: as above: `&Storage` only reads.
unsafe impl Sync for Storage {}

impl Storage {
    /// Zeroed memory; zeros are a valid value of every element type.
    ///
    /// # Errors
    /// There is not so much memory.
    pub fn zeroed(bytes: usize) -> Result<Self> {
        if bytes == 0 {
            let pointer = NonNull::<Aligned>::dangling().cast();
            return Ok(Self { pointer, bytes, writable: true, owner: Owner::Nothing });
        }
        // Asking for the larger alignment would make the allocator write every zero; this way a
        // large piece comes from the system as untouched pages, which the first writer places.
        let refuse = || Error::Memory(format!("cannot allocate {bytes} bytes for one rank's part"));
        let padded = bytes.checked_add(ALIGNMENT).ok_or_else(refuse)?;
        let layout = Layout::from_size_align(padded, 16).map_err(|_| refuse())?;
        // SAFETY: the layout's size is not zero.
        let start = NonNull::new(unsafe { alloc::alloc_zeroed(layout) }).ok_or_else(refuse)?;
        let shift = start.as_ptr().align_offset(ALIGNMENT);
        // SAFETY: the shift is less than the alignment, by which the allocation is longer.
        let pointer = unsafe { start.add(shift) };
        Ok(Self { pointer, bytes, writable: true, owner: Owner::Allocation(start, layout) })
    }

    /// The memory of a vector, without copying it.
    pub fn adopt<T: crate::element::Element>(mut elements: Vec<T>) -> Self {
        let bytes = size_of_val(&elements[..]);
        let pointer = NonNull::from(&mut elements[..]).cast();
        Self { pointer, bytes, writable: true, owner: Owner::Adopted(Box::new(elements)) }
    }

    /// Memory that belongs to a value, which is kept.
    ///
    /// # Safety
    /// The bytes are initialised, valid while the value lives, and written by nobody else; they may
    /// be written where `writable` says so.
    pub(super) unsafe fn foreign(
        pointer: *mut u8,
        bytes: usize,
        writable: bool,
        owner: Box<dyn Any + Send + Sync>,
    ) -> Self {
        let pointer = NonNull::new(pointer).expect("memory has an address");
        Self { pointer, bytes, writable, owner: Owner::Adopted(owner) }
    }

    /// Whether the memory may be written; else a writer copies it first.
    pub(super) fn is_writable(&self) -> bool {
        self.writable
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.bytes
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Start of the memory, valid for reads of [`len`](Self::len) bytes.
    pub fn as_ptr(&self) -> *const u8 {
        self.pointer.as_ptr()
    }

    /// Start of the memory, valid for reads and writes of [`len`](Self::len) bytes.
    pub fn as_mut_ptr(&mut self) -> *mut u8 {
        self.pointer.as_ptr()
    }

    /// All bytes.
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: the memory is owned and initialised.
        unsafe { std::slice::from_raw_parts(self.as_ptr(), self.bytes) }
    }

    /// All bytes, to be written. Writers leave valid elements: a `bool` is 0 or 1.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        // SAFETY: the memory is owned, initialised, and borrowed by nobody else.
        unsafe { std::slice::from_raw_parts_mut(self.as_mut_ptr(), self.bytes) }
    }
}

/// Gives an empty storage's pointer the alignment of all others.
#[repr(align(64))]
struct Aligned;

impl Drop for Storage {
    fn drop(&mut self) {
        if let Owner::Allocation(start, layout) = self.owner {
            // SAFETY: allocated with this very layout, and freed once.
            unsafe { alloc::dealloc(start.as_ptr(), layout) }
        }
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Storage({} bytes)", self.bytes)
    }
}
