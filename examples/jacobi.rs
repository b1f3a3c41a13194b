//! Heat on a square plate, one side hot and the others cold, until it flows evenly.
//!
//! `cargo run --release --example jacobi -- --help` tells the options. Built with `--features mpi`,
//! the same program runs under `mpirun`.
//!
//! Each sweep makes every inner point the mean of its four neighbours (Jacobi's method); points at
//! the sides stay as they are. The rows and columns of other ranks that a sweep needs are on their way
//! while the interior is computed. The plate is symmetric: four of it, turned, add up to one that is
//! hot on all sides. So the middle of the plate ends at a quarter of the heat.

#[path = "terrain/picture.rs"]
mod picture;

use std::ffi::OsString;
use std::path::PathBuf;

use distarray::Launch;
use distarray::array::Context;
use distarray::prelude::*;
use lexopt::prelude::*;

const HELP: &str = "\
Heats one side of a square plate until no point changes by more than a tolerance.

Usage: jacobi [OPTIONS]

  --size N           points along each side, at least 3 (default: 101)
  --tolerance X      the largest change in one sweep at the end (default: 1e-6)
  --sweeps N         give up after so many sweeps (default: 100000)
  --every N          look at the change every so many sweeps (default: 100)
  --ranks N          number of thread ranks (default: DISTARRAY_RANKS, else the number of cores)
  --dist KINDS       how the plate is distributed, in blocks, such as b,n  n,b (default: b,b)
  --png FILE.png     write a picture of the plate, hot is white
  --help             print this";

#[derive(Debug)]
struct Options {
    size: usize,
    tolerance: f64,
    sweeps: usize,
    every: usize,
    ranks: Option<usize>,
    dist: String,
    png: Option<PathBuf>,
    help: bool,
}

impl Options {
    fn from_args(args: impl Iterator<Item = OsString>) -> Result<Self> {
        let mut options = Self {
            size: 101,
            tolerance: 1e-6,
            sweeps: 100_000,
            every: 100,
            ranks: None,
            dist: "b,b".into(),
            png: None,
            help: false,
        };
        let refuse =
            |error: lexopt::Error| Error::argument(format!("{error} (--help lists the options)"));
        options.read(lexopt::Parser::from_args(args)).map_err(refuse)?;
        if options.size < 3 || options.every == 0 {
            return Err(Error::argument(format!(
                "a plate has 3 points or more along each side, and is looked at every 1 or more \
                 sweeps; --size is {} and --every {}",
                options.size, options.every
            )));
        }
        Ok(options)
    }

    fn read(&mut self, mut args: lexopt::Parser) -> std::result::Result<(), lexopt::Error> {
        while let Some(arg) = args.next()? {
            match arg {
                Long("size") => self.size = args.value()?.parse()?,
                Long("tolerance") => self.tolerance = args.value()?.parse()?,
                Long("sweeps") => self.sweeps = args.value()?.parse()?,
                Long("every") => self.every = args.value()?.parse()?,
                Long("ranks") => self.ranks = Some(args.value()?.parse()?),
                Long("dist") => self.dist = args.value()?.string()?,
                Long("png") => self.png = Some(args.value()?.into()),
                Long("help") | Short('h') => self.help = true,
                other => return Err(other.unexpected()),
            }
        }
        Ok(())
    }
}

fn main() -> Result<()> {
    let options = Options::from_args(std::env::args_os().skip(1));
    let mut launch = Launch::new();
    if let Ok(Options { ranks: Some(ranks), .. }) = options {
        launch = launch.ranks(ranks);
    }
    // Options that cannot be read are reported within `run`, once for all ranks.
    launch.run(|ctx| match &options {
        Ok(options) if options.help => {
            ctx.print_once(HELP);
            Ok(())
        }
        Ok(options) => heat(ctx, options),
        Err(error) => Err(error.clone()),
    })
}

fn heat(ctx: &Context, options: &Options) -> Result<()> {
    let side = options.size;
    let plate = Distribution::new([side, side], &options.dist, ctx.size())?;
    let mut heat = ctx.from_fn(&plate, |at| if at[0] == 0 { 1.0_f64 } else { 0.0 })?;
    // Two arrays take turns; what the sweeps do not write, the sides, is the same in both.
    let mut next = heat.clone();
    let stencil = Stencil::new([1, 1]).boundary(Boundary::Skip);

    let (mut sweeps, mut change) = (0, f64::INFINITY);
    while change > options.tolerance && sweeps < options.sweeps {
        for _ in 0..options.every.min(options.sweeps - sweeps) {
            heat.stencil_into(&stencil, &mut next, |w| {
                0.25 * (w[[-1, 0]] + w[[1, 0]] + w[[0, -1]] + w[[0, 1]])
            })?;
            std::mem::swap(&mut heat, &mut next);
            sweeps += 1;
        }
        // One pass over both arrays, and one message of eight bytes to each rank.
        change = (&heat - &next).abs().max()?;
    }
    if change > options.tolerance {
        return Err(Error::argument(format!(
            "after {sweeps} sweeps points still change by {change:.1e}, more than the tolerance of \
             {:.1e}",
            options.tolerance
        )));
    }

    let (middle, mean) = (heat.get(&[side / 2, side / 2])?, heat.mean()?);
    ctx.print_once(format_args!(
        "plate of {side} x {side} points, {} ranks on {}\n  \
         sweeps  {sweeps}, the last changed no point by more than {change:.1e}\n  \
         heat    {middle:.4} in the middle, {mean:.4} on average",
        ctx.size(),
        ctx.backend()
    ));
    match &options.png {
        Some(path) => picture::save(&(&heat * 255.0).rint().cast::<u8>().eval()?, path),
        None => Ok(()),
    }
}
