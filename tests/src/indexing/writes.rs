//! Writing and accumulating by lists of indices.

use distarray::array::Values;
use distarray::comm::ReduceOp;
use distarray::prelude::*;
use ndarray::{ArrayD, IxDyn};

use super::made::made;
use super::selections::{Form, picked};
use crate::draw::Draw;
use crate::oracle::{holds, numbered, random};

/// Values that broadcast to a shape: their own shape is that, or has axes of one element, or lacks
/// the first ones.
fn values_for(draw: &mut Draw, shape: &[usize]) -> ArrayD<f64> {
    let mut own = shape.to_vec();
    for extent in &mut own {
        *extent = if draw.once_in(4) && *extent > 0 { 1 } else { *extent };
    }
    let missing = own.iter().take_while(|&&extent| extent == 1).count();
    let missing = draw.below(missing + 1);
    random(draw, &own[missing..])
}

/// The values for a call: one for all, as every rank has them, or distributed.
fn given(ctx: &Context, draw: &mut Draw, values: &ArrayD<f64>) -> Result<Values<f64>> {
    Ok(match draw.below(3) {
        0 => Values::from(values),
        1 => Values::from(&made(ctx, draw, values)?),
        _ => Values::from(&made(ctx, draw, values)? * 1.0),
    })
}

/// Writes to a random selection of a random array, or accumulates there, and compares to the bit.
///
/// # Errors
/// A rank failed.
///
/// # Panics
/// It is not what it should be.
///
/// ```
/// use distarray_tests::{draw::Draw, indexing::writes};
///
/// writes(&distarray::array::Context::solo(), &mut Draw::new(1))?;
/// # Ok::<(), distarray::Error>(())
/// ```
pub fn writes(ctx: &Context, draw: &mut Draw) -> Result<()> {
    let shape = draw.shape();
    // Sums of these depend on their order.
    let mut whole = random(draw, &shape).mapv(|n| n / 3.0);
    let mut array = made(ctx, draw, &whole)?;
    let picked = loop {
        let picked = picked(draw, &shape);
        if !matches!(picked.form, Form::Axis(_)) {
            break picked;
        }
    };
    let targets = &picked.targets;
    let values = match (picked.form, draw.below(4)) {
        (_, 0) => ArrayD::from_elem(IxDyn(&[]), draw.number()),
        // Repeated as often as there are places.
        (Form::Flat, 1) => {
            let some = draw.pick(&[1, 2, 3, 9]);
            random(draw, &[some])
        }
        _ => values_for(draw, targets.shape()),
    };
    let values = values.mapv(|n| n / 7.0);
    let op = match (picked.form, draw.below(2)) {
        (Form::Coordinates, 1) => {
            Some(draw.pick(&[ReduceOp::Sum, ReduceOp::Product, ReduceOp::Min, ReduceOp::Max]))
        }
        _ => None,
    };
    let mut lists = picked.lists(ctx, draw)?;
    // One value alone, or the same value in an array.
    let given = match values.ndim() {
        0 if draw.once_in(2) => Values::from(values[[]]),
        _ => given(ctx, draw, &values)?,
    };
    let before = array.clone();
    let old = whole.clone();
    match (picked.form, op) {
        (Form::Flat, _) => array.put(lists.remove(0), given)?,
        (Form::Along(axis), _) => array.put_along_axis(lists.remove(0), given, axis as isize)?,
        (_, None) => array.vindex_put(lists, given)?,
        (_, Some(ReduceOp::Sum)) => array.add_at(lists, given)?,
        (_, Some(op)) => array.accumulate_at(op, lists, given)?,
    }
    let repeated: Vec<f64> = values.iter().copied().collect();
    let stretched = match picked.form {
        Form::Flat if values.shape() != targets.shape() && !repeated.is_empty() => {
            let all = repeated.iter().cycle().take(targets.len()).copied().collect();
            ArrayD::from_shape_vec(targets.raw_dim(), all).unwrap()
        }
        Form::Flat => values,
        _ => values.broadcast(targets.raw_dim()).unwrap().to_owned(),
    };
    for (at, value) in targets.iter().zip(&stretched) {
        let element = &mut whole[&at[..]];
        *element = match op {
            None => *value,
            Some(ReduceOp::Sum) => *element + value,
            Some(ReduceOp::Product) => *element * value,
            Some(ReduceOp::Min) => element.min(*value),
            _ => element.max(*value),
        };
    }
    holds(&array, &whole)?;
    holds(&before, &old)
}

/// Puts an array's own elements back in another order.
pub(crate) fn permutes(ctx: &Context, draw: &mut Draw) -> Result<()> {
    let shape = draw.shape();
    let mut whole = numbered(&shape);
    let mut array = made(ctx, draw, &whole)?;
    let order = draw.permutation(whole.len());
    let elements: Vec<i64> = whole.iter().copied().collect();
    let flat: ArrayD<i64> = ArrayD::from_shape_vec(IxDyn(&[whole.len()]), elements).unwrap();
    let same = array.take_flat(&ndarray::Array1::from_iter(0..whole.len()))?;
    holds(&same, &flat)?;
    let own = array.clone();
    let order = ArrayD::from_shape_vec(IxDyn(&shape), order).unwrap();
    array.put(&order, &own)?;
    for (&at, &value) in order.iter().zip(&flat) {
        whole.as_slice_mut().unwrap()[at] = value;
    }
    holds(&array, &whole)
}
