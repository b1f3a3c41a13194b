//! Every target over its corpus and a fixed number of changes; and that failures are noticed.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use distarray_fuzz::allocation::{self, Watched};
use distarray_fuzz::{Campaign, TARGETS, Target};

#[global_allocator]
static ALLOCATOR: Watched = Watched;

/// The same changes of the corpus in each run.
const SEED: u64 = 0x0D15_7A88;

const ROUNDS: u64 = 6000;

/// Requests for memory are noted for the whole process: one campaign at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn every_target_stands_its_corpus_and_changes_of_it() {
    let _alone = alone();
    let campaigns = TARGETS.iter().map(Campaign::of);
    let failures: Vec<String> = campaigns
        .filter_map(|campaign| campaign.and_then(|c| c.rounds(ROUNDS).seed(SEED).run()).err())
        .map(|failure| failure.to_string())
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn the_corpus_is_small_and_of_the_targets() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut folders = 0;
    for folder in std::fs::read_dir(corpus).unwrap().map(Result::unwrap) {
        let name = folder.file_name().into_string().unwrap();
        if name.starts_with("zarr") && cfg!(not(feature = "zarr")) {
            continue;
        }
        assert!(TARGETS.iter().any(|target| target.name == name), "no target is called {name}");
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
        assert!(files.len() >= 10, "{name}: {} inputs are few", files.len());
        for file in files {
            let (length, path) = (file.metadata().unwrap().len(), file.path());
            assert!(length <= 2048, "{}: {length} bytes are many", path.display());
        }
        folders += 1;
    }
    assert_eq!(folders, TARGETS.len(), "a folder for each target");
}

fn trial(run: fn(&[u8])) -> String {
    // As many as there are tests, and they live as long as the process.
    let target = Box::leak(Box::new(Target { name: "literal", run, words: &[&["a"]] }));
    let failure = Campaign::of(target).unwrap().rounds(10).run().unwrap_err();
    let file = failure.file().expect("an input that failed");
    std::fs::remove_file(file).expect("the input is kept");
    failure.to_string()
}

#[test]
fn a_panic_is_noticed_and_its_input_kept() {
    let _alone = alone();
    let text = trial(|input| assert!(input.is_empty(), "{} bytes", input.len()));
    assert!(text.starts_with("literal: panicked: "), "{text}");
    assert!(text.contains("corpus/literal/") && text.contains("cargo run -p "), "{text}");
}

#[test]
fn a_large_request_is_noticed_even_if_nothing_is_written_to_it() {
    let _alone = alone();
    let text = trial(|_| drop(std::hint::black_box(vec![0_u8; 64 << 20])));
    assert!(text.starts_with("literal: asked for 67108864 bytes at once"), "{text}");
}

#[test]
fn a_failure_among_the_changes_names_seed_and_round() {
    let _alone = alone();
    static SEEN: Mutex<usize> = Mutex::new(0);
    let text = trial(|_| {
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        *seen += 1;
        let seeds = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/literal"));
        assert!(*seen <= seeds.unwrap().count() + 4, "the fifth change");
    });
    assert!(text.contains("panicked: the fifth change\n  input: seed 0, round 4, "), "{text}");
}

#[test]
fn requests_are_noted() {
    let _alone = alone();
    allocation::forget();
    let mut grown: Vec<u8> = std::hint::black_box(Vec::with_capacity(10));
    grown.reserve_exact(3 << 20);
    assert!(allocation::largest() >= 3 << 20);
}
