//! [`NpzFile`]: an archive that all ranks have open.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use distarray_core::array::Context;
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::{Error, Result};

use crate::file::ArrayFile;
use crate::flat::FlatFile;
use crate::stored::Found;
use crate::zip::{self, Inflated, Member, Method};
use crate::{StoredArray, npy, parallel};

/// Bytes that a rank checks at a time.
const BUFFER: usize = 1 << 20;

/// An archive of named arrays, of which only the list was read.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::npz;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("all.npz");
/// npz::savez_compressed(&ctx, &path, &[("ones", &ctx.ones::<u8>(9)?)])?;
/// let file = npz::open(&ctx, &path)?;
/// assert_eq!(file.array("ones")?.load::<u8>("b")?.shape(), [9]);
/// let error = file.array("twos").unwrap_err().to_string();
/// assert!(error.ends_with("holds no array 'twos'; it holds ones"));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct NpzFile {
    ctx: Context,
    path: PathBuf,
    members: Vec<Member>,
}

/// Opens an archive: rank 0 reads the list of its members and tells the others.
///
/// Collective: an agreement of 8 bytes and a broadcast of the list.
///
/// # Errors
/// There is no such file, or it is not an archive; the list names what lies outside the file or is
/// compressed in another way than NumPy does. The same on every rank, naming the path.
#[track_caller]
pub fn open(ctx: &Context, path: impl AsRef<Path>) -> Result<NpzFile> {
    let _scope = Operation::enter("npz::open");
    let path = path.as_ref();
    let comm = ctx.communicator()?;
    Operation::note(|| Arguments::new().and("path", path));
    comm.begin()?;
    let list = parallel::from_root(comm, || zip::list(&mut opened(path)?, path))?;
    Ok(NpzFile { ctx: ctx.clone(), path: path.to_owned(), members: zip::members(&list, path)? })
}

fn opened(path: &Path) -> Result<File> {
    crate::npy::check_file(path)?;
    File::open(path).map_err(|error| Error::file(path, format!("cannot be opened: {error}")))
}

impl NpzFile {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the arrays, in the order of the archive.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().filter_map(|member| member.name.strip_suffix(".npy"))
    }

    /// An array of the archive, of which only the header is read.
    ///
    /// Collective: an agreement of 8 bytes, and a broadcast of some hundred.
    ///
    /// # Errors
    /// There is no array of this name, or not a good one. The same on every rank.
    #[track_caller]
    pub fn array(&self, name: &str) -> Result<StoredArray> {
        let _scope = Operation::enter("npz::array");
        Ok(StoredArray::of(&self.ctx, self.found(self.ctx.communicator()?, name)?))
    }

    fn member(&self, name: &str) -> Result<&Member> {
        let is_it = |member: &&Member| member.name.strip_suffix(".npy") == Some(name);
        self.members.iter().find(is_it).ok_or_else(|| {
            const SHOWN: usize = 5;
            let known: Vec<_> = self.names().map(zip::shown).collect();
            let some = known[..known.len().min(SHOWN)].join(", ");
            let more = if known.len() > SHOWN { ", ..." } else { "" };
            let name = zip::shown(name);
            Error::file(&self.path, format!("holds no array '{name}'; it holds {some}{more}"))
        })
    }

    /// A member in errors, which name it behind the file. Its own name may begin with a slash.
    fn shown(&self, member: &Member) -> PathBuf {
        let mut shown = self.path.clone().into_os_string();
        shown.push("/");
        shown.push(member.shown_name());
        shown.into()
    }

    fn found(&self, comm: &dyn Communicator, name: &str) -> Result<Found> {
        Operation::note(|| Arguments::new().and("path", &self.path).and("name", name));
        comm.begin()?;
        let member = self.member(name)?.clone();
        let member_name = member.shown_name();
        let shown = self.shown(&member);
        let text = parallel::from_root(comm, || {
            let mut file = opened(&self.path)?;
            let start = member.data_start(&mut file, &self.path)?;
            let mut bytes = start.to_le_bytes().to_vec();
            bytes.extend(match member.method {
                Method::Stored => {
                    let broken = |error| Error::file(&shown, format!("cannot be read: {error}"));
                    file.seek(SeekFrom::Start(start)).map_err(broken)?;
                    npy::read_preamble(&mut file.take(member.bytes), member.bytes, &shown)?
                }
                Method::Deflated => {
                    let mut inflated = inflated(file, start, &member, &shown)?;
                    npy::read_preamble(&mut Front(&mut inflated, 0), member.bytes, &shown)?
                }
            });
            Ok(bytes)
        })?;
        let (start, preamble) = text.split_at(8);
        let start = u64::from_le_bytes(start.try_into().expect("eight bytes"));
        let parsed = npy::parse(preamble, &shown)?;
        let header = parsed.header.clone();
        let path = self.path.clone();
        let open = Rc::new(move || {
            let file = opened(&path)?;
            let (header, order) = (parsed.header.clone(), parsed.byte_order);
            let skipped = parsed.data_start as u64;
            let flat = match member.method {
                Method::Stored => FlatFile::new(file, &shown, header, order, start + skipped),
                Method::Deflated => {
                    let inflated = inflated(file, start, &member, &shown)?;
                    FlatFile::inflated(inflated, &shown, header, order, skipped)
                }
            };
            Ok(Box::new(flat) as Box<dyn ArrayFile>)
        });
        Ok(Found::new(&self.path, header, open).named(&member_name))
    }

    /// Makes sure that the bytes of an array are those that were written: the archive has a checksum of
    /// each.
    ///
    /// Of a stored array every rank reads an equal share; a deflated one is read by rank 0. Collective:
    /// an agreement and 16 bytes from each rank.
    ///
    /// # Errors
    /// There is no array of this name, its bytes cannot be read, or are others. The same on every rank.
    ///
    /// ```
    /// use distarray_core::array::Context;
    /// use distarray_io::npz;
    ///
    /// let ctx = Context::solo();
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("all.npz");
    /// npz::savez(&ctx, &path, &[("ones", &ctx.ones::<u8>(9)?)])?;
    /// npz::open(&ctx, &path)?.verify("ones")?;
    /// let mut bytes = std::fs::read(&path).unwrap();
    /// let at = bytes.windows(9).position(|window| window == [1; 9]).unwrap();
    /// bytes[at] = 0;
    /// std::fs::write(&path, bytes).unwrap();
    /// let error = npz::open(&ctx, &path)?.verify("ones").unwrap_err().to_string();
    /// assert!(error.contains("ones.npy: checksum: "));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn verify(&self, name: &str) -> Result<()> {
        let _scope = Operation::enter("npz::verify");
        let comm = self.ctx.communicator()?;
        Operation::note(|| Arguments::new().and("path", &self.path).and("name", name));
        comm.begin()?;
        let member = self.member(name)?;
        let shown = self.shown(member);
        let look = || {
            let mut file = opened(&self.path)?;
            let start = member.data_start(&mut file, &self.path)?;
            match (member.method, comm.rank()) {
                (Method::Stored, rank) => {
                    let (from, to) = share(member.bytes, rank, comm.size());
                    checksum(&mut file, start + from, to - from, &shown)
                }
                (Method::Deflated, 0) => {
                    let mut inflated = inflated(file, start, member, &shown)?;
                    checksum_of(&mut Front(&mut inflated, 0), member.bytes, &shown)
                }
                (Method::Deflated, _) => Ok((0, 0)),
            }
        };
        let found = combined(comm, comm.agree(look())?)?;
        if found == member.crc {
            return Ok(());
        }
        let wanted = member.crc;
        Err(Error::file(shown, format!("checksum: is {found:08x}, not {wanted:08x}: damaged")))
    }
}

