//! Normal and exponential numbers.
//!
//! Normal ones come in pairs from two uniform ones (G. E. P. Box and M. E. Muller, *A note on the
//! generation of random normal deviates*, 1958): without rejection, so that vectors are full and
//! each element takes as many bits as any other. They reach 8.6 standard deviations.

use super::functions::{cos_sin_of_turn, open_unit};
use super::stream::Stream;
use crate::block::Numbers;
use crate::block::kernels::cpu;
use crate::block::kernels::math::log;
use crate::element::{Complex32, Complex64};

/// Two independent normal numbers from 128 random bits.
#[inline(always)]
pub(super) fn two_normal(a: u64, b: u64) -> (f64, f64) {
    let radius = (-2.0 * log(open_unit(a))).sqrt();
    let (cos, sin) = cos_sin_of_turn(b);
    (radius * cos, radius * sin)
}

/// Two independent exponential numbers of a mean of 1.
#[inline(always)]
pub(super) fn two_exponential(a: u64, b: u64) -> (f64, f64) {
    (-log(open_unit(a)), -log(open_unit(b)))
}

/// Complex numbers whose parts are normal and independent, with a mean square of their magnitude of 1.
pub(super) fn complex_normal(stream: &Stream, numbers: Numbers<'_>, elements: &mut [Complex64]) {
    cpu::dispatch(
        #[inline(always)]
        move || {
            stream.fill_blocks(
                numbers,
                elements,
                #[inline(always)]
                |a, b| {
                    let (x, y) = two_normal(a, b);
                    Complex64::new(x, y) * std::f64::consts::FRAC_1_SQRT_2
                },
            );
        },
    );
}

/// As [`complex_normal`], rounded.
pub(super) fn complex_normal_f32(
    stream: &Stream,
    numbers: Numbers<'_>,
    elements: &mut [Complex32],
) {
    cpu::dispatch(
        #[inline(always)]
        move || {
            stream.fill_blocks(
                numbers,
                elements,
                #[inline(always)]
                |a, b| {
                    let (x, y) = two_normal(a, b);
                    let half = std::f64::consts::FRAC_1_SQRT_2;
                    Complex32::new((x * half) as f32, (y * half) as f32)
                },
            );
        },
    );
}
