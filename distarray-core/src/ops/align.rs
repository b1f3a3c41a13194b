//! Bringing the operands of an expression together.

use super::allocate::{agreed, is_large};
use crate::block::{Block, Part};
use crate::comm::{Communicator, Operation, ReduceOp};
use crate::dist::{AxisMap, Dist, Distribution};
use crate::error::{Error, Result};
use crate::exchange::{Cover, Plan, carry, carry_here};
use crate::handle::ArrayRef;

/// What happens to operands that are distributed otherwise than the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Alignment {
    /// They are moved, each by one plan.
    #[default]
    Move,
    /// The operation is refused, with what it would have cost.
    Refuse,
}

/// For each array of an expression, the elements that this rank needs to evaluate its part of the
/// distribution: a block whose shape broadcasts to the local one.
///
/// Arrays that lie there already are not moved or copied. Collective where one is not. An array that
/// stands several times in the expression is moved once, which costs an agreement of one byte.
pub(super) fn align(
    comm: &dyn Communicator,
    arrays: &[&ArrayRef],
    distribution: &Distribution,
    alignment: Alignment,
) -> Result<Vec<Block>> {
    // Most often all are distributed alike, and this is all that is to be done.
    if arrays.iter().all(|array| array.distribution() == distribution) {
        let mut blocks = Vec::with_capacity(arrays.len());
        for array in arrays {
            blocks.push(array.owned()?);
        }
        return Ok(blocks);
    }
    let routes: Vec<_> = arrays
        .iter()
        .map(|&array| Ok((array, route(array.distribution(), distribution)?)))
        .collect::<Result<_>>()?;
    if alignment == Alignment::Refuse {
        refuse(&routes, distribution)?;
    }
    let twins = twins(comm, &routes, distribution)?;
    let mut blocks: Vec<Block> = Vec::with_capacity(routes.len());
    for ((array, route), twin) in routes.into_iter().zip(twins) {
        blocks.push(match twin {
            Some(earlier) => blocks[earlier].clone(),
            None => fetch(comm, array, route, distribution)?,
        });
    }
    Ok(blocks)
}

/// For each operand, an earlier one with the same elements that is moved to the same places.
///
/// Whether a clone has been written since, a rank knows of its own part alone: so ranks agree, where
/// there are clones that have to be moved.
fn twins(
    comm: &dyn Communicator,
    routes: &[(&ArrayRef, Option<Route>)],
    target: &Distribution,
) -> Result<Vec<Option<usize>>> {
    let moves = |(array, route): &(&ArrayRef, Option<Route>)| {
        route.is_some() && !array.distribution().ranks().serve(target.ranks())
    };
    let earlier = |(i, operand): (usize, &(&ArrayRef, Option<Route>))| {
        let is_kin = |other: &(&ArrayRef, Option<Route>)| other.0.is_kin(operand.0);
        routes[..i].iter().position(is_kin).filter(|_| moves(operand))
    };
    let twins: Vec<Option<usize>> = routes.iter().enumerate().map(earlier).collect();
    if twins.iter().all(Option::is_none) {
        return Ok(twins);
    }
    let is_same = |(operand, twin): (&(&ArrayRef, Option<Route>), &Option<usize>)| {
        twin.is_none_or(|earlier| operand.0.is_same_here(routes[earlier].0))
    };
    let all_same = routes.iter().zip(&twins).all(is_same);
    match comm.all_reduce_of(ReduceOp::And, all_same)? {
        true => Ok(twins),
        false => Ok(vec![None; routes.len()]),
    }
}

/// This rank's plan to move an array straight to a distribution to which it does not have to be
/// stretched; `None` where no rank has to send or to be sent anything, or it is to be stretched.
///
/// # Errors
/// The array is to be moved, and that is refused.
pub(super) fn plan_of(
    comm: &dyn Communicator,
    array: &ArrayRef,
    distribution: &Distribution,
    alignment: Alignment,
) -> Result<Option<Plan>> {
    let (source, rank) = (array.distribution(), comm.rank());
    if source.shape() != distribution.shape() || source.ranks().serve(distribution.ranks()) {
        return Ok(None);
    }
    let routes = [(array, route(source, distribution)?)];
    if alignment == Alignment::Refuse {
        refuse(&routes, distribution)?;
    }
    let [(_, route)] = routes;
    let plan = |Route { axes, covers, .. }: Route| {
        Plan::new(&axes, source.ranks(), &covers, distribution.ranks(), rank)
    };
    Ok(route.map(plan))
}

