//! [`Hdf5`] and [`Dataset`]: a file, and a dataset of it, that all ranks have open.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use distarray_core::array::{Context, DistArray, Redistribution, SliceArgument};
use distarray_core::comm::{Arguments, Operation};
#[cfg(feature = "hdf5-mpi")]
use distarray_core::dist::{Cut, Distribution};
use distarray_core::{Element, Error, Result};
#[cfg(feature = "hdf5-mpi")]
use ndarray::SliceInfoElem;

use super::facts::Facts;
use super::place::Place;
use super::transfer::Transfer;
use crate::file::Header;
use crate::stored::Found;
use crate::{StoredArray, parallel};

/// An HDF5 file that all ranks have to do with.
///
/// Between operations nobody has it open: each opens it, does its work, and closes it, so that
/// others see what was written and a program that ends leaves a file that is whole.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::hdf5;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("run.h5");
/// hdf5::create(&ctx, &path, |file| {
///     file.write("fields/t", &ctx.ones::<f64>([4, 6])?)?;
///     file.set_attribute("fields/t", "unit", "K")
/// })?;
///
/// let file = hdf5::open(&ctx, &path)?;
/// let t = file.dataset("fields/t")?;
/// assert_eq!(t.header().shape, [4, 6]);
/// assert_eq!(t.slice("1:3, ::2")?.load::<f64>("b,n")?.sum()?, 6.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Hdf5 {
    pub(super) ctx: Context,
    pub(super) at: PathBuf,
    /// The name in errors.
    pub(super) shown: PathBuf,
    pub(super) is_writable: bool,
}

/// A dataset, or a slice of one, whose facts all ranks know.
#[derive(Clone, Debug)]
pub struct Dataset {
    file: Hdf5,
    facts: Facts,
    found: Found,
    #[cfg_attr(
        not(feature = "hdf5-mpi"),
        expect(dead_code, reason = "without MPI all ways mean the automatic one")
    )]
    transfer: Transfer,
}

/// Opens a file for reading.
///
/// Collective: an agreement of 8 bytes.
///
/// # Errors
/// There is no such file, it cannot be read, or is no HDF5 file. The same on every rank.
#[track_caller]
pub fn open(ctx: &Context, path: impl AsRef<Path>) -> Result<Hdf5> {
    let _scope = Operation::enter("hdf5::open");
    open_as(ctx, path.as_ref(), false)
}

/// Opens a file for reading and writing.
///
/// What is written goes straight into the file; a failure may leave a part of it there.
/// Collective: an agreement of 8 bytes.
///
/// # Errors
/// As [`open`]; the file cannot be written. The same on every rank.
#[track_caller]
pub fn open_rw(ctx: &Context, path: impl AsRef<Path>) -> Result<Hdf5> {
    let _scope = Operation::enter("hdf5::open_rw");
    open_as(ctx, path.as_ref(), true)
}

fn open_as(ctx: &Context, path: &Path, is_writable: bool) -> Result<Hdf5> {
    let comm = ctx.communicator()?;
    Operation::note(|| Arguments::new().and("path", path));
    comm.begin()?;
    let (at, shown) = (path.to_owned(), path.to_owned());
    let file = Hdf5 { ctx: ctx.clone(), at, shown, is_writable };
    let looked = match comm.rank() {
        0 if is_writable => file.place("/").file_rw().map(drop),
        0 => file.place("/").file().map(drop),
        _ => Ok(()),
    };
    comm.agree_with_root(0, looked)?;
    Ok(file)
}

impl Hdf5 {
    /// The path that the file was opened by.
    pub fn path(&self) -> &Path {
        &self.shown
    }

    pub(super) fn place<'a>(&'a self, name: &'a str) -> Place<'a> {
        Place { at: &self.at, shown: &self.shown, name }
    }

    pub(super) fn expect_writable(&self) -> Result<()> {
        match self.is_writable {
            true => Ok(()),
            false => Err(Error::file(&self.shown, "was opened for reading only")),
        }
    }

