//! Choosing the process grid.
//!
//! # The measure
//!
//! The time of a step over the array goes with the elements of the rank that has the most (its
//! *load*), and with what it exchanges with its neighbours: the faces of its block (its *halo
//! volume*). So the load comes first, the faces decide among grids whose load is as good as the
//! best to within 5 %, and all further ties are broken towards fewer ranks and long contiguous
//! rows. Using every rank is no aim: a prime number of ranks, or one larger than the array, gets
//! the best grid on some of them.
//!
//! # The search
//!
//! Of the numbers of parts that give an axis the same largest block, the smallest is at least as
//! good in every respect, which leaves about `2 * sqrt(extent)` numbers per axis, whatever the
//! number of ranks. A branch-and-bound over those finds the least load, then the best grid; a
//! branch ends where even parts of equal size would miss the load or the halo volume found so far.
//! On the last axis the best number is known. Of axes that are alike, a later one needs no more
//! parts than an earlier one. The result is exact.

use std::cmp::Reverse;

use super::kind::Dist;

/// The process grid for a shape, one kind per axis, on at most `size` ranks.
///
/// Axes of kind `n` get 1 part, irregular and unstructured ones what they fix; the others never
/// more parts than indices (or blocks of `c:K`), and at least 1. When the fixed parts alone need
/// more than `size`, the others get 1. Kinds left out are `n`.
///
/// Let the *load* of a grid be the number of elements of the largest block, and its *halo volume*
/// the sum over axes of more than one part of `min(2, parts - 1)` times that block's cross-section.
/// Among all grids whose load is at most 1.05 times the least, the one of least halo volume is
/// taken, then of least load, then with fewest ranks, then with most parts on the leading axes.
/// Blocks of `c:K` count as whole.
///
/// ```
/// use distarray_core::dist::{Dist, grid};
///
/// let blocks = vec![Dist::Block; 3];
/// assert_eq!(grid::choose(&[1000, 1000, 10], &blocks, 8), [4, 2, 1]);
/// // Seven would make long slabs: six nearly square blocks are as large and have shorter edges.
/// assert_eq!(grid::choose(&[10, 10], &blocks[..2], 7), [3, 2]);
/// ```
pub fn choose(shape: &[usize], kinds: &[Dist], size: usize) -> Vec<usize> {
    let mut grid = vec![1; shape.len()];
    let mut fixed = Block { load: 1, faces: 0 };
    let mut axes = Vec::new();
    for (axis, (&len, dist)) in shape.iter().zip(kinds).enumerate() {
        match dist.fixed_parts() {
            Some(parts) => {
                grid[axis] = parts.max(1);
                fixed = fixed.with(largest(len, dist), grid[axis]);
            }
            None => axes.push(Axis::new(axis, len, dist)),
        }
    }
    let used = grid.iter().fold(1usize, |all, &parts| all.saturating_mul(parts));
    // The last axis needs no search, so let it be the one with the most choices.
    axes.sort_by_key(|axis| (axis.units, axis.width, axis.len, axis.axis));
    let budget = (size / used).max(1);
    if let Some(found) = Search::new(&axes, fixed).run(budget) {
        for (axis, parts) in axes.iter().zip(found) {
            grid[axis.axis] = parts;
        }
    }
    grid
}

/// The largest part of an axis whose parts are fixed; empty axes count as one element here and
/// below, so that they leave the choice on the other axes as it is.
fn largest(len: usize, dist: &Dist) -> usize {
    let most = match dist {
        Dist::Irregular(bounds) => {
            bounds.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).max().unwrap_or(0)
        }
        Dist::Unstructured(lists) => lists.max_count(),
        _ => len,
    };
    most.max(1)
}

/// An axis whose parts are to be chosen: `units` blocks of `width`, dealt out whole.
struct Axis {
    axis: usize,
    len: usize,
    units: usize,
    width: usize,
}

impl Axis {
    fn new(axis: usize, len: usize, dist: &Dist) -> Self {
        let len = len.max(1);
        let width = match dist {
            Dist::BlockCyclic(width) => (*width).max(1),
            _ => 1,
        };
        Self { axis, len, units: len.div_ceil(width), width }
    }

    /// Whether the other axis can change places with this one: no grid gets better or worse by it.
    fn is_twin(&self, other: &Self) -> bool {
        (self.units, self.width, self.len) == (other.units, other.width, other.len)
    }

    /// The elements of the largest of so many parts.
    fn chunk(&self, parts: usize) -> usize {
        self.units.div_ceil(parts).saturating_mul(self.width).min(self.len)
    }

    /// The fewest parts whose largest is no larger than that of `parts`.
    fn fewest(&self, parts: usize) -> usize {
        self.units.div_ceil(self.units.div_ceil(parts))
    }

    /// The numbers of parts worth trying, ascending, none above `budget`.
    fn choices(&self, budget: usize) -> impl Iterator<Item = usize> + '_ {
        let next = |&parts: &usize| match self.units.div_ceil(parts) {
            1 => None,
            chunk => Some(self.units.div_ceil(chunk - 1)),
        };
        std::iter::successors(Some(1), next).take_while(move |&parts| parts <= budget)
    }
}

