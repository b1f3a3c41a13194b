//! [`Multinomial`]: how many of some trials have each of several outcomes.

use super::counts::Binomial;
use super::stream::Stream;
use crate::block::Numbers;
use crate::block::kernels::cpu;
use crate::digest::Digest;
use crate::error::{Error, Result};

/// Trials with several outcomes. The last axis of what is made has a place for each.
///
/// The trials that have had none of the outcomes before are binomial numbers of the next, with its share of the
/// probability that is left (L. Devroye, *Non-uniform random variate generation*, 1986, chapter XI.1). Each
/// outcome's bits are its own element's; a rank that has some of them only goes through those before too.
#[derive(Debug)]
pub(crate) struct Multinomial {
    /// For each outcome, its share of the probability that those before leave.
    shares: Vec<f64>,
    digest: u64,
}

impl Multinomial {
    /// Of at least one outcome; the last one has what the others leave.
    pub(crate) fn new(chances: &[f64]) -> Self {
        let others: f64 = chances[..chances.len() - 1].iter().sum();
        let mut left = f64::max(0.0, 1.0 - others);
        let mut shares = vec![1.0; chances.len()];
        // From the end: so that the least of them are not rounded away.
        for (share, &chance) in shares.iter_mut().zip(chances).rev().skip(1) {
            left += chance;
            *share = if left > 0.0 { (chance / left).min(1.0) } else { 0.0 };
        }
        let bits: Vec<u64> = chances.iter().map(|chance| chance.to_bits()).collect();
        Self { shares, digest: Digest::of(&("multinomial", bits)) }
    }

    /// How many outcomes there are.
    pub(crate) fn outcomes(&self) -> usize {
        self.shares.len()
    }

    /// A number of trials as it is computed with.
    ///
    /// # Errors
    /// There are more than 2^53.
    pub(crate) fn trials(n: u64) -> Result<f64> {
        match n <= 1 << 53 {
            true => Ok(n as f64),
            false => {
                Err(Error::argument(format!("'multinomial': n = {n}, not a number up to 2^53")))
            }
        }
    }

    /// Makes the elements of these numbers; `trials` tells of each how many trials its experiment has, which is
    /// the same for all of one.
    pub(crate) fn fill(
        &self,
        stream: &Stream,
        numbers: Numbers<'_>,
        trials: impl Fn(usize) -> f64 + Copy,
        elements: &mut [i64],
    ) {
        cpu::dispatch(
            #[inline(always)]
            move || {
                let outcomes = self.shares.len() as u64;
                // The element that was made last, and how many trials were left after it.
                let mut last = None;
                for (i, element) in elements.iter_mut().enumerate() {
                    let number = numbers.at(i);
                    let first = number - number % outcomes;
                    let (start, mut left) = match last {
                        Some((made, left)) if (first..number).contains(&made) => (made + 1, left),
                        _ => (first, trials(i)),
                    };
                    let mut found = 0.0;
                    for other in start..=number {
                        found = self.outcome(stream, other, (other - first) as usize, left);
                        left -= found;
                    }
                    *element = found as i64;
                    last = Some((number, left));
                }
            },
        );
    }

    /// How many of the trials that are left have an outcome.
    #[inline(always)]
    fn outcome(&self, stream: &Stream, number: u64, outcome: usize, left: f64) -> f64 {
        match self.shares[outcome] {
            _ if outcome + 1 == self.shares.len() => left,
            share => Binomial::new(left, share).draw(&mut stream.draws(number)) as f64,
        }
    }

    /// A number that equal ones share.
    pub(crate) fn digest(&self) -> u64 {
        self.digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_what_is_left() {
        let shares = |chances: &[f64]| Multinomial::new(chances).shares;
        assert_eq!(shares(&[0.5, 0.25, 0.25]), [0.5, 0.5, 1.0]);
        assert_eq!(shares(&[0.0, 1.0, 0.0]), [0.0, 1.0, 1.0]);
        assert_eq!(shares(&[1.0, 0.0]), [1.0, 1.0]);
        assert_eq!(shares(&[1.0, 0.0, 0.0]), [1.0, 0.0, 1.0]);
        assert_eq!(shares(&[0.3]), [1.0]);
    }

    /// Elements by their number alone are those of whole rows.
    #[test]
    fn any_of_the_outcomes() {
        let stream = Stream::new(4, 5, 6);
        let law = Multinomial::new(&[0.1, 0.4, 0.2, 0.3]);
        let mut all = [0; 40];
        law.fill(&stream, Numbers::Even { first: 0, step: 1 }, |_| 1000.0, &mut all);
        assert!(all.chunks(4).all(|row| row.iter().sum::<i64>() == 1000));
        for step in [1, 2, 3, 4, 7] {
            for first in 0..5_usize {
                let mut some = vec![0; (40 - first).div_ceil(step)];
                let numbers = Numbers::Even { first: first as u64, step: step as u64 };
                law.fill(&stream, numbers, |_| 1000.0, &mut some);
                let expected: Vec<i64> = all[first..].iter().step_by(step).copied().collect();
                assert_eq!(some, expected, "{first} {step}");
            }
        }
        let mut some = [0; 4];
        law.fill(&stream, Numbers::Listed(&[39, 2, 2, 1]), |_| 1000.0, &mut some);
        assert_eq!(some, [all[39], all[2], all[2], all[1]]);
    }
}
