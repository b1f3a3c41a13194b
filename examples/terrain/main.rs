//! A digital elevation model, from a file to a report and a picture.
//!
//! `cargo run --release --example terrain -- --help` tells the options. Built with
//! `--features mpi`, the same program runs under `mpirun`.
//!
//! Every rank reads its part of the file, whatever the distribution; the gradient needs one row and
//! one column of the neighbours, which a halo exchange brings; all else are lazy expressions and
//! reductions.

mod gradient;
mod options;
mod picture;
mod report;

use distarray::prelude::*;
use distarray::{Launch, Scalar, io::npy};
use gradient::Gradient;
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
        Ok(options) => terrain(ctx, options),
        Err(error) => Err(error.clone()),
    })
}

fn terrain(ctx: &Context, options: &Options) -> Result<()> {
    let file = &options.input;
    let header = npy::header(ctx, file)?;
    let [rows, columns] = header.shape[..] else {
        let (ndim, shape) = (header.shape.len(), &header.shape);
        return Err(Error::file(file, format!("terrain has 2 axes, not {ndim}: shape {shape:?}")));
    };
    if rows < 2 || columns < 2 {
        let message =
            format!("a gradient takes 2 cells along each axis; shape is {:?}", [rows, columns]);
        return Err(Error::file(file, message));
    }
    let tiles = Distribution::new([rows, columns], &options.dist, ctx.size())?;

    let (elevation, [min, max]) = load(ctx, options, header.dtype, &tiles)?;
    let (mean, std) = (elevation.mean()?, elevation.std()?);
    let above_mean = elevation.gt(mean).count()?;

    let gradient = Gradient::of(&elevation)?;
    let slope = gradient.magnitude().eval()?;
    let report = Report {
        backend: ctx.backend(),
        ranks: ctx.size(),
        shape: [rows, columns],
        dtype: header.dtype,
        min,
        max,
        mean,
        std,
        slope_mean: slope.mean()?,
        slope_max: slope.max()?,
        above_mean,
    };

    if let Some(path) = &options.slope {
        npy::save(&slope, path)?;
    }
    if let Some(path) = &options.png {
        picture::save(&gradient.hillshade(report.slope_mean).eval()?, path)?;
    }
    match options.json {
        true => ctx.print_once(report.json()),
        false => ctx.print_once(&report),
    }
    Ok(())
}

/// The elevations as `f64`, and the extremes in the file's own type, which may be wider.
fn load(
    ctx: &Context,
    options: &Options,
    dtype: DType,
    tiles: &Distribution,
) -> Result<(DistArray<f64>, [Scalar; 2])> {
    fn typed<T: Element + distarray::Ordered>(
        ctx: &Context,
        options: &Options,
        tiles: &Distribution,
    ) -> Result<(DistArray<f64>, [Scalar; 2])> {
        let cells = npy::load::<T>(ctx, &options.input, tiles)?;
        let extremes = [cells.min()?.to_scalar(), cells.max()?.to_scalar()];
        Ok((cells.astype::<f64>()?, extremes))
    }
    match dtype {
        DType::I8 => typed::<i8>(ctx, options, tiles),
        DType::I16 => typed::<i16>(ctx, options, tiles),
        DType::I32 => typed::<i32>(ctx, options, tiles),
        DType::I64 => typed::<i64>(ctx, options, tiles),
        DType::U8 => typed::<u8>(ctx, options, tiles),
        DType::U16 => typed::<u16>(ctx, options, tiles),
        DType::U32 => typed::<u32>(ctx, options, tiles),
        DType::U64 => typed::<u64>(ctx, options, tiles),
        DType::F32 => typed::<f32>(ctx, options, tiles),
        DType::F64 => typed::<f64>(ctx, options, tiles),
        DType::Bool | DType::C32 | DType::C64 => {
            let message = format!("elevations are real numbers, not {dtype}");
            Err(Error::file(&options.input, message))
        }
    }
}
