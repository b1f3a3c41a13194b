//! Results of accumulators.

use super::plan::{Combination, Piece, Plan};
use crate::block::Block;
use crate::block::kernels::fold::{Counts, finish};
use crate::block::kernels::{BinaryOp, UnaryOp};
use crate::dist::Distribution;
use crate::element::{DType, Scalar};
use crate::error::Result;
use crate::expr::{self, Accumulators, Node};
use crate::handle::ArrayRef;

impl Plan {
    /// The results of accumulators, one of each fold, of so many elements each.
    pub(super) fn finish(
        &self,
        folded: &[Accumulators],
        shape: &[usize],
        elements: usize,
    ) -> Result<Block> {
        let mut blocks = Vec::new();
        for (i, (piece, accumulators)) in self.pieces.iter().zip(folded).enumerate() {
            if piece.is_count {
                continue;
            }
            let counted = match self.pieces.get(i + 1).filter(|next| next.is_count) {
                Some(count) => {
                    let counts = Counts::Same(0);
                    let block = folded[i + 1].finish(count.finishing, shape, counts)?;
                    Some(block.view::<u64>()?.iter().copied().collect::<Vec<_>>())
                }
                None => None,
            };
            let counts = counted.as_deref().map_or(Counts::Same(elements as u64), Counts::Each);
            blocks.push(accumulators.finish(piece.finishing, shape, counts)?);
        }
        let mut blocks = blocks.into_iter();
        let first = blocks.next().expect("a reduction has a fold");
        let combination = self.combination;
        let others: Vec<_> = blocks.collect();
        if matches!(combination, Combination::First) && first.dtype() == self.dtype {
            return Ok(first);
        }
        let mut all = vec![first];
        all.extend(others);
        computed(all, |nodes| {
            let mut nodes = nodes.into_iter();
            let first = nodes.next().expect("a reduction has a fold");
            let node = match combination {
                Combination::First => first,
                Combination::Difference => {
                    nodes.try_fold(first, |a, b| Node::binary(BinaryOp::Subtract, a, b))?
                }
                Combination::Total { root } => {
                    let total = nodes.try_fold(first, |a, b| Node::binary(BinaryOp::Add, a, b))?;
                    if root { Node::unary(UnaryOp::Sqrt, total)? } else { total }
                }
                Combination::Power(power) => {
                    Node::binary(BinaryOp::Power, first, Node::scalar(Scalar::F64(power)))?
                }
            };
            Ok(node.cast(self.dtype))
        })
    }
}

/// The ways of [`Plan::finish`] that need no arrays.
impl Plan {
    /// Whether the result is that of one fold, or made of it by a root alone.
    pub(super) fn is_plain(&self) -> bool {
        let [Piece { node, fold, finishing, .. }] = &self.pieces[..] else { return false };
        let Some(kernel) = finish(*fold, node.dtype(), *finishing) else { return false };
        match self.combination {
            Combination::First => kernel.output == self.dtype,
            Combination::Total { .. } => {
                kernel.output == DType::F64 && matches!(self.dtype, DType::F32 | DType::F64)
            }
            Combination::Difference | Combination::Power(_) => false,
        }
    }

    /// The result of the only accumulator of the only fold, of so many elements.
    ///
    /// # Panics
    /// The plan is not plain.
    pub(super) fn finish_one(&self, total: &Accumulators, elements: usize) -> Scalar {
        let value = total.finish_one(self.pieces[0].finishing, elements as u64);
        match (self.combination, value) {
            (Combination::First, value) => value,
            (Combination::Total { root }, Scalar::F64(value)) => {
                let value = if root { value.sqrt() } else { value };
                match self.dtype {
                    DType::F32 => Scalar::F32(value as f32),
                    _ => Scalar::F64(value),
                }
            }
            (combination, _) => unreachable!("{combination:?} is not plain"),
        }
    }
}

/// The value of an expression of blocks of one shape.
fn computed(blocks: Vec<Block>, build: impl FnOnce(Vec<Node>) -> Result<Node>) -> Result<Block> {
    let here = Distribution::on_one(blocks[0].shape(), 0);
    let node_of = |block: &Block| ArrayRef::from_block(&here, 0, block.clone()).map(Node::array);
    let node = build(blocks.iter().map(node_of).collect::<Result<_>>()?)?;
    // The expression reads its arrays in an order of its own.
    let arrays: Vec<Block> =
        node.arrays().into_iter().map(ArrayRef::owned).collect::<Result<_>>()?;
    let mut value = Block::zeros(node.dtype(), blocks[0].shape())?;
    expr::evaluate(&node, &arrays, (&here, 0), &mut value)?;
    Ok(value)
}

/// Writes the results of a part of an axis to their place among all.
pub(super) fn place_part(all: &mut Block, axis: usize, start: usize, part: &Block) -> Result<()> {
    crate::with_element!(all.dtype(), T => {
        let end = start + part.shape()[axis];
        let mut all = all.view_mut::<T>()?;
        all.slice_axis_inplace(ndarray::Axis(axis), ndarray::Slice::from(start..end));
        all.assign(&part.view::<T>()?);
    });
    Ok(())
}

/// A value of no axes as a scalar.
pub(super) fn scalar(block: &Block) -> Scalar {
    block.at(&vec![0; block.shape().len()])
}
