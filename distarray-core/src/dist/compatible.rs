//! Whether two distributions put every element at the same place of the same rank.

use std::collections::BTreeMap;

use super::axis::AxisMap;
use super::distribution::Distribution;
use super::kind::Dist;
use super::product::product;

impl AxisMap {
    /// Whether every index has the same owner and place on both axes; false when extents differ.
    ///
    /// Compared by meaning: all kinds with one part but shuffled lists are compatible, so are `b`
    /// and `c:K` where the blocks coincide. Halo, boundary and periodicity are not compared. O(1)
    /// between regular maps, with irregular ones at worst O(parts), with unstructured ones
    /// O(extent).
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// let block = AxisMap::new(10, 3, Dist::Block)?;
    /// assert!(block.is_compatible(&AxisMap::new(10, 3, Dist::BlockCyclic(4))?));
    /// assert!(block.is_compatible(&AxisMap::new(10, 3, Dist::irregular([0, 4, 8, 10]))?));
    /// assert!(!block.is_compatible(&AxisMap::new(10, 3, Dist::Cyclic)?));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn is_compatible(&self, other: &Self) -> bool {
        self.len() == other.len()
            && match self.is_same_deal(other) {
                Some(same) => same,
                None => pairs(self, other).all(|pair| pair.is_some_and(|(a, b)| a == b)),
            }
    }

    /// Whether two axes of one extent are compatible, where that is plain without a walk.
    ///
    /// Two regular maps that are not differ in the places of some index too, so no renaming of
    /// parts makes them so.
    fn is_same_deal(&self, other: &Self) -> Option<bool> {
        match (self.deal(), other.deal()) {
            (Some(one), Some(other)) => Some(one == other),
            _ if self.parts() == other.parts() && self.dist() == other.dist() => Some(true),
            _ => None,
        }
    }

    /// What matters of a regular map: the width of its blocks, and the number of parts when the
    /// blocks go round more than once. `None` on the others.
    fn deal(&self) -> Option<(usize, Option<usize>)> {
        match self.dist() {
            Dist::Irregular(_) | Dist::StridedCyclic(_) | Dist::Unstructured(_) => None,
            _ if self.parts() == 1 || self.chunk >= self.len() => Some((self.len(), None)),
            _ => {
                let round = self.len().div_ceil(self.chunk) > self.parts();
                Some((self.chunk, round.then_some(self.parts())))
            }
        }
    }
}

/// The owners of each index on two axes of the same extent, one pair per stretch where neither
/// changes; `None` where the places differ.
fn pairs<'a>(
    one: &'a AxisMap,
    other: &'a AxisMap,
) -> impl Iterator<Item = Option<(usize, usize)>> + 'a {
    let mut global = 0;
    std::iter::from_fn(move || {
        if global >= one.len() {
            return None;
        }
        let (part, place, end) = one.run(global);
        let (other_part, other_place, other_end) = other.run(global);
        global = end.min(other_end);
        Some((place == other_place).then_some((part, other_part)))
    })
}

/// Which part of `other` owns what each part of `one` owns, at the same places; `None` when there
/// is no such renaming. Parts without elements are left out.
fn renaming(one: &AxisMap, other: &AxisMap) -> Option<Vec<(usize, usize)>> {
    match one.is_same_deal(other) {
        Some(true) => {
            return Some((0..one.parts()).filter(|&p| one.count(p) > 0).map(|p| (p, p)).collect());
        }
        Some(false) => return None,
        None => {}
    }
    let mut names = BTreeMap::new();
    for pair in pairs(one, other) {
        let (part, name) = pair?;
        // No two parts can get one name: each has a place 0, and the other part has only one.
        if *names.entry(part).or_insert(name) != name {
            return None;
        }
    }
    Some(names.into_iter().collect())
}

impl Distribution {
    /// Whether both have the same shape and every element the same owner and the same place there.
    ///
    /// Compared by meaning: kinds, grids and the numbering of parts may differ formally, halos do
    /// not count. Ranks that own nothing do not either, so their (empty) local shapes may differ.
    /// O(1) on regular distributions over the same grid and ranks; else at worst O(cells of the
    /// grid), with unstructured axes also O(extent).
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    ///
    /// let rows = Distribution::builder([4, 6]).dists("b,c").grid(&[2, 1]).build(2)?;
    /// assert!(rows.is_compatible(&Distribution::new([4, 6], "b", 2)?));
    /// assert!(!rows.is_compatible(&Distribution::new([4, 6], "c", 2)?));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn is_compatible(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        if self.shape() != other.shape() {
            return false;
        }
        if self.is_replicated() || other.is_replicated() {
            let lists =
                |one: &Self| one.axes().iter().any(|a| matches!(a.dist(), Dist::Unstructured(_)));
            return self.ranks() == other.ranks()
                && (!lists(self) && !lists(other)
                    || std::iter::zip(self.axes(), other.axes())
                        .all(|(one, other)| one.is_compatible(other)));
        }
        if self.is_empty() {
            return true;
        }
        let axes = || self.axes().iter().zip(other.axes());
        let mut deals = axes().map(|(one, other)| one.is_same_deal(other));
        if deals.clone().any(|same| same == Some(false)) {
            return false;
        }
        if self.grid() == other.grid()
            && self.ranks() == other.ranks()
            && deals.all(|same| same == Some(true))
        {
            return true;
        }
        let names: Option<Vec<_>> = axes().map(|(one, other)| renaming(one, other)).collect();
        let Some(names) = names else { return false };
        let counts: Vec<usize> = names.iter().map(Vec::len).collect();
        product(&counts).all(|choice| {
            let chosen = || choice.iter().zip(&names).map(|(&i, names)| names[i]);
            let own: Vec<usize> = chosen().map(|(part, _)| part).collect();
            let its: Vec<usize> = chosen().map(|(_, name)| name).collect();
            self.rank_at(&own) == other.rank_at(&its)
        })
    }
}
