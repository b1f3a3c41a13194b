//! [`Layered`]: a communicator with something done around each of its calls.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use super::{CallKind, Communicator, Memory, Message, ReduceOp, Started};
use crate::element::DType;
use crate::error::Result;

/// One call of a communicator, as a layer sees it.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The kind of call.
    pub kind: CallKind,
    /// Of an exchange: what this rank sends.
    pub sends: &'a [Message],
    /// Of an exchange: what this rank receives.
    pub receives: &'a [Message],
}

/// What is done around the calls of a communicator: checks, records, faults.
///
/// ```
/// use std::rc::Rc;
/// use distarray_core::comm::{Communicator, Layer, Layered, Solo, Step};
/// use distarray_core::Result;
///
/// /// Refuses every call.
/// #[derive(Debug)]
/// struct Shut;
///
/// impl Layer for Shut {
///     fn around(
///         &self,
///         _: &dyn Communicator,
///         _: &Step<'_>,
///         _: &mut dyn FnMut() -> Result<()>,
///     ) -> Result<()> {
///         Err(distarray_core::Error::user("shut"))
///     }
///     fn of_part(&self, _: &dyn Communicator) -> Result<Rc<dyn Layer>> {
///         Ok(Rc::new(Shut))
///     }
/// }
///
/// let comm = Layered::new(Rc::new(Solo), Rc::new(Shut));
/// assert_eq!(comm.barrier().unwrap_err().to_string(), "shut");
/// ```
pub trait Layer: fmt::Debug {
    /// Stands around one call; `call` carries it out, once at most.
    ///
    /// # Errors
    /// The call's, and what the layer finds.
    fn around(
        &self,
        comm: &dyn Communicator,
        step: &Step<'_>,
        call: &mut dyn FnMut() -> Result<()>,
    ) -> Result<()>;

    /// The layer of a group that was split off.
    ///
    /// # Errors
    /// As the layer says; it may call collectives of the part.
    fn of_part(&self, part: &dyn Communicator) -> Result<Rc<dyn Layer>>;

    /// At the [begin](Communicator::begin) of an operation on arrays.
    ///
    /// # Errors
    /// What the layer finds.
    fn begin(&self, _comm: &dyn Communicator) -> Result<()> {
        Ok(())
    }

    /// The messages of an exchange in the order in which they are passed on.
    fn order<'a>(&self, messages: &'a [Message]) -> Cow<'a, [Message]> {
        Cow::Borrowed(messages)
    }
}

/// A communicator and the layer around it.
#[derive(Debug)]
pub struct Layered {
    comm: Rc<dyn Communicator>,
    layer: Rc<dyn Layer>,
}

impl Layered {
    /// Puts the layer around the communicator.
    pub fn new(comm: Rc<dyn Communicator>, layer: Rc<dyn Layer>) -> Self {
        Self { comm, layer }
    }

    fn around(&self, kind: CallKind, call: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        let step = Step { kind, sends: &[], receives: &[] };
        self.layer.around(&*self.comm, &step, call)
    }
}

