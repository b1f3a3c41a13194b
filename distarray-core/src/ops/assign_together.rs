//! Writing several expressions over several arrays, in one pass.

use super::align::{Alignment, align};
use super::allocate::{agreed, is_large};
use super::assign::ready;
use super::evaluate::evaluate_together;
use crate::comm::Communicator;
use crate::error::{Error, Result};
use crate::expr::{self, Destination, Joined, Node, broadcast_shapes};
use crate::handle::ArrayRef;

/// Writes the values of expressions over all elements of arrays, to whose shapes they broadcast; those of one
/// distribution in one pass over all that is read, with what they have in common computed once.
///
/// What is read of any of the arrays is what stood there before: one that is read gets new memory. Arrays that
/// are distributed otherwise than what they are written to are moved first, each by one plan. One agreement of
/// eight bytes where parts of the arrays are 64 MiB or more. Values that may fail are computed apart first, into
/// new arrays, with one agreement for each of their shapes.
///
/// # Errors
/// Not as many arrays as values; the shapes do not broadcast, the dtypes differ; a function that failed on some
/// rank, or memory that one does not get; a rank failed. Nothing is written, but where a rank failed.
pub fn assign_together(
    comm: &dyn Communicator,
    arrays: &mut [&mut ArrayRef],
    values: &[Node],
    alignment: Alignment,
) -> Result<()> {
    if arrays.len() != values.len() {
        let (values, arrays) = (values.len(), arrays.len());
        return Err(Error::argument(format!("{values} values are not written to {arrays} arrays")));
    }
    for (number, (array, value)) in arrays.iter().zip(values).enumerate() {
        check(number, array, value)?;
    }
    let values = certain(comm, values, alignment)?;
    // Arrays of one distribution, what is written to them, and what that reads.
    let mut passes = Vec::new();
    let mut is_in_one = vec![false; arrays.len()];
    for first in 0..arrays.len() {
        if is_in_one[first] {
            continue;
        }
        let distribution = arrays[first].distribution().without_halo();
        let alike = |&other: &usize| arrays[other].distribution().without_halo() == distribution;
        let group: Vec<usize> = (first..arrays.len()).filter(alike).collect();
        group.iter().for_each(|&number| is_in_one[number] = true);
        let roots: Vec<Node> = group.iter().map(|&number| values[number].clone()).collect();
        let joined = Joined::new(&roots)?;
        let blocks = align(comm, &joined.node().arrays(), &distribution, alignment)?;
        passes.push((distribution, group, joined, blocks));
    }
    // Memory first, so that nothing is written where some rank gets none.
    let large = arrays.iter().any(|array| is_large(array.dtype(), array.distribution()));
    let memory = arrays.iter_mut().map(|array| ready(array)).collect::<Result<Vec<_>>>();
    for (array, fresh) in arrays.iter_mut().zip(agreed(comm, large, memory)?) {
        if let (Some(part), Some(fresh)) = (array.part_mut(), fresh) {
            *part = fresh;
        }
    }
    for (distribution, group, joined, blocks) in passes {
        if !distribution.holds(comm.rank()) {
            continue;
        }
        let wanted = arrays.iter_mut().enumerate().filter(|(number, _)| group.contains(number));
        let parts = wanted.filter_map(|(_, array)| array.part_mut());
        let destinations = parts.map(Destination::of_part).collect::<Result<Vec<_>>>()?;
        expr::evaluate_joined(&joined, &blocks, (&distribution, comm.rank()), &destinations)?;
    }
    Ok(())
}

fn check(number: usize, array: &ArrayRef, value: &Node) -> Result<()> {
    let (shape, given) = (array.shape(), value.shape());
    if broadcast_shapes(shape, given).is_none_or(|common| common != shape) {
        return Err(Error::shape(format!(
            "value {number}, of shape {given:?}, cannot be written to an array of shape {shape:?}"
        )));
    }
    match value.dtype() == array.dtype() {
        true => Ok(()),
        false => Err(Error::dtype(format!(
            "value {number}, of {}, cannot be written to an array of {}",
            value.dtype(),
            array.dtype()
        ))),
    }
}

/// The values, of which those that may fail half way are computed, those of one shape in one pass.
fn certain(comm: &dyn Communicator, values: &[Node], alignment: Alignment) -> Result<Vec<Node>> {
    let failing: Vec<Node> = values.iter().filter(|value| value.can_fail()).cloned().collect();
    let mut computed = match failing.is_empty() {
        true => Vec::new(),
        false => evaluate_together(comm, &failing, alignment)?,
    }
    .into_iter();
    let certain = |value: &Node| match value.can_fail() {
        true => Node::array(computed.next().expect("an array for each")),
        false => value.clone(),
    };
    Ok(values.iter().map(certain).collect())
}
