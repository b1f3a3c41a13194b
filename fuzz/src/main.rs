//! Tries inputs on a target, as many as one likes.
#![expect(clippy::print_stdout, reason = "a program that reports to people")]

use std::error::Error;
use std::path::PathBuf;

use distarray_fuzz::allocation::Watched;
use distarray_fuzz::{Campaign, TARGETS, Target, target};
use lexopt::prelude::*;

#[global_allocator]
static ALLOCATOR: Watched = Watched;

const HELP: &str = "\
cargo run --release -p distarray-fuzz -- TARGET [FILES] [OPTIONS]

  FILES            try these inputs instead of those in corpus/TARGET
  --iterations N   then N changes of them (100000; with FILES 0)
  --seed S         which changes (0)
  --list           list the targets
  --help           this text";

/// What the command line asks for.
enum Command {
    Help,
    List,
    Try(Campaign),
}

fn main() -> Result<(), Box<dyn Error>> {
    match command(lexopt::Parser::from_env())? {
        Command::Help => println!("{HELP}"),
        Command::List => TARGETS.iter().for_each(|target| println!("{}", target.name)),
        Command::Try(campaign) => {
            let report = campaign.run()?;
            println!("{} inputs and {} changes of them pass", report.seeds, report.rounds);
        }
    }
    Ok(())
}

fn command(mut args: lexopt::Parser) -> Result<Command, Box<dyn Error>> {
    let (mut name, mut files, mut iterations, mut seed) = (None, Vec::new(), None, 0);
    while let Some(arg) = args.next()? {
        match arg {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("list") => return Ok(Command::List),
            Long("iterations") => iterations = Some(args.value()?.parse()?),
            Long("seed") => seed = args.value()?.parse()?,
            Value(value) if name.is_none() => name = Some(value.string()?),
            Value(file) => files.push(PathBuf::from(file)),
            other => return Err(other.unexpected().into()),
        }
    }
    let target = known(name.as_deref())?;
    let (campaign, rounds) = match files.is_empty() {
        true => (Campaign::of(target)?, 100_000),
        false => (Campaign::over(target, &files)?, 0),
    };
    Ok(Command::Try(campaign.rounds(iterations.unwrap_or(rounds)).seed(seed)))
}

fn known(name: Option<&str>) -> Result<&'static Target, String> {
    let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
    match name {
        None => Err(format!("which target? One of {}; --help tells more", names.join(", "))),
        Some(name) => target(name)
            .ok_or_else(|| format!("no target is called '{name}': {}", names.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(args: &[&str]) -> Result<Command, String> {
        command(lexopt::Parser::from_args(args)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_command_line_is_understood() {
        assert!(matches!(asked(&["--list"]), Ok(Command::List)));
        assert!(matches!(asked(&["literal", "-h"]), Ok(Command::Help)));
        let Ok(Command::Try(campaign)) = asked(&["error", "--iterations", "7", "--seed=3"]) else {
            panic!("a campaign")
        };
        assert_eq!(campaign.run().unwrap().rounds, 7);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refused = |args: &[&str]| asked(args).err().unwrap();
        assert!(refused(&[]).starts_with("which target? One of checkpoint, "));
        assert!(refused(&["numpy"]).starts_with("no target is called 'numpy': checkpoint, "));
        assert!(refused(&["error", "no/such/file"]).starts_with("error: no/such/file: "));
        assert!(refused(&["error", "--iterations", "many"]).contains("many"));
        assert!(refused(&["error", "--quick"]).contains("--quick"));
    }
}
