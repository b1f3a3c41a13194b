//! Powers of single precision where their errors are greatest, and those that are exact.

use super::accuracy::{bounds, error};
use super::{Bits, Function, operands};
use crate::block::kernels::{BinaryOp, cpu};

const POWER: Function = Function::Two(BinaryOp::Power);

#[test]
fn great_powers_of_numbers_near_1_stay_within_the_bound() {
    let (_, bound) = bounds(POWER);
    let unit = |bits: u64| (bits >> 11) as f64 / f64::exp2(53.0);
    let mut bits = Bits(11);
    let mut next = || unit(bits.next().unwrap_or_default());
    let pairs: Vec<(f32, f32)> = (0..300_000)
        .filter_map(|i| {
            let (x, exponent) = (1.0 + (next() - 0.5) * 0.12, next() * 290.0 - 155.0);
            let x = if i % 3 == 0 { x + next() } else { x } as f32;
            let y = (exponent / f64::from(x).log2()) as f32;
            y.is_finite().then_some((x, y))
        })
        .collect();
    let values = POWER.values(&pairs);
    for (value, &(x, y)) in values.into_iter().zip(&pairs) {
        let exact = f64::from(x).powf(f64::from(y));
        if exact < f64::from(f32::MAX) {
            let error = error(f64::from(value), exact, 0.0, 24, -149);
            assert!(error <= bound, "{x}^{y}: {value} is {error} from {exact}");
        } else {
            assert!(value >= f32::MAX, "{x}^{y}: {value}");
        }
    }
}

#[test]
fn powers_that_are_numbers_are_those() {
    let mut exact = Vec::new();
    for x in 1..4200_u64 {
        for y in 1..24 {
            if let Some(power) =
                x.checked_pow(y).filter(|power| power >> power.trailing_zeros() < 1 << 24)
            {
                exact.push(((x as f32, y as f32), power as f32));
                exact.push(((power as f32, 1.0 / y as f32), x as f32));
                if x.is_power_of_two() {
                    exact.push(((x as f32, -(y as f32)), 1.0 / power as f32));
                }
            }
        }
    }
    // The inverse of a root is a number where the root is a power of 2.
    exact.retain(|&((_, y), _)| y.fract() == 0.0 || y.log2().fract() == 0.0);
    assert!(exact.len() > 9000, "{}", exact.len());
    let (pairs, powers): (Vec<_>, Vec<f32>) = exact.into_iter().unzip();
    cpu::each_level(|| assert_eq!(POWER.values(&pairs), powers));
}

#[test]
fn bits_are_those_of_one_number_at_a_time() {
    let pairs: Vec<(f32, f32)> =
        operands(5, 3000).iter().map(|&(a, b)| (a.abs() as f32, b as f32)).collect();
    let expected: Vec<u32> = pairs.iter().map(|&(x, y)| POWER.value(x, y).to_bits()).collect();
    cpu::each_level(|| {
        for count in [1, 7, 8, 9, 15, 16, 17, 127, 128, 129, 3000] {
            let values = POWER.values(&pairs[..count]);
            let same = values.iter().zip(&expected).all(|(value, bits)| {
                value.to_bits() == *bits || (value.is_nan() && f32::from_bits(*bits).is_nan())
            });
            assert!(same, "{count}");
        }
    });
}
