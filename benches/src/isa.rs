//! Loops written by hand, compiled for the instruction set that distarray's own kernels would pick.

/// Runs a loop compiled for the widest vectors that this machine has. The closure is to be
/// `#[inline(always)]`.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn widest<R>(body: impl FnOnce() -> R) -> R {
    #[target_feature(enable = "avx2,fma")]
    fn avx2<R>(body: impl FnOnce() -> R) -> R {
        body()
    }
    #[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw")]
    fn avx512<R>(body: impl FnOnce() -> R) -> R {
        body()
    }
    if is_x86_feature_detected!("avx512vl") && is_x86_feature_detected!("avx512dq") {
        // SAFETY: processors that have these two have all that is enabled.
        unsafe { avx512(body) }
    } else if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        // SAFETY: detected.
        unsafe { avx2(body) }
    } else {
        body()
    }
}

/// As above, where there is one instruction set.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn widest<R>(body: impl FnOnce() -> R) -> R {
    body()
}
