//! New arrays that are put together of others' slices.

use super::align::Alignment;
use super::allocate::zeros;
use super::assign::assign;
use super::create::{Recipe, create};
use super::slice::slice;
use crate::comm::Communicator;
use crate::dist::{Cut, Distribution};
use crate::element::Scalar;
use crate::error::{Error, Result};
use crate::expr::Node;
use crate::handle::ArrayRef;

/// Indices of an axis of the source, and where they go on the target's.
///
/// A source of one index may go to many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Move {
    /// The first index of the source, the step and the number.
    pub from: (usize, isize, usize),
    /// The first index of the target, the step and the number.
    pub to: (usize, isize, usize),
}

/// A new array whose elements along one axis are moved there from another's, as [`roll`], [`tile`]
/// and [`pad`] list them; places to which nothing is moved are 0, or as `fill` has it.
///
/// The result has the source's kinds of distribution on the same grid and ranks. One plan for each
/// of the moves.
///
/// # Errors
/// More elements than can be counted, memory that some rank does not get; a rank failed.
pub fn rearrange(
    comm: &dyn Communicator,
    array: &ArrayRef,
    axis: usize,
    extent: usize,
    moves: &[Move],
    fill: Option<Scalar>,
) -> Result<ArrayRef> {
    let mut shape = array.shape().to_vec();
    shape[axis] = extent;
    let distribution = array.distribution().resized(&shape)?;
    let mut result = filled(comm, array, &distribution, fill)?;
    let cut = |shape: &[usize], (start, step, len): (usize, isize, usize)| -> Vec<Cut> {
        let cut = |(i, &extent): (usize, &usize)| match i == axis {
            true => Cut::Range { start, step, len },
            false => Cut::whole(extent),
        };
        shape.iter().enumerate().map(cut).collect()
    };
    for Move { from, to } in moves {
        let source = slice(comm, array, &cut(array.shape(), *from))?;
        assign(comm, &mut result, &cut(&shape, *to), &Node::array(source), Alignment::Move)?;
    }
    Ok(result)
}

fn filled(
    comm: &dyn Communicator,
    like: &ArrayRef,
    distribution: &Distribution,
    fill: Option<Scalar>,
) -> Result<ArrayRef> {
    match fill {
        Some(value) => create(comm, Recipe::Full(value), distribution),
        None => zeros(comm, like.dtype(), distribution),
    }
}

/// Arrays one after the other along an axis.
///
/// The result has the first one's kinds of distribution on the same grid and ranks. One plan for each
/// array.
///
/// # Errors
/// No arrays, arrays of other dtypes, or of other extents on the other axes; memory that some rank
/// does not get; a rank failed.
pub fn concatenate(comm: &dyn Communicator, arrays: &[ArrayRef], axis: usize) -> Result<ArrayRef> {
    let Some(first) = arrays.first() else {
        return Err(Error::argument("there are no arrays to concatenate"));
    };
    let mut extent = 0_usize;
    for array in arrays {
        let others = |shape: &[usize]| {
            shape
                .iter()
                .enumerate()
                .filter(|(i, _)| *i != axis)
                .map(|(_, &n)| n)
                .collect::<Vec<_>>()
        };
        if array.shape().len() != first.shape().len()
            || others(array.shape()) != others(first.shape())
        {
            return Err(Error::shape(format!(
                "arrays of shapes {:?} and {:?} cannot be concatenated along axis {axis}",
                first.shape(),
                array.shape()
            )));
        }
        extent = extent.checked_add(array.shape()[axis]).ok_or_else(|| {
            Error::shape(format!("more indices on axis {axis} than can be counted"))
        })?;
    }
    let mut shape = first.shape().to_vec();
    shape[axis] = extent;
    let mut result = filled(comm, first, &first.distribution().resized(&shape)?, None)?;
    let mut start = 0;
    for array in arrays {
        let len = array.shape()[axis];
        let cut = |(i, &extent): (usize, &usize)| match i == axis {
            true => Cut::Range { start, step: 1, len },
            false => Cut::whole(extent),
        };
        let cuts: Vec<Cut> = shape.iter().enumerate().map(cut).collect();
        assign(comm, &mut result, &cuts, &Node::array(array.clone()), Alignment::Move)?;
        start += len;
    }
    Ok(result)
}

