//! Finding the metadata of arrays and groups in the file system.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use distarray_core::{Error, Result};
use serde_json::Value;

/// Most bytes of one metadata file.
const MOST_BYTES: u64 = 16 << 20;

/// What a directory is to Zarr.
#[derive(Debug)]
pub(super) enum Node {
    /// An array, with its metadata.
    Array(Vec<u8>),
    /// A group, with its attributes.
    Group(Value),
    /// A directory that is neither.
    Neither,
}

/// The metadata of the array there.
pub(super) fn metadata(path: &Path) -> Result<Vec<u8>> {
    match node(path)? {
        Node::Array(text) => Ok(text),
        Node::Group(_) => Err(Error::file(path, "is a group of Zarr arrays, not an array")),
        Node::Neither => Err(Error::file(
            path,
            "is no Zarr array: there is neither a 'zarr.json' nor a '.zarray' in it",
        )),
    }
}

/// What is there.
pub(super) fn node(path: &Path) -> Result<Node> {
    let found = fs::metadata(path)
        .map_err(|error| Error::file(path, format!("cannot be opened: {error}")))?;
    if !found.is_dir() {
        return Err(Error::file(path, "is not a directory, as a Zarr array is"));
    }
    if let Some(text) = read(path, "zarr.json")? {
        let mut value = parse(path, "zarr.json", &text)?;
        return match value["node_type"].as_str() {
            Some("array") => Ok(Node::Array(text)),
            Some("group") => Ok(Node::Group(value["attributes"].take())),
            _ => Err(Error::file(path, "node_type: is neither 'array' nor 'group'")),
        };
    }
    if let Some(text) = read(path, ".zarray")? {
        return Ok(Node::Array(text));
    }
    match read(path, ".zgroup")? {
        Some(_) => Ok(Node::Group(attributes_of_v2(path)?)),
        None => Ok(Node::Neither),
    }
}

/// The attributes of a node of version 2.
pub(super) fn attributes_of_v2(path: &Path) -> Result<Value> {
    match read(path, ".zattrs")? {
        Some(text) => parse(path, ".zattrs", &text),
        None => Ok(Value::Object(serde_json::Map::new())),
    }
}

/// The value that a metadata file holds.
pub(super) fn parse(path: &Path, name: &str, text: &[u8]) -> Result<Value> {
    serde_json::from_slice(text)
        .map_err(|error| Error::file(path, format!("{name}: cannot be read: {error}")))
}

/// A metadata file of a node, if there is one.
fn read(path: &Path, name: &str) -> Result<Option<Vec<u8>>> {
    let refuse = |why: String| Err(Error::file(path, format!("{name}: {why}")));
    let file = path.join(name);
    match fs::metadata(&file) {
        Ok(found) if !found.is_file() => refuse("is not a file".to_owned()),
        Ok(found) if found.len() > MOST_BYTES => {
            refuse(format!("has {} bytes, more than the {MOST_BYTES} supported", found.len()))
        }
        Ok(_) => match fs::read(&file) {
            Ok(text) => Ok(Some(text)),
            Err(error) => refuse(format!("cannot be read: {error}")),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => refuse(format!("cannot be read: {error}")),
    }
}
