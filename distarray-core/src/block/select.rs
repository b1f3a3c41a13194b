//! Selections of a block's elements: as a view where they are evenly spaced, else packed.

use std::sync::Arc;

use super::{Block, Part, Strides};
use crate::comm::{Layout, Run, copy_layouts};
use crate::dist::{Cut, Segment};
use crate::error::Result;

/// What a slice takes of a rank's part.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    cuts: Vec<Cut>,
    /// For each axis of the part: progressions of places, one after the other.
    places: Vec<Vec<Segment>>,
}

impl Selection {
    pub(crate) fn new(cuts: Vec<Cut>, places: Vec<Vec<Segment>>) -> Self {
        Self { cuts, places }
    }

    fn runs(&self) -> Vec<Vec<Run>> {
        self.places.iter().map(|places| runs_of(places)).collect()
    }

    /// The places in the part of an outer product of places in what is selected.
    fn places_in_part(&self, selected: &[Vec<Run>]) -> Vec<Vec<Run>> {
        let (mut selected, mut places) = (selected.iter(), self.places.iter());
        let mut found = Vec::with_capacity(self.places.len());
        for cut in &self.cuts {
            match cut {
                Cut::NewAxis => {
                    selected.next();
                }
                Cut::At(_) => found.extend(places.next().map(|own| runs_of(own))),
                Cut::Range { .. } => {
                    let (own, runs) = (places.next(), selected.next());
                    let (own, runs) = own.zip(runs).expect("places for each axis");
                    found.push(runs.iter().flat_map(|run| within(own, run)).collect());
                }
            }
        }
        found
    }

    /// The elements of what is selected, along each axis of the result.
    fn shape(&self) -> Vec<usize> {
        let mut places = self.places.iter();
        let extent = |cut: &Cut| match cut {
            Cut::NewAxis => Some(1),
            Cut::At(_) => places.next().and(None),
            Cut::Range { .. } => {
                let own = places.next().expect("places for each axis");
                Some(own.iter().map(|segment| segment.count).sum())
            }
        };
        self.cuts.iter().filter_map(extent).collect()
    }
}

fn runs_of(places: &[Segment]) -> Vec<Run> {
    let run = |s: &Segment| Run { start: s.place as isize, count: s.count, step: s.place_step };
    places.iter().map(run).collect()
}

/// The places of the elements that a run takes of those that lie in progressions of places, which
/// number them one after the other.
fn within(places: &[Segment], run: &Run) -> Vec<Run> {
    let mut found = Vec::new();
    let mut taken = 0;
    while taken < run.count {
        let at = (run.start + run.step * taken as isize) as usize;
        let segment = &places[places.partition_point(|s| s.global + s.count <= at)];
        let offset = at - segment.global;
        let left = match run.step {
            0 => 0,
            1.. => (segment.count - 1 - offset) / run.step.unsigned_abs(),
            _ => offset / run.step.unsigned_abs(),
        };
        let count = (left + 1).min(run.count - taken);
        let start = segment.place as isize + offset as isize * segment.place_step;
        found.push(Run { start, count, step: run.step * segment.place_step });
        taken += count;
    }
    found
}

impl Block {
    /// The selected elements, sharing the memory; `None` where they are not evenly spaced.
    fn view_of(&self, selection: &Selection) -> Option<Self> {
        let shape = selection.shape();
        let (mut offset, mut strides) = (self.offset as isize, Strides::new());
        let mut axes = selection.places.iter().zip(&self.strides);
        for cut in &selection.cuts {
            if *cut == Cut::NewAxis {
                strides.push(0);
                continue;
            }
            let (places, &stride) = axes.next().expect("places for each axis");
            let step = match places[..] {
                [] => 0,
                [only] => {
                    offset += only.place as isize * stride;
                    only.place_step * stride
                }
                _ => return None,
            };
            if let Cut::Range { .. } = cut {
                strides.push(step);
            }
        }
        // Of no elements the first one is anywhere.
        let offset = if shape.contains(&0) { self.offset } else { offset as usize };
        let storage = Arc::clone(&self.storage);
        Some(Self { dtype: self.dtype, storage, offset, shape: shape.into(), strides })
    }

    /// The selected elements, sharing the memory where they are evenly spaced, else as a copy.
    pub(crate) fn select(&self, selection: &Selection) -> Result<Self> {
        if let Some(view) = self.view_of(selection) {
            return Ok(view);
        }
        let mut packed = Self::zeros(self.dtype, &selection.shape())?;
        let from = self.layout_of(&vec![0; self.shape.len()], &selection.runs());
        let to = packed.layout();
        let target = packed.make_unique()?.as_mut_ptr();
        // SAFETY: the places lie in this block, whose memory is not the new block's.
        unsafe { copy_layouts(self.storage.as_ptr(), &[from], target, &[to]) };
        Ok(packed)
    }
}

impl Part {
    /// Where the elements at an outer product of places in what is selected lie in the storage.
    pub(crate) fn layout_of_selected(&self, selection: &Selection, places: &[Vec<Run>]) -> Layout {
        self.layout(&selection.places_in_part(places))
    }

    /// Lets `write` write the selected elements, as a block of their own.
    ///
    /// Where they are not evenly spaced it writes to a copy, which is copied back when that has gone
    /// well.
    pub(crate) fn write_selected(
        &mut self,
        selection: &Selection,
        write: impl FnOnce(&mut Block) -> Result<()>,
    ) -> Result<()> {
        self.write_owned(|owned| {
            owned.make_unique()?;
            let Some(view) = owned.view_of(selection) else {
                let mut packed = owned.select(selection)?;
                write(&mut packed)?;
                let to = owned.layout_of(&vec![0; owned.shape.len()], &selection.runs());
                let from: Layout = packed.layout();
                let target = owned.make_unique()?.as_mut_ptr();
                // SAFETY: the places lie in this block, whose memory is not the other's.
                unsafe { copy_layouts(packed.storage.as_ptr(), &[from], target, &[to]) };
                return Ok(());
            };
            // The block is narrowed for the while instead of viewed by another, which would share
            // its memory and make a write copy it.
            let Block { storage, offset, shape, strides, .. } = view;
            drop(storage);
            let offset = std::mem::replace(&mut owned.offset, offset);
            let shape = std::mem::replace(&mut owned.shape, shape);
            let strides = std::mem::replace(&mut owned.strides, strides);
            let result = write(owned);
            (owned.offset, owned.shape, owned.strides) = (offset, shape, strides);
            result
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(runs: &[Run]) -> Vec<isize> {
        let places = |&run: &Run| (0..run.count as isize).map(move |i| run.start + i * run.step);
        runs.iter().flat_map(|run| places(run).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn runs_are_found_among_progressions_either_way() {
        let segment = |global, count, place, place_step| Segment {
            global,
            step: 1,
            count,
            place,
            place_step,
        };
        let places = [segment(0, 3, 10, 2), segment(3, 1, 7, 1), segment(4, 4, 39, -3)];
        let all = expand(&runs_of(&places));
        assert_eq!(all, [10, 12, 14, 7, 39, 36, 33, 30]);
        for (start, count, step) in [(0, 8, 1), (7, 8, -1), (1, 3, 3), (6, 3, -3), (2, 1, 0)] {
            let run = Run { start, count, step };
            let expected: Vec<_> = expand(&[run]).into_iter().map(|at| all[at as usize]).collect();
            assert_eq!(expand(&within(&places, &run)), expected, "{run:?}");
        }
    }
}
