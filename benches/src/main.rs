//! Measurements of distarray, as ratios against hand-written code and memory bandwidth in the same
//! run.
//!
//! `cargo xtask bench [NAMES] [--json FILE]`; the names are those of the groups below.

mod bandwidth;
mod elementwise;
mod files;
mod halo;
mod heap;
mod isa;
mod math;
mod measure;
mod random;
mod redistribute;
mod reduce;
mod scan;
mod stencil;
mod watch;

use std::fmt::Display;
use std::io::Write;

use distarray::{Error, Launch, Result, array::Context};
use lexopt::prelude::*;
use measure::Line;

/// A group of measurements: its name, and what each rank runs.
type Group = (&'static str, fn(&Context) -> Result<Vec<Line>>);

const GROUPS: &[Group] = &[
    ("elementwise", elementwise::run),
    ("reduce", reduce::run),
    ("scan", scan::run),
    ("math", math::run),
    ("random", random::run),
    ("redistribute", redistribute::run),
    ("halo", halo::run),
    ("stencil", stencil::run),
    ("watch", watch::run),
    ("files", files::run),
];

fn main() -> Result<()> {
    let (mut names, mut json, mut ranks) = (Vec::new(), None, 2);
    let refuse = |error: lexopt::Error| Error::argument(error.to_string());
    let mut args = lexopt::Parser::from_env();
    while let Some(arg) = args.next().map_err(refuse)? {
        match arg {
            Long("json") => json = Some(args.value().map_err(refuse)?),
            Long("ranks") => ranks = args.value().and_then(|n| n.parse()).map_err(refuse)?,
            Value(name) => names.push(name.to_string_lossy().into_owned()),
            other => return Err(refuse(other.unexpected())),
        }
    }
    let known = |name: &String| GROUPS.iter().any(|(group, _)| group == name);
    if let Some(name) = names.iter().find(|name| !known(name)) {
        let groups: Vec<_> = GROUPS.iter().map(|(group, _)| *group).collect();
        let message = format!("no group of measurements is called '{name}': {}", groups.join(", "));
        return Err(Error::argument(message));
    }
    let mut lines = Vec::new();
    for (name, run) in GROUPS {
        if names.is_empty() || names.iter().any(|wanted| wanted == name) {
            lines.extend(Launch::new().ranks(ranks).run(|ctx| {
                let lines = run(ctx)?;
                lines.iter().for_each(|line| ctx.print_once(line));
                Ok(lines)
            })?);
            // Under a launcher each process comes here, and others could not be started from there.
            if *name == "elementwise" && lines.iter().all(|line| line.backend != "mpi") {
                let (peers, absent) = elementwise::peers::run(&lines);
                let mut out = std::io::stdout();
                let mut print = |text: &dyn Display| {
                    writeln!(out, "{text}").map_err(|error| Error::argument(error.to_string()))
                };
                peers.iter().try_for_each(|line| print(line))?;
                absent.iter().try_for_each(|sentence| print(sentence))?;
                lines.extend(peers);
            }
        }
    }
    if let Some(path) = json {
        let write = || -> std::io::Result<()> {
            let mut file = std::fs::File::create(&path)?;
            lines.iter().try_for_each(|line| writeln!(file, "{}", line.json()))
        };
        write().map_err(|error| Error::file(&path, error.to_string()))?;
    }
    Ok(())
}
