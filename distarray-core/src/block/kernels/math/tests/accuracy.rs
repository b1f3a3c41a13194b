//! Errors against values with twice as many digits, made by `reference.py`, and of single precision
//! against double.

use super::{Bits, Function};

/// Function, operands, and the value as the sum of two numbers, the second scaled as `reference.py`
/// says; bits in hexadecimal.
const REFERENCE: &str = include_str!("reference.txt");

/// The bounds for `f64` and `f32` that the table of the module's documentation states.
pub(super) fn bounds(function: Function) -> (f64, f64) {
    let name = format!("`{}`", function.name());
    let row = include_str!("../bounds.md")
        .lines()
        .filter_map(|line| line.strip_prefix('|'))
        .find(|row| row.split('|').next().is_some_and(|names| names.contains(&name)))
        .unwrap_or_else(|| panic!("the table has a row of {name}"));
    let cells: Vec<f64> = row.split('|').filter_map(|cell| cell.trim().parse().ok()).collect();
    (cells[0], cells[1])
}

/// The distance of a value from `exact + rest` in units of the last of so many bits of the latter,
/// where the least unit is a power of 2.
fn error(value: f64, exact: f64, rest: f64, digits: i32, least: i32) -> f64 {
    if value == exact || (value.is_nan() && exact.is_nan()) {
        // Infinities, and what has no more digits.
        return if exact.is_finite() { distance(0.0, exact, rest, digits, least) } else { 0.0 };
    }
    if !value.is_finite() || !exact.is_finite() {
        return f64::INFINITY;
    }
    distance(value - exact, exact, rest, digits, least)
}

fn distance(difference: f64, exact: f64, rest: f64, digits: i32, least: i32) -> f64 {
    let exponent = match exact.abs() {
        size if size < f64::MIN_POSITIVE => least,
        size => (((size.to_bits() >> 52) as i32 - 1023) - (digits - 1)).max(least),
    };
    let raised = if exact.abs() < f64::exp2(-900.0) { 1000 } else { 0 };
    (scaled(difference, -exponent) - scaled(rest, -exponent - raised)).abs()
}

/// `x 2^n`, in two steps, for the power need not be a number.
fn scaled(x: f64, n: i32) -> f64 {
    x * f64::exp2(f64::from(n / 2)) * f64::exp2(f64::from(n - n / 2))
}

/// As [`error`], of single precision: infinity is the power of 2 after the greatest number for what is less than that.
pub(super) fn single_error(value: f32, exact: f64) -> f64 {
    let after = f64::exp2(128.0);
    if exact.abs() > after * (1.0 + f64::exp2(-20.0)) && value.is_finite() {
        return f64::INFINITY;
    }
    let exact = exact.clamp(-after, after);
    if value.is_infinite() || exact.abs() == after {
        let value = if value.is_infinite() { after.copysign(value.into()) } else { value.into() };
        return (value - exact).abs() / f64::exp2(104.0);
    }
    error(value.into(), exact, 0.0, 24, -149)
}

#[test]
fn errors_of_double_precision_stay_within_their_bounds() {
    let mut worst = std::collections::BTreeMap::new();
    for line in REFERENCE.lines() {
        let (name, numbers) = line.split_once(' ').expect("a name and numbers");
        let number = |text| f64::from_bits(u64::from_str_radix(text, 16).expect("bits"));
        let numbers: Vec<f64> = numbers.split(' ').map(number).collect();
        let &[a, b, exact, rest] = &numbers[..] else { panic!("four numbers: {line}") };
        let value = Function::named(name).value(a, b);
        let error = error(value, exact, rest, 53, -1074);
        let worst = worst.entry(name).or_insert((0.0, a, b, value, exact));
        if error > worst.0 {
            *worst = (error, a, b, value, exact);
        }
    }
    assert_eq!(worst.len(), Function::all().count(), "each function has its values");
    for (name, worst) in worst {
        let (bound, _) = bounds(Function::named(name));
        assert!(worst.0 <= bound, "{name}: {worst:?} is more than {bound}");
    }
}

#[test]
fn errors_of_single_precision_stay_within_their_bounds() {
    for function in Function::all() {
        let (_, bound) = bounds(function);
        let operand = |bits: u64, i: usize| match i % 2 {
            0 => f32::from_bits(bits as u32),
            _ => ((bits >> 40) as f32 / f32::exp2(24.0) - 0.5) * f32::exp2((i % 16) as f32 - 6.0),
        };
        let bits: Vec<u64> = Bits(3).take(40_000).collect();
        let operands: Vec<(f32, f32)> = bits
            .chunks(2)
            .enumerate()
            .map(|(i, pair)| (operand(pair[0], i), operand(pair[1], i / 2)))
            .collect();
        let wide: Vec<(f64, f64)> = operands.iter().map(|&(a, b)| (a.into(), b.into())).collect();
        for ((value, exact), operands) in
            function.values(&operands).into_iter().zip(function.values(&wide)).zip(&operands)
        {
            let error = single_error(value, exact);
            assert!(
                error <= bound,
                "{function:?} of {operands:?}: {value} is {error} from {exact}"
            );
        }
    }
}
