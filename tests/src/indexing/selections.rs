//! Random selections of a shape, and which element each place of them means.

use distarray::array::Indices;
use distarray::prelude::*;
use ndarray::{ArrayD, IxDyn};

use super::made::made;
use crate::draw::Draw;

/// How indices are meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// Along an axis.
    Axis(usize),
    /// In C order of the whole array.
    Flat,
    /// Along an axis, one for each place on the others.
    Along(usize),
    /// On the first axes together.
    Coordinates,
}

/// Indices, and the element that each place of what they select means.
#[derive(Clone, Debug)]
pub struct Picked {
    /// How they are meant.
    pub form: Form,
    /// The lists of indices; one but for coordinates.
    pub lists: Vec<ArrayD<i64>>,
    /// The global index of the element at each place.
    pub targets: ArrayD<Vec<usize>>,
}

/// Random indices within an extent, half of them counted from the end.
fn indices(draw: &mut Draw, shape: &[usize], extent: usize) -> ArrayD<i64> {
    ArrayD::from_shape_simple_fn(IxDyn(shape), || {
        let index = draw.below(extent) as i64;
        if draw.once_in(2) { index - extent as i64 } else { index }
    })
}

/// Shapes of indices, few and small; empty ones where there is nothing to mean.
fn shape_of_indices(draw: &mut Draw, extent: usize) -> Vec<usize> {
    let ndim = draw.pick(&[0, 1, 1, 1, 2, 2, 3]);
    match extent {
        0 => vec![0; ndim.max(1)],
        _ => (0..ndim).map(|_| draw.pick(&[0, 1, 2, 3, 5, 7])).collect(),
    }
}

/// A random selection of an array of this shape.
///
/// ```
/// use distarray_tests::{draw::Draw, indexing::picked};
///
/// let picked = picked(&mut Draw::new(1), &[4, 3]);
/// assert!(picked.targets.iter().all(|at| at[0] < 4 && at[1] < 3));
/// ```
pub fn picked(draw: &mut Draw, of: &[usize]) -> Picked {
    let ndim = of.len();
    match draw.below(4) {
        0 if ndim > 0 => along_one(draw, of),
        1 if ndim > 0 => along_each(draw, of),
        2 => coordinates(draw, of),
        _ => flat(draw, of),
    }
}

/// An index as it counts from the start.
fn counted(index: i64, extent: usize) -> usize {
    usize::try_from(if index < 0 { index + extent as i64 } else { index }).unwrap()
}

fn along_one(draw: &mut Draw, of: &[usize]) -> Picked {
    let axis = draw.below(of.len());
    let shape = shape_of_indices(draw, of[axis]);
    let list = indices(draw, &shape, of[axis].max(1));
    let whole = [&of[..axis], &shape, &of[axis + 1..]].concat();
    let targets = ArrayD::from_shape_fn(IxDyn(&whole), |at| {
        let at: Vec<usize> = (0..whole.len()).map(|i| at[i]).collect();
        let (before, rest) = at.split_at(axis);
        let (inner, after) = rest.split_at(shape.len());
        [before, &[counted(list[inner], of[axis])], after].concat()
    });
    Picked { form: Form::Axis(axis), lists: vec![list], targets }
}

fn along_each(draw: &mut Draw, of: &[usize]) -> Picked {
    let axis = draw.below(of.len());
    let mut shape = of.to_vec();
    shape[axis] = if of[axis] == 0 { 0 } else { draw.pick(&[0, 1, 2, 4]) };
    let mut whole = shape.clone();
    for i in (0..of.len()).filter(|&i| i != axis) {
        // An axis of the indices or of the array that is stretched.
        if draw.once_in(4) {
            shape[i] = 1;
        } else if of[i] == 1 {
            shape[i] = draw.pick(&[1, 3]);
            whole[i] = shape[i];
        }
    }
    let list = indices(draw, &shape, of[axis].max(1));
    let targets = ArrayD::from_shape_fn(IxDyn(&whole), |at| {
        let stretched = |shape: &[usize]| -> Vec<usize> {
            (0..shape.len()).map(|i| if shape[i] == 1 { 0 } else { at[i] }).collect()
        };
        let mut own = stretched(of);
        own[axis] = counted(list[&stretched(&shape)[..]], of[axis]);
        own
    });
    Picked { form: Form::Along(axis), lists: vec![list], targets }
}

fn coordinates(draw: &mut Draw, of: &[usize]) -> Picked {
    let count = draw.below(of.len() + 1);
    let nothing = of[..count].contains(&0);
    let shape = shape_of_indices(draw, usize::from(!nothing));
    let shape = if count == 0 { Vec::new() } else { shape };
    let lists: Vec<_> = (0..count)
        .map(|axis| {
            // Some lists are stretched, the first one not.
            let mut own = shape.clone();
            if axis > 0 {
                for extent in &mut own {
                    *extent = if draw.once_in(3) && *extent > 0 { 1 } else { *extent };
                }
                let missing = draw.below(own.iter().take_while(|&&n| n == 1).count() + 1);
                own.drain(..missing);
            }
            indices(draw, &own, of[axis].max(1))
        })
        .collect();
    let whole = [&shape, &of[count..]].concat();
    let targets = ArrayD::from_shape_fn(IxDyn(&whole), |at| {
        let list = |(axis, list): (usize, &ArrayD<i64>)| {
            let own = list.broadcast(IxDyn(&shape)).unwrap();
            let inner: Vec<usize> = (0..shape.len()).map(|i| at[i]).collect();
            counted(own[&inner[..]], of[axis])
        };
        let mut own: Vec<usize> = lists.iter().enumerate().map(list).collect();
        own.extend((shape.len()..whole.len()).map(|i| at[i]));
        own
    });
    Picked { form: Form::Coordinates, lists, targets }
}

fn flat(draw: &mut Draw, of: &[usize]) -> Picked {
    let all: usize = of.iter().product();
    let shape = shape_of_indices(draw, all);
    let list = indices(draw, &shape, all.max(1));
    let targets = list.map(|&index| {
        let mut rest = counted(index, all);
        let mut own = vec![0; of.len()];
        for (at, &extent) in own.iter_mut().zip(of).rev() {
            (*at, rest) = (rest % extent, rest / extent);
        }
        own
    });
    Picked { form: Form::Flat, lists: vec![list], targets }
}

impl Picked {
    /// The lists for a call: each as every rank has it, or distributed, of one type or another.
    ///
    /// # Errors
    /// A rank failed.
    pub fn lists(&self, ctx: &Context, draw: &mut Draw) -> Result<Vec<Indices>> {
        let mut lists = Vec::new();
        for list in &self.lists {
            lists.push(match draw.below(5) {
                0 | 1 => Indices::from(list),
                2 => Indices::from(&made(ctx, draw, &list.mapv(|index| index as i16))?),
                3 => Indices::from(&made(ctx, draw, list)? * 1),
                _ => Indices::from(made(ctx, draw, list)?),
            });
        }
        Ok(lists)
    }
}
