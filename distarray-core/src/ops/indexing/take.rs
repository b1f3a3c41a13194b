//! Reading what is selected.

use super::resolve::{Resolved, resolve};
use super::route::Route;
use super::selection::Selection;
use crate::comm::{Communicator, Memory, Message};
use crate::error::Result;
use crate::handle::ArrayRef;
use crate::ops::Alignment;
use crate::ops::allocate::unfilled;

/// Of an array without copies; see [`take`](super::take).
pub(super) fn take(
    comm: &dyn Communicator,
    array: &ArrayRef,
    selection: &Selection,
    alignment: Alignment,
) -> Result<ArrayRef> {
    gather(comm, array, &resolve(comm, array.distribution(), selection, alignment)?)
}

/// As [`take`], of what has been checked.
pub(super) fn gather(
    comm: &dyn Communicator,
    array: &ArrayRef,
    resolved: &Resolved,
) -> Result<ArrayRef> {
    let source = array.distribution();
    let rank = comm.rank();
    let route = Route::new(rank, source, resolved);
    let mut result = unfilled(comm, array.dtype(), &resolved.holder)?;
    let lists = route.lists(comm, &resolved.numbers, false)?;
    let mut sends = Vec::new();
    if let (Some(part), Some(own)) = (array.part(), source.coords(rank)) {
        for (&peer, list) in &lists.owned {
            let layout = route.owner_layout(part, &own, &list.places);
            sends.push(Message { peer, parts: vec![layout] });
        }
    }
    let mut receives = Vec::new();
    if let (Some(part), Some(held)) = (result.part(), resolved.holder.coords(rank)) {
        for (&group, places) in &lists.held {
            let layouts = route.holder_layouts(part.with_halo(), &held, (group, places));
            let message = |(peer, layout)| Message { peer, parts: vec![layout] };
            receives.extend(layouts.into_iter().map(message));
        }
    }
    sends.retain(|message| message.bytes() > 0);
    receives.retain(|message| message.bytes() > 0);
    receives.sort_unstable_by_key(|message| message.peer);
    let source = array.part().map_or(&[][..], |part| part.with_halo().storage().as_slice());
    let target = match result.part_mut() {
        Some(part) => part.with_halo_mut().make_unique()?.as_mut_slice(),
        None => &mut [],
    };
    comm.exchange(Memory::between(source, target), &sends, &receives)?;
    Ok(result)
}
