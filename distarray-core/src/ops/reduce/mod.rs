//! Reductions over all axes or some.
//!
//! A [`Plan`](plan::Plan) makes a reduction of *folds*. Folds over the same axes of expressions of the
//! same shape share one pass over their arrays ([`pass::Pass`]), and all reductions over all axes share
//! one message.

mod along;
mod finish;
mod line;
mod merge;
mod one;
mod pass;
mod plan;
mod request;
mod shares;

pub use request::{Reduction, Request};

use along::along_axes;
use finish::scalar;
pub(in crate::ops) use merge::merge_all;
use pass::Pass;
use plan::{Piece, Plan};

use smallvec::SmallVec;

use super::align::Alignment;
use super::allocate::agreed;
use crate::comm::Communicator;
use crate::dist::{AxisMap, Dist, Distribution, Ranks};
use crate::element::Scalar;
use crate::error::{Error, Result};
use crate::expr::Accumulators;
use crate::handle::ArrayRef;

/// A list of what there is mostly one of. On few elements allocations would take most of the time.
type Few<T> = SmallVec<[T; 2]>;

/// What a reduction gives.
#[derive(Clone, Debug)]
pub enum Reduced {
    /// Over all axes: one value, on every rank.
    Scalar(Scalar),
    /// Over some axes, or where axes are kept: an array.
    Array(ArrayRef),
}

/// Reduces expressions, in one pass over the arrays of those of one shape that are reduced over the
/// same axes.
///
/// Over all axes, all together: accumulators (8 to 704 bytes for each reduction, twice as much for variances of
/// complex numbers) are gathered from all ranks where they are few, else merged in a tree of
/// `2 ceil(log2(ranks))` messages a rank; values are on every rank. Over some axes: the result
/// lives on the lowest rank along the reduced axes ([`Distribution::reduce`]). Where accumulators are few, they meet
/// there in `ceil(log2(ranks along those axes))` messages a rank. Where they are 32 KiB or more for each rank along
/// the axes, which 120 sums of floating-point numbers are, or 5 000 extremes of `f64`, each of these ranks merges a share: it gets
/// one message for each fold from every other, with as many bytes altogether as one rank has of accumulators at most,
/// and sends its finished results to the lowest, one message for each reduction. More than 4 MiB of accumulators on a
/// rank, which 6 000 variances are, or 15 000 sums, are made in parts, with as many messages each. Sums that are merged in
/// shares without an initial value have 64 bytes instead of 280, so that 65 000 are a part. They have room for terms 2^128 times
/// less and 2^64 times more than the first one. One agreement of eight bytes for each part tells whether terms of some result lie
/// farther apart: then this part and what follows is made in all bytes, and what this part is made of is computed again. One
/// agreement of eight bytes where functions may fail, two or three where parts of a result are 64 MiB or more.
///
/// Sums, means and norms, and what is made of them, have the same bits whatever the distributions and
/// the number of ranks. Products are made in an order that depends on the grid: one may leave the range of numbers on
/// the way where another does not.
///
/// # Errors
/// A dtype has no such reduction; an axis is out of bounds or given twice; `min` or `max` of no
/// elements; a mask or an initial value that does not fit; a function that failed on some rank, or
/// memory that one does not get; a rank failed.
pub fn reduce(
    comm: &dyn Communicator,
    requests: &[Request],
    alignment: Alignment,
) -> Result<Vec<Reduced>> {
    if let [request] = requests
        && let Some(value) = one::one(comm, request, alignment)?
    {
        return Ok(vec![Reduced::Scalar(value)]);
    }
    let jobs: Few<Job<'_>> = requests.iter().map(Job::new).collect::<Result<_>>()?;
    let mut results: Few<Option<Reduced>> = smallvec::smallvec![None; jobs.len()];
    let mut groups: Few<Few<usize>> = Few::new();
    for (number, job) in jobs.iter().enumerate() {
        let alike = |group: &&mut Few<usize>| {
            let other = &jobs[group[0]];
            job.request.node.shape() == other.request.node.shape() && job.reduced == other.reduced
        };
        match groups.iter_mut().find(alike) {
            Some(group) => group.push(number),
            None => groups.push(smallvec::smallvec![number]),
        }
    }
    let (over_all, along): (Few<_>, Few<_>) =
        groups.into_iter().partition(|group| jobs[group[0]].reduced.iter().all(|&reduced| reduced));
    for group in along {
        let group: Few<&Job<'_>> = group.iter().map(|&number| &jobs[number]).collect();
        for (job, array) in group.iter().zip(along_axes(comm, &group, alignment)?) {
            results[job.number_in(&jobs)] = Some(Reduced::Array(array));
        }
    }
    if !over_all.is_empty() {
        let groups: Few<Few<&Job<'_>>> = over_all
            .iter()
            .map(|group| group.iter().map(|&number| &jobs[number]).collect())
            .collect();
        for (job, value) in over_all_axes(comm, &groups, alignment)? {
            results[job.number_in(&jobs)] = Some(job.deliver(comm, value)?);
        }
    }
    Ok(results.into_iter().map(|result| result.expect("every request was answered")).collect())
}

