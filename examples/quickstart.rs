//! Arrays over ranks in a few lines: make, compute, reduce, redistribute, print.
//!
//! `cargo run --release --example quickstart`, or, built with `--features mpi`, under `mpirun`.

use distarray::prelude::*;

fn main() -> distarray::Result<()> {
    distarray::run(|ctx| {
        // 1000 x 2000 numbers in blocks of rows over all ranks; a row that broadcasts.
        let a = ctx.from_fn([1000, 2000], |at| (at[0] + at[1]) as f64)?;
        let weights = ctx.linspace(0.0, 1.0, 2000)?;

        // Lazy: one pass computes the whole expression, one small message the mean.
        let mean = (&a * &weights + 1.0).sqrt().mean()?;
        let above = a.gt(a.mean()?).count()?;

        // Columns instead of rows; each element moves at most once.
        let columns = a.redistribute("n,b")?;
        let peaks = columns.max_axes(&[0])?;

        ctx.print_once(format_args!("{} ranks on {}", ctx.size(), ctx.backend()));
        ctx.print_once(format_args!("mean {mean:.6}, {above} above the mean of all"));
        ctx.print_once(format_args!("maxima of the columns: {}", peaks.display()?));
        Ok(())
    })
}
