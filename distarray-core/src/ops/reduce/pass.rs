//! One pass over the arrays of expressions that are reduced over the same axes.

use super::Few;
use super::plan::Piece;
use crate::block::Block;
use crate::block::kernels::fold::{Fold, fold};
use crate::comm::Communicator;
use crate::dist::{Dist, Distribution, Ranks};
use crate::element::{DType, Kind};
use crate::error::Result;
use crate::expr::{self, Accumulators, Joined};
use crate::ops::align::{Alignment, align};
use crate::ops::evaluate::distribution_beside;

/// About the bytes of accumulators that a rank has at a time: they stay in its caches until they are merged and
/// results were made of them. There are as many again, of others, where it merges a share; and more where one
/// place on the longest of the axes that are kept has more.
const MEMORY: usize = 4 << 20;

/// Parts that results are made in, one after the other: the same on all ranks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    /// The axis that is divided.
    pub(super) axis: usize,
    /// Results along it of one part, on each rank.
    pub(super) length: usize,
    /// Results along it of all parts, on the rank that has most.
    extent: usize,
    /// Bytes of the accumulators of one, on the rank that has most.
    pub(super) bytes: usize,
}

impl Parts {
    /// Whether all results are one part.
    pub(super) fn is_whole(&self) -> bool {
        self.extent <= self.length
    }

    /// Where the last part ends, or may: there is one where there are no results, too.
    pub(super) fn end(&self) -> usize {
        self.extent.max(1)
    }
}

/// Folds of expressions of one shape over the same axes, each expression computed once.
#[derive(Debug)]
pub(super) struct Pass {
    pub(super) reduced: Vec<bool>,
    pub(super) distribution: Distribution,
    joined: Joined,
    /// For each of the expressions, what is folded of it, and its dtype.
    folds: Few<(Fold, DType)>,
    arrays: Vec<Block>,
}

impl Pass {
    /// Brings the operands of all pieces together. Collective where one has to be moved.
    ///
    /// # Panics
    /// There is no piece.
    pub(super) fn new(
        comm: &dyn Communicator,
        pieces: &[&Piece],
        reduced: Vec<bool>,
        alignment: Alignment,
    ) -> Result<Self> {
        let folds: Few<_> = pieces.iter().map(|piece| (piece.fold, piece.node.dtype())).collect();
        let roots: Few<_> = pieces.iter().map(|piece| piece.node.clone()).collect();
        let joined = Joined::new(&roots)?;
        let operands = joined.node().arrays();
        let mut distribution = distribution_beside(comm, joined.node(), &operands)?;
        let numbered = folds.iter().any(|(fold, _)| matches!(fold, Fold::Place { .. }));
        if numbered && !is_ordered(&distribution, &reduced) {
            distribution = Distribution::builder(distribution.shape()).build(comm.size())?;
        }
        let arrays = align(comm, &operands, &distribution, alignment)?;
        drop(operands);
        Ok(Self { reduced, distribution, joined, folds, arrays })
    }

    /// Whether a rank alone may fail in it: a function of the user's.
    pub(super) fn can_fail(&self) -> bool {
        self.joined.node().can_fail()
    }

    /// The folds and what they are of.
    pub(super) fn folds(&self) -> impl Iterator<Item = (Fold, DType)> {
        self.folds.iter().copied()
    }

    /// From now on sums of floating-point numbers are folded in a few words, which may spill.
    pub(super) fn narrow(&mut self) {
        for (fold, dtype) in &mut self.folds {
            let is_sum = matches!(fold, Fold::Sum | Fold::Total);
            if is_sum && matches!(dtype.kind(), Kind::Float | Kind::Complex) {
                *fold = Fold::NarrowSum;
            }
        }
    }

    /// Whether some fold may spill.
    pub(super) fn is_narrow(&self) -> bool {
        self.folds.iter().any(|(fold, _)| *fold == Fold::NarrowSum)
    }

    /// From now on sums of floating-point numbers are folded in all words; so are totals, which are no others.
    pub(super) fn widen(&mut self) {
        for (fold, _) in &mut self.folds {
            if *fold == Fold::NarrowSum {
                *fold = Fold::Sum;
            }
        }
    }

