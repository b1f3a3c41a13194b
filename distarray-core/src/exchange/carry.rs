//! Carrying out a plan.

use super::{Plan, Transfer};
use crate::block::{Part, Selection};
use crate::comm::{Communicator, Layout, Memory, Message, copy_layouts};
use crate::error::Result;

/// The messages of a plan for elements of a part; none where a rank holds no part.
pub(crate) fn messages(transfers: &[Transfer], part: Option<&Part>) -> Vec<Message> {
    let Some(part) = part else {
        assert!(transfers.is_empty(), "a rank without a part has nothing to move");
        return Vec::new();
    };
    let message = |transfer: &Transfer| Message {
        peer: transfer.peer,
        parts: transfer.parts.iter().map(|places| part.layout(places)).collect(),
    };
    transfers.iter().map(message).collect()
}

/// Moves elements from one part to another as the plan says. Collective; a rank that holds no part
/// on a side passes none.
pub(crate) fn carry(
    plan: &Plan,
    comm: &dyn Communicator,
    source: Option<&Part>,
    target: Option<&mut Part>,
) -> Result<()> {
    let sends = messages(&plan.sends, source);
    let source = source.map_or(&[][..], |part| part.with_halo().storage().as_slice());
    let Some(target) = target else {
        return comm.exchange(Memory::between(source, &mut []), &sends, &[]);
    };
    // The memory is made the target's own before its layout is taken: a copy has another one.
    target.with_halo_mut().make_unique()?;
    let receives = messages(&plan.receives, Some(target));
    let target = target.with_halo_mut().make_unique()?.as_mut_slice();
    comm.exchange(Memory::between(source, target), &sends, &receives)
}

/// As [`carry`], to what is selected of the target: places are those of the slice, whose axes the
/// plan has. Collective; a rank that holds no part of the slice passes none.
pub(crate) fn carry_to_selected(
    plan: &Plan,
    comm: &dyn Communicator,
    source: Option<&Part>,
    target: Option<(&mut Part, &Selection)>,
) -> Result<()> {
    let sends = messages(&plan.sends, source);
    let source = source.map_or(&[][..], |part| part.with_halo().storage().as_slice());
    let Some((target, selection)) = target else {
        return comm.exchange(Memory::between(source, &mut []), &sends, &[]);
    };
    target.with_halo_mut().make_unique()?;
    let message = |transfer: &Transfer| Message {
        peer: transfer.peer,
        parts: layouts_of_selected(transfer, target, selection),
    };
    let receives: Vec<_> = plan.receives.iter().map(message).collect();
    let target = target.with_halo_mut().make_unique()?.as_mut_slice();
    comm.exchange(Memory::between(source, target), &sends, &receives)
}

/// Where a transfer's elements lie in what is selected of a part.
fn layouts_of_selected(transfer: &Transfer, part: &Part, selection: &Selection) -> Vec<Layout> {
    transfer.parts.iter().map(|places| part.layout_of_selected(selection, places)).collect()
}

/// As [`carry`], of a plan by which no rank sends anything to another: nobody waits for anybody.
pub(crate) fn carry_here(plan: &Plan, source: Option<&Part>, target: &mut Part) -> Result<()> {
    target.with_halo_mut().make_unique()?;
    for receive in &plan.receives {
        assert_eq!(receive.peer, plan.rank, "the elements are on this rank");
        let source = source.expect("a rank that sends has a part");
        let send = plan.sends.iter().find(|send| send.peer == plan.rank);
        let send = send.expect("what a rank receives of itself it sends");
        let layouts = |transfer: &Transfer, part: &Part| -> Vec<_> {
            transfer.parts.iter().map(|places| part.layout(places)).collect()
        };
        let (from, to) = (layouts(send, source), layouts(receive, target));
        let start = source.with_halo().storage().as_ptr();
        let end = target.with_halo_mut().make_unique()?.as_mut_ptr();
        // SAFETY: places lie in their parts; the target's memory is its own alone.
        unsafe { copy_layouts(start, &from, end, &to) };
    }
    Ok(())
}

/// Moves elements within one part as the plan of a halo says. Collective.
pub(crate) fn carry_within(
    plan: &Plan,
    comm: &dyn Communicator,
    part: Option<&mut Part>,
) -> Result<()> {
    let Some(part) = part else {
        return comm.exchange(Memory::none(), &[], &[]);
    };
    part.with_halo_mut().make_unique()?;
    let sends = messages(&plan.sends, Some(part));
    let receives = messages(&plan.receives, Some(part));
    let bytes = part.with_halo_mut().make_unique()?.as_mut_slice();
    // SAFETY: what is sent are owned elements, what is received lies in the halo around them.
    comm.exchange(unsafe { Memory::within(bytes) }, &sends, &receives)
}
