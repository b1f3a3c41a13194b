//! Properties of distributions and plans: for all ranks in one process, without a communicator.

use distarray::DType;
use distarray::dist::Distribution;
use distarray::exchange::{Plan, Route, Traffic};
use distarray_tests::oracle::numbered;
use distarray_tests::strategy::{any_distributions, haloed, shapes};
use ndarray::Dimension;
use proptest::prelude::*;

/// A number of ranks, and two distributions of one shape over them.
fn two_distributions() -> impl Strategy<Value = (usize, Distribution, Distribution)> {
    (1_usize..=9, shapes()).prop_flat_map(|(ranks, shape)| {
        (Just(ranks), any_distributions(&shape, ranks), any_distributions(&shape, ranks))
    })
}

/// A number of ranks, and a distribution with halos.
fn with_halo() -> impl Strategy<Value = (usize, Distribution)> {
    (1_usize..=9, shapes()).prop_flat_map(|(ranks, shape)| (Just(ranks), haloed(&shape, ranks)))
}

/// What each rank sends to each other one is what that one expects of it.
fn sends_are_expected(plans: &[Plan], what: &dyn std::fmt::Display) -> Result<(), TestCaseError> {
    for (rank, plan) in plans.iter().enumerate() {
        let sent: Vec<_> = plan.sends().iter().map(|t| (t.peer(), t.elements())).collect();
        let mut expected = Vec::new();
        for (peer, other) in plans.iter().enumerate() {
            let of_rank = other.receives().into_iter().filter(|t| t.peer() == rank);
            expected.extend(of_rank.map(|t| (peer, t.elements())));
        }
        prop_assert_eq!(sent, expected, "from rank {} of {}", rank, what);
    }
    Ok(())
}

/// How many ranks hold each element.
fn copies(dist: &Distribution) -> usize {
    if dist.is_replicated() { dist.ranks().holders().count() } else { 1 }
}

proptest! {
    #![proptest_config(super::config(2500))]

    /// Owner and place are inverse to the global index, and each index has one place.
    #[test]
    fn every_index_has_one_place((ranks, dist, _) in two_distributions()) {
        let total: usize = (0..ranks).map(|rank| dist.local_len(rank)).sum();
        prop_assert_eq!(total, dist.len() * copies(&dist));
        for (index, _) in numbered(dist.shape()).indexed_iter() {
            let index = index.as_array_view().to_vec();
            let (rank, place) = dist.locate(&index).unwrap();
            prop_assert_eq!(dist.global_index(rank, &place), Some(index.clone()), "{}", &dist);
            prop_assert_eq!(dist.owner(&index).unwrap(), rank);
        }
    }

    /// The regions of a rank hold each of its indices once.
    #[test]
    fn regions_are_what_a_rank_owns((ranks, dist, _) in two_distributions()) {
        for rank in 0..ranks {
            let elements: usize = dist.regions(rank).iter().map(|region| region.len()).sum();
            prop_assert_eq!(elements, dist.local_len(rank), "rank {} of {}", rank, &dist);
        }
    }

    /// Compatible distributions keep every element where it is, and a plan between them moves
    /// nothing.
    #[test]
    fn compatible_distributions_move_nothing((ranks, from, to) in two_distributions()) {
        let places_agree = numbered(from.shape()).indexed_iter().all(|(index, _)| {
            let index = index.as_array_view().to_vec();
            from.locate(&index).unwrap() == to.locate(&index).unwrap()
        });
        if from.is_compatible(&to) {
            prop_assert!(places_agree, "{} and {}", &from, &to);
            for rank in 0..ranks {
                let plan = Plan::redistribute(&from, &to, rank).unwrap();
                prop_assert!(plan.sends().is_empty() && plan.receives().is_empty());
            }
        }
        prop_assert!(from.is_compatible(&from));
        prop_assert_eq!(from.is_compatible(&to), to.is_compatible(&from));
    }

    /// What is explained of all ranks is the sum of their plans; of what stays, that it does.
    #[test]
    fn explanations_are_sums((ranks, from, to) in two_distributions()) {
        let routes: Vec<_> = (0..ranks).map(|rank| Route::new(&from, &to, rank).unwrap()).collect();
        let total = routes[0].explain(DType::I16).unwrap().total();
        let sum = |of: fn(&Traffic) -> usize| -> usize {
            routes.iter().map(|route| of(&route.plan().traffic(2))).sum()
        };
        prop_assert_eq!(total.messages, sum(|traffic| traffic.messages));
        prop_assert_eq!(total.sent_bytes, sum(|traffic| traffic.sent_bytes));
        prop_assert_eq!(total.received_bytes, total.sent_bytes);
        prop_assert_eq!(total.sent_bytes + total.kept_bytes, 2 * from.len() * copies(&to));
        prop_assert!(total.packed_bytes <= total.sent_bytes + total.received_bytes);
        if routes[0].is_identity() {
            prop_assert_eq!(total.messages, 0);
            let text = routes[0].explain(DType::I16).unwrap().to_string();
            prop_assert!(text.ends_with("nothing is moved"), "{}", text);
        }
    }

    /// What is sent is what is expected, and everything arrives.
    #[test]
    fn sends_equal_receives((ranks, from, to) in two_distributions()) {
        let plan = |rank| Plan::redistribute(&from, &to, rank).unwrap();
        let plans: Vec<_> = (0..ranks).map(plan).collect();
        sends_are_expected(&plans, &format!("{from} to {to}"))?;
        for (rank, plan) in plans.iter().enumerate() {
            let traffic = plan.traffic(1);
            let all = traffic.received_bytes + traffic.kept_bytes;
            prop_assert_eq!(all, to.local_len(rank), "rank {} of {} to {}", rank, &from, &to);
        }
    }

    /// The same of halos: as many elements arrive as there are places around a rank's own.
    #[test]
    fn halos_are_sent_as_expected((ranks, dist) in with_halo()) {
        let plans: Vec<_> = (0..ranks).map(|rank| Plan::halo(&dist, rank)).collect();
        sends_are_expected(&plans, &dist)?;
        for (rank, plan) in plans.iter().enumerate() {
            let traffic = plan.traffic(1);
            let around = match dist.local_len(rank) {
                0 => 0,
                owned => {
                    let padded = dist.local_shape(rank).into_iter().zip(dist.padding(rank));
                    padded.map(|(extent, (low, high))| extent + low + high).product::<usize>() - owned
                }
            };
            let all = traffic.received_bytes + traffic.kept_bytes;
            prop_assert_eq!(all, around, "rank {} of {}", rank, &dist);
        }
    }
}
