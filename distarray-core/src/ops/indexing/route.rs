//! [`Route`]: which ranks exchange what is selected, and where it lies on both sides.

use std::collections::BTreeMap;

use super::indexed::Indexed;
use super::resolve::{Numbers, Resolved};
use crate::block::{Block, Part, c_strides};
use crate::comm::{Communicator, Layout, Run};
use crate::dist::{AxisMap, Distribution};
use crate::error::Result;
use crate::exchange::exchange_lists;

/// Between the owners of an array and the holders of what is selected of it.
///
/// The axes that are not indexed are whole in what is selected. On them a holder has either what the
/// owner has, or everything.
#[derive(Debug)]
pub(super) struct Route<'a> {
    rank: usize,
    owners: Indexed<'a>,
    holders: Indexed<'a>,
    kept: Vec<Kept<'a>>,
    /// How many of the other axes stand outside the indexed ones in the order of travel.
    outside: usize,
}

/// An axis that is not indexed.
#[derive(Debug)]
struct Kept<'a> {
    /// Its number on the owners' and on the holders' side.
    axes: (usize, usize),
    map: &'a AxisMap,
    /// Whether holders have what the owner has; else they have everything.
    same: bool,
}

/// What this rank gives and gets, as places in the order in which they travel.
#[derive(Debug)]
pub(super) struct Lists {
    /// As an owner: by holding rank, the places of elements on the indexed axes, and where each
    /// stands among all that is selected where that was asked for.
    pub(super) owned: BTreeMap<usize, Owned>,
    /// As a holder: by group of owners, the places of what is selected.
    pub(super) held: BTreeMap<usize, Vec<usize>>,
}

/// What one holder has selected of this rank's.
#[derive(Debug, Default)]
pub(super) struct Owned {
    pub(super) places: Vec<usize>,
    pub(super) positions: Vec<usize>,
}

impl<'a> Route<'a> {
    pub(super) fn new(rank: usize, source: &'a Distribution, resolved: &'a Resolved) -> Self {
        let owners = Indexed::new(source, resolved.axes.clone());
        let holders = resolved.holders();
        let before = (0..resolved.axes.start).map(|axis| (axis, axis));
        let after = (resolved.axes.end..source.ndim()).zip(resolved.held.end..);
        let kept = before.chain(after).map(|(own, held)| {
            let (map, other) = (source.axis(own), resolved.holder.axis(held));
            let same = map.parts() == other.parts() && map.is_compatible(other);
            assert!(same || other.parts() == 1, "holders have what the owner has, or everything");
            Kept { axes: (own, held), map, same }
        });
        Self { rank, owners, holders, kept: kept.collect(), outside: resolved.axes.start }
    }

    /// The same with all that is selected by one index travelling together.
    pub(super) fn by_index(self) -> Self {
        Self { outside: 0, ..self }
    }

    /// Finds what this rank gives and gets. `ordered` asks for the positions.
    ///
    /// Collective where the numbers are not known everywhere: holders send the owners eight bytes an
    /// index (16 where ordered), after small messages that tell how many.
    pub(super) fn lists(
        &self,
        comm: &dyn Communicator,
        numbers: &Numbers,
        ordered: bool,
    ) -> Result<Lists> {
        let mut lists = Lists { owned: BTreeMap::new(), held: BTreeMap::new() };
        let own = self.owners.distribution.coords(self.rank);
        let own_group = own.as_ref().map(|coords| self.owners.group(coords));
        let held = self.holders.distribution.coords(self.rank);
        let held_group = held.as_ref().map(|coords| self.holders.group(coords));
        match numbers {
            Numbers::Everywhere(numbers) => {
                let mut owned: BTreeMap<usize, Owned> = BTreeMap::new();
                for (position, &number) in numbers.iter().enumerate() {
                    let (owner, place) = self.owners.locate(number);
                    if own_group != Some(owner) && held_group.is_none() {
                        continue;
                    }
                    let (holder, at) = self.holders.locate(position);
                    if own_group == Some(owner) {
                        let list = owned.entry(holder).or_default();
                        list.places.push(place);
                        list.positions.push(position);
                    }
                    if held_group == Some(holder) {
                        lists.held.entry(owner).or_default().push(at);
                    }
                }
                if let Some(own) = own {
                    let by_rank = |(holder, list)| (self.holder_of(&own, holder), list);
                    lists.owned = owned.into_iter().map(by_rank).collect();
                }
            }
            Numbers::Here(numbers) => {
                let mut asked: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
                let positions = held_group.map(|group| self.holders.numbers(group));
                let mut positions = positions.into_iter().flatten();
                for (at, &number) in numbers.iter().enumerate() {
                    let (owner, place) = self.owners.locate(number);
                    lists.held.entry(owner).or_default().push(at);
                    let list = asked.entry(owner).or_default();
                    list.push(place as u64);
                    if ordered {
                        list.push(positions.next().expect("one for each place") as u64);
                    }
                }
                let mut requests = BTreeMap::new();
                if let Some(held) = &held {
                    for (owner, list) in asked {
                        for (rank, _) in self.owners_of(held, owner) {
                            requests.insert(rank, list.clone());
                        }
                    }
                }
                let received = exchange_lists(comm, &requests)?;
                let parse = |list: Vec<u64>| {
                    let mut numbers = list.into_iter().map(|number| number as usize);
                    let mut owned = Owned::default();
                    while let Some(place) = numbers.next() {
                        owned.places.push(place);
                        owned.positions.extend(if ordered { numbers.next() } else { None });
                    }
                    owned
                };
                lists.owned =
                    received.into_iter().map(|(rank, list)| (rank, parse(list))).collect();
            }
        }
        Ok(lists)
    }

