//! The project's own commands: `cargo xtask setup`, `test` and `bench`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that reports to people")]

mod bench;
mod convert;
mod large;
mod misbehave;
mod mpi;
mod packages;
mod place;
mod python;
mod report;
mod sanitizers;
mod setup;
mod steps;
mod test;

use std::process::ExitCode;

use test::Selection;

const HELP: &str = "\
cargo xtask COMMAND

  setup                install what the tests and the feature `mpi` need of the system
      --peers          also mpi4py and numexpr in target/python, which `bench elementwise` compares with
  test [OPTIONS]       format, lint and test everything
      --quick          format, lint and test on threads only
      --only STEP      this step only; may be given several times
      --list           list the steps
  bench [NAMES] [--json FILE] [--ranks N]
                       measure against hand-written loops; as ratios
      --mpi LIBRARY    on processes under `openmpi` or `mpich`, instead of threads
  help                 this text";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
enum Task {
    Setup,
    SetupWithPeers,
    Test(Selection),
    Bench(bench::Selection),
    Help,
}

impl Task {
    /// Reads the command line.
    ///
    /// # Errors
    /// No command, or one, an option or a step that is unknown.
    fn from_args(args: &[String]) -> Result<Self, String> {
        let (command, rest) = args.split_first().ok_or("which command?")?;
        if rest.iter().any(|arg| arg == "--help" || arg == "-h") {
            return Ok(Self::Help);
        }
        match command.as_str() {
            "setup" if rest.is_empty() => Ok(Self::Setup),
            "setup" if rest == ["--peers"] => Ok(Self::SetupWithPeers),
            "setup" => Err(format!("setup has the option --peers; found '{}'", rest.join(" "))),
            "test" => Selection::from_args(rest).map(Self::Test),
            "bench" => bench::Selection::from_args(rest).map(Self::Bench),
            "help" | "--help" | "-h" => Ok(Self::Help),
            other => Err(format!("unknown command '{other}'")),
        }
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let task = match Task::from_args(&args) {
        Ok(task) => task,
        Err(message) => {
            eprintln!("{message}\n\n{HELP}");
            return ExitCode::FAILURE;
        }
    };
    let success = match task {
        Task::Setup => setup::run(),
        Task::SetupWithPeers => setup::run_with_peers(),
        Task::Test(selection) => test::run(&selection),
        Task::Bench(selection) => bench::run(&selection),
        Task::Help => {
            println!("{HELP}");
            true
        }
    };
    if success { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(args: &str) -> Result<Task, String> {
        Task::from_args(&args.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn each_command_is_understood() {
        assert_eq!(task("setup"), Ok(Task::Setup));
        assert_eq!(task("setup --peers"), Ok(Task::SetupWithPeers));
        assert_eq!(task("test"), Ok(Task::Test(Selection::default())));
        assert_eq!(task("help"), Ok(Task::Help));
        assert_eq!(task("test --help"), Ok(Task::Help));
        assert!(matches!(task("bench halo --json out"), Ok(Task::Bench(_))));
    }

    #[test]
    fn what_is_unknown_is_refused_by_name() {
        assert!(task("").is_err());
        assert!(task("tests").unwrap_err().contains("tests"));
        assert!(task("setup --fast").unwrap_err().contains("--fast"));
        assert!(task("test --fast").unwrap_err().contains("--fast"));
    }
}
