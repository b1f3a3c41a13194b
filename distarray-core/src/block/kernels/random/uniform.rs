//! Real numbers and truth values from uniform ones.

use super::family::Parameters;
use super::functions::unit;

/// Two whole numbers of 53 random bits.
#[inline(always)]
pub(super) fn two_whole(a: u64, b: u64) -> (f64, f64) {
    ((a >> 11) as f64, (b >> 11) as f64)
}

/// Two uniform numbers in the unit interval, 1 left out.
#[inline(always)]
pub(super) fn two_units(a: u64, b: u64) -> (f64, f64) {
    (unit(a), unit(b))
}

/// The number from `low` on and below `high` that a whole number of 53 bits chooses.
#[inline(always)]
pub(super) fn between(whole: f64, [low, high, _]: Parameters) -> f64 {
    // What the whole number is multiplied by, without another rounding.
    let (step, last) = ((high - low) * (f64::EPSILON / 2.0), high.next_down());
    let value = low + step * whole;
    // Rounding may lead up to the end.
    if value > last { last } else { value }
}

/// As [`between`], by 24 bits.
#[inline(always)]
pub(super) fn between_f32(whole: f32, [low, high, _]: Parameters) -> f32 {
    let (low, high) = (low as f32, high as f32);
    let (step, last) = ((high - low) * (f32::EPSILON / 2.0), high.next_down());
    let value = low + step * whole;
    if value > last { last } else { value }
}
