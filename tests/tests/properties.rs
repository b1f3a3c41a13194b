//! Properties that hold for every shape, distribution and number of ranks that proptest thinks of.

mod plans;

use distarray::array::Context;
use distarray::dist::Distribution;
use distarray::prelude::*;
use distarray_tests::oracle::{close, exact_sum, halo_holds, holds, holds_here, numbered};
use distarray_tests::property::{config, on_threads};
use distarray_tests::strategy::{any_distributions, haloed, kinds, shapes};
use distarray_tests::tree::trees;
use ndarray::{ArrayD, Axis, IxDyn, Slice};
use proptest::prelude::*;
use proptest::sample::Index;

/// A number of ranks, and two distributions of one shape over them.
fn two_distributions() -> impl Strategy<Value = (usize, Distribution, Distribution)> {
    (1_usize..=6, shapes()).prop_flat_map(|(ranks, shape)| {
        (Just(ranks), any_distributions(&shape, ranks), any_distributions(&shape, ranks))
    })
}

/// A number of ranks, and a distribution of one axis between each of the pairs of kinds.
fn two_kinds() -> impl Strategy<Value = (usize, Distribution, Distribution)> {
    (1_usize..=6, 0_usize..40).prop_flat_map(|(ranks, len)| {
        let on_all = move |kind| {
            let axes = vec![distarray::dist::AxisMap::new(len, ranks, kind).unwrap()];
            Distribution::from_maps(axes, distarray::dist::Ranks::range(0..ranks)).unwrap()
        };
        let of_kinds = kinds(len, ranks).prop_map(on_all);
        (Just(ranks), of_kinds, kinds(len, ranks).prop_map(on_all))
    })
}

/// A number of ranks and a distribution in blocks with halos.
fn with_halo() -> impl Strategy<Value = (usize, Distribution)> {
    (1_usize..=6, shapes()).prop_flat_map(|(ranks, shape)| (Just(ranks), haloed(&shape, ranks)))
}

/// A number of ranks and expressions of arrays over them.
fn worlds_of_trees() -> impl Strategy<Value = (usize, distarray_tests::tree::Tree)> {
    (1_usize..=6).prop_flat_map(|ranks| (Just(ranks), trees(ranks)))
}

/// There and back.
fn moves(from: &Distribution, to: &Distribution, ctx: &Context) -> Result<()> {
    let expected = numbered(from.shape());
    let array = ctx.from_ndarray_on(&expected, from)?;
    let moved = array.redistribute(to)?;
    holds(&moved, &expected)?;
    let back = moved.redistribute(from)?;
    assert_eq!(back.local(), array.local());
    holds(&back, &expected)
}

/// Along a route that is kept: several runs, of two element types, into new memory and old.
fn follows(from: &Distribution, to: &Distribution, ctx: &Context) -> Result<()> {
    let expected = numbered(from.shape());
    let array = ctx.from_ndarray_on(&expected, from)?;
    let route = array.route_to(to)?;
    let mut moved = route.run(&array)?;
    holds(&moved, &expected)?;
    let small = expected.mapv(|value| (value % 251) as u8);
    holds(&route.run(&ctx.from_ndarray_on(&small, from)?)?, &small)?;
    // What shares memory with the target keeps its elements.
    let before = moved.clone();
    let doubled = expected.mapv(|value| 2 * value);
    let twice = ctx.from_ndarray_on(&doubled, from)?;
    route.run_into(&twice, &mut moved)?;
    holds(&moved, &doubled)?;
    holds(&before, &expected)?;
    array.redistribute_into(&mut moved)?;
    assert_eq!(moved.distribution(), to);
    holds(&moved, &expected)?;
    holds(&twice, &doubled)
}

