//! Writing arrays: whole files, and datasets into files that are there.

use std::path::Path;

use distarray_core::array::{Context, DistArray};
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::{ArrayRef, Element, Error, Result};

use super::chunked::Chunked;
use super::facts::Facts;
use super::open::Hdf5;
use super::options::Options;
use super::place::Place;
use super::refusal::Refusal;
use super::room::{expect_room, needed};
use super::rows::DatasetRows;
use crate::file::{Header, Order};
use crate::parallel;
use crate::parallel::undo::Undo;
use crate::row_writer::{Rows, save_whole};

/// Saves an array as the one dataset of a new file, which takes the place of an old one.
///
/// The groups that the name goes through are made. The elements are kept in one piece, which all
/// ranks write at once; [`save_with`] keeps them otherwise, [`create`] writes several datasets, and
/// [`Hdf5::write`] adds one to a file that is there. The file is written under another name and renamed
/// when it is complete: the old one stays if anything fails. Collective; costs as
/// [`npy::save`](fn@crate::npy::save).
///
/// # Errors
/// The file cannot be written. The same on every rank, naming the path.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::hdf5;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.h5");
/// hdf5::save(&ctx.ones::<f64>([2, 3])?, &path, "group/name")?;
/// let error = hdf5::save(&ctx.ones::<f64>(3)?, "no/such/a.h5", "x").unwrap_err().to_string();
/// assert!(error.starts_with("no/such/a.h5: cannot be created: "), "{error}");
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn save<T: Element>(array: &DistArray<T>, path: impl AsRef<Path>, name: &str) -> Result<()> {
    let _scope = Operation::enter("hdf5::save");
    save_with(array, path, name, &Options::new())
}

/// Saves an array as [`save`] does, kept as the options say.
///
/// Chunks are written through the HDF5 library by one rank after another, once each rank has whole
/// ones: each element is sent at most once.
///
/// # Errors
/// As [`save`]; the options do not fit the array.
#[track_caller]
pub fn save_with<T: Element>(
    array: &DistArray<T>,
    path: impl AsRef<Path>,
    name: &str,
    options: &Options,
) -> Result<()> {
    let _scope = Operation::enter("hdf5::save");
    create(array.context(), path, |file| file.write_with(name, array, options))
}

/// Makes a file of what `fill` writes, and puts it in the place of an old one when it is complete.
///
/// At any moment there is the old file or the new one, whole, under this path; if anything fails, on
/// any rank, the old one stays. Collective, and so is `fill`, which all ranks call.
///
/// # Errors
/// The file cannot be written; those of `fill`. The same on every rank.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::hdf5::{self, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.h5");
/// hdf5::create(&ctx, &path, |file| {
///     file.write("x", &ctx.arange::<i32>(0, 5, 1)?)?;
///     file.write_with("deep/y", &ctx.ones::<f32>([8, 8])?, &Options::new().deflate(1))
/// })?;
/// assert_eq!(hdf5::open(&ctx, &path)?.list()?.len(), 3);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn create(
    ctx: &Context,
    path: impl AsRef<Path>,
    fill: impl FnOnce(&Hdf5) -> Result<()>,
) -> Result<()> {
    let _scope = Operation::enter("hdf5::create");
    let comm = ctx.communicator()?;
    let path = path.as_ref();
    Operation::note(|| Arguments::new().and("path", path));
    comm.begin()?;
    let make = |at: &Path| Place { at, shown: path, name: "/" }.create_file();
    parallel::replace(comm, path, make, |at| {
        let (at, shown) = (at.to_owned(), path.to_owned());
        let file = Hdf5 { ctx: ctx.clone(), at, shown, is_writable: true };
        comm.agree(fill(&file))
    })
}

impl Hdf5 {
    /// Adds a dataset to the file, kept in one piece, and the groups that its name goes through.
    ///
    /// All ranks write at once, without the HDF5 library. Collective; costs as
    /// [`npy::save`](fn@crate::npy::save).
    ///
    /// # Errors
    /// The file was opened for reading only or cannot be written; there is something of that name
    /// already. The same on every rank.
    #[track_caller]
    pub fn write<T: Element>(&self, name: &str, array: &DistArray<T>) -> Result<()> {
        let _scope = Operation::enter("hdf5::write");
        self.write_with(name, array, &Options::new())
    }

    /// Adds a dataset as [`write`](Self::write) does, kept as the options say.
    ///
    /// # Errors
    /// As [`write`](Self::write); the options do not fit the array.
    #[track_caller]
    pub fn write_with<T: Element>(
        &self,
        name: &str,
        array: &DistArray<T>,
        options: &Options,
    ) -> Result<()> {
        let _scope = Operation::enter("hdf5::write");
        self.add(name, array.array_ref(), options)
    }