/// The largest block on the axes chosen so far. Saturates: shapes beyond that have no array.
#[derive(Clone, Copy)]
struct Block {
    load: u128,
    faces: u128,
}

impl Block {
    /// The block with one more axis, of `chunk` elements in the largest of `parts` parts.
    fn with(self, chunk: usize, parts: usize) -> Self {
        let neighbours = (parts - 1).min(2) as u128;
        let faces = self.faces.saturating_mul(chunk as u128);
        Self {
            load: self.load.saturating_mul(chunk as u128),
            faces: faces.saturating_add(self.load.saturating_mul(neighbours)),
        }
    }
}

/// What is compared, the least being best: halo volume, load, ranks, the grid in C order reversed.
type Key = (u128, u128, usize, Reverse<Vec<usize>>);

struct Search<'a> {
    axes: &'a [Axis],
    fixed: Block,
    /// The elements of all axes from each one on.
    rest: Vec<u128>,
}

impl<'a> Search<'a> {
    fn new(axes: &'a [Axis], fixed: Block) -> Self {
        let mut rest = vec![1u128];
        for axis in axes.iter().rev() {
            let more = rest[rest.len() - 1].saturating_mul(axis.len as u128);
            rest.push(more);
        }
        rest.reverse();
        Self { axes, fixed, rest }
    }

    /// The best parts per axis on at most `budget` ranks; `None` when there is no axis to choose.
    fn run(&self, budget: usize) -> Option<Vec<usize>> {
        if self.axes.is_empty() {
            return None;
        }
        let mut least = u128::MAX;
        self.least_load(0, budget, usize::MAX, self.fixed.load, &mut least);
        let mut best = None;
        self.best(0, budget, self.fixed, least, &mut Vec::new(), &mut best);
        best.map(|(_, parts)| parts)
    }

    /// The least that the axes from `i` on multiply the block by, on `budget` ranks.
    fn evenly(&self, i: usize, budget: usize) -> u128 {
        self.rest[i].div_ceil(budget as u128)
    }

    /// The most parts worth trying on axis `i`: those of the axis before, where that is its twin.
    fn most(&self, i: usize, before: usize) -> usize {
        let is_twin = i > 0 && self.axes[i].is_twin(&self.axes[i - 1]);
        if is_twin { before } else { usize::MAX }
    }

    fn least_load(&self, i: usize, budget: usize, before: usize, load: u128, least: &mut u128) {
        let axis = &self.axes[i];
        if i + 1 == self.axes.len() {
            *least = load.saturating_mul(axis.chunk(budget) as u128).min(*least);
            return;
        }
        for parts in axis.choices(budget.min(self.most(i, before))) {
            let (load, budget) = (load.saturating_mul(axis.chunk(parts) as u128), budget / parts);
            if load.saturating_mul(self.evenly(i + 1, budget)) < *least {
                self.least_load(i + 1, budget, parts, load, least);
            }
        }
    }

    fn best(
        &self,
        i: usize,
        budget: usize,
        block: Block,
        least: u128,
        chosen: &mut Vec<usize>,
        best: &mut Option<(Key, Vec<usize>)>,
    ) {
        let Some(axis) = self.axes.get(i) else {
            return self.compare(block, chosen, best);
        };
        // Fewer neighbours can pay on any axis; among three parts and more the most do.
        let last = i + 1 == self.axes.len();
        let ends = [1, 2, axis.fewest(budget.min(axis.units))];
        let choices: &mut dyn Iterator<Item = usize> = if last {
            &mut ends.into_iter().filter(|&parts| parts <= budget.min(axis.units))
        } else {
            let before = chosen.last().copied().unwrap_or(usize::MAX);
            &mut axis.choices(budget.min(self.most(i, before)))
        };
        for parts in choices {
            let next = block.with(axis.chunk(parts), parts);
            let left = budget / parts;
            let even = self.evenly(i + 1, left);
            let most = best.as_ref().map_or(u128::MAX, |(key, _)| key.0);
            // The faces across this axis only grow with its parts.
            let own = block.load.saturating_mul((parts - 1).min(2) as u128);
            if own.saturating_mul(even) > most {
                break;
            }
            let within = next.load.saturating_mul(even).saturating_mul(20);
            if next.faces.saturating_mul(even) > most || within > least.saturating_mul(21) {
                continue;
            }
            chosen.push(parts);
            self.best(i + 1, left, next, least, chosen, best);
            chosen.pop();
        }
    }

    fn compare(&self, block: Block, chosen: &[usize], best: &mut Option<(Key, Vec<usize>)>) {
        let mut ordered: Vec<_> = self.axes.iter().map(|axis| axis.axis).zip(chosen).collect();
        ordered.sort_unstable();
        let ordered = ordered.into_iter().map(|(_, &parts)| parts).collect();
        let key = (block.faces, block.load, chosen.iter().product(), Reverse(ordered));
        if best.as_ref().is_none_or(|(least, _)| key < *least) {
            *best = Some((key, chosen.to_vec()));
        }
    }
}
