//! Numbers as text: parsing, and printing with the fewest digits that read back as the same.

use std::io::Write;
use std::str::FromStr;

use distarray_core::{DType, Scalar};

/// Appends the native bytes of a number; `None` where the text is none of this type.
pub(super) fn parse(dtype: DType, text: &str, out: &mut Vec<u8>) -> Option<()> {
    match dtype {
        DType::Bool => out.push(u8::from(truth(text)?)),
        DType::I8 => out.extend(integer::<i8>(text)?.to_ne_bytes()),
        DType::I16 => out.extend(integer::<i16>(text)?.to_ne_bytes()),
        DType::I32 => out.extend(integer::<i32>(text)?.to_ne_bytes()),
        DType::I64 => out.extend(integer::<i64>(text)?.to_ne_bytes()),
        DType::U8 => out.extend(integer::<u8>(text)?.to_ne_bytes()),
        DType::U16 => out.extend(integer::<u16>(text)?.to_ne_bytes()),
        DType::U32 => out.extend(integer::<u32>(text)?.to_ne_bytes()),
        DType::U64 => out.extend(integer::<u64>(text)?.to_ne_bytes()),
        DType::F32 => out.extend(text.parse::<f32>().ok()?.to_ne_bytes()),
        DType::F64 => out.extend(text.parse::<f64>().ok()?.to_ne_bytes()),
        DType::C32 => {
            let (real, imaginary) = complex::<f32>(text)?;
            out.extend([real.to_ne_bytes(), imaginary.to_ne_bytes()].concat());
        }
        DType::C64 => {
            let (real, imaginary) = complex::<f64>(text)?;
            out.extend([real.to_ne_bytes(), imaginary.to_ne_bytes()].concat());
        }
    }
    Some(())
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "True" | "true" | "TRUE" => Some(true),
        "False" | "false" | "FALSE" => Some(false),
        _ => text.parse::<f64>().ok().map(|number| number != 0.0),
    }
}

/// An integer, also as `savetxt` writes it where it is not asked for another format: `1.0e+00`.
fn integer<T: FromStr + TryFrom<i128>>(text: &str) -> Option<T> {
    let whole = || {
        let number = text.parse::<f64>().ok()?;
        // Beyond, not every integer is an `f64`, and the text may mean another.
        let is_exact =
            number.fract() == 0.0 && number.abs() <= (1_u64 << f64::MANTISSA_DIGITS) as f64;
        is_exact.then(|| T::try_from(number as i128).ok()).flatten()
    };
    text.parse().ok().or_else(whole)
}

/// `1+2j`, `2j`, `1`, in parentheses or not; `1+-2j`, as `savetxt` has written it.
fn complex<F: FromStr + Default>(text: &str) -> Option<(F, F)> {
    let text = match text.strip_prefix('(') {
        Some(inner) => inner.strip_suffix(')')?.trim(),
        None => text,
    };
    let Some(body) = text.strip_suffix(['j', 'J']) else {
        return Some((text.parse().ok()?, F::default()));
    };
    let bytes = body.as_bytes();
    let is_sign = |at: usize| matches!(bytes[at], b'+' | b'-');
    let sign =
        (1..bytes.len()).rev().find(|&at| is_sign(at) && !matches!(bytes[at - 1], b'e' | b'E'));
    let Some(at) = sign else {
        return Some((F::default(), body.parse().ok()?));
    };
    let end = if at > 1 && bytes[at - 1] == b'+' { at - 1 } else { at };
    Some((body[..end].parse().ok()?, body[at..].parse().ok()?))
}

