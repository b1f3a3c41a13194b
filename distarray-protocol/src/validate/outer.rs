//! The outer dictionary: its three keys, and one dimension dictionary for each axis of the buffer.

use crate::{Buffer, Dict, DimData, ProtocolError, Value, Version};

/// The contents of an outer dictionary whose keys and types are right.
pub(crate) struct Outer<'d, 'a> {
    version: Version,
    pub(crate) buffer: &'d Buffer<'a>,
    dim_dicts: Vec<&'d Dict<'a>>,
}

impl<'d, 'a> Outer<'d, 'a> {
    pub(crate) fn read(dict: &'d Dict<'a>) -> Result<Self, ProtocolError> {
        let [version, buffer, dim_data] = values(dict)?;
        let version: Version = version_text(version)?.parse()?;
        version.check_readable()?;
        let (buffer, dim_dicts) = (as_buffer(buffer)?, dim_dicts(dim_data)?);
        check_count(dim_dicts.len(), buffer)?;
        Ok(Self { version, buffer, dim_dicts })
    }

    /// The version and the dimension data, each `{}` with the extent of the buffer.
    pub(crate) fn parts(self) -> Result<(Version, Vec<DimData<'a>>), ProtocolError> {
        let dim_data = self
            .dim_dicts
            .into_iter()
            .zip(self.buffer.shape())
            .enumerate()
            .map(|(dimension, (dict, &extent))| DimData::from_dict(dimension, dict, extent))
            .collect::<Result<_, _>>()?;
        Ok((self.version, dim_data))
    }
}

const KEYS: [&str; 3] = ["__version__", "buffer", "dim_data"];

pub(super) fn dict<'d, 'a>(distbuffer: &'d Value<'a>) -> Result<&'d Dict<'a>, ProtocolError> {
    distbuffer.as_dict().ok_or_else(|| {
        ProtocolError::wrong_type(None, "__distarray__", "a dict", distbuffer.description())
    })
}

/// The values of the three keys; no other key may be there.
pub(super) fn values<'d, 'a>(dict: &'d Dict<'a>) -> Result<[&'d Value<'a>; 3], ProtocolError> {
    if let Some((key, _)) = dict.iter().find(|(key, _)| !KEYS.contains(key)) {
        return Err(ProtocolError::UnexpectedKey { key: key.to_owned() });
    }
    let value = |key| dict.get(key).ok_or_else(|| ProtocolError::missing(None, key));
    Ok([value(KEYS[0])?, value(KEYS[1])?, value(KEYS[2])?])
}

pub(super) fn version_text<'d>(version: &'d Value<'_>) -> Result<&'d str, ProtocolError> {
    match version {
        Value::Str(version) => Ok(version),
        other => Err(ProtocolError::wrong_type(None, "__version__", "a str", other.description())),
    }
}

pub(super) fn as_buffer<'d, 'a>(buffer: &'d Value<'a>) -> Result<&'d Buffer<'a>, ProtocolError> {
    match buffer {
        Value::Buffer(buffer) => Ok(buffer),
        other => Err(ProtocolError::wrong_type(None, "buffer", "a buffer", other.description())),
    }
}

/// The dictionaries in the value of the key `dim_data`, which must be a tuple.
pub(super) fn dim_dicts<'d, 'a>(
    dim_data: &'d Value<'a>,
) -> Result<Vec<&'d Dict<'a>>, ProtocolError> {
    let Value::Tuple(items) = dim_data else {
        let found = dim_data.description();
        return Err(ProtocolError::wrong_type(None, "dim_data", "a tuple of dicts", found));
    };
    items
        .iter()
        .enumerate()
        .map(|(dimension, item)| {
            item.as_dict().ok_or_else(|| {
                let found = item.description();
                ProtocolError::wrong_type(Some(dimension), "dim_data", "a dict", found)
            })
        })
        .collect()
}

pub(super) fn check_count(dim_dicts: usize, buffer: &Buffer<'_>) -> Result<(), ProtocolError> {
    if dim_dicts == buffer.ndim() {
        return Ok(());
    }
    Err(ProtocolError::DimensionCount { dim_data: dim_dicts, buffer: buffer.ndim() })
}
