//! Saving an array as text by all ranks together.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use distarray_core::array::{Context, DistArray};
use distarray_core::block::Block;
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::dist::{Dist, Distribution};
use distarray_core::{ArrayRef, DType, Element, Error, Result, ops, with_element};

use super::numbers::print;
use super::options::Options;
use crate::RowWriter;
use crate::file::{Header, Order};
use crate::parallel::Replacement;
use crate::progress::{Task, advance};
use crate::row_writer::{Rows, save_whole};

/// Bytes of text that are made before they are handed on.
const BUFFER: usize = 1 << 20;

/// Most bytes of text that a rank keeps between measuring and writing; of more the rest is made twice.
const KEPT: usize = 64 << 20;

/// Saves an array of one or two axes as text, a row a line, with blanks between numbers.
///
/// [`save_with`] and [`Options::new`].
///
/// # Errors
/// As [`save_with`].
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::text;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.txt");
/// text::save(&ctx.from_fn([2, 3], |at| (at[0] + at[1]) as f32 / 10.0)?, &path)?;
/// assert_eq!(std::fs::read_to_string(&path).unwrap(), "0.0 0.1 0.2\n0.1 0.2 0.3\n");
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn save<T: Element>(array: &DistArray<T>, path: impl AsRef<Path>) -> Result<()> {
    save_with(array, path, &Options::new())
}

/// Saves an array of one or two axes as text, with the delimiter and the header that the options have.
///
/// Numbers have the fewest digits that read back as the same; truth values are 0 and 1. The array is
/// moved to blocks of rows; each rank makes its text, says how long it is, and writes it behind those of
/// the ranks before. The file is written under another name and renamed when it is complete.
/// Collective: the messages of [`parallel::replace`](crate::parallel::replace), that exchange, a gather of 8 bytes, an agreement.
/// Memory per rank: about `1/size` of the array, and up to 64 MiB of text.
///
/// # Errors
/// The array has no axes, or more than two; the file cannot be written. The same on every rank, naming
/// the path.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::text::{self, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.csv");
/// text::save_with(&ctx.ones::<u8>([1, 2])?, &path, &Options::csv().header("a,b"))?;
/// assert_eq!(std::fs::read_to_string(&path).unwrap(), "# a,b\n1,1\n");
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn save_with<T: Element>(
    array: &DistArray<T>,
    path: impl AsRef<Path>,
    options: &Options,
) -> Result<()> {
    let _scope = Operation::enter("text::save");
    write(array.context().communicator()?, path, array.array_ref(), options)
}

/// Saves an array whose type is known at run time.
///
/// [`save_with`] for code below the typed surface; costs and errors are its.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::text::{self, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.txt");
/// let a = ctx.zeros::<i32>(2)?;
/// text::write(ctx.communicator()?, &path, a.array_ref(), &Options::new())?;
/// assert_eq!(std::fs::read_to_string(&path).unwrap(), "0\n0\n");
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn write(
    comm: &dyn Communicator,
    path: impl AsRef<Path>,
    array: &ArrayRef,
    options: &Options,
) -> Result<()> {
    let path = path.as_ref();
    let shape = array.shape();
    Operation::note(|| Arguments::new().array(array.dtype(), shape).and("path", path));
    comm.begin()?;
    expect_table(path, shape)?;
    let rows = begin(comm, path, options)?;
    save_whole(comm, rows, array)
}

/// Begins a new text file, as [`write()`] would write it, of which the rows are written some at a time.
///
/// Collective: an agreement of 8 bytes, and a temporary name from rank 0.
///
/// # Errors
/// The array has no axes, or more than two; the file cannot be created. The same on every rank, naming
/// the path.
///
/// ```
/// use distarray_core::{DType, array::Context};
/// use distarray_io::text::{self, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.csv");
/// let mut writer = text::create(&ctx, &path, DType::U8, [3, 2], &Options::csv())?;
/// writer.write(&ctx.ones::<u8>([2, 2])?)?;
/// writer.write(&ctx.zeros::<u8>([1, 2])?)?;
/// writer.finish()?;
/// assert_eq!(std::fs::read_to_string(&path).unwrap(), "1,1\n1,1\n0,0\n");
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn create(
    ctx: &Context,
    path: impl AsRef<Path>,
    dtype: DType,
    shape: impl AsRef<[usize]>,
    options: &Options,
) -> Result<RowWriter> {
    let path = path.as_ref();
    let header = Header { dtype, shape: shape.as_ref().to_vec(), order: Order::C };
    RowWriter::begin(ctx, path, header, |comm, header| {
        expect_table(path, &header.shape)?;
        begin(comm, path, options)
    })
}

fn expect_table(path: &Path, shape: &[usize]) -> Result<()> {
    match shape.len() {
        1 | 2 => Ok(()),
        _ => {
            let why = format!("shape: {shape:?} has not one or two axes, as a text has");
            Err(Error::file(path, why))
        }
    }
}

