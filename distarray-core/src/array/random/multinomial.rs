//! How many of some trials have each of several outcomes, at random.

use std::rc::Rc;

use super::super::{Expr, IntoDistribution};
use super::Generator;
use crate::block::kernels::random::{Law, Multinomial};
use crate::error::{Error, Result};

/// The largest sum of probabilities, all but the last: that of numbers which add up to 1, rounded.
const MOST: f64 = 1.0 + 1e-12;

fn check(trials: u64, chances: &[f64], shape: &[usize]) -> Result<()> {
    let refused = |message: String| Err(Error::argument(format!("'multinomial': {message}")));
    if trials > 1 << 53 {
        return refused(format!("n = {trials}, not a number up to 2^53"));
    }
    let Some((_, others)) = chances.split_last() else {
        return refused("no probabilities".to_owned());
    };
    if let Some(i) = chances.iter().position(|chance| !(0.0..=1.0).contains(chance)) {
        return refused(format!("pvals[{i}] = {}, not a probability", chances[i]));
    }
    let sum: f64 = others.iter().sum();
    if sum > MOST {
        return refused(format!("all probabilities but the last add up to {sum}, more than 1"));
    }
    match shape.last() == Some(&chances.len()) {
        true => Ok(()),
        false => Err(Error::shape(format!(
            "'multinomial': the last axis of shape {shape:?} has no place for each of {} outcomes",
            chances.len()
        ))),
    }
}

/// # Trials with several outcomes
impl Generator {
    /// How many of `n` trials have each of some outcomes, of these probabilities: those of one experiment lie
    /// along the last axis, and add up to `n`. The last outcome has the probability that the others leave.
    ///
    /// One binomial number after the other (L. Devroye, *Non-uniform random variate generation*, 1986,
    /// chapter XI.1). Nothing is sent; where the last axis is cut, a rank goes through the outcomes before its own too.
    ///
    /// # Errors
    /// On evaluation: more than 2^53 trials, a number that is no probability, probabilities of more than 1
    /// together; the last axis has not as many elements as there are outcomes.
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
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn multinomial(
        &mut self,
        n: u64,
        pvals: &[f64],
        distribution: impl IntoDistribution,
    ) -> Expr<i64> {
        self.draw(distribution, |_, shape| {
            check(n, pvals, shape)?;
            Ok(Law::Multinomial(Rc::new(Multinomial::new(n as f64, pvals))))
        })
    }
}
