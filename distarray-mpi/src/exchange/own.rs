//! [`Own`]: the message of a rank to itself, copied while the others travel.

use distarray_core::Result;
use distarray_core::comm::{Cursor, Memory, Message};

use crate::communicator::MpiCommunicator;

/// Bytes that are copied before the next look at what travels: few, as others wait for it; a multiple
/// of the size of every element.
const AT_ONCE: usize = 96 << 10;

/// What is left to copy from the rank to itself.
pub(super) struct Own<'a> {
    /// Both sides, where there is such a message.
    sides: Option<(Cursor<'a>, Cursor<'a>)>,
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
        Ok(Self { sides: from.map(Cursor::new).zip(to.map(Cursor::new)) })
    }

    /// Bytes that are left.
    pub(super) fn left(&self) -> usize {
        self.sides.as_ref().map_or(0, |(from, _)| from.left())
    }

    /// Copies the next bytes; false where none are left.
    pub(super) fn copy_some(&mut self, memory: &Memory<'_>) -> bool {
        let bytes = self.left().min(AT_ONCE);
        let Some((from, to)) = self.sides.as_mut().filter(|_| bytes > 0) else { return false };
        // SAFETY: all parts lie in their memory, which was checked; nothing that is sent may be
        // received too.
        unsafe { from.copy_to(memory.source().0, to, memory.target().0, bytes) };
        true
    }
}