    /// The rank that holds, of a group of holders, what a cell of the owners has selected of it.
    fn holder_of(&self, own: &[usize], group: usize) -> usize {
        let mut coords = vec![0; self.holders.distribution.ndim()];
        coords[self.holders.axes()].copy_from_slice(&self.holders.parts(group));
        for kept in self.kept.iter().filter(|kept| kept.same) {
            coords[kept.axes.1] = own[kept.axes.0];
        }
        self.holders.distribution.rank_at(&coords)
    }

    /// The ranks of a group of owners that a holder has something of, with their coords.
    fn owners_of(&self, held: &[usize], group: usize) -> Vec<(usize, Vec<usize>)> {
        let mut first = vec![0; self.owners.distribution.ndim()];
        first[self.owners.axes()].copy_from_slice(&self.owners.parts(group));
        let mut cells = vec![first];
        for kept in &self.kept {
            let parts = match kept.same {
                true => held[kept.axes.1]..held[kept.axes.1] + 1,
                false => 0..kept.map.parts(),
            };
            let parts: Vec<usize> = parts.filter(|&part| kept.map.count(part) > 0).collect();
            let at = |cell: Vec<usize>| {
                parts.clone().into_iter().map(move |part| {
                    let mut cell = cell.clone();
                    cell[kept.axes.0] = part;
                    cell
                })
            };
            cells = cells.into_iter().flat_map(at).collect();
        }
        let ranked = |cell: Vec<usize>| (self.owners.distribution.rank_at(&cell), cell);
        cells.into_iter().map(ranked).collect()
    }

    /// Elements that an owner has of each index.
    pub(super) fn slab(&self, own: &[usize]) -> usize {
        self.kept.iter().map(|kept| kept.map.count(own[kept.axes.0])).product()
    }

    /// Where an owner's elements at places on the indexed axes lie in its part, in bytes from the
    /// first that it owns; whole on the other axes.
    pub(super) fn owner_layout(&self, part: &Part, own: &[usize], places: &[usize]) -> Layout {
        let block = part.with_halo();
        let strides = block.strides();
        let origin = strides.iter().zip(part.origin()).map(|(step, &at)| step * at as isize);
        let offset = block.offset() as isize + origin.sum::<isize>();
        let axes = self.axes_of(
            |kept| {
                let runs = runs_of_owner(kept, own[kept.axes.0]);
                scaled(runs, strides[kept.axes.0])
            },
            runs_of(self.offsets(strides, own, places)),
        );
        Layout::new(block.dtype().size(), offset, axes)
    }

    /// The bytes from an owner's first element to those at places on the indexed axes.
    pub(super) fn offsets(
        &self,
        strides: &[isize],
        own: &[usize],
        places: &[usize],
    ) -> impl Iterator<Item = isize> {
        let counts = self.owners.counts(self.owners.group(own));
        let strides = &strides[self.owners.axes()];
        let offset = move |&place: &usize| {
            let mut rest = place;
            let along = counts.iter().zip(strides).rev().map(|(&count, &stride)| {
                let at = rest % count;
                rest /= count;
                at as isize * stride
            });
            along.sum()
        };
        places.iter().map(offset)
    }

