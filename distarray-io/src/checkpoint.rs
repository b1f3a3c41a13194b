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
//! without axes, and a member that says which version this is and how the arrays were distributed (the kinds of the
//! axes and the grid; halos, boundaries and another order of ranks are not kept). A
//! crash at any moment leaves the last checkpoint that was complete: the new one has another name until
//! it is on the medium. Every array has a checksum, which is compared when the array is restored; all
//! ranks share that work. The number of ranks, and the backend, may be others.

use std::path::Path;

use distarray_core::array::{Context, DistArray, Redistribution};
use distarray_core::comm::Operation;
use distarray_core::dist::{Dist, Distribution};
use distarray_core::{ArrayRef, DType, Element, Error, Result, Scalar};
use distarray_protocol::{Dict, Value};

use crate::any::check_names;
use crate::npz::{self, Named, NpzFile};

/// The version that is written; older ones are read.
const VERSION: i64 = 1;

/// The member that describes the others.
const MANIFEST: &str = "__checkpoint__";

/// Most bytes of the description.
const MOST_BYTES: usize = 64 << 20;

/// Arrays and scalars in a checkpoint that is open.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    file: NpzFile,
    ctx: Context,
    arrays: Vec<Described>,
    scalars: Vec<String>,
}

/// An array's name and how it was distributed.
#[derive(Clone, Debug)]
struct Described {
    name: String,
    /// Whether every rank had all of it.
    alike: bool,
    kinds: Vec<Dist>,
    grid: Vec<usize>,
}

/// Saves arrays with their distributions, and scalars, in the place of an older checkpoint.
///
/// Collective: the messages of [`npz::savez`].
///
/// # Errors
/// A name is empty or stands twice; the file cannot be written, and the old one is there still. The
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
    let text = manifest(arrays, scalars)
        .to_literal()
        .map_err(|error| Error::file(path, format!("cannot be described: {error}")))?;
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

/// What the description says.
fn manifest(arrays: &[Named<'_>], scalars: &[(&str, Scalar)]) -> Value<'static> {
    let described = arrays.iter().map(|(name, array)| {
        let distribution = array.any().distribution();
        let kinds = distribution.axes().iter().map(|map| kind(map.dist()));
        Value::tuple([
            Value::Str((*name).to_owned()),
            Value::Bool(distribution.is_replicated()),
            Value::tuple(kinds),
            numbers(distribution.grid()),
        ])
    });
    let names = scalars.iter().map(|(name, _)| Value::Str((*name).to_owned()));
    Value::Dict(
        Dict::new()
            .with("version", Value::Int(VERSION.into()))
            .with("arrays", Value::tuple(described))
            .with("scalars", Value::tuple(names)),
    )
}

fn numbers(all: &[usize]) -> Value<'static> {
    Value::tuple(all.iter().map(|&number| Value::Int(number as i128)))
}

/// A kind as a literal: its short form, or its bounds or lists beside the letter.
fn kind(dist: &Dist) -> Value<'static> {
    let letter = |letter: &str| Value::Str(letter.to_owned());
    match dist {
        Dist::Irregular(bounds) => Value::tuple([letter("b"), numbers(bounds)]),
        Dist::Unstructured(lists) => {
            let lists = (0..lists.parts()).map(|part| numbers(lists.list(part)));
            Value::tuple([letter("u"), Value::tuple(lists)])
        }
        // Of a slice; dealt out again it is cyclic.
        Dist::StridedCyclic(_) => letter("c"),
        other => Value::Str(other.to_string()),
    }
}

/// The kind that a literal is of.
fn kind_of(value: &Value<'_>) -> Option<Dist> {
    match value {
        Value::Str(text) => text.parse().ok(),
        Value::Tuple(items) => match &items[..] {
            [Value::Str(letter), bounds] if letter == "b" => {
                Some(Dist::irregular(numbers_of(bounds)?))
            }
            [Value::Str(letter), lists] if letter == "u" => {
                let lists: Option<Vec<_>> = tuple(lists)?.iter().map(numbers_of).collect();
                Some(Dist::unstructured(lists?))
            }
            _ => None,
        },
        _ => None,
    }
}

