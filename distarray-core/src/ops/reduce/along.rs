//! Reductions over some axes, or of expressions of some axes over none.

use std::ops::Range;

use super::finish::place_part;
use super::line::Line;
use super::merge::merge_along;
use super::pass::{Parts, Pass};
use super::plan::{self, Piece};
use super::shares::{gather, is_worth, merge_shares};
use super::{Job, each};
use crate::block::Block;
use crate::block::kernels::fold::Fold;
use crate::comm::Communicator;
use crate::error::Result;
use crate::expr::Accumulators;
use crate::handle::ArrayRef;
use crate::ops::align::Alignment;
use crate::ops::allocate::{agreed, is_large, zeros};

/// Jobs over the same axes of expressions of one shape.
pub(super) fn along_axes(
    comm: &dyn Communicator,
    group: &[&Job<'_>],
    alignment: Alignment,
) -> Result<Vec<ArrayRef>> {
    let rank = comm.rank();
    let pieces: Vec<&Piece> = group.iter().flat_map(|job| &job.plan.pieces).collect();
    let (pieces, places) = plan::shared(&pieces);
    let pass = Pass::new(comm, &pieces, group[0].reduced.clone(), alignment)?;
    let mut arrays = Vec::with_capacity(group.len());
    for job in group {
        arrays.push(zeros(comm, job.plan.dtype, &job.result(&pass.distribution)?)?);
    }
    let parts = pass.parts();
    let line = Line::new(&pass.distribution, &pass.reduced, rank);
    let in_shares = is_worth(&line, parts.bytes);
    // Accumulators are larger than results, by a factor that does not matter here.
    let large = group.iter().zip(&arrays);
    let large = large
        .fold(false, |large, (job, array)| large || is_large(job.plan.dtype, array.distribution()));
    let checked = group
        .iter()
        .any(|job| job.request.skip_nan && matches!(job.plan.pieces[0].fold, Fold::Place { .. }));
    let mut verdict = Ok(());
    for number in 0..parts.count {
        let range = number * parts.length..(number + 1) * parts.length;
        let part = (parts.count > 1).then(|| (parts.axis, range.clone()));
        let mine = pass.run(rank, part);
        let mine = agreed(comm, pass.can_fail() || large, mine)?;
        let mut mine = mine.unwrap_or_default();
        let all = mine.first().map_or(0, Accumulators::len);
        let has_results = match in_shares {
            true => merge_shares(comm, &line, pieces.len(), &mut mine)?,
            false => merge_along(comm, &line, &mut mine)?,
        };
        let finished = match has_results {
            true => each(mine, &places).and_then(|folded| finish(group, folded)),
            false => Ok(Vec::new()),
        };
        let mut results = match (in_shares, finished) {
            (true, finished) => agreed(comm, large, finished)?,
            (false, Ok(finished)) => finished,
            // Nobody waits for these results: the other parts are everybody's.
            (false, Err(error)) => {
                verdict = verdict.and(Err(error));
                Vec::new()
            }
        };
        if in_shares {
            let shares = (0..group.len()).map(|job| results.get(job));
            let gathered = shares.map(|share| gather(comm, &line, all, share));
            results = gathered.filter_map(Result::transpose).collect::<Result<_>>()?;
        }
        for ((job, array), results) in group.iter().zip(&mut arrays).zip(&results) {
            let done = job.check(results).and_then(|()| put(job, array, (&parts, &range), results));
            verdict = verdict.and(done);
        }
    }
    agreed(comm, checked, verdict)?;
    Ok(arrays)
}

/// The results of each job, side by side.
fn finish(group: &[&Job<'_>], mut folded: Vec<Accumulators>) -> Result<Vec<Block>> {
    let mut results = Vec::with_capacity(group.len());
    for job in group {
        let rest = folded.split_off(job.plan.pieces.len());
        job.begin(&mut folded);
        results.push(job.plan.finish(&folded, &[folded[0].len()], job.elements)?);
        folded = rest;
    }
    Ok(results)
}

/// Writes the results of a part to their places.
fn put(
    job: &Job<'_>,
    array: &mut ArrayRef,
    (parts, range): (&Parts, &Range<usize>),
    results: &Block,
) -> Result<()> {
    let Some(own) = array.part_mut() else { return Ok(()) };
    let at = match job.request.keepdims {
        true => parts.axis,
        false => (0..parts.axis).filter(|&axis| !job.reduced[axis]).count(),
    };
    let mut shape = own.shape().to_vec();
    if parts.count == 1 {
        return own.assign(&results.reshaped(&shape)?);
    }
    let start = range.start.min(shape[at]);
    shape[at] = range.end.min(shape[at]) - start;
    let results = results.reshaped(&shape)?;
    own.write_owned(|all| place_part(all, at, start, &results))
}
