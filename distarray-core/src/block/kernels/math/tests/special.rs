//! Special values: those of C99's Annex F.

use std::f64::consts::{FRAC_PI_2, PI};

use super::{BINARY, Function};

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;
const QUARTER_PI: f64 = FRAC_PI_2 / 2.0;

/// Function, operand, value.
const ONE: &[(&str, f64, f64)] = &[
    ("exp", 0.0, 1.0),
    ("exp", -0.0, 1.0),
    ("exp", INF, INF),
    ("exp", -INF, 0.0),
    ("exp", 710.0, INF),
    ("exp", -746.0, 0.0),
    ("log", 1.0, 0.0),
    ("log", 0.0, -INF),
    ("log", -0.0, -INF),
    ("log", INF, INF),
    ("log", -1.0, NAN),
    ("log", -INF, NAN),
    ("sin", 0.0, 0.0),
    ("sin", -0.0, -0.0),
    ("sin", INF, NAN),
    ("sin", 5e-324, 5e-324),
    ("cos", 0.0, 1.0),
    ("cos", -0.0, 1.0),
    ("cos", -INF, NAN),
    ("tan", 0.0, 0.0),
    ("tan", -0.0, -0.0),
    ("tan", INF, NAN),
    ("exp2", -0.0, 1.0),
    ("exp2", 10.0, 1024.0),
    ("exp2", -1074.0, 5e-324),
    ("exp2", 1023.0, 8.98846567431158e307),
    ("exp2", 1024.0, INF),
    ("exp2", -1076.0, 0.0),
    ("exp2", INF, INF),
    ("exp2", -INF, 0.0),
    ("expm1", 0.0, 0.0),
    ("expm1", -0.0, -0.0),
    ("expm1", 5e-324, 5e-324),
    ("expm1", INF, INF),
    ("expm1", 710.0, INF),
    ("expm1", -INF, -1.0),
    ("expm1", -800.0, -1.0),
    ("log2", 8.0, 3.0),
    ("log2", 5e-324, -1074.0),
    ("log2", 1.0, 0.0),
    ("log2", -0.0, -INF),
    ("log2", -1.0, NAN),
    ("log2", INF, INF),
    ("log10", 1000.0, 3.0),
    ("log10", 1e22, 22.0),
    ("log10", 1.0, 0.0),
    ("log10", 0.0, -INF),
    ("log10", -1.0, NAN),
    ("log10", INF, INF),
    ("log1p", 0.0, 0.0),
    ("log1p", -0.0, -0.0),
    ("log1p", 5e-324, 5e-324),
    ("log1p", -1.0, -INF),
    ("log1p", -1.5, NAN),
    ("log1p", INF, INF),
    ("arcsin", -0.0, -0.0),
    ("arcsin", 1.0, FRAC_PI_2),
    ("arcsin", -1.0, -FRAC_PI_2),
    ("arcsin", 1.5, NAN),
    ("arcsin", -INF, NAN),
    ("arccos", 1.0, 0.0),
    ("arccos", 0.0, FRAC_PI_2),
    ("arccos", -1.0, PI),
    ("arccos", -1.5, NAN),
    ("arctan", -0.0, -0.0),
    ("arctan", INF, FRAC_PI_2),
    ("arctan", -INF, -FRAC_PI_2),
    ("sinh", -0.0, -0.0),
    ("sinh", -INF, -INF),
    ("sinh", 711.0, INF),
    ("cosh", -0.0, 1.0),
    ("cosh", -INF, INF),
    ("cosh", 711.0, INF),
    ("tanh", -0.0, -0.0),
    ("tanh", INF, 1.0),
    ("tanh", -INF, -1.0),
    ("arcsinh", -0.0, -0.0),
    ("arcsinh", -INF, -INF),
    ("arccosh", 1.0, 0.0),
    ("arccosh", 0.5, NAN),
    ("arccosh", -INF, NAN),
    ("arccosh", INF, INF),
    ("arctanh", -0.0, -0.0),
    ("arctanh", 1.0, INF),
    ("arctanh", -1.0, -INF),
    ("arctanh", 1.5, NAN),
    ("cbrt", -0.0, -0.0),
    ("cbrt", -27.0, -3.0),
    ("cbrt", -INF, -INF),
    ("erf", -0.0, -0.0),
    ("erf", INF, 1.0),
    ("erf", -INF, -1.0),
    ("erfc", 0.0, 1.0),
    ("erfc", INF, 0.0),
    ("erfc", -INF, 2.0),
];

