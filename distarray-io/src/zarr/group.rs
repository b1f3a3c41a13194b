//! Groups of arrays, attributes, and lists of what is there.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use distarray_core::array::Context;
use distarray_core::comm::{Arguments, Operation};
use distarray_core::{Error, Result};
use serde_json::{Map, Value, json};

use super::find::{self, Node};
use super::metadata;
use super::options::Version;
use crate::file::Header;
use crate::parallel;

/// Deepest nesting that [`list`] follows: links may lead in circles.
const DEEPEST: usize = 32;

/// An array or a group, as [`list`] finds it.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::zarr;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("all.zarr");
/// zarr::save(&ctx.ones::<u8>([2, 3])?, path.join("day/wind"))?;
/// let found = zarr::list(&ctx, &path)?;
/// assert_eq!(found[0].name, "day");
/// assert_eq!(found[1].header.as_ref().unwrap().shape, [2, 3]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The names from the directory that was asked of, with slashes between.
    pub name: String,
    /// What the array is; `None` for a group.
    pub header: Option<Header>,
    /// The extents of a chunk, or of a shard; of an array.
    pub chunks: Option<Vec<usize>>,
}

/// Makes a group, and those above it that are not there. A group that is there stays.
///
/// Collective: an agreement of 8 bytes.
///
/// # Errors
/// There is something else there; the group cannot be made. The same on every rank.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::zarr::{self, Version};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("all.zarr/day");
/// zarr::create_group(&ctx, &path, Version::V3)?;
/// zarr::set_attributes(&ctx, &path, serde_json::from_str(r#"{"station": 7}"#).unwrap())?;
/// assert_eq!(zarr::attributes(&ctx, &path)?["station"], 7);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn create_group(ctx: &Context, path: impl AsRef<Path>, version: Version) -> Result<()> {
    let _scope = Operation::enter("zarr::create_group");
    on_root(ctx, path.as_ref(), |path| make(path, version).map(|()| Vec::new())).map(drop)
}

/// The attributes of an array or a group, on every rank.
///
/// Collective: an agreement of 8 bytes and a broadcast; [`create_group`] shows it.
///
/// # Errors
/// There is neither an array nor a group; its metadata cannot be read. The same on every rank.
#[track_caller]
pub fn attributes(ctx: &Context, path: impl AsRef<Path>) -> Result<Map<String, Value>> {
    let _scope = Operation::enter("zarr::attributes");
    let look = |path: &Path| {
        let value = match find::node(path)? {
            Node::Group(attributes) => attributes,
            Node::Neither => return Err(Error::file(path, "is neither a Zarr array nor a group")),
            Node::Array(text) => {
                let mut value = find::parse(path, "metadata", &text)?;
                match value["zarr_format"] == 2 {
                    true => find::attributes_of_v2(path)?,
                    // Of what is no object, too.
                    false => value.get_mut("attributes").map(Value::take).unwrap_or_default(),
                }
            }
        };
        Ok(value.to_string().into_bytes())
    };
    let text = on_root(ctx, path.as_ref(), look)?;
    match find::parse(path.as_ref(), "attributes", &text)? {
        Value::Object(attributes) => Ok(attributes),
        Value::Null => Ok(Map::new()),
        _ => Err(Error::file(path.as_ref(), "attributes: are not an object")),
    }
}

/// Puts attributes in the place of those that an array or a group has.
///
/// The metadata is written under another name and renamed. Collective: an agreement of 8 bytes;
/// [`create_group`] shows it.
///
/// # Errors
/// There is neither an array nor a group; its metadata cannot be written. The same on every rank.
#[track_caller]
pub fn set_attributes(
    ctx: &Context,
    path: impl AsRef<Path>,
    attributes: Map<String, Value>,
) -> Result<()> {
    let _scope = Operation::enter("zarr::set_attributes");
    let put = |path: &Path| {
        if matches!(find::node(path)?, Node::Neither) {
            return Err(Error::file(path, "is neither a Zarr array nor a group"));
        }
        let file = path.join("zarr.json");
        let (name, value) = match fs::read(&file) {
            Ok(text) => {
                let mut value = find::parse(path, "zarr.json", &text)?;
                value["attributes"] = Value::Object(attributes);
                ("zarr.json", value)
            }
            Err(_) => (".zattrs", Value::Object(attributes)),
        };
        put_in_place(path, name, &value).map(|()| Vec::new())
    };
    on_root(ctx, path.as_ref(), put).map(drop)
}

