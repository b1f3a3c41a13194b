//! Pi by Monte Carlo, as an expression, on one rank and on all: against a loop over Philox written by hand,
//! and against NumPy.

use std::process::Command;

use distarray::Result;
use distarray::prelude::*;

use crate::isa::widest;
use crate::measure::{Line, Task, keep, medians};

const OP: &str = "monte carlo pi";
const SAMPLES: usize = 100_000_000;

pub(crate) fn run(ctx: &Context) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    if ctx.size() > 1 {
        // The first rank alone, while the others wait.
        let [ours, by_hand] =
            if ctx.rank() == 0 { measure(&Context::solo())? } else { <[f64; 2]>::default() };
        ctx.barrier()?;
        lines.extend(ratios([ours, by_hand], 1, "solo", None));
    }
    let times = measure(ctx)?;
    let numpy = if ctx.rank() == 0 { numpy_seconds() } else { 0.0 };
    let numpy = ctx.communicator()?.broadcast_of(0, numpy)?;
    if numpy == 0.0 {
        ctx.print_once(format_args!(
            "SKIPPED: {OP} by NumPy: DISTARRAY_PYTHON or python3 has none"
        ));
    }
    lines.extend(ratios(times, ctx.size(), ctx.backend(), (numpy > 0.0).then_some(numpy)));
    Ok(lines)
}

/// Seconds of the expression, and of the loop written by hand.
fn measure(ctx: &Context) -> Result<[f64; 2]> {
    let mut rng = ctx.random(7);
    let (x, y) = (rng.uniform::<f64>(SAMPLES), rng.uniform::<f64>(SAMPLES));
    let inside = (&x * &x + &y * &y).lt(1.0);
    let (ranks, rank) = (ctx.size(), ctx.rank());
    let part = SAMPLES * rank / ranks..SAMPLES * (rank + 1) / ranks;
    let mut expression = || inside.count().map(keep);
    let mut by_hand = || {
        let count = widest(
            #[inline(always)]
            || (part.start as u64..part.end as u64).map(is_inside).sum::<u64>(),
        );
        std::hint::black_box(count);
        Ok(())
    };
    let tasks: &mut [Task<'_>] = &mut [&mut expression, &mut by_hand];
    let times = medians(ctx, tasks)?;
    Ok([times[0], times[1]])
}

/// 1 where the point that a block of Philox4x32-10 makes lies within the circle.
#[inline(always)]
fn is_inside(block: u64) -> u64 {
    const LOW: u64 = 0xFFFF_FFFF;
    let (mut a, mut b, mut c, mut d) = (block & LOW, block >> 32, 0, 0);
    let (mut first, mut second) = (7_u32, 0_u32);
    for _ in 0..10 {
        let (even, odd) = ((a & LOW) * 0xD251_1F53, (c & LOW) * 0xCD9E_8D57);
        a = odd >> 32 ^ b ^ u64::from(first);
        c = even >> 32 ^ d ^ u64::from(second);
        (b, d) = (odd, even);
        first = first.wrapping_add(0x9E37_79B9);
        second = second.wrapping_add(0xBB67_AE85);
    }
    let unit = |low: u64, high: u64| ((low & LOW | high << 32) >> 11) as f64 * (f64::EPSILON / 2.0);
    let (x, y) = (unit(a, b), unit(c, d));
    u64::from(x * x + y * y < 1.0)
}

/// A line against the loop, and one against as many of NumPy's processes as there are ranks.
fn ratios(
    [ours, by_hand]: [f64; 2],
    ranks: usize,
    backend: &'static str,
    numpy: Option<f64>,
) -> Vec<Line> {
    let line = |than, ratio| Line {
        op: OP,
        n: SAMPLES,
        ranks,
        backend,
        median: ours,
        bytes: 0,
        vs_handwritten: Some(ratio),
        than,
        vs_limit: None,
        vs_peer: None,
        held: None,
    };
    let against_numpy = numpy.map(|seconds| line("NumPy per core", seconds / ranks as f64 / ours));
    std::iter::once(line("hand-written", by_hand / ours)).chain(against_numpy).collect()
}

/// Seconds that NumPy takes in one process; 0 where there is no NumPy.
fn numpy_seconds() -> f64 {
    let python = std::env::var_os("DISTARRAY_PYTHON").unwrap_or_else(|| "python3".into());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/numpy_random.py");
    let Ok(output) = Command::new(&python).args([script, OP]).output() else { return 0.0 };
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_once("\"median_s\": ")
        .and_then(|(_, rest)| rest.split([',', '}']).next())
        .and_then(|number| number.trim().parse().ok())
        .unwrap_or(0.0)
}
