//! An array into some rows of a larger one in a file.

use distarray_core::comm::Communicator;
use distarray_core::dist::Cut;
use distarray_core::{ArrayRef, Error, Result};

#[cfg(feature = "zarr")]
use super::write::{expect_header, write_own};
use super::{Open, write};
use crate::file::{ArrayFile, Header};
use crate::sliced::Sliced;

/// Writes an array to the rows of a file from `start` on: indices of its first axis. `header` is the
/// file's.
///
/// As [`write`](super::write()), so that a large file is written a piece at a time.
///
/// # Errors
/// As [`write`](super::write()); the file has other extents, or not so many rows.
///
/// ```
/// use distarray_core::{comm::Solo, dist::Distribution, ArrayRef, DType};
/// use distarray_io::file::{ArrayFile, Header, Order};
/// use distarray_io::{memory::MemoryArray, parallel};
///
/// let header = Header { dtype: DType::U8, shape: vec![6, 3], order: Order::C };
/// let file = MemoryArray::new(header.clone())?;
/// let open = || Ok(Box::new(file.clone()) as Box<dyn ArrayFile>);
/// let rows = ArrayRef::zeros(DType::U8, &Distribution::new([2, 3], "b,n", 1)?, 0)?;
/// parallel::write_rows(&Solo, &header, 4, &open, &rows)?;
/// assert!(parallel::write_rows(&Solo, &header, 5, &open, &rows).is_err());
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn write_rows(
    comm: &dyn Communicator,
    header: &Header,
    start: usize,
    open: &Open<'_>,
    array: &ArrayRef,
) -> Result<()> {
    if start == 0 && array.shape() == header.shape {
        return write(comm, header, open, array);
    }
    expect_rows(header, start, array)?;
    let shape = array.shape();
    let rows = Header { shape: shape.to_vec(), ..header.clone() };
    let cuts = rows_from(start, shape);
    let open = || Ok(Box::new(Sliced::new(open()?, &cuts)?) as Box<dyn ArrayFile>);
    write(comm, &rows, &open, array)
}

/// As [`write_rows`], but that each rank writes what it owns, wherever that is. Collective: an
/// agreement of 8 bytes.
#[cfg(feature = "zarr")]
pub(crate) fn write_own_rows(
    comm: &dyn Communicator,
    header: &Header,
    start: usize,
    open: &Open<'_>,
    array: &ArrayRef,
) -> Result<()> {
    if header.shape.is_empty() {
        expect_header(header, array)?;
        return comm.agree(write_own(comm.rank(), open, array));
    }
    expect_rows(header, start, array)?;
    let cuts = rows_from(start, array.shape());
    let open = || Ok(Box::new(Sliced::new(open()?, &cuts)?) as Box<dyn ArrayFile>);
    comm.agree(write_own(comm.rank(), &open, array))
}

/// Refuses an array that is not rows of what the file says.
fn expect_rows(header: &Header, start: usize, array: &ArrayRef) -> Result<()> {
    let shape = array.shape();
    let end = shape.first().and_then(|rows| rows.checked_add(start));
    let fits = end.is_some_and(|end| header.shape.first().is_some_and(|&rows| end <= rows));
    if fits && header.shape.get(1..) == shape.get(1..) {
        return Ok(());
    }
    Err(Error::shape(format!(
        "an array of shape {shape:?} does not fit the rows from {start} on of a file of {header}"
    )))
}

/// The cuts of rows of these extents from one on.
pub(crate) fn rows_from(start: usize, shape: &[usize]) -> Vec<Cut> {
    let cut = |(axis, &len): (usize, &usize)| match axis {
        0 => Cut::Range { start, step: 1, len },
        _ => Cut::whole(len),
    };
    shape.iter().enumerate().map(cut).collect()
}
