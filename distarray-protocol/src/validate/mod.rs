//! Whether a distributed array keeps to the protocol.

mod across;
pub(crate) mod outer;
mod reference;
mod text;

pub use across::validate_all;

use crate::{Dict, DimData, ProtocolError, Value};

/// What a verdict goes by.
///
/// ```
/// use distarray_protocol::{Dict, Mode, validate_dim_dict};
///
/// // The protocol's own examples print padding as a list; its validator refuses that.
/// let dict = Dict::new()
///     .with("dist_type", "b")
///     .with("size", 5)
///     .with("proc_grid_size", 1)
///     .with("proc_grid_rank", 0)
///     .with("start", 0)
///     .with("stop", 5)
///     .with("padding", distarray_protocol::Value::list([0, 0]));
/// assert!(validate_dim_dict(0, &dict, Mode::Text).is_ok());
/// assert!(validate_dim_dict(0, &dict, Mode::Reference).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The text of the specification, all that one process can see of it.
    ///
    /// Beyond its letter: padding may be a list; an empty block-cyclic section may start at or past the size; the
    /// first non-empty block starts at zero and the last one stops at the size, since the blocks make up the whole;
    /// and a buffer has the extent that its dictionary implies, whatever the type of distribution.
    Text,
    /// The verdict of the reference validator, right or wrong.
    ///
    /// It checks neither `size`, `periodic`, negative ranks and paddings, nor extents and the uniqueness of
    /// indices; it lets booleans pass as integers; it wants version 0.10.0, padding as a tuple, and
    /// `start == proc_grid_rank * block_size` of every cyclic section, even an empty one. Where it would fail on a
    /// missing key, the verdict is a refusal.
    Reference,
}

/// Whether a dictionary with `__version__`, `buffer` and `dim_data` keeps to the protocol; an error says why not.
///
/// O(n log n) in the length of an index list, else O(1) for each dimension. No communication.
///
/// ```
/// use distarray_protocol::{Buffer, Dict, Mode, Value, validate};
///
/// let dict = Dict::new()
///     .with("__version__", "0.10.1")
///     .with("buffer", Buffer::from_vec(vec![1, 2, 3]))
///     .with("dim_data", Value::tuple([Dict::new()]));
/// assert!(validate(&dict.clone().into(), Mode::Text).is_ok());
/// assert!(validate(&dict.into(), Mode::Reference).is_err());
/// ```
pub fn validate(distbuffer: &Value<'_>, mode: Mode) -> Result<(), ProtocolError> {
    match mode {
        Mode::Text => {
            let outer = outer::Outer::read(outer::dict(distbuffer)?)?;
            let shape = outer.buffer.shape().to_vec();
            let (_, dim_data) = outer.parts()?;
            dim_data.iter().zip(shape).enumerate().try_for_each(|(dimension, (dim, extent))| {
                text::check(dimension, dim, Some(extent))
            })
        }
        Mode::Reference => reference::check_distbuffer(distbuffer),
    }
}

/// Whether the value of the key `dim_data` keeps to the protocol, as far as can be told without the buffer.
///
/// ```
/// use distarray_protocol::{Dict, Mode, Value, validate_dim_data};
///
/// assert!(validate_dim_data(&Value::tuple([Dict::new(), Dict::new()]), Mode::Text).is_ok());
/// assert!(validate_dim_data(&Value::list([Dict::new()]), Mode::Text).is_err());
/// ```
pub fn validate_dim_data(dim_data: &Value<'_>, mode: Mode) -> Result<(), ProtocolError> {
    for (dimension, dict) in outer::dim_dicts(dim_data)?.into_iter().enumerate() {
        validate_dim_dict(dimension, dict, mode)?;
    }
    Ok(())
}

/// Whether the dictionary of one dimension keeps to the protocol, as far as can be told without the buffer.
///
/// ```
/// use distarray_protocol::{Dict, Mode, validate_dim_dict};
///
/// let error = validate_dim_dict(2, &Dict::new().with("size", 5), Mode::Text).unwrap_err();
/// assert_eq!(error.to_string(), "dimension 2: key 'dist_type' is missing");
/// ```
pub fn validate_dim_dict(
    dimension: usize,
    dict: &Dict<'_>,
    mode: Mode,
) -> Result<(), ProtocolError> {
    match mode {
        // The extent matters only to `{}`, which is sound with any.
        Mode::Text => text::check(dimension, &DimData::from_dict(dimension, dict, 0)?, None),
        Mode::Reference => reference::check_dim_dict(dimension, dict),
    }
}

impl DimData<'_> {
    /// Whether it is sound by the text of the protocol; `dimension` is for the error, which says why not.
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// assert!(DimData::block(10, 2, 1, 5..10).validate(0).is_ok());
    /// assert!(DimData::unstructured(5, 1, 0, vec![1, 1, 0]).validate(0).is_err());
    /// ```
    pub fn validate(&self, dimension: usize) -> Result<(), ProtocolError> {
        text::check(dimension, self, None)
    }
}
