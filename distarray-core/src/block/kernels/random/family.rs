//! [`Family`]: laws with parameters, and what those have to be.

use std::fmt::Display;

use crate::element::{DType, Kind};
use crate::error::{Error, Result};

/// Lists the families and NumPy's names for them.
macro_rules! families {
    ($($family:ident $name:literal)+) => {
        /// Laws that differ in parameters only, under NumPy's names.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Family {
            $($family),+
        }

        impl Family {
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$family),+];

            /// NumPy's name.
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Self::$family => $name),+
                }
            }
        }
    };
}
families! {
    Uniform "uniform"
    Normal "normal"
    Lognormal "lognormal"
    Exponential "exponential"
    Gamma "gamma"
    Beta "beta"
    Laplace "laplace"
    Logistic "logistic"
    Gumbel "gumbel"
    Cauchy "cauchy"
    Weibull "weibull"
    Pareto "pareto"
    Rayleigh "rayleigh"
    Triangular "triangular"
    ChiSquare "chisquare"
    StandardT "standard_t"
    F "f"
    Bernoulli "bernoulli"
    Binomial "binomial"
    Poisson "poisson"
    Geometric "geometric"
    NegativeBinomial "negative_binomial"
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
    /// The parameters' names, and what each has to be.
    pub(crate) fn parameters(self) -> &'static [(&'static str, Demand)] {
        use Demand::*;
        match self {
            Self::Uniform => &[("low", Finite), ("high", Finite)],
            Self::Normal | Self::Lognormal => &[("mean", Finite), ("std", AtLeast0)],
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
            // Which number it was is not known any more.
            Demand::Trials if !holds => {
                Err(Error::argument(format!("'{}': {parameter} is more than 2^53", self.name())))
            }
            _ => self.demand(holds, parameter, &value, &demand.words()),
        }
    }

    /// As [`check_one`](Self::check_one), of a count that was not rounded.
    pub(crate) fn check_count(self, parameter: usize, count: u64) -> Result<()> {
        let (parameter, demand) = self.parameters()[parameter];
        self.demand(count <= EXACT as u64, parameter, &count, &demand.words())
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
                let width = width(dtype, a, b);
                self.finite("high - low", width)?;
                let demanded = format!("a number above low = {a} once both are of {dtype}");
                self.demand(width > 0.0, "high", &b, &demanded)
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
            Self::Uniform => together(&|[a, b, _]| {
                let width = width(dtype, a, b);
                a < b && width > 0.0 && width.is_finite()
            }),
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
        let near = 1.0 + 1e-12;
        let values = [0.0, -0.0, 0.5, 1.0, near, -1.0, 1.5, f64::NAN, f64::INFINITY, 1e300, -1e300];
        let dtypes = [DType::F64, DType::F32];
        for (&family, dtype) in Family::ALL.iter().flat_map(|f| dtypes.map(|dtype| (f, dtype))) {
            family.check(dtype, family.example()).unwrap();
            for (a, b) in values.iter().flat_map(|&a| values.map(|b| (a, b))) {
                for c in values {
                    let columns = [&[a][..], &[b], &[c]];
                    let alone = family.check(dtype, [a, b, c]).is_ok();
                    assert_eq!(family.holds(dtype, columns), alone, "{family:?} {columns:?}");
                }
            }
        }
    }

    #[test]
    fn ends_that_round_to_one_number_are_no_range() {
        let check = |dtype, low, high| Family::Uniform.check(dtype, [low, high, 0.0]);
        for (low, high) in [(1.0, 1.0 + 1e-12), (0.0, 1e-60), (-0.0, 1e-60), (3e9, 3e9 + 1.0)] {
            check(DType::F64, low, high).unwrap();
            let error = check(DType::F32, low, high).unwrap_err().to_string();
            assert!(error.contains("above low") && error.contains("float32"), "{error}");
        }
        check(DType::F32, 1.0, 1.0 + f64::from(f32::EPSILON)).unwrap();
    }

    #[test]
    fn counts_are_told_as_they_were_given() {
        Family::Binomial.check_count(0, 1 << 53).unwrap();
        let error = Family::Binomial.check_count(0, (1 << 53) + 1).unwrap_err().to_string();
        assert_eq!(error, "'binomial': n = 9007199254740993, not a number up to 2^53");
    }
}