    fn add(&self, name: &str, array: &ArrayRef, options: &Options) -> Result<()> {
        let comm = self.begin_with(name, array)?;
        let rows = DatasetRows::new(comm, self.clone(), name, &header_of(array), options)?;
        save_whole(comm, Box::new(rows), array)
    }

    /// Lengthens a dataset along its first axis by an array; adds one that grows if there is none.
    ///
    /// The array has the dataset's dtype and its shape, but for the first axis. One rank writes after
    /// another. If anything fails the dataset has its old length again. Collective; each element is
    /// sent at most once.
    ///
    /// # Errors
    /// The file was opened for reading only or cannot be written; the dataset has another dtype or
    /// shape, was not made to [grow](Options::growing), or its last chunks are not what their filters
    /// made. The same on every rank.
    ///
    /// ```
    /// use distarray_core::array::Context;
    /// use distarray_io::hdf5;
    ///
    /// let ctx = Context::solo();
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("log.h5");
    /// hdf5::create(&ctx, &path, |_| Ok(()))?;
    /// let file = hdf5::open_rw(&ctx, &path)?;
    /// for step in 0..3 {
    ///     file.append("energy", &ctx.full(f64::from(step), [1, 4])?)?;
    /// }
    /// assert_eq!(hdf5::load::<f64>(&ctx, &path, "energy", "b,n")?.shape(), [3, 4]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn append<T: Element>(&self, name: &str, array: &DistArray<T>) -> Result<()> {
        let _scope = Operation::enter("hdf5::append");
        let array = array.array_ref();
        let comm = self.begin_with(name, array)?;
        let header = header_of(array);
        let place = self.place(name);
        let mut undo = None;
        let grown = parallel::from_root(comm, || {
            let old = grow(&place, &header)?;
            // The failure is what matters, whether or not the room can be taken back.
            undo = Some(Undo::new(move || drop(resize(&place, old as usize))));
            let facts = place.facts()?;
            Ok([&old.to_le_bytes()[..], &facts.to_bytes()].concat())
        })?;
        let (old, facts) = grown.split_at(size_of::<u64>());
        let old = u64::from_le_bytes(old.try_into().expect("eight bytes were split off")) as usize;
        let mut rows = Box::new(DatasetRows::of(self.clone(), name, Facts::from_bytes(facts)));
        rows.put(comm, old, array)?;
        rows.finish(comm)?;
        if let Some(undo) = undo {
            undo.keep();
        }
        Ok(())
    }

    fn begin_with(&self, name: &str, array: &ArrayRef) -> Result<&dyn Communicator> {
        self.expect_writable()?;
        let comm = self.ctx.communicator()?;
        Operation::note(|| {
            let array = Arguments::new().array(array.dtype(), array.shape());
            array.and("path", &self.shown).and("dataset", name)
        });
        comm.begin()?;
        Ok(comm)
    }
}

pub(super) fn header_of(array: &ArrayRef) -> Header {
    Header { dtype: array.dtype(), shape: array.shape().to_vec(), order: Order::C }
}

/// Makes room for more rows, and says how many there were; makes the dataset if there is none.
fn grow(place: &Place<'_>, header: &Header) -> Result<u64> {
    let refuse = |message: String| Error::file(place.shown, format!("{}: {message}", place.name));
    let Some((&more, row)) = header.shape.split_first() else {
        return Err(refuse("an array of no axes cannot be appended".into()));
    };
    if !place.file()?.link_exists(place.name) {
        place.create_dataset(header, &Options::new().growing())?;
        return Ok(0);
    }
    let facts = place.facts()?;
    if facts.header.dtype != header.dtype || facts.header.shape.get(1..) != Some(row) {
        return Err(refuse(format!(
            "an array of shape {:?} and type {} cannot be appended to {}",
            header.shape, header.dtype, facts.header
        )));
    }
    let old = facts.header.shape[0];
    let new = old.checked_add(more).filter(|&rows| rows <= facts.limits[0]);
    let Some(new) = new else {
        let limit = facts.limits[0];
        return Err(refuse(format!(
            "{more} rows more than {old} are too many: the first axis can have {limit}"
        )));
    };
    if let Some(chunked) = Chunked::of(place, &facts) {
        chunked.check_last(&place.dataset(&place.file()?)?, &facts.header.shape)?;
    }
    expect_room(place, needed(header, facts.chunks.as_deref()))?;
    resize(place, new)?;
    Ok(old as u64)
}

/// Gives a dataset so many rows.
fn resize(place: &Place<'_>, rows: usize) -> Result<()> {
    let file = place.file_rw()?;
    let dataset = place.dataset(&file)?;
    let mut shape = dataset.shape();
    shape[0] = rows;
    let resized = dataset.resize(shape).and_then(|()| file.flush());
    resized.or_refuse(place.shown, || format!("{}: cannot be given {rows} rows", place.name))
}
