//! What became of the steps.

use std::time::Duration;

/// How a step ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    Passed,
    /// It failed; the command to repeat by hand.
    Failed(String),
    /// It could not run; why.
    Skipped(String),
}

/// The steps that have run, with their times.
#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<(&'static str, Outcome, Duration)>,
}

impl Report {
    pub(crate) fn add(&mut self, name: &'static str, outcome: Outcome, took: Duration) {
        self.lines.push((name, outcome, took));
    }

    /// Prints a line for each step, and the numbers; whether the run succeeded.
    pub(crate) fn close(&self, all_must_run: bool) -> bool {
        println!();
        for (name, outcome, took) in &self.lines {
            let end = match outcome {
                Outcome::Passed => "passed".to_owned(),
                Outcome::Failed(command) => format!("FAILED; again by hand: {command}"),
                Outcome::Skipped(why) => format!("SKIPPED: {why}"),
            };
            println!("{name:<10} {:>7.1} s  {end}", took.as_secs_f64());
        }
        let total: Duration = self.lines.iter().map(|(_, _, took)| *took).sum();
        println!("{:<10} {:>7.1} s", "all", total.as_secs_f64());
        if all_must_run && self.count(is_skipped) > 0 {
            println!("a step was SKIPPED and CI is set: nothing may be left out");
        }
        println!("\n{}", self.numbers());
        self.succeeds(all_must_run)
    }

    fn succeeds(&self, all_must_run: bool) -> bool {
        self.count(is_failed) == 0 && !(all_must_run && self.count(is_skipped) > 0)
    }

    fn numbers(&self) -> String {
        let passed = self.count(|outcome| *outcome == Outcome::Passed);
        let (failed, skipped) = (self.count(is_failed), self.count(is_skipped));
        format!("{passed} passed, {failed} failed, {skipped} skipped")
    }

    fn count(&self, wanted: impl Fn(&Outcome) -> bool) -> usize {
        self.lines.iter().filter(|(_, outcome, _)| wanted(outcome)).count()
    }
}

fn is_failed(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed(_))
}

fn is_skipped(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Skipped(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcomes: &[Outcome]) -> Report {
        let mut report = Report::default();
        outcomes.iter().for_each(|outcome| report.add("step", outcome.clone(), Duration::ZERO));
        report
    }

    #[test]
    fn a_skip_fails_only_where_nothing_may_be_left_out() {
        let skipped = report(&[Outcome::Passed, Outcome::Skipped("no MPI".to_owned())]);
        assert!(skipped.close(false));
        assert!(!skipped.close(true));
        assert_eq!(skipped.numbers(), "1 passed, 0 failed, 1 skipped");
    }

    #[test]
    fn a_failure_always_fails() {
        let failed = report(&[Outcome::Passed, Outcome::Failed("cargo test".to_owned())]);
        assert!(!failed.close(false));
        assert!(!failed.close(true));
        assert_eq!(failed.numbers(), "1 passed, 1 failed, 0 skipped");
        assert!(report(&[Outcome::Passed]).close(true));
    }
}
