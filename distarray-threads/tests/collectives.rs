//! Every collective at several numbers of ranks, small and large, against computed answers.

mod watchdog;

use distarray_core::comm::{Communicator, ReduceOp};
use distarray_core::{Complex64, DType, Error, as_bytes, as_bytes_mut};
use distarray_threads::run;
use watchdog::in_time;

const RANKS: [usize; 7] = [1, 2, 3, 4, 5, 6, 16];

/// Lengths on both sides of what fits a page, and of what is combined at a time.
const LENGTHS: [usize; 8] = [0, 1, 8, 511, 512, 513, 4_096, 100_003];

fn byte(rank: usize, place: usize) -> u8 {
    (rank * 31 + place * 7 + place / 256) as u8
}

fn bytes_of(rank: usize, length: usize) -> Vec<u8> {
    (0..length).map(|place| byte(rank, place)).collect()
}

#[test]
fn a_broadcast_brings_the_bytes_of_each_root_to_all() {
    for ranks in RANKS {
        in_time(move || {
            run(ranks, |comm| {
                for length in LENGTHS {
                    for root in 0..ranks {
                        let mut bytes = bytes_of(comm.rank(), length);
                        comm.broadcast(root, &mut bytes)?;
                        assert_eq!(bytes, bytes_of(root, length));
                    }
                }
                Ok(())
            })
            .unwrap()
        });
    }
}

#[test]
fn a_gather_has_the_parts_in_rank_order() {
    for ranks in RANKS {
        in_time(move || {
            run(ranks, |comm| {
                for length in LENGTHS {
                    let mut all = vec![0; length * ranks];
                    comm.all_gather(&bytes_of(comm.rank(), length), &mut all)?;
                    let expected: Vec<u8> =
                        (0..ranks).flat_map(|rank| bytes_of(rank, length)).collect();
                    assert_eq!(all, expected);
                }
                let varying = comm.all_gather_varying(&bytes_of(comm.rank(), comm.rank() * 300))?;
                for (rank, bytes) in varying.iter().enumerate() {
                    assert_eq!(*bytes, bytes_of(rank, rank * 300));
                }
                Ok(())
            })
            .unwrap()
        });
    }
}

#[test]
fn integers_reduce_by_every_operation() {
    let ops = [
        ReduceOp::Sum,
        ReduceOp::Product,
        ReduceOp::Min,
        ReduceOp::Max,
        ReduceOp::And,
        ReduceOp::Or,
    ];
    for ranks in RANKS {
        in_time(move || {
            run(ranks, |comm| {
                for op in ops {
                    for length in [0, 1, 64, 65, 3_000, 5_001] {
                        let of = |rank: usize, place: usize| {
                            ((rank + 1) * (place + 3) * 0x9E37_79B9) as i64 - 1_000_000_007
                        };
                        let mut values: Vec<i64> =
                            (0..length).map(|place| of(comm.rank(), place)).collect();
                        // SAFETY: a reduction of elements writes elements.
                        comm.all_reduce(DType::I64, op, unsafe { as_bytes_mut(&mut values) })?;
                        for (place, value) in values.into_iter().enumerate() {
                            let all = (0..ranks).map(|rank| of(rank, place));
                            let expected = match op {
                                ReduceOp::Sum => all.reduce(i64::wrapping_add),
                                ReduceOp::Product => all.reduce(i64::wrapping_mul),
                                ReduceOp::Min => all.min(),
                                ReduceOp::Max => all.max(),
                                ReduceOp::And => all.reduce(|a, b| a & b),
                                ReduceOp::Or => all.reduce(|a, b| a | b),
                            };
                            assert_eq!(Some(value), expected, "{op:?} at {place}");
                        }
                    }
                }
                Ok(())
            })
            .unwrap()
        });
    }
}

#[test]
fn floating_point_numbers_are_combined_in_rank_order_to_the_bit() {
    for ranks in RANKS {
        in_time(move || {
            run(ranks, |comm| {
                for length in [1, 64, 65, 10_000] {
                    let of = |rank: usize, place: usize| {
                        (10.0_f64).powi((rank * 7 % 30) as i32 - 15) * (place as f64 + 0.1).sin()
                    };
                    let mut values: Vec<f64> =
                        (0..length).map(|place| of(comm.rank(), place)).collect();
                    // SAFETY: a reduction of elements writes elements.
                    let bytes = unsafe { as_bytes_mut(&mut values) };
                    comm.all_reduce(DType::F64, ReduceOp::Sum, bytes)?;
                    for (place, value) in values.into_iter().enumerate() {
                        let expected = (1..ranks).fold(of(0, place), |sum, r| sum + of(r, place));
                        assert_eq!(value.to_bits(), expected.to_bits());
                    }
                }
                let sum = comm.all_reduce_of(ReduceOp::Sum, Complex64::new(1.0, -2.0))?;
                assert_eq!(sum, Complex64::new(ranks as f64, -2.0 * ranks as f64));
                assert!(comm.all_reduce_of(ReduceOp::Or, comm.rank() == ranks - 1)?);
                assert_eq!(comm.all_reduce_of(ReduceOp::And, comm.rank() == 0)?, ranks == 1);
                Ok(())
            })
            .unwrap()
        });
    }
}

