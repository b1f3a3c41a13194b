//! Lengthening a file along its first axis.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use distarray_core::array::DistArray;
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::{ArrayRef, Element, Error, Result};

use super::format::preamble_within;
use super::header::parse;
use super::open::{NpyFile, describe};
use crate::file::{ArrayFile, Header, Order};
use crate::parallel;
use crate::parallel::rows::rows_from;
use crate::parallel::undo::Undo;
use crate::parallel::write::in_blocks;
use crate::sliced::Sliced;

/// Bytes of elements that each rank holds while a file is written anew.
const PIECE: usize = if cfg!(test) { 64 } else { 16 << 20 };

/// Lengthens the array of a file along its first axis by an array of the same dtype and the same
/// other extents.
///
/// In C order the elements are written behind those that are there, and the header last, in the room
/// that NumPy and [`save`](super::save) leave in it: at any moment the file is a whole one, old or new,
/// and what fails leaves the old one. Where the header has no room, and in Fortran order, the file is
/// written anew under another name and renamed, in pieces of 16 MiB per rank. In its place the file keeps
/// its byte order, anew it gets the machine's; bytes that stand behind its elements are lost. Nobody else may append at the same time.
/// Collective: an agreement of 8 bytes, a broadcast of the header, the messages of
/// [`parallel::write`], and an agreement.
///
/// # Errors
/// There is no such file, or one that [`open`](super::open()) refuses; the array is of another dtype,
/// of other extents, or has no axes; the file cannot be written. The same on every rank.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::npy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("log.npy");
/// npy::save(&ctx.ones::<f64>([1, 4])?, &path)?;
/// for step in 0..3 {
///     npy::append(&ctx.full(f64::from(step), [2, 4])?, &path)?;
/// }
/// let log = npy::load::<f64>(&ctx, &path, "b,n")?;
/// assert_eq!((log.shape(), log.sum()?), (&[7, 4][..], 28.0));
/// let error = npy::append(&ctx.ones::<f64>([1, 5])?, &path).unwrap_err().to_string();
/// assert!(error.ends_with("float64 [1, 5] cannot be appended to float64 [7, 4] in C order"));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn append<T: Element>(array: &DistArray<T>, path: impl AsRef<Path>) -> Result<()> {
    let _scope = Operation::enter("npy::append");
    extend(array.context().communicator()?, path, array.array_ref())
}

/// Lengthens the array of a file by one whose type is known at run time.
///
/// [`append`] for code below the typed surface; costs and errors are its.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::npy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.npy");
/// let a = ctx.zeros::<f32>(7)?;
/// npy::save(&a, &path)?;
/// npy::extend(ctx.communicator()?, &path, a.array_ref())?;
/// assert_eq!(npy::read_header(&path)?.shape, [14]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn extend(comm: &dyn Communicator, path: impl AsRef<Path>, array: &ArrayRef) -> Result<()> {
    let path = path.as_ref();
    Operation::note(|| Arguments::new().array(array.dtype(), array.shape()).and("path", path));
    comm.begin()?;
    let old = parallel::from_root(comm, || describe(path))?;
    let parsed = parse(&old, path)?;
    let header = lengthened(&parsed.header, array, path)?;
    let within = match header.order {
        Order::C => preamble_within(&header, parsed.byte_order, &old),
        Order::Fortran => None,
    };
    match within {
        Some(new) => in_place(comm, path, array, &old, &new),
        None => anew(comm, path, array, &parsed.header, &header),
    }
}

/// The header of the longer array.
fn lengthened(old: &Header, array: &ArrayRef, path: &Path) -> Result<Header> {
    let (dtype, shape) = (array.dtype(), array.shape());
    let fits = old.dtype == dtype
        && old.shape.len() == shape.len()
        && old.shape.get(1..) == shape.get(1..)
        && !shape.is_empty();
    if !fits {
        let why = format!("{dtype} {shape:?} cannot be appended to {old}");
        return Err(Error::file(path, why));
    }
    let mut header = old.clone();
    let longer = old.shape[0].checked_add(shape[0]).and_then(|rows| {
        header.shape[0] = rows;
        header.bytes()
    });
    match longer {
        Some(_) => Ok(header),
        None => {
            let why =
                format!("shape: {shape:?} more than {old} are more bytes than can be counted");
            Err(Error::file(path, why))
        }
    }
}

/// Writes the elements behind those that are there, and then the header that counts them.
fn in_place(
    comm: &dyn Communicator,
    path: &Path,
    array: &ArrayRef,
    old_bytes: &[u8],
    new: &[u8],
) -> Result<()> {
    let (old, header) = (parse(old_bytes, path)?, parse(new, path)?.header);
    let bytes = |header: &Header| header.bytes().expect("counted before") as u64;
    let (before, after) = (bytes(&old.header), bytes(&header));
    let start = old.data_start as u64;
    let resized = |length: u64| {
        let file = OpenOptions::new().write(true).open(path);
        file.and_then(|file| file.set_len(start + length))
            .map_err(|error| Error::file(path, format!("cannot be given {length} bytes: {error}")))
    };
    let is_root = comm.rank() == 0;
    // The old header counts the old elements, whether or not the room can be taken back.
    let undo = is_root.then(|| Undo::new(|| drop(resized(before))));
    comm.agree_with_root(0, if is_root { resized(after) } else { Ok(()) })?;
    let open = || Ok(Box::new(NpyFile::open_rw(path, new)?) as Box<dyn ArrayFile>);
    parallel::write_rows(comm, &header, old.header.shape[0], &open, array)?;
    let Some(undo) = undo else { return comm.agree_with_root(0, Ok(())) };
    let put = put_header(path, new);
    // From here on the new elements are counted; they stay unless the old header is back.
    if put.is_ok() || put_header(path, old_bytes).is_err() {
        undo.keep();
    }
    comm.agree_with_root(0, put)
}

