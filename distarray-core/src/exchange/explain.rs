//! What a plan costs, in numbers and in words.

use std::fmt;

use super::{Plan, Transfer};

/// What one rank sends, receives and keeps in a movement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Messages to other ranks.
    pub messages: usize,
    /// Bytes in messages to other ranks.
    pub sent_bytes: usize,
    /// Bytes in messages from other ranks.
    pub received_bytes: usize,
    /// Bytes copied within the rank.
    pub kept_bytes: usize,
}

impl Plan {
    /// What the plan costs for elements of so many bytes.
    pub fn traffic(&self, item: usize) -> Traffic {
        let bytes = |transfer: &&Transfer| transfer.elements() * item;
        let (sends, receives) = (self.sends(), self.receives());
        Traffic {
            messages: sends.len(),
            sent_bytes: sends.iter().map(bytes).sum(),
            received_bytes: receives.iter().map(bytes).sum(),
            kept_bytes: self
                .receives
                .iter()
                .filter(|t| t.peer == self.rank)
                .map(|t| bytes(&t))
                .sum(),
        }
    }
}

/// Prints peers and elements, as in `rank 0: sends 8 elements to rank 1; receives 8 from rank 1;
/// keeps 8`.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rank {}:", self.rank)?;
        let list = |f: &mut fmt::Formatter<'_>, verb, word, transfers: &[&Transfer]| {
            write!(f, " {verb}")?;
            for (i, transfer) in transfers.iter().enumerate() {
                let comma = if i > 0 { "," } else { "" };
                write!(f, "{comma} {} {word} rank {}", transfer.elements(), transfer.peer())?;
            }
            f.write_str(if transfers.is_empty() { " nothing;" } else { ";" })
        };
        list(f, "sends", "to", &self.sends())?;
        list(f, "receives", "from", &self.receives())?;
        write!(f, " keeps {} elements", self.traffic(1).kept_bytes)
    }
}
