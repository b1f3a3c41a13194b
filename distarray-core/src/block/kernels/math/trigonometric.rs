//! `sin`, `cos` and `tan`.
//!
//! Of an angle reduced to `|r| <= pi / 4` both the sine and the cosine are computed, as minimax
//! polynomials; the quarter picks one. Signs of zero are exact, as are the symmetries.

use super::double::{Double, fma, polynomial, select};
use super::quadrant::{NEAR, SINGLE_NEAR, far, near, near_single, single_near};
use crate::block::kernels::Unary;

/// `(sin(r) / r - 1) / r^2` of `r^2`; error 2^-58.0.
const SIN: [f64; 6] = [
    -0.16666666666666632,
    0.008333333333322385,
    -0.00019841269829781117,
    2.7557313681430156e-06,
    -2.505075629993698e-08,
    1.5896681543752785e-10,
];

/// `(cos(r) - 1 + r^2 / 2) / r^4` of `r^2`; error 2^-63.9.
const COS: [f64; 6] = [
    0.041666666666666595,
    -0.0013888888888872982,
    2.4801587288803e-05,
    -2.7557314164563745e-07,
    2.087569876091254e-09,
    -1.1358425165994874e-11,
];

/// As [`SIN`], of single precision; error of the sine 2^-27.8.
const SINGLE_SIN: [f32; 3] = [-0.166_666_54, 0.008_332_106, -0.000_195_078_46];

/// As [`COS`], of single precision; error of the cosine 2^-32.9.
const SINGLE_COS: [f32; 3] = [0.041_666_646, -0.001_388_730_8, 2.443_209_3e-5];

/// As [`SIN`] for `|r| <= pi / 2`, for a result of single precision; error 2^-35.3.
const HALF_TURN_SIN: [f64; 5] = [
    -0.1666666662606382,
    0.008333331104751167,
    -0.00019840867675187542,
    2.7525355466043706e-06,
    -2.3888374821117986e-08,
];

/// The sine and the cosine of an angle up to an eighth of a turn, to nearly one unit in the last place.
#[inline(always)]
pub(in crate::block::kernels) fn sin_cos_of_eighth(r: f64) -> (f64, f64) {
    let z = r * r;
    let sin = fma(r * z, polynomial(z, &SIN), r);
    let cos = fma(z * z, polynomial(z, &COS), fma(-0.5, z, 1.0));
    (sin, cos)
}

/// The sine and the cosine of a reduced angle.
#[inline(always)]
fn sin_cos(r: Double) -> (Double, Double) {
    let square = Double::product(r.hi, r.hi);
    let (z, half) = (square.hi, 0.5 * square.hi);
    let sin = Double::new(r.hi, fma(r.hi * z, polynomial(z, &SIN), fma(-r.lo, half, r.lo)));
    let first = Double::ordered_sum(1.0, -half);
    let rest = fma(r.hi, r.lo, 0.5 * square.lo);
    let cos = Double::new(first.hi, first.lo + fma(z * z, polynomial(z, &COS), -rest));
    (sin, cos)
}

#[inline(always)]
fn sin_of(r: Double, quarter: u64) -> f64 {
    let (sin, cos) = sin_cos(r);
    let value = Double::new(
        select(quarter & 1 == 0, sin.hi, cos.hi),
        select(quarter & 1 == 0, sin.lo, cos.lo),
    );
    f64::from_bits(value.rounded().to_bits() ^ (quarter & 2) << 62)
}

/// The sine of an angle up to [`SINGLE_NEAR`], `quarters` turned ahead.
#[inline(always)]
fn single_sin(x: f32, quarters: u32) -> f32 {
    let (r, low, quarter) = single_near(x);
    let quarter = quarter.wrapping_add(quarters);
    let z = r * r;
    let [a, b, c] = SINGLE_SIN;
    let sin = r + (r * z).mul_add(c.mul_add(z, b).mul_add(z, a), low);
    let [a, b, c] = SINGLE_COS;
    let less = (-r).mul_add(low, -0.5 * z);
    let cos = 1.0 + (z * z).mul_add(c.mul_add(z, b).mul_add(z, a), less);
    let value = if quarter & 1 == 0 { sin } else { cos };
    f32::from_bits(value.to_bits() ^ (quarter & 2) << 30)
}

/// The sine of an angle of single precision that is beyond [`SINGLE_NEAR`], `ahead` (0 or a half) of a half turn
/// ahead; `far` is for those beyond [`NEAR`].
fn single_sin_beyond(x: f32, ahead: f64, far: fn(f64) -> f64) -> f32 {
    let x = f64::from(x);
    if too_far(x) {
        return far(x) as f32;
    }
    let (r, half_turns) = near_single(x, ahead);
    single_sin_of(r, half_turns)
}

