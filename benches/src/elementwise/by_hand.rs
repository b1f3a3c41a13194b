//! The loops that one would write by hand, one for each expression.

use crate::isa::widest;

/// Target, and the three arrays.
pub(super) type Loop = fn(&mut [f64], &[f64], &[f64], &[f64]);

pub(super) fn add_one(t: &mut [f64], a: &[f64], _: &[f64], _: &[f64]) {
    widest(
        #[inline(always)]
        || t.iter_mut().zip(a).for_each(|(t, a)| *t = a + 1.0),
    );
}

pub(super) fn add(t: &mut [f64], a: &[f64], b: &[f64], _: &[f64]) {
    widest(
        #[inline(always)]
        || t.iter_mut().zip(a.iter().zip(b)).for_each(|(t, (a, b))| *t = a + b),
    );
}

pub(super) fn chain(t: &mut [f64], a: &[f64], b: &[f64], c: &[f64]) {
    widest(
        #[inline(always)]
        || {
            let operands = a.iter().zip(b).zip(c);
            t.iter_mut().zip(operands).for_each(|(t, ((a, b), c))| *t = a * b + c * 2.0 - a);
        },
    );
}

pub(super) fn sine(t: &mut [f64], a: &[f64], b: &[f64], c: &[f64]) {
    widest(
        #[inline(always)]
        || {
            let operands = a.iter().zip(b).zip(c);
            t.iter_mut().zip(operands).for_each(|(t, ((a, b), c))| *t = a.sin() * b + 2.0 * c - a);
        },
    );
}