fn numbers_of(value: &Value<'_>) -> Option<Vec<usize>> {
    let number = |value: &Value<'_>| match value {
        Value::Int(number) => usize::try_from(*number).ok(),
        _ => None,
    };
    tuple(value)?.iter().map(number).collect()
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
/// There is no such file, it is no checkpoint or a newer version's, its description is damaged. The
/// same on every rank, naming the path.
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
    let entries = Dict::entries_from_literal(&text)
        .map_err(|error| refuse(format!("cannot be read: {error}")))?;
    let entry = |key: &str| {
        let found = entries.iter().find(|(name, _)| name == key).map(|(_, value)| value);
        found.ok_or_else(|| refuse(format!("has no '{key}'")))
    };
    match entry("version")? {
        Value::Int(version) if *version <= i128::from(VERSION) => {}
        other => {
            let found = other.description();
            return Err(refuse(format!("version: {found} is not known; known is up to {VERSION}")));
        }
    }
    let bad = || refuse("does not list names and distributions".to_owned());
    let arrays = tuple(entry("arrays")?).and_then(|all| all.iter().map(described).collect());
    let scalars = tuple(entry("scalars")?).and_then(|all| all.iter().map(string).collect());
    Ok(Checkpoint {
        file,
        ctx: ctx.clone(),
        arrays: arrays.ok_or_else(bad)?,
        scalars: scalars.ok_or_else(bad)?,
    })
}

fn tuple<'v, 'a>(value: &'v Value<'a>) -> Option<&'v [Value<'a>]> {
    match value {
        Value::Tuple(items) => Some(items),
        _ => None,
    }
}

fn string(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Str(text) => Some(text.clone()),
        _ => None,
    }
}

fn described(value: &Value<'_>) -> Option<Described> {
    let [name, Value::Bool(alike), kinds, grid] = tuple(value)? else { return None };
    Some(Described {
        name: string(name)?,
        alike: *alike,
        kinds: tuple(kinds)?.iter().map(kind_of).collect::<Option<_>>()?,
        grid: numbers_of(grid)?,
    })
}

impl Checkpoint {
    /// The names of the arrays.
    pub fn arrays(&self) -> impl Iterator<Item = &str> {
        self.arrays.iter().map(|array| &array.name[..])
    }

    /// The names of the scalars.
    pub fn scalars(&self) -> impl Iterator<Item = &str> {
        self.scalars.iter().map(|name| &name[..])
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

    /// An array, distributed as it was where the ranks are as many as its parts need, and else by
    /// the same kinds on all ranks there are; lists of indices or bounds that do not fit become blocks.
    ///
    /// Compares its checksum first: all ranks read the array once for that, in equal shares.
    /// Collective: agreements, and some hundred bytes.
    ///
    /// # Errors
    /// There is no array of this name; it is of another dtype, or damaged. The same on every rank.
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
        let Some(found) = self.arrays.iter().find(|array| array.name == name) else {
            return Distribution::builder(shape).build(size);
        };
        if found.alike {
            return Distribution::replicated(shape, size);
        }
        let as_it_was = Distribution::builder(shape).kinds(found.kinds.clone()).grid(&found.grid);
        let used = found.grid.iter().try_fold(1_usize, |all, &parts| all.checked_mul(parts));
        if used == Some(size)
            && let Ok(same) = as_it_was.build(size)
        {
            return Ok(same);
        }
        let plain = |kind: &Dist| match kind {
            Dist::Irregular(_) | Dist::Unstructured(_) => Dist::Block,
            other => other.clone(),
        };
        let kinds = found.kinds.iter().map(plain).collect();
        Distribution::builder(shape).kinds(kinds).build(size)
    }
}
