//! Scans against `ndarray`.

use distarray::prelude::*;
use ndarray::{ArrayD, Axis, IxDyn};

use super::errors::refused;
use crate::draw::Draw;
use crate::oracle::{exact_sum, holds, numbered, random};

/// Folds from the left along an axis, keeping every step.
fn along<T: Clone, S: Clone>(
    elements: &ArrayD<T>,
    axis: usize,
    fold: impl Fn(&[T]) -> S,
) -> ArrayD<S> {
    let mut line = Vec::new();
    ArrayD::from_shape_fn(elements.raw_dim(), |at| {
        let mut lane = elements.view();
        for other in (0..elements.ndim()).rev().filter(|&other| other != axis) {
            lane = lane.index_axis_move(Axis(other), at[other]);
        }
        line.clear();
        line.extend(lane.iter().take(at[axis] + 1).cloned());
        fold(&line)
    })
}

fn least(line: &[f64]) -> f64 {
    line.iter().copied().fold(f64::INFINITY, f64::min)
}

fn greatest(line: &[f64]) -> f64 {
    line.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// Along every axis of arrays of any distribution, and in C order.
pub(super) fn every_axis(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(61);
    for _ in 0..24 {
        let shape = draw.shape();
        let x = random(&mut draw, &shape);
        let distribution = draw.any_distribution(&shape, ctx.size());
        let a = ctx.from_ndarray_on(&x, &distribution)?;
        let n = ctx.from_ndarray_on(&x.mapv(|v| v as i8), &distribution)?;
        for axis in 0..shape.len() {
            let number = axis as isize - if draw.once_in(2) { shape.len() as isize } else { 0 };
            let sums = a.cumsum_axis(number)?;
            assert_eq!(sums.distribution(), &distribution.without_halo());
            holds(&sums, &along(&x, axis, exact_sum))?;
            let least_ones = along(&x, axis, least);
            holds(&(&a * 2.0).cummin_axis(number)?, &least_ones.mapv(|v| 2.0 * v))?;
            let small = x.mapv(|v| v as i8);
            let total = |line: &[i8]| line.iter().map(|&v| i64::from(v)).sum::<i64>();
            holds(&n.cumsum_axis(number)?, &along(&small, axis, total))?;
        }
        let all = x.len();
        let flat = x.to_shape(all).expect("as many elements").into_owned().into_dyn();
        holds(&a.cumsum()?, &along(&flat, 0, exact_sum))?;
        holds(&a.cummax()?, &along(&flat, 0, greatest))?;
    }
    Ok(())
}

/// The bits of a running sum are those of the sum, whatever the terms.
pub(super) fn exact(ctx: &Context) -> Result<()> {
    let x: Vec<f64> = (0..300)
        .map(|i| f64::from(i * 7919 % 613 - 300) * 0.1 * 10_f64.powi(i % 40 - 20))
        .collect();
    let plain = ArrayD::from_shape_vec(vec![300], x).expect("as many elements");
    let expected = along(&plain, 0, exact_sum);
    for dists in ["b", "c", "c:7"] {
        let a = ctx.from_ndarray(&plain, dists)?;
        holds(&a.cumsum()?, &expected)?;
        assert_eq!(a.cumsum()?.get(&[299])?.to_bits(), a.sum()?.to_bits());
        let narrow = a.cast::<f32>();
        let last = narrow.cumsum()?.get(&[299])?;
        assert_eq!(last.to_bits(), narrow.sum()?.to_bits());
        let complex = a.map(|x: f64| Complex64::new(x, -x));
        let sums = complex.cumsum()?;
        holds(&sums, &expected.mapv(|x| Complex64::new(x, if x == 0.0 { 0.0 } else { -x })))?;
    }
    Ok(())
}

/// Element types, NaN, products and differences.
pub(super) fn kinds(ctx: &Context) -> Result<()> {
    let values = |a: DistArray<f64>| a.to_ndarray().map(|a| a.into_raw_vec_and_offset().0);
    let a = ctx.from_fn(([6], "c:2"), |at| if at[0] == 3 { f64::NAN } else { 2.0 })?;
    assert_eq!(values(a.nancumsum()?)?, [2.0, 4.0, 6.0, 6.0, 8.0, 10.0]);
    assert_eq!(values(a.nancumprod()?)?, [2.0, 4.0, 8.0, 8.0, 16.0, 32.0]);
    for scanned in [a.cumsum()?, a.cumprod()?, a.cummax()?, a.cummin_axis(0)?] {
        let found = values(scanned)?;
        assert!(found[..3].iter().all(|v| !v.is_nan()) && found[3..].iter().all(|v| v.is_nan()));
    }
    let truth = ctx.from_fn(([7], "b"), |at| at[0] % 3 == 1)?;
    assert_eq!(truth.cumsum()?.to_ndarray()?.as_slice(), Some(&[0_i64, 1, 1, 1, 2, 2, 2][..]));
    assert!(!truth.cummax()?.get(&[0])? && truth.cummax()?.get(&[6])?);
    let bytes = ctx.full(200_u8, 3)?;
    assert_eq!(bytes.cumsum()?.to_ndarray()?.as_slice(), Some(&[200_u64, 400, 600][..]));
    let wrapped = ctx.full(i64::MAX, 3)?.cumsum()?;
    assert_eq!(wrapped.get(&[2])?, i64::MAX.wrapping_mul(3));
    let turn = ctx.full(Complex64::new(0.0, 1.0), 5)?.cumprod()?;
    assert_eq!(turn.get(&[2])?, Complex64::new(0.0, -1.0));
    // One number of no axes is a line of one.
    assert_eq!(ctx.full(3_i32, [0_usize; 0])?.cumsum()?.shape(), [1]);
    refused(ctx, truth.cumsum_axis(1), &["cumsum", "axis 1"])?;

    let mut draw = Draw::new(62);
    for _ in 0..12 {
        let shape = draw.shape();
        let x = numbered(&shape).mapv(|v| v * v % 37);
        let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&shape, ctx.size()))?;
        for axis in 0..shape.len() {
            let mut expected = x.clone();
            for n in 0..3 {
                holds(&a.diff(n, axis as isize)?, &expected)?;
                let later =
                    expected.slice_axis(Axis(axis), (expected.shape()[axis].min(1)..).into());
                let less = later.shape()[axis];
                let earlier = expected.slice_axis(Axis(axis), (..less).into());
                expected = &later - &earlier;
            }
        }
    }
    Ok(())
}

