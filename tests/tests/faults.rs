//! Every case with a fault in one call of one rank: nobody hangs, and the verdict names the cause.
//!
//! Cases look at their data themselves, so that a rank which got through had the right ones.
//! `DISTARRAY_FAULTS=all` tries every call of every case; without it a sample of the longer ones.

#![expect(clippy::print_stdout, reason = "it is a test harness")]

use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use distarray::array::Context;
use distarray::comm::{Checked, Communicator, Plain};
use distarray_tests::Case;
use distarray_tests::decorator::{Counting, Fault, Faults};
use distarray_tests::sweep::{Findings, sweep};
use distarray_tests::threads::run_within;

/// Far more than a case takes: it turns a hang into a failure.
const LIMIT: Duration = Duration::from_secs(60);
const RANKS: usize = 3;
/// Calls of a rank that are made to fail in a case, unless all are asked for.
const SAMPLE: usize = 5;

/// What a program runs on, above the calls that fail.
type Stack = fn(Rc<dyn Communicator>) -> Rc<dyn Communicator>;

const STACKS: &[(&str, Stack)] = &[
    ("the backend's collectives", |comm| comm),
    // Every message of every algorithm over `exchange` is a call that can fail.
    ("the default collectives", |comm| Rc::new(Plain(comm))),
    ("checks", |comm| Checked::new(comm).communicator()),
];

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let all = std::env::var("DISTARRAY_FAULTS").is_ok_and(|value| value == "all");
    let (tried, wrong) = sweep(|case, findings| {
        for stack in STACKS {
            inject(case, stack, all, findings);
        }
    });
    for what in &wrong {
        println!("FAILED {what}");
    }
    println!("{tried} faults injected on {RANKS} ranks, {} with the wrong end", wrong.len());
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs a case with each of the faults.
fn inject((name, case): Case, (above, stack): &(&str, Stack), all: bool, findings: &Findings) {
    let stack = *stack;
    // A case may end with a call that is meant to fail; what is broken shows here.
    let program = move |ctx: &Context| {
        case(ctx)?;
        ctx.barrier()
    };
    let counting = Counting::new(RANKS);
    let counted = counting.clone();
    let outcome = run_within(LIMIT, RANKS, move |comm| stack(counted.around(comm)), program);
    if let Err(error) = outcome {
        findings.wrong(format!("{name} with {above}, without a fault: {error}"));
        return;
    }
    for rank in 0..RANKS {
        let steps = counting.steps(rank);
        let every = if all { 1 } else { steps.div_ceil(SAMPLE).max(1) };
        // Not the same calls on every rank.
        for step in (rank % every..steps).step_by(every) {
            for fault in [Fault::Fail, Fault::Panic] {
                let faults = Faults { rank, step, fault };
                let outcome =
                    run_within(LIMIT, RANKS, move |comm| stack(faults.around(comm)), program);
                findings.tried();
                let text = outcome.map_or_else(|error| error.to_string(), |()| "no error".into());
                if !text.contains("injected") {
                    findings.wrong(format!("{name} with {above}, {faults:?}: {text}"));
                }
            }
        }
    }
}
