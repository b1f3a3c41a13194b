//! Properties of halos in two steps and of stencils, for every shape, width, boundary and number of
//! ranks that proptest thinks of.

use distarray::dist::Distribution;
use distarray::prelude::*;
use distarray_tests::cases::stencil::{computes, pads};
use distarray_tests::oracle::{halo_holds, holds, numbered};
use distarray_tests::padded::{KINDS, Kind, Plain};
use distarray_tests::property::{config, on_threads};
use distarray_tests::strategy::{extents, haloed, shapes};
use proptest::prelude::*;
use proptest::sample::Index;

/// A number of ranks, a distribution in blocks of `N` axes, and a stencil for it.
fn stencils<const N: usize>() -> impl Strategy<Value = (usize, Distribution, Plain<N>)> {
    let kinds = prop::collection::vec(prop::sample::select(&KINDS[..]), N);
    let sides = prop::collection::vec((0_usize..5, 0_usize..5), N);
    let picks = prop::collection::vec(any::<Index>(), 3 * N);
    let plain = (sides, kinds, picks).prop_map(|(sides, kinds, picks)| {
        let mut picks = picks.into_iter();
        Plain::new(
            std::array::from_fn(|axis| sides[axis]),
            std::array::from_fn(|axis| kinds[axis]),
            |n| picks.next().expect("one for each coordinate").index(n),
        )
    });
    let shape = prop::collection::vec(extents(), N);
    (1_usize..=6, shape, plain)
        .prop_flat_map(|(ranks, shape, plain)| (Just(ranks), haloed(&shape, ranks), Just(plain)))
}

/// A number of ranks and two distributions of one shape in blocks with halos.
fn two_halos() -> impl Strategy<Value = (usize, Distribution, Distribution)> {
    (1_usize..=6, shapes())
        .prop_flat_map(|(ranks, shape)| (Just(ranks), haloed(&shape, ranks), haloed(&shape, ranks)))
}

/// Runs a stencil in all forms, and looks at what each rank sees of the padded array.
fn check<const N: usize>(
    ranks: usize,
    dist: Distribution,
    plain: Plain<N>,
) -> Result<(), TestCaseError> {
    on_threads(ranks, move |ctx| {
        computes(ctx, &plain, &dist)?;
        let mut padding = plain.clone();
        padding.kinds = plain.kinds.map(|kind| if kind == Kind::Skip { Kind::Edge } else { kind });
        pads(ctx, &padding, &dist)
    })
}

proptest! {
    #![proptest_config(config(300))]

    /// On one axis.
    #[test]
    fn stencils_of_one_axis((ranks, dist, plain) in stencils::<1>()) {
        check(ranks, dist, plain)?;
    }

    /// On two axes.
    #[test]
    fn stencils_of_two_axes((ranks, dist, plain) in stencils::<2>()) {
        check(ranks, dist, plain)?;
    }

    /// Exchanges in two steps, one begun before the other is over, bring what those at once do.
    #[test]
    fn halos_in_two_steps((ranks, one, two) in two_halos()) {
        on_threads(ranks, move |ctx| {
            let expected = numbered(one.shape());
            let mut a = ctx.from_ndarray_on(&expected, &one)?;
            let mut b = ctx.from_ndarray_on(&-&expected, &two)?;
            let (first, second) = (a.start_halo_exchange()?, b.start_halo_exchange()?);
            let sum = first.sum()?;
            first.finish()?;
            second.finish()?;
            assert_eq!(sum, expected.sum());
            halo_holds(&a, &expected);
            halo_holds(&b, &-&expected);
            holds(&a, &expected)
        })?;
    }
}

proptest! {
    #![proptest_config(config(60))]

    /// On three axes.
    #[test]
    fn stencils_of_three_axes((ranks, dist, plain) in stencils::<3>()) {
        check(ranks, dist, plain)?;
    }

    /// On no axis, where there is one element and nothing around it.
    #[test]
    fn stencils_of_no_axis((ranks, dist, plain) in stencils::<0>()) {
        check(ranks, dist, plain)?;
    }
}
