//! `cbrt` and `hypot`.

use super::double::{Double, fma, polynomial, select};
use super::exponential::{ROUND, normal_power_of_2};
use super::logarithm::not_normal;
use crate::block::kernels::{Binary, Unary};

/// `m^(-1/3)` for `1 <= m <= 2`; error 2^-17.4.
const INVERSE: [f64; 6] = [
    1.781070708270658,
    -1.5660536402366347,
    1.2437909599344115,
    -0.5978567882490654,
    0.15605969384094634,
    -0.01701662674042502,
];

/// 2^(-1/3) and 2^(-2/3).
const INVERSE_ROOTS: [f64; 2] = [0.793_700_525_984_099_7, 0.629_960_524_947_436_6];

pub(in crate::block::kernels) struct Cbrt;
pub(in crate::block::kernels) struct Hypot;

/// The cube root of a normal positive number.
#[inline(always)]
fn cube_root(x: f64) -> f64 {
    const EXPONENT_0: f64 = 1023.0;
    let bits = x.to_bits();
    let m = f64::from_bits((bits & ((1 << 52) - 1)) | 0x3ff0_0000_0000_0000);
    let exponent = f64::from_bits((bits >> 52) | 0x4330_0000_0000_0000)
        - (4_503_599_627_370_496.0 + EXPONENT_0);
    // x = 2^(3 q + j) m.
    let rounded = fma(exponent - 1.0, 1.0 / 3.0, ROUND);
    let j = fma(-3.0, rounded - ROUND, exponent);
    let m_j = m * select(j > 1.5, 4.0, select(j > 0.5, 2.0, 1.0));
    let factor = select(j > 1.5, INVERSE_ROOTS[1], select(j > 0.5, INVERSE_ROOTS[0], 1.0));
    let first = polynomial(m, &INVERSE) * factor;
    // A step of Halley's kind, of third order.
    let off = fma(-m_j * first, first * first, 1.0);
    let inverse = fma(first * off, fma(off, 2.0 / 9.0, 1.0 / 3.0), first);
    let root = m_j * inverse * inverse;
    // One of Newton's, of what is left without error.
    let square = Double::product(root, root);
    let rest = fma(-square.lo, root, fma(-square.hi, root, m_j));
    fma(rest * (1.0 / 3.0), inverse * inverse, root) * normal_power_of_2(rounded)
}

impl Unary<f64> for Cbrt {
    type Output = f64;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        cube_root(x.abs()).copysign(x)
    }

    #[inline(always)]
    fn rare(x: f64) -> bool {
        not_normal(x.abs())
    }

    fn careful(x: f64) -> f64 {
        if x == 0.0 || !x.is_finite() {
            return x;
        }
        (cube_root(x.abs() * f64::exp2(54.0)) * f64::exp2(-18.0)).copysign(x)
    }
}

/// The root of the sum of squares that are normal numbers, or 0 beside the other.
#[inline(always)]
fn hypotenuse(a: f64, b: f64) -> f64 {
    let (greater, less) = (select(a > b, a, b), select(a > b, b, a));
    let (greater, less) = (Double::product(greater, greater), Double::product(less, less));
    let sum = greater.plus_smaller(less);
    let root = sum.hi.sqrt();
    root + (fma(-root, root, sum.hi) + sum.lo) / (2.0 * root)
}

impl Binary<f64> for Hypot {
    type Output = f64;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(a: f64, b: f64) -> f64 {
        hypotenuse(a.abs(), b.abs())
    }

    #[inline(always)]
    fn rare(a: f64, b: f64) -> bool {
        // 2^-400 and 2^500.
        !(3.872_591_914_849_318e-121..3.273_390_607_896_142e150).contains(&(a.abs() + b.abs()))
    }

    fn careful(a: f64, b: f64) -> f64 {
        let (a, b) = (a.abs(), b.abs());
        if a.is_infinite() || b.is_infinite() {
            f64::INFINITY
        } else if a.is_nan() || b.is_nan() {
            f64::NAN
        } else if a == 0.0 && b == 0.0 {
            0.0
        } else if a.max(b) > 1.0 {
            hypotenuse(a * f64::exp2(-600.0), b * f64::exp2(-600.0)) * f64::exp2(600.0)
        } else {
            hypotenuse(a * f64::exp2(700.0), b * f64::exp2(700.0)) * f64::exp2(-700.0)
        }
    }
}

impl Binary<f32> for Hypot {
    type Output = f32;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(a: f32, b: f32) -> f32 {
        let (a, b) = (f64::from(a), f64::from(b));
        fma(a, a, b * b).sqrt() as f32
    }

    #[inline(always)]
    fn rare(a: f32, b: f32) -> bool {
        !(a.is_finite() & b.is_finite())
    }

    fn careful(a: f32, b: f32) -> f32 {
        <Self as Binary<f64>>::careful(a.into(), b.into()) as f32
    }
}
