//! Random elements: how fast they are made, into an array and within an expression.

mod pi;

use distarray::Result;
use distarray::array::Generator;
use distarray::prelude::*;

use crate::measure::{Line, medians};

/// Elements of an array that stays in the caches, for each rank.
const CACHED: usize = 32_768;

pub(crate) fn run(ctx: &Context) -> Result<Vec<Line>> {
    let n = CACHED * ctx.size();
    let means = ctx.linspace(-1.0, 1.0, n)?;
    let mut lines = vec![
        made(ctx, "uniform f64", n, |rng, n| rng.uniform::<f64>(n))?,
        made(ctx, "uniform f32", n, |rng, n| rng.uniform::<f32>(n))?,
        made(ctx, "normal f64", n, |rng, n| rng.normal::<f64>(n))?,
        made(ctx, "normal f32", n, |rng, n| rng.normal::<f32>(n))?,
        made(ctx, "normal f64, means", n, |rng, n| rng.normal_with::<f64>(&means, 1.0, n))?,
        made(ctx, "exponential f64", n, |rng, n| rng.exponential::<f64>(1.0, n))?,
        made(ctx, "integers i64", n, |rng, n| rng.integers(0..1000_i64, n))?,
        made(ctx, "integers u8", n, |rng, n| rng.integers(0..100_u8, n))?,
        made(ctx, "gamma(2.5)", n, |rng, n| rng.gamma::<f64>(2.5, 1.0, n))?,
        made(ctx, "beta(2, 3)", n, |rng, n| rng.beta::<f64>(2.0, 3.0, n))?,
        made(ctx, "poisson(20)", n, |rng, n| rng.poisson(20.0, n))?,
        made(ctx, "binomial(100, 0.4)", n, |rng, n| rng.binomial(100, 0.4, n))?,
        made(ctx, "permutation", 64 * n, |rng, n| rng.permutation(n))?,
        made(ctx, "uniform f64", 20_000_000, |rng, n| rng.uniform::<f64>(n))?,
        made(ctx, "normal f64", 20_000_000, |rng, n| rng.normal::<f64>(n))?,
    ];
    lines.extend(pi::run(ctx)?);
    Ok(lines)
}

fn line(ctx: &Context, op: &'static str, n: usize, bytes: usize, median: f64) -> Line {
    let (ranks, backend) = (ctx.size(), ctx.backend());
    Line {
        op,
        n,
        ranks,
        backend,
        median,
        bytes,
        vs_handwritten: None,
        than: "",
        vs_limit: None,
        vs_peer: None,
        held: None,
    }
}

/// The time to write random elements to an array that there is.
fn made<T: Element>(
    ctx: &Context,
    op: &'static str,
    n: usize,
    draw: impl FnOnce(&mut Generator, usize) -> Expr<T>,
) -> Result<Line> {
    let expression = draw(&mut ctx.random(1), n);
    let mut array = ctx.zeros::<T>(n)?;
    let times = medians(ctx, &mut [&mut || array.assign(&expression)])?;
    Ok(line(ctx, op, n, n * size_of::<T>(), times[0]))
}
