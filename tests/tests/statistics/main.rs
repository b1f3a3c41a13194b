//! Properties of statistics: histograms, quantiles and covariances of views of any distribution are
//! those of plain loops over the plain array, with the same bits on one rank as on several.

mod histograms;
mod places;
mod quantiles;
mod variables;

use distarray::array::Context;
use distarray::dist::Distribution;
use distarray::prelude::*;
use distarray_tests::changes::{Cuts, cuts};
use distarray_tests::draw::Draw;
use distarray_tests::strategy::{any_distributions, shapes};
use ndarray::{ArrayD, Axis, IxDyn};
use proptest::prelude::*;

/// What a property is checked on.
#[derive(Clone, Debug)]
struct World {
    ranks: usize,
    dist: Distribution,
    /// The elements, over and over.
    numbers: Vec<f64>,
    /// The part of the array that is looked at.
    view: Cuts,
    /// Draws the distribution of a second array.
    seed: u64,
}

/// A number of ranks, a view of an array over them, and numbers to fill it with.
fn worlds(number: impl Strategy<Value = f64> + Clone) -> impl Strategy<Value = World> {
    let numbers = prop::collection::vec(number, 1..40);
    (1_usize..=6, shapes(), numbers, cuts(), any::<u64>()).prop_flat_map(
        |(ranks, shape, numbers, view, seed)| {
            any_distributions(&shape, ranks).prop_map(move |dist| World {
                ranks,
                dist,
                numbers: numbers.clone(),
                view: view.clone(),
                seed,
            })
        },
    )
}

/// Numbers of either sign and of many magnitudes.
fn wide() -> impl Strategy<Value = f64> + Clone {
    (any::<i32>(), -40_i32..40).prop_map(|(n, power)| f64::from(n) * 2_f64.powi(power))
}

/// Numbers of which many are equal, and few bits are set.
fn coarse() -> impl Strategy<Value = f64> + Clone {
    (-20_i32..20).prop_map(|n| f64::from(n) / 4.0)
}

impl World {
    /// The plain array, of which the view is a part.
    fn whole(&self) -> ArrayD<f64> {
        let mut next = self.numbers.iter().cycle();
        let next = || *next.next().expect("there is a number");
        ArrayD::from_shape_simple_fn(IxDyn(self.dist.shape()), next)
    }

    /// The view: distributed, and plain.
    fn view(&self, ctx: &Context) -> Result<(DistArray<f64>, ArrayD<f64>)> {
        let whole = self.whole();
        let by = self.view.of(whole.shape());
        let array = ctx.from_ndarray_on(&whole, &self.dist)?.slice(&by)?;
        Ok((array, whole.slice(&*by).to_owned()))
    }

    /// Another array of a shape, with another distribution: distributed, and plain.
    fn other(&self, ctx: &Context, shape: &[usize]) -> Result<(DistArray<f64>, ArrayD<f64>)> {
        let mut next = self.numbers.iter().rev().cycle();
        let plain = ArrayD::from_shape_simple_fn(IxDyn(shape), || {
            next.next().expect("there is a number").abs()
        });
        let dist = Draw::new(self.seed).any_distribution(shape, ctx.size());
        Ok((ctx.from_ndarray_on(&plain, &dist)?, plain))
    }
}

/// The elements in C order.
fn flat<T: Copy>(of: &ArrayD<T>) -> Vec<T> {
    of.iter().copied().collect()
}

/// Folds the lines along an axis.
fn along<R>(x: &ArrayD<f64>, axis: usize, of: impl Fn(&[f64]) -> R) -> ArrayD<R> {
    x.map_axis(Axis(axis), |lane| of(&lane.to_vec()))
}

/// The bits of an array on every rank.
fn bits(of: &DistArray<f64>) -> Result<ArrayD<u64>> {
    Ok(of.to_ndarray()?.mapv(f64::to_bits))
}

/// The array on one rank.
fn alone(ctx: &Context, plain: &ArrayD<f64>) -> Result<DistArray<f64>> {
    ctx.from_ndarray_on(plain, &Distribution::builder(plain.shape()).build(1)?)
}

/// Asserts that numbers are the expected ones, but for rounding beside a magnitude.
fn near(found: f64, expected: f64, magnitude: f64, what: impl std::fmt::Debug) {
    let off = (found - expected).abs();
    assert!(
        found == expected || found.is_nan() && expected.is_nan() || off <= 1e-12 * magnitude,
        "{found:e} for {expected:e}: {what:?}"
    );
}
