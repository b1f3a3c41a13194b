//! [`default_ranks`]: how many ranks a program runs on unless it says so itself.

use std::ffi::OsStr;

use distarray_core::{Error, Result};

/// The environment variable that sets the number of ranks.
const VARIABLE: &str = "DISTARRAY_RANKS";

/// The number of ranks by default: the environment's `DISTARRAY_RANKS` if set, else the number of
/// cores that this process may use.
///
/// # Errors
/// [`Error::Argument`] when the variable is not a positive whole number.
///
/// ```
/// assert!(distarray_threads::default_ranks()? >= 1);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn default_ranks() -> Result<usize> {
    match std::env::var_os(VARIABLE) {
        Some(value) => parse(&value),
        // Without an answer of the system one rank is right, be it not fast.
        None => Ok(std::thread::available_parallelism().map_or(1, usize::from)),
    }
}

fn parse(value: &OsStr) -> Result<usize> {
    let text = value.to_string_lossy();
    text.trim().parse().ok().filter(|&ranks| ranks > 0).ok_or_else(|| {
        Error::argument(format!(
            "{VARIABLE} is '{text}': it takes a positive whole number of ranks"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_whole_numbers_are_numbers_of_ranks() {
        assert_eq!(parse(OsStr::new("16")).unwrap(), 16);
        assert_eq!(parse(OsStr::new(" 3 ")).unwrap(), 3);
        for value in ["", "0", "-1", "2.5", "many", "99999999999999999999999"] {
            let error = parse(OsStr::new(value)).unwrap_err();
            assert!(matches!(error, Error::Argument(_)), "{value}");
            let expected =
                format!("DISTARRAY_RANKS is '{value}': it takes a positive whole number of ranks");
            assert_eq!(error.to_string(), expected);
        }
    }
}