/// Function, operands, value.
const TWO: &[(&str, f64, f64, f64)] = &[
    ("power", 0.0, 3.0, 0.0),
    ("power", -0.0, 3.0, -0.0),
    ("power", -0.0, 2.0, 0.0),
    ("power", 0.0, -3.0, INF),
    ("power", -0.0, -3.0, -INF),
    ("power", -0.0, -2.0, INF),
    ("power", -0.0, 0.5, 0.0),
    ("power", 0.0, -INF, INF),
    ("power", -1.0, INF, 1.0),
    ("power", -1.0, -INF, 1.0),
    ("power", 1.0, NAN, 1.0),
    ("power", NAN, 0.0, 1.0),
    ("power", NAN, 1.0, NAN),
    ("power", 2.0, NAN, NAN),
    ("power", -2.0, 3.0, -8.0),
    ("power", -2.0, 2.0, 4.0),
    ("power", -2.0, 0.5, NAN),
    ("power", 0.5, INF, 0.0),
    ("power", 0.5, -INF, INF),
    ("power", 2.0, INF, INF),
    ("power", 2.0, -INF, 0.0),
    ("power", INF, 2.0, INF),
    ("power", INF, -2.0, 0.0),
    ("power", -INF, 3.0, -INF),
    ("power", -INF, 2.0, INF),
    ("power", -INF, -3.0, -0.0),
    ("power", -INF, -2.0, 0.0),
    ("power", -2.0, 1e300, INF),
    ("power", 2.0, 1024.0, INF),
    ("power", 2.0, -1074.0, 5e-324),
    ("power", 2.0, -1e300, 0.0),
    ("hypot", 3.0, -4.0, 5.0),
    ("hypot", -0.0, -0.0, 0.0),
    ("hypot", 5e-324, 0.0, 5e-324),
    ("hypot", 1e308, 0.0, 1e308),
    ("hypot", 1.7e308, 1.7e308, INF),
    ("hypot", NAN, -INF, INF),
    ("hypot", INF, NAN, INF),
    ("arctan2", 0.0, 0.0, 0.0),
    ("arctan2", -0.0, 0.0, -0.0),
    ("arctan2", 0.0, -0.0, PI),
    ("arctan2", -0.0, -0.0, -PI),
    ("arctan2", -0.0, -1.0, -PI),
    ("arctan2", 0.0, 1.0, 0.0),
    ("arctan2", 1.0, -0.0, FRAC_PI_2),
    ("arctan2", -1.0, 0.0, -FRAC_PI_2),
    ("arctan2", 1.0, -INF, PI),
    ("arctan2", -1.0, INF, -0.0),
    ("arctan2", INF, -1.0, FRAC_PI_2),
    ("arctan2", INF, INF, QUARTER_PI),
    ("arctan2", -INF, -INF, -3.0 * QUARTER_PI),
    ("arctan2", 1e-300, 1e300, 0.0),
    ("arctan2", 1e300, -1e-300, FRAC_PI_2),
];

fn check(name: &str, a: f64, b: f64, expected: f64) {
    let function = Function::named(name);
    let value = function.value(a, b);
    let same = value == expected && value.is_sign_negative() == expected.is_sign_negative();
    assert!(same || (value.is_nan() && expected.is_nan()), "{name}({a}, {b}) is {value}");
    // What single precision can say is the same there.
    let exact = |x: f64| x.is_nan() || f64::from(x as f32) == x;
    if exact(a) && exact(b) && exact(expected) {
        let single = f64::from(function.value(a as f32, b as f32));
        let same = single == expected && single.is_sign_negative() == expected.is_sign_negative();
        assert!(
            same || (single.is_nan() && expected.is_nan()),
            "{name}({a}, {b}) is {single} as f32"
        );
    }
}

#[test]
fn special_values_are_those_of_annex_f() {
    ONE.iter().for_each(|&(name, a, expected)| check(name, a, 1.0, expected));
    TWO.iter().for_each(|&(name, a, b, expected)| check(name, a, b, expected));
}

#[test]
fn not_a_number_gives_not_a_number() {
    for function in Function::all() {
        check(function.name(), NAN, 2.0, NAN);
    }
    for op in BINARY {
        check(op.name(), 2.0, NAN, NAN);
    }
}
