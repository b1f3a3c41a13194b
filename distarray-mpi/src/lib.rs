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
//! `MPI_Abort`, because the others could wait for it for ever. So does an error in a call of the
//! program's own through rsmpi, where MPI was started here.
//!
//! What only the ranks together could notice is not looked for, unless asked to: ranks that are in
//! different calls, or in one with different lengths or roots, make MPI wait for ever or fill memory
//! with something else. [`Checked`](distarray_core::comm::Checked) compares all that before each
//! call, and a [limit of time](Options::timeout) ends waits with a report of where each rank is.

mod abort;
mod adopt;
mod arrive;
mod buffers;
mod code;
mod collectives;
mod communicator;
mod divide;
mod error_handler;
mod exchange;
mod gather_within;
mod handle;
mod launcher;
mod meet;
mod node;
mod options;
mod outbox;
mod panics;
mod pieces;
mod point_to_point;
mod poll;
mod questions;
mod reduce;
mod run;
mod split_phase;
mod start;
mod watch;
mod watched;

pub use adopt::{adopt, adopt_in_pieces, adopt_raw, adopt_with};
pub use launcher::launched;
pub use mpi;
pub use options::Options;
pub use run::{run, run_with};
