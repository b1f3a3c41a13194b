//! [`Name`]: a static name that is compared by its place first.

use std::hash::{Hash, Hasher};

/// The name of an operation or an argument. Ranks that are threads hold the same text, so that
/// equal names are most often told by their place; and a comparison of empty texts, which point
/// nowhere, costs some processors hundreds of cycles.
#[derive(Clone, Copy, Debug, Eq)]
pub(super) struct Name(pub(super) &'static str);

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        let (mine, theirs) = (self.0, other.0);
        mine.len() == theirs.len()
            && (mine.is_empty() || std::ptr::eq(mine, theirs) || mine == theirs)
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    #[test]
    fn names_are_equal_by_their_texts() {
        // The same text at two places.
        let (one, other) = "sumsum".split_at(3);
        assert_eq!(Name(one), Name(other));
        assert_eq!(Digest::of(&Name(one)), Digest::of(&Name(other)));
        assert_eq!(Name(""), Name(&other[..0]));
        assert!(Name("sum") != Name("min") && Name("sum") != Name("su"));
    }
}
