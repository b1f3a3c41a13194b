//! [`Neighbours`]: the ranks of a group that are on one node with this one.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use super::{Expected, Node};

/// Where the ranks of a group are on this rank's node.
pub(crate) struct Neighbours {
    node: Rc<Node>,
    /// By rank of the group: the place on the node; none elsewhere.
    places: Vec<Option<usize>>,
    /// A number that all ranks of the group give it; other groups of the program have others.
    group: u64,
    /// Groups that were split off.
    parts: Cell<u64>,
}

impl fmt::Debug for Neighbours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Neighbours {{ {:?} of {} ranks }}", self.node, self.places.len())
    }
}

impl Neighbours {
    pub(super) fn new(node: Node, places: Vec<Option<usize>>) -> Self {
        Self { node: Rc::new(node), places, group: 1, parts: Cell::new(0) }
    }

    /// The neighbours in a group that is split off: its ranks by their numbers in this one. All ranks
    /// of this group call it as often.
    pub(crate) fn part(&self, members: &[usize]) -> Self {
        let places = members.iter().map(|&rank| self.places[rank]).collect();
        let first = members.iter().min().copied().unwrap_or(0);
        let group = mixed(mixed(self.group, self.parts.get()), first as u64);
        Self { node: Rc::clone(&self.node), places, group, parts: Cell::new(0) }
    }

    /// Counts a division of the group, once it is made: on all its ranks.
    pub(crate) fn divided(&self) {
        self.parts.set(self.parts.get() + 1);
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    pub(crate) fn group(&self) -> u64 {
        self.group
    }

    /// The place of a rank on this rank's node.
    pub(crate) fn place(&self, rank: usize) -> Option<usize> {
        self.places.get(rank).copied().flatten()
    }

    /// The ranks of the group on this node, with their places.
    pub(crate) fn ranks(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.places.iter().enumerate().filter_map(|(rank, place)| Some((rank, (*place)?)))
    }

    /// A message of an exchange, from a place on the node.
    pub(crate) fn message(&self, from: usize, exchange: u64) -> Expected {
        (from, self.group, exchange)
    }
}

/// Both numbers in one, by the finalizer of splitmix64 (Steele, Lea and Flood, 2014).
fn mixed(a: u64, b: u64) -> u64 {
    let mut bits = a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
