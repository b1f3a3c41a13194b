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
    let (width, last) = (high - low, high.next_down());
    cpu::dispatch(
        #[inline(always)]
        move || {
            stream.fill_pairs(
                numbers,
                elements,
                #[inline(always)]
                |a, b| {
                    let (a, b) = (low + width * unit(a), low + width * unit(b));
                    // Rounding may lead up to the end.
                    (if a < high { a } else { last }, if b < high { b } else { last })
                },
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
    let (width, last) = (high - low, high.next_down());
    cpu::dispatch(
        #[inline(always)]
        move || {
            stream.fill_words(
                numbers,
                elements,
                #[inline(always)]
                |word| {
                    let value = low + width * ((word >> 8) as f32 * (f32::EPSILON / 2.0));
                    if value < high { value } else { last }
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
