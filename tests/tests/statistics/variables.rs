//! Averages, inner products, covariances and correlations.

use distarray::array::Context;
use distarray::prelude::*;
use distarray_tests::draw::Draw;
use distarray_tests::oracle::exact_sum;
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
                false => assert_eq!(a.average(&weights)?, exact_sum(&products(&x, &w)) / total),
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
            let found = a.cov(ddof)?;
            let alone = alone(&Context::solo(), &x)?;
            assert_eq!(bits(&found)?, bits(&alone.cov(ddof)?)?, "on one rank");
            assert_eq!(bits(&a.corrcoef()?)?, bits(&alone.corrcoef()?)?, "on one rank");
            let (found, correlations) = (found.to_ndarray()?, a.corrcoef()?.to_ndarray()?);
            assert_eq!(found.shape(), [shape[0]; 2]);
            let rows = along(&x, 1, <[f64]>::to_vec);
            let freedom = (shape[1] as f64 - ddof as f64).max(0.0);
            for i in 0..shape[0] {
                for j in 0..shape[0] {
                    let own = found[[i, j]];
                    let (expected, size) = covariance(&rows[i], &rows[j], freedom);
                    near(own, expected, size, (i, j));
                    assert!(own == found[[j, i]] || own.is_nan(), "symmetric");
                    let r = correlations[[i, j]];
                    assert!(r.is_nan() || (-1.0..=1.0).contains(&r));
                }
            }
            Ok(())
        })?;
    }
}
