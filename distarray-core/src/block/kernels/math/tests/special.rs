//! Special values: those of C99's Annex F.

use super::{BINARY, Function};

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

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
