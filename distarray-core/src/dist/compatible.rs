//! Whether two distributions put every element at the same place of the same rank.

use std::collections::BTreeMap;

use super::axis::AxisMap;
use super::distribution::Distribution;
use super::product::product;

impl AxisMap {
    /// Whether every index has the same owner and place on both axes; false when extents differ.
    ///
    /// Compared by meaning: all kinds with one part but shuffled lists are compatible, so are `b` and
    /// `c:K` where the blocks coincide. Halo, boundary and periodicity are not compared. O(1)
    /// on equal regular maps, else at worst O(parts), with unstructured axes O(extent).
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
            && (self.is_same_kind(other)
                || pairs(self, other).all(|pair| pair.is_some_and(|(a, b)| a == b)))
    }

    fn is_same_kind(&self, other: &Self) -> bool {
        self.len() == other.len() && self.parts() == other.parts() && self.dist() == other.dist()
    }
}

/// The owners of each index on two axes of the same extent, one pair per stretch where neither
/// changes; `None` where the places differ.
///
/// Two regular maps of different kinds differ within the first `parts` blocks if they do at all, so
/// whoever stops at the first difference takes O(parts).
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

/// Which part of `other` owns what each part of `one` owns, at the same places; `None` when there is
/// no such renaming. Parts without elements are left out.
fn renaming(one: &AxisMap, other: &AxisMap) -> Option<Vec<(usize, usize)>> {
    if one.is_same_kind(other) {
        return Some((0..one.parts()).filter(|&p| one.count(p) > 0).map(|p| (p, p)).collect());
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
    /// Compared by meaning: kinds, grids and the numbering of parts may differ formally, halos do not
    /// count. Ranks that own nothing do not either, so their (empty) local shapes may differ.
    /// O(1) on equal regular distributions; else O(cells of the grid), with unstructured axes also
    /// O(extent).
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
        if self.is_empty() {
            return true;
        }
        let axes = || self.axes().iter().zip(other.axes());
        if self.ranks() == other.ranks() && axes().all(|(one, other)| one.is_same_kind(other)) {
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
