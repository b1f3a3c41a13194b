//! [`Solo`]: the group of one rank.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::{Communicator, Memory, Message, copy_layouts};
use crate::error::{Error, Result};

thread_local! {
    /// What this rank sent to itself and has not received yet, by tag.
    static SENT: RefCell<BTreeMap<u16, VecDeque<Vec<u8>>>> = const { RefCell::new(BTreeMap::new()) };
}

/// A group of one rank that needs nothing: for serial programs and tests.
///
/// ```
/// use distarray_core::comm::{Communicator, Solo};
///
/// assert_eq!(Solo.size(), 1);
/// Solo.send(0, 7, b"note")?;
/// assert_eq!(Solo.receive(0, 7)?, b"note");
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Solo;

impl Communicator for Solo {
    fn backend(&self) -> &'static str {
        "solo"
    }

    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        1
    }

    fn exchange(&self, memory: Memory<'_>, sends: &[Message], receives: &[Message]) -> Result<()> {
        exchange_with_self(&memory, sends, receives)
    }

    fn split(&self, color: Option<usize>, _key: usize) -> Result<Option<Rc<dyn Communicator>>> {
        Ok(color.map(|_| Rc::new(Self) as Rc<dyn Communicator>))
    }

    fn send(&self, to: usize, tag: u16, bytes: &[u8]) -> Result<()> {
        super::typed::check_peer(self, to)?;
        SENT.with_borrow_mut(|sent| sent.entry(tag).or_default().push_back(bytes.to_vec()));
        Ok(())
    }

    fn receive(&self, from: usize, tag: u16) -> Result<Vec<u8>> {
        super::typed::check_peer(self, from)?;
        SENT.with_borrow_mut(|sent| sent.get_mut(&tag).and_then(VecDeque::pop_front)).ok_or_else(
            || Error::rank(0, format!("waits for a message with tag {tag} from itself")),
        )
    }

    fn abort(&self, message: &str) -> ! {
        panic!("{message}")
    }

    fn as_dyn(&self) -> &dyn Communicator {
        self
    }
}

/// Carries out an exchange whose only peer is the rank itself.
fn exchange_with_self(memory: &Memory<'_>, sends: &[Message], receives: &[Message]) -> Result<()> {
    let ((source, source_len), (target, target_len)) = (memory.source(), memory.target());
    match (sends, receives) {
        ([], []) => Ok(()),
        ([Message { peer: 0, parts: from }], [Message { peer: 0, parts: to }]) => {
            assert!(from.iter().all(|part| part.fits(source_len)), "sends lie in the source");
            assert!(to.iter().all(|part| part.fits(target_len)), "receives lie in the target");
            // SAFETY: the layouts lie in memory that `memory` vouches for; a block that is both
            // source and target has its sent and received bytes apart by `Memory::within`.
            unsafe { copy_layouts(source, from, target, to) };
            Ok(())
        }
        _ => Err(Error::rank(0, "exchanges with a rank that does not exist")),
    }
}
