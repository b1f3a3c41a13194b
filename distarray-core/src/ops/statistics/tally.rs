//! Counting numbers, or adding weights up, place by place: one pass, and one sum over all ranks.

use crate::block::Block;
use crate::block::kernels::fold::{Counts, Finishing, Fold};
use crate::comm::{Communicator, ReduceOp};
use crate::dist::{Distribution, Ranks};
use crate::element::{DType, Kind, Scalar, as_bytes_mut};
use crate::error::{Error, Result};
use crate::expr::{Accumulators, Node};
use crate::handle::ArrayRef;
use crate::ops::Alignment;
use crate::ops::allocate::{LARGE, agreed};
use crate::ops::evaluate::{evaluate, result_distribution};
use crate::ops::reduce::{Reduced, Reduction, Request, merge_all, reduce};

/// How often each whole number from 0 on stands in an expression of integers, as `int64`; or the sums of
/// the weights that stand where it does, as `float64`, exact and rounded once. An array on every rank,
/// as long as the greatest number asks for, but `least` at least.
///
/// Two passes over the numbers, and two messages: one of the extremes and one of the counts (280 bytes a
/// number where there are weights).
///
/// # Errors
/// A number below 0; weights of another shape, or complex ones; a dtype that is no integer; memory.
pub fn bincount(
    comm: &dyn Communicator,
    numbers: &Node,
    weights: Option<&Node>,
    least: usize,
    alignment: Alignment,
) -> Result<ArrayRef> {
    if !matches!(numbers.dtype().kind(), Kind::Signed | Kind::Unsigned) {
        return Err(Error::dtype(format!("'bincount' does not take {}", numbers.dtype())));
    }
    check_weights("bincount", numbers.shape(), weights)?;
    let numbers = numbers.clone().cast(DType::I64);
    let mut length = least;
    if !numbers.shape().contains(&0) {
        let of = |reduction| Request::new(numbers.clone(), reduction, None);
        let ends = [of(Reduction::Min), of(Reduction::Max)];
        let ends = reduce(comm, &ends, alignment)?;
        let [Reduced::Scalar(Scalar::I64(low)), Reduced::Scalar(Scalar::I64(high))] = ends[..]
        else {
            unreachable!("extremes of integers are integers");
        };
        if low < 0 {
            return Err(Error::argument(format!("'bincount' counts from 0, and there is {low}")));
        }
        length = length.max(high as usize + 1);
    }
    tally(comm, &numbers, weights, &[length], alignment)
}

/// Refuses weights that do not fit.
pub(super) fn check_weights(name: &str, shape: &[usize], weights: Option<&Node>) -> Result<()> {
    match weights {
        Some(weights) if weights.shape() != shape => Err(Error::shape(format!(
            "'{name}': weights of shape {:?} for elements of shape {shape:?}",
            weights.shape()
        ))),
        Some(weights) if weights.dtype().kind() == Kind::Complex => {
            Err(Error::dtype(format!("'{name}' does not take weights of {}", weights.dtype())))
        }
        _ => Ok(()),
    }
}

/// For each place of a shape in C order, how often its number stands in an expression of `i64`, or the
/// sum of the weights that stand there; other numbers count for nothing.
pub(super) fn tally(
    comm: &dyn Communicator,
    numbers: &Node,
    weights: Option<&Node>,
    shape: &[usize],
    alignment: Alignment,
) -> Result<ArrayRef> {
    let rank = comm.rank();
    let everywhere = Distribution::replicated(shape, comm.size())?;
    let length = everywhere.len();
    let distribution = result_distribution(comm, numbers)?;
    let numbers = evaluate(comm, numbers, Some(&distribution), alignment)?;
    let weights = weights.map(|weights| {
        evaluate(comm, &weights.clone().cast(DType::F64), Some(&distribution), alignment)
    });
    let weights = weights.transpose()?;
    // One copy counts, and where all ranks have one they need not tell each other.
    let is_known = distribution.ranks().serve(&Ranks::range(0..comm.size()));
    let counts = is_known || distribution.on_owner().holds(rank);
    let numbers = numbers.owned()?;
    let places = numbers.view::<i64>()?;
    let places = places.iter().map(|&number| usize::try_from(number).ok());
    let places = places.map(|place| place.filter(|&place| place < length));
    let bytes = length.saturating_mul(if weights.is_some() { 280 } else { 8 });
    let block = match weights {
        None => {
            let counted = || {
                let mut block = Block::zeros(DType::I64, shape)?;
                if counts {
                    let mut all = block.view_mut::<i64>()?;
                    let all = all.as_slice_mut().expect("a new block is in C order");
                    places.flatten().for_each(|place| all[place] += 1);
                }
                Ok(block)
            };
            let mut block: Block = agreed(comm, bytes >= LARGE, counted())?;
            if !is_known {
                let mut all = block.view_mut::<i64>()?;
                let all = all.as_slice_mut().expect("a new block is in C order");
                // SAFETY: sums of integers are integers.
                comm.all_reduce(DType::I64, ReduceOp::Sum, unsafe { as_bytes_mut(all) })?;
            }
            block
        }
        Some(weights) => {
            let weights = weights.owned()?;
            let weights = weights.view::<f64>()?;
            let added = || {
                let mut sums = Accumulators::new(Fold::Sum, DType::F64, length)?;
                if counts {
                    let both = places.zip(&weights);
                    sums.add_at(both.filter_map(|(place, &weight)| Some((place?, weight))));
                }
                Ok(sums)
            };
            let mut sums = agreed(comm, bytes >= LARGE, added())?;
            if !is_known {
                merge_all(comm, &mut [&mut sums])?;
            }
            sums.finish(Finishing::Itself, shape, Counts::Same(0))?
        }
    };
    ArrayRef::from_block(&everywhere, rank, block)
}
