//! Values as text, in the syntax of Python literals.

mod array;
mod number;
mod parse;
mod print;
mod string;

use crate::{Dict, ProtocolError, Value};

/// How deeply tuples, lists, dictionaries and arrays may lie in each other in a text.
///
/// An array is as deep as its brackets, and bytes as the array that they become.
pub const MAX_LITERAL_DEPTH: usize = 64;

impl Value<'static> {
    /// Reads a Python literal, such as the header of a `.dnpy` file.
    ///
    /// Understood are `None`, booleans, integers (up to 128 bits, in any base, with a trailing `L` as Python 2 writes
    /// it), floats, strings, tuples, lists and dictionaries with string keys; bytes and NumPy's
    /// `array([1, 2], dtype=int32)` become buffers that own their elements; NumPy scalars such as `np.int64(3)` are read
    /// through. An error names the byte it was met at. Nesting is limited to [`MAX_LITERAL_DEPTH`], and time and memory
    /// grow with the length of the text only.
    ///
    /// ```
    /// use distarray_protocol::{Buffer, Value};
    ///
    /// let value = Value::from_literal("{'size': 0x10, 'padding': [1, 1], }")?;
    /// let dict = value.as_dict().unwrap();
    /// assert_eq!(dict.get("size"), Some(&Value::Int(16)));
    /// assert_eq!(dict.get("padding"), Some(&Value::list([1, 1])));
    /// assert_eq!(
    ///     Value::from_literal("array([2, 0], dtype=int32)")?,
    ///     Buffer::from_vec(vec![2, 0]).into(),
    /// );
    /// assert_eq!(
    ///     Value::from_literal("[1, 2").unwrap_err().to_string(),
    ///     "byte 5: the text ends where ',' or ']' is expected",
    /// );
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn from_literal(text: &str) -> Result<Self, ProtocolError> {
        parse::Parser::new(text).document()
    }
}

impl Dict<'static> {
    /// Reads the entries of a dictionary's literal as they are written, keys that come again included.
    ///
    /// For formats that refuse what [`Value::from_literal`] resolves as Python does, by the later value. All else is as
    /// there; a text that is not a dictionary is an error.
    ///
    /// ```
    /// use distarray_protocol::{Dict, Value};
    ///
    /// let entries = Dict::entries_from_literal("{'size': 5, 'size': 6}")?;
    /// assert_eq!(entries, [("size".into(), Value::Int(5)), ("size".into(), Value::Int(6))]);
    /// assert_eq!(
    ///     Dict::entries_from_literal("[5]").unwrap_err().to_string(),
    ///     "byte 0: unexpected '[' where '{' is expected",
    /// );
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn entries_from_literal(
        text: &str,
    ) -> Result<Vec<(String, Value<'static>)>, ProtocolError> {
        parse::Parser::new(text).dict_document()
    }
}

impl Value<'_> {
    /// Writes the value as a Python literal in ASCII, the keys of dictionaries in sorted order.
    ///
    /// Buffers are written as NumPy prints arrays, but whole and always with their type: `array([1, 2], dtype=int64)`.
    /// [`from_literal`](Self::from_literal) reads all of it back, up to [`MAX_LITERAL_DEPTH`]. An error for buffers of
    /// complex numbers, which have no such form.
    ///
    /// ```
    /// use distarray_protocol::{Dict, Value};
    ///
    /// let dict = Dict::new().with("stop", 5).with("start", Value::None).with("name", "caf\u{e9}");
    /// let text = Value::from(dict).to_literal()?;
    /// assert_eq!(text, r"{'name': 'caf\xe9', 'start': None, 'stop': 5}");
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn to_literal(&self) -> Result<String, ProtocolError> {
        let mut text = String::new();
        print::value(self, &mut text)?;
        Ok(text)
    }
}
