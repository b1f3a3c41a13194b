//! Places among sorted elements, and straight lines between points.

use distarray::array::{Context, Side};
use distarray::prelude::*;
use distarray_tests::draw::Draw;
use distarray_tests::oracle::holds;
use distarray_tests::property::{config, on_threads};
use ndarray::Array1;
use proptest::prelude::*;

use super::{World, coarse, flat, near, wide, worlds};

/// Elements in ascending order, NaN last.
fn sorted(mut of: Vec<f64>) -> Vec<f64> {
    of.sort_by(|a, b| a.partial_cmp(b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())));
    of
}

/// Places by counting, as floats and as truncated integers.
fn searched(world: &World, among: &[f64], ctx: &Context) -> Result<()> {
    let (a, x) = world.view(ctx)?;
    let among = Array1::from(sorted(among.to_vec())).into_dyn();
    let dist = Draw::new(world.seed).any_distribution(among.shape(), ctx.size());
    let distributed = ctx.from_ndarray_on(&among, &dist)?;
    let left = |x: f64| among.iter().filter(|s| **s < x || x.is_nan() && !s.is_nan()).count();
    let right = |x: f64| among.iter().filter(|s| **s <= x || x.is_nan()).count();
    let found = distributed.searchsorted(&a, Side::Left)?.eval()?;
    holds(&found, &x.mapv(|x| left(x) as i64))?;
    let found = distributed.searchsorted(&a, Side::Right)?.eval()?;
    holds(&found, &x.mapv(|x| right(x) as i64))?;
    let whole = sorted(flat(&among)).into_iter().map(|x| x as i16).collect::<Vec<_>>();
    let distributed = ctx.from_ndarray_on(&Array1::from(whole.clone()).into_dyn(), &dist)?;
    // NaN becomes 0, out of order.
    match whole.is_sorted() {
        true => {
            let left = |x: i16| whole.iter().filter(|s| **s < x).count() as i64;
            let found = distributed.searchsorted(&a.cast::<i16>(), Side::Left)?.eval()?;
            holds(&found, &x.mapv(|x| left(x as i16)))
        }
        false => {
            assert!(distributed.searchsorted(&a.cast::<i16>(), Side::Left).is_err());
            Ok(())
        }
    }
}

/// Heights between points, by looking for the two around each element.
fn interpolated(world: &World, points: &[(f64, f64)], ctx: &Context) -> Result<()> {
    let (a, x) = world.view(ctx)?;
    let mut points = points.to_vec();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (px, py): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
    let found = a.interp_between(&px, &py, -1.5, 2.5)?.eval()?.to_ndarray()?;
    let clamped = a.interp(&px, &py)?.eval()?.to_ndarray()?;
    let last = px.len() - 1;
    let size = py.iter().fold(0.0, |most: f64, y| most.max(y.abs()));
    assert_eq!(found.shape(), x.shape());
    for ((&found, &clamped), &x) in found.iter().zip(&clamped).zip(&x) {
        let height = match px.iter().rposition(|&p| p <= x) {
            _ if x.is_nan() => f64::NAN,
            None => -1.5,
            Some(_) if x > px[last] => 2.5,
            Some(i) if px[i] == x => py[i],
            // Of two weights, neither of which is a slope.
            Some(i) => {
                let part = (x - px[i]) / (px[i + 1] - px[i]);
                py[i] * (1.0 - part) + py[i + 1] * part
            }
        };
        near(found, height, size, (x, &px, &py));
        let outside = if x < px[0] { py[0] } else { py[last] };
        let is_inside = x.is_nan() || (px[0]..=px[last]).contains(&x);
        near(clamped, if is_inside { height } else { outside }, size, (x, &px, &py));
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(250))]

    /// Among equal elements on either side, NaN behind all.
    #[test]
    fn places_keep_the_order(
        world in worlds(prop_oneof![9 => coarse(), 1 => Just(f64::NAN)]),
        among in prop::collection::vec(prop_oneof![9 => coarse(), 1 => Just(f64::NAN)], 0..12),
    ) {
        on_threads(world.ranks, move |ctx| searched(&world, &among, ctx))?;
    }

    /// Points of which some stand above each other.
    #[test]
    fn heights_are_on_straight_lines(
        world in worlds(prop_oneof![9 => coarse(), 1 => Just(f64::NAN)]),
        points in prop::collection::vec((coarse(), coarse()), 1..9),
    ) {
        on_threads(world.ranks, move |ctx| interpolated(&world, &points, ctx))?;
    }

    /// Points of any magnitude.
    #[test]
    fn heights_of_any_magnitude(
        world in worlds(wide()),
        points in prop::collection::vec((wide(), wide()), 1..9),
    ) {
        on_threads(world.ranks, move |ctx| interpolated(&world, &points, ctx))?;
    }
}
