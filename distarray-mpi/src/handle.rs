//! [`Handle`]: an MPI communicator of ours.

use std::ffi::c_int;
use std::mem::ManuallyDrop;

use distarray_core::{Error, Result};
use mpi::ffi::{self, MPI_Comm};

use crate::code::check;
use crate::start;

/// A communicator that was made here, and is freed when dropped. Its errors are returned.
#[derive(Debug)]
pub(crate) struct Handle(MPI_Comm);

impl Handle {
    /// A duplicate: same ranks, messages apart. Collective.
    ///
    /// # Safety
    /// The communicator is alive.
    pub(crate) unsafe fn duplicate(of: MPI_Comm) -> Result<Self> {
        // SAFETY: a constant of the library.
        let mut comm = unsafe { ffi::RSMPI_COMM_NULL };
        // SAFETY: the caller vouches for the communicator; the place is valid for the write.
        check(unsafe { ffi::MPI_Comm_dup(of, &mut comm) }, "MPI_Comm_dup")?;
        Self::own(comm)
    }

    /// Divides the ranks by colour; no colour, no communicator. Collective.
    pub(crate) fn split(&self, color: Option<c_int>, key: c_int) -> Result<Option<Self>> {
        // SAFETY: constants of the library.
        let (mut comm, undefined) = unsafe { (ffi::RSMPI_COMM_NULL, ffi::RSMPI_UNDEFINED) };
        let color = color.unwrap_or(undefined);
        // SAFETY: the communicator is alive; the place is valid for the write.
        let code = unsafe { ffi::MPI_Comm_split(self.0, color, key, &mut comm) };
        check(code, "MPI_Comm_split")?;
        if color == undefined { Ok(None) } else { Self::own(comm).map(Some) }
    }

    /// Divides the ranks into those that can share memory. Collective.
    pub(crate) fn split_by_node(&self) -> Result<Self> {
        // SAFETY: a constant of the library.
        let mut comm = unsafe { ffi::RSMPI_COMM_NULL };
        // SAFETY: the communicator is alive; the place is valid for the write; the others are
        // constants of the library.
        let code = unsafe {
            let (kind, info) = (ffi::RSMPI_COMM_TYPE_SHARED, ffi::RSMPI_INFO_NULL);
            ffi::MPI_Comm_split_type(self.0, kind, 0, info, &mut comm)
        };
        check(code, "MPI_Comm_split_type")?;
        Self::own(comm)
    }

    /// A communicator that another handle owns.
    ///
    /// # Safety
    /// The communicator outlives what is returned.
    pub(crate) unsafe fn lend(comm: MPI_Comm) -> ManuallyDrop<Self> {
        ManuallyDrop::new(Self(comm))
    }

    fn own(comm: MPI_Comm) -> Result<Self> {
        let handle = Self(comm);
        // SAFETY: the communicator was just made; the handler is a constant of the library.
        let code = unsafe { ffi::MPI_Comm_set_errhandler(comm, ffi::RSMPI_ERRORS_RETURN) };
        check(code, "MPI_Comm_set_errhandler")?;
        Ok(handle)
    }

    /// The handle itself, alive as long as this value.
    pub(crate) fn raw(&self) -> MPI_Comm {
        self.0
    }

    /// The handle as Fortran has it, which is a plain number.
    pub(crate) fn to_fortran(&self) -> ffi::RSMPI_Fint {
        // SAFETY: the communicator is alive.
        unsafe { ffi::RSMPI_Comm_c2f(self.0) }
    }

    /// This process's rank and the number of ranks.
    pub(crate) fn rank_and_size(&self) -> Result<(usize, usize)> {
        let (mut rank, mut size) = (0, 0);
        // SAFETY: the communicator is alive; the places are valid for writes.
        check(unsafe { ffi::MPI_Comm_rank(self.0, &mut rank) }, "MPI_Comm_rank")?;
        // SAFETY: as above.
        check(unsafe { ffi::MPI_Comm_size(self.0, &mut size) }, "MPI_Comm_size")?;
        match (usize::try_from(rank), usize::try_from(size)) {
            (Ok(rank), Ok(size)) => Ok((rank, size)),
            _ => Err(Error::backend("mpi", format!("rank {rank} of {size} cannot be"))),
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // A rank that panics brings the job down, and must not stop to free things with the others.
        if std::thread::panicking() || !start::active() {
            return;
        }
        // SAFETY: the communicator is alive, and nobody else has it. Messages still under way are
        // completed by the library. A failure to free would only keep memory.
        unsafe { ffi::MPI_Comm_free(&mut self.0) };
    }
}
