//! Real numbers and truth values from uniform ones.

use super::functions::unit;
use super::stream::Stream;
use crate::block::Numbers;
use crate::block::kernels::cpu;

/// Numbers from `low` on and below `high`, of 53 random bits.
pub(super) fn uniform_f64(
    stream: &Stream,
    numbers: Numbers<'_>,
    elements: &mut [f64],
    (low, high): (f64, f64),
) {
    // What a whole number of 53 bits is multiplied by, without another rounding.
    let (step, last) = ((high - low) * (f64::EPSILON / 2.0), high.next_down());
    let scaled = move |bits: u64| {
        let value = low + step * (bits >> 11) as f64;
        // Rounding may lead up to the end.
        if value > last { last } else { value }
    };
    cpu::dispatch(
        #[inline(always)]
        move || {
            stream.fill_pairs(
                numbers,
                elements,
                #[inline(always)]
                |a, b| (scaled(a), scaled(b)),
            );
        },
    );
}

/// Numbers from `low` on and below `high`, of 24 random bits.
pub(super) fn uniform_f32(
    stream: &Stream,
    numbers: Numbers<'_>,
    elements: &mut [f32],
    (low, high): (f32, f32),
) {
    let (step, last) = ((high - low) * (f32::EPSILON / 2.0), high.next_down());
    cpu::dispatch(
        #[inline(always)]
        move || {
            stream.fill_words(
                numbers,
                elements,
                #[inline(always)]
                |word| {
                    let value = low + step * (word >> 8) as f32;
                    if value > last { last } else { value }
                },
            );
        },
    );
}

/// `true` with a probability.
pub(super) fn bernoulli(stream: &Stream, numbers: Numbers<'_>, elements: &mut [bool], p: f64) {
    cpu::dispatch(
        #[inline(always)]
        move || {
            stream.fill_pairs(
                numbers,
                elements,
                #[inline(always)]
                |a, b| (unit(a) < p, unit(b) < p),
            );
        },
    );
}
