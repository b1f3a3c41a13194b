//! `sinh`, `cosh`, `tanh` and their inverses.
//!
//! From `e^x` and `log(1 + x)` in two parts, so that what cancels leaves digits enough.

use super::double::{Double, fma, polynomial, select};
use super::exponential::{ROUND, exp_of_sum, less_1, normal_power_of_2, split};
use super::logarithm::{LN2, of_1_plus, precise};
use crate::block::kernels::Unary;

/// `(sinh(x) / x - 1) / x^2` of `x^2` up to 1; error 2^-63.2.
const SINH: [f64; 7] = [
    0.16666666666666669,
    0.008333333333333139,
    0.0001984126984143744,
    2.755731915540265e-06,
    2.505212338970849e-08,
    1.6057240915993205e-10,
    7.759297815164631e-13,
];

/// From here on `e^-x` adds nothing, and powers of 2 are no normal numbers any more.
const FAR: f64 = 700.0;

/// Beyond it a square may overflow.
const LARGE: f64 = 3.273_390_607_896_142e150; // 2^500

/// Below it the functions with slope 1 at 0 are their operand.
const SMALL: f64 = 9.313_225_746_154_785e-10; // 2^-30

/// `e^x / 2` and `e^-x / 2` for `0 <= x <= FAR`.
#[inline(always)]
fn halves(x: f64) -> (Double, Double) {
    let (power, rounded) = split(x, 0.0);
    let power = power.normal();
    let (up, down) =
        (normal_power_of_2(rounded - 1.0), normal_power_of_2((ROUND - (rounded - ROUND)) - 1.0));
    let inverse = 1.0 / power.hi;
    let rest = fma(-inverse, power.lo, fma(-inverse, power.hi, 1.0));
    (Double::new(power.hi * up, power.lo * up), Double::new(inverse * down, rest * inverse * down))
}

/// `e^x / 2` for any `x` from [`FAR`] on.
fn half_of_far(x: f64) -> f64 {
    let less = Double::sum(x, -std::f64::consts::LN_2);
    exp_of_sum(less.hi, less.lo - 2.319_046_813_846_299_6e-17)
}

/// Whether a number is not of a size up to the limit.
#[inline(always)]
fn beyond(x: f64, limit: f64) -> bool {
    !(0.0..=limit).contains(&x.abs())
}

pub(in crate::block::kernels) struct Sinh;
pub(in crate::block::kernels) struct Cosh;
pub(in crate::block::kernels) struct Tanh;
pub(in crate::block::kernels) struct Arcsinh;
pub(in crate::block::kernels) struct Arccosh;
pub(in crate::block::kernels) struct Arctanh;

impl Unary<f64> for Sinh {
    type Output = f64;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        let size = x.abs();
        let z = size * size;
        let near = fma(size * z, polynomial(z, &SINH), size);
        let (up, down) = halves(size);
        let sum = Double::ordered_sum(up.hi, -down.hi);
        let far = sum.hi + (sum.lo + (up.lo - down.lo));
        select(size < 1.0, near, far).copysign(x)
    }

    #[inline(always)]
    fn rare(x: f64) -> bool {
        beyond(x, FAR)
    }

    fn careful(x: f64) -> f64 {
        half_of_far(x.abs()).copysign(x)
    }
}

impl Unary<f64> for Cosh {
    type Output = f64;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        let (up, down) = halves(x.abs());
        let sum = Double::ordered_sum(up.hi, down.hi);
        sum.hi + (sum.lo + (up.lo + down.lo))
    }

    #[inline(always)]
    fn rare(x: f64) -> bool {
        beyond(x, FAR)
    }

    fn careful(x: f64) -> f64 {
        half_of_far(x.abs())
    }
}

impl Unary<f64> for Tanh {
    type Output = f64;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        let size = x.abs();
        // From here on it is 1.
        let bounded = if size > 20.0 { 20.0 } else { size };
        let less = less_1(-2.0 * bounded).normal();
        let over = Double::new(-less.hi, -less.lo);
        let under = Double::ordered_sum(2.0, less.hi);
        let value = Double::quotient(over, Double::new(under.hi, under.lo + less.lo)).rounded();
        select(size < SMALL, size, value).copysign(x)
    }
}

/// The square root of a number of two parts, which is not negative.
#[inline(always)]
fn root(x: Double) -> Double {
    let hi = x.hi.sqrt();
    let rest = fma(-hi, hi, x.hi) + x.lo;
    Double::new(hi, rest / (2.0 * hi + f64::MIN_POSITIVE))
}

/// The logarithm of twice a large number.
fn log_of_twice(x: f64) -> f64 {
    let log = precise(x, 0.0);
    let sum = Double::ordered_sum(log.hi, LN2.hi);
    sum.hi + (sum.lo + (log.lo + LN2.lo))
}

impl Unary<f64> for Arcsinh {
    type Output = f64;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        // log(x + sqrt(x^2 + 1)), of which 1 is taken off: x + x^2 / (1 + sqrt(x^2 + 1)).
        let size = x.abs();
        let square = Double::product(size, size);
        let sum = Double::sum(1.0, square.hi);
        let root = root(Double::new(sum.hi, sum.lo + square.lo));
        let under = Double::ordered_sum(root.hi, 1.0);
        let part = Double::quotient(square, Double::new(under.hi, under.lo + root.lo));
        let above = Double::sum(size, part.hi);
        let value = of_1_plus(Double::new(above.hi, above.lo + part.lo));
        select(size < SMALL, size, value).copysign(x)
    }

    #[inline(always)]
    fn rare(x: f64) -> bool {
        beyond(x, LARGE)
    }

    fn careful(x: f64) -> f64 {
        if x.is_finite() { log_of_twice(x.abs()).copysign(x) } else { x }
    }
}

impl Unary<f64> for Arccosh {
    type Output = f64;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        // log(x + sqrt(x^2 - 1)), of which 1 is taken off.
        let square = Double::product(x, x);
        let sum = Double::ordered_sum(square.hi, -1.0);
        let root = root(Double::new(sum.hi, sum.lo + square.lo).normal());
        let less = Double::ordered_sum(x, -1.0);
        let above = Double::sum(less.hi, root.hi);
        of_1_plus(Double::new(above.hi, above.lo + (less.lo + root.lo)))
    }

    #[inline(always)]
    fn rare(x: f64) -> bool {
        !(1.0..=LARGE).contains(&x)
    }

    fn careful(x: f64) -> f64 {
        if x >= f64::INFINITY {
            x
        } else if x >= 1.0 {
            log_of_twice(x)
        } else {
            f64::NAN
        }
    }
}

impl Unary<f64> for Arctanh {
    type Output = f64;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        // log((1 + x) / (1 - x)) / 2, of which 1 is taken off: 2 x / (1 - x).
        let size = x.abs();
        let under = Double::ordered_sum(1.0, -size);
        let above = Double::quotient(Double::new(2.0 * size, 0.0), under).normal();
        let value = 0.5 * of_1_plus(above);
        select(size < SMALL, size, value).copysign(x)
    }

    #[inline(always)]
    fn rare(x: f64) -> bool {
        !(0.0..1.0).contains(&x.abs())
    }

    fn careful(x: f64) -> f64 {
        if x.abs() == 1.0 { f64::INFINITY.copysign(x) } else { f64::NAN }
    }
}
