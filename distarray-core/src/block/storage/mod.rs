//! [`Storage`]: memory that blocks share.

mod allocation;
mod kept;
mod small;

use std::any::Any;
use std::fmt;
use std::ptr::NonNull;

use allocation::Allocation;

use crate::error::{Error, Result};

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
    /// The storage itself: the allocation that the pointer lies in. Only a drop takes it.
    Allocation(Option<Allocation>),
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
        if let Some(kept) = kept::take(bytes) {
            // SAFETY: the piece has room for so many bytes.
            unsafe { kept.pointer().write_bytes(0, bytes) };
            return Ok(Self::of(kept, bytes));
        }
        Self::fresh(bytes)
    }

    /// Memory of any bytes, initialised, but perhaps no valid elements. Whoever asks for it writes
    /// all of it before anything is read.
    ///
    /// # Errors
    /// There is not so much memory.
    pub(crate) fn unfilled(bytes: usize) -> Result<Self> {
        match kept::take(bytes) {
            Some(kept) => Ok(Self::of(kept, bytes)),
            None => Self::fresh(bytes),
        }
    }

    /// Zeroed memory from the allocator.
    fn fresh(bytes: usize) -> Result<Self> {
        if bytes == 0 {
            let pointer = NonNull::<Aligned>::dangling().cast();
            return Ok(Self { pointer, bytes, writable: true, owner: Owner::Nothing });
        }
        // What is kept may be what is missing.
        let room = small::rounded(bytes);
        let again = || kept::release().then(|| Allocation::zeroed(room)).flatten();
        let allocation = Allocation::zeroed(room).or_else(again);
        let allocation = allocation.ok_or_else(|| {
            Error::Memory(format!("cannot allocate {bytes} bytes for one rank's part"))
        })?;
        Ok(Self::of(allocation, bytes))
    }

    fn of(allocation: Allocation, bytes: usize) -> Self {
        debug_assert!(allocation.room() >= bytes, "an allocation has room for its storage");
        let pointer = allocation.pointer();
        Self { pointer, bytes, writable: true, owner: Owner::Allocation(Some(allocation)) }
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
        if let Owner::Allocation(allocation) = &mut self.owner {
            allocation.take().into_iter().for_each(kept::give);
        }
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Storage({} bytes)", self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_memory_is_used_again_and_zeroed_where_zeros_are_asked_for() {
        let bytes = 5 << 20;
        let mut first = Storage::zeroed(bytes).unwrap();
        let place = first.as_ptr();
        first.as_mut_slice().fill(7);
        drop(first);
        let second = Storage::unfilled(bytes - 4096).unwrap();
        assert_eq!((second.as_ptr(), second.len()), (place, bytes - 4096));
        drop(second);
        let third = Storage::zeroed(bytes).unwrap();
        assert_eq!(third.as_ptr(), place);
        assert!(third.as_slice().iter().all(|&byte| byte == 0));
    }
}
