//! Rows to columns by MPI's own means: datatypes that describe the boxes, or packing by hand.

use std::ffi::c_int;

use distarray::array::Context;
use distarray::{Error, Result};
use mpi::ffi::{self, MPI_Datatype};

/// Rows of a square that become columns, in memory of its own.
pub(super) struct AllToAll {
    ranks: usize,
    /// Elements along each axis, and along the axis that is divided.
    side: usize,
    part: usize,
    rows: Vec<f64>,
    columns: Vec<f64>,
    packed: Vec<f64>,
    /// Boxes of the rows to each rank, and of the columns from each.
    sends: Vec<MPI_Datatype>,
    receives: Vec<MPI_Datatype>,
}

impl AllToAll {
    pub(super) fn new(ctx: &Context, side: usize) -> Result<Self> {
        let ranks = ctx.size();
        if !side.is_multiple_of(ranks) {
            return Err(Error::argument(format!("{ranks} ranks do not divide {side} rows evenly")));
        }
        let part = side / ranks;
        let send = |rank| subarray([part, side], [part, part], [0, rank * part]);
        let receive = |rank| subarray([side, part], [part, part], [rank * part, 0]);
        Ok(Self {
            ranks,
            side,
            part,
            rows: vec![1.0; part * side],
            columns: vec![2.0; part * side],
            packed: vec![3.0; part * side],
            sends: (0..ranks).map(send).collect::<Result<_>>()?,
            receives: (0..ranks).map(receive).collect::<Result<_>>()?,
        })
    }

    /// `MPI_Alltoallw` with a subarray type for each box.
    pub(super) fn by_types(&mut self) -> Result<()> {
        let (counts, places) = (vec![1; self.ranks], vec![0; self.ranks]);
        // SAFETY: the boxes lie in the rows and the columns, which are apart; the lists have an
        // entry for each rank.
        let code = unsafe {
            ffi::MPI_Alltoallw(
                self.rows.as_ptr().cast(),
                counts.as_ptr(),
                places.as_ptr(),
                self.sends.as_ptr(),
                self.columns.as_mut_ptr().cast(),
                counts.as_ptr(),
                places.as_ptr(),
                self.receives.as_ptr(),
                ffi::RSMPI_COMM_WORLD,
            )
        };
        check(code, "MPI_Alltoallw")
    }

    /// Each box packed row by row, and `MPI_Alltoall`; what arrives is in its place.
    pub(super) fn by_packing(&mut self) -> Result<()> {
        let part = self.part;
        for (rank, packed) in self.packed.chunks_exact_mut(part * part).enumerate() {
            let rows = self.rows.chunks_exact(self.side);
            for (packed, row) in packed.chunks_exact_mut(part).zip(rows) {
                packed.copy_from_slice(&row[rank * part..(rank + 1) * part]);
            }
        }
        let count = (part * part) as c_int;
        // SAFETY: both memories hold so many elements for each rank, and are apart.
        let code = unsafe {
            ffi::MPI_Alltoall(
                self.packed.as_ptr().cast(),
                count,
                ffi::RSMPI_DOUBLE,
                self.columns.as_mut_ptr().cast(),
                count,
                ffi::RSMPI_DOUBLE,
                ffi::RSMPI_COMM_WORLD,
            )
        };
        check(code, "MPI_Alltoall")
    }
}

/// The type of a box of an array of doubles.
fn subarray(sizes: [usize; 2], box_sizes: [usize; 2], starts: [usize; 2]) -> Result<MPI_Datatype> {
    let [sizes, box_sizes, starts] = [sizes, box_sizes, starts].map(|of| of.map(|n| n as c_int));
    // SAFETY: a constant of the library.
    let mut datatype = unsafe { ffi::RSMPI_DOUBLE };
    // SAFETY: the lists have two entries; the place is valid for the write; the type that comes out
    // is committed once.
    let codes = unsafe {
        let order = ffi::MPI_ORDER_C as c_int;
        let made = ffi::MPI_Type_create_subarray(
            2,
            sizes.as_ptr(),
            box_sizes.as_ptr(),
            starts.as_ptr(),
            order,
            ffi::RSMPI_DOUBLE,
            &mut datatype,
        );
        [made, ffi::MPI_Type_commit(&mut datatype)]
    };
    check(codes[0], "MPI_Type_create_subarray")?;
    check(codes[1], "MPI_Type_commit")?;
    Ok(datatype)
}

fn check(code: c_int, call: &str) -> Result<()> {
    match code {
        0 => Ok(()),
        code => Err(Error::backend("mpi", format!("{call} fails with code {code}"))),
    }
}
