//! [`Family`]: laws with parameters, and what those have to be.

use std::fmt::Display;

use crate::element::{DType, Kind};
use crate::error::{Error, Result};

/// Laws that differ in parameters only, under NumPy's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Family {
    Uniform,
    Normal,
    Exponential,
    Gamma,
    Beta,
    Laplace,
    Logistic,
    Gumbel,
    Cauchy,
    Weibull,
    Pareto,
    Rayleigh,
    Triangular,
    ChiSquare,
    StandardT,
    F,
    Bernoulli,
    Binomial,
    Poisson,
    Geometric,
    NegativeBinomial,
}

/// The parameters of one law, in the order of [`Family::parameters`]; those that it does not have are of
/// any value.
pub(crate) type Parameters = [f64; 3];

/// The largest count that floating-point numbers tell from its neighbours.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// What a parameter has to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Demand {
    Finite,
    AtLeast0,
    Above0,
    Chance,
    ChanceAbove0,
    Trials,
    Mean,
}

impl Demand {
    fn words(self) -> &'static str {
        match self {
            Self::Finite => "a finite number",
            Self::AtLeast0 => "a finite number from 0 on",
            Self::Above0 => "a finite number above 0",
            Self::Chance => "a probability",
            Self::ChanceAbove0 => "a probability above 0",
            Self::Trials => "a number up to 2^53",
            Self::Mean => "a number from 0 to 2^52",
        }
    }

    /// Whether all of some values are what is demanded.
    fn holds(self, values: &[f64]) -> bool {
        // Without an early end: so the loop becomes vectors.
        let all = |is_one: fn(f64) -> bool| values.iter().fold(true, |all, &x| all & is_one(x));
        match self {
            Self::Finite => all(f64::is_finite),
            Self::AtLeast0 => all(|x| (0.0..f64::INFINITY).contains(&x)),
            Self::Above0 => all(|x| x > 0.0 && x < f64::INFINITY),
            Self::Chance => all(|x| (0.0..=1.0).contains(&x)),
            Self::ChanceAbove0 => all(|x| x > 0.0 && x <= 1.0),
            Self::Trials => all(|x| (0.0..=EXACT).contains(&x)),
            Self::Mean => all(|x| (0.0..=EXACT / 2.0).contains(&x)),
        }
    }
}

impl Family {
    #[cfg(test)]
    pub(super) const ALL: &[Self] = &[
        Self::Uniform,
        Self::Normal,
        Self::Exponential,
        Self::Gamma,
        Self::Beta,
        Self::Laplace,
        Self::Logistic,
        Self::Gumbel,
        Self::Cauchy,
        Self::Weibull,
        Self::Pareto,
        Self::Rayleigh,
        Self::Triangular,
        Self::ChiSquare,
        Self::StandardT,
        Self::F,
        Self::Bernoulli,
        Self::Binomial,
        Self::Poisson,
        Self::Geometric,
        Self::NegativeBinomial,
    ];