/// The arrays and groups in a group, those within groups too, in the order of their names.
///
/// Directories that are neither are passed over. Collective: an agreement of 8 bytes and a broadcast.
///
/// # Errors
/// There is no such group; metadata cannot be read, or is of an array that is not supported. The same
/// on every rank.
#[track_caller]
pub fn list(ctx: &Context, path: impl AsRef<Path>) -> Result<Vec<Entry>> {
    let _scope = Operation::enter("zarr::list");
    let path = path.as_ref();
    let look = |path: &Path| {
        let mut found = Vec::new();
        match find::node(path)? {
            Node::Array(text) => found.push(json!([".", find::parse(path, "metadata", &text)?])),
            Node::Group(_) | Node::Neither => collect(path, path, &mut found)?,
        }
        Ok(Value::Array(found).to_string().into_bytes())
    };
    let text = on_root(ctx, path, look)?;
    let found = find::parse(path, "list", &text)?;
    let entry = |found: &Value| {
        let name = found[0].as_str().unwrap_or_default().to_owned();
        if found[1].is_null() {
            return Ok(Entry { name, header: None, chunks: None });
        }
        let described = metadata::describe(&found[1], &path.join(&name))?;
        Ok(Entry { name, header: Some(described.header), chunks: Some(described.chunks) })
    };
    found.as_array().into_iter().flatten().map(entry).collect()
}

fn collect(root: &Path, group: &Path, found: &mut Vec<Value>) -> Result<()> {
    let refuse = |error| Error::file(group, format!("cannot be listed: {error}"));
    let mut paths = Vec::new();
    for entry in fs::read_dir(group).map_err(refuse)? {
        let path = entry.map_err(refuse)?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden {
            paths.push(path);
        }
    }
    paths.sort();
    for path in paths {
        let below = path.strip_prefix(root).expect("is below the root");
        if below.components().count() > DEEPEST {
            let why = format!("is nested more than {DEEPEST} deep; do links lead in a circle?");
            return Err(Error::file(path, why));
        }
        let name = below.to_string_lossy().replace('\\', "/");
        match find::node(&path)? {
            Node::Array(text) => found.push(json!([name, find::parse(&path, "metadata", &text)?])),
            Node::Group(_) => {
                found.push(json!([name, null]));
                collect(root, &path, found)?;
            }
            Node::Neither => {}
        }
    }
    Ok(())
}

/// What rank 0 does at a path, and what it finds there, for all.
fn on_root(
    ctx: &Context,
    path: &Path,
    work: impl FnOnce(&Path) -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    let comm = ctx.communicator()?;
    Operation::note(|| Arguments::new().and("path", path));
    comm.begin()?;
    parallel::from_root(comm, || work(path))
}

/// Makes the groups above an array: up to the directory that ends in `.zarr`, or that is there.
pub(super) fn make_above(path: &Path, version: Version) -> Result<()> {
    let is_root = |path: &Path| path.extension().is_some_and(|end| end == "zarr");
    if is_root(path) {
        return Ok(());
    }
    match path.ancestors().skip(1).any(is_root) {
        true => path.parent().map_or(Ok(()), |group| make(group, version)),
        false => Ok(()),
    }
}

fn make(path: &Path, version: Version) -> Result<()> {
    make_above(path, version)?;
    match find::node(path) {
        Ok(Node::Group(_)) => return Ok(()),
        Ok(Node::Array(_)) => return Err(Error::file(path, "is a Zarr array, not a group")),
        Ok(Node::Neither) => {}
        Err(_) => fs::create_dir(path)
            .map_err(|error| Error::file(path, format!("cannot be created: {error}")))?,
    }
    match version {
        Version::V2 => put_in_place(path, ".zgroup", &json!({"zarr_format": 2})),
        Version::V3 => {
            let group = json!({"zarr_format": 3, "node_type": "group", "attributes": {}});
            put_in_place(path, "zarr.json", &group)
        }
    }
}

/// Writes a metadata file under another name and renames it.
fn put_in_place(path: &Path, name: &str, value: &Value) -> Result<()> {
    let temporary: PathBuf = path.join(format!(".{name}.{}.tmp", std::process::id()));
    let put = || {
        let mut file = fs::File::create(&temporary)?;
        file.write_all(value.to_string().as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, path.join(name))
    };
    put().map_err(|error| {
        // It may not be there, and nothing better can be done if it stays.
        let _ = fs::remove_file(&temporary);
        Error::file(path, format!("{name}: cannot be written: {error}"))
    })
}
