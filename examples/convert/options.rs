//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use distarray::io::{Codec, CreateOptions};
use distarray::{DType, Error, Result};
use lexopt::prelude::*;

pub(crate) const HELP: &str = "\
Converts an array between files: .npy, .npz, HDF5, Zarr, text, raw binary, .dnpy.

Usage: convert [OPTIONS] INPUT OUTPUT

Names tell formats: .npy .npz .h5 .zarr .csv .tsv .txt .bin .dnpy; an array in a file of several stands
behind a colon, as in run.h5:/fields/t or all.npz:x. An input is known by its first bytes, too.

  --dataset PATH   the array in INPUT, as behind a colon
  --slice TEXT     convert a slice, such as 0:100,::2
  --dtype NAME     convert elements to this type, such as float32; that of a raw INPUT
  --shape N,N      the extents of a raw INPUT, which does not tell them
  --chunks N,N     keep OUTPUT in chunks of these extents (HDF5, Zarr)
  --compress NAME  compress chunks: none gzip zstd blosc blosc-zstd, with :LEVEL (HDF5: gzip)
  --memory BYTES   most that a rank holds of the array, such as 64M (default: 256M)
  --dist KINDS     how rows are distributed on their way, such as b  n,b  c (default: b)
  --ranks N        number of thread ranks (default: DISTARRAY_RANKS, else the number of cores)
  --json           print one line of JSON at the end
  --help           print this";

#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) input: PathBuf,
    pub(crate) output: PathBuf,
    pub(crate) dataset: Option<String>,
    pub(crate) slice: Option<String>,
    pub(crate) dtype: Option<DType>,
    pub(crate) shape: Option<Vec<usize>>,
    pub(crate) create: CreateOptions,
    pub(crate) memory: usize,
    pub(crate) dist: Option<String>,
    pub(crate) ranks: Option<usize>,
    pub(crate) json: bool,
    pub(crate) help: bool,
}

impl Options {
    pub(crate) fn from_args(args: impl Iterator<Item = OsString>) -> Result<Self> {
        let refuse =
            |error: lexopt::Error| Error::argument(format!("{error} (--help lists the options)"));
        let mut options = Self { memory: 256 << 20, ..Self::default() };
        let mut files: Vec<PathBuf> = Vec::new();
        options.read(lexopt::Parser::from_args(args), &mut files).map_err(refuse)?;
        if options.help {
            return Ok(options);
        }
        let found = files.len();
        let [input, output] = <[PathBuf; 2]>::try_from(files).map_err(|_| {
            let message = format!("INPUT and OUTPUT are two files, not {found} (--help says more)");
            Error::argument(message)
        })?;
        Ok(Self { input, output, ..options })
    }

    fn read(
        &mut self,
        mut args: lexopt::Parser,
        files: &mut Vec<PathBuf>,
    ) -> Result<(), lexopt::Error> {
        while let Some(arg) = args.next()? {
            match arg {
                Value(file) => files.push(file.into()),
                Long("dataset") => self.dataset = Some(args.value()?.string()?),
                Long("slice") => self.slice = Some(args.value()?.string()?),
                Long("dtype") => self.dtype = Some(args.value()?.parse()?),
                Long("shape") => self.shape = Some(args.value()?.parse_with(extents)?),
                Long("chunks") => {
                    let chunks = args.value()?.parse_with(extents)?;
                    self.create = std::mem::take(&mut self.create).chunks(chunks);
                }
                Long("compress") => {
                    let codec: Codec = args.value()?.parse()?;
                    self.create = std::mem::take(&mut self.create).codec(codec);
                }
                Long("memory") => self.memory = args.value()?.parse_with(bytes)?,
                Long("dist") => self.dist = Some(args.value()?.string()?),
                Long("ranks") => self.ranks = Some(args.value()?.parse()?),
                Long("json") => self.json = true,
                Long("help") | Short('h') => self.help = true,
                other => return Err(other.unexpected()),
            }
        }
        Ok(())
    }
}

/// Extents between commas; none of an array without axes.
fn extents(text: &str) -> Result<Vec<usize>, String> {
    let number = |one: &str| {
        one.trim().parse().map_err(|_| format!("'{one}' is no extent: they are as in 100,20"))
    };
    text.split(',').filter(|_| !text.is_empty()).map(number).collect()
}

/// A number of bytes, with K, M or G for powers of 1024.
fn bytes(text: &str) -> Result<usize, String> {
    let units = [('K', 10), ('M', 20), ('G', 30)];
    let unit = units.into_iter().find(|(unit, _)| text.to_uppercase().ends_with(*unit));
    let (digits, power) = unit.map_or((text, 0), |(_, power)| (&text[..text.len() - 1], power));
    let number: Option<usize> = digits.parse().ok();
    number
        .and_then(|number| number.checked_mul(1 << power))
        .ok_or_else(|| format!("'{text}' is no number of bytes, such as 64M"))
}
