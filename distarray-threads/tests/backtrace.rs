//! The backtrace of a rank's panic, where the environment asks for one.

use std::io::Write;
use std::process::Command;

use distarray_threads::run;

/// Set for the process that panics.
const CHILD: &str = "DISTARRAY_TEST_PANICS";

/// Around the error in what that process writes.
const BEGIN: &str = "--- error begins ---";
const END: &str = "--- error ends ---";

#[inline(never)]
fn unlucky(rank: usize) -> u8 {
    assert!(rank != 1, "out of luck");
    std::hint::black_box(7)
}

#[test]
fn a_panic_brings_its_backtrace_where_one_is_asked_for() {
    if std::env::var_os(CHILD).is_some() {
        let outcome = run(2, |comm| {
            let number = unlucky(comm.rank());
            comm.barrier()?;
            Ok(number)
        });
        let text = format!("{BEGIN}{}{END}", outcome.unwrap_err());
        return std::io::stdout().write_all(text.as_bytes()).unwrap();
    }
    let error = |wish: &str| {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", "a_panic_brings_its_backtrace_where_one_is_asked_for"])
            .env(CHILD, "1")
            .env("RUST_BACKTRACE", wish)
            .env_remove("RUST_LIB_BACKTRACE")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let (_, text) = text.split_once(BEGIN).unwrap();
        text.split_once(END).unwrap().0.to_owned()
    };
    let without = error("0");
    assert!(without.starts_with("rank 1: panicked at "), "{without}");
    assert!(without.contains(": out of luck (while rank 0 was in barrier in the program)"));
    assert_eq!(without.lines().count(), 1, "{without}");
    let with = error("1");
    let trace = with.strip_prefix(&without).unwrap();
    assert!(trace.contains("unlucky"), "{with}");
    assert!(!trace.contains("rust_begin_unwind") && !trace.contains("catch_unwind"), "{with}");
    let full = error("full");
    assert!(full.contains("unlucky") && full.contains("catch_unwind"), "{full}");
}
