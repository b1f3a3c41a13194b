//! Operations of floating-point numbers with parameters: rounding to decimals, values in place of those
//! that are not finite, closeness.

use num_complex::Complex;

use super::node::Node;
use crate::element::{Complex32, Complex64, DType, Scalar};
use crate::error::{Error, Result};

fn refused(name: &str, dtype: DType) -> Error {
    Error::dtype(format!("'{name}' does not take {dtype}"))
}

macro_rules! rounded {
    ($node:ident, $decimals:ident, $type:ident) => {{
        let scale = (10.0 as $type).powi($decimals.unsigned_abs().min(400) as i32);
        let up = $decimals >= 0;
        Node::with_parameters("round", &[Scalar::I32($decimals)], $node, move |a: $type| {
            let whole = if up { a * scale } else { a / scale }.round_ties_even();
            let rounded = if up { whole / scale } else { whole * scale };
            match scale.is_finite() {
                // A number that leaves the range when it is scaled has no such decimals.
                true if whole.is_finite() => rounded,
                // Every number is less than half of a power of ten that is none.
                false if !up && a.is_finite() => (0.0 as $type).copysign(a),
                _ => a,
            }
        })
    }};
}

macro_rules! replaced {
    ($a:ident, $values:ident, $type:ident) => {{
        let [nan, positive, negative] = $values.map(|value| value as $type);
        match () {
            () if $a.is_nan() => nan,
            () if $a == $type::INFINITY => positive,
            () if $a == $type::NEG_INFINITY => negative,
            () => $a,
        }
    }};
}

impl Node {
    /// The nearest number with so many decimals; negative ones are digits before the point.
    ///
    /// # Errors
    /// The dtype is not a real floating-point one.
    pub(crate) fn round(self, decimals: i32) -> Result<Self> {
        match self.dtype() {
            DType::F32 => rounded!(self, decimals, f32),
            DType::F64 => rounded!(self, decimals, f64),
            other => Err(refused("round", other)),
        }
    }

    /// The values given in place of NaN and the infinities, also of the parts of complex numbers.
    ///
    /// # Errors
    /// The dtype is not a floating-point one.
    pub(crate) fn nan_to_num(self, values: [f64; 3]) -> Result<Self> {
        let (name, parameters) = ("nan_to_num", values.map(Scalar::F64));
        match self.dtype() {
            DType::F32 => Self::with_parameters(name, &parameters, self, move |a: f32| {
                replaced!(a, values, f32)
            }),
            DType::F64 => Self::with_parameters(name, &parameters, self, move |a: f64| {
                replaced!(a, values, f64)
            }),
            DType::C32 => Self::with_parameters(name, &parameters, self, move |a: Complex32| {
                let (re, im) = (a.re, a.im);
                Complex::new(replaced!(re, values, f32), replaced!(im, values, f32))
            }),
            DType::C64 => Self::with_parameters(name, &parameters, self, move |a: Complex64| {
                let (re, im) = (a.re, a.im);
                Complex::new(replaced!(re, values, f64), replaced!(im, values, f64))
            }),
            other => Err(refused(name, other)),
        }
    }

    /// Whether two numbers differ by no more than `rtol` times the second one's magnitude and `atol`.
    ///
    /// # Errors
    /// The dtypes differ, or are not floating-point ones; the shapes do not broadcast.
    pub(crate) fn isclose(self, other: Self, rtol: f64, atol: f64) -> Result<Self> {
        let (name, parameters) = ("isclose", [rtol, atol].map(Scalar::F64));
        let within = move |distance: f64, size: f64| distance <= atol + rtol * size;
        let real =
            move |a: f64, b: f64| a == b || (b.is_finite() && within((a - b).abs(), b.abs()));
        let complex = move |a: Complex64, b: Complex64| {
            a == b || (b.is_finite() && within((a - b).norm(), b.norm()))
        };
        let wide = |a: Complex32| Complex::new(f64::from(a.re), f64::from(a.im));
        let both = match self.dtype() == other.dtype() {
            true => self.dtype(),
            false => {
                let (a, b) = (self.dtype(), other.dtype());
                let message = format!("'{name}' takes operands of one dtype, not {a} and {b}");
                return Err(Error::dtype(message));
            }
        };
        let pair = (self, other);
        match both {
            DType::F32 => {
                Self::of_two_with_parameters(name, &parameters, pair, move |a: f32, b: f32| {
                    real(a.into(), b.into())
                })
            }
            DType::F64 => Self::of_two_with_parameters(name, &parameters, pair, real),
            DType::C32 => {
                let close = move |a, b| complex(wide(a), wide(b));
                Self::of_two_with_parameters(name, &parameters, pair, close)
            }
            DType::C64 => Self::of_two_with_parameters(name, &parameters, pair, complex),
            dtype => Err(refused(name, dtype)),
        }
    }
}
