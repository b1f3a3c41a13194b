//! Every case with a fault in one call of one rank: nobody hangs, and the verdict names the cause.
//!
//! Cases look at their data themselves, so that a rank which got through had the right ones.
//! `DISTARRAY_FAULTS=all` tries every call of every case; without it a sample of the longer ones.

#![expect(clippy::print_stdout, reason = "it is a test harness")]

use std::process::ExitCode;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use distarray::Result;
use distarray::array::Context;
use distarray::comm::{Communicator, Instruments, Plain};
use distarray_tests::Case;
use distarray_tests::decorator::{Counting, Fault, Faults};
use distarray_tests::sweep::{Findings, sweep};
use distarray_tests::threads::run_bare;

/// Far more than a case takes: it turns a hang into a failure.
const LIMIT: Duration = Duration::from_secs(60);
/// Calls of a rank that are made to fail in a case, unless all are asked for.
const SAMPLE: usize = 5;

/// What stands above the calls that fail.
#[derive(Clone, Copy, Debug)]
enum Above {
    /// The collectives of the backend itself.
    Backend,
    /// The default ones: every message of every algorithm over `exchange` is a call that can fail.
    Defaults,
    /// Checks, as a program is run under them.
    Checks,
}

impl Above {
    fn run(self, comm: Rc<dyn Communicator>, case: Case) -> Result<()> {
        // A case may end with a call that is meant to fail; what is broken shows in a barrier.
        let program = |comm| {
            let ctx = Context::new(comm);
            case.1(&ctx)?;
            ctx.barrier()
        };
        match self {
            Self::Backend => program(comm),
            Self::Defaults => program(Rc::new(Plain(comm))),
            Self::Checks => {
                Instruments { check: true, trace: false }.around(comm, program, |_| Ok(()))
            }
        }
    }
}

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let all = std::env::var("DISTARRAY_FAULTS").is_ok_and(|value| value == "all");
    let sizes: &[usize] = if all { &[2, 3] } else { &[3] };
    let (tried, wrong) = sweep(|case, findings| {
        for above in [Above::Backend, Above::Defaults, Above::Checks] {
            for &ranks in sizes {
                inject(case, above, ranks, if all { usize::MAX } else { SAMPLE }, findings);
            }
        }
    });
    for what in &wrong {
        println!("FAILED {what}");
    }
    println!("{tried} faults injected on {sizes:?} ranks, {} with the wrong end", wrong.len());
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs a case with each of the faults.
fn inject(case: Case, above: Above, ranks: usize, sample: usize, findings: &Findings) {
    let name = case.0;
    let counting = Counting::new(ranks);
    let counted = counting.clone();
    let outcome = run_bare(LIMIT, ranks, move |comm| above.run(counted.around(comm), case));
    if let Err(error) = outcome {
        findings.wrong(format!("{name} above {above:?}, without a fault: {error}"));
        return;
    }
    for rank in 0..ranks {
        let steps = counting.steps(rank);
        let every = steps.div_ceil(sample).max(1);
        // Not the same calls on every rank.
        for step in (rank % every..steps).step_by(every) {
            for fault in [Fault::Fail, Fault::Panic, Fault::Delay] {
                let faults = Faults { rank, step, fault };
                findings.tried();
                for text in ends(case, above, ranks, faults) {
                    findings.wrong(format!("{name} above {above:?}, {faults:?}: {text}"));
                }
            }
        }
    }
}

/// What ends otherwise than the fault asks for: the program as a whole, or one of its ranks.
fn ends(case: Case, above: Above, ranks: usize, faults: Faults) -> Vec<String> {
    let wrong: Arc<Mutex<Vec<String>>> = Arc::default();
    let note = |wrong: &Mutex<Vec<String>>, text| {
        wrong.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    };
    let found = Arc::clone(&wrong);
    let outcome = run_bare(LIMIT, ranks, move |comm| {
        let rank = comm.rank();
        let outcome = above.run(faults.around(comm), case);
        // A rank that got through before the fault has had the right elements: cases look at them.
        if let Err(error) = &outcome
            && !is_expected(faults.fault, &error.to_string())
        {
            note(&found, format!("rank {rank} ends with: {error}"));
        }
        outcome
    });
    let text = outcome.map_or_else(|error| error.to_string(), |()| "no error".to_owned());
    if !is_expected(faults.fault, &text) {
        note(&wrong, text);
    }
    std::mem::take(&mut *wrong.lock().unwrap_or_else(PoisonError::into_inner))
}

fn is_expected(fault: Fault, text: &str) -> bool {
    text.contains(if fault == Fault::Delay { "no error" } else { "injected" })
}
