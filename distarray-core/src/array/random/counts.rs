//! Random integers and truth values.

use std::ops::Bound;

use super::super::indexing::node_in;
use super::super::{Expr, IntoDistribution, Operand, Operands};
use super::{Generator, IntegerRange};
use crate::block::kernels::random::Family;
use crate::element::{Bits, Real};
use crate::error::Result;
use crate::expr::Node;

/// A family's first parameter, which is a count.
fn counts(family: Family, operand: Result<Operands>) -> Result<Operands> {
    let Operands { node, ctx } = operand?;
    Ok(Operands { node: node.counts(family, 0)?, ctx })
}

/// # Integers and truth values
impl Generator {
    /// Integers of a range, each equally likely: `0..6`, `1..=6`, or all of the type by `..`. The ends may be arrays
    /// or expressions, which broadcast: `&low..&high` (of two types: [`integers_with`](Self::integers_with)).
    ///
    /// Without bias, whatever the range.
    ///
    /// # Errors
    /// On evaluation: an empty range, of all elements or of one, whose index is told.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let mut rng = ctx.random(1);
    /// let dice = rng.integers::<u8>(1..=6, 10_000);
    /// assert_eq!((dice.min()?, dice.max()?), (1, 6));
    /// assert!(rng.integers::<i8>(.., 10_000).min()? == i8::MIN);
    ///
    /// let error = rng.integers(5..5, 3).eval().unwrap_err().to_string();
    /// assert_eq!(error, "'integers': the range 5..5 is empty");
    ///
    /// let ends = ctx.arange(3, 0, -1)?;
    /// assert!(rng.integers(..&ends, [1000, 3]).lt(&ends).all()?);
    /// let error = rng.integers(&ends..&ctx.full(2, 3)?, 3).eval().unwrap_err().to_string();
    /// assert_eq!(error, "'integers': the range 3..2 is empty (at index [0])");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn integers<T: Bits + Real>(
        &mut self,
        range: impl IntegerRange<T>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        let range = range.ends();
        self.next(distribution, |ctx, stream, distribution| {
            let [low, high] = range.map(|bound| match bound {
                Bound::Included(end) => node_in(ctx, end).map(Bound::Included),
                Bound::Excluded(end) => node_in(ctx, end).map(Bound::Excluded),
                Bound::Unbounded => Ok(Bound::Unbounded),
            });
            Node::random_integers([low?, high?], stream, T::DTYPE, distribution)
        })
    }

    /// As [`integers`](Self::integers), by the range's ends, the second of which is left out: a scalar and an array,
    /// or any others.
    ///
    /// # Errors
    /// As there.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let sizes = ctx.arange(1_i64, 101, 1)?;
    /// let within = ctx.random(1).integers_with(0, &sizes, [50, 100]).eval()?;
    /// assert!(within.lt(&sizes).all()? && within.min()? == 0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn integers_with<T: Bits + Real>(
        &mut self,
        low: impl Operand<T>,
        high: impl Operand<T>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.integers((Bound::Included(low), Bound::Excluded(high)), distribution)
    }

    /// `true` with the probability `p`, each by itself.
    ///
    /// # Errors
    /// On evaluation: `p` is no probability.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let heads = ctx.random(1).bernoulli(0.25, 10_000).count()?;
    /// assert!((2_400..2_600).contains(&heads));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn bernoulli(
        &mut self,
        p: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<bool> {
        self.by(Family::Bernoulli, [p.operand()], distribution)
    }

    /// How many of `n` trials succeed, each with the probability `p`.
    ///
    /// Small means by inversion, others by rejection (W. Hörmann, *The generation of binomial random
    /// variates*, 1993).
    ///
    /// # Errors
    /// On evaluation: more than 2^53 trials, or `p` is no probability.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).binomial(100, 0.3, 10_000);
    /// assert!((x.mean()? - 30.0).abs() < 0.2);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn binomial(
        &mut self,
        n: impl Operand<u64>,
        p: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<i64> {
        let family = Family::Binomial;
        self.by(family, [counts(family, n.operand()), p.operand()], distribution)
    }

    /// How many events there are where `mean` are expected (`lam`).
    ///
    /// Small means by inversion, others by rejection (W. Hörmann, *The transformed rejection method for
    /// generating Poisson random variables*, 1993).
    ///
    /// # Errors
    /// On evaluation: a mean below 0 or above 2^52.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).poisson(4.0, 10_000);
    /// assert!((x.mean()? - 4.0).abs() < 0.1);
    ///
    /// let error = ctx.random(1).poisson(-1.0, 3).sum().unwrap_err().to_string();
    /// assert_eq!(error, "'poisson': mean = -1, not a number from 0 to 2^52");
    ///
    /// let means = ctx.arange(3.0, -1.0, -1.0)?;
    /// assert!(ctx.random(1).poisson(&means, 4).min()? >= 0);
    /// let error = ctx.random(1).poisson(means - 1.0, 4).sum().unwrap_err().to_string();
    /// assert!(error.ends_with("not a number from 0 to 2^52 (at index [3])"), "{error}");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn poisson(
        &mut self,
        mean: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<i64> {
        self.by(Family::Poisson, [mean.operand()], distribution)
    }

    /// How many trials it takes to succeed, from 1 on, where each succeeds with the probability `p`.
    ///
    /// By inversion (L. Devroye, *Non-uniform random variate generation*, 1986, chapter X.2): above 2^53 not every
    /// number comes, and what is too large for an `i64` is the largest one.
    ///
    /// # Errors
    /// On evaluation: `p` is no probability, or 0.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).geometric(0.25, 10_000);
    /// assert!((x.mean()? - 4.0).abs() < 0.1 && x.min()? == 1);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn geometric(
        &mut self,
        p: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<i64> {
        self.by(Family::Geometric, [p.operand()], distribution)
    }

    /// How many trials fail before `n` succeed, each with the probability `p`; `n` need not be whole.
    ///
    /// Poisson numbers whose means are gamma ones (M. Greenwood and G. U. Yule, *An inquiry into the nature of
    /// frequency distributions …*, 1920).
    ///
    /// # Errors
    /// On evaluation: `n` is not finite or not above 0, `p` is no probability, or 0; or means above 2^52 are likely.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).negative_binomial(3.0, 0.25, 10_000);
    /// assert!((x.mean()? - 9.0).abs() < 0.2);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn negative_binomial(
        &mut self,
        n: impl Operand<f64>,
        p: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<i64> {
        self.by(Family::NegativeBinomial, [n.operand(), p.operand()], distribution)
    }
}
