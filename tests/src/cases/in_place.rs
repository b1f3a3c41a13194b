//! Operations that write to the array that they read.

use distarray::prelude::*;
use ndarray::{ArrayD, IxDyn};

use super::errors::refused;
use super::slices::{slice_of, whole};
use crate::draw::Draw;
use crate::oracle::{halo_holds, holds, random};

/// An operation in place beside what it does to one element.
type Update<T> = (fn(&mut DistArray<T>, Expr<T>) -> Result<()>, fn(T, T) -> T);

const OF_FLOATS: &[Update<f64>] = &[
    (|a, b| a.add_assign(b), |a, b| a + b),
    (|a, b| a.sub_assign(b), |a, b| a - b),
    (|a, b| a.mul_assign(b), |a, b| a * b),
    (|a, b| a.div_assign(b.abs() + 1.0), |a, b| a / (b.abs() + 1.0)),
    (|a, b| a.rem_assign(b.abs() + 1.0), |a, b| a % (b.abs() + 1.0)),
];

const OF_INTEGERS: &[Update<i32>] = &[
    (|a, b| a.bitand_assign(b), |a, b| a & b),
    (|a, b| a.bitor_assign(b), |a, b| a | b),
    (|a, b| a.bitxor_assign(b), |a, b| a ^ b),
    (|a, b| a.shl_assign(b & 7), |a, b| a << (b & 7)),
    (|a, b| a.shr_assign(b & 7), |a, b| a >> (b & 7)),
    (|a, b| a.pow_assign(b & 3), |a, b| a.wrapping_pow((b & 3) as u32)),
    (|a, b| a.floor_divide_assign((b & 7) + 1), |a, b| a.div_euclid((b & 7) + 1)),
    (|a, b| a.remainder_assign((b & 7) + 1), |a, b| a.rem_euclid((b & 7) + 1)),
];

/// A shape that broadcasts to another one.
fn narrowed(draw: &mut Draw, shape: &[usize]) -> Vec<usize> {
    let fewer = &shape[draw.below(shape.len() + 1)..];
    fewer.iter().map(|&extent| if draw.once_in(3) { 1 } else { extent }).collect()
}

/// Arrays of any distribution, by values of any other that broadcast.
pub(super) fn arrays(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(191);
    for round in 0..30 {
        let shape = draw.shape();
        let small = narrowed(&mut draw, &shape);
        let (x, y) = (random(&mut draw, &shape), random(&mut draw, &small));
        let wide = y.broadcast(IxDyn(&shape)).expect("broadcasts").to_owned();
        let on = draw.any_distribution(&shape, ctx.size());
        let b = ctx.from_ndarray_on(&y, &draw.any_distribution(&small, ctx.size()))?;
        let (update, of_elements) = OF_FLOATS[round % OF_FLOATS.len()];
        let mut a = ctx.from_ndarray_on(&x, &on)?;
        let before = a.clone();
        update(&mut a, b.to_expr())?;
        let expected = ndarray::Zip::from(&x).and(&wide).map_collect(|&x, &y| of_elements(x, y));
        assert_eq!(a.distribution(), &on);
        holds(&a, &expected)?;
        holds(&before, &x)?;

        let (update, of_elements) = OF_INTEGERS[round % OF_INTEGERS.len()];
        let (m, n) = (x.mapv(|x| (x * 99.0) as i32), wide.mapv(|y| (y * 4.0) as i32));
        let mut a = ctx.from_ndarray_on(&m, &on)?;
        let value = (&b * 4.0).cast::<i32>();
        update(&mut a, value)?;
        holds(&a, &ndarray::Zip::from(&m).and(&n).map_collect(|&m, &n| of_elements(m, n)))?;
    }
    Ok(())
}

/// Slices of every kind of axis, by scalars and by arrays.
pub(super) fn slices(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(192);
    for _ in 0..40 {
        let shape = draw.shape();
        let x = random(&mut draw, &shape);
        let on = draw.any_distribution(&shape, ctx.size());
        let mut a = ctx.from_ndarray_on(&x, &on)?;
        let elements = slice_of(&mut draw, &shape);
        let mut expected = x.clone();
        expected.slice_mut(&*whole(shape.len(), &elements)).mapv_inplace(|x| x * 2.0);
        a.slice_mut(&*elements)?.mul_assign(2.0)?;
        holds(&a, &expected)?;
        let part = a.slice(&*elements)?;
        expected.slice_mut(&*whole(shape.len(), &elements)).mapv_inplace(|x| x - (x + 1.0));
        // The value reads what it changes.
        a.slice_mut(&*elements)?.sub_assign(&part + 1.0)?;
        holds(&a, &expected)?;
    }
    Ok(())
}

/// What the value reads of the array is what stood there before; halos stay as they are.
pub(super) fn of_itself(ctx: &Context) -> Result<()> {
    let x = ArrayD::from_shape_fn(IxDyn(&[40]), |at| at[0] as f64);
    let mut a = ctx.from_ndarray(&x, "c:3")?;
    let reversed = a.slice("::-1")?;
    a.add_assign(&reversed)?;
    holds(&a, &ArrayD::from_elem(IxDyn(&[40]), 39.0))?;
    holds(&reversed, &x.slice(ndarray::s![..;-1]).to_owned().into_dyn())?;

    let rows = 3 * ctx.size();
    let haloed = Distribution::builder([rows]).halos(1).build(ctx.size())?;
    let mut b = ctx.arange_on(0.0, 1.0, &haloed)?;
    b.exchange_halo()?;
    b.mul_assign(2.0)?;
    b.exchange_halo()?;
    halo_holds(&b, &ArrayD::from_shape_fn(IxDyn(&[rows]), |at| 2.0 * at[0] as f64));

    // Expressions only become longer.
    let mut sum = a.to_expr();
    sum += &a;
    sum *= 2.0;
    sum -= sum.clone() / 2.0;
    assert_eq!(sum.max()?, 78.0);
    let mut bits = ctx.full(6_u8, [3])?.to_expr();
    bits <<= 2;
    bits |= 1;
    assert_eq!(bits.max()?, 25);
    Ok(())
}

pub(super) fn refusals(ctx: &Context) -> Result<()> {
    let mut a = ctx.ones::<f64>([2, 3])?;
    let b = ctx.ones::<f64>([2])?;
    refused(ctx, a.add_assign(&b), &["add", "[2]", "[2, 3]"])?;
    refused(ctx, a.slice_mut("0")?.mul_assign(&b), &["multiply", "[2]", "[3]"])?;
    let failing = ctx.ones::<f64>([3])?.try_map(|_: f64| Err::<f64, _>("never"));
    refused(ctx, a.sub_assign(&failing), &["never"])?;
    let other = ctx.split(Some(0), ctx.rank())?.expect("every rank joins");
    refused(ctx, a.add_assign(&other.ones::<f64>([3])?), &["context"])?;
    holds(&a, &ArrayD::ones(IxDyn(&[2, 3])))
}
