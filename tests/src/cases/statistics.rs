//! Histograms, quantiles, averages and covariances against plain loops.

use distarray::array::{Bins, Method, Side};
use distarray::prelude::*;
use ndarray::{ArrayD, Axis, IxDyn};

use super::errors::refused;
use super::reductions::along;
use crate::draw::Draw;
use crate::oracle::{close, exact_sum, holds, random};

/// Elements between edges, of which the last bin has both.
fn counted(of: &[f64], edges: &[f64]) -> Vec<i64> {
    let last = edges.len() - 2;
    let inside = |bin: usize, x: f64| {
        x >= edges[bin] && (x < edges[bin + 1] || bin == last && x == edges[bin + 1])
    };
    (0..=last).map(|bin| of.iter().filter(|&&x| inside(bin, x)).count() as i64).collect()
}

fn line(of: &ArrayD<f64>) -> Vec<f64> {
    of.iter().copied().collect()
}

pub(super) fn histograms(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(71);
    for round in 0..6 {
        let shape = draw.shape();
        let x = random(&mut draw, &shape);
        let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&shape, ctx.size()))?;
        let (counts, edges) = a.histogram(1 + round).eval()?;
        assert_eq!(counts.to_ndarray()?.as_slice(), Some(&counted(&line(&x), &edges[0])[..]));
        assert_eq!(edges[0].len(), round + 2);
        let given = [-4.0, -1.0, 0.25, 0.25, 3.0];
        let (counts, _) = a.histogram(given).eval()?;
        assert_eq!(counts.to_ndarray()?.as_slice(), Some(&counted(&line(&x), &given)[..]));
        let (sums, _) = a.histogram(2).range(0.0, 4.0).weights(&a).eval()?;
        let upper: f64 = x.iter().filter(|x| (2.0..=4.0).contains(*x)).sum();
        assert_eq!(sums.get(&[1])?, upper);
        let whole = x.mapv(|v| (v.abs() * 4.0) as i32);
        let n = ctx.from_ndarray_on(&whole, &draw.any_distribution(&shape, ctx.size()))?;
        let found = n.bincount(5)?.to_ndarray()?;
        let most = whole.iter().max().map_or(0, |&most| most as usize + 1);
        let times = |number: usize| whole.iter().filter(|&&v| v as usize == number).count() as i64;
        assert_eq!(found, ArrayD::from_shape_fn(vec![most.max(5)], |at| times(at[0])));
        let sums = n.bincount_weighted(&a, 0)?;
        assert_eq!(sums.sum()?, x.sum(), "few bits: exact in any order");
    }
    let a = ctx.from_fn(([9], "c"), |at| at[0] as f64)?;
    let numbers = |edges: &[f64], right| a.digitize(edges, right)?.eval()?.to_ndarray();
    assert_eq!(line(&numbers(&[2.0, 5.0], false)?.mapv(|v| v as f64))[1..6], [0., 1., 1., 1., 2.]);
    assert_eq!(
        line(&numbers(&[2.0, 5.0], true)?.mapv(|v| v as f64))[1..7],
        [0., 0., 1., 1., 1., 2.]
    );
    assert_eq!(
        line(&numbers(&[5.0, 2.0], false)?.mapv(|v| v as f64))[1..7],
        [2., 1., 1., 1., 0., 0.]
    );
    assert_eq!(
        line(&numbers(&[5.0, 2.0], true)?.mapv(|v| v as f64))[1..7],
        [2., 2., 1., 1., 1., 0.]
    );
    let (both, _) = a.histogram2d(&(&a * 2.0), 3, [0.0, 6.0, 16.0]).eval()?;
    assert_eq!(both.to_ndarray()?.as_slice(), Some(&[3, 0, 0, 3, 0, 3][..]));
    let table = ctx.from_fn(([6, 2], "b,c"), |at| (at[0] * at[1]) as f64)?;
    let (counts, edges) = table.histogramdd(vec![Bins::Count(1), Bins::Count(5)]).eval()?;
    assert_eq!(counts.to_ndarray()?.as_slice(), Some(&[1, 1, 1, 1, 2][..]));
    assert_eq!(edges[1], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    let (density, _) = a.histogram(4).density().eval()?;
    assert!(close(density.sum()? * 2.0, 1.0));

    let n = ctx.from_fn(([4], "b"), |at| at[0] as i32 - 1)?;
    refused(ctx, n.bincount(0), &["bincount", "-1"])?;
    refused(ctx, a.histogram(0).eval(), &["histogram", "0 bins"])?;
    refused(ctx, a.histogram([1.0, 0.0]).eval(), &["edges", "1", "0"])?;
    refused(ctx, a.histogram(3).weights(&n).eval(), &["weights", "[4]", "[9]"])?;
    let infinite = ctx.full(f64::INFINITY, 3)?;
    refused(ctx, infinite.histogram(3).eval(), &["inf", "not finite"])
}

