//! Redistribution of 8192 x 8192 f64 against plain copies of as many bytes, and under `mpirun`
//! against MPI's own ways; making plans, for few ranks and for a million.

#[cfg(feature = "mpi")]
mod all_to_all;
mod plans;

use distarray::Result;
use distarray::prelude::*;

use crate::measure::{Copy, Line, medians};

/// Elements along each axis.
const SIDE: usize = 8192;

/// Kinds, and the grid of two ranks where it is not the usual one.
type Form = (&'static str, Option<[usize; 2]>);

/// What moves: into a new array, the same into one that there is, and what it leads from and to.
const CASES: [(&str, &str, Form, Form); 7] = [
    ("rows to columns", "rows to columns, into", ROWS, ("n,b", None)),
    ("rows to cyclic 64", "rows to cyclic 64, into", ROWS, ("c:64,c:64", None)),
    ("rows to columns of 64", "rows to columns of 64, into", ROWS, ("n,c:64", None)),
    ("cyclic 36 to 128", "cyclic 36 to 128, into", ("c:36,c:36", None), ("c:128,c:128", None)),
    (
        "columns of 36 to 128",
        "columns of 36 to 128, into",
        ("c:36,c:36", Some([1, 2])),
        ("c:128,c:128", Some([1, 2])),
    ),
    ("rows to cyclic columns", "rows to cyclic columns, into", ROWS, ("n,c", None)),
    ("identity", "identity, into", ROWS, ROWS),
];

const ROWS: Form = ("b,n", None);

fn distribution(ctx: &Context, (kinds, grid): Form) -> Result<Distribution> {
    let of = Distribution::builder([SIDE, SIDE]).dists(kinds);
    match grid.filter(|_| ctx.size() == 2) {
        Some(grid) => of.grid(&grid).build(ctx.size()),
        None => of.build(ctx.size()),
    }
}

pub(crate) fn run(ctx: &Context) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    let line = |op, median, than, other: Option<f64>, limit: Option<f64>| Line {
        op,
        n: SIDE * SIDE,
        ranks: ctx.size(),
        backend: ctx.backend(),
        median,
        bytes: SIDE * SIDE * 8,
        vs_handwritten: other.map(|other| other / median),
        than,
        vs_limit: limit.map(|limit| limit / median),
        vs_peer: None,
        held: None,
    };
    for (op, op_into, from, to) in CASES {
        let (from, to) = (distribution(ctx, from)?, distribution(ctx, to)?);
        let source = ctx.ones::<f64>(&from)?;
        let mut target = ctx.ones::<f64>(&to)?;
        let route = source.route_to(&to)?;
        let mut copy = Copy::new(ctx, SIDE * SIDE * 8)?;
        let copy_to_new = Copy::new(ctx, SIDE * SIDE * 8)?;
        let times = medians(
            ctx,
            &mut [
                &mut || source.redistribute(&to).map(|moved| _ = std::hint::black_box(moved)),
                &mut || route.run_into(&source, &mut target),
                &mut || copy.run(),
                &mut || copy_to_new.run_to_new(),
            ],
        )?;
        let (limit, new) = (Some(times[2]), Some(times[3]));
        lines.push(line(op, times[0], "copy to new memory", new, limit));
        lines.push(line(op_into, times[1], "", None, limit));
    }
    #[cfg(feature = "mpi")]
    if ctx.backend() == "mpi" {
        let rows = ctx.ones::<f64>(distribution(ctx, ROWS)?)?;
        let mut columns = ctx.zeros::<f64>(distribution(ctx, ("n,b", None))?)?;
        let route = rows.route_to(columns.distribution())?;
        let mut theirs = all_to_all::AllToAll::new(ctx, SIDE)?;
        let mut packed = all_to_all::AllToAll::new(ctx, SIDE)?;
        let times = medians(
            ctx,
            &mut [
                &mut || route.run_into(&rows, &mut columns),
                &mut || theirs.by_types(),
                &mut || packed.by_packing(),
            ],
        )?;
        let ours = times[0];
        lines.push(line("rows to columns", ours, "Alltoallw of subarrays", Some(times[1]), None));
        lines.push(line("rows to columns", ours, "packing + Alltoall", Some(times[2]), None));
    }
    lines.extend(plans::run(ctx)?);
    Ok(lines)
}
