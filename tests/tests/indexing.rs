//! Lists of indices and masks, on any shapes, distributions and numbers of ranks: each read, write
//! and search equals the plain answer.

use distarray::prelude::*;
use distarray_tests::draw::Draw;
use distarray_tests::indexing;
use distarray_tests::property::{self, config};
use proptest::prelude::*;

/// Runs a check on threads, with choices that all ranks draw alike from a seed.
fn on_threads(
    ranks: usize,
    seed: u64,
    check: fn(&Context, &mut Draw) -> Result<()>,
) -> Result<(), TestCaseError> {
    property::on_threads(ranks, move |ctx| check(ctx, &mut Draw::new(seed)))
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
