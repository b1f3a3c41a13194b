//! Saving and loading 400 MB, against plain writes and reads of as many bytes.
//!
//! Plain is what `dd bs=4M` does, on as many threads as there are ranks, each with a range of one file
//! of its full length from the start; and on one alone, as `dd` itself would. Ratios are to the better for writes, and to
//! all ranks' for reads. A plain write makes a new file, brings it to the medium and renames
//! it over the old one, as a save does. What is read was written just before, by all alike: it is in the
//! system's cache. `dd` reads into one small buffer, which stays in the processor's caches; an array does
//! not, so that reads to memory that is there, and to new memory, have lines of their own.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use distarray::io::npy;
use distarray::prelude::*;

use crate::measure::{Line, medians};

/// 400 MB of `f64`.
const ELEMENTS: usize = 50_000_000;

/// Bytes of one plain write or read: what `dd bs=4M` does.
const PIECE: usize = 4 << 20;

pub(crate) fn run(ctx: &Context) -> Result<Vec<Line>> {
    // Rank 0 keeps the folder; the others learn its name.
    let folder = std::env::temp_dir().join(format!("distarray-bench-{}", std::process::id()));
    let name = folder.to_string_lossy().into_owned().into_bytes();
    let name = ctx.communicator()?.all_gather_varying(&name)?.swap_remove(0);
    let folder = std::path::PathBuf::from(String::from_utf8_lossy(&name).into_owned());
    let made = match ctx.rank() {
        0 => std::fs::create_dir_all(&folder).map_err(Error::user),
        _ => Ok(()),
    };
    ctx.agree(made)?;
    let lines = measure(ctx, &folder);
    ctx.barrier()?;
    if ctx.rank() == 0 {
        std::fs::remove_dir_all(&folder).map_err(Error::user)?;
    }
    lines
}

fn measure(ctx: &Context, folder: &Path) -> Result<Vec<Line>> {
    let array = ctx.random(1).uniform::<f64>([ELEMENTS]).eval()?;
    let mut piece = vec![1_u8; PIECE];
    let (raw, npy_file) = (folder.join("raw"), folder.join("a.npy"));
    let mut write = || write_plain(ctx, &raw, ctx.size(), &piece);
    let mut write_alone = || write_plain(ctx, &raw, 1, &piece);
    let mut save_npy = || npy::save(&array, &npy_file);
    #[cfg(feature = "hdf5")]
    let hdf5_file = folder.join("a.h5");
    #[cfg(feature = "hdf5")]
    let mut save_hdf5 = || distarray::io::hdf5::save(&array, &hdf5_file, "x");
    let saved = medians(
        ctx,
        &mut [
            &mut write,
            &mut write_alone,
            &mut save_npy,
            #[cfg(feature = "hdf5")]
            &mut save_hdf5,
        ],
    )?;
    let mine = ELEMENTS * 8 / ctx.size();
    let mut there = vec![1_u8; mine];
    let mut piece_alone = vec![1_u8; PIECE];
    let mut read = || read_plain(ctx, &raw, ctx.size(), &mut piece);
    let mut read_alone = || read_plain(ctx, &raw, 1, &mut piece_alone);
    let mut read_there = || read_into(ctx, &raw, &mut there);
    let mut read_new = || read_into(ctx, &raw, &mut vec![0; mine]);
    let mut load_npy = || npy::load::<f64>(ctx, &npy_file, "b").map(drop);
    #[cfg(feature = "hdf5")]
    let mut load_hdf5 = || distarray::io::hdf5::load::<f64>(ctx, &hdf5_file, "x", "b").map(drop);
    let loaded = medians(
        ctx,
        &mut [
            &mut read,
            &mut read_alone,
            &mut read_there,
            &mut read_new,
            &mut load_npy,
            #[cfg(feature = "hdf5")]
            &mut load_hdf5,
        ],
    )?;
    let line = |op, median, plain| Line {
        op,
        n: ELEMENTS,
        ranks: ctx.size(),
        backend: ctx.backend(),
        median,
        bytes: ELEMENTS * 8,
        vs_handwritten: Some(plain / median),
        than: "plain",
        vs_limit: None,
        vs_peer: None,
        held: None,
    };
    // The better of two.
    let written = saved[0].min(saved[1]);
    let saves = ["plain write", "plain write by one rank", "npy::save", "hdf5::save"];
    let loads = [
        "plain read",
        "plain read by one rank",
        "plain read to a vector",
        "plain read to a new vector",
        "npy::load",
        "hdf5::load",
    ];
    let saves = saves.into_iter().zip(&saved).map(|(op, &median)| line(op, median, written));
    let loads = loads.into_iter().zip(&loaded).map(|(op, &median)| line(op, median, loaded[0]));
    Ok(saves.chain(loads).collect())
}

/// So many ranks write a range each of a new file, from one small buffer.
fn write_plain(ctx: &Context, path: &Path, writers: usize, piece: &[u8]) -> Result<()> {
    let mine = ELEMENTS * 8 / writers;
    let temporary = path.with_extension("tmp");
    let made = match ctx.rank() {
        0 => File::create(&temporary).and_then(|file| file.set_len((mine * writers) as u64)),
        _ => Ok(()),
    };
    ctx.agree(made.map_err(Error::user))?;
    let write = || -> std::io::Result<()> {
        let mut file = File::options().write(true).open(&temporary)?;
        file.seek(SeekFrom::Start((mine * ctx.rank()) as u64))?;
        let mut left = mine;
        while left > 0 {
            let bytes = left.min(piece.len());
            file.write_all(&piece[..bytes])?;
            left -= bytes;
        }
        file.sync_all()
    };
    ctx.agree(if ctx.rank() < writers { write().map_err(Error::user) } else { Ok(()) })?;
    let renamed = match ctx.rank() {
        0 => std::fs::rename(&temporary, path),
        _ => Ok(()),
    };
    ctx.agree(renamed.map_err(Error::user))
}

/// So many ranks read a range each of a file into one small buffer.
fn read_plain(ctx: &Context, path: &Path, readers: usize, piece: &mut [u8]) -> Result<()> {
    let mine = ELEMENTS * 8 / readers;
    let mut read = || -> std::io::Result<()> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start((mine * ctx.rank()) as u64))?;
        let mut left = mine;
        while left > 0 {
            let bytes = left.min(piece.len());
            file.read_exact(&mut piece[..bytes])?;
            left -= bytes;
        }
        Ok(())
    };
    ctx.agree(if ctx.rank() < readers { read().map_err(Error::user) } else { Ok(()) })
}

/// Each rank reads a range of a file into memory for all of it.
fn read_into(ctx: &Context, path: &Path, memory: &mut [u8]) -> Result<()> {
    let mut read = || -> std::io::Result<()> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start((memory.len() * ctx.rank()) as u64))?;
        memory.chunks_mut(PIECE).try_for_each(|piece| file.read_exact(piece))?;
        std::hint::black_box(&memory);
        Ok(())
    };
    ctx.agree(read().map_err(Error::user))
}
