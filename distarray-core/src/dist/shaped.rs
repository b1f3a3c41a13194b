//! Distributions of the same elements, or of the same kinds, under other shapes.

use super::axis::AxisMap;
use super::distribution::Distribution;
use super::kind::Dist;
use crate::error::Result;

impl Distribution {
    /// The distribution of an array that is stretched to a shape, as broadcasting does it: axes of one
    /// element become longer, and there are new ones in front. Whoever has the one element has all.
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    ///
    /// let column = Distribution::new([6, 1], "b", 2)?;
    /// let wide = column.stretched(&[3, 6, 4]);
    /// assert_eq!(wide.to_string(), "[3, 6, 4] as n,b,n on grid 1x2x1, ranks 0..2");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// The shape is not one that this one's broadcasts to.
    pub fn stretched(&self, shape: &[usize]) -> Self {
        let missing = shape.len().checked_sub(self.ndim()).expect("axes are added only");
        let uncut = |len| AxisMap::new(len, 1, Dist::Undistributed).expect("an uncut axis");
        let mut axes: Vec<AxisMap> = shape[..missing].iter().map(|&len| uncut(len)).collect();
        for (map, &len) in self.axes().iter().zip(&shape[missing..]) {
            axes.push(match map.len() {
                own if own == len => map.without_halo(),
                1 if map.parts() == 1 => uncut(len),
                1 => {
                    let owner = map.owner(0);
                    let bounds = (0..=map.parts()).map(|bound| if bound > owner { len } else { 0 });
                    let bounds = Dist::irregular(bounds.collect::<Vec<_>>());
                    AxisMap::new(len, map.parts(), bounds).expect("one part has all")
                }
                own => panic!("an axis of {own} cannot be stretched to {len}"),
            });
        }
        Self::from_maps(axes, self.ranks().clone()).expect("the cells are the same")
    }

    /// A distribution of another shape with as many axes, of the same kinds on the same grid and ranks.
    /// Kinds that carry lists become blocks where the extent differs; halos are left out.
    ///
    /// Fails when the shape has more elements than can be counted.
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    ///
    /// let tiles = Distribution::new([6, 8], "b,c:2", 4)?;
    /// assert_eq!(tiles.resized(&[7, 8])?.to_string(), "[7, 8] as b,c:2 on grid 2x2, ranks 0..4");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// The shape has another number of axes.
    pub fn resized(&self, shape: &[usize]) -> Result<Self> {
        assert_eq!(shape.len(), self.ndim(), "as many axes");
        let axis = |(map, &len): (&AxisMap, &usize)| {
            let kind = match map.dist() {
                kind if map.len() == len => kind.clone(),
                Dist::Irregular(_) | Dist::Unstructured(_) => Dist::Block,
                kind => kind.clone(),
            };
            AxisMap::new(len, map.parts(), kind)
        };
        let axes = self.axes().iter().zip(shape).map(axis).collect::<Result<_>>()?;
        Self::from_maps(axes, self.ranks().clone())
    }

    /// The distribution of the same elements in one axis, in C order; `None` where some rank's are not
    /// consecutive in that order, and where there are none.
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    ///
    /// let rows = Distribution::new([5, 4], "b", 2)?;
    /// assert_eq!(rows.flat().unwrap().to_string(), "[20] as b[0,12,20] on grid 2, ranks 0..2");
    /// assert_eq!(Distribution::new([5, 4], "n,b", 2)?.flat(), None);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn flat(&self) -> Option<Self> {
        if self.is_empty() {
            return None;
        }
        let Some(first) = leading(self.shape()) else {
            // One element.
            let one = AxisMap::new(1, 1, Dist::Undistributed).expect("one element");
            return match self.ranks().len() {
                1 => Self::from_maps(vec![one], self.ranks().clone()).ok(),
                _ => None,
            };
        };
        let whole =
            |map: &AxisMap| map.parts() == 1 && !matches!(map.dist(), Dist::Unstructured(_));
        let (map, rest) = (self.axis(first), &self.axes()[first + 1..]);
        let others = || self.axes()[..first].iter().chain(rest);
        if !others().all(whole) || !(map.dist().is_block() || whole(map)) {
            return None;
        }
        let inner: usize = rest.iter().map(AxisMap::len).product();
        let parts = map.parts();
        let bound = |part: usize| match part {
            0 => 0,
            part if whole(map) => part * map.len() * inner,
            part => map.range(part - 1).map_or(0, |range| range.end) * inner,
        };
        let axis = blocks(self.len(), (0..=parts).map(bound).collect());
        Self::from_maps(vec![axis], self.ranks().clone()).ok()
    }

    /// The distribution of one axis in blocks as one of this shape, where every rank keeps its elements
    /// in C order; `None` where the blocks do not end between the indices of the first axis that has
    /// more than one.
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    ///
    /// let flat = Distribution::new([20], "b", 2)?;
    /// let folded = flat.folded(&[4, 5]).unwrap();
    /// assert_eq!(folded.to_string(), "[4, 5] as b,n on grid 2x1, ranks 0..2");
    /// assert_eq!(flat.folded(&[5, 4]), None);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// The shape has another number of elements, or this one is not of one axis in blocks.
    pub fn folded(&self, shape: &[usize]) -> Option<Self> {
        assert_eq!((self.ndim(), self.len()), (1, shape.iter().product()), "the same elements");
        let flat = self.axis(0);
        let first = leading(shape).unwrap_or(0);
        let inner: usize = shape.get(first + 1..).unwrap_or(&[]).iter().product();
        let mut bounds = vec![0];
        for part in 0..flat.parts() {
            let end = flat.range(part).expect("an axis in blocks").end;
            if !end.is_multiple_of(inner.max(1)) {
                return None;
            }
            bounds.push(end / inner.max(1));
        }
        let uncut =
            |&len: &usize| AxisMap::new(len, 1, Dist::Undistributed).expect("an uncut axis");
        let mut axes: Vec<AxisMap> = shape.iter().map(uncut).collect();
        match axes.get_mut(first) {
            Some(axis) => *axis = blocks(shape[first], bounds),
            None if flat.parts() > 1 => return None,
            None => {}
        }
        Self::from_maps(axes, self.ranks().clone()).ok()
    }
}

/// The first axis that has more than one element.
fn leading(shape: &[usize]) -> Option<usize> {
    shape.iter().position(|&extent| extent > 1)
}

/// An axis in blocks between bounds, as the plainest kind that it is.
pub(super) fn blocks(len: usize, bounds: Vec<usize>) -> AxisMap {
    let parts = bounds.len() - 1;
    let plain = if parts == 1 { Dist::Undistributed } else { Dist::Block };
    let even = AxisMap::new(len, parts, plain).expect("a block axis");
    if (0..parts).all(|part| even.range(part) == Some(bounds[part]..bounds[part + 1])) {
        return even;
    }
    AxisMap::new(len, parts, Dist::irregular(bounds)).expect("bounds from 0 to the extent")
}
