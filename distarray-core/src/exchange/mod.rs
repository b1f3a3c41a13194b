//! The one mover: what goes where between distributions, and carrying it out.
//!
//! A [`Plan`] lists, for one rank, the places to send to each peer and the places to fill from
//! each. It is made from distributions alone, by arithmetic, without communication: every rank can
//! make its own, and any other rank's. It can be printed and costed before it runs, kept, and run
//! many times, on arrays of any element type.
//!
//! Plans are made by intersecting, axis by axis, the indices that the source's parts own with those
//! that the target's parts want (a *cover*); the work is in the number of pieces, not of elements.
//! Each movement is one way of wanting:
//!
//! | movement | the target's parts want |
//! |---|---|
//! | redistribute, scatter, gather to one rank | what they own |
//! | halo exchange | what they own and its surroundings, less what they own |
//! | stencil | what its elements at the sides of the part read, beyond the ends of the axes too |
//! | gather to all ranks, printing | chosen ranges, on every rank |
//! | broadcasting an operand | what they own, or the only element of a stretched axis |

mod carry;
mod cover;
mod explain;
mod pairing;
mod plan;
mod requests;
mod route;
mod slab;

pub(crate) use carry::{carry, carry_here, carry_to_selected, carry_within, messages};
pub(crate) use cover::Cover;
pub use explain::{Explanation, Traffic};
pub use plan::{Plan, Transfer};
pub(crate) use requests::exchange_lists;
pub use route::Route;
pub(crate) use slab::{End, Piece, Reach, Slab};
