//! [`Part`]: what a rank owns and the halo around it.

use super::Block;
use crate::comm::{Layout, Run, copy_layouts};
use crate::element::DType;
use crate::error::Result;

/// One rank's part of an array: a block that holds what the rank owns, and around it the halo.
///
/// Places count from the first owned element on each axis, so that those of a low halo are
/// negative.
#[derive(Clone, Debug)]
pub struct Part {
    block: Block,
    /// Width of the halo below what is owned.
    origin: Vec<usize>,
    /// Shape of what is owned.
    shape: Vec<usize>,
}

impl Part {
    /// A part of zeros: `shape` owned, and a halo of so many elements below and above it.
    ///
    /// # Errors
    /// There is not so much memory.
    pub fn zeros(dtype: DType, shape: &[usize], halo: &[(usize, usize)]) -> Result<Self> {
        let padded: Vec<_> =
            shape.iter().zip(halo).map(|(extent, (low, high))| extent + low + high).collect();
        Ok(Self {
            block: Block::zeros(dtype, &padded)?,
            origin: halo.iter().map(|(low, _)| *low).collect(),
            shape: shape.to_vec(),
        })
    }

    /// A part without a halo, of a block's elements.
    pub fn of(block: Block) -> Self {
        Self { origin: vec![0; block.shape().len()], shape: block.shape().to_vec(), block }
    }

    /// Everything, halo included.
    pub fn with_halo(&self) -> &Block {
        &self.block
    }

    /// Everything, halo included, for writing.
    pub fn with_halo_mut(&mut self) -> &mut Block {
        &mut self.block
    }

    /// What is owned, sharing the memory.
    pub fn owned(&self) -> Block {
        self.block.part(&self.origin, &self.shape)
    }

    /// Shape of what is owned.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Width of the halo below what is owned, on each axis.
    pub fn origin(&self) -> &[usize] {
        &self.origin
    }

    /// Where the elements at an outer product of places lie in the storage.
    pub(crate) fn layout(&self, places: &[Vec<Run>]) -> Layout {
        self.block.layout_of(&self.origin, places)
    }

    /// Writes a block of the owned shape over what is owned.
    ///
    /// # Panics
    /// The dtypes or the shapes differ.
    pub fn assign(&mut self, block: &Block) -> Result<()> {
        assert_eq!((block.dtype(), block.shape()), (self.block.dtype(), &self.shape[..]));
        self.block.make_unique()?;
        let to = self.owned().layout();
        let from = block.layout();
        let target = self.block.make_unique()?.as_mut_ptr();
        // SAFETY: a block's layout lies in its storage; the target's is this part's alone, so it is
        // not the source's.
        unsafe { copy_layouts(block.storage().as_ptr(), &[from], target, &[to]) };
        Ok(())
    }
}
