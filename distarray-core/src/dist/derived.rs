//! Distributions made from others.

use super::axis::AxisMap;
use super::distribution::{Distribution, check_axis};
use super::product::product;
use crate::error::{Error, Result};

impl Distribution {
    /// The same distribution without halos.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([100]).halos(1).build(4)?;
    /// assert!(d.has_halo() && !d.without_halo().has_halo());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[must_use]
    pub fn without_halo(&self) -> Self {
        // Mostly so: and distributions that are one value are compared at a glance.
        if !self.has_halo() {
            return self.clone();
        }
        let axes = self.axes().iter().map(AxisMap::without_halo).collect();
        Self::from_maps(axes, self.ranks().clone()).expect("shape and parts are the same")
    }

    /// The same distribution with another map on one axis.
    ///
    /// Fails when there is no such axis or the number of parts differs.
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist, Distribution};
    ///
    /// let d = Distribution::new([10, 4], "b,n", 2)?;
    /// let d = d.with_axis(0, AxisMap::new(8, 2, Dist::Cyclic)?)?;
    /// assert_eq!(d.to_string(), "[8, 4] as c,n on grid 2x1, ranks 0..2");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn with_axis(&self, axis: usize, map: AxisMap) -> Result<Self> {
        check_axis(axis, self.ndim())?;
        let mut axes = self.axes().to_vec();
        axes[axis] = map;
        Self::from_maps(axes, self.ranks().clone())
    }

    /// The distribution without some axes, on the ranks at coordinate 0 of those.
    ///
    /// The other axes keep their maps whole: bounds, block sizes, lists, halos. Fails when an axis
    /// does not exist or is named twice.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([9, 9]).dists("b,b").grid(&[2, 2]).build(4)?;
    /// assert_eq!(d.reduce(&[1])?.to_string(), "[9] as b on grid 2, ranks [0, 2]");
    /// assert_eq!(d.reduce(&[0, 1])?.to_string(), "[] on ranks 0..1");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn reduce(&self, axes: &[usize]) -> Result<Self> {
        let mut dropped = vec![false; self.ndim()];
        for &axis in axes {
            check_axis(axis, self.ndim())?;
            if std::mem::replace(&mut dropped[axis], true) {
                return Err(Error::argument(format!("axis {axis} is named twice in {axes:?}")));
            }
        }
        let kept: Vec<AxisMap> = self
            .axes()
            .iter()
            .zip(&dropped)
            .filter(|(_, dropped)| !**dropped)
            .map(|(map, _)| map.clone())
            .collect();
        let count = kept.iter().map(AxisMap::parts).product();
        // Cut axes only: the others do not move a cell. Where all dropped ones lead, the cells that
        // stay are the first ones, and a range of any size stays a range.
        let cut = (0..self.ndim()).filter(|&i| self.grid()[i] > 1).map(|i| dropped[i]);
        let ranks = if cut.skip_while(|&dropped| dropped).all(|dropped| !dropped) {
            self.ranks().first(count)
        } else {
            let grid: Vec<usize> = std::iter::zip(self.grid(), &dropped)
                .map(|(&parts, &dropped)| if dropped { 1 } else { parts })
                .collect();
            self.ranks().of_cells(product(&grid).map(|coords| self.cell(&coords)))
        };
        Self::from_maps(kept, ranks)
    }
}
