//! Starting ranks: their threads, worlds within worlds, and more than the system gives.

mod watchdog;

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use distarray_core::Error;
use distarray_core::comm::ReduceOp;
use distarray_threads::run;
use watchdog::in_time;

#[test]
fn threads_bear_the_names_of_their_ranks() {
    let names = run(3, |comm| {
        let name = std::thread::current().name().map(str::to_owned);
        Ok((comm.rank(), comm.size(), comm.backend(), name))
    });
    let expected: Vec<_> =
        (0..3).map(|rank| (rank, 3, "threads", Some(format!("rank {rank}")))).collect();
    assert_eq!(names.unwrap(), expected);
}

#[test]
fn a_rank_may_run_ranks_of_its_own() {
    in_time(|| {
        let sums = run(3, |comm| {
            let outer = comm.rank() as u64;
            let inner =
                run(2, |comm| comm.all_reduce_of(ReduceOp::Sum, outer + comm.rank() as u64))?;
            assert_eq!(inner, [2 * outer + 1; 2]);
            let failed = run::<()>(2, |_| panic!("inside"));
            assert!(failed.unwrap_err().to_string().contains(": inside"));
            comm.all_reduce_of(ReduceOp::Sum, inner[0])
        });
        assert_eq!(sums.unwrap(), [9, 9, 9]);
    });
}

#[test]
fn no_ranks_are_refused() {
    let error = run(0, |_| Ok(())).unwrap_err();
    assert!(matches!(error, Error::Argument(_)));
    assert_eq!(error.to_string(), "cannot start 0 ranks: a program runs on at least 1");
}

#[test]
fn many_more_ranks_than_cores_meet() {
    in_time(|| {
        let sums = run(200, |comm| {
            comm.barrier()?;
            comm.all_reduce_of(ReduceOp::Sum, comm.rank() as u64)
        });
        assert_eq!(sums.unwrap(), vec![19_900; 200]);
    });
}

#[cfg(target_os = "linux")]
#[test]
fn more_threads_than_the_system_can_hold_are_refused_before_any_begins() {
    in_time(|| {
        let begun = AtomicUsize::new(0);
        // More than the kernel has numbers for.
        let error = run(5_000_000, |_| Ok(begun.fetch_add(1, Ordering::SeqCst))).unwrap_err();
        assert!(matches!(error, Error::Backend { backend: "threads", .. }), "{error}");
        let text = error.to_string();
        assert!(
            text.starts_with("threads: cannot start 5000000 ranks: the system gives"),
            "{text}"
        );
        assert_eq!(begun.into_inner(), 0);
    });
}

/// Set in the process that has too little memory for its threads.
#[cfg(target_os = "linux")]
const CHILD: &str = "DISTARRAY_TEST_HUGE_STACKS";

#[cfg(target_os = "linux")]
#[test]
fn a_thread_that_does_not_start_ends_the_others_before_they_begin() {
    if std::env::var_os(CHILD).is_some() {
        let begun = AtomicUsize::new(0);
        let error = run(1_000, |_| Ok(begun.fetch_add(1, Ordering::SeqCst))).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("threads: cannot start 1000 ranks: rank "), "{text}");
        assert!(text.contains("'s thread: "), "{text}");
        assert!(std::error::Error::source(&error).is_some(), "the system's error is the source");
        assert_eq!(begun.into_inner(), 0);
        return;
    }
    // Stacks of 2^44 bytes: the address space holds a few of them.
    let output = in_time(|| {
        let name = "a_thread_that_does_not_start_ends_the_others_before_they_begin";
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .env("RUST_MIN_STACK", (1_u64 << 44).to_string())
            .env(CHILD, "1")
            .output()
            .unwrap()
    });
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}
