//! What a campaign finds.

use std::fmt;
use std::path::PathBuf;

/// An input that a target did not stand, or a campaign that could not start.
///
/// `Debug` prints what `Display` does, so that a `main` that returns it shows sentences.
///
/// ```
/// use distarray_fuzz::{Campaign, target};
///
/// let failure = Campaign::over(target("literal").unwrap(), &["no/such/file".into()]).unwrap_err();
/// assert!(failure.to_string().starts_with("literal: no/such/file: "));
/// ```
#[derive(Clone)]
pub struct Failure {
    pub(crate) target: &'static str,
    pub(crate) what: String,
    /// How to get at the input again: the seed and round, and the file that holds it.
    pub(crate) input: Option<(String, PathBuf)>,
}

impl Failure {
    pub(crate) fn before_start(target: &'static str, what: impl Into<String>) -> Self {
        Self { target, what: what.into(), input: None }
    }

    /// The file that the input was written to, where there is one.
    pub fn file(&self) -> Option<&PathBuf> {
        self.input.as_ref().map(|(_, path)| path)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.target, self.what)?;
        if let Some((origin, path)) = &self.input {
            let (target, path) = (self.target, path.display());
            write!(
                f,
                "\n  input: {origin}, written to {path}\n  again: cargo run -p distarray-fuzz -- \
                 {target} {path}"
            )?;
        }
        Ok(())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Failure {}
