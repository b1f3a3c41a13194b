//! Arrays are printed as NumPy prints them: the expected texts are NumPy's.

use distarray_core::Result;
use distarray_core::array::DisplayOptions;
use distarray_core::prelude::*;

const DOUBLES: &[(&[f64], &str)] = &[
    (&[1.0, 2.5, -3.0], "[ 1.   2.5 -3. ]"),
    (&[0.1, 10000000000.0], "[1.e-01 1.e+10]"),
    (&[1e-05, 1.0], "[1.e-05 1.e+00]"),
    (&[0.3333333333333333, 0.6666666666666666], "[0.33333333 0.66666667]"),
    (&[f64::NAN, 1.0, f64::INFINITY], "[nan  1. inf]"),
    (&[f64::NEG_INFINITY, 2.25], "[-inf 2.25]"),
    (&[1e+300, 1e-300], "[1.e+300 1.e-300]"),
    (&[123456789.123, 1.0], "[1.23456789e+08 1.00000000e+00]"),
    (&[1e+16, 1.0], "[1.e+16 1.e+00]"),
    (&[12345678.0], "[12345678.]"),
    (&[100000000.0, 1.0], "[1.e+08 1.e+00]"),
    (&[-1.5e-07, 3.0], "[-1.5e-07  3.0e+00]"),
    (&[-0.0, 0.0], "[-0.  0.]"),
    (&[0.00011, 0.1], "[0.00011 0.1    ]"),
    (&[999.0, 1.0], "[999.   1.]"),
    (&[1001.0, 1.0], "[1.001e+03 1.000e+00]"),
    (&[f64::NAN], "[nan]"),
    (&[f64::INFINITY, f64::NEG_INFINITY], "[ inf -inf]"),
    (&[1.123456789, 2.0], "[1.12345679 2.        ]"),
    (&[5e-324], "[5.e-324]"),
    (&[0.0], "[0.]"),
];

const SINGLES: &[(&[f32], &str)] = &[
    (&[0.1, 0.25], "[0.1  0.25]"),
    (&[7.125_001, -1000.5], "[    7.125001 -1000.5     ]"),
    (&[158_554.63, 1.0], "[1.5855462e+05 1.0000000e+00]"),
    (&[16777216.0, 0.5], "[1.6777216e+07 5.0000000e-01]"),
    (&[0.999_627_77, 0.0001], "[9.9962777e-01 9.9999997e-05]"),
    (&[999_999.0, 1000.0], "[999999.   1000.]"),
    (&[1e6, 1e5], "[1.e+06 1.e+05]"),
    (&[999_999.0, 0.5], "[9.99999e+05 5.00000e-01]"),
    (&[0.0001, 0.01], "[0.0001 0.01  ]"),
    (&[1e-5, 1.0], "[1.e-05 1.e+00]"),
    (&[f32::MAX, f32::INFINITY], "[3.4028235e+38           inf]"),
    (&[0.1, f32::NAN], "[0.1 nan]"),
];

const COMPLEX: &[(&[Complex64], &str)] = &[
    (&[Complex64::new(1.0, 2.0), Complex64::new(3.5, -1.0)], "[1. +2.j 3.5-1.j]"),
    (
        &[Complex64::new(f64::NAN, 1.0), Complex64::new(0.0, f64::NEG_INFINITY)],
        "[nan +1.j  0.-infj]",
    ),
    (&[Complex64::new(10000000000.0, 1.0), Complex64::new(0.0, 0.5)], "[1.e+10+1.j  0.e+00+0.5j]"),
    (&[Complex64::new(0.1, 0.2), Complex64::new(-0.0, -1e-5)], "[ 0.1+2.e-01j -0. -1.e-05j]"),
    (&[Complex64::new(f64::INFINITY, -0.0)], "[inf-0.j]"),
];

const SINGLE_COMPLEX: &[(&[Complex32], &str)] = &[
    (&[Complex32::new(1.0, 2.0), Complex32::new(-0.5, 0.25)], "[ 1. +2.j   -0.5+0.25j]"),
    (&[Complex32::new(0.1, 1e6), Complex32::new(0.0, 2.0)], "[0.1+1.e+06j 0. +2.e+00j]"),
    (&[Complex32::new(f32::NAN, 1.0), Complex32::new(0.0, f32::NAN)], "[nan +1.j  0.+nanj]"),
];

/// Arrays without axes.
const ALONE: &[(f64, &str)] = &[
    (5.0, "5.0"),
    (0.1, "0.1"),
    (1e-05, "1e-05"),
    (1e+16, "1e+16"),
    (123456.789, "123456.789"),
    (f64::NAN, "nan"),
    (f64::NEG_INFINITY, "-inf"),
    (-0.0, "-0.0"),
    (1e+22, "1e+22"),
    (0.0001, "0.0001"),
];