#[test]
fn nobody_passes_a_barrier_before_all_have_come() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    for ranks in RANKS {
        in_time(move || {
            let came = AtomicUsize::new(0);
            run(ranks, |comm| {
                for round in 1..=200 {
                    came.fetch_add(1, Ordering::Relaxed);
                    comm.barrier()?;
                    assert!(came.load(Ordering::Relaxed) >= round * ranks);
                }
                Ok(())
            })
            .unwrap();
            assert_eq!(came.into_inner(), 200 * ranks);
        });
    }
}

#[test]
fn arguments_that_no_rank_can_take_are_refused_without_harm() {
    in_time(|| {
        run(3, |comm| {
            let error = comm.broadcast(3, &mut [0]).unwrap_err();
            assert!(matches!(error, Error::Index(_)));
            assert_eq!(error.to_string(), "rank 3 is outside the group of 3 ranks");
            let error = comm.all_gather(&[1, 2], &mut [0; 5]).unwrap_err();
            assert!(matches!(error, Error::Argument(_)));
            let expected = "all_gather of 2 bytes on each of 3 ranks does not fill 5 bytes";
            assert_eq!(error.to_string(), expected);
            let error = comm.all_reduce(DType::I32, ReduceOp::Sum, &mut [0; 6]).unwrap_err();
            assert!(error.to_string().contains("6 bytes: not whole elements of int32"), "{error}");
            let error = comm.all_reduce_of(ReduceOp::And, 1.0_f32).unwrap_err();
            assert!(matches!(error, Error::DType(_)), "{error}");
            // The group is as good as before.
            assert_eq!(comm.all_reduce_of(ReduceOp::Sum, 1_u8)?, 3);
            Ok(())
        })
        .unwrap()
    });
}

#[test]
fn one_verdict_is_shared_by_all() {
    for failing in 0..4 {
        in_time(move || {
            let verdicts = run(4, move |comm| {
                let mine = if comm.rank() >= failing {
                    Err(Error::shape(format!("bad on {}", comm.rank())))
                } else {
                    Ok(())
                };
                Ok(comm.agree(mine).unwrap_err().to_string())
            });
            let (plural, ranks) = match failing {
                3 => ("", "3".to_owned()),
                _ => ("s", (failing..4).map(|r| r.to_string()).collect::<Vec<_>>().join(", ")),
            };
            let expected = format!("bad on {failing} (rank{plural} {ranks} of 4)");
            assert_eq!(verdicts.unwrap(), vec![expected; 4]);
        });
    }
}

#[test]
fn thousands_of_mixed_collectives_in_a_row() {
    for ranks in [1, 2, 3, 5, 16] {
        in_time(move || run(ranks, |comm| mixed(&*comm, 3_000)).unwrap());
    }
}

/// Collectives of all kinds and sizes, in an order that all ranks draw alike.
fn mixed(comm: &dyn Communicator, steps: usize) -> distarray_core::Result<()> {
    use distarray_core::comm::{Memory, Message};
    let (rank, size) = (comm.rank(), comm.size());
    let mut state = 12345_u64;
    for step in 0..steps {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let draw = (state >> 33) as usize;
        let length = if draw.is_multiple_of(37) { 2_000 } else { draw % 100 };
        match draw / 64 % 5 {
            0 => comm.barrier()?,
            1 => {
                let root = draw % size;
                let mut bytes = bytes_of(rank + step, length);
                comm.broadcast(root, &mut bytes)?;
                assert_eq!(bytes, bytes_of(root + step, length));
            }
            2 => {
                let mut all = vec![0; length * size];
                comm.all_gather(&bytes_of(rank + step, length), &mut all)?;
                for (other, bytes) in all.chunks_exact(length.max(1)).enumerate() {
                    assert_eq!(bytes, bytes_of(other + step, length));
                }
            }
            3 => {
                let mut values = vec![(rank + step) as u32; length];
                // SAFETY: a reduction of elements writes elements.
                let bytes = unsafe { as_bytes_mut(&mut values) };
                comm.all_reduce(DType::U32, ReduceOp::Max, bytes)?;
                assert!(values.iter().all(|&value| value == (size - 1 + step) as u32));
            }
            _ => {
                let shift = draw % size;
                let mine = vec![(rank + step) as u32; length];
                let mut theirs = vec![0_u32; length];
                // SAFETY: the bytes that come are elements.
                let target = unsafe { as_bytes_mut(&mut theirs) };
                let to = Message::contiguous((rank + shift) % size, 0..4 * length);
                let from = Message::contiguous((rank + size - shift) % size, 0..4 * length);
                comm.exchange(Memory::between(as_bytes(&mine), target), &[to], &[from])?;
                let expected = ((rank + size - shift) % size + step) as u32;
                assert_eq!(theirs, vec![expected; length]);
            }
        }
    }
    Ok(())
}
