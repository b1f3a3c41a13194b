//! [`Manifest`]: the member of a checkpoint that describes the others.

use distarray_protocol::{Dict, Value};

use super::described::{Described, number_of, tuple};

/// The version that is written; the first is read too, which has neither halos, boundaries nor ranks.
const VERSION: i128 = 2;

/// What a checkpoint says of itself.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Manifest {
    pub(super) arrays: Vec<Described>,
    pub(super) scalars: Vec<String>,
    /// The ranks that wrote it.
    pub(super) size: usize,
}

impl Manifest {
    /// As a literal of Python, which a dictionary is.
    pub(super) fn to_literal(&self) -> Result<String, String> {
        let scalars = self.scalars.iter().map(|name| Value::Str(name.clone()));
        let entries = Dict::new()
            .with("version", Value::Int(VERSION))
            .with("size", Value::Int(self.size as i128))
            .with("arrays", Value::tuple(self.arrays.iter().map(Described::to_value)))
            .with("scalars", Value::tuple(scalars));
        let text = Value::Dict(entries).to_literal();
        text.map_err(|error| format!("cannot be described: {error}"))
    }

    /// What a literal says; in words what is wrong with it.
    pub(super) fn from_literal(text: &str) -> Result<Self, String> {
        let entries =
            Dict::entries_from_literal(text).map_err(|error| format!("cannot be read: {error}"))?;
        let entry = |key: &str| {
            let found = entries.iter().find(|(name, _)| name == key).map(|(_, value)| value);
            found.ok_or_else(|| format!("has no '{key}'"))
        };
        let version = match entry("version")? {
            Value::Int(version @ 1..=VERSION) => *version,
            other => {
                let found = other.description();
                return Err(format!("version: {found} is not known; known are 1 to {VERSION}"));
            }
        };
        let size = match version {
            1 => 0,
            _ => number_of(entry("size")?).ok_or("size: is no number of ranks")?,
        };
        let described = |value: &Value<'_>| match version {
            1 => Described::from_first_version(value),
            _ => Described::from_value(value, size),
        };
        let name = |value: &Value<'_>| match value {
            Value::Str(name) => Some(name.clone()),
            _ => None,
        };
        let arrays = tuple(entry("arrays")?).and_then(|all| all.iter().map(described).collect());
        let scalars = tuple(entry("scalars")?).and_then(|all| all.iter().map(name).collect());
        match (arrays, scalars) {
            (Some(arrays), Some(scalars)) => Ok(Self { arrays, scalars, size }),
            _ => Err("does not list names and distributions".to_owned()),
        }
    }
}
