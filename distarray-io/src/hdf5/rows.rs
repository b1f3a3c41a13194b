//! New datasets, written whole or some rows at a time.

use std::path::Path;

use distarray_core::array::Context;
use distarray_core::comm::Communicator;
use distarray_core::{ArrayRef, DType, Result};

use super::facts::Facts;
use super::open::Hdf5;
use super::options::Options;
use super::place::Place;
use crate::RowWriter;
use crate::file::{ArrayFile, Header, Order};
use crate::parallel::rows::rows_from;
use crate::parallel::undo::Undo;
use crate::parallel::{self, Kept, Replacement};
use crate::row_writer::Rows;
use crate::sliced::Sliced;

/// Begins a new file of one dataset, as [`save_with`](super::save_with) would write it, of which the
/// rows are written some at a time.
///
/// Collective: agreements of 8 bytes, and some hundred bytes from rank 0.
///
/// # Errors
/// The elements cannot be counted, the options do not fit; the file cannot be created. The same on every
/// rank, naming the path.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::hdf5::{self, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.h5");
/// let options = Options::new().chunks([2, 3]).deflate(1);
/// let mut writer = hdf5::create_dataset(&ctx, &path, "x", DType::F64, [5, 3], &options)?;
/// writer.write(&ctx.ones::<f64>([4, 3])?)?;
/// writer.write(&ctx.zeros::<f64>([1, 3])?)?;
/// writer.finish()?;
/// assert_eq!(hdf5::load::<f64>(&ctx, &path, "x", "b")?.sum()?, 12.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn create_dataset(
    ctx: &Context,
    path: impl AsRef<Path>,
    name: &str,
    dtype: DType,
    shape: impl AsRef<[usize]>,
    options: &Options,
) -> Result<RowWriter> {
    let path = path.as_ref();
    let header = Header { dtype, shape: shape.as_ref().to_vec(), order: Order::C };
    RowWriter::begin(ctx, path, header, |comm, header| {
        options.chunks_of(header, path)?;
        let make = |at: &Path| Place { at, shown: path, name: "/" }.create_file();
        let new = Replacement::of_file(comm, path, make)?;
        let (at, shown) = (new.path().to_owned(), path.to_owned());
        let file = Hdf5 { ctx: ctx.clone(), at, shown, is_writable: true };
        let rows = DatasetRows::new(comm, file, name, header, options)?;
        Ok(Box::new(DatasetRows { new: Some(new), ..rows }))
    })
}

impl Hdf5 {
    /// Adds a dataset of which the rows are written some at a time, kept as the options say.
    ///
    /// It is in the file at once, of its full length, and taken out again where it is not finished. Collective:
    /// agreements of 8 bytes, and some hundred bytes from rank 0.
    ///
    /// # Errors
    /// The file was opened for reading only or cannot be written; the options do not fit; there is
    /// something of that name already. The same on every rank.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_io::hdf5::{self, Options};
    ///
    /// let ctx = Context::solo();
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.h5");
    /// hdf5::create(&ctx, &path, |file| {
    ///     let mut writer = file.create_dataset("x", DType::I16, [3], &Options::new())?;
    ///     writer.write(&ctx.ones::<i16>(2)?)?;
    ///     writer.write(&ctx.ones::<i16>(1)?)?;
    ///     writer.finish()
    /// })?;
    /// assert_eq!(hdf5::load::<i16>(&ctx, &path, "x", "b")?.sum()?, 3);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn create_dataset(
        &self,
        name: &str,
        dtype: DType,
        shape: impl AsRef<[usize]>,
        options: &Options,
    ) -> Result<RowWriter> {
        self.expect_writable()?;
        let header = Header { dtype, shape: shape.as_ref().to_vec(), order: Order::C };
        RowWriter::begin(&self.ctx, &self.shown, header, |comm, header| {
            Ok(Box::new(DatasetRows::new(comm, self.clone(), name, header, options)?))
        })
    }
}

