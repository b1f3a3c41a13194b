//! Checkpoints: named arrays with their distributions, and scalars, written whole or not at all.
//!
//! ```
//! use distarray_core::prelude::*;
//! use distarray_core::Scalar;
//! use distarray_io::checkpoint;
//!
//! let ctx = Context::solo(); // or what a backend's `run` hands to each rank
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("run.npz");
//! let (u, v) = (ctx.ones::<f64>(([8, 8], "b,b"))?, ctx.arange::<i32>(0, 9, 1)?);
//! checkpoint::save(&ctx, &path, &[("u", &u), ("v", &v)], &[("step", Scalar::I64(250))])?;
//!
//! let restart = checkpoint::open(&ctx, &path)?;
//! assert_eq!(restart.scalar("step")?, Scalar::I64(250));
//! let u = restart.array::<f64>("u")?; // distributed as it was
//! let v = restart.array_on::<i32>("v", "c")?; // or in another way
//! assert_eq!((u.sum()?, v.sum()?), (64.0, 36));
//! # Ok::<(), distarray_core::Error>(())
//! ```
//!
//! The file is an archive as [`npz`] has it, which NumPy reads too: the arrays, the scalars as arrays
//! without axes, and a member that says which version this is and how the arrays were distributed: the
//! kinds of the axes, halos, boundaries, the grid, and which ranks held its parts. What halos held is
//! not kept: they are zero until they are exchanged. Checkpoints of older versions are read.
//!
//! A crash at any moment leaves the last checkpoint that was complete: the new one has another name
//! until it is on the medium. Every array has a checksum, which is compared when the array is
//! restored; all ranks share that work. The number of ranks, and the backend, may be others.

mod described;
mod manifest;

use std::path::Path;

use distarray_core::array::{Context, DistArray, Redistribution};
use distarray_core::comm::Operation;
use distarray_core::dist::Distribution;
use distarray_core::{ArrayRef, DType, Element, Error, Result, Scalar};

use self::described::Described;
use self::manifest::Manifest;
use crate::any::check_names;
use crate::npz::{self, Named, NpzFile};

/// The member that describes the others.
const MANIFEST: &str = "__checkpoint__";

/// Most bytes of the description.
const MOST_BYTES: usize = 64 << 20;

/// Arrays and scalars in a checkpoint that is open.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    file: NpzFile,
    ctx: Context,
    manifest: Manifest,
}

