//! The verdict of the reference validator, with its gaps and its excesses.

use super::outer;
use crate::{Dict, ProtocolError, Value};

pub(super) fn check_distbuffer(distbuffer: &Value<'_>) -> Result<(), ProtocolError> {
    let [version, buffer, dim_data] = outer::values(outer::dict(distbuffer)?)?;
    let version = outer::version_text(version)?;
    if !reads_as_0_10_0(version) {
        return Err(ProtocolError::Version {
            found: version.to_owned(),
            rule: "the reference validator wants 0.10.0".to_owned(),
        });
    }
    let buffer = outer::as_buffer(buffer)?;
    let dim_dicts = outer::dim_dicts(dim_data)?;
    for (dimension, dict) in dim_dicts.iter().enumerate() {
        check_dim_dict(dimension, dict)?;
    }
    outer::check_count(dim_dicts.len(), buffer)
}

pub(super) fn check_dim_dict(dimension: usize, dict: &Dict<'_>) -> Result<(), ProtocolError> {
    if dict.is_empty() {
        return Ok(());
    }
    let fields = Fields { dimension, dict };
    match fields.required("dist_type")? {
        Value::Str(letter) if letter == "b" => fields.check_block(),
        Value::Str(letter) if letter == "c" => fields.check_cyclic(),
        Value::Str(letter) if letter == "u" => fields.check_unstructured(),
        other => Err(fields.wrong_type("dist_type", "'b', 'c' or 'u'", other)),
    }
}

/// Whether Python's `StrictVersion` makes the release 0.10.0 of a text.
///
/// The patch number may be left out, numbers may have leading zeros, and the mark of a pre-release does not count.
fn reads_as_0_10_0(version: &str) -> bool {
    // The pattern ends in `$`, which matches before a final newline as well.
    let version = version.strip_suffix('\n').unwrap_or(version);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let release = match version.rfind(['a', 'b']) {
        Some(mark) if is_number(&version[mark + 1..]) => &version[..mark],
        Some(_) => return false,
        None => version,
    };
    let mut numbers: Vec<&str> = release.split('.').collect();
    if numbers.len() == 2 {
        numbers.push("0");
    }
    numbers.iter().all(|number| is_number(number))
        && numbers.iter().map(|number| number.trim_start_matches('0')).eq(["", "10", ""])
}

struct Fields<'d, 'a> {
    dimension: usize,
    dict: &'d Dict<'a>,
}

impl<'d, 'a> Fields<'d, 'a> {
    fn check_block(&self) -> Result<(), ProtocolError> {
        let (rank, _) = self.grid()?;
        let (start, stop) = (self.int("start")?, self.int("stop")?);
        if start < 0 {
            return self.refuse("start", start, "must not be negative".to_owned());
        }
        if stop < start {
            return self.refuse("stop", stop, format!("must not be less than the start {start}"));
        }
        self.check_not_beyond_size(stop)?;
        if let Some(padding) = self.dict.get("padding") {
            let is_pair = matches!(padding, Value::Tuple(widths)
                if widths.len() == 2 && widths.iter().all(|width| as_int(width).is_some()));
            if !is_pair {
                return Err(self.wrong_type("padding", "a tuple of two ints", padding));
            }
        }
        self.check_first_start(rank, start)
    }

    fn check_cyclic(&self) -> Result<(), ProtocolError> {
        let (rank, _) = self.grid()?;
        let start = self.int("start")?;
        let block_size = match self.dict.get("block_size") {
            Some(value) => self.to_int("block_size", value)?,
            None => 1,
        };
        if block_size < 1 {
            return self.refuse("block_size", block_size, "must be at least 1".to_owned());
        }
        // A product beyond 128 bits is no start that can be held either.
        if rank.checked_mul(block_size) != Some(start) {
            let rule = format!("must be proc_grid_rank * block_size, {rank} * {block_size}");
            return self.refuse("start", start, rule);
        }
        self.check_first_start(rank, start)
    }

    fn check_unstructured(&self) -> Result<(), ProtocolError> {
        self.grid()?;
        let indices = self.required("indices")?;
        if !matches!(indices, Value::Buffer(_)) {
            return Err(self.wrong_type("indices", "a buffer", indices));
        }
        match self.dict.get("one_to_one") {
            None | Some(Value::Bool(_)) => Ok(()),
            Some(other) => Err(self.wrong_type("one_to_one", "a bool", other)),
        }
    }

    /// The rank and size in the process grid; the rank may be negative.
    fn grid(&self) -> Result<(i128, i128), ProtocolError> {
        let (size, rank) = (self.int("proc_grid_size")?, self.int("proc_grid_rank")?);
        if size < 1 {
            self.refuse("proc_grid_size", size, "must be at least 1".to_owned())?;
        }
        if rank >= size {
            let rule = format!("must be less than the proc_grid_size {size}");
            self.refuse("proc_grid_rank", rank, rule)?;
        }
        Ok((rank, size))
    }

    /// Compares as Python does: with any number, though the type of `size` is never checked.
    fn check_not_beyond_size(&self, stop: i128) -> Result<(), ProtocolError> {
        let size = self.required("size")?;
        let beyond = match size {
            // For an integer, being above a number is being above its floor; conversion keeps NaN apart by hand.
            Value::Float(float) if float.is_nan() => false,
            Value::Float(float) => stop > float.floor() as i128,
            other => match as_int(other) {
                Some(size) => stop > size,
                None => return Err(self.wrong_type("size", "a number", other)),
            },
        };
        if beyond {
            let rule = format!("must not exceed the size, {}", size.description());
            return self.refuse("stop", stop, rule);
        }
        Ok(())
    }

    fn check_first_start(&self, rank: i128, start: i128) -> Result<(), ProtocolError> {
        if rank == 0 && start != 0 {
            return self.refuse("start", start, "must be 0 where proc_grid_rank is 0".to_owned());
        }
        Ok(())
    }

    fn required(&self, key: &str) -> Result<&'d Value<'a>, ProtocolError> {
        self.dict.get(key).ok_or_else(|| ProtocolError::missing(Some(self.dimension), key))
    }

    fn int(&self, key: &str) -> Result<i128, ProtocolError> {
        self.to_int(key, self.required(key)?)
    }

    fn to_int(&self, key: &str, value: &Value<'_>) -> Result<i128, ProtocolError> {
        as_int(value).ok_or_else(|| self.wrong_type(key, "an int", value))
    }

    fn wrong_type(&self, key: &str, expected: &str, found: &Value<'_>) -> ProtocolError {
        ProtocolError::wrong_type(Some(self.dimension), key, expected, found.description())
    }

    fn refuse(&self, key: &str, value: i128, rule: String) -> Result<(), ProtocolError> {
        Err(ProtocolError::invalid(self.dimension, key, value, rule))
    }
}

/// The value as an integer by Python's `isinstance(value, int)`, which booleans pass.
fn as_int(value: &Value<'_>) -> Option<i128> {
    match value {
        Value::Int(int) => Some(*int),
        Value::Bool(flag) => Some(i128::from(*flag)),
        _ => None,
    }
}
