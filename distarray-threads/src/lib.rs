//! The backend of distarray whose ranks are threads of this process.
//!
//! [`run()`] starts the ranks and gives each its [`Communicator`](distarray_core::comm::Communicator).
//! Elements go from their owner's memory to their destination in one copy; small collectives go
//! through a few cache lines of each rank. Nothing of the system is needed.
//!
//! How ranks meet: each has, in each group, a ring of pages on which it writes what it does in its
//! next collective, and a count of the collectives that it has entered (`page`). The others wait
//! for that count (`wait`), compare what is on the page with what they do themselves (`call`), and
//! read. Memory that is too large to be copied onto a page is lent (`loan`): its owner stays in the
//! call until nobody reads it any more, whatever happens to anyone.
//!
//! A rank may be a few collectives ahead of others that it exchanges nothing with, and not more:
//! every collective may wait for all ranks of its group. No wait is without end: a rank that is
//! gone, or does not do what the others do, ends them all with an error (`world`).
//!
//! ```
//! use distarray_core::comm::{Memory, Message};
//!
//! // Every rank passes its number to the next one.
//! let heard = distarray_threads::run(4, |comm| {
//!     let (rank, size) = (comm.rank(), comm.size());
//!     let (mine, mut theirs) = ([rank as u8], [0]);
//!     let to = Message::contiguous((rank + 1) % size, 0..1);
//!     let from = Message::contiguous((rank + size - 1) % size, 0..1);
//!     comm.exchange(Memory::between(&mine, &mut theirs), &[to], &[from])?;
//!     Ok(theirs[0])
//! })?;
//! assert_eq!(heard, [3, 0, 1, 2]);
//! # Ok::<(), distarray_core::Error>(())
//! ```

#![allow(unexpected_cfgs, reason = "cfg(loom) is set by hand, for models")]

mod all_reduce;
mod collectives;
mod communicator;
mod condition;
mod deadlock;
mod default_ranks;
mod exchange;
mod group;
mod lent;
mod loan;
mod local;
#[cfg(all(test, loom))]
mod loom;
mod mailbox;
mod options;
mod page;
mod panic_hook;
mod room;
mod run;
mod share;
mod split;
mod sync;
mod validate;
mod wait;
mod watchdog;
mod world;

pub use default_ranks::default_ranks;
pub use options::Options;
pub use run::{run, run_with};
