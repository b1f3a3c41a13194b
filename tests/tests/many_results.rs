//! Reductions along axes with many results against `ndarray`: on any number of ranks, which share them out where
//! they are enough.

use distarray::dist::Distribution;
use distarray::prelude::*;
use distarray_tests::oracle::{exact_sum, holds};
use distarray_tests::property::{config, on_threads};
use distarray_tests::strategy::any_distributions;
use ndarray::{ArrayD, Axis, Dimension, IxDyn};
use proptest::prelude::*;

/// A number of ranks, and a distribution over them of few rows, perhaps in layers, of many columns.
fn long_rows() -> impl Strategy<Value = (usize, Distribution)> {
    let few = prop::collection::vec(0_usize..7, 1..=2);
    let columns = prop_oneof![3 => 300_usize..1500, 1 => 0_usize..40];
    (1_usize..=6, few, columns).prop_flat_map(|(ranks, mut shape, columns)| {
        shape.push(columns);
        (Just(ranks), any_distributions(&shape, ranks))
    })
}

/// What is made of each column, or of those of each layer.
fn of_columns<R: Clone>(
    elements: &ArrayD<f64>,
    all: bool,
    fold: impl Fn(&[f64]) -> R,
) -> ArrayD<R> {
    let shape = elements.shape();
    let few: usize = shape[..shape.len() - 1].iter().product();
    let columns = shape[shape.len() - 1];
    if all || shape.len() == 2 {
        let rows = elements.to_shape((few, columns)).expect("as many elements");
        return ArrayD::from_shape_fn(IxDyn(&[columns]), |at| {
            fold(&rows.index_axis(Axis(1), at[0]).to_vec())
        });
    }
    ArrayD::from_shape_fn(IxDyn(&shape[1..]), |at: IxDyn| {
        let column = elements.index_axis(Axis(2), at[1]);
        fold(&column.index_axis(Axis(1), at[0]).iter().copied().collect::<Vec<_>>())
    })
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn many_results_equal_the_serial_answer((ranks, dist) in long_rows(), all: bool) {
        on_threads(ranks, move |ctx| {
            let shape = dist.shape();
            let x = ArrayD::from_shape_fn(IxDyn(shape), |at| {
                let number = at.slice().iter().fold(7, |number, i| number * 1543 + i);
                let mixed = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                (mixed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
            });
            let a = ctx.from_ndarray_on(&x, &dist)?;
            let axes: Vec<isize> = match all {
                true => (0..shape.len() as isize - 1).collect(),
                false => vec![0],
            };
            let sums = of_columns(&x, all, exact_sum);
            let c = a.zip_map(&a, |x: f64, y: f64| Complex32::new(x as f32, 2.0 * y as f32));
            let singles = of_columns(&x.mapv(|v| f64::from(v as f32)), all, exact_sum);
            let pairs = singles.mapv(|sum| Complex32::new(sum as f32, 2.0 * sum as f32));
            let (found, of_pairs, means, some) = ctx.reduce((
                a.reduce(Sum).axes(&axes),
                c.reduce(Sum).axes(&axes),
                a.reduce(Mean).axes(&axes).keepdims(),
                a.gt(0.5).reduce(Any).axes(&axes),
            ))?;
            holds(&found, &sums)?;
            holds(&of_pairs, &pairs)?;
            holds(&some, &of_columns(&x, all, |line| line.iter().any(|v| *v > 0.5)))?;
            let alone = ctx.from_ndarray_on(&x, &Distribution::on_one(shape, 0))?;
            let bits = |array: DistArray<f64>| array.to_ndarray().map(|array| array.mapv(f64::to_bits));
            assert_eq!(bits(means.squeeze_axes(&axes)?)?, bits(alone.mean_axes(&axes)?)?);
            assert_eq!(bits(a.var_axes(&axes)?)?, bits(alone.var_axes(&axes)?)?);
            if axes.iter().any(|&axis| shape[axis as usize] == 0) {
                return Ok(());
            }
            let least = |line: &[f64]| line.iter().copied().fold(f64::INFINITY, f64::min);
            let first = |line: &[f64]| {
                line.iter().position(|v| *v == least(line)).expect("one of them") as i64
            };
            let (lowest, places) =
                ctx.reduce((a.reduce(Min).axes(&axes), a.reduce(Argmin).axes(&axes)))?;
            holds(&lowest, &of_columns(&x, all, least))?;
            holds(&places, &of_columns(&x, all, first))
        })?;
    }
}
