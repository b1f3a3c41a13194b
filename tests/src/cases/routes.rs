//! Redistributions that are kept and run again.

use distarray::prelude::*;

use crate::draw::Draw;
use crate::oracle::{holds, numbered};

/// Into new memory and old, for two element types.
pub(super) fn kept(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(27);
    for _ in 0..12 {
        let shape = draw.shape();
        let expected = numbered(&shape);
        let from = draw.any_distribution(&shape, ctx.size());
        let to = draw.any_distribution(&shape, ctx.size());
        let array = ctx.from_ndarray_on(&expected, &from)?;
        let route = array.route_to(&to)?;
        let mut moved = route.run(&array)?;
        let doubled = expected.mapv(|value| 2 * value);
        route.run_into(&ctx.from_ndarray_on(&doubled, &from)?, &mut moved)?;
        holds(&moved, &doubled)?;
        let small = expected.mapv(|value| value as i16);
        holds(&route.run(&ctx.from_ndarray_on(&small, &from)?)?, &small)?;
        array.redistribute_into(&mut moved)?;
        assert_eq!(moved.distribution(), &to);
        holds(&moved, &expected)?;
    }
    Ok(())
}

/// Arrays of other distributions, on every rank; nothing is written.
pub(super) fn refused(ctx: &Context) -> Result<()> {
    fn names<T>(outcome: Result<T>, words: &[&str]) {
        let Err(error) = outcome else { panic!("no error with {words:?}") };
        let text = error.to_string();
        assert!(words.iter().all(|word| text.contains(word)), "no {words:?} in '{text}'");
    }
    let rows = ctx.zeros::<i32>(([4, 6], "b,n"))?;
    let route = rows.route_to("n,b")?;
    let other = ctx.zeros::<i32>(([6, 4], "b,n"))?;
    names(route.run(&other), &["begins at [4, 6]", "[6, 4]"]);
    let mut kept = ctx.ones::<i32>(([6, 4], "n,b"))?;
    names(route.run_into(&rows, &mut kept), &["leads to [4, 6]", "[6, 4]"]);
    names(rows.redistribute_into(&mut kept), &["[4, 6]", "[6, 4]"]);
    assert_eq!(kept.sum()?, 24, "nothing is written where arrays are refused");
    Ok(())
}
