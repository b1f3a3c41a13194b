//! An array into a file, each rank writing a part of it.

use distarray_core::comm::{Communicator, ReduceOp};
use distarray_core::dist::{Dist, Distribution};
use distarray_core::{ArrayRef, Error, Result, ops};

use super::Open;
use crate::file::Header;
use crate::progress::Task;
use crate::requests::{Limits, Walk};
use crate::selection::Selection;

/// Pieces shorter than this many bytes, on average, are not worth a request each: a page of the
/// file, which two ranks would write in turn.
const SMALL: usize = 4 << 10;

/// Writes an array into a file that is there and has this header.
///
/// Each rank writes what it owns. Where that is in small pieces, as with a cyclic last axis, the
/// array is first moved to blocks along one axis, so that every rank writes few long ranges: each
/// element is sent at most once, and for that while a rank holds about `1/size` of the array more.
/// Collective: a reduction of one byte, that exchange where it pays, an agreement of 8 bytes.
/// Returns when everything is on the medium.
///
/// # Errors
/// The array has not the header's shape and dtype; a rank cannot write: its error on every rank,
/// and the file's elements are some old, some new.
pub fn write(
    comm: &dyn Communicator,
    header: &Header,
    open: &Open<'_>,
    array: &ArrayRef,
) -> Result<()> {
    expect_header(header, array)?;
    if array.distribution().is_replicated() {
        // Each rank has all of it, and writes a piece.
        let blocks = in_blocks(header, comm.size())?;
        return write(comm, header, open, &ops::redistribute(comm, array, &blocks)?);
    }
    let is_scattered = u8::from(is_scattered(comm.rank(), header, array));
    let blocks;
    let array = match comm.all_reduce_of(ReduceOp::Max, is_scattered)? {
        0 => array,
        _ => {
            blocks = ops::redistribute(comm, array, &in_blocks(header, comm.size())?)?;
            &blocks
        }
    };
    comm.agree(write_own(comm.rank(), open, array))
}

/// Refuses an array that is not what the file says.
pub(super) fn expect_header(header: &Header, array: &ArrayRef) -> Result<()> {
    if array.shape() == header.shape && array.dtype() == header.dtype {
        return Ok(());
    }
    Err(Error::shape(format!(
        "an array of shape {:?} and type {} cannot be written to a file of {header}",
        array.shape(),
        array.dtype()
    )))
}

/// Whether this rank's elements lie in many small pieces in the file.
fn is_scattered(rank: usize, header: &Header, array: &ArrayRef) -> bool {
    let selection = Selection::of(array.distribution(), rank);
    let strides = vec![0; header.shape.len()];
    let exact = Limits { bytes: usize::MAX, gap: 0 };
    let pieces = Walk::new(header, &selection, &strides, exact).pieces();
    pieces > 1 && selection.len() * header.dtype.size() / pieces < SMALL
}

/// Blocks along one axis: the slowest in the file that every rank gets a piece of, so that the
/// pieces are long; the longest where there is none.
pub(crate) fn in_blocks(header: &Header, ranks: usize) -> Result<Distribution> {
    let axes = header.slowest_first();
    let enough = axes.iter().copied().find(|&axis| header.shape[axis] >= ranks);
    let longest = || axes.iter().copied().max_by_key(|&axis| header.shape[axis]);
    let builder = Distribution::builder(&header.shape);
    match enough.or_else(longest) {
        Some(axis) => builder.axis(axis, Dist::Block).build(ranks),
        None => builder.build(ranks),
    }
}

pub(super) fn write_own(rank: usize, open: &Open<'_>, array: &ArrayRef) -> Result<()> {
    let selection = Selection::of(array.distribution(), rank);
    if selection.is_empty() {
        return Ok(());
    }
    let file = open()?;
    let _task = Task::new(selection.len() * array.dtype().size());
    file.write(&selection, &array.owned()?)?;
    // Each rank for itself: where ranks share no memory, nobody else can bring its bytes to the
    // medium, or would learn that they did not get there.
    file.sync()
}

#[cfg(test)]
mod tests {
    use distarray_core::DType;

    use super::*;
    use crate::file::Order;

    fn chosen(shape: &[usize], order: Order, ranks: usize) -> String {
        let header = Header { dtype: DType::F64, shape: shape.to_vec(), order };
        in_blocks(&header, ranks).unwrap().to_string()
    }

    #[test]
    fn blocks_lie_along_the_slowest_axis_that_is_long_enough() {
        let c = Order::C;
        assert_eq!(chosen(&[8, 9], c, 4), "[8, 9] as b,n on grid 4x1, ranks 0..4");
        assert_eq!(chosen(&[3, 9], c, 4), "[3, 9] as n,b on grid 1x3, ranks 0..3");
        assert_eq!(chosen(&[9, 8], Order::Fortran, 4), "[9, 8] as n,b on grid 1x4, ranks 0..4");
        assert_eq!(chosen(&[2, 3, 2], c, 4), "[2, 3, 2] as n,b,n on grid 1x3x1, ranks 0..3");
    }

    #[test]
    fn only_small_pieces_are_scattered() {
        let scattered = |shape: [usize; 2], dists| {
            let header = Header { dtype: DType::F64, shape: shape.to_vec(), order: Order::C };
            let distribution = Distribution::new(shape, dists, 2).unwrap();
            let array = ArrayRef::zeros(DType::F64, &distribution, 0).unwrap();
            is_scattered(0, &header, &array)
        };
        assert!(!scattered([6, 10], "b,n"));
        assert!(scattered([6, 10], "n,b"));
        assert!(scattered([6, 10], "c,n"));
        assert!(!scattered([6, 2000], "n,b"));
        assert!(!scattered([6, 600], "c,n"));
    }
}
