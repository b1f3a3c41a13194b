//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use distarray::{Error, Result};
use lexopt::prelude::*;

pub(crate) const HELP: &str = "\
Reads an elevation model, prints a report, and computes slope and hillshade.

Usage: terrain [OPTIONS]

  --input FILE.npy   the elevations: 2 axes, any real type (default: the Jacksboro fault, Tennessee)
  --ranks N          number of thread ranks (default: DISTARRAY_RANKS, else the number of cores)
  --dist KINDS       how the elevations are distributed, such as b,n  b,b  c:3,c:2 (default: b,b)
  --slope FILE.npy   write the magnitude of the gradient
  --png FILE.png     write a picture of the hillshade
  --json             print one line of JSON instead of the report
  --help             print this";

const DEFAULT_INPUT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/jacksboro_fault_dem.npy");

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) input: PathBuf,
    pub(crate) ranks: Option<usize>,
    pub(crate) dist: String,
    pub(crate) slope: Option<PathBuf>,
    pub(crate) png: Option<PathBuf>,
    pub(crate) json: bool,
    pub(crate) help: bool,
}

impl Options {
    pub(crate) fn from_args(args: impl Iterator<Item = OsString>) -> Result<Self> {
        let mut options = Self {
            input: DEFAULT_INPUT.into(),
            ranks: None,
            dist: "b,b".into(),
            slope: None,
            png: None,
            json: false,
            help: false,
        };
        let refuse =
            |error: lexopt::Error| Error::argument(format!("{error} (--help lists the options)"));
        options.read(lexopt::Parser::from_args(args)).map_err(refuse)?;
        Ok(options)
    }

    fn read(&mut self, mut args: lexopt::Parser) -> Result<(), lexopt::Error> {
        while let Some(arg) = args.next()? {
            match arg {
                Long("input") => self.input = args.value()?.into(),
                Long("ranks") => self.ranks = Some(args.value()?.parse()?),
                Long("dist") => self.dist = args.value()?.string()?,
                Long("slope") => self.slope = Some(args.value()?.into()),
                Long("png") => self.png = Some(args.value()?.into()),
                Long("json") => self.json = true,
                Long("help") | Short('h') => self.help = true,
                other => return Err(other.unexpected()),
            }
        }
        Ok(())
    }
}
