//! The one error type of the workspace.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A result whose error is [`enum@Error`] unless said otherwise.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong.
///
/// A variant stands for what a caller can act on; its text names both values and says what to do
/// where that is not plain. An operation over several ranks returns the same error on each of them.
///
/// `Debug` prints what `Display` does, so that a `main` that returns this error shows a sentence.
///
/// ```
/// use distarray_core::Error;
///
/// let error = Error::shape("shapes [2, 3] and [4] do not broadcast");
/// assert_eq!(error.to_string(), "shapes [2, 3] and [4] do not broadcast");
/// assert!(matches!(error, Error::Shape(_)));
/// ```
#[non_exhaustive]
#[derive(Clone, thiserror::Error)]
pub enum Error {
    /// Shapes or extents that do not fit each other or the operation.
    #[error("{0}")]
    Shape(String),
    /// A distribution that cannot be, or does not fit the shape, the grid or the ranks.
    #[error("{0}")]
    Distribution(String),
    /// An element type that the operation does not take, or not the one expected.
    #[error("{0}")]
    DType(String),
    /// An index or axis outside its bounds.
    #[error("{0}")]
    Index(String),
    /// Any other argument that the operation does not take.
    #[error("{0}")]
    Argument(String),
    /// A file that could not be read or written, or does not hold what it says.
    #[error("{}: {message}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, naming the field where there is one.
        message: String,
    },
    /// A rank that failed, left early, or entered another operation than the rest.
    #[error("rank {rank}: {message}")]
    Rank {
        /// The rank that caused it.
        rank: usize,
        /// What it did, with the operation and its place in the source.
        message: String,
    },
    /// The communication library or the system under a backend failed.
    #[error("{backend}: {message}")]
    Backend {
        /// The backend's name.
        backend: &'static str,
        /// What it reported.
        message: String,
        /// Its own error, where there is one.
        #[source]
        source: Option<Arc<dyn std::error::Error + Send + Sync>>,
    },
    /// Memory that a rank cannot get.
    #[error("{0}")]
    Memory(String),
    /// More communication than a budget or the policy of a context allows.
    #[error("{0}")]
    Budget(String),
    /// An error of the user's program.
    #[error("{0}")]
    User(String),
}

impl From<distarray_protocol::ProtocolError> for Error {
    fn from(error: distarray_protocol::ProtocolError) -> Self {
        Self::Distribution(error.to_string())
    }
}

/// An error's text and those of its sources.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let more = error.to_string();
        // Some errors repeat their source in their own text.
        if !text.contains(&more) {
            text += &format!(": {more}");
        }
        source = error.source();
    }
    text
}

/// Errors that `?` makes into [`Error::User`] in a program.
macro_rules! from_errors_of_users {
    ($($error:ty),* $(,)?) => {$(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::from_any(error)
            }
        }
    )*};
}

