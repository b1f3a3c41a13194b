//! Philox4x32-10: random words as a function of a counter and a key.
//!
//! J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, *Parallel random numbers: as easy as 1, 2, 3*,
//! SC 2011. Of its generators the one of 32-bit words suits vector instructions, which multiply 32-bit
//! words to 64-bit ones in each lane.

use crate::block::kernels::cpu;

/// Blocks that are made at once: as many as 64-bit words in the widest vector.
pub(super) const LANES: usize = 8;

/// Four words of each of some blocks; only the low halves count.
pub(super) type Words<const N: usize> = [[u64; N]; 4];

const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: u32 = 10;
const LOW: u64 = 0xFFFF_FFFF;

/// Blocks that are made together, in order.
pub(super) const BATCH: usize = 4 * LANES;

/// The random words of counters.
#[inline(always)]
pub(super) fn philox<const N: usize>(mut words: Words<N>, key: [u32; 2]) -> Words<N> {
    for n in 0..ROUNDS {
        let key = round_key(key, n);
        let [a, b, c, d] = &mut words;
        for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
            let (even, odd) = ((*a & LOW) * MULTIPLIERS[0], (*c & LOW) * MULTIPLIERS[1]);
            *a = odd >> 32 ^ *b ^ key[0];
            *c = even >> 32 ^ *d ^ key[1];
            (*b, *d) = (odd, even);
        }
    }
    words.map(|word| word.map(|lane| lane & LOW))
}

/// The key of the `n`th round.
#[inline(always)]
fn round_key(key: [u32; 2], n: u32) -> [u64; 2] {
    [0, 1].map(|k| key[k].wrapping_add(WEYL[k].wrapping_mul(n)).into())
}

/// What a source puts into counters beside the numbers of blocks, and its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Source {
    pub(super) key: [u32; 2],
    /// The last word of every counter.
    pub(super) tag: u32,
}

/// The two numbers of 64 bits in each block.
#[inline(always)]
pub(super) fn halves<const N: usize>([a, b, c, d]: Words<N>) -> [[u64; N]; 2] {
    let mut halves = [[0; N]; 2];
    for lane in 0..N {
        halves[0][lane] = a[lane] | b[lane] << 32;
        halves[1][lane] = c[lane] | d[lane] << 32;
    }
    halves
}

impl Source {
    /// Random words for each block's number; `depth` tells the blocks of one number apart.
    #[inline(always)]
    pub(super) fn words<const N: usize>(self, blocks: [u64; N], depth: u32) -> Words<N> {
        let low = blocks.map(|block| block & LOW);
        let high = blocks.map(|block| block >> 32);
        philox([low, high, [depth.into(); N], [self.tag.into(); N]], self.key)
    }

    /// The [`halves`] of blocks that follow each other, of depth 0.
    pub(super) fn in_order(self, first: u64, bits: &mut [[u64; BATCH]; 2]) {
        #[cfg(target_arch = "x86_64")]
        if cpu::is_avx512() {
            // SAFETY: the processor has AVX-512.
            return unsafe { avx512::in_order(self, first, bits) };
        }
        let [firsts, seconds] = bits;
        cpu::dispatch(
            #[inline(always)]
            move || {
                // A block at a time: so the loop becomes vectors, whose words stay in registers.
                for ((a, b), block) in firsts.iter_mut().zip(seconds).zip(first..) {
                    [[*a], [*b]] = halves(self.words([block], 0));
                }
            },
        );
    }
}

/// Philox by instructions of AVX-512. Compilers make vectors of the plain loop, but one after the
/// other, each waiting for its own multiplications; here the rounds of four of them alternate.
#[cfg(target_arch = "x86_64")]
mod avx512 {
    use std::arch::x86_64::*;

    use super::{BATCH, LANES, MULTIPLIERS, Source, round_key};

    /// Vectors of blocks whose rounds alternate.
    const VECTORS: usize = BATCH / LANES;

    /// The four words of each block.
    type Words = [[__m512i; VECTORS]; 4];

    #[target_feature(enable = "avx512f")]
    pub(super) fn in_order(source: Source, first: u64, bits: &mut [[u64; BATCH]; 2]) {
        let lanes = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
        let blocks: [__m512i; VECTORS] = std::array::from_fn(|k| {
            _mm512_add_epi64(lanes, _mm512_set1_epi64((first + (k * LANES) as u64) as i64))
        });
        let high = blocks.map(|blocks| _mm512_srli_epi64::<32>(blocks));
        let tag = _mm512_set1_epi64(source.tag.into());
        let mut words = [blocks, high, [_mm512_setzero_si512(); VECTORS], [tag; VECTORS]];
        for n in [0, 5] {
            // Written out, for between rounds of a loop words would change their registers.
            words = round(words, source.key, n);
            words = round(words, source.key, n + 1);
            words = round(words, source.key, n + 2);
            words = round(words, source.key, n + 3);
            words = round(words, source.key, n + 4);
        }
        let [a, b, c, d] = words;
        for k in 0..VECTORS {
            store(pair(a[k], b[k]), &mut bits[0][k * LANES..][..LANES]);
            store(pair(c[k], d[k]), &mut bits[1][k * LANES..][..LANES]);
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn round([mut a, b, mut c, d]: Words, key: [u32; 2], n: u32) -> Words {
        let multipliers = MULTIPLIERS.map(|multiplier| _mm512_set1_epi64(multiplier as i64));
        let key = round_key(key, n).map(|word| _mm512_set1_epi64(word as i64));
        // The low halves are multiplied; in the high ones is what nothing reads.
        let even = a.map(|a| _mm512_mul_epu32(a, multipliers[0]));
        let odd = c.map(|c| _mm512_mul_epu32(c, multipliers[1]));
        for k in 0..VECTORS {
            a[k] = xor(_mm512_srli_epi64::<32>(odd[k]), b[k], key[0]);
            c[k] = xor(_mm512_srli_epi64::<32>(even[k]), d[k], key[1]);
        }
        [a, odd, c, even]
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn xor(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        _mm512_ternarylogic_epi64::<0x96>(a, b, c)
    }

    /// The low halves of two vectors as the low and the high halves of one.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn pair(low: __m512i, high: __m512i) -> __m512i {
        const LOW_TWICE: i32 = 0b10_10_00_00;
        _mm512_mask_shuffle_epi32::<LOW_TWICE>(low, 0xAAAA, high)
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn store(vector: __m512i, place: &mut [u64]) {
        debug_assert_eq!(place.len(), LANES);
        // SAFETY: the place has room for a vector.
        unsafe { _mm512_storeu_si512(place.as_mut_ptr().cast(), vector) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever the instruction set, blocks in order are those that are made one by one.
    #[test]
    fn blocks_in_order() {
        let source = Source { key: [7, u32::MAX - 3], tag: 5 };
        cpu::each_level(|| {
            for first in [0, 40, u64::from(u32::MAX) - 11, u64::MAX - 40] {
                let mut bits = [[0; BATCH]; 2];
                source.in_order(first, &mut bits);
                for (i, block) in (first..).take(BATCH).enumerate() {
                    let [[a], [b]] = halves(source.words([block], 0));
                    assert_eq!([bits[0][i], bits[1][i]], [a, b], "block {block}");
                }
            }
        });
    }

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
