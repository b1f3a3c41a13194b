//! The steps `memcheck` and `races`: suites under the compiler's sanitizers.
//!
//! They are no stable options, so the compiler is told to take them all the same; their run-time
//! libraries come with the toolchain. What runs under them is built for them, in a folder of its
//! own.

use std::path::PathBuf;
use std::process::Command;

use crate::place::{Place, rustc};
use crate::report::Outcome;
use crate::setup;
use crate::steps::all;

/// One of the sanitizers.
struct Sanitizer {
    /// The compiler's name of it, and that of its folder.
    name: &'static str,
    /// What the name of its run-time library contains.
    library: &'static str,
    /// Settings of a run: the name of the variable, and what stands there.
    options: (&'static str, &'static str),
    /// Words for cargo.
    build: &'static str,
}

/// Accesses out of bounds, after the end of a life, and leaks.
const ADDRESS: Sanitizer = Sanitizer {
    name: "address",
    library: "_rt.asan",
    // Some cases ask for more memory than there can be, and want the error.
    options: ("ASAN_OPTIONS", "allocator_may_return_null=1"),
    build: "",
};

/// Accesses of two threads without an order between them.
const THREAD: Sanitizer = Sanitizer {
    name: "thread",
    library: "_rt.tsan",
    options: ("TSAN_OPTIONS", "halt_on_error=1"),
    // It has to see how the standard library's locks order things.
    build: "-Zbuild-std",
};

/// All that has `unsafe` blocks and needs no MPI, and the conformance suite on threads.
pub(crate) fn memcheck(place: &Place) -> Outcome {
    let packages = "-p distarray-core -p distarray-io -p distarray-protocol -p distarray-threads";
    // The feature with which the suite's core is built, so that both have one.
    let features = "--features distarray-core/tracing";
    let units = format!("{packages} {features} --lib --tests");
    ADDRESS.test(place, &[&units, "-p distarray-tests --test threads"])
}

/// The backend that lends memory between threads.
pub(crate) fn races(place: &Place) -> Outcome {
    match setup::lacks("rust-src") {
        Some(why) => Outcome::Skipped(why),
        None => THREAD.test(place, &["-p distarray-threads --lib --tests"]),
    }
}

impl Sanitizer {
    fn test(&self, place: &Place, runs: &[&str]) -> Outcome {
        let Some(host) = rustc("--print host-tuple").filter(|_| self.is_there()) else {
            let name = self.name;
            return Outcome::Skipped(format!("the toolchain has no sanitizer '{name}' for here"));
        };
        all(runs.iter().map(|run| self.cargo(place, &host, run)))
    }

    /// Whether the toolchain has its run-time library.
    fn is_there(&self) -> bool {
        let folder = rustc("--print target-libdir").map(PathBuf::from);
        let files = folder.and_then(|folder| std::fs::read_dir(folder).ok());
        let mut names = files.into_iter().flatten().flatten().map(|file| file.file_name());
        names.any(|name| name.to_string_lossy().contains(self.library))
    }

    fn cargo(&self, place: &Place, host: &str, run: &str) -> Command {
        // A target that is named keeps build scripts and macros out of it.
        let mut command = place.cargo(&format!("test {} --target {host} {run}", self.build));
        let (variable, settings) = self.options;
        command.env("RUSTC_BOOTSTRAP", "1").env(variable, settings);
        command.env("RUSTFLAGS", format!("-Zsanitizer={}", self.name));
        command.env("CARGO_TARGET_DIR", place.target.join(self.name));
        // Under a sanitizer the suite takes many times as long; one grid of two by two has it all.
        command.env("DISTARRAY_TEST_RANKS", "4");
        command
    }
}
