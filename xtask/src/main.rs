//! The project's own commands: `cargo xtask setup`, `test` and `bench`.

mod place;
mod report;
mod setup;
mod steps;
mod test;

use std::process::{Command, ExitCode};

use place::Place;

const HELP: &str = "\
cargo xtask COMMAND

  setup                        install the system packages that tests and the feature `mpi` need
  test [OPTIONS] [STEP …]      format, lint and test everything, or the steps named
      --list                   list the steps
      --quick                  leave out what needs MPI, NumPy or a release build
  bench [NAMES] [--json FILE] [--ranks N]
                               measure against hand-written loops; as ratios";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = args.split_first() else {
        println!("{HELP}");
        return ExitCode::FAILURE;
    };
    let outcome = match command.as_str() {
        "setup" if rest.is_empty() => setup::run(&Place::new()).map(|_| ()),
        "test" => test::Selection::from_args(rest).and_then(|selection| test::run(&selection)),
        "bench" => bench(rest),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        _ => Err(format!("unknown command '{}'\n\n{HELP}", args.join(" "))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Passes everything on to the measurements' own program.
fn bench(args: &[String]) -> Result<(), String> {
    let mut command = Command::new(place::cargo());
    command.args(["run", "--release", "--quiet", "-p", "distarray-benches", "--"]).args(args);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the measurements ended with {status}")),
        Err(error) => Err(format!("cargo does not start: {error}")),
    }
}
