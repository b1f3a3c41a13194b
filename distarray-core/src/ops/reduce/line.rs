//! [`Line`]: the ranks that have accumulators of the same results.

use crate::dist::Distribution;

/// This rank among those along the reduced axes of a grid, in C order. The first of them is where the
/// results live.
#[derive(Debug)]
pub(super) struct Line<'a> {
    distribution: &'a Distribution,
    reduced: &'a [bool],
    size: usize,
    /// This rank's place in the grid and number among the others; `None` where it holds nothing.
    here: Option<(Vec<usize>, usize)>,
}

impl<'a> Line<'a> {
    pub(super) fn new(distribution: &'a Distribution, reduced: &'a [bool], rank: usize) -> Self {
        let grid = distribution.grid();
        let along = grid.iter().zip(reduced).filter(|(_, reduced)| **reduced);
        let size = along.map(|(parts, _)| *parts).product();
        let here = distribution.coords(rank).map(|coords| {
            let along = coords.iter().zip(grid).zip(reduced).filter(|(_, reduced)| **reduced);
            let number = along.fold(0, |number, ((coord, parts), _)| number * parts + coord);
            (coords, number)
        });
        Self { distribution, reduced, size, here }
    }

    /// The number of ranks, which all lines have: also known to ranks that hold nothing.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// This rank's number.
    pub(super) fn number(&self) -> Option<usize> {
        self.here.as_ref().map(|(_, number)| *number)
    }

    /// The rank of a number.
    ///
    /// # Panics
    /// This rank holds nothing, and has no others beside it.
    pub(super) fn rank(&self, mut number: usize) -> usize {
        let (coords, _) = self.here.as_ref().expect("a rank that holds something");
        let (mut peer, grid) = (coords.clone(), self.distribution.grid());
        for axis in (0..grid.len()).rev().filter(|&axis| self.reduced[axis]) {
            peer[axis] = number % grid[axis];
            number /= grid[axis];
        }
        self.distribution.rank_at(&peer)
    }
}