/// Puts a header in the place of one of the same length; one write.
fn put_header(path: &Path, bytes: &[u8]) -> Result<()> {
    let put = |mut file: File| {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    let file = OpenOptions::new().write(true).open(path);
    file.and_then(put)
        .map_err(|error| Error::file(path, format!("header: cannot be written: {error}")))
}

/// Makes a longer file and puts it in the place of the old one.
fn anew(
    comm: &dyn Communicator,
    path: &Path,
    array: &ArrayRef,
    old: &Header,
    header: &Header,
) -> Result<()> {
    let create = |at: &Path| NpyFile::create_shown(at, path, header).map(drop);
    parallel::replace(comm, path, create, |at| {
        let open = || Ok(Box::new(NpyFile::open_created(at, path, header)?) as Box<dyn ArrayFile>);
        let rows = old.shape[0];
        let row = old.bytes().expect("counted before") / rows.max(1);
        let piece = (PIECE * comm.size() / row.max(1)).max(1);
        for start in (0..rows).step_by(piece) {
            let mut part = old.clone();
            part.shape[0] = piece.min(rows - start);
            let cuts = rows_from(start, &part.shape);
            let source = || {
                let file = Sliced::new(Box::new(NpyFile::open(path)?), &cuts)?;
                Ok(Box::new(file) as Box<dyn ArrayFile>)
            };
            let blocks = in_blocks(&part, comm.size())?;
            let part = parallel::read(comm, &source, &blocks, old.dtype)?;
            parallel::write_rows(comm, header, start, &open, &part)?;
        }
        parallel::write_rows(comm, header, rows, &open, array)
    })
}

#[cfg(test)]
mod tests {
    use distarray_core::array::Context;
    use distarray_core::{DType, Scalar, block::Block};

    use super::*;
    use crate::npy;
    use crate::selection::Selection;

    fn numbered(ctx: &Context, from: usize, rows: usize) -> DistArray<f64> {
        ctx.from_fn([rows, 5], move |at| (10 * (from + at[0]) + at[1]) as f64).unwrap()
    }

    /// In tests a piece is 64 bytes: a Fortran file is copied in many.
    #[test]
    fn a_file_in_fortran_order_is_written_anew() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.npy");
        let header = Header { dtype: DType::F64, shape: vec![7, 5], order: Order::Fortran };
        let file = NpyFile::create(&path, &header).unwrap();
        let ctx = Context::solo();
        let part = numbered(&ctx, 0, 7);
        let block = part.array_ref().owned().unwrap();
        file.write(&Selection::whole(&[7, 5]), &block).unwrap();
        append(&numbered(&ctx, 7, 4), &path).unwrap();
        assert_eq!(
            npy::read_header(&path).unwrap().to_string(),
            "float64 [11, 5] in Fortran order"
        );
        let all = npy::load::<f64>(&ctx, &path, "").unwrap().to_ndarray().unwrap();
        assert_eq!(all, numbered(&ctx, 0, 11).to_ndarray().unwrap());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    /// A header without room, and one in the other byte order.
    #[test]
    fn any_good_header_will_do() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.npy");
        let ctx = Context::solo();
        for (descr, spaces) in [("<f8", 0), (">f8", 3), (">f8", 0)] {
            let text =
                format!("{{'shape':(9,),'fortran_order':False,'descr':'{descr}'}}{:spaces$}", "");
            let mut bytes = b"\x93NUMPY\x02\x00".to_vec();
            bytes.extend((text.len() as u32).to_le_bytes());
            bytes.extend(text.into_bytes());
            let number = |i: i32| match descr {
                "<f8" => f64::from(i).to_le_bytes(),
                _ => f64::from(i).to_be_bytes(),
            };
            bytes.extend((0..9).flat_map(number));
            // Bytes behind the elements are of no array.
            bytes.extend([1; 7]);
            std::fs::write(&path, bytes).unwrap();
            append(&ctx.arange(9.0, 12.0, 1.0).unwrap(), &path).unwrap();
            let all = npy::load::<f64>(&ctx, &path, "").unwrap();
            assert_eq!(
                all.to_ndarray().unwrap(),
                ctx.arange(0.0, 12.0, 1.0).unwrap().to_ndarray().unwrap()
            );
        }
    }

    #[test]
    fn what_is_appended_fits() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.npy");
        let ctx = Context::solo();
        npy::save(&numbered(&ctx, 0, 2), &path).unwrap();
        let old = std::fs::read(&path).unwrap();
        for (error, expected) in [
            (append(&ctx.ones::<f32>([1, 5]).unwrap(), &path), "float32 [1, 5] cannot be"),
            (append(&ctx.ones::<f64>(5).unwrap(), &path), "float64 [5] cannot be"),
            (append(&ctx.ones::<f64>([]).unwrap(), &path), "float64 [] cannot be"),
            (append(&ctx.ones::<f64>(5).unwrap(), directory.path()), "is a directory"),
        ] {
            let error = error.unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        assert!(std::fs::read(&path).unwrap() == old);
        append(&ctx.ones::<f64>([0, 5]).unwrap(), &path).unwrap();
        assert!(std::fs::read(&path).unwrap() == old);
        let mut read = Block::zeros(DType::F64, &[2, 5]).unwrap();
        NpyFile::open(&path).unwrap().read(&Selection::whole(&[2, 5]), &mut read).unwrap();
        assert_eq!(read.at(&[1, 4]), Scalar::F64(14.0));
    }
}
