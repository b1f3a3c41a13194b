//! Elements as words of equal width, as NumPy writes them.

use super::DisplayOptions;
use crate::element::Scalar;

/// One word for each element; all are equally wide. A `single` one is no element of an axis and is
/// written by itself.
pub(super) fn words(elements: &[Scalar], single: bool, options: &DisplayOptions) -> Vec<String> {
    let of = |part: &dyn Fn(&Scalar) -> Option<Float>| -> Option<Vec<Float>> {
        elements.iter().map(part).collect()
    };
    if let Some(numbers) = of(&real) {
        return match single {
            true => numbers.iter().map(|number| number.alone()).collect(),
            false => numbers_in_columns(&numbers, false, options),
        };
    }
    if let (Some(re), Some(im)) = (of(&real_part), of(&imaginary_part)) {
        return match single {
            true => re.iter().zip(&im).map(|(re, im)| complex_alone(*re, *im)).collect(),
            false => complex_in_columns(&re, &im, options),
        };
    }
    let plain: Vec<String> = elements.iter().map(|element| truth(*element)).collect();
    let width = match (single, elements.first()) {
        (true, _) => 0,
        // NumPy makes all truth values as wide as the longest there is.
        (_, Some(Scalar::Bool(_))) => 5,
        _ => plain.iter().map(String::len).max().unwrap_or(0),
    };
    plain.into_iter().map(|word| format!("{word:>width$}")).collect()
}

fn truth(element: Scalar) -> String {
    match element {
        Scalar::Bool(true) => "True".to_owned(),
        Scalar::Bool(false) => "False".to_owned(),
        number => number.to_string(),
    }
}

fn real(element: &Scalar) -> Option<Float> {
    match *element {
        Scalar::F32(value) => Some(Float::Single(value)),
        Scalar::F64(value) => Some(Float::Double(value)),
        _ => None,
    }
}

fn real_part(element: &Scalar) -> Option<Float> {
    match *element {
        Scalar::C32(value) => Some(Float::Single(value.re)),
        Scalar::C64(value) => Some(Float::Double(value.re)),
        _ => None,
    }
}

fn imaginary_part(element: &Scalar) -> Option<Float> {
    match *element {
        Scalar::C32(value) => Some(Float::Single(value.im)),
        Scalar::C64(value) => Some(Float::Double(value.im)),
        _ => None,
    }
}

/// A floating-point number with the precision that its shortest form is meant for.
#[derive(Clone, Copy)]
enum Float {
    Single(f32),
    Double(f64),
}

impl Float {
    fn value(self) -> f64 {
        match self {
            Self::Single(value) => value.into(),
            Self::Double(value) => value,
        }
    }

