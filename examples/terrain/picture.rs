//! A picture file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use distarray::prelude::*;
use ndarray::ArrayD;

/// Writes an array as a grey picture, from rank 0. The file appears whole or not at all.
pub(crate) fn save(shade: &DistArray<u8>, path: &Path) -> Result<()> {
    let outcome = match shade.to_ndarray_on(0)? {
        Some(pixels) => write(&pixels, path),
        None => Ok(()),
    };
    shade.context().agree(outcome.map_err(|message| Error::file(path, message)))
}

fn write(pixels: &ArrayD<u8>, path: &Path) -> Result<(), String> {
    let name = path.file_name().ok_or("is not the name of a file")?.to_string_lossy();
    let unfinished = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let outcome = encode(pixels, &unfinished)
        .and_then(|()| std::fs::rename(&unfinished, path).map_err(|error| error.to_string()));
    if outcome.is_err() {
        // The first error is the one to report, not that there was nothing to remove.
        let _ = std::fs::remove_file(&unfinished);
    }
    outcome
}

fn encode(pixels: &ArrayD<u8>, path: &Path) -> Result<(), String> {
    let side = |axis: usize| u32::try_from(pixels.shape()[axis]).map_err(|_| "has too many pixels");
    let file = File::create(path).map_err(|error| error.to_string())?;
    let mut file = BufWriter::new(file);
    let mut encoder = png::Encoder::new(&mut file, side(1)?, side(0)?);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(|error| error.to_string())?;
    let bytes = pixels.as_slice().ok_or("pixels are not in order")?;
    writer.write_image_data(bytes).map_err(|error| error.to_string())?;
    writer.finish().map_err(|error| error.to_string())?;
    file.flush().map_err(|error| error.to_string())
}
