//! Who owns which index: pure arithmetic on plain values.
//!
//! # Notation
//!
//! - *Shape*: the extents of the whole array. A *global index* counts in it, from 0.
//! - *Process grid*: one number of parts per axis. A *cell* of the grid is one choice of a *part* per
//!   axis (its *coords*), counted in C order, the last coordinate fastest.
//! - [`Ranks`] says which rank of the communicator holds each cell, one cell a rank. Ranks may be
//!   left over; they hold nothing.
//! - [`Dist`] is the kind of distribution on one axis; [`AxisMap`] is a kind with its extent and
//!   number of parts; [`Distribution`] is the whole: one map per axis and the ranks.
//! - The *owner* of a global index is the part (on one axis) or the rank (of the whole) that keeps
//!   the element. Its *place* is where it stands among the owner's own elements, halo not counted.
//! - *Halo*: copies of neighbours' elements kept beside a part's own, not counted in the extent.
//!   *Boundary*: elements at the outer ends that belong to the physical boundary, counted in it.
//!
//! Nothing here communicates or holds elements, and for the regular kinds (`n`, `b`, `c`, `c:K`)
//! every question about one index or one part is answered in constant time and memory, whatever the
//! number of ranks. So a distribution can be compared, sent and tested for all ranks in one
//! process.
//!
//! ```
//! use distarray_core::dist::Distribution;
//!
//! let d = Distribution::new([344, 403], "b,c:16", 6)?;
//! assert_eq!(d.to_string(), "[344, 403] as b,c:16 on grid 3x2, ranks 0..6");
//! assert_eq!(d.local_shape(5), [114, 195]);
//! assert_eq!(d.locate(&[200, 20])?, (3, vec![85, 4]));
//! # Ok::<(), distarray_core::Error>(())
//! ```

mod axis;
mod builder;
mod compatible;
mod derived;
mod display;
mod distribution;
pub mod grid;
mod kind;
mod local;
mod place;
mod product;
mod ranks;
mod region;
mod segment;
mod shaped;
mod slice;
mod strided;
#[cfg(test)]
mod tests;
mod unstructured;

pub use axis::AxisMap;
pub use builder::DistributionBuilder;
pub use distribution::Distribution;
pub use kind::Dist;
pub use ranks::Ranks;
pub use region::Region;
pub use segment::Segment;
pub use slice::{Cut, SlicedAxis};
pub use strided::Strided;
pub use unstructured::Unstructured;
