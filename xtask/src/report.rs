//! What became of the steps.

use std::time::Duration;

use crate::steps::Outcome;

/// The steps that have run, with their times.
#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<(&'static str, Outcome, Duration)>,
}

impl Report {
    pub(crate) fn add(&mut self, name: &'static str, outcome: Outcome, took: Duration) {
        self.lines.push((name, outcome, took));
    }

    /// Prints a line for each step, and the numbers.
    ///
    /// # Errors
    /// A step failed; or one was left out where nothing may be.
    pub(crate) fn close(&self, all_must_run: bool) -> Result<(), String> {
        println!();
        let (mut passed, mut failed, mut skipped) = (0, 0, 0);
        for (name, outcome, took) in &self.lines {
            let seconds = took.as_secs_f64();
            match outcome {
                Outcome::Passed => {
                    passed += 1;
                    println!("{name:<10} {seconds:>7.1} s  passed");
                }
                Outcome::Failed(command) => {
                    failed += 1;
                    println!("{name:<10} {seconds:>7.1} s  FAILED; again by hand: {command}");
                }
                Outcome::Skipped(why) => {
                    skipped += 1;
                    println!("{name:<10} {seconds:>7.1} s  SKIPPED: {why}");
                }
            }
        }
        println!("\n{passed} passed, {failed} failed, {skipped} skipped");
        match (failed, skipped) {
            (0, 0) => Ok(()),
            (0, _) if !all_must_run => Ok(()),
            (0, _) => Err("a step was SKIPPED, and CI is set: nothing may be left out".to_owned()),
            _ => Err("a step FAILED".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcomes: Vec<Outcome>) -> Report {
        let mut report = Report::default();
        outcomes.into_iter().for_each(|outcome| report.add("step", outcome, Duration::ZERO));
        report
    }

    #[test]
    fn a_skip_fails_only_where_nothing_may_be_left_out() {
        let skipped = report(vec![Outcome::Passed, Outcome::Skipped("no MPI".to_owned())]);
        assert!(skipped.close(false).is_ok());
        assert!(skipped.close(true).is_err());
    }

    #[test]
    fn a_failure_always_fails() {
        let failed = report(vec![Outcome::Failed("cargo test".to_owned()), Outcome::Passed]);
        assert!(failed.close(false).is_err());
        assert!(report(vec![Outcome::Passed]).close(true).is_ok());
    }
}
