//! Elementwise expressions against loops written by hand over the same memory.

use distarray::Result;
use distarray::prelude::*;
use ndarray::ArrayD;

use crate::measure::{Line, medians};

type Loop = fn(&mut [f64], &[f64], &[f64], &[f64]);

/// An expression of three arrays.
type Build = fn(&DistArray<f64>, &DistArray<f64>, &DistArray<f64>) -> Expr<f64>;

/// Name, arrays read, the loop, the expression.
const CASES: &[(&str, usize, Loop, Build)] = &[
    ("a + b", 2, |t, a, b, _| each(t, |i| a[i] + b[i], a, b), |a, b, _| a + b),
    (
        "a * b + c * 2 - a",
        3,
        |t, a, b, c| {
            let n = t.len();
            let (a, b, c) = (&a[..n], &b[..n], &c[..n]);
            (0..n).for_each(|i| t[i] = a[i] * b[i] + c[i] * 2.0 - a[i]);
        },
        |a, b, c| a * b + c * 2.0 - a,
    ),
    (
        "sin(a) * b + 2 c - a",
        3,
        |t, a, b, c| {
            let n = t.len();
            let (a, b, c) = (&a[..n], &b[..n], &c[..n]);
            (0..n).for_each(|i| t[i] = a[i].sin() * b[i] + 2.0 * c[i] - a[i]);
        },
        |a, b, c| a.sin() * b + 2.0 * c - a,
    ),
];

fn each(target: &mut [f64], value: impl Fn(usize) -> f64, a: &[f64], b: &[f64]) {
    let n = target.len().min(a.len()).min(b.len());
    (0..n).for_each(|i| target[i] = value(i));
}

pub(crate) fn run(ctx: &Context) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for n in [1_000, 100_000, 1_000_000, 20_000_000] {
        let [a, b, c] = [1.0, 2.0, 3.0].map(|start| ctx.linspace(start, start + 1.0, n));
        let (a, b, c) = (a?, b?, c?);
        let [x, y, z] = [&a, &b, &c].map(|array| array.local());
        let slices = [&x, &y, &z].map(|view| view.as_slice().expect("a block is contiguous"));
        for &(op, arrays, by_hand, build) in CASES {
            // Both allocate their result, as an expression does.
            let mut ours =
                || build(&a, &b, &c).eval().map(|result| _ = std::hint::black_box(result));
            let mut theirs = || {
                let mut target = ArrayD::<f64>::zeros(vec![slices[0].len()]);
                let target = target.as_slice_mut().expect("a new array is contiguous");
                by_hand(target, slices[0], slices[1], slices[2]);
                std::hint::black_box(target);
                Ok(())
            };
            let times = medians(ctx, &mut [&mut ours, &mut theirs])?;
            lines.push(Line {
                op,
                n,
                ranks: ctx.size(),
                backend: ctx.backend(),
                median: times[0],
                bytes: (arrays + 1) * n * 8,
                vs_handwritten: Some(times[1] / times[0]),
                than: "hand-written",
                vs_limit: None,
            });
        }
    }
    Ok(lines)
}
