//! Ranks as processes of one MPI job.

use std::mem::MaybeUninit;
use std::path::Path;

use ::hdf5::file::{FileBuilder, OpenMode};
use ::hdf5::plist::PropertyList;
use ::hdf5::{File, h5check};
use ::hdf5_sys::LOCK;
use ::hdf5_sys::h5p::{H5FD_mpio_xfer_t, H5P_CLS_DATASET_XFER, H5Pcreate, H5Pset_dxpl_mpio};
use distarray_core::comm::Communicator;
use distarray_core::{Error, Result};
use mpi_sys::{
    MPI_Comm, MPI_Comm_create_group, MPI_Comm_free, MPI_Comm_group, MPI_Comm_rank, MPI_Finalized,
    MPI_Group_free, MPI_Group_incl, MPI_Initialized, RSMPI_COMM_NULL, RSMPI_COMM_WORLD,
};

use super::refusal::Refusal;
use super::transfer::Transfer;

/// Tells the making of our communicators from other messages of the program.
const TAG: i32 = 0x4844;

/// The ranks of a communicator as processes of one MPI job.
///
/// Which they are they ask MPI, and tell each other: nothing but MPI knows both sides.
#[derive(Debug)]
pub(super) struct Processes(MPI_Comm);

impl Processes {
    /// The processes that the ranks are; `None` where some are not, or share one.
    ///
    /// Collective: a gathering of 8 bytes, and the making of an MPI communicator.
    pub(super) fn of(comm: &dyn Communicator) -> Result<Option<Self>> {
        let mine = if comm.backend() == "mpi" { world_rank() } else { None };
        let mine = mine.map_or(-1, i64::from).to_le_bytes();
        let mut all = vec![0; mine.len() * comm.size()];
        comm.all_gather(&mine, &mut all)?;
        let (all, _) = all.as_chunks::<8>();
        let all: Vec<i64> = all.iter().map(|&bytes| i64::from_le_bytes(bytes)).collect();
        let mut distinct = all.clone();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() < all.len() || distinct.first().is_none_or(|&rank| rank < 0) {
            return Ok(None);
        }
        let ranks: Vec<i32> = all.into_iter().map(|rank| rank as i32).collect();
        let made = group(&ranks).map(|made| Some(Self(made)));
        made.ok_or_else(|| Error::argument("MPI made no communicator of the ranks"))
    }

    /// Opens a file on all of them for writing, or for reading. Collective.
    pub(super) fn open(&self, at: &Path, shown: &Path, is_written: bool) -> Result<File> {
        let mut builder = FileBuilder::new();
        builder.with_fapl(|plist| plist.mpio(self.0, None));
        let mode = if is_written { OpenMode::ReadWrite } else { OpenMode::Read };
        builder.open_as(at, mode).or_refuse(shown, || "cannot be opened by all processes".into())
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        // SAFETY: the communicator is ours, and whatever was opened with it has one of its own.
        unsafe { MPI_Comm_free(&mut self.0) };
    }
}

/// The list of properties that tells the library how to transfer.
pub(super) fn properties(transfer: Transfer) -> ::hdf5::Result<PropertyList> {
    let mode = match transfer {
        Transfer::Independent => H5FD_mpio_xfer_t::H5FD_MPIO_INDEPENDENT,
        Transfer::Automatic | Transfer::Collective => H5FD_mpio_xfer_t::H5FD_MPIO_COLLECTIVE,
    };
    let _lock = LOCK.lock();
    // SAFETY: the lock is held, and the list is owned by what it becomes.
    unsafe {
        let list: PropertyList = ::hdf5::from_id(h5check(H5Pcreate(*H5P_CLS_DATASET_XFER))?)?;
        h5check(H5Pset_dxpl_mpio(list.id(), mode))?;
        Ok(list)
    }
}

/// This process's rank among all of the job, while MPI runs.
fn world_rank() -> Option<i32> {
    let (mut is_there, mut is_gone, mut rank) = (0, 0, 0);
    // SAFETY: the first two may be called at any time, the third in between.
    unsafe {
        MPI_Initialized(&mut is_there);
        MPI_Finalized(&mut is_gone);
        if is_there == 0 || is_gone != 0 {
            return None;
        }
        MPI_Comm_rank(RSMPI_COMM_WORLD, &mut rank);
    }
    Some(rank)
}

/// A communicator of these ranks of the job, in this order. Collective among them.
fn group(ranks: &[i32]) -> Option<MPI_Comm> {
    let (mut world, mut some) = (MaybeUninit::uninit(), MaybeUninit::uninit());
    let mut made = MaybeUninit::uninit();
    // SAFETY: MPI runs, each handle is written before it is read, and the list has the length that
    // is told.
    unsafe {
        MPI_Comm_group(RSMPI_COMM_WORLD, world.as_mut_ptr());
        let count = i32::try_from(ranks.len()).ok()?;
        MPI_Group_incl(world.assume_init(), count, ranks.as_ptr(), some.as_mut_ptr());
        MPI_Comm_create_group(RSMPI_COMM_WORLD, some.assume_init(), TAG, made.as_mut_ptr());
        MPI_Group_free(some.as_mut_ptr());
        MPI_Group_free(world.as_mut_ptr());
        let made = made.assume_init();
        (made != RSMPI_COMM_NULL).then_some(made)
    }
}
