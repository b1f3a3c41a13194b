//! [`Plain`]: a communicator with nothing but what a backend must have.

use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

use super::{Communicator, Memory, Message};
use crate::error::Result;

/// A communicator whose collectives are the default algorithms over its
/// [`exchange`](Communicator::exchange), whatever better ones it has.
///
/// ```
/// use std::rc::Rc;
/// use distarray_core::comm::{Communicator, Plain, ReduceOp, Solo};
///
/// let comm: &dyn Communicator = &Plain(Rc::new(Solo));
/// assert_eq!(comm.all_reduce_of(ReduceOp::Sum, 2)?, 2);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Plain<C>(pub C);

impl<C: Deref<Target: Communicator> + fmt::Debug> Communicator for Plain<C> {
    fn backend(&self) -> &'static str {
        self.0.backend()
    }

    fn rank(&self) -> usize {
        self.0.rank()
    }

    fn size(&self) -> usize {
        self.0.size()
    }

    fn rank_in_program(&self, rank: usize) -> usize {
        self.0.rank_in_program(rank)
    }

    fn program_size(&self) -> usize {
        self.0.program_size()
    }

    fn exchange(&self, memory: Memory<'_>, sends: &[Message], receives: &[Message]) -> Result<()> {
        self.0.exchange(memory, sends, receives)
    }

    fn split(&self, color: Option<usize>, key: usize) -> Result<Option<Rc<dyn Communicator>>> {
        let part = self.0.split(color, key)?;
        Ok(part.map(|part| Rc::new(Plain(part)) as Rc<dyn Communicator>))
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

    fn begin(&self) -> Result<()> {
        self.0.begin()
    }

    fn as_dyn(&self) -> &dyn Communicator {
        self
    }
}
