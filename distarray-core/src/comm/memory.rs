//! [`Memory`]: what an exchange reads from and writes to.

use std::marker::PhantomData;

/// The memory of an exchange: a source that is read and a target that is written, or one block
/// that is both.
///
/// ```
/// use distarray_core::comm::{Communicator, Memory, Message, Solo};
///
/// let mut block = [1, 2, 3, 0];
/// let (send, receive) = (Message::contiguous(0, 1..2), Message::contiguous(0, 3..4));
/// // SAFETY: byte 1 is sent, byte 3 received.
/// let memory = unsafe { Memory::within(&mut block) };
/// Solo.exchange(memory, &[send], &[receive])?;
/// assert_eq!(block, [1, 2, 3, 2]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Memory<'a> {
    source: *const u8,
    source_len: usize,
    target: *mut u8,
    target_len: usize,
    borrowed: PhantomData<(&'a [u8], &'a mut [u8])>,
}

impl<'a> Memory<'a> {
    /// Reads from one piece of memory and writes to another.
    pub fn between(source: &'a [u8], target: &'a mut [u8]) -> Self {
        Self {
            source: source.as_ptr(),
            source_len: source.len(),
            target: target.as_mut_ptr(),
            target_len: target.len(),
            borrowed: PhantomData,
        }
    }

    /// Reads from and writes to the same memory.
    ///
    /// # Safety
    /// No byte is both sent and received in one exchange: a peer could read it while it is written.
    pub unsafe fn within(memory: &'a mut [u8]) -> Self {
        let (pointer, len) = (memory.as_mut_ptr(), memory.len());
        Self {
            source: pointer.cast_const(),
            source_len: len,
            target: pointer,
            target_len: len,
            borrowed: PhantomData,
        }
    }

    /// Nothing to read or write, for a rank that only takes part.
    pub fn none() -> Self {
        Self::between(&[], &mut [])
    }

    /// Start and length in bytes of what is read. Valid for reads while this value lives.
    pub fn source(&self) -> (*const u8, usize) {
        (self.source, self.source_len)
    }

    /// Start and length in bytes of what is written. Valid for writes while this value lives; may
    /// be the source itself.
    pub fn target(&self) -> (*mut u8, usize) {
        (self.target, self.target_len)
    }
}