from_errors_of_users!(
    std::io::Error,
    std::fmt::Error,
    std::num::ParseIntError,
    std::num::ParseFloatError,
    std::num::TryFromIntError,
    std::str::Utf8Error,
    std::string::FromUtf8Error,
    std::env::VarError,
    Box<dyn std::error::Error + Send + Sync>,
);

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error {
    /// Shapes or extents that do not fit.
    pub fn shape(message: impl Into<String>) -> Self {
        Self::Shape(message.into())
    }

    /// A distribution that cannot be.
    pub fn distribution(message: impl Into<String>) -> Self {
        Self::Distribution(message.into())
    }

    /// An element type that does not fit.
    pub fn dtype(message: impl Into<String>) -> Self {
        Self::DType(message.into())
    }

    /// An index out of bounds.
    pub fn index(message: impl Into<String>) -> Self {
        Self::Index(message.into())
    }

    /// An argument that does not fit.
    pub fn argument(message: impl Into<String>) -> Self {
        Self::Argument(message.into())
    }

    /// A file that fails.
    pub fn file(path: impl AsRef<Path>, message: impl Into<String>) -> Self {
        Self::File { path: path.as_ref().to_owned(), message: message.into() }
    }

    /// A rank that fails the others.
    pub fn rank(rank: usize, message: impl Into<String>) -> Self {
        Self::Rank { rank, message: message.into() }
    }

    /// A backend that fails, without an error of its own.
    pub fn backend(backend: &'static str, message: impl Into<String>) -> Self {
        Self::Backend { backend, message: message.into(), source: None }
    }

    /// An error of the user's program, by its text.
    ///
    /// ```
    /// let parsed = "x".parse::<f64>().map_err(distarray_core::Error::user);
    /// assert_eq!(parsed.unwrap_err().to_string(), "invalid float literal");
    /// ```
    pub fn user(error: impl fmt::Display) -> Self {
        Self::User(error.to_string())
    }

    /// The error of a user's function or program; one of ours stays what it is, any other is kept as
    /// its text and those of its sources.
    ///
    /// ```
    /// use distarray_core::Error;
    ///
    /// let error = Error::from_any("no such station");
    /// assert_eq!(error.to_string(), "no such station");
    /// assert!(matches!(Error::from_any(Error::shape("[2]")), Error::Shape(_)));
    /// ```
    pub fn from_any(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        error.into().downcast::<Self>().map_or_else(|other| Self::User(chain(&*other)), |own| *own)
    }

    /// The same error with a remark in parentheses behind its message.
    ///
    /// ```
    /// use distarray_core::Error;
    ///
    /// let error = Error::file("a.npy", "truncated").with_note("rank 1 of 3");
    /// assert_eq!(error.to_string(), "a.npy: truncated (rank 1 of 3)");
    /// ```
    pub fn with_note(mut self, note: &str) -> Self {
        let (Self::Shape(message)
        | Self::Distribution(message)
        | Self::DType(message)
        | Self::Index(message)
        | Self::Argument(message)
        | Self::File { message, .. }
        | Self::Rank { message, .. }
        | Self::Backend { message, .. }
        | Self::Memory(message)
        | Self::Budget(message)
        | Self::User(message)) = &mut self;
        *message += &format!(" ({note})");
        self
    }

    /// Whether the error tells this rank of what another rank did.
    ///
    /// ```
    /// use distarray_core::Error;
    ///
    /// let error = Error::rank(1, "returned early");
    /// assert!(error.blames_another(0) && !error.blames_another(1));
    /// ```
    pub fn blames_another(&self, rank: usize) -> bool {
        matches!(self, Self::Rank { rank: cause, .. } if *cause != rank)
    }

    /// The error as bytes, for the other ranks.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (kind, detail, message) = match self {
            Self::Shape(m) => (0, String::new(), m),
            Self::Distribution(m) => (1, String::new(), m),
            Self::DType(m) => (2, String::new(), m),
            Self::Index(m) => (3, String::new(), m),
            Self::Argument(m) => (4, String::new(), m),
            Self::File { path, message } => (5, path.to_string_lossy().into_owned(), message),
            Self::Rank { rank, message } => (6, rank.to_string(), message),
            Self::Backend { backend, message, .. } => (7, (*backend).to_owned(), message),
            Self::User(m) => (8, String::new(), m),
            Self::Memory(m) => (9, String::new(), m),
            Self::Budget(m) => (10, String::new(), m),
        };
        let mut bytes = vec![kind];
        bytes.extend((detail.len() as u64).to_le_bytes());
        bytes.extend(detail.as_bytes());
        bytes.extend(message.as_bytes());
        bytes
    }

    /// The error that another rank's [`to_bytes`](Self::to_bytes) describes; `None` when the bytes
    /// do not describe one.
    ///
    /// ```
    /// use distarray_core::Error;
    ///
    /// let error = Error::file("a.npy", "truncated");
    /// assert_eq!(Error::from_bytes(&error.to_bytes()).unwrap().to_string(), "a.npy: truncated");
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let (length, rest) = rest.split_first_chunk::<8>()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let detail = String::from_utf8_lossy(rest.get(..length)?).into_owned();
        let message = String::from_utf8_lossy(rest.get(length..)?).into_owned();
        Some(match kind {
            0 => Self::Shape(message),
            1 => Self::Distribution(message),
            2 => Self::DType(message),
            3 => Self::Index(message),
            4 => Self::Argument(message),
            5 => Self::File { path: detail.into(), message },
            6 => Self::Rank { rank: detail.parse().ok()?, message },
            7 => Self::Backend { backend: known_backend(&detail), message, source: None },
            8 => Self::User(message),
            9 => Self::Memory(message),
            10 => Self::Budget(message),
            _ => return None,
        })
    }
}

/// The name of a backend as a constant; another rank's is one of those known here.
fn known_backend(name: &str) -> &'static str {
    ["solo", "threads", "mpi"].into_iter().find(|known| *known == name).unwrap_or("another backend")
}
