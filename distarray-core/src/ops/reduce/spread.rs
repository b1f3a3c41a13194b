//! Variances along axes, and of elements of which some do not count: in two passes, the first of which
//! is for the means.

use super::finish::{computed, wide};
use super::plan::{counted, number, real_of, select, squares};
use super::request::{Reduction, Request};
use super::{Reduced, reduce};
use crate::block::Block;
use crate::block::kernels::{BinaryOp, UnaryOp};
use crate::comm::Communicator;
use crate::dist::Distribution;
use crate::element::{DType, Scalar};
use crate::error::Result;
use crate::expr::{Function, Node};
use crate::handle::ArrayRef;
use crate::ops::align::Alignment;

/// Whether a reduction is a variance that takes two passes.
pub(super) fn takes_two_passes(request: &Request, reduced: &[bool]) -> Result<bool> {
    let is_variance = matches!(request.reduction, Reduction::Var { .. } | Reduction::Std { .. });
    let in_one = reduced.iter().all(|&reduced| reduced) && counted(request)?.is_none();
    Ok(is_variance && !in_one)
}

/// The variance or its root.
pub(super) fn along(
    comm: &dyn Communicator,
    request: &Request,
    alignment: Alignment,
) -> Result<Reduced> {
    let (ddof, root) = match request.reduction {
        Reduction::Var { ddof } => (ddof, false),
        Reduction::Std { ddof } => (ddof, true),
        other => unreachable!("'{}' takes one pass", other.name()),
    };
    let reduced = request.reduced()?;
    let elements = request.elements(&reduced)?;
    let dtype = real_of(request.node.dtype());
    // In double precision, also of `f32`.
    let node = request.node.clone().cast(wide(request.node.dtype()));
    let request = Request { node, ..request.clone() };
    let counted = counted(&request)?;
    let mean = Request { reduction: Reduction::Mean, keepdims: true, ..request.clone() };
    let mean = Node::array(only_array(reduce(comm, &[mean], alignment)?));
    let apart = Node::binary(BinaryOp::Subtract, request.node.clone(), mean)?;
    let squares = squares(&apart)?;
    let squares = match &counted {
        Some(mask) => select(mask.clone(), squares, number(DType::F64, false))?,
        None => squares,
    };
    let of = |node, reduction| Request {
        reduction,
        keepdims: request.keepdims,
        ..Request::new(node, reduction, request.axes.clone())
    };
    let mut requests = vec![of(squares, Reduction::Sum)];
    requests.extend(counted.map(|mask| of(mask, Reduction::Count)));
    let mut results = reduce(comm, &requests, alignment)?.into_iter();
    let squares = results.next().expect("the sum of squares");
    let counts = results.next();
    let finish = |squares: Block, counts: Option<Block>| {
        let has_counts = counts.is_some();
        let blocks: Vec<Block> = std::iter::once(squares).chain(counts).collect();
        computed(blocks, |nodes| {
            let mut nodes = nodes.into_iter();
            let squares = nodes.next().expect("the sum of squares");
            let count = match nodes.next().filter(|_| has_counts) {
                Some(count) => count.cast(DType::F64),
                None => Node::scalar(Scalar::F64(elements as f64)),
            };
            let freedom = Function::of_two(move |squares: f64, count: f64| {
                let freedom = count - ddof as f64;
                if freedom > 0.0 { squares / freedom } else { f64::NAN }
            });
            let variance = Node::map(freedom, vec![squares, count])?;
            let result = if root { Node::unary(UnaryOp::Sqrt, variance)? } else { variance };
            Ok(result.cast(dtype))
        })
    };
    match (squares, counts) {
        (Reduced::Scalar(squares), counts) => {
            let counts = match counts {
                Some(Reduced::Scalar(counts)) => Some(block_of(counts)?),
                _ => None,
            };
            Ok(Reduced::Scalar(super::scalar(&finish(block_of(squares)?, counts)?)))
        }
        (Reduced::Array(squares), counts) => {
            let counts = match counts {
                Some(Reduced::Array(counts)) => Some(counts.owned()?),
                _ => None,
            };
            let distribution: &Distribution = squares.distribution();
            match distribution.holds(comm.rank()) {
                true => {
                    let results = finish(squares.owned()?, counts)?;
                    ArrayRef::from_block(distribution, comm.rank(), results)
                }
                false => ArrayRef::zeros(dtype, distribution, comm.rank()),
            }
            .map(Reduced::Array)
        }
    }
}

fn only_array(results: Vec<Reduced>) -> ArrayRef {
    match results.into_iter().next() {
        Some(Reduced::Array(array)) => array,
        other => unreachable!("axes are kept, so that an array is made, not {other:?}"),
    }
}

fn block_of(value: Scalar) -> Result<Block> {
    let mut block = Block::zeros(value.dtype(), &[])?;
    block.set(&[], value)?;
    Ok(block)
}
