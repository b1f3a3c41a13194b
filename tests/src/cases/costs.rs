//! Budgets and policies: refused before anything is sent, with the same words everywhere.

use distarray::array::Alignment;
use distarray::prelude::*;

use crate::oracle::{holds, numbered};

fn whole(ctx: &Context, dists: &str) -> Result<DistArray<i64>> {
    ctx.from_ndarray_on(&numbered(&[12, 6]), &Distribution::new([12, 6], dists, ctx.size())?)
}

/// The text of a refusal; another failure is the case's own.
fn refusal<T>(outcome: Result<T>) -> Result<String> {
    match outcome {
        Err(Error::Budget(text)) => Ok(text),
        Err(other) => Err(other),
        Ok(_) => panic!("is over its budget"),
    }
}

pub(super) fn budgets(ctx: &Context) -> Result<()> {
    let rows = whole(ctx, "b")?;
    let columns = whole(ctx, "n,b")?;
    // Local work is free, whatever the budget.
    let twice = ctx.no_communication(|| (&rows + &rows).eval())?;
    holds(&twice, &(numbered(&[12, 6]) * 2))?;
    holds(&ctx.no_communication(|| rows.slice("::2, 1")?.insert_axis(0))?, &{
        numbered(&[12, 6])
            .slice(ndarray::s![..;2, 1])
            .to_owned()
            .insert_axis(ndarray::Axis(0))
            .into_dyn()
    })?;
    let plan = |rank| {
        distarray::exchange::Plan::redistribute(columns.distribution(), rows.distribution(), rank)
    };
    let mut bytes = 0;
    for rank in 0..ctx.size() {
        bytes += plan(rank)?.traffic(8).sent_bytes as u64;
    }
    let sum = || (&rows + &columns).eval();
    if ctx.size() == 1 {
        return ctx.no_communication(sum).map(|_| ());
    }
    let text = refusal(ctx.no_communication(sum))?;
    let expected = format!("would send {bytes} bytes; its budget is 0 bytes");
    assert!(text.starts_with("eval of int64[12, 6] at ") || text.starts_with("eval at "), "{text}");
    assert!(text.contains(file!()) && text.ends_with(&expected), "{text}");
    // Exactly enough, but not for anything more.
    let found = ctx.max_bytes(bytes, || {
        let sum = sum()?;
        let text = refusal(rows.sum())?;
        assert!(text.contains("of which 0 are left"), "{text}");
        Ok(sum)
    })?;
    holds(&found, &(numbered(&[12, 6]) * 2))?;
    // An array that stands there twice is moved once; not so a clone that was written since. Ranks
    // agree on which it is.
    let agreement = 64;
    let plain = numbered(&[12, 6]);
    let squares = || (&rows + &columns * &columns).eval_on(rows.distribution());
    holds(&ctx.max_bytes(bytes + agreement, squares)?, &(&plain + &plain * &plain))?;
    let mut other = columns.clone();
    let written = columns.distribution().local_shape(0)[1];
    if ctx.rank() == 0 {
        other.local_mut()?.fill(0);
    }
    let mut factor = plain.clone();
    factor.slice_mut(ndarray::s![.., ..written]).fill(0);
    let products = || (&rows + &columns * &other).eval_on(rows.distribution());
    refusal(ctx.max_bytes(bytes + agreement, products))?;
    holds(&ctx.max_bytes(2 * bytes + agreement, products)?, &(&plain + &plain * &factor))?;
    // Inner budgets use up outer ones.
    let error = ctx.max_bytes(bytes + 10, || {
        ctx.max_bytes(bytes, sum)?;
        sum()
    });
    assert!(refusal(error)?.contains("of which 10 are left"));
    // What is over, is over.
    assert_eq!(rows.sum()?, numbered(&[12, 6]).sum());
    Ok(())
}

pub(super) fn alignment(ctx: &Context) -> Result<()> {
    let rows = whole(ctx, "b")?;
    let columns = whole(ctx, "n,b")?;
    // Two of three lie as the columns do.
    let sum = (&rows + &columns + &columns).eval()?;
    // On one rank all lie alike, and the first counts.
    let like = if ctx.size() > 1 { &columns } else { &rows };
    assert_eq!(sum.distribution(), like.distribution());
    let mut target = rows.clone();
    assert_eq!(ctx.set_alignment(Alignment::Refuse), Alignment::Move);
    (&rows + &rows).eval()?;
    let outcomes = [
        (&rows + &columns).eval().map(|_| ()),
        (&rows * &columns).sum().map(|_| ()),
        target.assign(&columns),
    ];
    for outcome in outcomes {
        match outcome {
            Ok(()) => assert_eq!(ctx.size(), 1),
            outcome => {
                let text = refusal(outcome)?;
                assert!(text.contains("[12, 6] as n,b") && text.contains(file!()), "{text}");
                assert!(text.contains(" bytes in "), "{text}");
            }
        }
    }
    ctx.set_alignment(Alignment::Move);
    target.assign(&columns * 3)?;
    holds(&target, &(numbered(&[12, 6]) * 3))
}
