//! Bad input: one clear error, the same on every rank, and the ranks go on.

use distarray::dist::{AxisMap, Ranks};
use distarray::prelude::*;
use ndarray::{ArrayD, IxDyn};

/// Asserts that the outcome is an error with all the words, and the same on every rank.
pub(super) fn refused<T>(ctx: &Context, outcome: Result<T>, words: &[&str]) -> Result<()> {
    let Err(error) = outcome else { panic!("no error with {words:?}") };
    let text = error.to_string();
    for word in words {
        assert!(text.contains(word), "no '{word}' in '{text}'");
    }
    let everyones = ctx.communicator()?.all_gather_varying(text.as_bytes())?;
    assert!(everyones.iter().all(|other| other == text.as_bytes()), "'{text}' here alone");
    Ok(())
}

pub(super) fn shapes(ctx: &Context) -> Result<()> {
    let a = ctx.ones::<f64>([2, 3])?;
    let b = ctx.ones::<f64>([4])?;
    refused(ctx, (&a + &b).eval(), &["add", "[2, 3]", "[4]"])?;
    refused(ctx, (&a + &b).sqrt().mean(), &["add", "[2, 3]", "[4]"])?;
    refused(ctx, a.hypot(&b).sum_axes(&[0]), &["hypot", "[2, 3]", "[4]"])?;
    refused(ctx, a.lt(&b).count(), &["less", "[2, 3]", "[4]"])?;
    refused(ctx, a.zip_map(&b, |x: f64, y: f64| x * y).eval(), &["zip_map", "[2, 3]", "[4]"])?;
    refused(ctx, a.eval_on([3, 2]), &["[2, 3]", "[3, 2]"])?;
    refused(ctx, a.redistribute([6]), &["[2, 3]", "[6]"])?;
    refused(ctx, a.redistribute("b,b,b"), &["3 kinds", "2 axes"])?;
    refused(ctx, ctx.zeros::<f64>(([4], "q")), &["q"])?;
    refused(ctx, ctx.zeros::<f64>([usize::MAX, 3]), &["shape"])?;
    let far = Distribution::on_one([3], ctx.size());
    refused(ctx, ctx.zeros::<f64>(&far), &[&format!("{} ranks", ctx.size())])
}

pub(super) fn axes(ctx: &Context) -> Result<()> {
    let a = ctx.ones::<f64>([2, 3])?;
    refused(ctx, a.sum_axes(&[2]), &["sum", "axis 2", "2 axes"])?;
    refused(ctx, a.max_axes(&[-3]), &["max", "axis -3", "2 axes"])?;
    refused(ctx, a.mean_axes(&[0, -2]), &["mean", "axis 0", "twice"])?;
    refused(ctx, ctx.zeros::<f64>([2, 0])?.min(), &["min", "[2, 0]"])
}

pub(super) fn indices(ctx: &Context) -> Result<()> {
    let mut a = ctx.ones::<f64>([2, 3])?;
    refused(ctx, a.get(&[2, 0]), &["2", "axis 0"])?;
    refused(ctx, a.get(&[0]), &["1", "2"])?;
    refused(ctx, a.set(&[0, 3], 1.0), &["3", "axis 1"])?;
    refused(ctx, a.to_ndarray_on(99), &["99"])
}

pub(super) fn contexts(ctx: &Context) -> Result<()> {
    let other = ctx.split(Some(0), ctx.rank())?.expect("every rank joins");
    let (a, b) = (ctx.ones::<f64>(4)?, other.ones::<f64>(4)?);
    refused(ctx, (&a + &b).eval(), &["contexts"])
}

/// Users' functions that fail on one rank alone, with errors of several types.
pub(super) fn functions(ctx: &Context) -> Result<()> {
    for culprit in 0..ctx.size() {
        let a = ctx.arange_on(0_u64, 1, ctx.size())?;
        let bad = culprit as u64;
        let named = match ctx.size() {
            1 => "bad 0".to_owned(),
            size => format!("bad {culprit} (rank {culprit} of {size}, in "),
        };
        let or_fail = move |x: u64| if x == bad { Err(format!("bad {x}")) } else { Ok(x + 1) };
        let b = a.try_map(or_fail);
        for (name, outcome) in [
            ("in eval ", b.eval().map(drop)),
            ("in sum ", (&b * 2).sum().map(drop)),
            ("in max_axes ", b.max_axes(&[0]).map(drop)),
            ("in count ", b.gt(3).count().map(drop)),
            ("in eval_on ", b.eval_on(([ctx.size()], "c")).map(drop)),
        ] {
            let name = if ctx.size() > 1 { name } else { "" };
            refused(ctx, outcome, &[&named, name])?;
        }
        let parse = move |x: u64, y: u64| match x == bad {
            true => "x".parse::<u64>(),
            false => Ok(x + y),
        };
        refused(ctx, a.try_zip_map(&a, parse).eval(), &["invalid digit"])?;
        let made = ctx.try_from_fn(ctx.size(), |at| match at[0] == culprit {
            true => Err(Error::shape("misshapen")),
            false => Ok(at[0] as i32),
        });
        assert!(matches!(made, Err(Error::Shape(_))), "{made:?}");
        refused(ctx, made, &["misshapen", &format!("at index [{culprit}]")])?;
        // What does not fail is as with functions that cannot.
        let total = a.try_map(|x: u64| Ok::<_, String>(x + 1)).sum()?;
        assert_eq!(total, (1..=ctx.size() as u64).sum::<u64>());
    }
    Ok(())
}

/// Memory that one rank alone cannot get.
pub(super) fn memory(ctx: &Context) -> Result<()> {
    const HUGE: usize = 1 << 50;
    for greedy in 0..ctx.size() {
        let bound = |part: usize| if part > greedy { HUGE } else { 0 };
        let bounds: Vec<usize> = (0..=ctx.size()).map(bound).collect();
        let axis = AxisMap::new(HUGE, ctx.size(), Dist::irregular(bounds))?;
        let all = Distribution::from_maps(vec![axis], Ranks::range(0..ctx.size()))?;
        let rank = format!("rank {greedy} of {}", ctx.size());
        let words = ["cannot allocate", if ctx.size() > 1 { &rank } else { "" }];
        let error = ctx.zeros::<f64>(&all);
        assert!(matches!(error, Err(Error::Memory(_))), "{error:?}");
        refused(ctx, error, &words)?;
        refused(ctx, ctx.try_from_fn(&all, |_| Ok::<_, Error>(0_u8)), &words)?;
    }
    Ok(())
}

/// What one rank alone does wrong is an error on all.
pub(super) fn parts(ctx: &Context) -> Result<()> {
    let dist = Distribution::new([2 * ctx.size(), 3], "b", ctx.size())?;
    for failing in 0..ctx.size() {
        let rows = if ctx.rank() == failing { 1 } else { 2 };
        let mine = ArrayD::<f64>::zeros(IxDyn(&[rows, 3]));
        let found = ctx.from_local(&dist, mine);
        refused(ctx, found, &[&format!("rank {failing}"), "[1, 3]", "[2, 3]"])?;
    }
    let none = ctx.scatter::<f64>(0, None, &dist);
    refused(ctx, none, &["root 0"])?;
    let wrong = (ctx.rank() == 0).then(|| ArrayD::<f64>::zeros(IxDyn(&[1])));
    refused(ctx, ctx.scatter(0, wrong, &dist), &["[1]", &format!("{:?}", dist.shape())])
}
