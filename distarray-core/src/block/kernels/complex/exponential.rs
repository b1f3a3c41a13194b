//! Powers, roots, exponentials and logarithms.

use std::f64::consts::{LN_2, LOG2_E, LOG10_E};

use crate::element::Complex64;

pub(crate) fn sqrt(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    if x == 0.0 && y == 0.0 {
        return Complex64::new(0.0, y);
    }
    if y.is_infinite() {
        return Complex64::new(f64::INFINITY, y);
    }
    if x.is_nan() || (y.is_nan() && !x.is_infinite()) {
        return Complex64::new(f64::NAN, f64::NAN);
    }
    if x.is_infinite() {
        let none = if y.is_nan() { y } else { 0.0 };
        return match x > 0.0 {
            true => Complex64::new(x, none.copysign(y)),
            false => Complex64::new(none, f64::INFINITY.copysign(y)),
        };
    }
    // Scaled by even powers of two where the squares would leave the range.
    let size = x.abs().max(y.abs());
    let (scale, back) = match size {
        _ if size > 1e300 => (2.0_f64.powi(-4), 4.0),
        _ if size < 1e-290 => (2.0_f64.powi(108), 2.0_f64.powi(-54)),
        _ => (1.0, 1.0),
    };
    let (x, y) = (x * scale, y * scale);
    let half = ((x.abs() + x.hypot(y)) / 2.0).sqrt();
    let other = y.abs() / (2.0 * half);
    match x >= 0.0 {
        true => Complex64::new(half * back, (other * back).copysign(y)),
        false => Complex64::new(other * back, (half * back).copysign(y)),
    }
}

pub(crate) fn exp(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    if y == 0.0 {
        return Complex64::new(x.exp(), y);
    }
    if !y.is_finite() {
        return match x {
            f64::NEG_INFINITY => Complex64::new(0.0, 0.0),
            f64::INFINITY => Complex64::new(x, f64::NAN),
            _ => Complex64::new(f64::NAN, f64::NAN),
        };
    }
    let (sin, cos) = y.sin_cos();
    // In two steps where the exponential alone leaves the range.
    let (once, again) = if x.abs() > 700.0 { (x / 2.0, (x / 2.0).exp()) } else { (x, 1.0) };
    let once = once.exp();
    Complex64::new(once * cos * again, once * sin * again)
}

pub(crate) fn exp2(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im * LN_2);
    if z.im == 0.0 {
        return Complex64::new(x.exp2(), z.im);
    }
    if !y.is_finite() || x.abs() > 1000.0 {
        return exp(Complex64::new(x * LN_2, y));
    }
    let (sin, cos) = y.sin_cos();
    let power = x.exp2();
    Complex64::new(power * cos, power * sin)
}

pub(crate) fn expm1(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    if y == 0.0 {
        return Complex64::new(x.exp_m1(), y);
    }
    if !y.is_finite() || x > 700.0 || x.is_nan() || x.is_infinite() {
        return exp(z) - 1.0;
    }
    let half = (y / 2.0).sin();
    Complex64::new(x.exp_m1() * y.cos() - 2.0 * half * half, x.exp() * y.sin())
}

/// Half of the logarithm of `x² + y²`, where that is near one: in twice the precision, as its distance
/// from one is what counts.
fn log_near_one(x: f64, y: f64) -> f64 {
    let (xx, yy) = (x * x, y * y);
    let lost = x.mul_add(x, -xx) + y.mul_add(y, -yy);
    // The greater square lies between a fourth and four; its distance from one is exact near one, and
    // where it is not, nothing cancels.
    let away = xx - 1.0;
    let sum = away + yy;
    let dropped = if away.abs() > yy { yy - (sum - away) } else { away - (sum - yy) };
    (sum + (dropped + lost)).ln_1p() / 2.0
}

/// The logarithm of the magnitude.
fn log_magnitude(x: f64, y: f64) -> f64 {
    let (great, small) = if x.abs() < y.abs() { (y.abs(), x.abs()) } else { (x.abs(), y.abs()) };
    match great {
        _ if x.is_infinite() || y.is_infinite() => f64::INFINITY,
        _ if (0.5..2.0).contains(&great) => log_near_one(great, small),
        _ if great > 1e300 => (great / 4.0).hypot(small / 4.0).ln() + 2.0 * LN_2,
        _ if great < 1e-290 => {
            let up = 2.0_f64.powi(200);
            (great * up).hypot(small * up).ln() - 200.0 * LN_2
        }
        _ => great.hypot(small).ln(),
    }
}

pub(crate) fn log(z: Complex64) -> Complex64 {
    Complex64::new(log_magnitude(z.re, z.im), z.im.atan2(z.re))
}

pub(crate) fn log2(z: Complex64) -> Complex64 {
    log(z) * LOG2_E
}

pub(crate) fn log10(z: Complex64) -> Complex64 {
    log(z) * LOG10_E
}

pub(crate) fn log1p(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    let re = match x.abs() < 0.25 && y.abs() < 0.25 {
        true => (y.mul_add(y, x * (2.0 + x))).ln_1p() / 2.0,
        false => log_magnitude(1.0 + x, y),
    };
    Complex64::new(re, y.atan2(1.0 + x))
}

/// Small whole exponents by multiplication, which is exact where the products are; else by the
/// logarithm.
pub(crate) fn pow(z: Complex64, w: Complex64) -> Complex64 {
    const ONE: Complex64 = Complex64::new(1.0, 0.0);
    if w.re == 0.0 && w.im == 0.0 {
        return ONE;
    }
    if z.re == 0.0 && z.im == 0.0 {
        return match w.re > 0.0 {
            true => Complex64::new(0.0, 0.0),
            false => Complex64::new(f64::NAN, f64::NAN),
        };
    }
    if w.im == 0.0 && w.re.abs() < 100.0 && w.re == w.re.trunc() {
        let (mut left, mut square, mut power) = (w.re.abs() as u32, z, None);
        while left > 0 {
            if left % 2 == 1 {
                power = Some(power.map_or(square, |power: Complex64| power * square));
            }
            left /= 2;
            if left > 0 {
                square *= square;
            }
        }
        let power = power.unwrap_or(ONE);
        return if w.re < 0.0 {
            super::super::arithmetic::Number::divide(ONE, power)
        } else {
            power
        };
    }
    exp(w * log(z))
}
