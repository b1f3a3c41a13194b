//! [`Pipeline`]: undoing what filters made of a chunk, within bounds.
//!
//! The library inflates a chunk to whatever comes out of it, which may be a thousand times what the
//! metadata says. Here each filter is undone to what it can have been given, or refused.

use ::hdf5::h5check;
use ::hdf5::plist::DatasetCreate;
use ::hdf5_sys::LOCK;
use ::hdf5_sys::h5d::H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS;
use ::hdf5_sys::h5p::{H5Pget_chunk_opts, H5Pget_filter2, H5Pget_nfilters};
use ::hdf5_sys::h5z::{H5Z_FILTER_DEFLATE, H5Z_FILTER_FLETCHER32, H5Z_FILTER_SHUFFLE};
use flate2::bufread::ZlibDecoder;

use super::fletcher;
use crate::inflate::inflated;

/// The filters that are known here, in the order in which they were applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pipeline {
    filters: Vec<Filter>,
    /// Whether chunks that reach beyond the array are stored as they are.
    is_of_whole: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    Deflate,
    /// Of elements of so many bytes, at least 1.
    Shuffle(usize),
    Fletcher32,
}

/// How many bytes there are between two filters.
#[derive(Clone, Copy, Debug)]
struct Size {
    most: usize,
    is_exact: bool,
}

/// The numbers of the filters that a dataset was made with, and how many values each has.
pub(super) fn listed(list: &DatasetCreate) -> ::hdf5::Result<Vec<(i32, usize)>> {
    let _lock = LOCK.lock();
    // SAFETY: the list is open, and the lock is held.
    let count = unsafe { h5check(H5Pget_nfilters(list.id()))? };
    let filter = |place| {
        let (mut flags, mut config, mut given) = (0, 0, 0);
        // SAFETY: as above; the list has that filter, of which neither values nor letters are written.
        let id = h5check(unsafe {
            H5Pget_filter2(
                list.id(),
                place,
                &raw mut flags,
                &raw mut given,
                std::ptr::null_mut(),
                0,
                std::ptr::null_mut(),
                &raw mut config,
            )
        })?;
        Ok((id, given))
    };
    (0..count.unsigned_abs()).map(filter).collect()
}

impl Pipeline {
    /// What a dataset was made with; `None` where there are no filters, or one is not known here.
    pub(super) fn of(list: &DatasetCreate) -> ::hdf5::Result<Option<Self>> {
        let _lock = LOCK.lock();
        let mut flags = 0;
        // SAFETY: the list is open, and the lock is held.
        let count = unsafe {
            h5check(H5Pget_chunk_opts(list.id(), &raw mut flags))?;
            h5check(H5Pget_nfilters(list.id()))?
        };
        let mut filters = Vec::new();
        for place in 0..count.unsigned_abs() {
            let (mut flags, mut config) = (0, 0);
            let mut values = [0; 4];
            let mut given = values.len();
            // SAFETY: the list is open and has that filter, the lock is held; no more than `given`
            // values are written, and no letter of the name.
            let id = h5check(unsafe {
                H5Pget_filter2(
                    list.id(),
                    place,
                    &raw mut flags,
                    &raw mut given,
                    values.as_mut_ptr(),
                    0,
                    std::ptr::null_mut(),
                    &raw mut config,
                )
            })?;
            filters.push(match (id, given) {
                (H5Z_FILTER_DEFLATE, _) => Filter::Deflate,
                (H5Z_FILTER_SHUFFLE, 1) if values[0] > 0 => Filter::Shuffle(values[0] as usize),
                // Left to the library it would be found out when all else is undone.
                (H5Z_FILTER_SHUFFLE, _) => {
                    return Err(format!("shuffle: {given} values, the first {}", values[0]).into());
                }
                (H5Z_FILTER_FLETCHER32, _) => Filter::Fletcher32,
                _ => return Ok(None),
            });
        }
        let is_of_whole = flags & H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS != 0;
        Ok((!filters.is_empty()).then_some(Self { filters, is_of_whole }))
    }

    pub(super) fn to_numbers(&self) -> Vec<usize> {
        let filters = self.filters.iter().map(|filter| match filter {
            Filter::Deflate => 0,
            Filter::Fletcher32 => 1,
            Filter::Shuffle(size) => 1 + size,
        });
        [usize::from(self.is_of_whole)].into_iter().chain(filters).collect()
    }

    pub(super) fn from_numbers(numbers: &[usize]) -> Self {
        let filters = numbers.iter().skip(1).map(|number| match number {
            0 => Filter::Deflate,
            1 => Filter::Fletcher32,
            more => Filter::Shuffle(more - 1),
        });
        Self { filters: filters.collect(), is_of_whole: numbers.first() == Some(&1) }
    }

