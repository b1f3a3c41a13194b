//! Elements are shared until they are written.

use distarray::prelude::*;
use ndarray::Ix2;

use crate::oracle::{holds, numbered};

pub(super) fn copies_before_writing(ctx: &Context) -> Result<()> {
    let expected = numbered(&[6, 4]);
    let mut a = ctx.from_ndarray(&expected, "b,c")?;
    let b = a.clone();
    let same = a.redistribute(a.distribution())?;
    if !a.local().is_empty() {
        assert_eq!(a.local().as_ptr(), same.local().as_ptr(), "the identity moves nothing");
    }
    a.local_mut()?.fill(-1);
    holds(&b, &expected)?;
    holds(&same, &expected)?;
    assert_eq!(a.sum()?, -24);
    a.set(&[5, 3], 7)?;
    assert_eq!((a.get(&[5, 3])?, b.get(&[5, 3])?), (7, 23));
    Ok(())
}

pub(super) fn views(ctx: &Context) -> Result<()> {
    let a = ctx.from_ndarray(&numbered(&[6, 4]), "b,b")?;
    if a.distribution().holds(ctx.rank()) {
        assert_eq!(a.local_view::<Ix2>()?.dim(), {
            let local = a.distribution().local_shape(ctx.rank());
            (local[0], local[1])
        });
        assert!(a.local_view::<ndarray::Ix3>().is_err());
    }
    let total: i64 = a.local().iter().sum();
    let comm = ctx.communicator()?;
    assert_eq!(comm.all_reduce_of(distarray::comm::ReduceOp::Sum, total)?, 23 * 24 / 2);
    Ok(())
}

/// An expression has the values that its arrays had when it was built.
pub(super) fn expressions_keep_values(ctx: &Context) -> Result<()> {
    let mut a = ctx.ones::<f64>([3, 5])?;
    let sum = &a + 1.0;
    a.local_mut()?.fill(10.0);
    assert_eq!((sum.max()?, a.min()?), (2.0, 10.0));
    drop(a);
    assert_eq!(sum.eval()?.sum()?, 30.0);
    Ok(())
}
