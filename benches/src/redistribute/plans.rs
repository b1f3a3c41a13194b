//! Making plans: one rank's, without anything that is moved.

use std::time::Instant;

use distarray::Result;
use distarray::exchange::Plan;
use distarray::prelude::*;

use crate::heap;
use crate::measure::Line;

/// Ranks of the source and the target, and what is moved between them.
type Case = (&'static str, usize, fn(usize) -> Result<[Distribution; 2]>);

const CASES: [Case; 11] = [
    ("plan: rows to columns", 2, |ranks| square(ranks, "b,n", "n,b")),
    ("plan: rows to cyclic 64", 2, |ranks| square(ranks, "b,n", "c:64,c:64")),
    ("plan: cyclic 36 to 128", 2, |ranks| square(ranks, "c:36,c:36", "c:128,c:128")),
    ("plan: blocks of other ranks", 1_000, other_ranks),
    ("plan: blocks of other ranks", 10_000, other_ranks),
    ("plan: blocks of other ranks", 100_000, other_ranks),
    ("plan: blocks of other ranks", 1_000_000, other_ranks),
    ("plan: blocks to a cyclic grid", 1_000, cyclic_grid),
    ("plan: blocks to a cyclic grid", 10_000, cyclic_grid),
    ("plan: blocks to a cyclic grid", 100_000, cyclic_grid),
    ("plan: blocks to a cyclic grid", 1_000_000, cyclic_grid),
];

fn square(ranks: usize, from: &str, to: &str) -> Result<[Distribution; 2]> {
    let of = |kinds| Distribution::new([8192, 8192], kinds, ranks);
    Ok([of(from)?, of(to)?])
}

/// A long axis from so many ranks to a third fewer.
fn other_ranks(ranks: usize) -> Result<[Distribution; 2]> {
    let of = |ranks| Distribution::new([100 * 1_000_003], "b", ranks);
    Ok([of(ranks)?, of(ranks - ranks / 3)?])
}

/// Rows, eight for each rank, to a grid of cyclic tiles.
fn cyclic_grid(ranks: usize) -> Result<[Distribution; 2]> {
    let shape = [8 * ranks, 1000];
    let columns = 10;
    let rows = Distribution::new(shape, "b,n", ranks)?;
    let grid = Distribution::builder(shape).dists("c:2,c:8").grid(&[ranks / columns, columns]);
    Ok([rows, grid.build(ranks)?])
}

/// The plan of a rank in the middle, its time and its memory; `n` is the number of ranks.
pub(super) fn run(ctx: &Context) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for (op, ranks, distributions) in CASES {
        let [from, to] = distributions(ranks)?;
        let rank = ranks / 2;
        let (mut times, mut bytes) = (Vec::new(), 0);
        for _ in 0..9 {
            let start = Instant::now();
            let (plan, held) = heap::held(|| Plan::redistribute(&from, &to, rank));
            let plan = std::hint::black_box(plan?);
            times.push(start.elapsed().as_secs_f64());
            bytes = size_of_val(&plan) + held;
        }
        times.sort_by(f64::total_cmp);
        lines.push(Line {
            op,
            n: ranks,
            ranks: ctx.size(),
            backend: ctx.backend(),
            median: times[times.len() / 2],
            bytes: 0,
            vs_handwritten: None,
            than: "",
            vs_limit: None,
            vs_peer: None,
            held: Some(bytes),
        });
    }
    Ok(lines)
}
