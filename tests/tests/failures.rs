//! What a rank does wrong alone, on threads, where the other ranks get an error and the program goes
//! on. (Under MPI such a rank brings the job down.)

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use distarray::array::Context;
use distarray::comm::Checked;
use distarray::prelude::*;
use distarray_tests::oracle::{holds, numbered};
use distarray_tests::threads::{self, Decorate};

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

/// The ranks' operations are compared wherever one begins.
const CHECKS: Decorate = |comm| Checked::new(comm).communicator();

/// What is computed of several values.
type Compute = fn(&Context, Vec<Expr<f64>>) -> Result<()>;

/// The error that each rank gets from several values of which the last rank has one differently.
fn one_of_several(
    decorate: Decorate,
    ranks: usize,
    count: usize,
    odd: usize,
    compute: Compute,
) -> String {
    let told = Arc::new(Mutex::new(Vec::new()));
    let all = Arc::clone(&told);
    let outcome = threads::run_decorated(ranks, decorate, move |ctx| {
        let is_last = ctx.rank() + 1 == ctx.size();
        // Nothing is sent for these, so that the ranks only meet where all are computed.
        let value = |i: usize| match is_last && i == odd {
            true => ctx.random(i as u64).normal::<f64>(1),
            false => ctx.random(i as u64).uniform::<f64>(4),
        };
        let error = compute(ctx, (0..count).map(value).collect()).unwrap_err().to_string();
        all.lock().unwrap().push(error);
        Ok(())
    });
    outcome.unwrap();
    let mut told = told.lock().unwrap().clone();
    assert_eq!(told.len(), ranks);
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    let error = told.remove(0);
    assert!(error.contains(&format!("rank {}: is in", ranks - 1)), "{error}");
    error
}

#[test]
fn which_of_several_values_differs_between_ranks_is_told() {
    let evaluated = |ctx: &Context, values: Vec<Expr<f64>>| ctx.eval(values).map(drop);
    let reduced = |ctx: &Context, values: Vec<Expr<f64>>| {
        ctx.reduce(values.iter().map(|value| value.reduce(Max)).collect::<Vec<_>>()).map(drop)
    };
    // Ranks meet in reductions by themselves, in evaluation where they are compared.
    let computed: [(_, Decorate, Compute); 3] = [
        ("value", CHECKS, evaluated),
        ("reduction", CHECKS, reduced),
        ("reduction", |comm| comm, reduced),
    ];
    for (what, decorate, compute) in computed {
        for (ranks, count) in [(2, 1), (2, 3), (3, 8), (5, 2), (2, 11)] {
            for odd in 0..count {
                let error = one_of_several(decorate, ranks, count, odd, compute);
                let words = match odd {
                    // The first one is shown.
                    0 => vec!["float64[1]".to_owned(), "float64[4]".to_owned()],
                    _ if count > 8 && odd >= 7 => vec![format!("with another {what} from 7 on,")],
                    _ => vec![format!("with another {what} {odd},")],
                };
                assert!(words.iter().all(|word| error.contains(word)), "{words:?}: {error}");
            }
        }
    }
}

#[test]
fn which_of_several_written_values_differs_between_ranks_is_told() {
    for (ranks, count) in [(2, 2), (3, 8)] {
        for odd in 0..count {
            let error = one_of_several(CHECKS, ranks, count, odd, |ctx, values| {
                let zeros = |_| ctx.zeros::<f64>([2, 4]);
                let mut arrays = (0..values.len()).map(zeros).collect::<Result<Vec<_>>>()?;
                ctx.eval_into(values, arrays.iter_mut().collect::<Vec<_>>())
            });
            assert!(error.contains(&format!("with another value {odd},")), "{error}");
        }
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
