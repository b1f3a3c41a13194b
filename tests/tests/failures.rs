//! What a rank does wrong alone, on threads, where the other ranks get an error and the program goes
//! on. (Under MPI such a rank brings the job down.)

use std::panic::{AssertUnwindSafe, catch_unwind};

use distarray::array::Context;
use distarray::prelude::*;
use distarray_tests::oracle::{holds, numbered};
use distarray_tests::threads;

/// Runs a program that must fail on the last of so many ranks; gives the error.
fn fails(program: fn(&Context) -> Result<()>) -> Vec<(usize, String)> {
    let of = |ranks| (ranks, threads::run(ranks, program).unwrap_err().to_string());
    let errors = [1, 2, 3, 5].map(of).to_vec();
    // Nothing of it is left: the next program has new ranks.
    threads::run(3, |ctx| ctx.barrier()).unwrap();
    errors
}

/// Every error names the last rank and the words.
fn name_the_last_rank(errors: Vec<(usize, String)>, words: &[&str]) {
    for (ranks, error) in errors {
        assert!(error.contains(&format!("rank {}", ranks - 1)), "on {ranks} ranks: {error}");
        for word in words {
            assert!(error.contains(word), "no '{word}' on {ranks} ranks: {error}");
        }
    }
}

/// An array of the ranks' numbers, one each.
fn ranks(ctx: &Context) -> Result<DistArray<i64>> {
    ctx.arange_on(0_i64, 1, ctx.size())
}

#[test]
fn a_function_that_panics_on_one_rank_is_named_in_evaluation() {
    name_the_last_rank(
        fails(|ctx| {
            let last = ctx.size() as i64 - 1;
            let a =
                ranks(ctx)?.map(move |x: i64| if x == last { panic!("no such {x}") } else { x });
            // One rank panics here; the others wait for it in the next line.
            let a = a.eval()?;
            a.sum().map(|_| ())
        }),
        &["panicked", "no such"],
    );
}

#[test]
fn a_function_that_panics_on_one_rank_is_named_in_a_reduction() {
    name_the_last_rank(
        fails(|ctx| {
            let last = ctx.size() as i64 - 1;
            let a = ranks(ctx)?;
            a.zip_map(&a, move |x: i64, y: i64| if y == last { panic!("bad {x}") } else { x })
                .sum_axes(&[0])
                .map(|_| ())
        }),
        &["panicked", "bad"],
    );
}

#[test]
fn a_function_that_panics_on_one_rank_is_named_in_from_fn() {
    name_the_last_rank(
        fails(|ctx| {
            let last = ctx.size() - 1;
            let a = ctx.from_fn(ctx.size(), move |at| {
                assert!(at[0] != last, "element {last} is missing");
                at[0] as u64
            })?;
            a.to_ndarray().map(|_| ())
        }),
        &["panicked", "is missing"],
    );
}

#[test]
fn a_rank_that_returns_early_is_named() {
    for ranks in [2, 3, 5] {
        let outcome = threads::run(ranks, |ctx| {
            let a = ctx.ones::<f64>(20)?;
            match ctx.rank() + 1 == ctx.size() {
                true => Ok(()),
                false => a.sum().map(|_| ()),
            }
        });
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains(&format!("rank {}", ranks - 1)), "{error}");
    }
}

#[test]
fn ranks_in_different_operations_get_an_error() {
    for ranks in [2, 3, 5] {
        let outcome = threads::run(ranks, |ctx| {
            let a = ctx.ones::<f64>(20)?;
            match ctx.rank() + 1 == ctx.size() {
                true => a.max().map(|_| ()),
                false => a.redistribute("c").map(|_| ()),
            }
        });
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains("max") || error.contains("redistribute"), "{error}");
    }
}

/// A panic that the program catches leaves its arrays as they were.
#[test]
fn arrays_outlive_a_caught_panic() {
    let ctx = Context::solo();
    let expected = numbered(&[30, 40]);
    let mut a = ctx.from_ndarray(&expected, "b").unwrap();
    let expr = (&a + 1).map(|x: i64| if x == 700 { panic!("700") } else { x });
    for _ in 0..3 {
        assert!(catch_unwind(AssertUnwindSafe(|| expr.eval())).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| expr.sum())).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| expr.max_axes(&[0]))).is_err());
    }
    holds(&a, &expected).unwrap();
    a.local_mut().unwrap().fill(0);
    assert_eq!((&a + 1).sum().unwrap(), 1200);
    let twice = a.map(|x: i64| x + 2).eval().unwrap();
    assert_eq!(twice.sum().unwrap(), 2400);
}

/// A function may itself compute with arrays, while the outer evaluation is under way.
#[test]
fn functions_may_evaluate() {
    let ctx = Context::solo();
    let inner = ctx.arange(0_i64, 300, 1).unwrap();
    let a = ctx.arange(0_i64, 1000, 1).unwrap();
    let nested = a.map(move |x: i64| (&inner * 2 + x).max().unwrap()) + &a;
    assert_eq!(nested.sum().unwrap(), 1000 * 598 + 2 * 499_500);
}
