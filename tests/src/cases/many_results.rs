//! Reductions along axes with many results, which are merged and finished in shares: against `ndarray`.

use distarray::prelude::*;
use ndarray::{ArrayD, Axis, IxDyn};

use super::errors::refused;
use super::reductions::{all_close, along, mean, variance};
use crate::draw::Draw;
use crate::oracle::{exact_sum, holds};

/// Numbers of both signs in many bits.
fn numbers(draw: &mut Draw, shape: &[usize]) -> ArrayD<f64> {
    let (first, mut state) = (draw.below(1 << 20) as u64, 0_u64);
    ArrayD::from_shape_simple_fn(IxDyn(shape), || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 31).wrapping_mul(0x94d0_49bb_1331_11eb ^ first) >> 11;
        mixed as f64 / (1_u64 << 52) as f64 - 1.0
    })
}

/// Distributions whose reduced axes are cut: one of them, or two, and not all of the others.
fn cut(draw: &mut Draw, shape: &[usize], size: usize) -> Result<Distribution> {
    let kinds = ["b,n,n", "c,n,n", "b,b,n", "n,b,n", "b,n,b", "c:2,b,c:3", "n,c,b"];
    let kinds: Vec<&str> = draw.pick(&kinds).split(',').take(shape.len()).collect();
    match draw.once_in(4) {
        true => Ok(draw.any_distribution(shape, size)),
        false => Distribution::new(shape, &kinds.join(","), size),
    }
}

/// Over one axis or two, of fewer elements than ranks too, and of none.
pub(super) fn over_axes(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(91);
    let shapes: [&[usize]; 7] =
        [&[7, 1500], &[2, 1301], &[1, 1500], &[5, 3, 1100], &[3, 4, 1003], &[0, 1300], &[6, 0]];
    for shape in shapes {
        let x = numbers(&mut draw, shape);
        let a = ctx.from_ndarray_on(&x, &cut(&mut draw, shape, ctx.size())?)?;
        let mut lists = vec![vec![0]];
        if shape.len() == 3 {
            lists.extend([vec![0, 1], vec![1]]);
        }
        for axes in lists {
            let given: Vec<isize> = axes.iter().map(|&axis| axis as isize).collect();
            let sums = along(&x, &axes, exact_sum);
            holds(&a.sum_axes(&given)?, &sums)?;
            let f = a.cast::<f32>().eval()?;
            let of_f = along(&x.mapv(|v| f64::from(v as f32)), &axes, exact_sum);
            holds(&f.sum_axes(&given)?, &of_f.mapv(|sum| sum as f32))?;
            let c = a.zip_map(&a, |x: f64, y: f64| Complex64::new(x, -2.0 * y));
            holds(&c.sum_axes(&given)?, &sums.mapv(|sum| Complex64::new(sum, -2.0 * sum)))?;
            let started = a.reduce(Sum).axes(&given).keepdims().initial(0.5).eval()?;
            let expected = along(&x, &axes, |line| exact_sum(&[line, &[0.5][..]].concat()));
            holds(&started.squeeze_axes(&given)?, &expected)?;
            let positive = along(&x, &axes, |l| l.iter().filter(|v| **v > 0.0).count() as u64);
            let (count, some) = (a.gt(0.0).reduce(Count), a.gt(0.9).reduce(Any));
            let (count, some) = ctx.reduce((count.axes(&given), some.axes(&given)))?;
            holds(&count, &positive)?;
            holds(&some, &along(&x, &axes, |l| l.iter().any(|v| *v > 0.9)))?;
        }
    }
    Ok(())
}

/// Several in one pass are what each is alone, and on one rank.
pub(super) fn together(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(92);
    for shape in [&[5, 700][..], &[3, 3, 600], &[1, 801]] {
        let x = numbers(&mut draw, shape);
        let a = ctx.from_ndarray_on(&x, &cut(&mut draw, shape, ctx.size())?)?;
        let last = shape.len() - 1;
        let axes: Vec<usize> = (0..last).collect();
        let given: Vec<isize> = (0..last as isize).collect();
        let (averages, vars, least, places, products, ranges) = ctx.reduce((
            a.reduce(Mean).axes(&given),
            a.reduce(Var(0)).axes(&given),
            a.reduce(Min).axes(&given),
            a.reduce(Argmax).axes(&given).keepdims(),
            a.reduce(Prod).axes(&given),
            a.reduce(Ptp).axes(&given),
        ))?;
        all_close(&averages, &along(&x, &axes, mean))?;
        all_close(&vars, &along(&x, &axes, variance))?;
        all_close(&products, &along(&x, &axes, |line| line.iter().product()))?;
        let lowest = along(&x, &axes, |line| line.iter().copied().fold(f64::INFINITY, f64::min));
        holds(&least, &lowest)?;
        let most = |line: &[f64]| line.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        holds(&ranges, &(along(&x, &axes, most) - lowest))?;
        let place = |line: &[f64]| {
            let greatest = most(line);
            line.iter().position(|v| *v == greatest).expect("one of them") as i64
        };
        holds(&places.squeeze_axes(&given)?, &along(&x, &axes, place))?;
        let alone = ctx.from_ndarray_on(&x, &Distribution::on_one(shape, 0))?;
        assert_eq!(averages.to_ndarray()?, alone.mean_axes(&given)?.to_ndarray()?);
        assert_eq!(vars.to_ndarray()?, alone.var_axes(&given)?.to_ndarray()?);
    }
    Ok(())
}

