//! Datasets that MPI processes write and read together, through MPI-IO.

use distarray_core::comm::{Communicator, ReduceOp};
use distarray_core::dist::Distribution;
use distarray_core::{ArrayRef, DType, Result, ops};

use super::dataset_file::DatasetFile;
use super::facts::Facts;
use super::place::Place;
use super::processes::{Processes, properties};
use super::refusal::Refusal;
use super::transfer::Transfer;
use crate::file::{Header, Order};
use crate::parallel::rows::rows_from;
use crate::parallel::turns::in_chunks;
use crate::progress::{Task, advance};
use crate::selection::Selection;
use crate::view::View;

/// Writes an array to the rows of a dataset from `start` on.
///
/// The array is first moved to blocks of whole chunks. Every rank takes part in every step of a
/// collective transfer, also one that has failed or has nothing: else the others would wait. Ends in
/// an agreement.
pub(super) fn write(
    comm: &dyn Communicator,
    processes: &Processes,
    place: &Place<'_>,
    facts: &Facts,
    start: usize,
    array: &ArrayRef,
    transfer: Transfer,
) -> Result<()> {
    let header = super::save::header_of(array);
    let one_row = vec![1; header.shape.len()];
    let blocks = in_chunks(&header, facts.chunks.as_ref().unwrap_or(&one_row), comm.size())?;
    let moved = match array.distribution() == &blocks {
        true => array.clone(),
        false => ops::redistribute(comm, array, &blocks)?,
    };
    let file = opened(processes, place, facts, transfer, true);
    let file = comm.agree(file)?;
    let selection = Selection::of(moved.distribution(), comm.rank());
    let owned = match selection.is_empty() {
        true => Ok(None),
        false => moved.owned().map(Some),
    };
    let owned = comm.agree(owned)?;
    let view = View::new(&facts.header.shape, &rows_from(start, &header.shape))?;
    let pieces = file.write_pieces(&view.in_file(&selection));
    let steps = steps(comm, pieces.len(), transfer)?;
    let _task = Task::new(selection.len() * header.dtype.size());
    let mut outcome = Ok(());
    for step in 0..steps {
        let piece = pieces.get(step);
        let written = file.write_piece(piece, owned.as_ref());
        let bytes = piece.map_or(0, |(_, region)| region.len() * header.dtype.size());
        outcome = outcome.and(written.map(|()| advance(bytes)));
    }
    // Closing writes what the library still has, all together.
    drop(file);
    comm.agree(outcome)
}

/// Reads an array with the given distribution.
///
/// It is read in blocks of rows, which are then moved to where they belong: MPI libraries (Open MPI
/// 4.1) get collective reads wrong in which processes read the same bytes.
#[expect(clippy::too_many_arguments, reason = "what is read, from where, and how")]
pub(super) fn read(
    comm: &dyn Communicator,
    processes: &Processes,
    place: &Place<'_>,
    facts: &Facts,
    view: &View,
    distribution: &Distribution,
    dtype: DType,
    transfer: Transfer,
) -> Result<ArrayRef> {
    let header = Header { dtype, shape: distribution.shape().to_vec(), order: Order::C };
    let one_row = vec![1; header.shape.len()];
    let blocks = in_chunks(&header, &one_row, comm.size())?;
    let mut array = comm.agree(ArrayRef::zeros(dtype, &blocks, comm.rank()))?;
    let file = comm.agree(opened(processes, place, facts, transfer, false))?;
    let mut selection = Selection::of(&blocks, comm.rank());
    if let Some(part) = array.part_mut() {
        selection = selection.shifted(part.origin());
    }
    let pieces = file.read_pieces(&view.in_file(&selection));
    let steps = steps(comm, pieces.len(), transfer)?;
    let _task = Task::new(selection.len() * dtype.size());
    let mut outcome = Ok(());
    for step in 0..steps {
        let block = array.part_mut().map(|part| part.with_halo_mut());
        let piece = pieces.get(step);
        let read = file.read_piece(piece, block);
        let bytes = piece.map_or(0, |piece| piece.selection.len() * dtype.size());
        outcome = outcome.and(read.map(|()| advance(bytes)));
    }
    drop(file);
    let array = comm.agree(outcome.map(|()| array))?;
    ops::redistribute(comm, &array, distribution)
}

fn opened(
    processes: &Processes,
    place: &Place<'_>,
    facts: &Facts,
    transfer: Transfer,
    is_written: bool,
) -> Result<DatasetFile> {
    let file = processes.open(place.at, place.shown, is_written)?;
    let list = properties(transfer).or_refuse(place.shown, || "cannot be transferred".into())?;
    DatasetFile::open_with(file, place, facts, Some(list))
}

/// The steps of a transfer: the most that any rank has where all take part in each.
fn steps(comm: &dyn Communicator, mine: usize, transfer: Transfer) -> Result<usize> {
    match transfer {
        Transfer::Independent => Ok(mine),
        _ => Ok(comm.all_reduce_of(ReduceOp::Max, mine as u64)? as usize),
    }
}
