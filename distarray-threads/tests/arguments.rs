//! Ranks in the same collective, but of different operations, or of one with different arguments: all
//! get one error that names both sides.

mod watchdog;

use distarray_core::comm::{Arguments, Communicator, Operation, ReduceOp};
use distarray_core::{DType, Error, Result};
use distarray_threads::run;
use watchdog::in_time;

/// An operation's name, and what it works on.
type Side = (&'static str, fn() -> Arguments);

/// What is apart, the two sides with their texts, and what is said where the texts are the same.
struct Case {
    sides: [Side; 2],
    texts: [&'static str; 2],
    difference: &'static str,
}

fn array(dtype: DType, shape: &[usize]) -> Arguments {
    Arguments::new().array(dtype, shape)
}

fn matrix() -> Arguments {
    array(DType::F64, &[3, 4])
}

const CASES: [Case; 8] = [
    // The shape, in an extent, and in the number of axes.
    Case {
        sides: [("sum", matrix), ("sum", || array(DType::F64, &[3, 5]))],
        texts: ["sum of float64[3, 4]", "sum of float64[3, 5]"],
        difference: "",
    },
    Case {
        sides: [("sum", matrix), ("sum", || array(DType::F64, &[3, 4, 1]))],
        texts: ["sum of float64[3, 4]", "sum of float64[3, 4, 1]"],
        difference: "",
    },
    // The dtype.
    Case {
        sides: [("sum", matrix), ("sum", || array(DType::I64, &[3, 4]))],
        texts: ["sum of float64[3, 4]", "sum of int64[3, 4]"],
        difference: "",
    },
    // The operation, with the same collective.
    Case {
        sides: [("sum", matrix), ("mean", matrix)],
        texts: ["sum of float64[3, 4]", "mean of float64[3, 4]"],
        difference: "",
    },
    // What the texts do not show.
    Case {
        sides: [("sum", || matrix().and("axes", &[0])), ("sum", || matrix().and("axes", &[1]))],
        texts: ["sum of float64[3, 4]"; 2],
        difference: ", with another axes",
    },
    Case {
        sides: [("gather", || matrix().and("root", &0)), ("gather", || matrix().and("root", &1))],
        texts: ["gather of float64[3, 4]"; 2],
        difference: ", with another root",
    },
    Case {
        sides: [("load", || Arguments::new().and("path", "a")), ("load", Arguments::new)],
        texts: ["load"; 2],
        difference: ", with another path",
    },
    // Extents that are not shown any more.
    Case {
        sides: [
            ("zeros", || array(DType::U8, &[1, 1, 1, 1, 1, 1, 2])),
            ("zeros", || array(DType::U8, &[1, 1, 1, 1, 1, 1, 3])),
        ],
        texts: ["zeros of uint8[1, 1, 1, 1, 1, 1, ...]"; 2],
        difference: ", with another shape",
    },
];

/// Each kind of call that the ranks may be in.
const STEPS: [fn(&dyn Communicator) -> Result<()>; 4] = [
    |comm| comm.barrier(),
    |comm| comm.all_reduce_of(ReduceOp::Sum, 1.0).map(drop),
    |comm| comm.broadcast(0, &mut [0; 1000]),
    |comm| comm.split(None, 0).map(drop),
];

#[test]
fn an_operation_on_something_else_ends_in_one_error_that_names_both() {
    for case in &CASES {
        for ranks in 2..=5 {
            for apart in 0..ranks {
                for step in STEPS {
                    in_time(move || one_apart(case, ranks, apart, step));
                }
            }
        }
    }
}

fn one_apart(case: &Case, ranks: usize, apart: usize, step: fn(&dyn Communicator) -> Result<()>) {
    let line = line!() + 4;
    let outcome = run(ranks, |comm| {
        comm.barrier()?;
        let (name, arguments) = case.sides[usize::from(comm.rank() == apart)];
        let _scope = Operation::enter(name);
        Operation::note(arguments);
        let error = step(&*comm).unwrap_err();
        assert!(matches!(error, Error::Rank { .. }), "{error}");
        Ok(error.to_string())
    });
    let errors = outcome.unwrap();
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    let place = |side: usize| format!("in {} at {}:{}", case.texts[side], file!(), line);
    // The higher of the two ranks is told first, and what it has differently.
    let told: Vec<bool> = (0..ranks)
        .filter(|&other| other != apart)
        .map(|other| {
            let (high, low) = (apart.max(other), apart.min(other));
            let side = |rank: usize| place(usize::from(rank == apart));
            let difference = case.difference;
            let begin = format!("rank {high}: is in ");
            let middle = format!(" {}{difference}, while rank {low} is in ", side(high));
            let end = format!(
                " {}; both are collective number 2 of the group of {ranks} ranks",
                side(low)
            );
            let error = &errors[0];
            error.starts_with(&begin) && error.contains(&middle) && error.ends_with(&end)
        })
        .collect();
    assert_eq!(told.iter().filter(|&&told| told).count(), 1, "{}", errors[0]);
}

#[test]
fn the_same_operation_from_another_line_is_the_same() {
    in_time(|| {
        let outcome = run(3, |comm| {
            let _scope = match comm.rank() {
                0 => Operation::enter("sum"),
                _ => {
                    comm.begin()?;
                    Operation::enter("sum")
                }
            };
            Operation::note(matrix);
            comm.barrier()
        });
        outcome.unwrap();
    });
}
