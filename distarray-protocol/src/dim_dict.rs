//! Dimension dictionaries to and from their typed form.

use std::borrow::Cow;

use crate::{Buffer, Dict, DimData, DistType, ProtocolError, Value};

impl<'a> DimData<'a> {
    /// Reads the dictionary of dimension `dimension` of a buffer with `extent` elements along it.
    ///
    /// The empty dictionary is the whole dimension on one process. `padding` may be a list, as the protocol's own
    /// examples print it; unknown keys are passed over; `indices` of 64 native bits are borrowed where the buffer
    /// borrows its memory, and any other integer format is converted. An error names the dimension and the
    /// key that is missing, of the wrong type or out of the range of its type. Whether the values make sense is left to
    /// [`validate`](Self::validate).
    ///
    /// ```
    /// use distarray_protocol::{Dict, DimData, Value};
    ///
    /// let dict = Value::from_literal("{'dist_type': 'c', 'size': 9, 'proc_grid_size': 2, 'proc_grid_rank': 1, 'start': 1}")?;
    /// assert_eq!(DimData::from_dict(0, dict.as_dict().unwrap(), 4)?, DimData::cyclic(9, 2, 1, 1));
    /// assert_eq!(DimData::from_dict(1, &Dict::new(), 6)?, DimData::undistributed(6));
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn from_dict(
        dimension: usize,
        dict: &Dict<'a>,
        extent: usize,
    ) -> Result<Self, ProtocolError> {
        if dict.is_empty() {
            return Ok(Self::undistributed(extent));
        }
        let fields = Fields { dimension, dict };
        let dist_type = match fields.required("dist_type")? {
            Value::Str(letter) if letter == "b" => fields.block()?,
            Value::Str(letter) if letter == "c" => fields.cyclic()?,
            Value::Str(letter) if letter == "u" => fields.unstructured()?,
            Value::Str(letter) => {
                let rule = "must be 'b', 'c' or 'u'";
                return Err(ProtocolError::invalid(
                    dimension,
                    "dist_type",
                    format!("{letter:?}"),
                    rule,
                ));
            }
            other => return Err(fields.wrong_type("dist_type", "a str", other)),
        };
        Ok(Self {
            size: fields.count("size")?,
            proc_grid_size: fields.count("proc_grid_size")?,
            proc_grid_rank: fields.count("proc_grid_rank")?,
            dist_type,
        })
    }

    /// The dictionary of this dimension; an index list is lent to it, not copied.
    ///
    /// The optional keys are there only where they differ from their defaults.
    ///
    /// ```
    /// use distarray_protocol::{DimData, Value};
    ///
    /// let dim = DimData::block(10, 2, 0, 0..6).with_padding(0, 1);
    /// assert_eq!(
    ///     Value::from(dim.to_dict()).to_literal()?,
    ///     "{'dist_type': 'b', 'padding': (0, 1), 'proc_grid_rank': 0, 'proc_grid_size': 2, \
    ///       'size': 10, 'start': 0, 'stop': 6}",
    /// );
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn to_dict(&self) -> Dict<'_> {
        let mut dict = self.common_dict();
        if let DistType::Unstructured { indices, .. } = &self.dist_type {
            dict.insert("indices", Buffer::from_slice(indices));
        }
        dict
    }

    /// The dictionary of this dimension; an index list moves into it.
    ///
    /// ```
    /// use distarray_protocol::{Buffer, DimData};
    /// let dict = DimData::unstructured(5, 1, 0, vec![1, 0]).into_dict();
    /// assert_eq!(dict.get("indices"), Some(&Buffer::from_vec(vec![1_i64, 0]).into()));
    /// ```
    pub fn into_dict(self) -> Dict<'a> {
        let mut dict = self.common_dict();
        if let DistType::Unstructured { indices, .. } = self.dist_type {
            let buffer = match indices {
                Cow::Borrowed(indices) => Buffer::from_slice(indices),
                Cow::Owned(indices) => Buffer::from_vec(indices),
            };
            dict.insert("indices", buffer);
        }
        dict
    }

    /// All entries but `indices`.
    fn common_dict<'d>(&self) -> Dict<'d> {
        let mut dict = Dict::new()
            .with("dist_type", self.dist_type.letter())
            .with("size", self.size)
            .with("proc_grid_size", self.proc_grid_size)
            .with("proc_grid_rank", self.proc_grid_rank);
        match &self.dist_type {
            DistType::Block { start, stop, padding, periodic } => {
                dict.insert("start", *start);
                dict.insert("stop", *stop);
                if *padding != (0, 0) {
                    dict.insert("padding", *padding);
                }
                if *periodic {
                    dict.insert("periodic", true);
                }
            }
            DistType::Cyclic { start, block_size } => {
                dict.insert("start", *start);
                if *block_size != 1 {
                    dict.insert("block_size", *block_size);
                }
            }
            DistType::Unstructured { one_to_one, .. } => {
                if *one_to_one {
                    dict.insert("one_to_one", true);
                }
            }
        }
        dict
    }
}

