//! Histograms and counts.

use distarray::array::{Bins, Context};
use distarray::prelude::*;
use distarray_tests::oracle::{exact_sum, holds};
use distarray_tests::property::{config, on_threads};
use ndarray::{ArrayD, IxDyn};
use proptest::prelude::*;

use super::{World, alone, bits, coarse, flat, near, wide, worlds};

/// The edges that NumPy has between two numbers.
fn even((mut low, mut high): (f64, f64), bins: usize) -> Vec<f64> {
    if low == high {
        (low, high) = (low - 0.5, high + 0.5);
    }
    let step = (high - low) / bins as f64;
    (0..=bins).map(|i| if i == bins { high } else { i as f64 * step + low }).collect()
}

/// The edges between the extremes, or NumPy's of no elements.
fn natural(x: &[f64], bins: usize) -> Vec<f64> {
    let least = x.iter().copied().reduce(f64::min).unwrap_or(0.0);
    even((least, x.iter().copied().reduce(f64::max).unwrap_or(1.0)), bins)
}

/// The bin that an element is in.
fn bin(x: f64, edges: &[f64]) -> Option<usize> {
    let last = edges.len() - 2;
    (0..=last).find(|&i| x >= edges[i] && (x < edges[i + 1] || i == last && x == edges[i + 1]))
}

/// The weights in each bin of several variables.
fn weighed(variables: &[&[f64]], edges: &[Vec<f64>], weights: &[f64]) -> ArrayD<Vec<f64>> {
    let shape: Vec<usize> = edges.iter().map(|edges| edges.len() - 1).collect();
    let mut all = ArrayD::from_elem(IxDyn(&shape), Vec::new());
    for (i, &weight) in weights.iter().enumerate() {
        let at = variables.iter().zip(edges).map(|(of, edges)| bin(of[i], edges));
        if let Some(at) = at.collect::<Option<Vec<usize>>>() {
            all[&at[..]].push(weight);
        }
    }
    all
}

/// Asserts that counts and edges are those of plain loops.
fn counted(
    (counts, edges): &(DistArray<i64>, Vec<Vec<f64>>),
    variables: &[&[f64]],
    expected: &[Vec<f64>],
) -> Result<()> {
    assert_eq!(edges, expected);
    let ones = vec![1.0; variables[0].len()];
    holds(counts, &weighed(variables, expected, &ones).map(|weights| weights.len() as i64))
}

/// Edges by number, by range, and given; counts, weights and densities.
fn of_one(
    world: &World,
    bins: usize,
    (low, high): (f64, f64),
    given: &[f64],
    ctx: &Context,
) -> Result<()> {
    let (a, x) = world.view(ctx)?;
    let x = flat(&x);
    counted(&a.histogram(bins).eval()?, &[&x], &[natural(&x, bins)])?;
    let edges = [even((low, high), bins)];
    counted(&a.histogram(bins).range(low, high).eval()?, &[&x], &edges)?;
    counted(&a.histogram(given).eval()?, &[&x], &[given.to_vec()])?;

    let (weights, plain) = world.other(ctx, a.shape())?;
    let (sums, _) = a.histogram(bins).range(low, high).weights(&weights).eval()?;
    let in_bins = weighed(&[&x], &edges, &flat(&plain));
    let expected = in_bins.map(|weights| exact_sum(weights));
    holds(&sums, &expected)?;
    let densities = a.histogram(bins).range(low, high).weights(&weights).density().eval()?.0;
    let total = expected.sum();
    for (i, (&density, sum)) in densities.to_ndarray()?.iter().zip(&expected).enumerate() {
        let expected = sum / (edges[0][i + 1] - edges[0][i]) / total;
        near(density, expected, expected.abs(), i);
    }
    let solo = Context::solo();
    let (a, weights) = (alone(&solo, &a.to_ndarray()?)?, alone(&solo, &plain)?);
    let same = a.histogram(bins).range(low, high).weights(&weights).density().eval()?.0;
    assert_eq!(bits(&densities)?, bits(&same)?, "on one rank");
    Ok(())
}

/// Numbers that are not all finite, of which those that are none are in no bin.
fn special() -> impl Strategy<Value = f64> + Clone {
    let strange = prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0]);
    prop_oneof![3 => coarse(), 1 => strange]
}