/// Appends a number's text.
pub(super) fn print(number: Scalar, out: &mut Vec<u8>) {
    let printed = match number {
        Scalar::Bool(truth) => write!(out, "{}", u8::from(truth)),
        Scalar::I8(x) => write!(out, "{x}"),
        Scalar::I16(x) => write!(out, "{x}"),
        Scalar::I32(x) => write!(out, "{x}"),
        Scalar::I64(x) => write!(out, "{x}"),
        Scalar::U8(x) => write!(out, "{x}"),
        Scalar::U16(x) => write!(out, "{x}"),
        Scalar::U32(x) => write!(out, "{x}"),
        Scalar::U64(x) => write!(out, "{x}"),
        Scalar::F32(x) if x.is_nan() => write!(out, "nan"),
        Scalar::F64(x) if x.is_nan() => write!(out, "nan"),
        Scalar::F32(x) => write!(out, "{x:?}"),
        Scalar::F64(x) => write!(out, "{x:?}"),
        Scalar::C32(x) => return print_complex(Scalar::F32(x.re), Scalar::F32(x.im), out),
        Scalar::C64(x) => return print_complex(Scalar::F64(x.re), Scalar::F64(x.im), out),
    };
    printed.expect("memory takes whatever is written");
}

fn print_complex(real: Scalar, imaginary: Scalar, out: &mut Vec<u8>) {
    out.push(b'(');
    print(real, out);
    let at = out.len();
    print(imaginary, out);
    if out[at] != b'-' {
        out.insert(at, b'+');
    }
    out.extend(b"j)");
}

#[cfg(test)]
mod tests {
    use distarray_core::{Complex32, Complex64};

    use super::*;

    fn parsed(dtype: DType, text: &str) -> Option<Scalar> {
        let mut bytes = Vec::new();
        parse(dtype, text, &mut bytes)?;
        Scalar::from_bytes(dtype, &bytes)
    }

    fn printed(number: Scalar) -> String {
        let mut bytes = Vec::new();
        print(number, &mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn numbers_read_back_as_the_same() {
        for (number, text) in [
            (Scalar::Bool(true), "1"),
            (Scalar::I8(-128), "-128"),
            (Scalar::U64(u64::MAX), "18446744073709551615"),
            (Scalar::F32(0.1), "0.1"),
            (Scalar::F64(1.0), "1.0"),
            (Scalar::F64(-0.0), "-0.0"),
            (Scalar::F64(1e300), "1e300"),
            (Scalar::F64(f64::NEG_INFINITY), "-inf"),
            (Scalar::F64(5e-324), "5e-324"),
            (Scalar::C32(Complex32::new(1.5, -2.0)), "(1.5-2.0j)"),
            (Scalar::C64(Complex64::new(-1e-30, f64::INFINITY)), "(-1e-30+infj)"),
        ] {
            assert_eq!(printed(number), text);
            assert_eq!(parsed(number.dtype(), text), Some(number), "{text}");
        }
        assert_eq!(printed(Scalar::F64(f64::NAN)), "nan");
        assert_eq!(printed(Scalar::C64(Complex64::new(f64::NAN, f64::NAN))), "(nan+nanj)");
    }

    #[test]
    fn other_notations() {
        for (dtype, text, number) in [
            (DType::Bool, "False", Scalar::Bool(false)),
            (DType::Bool, "1.000e+00", Scalar::Bool(true)),
            (DType::I32, "+7", Scalar::I32(7)),
            (DType::I32, "-1.200000000000000000e+01", Scalar::I32(-12)),
            (DType::F64, "Infinity", Scalar::F64(f64::INFINITY)),
            (DType::C64, "2j", Scalar::C64(Complex64::new(0.0, 2.0))),
            (DType::C64, "-3", Scalar::C64(Complex64::new(-3.0, 0.0))),
            (DType::C64, "1e-2-2e+3j", Scalar::C64(Complex64::new(0.01, -2000.0))),
            (DType::C64, "(1.0e+00+-2.0e+00j)", Scalar::C64(Complex64::new(1.0, -2.0))),
        ] {
            assert_eq!(parsed(dtype, text), Some(number), "{text}");
        }
        for (dtype, text) in [
            (DType::I8, "128"),
            (DType::U8, "-1"),
            (DType::I64, "1.5"),
            (DType::I64, "1e300"),
            (DType::U64, "1.8446744073709552e19"),
            (DType::F64, ""),
            (DType::F64, "1,5"),
            (DType::C64, "(1+2j"),
            (DType::C64, "j"),
            (DType::C64, "1+2"),
            (DType::Bool, "yes"),
        ] {
            assert_eq!(parsed(dtype, text), None, "{text}");
        }
    }
}
