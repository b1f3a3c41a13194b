//! Reductions against a plain sum in several lanes over the same memory: what reads at the speed of
//! memory, rounds as it goes, and depends on how the elements are spread.

use distarray::Result;
use distarray::comm::ReduceOp;
use distarray::prelude::*;

use crate::isa::widest;
use crate::measure::{Line, keep, medians};

/// A sum in several lanes, as one would write it by hand.
fn sum(of: &[f64]) -> f64 {
    widest(
        #[inline(always)]
        || {
            let (chunks, rest) = of.as_chunks::<32>();
            let mut lanes = [0.0; 32];
            for chunk in chunks {
                lanes.iter_mut().zip(chunk).for_each(|(lane, x)| *lane += x);
            }
            lanes.iter().sum::<f64>() + rest.iter().sum::<f64>()
        },
    )
}

/// How often a reduction of so many elements is run for one measurement: else the clock and the barrier before it are
/// what is measured.
fn repeats(n: usize) -> usize {
    (1_000_000 / n.max(1)).clamp(1, 200)
}

/// A reduction of an array.
type Reduce = fn(&DistArray<f64>) -> Result<()>;

const CASES: &[(&str, Reduce)] = &[
    ("sum", |a| a.sum().map(keep)),
    ("mean and std together", |a| {
        let (mean, std) = a.context().reduce((a.reduce(Mean), a.reduce(Std(0))))?;
        keep(mean);
        keep(std);
        Ok(())
    }),
    ("std", |a| a.std().map(keep)),
    ("std without NaN", |a| a.nanstd().map(keep)),
    ("min", |a| a.min().map(keep)),
    ("argmax", |a| a.argmax().map(keep)),
    ("sum of a + 1", |a| (a + 1.0).sum().map(keep)),
];

/// Along axes of 4000 rows of 5000 columns.
const ALONG: &[(&str, Reduce)] = &[
    ("sum along axis 0", |a| a.sum_axes(&[0]).map(|sums| _ = std::hint::black_box(sums))),
    ("sum along axis 1", |a| a.sum_axes(&[1]).map(|sums| _ = std::hint::black_box(sums))),
    ("std along axis 0", |a| a.std_axes(&[0]).map(|stds| _ = std::hint::black_box(stds))),
    ("std along axis 1", |a| a.std_axes(&[1]).map(|stds| _ = std::hint::black_box(stds))),
    ("max along axis 0", |a| a.max_axes(&[0]).map(|most| _ = std::hint::black_box(most))),
];

pub(crate) fn run(ctx: &Context) -> Result<Vec<Line>> {
    let mut lines = vec![message(ctx)?];
    for n in [10, 1_000, 100_000, 1_000_000, 20_000_000] {
        measure(ctx, &ctx.linspace(1.0, 2.0, n)?, CASES, &mut lines)?;
    }
    let table = ctx.linspace(1.0, 2.0, 20_000_000)?.reshape([4000, 5000])?;
    measure(ctx, &table, ALONG, &mut lines)?;
    Ok(lines)
}

/// The message that a reduction over all axes cannot do without.
fn message(ctx: &Context) -> Result<Line> {
    const REPEATS: usize = 1000;
    let comm = ctx.communicator()?;
    let mut reduce =
        || (0..REPEATS).try_for_each(|_| comm.all_reduce_of(ReduceOp::Sum, 1.0_f64).map(keep));
    let times = medians(ctx, &mut [&mut reduce])?;
    Ok(Line {
        op: "all-reduce of 8 bytes",
        n: 1,
        ranks: ctx.size(),
        backend: ctx.backend(),
        median: times[0] / REPEATS as f64,
        bytes: 0,
        vs_handwritten: None,
        than: "",
        vs_limit: None,
        vs_peer: None,
        held: None,
    })
}

fn measure(
    ctx: &Context,
    a: &DistArray<f64>,
    cases: &[(&'static str, Reduce)],
    lines: &mut Vec<Line>,
) -> Result<()> {
    let local = a.local();
    let slice = local.as_slice().expect("a block is contiguous");
    let n = a.len();
    for &(op, reduce) in cases {
        let repeats = repeats(n);
        let mut ours = || (0..repeats).try_for_each(|_| reduce(a));
        let comm = ctx.communicator()?;
        let mut theirs = || {
            (0..repeats).try_for_each(|_| {
                let mine = sum(std::hint::black_box(slice));
                comm.all_reduce_of(ReduceOp::Sum, mine).map(keep)
            })
        };
        let times = medians(ctx, &mut [&mut ours, &mut theirs])?;
        let times: Vec<f64> = times.iter().map(|time| time / repeats as f64).collect();
        let ratio = Some(times[1] / times[0]);
        lines.push(Line {
            op,
            n,
            ranks: ctx.size(),
            backend: ctx.backend(),
            median: times[0],
            bytes: n * 8,
            vs_handwritten: ratio,
            than: "plain sum",
            // Past the caches the plain sum reads as fast as memory gives.
            vs_limit: ratio.filter(|_| n >= 20_000_000),
            vs_peer: None,
            held: None,
        });
    }
    Ok(())
}
