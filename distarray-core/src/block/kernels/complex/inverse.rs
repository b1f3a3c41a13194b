//! Inverse trigonometric and hyperbolic functions, after Kahan.

use std::f64::consts::FRAC_PI_2;

use super::{over_i, sqrt, times_i};
use crate::element::Complex64;

/// Beyond, one is nothing beside the number, and its square may leave the range.
const FAR: f64 = 1e150;

/// The square roots of `1 - z` and `1 + z`.
fn roots(z: Complex64) -> (Complex64, Complex64) {
    (sqrt(Complex64::new(1.0 - z.re, -z.im)), sqrt(Complex64::new(1.0 + z.re, z.im)))
}

/// The logarithm of twice the magnitude, which is `arccosh` of what is far away.
fn log_of_double(z: Complex64) -> f64 {
    super::log(z).re + std::f64::consts::LN_2
}

fn is_far(z: Complex64) -> bool {
    z.re.abs() > FAR || z.im.abs() > FAR
}

pub(crate) fn arccos(z: Complex64) -> Complex64 {
    if z.re.is_nan() || z.im.is_nan() {
        return match () {
            () if z.re.is_infinite() => Complex64::new(f64::NAN, f64::INFINITY),
            () if z.im.is_infinite() => Complex64::new(f64::NAN, -z.im),
            () if z.re == 0.0 => Complex64::new(FRAC_PI_2, f64::NAN),
            () => Complex64::new(f64::NAN, f64::NAN),
        };
    }
    if is_far(z) {
        let re = z.im.abs().atan2(z.re);
        return Complex64::new(re, -log_of_double(z).copysign(z.im));
    }
    let (minus, plus) = roots(z);
    let re = 2.0 * minus.re.atan2(plus.re);
    Complex64::new(re, libm::asinh(plus.re * minus.im - plus.im * minus.re))
}

pub(crate) fn arccosh(z: Complex64) -> Complex64 {
    if z.re.is_nan() || z.im.is_nan() {
        return match z.re.is_infinite() || z.im.is_infinite() {
            true => Complex64::new(f64::INFINITY, f64::NAN),
            false => Complex64::new(f64::NAN, f64::NAN),
        };
    }
    if is_far(z) {
        return Complex64::new(log_of_double(z), z.im.atan2(z.re));
    }
    let minus = sqrt(Complex64::new(z.re - 1.0, z.im));
    let plus = sqrt(Complex64::new(z.re + 1.0, z.im));
    let re = libm::asinh(minus.re * plus.re + minus.im * plus.im);
    Complex64::new(re, 2.0 * minus.im.atan2(plus.re))
}

pub(crate) fn arcsinh(z: Complex64) -> Complex64 {
    if z.re.is_nan() || z.im.is_nan() {
        return match () {
            () if z.re.is_infinite() => Complex64::new(z.re, f64::NAN),
            () if z.im.is_infinite() => Complex64::new(f64::INFINITY, f64::NAN),
            () if z.im == 0.0 => z,
            () => Complex64::new(f64::NAN, f64::NAN),
        };
    }
    if is_far(z) {
        let im = z.im.atan2(z.re.abs());
        return Complex64::new(log_of_double(z).copysign(z.re), im);
    }
    times_i(near_arcsin(over_i(z)))
}

pub(crate) fn arcsin(z: Complex64) -> Complex64 {
    match z.is_finite() && !is_far(z) {
        true => near_arcsin(z),
        false => over_i(arcsinh(times_i(z))),
    }
}

/// The arcsine of what is not far away.
fn near_arcsin(z: Complex64) -> Complex64 {
    let (minus, plus) = roots(z);
    let re = z.re.atan2(minus.re * plus.re - minus.im * plus.im);
    Complex64::new(re, libm::asinh(minus.re * plus.im - minus.im * plus.re))
}

pub(crate) fn arctanh(z: Complex64) -> Complex64 {
    let (x, y) = (z.re.abs(), z.im.abs());
    let (re, im) = match () {
        () if x.is_infinite() || y.is_infinite() => {
            (0.0, if y.is_nan() { f64::NAN } else { FRAC_PI_2 })
        }
        () if y.is_nan() => (if x == 0.0 { 0.0 } else { f64::NAN }, f64::NAN),
        () if x.is_nan() => (f64::NAN, f64::NAN),
        () if x > FAR || y > FAR => {
            let size = x.hypot(y);
            (x / size / size, FRAC_PI_2)
        }
        () if x == 1.0 && y == 0.0 => (f64::INFINITY, 0.0),
        () if x == 1.0 => {
            ((4.0 + y * y).sqrt().sqrt().ln() - y.sqrt().ln(), (FRAC_PI_2 + (y / 2.0).atan()) / 2.0)
        }
        () => {
            let away = 1.0 - x;
            let re = (4.0 * x / (away * away + y * y)).ln_1p() / 4.0;
            let im = match x == 0.0 {
                true => y.atan(),
                false => (2.0 * y).atan2(away * (1.0 + x) - y * y) / 2.0,
            };
            (re, im)
        }
    };
    Complex64::new(re.copysign(z.re), im.copysign(z.im))
}

pub(crate) fn arctan(z: Complex64) -> Complex64 {
    over_i(arctanh(times_i(z)))
}
