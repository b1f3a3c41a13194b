//! Reductions over all axes or some.

use super::align::{Alignment, align};
use super::allocate::{agreed, is_large, zeros};
use super::evaluate::result_distribution;
use crate::block::kernels::fold::{FoldKernel, Reduction, fold};
use crate::comm::{Communicator, Memory, Message};
use crate::dist::{Distribution, Ranks};
use crate::element::Scalar;
use crate::error::{Error, Result};
use crate::expr::{self, Accumulators, Node};
use crate::handle::ArrayRef;

/// What a reduction gives.
#[derive(Clone, Debug)]
pub enum Reduced {
    /// Over all axes: one value, on every rank.
    Scalar(Scalar),
    /// Over some axes: an array of the others.
    Array(ArrayRef),
}

/// Reduces an expression over all axes (`None`) or the ones given, in one pass over its arrays.
///
/// Over all axes: one gather of an accumulator (8 to 64 bytes) a rank; the value is on every rank.
/// Over all by their numbers: the same, as an array of no axes that every rank has a copy of. Over
/// some: accumulators meet on the lowest rank along the reduced axes, in `ceil(log2(ranks along
/// those axes))` messages a rank; that is where the result lives ([`Distribution::reduce`]).
/// Accumulators merge in an order that depends on the grid alone. One agreement of eight bytes where
/// functions may fail, two where parts of the result are 64 MiB or more.
///
/// # Errors
/// The dtype has no such reduction; an axis is out of bounds or given twice; `min` or `max` of no
/// elements; a function that failed on some rank, or memory that one does not get; a rank failed.
pub fn reduce(
    comm: &dyn Communicator,
    node: &Node,
    reduction: Reduction,
    axes: Option<&[usize]>,
    alignment: Alignment,
) -> Result<Reduced> {
    let name = reduction.name();
    let Some(kernel) = fold(reduction, node.dtype()) else {
        return Err(Error::dtype(format!("'{name}' does not take {}", node.dtype())));
    };
    let shape = node.shape();
    let mut reduced = vec![axes.is_none(); shape.len()];
    for &axis in axes.unwrap_or_default() {
        match reduced.get_mut(axis) {
            None => {
                let ndim = shape.len();
                return Err(Error::index(format!(
                    "'{name}': axis {axis} of an array of {ndim} axes"
                )));
            }
            Some(true) => {
                return Err(Error::argument(format!("'{name}': axis {axis} is given twice")));
            }
            Some(flag) => *flag = true,
        }
    }
    let folded = |over: bool| {
        let chosen = shape.iter().zip(&reduced).filter(|(_, reduced)| **reduced == over);
        chosen.map(|(&extent, _)| extent).product::<usize>()
    };
    let elements = folded(true);
    if reduction.needs_elements() && elements == 0 && folded(false) > 0 {
        return Err(Error::shape(format!("'{name}' of no elements: shape {shape:?}")));
    }

    let distribution = result_distribution(comm, node)?;
    let arrays = align(comm, node, &distribution, alignment)?;
    let rank = comm.rank();
    let mine = match distribution.holds(rank) {
        true => expr::fold(node, &arrays, (&distribution, rank), &reduced, &kernel).map(Some),
        false => Ok(None),
    };
    let result = distribution.reduce(axes.unwrap_or_default())?;
    // Accumulators are larger than results, by a factor that does not matter here.
    let may_fail_alone = node.can_fail() || (axes.is_some() && is_large(kernel.output, &result));
    let mine = agreed(comm, may_fail_alone, mine)?;
    let ddof = match reduction {
        Reduction::Var { ddof } | Reduction::Std { ddof } => ddof,
        _ => 0,
    };
    if reduced.iter().all(|&reduced| reduced) {
        let total = match (distribution.is_replicated(), mine) {
            (true, Some(mine)) if distribution.ranks().serve(&Ranks::range(0..comm.size())) => mine,
            // One copy counts.
            (true, mine) => {
                let owner = distribution.ranks().rank(0);
                merge_all(comm, &kernel, mine.filter(|_| owner == rank))?
            }
            (false, mine) => merge_all(comm, &kernel, mine)?,
        };
        let value = total.finish(&kernel, &[], elements as u64, ddof)?;
        if axes.is_none() {
            return Ok(Reduced::Scalar(value.at(&[])));
        }
        let everywhere = Distribution::replicated([0_usize; 0], comm.size())?;
        return ArrayRef::from_block(&everywhere, rank, value).map(Reduced::Array);
    }
    let merged = merge_along(comm, &kernel, &distribution, &reduced, mine)?;
    let mut array = zeros(comm, kernel.output, &result)?;
    if let (Some(part), Some(merged)) = (array.part_mut(), merged) {
        let shape = part.shape().to_vec();
        part.assign(&merged.finish(&kernel, &shape, elements as u64, ddof)?)?;
    }
    Ok(Reduced::Array(array))
}

