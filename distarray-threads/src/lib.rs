//! The backend of distarray whose ranks are threads of this process.
//!
//! [`run()`] starts the ranks and gives each its [`Communicator`](distarray_core::comm::Communicator).
//! Elements go from their owner's memory to their destination in one copy; small collectives go
//! through a few cache lines of each rank. Nothing of the system is needed.
//!
//! # How ranks meet
//!
//! Each rank has, in each group, a ring of pages on which it writes what it does in its next
//! collective, and a count of the collectives that it has entered (`page`). The others wait for that
//! count (`wait`), compare what is on the page with what they do themselves, and read.
//!
//! A rank may be a few collectives ahead of others that it exchanges nothing with, and not more:
//! every collective may wait for all ranks of its group.
//!
//! An exchange that is started in one call and finished in another lends nothing: its messages are
//! copies that their receivers own (`split_phase`).
//!
//! # Why nobody waits for ever
//!
//! A wait is for one rank, and all that can become of that rank ends it. The rank does what is waited
//! for. Or it fails, or finds that the ranks do not do the same: then everyone is woken with the one
//! error (`world`). Or it ends its program: then those that wait for it are woken, and fail. Or it
//! waits itself, for a rank that waits, and so on around to the first: then the last of them to fall
//! asleep finds the circle (`deadlock`). What remains is a rank that computes for ever; a [time
//! limit](Options::timeout) tells of that (`watchdog`).
//!
//! # Why memory that others read is valid
//!
//! Memory that is too large to be copied onto a page, and all memory that an exchange sends from, is
//! read by other ranks in place. Its owner lends it (`loan`) for no longer than its own call, which
//! borrows it: the borrow ends when the call does, and the call ends, by a return, an error or a
//! panic, only after the destructor of a guard in its frame (`lent`). That guard waits until everyone
//! who was to read has done so; or, where the call ends badly, it revokes the loan and waits until
//! nobody reads any more. A reader claims the loan before it reads and gives it back afterwards, in a
//! destructor too. To claim and to revoke are steps on one atomic number, so that a reader either
//! comes before the revocation, and is waited for, or comes after it, and does not read. And nobody
//! waits for anything while it has a claim, so that the owner gets away soon, whatever fails. The
//! same holds for what the page itself shows: it is written again only when every rank of the group
//! has entered a later collective, and has thereby left the one of this page.
//!
//! The orders of steps that this rests on are tried out under `loom`.
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
mod split_phase;
mod sync;
mod validate;
mod wait;
mod watchdog;
mod world;

pub use default_ranks::default_ranks;
pub use options::Options;
pub use run::{run, run_with};
