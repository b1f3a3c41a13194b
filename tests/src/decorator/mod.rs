//! Communicators around another one: the suite must pass under them as well.

mod delays;
mod faults;

pub use delays::Delays;
pub use distarray::comm::Plain;
pub use faults::{Counting, Fault, Faults};
