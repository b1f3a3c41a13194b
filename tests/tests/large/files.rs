//! A file of more than 2^31 bytes.

use std::path::PathBuf;

use distarray::io::npy;
use distarray::prelude::*;

use crate::Large;
use crate::arrays::{BEYOND_31_BITS, holds, numbered};
use crate::room::Room;

/// A name in the folder for temporary files, whose file rank 0 removes at the end.
struct Scratch {
    path: PathBuf,
    removes: bool,
}

impl Scratch {
    fn new(ctx: &Context) -> Self {
        // The ranks are threads of one process.
        let name = format!("distarray-large-{}.npy", std::process::id());
        Self { path: std::env::temp_dir().join(name), removes: ctx.rank() == 0 }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.removes {
            // There may be none, after a failure that has its own error.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// A whole array, saved by blocks and loaded cyclically.
pub(crate) fn saves_and_loads() -> Large {
    Large { ranks: 2, room: Room { memory: 3, disk: 3 }, program: save_and_load }
}

fn save_and_load(ctx: &Context) -> Result<()> {
    let file = Scratch::new(ctx);
    let array = numbered(ctx, ([BEYOND_31_BITS], "b"))?;
    npy::save(&array, &file.path)?;
    drop(array);
    let opened = npy::open(ctx, &file.path)?;
    assert_eq!(opened.header().shape, [BEYOND_31_BITS]);
    holds(&opened.load::<u8>("c")?);
    // The file stays until all have read it.
    ctx.barrier()
}