    /// Digits without an exponent: the shortest that tell the number from its neighbours, but no
    /// more than so many after the point; before and after the point.
    fn positional(self, precision: usize) -> (String, String) {
        let shortest = match self {
            Self::Single(value) => value.to_string(),
            Self::Double(value) => value.to_string(),
        };
        let places = shortest.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let rounded = format!("{:.*}", places.min(precision), self.value());
        let digits = match places > precision || self.is(&rounded) {
            true => rounded,
            false => shortest,
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        (whole.to_owned(), fraction.trim_end_matches('0').to_owned())
    }

    /// Whether the text is this number. Of two shortest forms as near to it, NumPy takes the even
    /// one, as rounding does.
    fn is(self, text: &str) -> bool {
        match self {
            Self::Single(value) => text.parse() == Ok(value),
            Self::Double(value) => text.parse() == Ok(value),
        }
    }

    /// Digits with an exponent, likewise: before the point, after it, and the exponent.
    fn scientific(self, precision: usize) -> (String, String, i32) {
        let shortest = match self {
            Self::Single(value) => format!("{value:e}"),
            Self::Double(value) => format!("{value:e}"),
        };
        let fraction_of = |text: &str| {
            let mantissa = text.split('e').next().unwrap_or_default();
            mantissa.split_once('.').map_or(String::new(), |(_, fraction)| fraction.to_owned())
        };
        let places = fraction_of(&shortest).len();
        let rounded = format!("{:.*e}", places.min(precision), self.value());
        let text = match places > precision || self.is(&rounded) {
            true => rounded,
            false => shortest,
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let whole = mantissa.split('.').next().unwrap_or_default().to_owned();
        let fraction = fraction_of(&text).trim_end_matches('0').to_owned();
        (whole, fraction, exponent.parse().unwrap_or(0))
    }

    /// The number by itself: with an exponent where it is very small or large.
    fn alone(self) -> String {
        let value = self.value();
        if !value.is_finite() {
            return not_finite(value, false);
        }
        let magnitude = value.abs();
        let large = match self {
            Self::Single(_) => 1e6,
            Self::Double(_) => 1e16,
        };
        if magnitude != 0.0 && !(1e-4..large).contains(&magnitude) {
            let (whole, fraction, exponent) = self.scientific(usize::MAX);
            let point = if fraction.is_empty() { "" } else { "." };
            return format!("{whole}{point}{fraction}{}", exponent_of(exponent, 2));
        }
        let (whole, fraction) = self.positional(usize::MAX);
        let fraction = if fraction.is_empty() { "0" } else { &fraction };
        format!("{whole}.{fraction}")
    }
}

fn exponent_of(exponent: i32, digits: usize) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("e{sign}{:0digits$}", exponent.unsigned_abs())
}

fn not_finite(value: f64, plus: bool) -> String {
    let sign = match value {
        _ if value.is_nan() && plus => "+",
        _ if value.is_nan() => "",
        _ if value < 0.0 => "-",
        _ if plus => "+",
        _ => "",
    };
    format!("{sign}{}", if value.is_nan() { "nan" } else { "inf" })
}

fn with_sign(whole: String, plus: bool) -> String {
    if plus && !whole.starts_with('-') { format!("+{whole}") } else { whole }
}

/// Whether finite numbers, taken together, are too large, too small or too far apart to be written
/// without exponents; judged in their own precision, as NumPy does.
fn needs_exponents(finite: &[Float], suppress_small: bool) -> bool {
    let magnitudes = finite.iter().map(|n| n.value().abs()).filter(|&magnitude| magnitude != 0.0);
    let Some(most) = magnitudes.clone().reduce(f64::max) else { return false };
    let least = magnitudes.fold(f64::INFINITY, f64::min);
    let (large, small) = match finite[0] {
        Float::Single(_) => {
            let (least, most) = (least as f32, most as f32);
            (most >= 1e6, least < 1e-4 || most / least > 1e3)
        }
        Float::Double(_) => (most >= 1e8, least < 1e-4 || most / least > 1e3),
    };
    large || !suppress_small && small
}

/// Numbers with their decimal points below each other; `plus` writes the sign of positive ones.
fn numbers_in_columns(numbers: &[Float], plus: bool, options: &DisplayOptions) -> Vec<String> {
    let finite: Vec<Float> = numbers.iter().copied().filter(|n| n.value().is_finite()).collect();
    let exponents = needs_exponents(&finite, options.suppress_small);
    let precision = options.precision;

    // Each finite number as what stands before its point, and what from the point on.
    let halves: Vec<(String, String)> = if exponents {
        let parts: Vec<_> = finite.iter().map(|n| n.scientific(precision)).collect();
        let fraction = parts.iter().map(|(_, fraction, _)| fraction.len()).max().unwrap_or(0);
        let digits = |exponent: i32| exponent.unsigned_abs().to_string().len().max(2);
        let digits = parts.iter().map(|&(.., exponent)| digits(exponent)).max().unwrap_or(2);
        // Where another number has more digits, this one shows its own as far, not zeros.
        let half = |n: &Float| {
            let text = format!("{:.fraction$e}", n.value());
            let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let (whole, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
            let exponent = exponent_of(exponent.parse().unwrap_or(0), digits);
            (with_sign(whole.to_owned(), plus), format!(".{after}{exponent}"))
        };
        finite.iter().map(half).collect()
    } else {
        let half = |n: &Float| {
            let (whole, fraction) = n.positional(precision);
            (with_sign(whole, plus), format!(".{fraction}"))
        };
        finite.iter().map(half).collect()
    };
    let after = halves.iter().map(|(_, tail)| tail.len()).max().unwrap_or(1);
    let mut before = halves.iter().map(|(whole, _)| whole.len()).max().unwrap_or(0);
    if finite.len() < numbers.len() {
        // Where signs are always written, NumPy leaves room for one even if all are nan.
        let sign = plus || numbers.iter().any(|n| n.value() == f64::NEG_INFINITY);
        before = before.max((3 + usize::from(sign)).saturating_sub(after));
    }
    let mut halves = halves.into_iter();
    let word = |number: &Float| match number.value().is_finite() {
        true => {
            let (whole, tail) = halves.next().expect("as many as there are finite numbers");
            format!("{whole:>before$}{tail:<after$}")
        }
        false => {
            let width = before + after;
            format!("{:>width$}", not_finite(number.value(), plus))
        }
    };
    numbers.iter().map(word).collect()
}

/// Complex numbers: two columns, the second with its sign and a `j`.
fn complex_in_columns(re: &[Float], im: &[Float], options: &DisplayOptions) -> Vec<String> {
    let (re, im) = (numbers_in_columns(re, false, options), numbers_in_columns(im, true, options));
    let join = |(re, im): (String, String)| {
        let digits = im.trim_end();
        let room = im.len() - digits.len();
        format!("{re}{digits}j{:room$}", "")
    };
    re.into_iter().zip(im).map(join).collect()
}

fn complex_alone(re: Float, im: Float) -> String {
    let short = |number: Float| {
        let text = number.alone();
        text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
    };
    let imaginary = with_sign(short(im), true);
    match re.value() == 0.0 && re.value().is_sign_positive() {
        true => format!("{}j", imaginary.trim_start_matches('+')),
        false => format!("({}{imaginary}j)", short(re)),
    }
}
