//! Properties of slices and of changes of shape: whatever an array is put through, it holds what the
//! plain one holds that is put through the same.

use distarray::dist::Distribution;
use distarray::prelude::*;
use distarray_tests::changes::{Cuts, changes, cuts};
use distarray_tests::oracle::{holds, numbered};
use distarray_tests::property::{config, on_threads};
use distarray_tests::strategy::{any_distributions, shapes};
use ndarray::{ArrayD, IxDyn};
use proptest::prelude::*;

/// A number of ranks, and any distribution over them.
fn worlds() -> impl Strategy<Value = (usize, Distribution)> {
    (1_usize..=6, shapes())
        .prop_flat_map(|(ranks, shape)| (Just(ranks), any_distributions(&shape, ranks)))
}

/// What is written to a slice.
#[derive(Clone, Copy, Debug)]
enum Value {
    Scalar,
    /// An array of the slice's shape, with the distribution that the seed draws.
    Array(u64),
    /// As that, but for the axes whose bits are set, which are stretched.
    Stretched(u64, u32),
    /// An expression of two such arrays.
    Sum(u64, u64),
    /// The same slice, backwards along the first axis.
    Itself,
}

fn values() -> impl Strategy<Value = Value> + Clone {
    prop_oneof![
        1 => Just(Value::Scalar),
        4 => any::<u64>().prop_map(Value::Array),
        2 => (any::<u64>(), any::<u32>()).prop_map(|(seed, axes)| Value::Stretched(seed, axes)),
        2 => (any::<u64>(), any::<u64>()).prop_map(|(a, b)| Value::Sum(a, b)),
        1 => Just(Value::Itself),
    ]
}

/// An array of these elements, with the distribution that a seed draws.
fn drawn(ctx: &Context, seed: u64, plain: &ArrayD<i64>) -> Result<DistArray<i64>> {
    let mut draw = distarray_tests::draw::Draw::new(seed);
    ctx.from_ndarray_on(plain, &draw.any_distribution(plain.shape(), ctx.size()))
}

/// Writes a value to a slice of an array, and of the plain one.
fn write(
    ctx: &Context,
    array: &mut DistArray<i64>,
    plain: &mut ArrayD<i64>,
    by: &Cuts,
    value: Value,
) -> Result<()> {
    let by = by.of(plain.shape());
    let mut target = plain.slice_mut(&*by);
    let values = -numbered(target.shape()) - 1;
    match value {
        Value::Scalar => {
            array.slice_mut(&by)?.assign(-7)?;
            target.fill(-7);
        }
        Value::Array(seed) => {
            array.slice_mut(&by)?.assign(&drawn(ctx, seed, &values)?)?;
            target.assign(&values);
        }
        Value::Stretched(seed, axes) => {
            let shape = target.shape().iter().enumerate();
            let shape: Vec<usize> =
                shape.map(|(axis, &n)| if axes >> axis & 1 == 1 { 1 } else { n }).collect();
            let narrow = -numbered(&shape) - 1;
            array.slice_mut(&by)?.assign(&drawn(ctx, seed, &narrow)?)?;
            target.assign(&narrow);
        }
        Value::Sum(a, b) => {
            let (a, b) = (drawn(ctx, a, &values)?, drawn(ctx, b, &values)?);
            array.slice_mut(&by)?.assign(&a + &b * &a)?;
            target.assign(&(&values + &values * &values));
        }
        Value::Itself => {
            let mut turned = target.to_owned();
            let mut source = array.slice(&by)?;
            if turned.ndim() > 0 {
                turned.invert_axis(ndarray::Axis(0));
                source = source.flip(&[0])?;
            }
            array.slice_mut(&by)?.assign(&source)?;
            target.assign(&turned);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(400))]

    /// Views of views, either way and by any step, hold what those of the plain array do, and are
    /// arrays like others: they are summed, moved, and used in expressions.
    #[test]
    fn views_of_views_hold_what_they_show(
        (ranks, dist) in worlds(),
        views in prop::collection::vec(cuts(), 1..4),
        seed: u64,
    ) {
        on_threads(ranks, move |ctx| {
            let mut expected = numbered(dist.shape());
            let mut array = ctx.from_ndarray_on(&expected, &dist)?;
            for view in &views {
                let by = view.of(expected.shape());
                array = array.slice(&by)?;
                expected = expected.slice(&*by).to_owned();
                holds(&array, &expected)?;
            }
            assert_eq!(array.sum()?, expected.sum());
            let other = drawn(ctx, seed, &expected)?;
            holds(&array.redistribute(other.distribution())?, &expected)?;
            holds(&(&other * 2 - &array).eval()?, &expected)
        })?;
    }

    /// Whatever is written to slices stands there, the rest stays, and clones do.
    #[test]
    fn slices_are_written_from_anywhere(
        (ranks, dist) in worlds(),
        writes in prop::collection::vec((cuts(), values()), 1..4),
    ) {
        on_threads(ranks, move |ctx| {
            let before = numbered(dist.shape());
            let mut expected = before.clone();
            let mut array = ctx.from_ndarray_on(&expected, &dist)?;
            let clone = array.clone();
            for (by, value) in &writes {
                write(ctx, &mut array, &mut expected, by, *value)?;
                assert_eq!(array.distribution(), &dist);
                holds(&array, &expected)?;
            }
            holds(&clone, &before)
        })?;
    }

    /// A view that is written is an array of its own.
    #[test]
    fn views_are_written_apart((ranks, dist) in worlds(), by in cuts(), inner in cuts(), seed: u64) {
        on_threads(ranks, move |ctx| {
            let expected = numbered(dist.shape());
            let array = ctx.from_ndarray_on(&expected, &dist)?;
            let cuts = by.of(expected.shape());
            let (mut view, mut plain) = (array.slice(&cuts)?, expected.slice(&*cuts).to_owned());
            write(ctx, &mut view, &mut plain, &inner, Value::Array(seed))?;
            holds(&view, &plain)?;
            holds(&array, &expected)
        })?;
    }

    /// Chains of changes of shape, order and owners, of any array.
    #[test]
    fn changes_of_shape_keep_every_element(
        (ranks, dist) in worlds(),
        chain in prop::collection::vec(changes(), 1..6),
    ) {
        on_threads(ranks, move |ctx| {
            let mut expected = numbered(dist.shape());
            let mut array = ctx.from_ndarray_on(&expected, &dist)?;
            for change in &chain {
                (array, expected) = change.apply(ctx, &array, &expected)?;
                holds(&array, &expected)?;
            }
            // What came out is written like any other array.
            array.assign(3)?;
            holds(&array, &ArrayD::from_elem(IxDyn(expected.shape()), 3))
        })?;
    }
}
