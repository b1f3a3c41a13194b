//! Numbers that look random and are the same in every run.

/// A sequence of numbers that a seed decides (xorshift, Marsaglia 2003).
///
/// ```
/// use distarray_fuzz::Numbers;
///
/// let (mut one, mut other) = (Numbers::new(7), Numbers::new(7));
/// assert_eq!(one.next(), other.next());
/// assert!(one.below(10) < 10);
/// ```
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        // Small seeds are spread over all bits; the state must not be 0.
        Self((seed ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9) | 1)
    }

    /// The next number.
    #[expect(clippy::should_implement_trait, reason = "it never ends, so it needs no option")]
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// The next number below `end`, which must not be 0.
    pub fn below(&mut self, end: usize) -> usize {
        ((self.next() >> 11) % end as u64) as usize
    }

    /// One of the items, of which there must be one.
    pub(crate) fn choose<'i, T>(&mut self, items: &'i [T]) -> &'i T {
        &items[self.below(items.len())]
    }
}
