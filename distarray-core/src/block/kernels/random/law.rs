//! [`Law`]: which random elements to make.

use std::rc::Rc;

use super::family::{Family, Parameters};
use super::integers::Span;
use super::multinomial::Multinomial;
use super::permutation::Permutation;
use super::weights::Alias;
use crate::digest::Digest;
use crate::element::{DType, Kind};
use crate::error::Result;

/// A distribution of probability, the same for all elements.
#[derive(Clone, Debug)]
pub(crate) enum Law {
    Of(Family, Parameters),
    ComplexNormal,
    Integers(Span),
    Permutation(Permutation),
    Weighted(Rc<Alias>),
    /// So many trials, and their outcomes.
    Multinomial(f64, Rc<Multinomial>),
}

impl Law {
    /// NumPy's name.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Of(family, _) => family.name(),
            Self::ComplexNormal => "complex_normal",
            Self::Integers(_) => "integers",
            Self::Permutation(_) => "permutation",
            Self::Weighted(_) => "choice",
            Self::Multinomial(..) => "multinomial",
        }
    }

    /// Whether there are elements of a dtype with this law.
    pub(crate) fn takes(&self, dtype: DType) -> bool {
        match self {
            Self::Of(family, _) => family.takes(dtype),
            Self::ComplexNormal => dtype.kind() == Kind::Complex,
            Self::Integers(_) => matches!(dtype.kind(), Kind::Signed | Kind::Unsigned),
            Self::Permutation(_) | Self::Weighted(_) | Self::Multinomial(..) => dtype == DType::I64,
        }
    }

    /// An error that names the first parameter which is not one, and its value.
    pub(crate) fn check(&self, dtype: DType) -> Result<()> {
        match self {
            Self::Of(family, parameters) => family.check(dtype, *parameters),
            _ => Ok(()),
        }
    }

    /// A number that equal laws share.
    pub(crate) fn digest(&self) -> u64 {
        match self {
            Self::Of(family, parameters) => {
                Digest::of(&(self.name(), family, parameters.map(f64::to_bits)))
            }
            Self::ComplexNormal => Digest::of(&self.name()),
            Self::Integers(span) => Digest::of(&(self.name(), span)),
            Self::Weighted(alias) => alias.digest(),
            Self::Multinomial(trials, of) => Digest::of(&(trials.to_bits(), of.digest())),
            Self::Permutation(permutation) => permutation.digest(),
        }
    }
}
