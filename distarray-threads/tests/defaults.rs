//! The default collectives, which go over `exchange`, against those of this backend.

mod watchdog;

use std::rc::Rc;

use distarray_core::comm::{Communicator, Plain, ReduceOp};
use distarray_core::{DType, Result, as_bytes_mut};
use distarray_threads::run;
use watchdog::in_time;

#[test]
fn the_defaults_and_the_overrides_agree() {
    for ranks in [1, 2, 3, 4, 5, 6, 16] {
        in_time(move || {
            run(ranks, |comm| {
                let plain = Plain(Rc::clone(&comm));
                compare(&*comm, &plain)?;
                let halves = |comm: &dyn Communicator| comm.split(Some(comm.rank() % 2), 0);
                match (halves(&*comm)?, halves(&plain)?) {
                    (Some(own), Some(plain)) => compare(&*own, &*plain),
                    other => panic!("every rank has a half: {other:?}"),
                }
            })
            .unwrap()
        });
    }
}

fn compare(own: &dyn Communicator, plain: &dyn Communicator) -> Result<()> {
    let (rank, size) = (own.rank(), own.size());
    assert_eq!((rank, size), (plain.rank(), plain.size()));
    for length in [0, 1, 5, 700] {
        let mine: Vec<f64> = (0..length).map(|i| 0.1 * (rank * length + i) as f64).collect();
        let with = |comm: &dyn Communicator| {
            comm.barrier()?;
            let (mut sum, mut root, mut all) =
                (mine.clone(), mine.clone(), vec![0.0; length * size]);
            // SAFETY: each of these writes bytes of elements of the same type.
            let (sum_bytes, root_bytes, all_bytes, mine) = unsafe {
                let mine = distarray_core::as_bytes(&mine);
                (as_bytes_mut(&mut sum), as_bytes_mut(&mut root), as_bytes_mut(&mut all), mine)
            };
            comm.all_reduce(DType::F64, ReduceOp::Sum, sum_bytes)?;
            comm.broadcast(length % size, root_bytes)?;
            comm.all_gather(mine, all_bytes)?;
            Ok::<_, distarray_core::Error>((sum, root, all))
        };
        let (own, plain) = (with(own)?, with(plain)?);
        assert_eq!(own, plain, "{length} elements on {size} ranks");
        assert!(own.2.len() == length * size && own.0.iter().all(|sum| sum.is_finite()));
    }
    Ok(())
}