/// The sine of an angle up to a quarter turn, negative after an odd number of half turns.
fn single_sin_of(r: f64, half_turns: u64) -> f32 {
    let z = r * r;
    let sin = r * fma(z, polynomial(z, &HALF_TURN_SIN), 1.0);
    f64::from_bits(sin.to_bits() ^ half_turns << 63) as f32
}

#[inline(always)]
fn tan_of(r: Double, quarter: u64) -> f64 {
    let (sin, cos) = sin_cos(r);
    let even = quarter & 1 == 0;
    let over = Double::new(select(even, sin.hi, cos.hi), select(even, sin.lo, cos.lo));
    let under = Double::new(select(even, cos.hi, sin.hi), select(even, cos.lo, sin.lo));
    // Rounded sums first, for the quotient takes the second parts as corrections.
    let value = Double::quotient(over.normal(), under.normal()).rounded();
    f64::from_bits(value.to_bits() ^ (quarter & 1) << 63)
}

/// Whether an angle is too far for the loop, or not finite.
#[inline(always)]
fn too_far(x: f64) -> bool {
    !(0.0..=NEAR).contains(&x.abs())
}

/// As [`too_far`], for single precision.
#[inline(always)]
fn single_too_far(x: f32) -> bool {
    !(0.0..=SINGLE_NEAR).contains(&x.abs())
}

/// A function of an angle that is [`too_far`].
fn of_far(x: f64, function: fn(Double, u64) -> f64) -> f64 {
    if !x.is_finite() {
        return f64::NAN;
    }
    let (r, quarter) = far(x.abs());
    function(r, quarter)
}

/// With the sign of `x`, or its opposite where the value is negative.
#[inline(always)]
fn odd(value: f64, x: f64) -> f64 {
    f64::from_bits(value.to_bits() ^ (x.to_bits() & 1 << 63))
}

pub(in crate::block::kernels) struct Sin;
pub(in crate::block::kernels) struct Cos;
pub(in crate::block::kernels) struct Tan;

impl Unary<f64> for Sin {
    type Output = f64;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        let (r, quarter) = near(x.abs());
        odd(sin_of(r, quarter), x)
    }

    #[inline(always)]
    fn rare(x: f64) -> bool {
        too_far(x)
    }

    fn careful(x: f64) -> f64 {
        odd(of_far(x, sin_of), x)
    }
}

impl Unary<f64> for Cos {
    type Output = f64;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        let (r, quarter) = near(x.abs());
        sin_of(r, quarter.wrapping_add(1))
    }

    #[inline(always)]
    fn rare(x: f64) -> bool {
        too_far(x)
    }

    fn careful(x: f64) -> f64 {
        of_far(x, |r, quarter| sin_of(r, quarter.wrapping_add(1)))
    }
}

impl Unary<f64> for Tan {
    type Output = f64;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f64) -> f64 {
        let (r, quarter) = near(x.abs());
        odd(tan_of(r, quarter), x)
    }

    #[inline(always)]
    fn rare(x: f64) -> bool {
        too_far(x)
    }

    fn careful(x: f64) -> f64 {
        odd(of_far(x, tan_of), x)
    }
}

impl Unary<f32> for Sin {
    type Output = f32;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f32) -> f32 {
        // A zero keeps its sign.
        let value = single_sin(x.abs(), 0);
        f32::from_bits(value.to_bits() ^ (x.to_bits() & 1 << 31))
    }

    #[inline(always)]
    fn rare(x: f32) -> bool {
        single_too_far(x)
    }

    fn careful(x: f32) -> f32 {
        single_sin_beyond(x, 0.0, <Self as Unary<f64>>::careful)
    }
}

impl Unary<f32> for Cos {
    type Output = f32;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f32) -> f32 {
        single_sin(x, 1)
    }

    #[inline(always)]
    fn rare(x: f32) -> bool {
        single_too_far(x)
    }

    fn careful(x: f32) -> f32 {
        single_sin_beyond(x, 0.5, <Self as Unary<f64>>::careful)
    }
}

impl Unary<f32> for Tan {
    type Output = f32;
    const CARE: bool = true;

    #[inline(always)]
    fn apply(x: f32) -> f32 {
        <Self as Unary<f64>>::apply(f64::from(x)) as f32
    }

    #[inline(always)]
    fn rare(x: f32) -> bool {
        too_far(x.into())
    }

    fn careful(x: f32) -> f32 {
        <Self as Unary<f64>>::careful(f64::from(x)) as f32
    }
}
