//! Philox4x32-10: random words as a function of a counter and a key.
//!
//! J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, *Parallel random numbers: as easy as 1, 2, 3*,
//! SC 2011. Of its generators the one of 32-bit words suits vector instructions, which multiply 32-bit
//! words to 64-bit ones in each lane.

/// Blocks that are made at once: as many as 64-bit words in the widest vector.
pub(super) const LANES: usize = 8;

/// Four words of each of some blocks; only the low halves count.
pub(super) type Words<const N: usize> = [[u64; N]; 4];

const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;
const LOW: u64 = 0xFFFF_FFFF;

/// The random words of counters.
#[inline(always)]
pub(super) fn philox<const N: usize>(mut words: Words<N>, mut key: [u32; 2]) -> Words<N> {
    for _ in 0..ROUNDS {
        let [a, b, c, d] = &mut words;
        for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
            let (even, odd) = ((*a & LOW) * MULTIPLIERS[0], (*c & LOW) * MULTIPLIERS[1]);
            *a = odd >> 32 ^ *b ^ u64::from(key[0]);
            *c = even >> 32 ^ *d ^ u64::from(key[1]);
            (*b, *d) = (odd, even);
        }
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    words.map(|word| word.map(|lane| lane & LOW))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known answers that the authors publish with Random123 (`kat_vectors`).
    #[test]
    fn known_answers() {
        let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        for (counter, key, expected) in [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([LOW; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (pi, [0xa409_3822, 0x299f_31d0], [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
        ] {
            assert_eq!(philox(counter.map(|word| [word; 3]), key), expected.map(|word| [word; 3]));
        }
    }
}
