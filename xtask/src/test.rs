//! `cargo xtask test`.

use std::time::Instant;

use crate::place::{self, Place};
use crate::report::{Outcome, Report};
use crate::setup;
use crate::steps::{STEPS, Step};

/// Which steps to run.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Selection {
    list: bool,
    quick: bool,
    only: Vec<String>,
}

impl Selection {
    /// Reads the options.
    ///
    /// # Errors
    /// An unknown option or step; two options that exclude each other.
    pub(crate) fn from_args(args: &[String]) -> Result<Self, String> {
        let mut selection = Self::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--list" => selection.list = true,
                "--quick" => selection.quick = true,
                "--only" => {
                    let name = args.next().ok_or_else(|| format!("--only which? {}", known()))?;
                    if !STEPS.iter().any(|step| step.name == name) {
                        return Err(format!("unknown step '{name}'; {}", known()));
                    }
                    selection.only.push(name.clone());
                }
                other => return Err(format!("unknown option '{other}'")),
            }
        }
        if selection.quick && !selection.only.is_empty() {
            return Err("--quick and --only exclude each other".to_owned());
        }
        Ok(selection)
    }

    fn steps(&self) -> Vec<&'static Step> {
        STEPS.iter().filter(|step| self.includes(step)).collect()
    }

    fn includes(&self, step: &Step) -> bool {
        match self.only.is_empty() {
            true => step.quick || !self.quick,
            false => self.only.iter().any(|name| name == step.name),
        }
    }

    /// Whether the system is looked after first.
    fn sets_up(&self) -> bool {
        !self.quick && self.steps().iter().any(|step| step.system)
    }
}

fn known() -> String {
    let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
    format!("the steps are {}", names.join(", "))
}

/// Runs the steps that are selected, up to the first that fails; whether all is well.
pub(crate) fn run(selection: &Selection) -> bool {
    if selection.list {
        for step in STEPS {
            println!("{:<10} {}", step.name, step.about);
        }
        return true;
    }
    let mut place = Place::new();
    let mut report = Report::default();
    if selection.sets_up() {
        println!("=== setup ===");
        let start = Instant::now();
        let missing = setup::provide(&place);
        let outcome = match missing.is_empty() {
            true => Outcome::Passed,
            false => Outcome::Skipped(missing.join("; ")),
        };
        report.add("setup", outcome, start.elapsed());
        place = Place::new();
    }
    for step in selection.steps() {
        println!("\n=== {}: {} ===", step.name, step.about);
        let start = Instant::now();
        let outcome = (step.run)(&place);
        match &outcome {
            Outcome::Passed => {}
            Outcome::Failed(command) => println!("FAILED: {command}"),
            Outcome::Skipped(why) => println!("SKIPPED: {why}"),
        }
        let failed = matches!(outcome, Outcome::Failed(_));
        report.add(step.name, outcome, start.elapsed());
        if failed {
            println!("the steps after it were not run");
            break;
        }
    }
    report.close(place::is_ci())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(args: &str) -> Result<Selection, String> {
        Selection::from_args(&args.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    fn names(args: &str) -> Vec<&'static str> {
        selection(args).unwrap().steps().iter().map(|step| step.name).collect()
    }

    #[test]
    fn everything_runs_unless_something_is_named() {
        assert_eq!(names("").len(), STEPS.len());
        assert_eq!(names("--only test --only format"), ["format", "test"]);
        assert_eq!(names("--quick"), ["format", "lint", "test"]);
    }

    #[test]
    fn the_system_is_left_alone_where_it_is_not_needed() {
        assert!(selection("").unwrap().sets_up());
        assert!(selection("--only mpich").unwrap().sets_up());
        assert!(!selection("--quick").unwrap().sets_up());
        assert!(!selection("--only docs").unwrap().sets_up());
    }

    #[test]
    fn what_is_unknown_is_refused_by_name() {
        assert!(selection("--fast").unwrap_err().contains("--fast"));
        assert!(selection("format").unwrap_err().contains("format"));
        assert!(selection("--only tests").unwrap_err().contains("tests"));
        assert!(selection("--only").unwrap_err().contains("mpich"));
        assert!(selection("--quick --only format").is_err());
    }
}
