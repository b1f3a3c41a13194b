//! `asin`, `acos`, `atan` and `atan2`.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use super::double::{Double, fma, polynomial, select};
use crate::block::kernels::{Binary, Unary};

/// What `pi` is more than the constant of that name.
const PI_REST: f64 = 1.224_646_799_147_353_2e-16;

/// `(asin(s) / s - 1) / s^2` of `s^2` up to 1/4.
const ASIN: [f64; 13] = [
    0.16666666666666763,
    0.07499999999970261,
    0.04464285717512127,
    0.030381942683600918,
    0.022372215660631023,
    0.017351600087573332,
    0.013980961489888184,
    0.011397775732368654,
    0.010786530334262918,
    0.00368303723642915,
    0.021763511158625515,
    -0.02107731039395416,
    0.03267690198663305,
];

/// `(atan(t) / t - 1) / t^2` of `t^2`, `t <= tan(pi / 8)`.
const ATAN: [f64; 11] = [
    -0.333333333333332,
    0.19999999999953663,
    -0.14285714280204045,
    0.11111110783814639,
    -0.09090897767068637,
    0.07692060361459879,
    -0.06663105451349799,
    0.058478973602425974,
    -0.05039330692642119,
    0.03806495174941361,
    -0.01790734067205485,
];

const TAN_PI_8: f64 = std::f64::consts::SQRT_2 - 1.0;

pub(in crate::block::kernels) struct Arcsin;
pub(in crate::block::kernels) struct Arccos;
pub(in crate::block::kernels) struct Arctan;
pub(in crate::block::kernels) struct Arctan2;

/// The arcsine of a size up to 1/2, or of the root of `(1 - size) / 2` beyond; NaN beyond 1.
#[inline(always)]
fn small_arcsine(size: f64, far: bool) -> Double {
    let z = select(far, 0.5 * (1.0 - size), size * size);
    let root = z.sqrt();
    let s = select(far, root, size);
    let rest = select(far, fma(-root, root, z) / (2.0 * root + f64::MIN_POSITIVE), 0.0);
    Double::new(s, fma(s * z, polynomial(z, &ASIN), rest))
}

impl Unary<f64> for Arcsin {
    type Output = f64;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        let far = x.abs() > 0.5;
        let angle = small_arcsine(x.abs(), far);
        let sum = Double::ordered_sum(FRAC_PI_2, -2.0 * angle.hi);
        let large = sum.hi + (sum.lo + fma(-2.0, angle.lo, 0.5 * PI_REST));
        select(far, large, angle.rounded()).copysign(x)
    }
}

impl Unary<f64> for Arccos {
    type Output = f64;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        let far = x.abs() > 0.5;
        let angle = small_arcsine(x.abs(), far);
        // pi / 2 - asin(x), 2 asin(...) or pi - 2 asin(...).
        let turns = select(far, select(x > 0.0, 0.0, 1.0), 0.5);
        let factor = select(far, 2.0, 1.0) * select((x > 0.0) == far, 1.0, -1.0);
        let sum = Double::ordered_sum(turns * PI, factor * angle.hi);
        sum.hi + (sum.lo + fma(factor, angle.lo, turns * PI_REST))
    }
}

/// The angle of a point in the first quadrant, or in the second where `left`; the ratio of its
/// coordinates and their squares are normal numbers.
#[inline(always)]
fn angle(y: f64, x: f64, left: bool) -> f64 {
    let steep = y > x;
    let (over, under) = (select(steep, x, y), select(steep, y, x));
    // tan(a - pi / 4) = (tan a - 1) / (tan a + 1).
    let turned = over > TAN_PI_8 * under;
    let (difference, sum) = (Double::sum(over, -under), Double::ordered_sum(under, over));
    let tangent = Double::quotient(
        Double::new(select(turned, difference.hi, over), select(turned, difference.lo, 0.0)),
        Double::new(select(turned, sum.hi, under), select(turned, sum.lo, 0.0)),
    );
    let z = tangent.hi * tangent.hi;
    let rest = fma(tangent.hi * z, polynomial(z, &ATAN), tangent.lo);
    // Quarters of pi that the angle is added to or taken from.
    let sign = select(steep == left, 1.0, -1.0);
    let start = select(steep, 2.0, select(left, 4.0, 0.0));
    let quarters = start + select(turned, sign, 0.0);
    let base = Double::product(quarters, FRAC_PI_4);
    let total = Double::ordered_sum(base.hi, sign * tangent.hi);
    total.hi + (total.lo + (fma(quarters, 0.25 * PI_REST, base.lo) + sign * rest))
}

impl Unary<f64> for Arctan {
    type Output = f64;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        // From here on it is pi / 2.
        let size = x.abs();
        let size = if size > 1e18 { 1e18 } else { size };
        angle(size, 1.0, false).copysign(x)
    }
}

/// [`Arctan2`] of what is zero, infinite, or of a size that needs scaling.
fn special(y: f64, x: f64) -> f64 {
    let (tall, wide) = (y.abs(), x.abs());
    if x.is_nan() || y.is_nan() {
        return f64::NAN;
    }
    let left = x.is_sign_negative();
    let value = if tall == 0.0 {
        if left { PI } else { 0.0 }
    } else if tall.is_infinite() && wide.is_infinite() {
        if left { 3.0 * FRAC_PI_4 } else { FRAC_PI_4 }
    } else if wide == 0.0 || tall.is_infinite() {
        FRAC_PI_2
    } else if wide.is_infinite() {
        if left { PI } else { 0.0 }
    } else {
        // Powers of 2 that leave the greater one where squares are normal.
        let scale = if tall.max(wide) > 1.0 { f64::exp2(-600.0) } else { f64::exp2(600.0) };
        let far = f64::exp2(100.0);
        let (high, low) = (tall * scale, wide * scale);
        if low > high * far {
            if left { PI } else { tall / wide }
        } else if high > low * far {
            FRAC_PI_2
        } else {
            angle(high, low, left)
        }
    };
    value.copysign(y)
}

impl Binary<f64> for Arctan2 {
    type Output = f64;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(y: f64, x: f64) -> f64 {
        angle(y.abs(), x.abs(), x < 0.0).copysign(y)
    }

    #[inline(always)]
    fn rare(y: f64, x: f64) -> bool {
        // 2^-500 and 2^500.
        const MODERATE: std::ops::Range<f64> =
            3.054_936_363_499_605e-151..3.273_390_607_896_142e150;
        !MODERATE.contains(&y.abs()) | !MODERATE.contains(&x.abs())
    }

    fn careful(y: f64, x: f64) -> f64 {
        special(y, x)
    }
}
