//! Lists of indices and masks, on any shapes, distributions and numbers of ranks: each read, write
//! and search equals the plain answer.

use distarray::prelude::*;
use distarray_tests::draw::Draw;
use distarray_tests::{indexing, threads};
use proptest::prelude::*;

/// So many cases, unless `PROPTEST_CASES` says how many, as for a long search.
fn config(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases };
    ProptestConfig { cases, failure_persistence: None, ..default }
}

/// Runs a check on threads, with choices that all ranks draw alike from a seed.
fn on_threads(
    ranks: usize,
    seed: u64,
    check: fn(&Context, &mut Draw) -> Result<()>,
) -> Result<(), TestCaseError> {
    let program = move |ctx: &Context| check(ctx, &mut Draw::new(seed));
    threads::run(ranks, program).map_err(|error| TestCaseError::fail(error.to_string()))
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn reads_equal_the_plain_answer(ranks in 1_usize..=6, seed: u64) {
        on_threads(ranks, seed, indexing::reads)?;
    }

    #[test]
    fn writes_equal_the_plain_answer(ranks in 1_usize..=6, seed: u64) {
        on_threads(ranks, seed, indexing::writes)?;
    }

    #[test]
    fn masks_select_what_the_plain_answer_does(ranks in 1_usize..=6, seed: u64) {
        on_threads(ranks, seed, indexing::masks)?;
    }

    #[test]
    fn writes_under_masks_equal_the_plain_answer(ranks in 1_usize..=6, seed: u64) {
        on_threads(ranks, seed, indexing::writes_masks)?;
    }

    #[test]
    fn what_is_not_zero_is_found(ranks in 1_usize..=6, seed: u64) {
        on_threads(ranks, seed, indexing::finds)?;
    }
}
