//! Elementwise expressions against loops written by hand over the same memory, for the same
//! instruction set, which the ranks themselves run; against the bandwidth that plain kernels reach; `ndarray` with
//! `rayon`, and the same loops on threads that are made for each pass, each beside ours; and the last expression by
//! other libraries.

mod by_hand;
mod one_process;
pub(crate) mod peers;

use distarray::Result;
use distarray::prelude::*;

use crate::bandwidth;
use crate::measure::{Line, Task, medians};
use by_hand::Loop;

/// Elements of the whole arrays.
const SIZES: [usize; 9] =
    [10, 100, 1_000, 10_000, 100_000, 200_000, 1_000_000, 10_000_000, 20_000_000];

/// How often a task runs in one measurement: one on few elements takes no longer than a barrier.
const fn times(n: usize) -> usize {
    if n < 10_000 { 100 } else { 1 }
}

/// An expression of three arrays.
type Build = fn(&DistArray<f64>, &DistArray<f64>, &DistArray<f64>) -> Expr<f64>;

struct Case {
    /// Into an existing array, into a new one, by `ndarray` with `rayon`, and on scoped threads.
    names: [&'static str; 4],
    /// Arrays that are read.
    arrays: usize,
    by_hand: Loop,
    rayon: one_process::Pass,
    build: Build,
}

const CASES: [Case; 4] = [
    Case {
        names: ["a + 1", "a + 1, new", "a + 1, rayon", "a + 1, scoped threads"],
        arrays: 1,
        by_hand: by_hand::add_one,
        rayon: one_process::add_one,
        build: |a, _, _| a + 1.0,
    },
    Case {
        names: ["a + b", "a + b, new", "a + b, rayon", "a + b, scoped threads"],
        arrays: 2,
        by_hand: by_hand::add,
        rayon: one_process::add,
        build: |a, b, _| a + b,
    },
    Case {
        names: [
            "a * b + c * 2 - a",
            "a * b + c * 2 - a, new",
            "a * b + c * 2 - a, rayon",
            "a * b + c * 2 - a, scoped threads",
        ],
        arrays: 3,
        by_hand: by_hand::chain,
        rayon: one_process::chain,
        build: |a, b, c| a * b + c * 2.0 - a,
    },
    Case {
        names: [
            "sin(a) * b + 2 c - a",
            "sin(a) * b + 2 c - a, new",
            "sin(a) * b + 2 c - a, rayon",
            "sin(a) * b + 2 c - a, scoped threads",
        ],
        arrays: 3,
        by_hand: by_hand::sine,
        rayon: one_process::sine,
        build: |a, b, c| a.sin() * b + 2.0 * c - a,
    },
];

pub(crate) fn run(ctx: &Context) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for n in SIZES {
        let [a, b, c] = [1.0, 2.0, 3.0].map(|start| ctx.linspace(start, start + 1.0, n));
        let (a, b, c) = (a?, b?, c?);
        for case in &CASES {
            lines.extend(measure(ctx, case, &a, &b, &c)?);
        }
        let others = one_process::run(ctx, n, &lines)?;
        lines.extend(others);
    }
    Ok(lines)
}

fn measure(
    ctx: &Context,
    case: &Case,
    a: &DistArray<f64>,
    b: &DistArray<f64>,
    c: &DistArray<f64>,
) -> Result<Vec<Line>> {
    let [x, y, z] = [a, b, c].map(|array| array.local());
    let slices = [&x, &y, &z].map(|view| view.as_slice().expect("a block is contiguous"));
    let read = &slices[..case.arrays];
    let mut ours_into = ctx.zeros::<f64>(a.distribution())?;
    let mut theirs_into = ctx.zeros::<f64>(a.distribution())?;
    let mut limit_into = ctx.zeros::<f64>(a.distribution())?;
    let mut past_into = ctx.zeros::<f64>(a.distribution())?;
    let mut theirs = theirs_into.local_mut()?;
    let mut limit = limit_into.local_mut()?;
    let mut past = past_into.local_mut()?;
    let [theirs, limit, past] = [&mut theirs, &mut limit, &mut past]
        .map(|view| view.as_slice_mut().expect("a new array is contiguous"));
    let hidden = std::hint::black_box::<[&[f64]; 3]>;
    let repeat = |task: Task<'_>| (0..times(a.len())).try_for_each(|_| task());
    let medians = medians(
        ctx,
        &mut [
            &mut || repeat(&mut || ours_into.assign((case.build)(a, b, c))),
            &mut || {
                repeat(&mut || {
                    (case.build)(a, b, c).eval().map(|result| _ = std::hint::black_box(result))
                })
            },
            &mut || {
                repeat(&mut || {
                    let [a, b, c] = hidden(slices);
                    (case.by_hand)(std::hint::black_box(&mut *theirs), a, b, c);
                    Ok(())
                })
            },
            &mut || {
                repeat(&mut || {
                    bandwidth::plain(std::hint::black_box(&mut *limit), read);
                    Ok(())
                })
            },
            &mut || {
                repeat(&mut || {
                    bandwidth::streaming(std::hint::black_box(&mut *past), read);
                    Ok(())
                })
            },
        ],
    )?;
    let seconds: Vec<_> = medians.iter().map(|median| median / times(a.len()) as f64).collect();
    assert!(ours_into.local().iter().zip(&*theirs).all(|(a, b)| (a - b).abs() < 1e-12));
    let best = seconds[3].min(seconds[4]);
    let line = |op, median| Line {
        op,
        n: a.len(),
        ranks: ctx.size(),
        backend: ctx.backend(),
        median,
        bytes: (case.arrays + 1) * a.len() * 8,
        vs_handwritten: Some(seconds[2] / median),
        than: "hand-written",
        vs_limit: Some(best / median),
        vs_peer: None,
        held: None,
    };
    Ok(vec![line(case.names[0], seconds[0]), line(case.names[1], seconds[1])])
}
