//! Powers of single precision where their errors are greatest, those that are exact, and those of negative numbers.

use super::accuracy::{bounds, single_error};
use super::{Bits, Function};
use crate::block::kernels::{BinaryOp, cpu};

const POWER: Function = Function::Two(BinaryOp::Power);

/// Numbers from 0 to 1.
fn units(seed: u64) -> impl FnMut() -> f64 {
    let mut bits = Bits(seed);
    move || (bits.next().unwrap_or_default() >> 11) as f64 / f64::exp2(53.0)
}

/// Numbers near 1, and exponents such that the powers have mantissas just under 2, for which a unit in the last
/// place is the least part of them.
fn great_powers() -> Vec<(f32, f32)> {
    let mut next = units(11);
    let of = |x: f64, exponent: f64| (x as f32, (exponent / f64::from(x as f32).log2()) as f32);
    let found = [(1.0383444, 2357.7388), (1.0416433, 2174.591), (1.0383444, -2106.7983)];
    let near = (0..400_000).map(|i| {
        let x = match i % 4 {
            0 => 1.034 + next() * 0.008,
            1 => 1.005 + next() * 0.003,
            2 => 0.93 + next() * 0.14,
            _ => 0.5 + next(),
        };
        let whole = if i % 3 == 0 {
            -126.0 + (next() * 40.0).floor()
        } else {
            100.0 + (next() * 29.0).floor()
        };
        of(x, whole - next() * next() * 0.3)
    });
    let border = units(12);
    let at_the_border = (0..20_000).scan(border, |next, _| {
        Some(of(1.0 + next() * 0.05, 128.0 + (next() - 0.5) * f64::exp2(-20.0)))
    });
    let mut wide = units(13);
    let any = (0..100_000).map(|_| of(f64::exp2(wide() * 250.0 - 125.0), wide() * 290.0 - 155.0));
    let all = found.into_iter().chain(near).chain(at_the_border).chain(any);
    all.filter(|&(x, y)| x != 1.0 && y.is_finite()).collect()
}

#[test]
fn great_powers_of_numbers_near_1_stay_within_the_bound() {
    let (_, bound) = bounds(POWER);
    let pairs = great_powers();
    for (value, &(x, y)) in POWER.values(&pairs).into_iter().zip(&pairs) {
        let exact = f64::from(x).powf(f64::from(y));
        let error = single_error(value, exact);
        assert!(error <= bound, "{x}^{y}: {value} is {error} from {exact}");
    }
}

#[test]
fn powers_that_are_numbers_are_those() {
    let is_single = |power: u64| power >> power.trailing_zeros() < 1 << 24;
    let mut exact = Vec::new();
    for root in 1..4200_u64 {
        for y in 1..24 {
            let Some(power) = root.checked_pow(y).filter(|&power| is_single(power)) else {
                continue;
            };
            exact.push((root as f32, y as f32, power as f32));
            for scale in [-40, -3, 5] {
                let by = |n: i32| f32::exp2(n as f32);
                if (-149..=60).contains(&(scale * y.cast_signed())) {
                    let power = power as f32 * by(scale * y.cast_signed());
                    exact.push((root as f32 * by(scale), y as f32, power));
                }
            }
            for bits in 1..4 {
                // The root of a power of the root.
                if let Some(x) = root.checked_pow(1 << bits).filter(|&x| is_single(x)) {
                    exact.push((x as f32, y as f32 / (1 << bits) as f32, power as f32));
                }
            }
            if root.is_power_of_two() {
                exact.push((root as f32, -(y as f32), 1.0 / power as f32));
            }
        }
    }
    for exponent in -126..128 {
        let x = f32::exp2(exponent as f32) * 1.375;
        exact
            .extend([(x, 1.0, x), (f32::exp2(exponent as f32), -1.0, f32::exp2(-exponent as f32))]);
    }
    assert!(exact.len() > 20_000, "{}", exact.len());
    let (pairs, powers): (Vec<_>, Vec<f32>) =
        exact.into_iter().map(|(x, y, power)| ((x, y), power)).unzip();
    cpu::each_level(|| {
        for ((value, power), (x, y)) in POWER.values(&pairs).iter().zip(&powers).zip(&pairs) {
            assert_eq!(value, power, "{x}^{y}");
        }
    });
}

#[test]
fn negative_numbers_have_the_powers_of_their_sizes() {
    let pairs: Vec<(f32, f32)> =
        great_powers().into_iter().take(5000).map(|(x, y)| (x, (y / 2.0).round())).collect();
    let powers = POWER.values(&pairs);
    let negative: Vec<(f32, f32)> = pairs.iter().map(|&(x, y)| (-x, y)).collect();
    for ((negative, positive), (x, y)) in POWER.values(&negative).into_iter().zip(powers).zip(pairs)
    {
        let expected = if y % 2.0 == 0.0 { positive } else { -positive };
        assert_eq!(negative.to_bits(), expected.to_bits(), "{x}^{y}");
    }
}