/// A dictionary and the dimension it belongs to, for errors that name both.
struct Fields<'d, 'a> {
    dimension: usize,
    dict: &'d Dict<'a>,
}

impl<'d, 'a> Fields<'d, 'a> {
    fn block(&self) -> Result<DistType<'a>, ProtocolError> {
        Ok(DistType::Block {
            start: self.count("start")?,
            stop: self.count("stop")?,
            padding: self.padding()?,
            periodic: self.flag("periodic")?,
        })
    }

    fn cyclic(&self) -> Result<DistType<'a>, ProtocolError> {
        let block_size = match self.dict.get("block_size") {
            Some(value) => self.to_count("block_size", value)?,
            None => 1,
        };
        Ok(DistType::Cyclic { start: self.count("start")?, block_size })
    }

    fn unstructured(&self) -> Result<DistType<'a>, ProtocolError> {
        Ok(DistType::Unstructured {
            indices: self.indices()?,
            one_to_one: self.flag("one_to_one")?,
        })
    }

    fn required(&self, key: &str) -> Result<&'d Value<'a>, ProtocolError> {
        self.dict.get(key).ok_or_else(|| ProtocolError::missing(Some(self.dimension), key))
    }

    fn count(&self, key: &str) -> Result<usize, ProtocolError> {
        self.to_count(key, self.required(key)?)
    }

    fn to_count(&self, key: &str, value: &Value<'_>) -> Result<usize, ProtocolError> {
        let Value::Int(int) = value else {
            return Err(self.wrong_type(key, "an int", value));
        };
        usize::try_from(*int).map_err(|_| {
            let rule = format!("must lie in 0..={}", usize::MAX);
            ProtocolError::invalid(self.dimension, key, int, rule)
        })
    }

    fn padding(&self) -> Result<(usize, usize), ProtocolError> {
        match self.dict.get("padding") {
            None => Ok((0, 0)),
            Some(Value::Tuple(widths) | Value::List(widths)) if widths.len() == 2 => {
                Ok((self.to_count("padding", &widths[0])?, self.to_count("padding", &widths[1])?))
            }
            Some(other) => Err(self.wrong_type("padding", "a tuple of two ints", other)),
        }
    }

    fn flag(&self, key: &str) -> Result<bool, ProtocolError> {
        match self.dict.get(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(self.wrong_type(key, "a bool", other)),
        }
    }

    fn indices(&self) -> Result<Cow<'a, [i64]>, ProtocolError> {
        let value = self.required("indices")?;
        let buffer = match value {
            Value::Buffer(buffer) if buffer.ndim() == 1 && buffer.format().kind().is_integer() => {
                buffer
            }
            other => {
                return Err(self.wrong_type("indices", "a buffer of ints with one axis", other));
            }
        };
        if let Some(indices) = buffer.borrowed_slice::<i64>() {
            return Ok(Cow::Borrowed(indices));
        }
        let narrow = |index: i128| {
            i64::try_from(index).map_err(|_| {
                let rule = format!("must not exceed {}", i64::MAX);
                ProtocolError::invalid(self.dimension, "indices", index, rule)
            })
        };
        buffer.integers()?.into_iter().map(narrow).collect()
    }

    fn wrong_type(&self, key: &str, expected: &str, found: &Value<'_>) -> ProtocolError {
        ProtocolError::wrong_type(Some(self.dimension), key, expected, found.description())
    }
}
