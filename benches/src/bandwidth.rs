//! How fast memory can be read and written: the best of plain kernels that do next to nothing.

use crate::isa::widest;

/// Writes the sum of the sources to the target with ordinary stores.
pub(crate) fn plain(target: &mut [f64], sources: &[&[f64]]) {
    let n = target.len();
    widest(
        #[inline(always)]
        || match *sources {
            [a] => target.copy_from_slice(&a[..n]),
            [a, b] => (0..n).for_each(|i| target[i] = a[i] + b[i]),
            [a, b, c] => {
                let (a, b, c) = (&a[..n], &b[..n], &c[..n]);
                (0..n).for_each(|i| target[i] = a[i] + b[i] + c[i]);
            }
            _ => unreachable!("one to three sources"),
        },
    );
}

/// As [`plain`], past the caches where the processor has such stores for wide vectors.
pub(crate) fn streaming(target: &mut [f64], sources: &[&[f64]]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512f") {
        // SAFETY: the feature was detected.
        return unsafe { x86::streaming(target, sources) };
    }
    plain(target, sources);
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{_mm_sfence, _mm512_add_pd, _mm512_loadu_pd, _mm512_stream_pd};

    #[target_feature(enable = "avx512f")]
    pub(super) fn streaming(target: &mut [f64], sources: &[&[f64]]) {
        assert!(sources.iter().all(|source| source.len() >= target.len()));
        let head = target.as_ptr().align_offset(64).min(target.len());
        let vectors = (target.len() - head) / 8;
        let (first, rest) = target.split_at_mut(head);
        let tails: Vec<_> = sources.iter().map(|source| &source[head..]).collect();
        super::plain(first, sources);
        let to = rest.as_mut_ptr();
        for i in 0..vectors {
            let at = 8 * i;
            // SAFETY: each slice has as many vectors; the target is aligned, as `head` says.
            unsafe {
                let mut value = _mm512_loadu_pd(tails[0].as_ptr().add(at));
                for other in &tails[1..] {
                    value = _mm512_add_pd(value, _mm512_loadu_pd(other.as_ptr().add(at)));
                }
                _mm512_stream_pd(to.add(at), value);
            }
        }
        let done = 8 * vectors;
        let tails: Vec<_> = tails.iter().map(|tail| &tail[done..]).collect();
        super::plain(&mut rest[done..], &tails);
        _mm_sfence();
    }
}
