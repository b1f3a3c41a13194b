//! Transcendental functions against loops over the standard library's, per core.
//!
//! The data lies in the second-level cache; a million elements are computed, so that milliseconds
//! are nanoseconds an element. Ours are expressions, with all that evaluating one costs.

use std::time::Instant;

use distarray::Result;
use distarray::prelude::*;

use crate::measure::Line;

/// Elements of each rank, and how often they are gone through.
const LENGTH: usize = 12_500;
const PASSES: usize = 80;
const ROUNDS: usize = 15;

/// Name, an expression of two arrays, a loop over two slices.
type Case<T> =
    (&'static str, fn(&DistArray<T>, &DistArray<T>) -> Expr<T>, fn(&mut [T], &[T], &[T]));

/// Lists functions of the first operand, of its magnitude, and of the magnitude and the operand.
macro_rules! cases {
    ($type:ident: $($name:ident $std:ident)*; $($positive:ident $positive_std:ident)*; $($two:ident $two_std:ident)*) => {
        &[
            $((
                concat!(stringify!($name), " ", stringify!($type)),
                |x, _| x.$name(),
                |t, x, _| t.iter_mut().zip(x).for_each(|(t, x)| *t = x.$std()),
            ),)*
            $((
                concat!(stringify!($positive), " ", stringify!($type)),
                |_, y| y.$positive(),
                |t, _, y| t.iter_mut().zip(y).for_each(|(t, y)| *t = y.$positive_std()),
            ),)*
            $((
                concat!(stringify!($two), " ", stringify!($type)),
                |x, y| y.$two(x),
                |t, x, y| t.iter_mut().zip(x).zip(y).for_each(|((t, x), y)| *t = y.$two_std(*x)),
            ),)*
        ]
    };
}

const DOUBLE: &[Case<f64>] = cases!(f64: sin sin cos cos tan tan exp exp; log ln; pow powf);
const SINGLE: &[Case<f32>] = cases!(f32: sin sin cos cos tan tan exp exp; log ln; pow powf);

pub(crate) fn run(ctx: &Context) -> Result<Vec<Line>> {
    let n = LENGTH * ctx.size();
    // In no order, as angles are that something has been computed from.
    let operand = |i: usize| (i * 2_654_435_761 % 65_536) as f64 / 65_536.0 * 20.0 - 10.0;
    let double = ctx.from_fn(n, |index| operand(index[0]))?;
    let single = double.astype::<f32>()?;
    let mut lines = measure(ctx, DOUBLE, &double, &(double.abs() + 0.01).eval()?)?;
    lines.extend(measure(ctx, SINGLE, &single, &(single.abs() + 0.01).eval()?)?);
    Ok(lines)
}

fn measure<T: Element + Default>(
    ctx: &Context,
    cases: &[Case<T>],
    x: &DistArray<T>,
    y: &DistArray<T>,
) -> Result<Vec<Line>> {
    let (local_x, local_y) = (x.local(), y.local());
    let slices = [&local_x, &local_y].map(|view| view.as_slice().expect("a block is contiguous"));
    let mut target = vec![T::default(); LENGTH];
    let mut lines = Vec::new();
    for &(op, ours, theirs) in cases {
        let expression = ours(x, y);
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            ctx.barrier()?;
            let begin = Instant::now();
            for _ in 0..PASSES {
                std::hint::black_box(expression.eval()?);
            }
            times[0].push(begin.elapsed().as_secs_f64());
            ctx.barrier()?;
            let begin = Instant::now();
            for _ in 0..PASSES {
                theirs(&mut target, slices[0], slices[1]);
                std::hint::black_box(&mut target);
            }
            times[1].push(begin.elapsed().as_secs_f64());
        }
        let [ours, theirs] = times.map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        });
        lines.push(Line {
            op,
            n: LENGTH * PASSES,
            ranks: ctx.size(),
            backend: ctx.backend(),
            median: ours,
            bytes: 0,
            vs_handwritten: Some(theirs / ours),
            than: "std",
            vs_limit: None,
            held: None,
        });
    }
    Ok(lines)
}
