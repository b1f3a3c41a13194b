//! The whole distribution: one map per axis, on a grid of ranks.

use std::sync::Arc;

use super::axis::AxisMap;
use super::builder::DistributionBuilder;
use super::kind::Dist;
use super::product::product;
use super::ranks::Ranks;
use super::region::Region;
use crate::error::{Error, Result};

/// Who owns which element of an array: the global shape, one map per axis, and the ranks that hold the
/// cells of the process grid.
///
/// A value: cheap to clone, compared exactly by `==` and by meaning by
/// [`is_compatible`](Self::is_compatible), told from any rank for any rank without communication.
///
/// ```
/// use distarray_core::dist::Distribution;
///
/// let d = Distribution::new([1000, 1000], "b,b", 6)?;
/// assert_eq!(d.grid(), [3, 2]);
/// assert_eq!(d.owner(&[999, 0])?, 4);
/// assert_eq!(d.local_shape(4), [332, 500]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Distribution(Arc<Whole>);

#[derive(PartialEq, Eq, Hash)]
struct Whole {
    shape: Vec<usize>,
    axes: Vec<AxisMap>,
    grid: Vec<usize>,
    ranks: Ranks,
    len: usize,
}

impl std::fmt::Debug for Distribution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Distribution({self})")
    }
}

