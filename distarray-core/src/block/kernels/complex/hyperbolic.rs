//! Hyperbolic and trigonometric functions; the latter are the former of a turned argument.

use super::{over_i, times_i};
use crate::element::Complex64;

/// From here on, `sinh` and `cosh` are half an exponential to the last bit.
const WIDE: f64 = 22.0;

/// Half of `exp(x)` times each factor, in two steps so that only the product can overflow.
fn half_exp(x: f64, re: f64, im: f64) -> Complex64 {
    let root = (x / 2.0).exp();
    Complex64::new(root * (re / 2.0) * root, root * (im / 2.0) * root)
}

pub(crate) fn sinh(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    if y == 0.0 {
        return Complex64::new(x.sinh(), y);
    }
    if !y.is_finite() {
        return match x {
            0.0 => Complex64::new(x, f64::NAN),
            _ if x.is_infinite() => Complex64::new(x, f64::NAN),
            _ => Complex64::new(f64::NAN, f64::NAN),
        };
    }
    let (sin, cos) = y.sin_cos();
    match x.abs() > WIDE {
        true => half_exp(x.abs(), cos * x.signum(), sin),
        false => Complex64::new(x.sinh() * cos, x.cosh() * sin),
    }
}

pub(crate) fn cosh(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    if y == 0.0 {
        let none = if x.is_nan() { y } else { y * x.signum() };
        return Complex64::new(x.cosh(), none);
    }
    if !y.is_finite() {
        return match x {
            0.0 => Complex64::new(f64::NAN, x),
            _ if x.is_infinite() => Complex64::new(f64::INFINITY, f64::NAN),
            _ => Complex64::new(f64::NAN, f64::NAN),
        };
    }
    let (sin, cos) = y.sin_cos();
    match x.abs() > WIDE {
        true => half_exp(x.abs(), cos, sin * x.signum()),
        false => Complex64::new(x.cosh() * cos, x.sinh() * sin),
    }
}

/// After Kahan, by the tangent of the imaginary part.
pub(crate) fn tanh(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    if y == 0.0 {
        return Complex64::new(x.tanh(), y);
    }
    if x.abs() > WIDE {
        let sign = 1.0_f64.copysign(x);
        return match y.is_finite() {
            true => {
                let (sin, cos) = y.sin_cos();
                let decay = (-x.abs()).exp();
                Complex64::new(sign, 4.0 * sin * cos * decay * decay)
            }
            false if x.is_infinite() => Complex64::new(sign, 0.0_f64.copysign(y)),
            false => Complex64::new(f64::NAN, f64::NAN),
        };
    }
    if !y.is_finite() {
        return Complex64::new(if x == 0.0 { x } else { f64::NAN }, f64::NAN);
    }
    let tan = y.tan();
    let secant = 1.0 + tan * tan;
    let sinh = x.sinh();
    let cosh = (1.0 + sinh * sinh).sqrt();
    let below = 1.0 + secant * sinh * sinh;
    Complex64::new(secant * cosh * sinh / below, tan / below)
}

pub(crate) fn sin(z: Complex64) -> Complex64 {
    over_i(sinh(times_i(z)))
}

pub(crate) fn cos(z: Complex64) -> Complex64 {
    cosh(times_i(z))
}

pub(crate) fn tan(z: Complex64) -> Complex64 {
    over_i(tanh(times_i(z)))
}
