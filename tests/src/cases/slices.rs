//! Slices to read and to write.

use distarray::prelude::*;
use ndarray::{ArrayD, SliceInfoElem, s};

use crate::draw::Draw;
use crate::oracle::{holds, numbered};

/// A slice of an array of this shape: ranges of any step, indices and new axes.
pub(super) fn slice_of(draw: &mut Draw, shape: &[usize]) -> Vec<SliceInfoElem> {
    let mut elements = Vec::new();
    for &len in shape {
        if draw.once_in(8) {
            elements.push(SliceInfoElem::NewAxis);
        }
        // Axes at the end may be left out.
        if elements.len() > 1 && draw.once_in(12) {
            break;
        }
        if len > 0 && draw.once_in(4) {
            let index = draw.below(len) as isize;
            let index = if draw.once_in(2) { index } else { index - len as isize };
            elements.push(SliceInfoElem::Index(index));
            continue;
        }
        let (a, b) = (draw.below(len + 1), draw.below(len + 1));
        let (start, end) = match draw.below(3) {
            0 => (0, len),
            1 => (a.min(b), a.max(b)),
            _ => (a, b),
        };
        let step = draw.pick(&[1, 1, 2, 3, -1, -2, -5]);
        elements.push(SliceInfoElem::Slice {
            start: start as isize,
            end: (end < len).then_some(end as isize),
            step,
        });
    }
    elements
}

/// The slice of a plain array, which wants a range or an index for each axis.
fn plain(array: &ArrayD<i64>, elements: &[SliceInfoElem]) -> ArrayD<i64> {
    array.slice(&*whole(array.ndim(), elements)).to_owned()
}

pub(super) fn whole(ndim: usize, elements: &[SliceInfoElem]) -> Vec<SliceInfoElem> {
    let named = elements.iter().filter(|element| !element.is_new_axis()).count();
    let rest = SliceInfoElem::Slice { start: 0, end: None, step: 1 };
    elements.iter().copied().chain(std::iter::repeat_n(rest, ndim - named)).collect()
}

/// Of every kind of axis, slices of slices among them.
pub(super) fn read(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(91);
    for _ in 0..40 {
        let shape = draw.shape();
        let mut expected = numbered(&shape);
        let distribution = draw.any_distribution(&shape, ctx.size());
        let mut array = ctx.from_ndarray_on(&expected, &distribution)?;
        for _ in 0..1 + draw.below(3) {
            let by = slice_of(&mut draw, expected.shape());
            let slice = array.slice(&by)?;
            expected = plain(&expected, &by);
            holds(&slice, &expected)?;
            array = slice;
        }
        // A slice is an operand and a source like any other array.
        assert_eq!(array.sum()?, expected.sum());
        let other = draw.any_distribution(expected.shape(), ctx.size());
        holds(&array.redistribute(&other)?, &expected)?;
        let moved = ctx.from_ndarray_on(&expected, &other)?;
        holds(&(&array * 3 + &moved).eval()?, &(&expected * 4))?;
        if expected.ndim() > 0 {
            let last = expected.ndim() - 1;
            holds(&array.sum_axes(&[last as isize])?, &expected.sum_axis(ndarray::Axis(last)))?;
        }
    }
    Ok(())
}

/// Scalars, arrays of any distribution and expressions, broadcast or not; the rest stays.
pub(super) fn assign(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(92);
    for _ in 0..40 {
        let shape = draw.shape();
        let mut expected = numbered(&shape);
        let distribution = draw.any_distribution(&shape, ctx.size());
        let mut array = ctx.from_ndarray_on(&expected, &distribution)?;
        let before = array.clone();
        let by = slice_of(&mut draw, &shape);
        let mut target = expected.slice_mut(&*whole(shape.len(), &by));
        // Some axes of the value are stretched, some are left out.
        let mut extents = target.shape().to_vec();
        for extent in &mut extents {
            if draw.once_in(4) {
                *extent = 1;
            }
        }
        if !extents.is_empty() && draw.once_in(3) {
            extents.remove(0);
        }
        let values = numbered(&extents) - 100;
        let view = array.slice_mut(&by)?;
        assert_eq!(view.shape(), target.shape());
        match draw.below(4) {
            0 => {
                view.assign(-7)?;
                target.fill(-7);
            }
            1 => {
                view.assign_ndarray(&values)?;
                target.assign(&values);
            }
            2 => {
                let other = draw.any_distribution(&extents, ctx.size());
                view.assign(&ctx.from_ndarray_on(&values, &other)?)?;
                target.assign(&values);
            }
            _ => {
                let other = draw.any_distribution(&extents, ctx.size());
                view.assign(&ctx.from_ndarray_on(&values, &other)? * 2 + 1)?;
                target.assign(&(&values * 2 + 1));
            }
        }
        assert_eq!(array.distribution(), &distribution);
        holds(&array, &expected)?;
        holds(&before, &numbered(&shape))?;
    }
    Ok(())
}

/// What is read of the array that is written is what stood there before.
pub(super) fn assign_to_itself(ctx: &Context) -> Result<()> {
    for kind in ["b", "c", "c:3"] {
        let mut array = ctx.arange(0_i64, 20, 1)?.redistribute(kind)?;
        let turned = array.slice(s![..;-1])?;
        array.assign(&turned)?;
        holds(&array, &ndarray::Array1::from_iter((0..20).rev()).into_dyn())?;
        let (low, high) = (array.slice(s![..10])?, array.slice(s![10..])?);
        array.slice_mut(s![10..])?.assign(&low)?;
        array.slice_mut(s![..10])?.assign(&high)?;
        let order = (0..10).rev().chain((10..20).rev());
        holds(&array, &ndarray::Array1::from_iter(order).into_dyn())?;
    }
    Ok(())
}

/// Nothing is written when any part of an assignment is refused.
pub(super) fn refused(ctx: &Context) -> Result<()> {
    let mut array = ctx.zeros::<i64>(([6, 4], "b,c"))?;
    let error = |outcome: Result<()>| outcome.unwrap_err().to_string();
    let text = error(array.slice_mut(s![.., 1..3])?.assign(&ctx.ones::<i64>(3)?));
    assert!(text.contains("[3]") && text.contains("[6, 2]"), "{text}");
    let text = error(array.slice_mut("7").map(|_| ()));
    assert_eq!(text, "index 7 is out of bounds for axis 0 of extent 6");
    let text = error(array.slice_mut(s![.., ..9]).map(|_| ()));
    assert_eq!(text, "the range 0..9 is out of bounds for axis 1 of extent 4");
    let text = error(array.slice_mut(s![0, 0, 0]).map(|_| ()));
    assert!(text.contains("3 axes") && text.contains("[6, 4]"), "{text}");
    // A function that fails for one element of one rank.
    let numbers = ctx.arange(0_i64, 6, 1)?;
    let bad = numbers.try_map(|x: i64| if x == 5 { Err("five") } else { Ok(x) });
    let text = error(array.slice_mut("..., 2")?.assign(bad));
    assert!(text.contains("five"), "{text}");
    assert_eq!(array.sum()?, 0);
    Ok(())
}
