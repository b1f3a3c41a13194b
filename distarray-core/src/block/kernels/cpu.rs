//! Run-time choice of instruction set: one build uses what the machine has.

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::{Base, Level, Loop};

    const UNKNOWN: u8 = 0;
    const BASE: u8 = 1;
    const AVX2: u8 = 2;
    const AVX512: u8 = 3;
    const IFMA: u8 = 4;

    /// With vectors of 32 bytes.
    struct Avx2;
    /// With vectors of 64 bytes.
    struct Avx512;

    impl Level for Avx2 {
        const IS_AVX2: bool = true;
    }

    impl Level for Avx512 {
        const IS_AVX2: bool = true;
        const IS_AVX512: bool = true;
    }

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
        let level = match (avx2, avx512, is_x86_feature_detected!("avx512ifma")) {
            (true, true, true) => IFMA,
            (true, true, false) => AVX512,
            (true, false, _) => AVX2,
            _ => BASE,
        };
        LEVEL.store(level, Ordering::Relaxed);
        level
    }

    /// Whether the instruction set to use is AVX-512.
    #[inline]
    pub(super) fn is_avx512() -> bool {
        level() >= AVX512
    }

    /// Whether it also multiplies integers of 52 bits.
    #[inline]
    pub(super) fn is_ifma() -> bool {
        level() == IFMA
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
    fn avx2_with<A: ?Sized, B, W: Loop<A, B>>(a: &mut A, b: &mut B, work: W) -> W::Output {
        work.run::<Avx2>(a, b)
    }

    #[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw")]
    fn avx512_with<A: ?Sized, B, W: Loop<A, B>>(a: &mut A, b: &mut B, work: W) -> W::Output {
        work.run::<Avx512>(a, b)
    }

    #[inline]
    pub(super) fn run<A: ?Sized, B, W: Loop<A, B>>(a: &mut A, b: &mut B, work: W) -> W::Output {
        match level() {
            // SAFETY: the level is set only where the features were detected.
            AVX512 | IFMA => unsafe { avx512_with(a, b, work) },
            // SAFETY: as above.
            AVX2 => unsafe { avx2_with(a, b, work) },
            _ => work.run::<Base>(a, b),
        }
    }

    #[inline]
    pub(super) fn dispatch<R>(body: impl FnOnce() -> R) -> R {
        match level() {
            // SAFETY: the level is set only where the features were detected.
            AVX512 | IFMA => unsafe { avx512(body) },
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
    /// A loop that is the same for all instruction sets.
    struct Same<F>(F);

    impl<A: ?Sized, B, R, F: FnOnce(&mut A, &mut B) -> R> Loop<A, B> for Same<F> {
        type Output = R;

        #[inline(always)]
        fn run<L: Level>(self, a: &mut A, b: &mut B) -> R {
            (self.0)(a, b)
        }
    }

    run(a, b, Same(body))
}

/// An instruction set that loops are compiled for.
pub(super) trait Level {
    /// Whether AVX2 and multiplications that add are among it.
    const IS_AVX2: bool = false;
    /// Whether it is AVX-512, of which that is the subset `F`, `VL`, `DQ` and `BW`.
    const IS_AVX512: bool = false;
}

/// What every processor of the architecture has.
pub(super) struct Base;

impl Level for Base {}

/// A loop that alters two values, in which some step is written for an instruction set by hand.
pub(super) trait Loop<A: ?Sized, B> {
    type Output;

    /// Runs it; to be `#[inline(always)]`.
    fn run<L: Level>(self, a: &mut A, b: &mut B) -> Self::Output;
}

/// As [`dispatch_with`], of a loop that is told what it is compiled for.
#[inline]
pub(super) fn run<A: ?Sized, B, W: Loop<A, B>>(a: &mut A, b: &mut B, work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    return x86::run(a, b, work);
    #[cfg(not(target_arch = "x86_64"))]
    work.run::<Base>(a, b)
}

/// Whether loops are to use AVX-512, of which that is the subset `F`, `VL`, `DQ` and `BW`.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(super) fn is_avx512() -> bool {
    x86::is_avx512()
}

/// Whether there are also the instructions of AVX-512 that multiply integers of 52 bits.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(super) fn is_ifma() -> bool {
    x86::is_ifma()
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