    /// The dataset of this name, such as `group/name`: rank 0 looks and tells the others.
    ///
    /// Collective: an agreement of 8 bytes, and a broadcast of some hundred.
    ///
    /// # Errors
    /// There is no such dataset, its elements are of a type that arrays do not have, or the file is
    /// shorter than it must be; the same on every rank, naming the path, the dataset and the field.
    #[track_caller]
    pub fn dataset(&self, name: &str) -> Result<Dataset> {
        let _scope = Operation::enter("hdf5::dataset");
        let comm = self.ctx.communicator()?;
        Operation::note(|| Arguments::new().and("path", &self.shown).and("dataset", name));
        comm.begin()?;
        let look = || Ok(self.place(name).facts()?.to_bytes());
        let facts = Facts::from_bytes(&parallel::from_root(comm, look)?);
        let (file, dataset, of_rank) = (self.clone(), name.to_owned(), facts.clone());
        let open = Rc::new(move || file.place(&dataset).open(&of_rank));
        let found = Found::new(&self.shown, facts.header.clone(), open).named(name);
        let found = found.in_chunks(facts.chunks.as_deref());
        Ok(Dataset { file: self.clone(), facts, found, transfer: Transfer::default() })
    }
}

impl Dataset {
    /// What the file says of the array, or of the slice that this is.
    pub fn header(&self) -> &Header {
        self.found.header()
    }

    /// The shape of the dataset's chunks; `None` where it is kept in one piece.
    pub fn chunks(&self) -> Option<&[usize]> {
        self.facts.chunks.as_deref()
    }

    /// The same dataset, whose elements are to be read in another way, where the ranks can.
    #[must_use]
    pub fn transfer(self, transfer: Transfer) -> Self {
        Self { transfer, ..self }
    }

    /// A slice: only its elements are read when it is loaded. Nothing is read or sent here.
    ///
    /// # Errors
    /// The slice does not fit, or has new axes.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_io::hdf5;
    ///
    /// let ctx = Context::solo();
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.h5");
    /// hdf5::save(&ctx.arange::<i32>(0, 10, 1)?, &path, "x")?;
    /// let odd = hdf5::open(&ctx, &path)?.dataset("x")?.slice("1::2")?;
    /// assert_eq!(odd.slice("::-1")?.load::<i32>("c")?.to_ndarray()?.as_slice().unwrap(), [9, 7, 5, 3, 1]);
    /// assert_eq!(odd.slice("2")?.load::<i32>("")?.get(&[])?, 5);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn slice(&self, by: impl SliceArgument) -> Result<Self> {
        Ok(Self { found: self.found.slice(by)?, ..self.clone() })
    }

    /// The dataset, or the slice of it, as an array of a file of whatever format; elements are read in
    /// the automatic way.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_io::{StoredArray, hdf5};
    ///
    /// let ctx = Context::solo();
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.h5");
    /// hdf5::save(&ctx.arange::<i32>(0, 10, 1)?, &path, "x")?;
    /// let stored: StoredArray = hdf5::open(&ctx, &path)?.dataset("x")?.slice("7:")?.stored();
    /// assert_eq!(stored.load_as::<f64>("b")?.sum()?, 24.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn stored(&self) -> StoredArray {
        StoredArray::of(&self.file.ctx, self.found.clone())
    }

    /// Loads the array, each rank reading its own elements; the dataset's dtype is `T`'s.
    ///
    /// The distribution is a short form such as `"b,c:2"`, whose shape is the array's, or a
    /// distribution of that shape. Elements that stand plainly in the file are read by all ranks at
    /// once; those of chunks through the HDF5 library, which threads enter one at a time, but for the
    /// unpacking of deflated ones. Collective: an agreement of 8 bytes; no elements are sent. Memory per
    /// rank: its part and at most 16 MiB, or four chunks where they are larger.
    ///
    /// # Errors
    /// The dataset is of another dtype than `T` or of another shape than the distribution; a rank
    /// cannot read its part, or a chunk is not what its filters made. The same on every rank.
    #[track_caller]
    pub fn load<T: Element>(&self, distribution: impl Redistribution) -> Result<DistArray<T>> {
        let _scope = Operation::enter("hdf5::load");
        self.found.expect_dtype(T::DTYPE)?;
        self.read(distribution)
    }

    /// Loads the array and converts its elements to `T`, as Rust's `as` does; else as
    /// [`load`](Self::load).
    ///
    /// # Errors
    /// As [`load`](Self::load), but that any dtype will do; of complex ones, complex `T` only.
    #[track_caller]
    pub fn load_as<T: Element>(&self, distribution: impl Redistribution) -> Result<DistArray<T>> {
        let _scope = Operation::enter("hdf5::load_as");
        self.read(distribution)
    }

    fn read<T: Element>(&self, distribution: impl Redistribution) -> Result<DistArray<T>> {
        let ctx = &self.file.ctx;
        let comm = ctx.communicator()?;
        #[cfg(feature = "hdf5-mpi")]
        if self.transfer != Transfer::Automatic && self.header().bytes() != Some(0) {
            let distribution = self.found.begin(comm, distribution, T::DTYPE)?;
            return match super::processes::Processes::of(comm)? {
                Some(processes) => self.read_together(&processes, &distribution),
                None => ctx.adopt_ref(self.found.read_begun(comm, &distribution, T::DTYPE)?),
            };
        }
        ctx.adopt_ref(self.found.read(comm, distribution, Some(T::DTYPE))?)
    }

    /// Reads through MPI-IO, by the processes together or each for itself.
    #[cfg(feature = "hdf5-mpi")]
    fn read_together<T: Element>(
        &self,
        processes: &super::processes::Processes,
        distribution: &Distribution,
    ) -> Result<DistArray<T>> {
        let whole = &self.facts.header.shape;
        let all: Vec<_> = whole.iter().map(|&extent| Cut::whole(extent)).collect();
        let cuts = self.found.cuts().unwrap_or(&all);
        let array = super::together::read(
            self.file.ctx.communicator()?,
            processes,
            &self.file.place(self.found.name()),
            &self.facts,
            &crate::view::View::new(whole, cuts)?,
            &with_all_axes(cuts, distribution),
            T::DTYPE,
            self.transfer,
        )?;
        without_dropped_axes(cuts, self.file.ctx.adopt_ref(array)?)
    }
}

