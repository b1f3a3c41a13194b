//! How many of some trials have each of several outcomes, at random.

use super::super::indexing::node_in;
use super::super::{Expr, IntoDistribution, Operand};
use super::Generator;
use crate::block::kernels::random::Multinomial;
use crate::error::{Error, Result};
use crate::expr::Node;

/// The largest sum of probabilities, all but the last: that of numbers which add up to 1, rounded.
const MOST: f64 = 1.0 + 1e-12;

fn check(chances: &[f64]) -> Result<()> {
    let refused = |message: String| Err(Error::argument(format!("'multinomial': {message}")));
    let Some((_, others)) = chances.split_last() else {
        return refused("no probabilities".to_owned());
    };
    if let Some(i) = chances.iter().position(|chance| !(0.0..=1.0).contains(chance)) {
        return refused(format!("pvals[{i}] = {}, not a probability", chances[i]));
    }
    let sum: f64 = others.iter().sum();
    match sum > MOST {
        true => refused(format!("all probabilities but the last add up to {sum}, more than 1")),
        false => Ok(()),
    }
}

/// # Trials with several outcomes
impl Generator {
    /// How many of `n` trials have each of some outcomes, of these probabilities: those of one experiment lie
    /// along the last axis, and add up to `n`. The last outcome has the probability that the others leave.
    ///
    /// `n` may be an array or an expression, which broadcasts to the shape and has no more than one element along
    /// the last axis: a number for each experiment.
    ///
    /// One binomial number after the other (L. Devroye, *Non-uniform random variate generation*, 1986,
    /// chapter XI.1). Nothing is sent; where the last axis is cut, a rank goes through the outcomes before its own too.
    ///
    /// # Errors
    /// On evaluation: more than 2^53 trials, of all experiments or of one; a number that is no probability,
    /// probabilities of more than 1 together; the last axis has not as many elements as there are outcomes; numbers of
    /// trials whose shape is not as above.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).multinomial(20, &[0.5, 0.2, 0.3], [10_000, 3]).eval()?;
    /// assert!(x.sum_axes(&[1])?.eq(20).all()?);
    /// assert!((x.slice("..., 1")?.mean()? - 4.0).abs() < 0.1);
    ///
    /// let error = ctx.random(1).multinomial(20, &[0.5, 0.5], [2, 3]).sum().unwrap_err().to_string();
    /// assert!(error.ends_with("the last axis of shape [2, 3] has no place for each of 2 outcomes"));
    ///
    /// let trials = ctx.from_fn([100, 1], |at| at[0] as u64)?;
    /// let x = ctx.random(1).multinomial(&trials, &[0.5, 0.5], [100, 2]).eval()?;
    /// assert!(x.slice("..., 0")?.le(&trials.cast::<i64>().eval()?.slice("..., 0")?).all()?);
    /// assert_eq!(x.sum()?, 4950);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn multinomial(
        &mut self,
        n: impl Operand<u64>,
        pvals: &[f64],
        distribution: impl IntoDistribution,
    ) -> Expr<i64> {
        let n = n.operand();
        self.next(distribution, |ctx, stream, distribution| {
            let n = node_in(ctx, n)?;
            check(pvals)?;
            Node::random_multinomial(n, Multinomial::new(pvals), stream, distribution)
        })
    }
}
