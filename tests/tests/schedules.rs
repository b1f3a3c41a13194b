//! Every case under many schedules: ranks come late and list their messages in other orders, by
//! seeds. What goes wrong is a race.
//!
//! `DISTARRAY_SCHEDULES=N` tries so many seeds for each case.

#![expect(clippy::print_stdout, reason = "it is a test harness")]

use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use distarray::comm::Plain;
use distarray_tests::decorator::Delays;
use distarray_tests::sweep::sweep;
use distarray_tests::threads::run_within;

/// Far more than a case takes: it turns a hang into a failure.
const LIMIT: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let seeds = std::env::var("DISTARRAY_SCHEDULES").ok().and_then(|n| n.parse().ok()).unwrap_or(4);
    let (tried, wrong) = sweep(|(name, case), findings| {
        for seed in 0..seeds {
            let ranks = 2 + seed as usize % 4;
            let outcome = match seed % 2 {
                0 => run_within(LIMIT, ranks, move |comm| Delays::around(comm, seed), case),
                _ => {
                    let around = move |comm| Rc::new(Plain(Delays::around(comm, seed))) as _;
                    run_within(LIMIT, ranks, around, case)
                }
            };
            findings.tried();
            if let Err(error) = outcome {
                findings.wrong(format!("{name} with seed {seed} on {ranks} ranks: {error}"));
            }
        }
    });
    for what in &wrong {
        println!("FAILED {what}");
    }
    println!("{tried} schedules, {} with the wrong end", wrong.len());
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
