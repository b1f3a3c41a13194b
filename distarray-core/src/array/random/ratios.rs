//! Random chi-square numbers, and ratios of those.

use super::super::{Expr, IntoDistribution, Operand};
use super::Generator;
use crate::block::kernels::random::Family;
use crate::element::Float;

/// # Sums of squares, and ratios
///
/// By their definitions, of gamma numbers (G. Marsaglia and W. W. Tsang, *A simple method for generating
/// gamma variables*, 2000). Where degrees of freedom are below 2, by the logarithms of those.
impl Generator {
    /// Chi-square numbers: sums of the squares of so many standard normal ones, of a mean of `df`. The degrees
    /// of freedom need not be whole.
    ///
    /// # Errors
    /// On evaluation: degrees of freedom that are not finite or not above 0.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).chisquare::<f64>(3.0, 10_000);
    /// assert!((x.mean()? - 3.0).abs() < 0.1);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn chisquare<T: Float>(
        &mut self,
        df: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::ChiSquare, [df.operand()], distribution)
    }

    /// Numbers of Student's law: standard normal ones, divided by the root of the mean of so many squares of others.
    ///
    /// # Errors
    /// As [`chisquare`](Self::chisquare).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).standard_t::<f64>(5.0, 10_000);
    /// assert!(x.mean()?.abs() < 0.05 && (x.var()? - 5.0 / 3.0).abs() < 0.15);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn standard_t<T: Float>(
        &mut self,
        df: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::StandardT, [df.operand()], distribution)
    }

    /// Numbers of Fisher's law: the mean of `dfnum` squares of standard normal numbers, divided by that of `dfden`
    /// others.
    ///
    /// # Errors
    /// As [`chisquare`](Self::chisquare), of either.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).f::<f64>(3.0, 12.0, 10_000);
    /// assert!((x.mean()? - 1.2).abs() < 0.05);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn f<T: Float>(
        &mut self,
        dfnum: impl Operand<f64>,
        dfden: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::F, [dfnum.operand(), dfden.operand()], distribution)
    }
}
