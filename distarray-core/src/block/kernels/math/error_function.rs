//! `erf` and `erfc`.
//!
//! Near 0 an odd polynomial; beyond, `erfc(x) = e^(-x^2) / x` times a polynomial of `(x - 4) / (x + 4)`
//! (as Schonfelder 1978 has it).

use super::double::{Double, fma, polynomial, select};
use super::exponential::{power_of_2, split};
use crate::block::kernels::Unary;

/// Where the odd polynomial ends.
const NEAR: f64 = 0.875;

/// `2 / sqrt(pi)`.
const SLOPE: Double = Double::new(std::f64::consts::FRAC_2_SQRT_PI, 1.533_545_961_316_588e-17);

/// `(erf(x) / x - 2 / sqrt(pi)) / x^2` of `x^2`; error 2^-61.3.
const ODD: [f64; 11] = [
    -0.3761263890318374,
    0.11283791670954418,
    -0.026866170644947784,
    0.005223977623063675,
    -0.000854832684385824,
    0.00012055324432541303,
    -1.4925382890607843e-05,
    1.6456524855953793e-06,
    -1.6288309853437228e-07,
    1.4117026294286592e-08,
    -8.651282765384777e-10,
];

/// `erfc(x) e^(x^2) x` of `(x - 4) / (x + 4)` for `0.84 <= x <= 28`; error 2^-57.5.
const SCALED: [f64; 21] = [
    0.5479978305002455,
    0.05972346595980461,
    -0.10167001340782139,
    0.11617743547599432,
    -0.10500112171769176,
    0.07842032531934255,
    -0.048814711162970655,
    0.02500573077803905,
    -0.010128998876755058,
    0.002915548471993023,
    -0.00036800548582141085,
    -0.00013912049479668288,
    8.658735640061954e-05,
    -1.1245405123360155e-05,
    -7.078652753209044e-06,
    3.051436701714116e-06,
    2.804345236737403e-07,
    -4.461595114675041e-07,
    3.2918027334057145e-08,
    4.678020211292374e-08,
    -1.0493739107573944e-08,
];

pub(in crate::block::kernels) struct Erf;
pub(in crate::block::kernels) struct Erfc;

/// `erf` of a size up to [`NEAR`].
#[inline(always)]
fn near(size: f64) -> Double {
    let z = size * size;
    let first = Double::product(size, SLOPE.hi);
    Double::new(first.hi, first.lo + fma(size * z, polynomial(z, &ODD), size * SLOPE.lo))
}

/// `erfc` of a size from [`NEAR`] on.
#[inline(always)]
fn far(size: f64) -> f64 {
    // From here on it is 0.
    let size = if size > 27.3 { 27.3 } else { size };
    let square = Double::product(size, size);
    let (power, rounded) = split(-square.hi, -square.lo);
    let (first, second) = power_of_2(rounded);
    let t = (size - 4.0) / (size + 4.0);
    power.rounded() * polynomial(t, &SCALED) / size * first * second
}

impl Unary<f64> for Erf {
    type Output = f64;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        let size = x.abs();
        select(size < NEAR, near(size).rounded(), 1.0 - far(size)).copysign(x)
    }
}

impl Unary<f64> for Erfc {
    type Output = f64;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        let size = x.abs();
        let sign = select(x < 0.0, -1.0, 1.0);
        let erf = near(size);
        let rest = Double::ordered_sum(1.0, -sign * erf.hi);
        let close = rest.hi + fma(-sign, erf.lo, rest.lo);
        let distant = far(size);
        let distant = select(x < 0.0, 2.0 - distant, distant);
        select(size < NEAR, close, distant)
    }
}
