//! Folding the values of an expression over local blocks, tile by tile, as they are computed.

use super::evaluate::Run;
use super::node::Node;
use super::placement::Placement;
use crate::block::kernels::fold::FoldKernel;
use crate::block::{Block, Storage, c_strides};
use crate::dist::Distribution;
use crate::error::Result;

/// The accumulators of a reduction, one for each element of its result, in C order.
#[derive(Debug)]
pub(crate) struct Accumulators {
    memory: Storage,
    count: usize,
}

impl Accumulators {
    /// Those of no elements.
    pub(crate) fn new(kernel: &FoldKernel, count: usize) -> Result<Self> {
        let mut memory = Storage::zeroed(count * kernel.state)?;
        // SAFETY: the memory holds `count` accumulators, aligned to 64 bytes.
        unsafe { (kernel.clear)(memory.as_mut_ptr(), count) };
        Ok(Self { memory, count })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.memory.as_slice()
    }

    /// Merges another rank's accumulators in.
    ///
    /// # Panics
    /// The other rank has another number of them.
    pub(crate) fn merge(&mut self, kernel: &FoldKernel, others: &[u8]) {
        assert_eq!(
            others.len(),
            self.memory.len(),
            "ranks merge accumulators of the same elements"
        );
        // SAFETY: both sides hold `count` accumulators; the others may be unaligned.
        unsafe { (kernel.merge)(self.memory.as_mut_ptr(), others.as_ptr(), self.count) }
    }

    /// The results, over so many elements each.
    pub(crate) fn finish(
        &self,
        kernel: &FoldKernel,
        shape: &[usize],
        elements: u64,
        ddof: usize,
    ) -> Result<Block> {
        let mut results = Block::zeros(kernel.output, shape)?;
        assert_eq!(results.len(), self.count, "one accumulator for each result");
        let target = results.as_mut_ptr()?;
        // SAFETY: both hold `count` values, in C order and aligned.
        unsafe { (kernel.finish)(target, self.memory.as_ptr(), self.count, elements, ddof) };
        Ok(results)
    }
}

/// Folds an expression over some axes of a rank's part of a distribution: one accumulator for each place on the others.
pub(crate) fn fold(
    root: &Node,
    arrays: &[Block],
    (distribution, rank): (&Distribution, usize),
    reduced: &[bool],
    kernel: &FoldKernel,
) -> Result<Accumulators> {
    let shape = distribution.local_shape(rank);
    let kept: Vec<_> = shape.iter().zip(reduced).map(|(&n, &r)| if r { 1 } else { n }).collect();
    let mut accumulators = Accumulators::new(kernel, kept.iter().product())?;
    let mut strides = c_strides(kernel.state, &kept);
    strides.iter_mut().zip(reduced).for_each(|(stride, &reduced)| {
        if reduced {
            *stride = 0;
        }
    });
    let start = accumulators.memory.as_mut_ptr();
    let placement = Placement::new(root, distribution, rank);
    let run = Run::new(root, arrays, placement, &shape, strides);
    run.for_each_tile(None, |values, offset, step, count| {
        // SAFETY: offset and step lead to accumulators, which are this run's alone; a lane's are
        // one (step 0) or lie side by side, since kept axes are in C order.
        unsafe {
            match step {
                0 => (kernel.absorb)(start.offset(offset), values, count),
                _ => (kernel.absorb_each)(start.offset(offset), values, count),
            }
        }
    })?;
    Ok(accumulators)
}
