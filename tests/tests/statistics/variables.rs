//! Averages, inner products, covariances and correlations.

use distarray::array::Context;
use distarray::prelude::*;
use distarray_tests::draw::Draw;
use distarray_tests::oracle::{exact_sum, holds};
use distarray_tests::property::{config, on_threads};
use ndarray::{ArrayD, IxDyn};
use proptest::prelude::*;

use super::{alone, along, bits, flat, near, wide, worlds};

/// The covariance of two lines, and what its rounding is measured by: the size of what is multiplied.
fn covariance(x: &[f64], y: &[f64], freedom: f64) -> (f64, f64) {
    let apart = |of: &[f64]| {
        let mean = exact_sum(of) / of.len() as f64;
        of.iter().map(|x| x - mean).collect::<Vec<_>>()
    };
    let size = |of: &[f64]| of.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    let sum = exact_sum(&products(&apart(x), &apart(y)));
    (sum / freedom, size(x) * size(y) * x.len() as f64 / freedom)
}

/// The product of each two elements.
fn products(x: &[f64], y: &[f64]) -> Vec<f64> {
    x.iter().zip(y).map(|(x, y)| x * y).collect()
}

proptest! {
    #![proptest_config(config(250))]

    /// Sums of products are exact and rounded once; integers widen and wrap.
    #[test]
    fn inner_products_are_exact(world in worlds(wide())) {
        on_threads(world.ranks, move |ctx| {
            let (a, x) = world.view(ctx)?;
            let (b, y) = world.other(ctx, a.shape())?;
            let both = products(&flat(&x), &flat(&y));
            assert_eq!(a.dot(&b)?, exact_sum(&both));
            assert_eq!(a.vdot(&b)?, exact_sum(&both));
            let whole = |x: f64| x.to_bits() as i32;
            let (n, m) = (a.map(whole).eval()?, b.map(whole).eval()?);
            let sum = x.iter().zip(&y).fold(0_i64, |sum, (&x, &y)| {
                sum.wrapping_add(i64::from(whole(x)).wrapping_mul(i64::from(whole(y))))
            });
            assert_eq!((n.dot(&m)?, n.vdot(&m)?), (sum, sum));
            let z = a.zip_map(&b, Complex64::new).eval()?;
            let squares = exact_sum(&[products(&flat(&x), &flat(&x)), products(&flat(&y), &flat(&y))].concat());
            near(z.vdot(&z)?.re, squares, squares, "squares of magnitudes");
            Ok(())
        })?;
    }

    /// The weighted average is the quotient of two exact sums.
    #[test]
    fn averages_are_weighed(world in worlds(wide())) {
        on_threads(world.ranks, move |ctx| {
            let (a, x) = world.view(ctx)?;
            let (weights, plain) = world.other(ctx, a.shape())?;
            let (x, w) = (flat(&x), flat(&plain));
            let total = exact_sum(&w);
            match total == 0.0 {
                true => assert!(a.average(&weights).is_err()),
                false => {
                    let average = exact_sum(&products(&x, &w)) / total;
                    assert_eq!(a.average_with_sum(&weights)?, (average, total));
                }
            }
            Ok(())
        })?;
    }

    /// Along every axis, by weights of the whole shape or of the axis; complex ones by their parts.
    #[test]
    fn averages_along_an_axis(world in worlds(wide())) {
        on_threads(world.ranks, move |ctx| {
            let (a, x) = world.view(ctx)?;
            let (weights, w) = world.other(ctx, a.shape())?;
            for axis in 0..a.ndim() {
                let number = axis as isize;
                let (xs, ws) = (along(&x, axis, <[f64]>::to_vec), along(&w, axis, <[f64]>::to_vec));
                let sums = ws.map(|line| exact_sum(line));
                let average = |x: &[f64], w: &[f64]| exact_sum(&products(x, w)) / exact_sum(w);
                match sums.iter().any(|&sum| sum == 0.0) {
                    true => assert!(a.average_axis(number, &weights).is_err()),
                    false => {
                        let expected = ndarray::Zip::from(&xs).and(&ws)
                            .map_collect(|x, w| average(x, w));
                        let (found, of_weights) = a.average_axis_with_sum(number, &weights)?;
                        holds(&found, &expected)?;
                        holds(&of_weights, &sums)?;
                    }
                }
                let (of_axis, w) = world.other(ctx, &[x.shape()[axis]])?;
                let w = flat(&w);
                match exact_sum(&w) == 0.0 {
                    true => assert!(a.average_axis(number, &of_axis).is_err()),
                    false => {
                        let expected = xs.map(|x| average(x, &w));
                        let (found, of_weights) = a.average_axis_with_sum(number, &of_axis)?;
                        holds(&found, &expected)?;
                        holds(&of_weights, &expected.map(|_| exact_sum(&w)))?;
                        let turned = a.map(|x| Complex64::new(0.0, x)).average_axis(number, &of_axis)?;
                        holds(&turned.imag().eval()?, &expected)?;
                    }
                }
            }
            Ok(())
        })?;
    }

    /// Of rows with any distribution: near the definition, symmetric, and the same bits on one rank.
    #[test]
    fn covariances_are_those_of_rows(
        ranks in 1_usize..=6,
        shape in (0_usize..5, 1_usize..12),
        numbers in prop::collection::vec(wide(), 1..40),
        seed: u64,
        ddof in 0_usize..3,
    ) {
        on_threads(ranks, move |ctx| {
            let shape = [shape.0, shape.1];
            let mut next = numbers.iter().cycle();
            let x = ArrayD::from_shape_simple_fn(IxDyn(&shape), || *next.next().expect("cycles"));
            let dist = Draw::new(seed).any_distribution(&shape, ctx.size());
            let a = ctx.from_ndarray_on(&x, &dist)?;
            let found = a.cov().ddof(ddof).eval()?;
            let alone = alone(&Context::solo(), &x)?;
            assert_eq!(bits(&found)?, bits(&alone.cov().ddof(ddof).eval()?)?, "on one rank");
            assert_eq!(bits(&a.corrcoef().eval()?)?, bits(&alone.corrcoef().eval()?)?, "on one rank");
            let (found, correlations) = (found.to_ndarray()?, a.corrcoef().eval()?.to_ndarray()?);
            assert_eq!(found.shape(), [shape[0]; 2]);
            let turned = a.permute_axes(&[1, 0])?.cov().columns().ddof(ddof).eval()?.to_ndarray()?;
            let rows = along(&x, 1, <[f64]>::to_vec);
            let freedom = (shape[1] as f64 - ddof as f64).max(0.0);
            for i in 0..shape[0] {
                for j in 0..shape[0] {
                    let own = found[[i, j]];
                    let (expected, size) = covariance(&rows[i], &rows[j], freedom);
                    near(own, expected, size, (i, j));
                    assert!(own == found[[j, i]] || own.is_nan(), "symmetric");
                    near(turned[[i, j]], own, size, "as columns");
                    let r = correlations[[i, j]];
                    assert!(r.is_nan() || (-1.0..=1.0).contains(&r));
                }
            }
            Ok(())
        })?;
    }

    /// Frequencies are as many observations; weights divide what they multiply.
    #[test]
    fn weighed_observations(
        ranks in 1_usize..=6,
        shape in (1_usize..4, 1_usize..9),
        numbers in prop::collection::vec(wide(), 1..40),
        times in prop::collection::vec(0_usize..4, 1..9),
        seed: u64,
    ) {
        on_threads(ranks, move |ctx| {
            let shape = [shape.0, shape.1];
            let mut draw = Draw::new(seed);
            let mut array = |plain: &ArrayD<f64>| {
                let dist = draw.any_distribution(plain.shape(), ctx.size());
                ctx.from_ndarray_on(plain, &dist)
            };
            let mut next = numbers.iter().cycle();
            let x = ArrayD::from_shape_simple_fn(IxDyn(&shape), || *next.next().expect("cycles"));
            let mut next = times.iter().cycle();
            let times: Vec<usize> = (0..shape[1]).map(|_| *next.next().expect("cycles")).collect();
            let w = ArrayD::from_shape_fn(IxDyn(&[shape[1]]), |at| times[at[0]] as f64);
            let (a, weights) = (array(&x)?, array(&w)?);
            if times.iter().all(|&times| times == 0) {
                assert!(a.cov().aweights(&weights).eval().is_err());
                return Ok(());
            }
            let repeated: Vec<usize> =
                (0..shape[1]).flat_map(|i| std::iter::repeat_n(i, times[i])).collect();
            let rows = along(&x.select(ndarray::Axis(1), &repeated), 1, <[f64]>::to_vec);
            let often = a.cov().fweights(&weights.cast::<i32>()).eval()?.to_ndarray()?;
            let both = a.cov().fweights(&weights.cast::<u8>()).aweights(&weights).ddof(0);
            let (both, squares) = (both.eval()?.to_ndarray()?, w.mapv(|w| w * w));
            let squared = a.cov().aweights(&array(&squares)?).ddof(0).eval()?.to_ndarray()?;
            let weighed = a.cov().aweights(&weights).eval()?.to_ndarray()?;
            let degree = w.mapv(|w| w * w).sum() / w.sum();
            let correlations = a.corrcoef().aweights(&weights).eval()?.to_ndarray()?;
            for i in 0..shape[0] {
                for j in 0..shape[0] {
                    let freedom = (repeated.len() - 1) as f64;
                    let (expected, size) = covariance(&rows[i], &rows[j], freedom);
                    near(often[[i, j]], expected, size, (i, j));
                    near(both[[i, j]], squared[[i, j]], size, (i, j));
                    let freedom = (w.sum() - degree).max(0.0);
                    let (expected, size) = covariance(&rows[i], &rows[j], freedom);
                    near(weighed[[i, j]], expected, size, (i, j));
                    let r = correlations[[i, j]];
                    assert!(r.is_nan() || (-1.0..=1.0).contains(&r));
                }
            }
            Ok(())
        })?;
    }

    /// Complex variables: those of their parts, put together.
    #[test]
    fn complex_covariances(world in worlds(wide())) {
        on_threads(world.ranks, move |ctx| {
            let plain = world.whole();
            if plain.ndim() != 2 {
                return Ok(());
            }
            let (b, other) = world.other(ctx, plain.shape())?;
            let a = ctx.from_ndarray_on(&plain, &world.dist)?;
            let found = a.zip_map(&b, Complex64::new).cov().eval()?.to_ndarray()?;
            let (re, im) = (along(&plain, 1, <[f64]>::to_vec), along(&other, 1, <[f64]>::to_vec));
            let freedom = (plain.shape()[1] as f64 - 1.0).max(0.0);
            for ((i, j), own) in (0..re.len()).flat_map(|i| (0..re.len()).map(move |j| (i, j)))
                .map(|at| (at, found[[at.0, at.1]])) {
                let of = |x: &[f64], y: &[f64]| covariance(x, y, freedom);
                let ((rr, a), (ii, b)) = (of(&re[i], &re[j]), of(&im[i], &im[j]));
                let ((ir, c), (ri, d)) = (of(&im[i], &re[j]), of(&re[i], &im[j]));
                near(own.re, rr + ii, a + b, (i, j));
                near(own.im, ir - ri, c + d, (i, j));
                let mirrored = found[[j, i]].conj();
                assert!(own == mirrored || own.is_nan(), "{own} {mirrored}");
            }
            Ok(())
        })?;
    }
}
