//! Random programs: calls in several groups, with messages and exchanges, in one order that all
//! ranks follow, so that they come to their end; and programs in which one rank departs from it.

mod legal;
mod perform;

pub(crate) use legal::legal;
pub(crate) use perform::perform;

/// Numbers that look random, the same for the same seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// A call of one rank, in a group by its number.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Call {
    Barrier {
        group: usize,
    },
    Gather {
        group: usize,
        bytes: usize,
    },
    Broadcast {
        group: usize,
        root: usize,
        bytes: usize,
    },
    Reduce {
        group: usize,
        elements: usize,
    },
    Split {
        group: usize,
        parts: usize,
    },
    /// Messages to and from ranks of the group, of so many bytes.
    Exchange {
        group: usize,
        sends: Vec<(usize, usize)>,
        receives: Vec<(usize, usize)>,
    },
    Send {
        group: usize,
        to: usize,
        tag: u16,
        number: u64,
    },
    Receive {
        group: usize,
        from: usize,
        tag: u16,
        number: u64,
    },
    /// Something that takes a while.
    Compute {
        steps: usize,
    },
}

impl Call {
    /// The group, if all of it meets in the call sooner or later.
    pub(crate) fn collective(&self) -> Option<usize> {
        match *self {
            Self::Barrier { group }
            | Self::Gather { group, .. }
            | Self::Broadcast { group, .. }
            | Self::Reduce { group, .. }
            | Self::Split { group, .. }
            | Self::Exchange { group, .. } => Some(group),
            Self::Send { .. } | Self::Receive { .. } | Self::Compute { .. } => None,
        }
    }
}

/// What all ranks do.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// The groups: the world, and for each split of it the colours and keys of all ranks. A rank is
    /// in one group of each.
    pub(crate) splits: Vec<Vec<(usize, usize)>>,
    /// Each rank's calls.
    pub(crate) calls: Vec<Vec<Call>>,
}

impl Program {
    pub(crate) fn ranks(&self) -> usize {
        self.calls.len()
    }

    /// The ranks of the group that a rank is in, by their numbers in the world; group 0 is the
    /// world, group `n` that of split `n - 1`.
    pub(crate) fn members(&self, group: usize, rank: usize) -> Vec<usize> {
        let Some(split) = group.checked_sub(1) else { return (0..self.ranks()).collect() };
        let split = &self.splits[split];
        let mut members: Vec<usize> =
            (0..split.len()).filter(|&other| split[other].0 == split[rank].0).collect();
        members.sort_by_key(|&other| (split[other].1, other));
        members
    }
}
