//! Integer arithmetic that refuses what does not fit.

use distarray::prelude::*;
use ndarray::{ArrayD, IxDyn, Zip};

use super::errors::refused;
use crate::draw::Draw;
use crate::oracle::holds;

/// A checked operation beside the standard library's.
type Both<T> = (fn(&DistArray<T>, &DistArray<T>) -> Expr<T>, fn(T, T) -> Option<T>);

/// Every pair of values of a small type, and which of them are refused.
fn check<T: Element + distarray::Integer>(
    ctx: &Context,
    draw: &mut Draw,
    values: &[T],
    table: &[Both<T>],
) -> Result<()> {
    for (operation, expected) in table {
        for _ in 0..6 {
            let shape = draw.shape();
            let mut element = || draw.pick(values);
            let x = ArrayD::from_shape_simple_fn(IxDyn(&shape), &mut element);
            let y = ArrayD::from_shape_simple_fn(IxDyn(&shape), &mut element);
            let results = Zip::from(&x).and(&y).map_collect(|&x, &y| expected(x, y));
            let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&shape, ctx.size()))?;
            let b = ctx.from_ndarray_on(&y, &draw.any_distribution(&shape, ctx.size()))?;
            let value = operation(&a, &b);
            if results.iter().all(Option::is_some) {
                holds(&value.eval()?, &results.mapv(|result| result.expect("some")))?;
                continue;
            }
            let outcome = value.eval();
            let Err(error) = &outcome else { panic!("{x} and {y} give {results:?}") };
            let text = error.to_string();
            if !text.starts_with("'checked_") {
                return outcome.map(drop);
            }
            let index = text.split_once("at index [").expect("an index").1;
            let index = index.split_once(']').expect("its end").0;
            let index: Vec<usize> =
                index.split(", ").filter_map(|number| number.parse().ok()).collect();
            assert_eq!(results[&index[..]], None, "{text}");
            refused(ctx, outcome, &[T::DTYPE.name()])?;
        }
    }
    Ok(())
}

macro_rules! table {
    ($type:ident) => {
        &[
            (|a, b| a.checked_add(b), $type::checked_add),
            (|a, b| a.checked_sub(b), $type::checked_sub),
            (|a, b| a.checked_mul(b), $type::checked_mul),
            (|a, b| a.checked_div(b), $type::checked_div),
            (
                |a, b| a.checked_rem(b),
                |a, b| match b {
                    0 => None,
                    b => Some(a.wrapping_rem(b)),
                },
            ),
            (|a, b| a.checked_pow(b), |a, b| a.checked_pow(u32::try_from(b).ok()?)),
            (|a, _| a.checked_neg(), |a, _| a.checked_neg()),
        ]
    };
}

pub(super) fn limits(ctx: &Context) -> Result<()> {
    let draw = &mut Draw::new(201);
    check(ctx, draw, &[i8::MIN, -100, -1, 0, 1, 2, 7, 64, i8::MAX], table!(i8))?;
    check(ctx, draw, &[-3, -2, -1, 0, 1, 2, 3], table!(i64))?;
    check(ctx, draw, &[0, 1, 2, 3, 100, u16::MAX], table!(u16))?;
    // Without powers, which the standard library raises to no such exponents.
    let table: &[Both<i64>] = table!(i64);
    check(ctx, draw, &[i64::MIN, i64::MAX, 1, 0, -1], &table[..5])?;
    let absolute: &[Both<i32>] = &[(|a, _| a.checked_abs(), |a, _| a.checked_abs())];
    check(ctx, draw, &[i32::MIN, -5, 0, 5], absolute)
}

/// The index is the global one, and the failure every rank's.
pub(super) fn places(ctx: &Context) -> Result<()> {
    for culprit in 0..ctx.size() {
        let last = move |at: &[usize]| if at[0] == culprit { i32::MAX } else { 0 };
        let a = ctx.from_fn(([ctx.size() + 1, 2], "c,n"), last)?;
        let text = format!("'checked_add': {} + 1 is no int32 (at index [{culprit}, 0])", i32::MAX);
        refused(ctx, a.checked_add(1).eval(), &[&text])?;
        refused(
            ctx,
            (a.checked_add(1) * 2).sum(),
            &[&text, if ctx.size() > 1 { "sum" } else { "" }],
        )?;
        assert_eq!(a.checked_sub(1).min()?, -1);
        // What is checked may itself be broadcast, and moved.
        let row = ctx.arange(0_i32, 2, 1)?;
        let table =
            (&row.checked_mul(3) + &a.checked_sub(1)).eval_on(([ctx.size() + 1, 2], "b,n"))?;
        assert_eq!(table.get(&[culprit, 1])?, (i32::MAX - 1).wrapping_add(3));
    }
    Ok(())
}