    /// The most bytes that a chunk of so many is stored in.
    pub(super) fn most(&self, bytes: usize) -> usize {
        let filters = self.filters.iter();
        filters.fold(Size::exact(bytes), |size, filter| filter.made_of(size)).most
    }

    /// The filters that were applied to a chunk, of which a bit of the mask says that it was not.
    pub(super) fn applied(&self, skipped: u32, is_partial: bool) -> Applied {
        let is_applied = |place: usize| place >= 32 || skipped >> place & 1 == 0;
        let filters = self.filters.iter().enumerate();
        let filters = filters.filter(|(place, _)| is_applied(*place)).map(|(_, filter)| *filter);
        match is_partial && self.is_of_whole {
            true => Applied(Vec::new()),
            false => Applied(filters.collect()),
        }
    }
}

/// The filters that were applied to one chunk.
#[derive(Debug)]
pub(super) struct Applied(Vec<Filter>);

impl Applied {
    /// The bytes of a chunk, of those that are stored.
    pub(super) fn undo(&self, stored: Vec<u8>, bytes: usize) -> Result<Vec<u8>, String> {
        let mut sizes = vec![Size::exact(bytes)];
        for filter in &self.0 {
            sizes.push(filter.made_of(sizes[sizes.len() - 1]));
        }
        if !sizes[self.0.len()].has(stored.len()) {
            return Err(format!("{} bytes are stored, a chunk has {bytes}", stored.len()));
        }
        let mut now = stored;
        for (filter, size) in self.0.iter().zip(&sizes).rev() {
            now = filter.undo(now, *size).map_err(|why| format!("{}: {why}", filter.name()))?;
        }
        Ok(now)
    }
}

impl Size {
    fn exact(bytes: usize) -> Self {
        Self { most: bytes, is_exact: true }
    }

    fn has(&self, bytes: usize) -> bool {
        if self.is_exact { bytes == self.most } else { bytes <= self.most }
    }
}

impl Filter {
    fn name(self) -> &'static str {
        match self {
            Self::Deflate => "deflate",
            Self::Shuffle(_) => "shuffle",
            Self::Fletcher32 => "fletcher32",
        }
    }

    /// How many bytes the filter makes of so many.
    fn made_of(self, size: Size) -> Size {
        match self {
            Self::Shuffle(_) => size,
            Self::Fletcher32 => Size { most: size.most.saturating_add(fletcher::BYTES), ..size },
            // What cannot be made smaller gets longer, by a few bytes in thousands.
            Self::Deflate => {
                Size { most: size.most.saturating_mul(2).saturating_add(4096), is_exact: false }
            }
        }
    }

    /// What the filter was given, which is known to be of this size, from what it made of it.
    fn undo(self, mut made: Vec<u8>, size: Size) -> Result<Vec<u8>, String> {
        let given = match self {
            Self::Deflate => inflated(ZlibDecoder::new(&made[..]), made.len(), size.most)?,
            Self::Shuffle(item) => unshuffled(made, item)?,
            Self::Fletcher32 => {
                let split = made.split_last_chunk::<{ fletcher::BYTES }>();
                let (bytes, sum) = split.ok_or("there is no checksum")?;
                if !fletcher::is_of(bytes, u32::from_le_bytes(*sum)) {
                    return Err("the checksum is of other bytes".to_owned());
                }
                made.truncate(made.len() - fletcher::BYTES);
                made
            }
        };
        match size.has(given.len()) {
            true => Ok(given),
            false => Err(format!("comes to {} bytes, a chunk has {}", given.len(), size.most)),
        }
    }
}

/// Elements whose bytes stand together again; what is left over stands behind them in both.
fn unshuffled(bytes: Vec<u8>, item: usize) -> Result<Vec<u8>, String> {
    let count = bytes.len() / item;
    if item == 1 || count < 2 {
        return Ok(bytes);
    }
    let mut whole = Vec::new();
    whole.try_reserve_exact(bytes.len()).map_err(|error| error.to_string())?;
    whole.resize(bytes.len(), 0);
    let end = count * item;
    match item {
        2 => gather::<2>(&bytes[..end], &mut whole[..end]),
        4 => gather::<4>(&bytes[..end], &mut whole[..end]),
        8 => gather::<8>(&bytes[..end], &mut whole[..end]),
        16 => gather::<16>(&bytes[..end], &mut whole[..end]),
        _ => {
            for (place, all) in bytes[..end].chunks_exact(count).enumerate() {
                let to = whole[..end].iter_mut().skip(place).step_by(item);
                to.zip(all).for_each(|(to, byte)| *to = *byte);
            }
        }
    }
    whole[end..].copy_from_slice(&bytes[end..]);
    Ok(whole)
}

