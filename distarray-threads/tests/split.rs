//! Splitting groups in every way, and using the parts at the same time.

mod watchdog;

use std::rc::Rc;

use distarray_core::Result;
use distarray_core::comm::{Communicator, ReduceOp};
use distarray_threads::run;
use watchdog::in_time;

/// Splits by functions of the rank, and checks who is in the part, in which order.
fn check(
    comm: &dyn Communicator,
    color: impl Fn(usize) -> Option<usize>,
    key: impl Fn(usize) -> usize,
) -> Result<Option<Rc<dyn Communicator>>> {
    let (rank, size) = (comm.rank(), comm.size());
    let part = comm.split(color(rank), key(rank))?;
    let Some(part) = part else {
        assert_eq!(color(rank), None);
        return Ok(None);
    };
    let mut expected: Vec<usize> = (0..size).filter(|&r| color(r) == color(rank)).collect();
    expected.sort_by_key(|&r| (key(r), r));
    assert!(color(rank).is_some());
    assert_eq!(part.size(), expected.len());
    assert_eq!(part.rank(), expected.iter().position(|&r| r == rank).unwrap());
    let members = part.all_gather_of(rank as u64)?;
    assert!(members.into_iter().map(|r| r as usize).eq(expected));
    Ok(Some(part))
}

#[test]
fn parts_are_ordered_by_key_then_by_rank() {
    for ranks in [1, 2, 3, 4, 5, 6, 16] {
        in_time(move || {
            run(ranks, |comm| {
                let comm = &*comm;
                check(comm, |_| Some(0), |_| 0)?;
                check(comm, |_| Some(usize::MAX), |rank| ranks - rank)?;
                check(comm, |rank| Some(rank % 2), |_| 7)?;
                check(comm, |rank| Some(rank / 3), |rank| usize::MAX - rank)?;
                check(comm, |rank| Some(100 - rank), |_| 0)?;
                check(comm, |rank| (rank % 3 != 1).then_some(rank % 2), |rank| rank % 2)?;
                let nobody = check(comm, |_| None, |_| 0)?;
                assert!(nobody.is_none());
                comm.barrier()
            })
            .unwrap()
        });
    }
}

#[test]
fn parts_of_parts_are_independent_of_each_other_and_of_the_whole() {
    in_time(|| {
        run(6, |comm| {
            let rank = comm.rank();
            let row = check(&*comm, |rank| Some(rank / 3), |_| 0)?.unwrap();
            let column = check(&*comm, |rank| Some(rank % 3), |_| 0)?.unwrap();
            let pair = check(&*row, |rank| (rank < 2).then_some(0), |rank| 9 - rank)?;
            assert_eq!(pair.is_some(), rank % 3 < 2);
            // The parts run different numbers of collectives.
            for _ in 0..50 * (1 + rank / 3) {
                assert_eq!(
                    row.all_reduce_of(ReduceOp::Sum, rank as u32)?,
                    3 + 9 * (rank as u32 / 3)
                );
            }
            for _ in 0..20 * (1 + rank % 3) {
                assert_eq!(column.all_reduce_of(ReduceOp::Max, rank as u64)?, rank as u64 % 3 + 3);
            }
            for _ in 0..30 {
                if let Some(pair) = &pair {
                    assert_eq!(pair.broadcast_of(1, rank as u64)?, rank as u64 / 3 * 3);
                }
            }
            assert_eq!(comm.all_reduce_of(ReduceOp::Sum, 1_u8)?, 6);
            Ok(())
        })
        .unwrap()
    });
}

#[test]
fn many_splits_in_a_row() {
    in_time(|| {
        run(4, |comm| {
            let mut comm = comm;
            for round in 0..300 {
                let whole = comm.split(Some(round), 3 - comm.rank())?.unwrap();
                assert_eq!(whole.rank(), 3 - comm.rank());
                comm = whole;
            }
            assert_eq!(comm.all_gather_of(comm.rank() as u64)?, [0, 1, 2, 3]);
            Ok(())
        })
        .unwrap()
    });
}

#[test]
fn a_part_prints_its_place() {
    let printed = run(3, |comm| {
        let part = comm.split(Some(comm.rank() % 2), 0)?.unwrap();
        Ok((part.backend(), format!("{part:?}")))
    })
    .unwrap();
    let text = "Communicator { backend: \"threads\", rank: 1, size: 2, .. }";
    assert_eq!(printed[2], ("threads", text.to_owned()));
}
