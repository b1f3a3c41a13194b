//! Properties that hold for every shape, distribution and number of ranks that proptest thinks of.
//!
//! A failing case is shrunk to a small shape and few ranks; its distributions follow from the seed,
//! and are in the message.

use distarray::array::Context;
use distarray::exchange::Plan;
use distarray::prelude::*;
use distarray_tests::draw::Draw;
use distarray_tests::oracle::{close, holds, numbered, random};
use proptest::prelude::*;

/// Extents of up to four axes, none too long to shrink.
fn shapes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![1 => Just(0_usize), 2 => Just(1), 9 => 2_usize..12], 0..=4)
}

/// Runs a program on threads; a failure on any rank fails the case.
fn on_threads(
    ranks: usize,
    program: impl Fn(&Context) -> Result<()> + Sync,
) -> Result<(), TestCaseError> {
    distarray::threads::run(ranks, |comm| program(&Context::new(comm)))
        .map(|_| ())
        .map_err(|error| TestCaseError::fail(error.to_string()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Indices of any map: owner and place are inverse to the global index, and each index has one
    /// place.
    #[test]
    fn every_index_has_one_place(shape in shapes(), ranks in 1_usize..=9, seed: u64) {
        let dist = Draw::new(seed).distribution(&shape, ranks);
        let total: usize = (0..ranks).map(|rank| dist.local_len(rank)).sum();
        prop_assert_eq!(total, dist.len());
        for (index, _) in numbered(&shape).indexed_iter() {
            let index = ndarray::Dimension::as_array_view(&index).to_vec();
            let (rank, place) = dist.locate(&index).unwrap();
            prop_assert_eq!(dist.global_index(rank, &place), Some(index.clone()), "{}", dist);
            prop_assert_eq!(dist.owner(&index).unwrap(), rank);
        }
    }

    /// Plans of all ranks, without any group: what is sent is what is expected, and everything
    /// arrives.
    #[test]
    fn sends_equal_receives(shape in shapes(), ranks in 1_usize..=9, seed: u64) {
        let mut draw = Draw::new(seed);
        let (from, to) = (draw.distribution(&shape, ranks), draw.distribution(&shape, ranks));
        let plan = |rank| Plan::redistribute(&from, &to, rank).unwrap();
        let plans: Vec<_> = (0..ranks).map(plan).collect();
        for (rank, plan) in plans.iter().enumerate() {
            let sent: Vec<_> = plan.sends().iter().map(|t| (t.peer(), t.elements())).collect();
            let expected: Vec<_> = plans
                .iter()
                .enumerate()
                .flat_map(|(peer, other)| {
                    let mine = other.receives().into_iter().filter(|t| t.peer() == rank);
                    mine.map(|t| (peer, t.elements())).collect::<Vec<_>>()
                })
                .collect();
            prop_assert_eq!(sent, expected, "{} to {}", from, to);
            let traffic = plan.traffic(1);
            prop_assert_eq!(traffic.received_bytes + traffic.kept_bytes, to.local_len(rank));
        }
    }

    /// Halo plans of all ranks agree as well.
    #[test]
    fn halos_are_sent_as_expected(shape in shapes(), ranks in 1_usize..=9, seed: u64) {
        let dist = Draw::new(seed).haloed(&shape, ranks);
        let plans: Vec<_> = (0..ranks).map(|rank| Plan::halo(&dist, rank)).collect();
        for (rank, plan) in plans.iter().enumerate() {
            for transfer in plan.sends() {
                let receives = plans[transfer.peer()].receives();
                let other = receives.iter().find(|t| t.peer() == rank);
                prop_assert_eq!(other.map(|t| t.elements()), Some(transfer.elements()), "{}", dist);
            }
            let traffic = plan.traffic(1);
            let halo: usize = if dist.local_len(rank) == 0 { 0 } else {
                let padded = dist.local_shape(rank).iter().zip(dist.padding(rank))
                    .map(|(extent, (low, high))| extent + low + high).product::<usize>();
                padded - dist.local_len(rank)
            };
            prop_assert_eq!(traffic.received_bytes + traffic.kept_bytes, halo, "{}", dist);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Between any two distributions, and back, an array keeps its elements.
    #[test]
    fn redistribution_moves_every_element(shape in shapes(), ranks in 1_usize..=6, seed: u64) {
        let mut draw = Draw::new(seed);
        let expected = numbered(&shape);
        let (from, to) = (draw.distribution(&shape, ranks), draw.distribution(&shape, ranks));
        on_threads(ranks, |ctx| {
            let array = ctx.from_ndarray_on(&expected, &from)?;
            let moved = array.redistribute(&to)?;
            holds(&moved, &expected)?;
            holds(&moved.redistribute(&from)?, &expected)
        })?;
    }

    /// Elementwise operations and reductions of differing distributions equal the serial ones.
    #[test]
    fn expressions_equal_the_serial_answer(shape in shapes(), ranks in 1_usize..=6, seed: u64) {
        let mut draw = Draw::new(seed);
        let (x, y) = (random(&mut draw, &shape), random(&mut draw, &shape));
        let (of_x, of_y) = (draw.distribution(&shape, ranks), draw.distribution(&shape, ranks));
        let s = draw.number();
        let axes: Vec<isize> =
            (0..shape.len() as isize).filter(|_| draw.once_in(2)).collect();
        let expected = &x * s - &y * &x + 1.0;
        let mean = expected.sum() / expected.len() as f64;
        let mut sums = expected.clone();
        for &axis in axes.iter().rev() {
            sums = sums.sum_axis(ndarray::Axis(axis as usize));
        }
        on_threads(ranks, |ctx| {
            let a = ctx.from_ndarray_on(&x, &of_x)?;
            let b = ctx.from_ndarray_on(&y, &of_y)?;
            let value = s * &a - &b * &a + 1.0;
            holds(&value.eval()?, &expected)?;
            assert!(close(value.mean()?, mean), "{of_x} and {of_y}");
            holds(&value.sum_axes(&axes)?, &sums)
        })?;
    }
}