/// With the size known at compile time, an element is written at once.
fn gather<const N: usize>(bytes: &[u8], whole: &mut [u8]) {
    let count = bytes.len() / N;
    let planes: [&[u8]; N] = std::array::from_fn(|place| &bytes[place * count..][..count]);
    for (at, element) in whole.as_chunks_mut::<N>().0.iter_mut().enumerate() {
        *element = std::array::from_fn(|place| planes[place][at]);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    /// What a filter makes, written plainly.
    fn done(filter: Filter, bytes: &[u8]) -> Vec<u8> {
        match filter {
            Filter::Deflate => {
                let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            Filter::Shuffle(item) => {
                let end = bytes.len() / item * item;
                let all = (0..item).flat_map(|place| bytes[..end].iter().skip(place).step_by(item));
                all.chain(&bytes[end..]).copied().collect()
            }
            Filter::Fletcher32 => [bytes, &fletcher::sum(bytes).to_le_bytes()].concat(),
        }
    }

    fn pipelines() -> Vec<Vec<Filter>> {
        use Filter::{Deflate, Fletcher32, Shuffle};
        let mut all = vec![vec![], vec![Deflate, Deflate], vec![Fletcher32, Fletcher32, Deflate]];
        for item in [1, 2, 3, 4, 8, 16, 100] {
            for one in [vec![Shuffle(item)], vec![Shuffle(item), Deflate]] {
                all.push([&one[..], &[Fletcher32]].concat());
                all.push([&[Fletcher32], &one[..]].concat());
                all.push(one);
            }
        }
        all
    }

    #[test]
    fn what_filters_made_is_undone() {
        for filters in pipelines() {
            for length in [0, 1, 7, 64, 65, 4096] {
                let bytes: Vec<u8> = (0..length).map(|i| (i * 7 % 13) as u8).collect();
                let made = filters.iter().fold(bytes.clone(), |all, one| done(*one, &all));
                let applied = Applied(filters.clone());
                let pipeline = Pipeline { filters: filters.clone(), is_of_whole: false };
                assert!(made.len() <= pipeline.most(length), "{filters:?} {length}");
                assert_eq!(applied.undo(made.clone(), length).unwrap(), bytes, "{filters:?}");
                // Any other number of bytes is refused, by the check or after it.
                for other in [length / 2, length + 1, 3 * length + 20] {
                    let undone = applied.undo(made.clone(), other);
                    assert_eq!(undone.is_ok(), other == length, "{filters:?} {length} {other}");
                }
            }
        }
    }

    #[test]
    fn changed_bytes_are_bytes_or_errors() {
        let bytes: Vec<u8> = (0..96_u32).map(|i| (i * i) as u8).collect();
        for filters in pipelines() {
            let made = filters.iter().fold(bytes.clone(), |all, one| done(*one, &all));
            let applied = Applied(filters.clone());
            for at in 0..made.len() {
                for value in [0, 0xff, made[at] ^ 1, made[at] ^ 0x80] {
                    let mut bad = made.clone();
                    bad[at] = value;
                    if let Ok(found) = applied.undo(bad.clone(), bytes.len()) {
                        assert_eq!(found.len(), bytes.len());
                        let is_checked = filters.contains(&Filter::Fletcher32);
                        assert!(!is_checked || found == bytes, "{filters:?} {at} {value}");
                    }
                }
                let cut = applied.undo(made[..at].to_vec(), bytes.len());
                assert!(cut.is_err(), "{filters:?} {at}");
            }
        }
    }

    #[test]
    fn masks_and_edges_leave_filters_out() {
        let filters = vec![Filter::Shuffle(8), Filter::Deflate, Filter::Fletcher32];
        let pipeline = Pipeline { filters: filters.clone(), is_of_whole: true };
        assert_eq!(Pipeline::from_numbers(&pipeline.to_numbers()), pipeline);
        assert_eq!(pipeline.applied(0, false).0, filters);
        assert_eq!(pipeline.applied(0b010, false).0, [filters[0], filters[2]]);
        assert!(pipeline.applied(0b111, false).0.is_empty());
        assert!(pipeline.applied(0, true).0.is_empty());
        let every = Pipeline { is_of_whole: false, ..pipeline };
        assert_eq!(every.applied(0, true).0, filters);
    }
}
