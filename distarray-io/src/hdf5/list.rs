//! What a file holds.

use std::path::Path;

use ::hdf5::{Group, IndexType, IterationOrder, LinkType, LocationToken, LocationType};
use distarray_core::Result;
use distarray_core::comm::{Arguments, Operation};

use super::facts::Facts;
use super::open::Hdf5;
use super::pack::{Pack, Unpack};
use super::place::Place;
use super::refusal::Refusal;
use crate::file::Header;
use crate::parallel;

/// Something in a file: where it is, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The path within the file, such as `/group/name`.
    pub path: String,
    /// What is there.
    pub object: Object,
}

/// What a path within a file leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Object {
    /// A group.
    Group,
    /// A group that was listed before, under another path.
    GroupAgain,
    /// A dataset that arrays can be loaded from.
    Dataset {
        /// Element type and shape.
        header: Header,
        /// The shape of its chunks, where it is kept in chunks.
        chunks: Option<Vec<usize>>,
        /// What its chunks go through, such as `deflate 4`.
        filters: Vec<String>,
    },
    /// A dataset that cannot be loaded, and why.
    Unsupported(String),
    /// A link by name, within the file or to another one. It is not followed.
    Link,
    /// A type of elements with a name.
    NamedType,
}

impl Hdf5 {
    /// Everything in the file, each group followed by what it holds, by name.
    ///
    /// Links by name are not followed, and a group that is reached twice is listed once: a file whose
    /// groups hold each other comes to an end. Collective: an agreement of 8 bytes and a broadcast of
    /// the list.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged; the same on every rank.
    ///
    /// ```
    /// use distarray_core::array::Context;
    /// use distarray_io::hdf5::{self, Object};
    ///
    /// let ctx = Context::solo();
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.h5");
    /// hdf5::save(&ctx.ones::<f64>([2, 3])?, &path, "group/x")?;
    /// let list = hdf5::open(&ctx, &path)?.list()?;
    /// assert_eq!(list[0].object, Object::Group);
    /// let Object::Dataset { header, .. } = &list[1].object else { panic!() };
    /// assert_eq!(header.to_string(), "float64 [2, 3] in C order");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn list(&self) -> Result<Vec<Entry>> {
        let _scope = Operation::enter("hdf5::list");
        let comm = self.ctx.communicator()?;
        Operation::note(|| Arguments::new().and("path", &self.shown));
        comm.begin()?;
        let look = || Ok(pack(&entries(&self.place("/"))?));
        let packed = parallel::from_root(comm, look)?;
        Ok(unpack(&packed))
    }
}

/// A group that is yet to be looked into.
struct Ahead {
    path: String,
    object: Object,
}

fn entries(place: &Place<'_>) -> Result<Vec<Entry>> {
    let file = place.file()?;
    let length = std::fs::metadata(place.at).map_or(0, |metadata| metadata.len());
    let path = place.shown;
    let mut seen = Vec::new();
    seen.push(token(&file, "/").or_refuse(path, || "/: cannot be looked at".into())?);
    let mut found = Vec::new();
    let mut ahead = of_group(&file, "", &mut seen, length, path)?;
    while let Some(Ahead { path: name, object }) = ahead.pop() {
        let is_group = object == Object::Group;
        found.push(Entry { path: name.clone(), object });
        if is_group {
            let group =
                file.group(&name).or_refuse(path, || format!("{name}: cannot be opened"))?;
            ahead.extend(of_group(&group, &name, &mut seen, length, path)?);
        }
    }
    Ok(found)
}

/// What a group holds, the last name first.
fn of_group(
    group: &Group,
    name: &str,
    seen: &mut Vec<LocationToken>,
    length: u64,
    path: &Path,
) -> Result<Vec<Ahead>> {
    let links = group.links(IndexType::Name, IterationOrder::Increasing);
    let links = links.or_refuse(path, || format!("{name}/: cannot be listed"))?;
    let mut held = Vec::with_capacity(links.len());
    for (link, info) in links {
        let full = format!("{name}/{link}");
        let object = match info.link_type {
            LinkType::Hard => object(group, &link, &full, seen, length, path)?,
            LinkType::Soft | LinkType::External => Object::Link,
        };
        held.push(Ahead { path: full, object });
    }
    held.reverse();
    Ok(held)
}

fn object(
    group: &Group,
    link: &str,
    full: &str,
    seen: &mut Vec<LocationToken>,
    length: u64,
    path: &Path,
) -> Result<Object> {
    let unreadable = || format!("{full}: cannot be looked at");
    let info = group.loc_info_by_name(link).or_refuse(path, unreadable)?;
    Ok(match info.loc_type {
        LocationType::Group if seen.contains(&info.token) => Object::GroupAgain,
        LocationType::Group => {
            seen.push(info.token);
            Object::Group
        }
        LocationType::Dataset => {
            let dataset = group.dataset(link).or_refuse(path, unreadable)?;
            match Facts::of(&dataset, full, length, path) {
                Ok(Facts { header, chunks, filters, .. }) => {
                    Object::Dataset { header, chunks, filters }
                }
                Err(distarray_core::Error::File { message, .. }) => {
                    let why = message.strip_prefix(&format!("{full}: ")).unwrap_or(&message);
                    Object::Unsupported(why.to_owned())
                }
                Err(other) => return Err(other),
            }
        }
        _ => Object::NamedType,
    })
}

fn token(group: &Group, name: &str) -> ::hdf5::Result<LocationToken> {
    Ok(group.loc_info_by_name(name)?.token)
}

fn pack(entries: &[Entry]) -> Vec<u8> {
    let mut pack = Pack::default();
    pack.number(entries.len());
    for Entry { path, object } in entries {
        pack.text(path);
        match object {
            Object::Group => pack.number(0),
            Object::GroupAgain => pack.number(1),
            Object::Link => pack.number(2),
            Object::NamedType => pack.number(3),
            Object::Unsupported(why) => pack.number(4).text(why),
            Object::Dataset { header, chunks, filters } => {
                let (header, chunks) = (header.clone(), chunks.clone());
                let (limits, filters) = (Vec::new(), filters.clone());
                let facts = Facts { header, chunks, limits, filters, flat: None, packed: None };
                pack.number(5).bytes(&facts.to_bytes())
            }
        };
    }
    pack.finish()
}

fn unpack(bytes: &[u8]) -> Vec<Entry> {
    let mut bytes = Unpack(bytes);
    let count = bytes.number();
    let entry = |_| {
        let path = bytes.text();
        let object = match bytes.number() {
            0 => Object::Group,
            1 => Object::GroupAgain,
            2 => Object::Link,
            3 => Object::NamedType,
            4 => Object::Unsupported(bytes.text()),
            _ => {
                let Facts { header, chunks, filters, .. } = Facts::from_bytes(bytes.bytes());
                Object::Dataset { header, chunks, filters }
            }
        };
        Entry { path, object }
    };
    (0..count).map(entry).collect()
}
