//! All-reduces of every dtype and operation, compared bit by bit with combining in rank order.

use distarray_core::comm::{Plain, ReduceOp};
use distarray_core::{DType, Kind, Result, as_bytes};

use super::{Case, Comm};
use crate::random::Random;

pub(super) const CASES: &[Case] = &[
    ("reductions_of_every_dtype", |comm| every_dtype(comm, &[0, 1, 5, 3000])),
    ("default_reductions_over_exchange", |comm| every_dtype(&Plain(comm), &[1, 40])),
    ("nan_wins_a_minimum_and_a_maximum", nan_wins_a_minimum_and_a_maximum),
];

const OPERATIONS: [ReduceOp; 6] =
    [ReduceOp::Sum, ReduceOp::Product, ReduceOp::Min, ReduceOp::Max, ReduceOp::And, ReduceOp::Or];

/// A rank's elements: all bits of integers, for the others values of many magnitudes.
fn elements(dtype: DType, count: usize, rank: usize) -> Vec<u8> {
    let mut random = Random::new(rank as u64 + 1);
    let words = (count * dtype.size()).div_ceil(8) + 1;
    let real = |random: &mut Random| f64::from(random.next() as i32) * 1e-9;
    match dtype {
        DType::Bool => (0..count).map(|_| u8::from(random.below(3) == 0)).collect(),
        _ if dtype.kind() == Kind::Signed || dtype.kind() == Kind::Unsigned => {
            let bytes = (0..words).flat_map(|_| random.next().to_ne_bytes());
            bytes.take(count * dtype.size()).collect()
        }
        DType::F32 | DType::C32 => {
            let numbers = count * dtype.size() / 4;
            (0..numbers).flat_map(|_| (real(&mut random) as f32).to_ne_bytes()).collect()
        }
        _ => {
            let numbers = count * dtype.size() / 8;
            (0..numbers).flat_map(|_| real(&mut random).to_ne_bytes()).collect()
        }
    }
}

pub(super) fn every_dtype(comm: Comm<'_>, counts: &[usize]) -> Result<()> {
    for (dtype, op) in DType::ALL.into_iter().flat_map(|d| OPERATIONS.map(|op| (d, op))) {
        for &count in counts {
            let mut expected = elements(dtype, count, 0);
            for rank in 1..comm.size() {
                let _ = op.combine(dtype, &mut expected, &elements(dtype, count, rank));
            }
            // An odd start, since bytes need not be aligned.
            let mut memory = vec![0];
            memory.extend(elements(dtype, count, comm.rank()));
            let outcome = comm.all_reduce(dtype, op, &mut memory[1..]);
            match op.combine(dtype, &mut elements(dtype, 1, 0), &elements(dtype, 1, 1)) {
                Ok(()) => {
                    outcome?;
                    assert!(memory[1..] == expected[..], "{} of {count} {dtype}", op.name());
                }
                Err(error) => {
                    assert_eq!(outcome.unwrap_err().to_string(), error.to_string());
                }
            }
        }
    }
    Ok(())
}

fn nan_wins_a_minimum_and_a_maximum(comm: Comm<'_>) -> Result<()> {
    for (op, count) in [(ReduceOp::Min, 3), (ReduceOp::Max, 3), (ReduceOp::Min, 9000)] {
        for with_nan in 0..comm.size() {
            let mut values = vec![comm.rank() as f64; count];
            if comm.rank() == with_nan {
                values[1] = f64::NAN;
            }
            let mut bytes = as_bytes(&values).to_vec();
            comm.all_reduce(DType::F64, op, &mut bytes)?;
            let result: Vec<f64> = bytes
                .chunks_exact(8)
                .filter_map(|b| b.first_chunk().map(|b| f64::from_ne_bytes(*b)))
                .collect();
            let best = if op == ReduceOp::Min { 0.0 } else { (comm.size() - 1) as f64 };
            assert!(result[1].is_nan());
            assert_eq!((result[0], result[count - 1]), (best, best));
        }
    }
    Ok(())
}
