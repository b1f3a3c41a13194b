//! Operations on arrays, each beside what it means for one element.

use distarray::prelude::*;

/// An operation on two expressions, and on two elements.
pub(super) type Two<T, R = T> = (fn(&Expr<T>, &Expr<T>) -> Expr<R>, fn(T, T) -> R);

/// An operation on one expression, and on one element.
pub(super) type One<T, R = T> = (fn(&Expr<T>) -> Expr<R>, fn(T) -> R);

/// An operation on an expression and a scalar on either side, and on two elements.
pub(super) type WithScalar<T> = (fn(&Expr<T>, T) -> Expr<T>, fn(T, T) -> T);

pub(super) const OF_TWO_FLOATS: &[Two<f64>] = &[
    (|a, b| a + b, |a, b| a + b),
    (|a, b| a - b, |a, b| a - b),
    (|a, b| a * b, |a, b| a * b),
    (|a, b| a / b, |a, b| a / b),
    (|a, b| a % b, |a, b| a % b),
    (|a, b| a.minimum(b), |a, b| if a < b || a.is_nan() { a } else { b }),
    (|a, b| a.maximum(b), |a, b| if a > b || a.is_nan() { a } else { b }),
    (|a, b| a.zip_map(b, |a: f64, b: f64| a * 0.5 - b), |a, b| a * 0.5 - b),
];

pub(super) const OF_ONE_FLOAT: &[One<f64>] = &[
    (|a| -a, |a| -a),
    (|a| a.abs(), f64::abs),
    (|a| a.sign(), |a| if a == 0.0 || a.is_nan() { a } else { a.signum() }),
    (|a| a.square(), |a| a * a),
    (|a| a.reciprocal(), |a| 1.0 / a),
    (|a| a.abs().sqrt(), |a| a.abs().sqrt()),
    (|a| a.floor(), f64::floor),
    (|a| a.ceil(), f64::ceil),
    (|a| a.rint(), f64::round_ties_even),
    (|a| a.map(|a: f64| a.clamp(-3.0, 3.0)), |a| a.clamp(-3.0, 3.0)),
];

pub(super) const OF_FLOAT_AND_SCALAR: &[WithScalar<f64>] = &[
    (|a, s| a + s, |a, s| a + s),
    (|a, s| s + a, |a, s| s + a),
    (|a, s| a - s, |a, s| a - s),
    (|a, s| s - a, |a, s| s - a),
    (|a, s| a * s, |a, s| a * s),
    (|a, s| s * a, |a, s| s * a),
    (|a, s| a / s, |a, s| a / s),
    (|a, s| s / a, |a, s| s / a),
    (|a, s| a % s, |a, s| a % s),
    (|a, s| s % a, |a, s| s % a),
    (|a, s| a.minimum(s), |a, s| if a < s || a.is_nan() { a } else { s }),
];

pub(super) const OF_TWO_INTEGERS: &[Two<i32>] = &[
    (|a, b| a + b, i32::wrapping_add),
    (|a, b| a - b, i32::wrapping_sub),
    (|a, b| a * b, i32::wrapping_mul),
    (|a, b| a / b, divide),
    (|a, b| a % b, remainder),
    (|a, b| a & b, |a, b| a & b),
    (|a, b| a | b, |a, b| a | b),
    (|a, b| a ^ b, |a, b| a ^ b),
    (|a, b| a.minimum(b), i32::min),
    (|a, b| a.maximum(b), i32::max),
    (|a, b| a.pow(b), power),
    (|a, b| a.zip_map(b, |a: i32, b: i32| a.rotate_left(3) ^ b), |a, b| a.rotate_left(3) ^ b),
];

pub(super) const OF_ONE_INTEGER: &[One<i32>] = &[
    (|a| -a, i32::wrapping_neg),
    (|a| !a, |a| !a),
    (|a| a.abs(), i32::wrapping_abs),
    (|a| a.sign(), i32::signum),
    (|a| a.square(), |a| a.wrapping_mul(a)),
    (|a| a.map(|a: i32| a.reverse_bits()), i32::reverse_bits),
];

