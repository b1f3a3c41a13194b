//! [`Mailbox`]: messages between two ranks that their receiver has not taken yet.

use std::collections::{BTreeMap, VecDeque};

use distarray_core::comm::Call;

use crate::sync::{Mutex, lock};

/// What was sent to one rank of a group, by sender and tag, in the order sent.
#[derive(Debug)]
pub(crate) struct Mailbox<Tag, Message>(Mutex<BTreeMap<(usize, Tag), VecDeque<Message>>>);

/// The messages of users, by their tags.
pub(crate) type Letters = Mailbox<u16, Vec<u8>>;

/// The messages of exchanges that have been started, by the exchanges' numbers.
pub(crate) type Parcels = Mailbox<u64, Parcel>;

/// A copy of what an exchange sends from one rank to another, and the sender's call.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) call: Call,
    pub(crate) bytes: Vec<u8>,
}

impl<Tag: Ord, Message> Default for Mailbox<Tag, Message> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<Tag: Copy + Ord, Message> Mailbox<Tag, Message> {
    pub(crate) fn put(&self, from: usize, tag: Tag, message: Message) {
        let mut waiting = lock(&self.0);
        waiting.entry((from, tag)).or_default().push_back(message);
    }

    pub(crate) fn has(&self, from: usize, tag: Tag) -> bool {
        lock(&self.0).contains_key(&(from, tag))
    }

    pub(crate) fn take(&self, from: usize, tag: Tag) -> Option<Message> {
        let mut waiting = lock(&self.0);
        let queue = waiting.get_mut(&(from, tag))?;
        let message = queue.pop_front();
        if queue.is_empty() {
            waiting.remove(&(from, tag));
        }
        message
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn messages_come_in_order_for_each_sender_and_tag() {
        let mailbox = Letters::default();
        for (from, tag, byte) in [(0, 1, 10), (2, 1, 20), (0, 1, 11), (0, 9, 12)] {
            mailbox.put(from, tag, vec![byte]);
        }
        assert_eq!(mailbox.take(0, 9), Some(vec![12]));
        assert_eq!(mailbox.take(0, 1), Some(vec![10]));
        assert_eq!(mailbox.take(0, 1), Some(vec![11]));
        assert_eq!(mailbox.take(0, 1), None);
        assert!(mailbox.has(2, 1) && !mailbox.has(0, 1) && !mailbox.has(2, 9));
        assert_eq!(mailbox.take(2, 1), Some(vec![20]));
        assert!(mailbox.0.lock().unwrap().is_empty(), "nothing is kept for empty queues");
    }
}
