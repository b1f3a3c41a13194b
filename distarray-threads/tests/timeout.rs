//! A limit to how long a rank waits: it ends with an error that tells where every rank is.

mod watchdog;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use distarray_core::comm::{Communicator, Operation, ReduceOp};
use distarray_core::{Error, Result};
use distarray_threads::{Options, run_with};
use watchdog::in_time;

const LIMIT: Duration = Duration::from_millis(100);

/// The one error that all ranks of a program get that takes too long.
fn one_error(
    ranks: usize,
    program: impl Fn(&dyn Communicator) -> Result<()> + Send + Sync + 'static,
) -> String {
    in_time(move || {
        let seen = Mutex::new(Vec::new());
        let options = Options { timeout: Some(LIMIT), ..Options::new(ranks) };
        let outcome = run_with(options, |comm| {
            program(&*comm).inspect_err(|error| seen.lock().unwrap().push(error.to_string()))
        });
        let error = outcome.unwrap_err();
        assert!(matches!(error, Error::Rank { .. }), "{error}");
        let error = error.to_string();
        let seen = seen.into_inner().unwrap();
        assert!(seen.len() > 1 && seen.iter().all(|other| *other == error), "{seen:?}");
        error
    })
}

/// Asserts that the text has these parts in this order.
fn assert_parts(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        rest = rest.split_once(part).unwrap_or_else(|| panic!("{text}\nlacks\n{part}")).1;
    }
}

#[test]
fn the_ranks_that_wait_and_the_one_that_computes_are_told() {
    let line = line!() + 2;
    let error = one_error(3, |comm| {
        let _scope = Operation::enter("relax");
        match comm.rank() {
            0 => comm.barrier(),
            1 => {
                // It learns of the failure in its next call.
                loop {
                    comm.begin()?;
                    sleep(5 * LIMIT);
                }
            }
            _ => comm.receive(0, 4).map(drop),
        }
    });
    let place = format!("in relax at {}:{line}", file!());
    assert_parts(
        &error,
        &[
            "rank 1: rank ",
            " has waited for longer than 100ms; ",
            &format!("rank 0 is in barrier {place} and waits for rank 1 for "),
            &format!(
                " s; rank 1 is in its program (last call: relax at {}:{line}, begun ",
                file!()
            ),
            &format!(" s ago); rank 2 is in receive from rank 0 with tag 4 {place}"),
            " and waits for rank 0 for ",
        ],
    );
}

#[test]
fn ranks_without_a_call_and_such_that_have_ended_are_told() {
    let over = AtomicBool::new(false);
    let error = one_error(4, move |comm| match comm.rank() {
        0 | 1 => {
            let outcome = comm.receive(2, comm.rank() as u16).map(drop);
            over.store(true, Ordering::SeqCst);
            outcome
        }
        2 => {
            while !over.load(Ordering::SeqCst) {
                sleep(LIMIT / 10);
            }
            comm.barrier()
        }
        _ => Ok(()),
    });
    assert!(error.starts_with("rank 2: rank "), "{error}");
    assert_parts(
        &error,
        &[
            "; rank 0 is in receive from rank 2 with tag 0 in the program and waits for rank 2 for ",
            " s; rank 1 is in receive",
            " s; rank 2 is in its program (no call yet); rank 3 has ended its program",
        ],
    );
}

#[test]
fn a_part_is_named_with_its_ranks() {
    let over = AtomicBool::new(false);
    let error = one_error(4, move |comm| {
        let part = comm.split(Some(comm.rank() % 2), 0)?.unwrap();
        while comm.rank() == 3 && !over.load(Ordering::SeqCst) {
            sleep(LIMIT / 10);
        }
        let outcome = part.barrier().and_then(|()| comm.barrier());
        over.store(true, Ordering::SeqCst);
        outcome
    });
    assert!(error.starts_with("rank 3: rank "), "{error}");
    let part = "rank 1 is in barrier in the program (group of ranks 1, 3) and waits for rank 3 for";
    assert!(error.contains(part), "{error}");
    assert!(error.contains("rank 3 is in its program (last call: split in the program, begun "));
}

#[test]
fn many_short_waits_may_take_longer_than_the_limit() {
    in_time(|| {
        let limit = 10 * LIMIT;
        let options = Options { timeout: Some(limit), ..Options::new(2) };
        let sums = run_with(options, |comm| {
            let mut total = 0;
            for step in 0..30 {
                if step % 2 == comm.rank() {
                    sleep(limit / 20);
                }
                total += comm.all_reduce_of(ReduceOp::Sum, step as u64)?;
            }
            Ok(total)
        });
        assert_eq!(sums.unwrap(), [2 * (0..30).sum::<u64>(); 2]);
    });
}

#[test]
fn a_limit_of_no_time_is_refused_and_an_endless_one_taken() {
    let with = |limit| {
        run_with(Options { timeout: Some(limit), ..Options::new(2) }, |comm| comm.barrier())
    };
    let error = with(Duration::ZERO).unwrap_err();
    assert!(matches!(error, Error::Argument(_)));
    assert_eq!(error.to_string(), "the time limit is 0 s: no rank could wait for another");
    in_time(move || assert_eq!(with(Duration::MAX).unwrap().len(), 2));
}
