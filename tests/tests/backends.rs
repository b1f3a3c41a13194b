//! The conformance suite on one rank without a backend, on threads, and under decorated
//! communicators.

use std::rc::Rc;
use std::sync::mpsc;
use std::time::Duration;

use distarray::array::Context;
use distarray::comm::Communicator;
use distarray_tests::Case;
use distarray_tests::cases::CASES;
use distarray_tests::decorator::{Delayed, Plain};

/// What a communicator is made into before the cases see it.
type Decorate = fn(Rc<dyn Communicator>) -> Rc<dyn Communicator>;

/// Far more than any case takes: it turns a hang into a failure.
const LIMIT: Duration = Duration::from_secs(240);

/// Runs every case, each on its own ranks, and reports all that fail.
fn run_all(ranks: usize, decorate: Decorate) {
    let failures: Vec<String> =
        CASES.iter().filter_map(|&case| run(case, ranks, decorate).err()).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn run((name, case): Case, ranks: usize, decorate: Decorate) -> Result<(), String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let outcome = distarray::threads::run(ranks, |comm| case(&Context::new(decorate(comm))));
        // The receiver is gone only where the limit has passed.
        let _ = sender.send(outcome);
    });
    match receiver.recv_timeout(LIMIT) {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(format!("{name} on {ranks} ranks: {error}")),
        Err(_) => Err(format!("{name} on {ranks} ranks: no end in {LIMIT:?}")),
    }
}

#[test]
fn solo() {
    for (name, case) in CASES {
        case(&Context::solo()).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn one_thread() {
    run_all(1, |comm| comm);
}

#[test]
fn two_threads() {
    run_all(2, |comm| comm);
}

#[test]
fn three_threads() {
    run_all(3, |comm| comm);
}

#[test]
fn four_threads() {
    run_all(4, |comm| comm);
}

#[test]
fn six_threads() {
    run_all(6, |comm| comm);
}

#[test]
fn default_collectives() {
    for ranks in [1, 2, 3, 5] {
        run_all(ranks, |comm| Rc::new(Plain(comm)));
    }
}

#[test]
fn delayed_ranks() {
    for ranks in [2, 5] {
        run_all(ranks, |comm| Rc::new(Delayed::new(comm)));
    }
}