/// NumPy's interpolation between sorted elements.
fn linear(of: &mut [f64], q: f64) -> f64 {
    if of.is_empty() {
        return f64::NAN;
    }
    of.sort_by(f64::total_cmp);
    let place = q * (of.len() - 1) as f64;
    let (low, high) = (of[place.floor() as usize], of[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

pub(super) fn quantiles(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(72);
    for _ in 0..6 {
        let shape = draw.shape();
        let x = random(&mut draw, &shape).mapv(|v| v * v * v);
        let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&shape, ctx.size()))?;
        let wanted = [0.0, 0.1, 0.5, 0.73, 1.0];
        let found = a.quantiles(&wanted, Method::Linear)?;
        for (found, q) in found.into_iter().zip(wanted) {
            assert!(close(found, linear(&mut line(&x), q)), "{found} at {q}");
        }
        for axis in 0..shape.len() {
            let found = a.quantile_axis(0.3, axis as isize, Method::Linear)?;
            assert_eq!(found.distribution(), &a.distribution().reduce(&[axis])?.without_halo());
            let expected = x.map_axis(Axis(axis), |lane| linear(&mut lane.to_vec(), 0.3));
            let found = found.to_ndarray()?;
            assert_eq!(found.shape(), expected.shape());
            assert!(found.iter().zip(&expected).all(|(&a, &b)| close(a, b)));
        }
    }
    // What NumPy 2 gives.
    let a = ctx.from_fn(([10], "c:3"), |at| [9, 2, 40, 7, 7, 1, 30, 12, 5, 22][at[0]])?;
    for (method, expected) in [
        (Method::InvertedCdf, [5.0, 7.0, 12.0]),
        (Method::AveragedInvertedCdf, [5.0, 8.0, 17.0]),
        (Method::ClosestObservation, [2.0, 7.0, 12.0]),
        (Method::InterpolatedInvertedCdf, [3.5, 7.0, 12.0]),
        (Method::Hazen, [5.0, 8.0, 17.0]),
        (Method::Weibull, [4.25, 8.0, 19.0]),
        (Method::Nearest, [5.0, 7.0, 12.0]),
        (Method::Lower, [5.0, 7.0, 12.0]),
        (Method::Higher, [7.0, 9.0, 22.0]),
        (Method::Midpoint, [6.0, 8.0, 17.0]),
    ] {
        assert_eq!(a.quantiles(&[0.25, 0.5, 0.7], method)?, expected, "{method:?}");
    }
    assert_eq!((a.median()?, a.percentile(100.0)?), (8.0, 40.0));
    let gaps = a.map(|x: i32| if x > 20 { f64::NAN } else { f64::from(x) });
    assert!(gaps.median()?.is_nan() && gaps.median_axis(0)?.get(&[])?.is_nan());
    assert_eq!((gaps.nanmedian()?, gaps.nanquantile(1.0, Method::Linear)?), (7.0, 12.0));
    assert_eq!(gaps.nanquantile_axis(0.0, -1, Method::Linear)?.get(&[])?, 1.0);
    assert!(ctx.zeros::<f64>(0)?.median()?.is_nan());
    refused(ctx, a.quantile(1.5), &["quantile", "1.5"])?;
    refused(ctx, a.median_axis(1), &["axis 1"])
}

pub(super) fn covariances(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(73);
    for shape in [[3, 11], [1, 5], [4, 2]] {
        let x = random(&mut draw, &shape);
        let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&shape, ctx.size()))?;
        let mean = x.mean_axis(Axis(1)).expect("there are observations").insert_axis(Axis(1));
        let apart = (&x - &mean).into_dimensionality::<ndarray::Ix2>().expect("two axes");
        let expected = apart.dot(&apart.t()) / (shape[1] - 1) as f64;
        let found = a.cov().eval()?.to_ndarray()?;
        let near = |found: &ArrayD<f64>, expected: &ndarray::Array2<f64>| {
            found.iter().zip(expected).all(|(&a, &b)| close(a, b))
        };
        assert_eq!(found.shape(), [shape[0], shape[0]]);
        assert!(near(&found, &expected));
        let deviations = expected.diag().mapv(f64::sqrt);
        let expected = &expected / &deviations.view().insert_axis(Axis(1)) / &deviations;
        if deviations.iter().all(|&d| d > 0.0) {
            assert!(near(&a.corrcoef().eval()?.to_ndarray()?, &expected));
        }
        let same = ctx.from_ndarray_on(&x, &draw.any_distribution(&shape, ctx.size()))?;
        assert_eq!(same.cov().eval()?.to_ndarray()?, found, "the same bits");
    }
    let a = ctx.from_fn(([7], "c"), |at| at[0] as i32 - 3)?;
    let weights = ctx.from_fn(([7], "b"), |at| f64::from(at[0] as u8 % 3))?;
    assert_eq!(a.average(&weights)?, 1.0 / 6.0);
    assert_eq!((a.dot(&a)?, a.vdot(&a)?), (28, 28));
    let i = ctx.full(Complex64::new(0.0, 2.0), 3)?;
    assert_eq!((i.dot(&i)?.re, i.vdot(&i)?.re), (-12.0, 12.0));
    assert_eq!(a.average_with_sum(&weights)?, (1.0 / 6.0, 6.0));
    let table = ctx.from_fn(([2, 7], "b,c"), |at| (at[0] * at[1]) as f64)?;
    let (found, sums) = table.average_axis_with_sum(-1, &weights)?;
    assert_eq!(found.to_ndarray()?.as_slice(), Some(&[0.0, 19.0 / 6.0][..]));
    assert_eq!(sums.to_ndarray()?.as_slice(), Some(&[6.0, 6.0][..]));
    refused(ctx, table.average_axis(0, &weights), &["average", "[7]", "axis 0", "[2, 7]"])?;
    refused(ctx, table.average_axis(1, &(&weights * 0.0)), &["average", "weights"])?;
    refused(ctx, a.average(&(&weights * 0.0)), &["average", "weights"])?;
    let b = ctx.ones::<i32>(3)?;
    refused(ctx, a.dot(&b), &["dot", "[7]", "[3]"])?;
    refused(ctx, table.cov().fweights(&a).eval(), &["cov", "-3"])?;
    refused(ctx, table.cov().aweights(&b).eval(), &["cov", "[3]", "7 observations"])?;
    refused(
        ctx,
        table.corrcoef().aweights(&(&weights * 0.0)).eval(),
        &["corrcoef", "add up to 0"],
    )?;
    refused(ctx, ctx.zeros::<f64>([2, 2, 2])?.cov().eval(), &["cov", "3 axes"])
}

