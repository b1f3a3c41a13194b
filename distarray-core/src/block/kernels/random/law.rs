//! [`Law`]: which random elements to make.

use std::fmt::Display;
use std::rc::Rc;

use super::integers::Span;
use super::permutation::Permutation;
use super::weights::Alias;
use crate::digest::Digest;
use crate::element::{DType, Kind};
use crate::error::{Error, Result};

/// A distribution of probability, under NumPy's names and parameters.
#[derive(Clone, Debug)]
pub(crate) enum Law {
    Uniform { low: f64, high: f64 },
    Normal { mean: f64, std: f64 },
    ComplexNormal,
    Exponential { scale: f64 },
    Gamma { shape: f64, scale: f64 },
    Beta { a: f64, b: f64 },
    Bernoulli { p: f64 },
    Integers(Span),
    Binomial { n: u64, p: f64 },
    Poisson { mean: f64 },
    Permutation(Permutation),
    Weighted(Rc<Alias>),
}

/// The largest count that floating-point numbers tell from its neighbours.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Law {
    /// NumPy's name.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Uniform { .. } => "uniform",
            Self::Normal { .. } => "normal",
            Self::ComplexNormal => "complex_normal",
            Self::Exponential { .. } => "exponential",
            Self::Gamma { .. } => "gamma",
            Self::Beta { .. } => "beta",
            Self::Bernoulli { .. } => "bernoulli",
            Self::Integers(_) => "integers",
            Self::Binomial { .. } => "binomial",
            Self::Poisson { .. } => "poisson",
            Self::Permutation(_) => "permutation",
            Self::Weighted(_) => "choice",
        }
    }

    /// Whether there are elements of a dtype with this law.
    pub(crate) fn takes(&self, dtype: DType) -> bool {
        match self {
            Self::Uniform { .. }
            | Self::Normal { .. }
            | Self::Exponential { .. }
            | Self::Gamma { .. }
            | Self::Beta { .. } => dtype.kind() == Kind::Float,
            Self::ComplexNormal => dtype.kind() == Kind::Complex,
            Self::Bernoulli { .. } => dtype == DType::Bool,
            Self::Integers(_) => matches!(dtype.kind(), Kind::Signed | Kind::Unsigned),
            Self::Binomial { .. }
            | Self::Poisson { .. }
            | Self::Permutation(_)
            | Self::Weighted(_) => dtype == DType::I64,
        }
    }

    /// An error that names the first parameter which is not one, and its value.
    pub(crate) fn check(&self, dtype: DType) -> Result<()> {
        let name = self.name();
        let demand = |holds: bool, parameter: &str, value: &dyn Display, demanded: &str| match holds
        {
            true => Ok(()),
            false => {
                Err(Error::argument(format!("'{name}': {parameter} = {value}, not {demanded}")))
            }
        };
        let finite = |parameter: &str, value: f64| {
            demand(value.is_finite(), parameter, &value, "a finite number")
        };
        let at_least_0 = |parameter: &str, value: f64| {
            demand(
                (0.0..f64::INFINITY).contains(&value),
                parameter,
                &value,
                "a finite number from 0 on",
            )
        };
        let above_0 = |parameter: &str, value: f64| {
            let inside = value > 0.0 && value.is_finite();
            demand(inside, parameter, &value, "a finite number above 0")
        };
        let chance = |p: f64| demand((0.0..=1.0).contains(&p), "p", &p, "a probability");
        match *self {
            Self::Uniform { low, high } => {
                finite("low", low)?;
                finite("high", high)?;
                let range = format!("a number above low = {low}");
                demand(low < high, "high", &high, &range)?;
                let width = match dtype {
                    DType::F32 => (high as f32 - low as f32).into(),
                    _ => high - low,
                };
                finite("high - low", width)
            }
            Self::Normal { mean, std } => {
                finite("mean", mean)?;
                at_least_0("std", std)
            }
            Self::Exponential { scale } => at_least_0("scale", scale),
            Self::Gamma { shape, scale } => {
                at_least_0("shape", shape)?;
                at_least_0("scale", scale)
            }
            Self::Beta { a, b } => {
                above_0("a", a)?;
                above_0("b", b)
            }
            Self::Bernoulli { p } => chance(p),
            Self::Binomial { n, p } => {
                demand(n <= EXACT as u64, "n", &n, "a number up to 2^53")?;
                chance(p)
            }
            Self::Poisson { mean } => {
                let demanded = "a number from 0 to 2^52";
                demand((0.0..=EXACT / 2.0).contains(&mean), "mean", &mean, demanded)
            }
            Self::ComplexNormal | Self::Integers(_) | Self::Permutation(_) | Self::Weighted(_) => {
                Ok(())
            }
        }
    }

    /// A number that equal laws share.
    pub(crate) fn digest(&self) -> u64 {
        let of = |a: f64, b: f64| Digest::of(&(self.name(), a.to_bits(), b.to_bits()));
        match *self {
            Self::Uniform { low: a, high: b }
            | Self::Normal { mean: a, std: b }
            | Self::Gamma { shape: a, scale: b }
            | Self::Beta { a, b } => of(a, b),
            Self::Exponential { scale: a }
            | Self::Bernoulli { p: a }
            | Self::Poisson { mean: a } => of(a, 0.0),
            Self::Integers(span) => Digest::of(&(self.name(), span)),
            Self::Binomial { n, p } => Digest::of(&(self.name(), n, p.to_bits())),
            Self::Weighted(ref alias) => alias.digest(),
            Self::Permutation(ref permutation) => permutation.digest(),
            Self::ComplexNormal => of(0.0, 0.0),
        }
    }
}