proptest! {
    #![proptest_config(config(800))]

    /// Between any two distributions, and back, an array keeps its elements.
    #[test]
    fn redistribution_moves_every_element((ranks, from, to) in two_distributions()) {
        on_threads(ranks, move |ctx| moves(&from, &to, ctx))?;
    }

    /// The same along routes that are kept, and into arrays that there are.
    #[test]
    fn routes_move_every_element_each_time((ranks, from, to) in two_distributions()) {
        on_threads(ranks, move |ctx| follows(&from, &to, ctx))?;
    }

    /// The same along one long axis, where the pairs of kinds meet most often.
    #[test]
    fn every_pair_of_kinds_moves_every_element((ranks, from, to) in two_kinds()) {
        on_threads(ranks, move |ctx| moves(&from, &to, ctx))?;
    }

    /// After an exchange the halo is what NumPy's `pad` would put there.
    #[test]
    fn halos_are_padding((ranks, dist) in with_halo()) {
        on_threads(ranks, move |ctx| {
            let expected = numbered(dist.shape());
            let mut array = ctx.from_ndarray_on(&expected, &dist)?;
            array.exchange_halo()?;
            halo_holds(&array, &expected);
            holds(&array, &expected)
        })?;
    }

    /// What one rank scatters, it gathers again; each rank has its own part in between.
    #[test]
    fn scatter_and_gather_are_inverse((ranks, dist, _) in two_distributions(), root: Index) {
        let root = root.index(ranks);
        on_threads(ranks, move |ctx| {
            let expected = numbered(dist.shape());
            let mine = (ctx.rank() == root).then(|| expected.clone());
            let array = ctx.scatter(root, mine, &dist)?;
            holds_here(&array, &expected);
            let found = array.to_ndarray_on(root)?;
            assert_eq!(found, (ctx.rank() == root).then(|| expected.clone()));
            assert_eq!(array.to_ndarray()?, expected);
            Ok(())
        })?;
    }

    /// Single elements are read and written where they are; an index outside is an error on all.
    #[test]
    fn elements_are_found(
        (ranks, dist, _) in two_distributions(),
        indices in prop::collection::vec(prop::collection::vec(0_usize..12, 0..5), 1..12),
    ) {
        on_threads(ranks, move |ctx| {
            let mut expected = numbered(dist.shape());
            let mut array = ctx.from_ndarray_on(&expected, &dist)?;
            for index in &indices {
                match expected.get(&index[..]).copied().filter(|_| index.len() == dist.ndim()) {
                    None => {
                        assert!(array.get(index).is_err() && array.set(index, 0).is_err());
                    }
                    Some(element) => {
                        assert_eq!(array.get(index)?, element, "{index:?} of {dist}");
                        array.set(index, -1)?;
                        expected[&index[..]] = -1;
                        assert_eq!(array.get(index)?, -1);
                    }
                }
            }
            holds(&array, &expected)
        })?;
    }

    /// The parts that ranks have, in whatever order their memory is, make the array.
    #[test]
    fn local_parts_are_adopted(
        (ranks, dist, to) in two_distributions(),
        steps in prop::collection::vec(prop::sample::select(vec![-2_isize, -1, 1, 3]), 4),
        turned: bool,
    ) {
        on_threads(ranks, move |ctx| {
            let expected = numbered(dist.shape());
            let plain = ctx.from_ndarray_on(&expected, &dist)?;
            let part = strided(&plain.local().to_owned(), &steps, turned);
            assert_eq!(part.view(), plain.local());
            let mut array = ctx.from_local(&dist, part)?;
            holds(&array, &expected)?;
            holds(&array.redistribute(&to)?, &expected)?;
            let before = array.clone();
            array.local_mut()?.mapv_inplace(|element| 2 * element);
            holds(&(&array - &before).eval()?, &expected)
        })?;
    }
}

/// The same elements in memory that has gaps, runs backwards, or is in Fortran order.
fn strided(local: &ArrayD<i64>, steps: &[isize], turned: bool) -> ArrayD<i64> {
    let axes: Vec<usize> = match turned {
        true => (0..local.ndim()).rev().collect(),
        false => (0..local.ndim()).collect(),
    };
    let shape = axes.iter().map(|&axis| local.shape()[axis] * steps[axis].unsigned_abs());
    let mut part = ArrayD::from_elem(IxDyn(&shape.collect::<Vec<_>>()), i64::MIN);
    for (place, &axis) in axes.iter().enumerate() {
        part.slice_axis_inplace(Axis(place), Slice::new(0, None, steps[axis]));
    }
    // Where memory is in another order, the axes stand in it as they did.
    let mut part = if turned { part.reversed_axes() } else { part };
    part.assign(local);
    part
}

