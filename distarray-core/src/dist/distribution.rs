//! The whole distribution: one map per axis, on a grid of ranks.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use super::axis::AxisMap;
use super::builder::DistributionBuilder;
use super::kind::Dist;
use super::ranks::Ranks;
use crate::digest::Digest;
use crate::error::{Error, Result};

/// Who owns which element of an array: the global shape, one map per axis, and the ranks that hold
/// the cells of the process grid.
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
    digest: Digested,
}

/// A digest that is computed when it is first asked for, and counts for nothing in comparisons.
#[derive(Default)]
struct Digested(OnceLock<u64>);

impl PartialEq for Digested {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Digested {}

impl Hash for Digested {
    fn hash<H: Hasher>(&self, _: &mut H) {}
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
    /// let block = AxisMap::new(10, 2, Dist::Block)?;
    /// let axes = vec![block, AxisMap::new(5, 1, Dist::Undistributed)?];
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
        Ok(Self(Arc::new(Whole { shape, axes, grid, ranks, len, digest: Digested::default() })))
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

    /// All elements on each of so many ranks: every axis `n`.
    ///
    /// Whatever needs elements of such an array has them without communication. Each rank works on
    /// its own copy; what writes to local views ([`local_mut`](crate::array::DistArray::local_mut))
    /// writes the same on each.
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    ///
    /// let d = Distribution::replicated([3, 4], 2)?;
    /// assert_eq!(d.to_string(), "[3, 4] as n,n on grid 1x1, ranks 0..2 alike");
    /// assert_eq!((d.local_shape(0), d.local_shape(1)), (vec![3, 4], vec![3, 4]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// The shape has more elements than can be counted; no ranks.
    pub fn replicated(shape: impl AsRef<[usize]>, size: usize) -> Result<Self> {
        if size == 0 {
            return Err(Error::distribution("an array is replicated on at least 1 rank, not on 0"));
        }
        let uncut = |&len: &usize| AxisMap::new(len, 1, Dist::Undistributed);
        let axes = shape.as_ref().iter().map(uncut).collect::<Result<_>>()?;
        Self::from_maps(axes, Ranks::everywhere(0..size))
    }

    /// Whether several ranks hold all elements, each a copy.
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    ///
    /// assert!(Distribution::replicated([3], 2)?.is_replicated());
    /// assert!(!Distribution::replicated([3], 1)?.is_replicated()); // it is on one rank
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn is_replicated(&self) -> bool {
        self.ranks().is_everywhere()
    }

    /// The distribution on the owner alone, where others hold copies; else this one.
    pub(crate) fn on_owner(&self) -> Self {
        match self.is_replicated() {
            true => {
                let owner = self.ranks().rank(0);
                Self::from_maps(self.axes().to_vec(), Ranks::range(owner..owner + 1))
                    .expect("one cell, one rank")
            }
            false => self.clone(),
        }
    }

    /// A number that equal distributions share in all processes of one program, computed once.
    pub(crate) fn digest(&self) -> u64 {
        *self.0.digest.0.get_or_init(|| Digest::of(self))
    }

    /// The number of axes.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::new([10, 4], "b", 2)?;
    /// assert_eq!(d.ndim(), 2);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn ndim(&self) -> usize {
        self.0.shape.len()
    }

    /// The global shape.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::new([10, 4], "b", 2)?;
    /// assert_eq!(d.shape(), [10, 4]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    /// The number of elements of the whole array; 1 in 0-d.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::new([10, 4], "b", 2)?;
    /// assert_eq!(d.len(), 40);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn len(&self) -> usize {
        self.0.len
    }

    /// Whether the whole array has no element.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// assert!(Distribution::new([0, 4], "b", 2)?.is_empty());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.0.len == 0
    }

    /// The map of each axis.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::new([10, 4], "b", 2)?;
    /// assert_eq!(d.axes().len(), 2);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn axes(&self) -> &[AxisMap] {
        &self.0.axes
    }

    /// The map of one axis. Panics unless `axis < ndim()`.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::new([10, 4], "b", 2)?;
    /// assert_eq!(d.axis(1).len(), 4);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn axis(&self, axis: usize) -> &AxisMap {
        &self.0.axes[axis]
    }

    /// The process grid: the number of parts of each axis.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::new([10, 4], "b", 2)?;
    /// assert_eq!(d.grid(), [2, 1]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn grid(&self) -> &[usize] {
        &self.0.grid
    }

    /// The rank of each cell of the process grid.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::new([10, 4], "b", 2)?;
    /// assert_eq!(d.ranks().len(), 2);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn ranks(&self) -> &Ranks {
        &self.0.ranks
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

    /// The rank that owns a global index. [`Error::Index`] when the index is not one of the
    /// array's.
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

    /// Whether any axis has a halo.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([10]).halos(1).build(2)?;
    /// assert!(d.has_halo());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn has_halo(&self) -> bool {
        self.axes().iter().any(|axis| axis.halo() != (0, 0))
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