/// The accumulator of all ranks together, merged in rank order, on every rank.
fn merge_all(
    comm: &dyn Communicator,
    kernel: &FoldKernel,
    mine: Option<Accumulators>,
) -> Result<Accumulators> {
    let mine = match mine {
        Some(mine) => mine,
        None => Accumulators::new(kernel, 1)?,
    };
    if comm.size() == 1 {
        return Ok(mine);
    }
    let mut all = vec![0; kernel.state * comm.size()];
    comm.all_gather(mine.as_bytes(), &mut all)?;
    let mut total = Accumulators::new(kernel, 1)?;
    for state in all.chunks_exact(kernel.state) {
        total.merge(kernel, state);
    }
    Ok(total)
}

/// The accumulators of the ranks along the reduced axes, merged in a binary tree on the first of
/// them; `None` on the others.
fn merge_along(
    comm: &dyn Communicator,
    kernel: &FoldKernel,
    distribution: &Distribution,
    reduced: &[bool],
    mut mine: Option<Accumulators>,
) -> Result<Option<Accumulators>> {
    let grid = distribution.grid();
    let along = grid.iter().zip(reduced).filter(|(_, reduced)| **reduced);
    let size: usize = along.map(|(parts, _)| *parts).product();
    let coords = distribution.coords(comm.rank());
    // This rank's number among those along the reduced axes, in C order.
    let number = |coords: &[usize]| {
        let along = coords.iter().zip(grid).zip(reduced).filter(|(_, reduced)| **reduced);
        along.fold(0, |number, ((coord, parts), _)| number * parts + coord)
    };
    let rank_of = |coords: &[usize], mut number: usize| {
        let mut peer = coords.to_vec();
        for axis in (0..grid.len()).rev().filter(|&axis| reduced[axis]) {
            peer[axis] = number % grid[axis];
            number /= grid[axis];
        }
        distribution.rank_at(&peer)
    };
    let mut distance = 1;
    while distance < size {
        let (mut send, mut receive) = (None, None);
        if let (Some(coords), Some(_)) = (&coords, &mine) {
            let me = number(coords);
            if me % (2 * distance) == distance {
                send = Some(rank_of(coords, me - distance));
            } else if me % (2 * distance) == 0 && me + distance < size {
                receive = Some(rank_of(coords, me + distance));
            }
        }
        let bytes = mine.as_ref().map_or(&[][..], Accumulators::as_bytes);
        let mut theirs = vec![0; if receive.is_some() { bytes.len() } else { 0 }];
        let message = |peer| Message::contiguous(peer, 0..bytes.len());
        let sends = send.map(message);
        let receives = receive.map(message);
        comm.exchange(Memory::between(bytes, &mut theirs), sends.as_slice(), receives.as_slice())?;
        if send.is_some() {
            mine = None;
        } else if let (Some(_), Some(mine)) = (receive, &mut mine) {
            mine.merge(kernel, &theirs);
        }
        distance *= 2;
    }
    Ok(mine)
}
