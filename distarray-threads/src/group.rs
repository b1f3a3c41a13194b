//! [`Group`]: what the ranks of one group share.

use std::collections::BTreeMap;
use std::sync::Arc;

use crossbeam_utils::CachePadded;

use crate::mailbox::{Letters, Parcels};
use crate::page::Seat;
use crate::sync::{Mutex, lock};

/// The shared state of a group.
#[derive(Debug)]
pub(crate) struct Group {
    /// The ranks' numbers in the world, by their number here.
    pub(crate) members: Vec<usize>,
    pub(crate) seats: Vec<CachePadded<Seat>>,
    pub(crate) mailboxes: Vec<Letters>,
    pub(crate) parcels: Vec<Parcels>,
    /// Groups made by a split that not all of their ranks have taken yet.
    children: Mutex<BTreeMap<(u64, usize), Child>>,
}

#[derive(Debug)]
struct Child {
    group: Arc<Group>,
    taken: usize,
}

impl Group {
    pub(crate) fn new(members: Vec<usize>) -> Self {
        Self {
            seats: members.iter().map(|_| CachePadded::new(Seat::new())).collect(),
            mailboxes: members.iter().map(|_| Letters::default()).collect(),
            parcels: members.iter().map(|_| Parcels::default()).collect(),
            members,
            children: Mutex::default(),
        }
    }

    /// The group of this colour that the split in collective `sequence` makes; the first of its
    /// ranks to come makes it, the others get the same one.
    pub(crate) fn child(&self, sequence: u64, color: usize, members: &[usize]) -> Arc<Self> {
        let mut children = lock(&self.children);
        let new = || Child { group: Arc::new(Self::new(members.to_vec())), taken: 0 };
        let child = children.entry((sequence, color)).or_insert_with(new);
        child.taken += 1;
        let group = Arc::clone(&child.group);
        if child.taken == members.len() {
            children.remove(&(sequence, color));
        }
        group
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_ranks_of_a_child_get_one_object_and_the_parent_forgets_it() {
        let parent = Group::new(vec![0, 1, 2]);
        let first = parent.child(4, 7, &[2, 0]);
        let other = parent.child(4, 8, &[1]);
        let second = parent.child(4, 7, &[2, 0]);
        assert!(Arc::ptr_eq(&first, &second) && !Arc::ptr_eq(&first, &other));
        assert_eq!(first.members, [2, 0]);
        assert!(parent.children.lock().unwrap().is_empty());
    }
}