pub(super) const OF_INTEGER_AND_SCALAR: &[WithScalar<i32>] = &[
    (|a, s| a + s, i32::wrapping_add),
    (|a, s| s - a, |a, s| s.wrapping_sub(a)),
    (|a, s| a * s, i32::wrapping_mul),
    (|a, s| a / s, divide),
    (|a, s| s / a, |a, s| divide(s, a)),
    (|a, s| a % s, remainder),
    (|a, s| s % a, |a, s| remainder(s, a)),
    (|a, s| a & s, |a, s| a & s),
    (|a, s| a.maximum(s), i32::max),
];

pub(super) const OF_TWO_TRUTHS: &[Two<bool>] = &[
    (|a, b| a & b, |a, b| a & b),
    (|a, b| a | b, |a, b| a | b),
    (|a, b| a ^ b, |a, b| a ^ b),
    (|a, b| a.eq(b), |a, b| a == b),
    (|a, b| a.lt(b), |a, b| !a & b),
];

pub(super) const OF_ONE_TRUTH: &[One<bool>] = &[
    (|a| !a, |a| !a),
    (|a| a & true, |a| a),
    (|a| a ^ true, |a| !a),
    (|a| a.map(|a: bool| !a), |a| !a),
];

pub(super) const FLOATS_COMPARED: &[Two<f64, bool>] = &[
    (|a, b| a.eq(b), |a, b| a == b),
    (|a, b| a.ne(b), |a, b| a != b),
    (|a, b| a.lt(b), |a, b| a < b),
    (|a, b| a.le(b), |a, b| a <= b),
    (|a, b| a.gt(b), |a, b| a > b),
    (|a, b| a.ge(b), |a, b| a >= b),
];

pub(super) const INTEGERS_COMPARED: &[Two<i32, bool>] = &[
    (|a, b| a.eq(b), |a, b| a == b),
    (|a, b| a.ne(b), |a, b| a != b),
    (|a, b| a.lt(b), |a, b| a < b),
    (|a, b| a.le(b), |a, b| a <= b),
    (|a, b| a.gt(b), |a, b| a > b),
    (|a, b| a.ge(b), |a, b| a >= b),
];

pub(super) const FLOAT_TO_TRUTH: &[One<f64, bool>] = &[
    (|a| a.isnan(), f64::is_nan),
    (|a| a.isfinite(), f64::is_finite),
    (|a| a.cast(), |a| a != 0.0),
];

pub(super) const FLOAT_TO_INTEGER: &[One<f64, i32>] =
    &[(|a| a.cast(), |a| a as i32), (|a| a.cast::<i8>().cast(), |a| i32::from(a as i8))];

pub(super) const INTEGER_TO_FLOAT: &[One<i32, f64>] =
    &[(|a| a.cast(), f64::from), (|a| a.cast::<f32>().cast(), |a| f64::from(a as f32))];

pub(super) const INTEGER_TO_TRUTH: &[One<i32, bool>] = &[(|a| a.cast(), |a| a != 0)];

pub(super) const TRUTH_TO_FLOAT: &[One<bool, f64>] = &[(|a| a.cast(), f64::from)];

pub(super) const TRUTH_TO_INTEGER: &[One<bool, i32>] = &[
    (|a| a.cast(), i32::from),
    (|a| a.map(|a: bool| if a { 7 } else { -7 }), |a| if a { 7 } else { -7 }),
];

fn divide(a: i32, b: i32) -> i32 {
    if b == 0 { 0 } else { a.wrapping_div(b) }
}

fn remainder(a: i32, b: i32) -> i32 {
    if b == 0 { 0 } else { a.wrapping_rem(b) }
}

fn power(a: i32, b: i32) -> i32 {
    match u32::try_from(b) {
        Ok(b) => a.wrapping_pow(b),
        Err(_) if a == 1 || (a == -1 && b % 2 == 0) => 1,
        Err(_) if a == -1 => -1,
        Err(_) => 0,
    }
}
