//! [`Resolved`]: a selection as numbers of elements, checked, and who holds the result.

use std::ops::Range;

use ndarray::{ArrayD, ArrayViewD, IxDyn};

use super::indexed::Indexed;
use super::put::evaluated;
use super::selection::{Indices, Selection};
use crate::block::Block;
use crate::comm::{Communicator, Operation};
use crate::dist::{AxisMap, Dist, Distribution};
use crate::element::DType;
use crate::error::{Error, Result};
use crate::expr::{Node, Operator};
use crate::handle::ArrayRef;
use crate::ops::align::{Alignment, align};

/// What is selected of an array, and who holds it.
#[derive(Debug)]
pub(super) struct Resolved {
    /// The axes of the array that are indexed.
    pub(super) axes: Range<usize>,
    /// Who holds what is selected.
    pub(super) holder: Distribution,
    /// The axes of the holder that stand in place of the indexed ones.
    pub(super) held: Range<usize>,
    pub(super) numbers: Numbers,
}

/// The indices on the indexed axes together, as numbers in C order, within the extents.
#[derive(Debug)]
pub(super) enum Numbers {
    /// Of all that is selected, in C order; the same on every rank.
    Everywhere(Vec<usize>),
    /// Of what this rank holds, in the order of its places.
    Here(Vec<usize>),
}

/// Checks a selection of an array and decides who holds the result.
///
/// Nothing is sent where every rank has the indices; else indices that are distributed otherwise
/// than the first that has the shape of all together are moved to there, and one agreement is made
/// that all are within bounds.
pub(super) fn resolve(
    comm: &dyn Communicator,
    source: &Distribution,
    selection: &Selection,
    alignment: Alignment,
) -> Result<Resolved> {
    let (axes, shape) = (selection.axes(source.shape())?, selection.indexed_shape(source.shape())?);
    let replicated: Option<Vec<_>> = selection.given().iter().map(replicated).collect();
    if let Some(given) = replicated {
        let columns = columns(selection, source.shape(), &shape, given, &|axis, extent| {
            own_indices((0..extent).collect(), axis, shape.len())
        });
        let numbers = numbers(columns?, source.shape(), selection, &shape)?;
        let holder = selection.beside(source)?;
        let held = axes.start..axes.start + shape.len();
        return Ok(Resolved { axes, holder, held, numbers: Numbers::Everywhere(numbers) });
    }
    let nodes = selection.given().iter().map(|indices| as_array(comm, indices, alignment));
    let nodes: Vec<Node> = nodes.collect::<Result<_>>()?;
    let like = nodes.iter().find_map(|node| match node.operator() {
        Operator::Array(array) if array.shape() == shape => Some(array.distribution()),
        _ => None,
    });
    let indexed = match like {
        Some(distribution) => distribution.without_halo(),
        None => Distribution::builder(&shape).build(comm.size())?,
    };
    let mut given = Vec::with_capacity(nodes.len());
    for node in &nodes {
        given.push(align(comm, &node.arrays(), &indexed, Alignment::Move)?.remove(0));
    }
    let here = || {
        let rank = comm.rank();
        let Some(coords) = indexed.coords(rank) else { return Ok(Vec::new()) };
        let given = given.iter().map(integers).collect::<Result<Vec<_>>>()?;
        let columns = columns(selection, source.shape(), &shape, given, &|axis, _| {
            let (map, part) = (indexed.axis(axis), coords[axis]);
            let globals = (0..map.count(part)).map(|place| map.global(part, place));
            own_indices(globals.collect(), axis, indexed.ndim())
        });
        numbers(columns?, source.shape(), selection, &indexed.local_shape(rank))
    };
    let numbers = Numbers::Here(comm.agree(here())?);
    Resolved::around(source, axes, &indexed, numbers)
}

impl Resolved {
    /// What is selected where the indices are held so, with the other axes whole.
    pub(super) fn around(
        source: &Distribution,
        axes: Range<usize>,
        indexed: &Distribution,
        numbers: Numbers,
    ) -> Result<Self> {
        let whole = |&extent: &usize| AxisMap::new(extent, 1, Dist::Undistributed);
        let before = source.shape()[..axes.start].iter().map(whole);
        let after = source.shape()[axes.end..].iter().map(whole);
        let maps = before.chain(indexed.axes().iter().cloned().map(Ok)).chain(after);
        let holder =
            Distribution::from_maps(maps.collect::<Result<_>>()?, indexed.ranks().clone())?;
        let held = axes.start..axes.start + indexed.ndim();
        Ok(Self { axes, holder, held, numbers })
    }

    pub(super) fn holders(&self) -> Indexed<'_> {
        Indexed::new(&self.holder, self.held.clone())
    }
}

