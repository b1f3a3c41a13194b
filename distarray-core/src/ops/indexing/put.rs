//! Writing to what is selected, and accumulating there.

use std::collections::BTreeMap;

use super::resolve::{Numbers, Resolved, resolve};
use super::route::{Lists, Owned, Route};
use super::selection::Selection;
use super::take::gather;
use crate::block::{Block, Part};
use crate::comm::{Communicator, Memory, Message, Operation, ReduceOp};
use crate::dist::Distribution;
use crate::element::{DType, Scalar};
use crate::error::{Error, Result};
use crate::expr::{Node, Operator, broadcast_shapes};
use crate::handle::ArrayRef;
use crate::ops::align::{Alignment, align};
use crate::ops::allocate::{LARGE, agreed, is_large};
use crate::ops::evaluate::evaluate;

/// Of an array without copies; see [`put`](super::put).
pub(super) fn put(
    comm: &dyn Communicator,
    array: &mut ArrayRef,
    selection: &Selection,
    values: &Node,
    op: Option<ReduceOp>,
    alignment: Alignment,
) -> Result<()> {
    check_dtype(array.dtype(), values, op)?;
    let shape = selection.shape(array.shape())?;
    let repeats = matches!(selection, Selection::Flat(_))
        && !values.shape().is_empty()
        && values.shape() != shape;
    if !repeats {
        check_shape(values.shape(), &shape)?;
    }
    let mut resolved = resolve(comm, array.distribution(), selection, alignment)?;
    if let Operator::Scalar(value) = values.operator() {
        return scatter(comm, array, &resolved, Values::One(*value), op);
    }
    let mut values = evaluated(comm, values, alignment)?;
    if repeats {
        if values.distribution().is_empty() {
            return Ok(());
        }
        values = repeated(comm, &values, &resolved)?;
    }
    // Without other axes anyone can hold the values.
    let lies_anyhow = resolved.axes.len() == array.shape().len();
    if let (Numbers::Everywhere(_), true) = (&resolved.numbers, lies_anyhow)
        && values.shape() == shape
    {
        resolved.holder = values.distribution().without_halo();
    }
    let values = held_by(comm, &values, &resolved.holder)?;
    scatter(comm, array, &resolved, Values::Each(values), op)
}

/// The value of an expression, an array as it is; without copies.
pub(super) fn evaluated(
    comm: &dyn Communicator,
    node: &Node,
    alignment: Alignment,
) -> Result<ArrayRef> {
    match node.operator() {
        Operator::Array(array) => Ok(array.on_owner(comm.rank())),
        _ => Ok(evaluate(comm, node, None, alignment)?.on_owner(comm.rank())),
    }
}

/// Sees to it that an array's memory is its own, so that writing cannot fail.
pub(super) fn make_own(comm: &dyn Communicator, array: &mut ArrayRef) -> Result<()> {
    let large = is_large(array.dtype(), array.distribution());
    let part = array.part_mut();
    let own = part.map_or(Ok(()), |part| part.with_halo_mut().make_unique().map(drop));
    agreed(comm, large, own)
}

/// What is written.
pub(super) enum Values {
    /// The same value everywhere.
    One(Scalar),
    /// What this rank holds, in C order.
    Each(Block),
}

/// Refuses values of another dtype, and operations that a dtype does not have.
fn check_dtype(dtype: DType, values: &Node, op: Option<ReduceOp>) -> Result<()> {
    let name = Operation::current().name;
    if values.dtype() != dtype {
        let other = values.dtype();
        return Err(Error::dtype(format!("'{name}': cannot write {other} to an array of {dtype}")));
    }
    // An operation tells what it takes when it is tried.
    let (mut tried, zeros) = ([0; 16], [0; 16]);
    let size = dtype.size();
    op.map_or(Ok(()), |op| op.combine(dtype, &mut tried[..size], &zeros[..size]))
}

/// Refuses values that do not broadcast to what is selected.
pub(super) fn check_shape(values: &[usize], shape: &[usize]) -> Result<()> {
    if broadcast_shapes(values, shape).is_some_and(|joined| joined == shape) {
        return Ok(());
    }
    let name = Operation::current().name;
    Err(Error::shape(format!(
        "'{name}': values of shape {values:?} do not broadcast to what is selected, of shape {shape:?}"
    )))
}

/// As many values as there are indices, by going over them again and again in C order.
fn repeated(comm: &dyn Communicator, values: &ArrayRef, resolved: &Resolved) -> Result<ArrayRef> {
    let all = values.distribution().len();
    let numbers = match &resolved.numbers {
        Numbers::Everywhere(numbers) => {
            Numbers::Everywhere((0..numbers.len()).map(|position| position % all).collect())
        }
        Numbers::Here(_) => {
            let held = resolved.holder.coords(comm.rank());
            let positions = held.map(|held| {
                let holders = resolved.holders();
                holders.numbers(holders.group(&held))
            });
            Numbers::Here(positions.into_iter().flatten().map(|position| position % all).collect())
        }
    };
    let axes = 0..values.shape().len();
    let (holder, held) = (resolved.holder.clone(), resolved.held.clone());
    gather(comm, values, &Resolved { axes, holder, held, numbers })
}