/// Averages over several axes, by weights of the whole shape or of these axes in any order, with axes kept.
pub(super) fn averages(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(82);
    for _ in 0..20 {
        let shape = draw.shape();
        let x = random(&mut draw, &shape);
        let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&shape, ctx.size()))?;
        let order = draw.permutation(shape.len());
        let mut axes = order[..draw.below(shape.len() + 1)].to_vec();
        if axes.iter().map(|&axis| shape[axis]).eq(shape.iter().copied()) {
            // Weights of the shape of the elements are taken as they stand.
            axes.sort_unstable();
        }
        let given: Vec<isize> =
            axes.iter().map(|&axis| axis as isize - shape.len() as isize).collect();
        let extents: Vec<usize> = axes.iter().map(|&axis| shape[axis]).collect();
        let w = random(&mut draw, &extents).mapv(|v| v.abs() + 0.25);
        let weights = ctx.from_ndarray_on(&w, &draw.any_distribution(&extents, ctx.size()))?;
        // The weights as they stand beside the elements.
        let whole = ArrayD::from_shape_fn(IxDyn(&shape), |at| {
            w[IxDyn(&axes.iter().map(|&axis| at[axis]).collect::<Vec<_>>())]
        });
        let spread = ctx.from_ndarray_on(&whole, &draw.any_distribution(&shape, ctx.size()))?;
        let sums = along(&(&x * &whole), &axes, |line| line.iter().sum::<f64>());
        let of_weights = along(&whole, &axes, |line| line.iter().sum::<f64>());
        if extents.contains(&0) {
            if !sums.is_empty() {
                refused(ctx, a.averages(&spread).axes(&given).eval(), &["average", "add up to 0"])?;
            }
            continue;
        }
        let expected = &sums / &of_weights;
        for found in [a.averages(&weights), a.averages(&spread)] {
            let (averages, sums) = found.axes(&given).eval_with_sum()?;
            holds(&averages, &expected)?;
            holds(&sums, &of_weights)?;
        }
        let kept = a.averages(&weights).keepdims().axes(&given).eval()?;
        let one = |axis: usize| if axes.contains(&axis) { 1 } else { shape[axis] };
        assert_eq!(kept.shape(), (0..shape.len()).map(one).collect::<Vec<_>>());
        assert_eq!(line(&kept.to_ndarray()?), line(&expected));
        if x.is_empty() {
            continue;
        }
        let (all, sum) = a.averages(&spread).keepdims().eval_with_sum()?;
        assert_eq!(
            (all.shape(), sum.shape()),
            (&vec![1; shape.len()][..], &vec![1; shape.len()][..])
        );
        assert_eq!(all.sum()?, a.average(&spread)?);
    }
    let (a, w) = (ctx.ones::<f64>([2, 3, 4])?, ctx.ones::<f64>([3, 2])?);
    refused(
        ctx,
        a.averages(&w).axes(&[0, 1]).eval(),
        &["average", "[3, 2]", "[0, 1]", "[2, 3, 4]"],
    )?;
    refused(ctx, a.averages(&w).axes(&[1, 1]).eval(), &["average", "axis 1", "twice"])?;
    refused(ctx, a.averages(&w).axes(&[3]).eval(), &["average", "axis 3"])?;
    refused(ctx, a.averages(&w).keepdims().eval(), &["average", "[3, 2]", "[2, 3, 4]"])?;
    refused(ctx, a.average(&w), &["average", "[3, 2]", "[2, 3, 4]"])
}

