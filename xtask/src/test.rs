//! `cargo xtask test`.

use std::time::Instant;

use crate::place::{self, Place};
use crate::report::Report;
use crate::setup;
use crate::steps::{Outcome, STEPS, Step};

/// Which steps to run.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Selection {
    list: bool,
    quick: bool,
    names: Vec<String>,
}

impl Selection {
    /// Reads the command line.
    ///
    /// # Errors
    /// An unknown option or step.
    pub(crate) fn from_args(args: &[String]) -> Result<Self, String> {
        let mut selection = Self::default();
        for arg in args {
            match arg.as_str() {
                "--list" => selection.list = true,
                "--quick" => selection.quick = true,
                name if STEPS.iter().any(|step| step.name == name) => {
                    selection.names.push(name.to_owned());
                }
                other => return Err(format!("unknown option or step '{other}'; {}", known())),
            }
        }
        Ok(selection)
    }

    fn includes(&self, step: &Step) -> bool {
        match self.names.is_empty() {
            true => step.quick || !self.quick,
            false => self.names.iter().any(|name| name == step.name),
        }
    }
}

fn known() -> String {
    let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
    format!("the steps are {}", names.join(", "))
}

/// Runs the steps that are selected; a failure ends the run.
///
/// # Errors
/// A step failed, or was left out where nothing may be.
pub(crate) fn run(selection: &Selection) -> Result<(), String> {
    if selection.list {
        println!("{}", known());
        return Ok(());
    }
    let place = Place::new();
    let mut report = Report::default();
    if !selection.quick {
        let start = Instant::now();
        let missing = setup::run(&place)?;
        let outcome = match missing.is_empty() {
            true => Outcome::Passed,
            false => Outcome::Skipped(missing.join("; ")),
        };
        report.add("setup", outcome, start.elapsed());
    }
    for step in STEPS.iter().filter(|step| selection.includes(step)) {
        println!("\n=== {} ===", step.name);
        let start = Instant::now();
        let outcome = (step.run)(&place);
        if let Outcome::Skipped(why) = &outcome {
            println!("SKIPPED: {why}");
        }
        let failed = matches!(outcome, Outcome::Failed(_));
        report.add(step.name, outcome, start.elapsed());
        if failed {
            break;
        }
    }
    report.close(place::is_ci())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(args: &[&str]) -> Result<Selection, String> {
        Selection::from_args(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    fn names(args: &[&str]) -> Vec<&'static str> {
        let selection = selection(args).unwrap();
        STEPS.iter().filter(|step| selection.includes(step)).map(|step| step.name).collect()
    }

    #[test]
    fn everything_runs_unless_something_is_named() {
        assert_eq!(names(&[]).len(), STEPS.len());
        assert_eq!(names(&["test", "format"]), ["format", "test"]);
        assert_eq!(names(&["--quick"]), ["format", "lint", "docs", "test"]);
    }

    #[test]
    fn what_is_unknown_is_refused_by_name() {
        assert!(selection(&["--fast"]).unwrap_err().contains("--fast"));
        assert!(selection(&["tests"]).unwrap_err().contains("tests"));
    }
}
