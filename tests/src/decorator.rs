//! Communicators around another one: the suite must pass under them as well.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use distarray::Result;
use distarray::comm::{Communicator, Memory, Message};

use crate::draw::Draw;

pub use distarray::comm::Plain;

/// Comes late to some collectives, and lists its messages in another order.
///
/// ```
/// use std::rc::Rc;
/// use distarray::comm::{Communicator, Solo};
/// use distarray_tests::decorator::Delayed;
///
/// let comm: &dyn Communicator = &Delayed::new(Rc::new(Solo));
/// assert_eq!(comm.all_gather_of(2)?, [2]);
/// # Ok::<(), distarray::Error>(())
/// ```
#[derive(Debug)]
pub struct Delayed {
    comm: Rc<dyn Communicator>,
    draw: RefCell<Draw>,
}

impl Delayed {
    /// Around a communicator; each rank has its own delays.
    pub fn new(comm: Rc<dyn Communicator>) -> Self {
        let draw = RefCell::new(Draw::new(77 + comm.rank() as u64));
        Self { comm, draw }
    }

    fn dawdle(&self) {
        if self.draw.borrow_mut().once_in(8) {
            std::thread::sleep(Duration::from_micros(self.draw.borrow_mut().below(300) as u64));
        }
    }
}

#[deny(clippy::missing_trait_methods)]
impl Communicator for Delayed {
    fn backend(&self) -> &'static str {
        self.comm.backend()
    }

    fn rank(&self) -> usize {
        self.comm.rank()
    }

    fn size(&self) -> usize {
        self.comm.size()
    }

    fn exchange(&self, memory: Memory<'_>, sends: &[Message], receives: &[Message]) -> Result<()> {
        self.dawdle();
        let shuffled = |messages: &[Message]| {
            let order = self.draw.borrow_mut().permutation(messages.len());
            order.into_iter().map(|i| messages[i].clone()).collect::<Vec<_>>()
        };
        let (sends, receives) = (shuffled(sends), shuffled(receives));
        self.comm.exchange(memory, &sends, &receives)
    }

    fn split(&self, color: Option<usize>, key: usize) -> Result<Option<Rc<dyn Communicator>>> {
        self.dawdle();
        let part = self.comm.split(color, key)?;
        Ok(part.map(|part| Rc::new(Self::new(part)) as Rc<dyn Communicator>))
    }

    fn send(&self, to: usize, tag: u16, bytes: &[u8]) -> Result<()> {
        self.dawdle();
        self.comm.send(to, tag, bytes)
    }

    fn receive(&self, from: usize, tag: u16) -> Result<Vec<u8>> {
        self.dawdle();
        self.comm.receive(from, tag)
    }

    fn abort(&self, message: &str) -> ! {
        self.comm.abort(message)
    }

    fn begin(&self) -> Result<()> {
        self.comm.begin()
    }

    fn barrier(&self) -> Result<()> {
        self.dawdle();
        self.comm.barrier()
    }

    fn broadcast(&self, root: usize, bytes: &mut [u8]) -> Result<()> {
        self.dawdle();
        self.comm.broadcast(root, bytes)
    }

    fn all_gather(&self, mine: &[u8], all: &mut [u8]) -> Result<()> {
        self.dawdle();
        self.comm.all_gather(mine, all)
    }

    fn all_reduce(
        &self,
        dtype: distarray::DType,
        op: distarray::comm::ReduceOp,
        values: &mut [u8],
    ) -> Result<()> {
        self.dawdle();
        self.comm.all_reduce(dtype, op, values)
    }

    fn as_dyn(&self) -> &dyn Communicator {
        self
    }
}
