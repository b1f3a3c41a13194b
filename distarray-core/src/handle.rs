//! [`ArrayRef`]: an array as every layer above knows it, whatever its element type.

use std::cell::Cell;
use std::sync::Arc;

use crate::block::{Block, Part};
use crate::dist::Distribution;
use crate::element::DType;
use crate::error::{Error, Result};

/// An element type, a distribution, and this rank's part, which a rank that holds none lacks.
///
/// Cloning shares the elements; a write copies them first where they are shared.
///
/// ```
/// use distarray_core::{ArrayRef, DType, dist::Distribution};
///
/// let rows = Distribution::new([5, 3], "b", 2)?;
/// let array = ArrayRef::zeros(DType::F64, &rows, 1)?;
/// assert_eq!(array.part().unwrap().shape(), [2, 3]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ArrayRef {
    dtype: DType,
    distribution: Distribution,
    part: Option<Arc<Part>>,
    /// The same number in clones of one array, and in none else on this rank.
    kin: u64,
}

/// A number that no other array of this rank has.
fn new_kin() -> u64 {
    thread_local! {
        static LAST: Cell<u64> = const { Cell::new(0) };
    }
    LAST.with(|last| {
        last.set(last.get() + 1);
        last.get()
    })
}

impl ArrayRef {
    /// An array of zeros: this rank's part of it.
    ///
    /// # Errors
    /// There is not so much memory on this rank.
    pub fn zeros(dtype: DType, distribution: &Distribution, rank: usize) -> Result<Self> {
        let (shape, halo) = (distribution.local_shape(rank), distribution.padding(rank));
        let part = match distribution.holds(rank) {
            true => Some(Part::zeros(dtype, &shape, &halo)?),
            false => None,
        };
        Ok(Self::with_part(dtype, distribution, part))
    }

    /// An array of any values, as NumPy's `empty`: for those who write all of it. Truth values are
    /// false, and so are numbers 0 where there is a halo, which nobody writes.
    ///
    /// Memory that another array has left is taken as it is.
    ///
    /// # Errors
    /// As [`zeros`](Self::zeros).
    ///
    /// ```
    /// use distarray_core::{ArrayRef, DType, dist::Distribution};
    ///
    /// let rows = Distribution::new([4, 3], "b,n", 2)?;
    /// let array = ArrayRef::empty(DType::F64, &rows, 1)?;
    /// assert_eq!(array.part().unwrap().shape(), [2, 3]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn empty(dtype: DType, distribution: &Distribution, rank: usize) -> Result<Self> {
        match dtype {
            // Not every byte is one.
            DType::Bool => Self::zeros(dtype, distribution, rank),
            _ => Self::unfilled(dtype, distribution, rank),
        }
    }

    /// An array to be filled: of any bytes, all of which are to be written before anything is read;
    /// of zeros where there is a halo, which nobody writes.
    pub(crate) fn unfilled(dtype: DType, distribution: &Distribution, rank: usize) -> Result<Self> {
        if distribution.has_halo() || !distribution.holds(rank) {
            return Self::zeros(dtype, distribution, rank);
        }
        let part = Part::unfilled(dtype, &distribution.local_shape(rank))?;
        Ok(Self::from_part(dtype, distribution, part))
    }

    /// An array of blocks that the ranks have: this rank's, which is adopted without a copy where
    /// the distribution has no halo.
    ///
    /// # Errors
    /// The block does not have the local shape that the distribution gives this rank; a rank that
    /// holds no part may pass any block that is empty. The other ranks do not learn of it.
    pub fn from_block(distribution: &Distribution, rank: usize, block: Block) -> Result<Self> {
        let local = distribution.local_shape(rank);
        let dtype = block.dtype();
        let holds = distribution.holds(rank);
        if holds && block.shape() != local || !holds && !block.is_empty() {
            return Err(Error::shape(format!(
                "rank {rank} passes a local array of shape {:?}; its part of {distribution} has \
                 shape {local:?}",
                block.shape()
            )));
        }
        let mut array = Self::with_part(dtype, distribution, None);
        if holds && distribution.padding(rank).iter().all(|&halo| halo == (0, 0)) {
            array.part = Some(Arc::new(Part::of(block)));
        } else if holds {
            let mut part = Part::zeros(dtype, &local, &distribution.padding(rank))?;
            part.assign(&block)?;
            array.part = Some(Arc::new(part));
        }
        Ok(array)
    }

    /// An array of a part that has the shape and the halo that the distribution gives this rank.
    pub(crate) fn from_part(dtype: DType, distribution: &Distribution, part: Part) -> Self {
        Self::with_part(dtype, distribution, Some(part))
    }

    /// As [`from_part`](Self::from_part), where this rank may hold none.
    pub(crate) fn with_part(dtype: DType, distribution: &Distribution, part: Option<Part>) -> Self {
        Self { dtype, distribution: distribution.clone(), part: part.map(Arc::new), kin: new_kin() }
    }

    /// The array on its owner alone, where other ranks hold copies; else the same one.
    pub(crate) fn on_owner(&self, rank: usize) -> Self {
        let distribution = self.distribution.on_owner();
        let part = self.part.clone().filter(|_| distribution.holds(rank));
        Self { dtype: self.dtype, distribution, part, kin: self.kin }
    }

    /// The same elements under a distribution that gives every rank the same ones in the same
    /// order; both are without a halo.
    ///
    /// # Panics
    /// The distributions are not compatible.
    pub(crate) fn relabel(&self, distribution: &Distribution, rank: usize) -> Result<Self> {
        assert!(self.distribution.is_compatible(distribution), "compatible distributions");
        // Parts without elements may still differ in their shape, and in whether there is one.
        let shape = distribution.local_shape(rank);
        let same = self.part.as_ref().is_some_and(|part| part.shape() == shape);
        match same && distribution.holds(rank) {
            true => Ok(Self { distribution: distribution.clone(), ..self.clone() }),
            false => Self::zeros(self.dtype, distribution, rank),
        }
    }

    /// Whether both came from one array by cloning, of which either may have been written since. The
    /// same on all ranks, as all clone alike.
    pub(crate) fn is_kin(&self, other: &Self) -> bool {
        self.kin == other.kin
            && self.dtype == other.dtype
            && self.distribution == other.distribution
    }

    /// Whether this rank has the same elements of both, in the same memory.
    pub(crate) fn is_same_here(&self, other: &Self) -> bool {
        match (&self.part, &other.part) {
            (Some(part), Some(other)) => part.is_same(other),
            (None, None) => true,
            _ => false,
        }
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Who owns what.
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// Extents of the whole array.
    pub fn shape(&self) -> &[usize] {
        self.distribution.shape()
    }

    /// This rank's part; `None` where it holds none.
    pub fn part(&self) -> Option<&Part> {
        self.part.as_deref()
    }

    /// This rank's part for writing; `None` where it holds none.
    pub fn part_mut(&mut self) -> Option<&mut Part> {
        self.part.as_mut().map(Arc::make_mut)
    }

    /// What this rank owns; a rank without a part owns an empty block.
    ///
    /// # Errors
    /// None in practice: an empty block needs no memory.
    pub fn owned(&self) -> Result<Block> {
        match &self.part {
            Some(part) => Ok(part.owned()),
            None => Block::zeros(self.dtype, &vec![0; self.shape().len().max(1)]),
        }
    }
}
