//! What a plan costs, in numbers and in words.

use std::collections::BTreeSet;
use std::fmt;

use super::{Plan, Transfer};
use crate::block::c_strides;
use crate::comm::{Layout, Run};
use crate::dist::Distribution;
use crate::error::Result;

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
    /// Bytes of the messages, to and from other ranks, that do not lie in one piece in this rank's
    /// memory: between processes they are packed on the way, between threads nothing is.
    pub packed_bytes: usize,
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
            packed_bytes: 0,
        }
    }

    /// As [`traffic`](Self::traffic), with what is packed where the parts lie in C order.
    fn traffic_between(
        &self,
        source: &Distribution,
        target: &Distribution,
        item: usize,
    ) -> Traffic {
        let packed = |transfers: &[&Transfer], of: &Distribution| -> usize {
            let form = Dense::of(of, self.rank, item);
            let scattered = |transfer: &&&Transfer| !form.is_contiguous(transfer);
            transfers.iter().filter(scattered).map(|transfer| transfer.elements() * item).sum()
        };
        let packed_bytes = packed(&self.sends(), source) + packed(&self.receives(), target);
        Traffic { packed_bytes, ..self.traffic(item) }
    }
}

/// Whether every element stays in its place on its rank.
pub(super) fn stays(source: &Distribution, target: &Distribution) -> bool {
    source.is_compatible(target) && !source.has_halo() && !target.has_halo()
}

/// One rank's part in C order.
struct Dense {
    item: usize,
    offset: isize,
    strides: Vec<isize>,
}

impl Dense {
    fn of(distribution: &Distribution, rank: usize, item: usize) -> Self {
        let halo = distribution.padding(rank);
        let extents = distribution.local_shape(rank).into_iter().zip(&halo);
        let padded: Vec<usize> = extents.map(|(owned, (low, high))| owned + low + high).collect();
        let strides = c_strides(item, &padded).into_vec();
        let offset =
            strides.iter().zip(&halo).map(|(stride, (low, _))| stride * *low as isize).sum();
        Self { item, offset, strides }
    }

    fn is_contiguous(&self, transfer: &Transfer) -> bool {
        let in_bytes = |(runs, &stride): (&Vec<Run>, &isize)| {
            let scale = |run: &Run| Run {
                start: run.start * stride,
                count: run.count,
                step: run.step * stride,
            };
            runs.iter().map(scale).collect()
        };
        let layout = |axes: &Vec<Vec<Run>>| {
            let axes = axes.iter().zip(&self.strides).map(in_bytes).collect();
            Layout::new(self.item, self.offset, axes)
        };
        match &transfer.parts[..] {
            [axes] => layout(axes).as_contiguous().is_some(),
            parts => parts.is_empty(),
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

/// What a redistribution costs on every rank that takes part; prints a line for each.
///
/// ```
/// use distarray_core::{dist::Distribution, exchange::Explanation};
///
/// let rows = Distribution::new([4, 4], "b,n", 2)?;
/// let columns = Distribution::new([4, 4], "n,b", 2)?;
/// let explanation = Explanation::of(&rows, &columns, 8)?;
/// assert_eq!(
///     explanation.to_string(),
///     "rank 0: 1 message to 1, 32 bytes; receives 32 bytes from 1; keeps 32 bytes; packs 32 bytes\n\
///      rank 1: 1 message to 0, 32 bytes; receives 32 bytes from 0; keeps 32 bytes; packs 32 bytes\n\
///      in all: 2 messages, 64 bytes"
/// );
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Each rank's plan and what it costs.
    ranks: Vec<(Plan, Traffic)>,
    is_identity: bool,
}

impl Explanation {
    /// The cost of redistributing an array of elements of `item` bytes. Nothing is sent.
    ///
    /// # Errors
    /// The shapes differ.
    pub fn of(source: &Distribution, target: &Distribution, item: usize) -> Result<Self> {
        let ranks: BTreeSet<_> = source.ranks().holders().chain(target.ranks().holders()).collect();
        let cost = |rank| {
            let plan = Plan::redistribute(source, target, rank)?;
            let traffic = plan.traffic_between(source, target, item);
            Ok((plan, traffic))
        };
        let ranks = ranks.into_iter().map(cost).collect::<Result<_>>()?;
        Ok(Self { ranks, is_identity: stays(source, target) })
    }

    /// The sum over all ranks.
    pub fn total(&self) -> Traffic {
        let mut total = Traffic::default();
        for (_, traffic) in &self.ranks {
            total.messages += traffic.messages;
            total.sent_bytes += traffic.sent_bytes;
            total.received_bytes += traffic.received_bytes;
            total.kept_bytes += traffic.kept_bytes;
            total.packed_bytes += traffic.packed_bytes;
        }
        total
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count| if count == 1 { "" } else { "s" };
        let peers = |word: &str, transfers: &[&Transfer]| {
            let list: Vec<_> = transfers.iter().map(|t| t.peer().to_string()).collect();
            let word = if list.is_empty() { String::new() } else { format!(" {word} ") };
            word + &list.join(" ")
        };
        if self.is_identity {
            return f.write_str("every element stays in its place: nothing is moved");
        }
        for (plan, cost) in &self.ranks {
            let (to, from) = (peers("to", &plan.sends()), peers("from", &plan.receives()));
            writeln!(
                f,
                "rank {}: {} message{}{to}, {} bytes; receives {} bytes{from}; keeps {} bytes; packs \
                 {} bytes",
                plan.rank,
                cost.messages,
                plural(cost.messages),
                cost.sent_bytes,
                cost.received_bytes,
                cost.kept_bytes,
                cost.packed_bytes
            )?;
        }
        let Traffic { messages, sent_bytes, .. } = self.total();
        write!(f, "in all: {messages} message{}, {sent_bytes} bytes", plural(messages))
    }
}
