//! What the environment says of how a program is to be watched.

use std::path::PathBuf;
use std::time::Duration;

use distarray_core::{Error, Result};

/// Where a [trace](crate::Launch::trace) goes.
///
/// ```
/// use distarray::{Launch, TraceOutput};
///
/// Launch::new().ranks(2).trace(TraceOutput::Table).run(|ctx| ctx.barrier())?;
/// # Ok::<(), distarray::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceOutput {
    /// To the standard error, as a table with a line for each operation and kind of call.
    Table,
    /// To a file for `chrome://tracing` or [Perfetto](https://ui.perfetto.dev), one track per rank.
    File(PathBuf),
}

impl TraceOutput {
    pub(crate) fn keep(&self, trace: &distarray_core::comm::Trace) -> Result<()> {
        match self {
            Self::Table => {
                use std::io::Write;
                // As with other messages: nobody is left to tell of a failure.
                let _ = write!(std::io::stderr().lock(), "{trace}");
                Ok(())
            }
            Self::File(path) => std::fs::write(path, trace.to_chrome())
                .map_err(|error| Error::file(path, format!("cannot write the trace: {error}"))),
        }
    }
}

/// Whether `DISTARRAY_CHECK` asks for checks, or asks for none.
pub(crate) fn check() -> Result<Option<bool>> {
    parse_check(variable("DISTARRAY_CHECK").as_deref())
}

/// The time limit of `DISTARRAY_TIMEOUT`, in seconds.
pub(crate) fn timeout() -> Result<Option<Duration>> {
    parse_timeout(variable("DISTARRAY_TIMEOUT").as_deref())
}

/// The output of `DISTARRAY_TRACE`: `-` for the table, else a file.
pub(crate) fn trace() -> Option<TraceOutput> {
    match variable("DISTARRAY_TRACE")?.as_str() {
        "-" => Some(TraceOutput::Table),
        file => Some(TraceOutput::File(file.into())),
    }
}

/// A variable that is set to something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn parse_check(value: Option<&str>) -> Result<Option<bool>> {
    match value {
        None => Ok(None),
        Some("0") => Ok(Some(false)),
        Some("1") => Ok(Some(true)),
        Some(other) => Err(Error::argument(format!("DISTARRAY_CHECK is '{other}'; it is 0 or 1"))),
    }
}

fn parse_timeout(value: Option<&str>) -> Result<Option<Duration>> {
    let Some(value) = value else { return Ok(None) };
    let seconds = value.parse::<f64>().ok().filter(|&seconds| seconds > 0.0);
    let limit = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    limit.map(Some).ok_or_else(|| {
        Error::argument(format!(
            "DISTARRAY_TIMEOUT is '{value}'; it is a number of seconds above 0"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_asked_for_or_not() {
        assert_eq!(parse_check(None).unwrap(), None);
        assert_eq!(parse_check(Some("1")).unwrap(), Some(true));
        assert_eq!(parse_check(Some("0")).unwrap(), Some(false));
        assert!(parse_check(Some("yes")).unwrap_err().to_string().contains("'yes'"));
    }

    #[test]
    fn time_limits_are_seconds() {
        assert_eq!(parse_timeout(Some("2.5")).unwrap(), Some(Duration::from_millis(2500)));
        for wrong in ["0", "-1", "soon", "inf", "NaN", "1e300"] {
            let error = parse_timeout(Some(wrong)).unwrap_err().to_string();
            assert!(error.contains("DISTARRAY_TIMEOUT") && error.contains(wrong), "{error}");
        }
    }
}