    /// Where the elements of one index lie behind its first one, in the order in which they travel.
    pub(super) fn slab_offsets(&self, strides: &[isize], own: &[usize]) -> Vec<isize> {
        let axes = self
            .kept
            .iter()
            .map(|kept| scaled(runs_of_owner(kept, own[kept.axes.0]), strides[kept.axes.0]));
        Layout::new(1, 0, axes.collect()).offsets()
    }

    /// The ranks that a group of owners is, each with where its elements lie in a holder's block,
    /// which is in C order and contiguous.
    pub(super) fn holder_layouts(
        &self,
        block: &Block,
        held: &[usize],
        (group, places): (usize, &[usize]),
    ) -> Vec<(usize, Layout)> {
        let item = block.dtype().size();
        let axes = self.holders.axes();
        let shape = block.shape();
        let indexed = shape[axes.clone()].iter().product();
        let flat = [&shape[..axes.start], &[indexed], &shape[axes.end..]].concat();
        let strides = c_strides(item, &flat);
        let behind = |axis: usize| if axis < axes.start { axis } else { axis + 1 - axes.len() };
        let step = strides[axes.start];
        let runs = runs_of(places.iter().map(|&place| place as isize * step));
        let layout = |(rank, own): (usize, Vec<usize>)| {
            let axes = self.axes_of(
                |kept| {
                    let runs = runs_of_holder(kept, own[kept.axes.0]);
                    scaled(runs, strides[behind(kept.axes.1)])
                },
                runs.clone(),
            );
            (rank, Layout::new(item, block.offset() as isize, axes))
        };
        self.owners_of(held, group).into_iter().map(layout).collect()
    }

    /// The runs of the axes in order, those of the indexed axes in their place.
    fn axes_of(&self, kept: impl Fn(&Kept<'_>) -> Vec<Run>, indexed: Vec<Run>) -> Vec<Vec<Run>> {
        let mut axes: Vec<_> = self.kept.iter().map(kept).collect();
        axes.insert(self.outside, indexed);
        axes
    }
}

/// The places that an owner's part of a kept axis has, in the order in which they travel.
fn runs_of_owner(kept: &Kept<'_>, part: usize) -> Vec<Run> {
    if kept.same {
        return vec![Run { start: 0, count: kept.map.count(part), step: 1 }];
    }
    let segments = kept.map.segments(part).into_iter();
    let run = |segment: crate::dist::Segment| Run {
        start: segment.place as isize,
        count: segment.count,
        step: segment.place_step,
    };
    segments.map(run).collect()
}

/// The places of the same in a holder's block.
fn runs_of_holder(kept: &Kept<'_>, part: usize) -> Vec<Run> {
    if kept.same {
        return runs_of_owner(kept, part);
    }
    let segments = kept.map.segments(part).into_iter();
    let run = |segment: crate::dist::Segment| Run {
        start: segment.global as isize,
        count: segment.count,
        step: segment.step as isize,
    };
    segments.map(run).collect()
}

fn scaled(mut runs: Vec<Run>, stride: isize) -> Vec<Run> {
    for run in &mut runs {
        (run.start, run.step) = (run.start * stride, run.step * stride);
    }
    runs
}

/// Offsets as runs of constant step, as few as there can be from left to right.
fn runs_of(offsets: impl Iterator<Item = isize>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for offset in offsets {
        if let Some(run) = runs.last_mut() {
            let step = offset - run.start;
            if run.count == 1 && step != 0 {
                (run.count, run.step) = (2, step);
                continue;
            }
            if run.count > 1 && step == run.step * run.count as isize {
                run.count += 1;
                continue;
            }
        }
        runs.push(Run { start: offset, count: 1, step: 1 });
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_hold_all_offsets() {
        let run = |start, count, step| Run { start, count, step };
        let of = |offsets: &[isize]| runs_of(offsets.iter().copied());
        assert_eq!(of(&[]), []);
        assert_eq!(of(&[8, 16, 24, 0, 0, -8]), [run(8, 3, 8), run(0, 1, 1), run(0, 2, -8)]);
    }
}