/// Rows of a dataset that is there.
#[derive(Debug)]
pub(super) struct DatasetRows {
    /// The new file that it is in.
    new: Option<Replacement>,
    file: Hdf5,
    name: String,
    facts: Facts,
    #[cfg(feature = "hdf5-mpi")]
    transfer: super::transfer::Transfer,
    kept: Kept,
    /// A dataset without its elements is of no use, and in the way of the next try.
    undo: Option<Undo<Box<dyn FnOnce()>>>,
}

impl DatasetRows {
    /// Makes the dataset.
    pub(super) fn new(
        comm: &dyn Communicator,
        file: Hdf5,
        name: &str,
        header: &Header,
        options: &Options,
    ) -> Result<Self> {
        // Whether the options fit is plain to every rank; before anything is made.
        options.chunks_of(header, &file.shown)?;
        let mut undo = None;
        let make = || {
            let facts = file.place(name).create_dataset(header, options)?.to_bytes();
            // A file that is not in its place yet goes as a whole.
            if file.at == file.shown {
                let (file, name) = (file.clone(), name.to_owned());
                let unlink: Box<dyn FnOnce()> = Box::new(move || drop(file.place(&name).unlink()));
                undo = Some(Undo::new(unlink));
            }
            Ok(facts)
        };
        let facts = Facts::from_bytes(&parallel::from_root(comm, make)?);
        Ok(Self {
            undo,
            #[cfg(feature = "hdf5-mpi")]
            transfer: options.asked_transfer(),
            ..Self::of(file, name, facts)
        })
    }

    /// The dataset of these facts.
    pub(super) fn of(file: Hdf5, name: &str, facts: Facts) -> Self {
        Self {
            new: None,
            file,
            name: name.to_owned(),
            facts,
            #[cfg(feature = "hdf5-mpi")]
            transfer: super::transfer::Transfer::Automatic,
            kept: Kept::default(),
            undo: None,
        }
    }

    /// Writes through MPI-IO; says whether the ranks can.
    #[cfg(feature = "hdf5-mpi")]
    fn put_together(&self, comm: &dyn Communicator, start: usize, rows: &ArrayRef) -> Result<bool> {
        use super::processes::Processes;
        use super::transfer::Transfer;
        let is_plain = self.facts.flat.is_some() && self.transfer == Transfer::Automatic;
        if is_plain || rows.shape().contains(&0) {
            return Ok(false);
        }
        let Some(processes) = Processes::of(comm)? else { return Ok(false) };
        let place = self.file.place(&self.name);
        super::together::write(comm, &processes, &place, &self.facts, start, rows, self.transfer)?;
        Ok(true)
    }
}

impl Rows for DatasetRows {
    fn put(&mut self, comm: &dyn Communicator, start: usize, rows: &ArrayRef) -> Result<()> {
        #[cfg(feature = "hdf5-mpi")]
        if self.put_together(comm, start, rows)? {
            return Ok(());
        }
        let open = || self.file.place(&self.name).open_rw(&self.facts);
        if self.facts.flat.is_some() {
            let open = || self.kept.opened(open);
            return parallel::write_rows(comm, &self.facts.header, start, &open, rows);
        }
        let header = super::save::header_of(rows);
        let cuts = rows_from(start, &header.shape);
        // Closed after each turn: the library lets one writer at a file.
        let open = || Ok(Box::new(Sliced::new(open()?, &cuts)?) as Box<dyn ArrayFile>);
        let chunks = self.facts.chunks.as_ref().unwrap_or(&header.shape);
        parallel::write_in_turns(comm, &header, chunks, &open, rows)
    }

    fn finish(self: Box<Self>, comm: &dyn Communicator) -> Result<()> {
        let Self { new, kept, undo, .. } = *self;
        comm.agree(kept.sync())?;
        drop(kept);
        new.map_or(Ok(()), |new| new.put_in_place(comm))?;
        if let Some(undo) = undo {
            undo.keep();
        }
        Ok(())
    }

    fn unit(&self) -> usize {
        self.facts.chunks.as_ref().and_then(|chunks| chunks.first().copied()).unwrap_or(1)
    }
}
