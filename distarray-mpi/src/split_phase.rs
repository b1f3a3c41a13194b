//! Exchanges in two steps: what goes to ranks of the same machine is on its way from the start, as far
//! as the memory that they share has room; messages through MPI leave when the exchange is finished.

use distarray_core::comm::{Memory, Message, Staged, Started};
use distarray_core::{Error, Result};

use crate::communicator::MpiCommunicator;
use crate::exchange::Exchange;

/// An exchange that has been started and not finished.
#[derive(Debug)]
pub(crate) struct Pending {
    /// What is sent.
    staged: Staged,
    /// Bytes that are not in shared memory yet, by the rank that they go to.
    unsent: Vec<(usize, usize)>,
}

impl MpiCommunicator {
    /// Copies what is sent, and puts as much of it into shared memory as has room there.
    pub(crate) fn start(
        &self,
        source: &[u8],
        sends: &[Message],
        receives: &[Message],
    ) -> Result<Started> {
        self.check_messages("sends", sends, source.len())?;
        let staged = Staged::new(source, sends)?;
        let number = self.next_exchange();
        if let Some(neighbours) = &self.neighbours {
            let places = receives.iter().filter_map(|message| neighbours.place(message.peer));
            places.for_each(|place| neighbours.node().expect(neighbours.message(place, number)));
        }
        let memory = Memory::between(staged.bytes(), &mut []);
        let mut exchange = Exchange::new(self, &memory, number, staged.sends(), &[]);
        let unsent = exchange.put_without_waiting();
        self.started.borrow_mut().insert(number, Pending { staged, unsent });
        Ok(Started::numbered(number, receives.to_vec()))
    }

    /// Sends the rest, and waits for what is received.
    pub(crate) fn finish(&self, started: &Started, target: &mut [u8]) -> Result<()> {
        let pending = started.number().and_then(|number| {
            self.started.borrow_mut().remove(&number).map(|pending| (number, pending))
        });
        let Some((number, Pending { staged, unsent })) = pending else {
            return Err(Error::argument("the exchange was started with another communicator"));
        };
        let memory = Memory::between(staged.bytes(), target);
        self.check_messages("receives", started.receives(), memory.target().1)?;
        let (sends, receives) = (staged.sends(), started.receives());
        let mut exchange = Exchange::new(self, &memory, number, sends, receives);
        exchange.resume(&unsent)?;
        exchange.run_to_end()
    }

    /// Finishes an exchange, and throws away what is received: the other ranks count on what this one
    /// sends.
    pub(crate) fn abandon(&self, started: &Started) {
        // The job ends with the panic, and need not wait for others before it does.
        if std::thread::panicking() {
            return;
        }
        let mut end = 0;
        let in_a_row = |message: &Message| {
            let start = end;
            end += message.bytes();
            Message::contiguous(message.peer, start..end)
        };
        let receives: Vec<Message> = started.receives().iter().map(in_a_row).collect();
        if let Some(number) = started.number().filter(|n| self.started.borrow().contains_key(n)) {
            let outcome = self.finish(&Started::numbered(number, receives), &mut vec![0; end]);
            // Where the rank is alone nothing can fail but the messages to itself.
            let _ = self.or_abort(outcome);
        }
    }
}