    /// NumPy's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Normal => "normal",
            Self::Exponential => "exponential",
            Self::Gamma => "gamma",
            Self::Beta => "beta",
            Self::Laplace => "laplace",
            Self::Logistic => "logistic",
            Self::Gumbel => "gumbel",
            Self::Cauchy => "cauchy",
            Self::Weibull => "weibull",
            Self::Pareto => "pareto",
            Self::Rayleigh => "rayleigh",
            Self::Triangular => "triangular",
            Self::ChiSquare => "chisquare",
            Self::StandardT => "standard_t",
            Self::F => "f",
            Self::Bernoulli => "bernoulli",
            Self::Binomial => "binomial",
            Self::Poisson => "poisson",
            Self::Geometric => "geometric",
            Self::NegativeBinomial => "negative_binomial",
        }
    }

    /// The parameters' names, and what each has to be.
    pub(crate) fn parameters(self) -> &'static [(&'static str, Demand)] {
        use Demand::*;
        match self {
            Self::Uniform => &[("low", Finite), ("high", Finite)],
            Self::Normal => &[("mean", Finite), ("std", AtLeast0)],
            Self::Exponential => &[("scale", AtLeast0)],
            Self::Gamma => &[("shape", AtLeast0), ("scale", AtLeast0)],
            Self::Beta => &[("a", Above0), ("b", Above0)],
            Self::Laplace | Self::Logistic | Self::Gumbel | Self::Cauchy => {
                &[("loc", Finite), ("scale", AtLeast0)]
            }
            Self::Weibull => &[("a", AtLeast0)],
            Self::Pareto => &[("a", Above0)],
            Self::Rayleigh => &[("scale", AtLeast0)],
            Self::Triangular => &[("left", Finite), ("mode", Finite), ("right", Finite)],
            Self::ChiSquare | Self::StandardT => &[("df", Above0)],
            Self::F => &[("dfnum", Above0), ("dfden", Above0)],
            Self::Bernoulli => &[("p", Chance)],
            Self::Binomial => &[("n", Trials), ("p", Chance)],
            Self::Poisson => &[("mean", Mean)],
            Self::Geometric => &[("p", ChanceAbove0)],
            Self::NegativeBinomial => &[("n", Above0), ("p", ChanceAbove0)],
        }
    }

    /// Whether there are elements of a dtype with these laws.
    pub(crate) fn takes(self, dtype: DType) -> bool {
        match self {
            Self::Bernoulli => dtype == DType::Bool,
            Self::Binomial | Self::Poisson | Self::Geometric | Self::NegativeBinomial => {
                dtype == DType::I64
            }
            _ => dtype.kind() == Kind::Float,
        }
    }

    /// Parameters that are some.
    pub(super) fn example(self) -> Parameters {
        match self {
            Self::Uniform | Self::Triangular => [0.0, 1.0, 1.0],
            _ => [1.0; 3],
        }
    }

    /// An error unless a value is what one of the parameters has to be.
    pub(crate) fn check_one(self, parameter: usize, value: f64) -> Result<()> {
        let (parameter, demand) = self.parameters()[parameter];
        let holds = demand.holds(&[value]);
        match demand {
            // With all digits.
            Demand::Trials => self.demand(holds, parameter, &(value as u64), &demand.words()),
            _ => self.demand(holds, parameter, &value, &demand.words()),
        }
    }

    /// An error that names the first parameter which is not one, and its value.
    pub(crate) fn check(self, dtype: DType, values: Parameters) -> Result<()> {
        for (parameter, value) in (0..self.parameters().len()).zip(values) {
            self.check_one(parameter, value)?;
        }
        let [a, b, c] = values;
        match self {
            Self::Uniform => {
                self.demand(a < b, "high", &b, &format!("a number above low = {a}"))?;
                self.finite("high - low", width(dtype, a, b))
            }
            Self::Triangular => {
                self.demand(a <= b, "mode", &b, &format!("a number from left = {a} on"))?;
                self.demand(b <= c, "mode", &b, &format!("a number up to right = {c}"))?;
                self.demand(a < c, "right", &c, &format!("a number above left = {a}"))?;
                self.finite("right - left", c - a)
            }
            Self::NegativeBinomial => {
                let (most, demand) = (most_failures(a, b), Demand::Mean);
                let what = "(n + 10 sqrt(n)) (1 - p) / p";
                self.demand(demand.holds(&[most]), what, &most, &demand.words())
            }
            _ => Ok(()),
        }
    }

    /// Whether all of some elements have parameters that are some.
    pub(super) fn holds(self, dtype: DType, columns: [&[f64]; 3]) -> bool {
        let mut alone = std::iter::zip(self.parameters(), columns);
        if !alone.all(|((_, demand), column)| demand.holds(column)) {
            return false;
        }
        let together = |fit: &dyn Fn([f64; 3]) -> bool| {
            (0..columns[0].len()).all(|i| fit(columns.map(|column| column[i])))
        };
        match self {
            Self::Uniform => together(&|[a, b, _]| a < b && width(dtype, a, b).is_finite()),
            Self::Triangular => {
                together(&|[a, b, c]| a <= b && b <= c && a < c && (c - a).is_finite())
            }
            Self::NegativeBinomial => {
                together(&|[a, b, _]| Demand::Mean.holds(&[most_failures(a, b)]))
            }
            _ => true,
        }
    }

    fn finite(self, what: &str, value: f64) -> Result<()> {
        self.demand(value.is_finite(), what, &value, &Demand::Finite.words())
    }

    fn demand(
        self,
        holds: bool,
        parameter: &str,
        value: &dyn Display,
        demanded: &dyn Display,
    ) -> Result<()> {
        let name = self.name();
        match holds {
            true => Ok(()),
            false => {
                Err(Error::argument(format!("'{name}': {parameter} = {value}, not {demanded}")))
            }
        }
    }
}

/// Ten standard deviations above the largest mean that a negative binomial number is likely to have.
fn most_failures(successes: f64, p: f64) -> f64 {
    (successes + 10.0 * successes.sqrt()) * ((1.0 - p) / p)
}

/// How wide a range is, as it is computed with.
fn width(dtype: DType, low: f64, high: f64) -> f64 {
    match dtype {
        DType::F32 => (high as f32 - low as f32).into(),
        _ => high - low,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_checked_alone_is_checked_in_columns() {
        let values = [0.0, -0.0, 0.5, 1.0, -1.0, 1.5, f64::NAN, f64::INFINITY, 1e300, -1e300];
        for &family in Family::ALL {
            family.check(DType::F64, family.example()).unwrap();
            for (a, b) in values.iter().flat_map(|&a| values.map(|b| (a, b))) {
                for c in values {
                    let columns = [&[a][..], &[b], &[c]];
                    let alone = family.check(DType::F64, [a, b, c]).is_ok();
                    assert_eq!(family.holds(DType::F64, columns), alone, "{family:?} {columns:?}");
                }
            }
        }
    }
}