/// The moves that shift an axis by so many places, and what falls off its end to its begin.
///
/// ```
/// use distarray_core::ops::{Move, roll};
///
/// let low = Move { from: (0, 1, 3), to: (2, 1, 3) };
/// assert_eq!(roll(5, 2), [low, Move { from: (3, 1, 2), to: (0, 1, 2) }]);
/// ```
pub fn roll(len: usize, shift: isize) -> Vec<Move> {
    let shift = if len == 0 { 0 } else { shift.rem_euclid(len as isize) as usize };
    let low = Move { from: (0, 1, len - shift), to: (shift, 1, len - shift) };
    let high = Move { from: (len - shift, 1, shift), to: (0, 1, shift) };
    [low, high].into_iter().filter(|one| one.from.2 > 0).collect()
}

/// The moves that put an axis so many times one after the other.
///
/// ```
/// assert_eq!(distarray_core::ops::tile(5, 3).len(), 3);
/// ```
pub fn tile(len: usize, times: usize) -> Vec<Move> {
    let copy = |i| Move { from: (0, 1, len), to: (i * len, 1, len) };
    (0..if len == 0 { 0 } else { times }).map(copy).collect()
}

/// How an array is continued beyond its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Padding {
    /// By one value.
    Constant,
    /// By the element at the end.
    Edge,
    /// Mirrored at the element at the end, which is not repeated.
    Reflect,
    /// Mirrored at the end, whose element is repeated.
    Symmetric,
    /// Going round.
    Wrap,
}

/// The moves that put an axis between elements beyond its ends.
///
/// # Panics
/// There is nothing that could be continued.
///
/// ```
/// use distarray_core::ops::{Padding, pad};
///
/// let moves = pad(4, 2, 1, Padding::Reflect);
/// assert_eq!(moves[0].from, (2, -1, 2)); // 2, 1
/// assert_eq!(moves[2].from, (2, 1, 1));
/// ```
pub fn pad(len: usize, low: usize, high: usize, padding: Padding) -> Vec<Move> {
    let middle = (len > 0).then_some(Move { from: (0, 1, len), to: (low, 1, len) });
    if padding == Padding::Constant {
        return middle.into_iter().collect();
    }
    assert!(len > 0 || low + high == 0, "an axis without elements cannot be continued");
    if padding == Padding::Edge {
        let end = |index, to, count| {
            (count > 0).then_some(Move { from: (index, 1, 1), to: (to, 1, count) })
        };
        let low = end(0, 0, low).into_iter().chain(middle).chain(end(
            len.saturating_sub(1),
            low + len,
            high,
        ));
        return low.collect();
    }
    let n = len as isize;
    // The index that stands at a place which counts from the axis's begin.
    let source = |place: isize| match padding {
        Padding::Wrap => place.rem_euclid(n),
        Padding::Symmetric => {
            let at = place.rem_euclid(2 * n);
            if at < n { at } else { 2 * n - 1 - at }
        }
        _ if n == 1 => 0,
        _ => {
            let at = place.rem_euclid(2 * n - 2);
            if at < n { at } else { 2 * n - 2 - at }
        }
    };
    let mut moves = stretches(-(low as isize)..0, low, &source);
    moves.extend(middle);
    moves.extend(stretches(n..n + high as isize, low, &source));
    moves
}

/// Places whose indices go up or down by one, as one move each.
fn stretches(
    places: std::ops::Range<isize>,
    low: usize,
    source: &dyn Fn(isize) -> isize,
) -> Vec<Move> {
    let mut moves: Vec<Move> = Vec::new();
    for place in places {
        let index = source(place);
        if let Some(Move { from: (start, step, count), to: (_, _, to_count) }) = moves.last_mut() {
            let last = *start as isize + *step * (*count as isize - 1);
            let next = index - last;
            if next.abs() == 1 && (*count == 1 || *step == next) {
                (*step, *count) = (next, *count + 1);
                *to_count = *count;
                continue;
            }
        }
        let to = (place + low as isize) as usize;
        moves.push(Move { from: (index as usize, 1, 1), to: (to, 1, 1) });
    }
    moves
}
