//! Pi by Monte Carlo: random points, counted in one pass, without an array in memory.
//!
//! `cargo run --release --example pi -- --samples 1000000000`, or, built with `--features mpi`, under
//! `mpirun`. The result is the same with any number of ranks.

use std::time::Instant;

use distarray::Launch;
use distarray::prelude::*;
use lexopt::prelude::*;

const HELP: &str = "\
Estimates pi from random points in a square: how many lie within the circle.

Usage: pi [OPTIONS]

  --samples N   number of points (default: 100000000)
  --seed N      which random numbers (default: 42)
  --ranks N     number of thread ranks (default: DISTARRAY_RANKS, else the number of cores)
  --help        print this";

struct Options {
    samples: usize,
    seed: u64,
    ranks: Option<usize>,
    help: bool,
}

impl Options {
    fn read() -> Result<Self, lexopt::Error> {
        let mut options = Self { samples: 100_000_000, seed: 42, ranks: None, help: false };
        let mut args = lexopt::Parser::from_env();
        while let Some(arg) = args.next()? {
            match arg {
                Long("samples") => options.samples = args.value()?.parse()?,
                Long("seed") => options.seed = args.value()?.parse()?,
                Long("ranks") => options.ranks = Some(args.value()?.parse()?),
                Long("help") | Short('h') => options.help = true,
                other => return Err(other.unexpected()),
            }
        }
        Ok(options)
    }
}

fn main() -> Result<()> {
    let options = Options::read();
    let mut launch = Launch::new();
    if let Ok(Options { ranks: Some(ranks), .. }) = options {
        launch = launch.ranks(ranks);
    }
    launch.run(|ctx| match &options {
        Ok(options) if options.help => {
            ctx.print_once(HELP);
            Ok(())
        }
        Ok(options) => estimate(ctx, options),
        Err(error) => Err(Error::argument(format!("{error} (--help lists the options)"))),
    })
}

fn estimate(ctx: &Context, options: &Options) -> Result<()> {
    let n = options.samples;
    if n == 0 {
        return Err(Error::argument("--samples 0: an estimate takes at least 1"));
    }
    let start = Instant::now();
    let mut rng = ctx.random(options.seed);
    let (x, y) = (rng.uniform::<f64>(n), rng.uniform::<f64>(n));
    // One pass that keeps nothing but a count, and one small message.
    let inside = (&x * &x + &y * &y).lt(1.0).count()?;
    let seconds = start.elapsed().as_secs_f64();

    let share = inside as f64 / n as f64;
    let error = 4.0 * (share * (1.0 - share) / n as f64).sqrt();
    ctx.print_once(format_args!("pi ~ {:.8} +- {error:.8}: {inside} of {n} points", 4.0 * share));
    let rate = n as f64 / seconds / 1e6;
    ctx.print_once(format_args!(
        "{seconds:.3} s on {} ranks, {rate:.0} million a second",
        ctx.size()
    ));
    Ok(())
}
