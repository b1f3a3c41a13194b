//! Several values written to several arrays in one pass.

use std::cell::Cell;
use std::rc::Rc;

use distarray::array::reduction::{Count, Reducing, Sum};
use distarray::prelude::*;
use ndarray::{ArrayD, IxDyn, Zip};

use super::errors::refused;
use crate::draw::Draw;
use crate::oracle::{halo_holds, holds, random};

/// Arrays of any distributions, by values that broadcast: what they share is computed once for those that lie alike.
pub(super) fn written(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(211);
    for round in 0..20 {
        let shape = draw.shape();
        let (x, y) = (random(&mut draw, &shape), random(&mut draw, &shape));
        let on = |draw: &mut Draw| match round % 3 {
            0 => draw.haloed(&shape, ctx.size()),
            _ => draw.any_distribution(&shape, ctx.size()),
        };
        let (first, second) = (on(&mut draw), on(&mut draw));
        let a = ctx.from_ndarray_on(&x, &first)?;
        let b = ctx.from_ndarray_on(&y, &on(&mut draw))?;
        let mut sum = ctx.zeros::<f64>(&first)?;
        let mut is_more = ctx.full(true, &first)?;
        let mut apart = ctx.zeros::<f32>(&second)?;
        let mut scalar = ctx.zeros::<i64>([2, 3])?;
        let kept = sum.clone();
        let calls = Rc::new(Cell::new(0));
        let counting = Rc::clone(&calls);
        let shared = a.map(move |x: f64| {
            counting.set(counting.get() + 1);
            x * 3.0
        });
        let values =
            (&shared + &b, shared.gt(&b), (&a - &b).cast::<f32>(), ctx.full(7_i64, [])?.to_expr());
        ctx.eval_into(values, (&mut sum, &mut is_more, &mut apart, &mut scalar))?;
        assert_eq!(calls.get(), sum.local().len());
        assert_eq!((sum.distribution(), apart.distribution()), (&first, &second));
        holds(&sum, &(&x * 3.0 + &y))?;
        holds(&is_more, &Zip::from(&x).and(&y).map_collect(|&x, &y| x * 3.0 > y))?;
        holds(&apart, &Zip::from(&x).and(&y).map_collect(|&x, &y| (x - y) as f32))?;
        holds(&scalar, &ArrayD::from_elem(IxDyn(&[2, 3]), 7))?;
        holds(&kept, &ArrayD::zeros(IxDyn(&shape)))?;
        holds(&a, &x)?;
    }
    Ok(())
}

/// Values of the arrays that they are written to see what stood there before, whoever else holds it; halos stay.
pub(super) fn of_themselves(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(212);
    for _ in 0..12 {
        let shape = draw.shape();
        let (x, y) = (random(&mut draw, &shape), random(&mut draw, &shape));
        let mut a = ctx.from_ndarray_on(&x, &draw.haloed(&shape, ctx.size()))?;
        let mut b = ctx.from_ndarray_on(&y, &draw.any_distribution(&shape, ctx.size()))?;
        a.exchange_halo()?;
        let (before, value) = (a.clone(), &a + &b);
        // Each the other's elements, and in turn.
        ctx.eval_into((b.clone(), a.clone()), (&mut a, &mut b))?;
        holds(&a, &y)?;
        holds(&b, &x)?;
        halo_holds(&before, &x);
        ctx.eval_into(vec![&a * 2.0 + &b, &a * &b], vec![&mut a, &mut b])?;
        holds(&a, &(&y * 2.0 + &x))?;
        holds(&b, &(&y * &x))?;
        holds(&value.eval()?, &(&x + &y))?;
        // Two names of one memory.
        let mut twin = a.clone();
        ctx.eval_into((&a + 1.0, &twin - 1.0), (&mut twin, &mut a))?;
        holds(&twin, &(&y * 2.0 + &x + 1.0))?;
        holds(&a, &(&y * 2.0 + &x - 1.0))?;
    }
    Ok(())
}

/// Lists of any length, of values and of reductions, as tuples give them.
pub(super) fn lists(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(213);
    let shape = draw.shape();
    let x = random(&mut draw, &shape);
    let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&shape, ctx.size()))?;
    let scaled = |n: u32| &a * f64::from(n);
    let arrays = ctx.eval((0..12).map(scaled).collect::<Vec<_>>())?;
    for (n, array) in arrays.iter().enumerate() {
        holds(array, &(&x * n as f64))?;
    }
    let sums = (0..12).map(|n| scaled(n).reduce(Sum)).collect::<Vec<_>>();
    let (sums, count) = ctx.reduce((sums, a.reduce(Count)))?;
    let alone = (0..12).map(|n| scaled(n).sum()).collect::<Result<Vec<_>>>()?;
    assert_eq!((sums, count), (alone, a.count()?));
    assert_eq!(ctx.reduce(Vec::<Reducing<f64, Sum>>::new())?, []);
    assert!(ctx.eval(Vec::<Expr<f64>>::new())?.is_empty());
    Ok(())
}

/// Nothing is written where something is wrong.
pub(super) fn refusals(ctx: &Context) -> Result<()> {
    let (mut a, mut b) = (ctx.zeros::<f64>([4, 3])?, ctx.zeros::<f64>(([4, 3], "n,b"))?);
    let value = ctx.ones::<f64>([4, 3])?;
    let wrong = ctx.ones::<f64>([3, 4])?;
    let message = ["value 1", "[3, 4]", "[4, 3]"];
    refused(ctx, ctx.eval_into((&value, &wrong), (&mut a, &mut b)), &message)?;
    let wider = ctx.ones::<f64>([2, 4, 3])?;
    let message = ["value 0", "[2, 4, 3]", "[4, 3]"];
    refused(ctx, ctx.eval_into((&wider, &value), (&mut a, &mut b)), &message)?;
    let failing = ctx.try_fromfunction([4, 3], |at| match at[0] {
        3 => Err("refused"),
        _ => Ok(1.0),
    });
    let outcome = ctx.eval_into((&value, &failing), (&mut a, &mut b));
    refused(ctx, outcome, &["refused", "[3, 0]"])?;
    let outcome = ctx.eval_into((&value * 2.0, &value + &wrong), (&mut a, &mut b));
    refused(ctx, outcome, &["add", "[4, 3]", "[3, 4]"])?;
    let outcome = ctx.eval_into(vec![&value, &value, &value], vec![&mut a, &mut b]);
    refused(ctx, outcome, &["3 values", "2 arrays"])?;
    let mut other = Context::solo().zeros::<f64>([4, 3])?;
    refused(
        ctx,
        ctx.eval_into((&value, &value), (&mut a, &mut other)),
        &["array 1", "another context"],
    )?;
    let far = Context::solo().zeros::<f64>([4, 3])?;
    refused(ctx, ctx.eval_into((&value, &far), (&mut a, &mut b)), &["value 1", "another context"])?;
    let nothing = ArrayD::zeros(IxDyn(&[4, 3]));
    holds(&a, &nothing)?;
    holds(&b, &nothing)?;
    let none: Vec<DistArray<f64>> = Vec::new();
    ctx.eval_into(&none, Vec::<&mut DistArray<f64>>::new())
}
