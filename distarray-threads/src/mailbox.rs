//! [`Mailbox`]: messages between two ranks that their receiver has not taken yet.

use std::collections::{BTreeMap, VecDeque};

use crate::sync::{Mutex, lock};

/// What was sent to one rank of a group, by sender and tag, in the order sent.
#[derive(Debug, Default)]
pub(crate) struct Mailbox(Mutex<BTreeMap<(usize, u16), Queue>>);

type Queue = VecDeque<Vec<u8>>;

impl Mailbox {
    pub(crate) fn put(&self, from: usize, tag: u16, bytes: Vec<u8>) {
        let mut waiting = lock(&self.0);
        waiting.entry((from, tag)).or_default().push_back(bytes);
    }

    pub(crate) fn has(&self, from: usize, tag: u16) -> bool {
        lock(&self.0).contains_key(&(from, tag))
    }

    pub(crate) fn take(&self, from: usize, tag: u16) -> Option<Vec<u8>> {
        let mut waiting = lock(&self.0);
        let queue = waiting.get_mut(&(from, tag))?;
        let bytes = queue.pop_front();
        if queue.is_empty() {
            waiting.remove(&(from, tag));
        }
        bytes
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn messages_come_in_order_for_each_sender_and_tag() {
        let mailbox = Mailbox::default();
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
