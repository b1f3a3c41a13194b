//! [`Started`]: an exchange between its start and its end.

use super::{Communicator, Layout, Memory, Message, copy_layouts};
use crate::error::{Error, Result};

/// An exchange that has been started, and not finished yet; made by
/// [`start_exchange`](Communicator::start_exchange).
///
/// ```
/// use distarray_core::comm::{Communicator, Message, Solo};
///
/// let (send, receive) = (Message::contiguous(0, 0..1), Message::contiguous(0, 1..2));
/// let started = Solo.start_exchange(&[7], &[send], &[receive])?;
/// let mut target = [0; 2];
/// Solo.finish_exchange(started, &mut target)?;
/// assert_eq!(target, [0, 7]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "every exchange that was started is finished or abandoned"]
pub struct Started {
    receives: Vec<Message>,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The backend knows it by this number.
    Numbered(u64),
    /// What is to be sent.
    Staged(Staged),
}

/// A copy of what the messages of an exchange send, one message after the other.
///
/// ```
/// use distarray_core::comm::{Message, Staged};
///
/// let staged = Staged::new(&[1, 2, 3, 4], &[Message::contiguous(5, 2..4)])?;
/// assert_eq!(staged.bytes(), [3, 4]);
/// assert_eq!(staged.sends(), [Message::contiguous(5, 0..2)]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Staged {
    bytes: Vec<u8>,
    sends: Vec<Message>,
}

impl Staged {
    /// Copies what the messages send.
    ///
    /// # Errors
    /// A message does not lie in the source.
    pub fn new(source: &[u8], sends: &[Message]) -> Result<Self> {
        check_lies_in("sends", sends, source.len())?;
        let mut bytes = vec![0; sends.iter().map(Message::bytes).sum()];
        let mut at = 0;
        let stage = |message: &Message| {
            let place = at..at + message.bytes();
            at = place.end;
            let to = [Layout::contiguous(place.clone())];
            // SAFETY: the parts lie in the source, as was checked; the copy is new memory that has
            // room for all messages.
            unsafe { copy_layouts(source.as_ptr(), &message.parts, bytes.as_mut_ptr(), &to) };
            Message::contiguous(message.peer, place)
        };
        let sends = sends.iter().map(stage).collect();
        Ok(Self { bytes, sends })
    }

    /// The copied bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The copied bytes as they are.
    ///
    /// ```
    /// use distarray_core::comm::{Message, Staged};
    ///
    /// let staged = Staged::new(&[1, 2, 3], &[Message::contiguous(0, 1..3)])?;
    /// assert_eq!(staged.into_bytes(), [2, 3]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The messages, each a contiguous piece of the copied bytes.
    pub fn sends(&self) -> &[Message] {
        &self.sends
    }
}

/// Refuses messages that do not lie in a memory of so many bytes.
fn check_lies_in(verb: &str, messages: &[Message], length: usize) -> Result<()> {
    for message in messages {
        if let Some(part) = message.parts.iter().find(|part| !part.fits(length)) {
            return Err(Error::index(format!(
                "{verb} bytes {:?} of a memory of {length} bytes",
                part.hull()
            )));
        }
    }
    Ok(())
}

impl Started {
    /// An exchange that the backend knows by a number, and what it will receive.
    ///
    /// ```
    /// assert_eq!(distarray_core::comm::Started::numbered(3, vec![]).number(), Some(3));
    /// ```
    pub fn numbered(number: u64, receives: Vec<Message>) -> Self {
        Self { receives, state: State::Numbered(number) }
    }

    /// The number that the backend gave.
    pub fn number(&self) -> Option<u64> {
        match self.state {
            State::Numbered(number) => Some(number),
            State::Staged(_) => None,
        }
    }

    /// The messages that will be received; their layouts count from the start of the memory that
    /// the exchange is finished with.
    pub fn receives(&self) -> &[Message] {
        &self.receives
    }
}

/// The default start of an exchange: keeps a copy of what is to be sent.
pub(super) fn start(source: &[u8], sends: &[Message], receives: &[Message]) -> Result<Started> {
    let state = State::Staged(Staged::new(source, sends)?);
    Ok(Started { receives: receives.to_vec(), state })
}

/// The default end of an exchange: all of it.
pub(super) fn finish(comm: &dyn Communicator, started: Started, target: &mut [u8]) -> Result<()> {
    let State::Staged(staged) = &started.state else {
        return Err(Error::argument("the exchange was started with another communicator"));
    };
    comm.exchange(Memory::between(&staged.bytes, target), &staged.sends, &started.receives)
}
