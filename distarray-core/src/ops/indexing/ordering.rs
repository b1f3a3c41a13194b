//! [`Ordering`]: elements that ranks have found, in C order of the whole array.

use std::collections::BTreeMap;
use std::ops::Range;

use super::indexed::Indexed;
use crate::block::{Block, Part};
use crate::comm::{Communicator, Memory, Message};
use crate::dist::{AxisMap, Dist, Distribution, Ranks};
use crate::element::{Element, as_bytes, as_bytes_mut};
use crate::error::Result;
use crate::exchange::exchange_lists;
use crate::handle::ArrayRef;
use crate::ops::redistribute;

/// The found elements in C order: each rank keeps a stretch of the array's indices, and the way from
/// the ranks that found elements to those that keep their stretch.
#[derive(Debug)]
pub(super) struct Ordering {
    /// The numbers of the elements that this rank keeps, ascending.
    kept: Vec<u64>,
    /// All of them, in stretches of uneven length.
    distribution: Distribution,
    /// `None` where the ranks keep what they have found.
    way: Option<Way>,
}

/// From finders to keepers; each finder's elements are in ascending order.
#[derive(Debug)]
struct Way {
    /// By keeper, which of the elements that this rank has found.
    found: BTreeMap<usize, Range<usize>>,
    /// By finder, which of the elements in the order in which they come.
    comes: BTreeMap<usize, Range<usize>>,
    /// Which of those that come is the first, the second, …
    order: Vec<usize>,
}

impl Ordering {
    /// Orders what the ranks of a distribution have found; `numbers` ascend.
    ///
    /// One gather of eight bytes a rank. Where the distribution is not in C order itself, as blocks of
    /// the first axis are, numbers go to the rank that keeps their stretch, eight bytes each.
    pub(super) fn new(
        comm: &dyn Communicator,
        of: &Distribution,
        numbers: Vec<u64>,
    ) -> Result<Self> {
        let ranks = of.ranks();
        let (kept, way) = match is_in_order(of) {
            true => (numbers, None),
            false => {
                let stretch = (of.len().div_ceil(ranks.len()).max(1)) as u64;
                let mut lists = BTreeMap::new();
                let mut found = BTreeMap::new();
                for cell in 0..ranks.len() {
                    let end = (cell as u64 + 1).saturating_mul(stretch);
                    let bounds = [cell as u64 * stretch, end];
                    let at = bounds.map(|bound| numbers.partition_point(|&n| n < bound));
                    if at[0] < at[1] {
                        found.insert(ranks.rank(cell), at[0]..at[1]);
                        lists.insert(ranks.rank(cell), numbers[at[0]..at[1]].to_vec());
                    }
                }
                let received = exchange_lists(comm, &lists)?;
                let mut comes = BTreeMap::new();
                let mut all: Vec<u64> = Vec::new();
                for (finder, list) in received {
                    comes.insert(finder, all.len()..all.len() + list.len());
                    all.extend(list);
                }
                let mut order: Vec<usize> = (0..all.len()).collect();
                order.sort_by_key(|&at| all[at]);
                let kept = order.iter().map(|&at| all[at]).collect();
                (kept, Some(Way { found, comes, order }))
            }
        };
        let counts = comm.all_gather_of(kept.len() as u64)?;
        let mut bounds = vec![0];
        for rank in ranks.iter() {
            bounds.push(bounds[bounds.len() - 1] + counts[rank] as usize);
        }
        let total = bounds[bounds.len() - 1];
        let map = AxisMap::new(total, ranks.len(), Dist::irregular(bounds))?;
        let distribution = Distribution::from_maps(vec![map], ranks.clone())?;
        Ok(Self { kept, distribution, way })
    }

    /// The number of elements that were found.
    pub(super) fn total(&self) -> usize {
        self.distribution.len()
    }

    /// The numbers of what was found, in even blocks.
    pub(super) fn numbers(&self, comm: &dyn Communicator) -> Result<ArrayRef> {
        let numbers = self.kept.iter().map(|&number| number as i64).collect();
        self.even(comm, block_of::<i64>(numbers))
    }