fn begin(comm: &dyn Communicator, path: &Path, options: &Options) -> Result<Box<dyn Rows>> {
    let header = header_lines(options);
    let create = |at: &Path| {
        let file = OpenOptions::new().write(true).create_new(true).open(at);
        file.and_then(|mut file| file.write_all(header.as_bytes()))
            .map_err(|error| Error::file(path, format!("cannot be created: {error}")))
    };
    let new = Replacement::of_file(comm, path, create)?;
    let (path, options) = (path.to_owned(), options.clone());
    Ok(Box::new(Lines { new, path, options, end: header.len() as u64, file: None }))
}

/// Rows as lines behind those that are there.
#[derive(Debug)]
struct Lines {
    new: Replacement,
    path: PathBuf,
    options: Options,
    /// Where the next line begins.
    end: u64,
    /// The file, once this rank has written to it.
    file: Option<File>,
}

impl Rows for Lines {
    fn put(&mut self, comm: &dyn Communicator, _start: usize, rows: &ArrayRef) -> Result<()> {
        let blocks = Distribution::builder(rows.shape()).axis(0, Dist::Block).build(comm.size())?;
        let rows = ops::redistribute(comm, rows, &blocks)?;
        let block = comm.agree(rows.owned())?;
        let mut text = Text { block, options: &self.options, kept: Vec::new() };
        let bytes = rows.shape().iter().skip(1).product::<usize>() * rows.dtype().size();
        let bytes = bytes * text.block.shape().first().copied().unwrap_or_default();
        let task = Task::new(bytes);
        let length = comm.agree(text.measure())?;
        let lengths = comm.all_gather_of(length)?;
        let start = self.end + lengths[..comm.rank()].iter().sum::<u64>();
        self.end += lengths.iter().sum::<u64>();
        let file = &mut self.file;
        comm.agree(match length {
            0 => Ok(()),
            _ => text.write(file, self.new.path(), &self.path, start, length),
        })?;
        advance(bytes);
        drop(task);
        Ok(())
    }

    fn finish(self: Box<Self>, comm: &dyn Communicator) -> Result<()> {
        let Self { new, path, file, .. } = *self;
        let synced = file.map_or(Ok(()), |file| file.sync_all());
        comm.agree(synced.map_err(|error| {
            Error::file(&path, format!("cannot be brought to the medium: {error}"))
        }))?;
        new.put_in_place(comm)
    }
}

/// The lines before the numbers.
fn header_lines(options: &Options) -> String {
    let Some(header) = &options.header else { return String::new() };
    let comments = &options.comments;
    header.lines().map(|line| format!("{comments} {line}\n")).collect()
}

/// The text of a rank's rows, of which the beginning may be kept.
struct Text<'a> {
    block: Block,
    options: &'a Options,
    kept: Vec<u8>,
}

impl Text<'_> {
    /// Makes the text and says how long it is.
    fn measure(&mut self) -> Result<u64> {
        let (mut length, mut kept) = (0, Vec::new());
        self.make(&mut |piece| {
            // What is kept is all from the beginning on.
            if kept.len() as u64 == length && kept.len() + piece.len() <= KEPT {
                kept.extend_from_slice(piece);
            }
            length += piece.len() as u64;
            Ok(())
        })?;
        self.kept = kept;
        Ok(length)
    }

    /// Writes the text, which has this length, to a place in the file, which is opened at first.
    fn write(
        &self,
        file: &mut Option<File>,
        at: &Path,
        path: &Path,
        start: u64,
        length: u64,
    ) -> Result<()> {
        let refuse =
            |error| Error::file(path, format!("bytes from {start} on cannot be written: {error}"));
        let file = match file {
            Some(file) => file,
            None => file.insert(OpenOptions::new().write(true).open(at).map_err(refuse)?),
        };
        file.seek(SeekFrom::Start(start)).map_err(refuse)?;
        file.write_all(&self.kept).map_err(refuse)?;
        let mut passed = 0;
        if length > self.kept.len() as u64 {
            self.make(&mut |piece| {
                let is_kept = passed < self.kept.len();
                passed += piece.len();
                if is_kept { Ok(()) } else { file.write_all(piece).map_err(refuse) }
            })?;
        }
        Ok(())
    }

    /// Makes the text in pieces of whole rows, the same each time.
    fn make(&self, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let delimiter = self.options.delimiter.unwrap_or(' ').to_string();
        let columns = self.block.shape().get(1).copied().unwrap_or(1);
        let mut text = Vec::new();
        with_element!(self.block.dtype(), T => {
            let view = self.block.view::<T>()?;
            let mut numbers = view.iter();
            // A row without columns is a line without numbers, which would not be read as a row.
            for _ in 0..if columns == 0 { 0 } else { self.block.shape()[0] } {
                for (column, number) in numbers.by_ref().take(columns).enumerate() {
                    if column > 0 {
                        text.extend(delimiter.as_bytes());
                    }
                    print(number.to_scalar(), &mut text);
                }
                text.push(b'\n');
                if text.len() >= BUFFER {
                    take(&text)?;
                    text.clear();
                }
            }
        });
        take(&text)
    }
}
