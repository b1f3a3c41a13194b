//! An array from a file of one format to a file of another, whatever its size.
//!
//! `cargo run --release --features hdf5,zarr,progress --example convert -- --help` tells the options.
//! Built with `--features mpi`, the same program runs under `mpirun`.
//!
//! Some rows are read at a time, each rank its own, and written behind those before; the new file gets
//! its name when it is complete.

mod options;
mod report;

use std::path::Path;
use std::time::Instant;

use distarray::io::{Format, StoredArray, raw, text};
use distarray::prelude::*;
use distarray::{Launch, io};
use options::Options;
use report::Report;

fn main() -> Result<()> {
    let options = Options::from_args(std::env::args_os().skip(1));
    let mut launch = Launch::new();
    if let Ok(Options { ranks: Some(ranks), .. }) = options {
        launch = launch.ranks(ranks);
    }
    // Options that cannot be read are reported within `run`, once for all ranks.
    launch.run(|ctx| match &options {
        Ok(options) if options.help => {
            ctx.print_once(options::HELP);
            Ok(())
        }
        Ok(options) => convert(ctx, options),
        Err(error) => Err(error.clone()),
    })
}

fn convert(ctx: &Context, options: &Options) -> Result<()> {
    let start = Instant::now();
    let whole = source(ctx, options)?;
    let source = match &options.slice {
        Some(slice) => whole.slice(slice.as_str())?,
        None => whole,
    };
    let dtype = options.dtype.unwrap_or(source.header().dtype);
    let shape = &source.header().shape;
    let output = &options.output;
    let mut writer = io::create_with(ctx, output, dtype, shape, &options.create)?;
    ctx.agree(expect_two_files(source.path(), writer.path()))?;

    let dist = match &options.dist {
        Some(dist) => dist,
        None if shape.is_empty() => "",
        None => "b",
    };
    #[cfg(feature = "progress")]
    let bar = io::progress::bar(ctx, "converting");
    writer.copy_from(&source, dist, options.memory)?;
    #[cfg(feature = "progress")]
    drop(bar);
    let header = writer.header().clone();
    writer.finish()?;

    let report = Report {
        input: options.input.clone(),
        output: output.clone(),
        header,
        seconds: start.elapsed().as_secs_f64(),
        ranks: ctx.size(),
        backend: ctx.backend(),
    };
    match options.json {
        true => ctx.print_once(report.json()),
        false => ctx.print_once(&report),
    }
    Ok(())
}

/// The array to convert, of which nothing but the header is read.
fn source(ctx: &Context, options: &Options) -> Result<StoredArray> {
    let path = match &options.dataset {
        Some(name) => {
            let mut path = options.input.clone().into_os_string();
            path.push(format!(":{name}"));
            path.into()
        }
        None => options.input.clone(),
    };
    match (Format::of_name(&path), options.dtype, &options.shape) {
        (Some(Format::Raw), Some(dtype), Some(shape)) => {
            raw::open(ctx, &path, dtype, shape, &raw::Options::new())
        }
        (Some(Format::Raw), _, _) => {
            let why = "is raw binary: --dtype and --shape say what is in it";
            Err(Error::file(&path, why))
        }
        (Some(format), _, Some(shape)) => {
            let why = format!("--shape {shape:?}: a file of {format} tells its own");
            Err(Error::file(&path, why))
        }
        // Integers beyond 2^53 are no `float64`.
        (Some(Format::Text), Some(dtype), None) => {
            text::open(ctx, &path, dtype, &text::Options::of_name(&path))
        }
        _ => io::open(ctx, &path),
    }
}

/// Refuses to put the output in the place of the input.
fn expect_two_files(input: &Path, output: &Path) -> Result<()> {
    match (input.canonicalize(), output.canonicalize()) {
        (Ok(one), Ok(other)) if one != other => Ok(()),
        // An array in several files is none itself: it has its name alone.
        (Err(_), Err(_)) if input != output => Ok(()),
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => Ok(()),
        _ => Err(Error::file(output, "is the input, which is not written over")),
    }
}
