//! Steps of sums in bins, written for AVX-512.
//!
//! Of loops over arrays the compiler makes vectors in most places, but it now and then mixes lanes of different steps,
//! which takes twice as long. Here each step is an instruction. Processors that have units for additions and others
//! for multiplications can use both: some of the differences are products with one, which round the same.

use std::arch::x86_64::{
    __m512d, __m512i, _MM_FROUND_NO_EXC, _MM_FROUND_TO_NEAREST_INT, _mm512_add_pd,
    _mm512_and_si512, _mm512_castpd_si512, _mm512_fnmadd_round_pd, _mm512_loadu_epi64,
    _mm512_loadu_pd, _mm512_max_epu64, _mm512_set1_epi64, _mm512_set1_pd, _mm512_storeu_epi64,
    _mm512_storeu_pd, _mm512_sub_pd, _mm512_ternarylogic_epi64,
};

/// Numbers in a vector.
pub(super) const LANES: usize = 8;

/// `a - b` as `a - 1 * b`. The way of rounding is given, so that it is not taken for a difference.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn less(a: __m512d, b: __m512d) -> __m512d {
    const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
    _mm512_fnmadd_round_pd::<NEAREST>(b, _mm512_set1_pd(1.0), a)
}

/// The bits of the magnitude.
#[inline]
#[target_feature(enable = "avx512f")]
fn magnitude(value: __m512d) -> __m512i {
    _mm512_and_si512(_mm512_castpd_si512(value), _mm512_set1_epi64(i64::MAX))
}

/// The bits, and those in which two numbers are different.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn different(bits: __m512i, a: __m512d, b: __m512d) -> __m512i {
    /// `a | (b ^ c)`.
    const OR_DIFFERENT: i32 = 0xf6;
    let (a, b) = (_mm512_castpd_si512(a), _mm512_castpd_si512(b));
    _mm512_ternarylogic_epi64::<OR_DIFFERENT>(bits, a, b)
}

/// As [`cut_lanes_into`](super::bins::cut_lanes_into), of so many lanes or several times as many.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn cut_lanes_into<const K: usize, const N: usize>(
    sums: &mut [[f64; N]; K],
    values: [f64; N],
    most: &mut [u64; N],
    left: &mut [u64; N],
) {
    for i in (0..N).step_by(LANES) {
        // SAFETY: each is of the lanes from `i` on in an array that has them.
        unsafe {
            let value = _mm512_loadu_pd(values[i..i + LANES].as_ptr());
            let most = most[i..i + LANES].as_mut_ptr().cast();
            let greatest = _mm512_max_epu64(_mm512_loadu_epi64(most), magnitude(value));
            _mm512_storeu_epi64(most, greatest);
            let mut rest = value;
            for (k, sums) in sums.iter_mut().enumerate() {
                let sums = sums[i..i + LANES].as_mut_ptr();
                let sum = _mm512_loadu_pd(sums);
                let more = _mm512_add_pd(sum, rest);
                _mm512_storeu_pd(sums, more);
                if k + 1 < K {
                    rest = _mm512_sub_pd(rest, less(more, sum));
                } else {
                    let left = left[i..i + LANES].as_mut_ptr().cast();
                    let more = different(_mm512_loadu_epi64(left), rest, less(more, sum));
                    _mm512_storeu_epi64(left, more);
                }
            }
        }
    }
}
