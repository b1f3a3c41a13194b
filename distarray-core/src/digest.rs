//! [`Digest`]: a number for a value, the same in all processes of one program.

use std::hash::{Hash, Hasher};

/// An odd number with bits all over: 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// A quick hasher without a random key, to see whether ranks have equal values. Not for hash maps,
/// nor against anyone who wants two values to look alike.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Digest(u64);

impl Digest {
    /// The digest of one value.
    pub(crate) fn of(value: &(impl Hash + ?Sized)) -> u64 {
        let mut digest = Self::default();
        value.hash(&mut digest);
        digest.finish()
    }
}

impl Hasher for Digest {
    fn write_u64(&mut self, word: u64) {
        let mixed = (self.0.rotate_left(23) ^ word).wrapping_mul(SPREAD);
        self.0 = mixed ^ mixed >> 32;
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.write_u64(u64::from_le_bytes(word.try_into().expect("eight bytes")));
        }
        let mut last = [0; 8];
        last[..words.remainder().len()].copy_from_slice(words.remainder());
        self.write_u64(u64::from_le_bytes(last) ^ bytes.len() as u64);
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(value.into());
    }

    fn write_u16(&mut self, value: u16) {
        self.write_u64(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(value.into());
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value as u64);
    }

    fn finish(&self) -> u64 {
        let mixed = (self.0 ^ self.0 >> 29).wrapping_mul(SPREAD);
        mixed ^ mixed >> 32
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn close_values_have_digests_far_apart() {
        let mut seen = BTreeSet::new();
        for a in 0..100_u64 {
            for b in 0..100_usize {
                assert!(seen.insert(Digest::of(&(a, b))));
            }
        }
        assert!(seen.iter().zip(seen.iter().skip(1)).all(|(a, b)| b - a > 1 << 20));
    }

    #[test]
    fn lengths_and_zeros_count() {
        let of = |bytes: &[u8]| {
            let mut digest = Digest::default();
            digest.write(bytes);
            digest.finish()
        };
        let all: BTreeSet<u64> = (0..20).map(|n| of(&vec![0; n])).collect();
        assert_eq!(all.len(), 20);
        assert_ne!(of(b"12345678a"), of(b"12345678b"));
    }
}