/// An expression as an array.
fn as_array(comm: &dyn Communicator, indices: &Indices, alignment: Alignment) -> Result<Node> {
    match indices {
        Indices::Distributed(node) => Ok(Node::array(evaluated(comm, node, alignment)?)),
        Indices::Replicated(indices) => {
            let all = Distribution::builder(indices.shape()).build(comm.size())?;
            let array: ArrayRef = crate::ops::from_replicated(comm, indices.view(), &all)?;
            Ok(Node::array(array))
        }
    }
}

fn replicated(indices: &Indices) -> Option<ArrayD<i64>> {
    match indices {
        Indices::Replicated(indices) => Some((**indices).clone()),
        Indices::Distributed(_) => None,
    }
}

/// The indices on each of the indexed axes, of shapes that broadcast to those held.
fn columns(
    selection: &Selection,
    of: &[usize],
    shape: &[usize],
    mut given: Vec<ArrayD<i64>>,
    own: &dyn Fn(usize, usize) -> ArrayD<i64>,
) -> Result<Vec<ArrayD<i64>>> {
    let Selection::Along(along, _) = selection else { return Ok(given) };
    let given = given.remove(0);
    let column = |axis: usize| match axis {
        _ if axis == *along => given.clone(),
        // The array is stretched along an axis of one element.
        _ if of[axis] == 1 => ArrayD::zeros(IxDyn(&vec![1; of.len()])),
        _ => own(axis, shape[axis]),
    };
    Ok((0..of.len()).map(column).collect())
}

/// Indices along one axis as an array that stretches along the others.
fn own_indices(globals: Vec<usize>, axis: usize, ndim: usize) -> ArrayD<i64> {
    let mut shape = vec![1; ndim];
    shape[axis] = globals.len();
    let globals = globals.into_iter().map(|global| global as i64).collect();
    ArrayD::from_shape_vec(IxDyn(&shape), globals).expect("as many as the axis has")
}

/// A block of integers as indices.
fn integers(block: &Block) -> Result<ArrayD<i64>> {
    /// Lists the types that every `i64` can stand for.
    macro_rules! widened {
        ($($dtype:ident: $type:ty),*) => {
            match block.dtype() {
                $(DType::$dtype => Ok(block.view::<$type>()?.mapv(|index| index as i64)),)*
                DType::U64 => {
                    let given = block.view::<u64>()?;
                    let too_large = given.iter().find(|&&index| i64::try_from(index).is_err());
                    match too_large {
                        Some(index) => Err(out_of_any_bounds(index)),
                        None => Ok(given.mapv(|index| index as i64)),
                    }
                }
                other => {
                    let name = Operation::current().name;
                    Err(Error::dtype(format!("'{name}': indices are integers, not {other}")))
                }
            }
        };
    }
    widened!(I8: i8, I16: i16, I32: i32, I64: i64, U8: u8, U16: u16, U32: u32)
}

/// The error for an index that no array has.
pub(super) fn out_of_any_bounds(index: impl std::fmt::Display) -> Error {
    let name = Operation::current().name;
    Error::index(format!("'{name}': index {index} is out of bounds for every axis"))
}

/// The numbers of what is selected, over a shape that the columns broadcast to.
fn numbers(
    columns: Vec<ArrayD<i64>>,
    of: &[usize],
    selection: &Selection,
    shape: &[usize],
) -> Result<Vec<usize>> {
    let name = Operation::current().name;
    let mut numbers = vec![0; shape.iter().product()];
    if numbers.is_empty() {
        return Ok(numbers);
    }
    let first = selection.axes(of)?.start;
    for (i, column) in columns.iter().enumerate() {
        let axis = first + i;
        let extent = match selection {
            Selection::Flat(_) => of.iter().product(),
            _ => of[axis],
        };
        let column: ArrayViewD<'_, i64> =
            column.broadcast(IxDyn(shape)).expect("indices broadcast to their shape");
        for (number, &index) in numbers.iter_mut().zip(column) {
            let at = within(index, extent).ok_or_else(|| {
                Error::index(match selection {
                    Selection::Flat(_) => {
                        format!(
                            "'{name}': index {index} is out of bounds for the {extent} elements of \
                             shape {of:?}"
                        )
                    }
                    _ => format!(
                        "'{name}': index {index} is out of bounds for axis {axis} of extent {extent}"
                    ),
                })
            })?;
            *number = *number * extent + at;
        }
    }
    Ok(numbers)
}

/// An index within an extent, counted from the end where it is negative.
pub(super) fn within(index: i64, extent: usize) -> Option<usize> {
    let counted = if index < 0 { i128::from(index) + extent as i128 } else { i128::from(index) };
    usize::try_from(counted).ok().filter(|&at| at < extent)
}
