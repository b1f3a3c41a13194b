//! A plain reduction over all axes that is asked for alone: by far the most frequent one.
//!
//! On few elements what is told of several reductions, and put together again, would take longer than
//! to compute one.

use super::merge::merge_all;
use super::pass::Pass;
use super::plan::{Combination, Plan};
use super::request::{Reduction, Request};
use crate::comm::Communicator;
use crate::dist::Ranks;
use crate::element::{DType, Scalar};
use crate::error::Result;
use crate::ops::align::Alignment;
use crate::ops::allocate::agreed;

/// The value, where the reduction is one fold of all elements of an expression; else nothing has been
/// done yet. As [`reduce`](super::reduce), which tells the costs and the errors.
pub(super) fn one(
    comm: &dyn Communicator,
    request: &Request,
    alignment: Alignment,
) -> Result<Option<Scalar>> {
    let has_options = request.skip_nan || request.mask.is_some() || request.initial.is_some();
    // Something is made of the fold's result.
    let takes_more = matches!(request.reduction, Reduction::Norm { .. });
    if !request.is_scalar() || has_options || takes_more {
        return Ok(None);
    }
    let reduced = request.reduced()?;
    let elements = request.elements(&reduced)?;
    let plan = Plan::new(request)?;
    let ([piece], Combination::First | Combination::Total { .. }) =
        (&plan.pieces[..], plan.combination)
    else {
        return Ok(None);
    };
    let pass = Pass::new(comm, &[piece], reduced, alignment)?;
    let everyone = Ranks::range(0..comm.size());
    let folded = agreed(comm, pass.can_fail(), pass.run_counted(comm.rank(), &everyone))?;
    let [mut total] = <[_; 1]>::try_from(folded).expect("accumulators of one fold");
    if !pass.distribution.ranks().serve(&everyone) {
        merge_all(comm, &mut [&mut total])?;
    }
    let value = total.finish_one(piece.finishing, elements as u64);
    Ok(Some(match (plan.combination, value) {
        (Combination::Total { root }, Scalar::F64(value)) => {
            let value = if root { value.sqrt() } else { value };
            match plan.dtype {
                DType::F32 => Scalar::F32(value as f32),
                _ => Scalar::F64(value),
            }
        }
        (_, value) => value,
    }))
}
