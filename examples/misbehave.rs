//! What a user sees when one rank goes wrong.
//!
//! `cargo run --example misbehave -- --how panic --rank 1 --ranks 3`, or built with the feature
//! `mpi`, `mpirun -n 3 target/debug/examples/misbehave --how panic --rank 1`. Whatever the way, all
//! ranks end at once with exit code 1 and one message, which names the rank, the operation and its
//! line.

use distarray::dist::{AxisMap, Dist, Ranks};
use distarray::prelude::*;
use distarray::{Launch, array::Context};

/// The ways to go wrong, each with what the rank does.
const WAYS: &[(&str, Way)] = &[
    ("panic", panics),
    ("early-return", returns_early),
    ("error", fails),
    ("mismatch", is_in_another_operation),
    ("shape", has_another_shape),
    ("io", lacks_its_file),
    ("alloc", asks_for_too_much),
];

/// A program in which one rank goes wrong.
type Way = fn(&Context, usize) -> Result<f64>;

fn main() -> Result<()> {
    let options = Options::parse().map_err(Error::user)?;
    let mut launch = Launch::new();
    if let Some(ranks) = options.ranks {
        launch = launch.ranks(ranks);
    }
    if std::env::var_os("DISTARRAY_CHECK").is_none() {
        // In release builds too: under MPI it takes this to notice some of the ways.
        launch = launch.checked(true);
    }
    let total = launch.run(|ctx| match options.rank < ctx.size() {
        true => (options.way)(ctx, options.rank),
        false => Err(Error::argument(format!(
            "--rank {}: there are {} ranks, from 0 on",
            options.rank,
            ctx.size()
        ))),
    })?;
    Err(Error::user(format!("nothing went wrong: the result is {total}")))
}

/// A function of the user's panics at an element that this rank owns.
fn panics(ctx: &Context, rank: usize) -> Result<f64> {
    let a = ctx.arange_on(0.0, 1.0, ctx.size())?;
    let fatal = rank as f64;
    a.map(move |x: f64| if x == fatal { panic!("cannot bear element {x}") } else { x }).sum()
}

/// The program of this rank ends before the others' does.
fn returns_early(ctx: &Context, rank: usize) -> Result<f64> {
    let a = ctx.ones::<f64>([100, 100])?;
    if ctx.rank() == rank {
        return Ok(0.0);
    }
    a.sum()
}

/// The program of this rank fails with an error of its own.
fn fails(ctx: &Context, rank: usize) -> Result<f64> {
    let a = ctx.ones::<f64>([100, 100])?;
    let scale: f64 = if ctx.rank() == rank { "twelve" } else { "12" }.parse()?;
    Ok(scale * a.sum()?)
}

/// This rank asks for the maximum where the others ask for the sum.
fn is_in_another_operation(ctx: &Context, rank: usize) -> Result<f64> {
    let a = ctx.ones::<f64>([100, 100])?;
    if ctx.rank() == rank { a.max() } else { a.sum() }
}

/// This rank makes an array of another shape.
fn has_another_shape(ctx: &Context, rank: usize) -> Result<f64> {
    let columns = if ctx.rank() == rank { 101 } else { 100 };
    ctx.ones::<f64>([100, columns])?.sum()
}

/// This rank's own file is not there.
fn lacks_its_file(ctx: &Context, rank: usize) -> Result<f64> {
    let name = if ctx.rank() == rank { "no-such-file.csv" } else { "Cargo.toml" };
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let text = std::fs::read_to_string(&path);
    let text = ctx.agree(text.map_err(|error| Error::file(name, error.to_string())))?;
    let lengths = ctx.from_fn(ctx.size(), |_| text.len() as f64)?;
    lengths.sum()
}

/// This rank's part is larger than any memory.
fn asks_for_too_much(ctx: &Context, rank: usize) -> Result<f64> {
    let extent = 1 << 50;
    let bounds: Vec<usize> =
        (0..=ctx.size()).map(|part| if part > rank { extent } else { 0 }).collect();
    let rows = AxisMap::new(extent, ctx.size(), Dist::irregular(bounds))?;
    let uneven = Distribution::from_maps(vec![rows], Ranks::range(0..ctx.size()))?;
    ctx.ones::<f64>(&uneven)?.sum()
}

struct Options {
    way: Way,
    rank: usize,
    ranks: Option<usize>,
}

impl Options {
    fn parse() -> std::result::Result<Self, lexopt::Error> {
        use lexopt::prelude::*;

        let (mut way, mut rank, mut ranks) = (None, None, None);
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("how") => {
                    let how = parser.value()?.string()?;
                    let found = WAYS.iter().find(|(name, _)| *name == how);
                    let (_, found) = found.ok_or_else(|| format!("--how {how}: {}", names()))?;
                    way = Some(*found);
                }
                Long("rank") => rank = Some(parser.value()?.parse()?),
                Long("ranks") => ranks = Some(parser.value()?.parse()?),
                other => return Err(other.unexpected()),
            }
        }
        let missing = |option| format!("{option} is missing");
        Ok(Self {
            way: way.ok_or_else(|| format!("{}: {}", missing("--how"), names()))?,
            rank: rank.ok_or_else(|| missing("--rank"))?,
            ranks,
        })
    }
}

fn names() -> String {
    let names: Vec<_> = WAYS.iter().map(|(name, _)| *name).collect();
    format!("it is one of {}", names.join(", "))
}
