//! [`Own`]: the message of a rank to itself, copied while the others travel.

use distarray_core::Result;
use distarray_core::comm::{Memory, Message, copy_piece};

use crate::communicator::MpiCommunicator;

/// Bytes that are copied before the next look at what travels.
const AT_ONCE: usize = 2 << 20;

/// What is left to copy from the rank to itself.
pub(super) struct Own<'a> {
    /// Both sides, where there is such a message.
    sides: Option<(&'a Message, &'a Message)>,
    length: usize,
    copied: usize,
}

impl<'a> Own<'a> {
    /// An error where the sides differ in length.
    pub(super) fn new(
        comm: &MpiCommunicator,
        sends: &'a [Message],
        receives: &'a [Message],
    ) -> Result<Self> {
        let own = |messages: &'a [Message]| messages.iter().find(|m| m.peer == comm.rank);
        let (from, to) = (own(sends), own(receives));
        let (sent, expected) = (from.map_or(0, Message::bytes), to.map_or(0, Message::bytes));
        if sent != expected {
            return Err(comm.mismatch(comm.rank, &sent.to_string(), &expected.to_string()));
        }
        Ok(Self { sides: from.zip(to), length: sent, copied: 0 })
    }

    /// Copies the next bytes; false where none are left.
    pub(super) fn copy_some(&mut self, memory: &Memory<'_>) -> bool {
        let Some((from, to)) = self.sides.filter(|_| self.copied < self.length) else {
            return false;
        };
        let bytes = self.copied..self.length.min(self.copied + AT_ONCE);
        self.copied = bytes.end;
        let (from, to) = (from.excerpt(bytes.clone()), to.excerpt(bytes));
        // SAFETY: all parts lie in their memory, which was checked; nothing that is sent may be
        // received too.
        unsafe { copy_piece(memory.source().0, &from, memory.target().0, &to, self.length) };
        true
    }
}
