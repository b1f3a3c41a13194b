//! Describing a distribution step by step.

use super::axis::AxisMap;
use super::distribution::{Distribution, check_axis, checked_len};
use super::grid;
use super::kind::Dist;
use super::ranks::Ranks;
use crate::error::{Error, Result};

/// A distribution being described; [`build`](Self::build) makes it and reports what is wrong.
///
/// Where nothing is said: block on axis 0, the other axes `n`, a [chosen grid](grid::choose) over
/// all ranks, no halo.
///
/// ```
/// use distarray_core::dist::{Dist, Distribution};
///
/// let d = Distribution::builder([100, 64, 3])
///     .dists("b,c:16")
///     .grid(&[2, 2])
///     .ranks([5, 4, 3, 2])
///     .halo(0, 1, 1)
///     .build(6)?;
/// assert_eq!(
///     d.to_string(),
///     "[100, 64, 3] as b,c:16,n on grid 2x2x1, ranks [5, 4, 3, 2], halo 1+1 on axis 0"
/// );
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is made before `build`"]
pub struct DistributionBuilder {
    shape: Vec<usize>,
    kinds: Option<Result<Vec<Dist>>>,
    single: Vec<(usize, Dist)>,
    grid: Option<Vec<usize>>,
    ranks: Option<Vec<usize>>,
    halos: usize,
    steps: Vec<Step>,
}

/// Something that one axis gets besides its kind.
#[derive(Clone, Copy, Debug)]
enum Step {
    Halo(usize, usize, usize),
    Boundary(usize, usize, usize),
    Periodic(usize),
}

impl DistributionBuilder {
    pub(super) fn new(shape: &[usize]) -> Self {
        Self {
            shape: shape.to_vec(),
            kinds: None,
            single: Vec::new(),
            grid: None,
            ranks: None,
            halos: 0,
            steps: Vec::new(),
        }
    }

