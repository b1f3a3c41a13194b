//! Random choices and permutations.

use std::rc::Rc;

use super::super::{Expr, IntoDistribution};
use super::Generator;
use crate::block::kernels::random::{Alias, Law, Permutation, Span, Stream};
use crate::error::{Error, Result};

/// Weights of numbers of which so many are to be chosen; an error unless enough are above 0.
fn check(weights: &[f64], chosen: usize) -> Result<()> {
    let wrong = weights.iter().position(|weight| !(0.0..f64::INFINITY).contains(weight));
    if let Some(i) = wrong {
        let weight = weights[i];
        return Err(Error::argument(format!(
            "'choice': weights[{i}] = {weight}, not a finite number from 0 on"
        )));
    }
    let positive = weights.iter().filter(|&&weight| weight > 0.0).count();
    if weights.len() > u32::MAX as usize {
        let (count, most) = (weights.len(), u32::MAX);
        return Err(Error::argument(format!("'choice': {count} weights, more than {most}")));
    }
    match positive < chosen {
        true => Err(Error::argument(format!(
            "'choice': {chosen} numbers of {positive} whose weight is not 0"
        ))),
        false => Ok(()),
    }
}

/// How many numbers a shape has room for; an error where they would come twice.
fn distinct(name: &str, shape: &[usize], n: u64) -> Result<()> {
    let wanted: usize = shape.iter().product();
    match wanted as u64 <= n {
        true => Ok(()),
        false => Err(Error::argument(format!("'{name}': {wanted} different numbers of {n}"))),
    }
}

fn permutation(stream: &Stream, name: &str, n: u64) -> Result<Law> {
    match i64::try_from(n) {
        Ok(_) => Ok(Law::Permutation(Permutation::new(stream, n))),
        Err(_) => Err(Error::argument(format!("'{name}': n = {n}, not a number below 2^63"))),
    }
}

/// # Choices and permutations
///
/// Of numbers from 0 on, as [`take`](super::super::DistArray::take) has them: what they stand for may be
/// anywhere. Nothing is sent, and no rank needs memory for more than a table of 65,536 numbers, or
/// for the weights.
///
/// A permutation of up to 65,536 numbers is each of all `n!` with the same probability (as far as a seed
/// of 64 bits goes). Of more numbers it is a keyed bijection, a Feistel network of twelve rounds: each
/// number's place is random, and so are those of any few of them together; of all `n!` permutations it
/// can be as many as there are keys.
impl Generator {
    /// The numbers from 0 on in random order, as many as the distribution has.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let order = ctx.random(1).permutation(1_000);
    /// assert_eq!(order.sum()?, 499_500);
    /// assert_ne!(order.eval()?.to_ndarray()?, ctx.arange(0, 1_000_i64, 1)?.to_ndarray()?);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn permutation(&mut self, distribution: impl IntoDistribution) -> Expr<i64> {
        self.draw(distribution, |stream, shape| {
            let n = shape.iter().product::<usize>() as u64;
            permutation(stream, "permutation", n)
        })
    }

    /// Numbers below `n`, each equally likely, whether it came before or not.
    ///
    /// # Errors
    /// On evaluation: there are no numbers below 0, or `n` is 2^63 or more.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let data = ctx.linspace(0.0_f64, 1.0, 50)?;
    /// let resampled = data.take(&ctx.random(1).choice(50, 1_000), 0)?;
    /// assert!((resampled.mean()? - 0.5).abs() < 0.05);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn choice(&mut self, n: u64, distribution: impl IntoDistribution) -> Expr<i64> {
        self.draw(distribution, |_, _| match (1..1 << 63).contains(&n) {
            true => Ok(Law::Integers(Span { low: 0, count: n })),
            false => Err(Error::argument(format!("'choice': n = {n}, not from 1 to 2^63 - 1"))),
        })
    }

    /// Numbers below `n`, none of them twice.
    ///
    /// # Errors
    /// On evaluation: there are not so many numbers, or `n` is 2^63 or more.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let chosen = ctx.random(1).choice_distinct(3, 3).eval()?;
    /// assert_eq!((chosen.min()?, chosen.sum()?, chosen.max()?), (0, 3, 2));
    /// assert!(ctx.random(1).choice_distinct(3, 4).eval().is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn choice_distinct(&mut self, n: u64, distribution: impl IntoDistribution) -> Expr<i64> {
        self.draw(distribution, |stream, shape| {
            distinct("choice_distinct", shape, n)?;
            permutation(stream, "choice_distinct", n)
        })
    }

    /// Numbers that are chosen with weights, the same on every rank: number `i` with the probability
    /// `weights[i]`, divided by the sum of all.
    ///
    /// # Errors
    /// On evaluation: a weight that is not finite or below 0, none above 0, or 2^32 weights and more.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let chosen = ctx.random(1).choice_weighted(&[1.0, 0.0, 3.0], 10_000);
    /// assert_eq!(chosen.eq(1).count()?, 0);
    /// assert!((7_400..7_600).contains(&chosen.eq(2).count()?));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn choice_weighted(
        &mut self,
        weights: &[f64],
        distribution: impl IntoDistribution,
    ) -> Expr<i64> {
        self.draw(distribution, |_, _| {
            check(weights, 1)?;
            Ok(Law::Weighted(Rc::new(Alias::new(weights))))
        })
    }

    /// Numbers that are chosen with weights one after the other, none of them twice.
    ///
    /// Each rank orders all of them by exponential keys, which the weights divide (P. S. Efraimidis and
    /// P. G. Spirakis, *Weighted random sampling with a reservoir*, 2006).
    ///
    /// # Errors
    /// On evaluation: a weight that is not finite or below 0, not so many above 0, or 2^32 weights and more.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let chosen = ctx.random(1).choice_weighted_distinct(&[1.0, 0.0, 3.0], 2).eval()?;
    /// assert_eq!((chosen.min()?, chosen.max()?), (0, 2));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn choice_weighted_distinct(
        &mut self,
        weights: &[f64],
        distribution: impl IntoDistribution,
    ) -> Expr<i64> {
        self.draw(distribution, |stream, shape| {
            check(weights, shape.iter().product())?;
            Ok(Law::Permutation(Permutation::by_weight(stream, weights)))
        })
    }
}
