//! [`Condition`]: what a rank waits for, and [`Wait`], a rank's wait as every rank can look at it.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Instant;

use distarray_core::comm::Call;

use crate::group::Group;
use crate::sync::Ordering;

/// Who ends a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The rank with this number in the world, and no other.
    Rank(usize),
    /// The others that read this rank's memory. They do so without waiting for anyone.
    Readers,
}

/// What a rank of a group waits for; peers by their numbers in the group. Once it holds, it does so
/// until the waiting rank goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Condition {
    /// The peer has entered the group's collective of this number.
    Entry { peer: usize, sequence: u64 },
    /// The peer has sent a message with this tag.
    Message { peer: usize, tag: u16 },
    /// The peer has started the exchange of this number, which is finished in a call of its own.
    Parcel { peer: usize, number: u64 },
    /// The peer has copied what this rank sends it in the exchange of this number.
    Copied { peer: usize, sequence: u64 },
    /// All have read what this rank shows in the collective of this number.
    Read { sequence: u64 },
}

impl Condition {
    pub(crate) fn source(self, group: &Group) -> Source {
        match self {
            Self::Entry { peer, .. }
            | Self::Message { peer, .. }
            | Self::Parcel { peer, .. }
            | Self::Copied { peer, .. } => Source::Rank(group.members[peer]),
            Self::Read { .. } => Source::Readers,
        }
    }

    /// Whether the rank of the group need not wait any more.
    ///
    /// # Safety
    /// The rank is in the collective that the condition names, if it names one that the rank has
    /// published, and does not leave it meanwhile.
    pub(crate) unsafe fn holds(self, group: &Group, rank: usize) -> bool {
        // SAFETY: the page is that of the collective in which the rank is and stays.
        let page = |sequence| unsafe { group.seats[rank].page(sequence) };
        match self {
            Self::Entry { peer, sequence } => group.seats[peer].entered() > sequence,
            Self::Message { peer, tag } => group.mailboxes[rank].has(peer, tag),
            Self::Parcel { peer, number } => group.parcels[rank].has(peer, number),
            Self::Copied { peer, sequence } => {
                let sent = page(sequence).sent_to(peer);
                sent.is_none_or(|message| message.is_copied.load(Ordering::Acquire))
            }
            Self::Read { sequence } => page(sequence).loan.is_returned(),
        }
    }
}

/// A rank's wait.
#[derive(Clone, Debug)]
pub(crate) struct Wait {
    pub(crate) call: Call,
    pub(crate) group: Arc<Group>,
    /// The waiting rank in the group.
    pub(crate) rank: usize,
    pub(crate) condition: Condition,
    /// When it went to sleep.
    pub(crate) since: Instant,
}

impl Wait {
    pub(crate) fn source(&self) -> Source {
        self.condition.source(&self.group)
    }

    /// The call, and its group where that is not the whole world of so many ranks: `barrier in the
    /// program (group of ranks 0, 2)`.
    pub(crate) fn place(&self, world: usize) -> String {
        /// Ranks of a group that are listed; more are only counted.
        const LISTED: usize = 16;
        let mut text = self.call.to_string();
        let members = &self.group.members;
        if members.len() < world || !members.is_sorted() {
            let names: Vec<String> = members.iter().take(LISTED).map(usize::to_string).collect();
            let _ = write!(text, " (group of ranks {}", names.join(", "));
            if members.len() > LISTED {
                let _ = write!(text, " and {} more", members.len() - LISTED);
            }
            text.push(')');
        }
        text
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use distarray_core::comm::CallKind;

    use super::*;

    #[test]
    fn a_wait_names_its_group_where_that_is_not_the_world() {
        let place = |members: Vec<usize>, world| {
            let condition = Condition::Entry { peer: 0, sequence: 0 };
            let (call, group) = (Call::now(CallKind::Barrier), Arc::new(Group::new(members)));
            Wait { call, group, rank: 0, condition, since: Instant::now() }.place(world)
        };
        assert_eq!(place(vec![0, 1], 2), "barrier in the program");
        assert_eq!(place(vec![0, 1], 3), "barrier in the program (group of ranks 0, 1)");
        assert_eq!(place(vec![1, 0], 2), "barrier in the program (group of ranks 1, 0)");
        let many = place((2..40).collect(), 40);
        assert!(many.ends_with("16, 17 and 22 more)"), "{many}");
    }

    #[test]
    fn a_condition_holds_when_its_peer_has_done_it() {
        let group = Group::new(vec![3, 5]);
        let call = Call::now(CallKind::Barrier);
        let holds = |condition: Condition| {
            // SAFETY: rank 0 enters collective 0 below, before it is asked about that.
            unsafe { condition.holds(&group, 0) }
        };
        let (entry, message) =
            (Condition::Entry { peer: 1, sequence: 0 }, Condition::Message { peer: 1, tag: 7 });
        assert_eq!(entry.source(&group), Source::Rank(5));
        assert!(!holds(entry) && !holds(message));
        for seat in &group.seats {
            // SAFETY: each enters its first collective.
            unsafe { seat.publish(0, call, |_| {}) };
        }
        group.mailboxes[0].put(1, 7, vec![]);
        assert!(holds(entry) && holds(message));
        assert!(holds(Condition::Read { sequence: 0 }), "nothing was lent");
    }
}
