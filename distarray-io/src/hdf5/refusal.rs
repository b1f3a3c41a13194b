//! Errors of the HDF5 library, as errors that name the file.

use std::path::Path;

use distarray_core::{Error, Result};

/// Names the file, and what was being done to it, in an error of the library.
pub(super) trait Refusal<T> {
    /// The same outcome; an error says the path, what cannot be done, and the library's reason.
    fn or_refuse(self, path: &Path, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Refusal<T> for ::hdf5::Result<T> {
    fn or_refuse(self, path: &Path, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| Error::file(path, format!("{}: {}", what(), reason(&error))))
    }
}

/// The library's first words and its last, which is the cause.
pub(super) fn reason(error: &::hdf5::Error) -> String {
    let ::hdf5::Error::HDF5(stack) = error else { return error.to_string() };
    let Ok(stack) = stack.clone().expand() else { return error.to_string() };
    match (stack.first(), stack.last()) {
        (Some(outer), Some(inner)) if outer.desc() != inner.desc() => {
            format!("{} ({})", outer.desc(), inner.desc())
        }
        (Some(outer), _) => outer.desc().to_owned(),
        _ => error.to_string(),
    }
}