proptest! {
    #![proptest_config(config(250))]

    /// Of views with many equal elements, some of which lie on edges.
    #[test]
    fn histograms_are_those_of_plain_loops(
        world in worlds(coarse()),
        bins in 1_usize..12,
        ends in (coarse(), coarse()),
        mut given in prop::collection::vec(coarse(), 2..9),
    ) {
        given.sort_by(f64::total_cmp);
        let ends = (ends.0.min(ends.1), ends.0.max(ends.1));
        on_threads(world.ranks, move |ctx| of_one(&world, bins, ends, &given, ctx))?;
    }

    /// Of numbers of any magnitude, where bins are narrow or wide.
    #[test]
    fn histograms_of_any_magnitude(
        world in worlds(wide()),
        bins in 1_usize..40,
        ends in (wide(), wide()),
        mut given in prop::collection::vec(wide(), 2..9),
    ) {
        given.sort_by(f64::total_cmp);
        let ends = (ends.0.min(ends.1), ends.0.max(ends.1));
        on_threads(world.ranks, move |ctx| of_one(&world, bins, ends, &given, ctx))?;
    }

    /// NaN is in no bin, and has no place between extremes.
    #[test]
    fn what_is_not_finite_is_in_no_finite_bin(
        world in worlds(special()),
        mut given in prop::collection::vec(special(), 2..9),
    ) {
        given.retain(|edge| !edge.is_nan());
        given.extend([-1.0, 1.5]);
        given.sort_by(f64::total_cmp);
        on_threads(world.ranks, move |ctx| {
            let (a, x) = world.view(ctx)?;
            let x = flat(&x);
            let edges = [given.clone()];
            counted(&a.histogram(&given[..]).eval()?, &[&x], &edges)?;
            let finite = x.iter().all(|x| x.is_finite());
            assert_eq!(a.histogram(3).eval().is_ok(), finite);
            for right in [false, true] {
                let place = |x: f64| given.iter().filter(|&&edge| {
                    x.is_nan() || edge < x || !right && edge == x
                }).count() as i64;
                let numbers = world.view(ctx)?.1.mapv(place);
                holds(&a.digitize(&given, right)?.eval()?, &numbers)?;
                // Of edges that go down those count that are above, or as high.
                let down: Vec<f64> = given.iter().rev().copied().collect();
                let above = numbers.mapv(|before| given.len() as i64 - before);
                holds(&a.digitize(&down, right)?.eval()?, &above)?;
            }
            Ok(())
        })?;
    }

    /// Of two variables, and of the columns of a table.
    #[test]
    fn histograms_of_several_variables(
        world in worlds(coarse()),
        bins in (1_usize..6, 1_usize..6),
        mut given in prop::collection::vec(coarse(), 2..6),
    ) {
        given.sort_by(f64::total_cmp);
        on_threads(world.ranks, move |ctx| {
            let (a, x) = world.view(ctx)?;
            let (b, y) = world.other(ctx, a.shape())?;
            let (x, y) = (flat(&x), flat(&y));
            let edges = [natural(&x, bins.0), given.clone()];
            counted(&a.histogram2d(&b, bins.0, &given[..]).eval()?, &[&x, &y], &edges)?;
            let edges = [even((-2.0, 1.0), bins.0), even((0.0, 2.0), bins.1)];
            let of_both = a.histogram2d(&b, bins.0, bins.1).ranges(&[(-2.0, 1.0), (0.0, 2.0)]);
            let (sums, _) = of_both.clone().weights(&b).eval()?;
            holds(&sums, &weighed(&[&x, &y], &edges, &y).map(|weights| exact_sum(weights)))?;
            counted(&of_both.eval()?, &[&x, &y], &edges)?;
            // As columns.
            let (table, plain) = world.other(ctx, &[world.numbers.len(), 2])?;
            let columns = [0, 1].map(|i| plain.index_axis(ndarray::Axis(1), i).iter().copied().collect::<Vec<f64>>());
            let asked = vec![Bins::Count(bins.0), Bins::Edges(given.clone())];
            let edges = [natural(&columns[0], bins.0), given.clone()];
            counted(&table.histogramdd(asked).eval()?, &[&columns[0], &columns[1]], &edges)
        })?;
    }

    /// Whole numbers of any type, and the weights that stand where they do.
    #[test]
    fn counts_of_whole_numbers(world in worlds(wide()), least in 0_usize..12) {
        on_threads(world.ranks, move |ctx| {
            let (a, x) = world.view(ctx)?;
            let number = |x: f64| x.to_bits() % 19 % 13;
            let numbers = a.map(number).eval()?;
            let plain = flat(&x.mapv(number));
            let (weights, added) = world.other(ctx, a.shape())?;
            let length = plain.iter().max().map_or(0, |&most| most as usize + 1).max(least);
            let mut at = vec![Vec::new(); length];
            for (&number, weight) in plain.iter().zip(&added) {
                at[number as usize].push(*weight);
            }
            let at = ArrayD::from_shape_vec(IxDyn(&[length]), at).expect("as many places");
            let expected = at.map(|weights| weights.len() as i64);
            holds(&numbers.bincount(least)?, &expected)?;
            holds(&numbers.cast::<i8>().bincount(least)?, &expected)?;
            holds(&numbers.cast::<u32>().bincount(least)?, &expected)?;
            let sums = at.map(|weights| exact_sum(weights));
            holds(&numbers.cast::<i32>().bincount_weighted(&weights, least)?, &sums)
        })?;
    }
}
