//! The default collectives, which go over `exchange`, against those of this backend.

mod watchdog;

use std::rc::Rc;

use distarray_core::comm::{Communicator, Memory, Message, ReduceOp};
use distarray_core::{DType, Result, as_bytes_mut};
use distarray_threads::run;
use watchdog::in_time;

/// Passes the required methods on and nothing else.
#[derive(Debug)]
struct Plain(Rc<dyn Communicator>);

impl Communicator for Plain {
    fn backend(&self) -> &'static str {
        self.0.backend()
    }

    fn rank(&self) -> usize {
        self.0.rank()
    }

    fn size(&self) -> usize {
        self.0.size()
    }

    fn exchange(&self, memory: Memory<'_>, sends: &[Message], receives: &[Message]) -> Result<()> {
        self.0.exchange(memory, sends, receives)
    }

    fn split(&self, color: Option<usize>, key: usize) -> Result<Option<Rc<dyn Communicator>>> {
        let part = self.0.split(color, key)?;
        Ok(part.map(|part| Rc::new(Self(part)) as Rc<dyn Communicator>))
    }

    fn send(&self, to: usize, tag: u16, bytes: &[u8]) -> Result<()> {
        self.0.send(to, tag, bytes)
    }

    fn receive(&self, from: usize, tag: u16) -> Result<Vec<u8>> {
        self.0.receive(from, tag)
    }

    fn abort(&self, message: &str) -> ! {
        self.0.abort(message)
    }

    fn as_dyn(&self) -> &dyn Communicator {
        self
    }
}

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
