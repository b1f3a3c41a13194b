//! The one error type of the crate.

use thiserror::Error;

/// What is wrong with a distributed array, its dictionary, its buffer or its text.
///
/// Each variant names the place (dimension and key, where there is one) and both values: the one found and
/// the one, or the rule, it was held against.
///
/// ```
/// use distarray_protocol::{DimData, ProtocolError};
///
/// let error = DimData::block(50, 2, 0, 0..51).validate(3).unwrap_err();
/// assert!(matches!(error, ProtocolError::Invalid { .. }));
/// assert_eq!(error.dimension(), Some(3));
/// assert_eq!(error.key(), Some("stop"));
/// assert_eq!(error.to_string(), "dimension 3: 'stop' is 51, but must not exceed the size 50");
/// ```
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// A required key is absent.
    #[error("{}key '{key}' is missing", place(*dimension))]
    MissingKey {
        /// The dimension, or `None` for a key of the outer dictionary.
        dimension: Option<usize>,
        /// The absent key.
        key: String,
    },

    /// The outer dictionary has a key beside its three.
    #[error("key '{key}' is not one of '__version__', 'buffer' and 'dim_data'")]
    UnexpectedKey {
        /// The extra key.
        key: String,
    },

    /// A value has the wrong type.
    #[error("{}'{key}' is {found}, but must be {expected}", place(*dimension))]
    WrongType {
        /// The dimension, or `None` for a key of the outer dictionary.
        dimension: Option<usize>,
        /// The key whose value it is.
        key: String,
        /// What the protocol wants there.
        expected: String,
        /// What was found there.
        found: String,
    },

    /// A value has the right type but breaks a rule.
    #[error("{}'{key}' is {value}, but {rule}", place(*dimension))]
    Invalid {
        /// The dimension, or `None` for a key of the outer dictionary.
        dimension: Option<usize>,
        /// The key whose value it is.
        key: String,
        /// The value found.
        value: String,
        /// The rule it breaks, with the value it was held against.
        rule: String,
    },

    /// Two processes contradict each other.
    #[error(
        "dimension {dimension}: '{key}' is {} on process {} and {} on process {}, but {rule}",
        values.0, processes.0, values.1, processes.1
    )]
    Disagreement {
        /// The dimension they disagree about.
        dimension: usize,
        /// The key they disagree about.
        key: String,
        /// The two process ranks.
        processes: (usize, usize),
        /// What each of them says.
        values: (String, String),
        /// The rule that ties the two values.
        rule: String,
    },

    /// The process grid does not have as many places as there are processes.
    #[error("the process grid {grid:?} does not fit the number of processes, {processes}")]
    ProcessCount {
        /// The extents of the process grid, one a dimension.
        grid: Vec<usize>,
        /// The number of processes.
        processes: usize,
    },

    /// The number of dimension dictionaries differs from the number of dimensions of the buffer.
    #[error("'dim_data' describes {dim_data} dimensions, but the buffer has {buffer}")]
    DimensionCount {
        /// The number of dimension dictionaries.
        dim_data: usize,
        /// The number of dimensions of the buffer.
        buffer: usize,
    },

    /// The version is not one that can be read.
    #[error("'__version__' is {found:?}, but {rule}")]
    Version {
        /// The version found.
        found: String,
        /// What is asked of it.
        rule: String,
    },

    /// An element format is unknown.
    #[error("element format {format:?} is unknown or unsupported")]
    Format {
        /// The format code found.
        format: String,
    },

    /// The elements of a buffer are not of the type asked for.
    #[error("the elements of the buffer have format '{found}', but '{expected}' is asked for")]
    ElementType {
        /// The format code asked for.
        expected: String,
        /// The format code of the buffer.
        found: String,
    },

    /// A shape and strides do not describe the memory they are laid over.
    #[error("shape {shape:?} with byte strides {strides:?}: {reason}")]
    Layout {
        /// The shape.
        shape: Vec<usize>,
        /// The strides in bytes.
        strides: Vec<isize>,
        /// Why they do not.
        reason: String,
    },

    /// An index lies outside a buffer.
    #[error("index {index:?} is outside a buffer of shape {shape:?}")]
    Index {
        /// The index.
        index: Vec<usize>,
        /// The shape of the buffer.
        shape: Vec<usize>,
    },

    /// A read-only buffer was asked for write access.
    #[error("the buffer is read-only")]
    ReadOnly,

    /// A text is not a Python literal, or not one that is supported.
    #[error("byte {offset}: {message}")]
    Literal {
        /// Where in the text, in bytes.
        offset: usize,
        /// What is wrong there.
        message: String,
    },

    /// A producer cannot describe its array in terms of the protocol.
    #[error("the array cannot be exported: {reason}")]
    Export {
        /// Why it cannot.
        reason: String,
    },
}

impl ProtocolError {
    /// The dimension the error is about, if it is about one.
    ///
    /// ```
    /// use distarray_protocol::ProtocolError;
    /// assert_eq!(ProtocolError::ReadOnly.dimension(), None);
    /// ```
    pub fn dimension(&self) -> Option<usize> {
        match self {
            Self::MissingKey { dimension, .. }
            | Self::WrongType { dimension, .. }
            | Self::Invalid { dimension, .. } => *dimension,
            Self::Disagreement { dimension, .. } => Some(*dimension),
            _ => None,
        }
    }

    /// The dictionary key the error is about, if it is about one.
    ///
    /// ```
    /// use distarray_protocol::{Mode, Value, validate};
    ///
    /// let empty = Value::Dict(Default::default());
    /// assert_eq!(validate(&empty, Mode::Text).unwrap_err().key(), Some("__version__"));
    /// ```
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::MissingKey { key, .. }
            | Self::UnexpectedKey { key }
            | Self::WrongType { key, .. }
            | Self::Invalid { key, .. }
            | Self::Disagreement { key, .. } => Some(key),
            Self::Version { .. } => Some("__version__"),
            Self::DimensionCount { .. } => Some("dim_data"),
            Self::ProcessCount { .. } => Some("proc_grid_size"),
            _ => None,
        }
    }

    pub(crate) fn invalid(
        dimension: usize,
        key: &str,
        value: impl ToString,
        rule: impl Into<String>,
    ) -> Self {
        Self::Invalid {
            dimension: Some(dimension),
            key: key.to_owned(),
            value: value.to_string(),
            rule: rule.into(),
        }
    }

    pub(crate) fn wrong_type(
        dimension: Option<usize>,
        key: &str,
        expected: &str,
        found: impl Into<String>,
    ) -> Self {
        Self::WrongType {
            dimension,
            key: key.to_owned(),
            expected: expected.to_owned(),
            found: found.into(),
        }
    }

    pub(crate) fn missing(dimension: Option<usize>, key: &str) -> Self {
        Self::MissingKey { dimension, key: key.to_owned() }
    }
}

fn place(dimension: Option<usize>) -> String {
    dimension.map_or_else(String::new, |dimension| format!("dimension {dimension}: "))
}
