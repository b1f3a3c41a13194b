//! Inputs led by coverage: libFuzzer on the target that `FUZZ_TARGET` names.
#![no_main]

use std::sync::LazyLock;

use distarray_fuzz::allocation::{self, Watched};
use distarray_fuzz::{Numbers, Target, mutate, target};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

#[global_allocator]
static ALLOCATOR: Watched = Watched;

static CHOSEN: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names a target");
    target(&name).unwrap_or_else(|| panic!("no target is called '{name}'"))
});

fuzz_target!(|input: &[u8]| {
    let run = CHOSEN.run;
    allocation::forget();
    run(input);
    let (largest, limit) = (allocation::largest(), allocation::limit(input.len()));
    assert!(largest <= limit, "asked for {largest} bytes at once; the limit is {limit}");
});

// Half of the changes are ours, which know the words of the grammar.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed.is_multiple_of(2) {
        return fuzzer_mutate(data, size, max_size);
    }
    let mut input = data[..size].to_vec();
    let other = input.clone();
    mutate(&mut input, &other, CHOSEN.words, &mut Numbers::new(seed.into()));
    input.truncate(max_size);
    data[..input.len()].copy_from_slice(&input);
    input.len()
});
