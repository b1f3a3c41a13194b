//! What one rank has of a distribution.

use smallvec::SmallVec;

use super::axis::AxisMap;
use super::distribution::Distribution;
use super::product::product;
use super::region::Region;

impl Distribution {
    /// Whether the rank holds a cell of the grid, be it one without elements.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([5]).grid(&[4]).build(6)?;
    /// assert!(d.holds(3) && !d.holds(4));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn holds(&self, rank: usize) -> bool {
        self.ranks().cell(rank).is_some()
    }

    /// The coords of the rank's cell, `None` when it holds none.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([9, 9]).dists("b,b").grid(&[2, 3]).build(6)?;
    /// assert_eq!(d.coords(4), Some(vec![1, 1]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn coords(&self, rank: usize) -> Option<Vec<usize>> {
        let mut cell = self.ranks().cell(rank)?;
        let mut coords = vec![0; self.ndim()];
        for (coord, &parts) in coords.iter_mut().zip(self.grid()).rev() {
            (*coord, cell) = (cell % parts, cell / parts);
        }
        Some(coords)
    }

    /// The most elements that any rank owns, without halos. O(1) for regular kinds, else O(parts).
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    ///
    /// assert_eq!(Distribution::new([10, 4], "b,n", 3)?.max_local_len(), 16);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn max_local_len(&self) -> usize {
        self.axes().iter().map(AxisMap::max_count).fold(1, usize::saturating_mul)
    }

    /// The number of elements that the rank owns on each axis, halo not counted; zeros when it
    /// holds no cell.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::new([10, 3], "b", 4)?;
    /// assert_eq!((d.local_shape(3), d.local_shape(4)), (vec![1, 3], vec![0, 0]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn local_shape(&self, rank: usize) -> Vec<usize> {
        self.local_extents(rank).into_vec()
    }

    /// As [`local_shape`](Self::local_shape), without an allocation for few axes.
    pub(crate) fn local_extents(&self, rank: usize) -> SmallVec<[usize; 4]> {
        let mut shape = SmallVec::from_slice(self.shape());
        let Some(mut cell) = self.ranks().cell(rank) else {
            shape.fill(0);
            return shape;
        };
        for (extent, axis) in shape.iter_mut().zip(self.axes()).rev() {
            *extent = axis.count(cell % axis.parts());
            cell /= axis.parts();
        }
        shape
    }

    /// The number of elements that the rank owns; 0 when it holds no cell, also in 0-d.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let scalar = Distribution::on_one([], 2);
    /// assert_eq!((scalar.local_len(2), scalar.local_len(1)), (1, 0));
    /// ```
    pub fn local_len(&self, rank: usize) -> usize {
        if self.holds(rank) { self.local_shape(rank).iter().product() } else { 0 }
    }

    /// The halo that the rank keeps below and above its own elements on each axis, as
    /// [`AxisMap::padding`]; none at all when it owns no element.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([9, 4]).halo(0, 1, 2).build(3)?;
    /// assert_eq!(d.padding(1), [(1, 2), (0, 0)]);
    /// assert_eq!(d.padding(2), [(1, 0), (0, 0)]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn padding(&self, rank: usize) -> Vec<(usize, usize)> {
        match self.coords(rank) {
            Some(coords) if self.local_len(rank) > 0 => {
                self.zipped(&coords).map(|(axis, part)| axis.padding(part)).collect()
            }
            _ => vec![(0, 0); self.ndim()],
        }
    }

    /// The global index at a place of a rank, `None` when the rank has no such place.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::new([10, 4], "b,n", 4)?;
    /// assert_eq!(d.global_index(2, &[2, 3]), Some(vec![8, 3]));
    /// assert_eq!(d.global_index(2, &[3, 3]), None);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn global_index(&self, rank: usize, place: &[usize]) -> Option<Vec<usize>> {
        let coords = self.coords(rank)?;
        if place.len() != self.ndim() {
            return None;
        }
        let one = |((axis, part), &place): ((&AxisMap, usize), _)| {
            (place < axis.count(part)).then(|| axis.global(part, place))
        };
        self.zipped(&coords).zip(place).map(one).collect()
    }

    /// The rank's global indices as strided boxes, which do not overlap: the products of its axes'
    /// [segments](AxisMap::segments). None when it owns no element.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([8, 8]).dists("b,c:2").grid(&[1, 2]).build(2)?;
    /// let regions = d.regions(1);
    /// assert_eq!(regions.len(), 2);
    /// assert_eq!((regions[1].axes[1].global, regions[1].axes[1].place), (6, 2));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn regions(&self, rank: usize) -> Vec<Region> {
        let Some(coords) = self.coords(rank) else { return Vec::new() };
        // An axis that is cut into many segments may lie beside an empty one.
        if self.local_len(rank) == 0 {
            return Vec::new();
        }
        let segments: Vec<_> =
            self.zipped(&coords).map(|(axis, part)| axis.segments(part)).collect();
        let counts: Vec<usize> = segments.iter().map(Vec::len).collect();
        product(&counts)
            .map(|choice| Region {
                axes: choice.iter().zip(&segments).map(|(&i, axis)| axis[i]).collect(),
            })
            .collect()
    }

    fn zipped<'a>(&'a self, coords: &'a [usize]) -> impl Iterator<Item = (&'a AxisMap, usize)> {
        self.axes().iter().zip(coords.iter().copied())
    }
}
