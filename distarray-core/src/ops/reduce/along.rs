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
use crate::comm::{Communicator, ReduceOp};
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
    let mut pass = Pass::new(comm, &pieces, group[0].reduced.clone(), alignment)?;
    let mut arrays = Vec::with_capacity(group.len());
    for job in group {
        arrays.push(zeros(comm, job.plan.dtype, &job.result(&pass.distribution)?)?);
    }
    let distribution = pass.distribution.clone();
    let line = Line::new(&distribution, &group[0].reduced, rank);
    let in_shares = is_worth(&line, pass.parts().bytes);
    // An initial value is folded in when it is too late to tell that it has spilled.
    if in_shares && group.iter().all(|job| job.request.initial.is_none()) {
        pass.narrow();
    }
    let mut parts = pass.parts();
    // Accumulators are larger than results, by a factor that does not matter here.
    let large = group.iter().zip(&arrays);
    let large = large
        .fold(false, |large, (job, array)| large || is_large(job.plan.dtype, array.distribution()));
    let checked = group
        .iter()
        .any(|job| job.request.skip_nan && matches!(job.plan.pieces[0].fold, Fold::Place { .. }));
    let mut verdict = Ok(());
    let mut done = 0;
    while done < parts.end() {
        let range = done..done + parts.length;
        let part = (!parts.is_whole()).then(|| (parts.axis, range.clone()));
        let merged = merge(comm, &pass, &line, part, (in_shares, large))?;
        if pass.is_narrow() && have_spilled(comm, &merged)? {
            // Again from here on, of fewer results at a time.
            pass.widen();
            parts = pass.parts();
            continue;
        }
        done = range.end;
        let Merged { folded, all, has_results } = merged;
        let finished = match has_results {
            true => each(folded, &places).and_then(|folded| finish(group, folded)),
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

/// Accumulators of a part of the results, after those of all ranks were merged.
struct Merged {
    /// On a rank that has results, those of these.
    folded: Vec<Accumulators>,
    /// How many results this rank had accumulators of.
    all: usize,
    has_results: bool,
}

/// Folds a part of the results, and merges what the ranks of a line have: in shares, or on the first of them.
fn merge(
    comm: &dyn Communicator,
    pass: &Pass,
    line: &Line<'_>,
    part: Option<(usize, Range<usize>)>,
    (in_shares, large): (bool, bool),
) -> Result<Merged> {
    let folded = pass.run(comm.rank(), part);
    let folded = agreed(comm, pass.can_fail() || large, folded)?;
    let mut folded = folded.unwrap_or_default();
    let all = folded.first().map_or(0, Accumulators::len);
    let has_results = match in_shares {
        true => merge_shares(comm, line, pass.folds().count(), &mut folded)?,
        false => merge_along(comm, line, &mut folded)?,
    };
    Ok(Merged { folded, all, has_results })
}

/// Whether a sum of some rank misses a term. Collective: one of eight bytes.
fn have_spilled(comm: &dyn Communicator, merged: &Merged) -> Result<bool> {
    let mine = merged.folded.iter().any(Accumulators::have_spilled);
    comm.all_reduce_of(ReduceOp::Max, u64::from(mine)).map(|spilled| spilled > 0)
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
    if parts.is_whole() {
        return own.assign(&results.reshaped(&shape)?);
    }
    let start = range.start.min(shape[at]);
    shape[at] = range.end.min(shape[at]) - start;
    let results = results.reshaped(&shape)?;
    own.write_owned(|all| place_part(all, at, start, &results))
}
