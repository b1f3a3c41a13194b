//! Reading, writing and finding by masks.

use distarray::array::{Mask, Values};
use distarray::prelude::*;
use ndarray::{Array1, ArrayD, Axis, IxDyn};

use super::made::made;
use crate::draw::Draw;
use crate::oracle::{holds, numbered, random};

/// A mask that is true nowhere, everywhere, or here and there.
fn truths(draw: &mut Draw, shape: &[usize]) -> ArrayD<bool> {
    let one_in = draw.pick(&[1, 2, 2, 5, 50]);
    ArrayD::from_shape_simple_fn(IxDyn(shape), || draw.once_in(one_in))
}

/// The mask for a call: as every rank has it, or distributed.
fn given(ctx: &Context, draw: &mut Draw, mask: &ArrayD<bool>) -> Result<Mask> {
    Ok(match draw.below(3) {
        0 => Mask::from(mask),
        1 => Mask::from(&made(ctx, draw, mask)?),
        _ => Mask::from(made(ctx, draw, &mask.mapv(i32::from))?.gt(0)),
    })
}

/// What a mask of the first axes selects, one after the other.
fn selected<T: Element>(whole: &ArrayD<T>, mask: &ArrayD<bool>) -> ArrayD<T> {
    let rest = &whole.shape()[mask.ndim()..];
    let mut shape = vec![mask.iter().filter(|is| **is).count()];
    shape.extend(rest);
    let slab = rest.iter().product::<usize>();
    let elements: Vec<T> = whole.iter().copied().collect();
    let found = mask.iter().enumerate().filter(|(_, is)| **is);
    let found = found.flat_map(|(i, _)| elements[i * slab..(i + 1) * slab].to_vec()).collect();
    ArrayD::from_shape_vec(IxDyn(&shape), found).unwrap()
}

/// Reads where a random mask is true, and compares.
///
/// # Errors
/// A rank failed.
///
/// # Panics
/// It is not what it should be.
///
/// ```
/// use distarray_tests::{draw::Draw, indexing::masks};
///
/// masks(&distarray::array::Context::solo(), &mut Draw::new(1))?;
/// # Ok::<(), distarray::Error>(())
/// ```
pub fn masks(ctx: &Context, draw: &mut Draw) -> Result<()> {
    let shape = draw.shape();
    let whole = numbered(&shape);
    let array = made(ctx, draw, &whole)?;
    let axes = if draw.once_in(3) { draw.below(shape.len() + 1) } else { shape.len() };
    let mask = truths(draw, &shape[..axes]);
    let found = array.masked(given(ctx, draw, &mask)?)?;
    holds(&found, &selected(&whole, &mask))?;
    if !shape.is_empty() {
        let axis = draw.below(shape.len());
        let shorter = draw.below(shape[axis] + 1);
        let len = if draw.once_in(2) { shorter } else { shape[axis] };
        let mut condition = truths(draw, &[len]);
        let kept: Vec<usize> = (0..condition.len()).filter(|&i| condition[i]).collect();
        let expected = whole.select(Axis(axis), &kept);
        if condition.len() == shape[axis] && draw.once_in(2) {
            condition.append(Axis(0), Array1::from_elem(2, false).into_dyn().view()).unwrap();
        }
        let found = array.compress(given(ctx, draw, &condition)?, axis as isize)?;
        holds(&found, &expected)?;
    }
    Ok(())
}

/// Writes where a random mask is true, and compares.
///
/// # Errors
/// A rank failed.
///
/// # Panics
/// It is not what it should be.
///
/// ```
/// use distarray_tests::{draw::Draw, indexing::writes_masks};
///
/// writes_masks(&distarray::array::Context::solo(), &mut Draw::new(1))?;
/// # Ok::<(), distarray::Error>(())
/// ```
pub fn writes_masks(ctx: &Context, draw: &mut Draw) -> Result<()> {
    let shape = draw.shape();
    let mut whole = random(draw, &shape);
    let mut array = made(ctx, draw, &whole)?;
    let axes = if draw.once_in(3) { draw.below(shape.len() + 1) } else { shape.len() };
    let mask = truths(draw, &shape[..axes]);
    let old = selected(&whole, &mask);
    let values = match draw.below(3) {
        0 => ArrayD::from_elem(old.raw_dim(), draw.number()),
        _ => random(draw, old.shape()),
    };
    let first = values.iter().next().copied().unwrap_or(0.5);
    let same = values.iter().all(|&value| value == first);
    let values_given = match draw.below(4) {
        0 if same => Values::from(first),
        1 if same => Values::from(&ctx.full(first, 1)?),
        2 => Values::from(&values),
        _ => Values::from(&made(ctx, draw, &values)?),
    };
    let before = array.clone();
    let was = whole.clone();
    array.put_masked(given(ctx, draw, &mask)?, values_given)?;
    let mut values = values.iter();
    let slab = shape[axes..].iter().product::<usize>();
    for (i, element) in whole.iter_mut().enumerate() {
        if mask.as_slice().unwrap()[i / slab] {
            *element = *values.next().unwrap();
        }
    }
    holds(&array, &whole)?;
    holds(&before, &was)
}

/// Finds what is not zero, and compares.
///
/// # Errors
/// A rank failed.
///
/// # Panics
/// It is not what it should be.
///
/// ```
/// use distarray_tests::{draw::Draw, indexing::finds};
///
/// finds(&distarray::array::Context::solo(), &mut Draw::new(1))?;
/// # Ok::<(), distarray::Error>(())
/// ```
pub fn finds(ctx: &Context, draw: &mut Draw) -> Result<()> {
    let shape = draw.shape();
    let whole = truths(draw, &shape).mapv(f64::from);
    let array = made(ctx, draw, &whole)?;
    let found = whole.iter().enumerate().filter(|(_, value)| **value != 0.0);
    let flat: Vec<i64> = found.map(|(i, _)| i as i64).collect();
    let column = |numbers: Vec<i64>| Array1::from_vec(numbers).into_dyn();
    holds(&array.flatnonzero()?, &column(flat.clone()))?;
    assert_eq!(array.count()?, flat.len() as u64);
    let mut rows = Vec::new();
    for (at, _) in whole.indexed_iter().filter(|(_, value)| **value != 0.0) {
        rows.extend((0..shape.len()).map(|axis| at[axis] as i64));
    }
    let rows = ArrayD::from_shape_vec(IxDyn(&[flat.len(), shape.len()]), rows).unwrap();
    holds(&(&array * 2.0).argwhere()?, &rows)?;
    if shape.is_empty() {
        assert!(array.nonzero().is_err());
        return Ok(());
    }
    let indices = array.ne(0.0).nonzero()?;
    assert_eq!(indices.len(), shape.len());
    for (axis, found) in indices.iter().enumerate() {
        holds(found, &rows.index_axis(Axis(1), axis).to_owned())?;
    }
    holds(&array.vindex(&indices)?, &ArrayD::from_elem(IxDyn(&[flat.len()]), 1.0))
}
