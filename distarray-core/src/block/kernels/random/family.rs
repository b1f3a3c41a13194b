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
    Bernoulli,
    Binomial,
    Poisson,
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
        Self::Bernoulli,
        Self::Binomial,
        Self::Poisson,
    ];

    /// NumPy's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Normal => "normal",
            Self::Exponential => "exponential",
            Self::Gamma => "gamma",
            Self::Beta => "beta",
            Self::Bernoulli => "bernoulli",
            Self::Binomial => "binomial",
            Self::Poisson => "poisson",
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
            Self::Bernoulli => &[("p", Chance)],
            Self::Binomial => &[("n", Trials), ("p", Chance)],
            Self::Poisson => &[("mean", Mean)],
        }
    }

    /// Whether there are elements of a dtype with these laws.
    pub(crate) fn takes(self, dtype: DType) -> bool {
        match self {
            Self::Bernoulli => dtype == DType::Bool,
            Self::Binomial | Self::Poisson => dtype == DType::I64,
            _ => dtype.kind() == Kind::Float,
        }
    }

    /// Parameters that are some.
    pub(super) fn example(self) -> Parameters {
        match self {
            Self::Uniform => [0.0, 1.0, 1.0],
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
        match self {
            Self::Uniform => {
                let [low, high, _] = values;
                let above = format!("a number above low = {low}");
                self.demand(low < high, "high", &high, &above)?;
                let width = width(dtype, low, high);
                self.demand(width.is_finite(), "high - low", &width, &Demand::Finite.words())
            }
            _ => Ok(()),
        }
    }

    /// Whether all of some elements have parameters that are some.
    pub(super) fn holds(self, dtype: DType, columns: [&[f64]; 3]) -> bool {
        let mut each = std::iter::zip(self.parameters(), columns);
        each.all(|((_, demand), column)| demand.holds(column))
            && match self {
                Self::Uniform => std::iter::zip(columns[0], columns[1])
                    .all(|(&low, &high)| low < high && width(dtype, low, high).is_finite()),
                _ => true,
            }
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