    /// An array of what each rank keeps, in even blocks.
    fn even(&self, comm: &dyn Communicator, kept: Block) -> Result<ArrayRef> {
        let array = match self.distribution.holds(comm.rank()) {
            true => ArrayRef::from_part(kept.dtype(), &self.distribution, Part::of(kept)),
            false => ArrayRef::zeros(kept.dtype(), &self.distribution, comm.rank())?,
        };
        redistribute(comm, &array, &in_blocks(self.total(), self.distribution.ranks())?)
    }

    /// A value for each of the elements that this rank has found, as an array in C order.
    pub(super) fn collect<T: Element>(
        &self,
        comm: &dyn Communicator,
        values: Vec<T>,
    ) -> Result<ArrayRef> {
        let Some(way) = &self.way else { return self.even(comm, block_of(values)) };
        let mut come = vec![T::default(); way.order.len()];
        let sends = messages::<T>(&way.found);
        let receives = messages::<T>(&way.comes);
        // SAFETY: what is received are elements of the same type.
        let target = unsafe { as_bytes_mut(&mut come) };
        comm.exchange(Memory::between(as_bytes(&values), target), &sends, &receives)?;
        self.even(comm, block_of(way.order.iter().map(|&at| come[at]).collect()))
    }

    /// Of an array with a value for each element in C order, those of the elements that this rank has
    /// found.
    pub(super) fn spread<T: Element>(
        &self,
        comm: &dyn Communicator,
        values: &ArrayRef,
    ) -> Result<Vec<T>> {
        let kept = redistribute(comm, values, &self.distribution)?.owned()?;
        let kept: Vec<T> = kept.view::<T>()?.iter().copied().collect();
        let Some(way) = &self.way else { return Ok(kept) };
        let mut goes = vec![T::default(); kept.len()];
        for (&at, value) in way.order.iter().zip(kept) {
            goes[at] = value;
        }
        let found = way.found.values().map(|range| range.end).max().unwrap_or(0);
        let mut found = vec![T::default(); found];
        let sends = messages::<T>(&way.comes);
        let receives = messages::<T>(&way.found);
        // SAFETY: what is received are elements of the same type.
        let target = unsafe { as_bytes_mut(&mut found) };
        comm.exchange(Memory::between(as_bytes(&goes), target), &sends, &receives)?;
        Ok(found)
    }
}

/// One axis in blocks over some ranks.
pub(super) fn in_blocks(len: usize, ranks: &Ranks) -> Result<Distribution> {
    let map = AxisMap::new(len, ranks.len(), Dist::Block)?;
    Distribution::from_maps(vec![map], ranks.clone())
}

fn block_of<T: Element>(values: Vec<T>) -> Block {
    Block::from_array(ndarray::Array1::from_vec(values).into_dyn())
}

fn messages<T: Element>(elements: &BTreeMap<usize, Range<usize>>) -> Vec<Message> {
    let size = T::DTYPE.size();
    let message = |(&peer, range): (&usize, &Range<usize>)| {
        Message::contiguous(peer, range.start * size..range.end * size)
    };
    elements.iter().map(message).collect()
}

/// Whether each cell has a stretch of the array in C order, and the cells go on from each other:
/// nothing but the first axis of more than one element is cut, in blocks.
fn is_in_order(distribution: &Distribution) -> bool {
    let long = distribution.shape().iter().position(|&extent| extent > 1);
    let cut = distribution.grid().iter().position(|&parts| parts > 1);
    let is_only = |axis: usize| distribution.grid()[axis + 1..].iter().all(|&parts| parts == 1);
    match cut {
        None => true,
        Some(axis) => {
            long.is_none_or(|long| axis <= long)
                && is_only(axis)
                && distribution.axis(axis).dist().is_block()
        }
    }
}

/// The numbers of the elements that are true in this rank's part of a mask, ascending, and with each
/// what `value` has at its place.
pub(super) fn trues<V>(
    mask: &ndarray::ArrayViewD<'_, bool>,
    of: &Distribution,
    rank: usize,
    values: impl Iterator<Item = V>,
) -> Vec<(u64, V)> {
    let Some(coords) = of.coords(rank) else { return Vec::new() };
    let all = Indexed::all(of);
    let numbers = all.numbers(all.group(&coords));
    let elements = numbers.zip(mask.iter()).zip(values);
    let of_true = elements.filter(|((_, is_true), _)| **is_true);
    let mut found: Vec<_> = of_true.map(|((number, _), value)| (number as u64, value)).collect();
    found.sort_by_key(|(number, _)| *number);
    found
}
