//! [`Delays`]: a layer under which a rank comes late and lists its messages in another order.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use distarray::Result;
use distarray::comm::{Communicator, Layer, Layered, Message, Step};

use crate::draw::Draw;

/// Comes late to some calls, and lists the messages of exchanges in another order, by a schedule
/// that a seed gives for each rank.
///
/// ```
/// use std::rc::Rc;
/// use distarray::comm::Solo;
/// use distarray_tests::decorator::Delays;
///
/// let comm = Delays::around(Rc::new(Solo), 5);
/// assert_eq!(comm.all_gather_of(2)?, [2]);
/// # Ok::<(), distarray::Error>(())
/// ```
#[derive(Debug)]
pub struct Delays {
    seed: u64,
    draw: RefCell<Draw>,
}

impl Delays {
    /// The communicator with delays of its own on each rank.
    pub fn around(comm: Rc<dyn Communicator>, seed: u64) -> Rc<dyn Communicator> {
        let layer = Self::new(comm.rank(), seed);
        Rc::new(Layered::new(comm, Rc::new(layer)))
    }

    fn new(rank: usize, seed: u64) -> Self {
        Self { seed, draw: RefCell::new(Draw::new(seed.wrapping_mul(1009) + rank as u64)) }
    }
}

impl Layer for Delays {
    fn around(
        &self,
        _: &dyn Communicator,
        _: &Step<'_>,
        call: &mut dyn FnMut() -> Result<()>,
    ) -> Result<()> {
        let mut draw = self.draw.borrow_mut();
        // Mostly it is the order of a few threads that counts, not the time.
        match draw.below(16) {
            0 => std::thread::sleep(Duration::from_micros(draw.below(300) as u64)),
            1..4 => std::thread::yield_now(),
            _ => {}
        }
        drop(draw);
        call()
    }

    fn of_part(&self, part: &dyn Communicator) -> Result<Rc<dyn Layer>> {
        Ok(Rc::new(Self::new(part.rank(), self.seed + 1)))
    }

    fn order<'a>(&self, messages: &'a [Message]) -> Cow<'a, [Message]> {
        let order = self.draw.borrow_mut().permutation(messages.len());
        Cow::Owned(order.into_iter().map(|i| messages[i].clone()).collect())
    }
}
