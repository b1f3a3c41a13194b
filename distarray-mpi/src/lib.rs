//! Ranks that are MPI processes.
//!
//! [`run`] starts MPI and runs a program on this process's rank; [`adopt`] takes a communicator of a
//! program that uses MPI itself. Both give a [`Communicator`](distarray_core::comm::Communicator).
//!
//! Communicators are duplicated before use, so that our messages never meet the caller's. MPI is
//! called from one thread only (level `MPI_THREAD_FUNNELED`), and every return code is looked at.
//!
//! What cannot be shared ends the job: where communication fails on one rank of several, or a rank
//! panics or returns an error that the others do not know of, this rank prints one message and calls
//! `MPI_Abort`, because the others could wait for it for ever.

mod abort;
mod adopt;
mod buffers;
mod code;
mod collectives;
mod communicator;
mod error_handler;
mod exchange;
mod handle;
mod launcher;
mod outbox;
mod panics;
mod pieces;
mod point_to_point;
mod reduce;
mod run;
mod start;
mod watch;

pub use adopt::{adopt, adopt_in_pieces, adopt_raw};
pub use launcher::launched;
pub use mpi;
pub use run::{Options, run, run_with};