/// Covariances of two arrays: those of the rows of both.
pub(super) fn joint_covariances(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(83);
    for (mine, more, n) in [(2, 3, 7), (1, 1, 4), (0, 2, 3), (3, 0, 2), (2, 2, 1)] {
        let x = random(&mut draw, &[mine, n]);
        let y = random(&mut draw, &[more, n]).mapv(|v| v as f32);
        let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&[mine, n], ctx.size()))?;
        let b = ctx.from_ndarray_on(&y, &draw.any_distribution(&[more, n], ctx.size()))?;
        let both = ndarray::concatenate![Axis(0), x, y.mapv(f64::from)];
        let both = ctx.from_ndarray_on(&both, &draw.any_distribution(both.shape(), ctx.size()))?;
        let bits = |found: DistArray<f64>| found.to_ndarray().map(|found| found.mapv(f64::to_bits));
        let times = ctx.from_fn([n], |at| at[0] as i32 + 1)?;
        let expected = bits(both.cov().ddof(0).fweights(&times).eval()?)?;
        assert_eq!(bits(a.cov().with(&b).ddof(0).fweights(&times).eval()?)?, expected);
        let found = a.corrcoef().with(&b).eval()?.to_ndarray()?;
        let expected = both.corrcoef().eval()?.to_ndarray()?;
        assert_eq!(found.mapv(f64::to_bits), expected.mapv(f64::to_bits));
        let turned = a.transpose()?.cov().columns().with(&b.transpose()?).ddof(0).eval()?;
        assert_eq!(bits(turned)?, bits(both.cov().ddof(0).eval()?)?);
        if mine == 1 && more == 1 {
            let lines = a.squeeze_axes(&[0])?.cov().with(&b.squeeze_axes(&[0])?).ddof(0).eval()?;
            assert_eq!(bits(lines)?, bits(both.cov().ddof(0).eval()?)?);
        }
    }
    let i = ctx.from_fn([3], |at| Complex64::new(0.0, at[0] as f64))?;
    let turned = i.cov().with(&i.conj()).eval()?;
    assert_eq!((turned.get(&[0, 1])?, turned.get(&[1, 1])?), ((-1.0).into(), 1.0.into()));
    let (a, b) = (ctx.ones::<f64>([2, 5])?, ctx.ones::<f64>([5, 2])?);
    refused(ctx, a.cov().with(&b).eval(), &["cov", "[2, 5]", "[5, 2]"])?;
    refused(ctx, a.cov().with(&a).with(&a).eval(), &["variables already"])?;
    refused(ctx, a.corrcoef().with(&ctx.ones::<f64>([1, 2, 5])?).eval(), &["corrcoef", "3 axes"])
}

