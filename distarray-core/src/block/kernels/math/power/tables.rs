//! What the powers of single precision are looked up in.

/// The least `m`; 1 lies within a part, whose `c` is 1, far enough from its ends.
pub(super) const LEAST: u32 = 0x3f28_f2c0;

/// `c` of each part of the `m`.
pub(super) const INVERSES: [f32; 32] = [
    1.5, 1.46875, 1.4375, 1.40625, 1.375, 1.34375, 1.3125, 1.28125, 1.265625, 1.234375, 1.21875,
    1.1875, 1.171875, 1.140625, 1.125, 1.109375, 1.09375, 1.0625, 1.046875, 1.03125, 1.015625, 1.0,
    0.984375, 0.953125, 0.921875, 0.890625, 0.875, 0.84375, 0.828125, 0.8046875, 0.78125, 0.765625,
];

/// `-log2 c`, of which the first part is a multiple of 2^-16: its sum with an `e` is exact.
pub(super) const LOGS: [[f32; 32]; 2] = [
    [
        -0.58496094,
        -0.55459595,
        -0.5235596,
        -0.4918518,
        -0.45942688,
        -0.42626953,
        -0.39231873,
        -0.3575592,
        -0.33984375,
        -0.30378723,
        -0.2854004,
        -0.2479248,
        -0.2288208,
        -0.18981934,
        -0.16992188,
        -0.14974976,
        -0.12928772,
        -0.08746338,
        -0.066085815,
        -0.044387817,
        -0.022369385,
        0.0,
        0.022720337,
        0.06925964,
        0.11735535,
        0.16711426,
        0.19264221,
        0.24511719,
        0.27207947,
        0.31350708,
        0.35614014,
        0.38528442,
    ],
    [
        -1.5632212e-06,
        7.095588e-06,
        -2.3857444e-06,
        -1.2896891e-06,
        -4.7387543e-06,
        4.776548e-06,
        1.3028072e-06,
        7.1994837e-06,
        -6.2528848e-06,
        6.4832684e-06,
        -1.8282373e-06,
        -2.708756e-06,
        2.1102853e-06,
        -5.2229425e-06,
        -3.1264424e-06,
        2.6363548e-06,
        4.7027816e-06,
        5.376559e-07,
        -3.375028e-06,
        -6.3019756e-06,
        1.5717371e-06,
        0.0,
        -2.6041397e-07,
        3.0188824e-06,
        1.6039585e-06,
        -4.271977e-06,
        2.8660284e-06,
        -4.6896635e-06,
        7.7663366e-08,
        -7.6072615e-06,
        3.6735066e-06,
        5.7320567e-06,
    ],
];

/// `1 / ln 2` in two parts.
pub(super) const LOG2_E: [f32; 2] = [std::f32::consts::LOG2_E, 1.925_963e-8];

/// `(log2(1 + r) - r / ln 2) / r^2`; error of the logarithm, as a part of it, 2^-33.5.
pub(super) const LOG_TAIL: [f32; 4] = [-0.7213475, 0.48089832, -0.36080435, 0.28869444];

/// `2^(k / 32)` in two parts.
pub(super) const POWERS: [[f32; 32]; 2] = [
    [
        1.0,
        1.0218972,
        1.0442737,
        1.0671405,
        1.0905077,
        1.1143868,
        1.1387886,
        1.1637249,
        1.1892071,
        1.2152474,
        1.2418578,
        1.269051,
        1.2968396,
        1.3252367,
        1.3542556,
        1.38391,
        std::f32::consts::SQRT_2,
        1.4451808,
        1.4768262,
        1.5091645,
        1.5422108,
        1.5759809,
        1.6104903,
        1.6457555,
        1.6817929,
        1.7186193,
        1.7562522,
        1.7947091,
        1.8340081,
        1.8741677,
        1.9152066,
        1.9571441,
    ],
    [
        0.0,
        -4.81156e-8,
        4.83347e-8,
        -5.933752e-8,
        -1.307754e-8,
        -5.43554e-8,
        5.3862223e-8,
        -4.0514415e-8,
        3.7976353e-8,
        -3.267395e-8,
        4.496838e-8,
        1.4193333e-9,
        -4.0189995e-8,
        -3.4963733e-8,
        -1.0123349e-8,
        -5.8755774e-8,
        2.4203235e-8,
        3.3242e-8,
        -4.500899e-8,
        -2.4959373e-8,
        8.070905e-9,
        -5.6610254e-8,
        9.836217e-9,
        -5.124972e-8,
        -2.4755327e-8,
        -4.8496176e-8,
        -9.23577e-9,
        -1.1415045e-8,
        -1.1239278e-8,
        -4.6630056e-8,
        9.845328e-9,
        -1.7021804e-8,
    ],
];

/// `(2^r - 1) / r` for `|r| <= 1/64`; error of `2^r` 2^-33.
pub(super) const POWER_TAIL: [f32; 3] = [std::f32::consts::LN_2, 0.24022846, 0.055496767];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_those_of_their_functions() {
        let part = 1 << 18;
        for (i, &inverse) in INVERSES.iter().enumerate() {
            let ends = [0, part - 1].map(|more| f32::from_bits(LEAST + i as u32 * part + more));
            for m in ends {
                let r = m.mul_add(inverse, -1.0);
                assert_eq!(f64::from(r), f64::from(m) * f64::from(inverse) - 1.0, "{i}");
                assert!(r.abs() < 0.0225, "{i}: {r}");
            }
            let [main, rest] = LOGS.map(|part| f64::from(part[i]));
            assert_eq!((main * 65_536.0).fract(), 0.0, "{i}");
            assert!((main + rest + f64::from(inverse).log2()).abs() < f64::exp2(-40.0), "{i}");
            let [main, rest] = POWERS.map(|part| f64::from(part[i]));
            assert_eq!((main + rest) as f32, main as f32, "{i}");
            assert!((main + rest - (i as f64 / 32.0).exp2()).abs() < f64::exp2(-47.0), "{i}");
        }
        let [main, rest] = LOG2_E.map(f64::from);
        assert!((main + rest - std::f64::consts::LOG2_E).abs() < f64::exp2(-48.0));
        let polynomial = |x: f64, coefficients: &[f32]| {
            coefficients.iter().rev().fold(0.0, |sum, &c| sum * x + f64::from(c))
        };
        for i in -450_i32..=450 {
            let r = f64::from(i) / 20_000.0;
            let log = r * (main + rest) + r * r * polynomial(r, &LOG_TAIL);
            let exact = r.ln_1p() / std::f64::consts::LN_2;
            // Away from 1 a logarithm is greater than this part of it.
            let size = if i.abs() < 240 { exact.abs() } else { 0.03 };
            assert!((log - exact).abs() <= f64::exp2(-33.4) * size, "{r}");
            let r = r / 1.44;
            let power = 1.0 + r * polynomial(r, &POWER_TAIL);
            assert!((power - r.exp2()).abs() < f64::exp2(-33.0), "{r}");
        }
    }
}
