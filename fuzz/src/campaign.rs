//! Trying many inputs on one target.

use std::path::PathBuf;

use crate::corpus::{self, Seed};
use crate::trial::Trial;
use crate::{Failure, Numbers, Target, mutate};

/// The inputs to try on a target: some as they are, then changes of them.
///
/// ```
/// use distarray_fuzz::{Campaign, target};
///
/// let campaign = Campaign::of(target("error").unwrap())?.rounds(10).seed(5);
/// assert_eq!(campaign.run()?.rounds, 10);
/// # Ok::<(), distarray_fuzz::Failure>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is tried before `run`"]
pub struct Campaign {
    target: &'static Target,
    seeds: Vec<Seed>,
    rounds: u64,
    seed: u64,
}

/// What a campaign that found nothing has tried.
///
/// ```
/// use distarray_fuzz::{Campaign, target};
///
/// let report = Campaign::of(target("literal").unwrap())?.run()?;
/// assert!(report.seeds > 10);
/// assert_eq!(report.rounds, 0);
/// # Ok::<(), distarray_fuzz::Failure>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// The inputs tried as they are.
    pub seeds: usize,
    /// The changed inputs tried.
    pub rounds: u64,
}

impl Campaign {
    /// The inputs in the target's folder of `corpus/`, without changes.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn of(target: &'static Target) -> Result<Self, Failure> {
        Ok(Self { target, seeds: corpus::of(target)?, rounds: 0, seed: 0 })
    }

    /// The inputs in some files, without changes.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn over(target: &'static Target, files: &[PathBuf]) -> Result<Self, Failure> {
        Ok(Self { target, seeds: corpus::read(target, files)?, rounds: 0, seed: 0 })
    }

    /// The same, and so many changes of the inputs.
    pub fn rounds(self, rounds: u64) -> Self {
        Self { rounds, ..self }
    }

    /// The same with other changes: a seed decides them all.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Tries the inputs one after the other.
    ///
    /// Ends the process where an input takes for ever.
    ///
    /// # Errors
    /// An input makes the target panic, or ask for more memory than
    /// [`limit`](crate::allocation::limit) lets it; it is kept in a file, which the error names.
    pub fn run(&self) -> Result<Report, Failure> {
        let mut trial = Trial::new(self.target)?;
        match self.run_all(&mut trial) {
            Ok(()) => Ok(Report { seeds: self.seeds.len(), rounds: self.rounds }),
            Err((origin, what)) => {
                let input = Some((origin, trial.keep()));
                Err(Failure { target: self.target.name, what, input })
            }
        }
    }

    fn run_all(&self, trial: &mut Trial) -> Result<(), (String, String)> {
        for seed in &self.seeds {
            trial.run(&seed.bytes).map_err(|what| (seed.name.clone(), what))?;
        }
        let mut numbers = Numbers::new(self.seed);
        for round in 0..self.rounds {
            let input = self.changed(&mut numbers);
            let origin = || format!("seed {}, round {round}", self.seed);
            trial.run(&input).map_err(|what| (origin(), what))?;
        }
        Ok(())
    }

    /// A seed with a few changes; without seeds, of nothing.
    fn changed(&self, numbers: &mut Numbers) -> Vec<u8> {
        let mut one = || match self.seeds.len() {
            0 => Vec::new(),
            seeds => self.seeds[numbers.below(seeds)].bytes.clone(),
        };
        let (mut input, other) = (one(), one());
        mutate(&mut input, &other, self.target.words, numbers);
        input
    }
}