    /// The kinds by their short forms, one per axis, separated by commas; axes left out are `n`.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([10, 10, 10]).dists("n,c:2").build(3)?;
    /// assert_eq!(d.grid(), [1, 3, 1]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn dists(mut self, dists: &str) -> Self {
        self.kinds = Some(Dist::parse_list(dists));
        self
    }

    /// The kinds, one per axis; axes left out are `n`.
    ///
    /// ```
    /// # use distarray_core::dist::{Dist, Distribution};
    /// let d = Distribution::builder([10]).kinds(vec![Dist::irregular([0, 3, 10])]).build(2)?;
    /// assert_eq!(d.local_shape(1), [7]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn kinds(mut self, kinds: Vec<Dist>) -> Self {
        self.kinds = Some(Ok(kinds));
        self
    }

    /// The kind of one axis, whatever else is said of it. Where only this is used, the other axes
    /// are `n`.
    ///
    /// ```
    /// # use distarray_core::dist::{Dist, Distribution};
    /// let d = Distribution::builder([10, 10]).axis(1, Dist::Cyclic).build(2)?;
    /// assert_eq!(d.to_string(), "[10, 10] as n,c on grid 1x2, ranks 0..2");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn axis(mut self, axis: usize, dist: Dist) -> Self {
        self.single.push((axis, dist));
        self
    }

    /// The process grid: the parts of each axis; axes left out have 1.
    ///
    /// It may have fewer cells than there are ranks; the first ranks are used.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([10, 10]).dists("b,b").grid(&[2, 2]).build(6)?;
    /// assert_eq!(d.ranks().len(), 4);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn grid(mut self, grid: &[usize]) -> Self {
        self.grid = Some(grid.to_vec());
        self
    }

    /// The ranks to use, in the order of the grid's cells; those beyond the grid are left out.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([10]).ranks([3, 1]).build(4)?;
    /// assert_eq!(d.owner(&[0])?, 3);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn ranks(mut self, ranks: impl IntoIterator<Item = usize>) -> Self {
        self.ranks = Some(ranks.into_iter().collect());
        self
    }

    /// A halo of `low` and `high` elements on one axis, of a block kind.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([10]).halo(0, 2, 1).build(2)?;
    /// assert_eq!((d.padding(0), d.padding(1)), (vec![(0, 1)], vec![(2, 0)]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn halo(mut self, axis: usize, low: usize, high: usize) -> Self {
        self.steps.push(Step::Halo(axis, low, high));
        self
    }

    /// A halo of `width` on both sides of every axis of a block kind; [`halo`](Self::halo) says
    /// more on one axis. Fails when there are axes but none of a block kind.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([10, 10]).dists("b,c").halos(1).build(2)?;
    /// assert_eq!((d.axis(0).halo(), d.axis(1).halo()), ((1, 1), (0, 0)));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn halos(mut self, width: usize) -> Self {
        self.halos = width;
        self
    }

    /// The first `low` and last `high` elements of one axis as physical boundary; see
    /// [`AxisMap::with_boundary`].
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([10]).boundary(0, 1, 1).build(2)?;
    /// assert_eq!(d.axis(0).boundary(), (1, 1));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn boundary(mut self, axis: usize, low: usize, high: usize) -> Self {
        self.steps.push(Step::Boundary(axis, low, high));
        self
    }

    /// One axis, of a block kind, as periodic: its ends are neighbours.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// let d = Distribution::builder([10]).halos(1).periodic(0).build(2)?;
    /// assert_eq!(d.padding(0), [(1, 1)]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn periodic(mut self, axis: usize) -> Self {
        self.steps.push(Step::Periodic(axis));
        self
    }

    /// The distribution, over a communicator of `size` ranks.
    ///
    /// Fails, without having communicated, on whatever was said that cannot be: each rank that
    /// builds the same gets the same answer.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// assert_eq!(Distribution::builder([10, 4]).build(4)?.grid(), [4, 1]);
    /// let error = Distribution::builder([10]).ranks([7]).build(4).unwrap_err();
    /// assert_eq!(error.to_string(), "rank 7 is not one of the 4 ranks");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn build(self, size: usize) -> Result<Distribution> {
        checked_len(&self.shape)?;
        let available = self.available(size)?;
        let kinds = self.all_kinds()?;
        let grid = match &self.grid {
            Some(grid) => self.given_grid(grid, &kinds)?,
            None => grid::choose(&self.shape, &kinds, available.len()),
        };
        let cells = grid.iter().fold(1usize, |all, &parts| all.saturating_mul(parts));
        if cells > available.len() {
            return Err(Error::distribution(format!(
                "a process grid of {grid:?} has {cells} cells for {} ranks",
                available.len()
            )));
        }
        let axes: Result<Vec<_>> = (self.shape.iter().zip(grid).zip(kinds))
            .map(|((&len, parts), dist)| AxisMap::new(len, parts, dist))
            .collect();
        Distribution::from_maps(self.padded(axes?)?, available.first(cells))
    }

    fn available(&self, size: usize) -> Result<Ranks> {
        if size == 0 {
            return Err(Error::distribution("a distribution needs at least 1 rank, not 0"));
        }
        let Some(given) = &self.ranks else { return Ok(Ranks::range(0..size)) };
        if given.is_empty() {
            return Err(Error::distribution("the list of ranks to use is empty"));
        }
        if let Some(rank) = given.iter().find(|&&rank| rank >= size) {
            return Err(Error::distribution(format!("rank {rank} is not one of the {size} ranks")));
        }
        Ranks::list(given.iter().copied())
    }

    fn all_kinds(&self) -> Result<Vec<Dist>> {
        let ndim = self.shape.len();
        let mut kinds = match &self.kinds {
            Some(kinds) => kinds.clone()?,
            None if self.single.is_empty() && ndim > 0 => vec![Dist::Block],
            None => Vec::new(),
        };
        if kinds.len() > ndim {
            return Err(Error::distribution(format!(
                "{} kinds of distribution are given for an array of {ndim} axes",
                kinds.len()
            )));
        }
        kinds.resize(ndim, Dist::Undistributed);
        for (axis, dist) in &self.single {
            check_axis(*axis, ndim)?;
            kinds[*axis] = dist.clone();
        }
        Ok(kinds)
    }

    fn given_grid(&self, grid: &[usize], kinds: &[Dist]) -> Result<Vec<usize>> {
        let ndim = self.shape.len();
        if grid.len() > ndim {
            return Err(Error::distribution(format!(
                "a process grid of {grid:?} has {} entries for an array of {ndim} axes",
                grid.len()
            )));
        }
        let mut whole = grid.to_vec();
        whole.resize(ndim, 1);
        for (axis, (&parts, dist)) in whole.iter().zip(kinds).enumerate() {
            if parts == 0 {
                return Err(Error::distribution(format!(
                    "a process grid of {grid:?} has 0 parts on axis {axis}; it takes at least 1"
                )));
            }
            if let Some(fixed) = dist.fixed_parts().filter(|&fixed| fixed != parts) {
                return Err(Error::distribution(format!(
                    "a process grid of {grid:?} has {parts} part(s) on axis {axis}, its kind {dist} \
                     has {fixed}"
                )));
            }
        }
        Ok(whole)
    }

    fn padded(&self, mut axes: Vec<AxisMap>) -> Result<Vec<AxisMap>> {
        if self.halos > 0 {
            if !axes.is_empty() && !axes.iter().any(|axis| axis.dist().is_block()) {
                return Err(Error::distribution(format!(
                    "halos of {} need an axis of a block kind (n, b, or b with bounds)",
                    self.halos
                )));
            }
            for axis in axes.iter_mut().filter(|axis| axis.dist().is_block()) {
                *axis = axis.clone().with_halo(self.halos, self.halos)?;
            }
        }
        for step in &self.steps {
            let (Step::Halo(i, ..) | Step::Boundary(i, ..) | Step::Periodic(i)) = *step;
            check_axis(i, axes.len())?;
            let map = axes[i].clone();
            axes[i] = match *step {
                Step::Halo(_, low, high) => map.with_halo(low, high),
                Step::Boundary(_, low, high) => map.with_boundary(low, high),
                Step::Periodic(_) => map.with_periodic(true),
            }?;
        }
        Ok(axes)
    }
}