    /// How the results are made in parts.
    pub(super) fn parts(&self) -> Parts {
        let kept = (0..self.reduced.len()).filter(|&axis| !self.reduced[axis]);
        let extent = |axis: usize| self.distribution.axis(axis).max_count();
        let state = |(of, dtype): &(Fold, DType)| fold(*of, *dtype).map_or(0, |k| k.state);
        let states: usize = self.folds.iter().map(state).sum();
        let Some(axis) = kept.clone().max_by_key(|&axis| extent(axis)) else {
            return Parts { axis: 0, length: 1, extent: 1, bytes: states };
        };
        let others = kept.filter(|&other| other != axis).map(extent);
        let row = others.fold(states, usize::saturating_mul);
        let length = (MEMORY / row.max(1)).max(1);
        let extent = extent(axis);
        Parts { axis, length, extent, bytes: row.saturating_mul(length.min(extent)) }
    }

    /// Folds what this rank has; for one part of the results only where a range of an axis is given.
    pub(super) fn run(
        &self,
        rank: usize,
        part: Option<(usize, std::ops::Range<usize>)>,
    ) -> Result<Option<Vec<Accumulators>>> {
        if !self.distribution.holds(rank) {
            return Ok(None);
        }
        let mut local = self.distribution.local_extents(rank);
        let part = part.map(|(axis, range)| {
            let range = range.start.min(local[axis])..range.end.min(local[axis]);
            local[axis] = range.len();
            (axis, range)
        });
        let kept = local.iter().zip(&self.reduced).filter(|(_, reduced)| !**reduced);
        let results: usize = kept.map(|(&extent, _)| extent).product();
        let mut folded = Vec::with_capacity(self.folds.len());
        for &(fold, dtype) in &self.folds {
            folded.push(Accumulators::new(fold, dtype, results)?);
        }
        let here = (&self.distribution, rank);
        expr::fold(&self.joined, &self.arrays, here, part, &self.reduced, &mut folded)?;
        self.number_globally(rank, &mut folded);
        Ok(Some(folded))
    }

    /// Folds over all axes what this rank has, or nothing where others have it too and one of them counts.
    ///
    /// Where all ranks (`everyone`) have a copy, each counts its own: they need not tell each other.
    pub(super) fn run_counted(&self, rank: usize, everyone: &Ranks) -> Result<Vec<Accumulators>> {
        let is_known = self.distribution.ranks().serve(everyone);
        let counts = is_known || self.distribution.on_owner().holds(rank);
        match self.run(rank, None)?.filter(|_| counts) {
            Some(mine) => Ok(mine),
            None => self.folds().map(|(fold, dtype)| Accumulators::new(fold, dtype, 1)).collect(),
        }
    }

    /// Elements are numbered on this rank alone so far.
    fn number_globally(&self, rank: usize, folded: &mut [Accumulators]) {
        let tells = |(fold, _): &(Fold, DType)| matches!(fold, Fold::Place { .. });
        if !self.folds.iter().any(tells) {
            return;
        }
        let Some(coords) = self.distribution.coords(rank) else { return };
        let axes: Vec<_> = (0..self.reduced.len())
            .filter(|&axis| self.reduced[axis])
            .map(|axis| (self.distribution.axis(axis), coords[axis]))
            .collect();
        let global = |number: u64| {
            let (mut rest, mut behind, mut global) = (number as usize, 1, 0);
            for (map, part) in axes.iter().rev() {
                let extent = map.count(*part);
                global += map.global(*part, rest % extent) * behind;
                (rest, behind) = (rest / extent, behind * map.len());
            }
            global as u64
        };
        for accumulators in folded {
            accumulators.renumber(global);
        }
    }
}

/// Whether on every rank the places along the axes are in the order of the indices.
fn is_ordered(distribution: &Distribution, along: &[bool]) -> bool {
    let mut axes = distribution.axes().iter().zip(along);
    axes.all(|(axis, along)| !along || !matches!(axis.dist(), Dist::Unstructured(_)))
}
