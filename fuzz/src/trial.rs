//! One input after the other, each on record before it is tried.

use std::io::{Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use tempfile::NamedTempFile;

use crate::alarm::Alarm;
use crate::{Failure, Target, allocation};

/// Tries inputs on a target.
///
/// Each is in a file while it is tried: an input that aborts the process or hangs is there to be
/// looked at as well as one that panics.
#[derive(Debug)]
pub(crate) struct Trial {
    target: &'static Target,
    record: NamedTempFile,
    alarm: Alarm,
}

impl Trial {
    pub(crate) fn new(target: &'static Target) -> Result<Self, Failure> {
        let prefix = format!("distarray-fuzz-{}-", target.name);
        let record = tempfile::Builder::new().prefix(&prefix).suffix(".input").tempfile();
        let record = record.map_err(|error| {
            Failure::before_start(target.name, format!("no temporary file: {error}"))
        })?;
        let alarm = Alarm::new(target.name, record.path());
        Ok(Self { target, record, alarm })
    }

    /// Tries an input; what is wrong where something is.
    pub(crate) fn run(&mut self, input: &[u8]) -> Result<(), String> {
        self.put_on_record(input).map_err(|error| format!("the input cannot be kept: {error}"))?;
        self.alarm.begin();
        allocation::forget();
        // Nothing that a panic may have left half done is used again: the campaign ends.
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.target.run)(input)));
        let largest = allocation::largest();
        outcome.map_err(|payload| {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| payload.downcast_ref().copied());
            format!("panicked: {}", text.unwrap_or("a payload that is no text"))
        })?;
        let limit = allocation::limit(input.len());
        if largest > limit {
            let length = input.len();
            return Err(format!(
                "asked for {largest} bytes at once, for an input of {length}; the limit is {limit}"
            ));
        }
        Ok(())
    }

    /// Keeps the file of the last input.
    pub(crate) fn keep(self) -> PathBuf {
        let path = self.record.path().to_owned();
        // The file stays where it is, whatever comes of this.
        self.record.keep().map_or(path, |(_, path)| path)
    }

    fn put_on_record(&mut self, input: &[u8]) -> std::io::Result<()> {
        let file = self.record.as_file_mut();
        file.rewind()?;
        file.write_all(input)?;
        file.set_len(input.len() as u64)
    }
}