/// The bytes that a rank checks.
pub(super) fn share(bytes: u64, rank: usize, ranks: usize) -> (u64, u64) {
    let bound = |rank: usize| (bytes as u128 * rank as u128 / ranks as u128) as u64;
    (bound(rank), bound(rank + 1))
}

/// The checksum of so many bytes of a file from a place on, and their number.
pub(super) fn checksum(
    file: &mut File,
    start: u64,
    bytes: u64,
    shown: &Path,
) -> Result<(u32, u64)> {
    file.seek(SeekFrom::Start(start))
        .map_err(|error| Error::file(shown, format!("cannot be read: {error}")))?;
    checksum_of(file, bytes, shown)
}

fn checksum_of(source: &mut dyn Read, bytes: u64, shown: &Path) -> Result<(u32, u64)> {
    let mut hasher = crc32fast::Hasher::new();
    let mut buffer = vec![0; BUFFER.min(bytes as usize)];
    let mut left = bytes;
    while left > 0 {
        let piece = &mut buffer[..BUFFER.min(left as usize)];
        source
            .read_exact(piece)
            .map_err(|error| Error::file(shown, format!("cannot be read: {error}")))?;
        hasher.update(piece);
        left -= piece.len() as u64;
    }
    Ok((hasher.finalize(), bytes))
}

/// The checksum of all ranks' pieces, one after the other.
pub(super) fn combined(comm: &dyn Communicator, mine: (u32, u64)) -> Result<u32> {
    let all = comm.all_gather_of::<u64>(mine.0.into())?;
    let bytes = comm.all_gather_of::<u64>(mine.1)?;
    let mut hasher = crc32fast::Hasher::new();
    for (crc, bytes) in all.into_iter().zip(bytes) {
        hasher.combine(&crc32fast::Hasher::new_with_initial_len(crc as u32, bytes));
    }
    Ok(hasher.finalize())
}

fn inflated(file: File, start: u64, member: &Member, shown: &Path) -> Result<Inflated> {
    Inflated::new(file, start, member.packed, member.bytes)
        .map_err(|error| Error::file(shown, format!("cannot be read: {error}")))
}

/// A deflated member from its front.
struct Front<'a>(&'a mut Inflated, u64);

impl Read for Front<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        self.0.read_at(self.1, bytes)?;
        self.1 += bytes.len() as u64;
        Ok(bytes.len())
    }
}
