//! Run-time choice of instruction set: one build uses what the machine has.

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::sync::atomic::{AtomicU8, Ordering};

    const UNKNOWN: u8 = 0;
    const BASE: u8 = 1;
    const AVX2: u8 = 2;
    const AVX512: u8 = 3;

    /// What this machine has; found out once.
    static LEVEL: AtomicU8 = AtomicU8::new(UNKNOWN);

    #[cfg(test)]
    thread_local! {
        /// What a test has this thread do without.
        static FORCED: std::cell::Cell<Option<u8>> = const { std::cell::Cell::new(None) };
    }

    /// Runs a test with each instruction set that there is, from the least.
    #[cfg(test)]
    pub(in crate::block::kernels) fn each_level(mut test: impl FnMut()) {
        for level in BASE..=detect() {
            FORCED.set(Some(level));
            test();
        }
        FORCED.set(None);
    }

    #[cold]
    fn detect() -> u8 {
        let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        let avx512 = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512bw");
        let level = match (avx2, avx512) {
            (true, true) => AVX512,
            (true, false) => AVX2,
            _ => BASE,
        };
        LEVEL.store(level, Ordering::Relaxed);
        level
    }

    /// Whether the instruction set to use is AVX-512.
    #[inline]
    pub(super) fn is_avx512() -> bool {
        level() == AVX512
    }

    /// The instruction set to use.
    #[inline]
    fn level() -> u8 {
        #[cfg(test)]
        if let Some(forced) = FORCED.get() {
            return forced;
        }
        match LEVEL.load(Ordering::Relaxed) {
            UNKNOWN => detect(),
            level => level,
        }
    }

    #[target_feature(enable = "avx2,fma")]
    fn avx2<R>(body: impl FnOnce() -> R) -> R {
        body()
    }

    #[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw")]
    fn avx512<R>(body: impl FnOnce() -> R) -> R {
        body()
    }

    #[target_feature(enable = "avx2,fma")]
    fn avx2_with<A: ?Sized, B, R>(
        a: &mut A,
        b: &mut B,
        body: impl FnOnce(&mut A, &mut B) -> R,
    ) -> R {
        body(a, b)
    }

    #[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw")]
    fn avx512_with<A: ?Sized, B, R>(
        a: &mut A,
        b: &mut B,
        body: impl FnOnce(&mut A, &mut B) -> R,
    ) -> R {
        body(a, b)
    }

    #[inline]
    pub(super) fn dispatch_with<A: ?Sized, B, R>(
        a: &mut A,
        b: &mut B,
        body: impl FnOnce(&mut A, &mut B) -> R,
    ) -> R {
        match level() {
            // SAFETY: the level is set only where the features were detected.
            AVX512 => unsafe { avx512_with(a, b, body) },
            // SAFETY: as above.
            AVX2 => unsafe { avx2_with(a, b, body) },
            _ => body(a, b),
        }
    }

    #[inline]
    pub(super) fn dispatch<R>(body: impl FnOnce() -> R) -> R {
        match level() {
            // SAFETY: the level is set only where the features were detected.
            AVX512 => unsafe { avx512(body) },
            // SAFETY: as above.
            AVX2 => unsafe { avx2(body) },
            _ => body(),
        }
    }
}

/// Runs a loop compiled for the widest vectors that this machine has.
///
/// The closure is to be `#[inline(always)]`, and what it calls inlined: that is how its code is
/// compiled once for each instruction set. It is to `move` what it captures: a pointer or a count that
/// is read through a reference may be changed by the loop's own writes for all that the compiler knows,
/// which then uses no vectors.
#[inline]
pub(crate) fn dispatch<R>(body: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    return x86::dispatch(body);
    #[cfg(not(target_arch = "x86_64"))]
    body()
}

/// As [`dispatch`], of a loop that alters two values. They are arguments, not captured: the compiler then
/// knows that nothing else leads to them, without which it keeps long loops' sums in memory.
#[inline]
pub(super) fn dispatch_with<A: ?Sized, B, R>(
    a: &mut A,
    b: &mut B,
    body: impl FnOnce(&mut A, &mut B) -> R,
) -> R {
    #[cfg(target_arch = "x86_64")]
    return x86::dispatch_with(a, b, body);
    #[cfg(not(target_arch = "x86_64"))]
    body(a, b)
}

/// Whether loops are to use AVX-512, of which that is the subset `F`, `VL`, `DQ` and `BW`.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(super) fn is_avx512() -> bool {
    x86::is_avx512()
}

/// Runs a test with each instruction set that this machine has, from the least.
#[cfg(test)]
pub(super) fn each_level(test: impl FnMut()) {
    #[cfg(target_arch = "x86_64")]
    x86::each_level(test);
    #[cfg(not(target_arch = "x86_64"))]
    {
        let mut test = test;
        test();
    }
}
