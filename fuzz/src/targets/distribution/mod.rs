//! Distributions: each index has one owner, and every way of asking finds the same.

mod description;
mod invariants;

use distarray_core::dist::{Dist, Distribution};

use super::Target;
use super::words::DISTRIBUTION;

pub(super) const TARGET: Target = Target { name: "distribution", run, words: &[DISTRIBUTION] };

fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Ok(kind) = text.parse::<Dist>() {
        assert_eq!(kind.to_string().parse::<Dist>().expect("a short form"), kind);
    }
    let description = description::read(&text);
    match description.build() {
        Ok(distribution) => {
            invariants::hold(&distribution);
            has_the_given_parts(&distribution, &description);
        }
        Err(error) => {
            let text = error.to_string();
            // A shape is named whole, its numbers two characters apart.
            assert!(!text.is_empty() && text.len() < 512 + 2 * input.len(), "{text}");
        }
    }
}

/// What was asked for is there, and the distribution's own words make it again.
fn has_the_given_parts(distribution: &Distribution, description: &description::Description) {
    assert_eq!(distribution.shape(), description.shape);
    let cells: usize = distribution.grid().iter().product();
    assert_eq!(distribution.ranks().len(), cells);
    assert!(distribution.ranks().max().is_some_and(|rank| rank < description.size));
    let again = description.clone().with_grid(distribution.grid()).build();
    assert_eq!(again.as_ref().ok(), Some(distribution), "the chosen grid, given");
}
