//! [`Plain`]: a communicator with the required methods only.

use std::rc::Rc;

use distarray_core::Result;
use distarray_core::comm::{Communicator, Memory, Message};

use super::Comm;

/// Passes on the required methods, so that the collectives are the defaults.
#[derive(Debug)]
pub(super) struct Plain<'a>(pub(super) Comm<'a>);

impl Communicator for Plain<'_> {
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
        self.0.split(color, key)
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