/// How an operand that does not lie where it is needed gets there.
struct Route {
    missing: usize,
    axes: Vec<AxisMap>,
    covers: Vec<Cover>,
}

/// The way of an operand to its place in the target; `None` where it is there.
fn route(source: &Distribution, target: &Distribution) -> Result<Option<Route>> {
    if source.shape() == target.shape() && source.is_compatible(target) {
        return Ok(None);
    }
    // Axes that the operand lacks are axes of one element, as NumPy has it.
    let missing = target.ndim() - source.ndim();
    let one = AxisMap::new(1, 1, Dist::Undistributed)?;
    let axes: Vec<_> = std::iter::repeat_n(&one, missing).chain(source.axes()).cloned().collect();
    let covers: Vec<_> = axes.iter().zip(target.axes()).map(cover).collect();
    let stays = |(own, cover): (&AxisMap, &Cover)| match cover {
        Cover::Owned(wanted) => own.is_compatible(wanted) && own.parts() == wanted.parts(),
        other => other.parts() == 1,
    };
    match source.ranks() == target.ranks() && axes.iter().zip(&covers).all(stays) {
        true => Ok(None),
        false => Ok(Some(Route { missing, axes, covers })),
    }
}

/// An error for the first operand that has to be moved, with what that would cost.
fn refuse(routes: &[(&ArrayRef, Option<Route>)], target: &Distribution) -> Result<()> {
    let moves = |(array, route): &'_ &(&ArrayRef, Option<Route>)| {
        route.is_some() && !array.distribution().ranks().serve(target.ranks())
    };
    let Some((array, Some(route))) = routes.iter().find(moves) else {
        return Ok(());
    };
    let (source, item) = (array.distribution(), array.dtype().size());
    let (mut bytes, mut messages) = (0_usize, 0_usize);
    for rank in source.ranks().holders() {
        let plan = Plan::new(&route.axes, source.ranks(), &route.covers, target.ranks(), rank);
        let traffic = plan.traffic(item);
        bytes += traffic.sent_bytes;
        messages += traffic.messages;
    }
    Err(Error::Budget(format!(
        "{}: an operand that is distributed as {source} is needed as {target}; to move it would send \
         {bytes} bytes in {messages} messages",
        Operation::current()
    )))
}

fn fetch(
    comm: &dyn Communicator,
    array: &ArrayRef,
    route: Option<Route>,
    target: &Distribution,
) -> Result<Block> {
    let Some(Route { missing, axes, covers }) = route else { return array.owned() };
    let rank = comm.rank();
    let plan = Plan::new(&axes, array.distribution().ranks(), &covers, target.ranks(), rank);
    let part = array.part().map(|part| part.with_axes_in_front(missing));
    let extents = target.local_shape(rank).into_iter().zip(&covers);
    let shape: Vec<_> = extents
        .map(|(extent, cover)| match cover {
            Cover::Owned(_) => extent,
            _ => 1,
        })
        .collect();
    let local = array.distribution().ranks().serve(target.ranks());
    if !target.holds(rank) {
        agreed(comm, is_large(array.dtype(), target), Ok(()))?;
        if !local {
            carry(&plan, comm, part.as_ref(), None)?;
        }
        return Block::zeros(array.dtype(), &vec![0; target.ndim().max(1)]);
    }
    let aligned = Part::zeros(array.dtype(), &shape, &vec![(0, 0); shape.len()]);
    let mut aligned = agreed(comm, is_large(array.dtype(), target), aligned)?;
    match local {
        true => carry_here(&plan, part.as_ref(), &mut aligned)?,
        false => carry(&plan, comm, part.as_ref(), Some(&mut aligned))?,
    }
    Ok(aligned.owned())
}

/// What the target's parts want of an operand's axis: a stretched axis has one element for all.
fn cover((own, wanted): (&AxisMap, &AxisMap)) -> Cover {
    if own.len() == wanted.len() {
        Cover::Owned(wanted.without_halo())
    } else {
        Cover::one_everywhere(wanted.parts())
    }
}
