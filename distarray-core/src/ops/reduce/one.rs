//! A plain reduction over all axes that is asked for alone: by far the most frequent one.
//!
//! On few elements what is told of several reductions, and put together again, would take longer than
//! to compute one.

use super::merge::merge_all;
use super::pass::Pass;
use super::plan::Plan;
use super::request::Request;
use crate::comm::Communicator;
use crate::dist::Ranks;
use crate::element::Scalar;
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
    if !request.is_scalar() || has_options {
        return Ok(None);
    }
    let reduced = request.reduced()?;
    let elements = request.elements(&reduced)?;
    let plan = Plan::new(request)?;
    let [piece] = &plan.pieces[..] else { return Ok(None) };
    if !plan.is_plain() {
        return Ok(None);
    }
    let pass = Pass::new(comm, &[piece], reduced, alignment)?;
    let everyone = Ranks::range(0..comm.size());
    let folded = agreed(comm, pass.can_fail(), pass.run_counted(comm.rank(), &everyone))?;
    let [mut total] = <[_; 1]>::try_from(folded).expect("accumulators of one fold");
    if !pass.distribution.ranks().serve(&everyone) {
        merge_all(comm, &mut [&mut total])?;
    }
    Ok(Some(plan.finish_one(&total, elements)))
}