/// Products of single precision are not rounded to it before they are summed.
pub(super) fn inner_products(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(84);
    for n in [0, 1, 5, 100, 1001] {
        let factors = random(&mut draw, &[2, n]).mapv(|v| (v * 1.000_123) as f32);
        let [x, y] = [0, 1].map(|row| factors.index_axis(Axis(0), row).to_owned());
        let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&[n], ctx.size()))?;
        let b = ctx.from_ndarray_on(&y, &draw.any_distribution(&[n], ctx.size()))?;
        let products: Vec<f64> =
            x.iter().zip(&y).map(|(&x, &y)| f64::from(x) * f64::from(y)).collect();
        let expected = exact_sum(&products) as f32;
        assert_eq!((a.dot(&b)?, a.vdot(&b)?), (expected, expected));
        let turned = a.map(|x| Complex32::new(x, -x)).dot(&b.map(|y| Complex32::new(0.0, y)))?;
        assert_eq!(turned, Complex32::new(expected, expected));
    }
    let small = ctx.full(1.0 + f32::EPSILON, 2)?;
    let signs = ctx
        .from_fn(2, |at| if at[0] == 0 { 1.0 + f32::EPSILON } else { -1.0 - 2.0 * f32::EPSILON })?;
    let exact = f64::from(f32::EPSILON);
    assert_eq!(small.dot(&signs)?, (-exact - exact * exact) as f32);
    Ok(())
}

pub(super) fn places(ctx: &Context) -> Result<()> {
    let a = ctx.from_fn(([2, 3], "b,c"), |at| (3 * at[0] + at[1]) as f64 / 2.0)?;
    let sorted = ctx.from_fn(([4], "c"), |at| [0.5, 1.0, 1.0, 2.0][at[0]])?;
    let found = sorted.searchsorted(&a, Side::Left)?.eval()?;
    assert_eq!(found.to_ndarray()?.as_slice(), Some(&[0, 0, 1, 3, 3, 4][..]));
    let found = sorted.searchsorted(&(&a * 1.0), Side::Right)?.eval()?;
    assert_eq!(found.to_ndarray()?.as_slice(), Some(&[0, 1, 3, 3, 4, 4][..]));
    let heights = a.interp(&[0.5, 2.0], &[1.0, 4.0])?.eval()?;
    assert_eq!(heights.to_ndarray()?.as_slice(), Some(&[1.0, 1.0, 2.0, 3.0, 4.0, 4.0][..]));
    refused(ctx, (&sorted * -1.0).eval()?.searchsorted(&a, Side::Left), &["-0.5", "-1"])?;
    refused(ctx, a.searchsorted(&sorted, Side::Left), &["searchsorted", "[2, 3]"])?;
    refused(ctx, a.interp(&[0.5, 2.0], &[1.0]), &["interp", "2", "1"])?;
    refused(ctx, a.interp(&[2.0, 0.5], &[1.0, 4.0]), &["interp", "2", "0.5"])
}
