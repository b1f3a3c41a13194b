//! Reductions against loops written by hand over the same memory.

use distarray::Result;
use distarray::prelude::*;

use crate::measure::{Line, keep, medians};

/// A sum in eight lanes, as one would write it by hand.
fn sum(of: &[f64]) -> f64 {
    let (chunks, rest) = of.as_chunks::<32>();
    let mut lanes = [0.0; 32];
    for chunk in chunks {
        lanes.iter_mut().zip(chunk).for_each(|(lane, x)| *lane += x);
    }
    lanes.iter().sum::<f64>() + rest.iter().sum::<f64>()
}

/// A reduction of an array.
type Reduce = fn(&DistArray<f64>) -> Result<f64>;

pub(crate) fn run(ctx: &Context) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    let cases: [(&str, Reduce); 4] =
        [("sum", |a| a.sum()), ("mean", |a| a.mean()), ("std", |a| a.std()), ("max", |a| a.max())];
    for n in [1_000, 100_000, 20_000_000] {
        let a = ctx.linspace(1.0, 2.0, n)?;
        let local = a.local();
        let slice = local.as_slice().expect("a block is contiguous");
        for (op, reduce) in cases {
            let mut ours = || reduce(&a).map(keep);
            let comm = ctx.communicator()?;
            let mut theirs = || {
                let mine = sum(std::hint::black_box(slice));
                comm.all_reduce_of(distarray::comm::ReduceOp::Sum, mine).map(keep)
            };
            let times = medians(ctx, &mut [&mut ours, &mut theirs])?;
            lines.push(Line {
                op,
                n,
                ranks: ctx.size(),
                backend: ctx.backend(),
                median: times[0],
                bytes: n * 8,
                vs_handwritten: Some(times[1] / times[0]),
                than: "hand-written",
                vs_limit: None,
            });
        }
    }
    Ok(lines)
}