/// Differences with elements before and after, against those of what is joined first.
pub(super) fn ends_of_differences(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(85);
    for _ in 0..15 {
        let shape = draw.shape();
        let x = random(&mut draw, &shape);
        let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&shape, ctx.size()))?;
        for axis in 0..shape.len() {
            let mut beside = shape.clone();
            beside[axis] = draw.below(4);
            let y = random(&mut draw, &beside);
            let b = ctx.from_ndarray_on(&y, &draw.any_distribution(&beside, ctx.size()))?;
            beside[axis] = 1;
            let one = ArrayD::from_elem(IxDyn(&beside), -1.5);
            let number = axis as isize;
            let none = x.slice_axis(Axis(axis), (..0).into()).to_owned();
            for (before, after) in [(&y, &none), (&none, &y), (&one, &y), (&one, &one), (&y, &one)]
            {
                let mut expected = ndarray::concatenate![Axis(axis), *before, x, *after];
                for n in 1..3 {
                    let later =
                        expected.slice_axis(Axis(axis), (expected.shape()[axis].min(1)..).into());
                    let earlier = expected.slice_axis(Axis(axis), (..later.shape()[axis]).into());
                    expected = &later - &earlier;
                    let mut asked = a.differences(n, number);
                    // Shapes do not tell them apart where arrays are as long.
                    asked = match () {
                        () if std::ptr::eq(before, &y) => asked.prepend(&b),
                        () if std::ptr::eq(before, &one) => asked.prepend(-1.5),
                        () => asked,
                    };
                    asked = match () {
                        () if std::ptr::eq(after, &y) => asked.append(&b * 1.0),
                        () if std::ptr::eq(after, &one) => asked.append(-1.5),
                        () => asked,
                    };
                    holds(&asked.eval()?, &expected)?;
                }
            }
            holds(&a.differences(0, number).prepend(3.0).eval()?, &x)?;
        }
    }
    let a = ctx.full(u8::MAX, ([4, 3], "c,b"))?;
    assert_eq!(a.differences(1, 0).prepend(0).eval()?.get(&[0, 2])?, 255);
    assert_eq!(a.differences(1, -1).append(&ctx.full(0, [4, 2])?).eval()?.get(&[3, 2])?, 1);
    let words = ["diff", "before", "[3, 3]", "axis 1", "[4, 3]"];
    refused(ctx, a.differences(1, 1).prepend(&ctx.zeros([3, 3])?).eval(), &words)?;
    refused(ctx, a.differences(1, 0).append(&ctx.zeros([3])?).eval(), &["diff", "after", "[3]"])?;
    refused(ctx, a.differences(1, 2).append(0).eval(), &["diff", "axis 2"])
}