/// Shapes, filled with the multiples of seven.
const SHAPES: &[(&[usize], &str)] = &[
    (&[0], "[]"),
    (&[0, 3], "[]"),
    (&[2, 0, 3], "[]"),
    (&[1], "[0]"),
    (&[1, 1, 1], "[[[0]]]"),
    (
        &[2, 3, 4],
        "[[[  0   7  14  21]\n  [ 28  35  42  49]\n  [ 56  63  70  77]]\n\n [[ 84  91  98 105]\n  [112 119 126 133]\n  [140 147 154 161]]]",
    ),
    (
        &[40],
        "[  0   7  14  21  28  35  42  49  56  63  70  77  84  91  98 105 112 119\n 126 133 140 147 154 161 168 175 182 189 196 203 210 217 224 231 238 245\n 252 259 266 273]",
    ),
    (
        &[3, 2, 1, 2],
        "[[[[ 0  7]]\n\n  [[14 21]]]\n\n\n [[[28 35]]\n\n  [[42 49]]]\n\n\n [[[56 63]]\n\n  [[70 77]]]]",
    ),
    (&[2000], "[    0     7    14 ... 13979 13986 13993]"),
    (
        &[40, 50],
        "[[    0     7    14 ...   329   336   343]\n [  350   357   364 ...   679   686   693]\n [  700   707   714 ...  1029  1036  1043]\n ...\n [12950 12957 12964 ... 13279 13286 13293]\n [13300 13307 13314 ... 13629 13636 13643]\n [13650 13657 13664 ... 13979 13986 13993]]",
    ),
    (
        &[3, 4, 200],
        "[[[    0     7    14 ...  1379  1386  1393]\n  [ 1400  1407  1414 ...  2779  2786  2793]\n  [ 2800  2807  2814 ...  4179  4186  4193]\n  [ 4200  4207  4214 ...  5579  5586  5593]]\n\n [[ 5600  5607  5614 ...  6979  6986  6993]\n  [ 7000  7007  7014 ...  8379  8386  8393]\n  [ 8400  8407  8414 ...  9779  9786  9793]\n  [ 9800  9807  9814 ... 11179 11186 11193]]\n\n [[11200 11207 11214 ... 12579 12586 12593]\n  [12600 12607 12614 ... 13979 13986 13993]\n  [14000 14007 14014 ... 15379 15386 15393]\n  [15400 15407 15414 ... 16779 16786 16793]]]",
    ),
    (
        &[7, 2, 150],
        "[[[    0     7    14 ...  1029  1036  1043]\n  [ 1050  1057  1064 ...  2079  2086  2093]]\n\n [[ 2100  2107  2114 ...  3129  3136  3143]\n  [ 3150  3157  3164 ...  4179  4186  4193]]\n\n [[ 4200  4207  4214 ...  5229  5236  5243]\n  [ 5250  5257  5264 ...  6279  6286  6293]]\n\n ...\n\n [[ 8400  8407  8414 ...  9429  9436  9443]\n  [ 9450  9457  9464 ... 10479 10486 10493]]\n\n [[10500 10507 10514 ... 11529 11536 11543]\n  [11550 11557 11564 ... 12579 12586 12593]]\n\n [[12600 12607 12614 ... 13629 13636 13643]\n  [13650 13657 13664 ... 14679 14686 14693]]]",
    ),
    (&[1001, 1], "[[   0]\n [   7]\n [  14]\n ...\n [6986]\n [6993]\n [7000]]"),
    (&[1, 1001], "[[   0    7   14 ... 6986 6993 7000]]"),
];

fn text<T: Element>(ctx: &Context, values: &[T], dists: &str) -> Result<String> {
    let array = ctx.from_ndarray(&ndarray::ArrayView1::from(values), dists)?;
    Ok(array.display()?.to_string())
}

#[test]
fn numbers_stand_in_columns() -> Result<()> {
    let ctx = Context::solo();
    for (values, expected) in DOUBLES {
        assert_eq!(text(&ctx, values, "b")?, *expected);
    }
    for (values, expected) in SINGLES {
        assert_eq!(text(&ctx, values, "b")?, *expected);
    }
    for (values, expected) in COMPLEX {
        assert_eq!(text(&ctx, values, "b")?, *expected);
    }
    for (values, expected) in SINGLE_COMPLEX {
        assert_eq!(text(&ctx, values, "b")?, *expected);
    }
    Ok(())
}