#[cfg(feature = "hdf5-mpi")]
fn without_dropped_axes<T: Element>(cuts: &[Cut], array: DistArray<T>) -> Result<DistArray<T>> {
    if cuts.iter().all(|cut| matches!(cut, Cut::Range { .. })) {
        return Ok(array);
    }
    let drop_axis = |cut: &Cut| match cut {
        Cut::At(_) => SliceInfoElem::Index(0),
        _ => SliceInfoElem::Slice { start: 0, end: None, step: 1 },
    };
    array.slice(cuts.iter().map(drop_axis).collect::<Vec<_>>())
}

/// The distribution with axes of one index for those that the slice drops.
#[cfg(feature = "hdf5-mpi")]
fn with_all_axes(cuts: &[Cut], distribution: &Distribution) -> Distribution {
    let mut kept = distribution.shape().iter();
    let cut = |cut: &Cut| match cut {
        Cut::Range { .. } => Cut::whole(*kept.next().expect("an axis for each range")),
        _ => Cut::NewAxis,
    };
    distribution.slice(&cuts.iter().map(cut).collect::<Vec<_>>())
}

/// Loads a dataset: [`open`], [`Hdf5::dataset`] and [`Dataset::load`] in one.
///
/// # Errors
/// Theirs.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::hdf5;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.h5");
/// hdf5::save(&ctx.arange::<i64>(0, 10, 1)?, &path, "group/x")?;
/// assert_eq!(hdf5::load::<i64>(&ctx, &path, "group/x", "c")?.sum()?, 45);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn load<T: Element>(
    ctx: &Context,
    path: impl AsRef<Path>,
    name: &str,
    distribution: impl Redistribution,
) -> Result<DistArray<T>> {
    let _scope = Operation::enter("hdf5::load");
    open(ctx, path)?.dataset(name)?.load(distribution)
}

/// Loads a dataset and converts its elements: [`open`], [`Hdf5::dataset`] and [`Dataset::load_as`]
/// in one.
///
/// # Errors
/// Theirs.
#[track_caller]
pub fn load_as<T: Element>(
    ctx: &Context,
    path: impl AsRef<Path>,
    name: &str,
    distribution: impl Redistribution,
) -> Result<DistArray<T>> {
    let _scope = Operation::enter("hdf5::load_as");
    open(ctx, path)?.dataset(name)?.load_as(distribution)
}
