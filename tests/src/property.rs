//! Properties that proptest checks with ranks that are threads.

use distarray::Result;
use distarray::array::Context;
use proptest::prelude::*;

use crate::threads;

/// So many cases, unless `PROPTEST_CASES` says how many, as for a long search.
///
/// ```
/// assert!(distarray_tests::property::config(30).cases > 0);
/// ```
pub fn config(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases };
    ProptestConfig { cases, failure_persistence: None, ..default }
}

/// Runs a program on threads; a failure on any rank fails the case.
///
/// # Errors
/// The program's.
///
/// ```
/// assert!(distarray_tests::property::on_threads(2, |ctx| ctx.barrier()).is_ok());
/// ```
pub fn on_threads(
    ranks: usize,
    program: impl Fn(&Context) -> Result<()> + Send + Sync + 'static,
) -> Result<(), TestCaseError> {
    threads::run(ranks, program).map_err(|error| TestCaseError::fail(error.to_string()))
}