/// Sums of numbers of all sizes, on all ranks, on one, or in few of the sums, and of what is no number: the same bits as
/// on one rank.
pub(super) fn far_apart(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(94);
    let shapes: [&[usize]; 3] = [&[6, 1300], &[4, 3, 700], &[1, 1400]];
    for (shape, kind) in shapes.into_iter().flat_map(|shape| (0..6).map(move |kind| (shape, kind)))
    {
        let last = shape.len() - 1;
        let mut x = numbers(&mut draw, shape);
        for (at, value) in x.indexed_iter_mut() {
            let (row, column) = (at[0], at[last]);
            let size = |power: usize| 2.0_f64.powi(power as i32 - 900);
            *value = match kind {
                0 => *value * size((row * 7919 + column * 104_729) % 1800),
                1 => *value * size(900 - 150 * row),
                2 if column % 97 == 3 && row + 1 == shape[0] => *value * size(1700),
                3 if column % 101 == 5 => [f64::INFINITY, f64::NEG_INFINITY][row % 2],
                3 if column % 89 == 1 && row == 0 => f64::from_bits(1),
                4 => f64::MAX * value.signum(),
                _ => *value,
            };
        }
        let a = ctx.from_ndarray_on(&x, &cut(&mut draw, shape, ctx.size())?)?;
        let alone = ctx.from_ndarray_on(&x, &Distribution::on_one(shape, 0))?;
        let given: Vec<isize> = (0..last as isize).collect();
        let bits = |a: DistArray<f64>| a.to_ndarray().map(|sums| sums.mapv(f64::to_bits));
        let sums = bits(alone.sum_axes(&given)?)?;
        assert_eq!(bits(a.sum_axes(&given)?)?, sums, "{shape:?}, {kind}");
        if kind < 3 {
            let axes: Vec<usize> = (0..last).collect();
            assert_eq!(
                sums,
                along(&x, &axes, |line| exact_sum(line).to_bits()),
                "{shape:?}, {kind}"
            );
        }
        let means = |a: &DistArray<f64>| a.reduce(Mean).axes(&given).mask(&a.lt(1e250)).eval();
        assert_eq!(bits(means(&a)?)?, bits(means(&alone)?)?, "{shape:?}, {kind}");
        let parts = |a: &DistArray<f64>| -> Result<[DistArray<f64>; 2]> {
            let sums = a.map(|v: f64| Complex64::new(v, -v / 3.0)).sum_axes(&given)?;
            Ok([sums.real().eval()?, sums.imag().eval()?])
        };
        let ([re, im], [re_alone, im_alone]) = (parts(&a)?, parts(&alone)?);
        assert_eq!(bits(re)?, bits(re_alone)?, "{shape:?}, {kind}");
        assert_eq!(bits(im)?, bits(im_alone)?, "{shape:?}, {kind}");
    }
    Ok(())
}

/// Products have the same bits whether they are merged in shares or on one rank, where they are few.
pub(super) fn products(ctx: &Context) -> Result<()> {
    let (mut draw, columns) = (Draw::new(93), 4100 * ctx.size());
    let x = numbers(&mut draw, &[7, columns]);
    let a = ctx.from_ndarray(&x, "b,n")?;
    let products = a.prod_axes(&[0])?.to_ndarray()?;
    for start in [0, columns / 2, columns - 50] {
        let few = a.slice(ndarray::s![.., start..start + 50])?.prod_axes(&[0])?.to_ndarray()?;
        let same = products.slice_axis(Axis(0), (start..start + 50).into());
        assert_eq!(few, same.to_owned(), "from {start}");
    }
    Ok(())
}

/// More than are held at a time, in parts; and what one rank alone finds wrong in its share.
pub(super) fn in_parts(ctx: &Context) -> Result<()> {
    let a = ctx.from_fn(([4, 2, 4000], "b,n,n"), |at| at[0] as f64 + 0.1 * at[2] as f64)?;
    all_close(&a.var_axes(&[0])?, &along(&a.to_ndarray()?, &[0], variance))?;
    // Of the last ones some lie so far apart that all of their part are summed once more.
    let a = ctx.from_fn(([2, 70_000], "b,n"), |at| match at[1] {
        69_990.. => 10.0_f64.powi(100 * at[0] as i32),
        place => at[0] as f64 + 0.1 * place as f64,
    })?;
    holds(&a.sum_axes(&[0])?, &along(&a.to_ndarray()?, &[0], exact_sum))?;
    let last = 2050 * ctx.size();
    let gaps = ctx.from_fn(([3, last + 1], "b,n"), move |at| match at[1] {
        place if place == last => f64::NAN,
        place => (at[0] * place % 3) as f64,
    })?;
    refused(ctx, gaps.nanargmin_axes(&[0]), &["argmin", "NaN"])?;
    let some = gaps.slice(ndarray::s![.., ..last])?.nanargmin_axes(&[0])?;
    holds(&some, &ArrayD::zeros(IxDyn(&[last])))
}