proptest! {
    #![proptest_config(config(600))]

    /// Expressions have the values that `ndarray` has, to the bit but for NaN's.
    #[test]
    fn expressions_equal_the_serial_answer((ranks, tree) in worlds_of_trees()) {
        on_threads(ranks, move |ctx| tree.check(ctx))?;
    }

    /// Reductions over all and some axes equal those of plain lines of elements: integers exactly,
    /// sums of floats to rounding of the exact sum.
    #[test]
    fn reductions_equal_the_serial_answer(
        (ranks, dist, other) in two_distributions(),
        scale in prop::sample::select(vec![1.0_f64, 1e-3, 1e9, 1e16]),
        reduced in prop::collection::vec(any::<bool>(), 4),
    ) {
        on_threads(ranks, move |ctx| {
            let numbers = numbered(dist.shape());
            // Both signs and many magnitudes, so that sums cancel.
            let floats = numbers.mapv(|n| {
                let mixed = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11;
                (mixed as f64 / (1_u64 << 52) as f64 - 1.0) * if n % 3 == 0 { scale } else { 1.0 }
            });
            let axes: Vec<usize> = (0..numbers.ndim()).filter(|&axis| reduced[axis]).collect();
            let given: Vec<isize> = axes.iter().map(|&axis| axis as isize).collect();
            let integers = ctx.from_ndarray_on(&numbers, &dist)?;
            let a = ctx.from_ndarray_on(&floats, &dist)?;

            assert_eq!(integers.sum()?, numbers.sum());
            let sums = along(&numbers, &axes, |line| line.iter().sum());
            holds(&integers.sum_axes(&given)?, &sums)?;
            let b = ctx.from_ndarray_on(&numbers, &other)?;
            holds(&(&integers - &b * 3).sum_axes(&given)?, &sums.mapv(|sum| -2 * sum))?;

            let all: Vec<f64> = floats.iter().copied().collect();
            near(a.sum()?, exact_sum(&all), &all);
            let found = a.sum_axes(&given)?.to_ndarray()?;
            let lines = along(&floats, &axes, <[f64]>::to_vec);
            assert_eq!(found.shape(), lines.shape());
            for (&sum, line) in found.iter().zip(&lines) {
                near(sum, exact_sum(line), line);
            }
            let least = |line: &[f64]| line.iter().copied().fold(f64::INFINITY, f64::min);
            let most = |line: &[f64]| line.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            if axes.iter().all(|&axis| dist.shape()[axis] > 0) {
                holds(&a.min_axes(&given)?, &lines.mapv(|line| least(&line)))?;
                holds(&a.max_axes(&given)?, &lines.mapv(|line| most(&line)))?;
            }
            if !all.is_empty() {
                assert_eq!((a.min()?, a.max()?), (least(&all), most(&all)));
                assert!(close(a.mean()? * all.len() as f64, a.sum()?));
            }
            let positive = |line: Vec<f64>| line.iter().filter(|&&x| x > 0.0).count() as u64;
            holds(&a.gt(0.0).count_axes(&given)?, &lines.mapv(positive))
        })?;
    }
}

/// Folds an array over some axes, one line of elements at a time.
fn along<T: Element, R: Clone>(
    elements: &ArrayD<T>,
    axes: &[usize],
    fold: impl Fn(&[T]) -> R,
) -> ArrayD<R> {
    let kept: Vec<usize> = (0..elements.ndim()).filter(|axis| !axes.contains(axis)).collect();
    let shape: Vec<usize> = kept.iter().map(|&axis| elements.shape()[axis]).collect();
    ArrayD::from_shape_fn(IxDyn(&shape), |at| {
        let mut line = elements.view();
        for (i, &axis) in kept.iter().enumerate() {
            line.collapse_axis(Axis(axis), at[i]);
        }
        fold(&line.iter().copied().collect::<Vec<_>>())
    })
}

/// Asserts that a sum is the exact one, but for rounding that is small beside what was added.
fn near(sum: f64, exact: f64, of: &[f64]) {
    let magnitude: f64 = of.iter().map(|x| x.abs()).sum();
    let off = (sum - exact).abs();
    assert!(
        off <= 1e-12 * exact.abs() + 1e-15 * magnitude,
        "{sum} for {exact} of {} numbers",
        of.len()
    );
}