/// A request, and what was found out about it.
#[derive(Debug)]
struct Job<'a> {
    request: &'a Request,
    reduced: Vec<bool>,
    elements: usize,
    plan: Plan,
}

impl<'a> Job<'a> {
    fn new(request: &'a Request) -> Result<Self> {
        let reduced = request.reduced()?;
        let elements = request.elements(&reduced)?;
        let plan = Plan::new(request)?;
        request.check_initial(plan.dtype)?;
        Ok(Self { request, reduced, elements, plan })
    }

    fn number_in(&self, jobs: &[Self]) -> usize {
        jobs.iter().position(|job| std::ptr::eq(job, self)).expect("one of the jobs")
    }

    /// Folds the initial value in, where there is one.
    fn begin(&self, folded: &mut [Accumulators]) {
        if let (Some(initial), [only]) = (self.request.initial, folded) {
            only.absorb(initial);
        }
    }

    /// Refuses results that are none.
    fn check(&self, results: &crate::block::Block) -> Result<()> {
        let name = self.request.reduction.name();
        let places = matches!(self.request.reduction, Reduction::Argmin | Reduction::Argmax);
        match places && results.view::<i64>()?.iter().any(|&place| place < 0) {
            true => Err(Error::argument(format!("'{name}' of nothing but NaN"))),
            false => Ok(()),
        }
    }

    /// A value over all axes in the form that is asked for.
    fn deliver(&self, comm: &dyn Communicator, value: Scalar) -> Result<Reduced> {
        if self.request.is_scalar() {
            return Ok(Reduced::Scalar(value));
        }
        let shape = vec![1; if self.request.keepdims { self.reduced.len() } else { 0 }];
        let everywhere = Distribution::replicated(&shape, comm.size())?;
        let mut block = crate::block::Block::zeros(value.dtype(), &shape)?;
        block.set(&vec![0; shape.len()], value)?;
        ArrayRef::from_block(&everywhere, comm.rank(), block).map(Reduced::Array)
    }

    /// Where an array of results lives.
    fn result(&self, distribution: &Distribution) -> Result<Distribution> {
        let axes: Vec<_> = (0..self.reduced.len()).filter(|&axis| self.reduced[axis]).collect();
        let result = distribution.reduce(&axes)?;
        if !self.request.keepdims {
            return Ok(result);
        }
        let mut kept = result.axes().iter();
        let map = |&reduced: &bool| match reduced {
            true => AxisMap::new(1, 1, Dist::Undistributed),
            false => Ok(kept.next().expect("an axis of the result").clone()),
        };
        let axes = self.reduced.iter().map(map).collect::<Result<_>>()?;
        Distribution::from_maps(axes, result.ranks().clone())
    }
}

/// Jobs over all axes, grouped by the shapes of their expressions.
fn over_all_axes<'a>(
    comm: &dyn Communicator,
    groups: &[Few<&'a Job<'a>>],
    alignment: Alignment,
) -> Result<Few<(&'a Job<'a>, Scalar)>> {
    let rank = comm.rank();
    let (mut passes, mut serving) = (Few::new(), Few::new());
    for group in groups {
        let pieces: Few<&Piece> = group.iter().flat_map(|job| &job.plan.pieces).collect();
        let (pieces, places) = plan::shared(&pieces);
        serving.push(places);
        let pass = Pass::new(comm, &pieces, group[0].reduced.clone(), alignment)?;
        passes.push(pass);
    }
    let everyone = Ranks::range(0..comm.size());
    let folded = passes.iter().map(|pass| pass.run_counted(rank, &everyone)).collect();
    let can_fail = passes.iter().any(Pass::can_fail);
    let mut totals: Few<Vec<Accumulators>> = agreed(comm, can_fail, folded)?;
    let mut shared: Few<&mut Accumulators> = passes
        .iter()
        .zip(&mut totals)
        .filter(|(pass, _)| !pass.distribution.ranks().serve(&everyone))
        .flat_map(|(_, folded)| folded)
        .collect();
    merge_all(comm, &mut shared)?;
    drop(shared);
    let mut values = Few::new();
    for ((group, folded), places) in groups.iter().zip(totals).zip(serving) {
        let mut folded = each(folded, &places)?;
        for job in group {
            let rest = folded.split_off(job.plan.pieces.len());
            job.begin(&mut folded);
            let block = job.plan.finish(&folded, &[], job.elements)?;
            job.check(&block)?;
            values.push((*job, scalar(&block)));
            folded = rest;
        }
    }
    Ok(values)
}

/// The accumulators of each piece, of those that serve several.
fn each(folded: Vec<Accumulators>, places: &[usize]) -> Result<Vec<Accumulators>> {
    match places.len() == folded.len() {
        true => Ok(folded),
        false => places.iter().map(|&place| folded[place].duplicate()).collect(),
    }
}
