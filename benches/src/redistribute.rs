//! Redistribution against a plain copy of as many bytes.

use distarray::Result;
use distarray::prelude::*;

use crate::measure::{Copy, Line, medians};

pub(crate) fn run(ctx: &Context) -> Result<Vec<Line>> {
    let side = 4096;
    let n = side * side;
    let mut lines = Vec::new();
    let rows = ctx.ones::<f64>([side, side])?;
    let cases: [(&str, &str); 5] = [
        ("rows to columns", "n,b"),
        ("rows to cyclic 64", "c:64,c:64"),
        ("rows to cyclic", "c,n"),
        ("rows to cyclic columns", "n,c"),
        ("rows to rows", "b,n"),
    ];
    for (op, dists) in cases {
        let mut copy = Copy::new(ctx, n * 8);
        let mut ours = || rows.redistribute(dists).map(|moved| _ = std::hint::black_box(moved));
        let mut limit = || {
            copy.run();
            Ok(())
        };
        let times = medians(ctx, &mut [&mut ours, &mut limit])?;
        lines.push(Line {
            op,
            n,
            ranks: ctx.size(),
            backend: ctx.backend(),
            median: times[0],
            bytes: n * 8,
            vs_handwritten: None,
            than: "hand-written",
            vs_limit: Some(times[1] / times[0]),
        });
    }
    Ok(lines)
}
