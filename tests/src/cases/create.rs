//! New arrays.

use distarray::prelude::*;
use ndarray::{Array1, ArrayD, IxDyn, array};

use crate::draw::Draw;
use crate::oracle::{holds, holds_here, numbered};

pub(super) fn constructors(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(1);
    for _ in 0..20 {
        let shape = draw.shape();
        let dist = draw.distribution(&shape, ctx.size());
        holds(&ctx.zeros::<f32>(&dist)?, &ArrayD::zeros(IxDyn(&shape)))?;
        holds(&ctx.ones::<u16>(&dist)?, &ArrayD::ones(IxDyn(&shape)))?;
        holds(&ctx.full(-2.5, &dist)?, &ArrayD::from_elem(IxDyn(&shape), -2.5))?;
        let like = ctx.empty::<i8>(&dist)?.full_like(3)?;
        assert_eq!(like.distribution(), &dist);
        holds(&like, &ArrayD::from_elem(IxDyn(&shape), 3))?;
    }
    Ok(())
}

pub(super) fn sequences(ctx: &Context) -> Result<()> {
    holds(&ctx.arange(3, 20, 4)?, &array![3, 7, 11, 15, 19].into_dyn())?;
    holds(&ctx.arange(5_i16, -4, -3)?, &array![5, 2, -1].into_dyn())?;
    holds(&ctx.arange(1_u8, 1, 1)?, &Array1::<u8>::zeros(0).into_dyn())?;
    assert!(ctx.arange(0, 5, 0).is_err());
    let thirds = ctx.arange(0.0, 1.0, 1.0 / 3.0)?;
    assert_eq!(thirds.len(), 3);
    let step = (0.0 + 1.0 / 3.0) - 0.0;
    holds(&thirds, &array![0.0, step, 2.0 * step].into_dyn())?;
    let even = ctx.linspace(-1.0, 1.0, ([5], "c"))?;
    holds(&even, &array![-1.0, -0.5, 0.0, 0.5, 1.0].into_dyn())?;
    holds(&ctx.linspace(2.0_f32, 9.0, 1)?, &array![2.0_f32].into_dyn())?;
    holds(&ctx.linspace(2.0, 9.0, 0)?, &Array1::<f64>::zeros(0).into_dyn())?;
    for diagonal in -5..=5 {
        let eye = ctx.eye::<i32>(([3, 4], "c,b"), diagonal)?;
        let expected = ndarray::Array2::from_shape_fn((3, 4), |(i, j)| {
            i32::from(j as isize - i as isize == diagonal)
        });
        holds(&eye, &expected.into_dyn())?;
    }
    assert!(ctx.eye::<f64>([3], 0).is_err());
    assert!(ctx.linspace(0.0, 1.0, [2, 2]).is_err());
    Ok(())
}

pub(super) fn functions(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(2);
    for _ in 0..25 {
        let shape = draw.shape();
        let dist = draw.distribution(&shape, ctx.size());
        let expected = numbered(&shape);
        let array = ctx.from_fn(&dist, |at| expected[at])?;
        holds(&array, &expected)?;
    }
    Ok(())
}

pub(super) fn replicated(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(3);
    for _ in 0..25 {
        let shape = draw.shape();
        let expected = numbered(&shape);
        let dist = draw.distribution(&shape, ctx.size());
        holds(&ctx.from_ndarray_on(&expected, &dist)?, &expected)?;
        // Memory in another order, running backwards.
        let mut turned = expected.clone().reversed_axes();
        (0..turned.ndim()).for_each(|axis| turned.invert_axis(ndarray::Axis(axis)));
        let dist = draw.distribution(turned.shape(), ctx.size());
        holds(&ctx.from_ndarray_on(&turned, &dist)?, &turned)?;
    }
    Ok(())
}

pub(super) fn adopted(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(4);
    for _ in 0..25 {
        let shape = draw.shape();
        let dist = draw.distribution(&shape, ctx.size());
        let expected = numbered(&shape);
        let made = ctx.from_fn(&dist, |at| expected[at])?;
        let local = made.local().to_owned();
        let start = local.as_ptr();
        let array = ctx.from_local(&dist, local)?;
        assert!(array.local().is_empty() || array.local().as_ptr() == start, "nothing is copied");
        holds(&array, &expected)?;
        // Local memory in Fortran order, running backwards.
        let mut turned = made.local().reversed_axes();
        (0..turned.ndim()).for_each(|axis| turned.invert_axis(ndarray::Axis(axis)));
        let mut turned = turned.as_standard_layout().into_owned();
        (0..turned.ndim()).for_each(|axis| turned.invert_axis(ndarray::Axis(axis)));
        holds(&ctx.from_local(&dist, turned.reversed_axes())?, &expected)?;
    }
    Ok(())
}

pub(super) fn scattered(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(5);
    for round in 0..20 {
        let shape = draw.shape();
        let dist = draw.distribution(&shape, ctx.size());
        let expected = numbered(&shape);
        let root = round % ctx.size();
        let mine = (ctx.rank() == root).then(|| expected.clone());
        holds(&ctx.scatter(root, mine, &dist)?, &expected)?;
    }
    Ok(())
}

/// An array on some of the ranks is empty on the others.
pub(super) fn subsets(ctx: &Context) -> Result<()> {
    let last = ctx.size() - 1;
    let alone = Distribution::builder([4]).ranks([last]).build(ctx.size())?;
    let array = ctx.arange_on(0_i64, 1, &alone)?;
    assert_eq!(array.local().len(), if ctx.rank() == last { 4 } else { 0 });
    holds(&array, &numbered(&[4]))?;
    assert_eq!(ctx.full(1.5, [0; 0])?.get(&[])?, 1.5);
    let scalar = Distribution::on_one([], last);
    let scalar = ctx.full(7_u8, &scalar)?;
    assert_eq!(scalar.get(&[])?, 7);
    holds_here(&scalar, &ArrayD::from_elem(IxDyn(&[]), 7));
    Ok(())
}