impl Distribution {
    /// A distribution described step by step.
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    ///
    /// let d = Distribution::builder([100, 100]).dists("b,b").halos(1).build(4)?;
    /// assert_eq!(d.padding(0), [(0, 1), (0, 1)]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn builder(shape: impl AsRef<[usize]>) -> DistributionBuilder {
        DistributionBuilder::new(shape.as_ref())
    }

    /// A distribution by its short form, on a [chosen grid](super::grid::choose) over the ranks
    /// `0..size`.
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    ///
    /// assert_eq!(Distribution::new([10, 10], "n,c:2", 3)?.grid(), [1, 3]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn new(shape: impl AsRef<[usize]>, dists: &str, size: usize) -> Result<Self> {
        Self::builder(shape).dists(dists).build(size)
    }

    /// A distribution of the given maps, one per axis, on one rank per cell of their grid.
    ///
    /// Fails when the number of ranks is not the product of the parts, or the shape has more
    /// elements than `usize` counts (axes of extent 0 left out).
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist, Distribution, Ranks};
    ///
    /// let axes = vec![AxisMap::new(10, 2, Dist::Block)?, AxisMap::new(5, 1, Dist::Undistributed)?];
    /// let d = Distribution::from_maps(axes, Ranks::list([3, 1])?)?;
    /// assert_eq!(d.owner(&[7, 0])?, 1);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn from_maps(axes: Vec<AxisMap>, ranks: Ranks) -> Result<Self> {
        let shape: Vec<usize> = axes.iter().map(AxisMap::len).collect();
        let grid: Vec<usize> = axes.iter().map(AxisMap::parts).collect();
        let len = checked_len(&shape)?;
        let cells = grid.iter().try_fold(1usize, |all, &parts| all.checked_mul(parts));
        if cells != Some(ranks.len()) {
            return Err(Error::distribution(format!(
                "a process grid of {grid:?} needs one rank per cell, {} are given",
                ranks.len()
            )));
        }
        Ok(Self(Arc::new(Whole { shape, axes, grid, ranks, len })))
    }

    /// All elements on one rank: every axis `n`.
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    ///
    /// assert_eq!(Distribution::on_one([3, 4], 2).owner(&[1, 1])?, 2);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When the shape has more elements than `usize` counts.
    pub fn on_one(shape: impl AsRef<[usize]>, rank: usize) -> Self {
        let uncut = |&len: &usize| AxisMap::new(len, 1, Dist::Undistributed);
        let axes: Result<Vec<_>> = shape.as_ref().iter().map(uncut).collect();
        axes.and_then(|axes| Self::from_maps(axes, Ranks::range(rank..rank + 1)))
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The number of axes.
    pub fn ndim(&self) -> usize {
        self.0.shape.len()
    }

    /// The global shape.
    pub fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    /// The number of elements of the whole array; 1 in 0-d.
    pub fn len(&self) -> usize {
        self.0.len
    }

    /// Whether the whole array has no element.
    pub fn is_empty(&self) -> bool {
        self.0.len == 0
    }

    /// The map of each axis.
    pub fn axes(&self) -> &[AxisMap] {
        &self.0.axes
    }

    /// The map of one axis. Panics unless `axis < ndim()`.
    pub fn axis(&self, axis: usize) -> &AxisMap {
        &self.0.axes[axis]
    }

    /// The process grid: the number of parts of each axis.
    pub fn grid(&self) -> &[usize] {
        &self.0.grid
    }

    /// The rank of each cell of the process grid.
    pub fn ranks(&self) -> &Ranks {
        &self.0.ranks
    }

    /// Whether the rank holds a cell of the grid, be it one without elements.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([5]).grid(&[4]).build(6)?;
    /// assert!(d.holds(3) && !d.holds(4));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn holds(&self, rank: usize) -> bool {
        self.0.ranks.cell(rank).is_some()
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
        let mut cell = self.0.ranks.cell(rank)?;
        let mut coords = vec![0; self.ndim()];
        for (coord, &parts) in coords.iter_mut().zip(self.grid()).rev() {
            (*coord, cell) = (cell % parts, cell / parts);
        }
        Some(coords)
    }

    /// The rank that holds the cell at these coords.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([9, 9]).dists("b,b").grid(&[2, 3]).build(6)?;
    /// assert_eq!(d.rank_at(&[1, 1]), 4);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When the coords are not one per axis, each below the grid's.
    pub fn rank_at(&self, coords: &[usize]) -> usize {
        let inside = coords.iter().zip(self.grid()).all(|(coord, parts)| coord < parts);
        assert!(
            inside && coords.len() == self.ndim(),
            "coords {coords:?} of a process grid of {:?}",
            self.grid()
        );
        self.0.ranks.rank(self.cell(coords))
    }

    /// The number of elements that the rank owns on each axis, halo not counted; zeros when it holds
    /// no cell.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::new([10, 3], "b", 4)?;
    /// assert_eq!((d.local_shape(3), d.local_shape(4)), (vec![1, 3], vec![0, 0]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn local_shape(&self, rank: usize) -> Vec<usize> {
        match self.coords(rank) {
            Some(coords) => self.zipped(&coords).map(|(axis, part)| axis.count(part)).collect(),
            None => vec![0; self.ndim()],
        }
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

    /// The rank that owns a global index. [`Error::Index`] when the index is not one of the array's.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::new([10], "b", 4)?;
    /// assert_eq!(d.owner(&[8])?, 2);
    /// assert_eq!(
    ///     d.owner(&[10]).unwrap_err().to_string(),
    ///     "index 10 is out of bounds for axis 0 of extent 10"
    /// );
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn owner(&self, index: &[usize]) -> Result<usize> {
        self.check_index(index)?;
        Ok(self.0.ranks.rank(self.cell_of(index, AxisMap::owner)))
    }

    /// The rank that owns a global index, and its place there on each axis. Errors as
    /// [`owner`](Self::owner).
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::new([10, 4], "b,n", 4)?;
    /// assert_eq!(d.locate(&[8, 3])?, (2, vec![2, 3]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn locate(&self, index: &[usize]) -> Result<(usize, Vec<usize>)> {
        self.check_index(index)?;
        let mut places = Vec::with_capacity(self.ndim());
        let cell = self.cell_of(index, |axis, global| {
            let (part, place) = axis.locate(global);
            places.push(place);
            part
        });
        Ok((self.0.ranks.rank(cell), places))
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
        let segments: Vec<_> =
            self.zipped(&coords).map(|(axis, part)| axis.segments(part)).collect();
        let counts: Vec<usize> = segments.iter().map(Vec::len).collect();
        product(&counts)
            .map(|choice| Region {
                axes: choice.iter().zip(&segments).map(|(&i, axis)| axis[i]).collect(),
            })
            .collect()
    }

    /// Whether any axis has a halo.
    pub fn has_halo(&self) -> bool {
        self.axes().iter().any(|axis| axis.halo() != (0, 0))
    }

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
        let axes = self.axes().iter().map(AxisMap::without_halo).collect();
        self.with_same_cells(axes)
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
        self.check_axis(axis)?;
        let mut axes = self.axes().to_vec();
        axes[axis] = map;
        Self::from_maps(axes, self.0.ranks.clone())
    }

    /// The distribution without some axes, on the ranks at coordinate 0 of those.
    ///
    /// The other axes keep their maps whole: bounds, block sizes, lists, halos. Fails when an axis does not
    /// exist or is named twice.
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
            self.check_axis(axis)?;
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
        let mut cut = (0..self.ndim()).filter(|&i| self.grid()[i] > 1).map(|i| dropped[i]);
        let ranks = if cut.by_ref().skip_while(|&dropped| dropped).all(|dropped| !dropped) {
            self.0.ranks.first(count)
        } else {
            let grid: Vec<usize> = std::iter::zip(self.grid(), &dropped)
                .map(|(&parts, &dropped)| if dropped { 1 } else { parts })
                .collect();
            self.0.ranks.of_cells(product(&grid).map(|coords| self.cell(&coords)))
        };
        Self::from_maps(kept, ranks)
    }

    /// The cell at coords that are known to lie in the grid.
    pub(super) fn cell(&self, coords: &[usize]) -> usize {
        coords.iter().zip(self.grid()).fold(0, |cell, (coord, parts)| cell * parts + coord)
    }

    fn cell_of(&self, index: &[usize], mut part: impl FnMut(&AxisMap, usize) -> usize) -> usize {
        self.axes()
            .iter()
            .zip(index)
            .fold(0, |cell, (axis, &global)| cell * axis.parts() + part(axis, global))
    }

    fn zipped<'a>(&'a self, coords: &'a [usize]) -> impl Iterator<Item = (&'a AxisMap, usize)> {
        self.axes().iter().zip(coords.iter().copied())
    }

    fn with_same_cells(&self, axes: Vec<AxisMap>) -> Self {
        let Whole { shape, grid, ranks, len, .. } = &*self.0;
        Self(Arc::new(Whole {
            shape: shape.clone(),
            axes,
            grid: grid.clone(),
            ranks: ranks.clone(),
            len: *len,
        }))
    }

    fn check_axis(&self, axis: usize) -> Result<()> {
        check_axis(axis, self.ndim())
    }

    fn check_index(&self, index: &[usize]) -> Result<()> {
        if index.len() != self.ndim() {
            return Err(Error::index(format!(
                "index {index:?} has {} numbers for an array of {} axes",
                index.len(),
                self.ndim()
            )));
        }
        match (0..self.ndim()).find(|&axis| index[axis] >= self.shape()[axis]) {
            Some(axis) => Err(Error::index(format!(
                "index {} is out of bounds for axis {axis} of extent {}",
                index[axis],
                self.shape()[axis]
            ))),
            None => Ok(()),
        }
    }
}

/// An error unless an array of `ndim` axes has this one.
pub(super) fn check_axis(axis: usize, ndim: usize) -> Result<()> {
    if axis < ndim {
        return Ok(());
    }
    Err(Error::index(format!("axis {axis} is out of bounds for an array of {ndim} axes")))
}

/// The number of elements of a shape; an error when even the axes that are not empty have more than
/// can be counted, since local shapes and strides are made of those.
pub(super) fn checked_len(shape: &[usize]) -> Result<usize> {
    let count = shape.iter().try_fold(1usize, |all, &len| all.checked_mul(len.max(1)));
    match count {
        Some(_) if shape.contains(&0) => Ok(0),
        Some(count) => Ok(count),
        None => Err(Error::shape(format!("shape {shape:?} has more elements than can be counted"))),
    }
}
