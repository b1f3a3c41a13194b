//! Properties of scans: along any axis of any distribution, each element is what the plain array's
//! elements up to it give, with the same bits for every distribution.

use distarray::dist::Distribution;
use distarray::prelude::*;
use distarray_tests::oracle::{exact_sum, holds};
use distarray_tests::property::{config, on_threads};
use distarray_tests::strategy::{any_distributions, shapes};
use ndarray::{ArrayD, Axis, IxDyn};
use proptest::prelude::*;

/// A number of ranks, a distribution over them, and numbers to begin the elements with.
fn worlds() -> impl Strategy<Value = (usize, Distribution, Vec<f64>)> {
    let number =
        (any::<i32>(), -40_i32..40).prop_map(|(n, power)| f64::from(n) * 2_f64.powi(power));
    (1_usize..=6, shapes(), prop::collection::vec(number, 1..30)).prop_flat_map(
        |(ranks, shape, numbers)| (Just(ranks), any_distributions(&shape, ranks), Just(numbers)),
    )
}

/// The numbers over and over.
fn filled(shape: &[usize], numbers: &[f64]) -> ArrayD<f64> {
    let mut next = numbers.iter().cycle();
    ArrayD::from_shape_simple_fn(IxDyn(shape), || *next.next().expect("there is a number"))
}

/// Each element from those up to it along an axis.
fn along<T: Clone>(x: &ArrayD<f64>, axis: usize, of: impl Fn(&[f64]) -> T) -> ArrayD<T> {
    ArrayD::from_shape_fn(x.raw_dim(), |at| {
        let mut lane = x.view();
        for other in (0..x.ndim()).rev().filter(|&other| other != axis) {
            lane = lane.index_axis_move(Axis(other), at[other]);
        }
        of(&lane.iter().take(at[axis] + 1).copied().collect::<Vec<_>>())
    })
}

proptest! {
    #![proptest_config(config(300))]

    /// Sums, products and extremes along every axis, of arrays and of expressions.
    #[test]
    fn scans_are_those_of_the_plain_array((ranks, dist, numbers) in worlds()) {
        on_threads(ranks, move |ctx| {
            let x = filled(dist.shape(), &numbers);
            let a = ctx.from_ndarray_on(&x, &dist)?;
            for axis in 0..dist.ndim() {
                let number = axis as isize;
                holds(&a.cumsum_axis(number)?, &along(&x, axis, exact_sum))?;
                let most = |line: &[f64]| line.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                holds(&(-&a).cummax_axis(number)?, &along(&(-&x), axis, most))?;
                let product = |line: &[f64]| line.iter().fold(1_i64, |p, v| p.wrapping_mul(*v as i64));
                holds(&a.cast::<i64>().cumprod_axis(number)?, &along(&x, axis, product))?;
            }
            let flat = x.to_shape(x.len()).expect("as many elements").into_owned().into_dyn();
            holds(&a.cumsum()?, &along(&flat, 0, exact_sum))
        })?;
    }
}