#[deny(clippy::missing_trait_methods)]
impl Communicator for Layered {
    fn backend(&self) -> &'static str {
        self.comm.backend()
    }

    fn rank(&self) -> usize {
        self.comm.rank()
    }

    fn size(&self) -> usize {
        self.comm.size()
    }

    fn rank_in_program(&self, rank: usize) -> usize {
        self.comm.rank_in_program(rank)
    }

    fn program_size(&self) -> usize {
        self.comm.program_size()
    }

    fn exchange(&self, memory: Memory<'_>, sends: &[Message], receives: &[Message]) -> Result<()> {
        let mut memory = Some(memory);
        let (sends, receives) = (self.layer.order(sends), self.layer.order(receives));
        let step = Step { kind: CallKind::Exchange, sends: &sends, receives: &receives };
        self.layer.around(&*self.comm, &step, &mut || {
            let memory = memory.take().expect("a layer carries a call out once");
            self.comm.exchange(memory, &sends, &receives)
        })
    }

    fn start_exchange(
        &self,
        source: &[u8],
        sends: &[Message],
        receives: &[Message],
    ) -> Result<Started> {
        let (sends, receives) = (self.layer.order(sends), self.layer.order(receives));
        let step = Step { kind: CallKind::StartExchange, sends: &sends, receives: &receives };
        let mut started = None;
        let outcome = self.layer.around(&*self.comm, &step, &mut || {
            started = Some(self.comm.start_exchange(source, &sends, &receives)?);
            Ok(())
        });
        match (outcome, started) {
            (Ok(()), started) => Ok(started.expect("a layer carries a call out, or fails")),
            (Err(error), started) => {
                // What the layer found after the start: nobody will finish the exchange.
                started.into_iter().for_each(|started| self.comm.abandon_exchange(started));
                Err(error)
            }
        }
    }

    fn finish_exchange(&self, started: Started, target: &mut [u8]) -> Result<()> {
        let receives = started.receives().to_vec();
        let step = Step { kind: CallKind::FinishExchange, sends: &[], receives: &receives };
        let mut started = Some(started);
        let outcome = self.layer.around(&*self.comm, &step, &mut || {
            let started = started.take().expect("a layer carries a call out once");
            self.comm.finish_exchange(started, target)
        });
        started.into_iter().for_each(|started| self.comm.abandon_exchange(started));
        outcome
    }

    fn abandon_exchange(&self, started: Started) {
        self.comm.abandon_exchange(started);
    }

    fn split(&self, color: Option<usize>, key: usize) -> Result<Option<Rc<dyn Communicator>>> {
        let mut part = None;
        self.around(CallKind::Split, &mut || {
            part = self.comm.split(color, key)?;
            Ok(())
        })?;
        let Some(part) = part else { return Ok(None) };
        let layer = self.layer.of_part(&*part)?;
        Ok(Some(Rc::new(Self::new(part, layer))))
    }

    fn send(&self, to: usize, tag: u16, bytes: &[u8]) -> Result<()> {
        self.around(CallKind::Send { to, tag }, &mut || self.comm.send(to, tag, bytes))
    }

    fn receive(&self, from: usize, tag: u16) -> Result<Vec<u8>> {
        let mut received = Vec::new();
        self.around(CallKind::Receive { from, tag }, &mut || {
            received = self.comm.receive(from, tag)?;
            Ok(())
        })?;
        Ok(received)
    }

    fn abort(&self, message: &str) -> ! {
        self.comm.abort(message)
    }

    fn begin(&self) -> Result<()> {
        self.comm.begin()?;
        self.layer.begin(&*self.comm)
    }

    fn barrier(&self) -> Result<()> {
        self.around(CallKind::Barrier, &mut || self.comm.barrier())
    }

    fn broadcast(&self, root: usize, bytes: &mut [u8]) -> Result<()> {
        let kind = CallKind::Broadcast { root, bytes: bytes.len() };
        self.around(kind, &mut || self.comm.broadcast(root, bytes))
    }

    fn all_gather(&self, mine: &[u8], all: &mut [u8]) -> Result<()> {
        let kind = CallKind::AllGather { bytes: mine.len() };
        self.around(kind, &mut || self.comm.all_gather(mine, all))
    }

    fn all_gather_within(
        &self,
        limit: Option<Duration>,
        mine: &[u8],
        all: &mut [u8],
    ) -> Result<bool> {
        let mut came = false;
        self.around(CallKind::AllGather { bytes: mine.len() }, &mut || {
            came = self.comm.all_gather_within(limit, mine, all)?;
            Ok(())
        })?;
        Ok(came)
    }

    fn all_reduce(&self, dtype: DType, op: ReduceOp, values: &mut [u8]) -> Result<()> {
        let kind = CallKind::AllReduce { dtype, op, bytes: values.len() };
        self.around(kind, &mut || self.comm.all_reduce(dtype, op, values))
    }

    fn as_dyn(&self) -> &dyn Communicator {
        self
    }
}
