//! An array into a file that one rank at a time can write.

use distarray_core::comm::Communicator;
use distarray_core::dist::{Dist, Distribution};
use distarray_core::{ArrayRef, Result, ops};

use super::Open;
use super::write::{expect_header, write_own};
use crate::file::Header;

/// Writes an array into a file that is there and has this header, one rank after another.
///
/// For formats whose library lets one writer at a file. `chunks` is the shape of the pieces that
/// the file is kept in: the array is first moved to blocks along the first axis that are made of
/// whole ones, so that no two ranks write to one. Collective: that exchange, in which each element
/// is sent at most once, and an agreement of 8 bytes for each rank that writes. Memory per rank: the
/// blocks, about `1/size` of the array, and what the format needs.
///
/// # Errors
/// As [`write`](super::write()).
///
/// ```
/// use distarray_core::{comm::{Communicator, Solo}, dist::Distribution, ArrayRef, DType};
/// use distarray_io::file::{ArrayFile, Header, Order};
/// use distarray_io::{memory::MemoryArray, parallel};
///
/// let comm: &dyn Communicator = &Solo;
/// let array = ArrayRef::zeros(DType::F64, &Distribution::new([4, 3], "c,n", 1)?, 0)?;
/// let header = Header { dtype: DType::F64, shape: vec![4, 3], order: Order::C };
/// let file = MemoryArray::new(header.clone())?;
/// let open = || Ok(Box::new(file.clone()) as Box<dyn ArrayFile>);
/// parallel::write_in_turns(comm, &header, &[2, 3], &open, &array)?;
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn write_in_turns(
    comm: &dyn Communicator,
    header: &Header,
    chunks: &[usize],
    open: &Open<'_>,
    array: &ArrayRef,
) -> Result<()> {
    expect_header(header, array)?;
    let whole = in_chunks(header, chunks, comm.size())?;
    let moved;
    let array = match array.distribution() == &whole {
        true => array,
        false => {
            moved = ops::redistribute(comm, array, &whole)?;
            &moved
        }
    };
    for rank in 0..comm.size() {
        // All ranks know which have something to write.
        if whole.local_len(rank) == 0 {
            continue;
        }
        let written = match rank == comm.rank() {
            true => write_own(rank, open, array),
            false => Ok(()),
        };
        comm.agree_with_root(rank, written)?;
    }
    Ok(())
}

/// Blocks of whole chunks along the first axis.
pub(crate) fn in_chunks(header: &Header, chunks: &[usize], ranks: usize) -> Result<Distribution> {
    let builder = Distribution::builder(&header.shape);
    let (Some(&extent), Some(&chunk)) = (header.shape.first(), chunks.first()) else {
        return builder.build(ranks);
    };
    let chunk = chunk.max(1);
    let rows = extent.div_ceil(chunk).div_ceil(ranks).max(1) * chunk;
    builder.axis(0, Dist::BlockCyclic(rows)).build(ranks)
}

#[cfg(test)]
mod tests {
    use distarray_core::DType;

    use super::*;
    use crate::file::Order;

    #[test]
    fn no_two_ranks_have_parts_of_one_chunk() {
        for (extent, chunk, ranks) in [(10, 3, 2), (100, 7, 4), (5, 9, 3), (0, 2, 2), (8, 1, 3)] {
            let header = Header { dtype: DType::I8, shape: vec![extent, 2], order: Order::C };
            let d = in_chunks(&header, &[chunk, 2], ranks).unwrap();
            let mut owner = vec![None; extent.div_ceil(chunk)];
            for row in 0..extent {
                let rank = d.owner(&[row, 0]).unwrap();
                assert_eq!(*owner[row / chunk].get_or_insert(rank), rank);
            }
        }
    }
}