/// Saves arrays with their distributions, and scalars, in the place of an older checkpoint.
///
/// Collective: the messages of [`npz::savez`].
///
/// # Errors
/// A name is empty or stands twice; distributions take more than 64 MiB to describe, as lists of millions of indices do, or
/// have halos of far more elements than their arrays; the file cannot be written, and the old one is there still. The
/// same on every rank, naming the path.
#[track_caller]
pub fn save(
    ctx: &Context,
    path: impl AsRef<Path>,
    arrays: &[Named<'_>],
    scalars: &[(&str, Scalar)],
) -> Result<()> {
    let _scope = Operation::enter("checkpoint::save");
    let path = path.as_ref();
    let names = arrays.iter().map(|(name, _)| *name).chain(scalars.iter().map(|(name, _)| *name));
    check_names(path, names.chain([MANIFEST]))?;
    let described = arrays
        .iter()
        .map(|(name, array)| Described::of(name, array.any().distribution(), ctx.size()));
    let manifest = Manifest {
        arrays: described.collect(),
        scalars: scalars.iter().map(|(name, _)| (*name).to_owned()).collect(),
        size: ctx.size(),
    };
    for (described, (name, array)) in manifest.arrays.iter().zip(arrays) {
        let checked = described.check_sides(array.any().distribution().shape());
        checked.map_err(|why| Error::file(path, format!("array '{name}': {why}")))?;
    }
    let text = manifest.to_literal().map_err(|why| Error::file(path, why))?;
    if text.len() > MOST_BYTES {
        let why = format!("{MANIFEST}: {} bytes, more than {MOST_BYTES}", text.len());
        return Err(Error::file(path, format!("{why}: lists of indices are too long")));
    }
    let rank = ctx.rank();
    let numbers = || {
        let numbers = scalars.iter().map(|(_, value)| of_scalar(*value, rank));
        Ok::<_, Error>((of_bytes(text.as_bytes(), rank)?, numbers.collect::<Result<Vec<_>>>()?))
    };
    let (text, numbers) = ctx.agree(numbers())?;
    let mut all: Vec<Named<'_>> = vec![(MANIFEST, &text)];
    all.extend_from_slice(arrays);
    all.extend(scalars.iter().zip(&numbers).map(|((name, _), array)| (*name, array as _)));
    npz::savez(ctx, path, &all)
}

fn of_bytes(bytes: &[u8], rank: usize) -> Result<ArrayRef> {
    let distribution = Distribution::on_one([bytes.len()], 0);
    let mut array = ArrayRef::zeros(DType::U8, &distribution, rank)?;
    if let Some(part) = array.part_mut() {
        let mut view = part.view_mut::<u8>()?;
        view.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
    }
    Ok(array)
}

fn of_scalar(value: Scalar, rank: usize) -> Result<ArrayRef> {
    let mut array = ArrayRef::zeros(value.dtype(), &Distribution::on_one([], 0), rank)?;
    if let Some(part) = array.part_mut() {
        part.set(&[], value)?;
    }
    Ok(array)
}

/// Opens a checkpoint and reads its description; arrays are read when they are asked for.
///
/// Collective: the messages of [`npz::open`], and two for the description.
///
/// # Errors
/// There is no such file, it is no checkpoint or one of a version that is not known, its description is
/// damaged. The same on every rank, naming the path.
#[track_caller]
pub fn open(ctx: &Context, path: impl AsRef<Path>) -> Result<Checkpoint> {
    let _scope = Operation::enter("checkpoint::open");
    let path = path.as_ref();
    let file = npz::open(ctx, path)?;
    if !file.names().any(|name| name == MANIFEST) {
        return Err(Error::file(path, format!("is no checkpoint: it has no '{MANIFEST}'")));
    }
    file.verify(MANIFEST)?;
    let stored = file.array(MANIFEST)?;
    let length = stored.header().shape.iter().product::<usize>();
    if stored.header().shape.len() != 1 || length > MOST_BYTES {
        return Err(Error::file(path, format!("{MANIFEST}: {} is too large", stored.header())));
    }
    let everywhere = Distribution::replicated([length], ctx.size())?;
    let text = stored.read(&everywhere, Some(DType::U8))?;
    let text = text.owned()?.to_array::<u8>()?.into_raw_vec_and_offset().0;
    let refuse = |why: String| Error::file(path, format!("{MANIFEST}: {why}"));
    let text = String::from_utf8(text).map_err(|_| refuse("is not text".to_owned()))?;
    let manifest = Manifest::from_literal(&text).map_err(refuse)?;
    Ok(Checkpoint { file, ctx: ctx.clone(), manifest })
}

impl Checkpoint {
    /// The names of the arrays.
    pub fn arrays(&self) -> impl Iterator<Item = &str> {
        self.manifest.arrays.iter().map(|array| &array.name[..])
    }

    /// The names of the scalars.
    pub fn scalars(&self) -> impl Iterator<Item = &str> {
        self.manifest.scalars.iter().map(|name| &name[..])
    }

    /// A scalar, on every rank. Collective: as [`array`](Self::array).
    ///
    /// # Errors
    /// There is no scalar of this name; it is damaged. The same on every rank.
    #[track_caller]
    pub fn scalar(&self, name: &str) -> Result<Scalar> {
        let _scope = Operation::enter("checkpoint::scalar");
        self.file.verify(name)?;
        let stored = self.file.array(name)?;
        let shape = stored.header().shape.clone();
        if !shape.is_empty() {
            let why = format!("'{name}' is an array of shape {shape:?}, not a scalar");
            return Err(Error::file(self.file.path(), why));
        }
        let everywhere = Distribution::replicated([], self.ctx.size())?;
        Ok(stored.read(&everywhere, None)?.owned()?.at(&[]))
    }

    /// An array, distributed as it was where the ranks are as many as they were: over the same of
    /// them, in the same order. On another number of ranks it is distributed by the same kinds over all
    /// of them, with the same halos, boundaries and periodic axes; lists of indices and bounds become
    /// blocks, slices of cyclic axes cyclic. Halos are zero until they are exchanged.
    ///
    /// Compares its checksum first: all ranks read the array once for that, in equal shares.
    /// Collective: agreements, and some hundred bytes.
    ///
    /// # Errors
    /// There is no array of this name; it is of another dtype, or damaged; what is said of its
    /// distribution cannot be. The same on every rank.
    #[track_caller]
    pub fn array<T: Element>(&self, name: &str) -> Result<DistArray<T>> {
        let _scope = Operation::enter("checkpoint::array");
        let shape = self.file.array(name)?.header().shape.clone();
        let distribution = self.distribution(name, &shape)?;
        self.array_on(name, &distribution)
    }

    /// An array, distributed in another way than it was.
    ///
    /// # Errors
    /// As [`array`](Self::array); the distribution is of another shape.
    #[track_caller]
    pub fn array_on<T: Element>(
        &self,
        name: &str,
        distribution: impl Redistribution,
    ) -> Result<DistArray<T>> {
        let _scope = Operation::enter("checkpoint::array");
        self.file.verify(name)?;
        self.file.array(name)?.load(distribution)
    }

    /// How an array is distributed when nothing else is asked for.
    fn distribution(&self, name: &str, shape: &[usize]) -> Result<Distribution> {
        let size = self.ctx.size();
        let found = self.manifest.arrays.iter().find(|array| array.name == name);
        let distribution = match found {
            Some(found) => found.distribution(shape, size),
            None => Distribution::builder(shape).build(size),
        };
        distribution.map_err(|error| {
            Error::file(self.file.path(), format!("{MANIFEST}: array '{name}': {error}"))
        })
    }
}