/// The values as the holders of the indices have them, stretched, contiguous and in C order.
pub(super) fn held_by(
    comm: &dyn Communicator,
    values: &ArrayRef,
    holder: &Distribution,
) -> Result<Block> {
    let block = align(comm, &[values], holder, Alignment::Move)?.remove(0);
    let shape = holder.local_shape(comm.rank());
    let stretched = match () {
        // Parts without elements may have any shape that has none.
        _ if !holder.holds(comm.rank()) || shape.contains(&0) => {
            Block::zeros(block.dtype(), &shape)
        }
        () if block.shape() == shape && block.is_contiguous() => Ok(block),
        () => crate::with_element!(block.dtype(), T => {
            let view = block.view::<T>()?;
            let view = view.broadcast(&shape[..]).expect("aligned values broadcast");
            let mut whole = Block::zeros(block.dtype(), &shape)?;
            whole.view_mut::<T>()?.assign(&view);
            Ok(whole)
        }),
    };
    agreed(comm, block_bytes(values.dtype(), holder) >= LARGE, stretched)
}

fn block_bytes(dtype: DType, distribution: &Distribution) -> usize {
    distribution.len().saturating_mul(dtype.size())
}

/// As [`put`], of what has been checked.
pub(super) fn scatter(
    comm: &dyn Communicator,
    array: &mut ArrayRef,
    resolved: &Resolved,
    values: Values,
    op: Option<ReduceOp>,
) -> Result<()> {
    let source = array.distribution().clone();
    let rank = comm.rank();
    let route = Route::new(rank, &source, resolved).by_index();
    let ordered = op.is_some() || matches!(values, Values::Each(_));
    let Lists { owned, held } = route.lists(comm, &resolved.numbers, ordered)?;
    let own = source.coords(rank);
    let slab = own.as_ref().map_or(0, |own| route.slab(own));
    let values = match values {
        Values::One(value) => Received::One(value.to_bytes()),
        Values::Each(values) => {
            let item = array.dtype().size();
            let bytes = owned.values().map(|list| list.places.len() * slab * item).sum();
            // Owners may get anything from nothing to everything.
            let room = Block::zeros(DType::U8, &[bytes]);
            let large = block_bytes(array.dtype(), &resolved.holder) >= LARGE;
            let mut room = agreed(comm, large, room)?;
            let sends = match resolved.holder.coords(rank) {
                Some(coords) => sent(&route, &values, &coords, &held),
                None => Vec::new(),
            };
            let receives = expected(&owned, slab * item);
            let target = room.make_unique()?.as_mut_slice();
            let memory = Memory::between(values.storage().as_slice(), target);
            comm.exchange(memory, &sends, &receives)?;
            Received::Each(room)
        }
    };
    make_own(comm, array)?;
    match (array.part_mut(), own) {
        (Some(part), Some(own)) if slab > 0 => write(&route, part, &own, &owned, &values, op),
        _ => Ok(()),
    }
}

/// The values that holders send to the owners.
fn sent(
    route: &Route<'_>,
    values: &Block,
    coords: &[usize],
    held: &BTreeMap<usize, Vec<usize>>,
) -> Vec<Message> {
    let mut sends = Vec::new();
    for (&group, places) in held {
        let layouts = route.holder_layouts(values, coords, (group, places));
        let message = |(peer, layout)| Message { peer, parts: vec![layout] };
        sends.extend(layouts.into_iter().map(message));
    }
    sends.retain(|message| message.bytes() > 0);
    sends.sort_unstable_by_key(|message| message.peer);
    sends
}

/// One message from each holder, side by side.
fn expected(owned: &BTreeMap<usize, Owned>, slab: usize) -> Vec<Message> {
    let mut start = 0;
    let mut receives = Vec::new();
    for (&peer, list) in owned {
        let end = start + list.places.len() * slab;
        if end > start {
            receives.push(Message::contiguous(peer, start..end));
        }
        start = end;
    }
    receives
}

/// Values at an owner.
enum Received {
    /// The bytes of one for all.
    One([u8; 16]),
    /// Those of each holder's list, one list after the other.
    Each(Block),
}

/// Writes values to an owner's part, in the order of their positions.
fn write(
    route: &Route<'_>,
    part: &mut Part,
    own: &[usize],
    owned: &BTreeMap<usize, Owned>,
    values: &Received,
    op: Option<ReduceOp>,
) -> Result<()> {
    let (dtype, strides) = (part.with_halo().dtype(), part.with_halo().strides().to_vec());
    let first = part.owned().offset() as isize;
    let mut slab = route.slab_offsets(&strides, own);
    let mut item = dtype.size();
    // Elements side by side go together.
    if matches!(values, Received::Each(_))
        && slab.iter().zip(0..).all(|(&offset, i)| offset == i * item as isize)
    {
        item *= slab.len();
        slab.truncate(1);
    }
    let mut offsets = Vec::new();
    let mut order: Vec<(usize, usize)> = Vec::new();
    for list in owned.values() {
        order.extend(list.positions.iter().copied().zip(offsets.len()..));
        offsets.extend(route.offsets(&strides, own, &list.places));
    }
    if order.is_empty() {
        // Without positions every order gives the same.
        order = (0..offsets.len()).map(|at| (at, at)).collect();
    }
    order.sort_unstable();
    let bytes = part.with_halo_mut().make_unique()?.as_mut_slice();
    for (_, at) in order {
        for (i, behind) in slab.iter().enumerate() {
            let start = (first + offsets[at] + behind) as usize;
            let target = &mut bytes[start..start + item];
            let value = match values {
                Received::One(value) => &value[..item],
                Received::Each(values) => {
                    &values.storage().as_slice()[(at * slab.len() + i) * item..][..item]
                }
            };
            match op {
                None => target.copy_from_slice(value),
                Some(op) => op.combine(dtype, target, value)?,
            }
        }
    }
    Ok(())
}
