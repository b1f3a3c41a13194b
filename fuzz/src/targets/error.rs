//! Errors as ranks tell them to each other.

use distarray_core::Error;

use super::Target;

pub(super) const TARGET: Target = Target { name: "error", run, words: &[WORDS] };

const WORDS: &[&str] = &[
    "\u{0}",
    "\u{5}\u{4}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}",
    "a.npy",
    "3",
    "-1",
    "+7",
    "18446744073709551616",
    "threads",
    "mpi",
    "solo",
    "\u{e9}",
];

fn run(input: &[u8]) {
    let Some(error) = Error::from_bytes(input) else { return };
    let text = error.to_string();
    let told = error.to_bytes();
    let again = Error::from_bytes(&told).expect("what is written is read");
    assert_eq!(again.to_string(), text);
    assert_eq!(std::mem::discriminant(&again), std::mem::discriminant(&error));
    assert_eq!(again.to_bytes(), told);
    assert_eq!(again.blames_another(3), error.blames_another(3));
    assert!(error.with_note("rank 1 of 3").to_string().ends_with(" (rank 1 of 3)"));
}