#[test]
fn integers_and_truth_values_are_equally_wide() -> Result<()> {
    let ctx = Context::solo();
    assert_eq!(text(&ctx, &[true, false], "b")?, "[ True False]");
    assert_eq!(text(&ctx, &[true, true], "b")?, "[ True  True]");
    assert_eq!(text(&ctx, &[false], "b")?, "[False]");
    assert_eq!(text(&ctx, &[i8::MIN, -1, i8::MAX], "b")?, "[-128   -1  127]");
    assert_eq!(text(&ctx, &[i16::MIN, -1, i16::MAX], "b")?, "[-32768     -1  32767]");
    assert_eq!(text(&ctx, &[i32::MIN, 7], "b")?, "[-2147483648           7]");
    assert_eq!(text(&ctx, &[i64::MIN, 7], "b")?, "[-9223372036854775808                    7]");
    assert_eq!(text(&ctx, &[1_u8, 200], "b")?, "[  1 200]");
    assert_eq!(text(&ctx, &[0, 7, u16::MAX], "b")?, "[    0     7 65535]");
    assert_eq!(text(&ctx, &[7, u32::MAX], "b")?, "[         7 4294967295]");
    assert_eq!(text(&ctx, &[7, u64::MAX], "b")?, "[                   7 18446744073709551615]");
    Ok(())
}

#[test]
fn one_value_stands_alone() -> Result<()> {
    let ctx = Context::solo();
    for &(value, expected) in ALONE {
        assert_eq!(ctx.full(value, [0; 0])?.display()?.to_string(), expected);
    }
    let single = |value: f32| Ok::<_, Error>(ctx.full(value, [0; 0])?.display()?.to_string());
    assert_eq!(single(0.1)?, "0.1");
    assert_eq!(single(999_999.0)?, "999999.0");
    assert_eq!(single(1e6)?, "1e+06");
    assert_eq!(single(1e-4)?, "1e-04");
    assert_eq!(ctx.full(true, [0; 0])?.display()?.to_string(), "True");
    assert_eq!(ctx.full(u64::MAX, [0; 0])?.display()?.to_string(), "18446744073709551615");
    let complex = |re, im| {
        let value = Complex64::new(re, im);
        Ok::<_, Error>(ctx.full(value, [0; 0])?.display()?.to_string())
    };
    assert_eq!(complex(1.0, -2.0)?, "(1-2j)");
    assert_eq!(complex(0.0, 2.0)?, "2j");
    assert_eq!(complex(-0.0, 2.0)?, "(-0+2j)");
    assert_eq!(complex(1e6, 1.0)?, "(1000000+1j)");
    assert_eq!(complex(f64::NAN, f64::INFINITY)?, "(nan+infj)");
    let z = Complex32::new(1e6, 1.0);
    assert_eq!(ctx.full(z, [0; 0])?.display()?.to_string(), "(1e+06+1j)");
    Ok(())
}

/// The same from any distribution, on every rank.
#[test]
fn shapes_are_nested_wrapped_and_cut() -> Result<()> {
    for ranks in 1..=4 {
        distarray_threads::run(ranks, |comm| {
            let ctx = Context::new(comm);
            for (shape, expected) in SHAPES {
                let number = |at: &[usize]| {
                    7 * at.iter().zip(*shape).fold(0, |n, (i, extent)| n * extent + i) as i64
                };
                for dists in ["b", "c:3", "n,b"] {
                    if dists.split(',').count() > shape.len() {
                        continue;
                    }
                    let array = ctx.from_fn((*shape, dists), number)?;
                    assert_eq!(array.display()?.to_string(), *expected, "{dists}");
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn settings_are_numpys() -> Result<()> {
    let ctx = Context::solo();
    let a = ctx.linspace(0.0, 1.0, 7)?;
    let with = |options| a.display_with(options).map(|printed| printed.to_string());
    let defaults = DisplayOptions::default();
    assert_eq!(
        with(DisplayOptions { precision: 3, ..defaults })?,
        "[0.    0.167 0.333 0.5   0.667 0.833 1.   ]"
    );
    let short = DisplayOptions { threshold: 5, edge_items: 2, ..defaults };
    assert_eq!(with(short)?, "[0.         0.16666667 ... 0.83333333 1.        ]");
    let narrow = DisplayOptions { line_width: 30, ..defaults };
    assert_eq!(
        with(narrow)?,
        "[0.         0.16666667\n 0.33333333 0.5\n 0.66666667 0.83333333\n 1.        ]"
    );
    let narrowest = DisplayOptions { line_width: 1, ..defaults };
    let three = ctx.arange(0_i64, 3, 1)?;
    assert_eq!(three.display_with(narrowest)?.to_string(), "[0\n 1\n 2]");
    let values = [Complex64::new(10.17, 1.0), Complex64::new(0.0, f64::NAN)];
    let z = ctx.from_ndarray(&ndarray::ArrayView1::from(&values), "b")?;
    let whole = DisplayOptions { precision: 0, ..defaults };
    assert_eq!(z.display_with(whole)?.to_string(), "[10. +1.j  0.+nanj]");
    let none = DisplayOptions { threshold: 5, edge_items: 0, ..defaults };
    assert_eq!(with(none)?, "[...]");
    let tiny = ctx.full(1e-7, 2)?;
    let plain = DisplayOptions { suppress_small: true, ..defaults };
    assert_eq!(tiny.display_with(plain)?.to_string(), "[0.0000001 0.0000001]");
    Ok(())
}
