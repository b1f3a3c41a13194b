//! Results that are larger than the caches, which are written past them.

use distarray_core::prelude::*;
use ndarray::{ArrayD, IxDyn, Zip};

/// Elements of more than 8 MiB of `f64`, not a whole number of lines of the cache, on two axes.
const SHAPE: [usize; 2] = [1_051, 1_009];

fn operand(ctx: &Context, by: usize) -> Result<(DistArray<f64>, ArrayD<f64>)> {
    let element = |i: usize| (i * by % 1_013) as f64 / 7.0 - 60.0;
    let x = ArrayD::from_shape_fn(IxDyn(&SHAPE), |at| element(at[0] * SHAPE[1] + at[1]));
    Ok((ctx.from_ndarray(&x, "b,n")?, x))
}

#[test]
fn results_are_those_of_plain_loops() -> Result<()> {
    let ctx = Context::solo();
    let ((a, x), (b, y), (c, z)) = (operand(&ctx, 3)?, operand(&ctx, 5)?, operand(&ctx, 11)?);
    let check = |found: Expr<f64>, of: fn(f64, f64, f64) -> f64| -> Result<()> {
        let expected = Zip::from(&x).and(&y).and(&z).map_collect(|&x, &y, &z| of(x, y, z));
        assert_eq!(found.eval()?.to_ndarray()?, expected);
        // From a place on that no line of the cache begins at.
        let mut target = ctx.zeros::<f64>([SHAPE[0], SHAPE[1] + 3])?;
        target.slice_mut("..., 3:")?.assign(&found)?;
        assert_eq!(target.slice("..., 3:")?.to_ndarray()?, expected);
        assert_eq!(target.slice("..., :3")?.count()?, 0);
        Ok(())
    };
    check(&a + 1.0, |x, _, _| x + 1.0)?;
    check(1.0 - &a, |x, _, _| 1.0 - x)?;
    check(2.0 / &a, |x, _, _| 2.0 / x)?;
    check(&a / &b, |x, y, _| x / y)?;
    check(&a * &b + &c, |x, y, z| x * y + z)?;
    check(&a * &b + &c * 2.0, |x, y, z| x * y + z * 2.0)?;
    check(&a * &b + &c * 2.0 - &a, |x, y, z| x * y + z * 2.0 - x)?;
    check((&a * &a).sqrt() * &b + &c, |x, y, z| (x * x).sqrt() * y + z)?;
    check(a.maximum(&b), |x, y, _| x.max(y))?;
    let (row, first) = (b.slice("0")?, y.index_axis(ndarray::Axis(0), 0).to_owned());
    assert_eq!((&a + &row).eval()?.to_ndarray()?, &x + &first);
    let (sum, less, narrow) = ctx.eval((&a + &b, a.lt(&b), a.cast::<f32>()))?;
    assert_eq!(sum.to_ndarray()?, &x + &y);
    assert_eq!(less.to_ndarray()?, Zip::from(&x).and(&y).map_collect(|x, y| x < y));
    assert_eq!(narrow.to_ndarray()?, x.mapv(|x| x as f32));
    Ok(())
}
