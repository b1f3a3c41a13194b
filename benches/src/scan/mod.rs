//! Scans and statistics against loops over each rank's part that one would write by hand, which round as
//! they go, and against what memory allows: a copy for scans, a read for what gives little.

mod by_hand;

use std::hint::black_box;

use distarray::Result;
use distarray::prelude::*;

use crate::measure::{Copy, Line, Task, medians};

const LENGTH: usize = 20_000_000;
const COLUMNS: usize = 5000;
const VARIABLES: usize = 8;

pub(crate) fn run(ctx: &Context) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    let line = ctx.random(5).uniform::<f64>(LENGTH).eval()?;
    scans(ctx, &line, &mut lines)?;
    counts(ctx, &line, &mut lines)?;
    let rows = line.reshape_on(([VARIABLES, LENGTH / VARIABLES], "n,b"))?;
    covariances(ctx, &rows, &mut lines)?;
    Ok(lines)
}

/// Measures ours against the loop and the limit.
fn measure(
    ctx: &Context,
    (op, than): (&'static str, &'static str),
    bytes: usize,
    tasks: [Task<'_>; 3],
    lines: &mut Vec<Line>,
) -> Result<()> {
    let [ours, theirs, limit] = tasks;
    let times = medians(ctx, &mut [ours, theirs, limit])?;
    lines.push(Line {
        op,
        n: LENGTH,
        ranks: ctx.size(),
        backend: ctx.backend(),
        median: times[0],
        bytes,
        vs_handwritten: Some(times[1] / times[0]),
        than,
        vs_limit: Some(times[2] / times[0]),
        vs_peer: None,
        held: None,
    });
    Ok(())
}

fn slice_of<'a>(local: &'a ndarray::ArrayViewD<'_, f64>) -> &'a [f64] {
    local.as_slice().expect("a block is contiguous")
}

fn scans(ctx: &Context, line: &DistArray<f64>, lines: &mut Vec<Line>) -> Result<()> {
    let table = line.reshape([LENGTH / COLUMNS, COLUMNS])?;
    let (local, rows) = (line.local(), table.local());
    let (slice, rows) = (slice_of(&local), slice_of(&rows));
    let mut copy = Copy::new(ctx, 8 * LENGTH)?;
    let mut copied = || copy.run();
    let mut target = vec![0.0; slice.len()];

    let mut ours = || line.cumsum().map(|sums| _ = black_box(sums));
    let mut theirs = || by_hand::along(ctx, &mut target, black_box(slice));
    let name = ("cumsum", "running sum");
    measure(ctx, name, 16 * LENGTH, [&mut ours, &mut theirs, &mut copied], lines)?;

    let mut ours = || table.cumsum_axis(0).map(|sums| _ = black_box(sums));
    let mut theirs = || by_hand::along_columns(ctx, &mut target, black_box(rows), COLUMNS);
    let name = ("cumsum along axis 0", "running sums");
    measure(ctx, name, 16 * LENGTH, [&mut ours, &mut theirs, &mut copied], lines)?;

    let mut ours = || table.cumsum_axis(1).map(|sums| _ = black_box(sums));
    let mut theirs = || {
        by_hand::along_rows(&mut target, black_box(rows), COLUMNS);
        Ok(())
    };
    let name = ("cumsum along axis 1", "running sums");
    measure(ctx, name, 16 * LENGTH, [&mut ours, &mut theirs, &mut copied], lines)
}

fn counts(ctx: &Context, line: &DistArray<f64>, lines: &mut Vec<Line>) -> Result<()> {
    let local = line.local();
    let slice = slice_of(&local);
    let mut read = || {
        black_box(by_hand::sum(black_box(slice)));
        Ok(())
    };

    let mut ours = || line.median().map(|median| _ = black_box(median));
    // Each rank's own, without what would find that of all.
    let mut theirs = || {
        let mut own = slice.to_vec();
        let middle = own.len() / 2;
        black_box(own.select_nth_unstable_by(middle, f64::total_cmp).1);
        Ok(())
    };
    let name = ("median", "select_nth of parts");
    measure(ctx, name, 8 * LENGTH, [&mut ours, &mut theirs, &mut read], lines)?;

    let mut ours = || line.histogram(100).range(0.0, 1.0).eval().map(|found| _ = black_box(found));
    let mut theirs = || {
        by_hand::histogram(ctx, black_box(slice), 100, (0.0, 1.0))
            .map(|counts| _ = black_box(counts))
    };
    let name = ("histogram, 100 bins", "counting loop");
    measure(ctx, name, 8 * LENGTH, [&mut ours, &mut theirs, &mut read], lines)
}

fn covariances(ctx: &Context, rows: &DistArray<f64>, lines: &mut Vec<Line>) -> Result<()> {
    let local = rows.local();
    let slice = slice_of(&local);
    let parts: Vec<&[f64]> = slice.chunks_exact(local.shape()[1]).collect();
    let mut read = || {
        black_box(by_hand::sum(black_box(slice)));
        Ok(())
    };
    let mut ours = || rows.cov().eval().map(|found| _ = black_box(found));
    let mut theirs = || {
        let found = by_hand::covariance(ctx, black_box(&parts), LENGTH / VARIABLES);
        found.map(|sums| _ = black_box(sums))
    };
    let name = ("cov of 8 variables", "means and products");
    measure(ctx, name, 8 * LENGTH, [&mut ours, &mut theirs, &mut read], lines)
}
