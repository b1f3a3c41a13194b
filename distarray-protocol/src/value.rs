//! The loosely typed form in which the protocol's dictionaries travel between libraries.

use std::collections::BTreeMap;

use crate::Buffer;

/// A value as another library hands it over: what a Python object of the protocol can be.
///
/// ```
/// use distarray_protocol::{Dict, Value};
///
/// let value = Value::from(Dict::new().with("size", 5).with("padding", (1, 2)));
/// assert_eq!(value.to_literal()?, "{'padding': (1, 2), 'size': 5}");
/// # Ok::<(), distarray_protocol::ProtocolError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer; holds any of 64 bits, signed or not.
    Int(i128),
    /// A floating-point number.
    Float(f64),
    /// A string.
    Str(String),
    /// A tuple.
    Tuple(Vec<Value<'a>>),
    /// A list.
    List(Vec<Value<'a>>),
    /// A dictionary with string keys.
    Dict(Dict<'a>),
    /// Something with the buffer interface: an array, a bytes object.
    Buffer(Buffer<'a>),
}

impl<'a> Value<'a> {
    /// A tuple of values.
    ///
    /// ```
    /// use distarray_protocol::Value;
    /// assert_eq!(Value::tuple([1, 2]), Value::from((1, 2)));
    /// ```
    pub fn tuple<V: Into<Value<'a>>>(items: impl IntoIterator<Item = V>) -> Self {
        Self::Tuple(items.into_iter().map(Into::into).collect())
    }

    /// A list of values.
    ///
    /// ```
    /// use distarray_protocol::Value;
    /// assert_eq!(Value::list([1, 2]).to_literal()?, "[1, 2]");
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn list<V: Into<Value<'a>>>(items: impl IntoIterator<Item = V>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }

    /// The dictionary, if it is one.
    ///
    /// ```
    /// use distarray_protocol::{Dict, Value};
    /// assert!(Value::from(Dict::new()).as_dict().is_some());
    /// assert!(Value::None.as_dict().is_none());
    /// ```
    pub fn as_dict(&self) -> Option<&Dict<'a>> {
        if let Self::Dict(dict) = self { Some(dict) } else { None }
    }

    /// Its type in words, with the value where that is short: `the str "b"`, `a list of 3`.
    ///
    /// ```
    /// use distarray_protocol::Value;
    /// assert_eq!(Value::from(true).description(), "the bool True");
    /// ```
    pub fn description(&self) -> String {
        match self {
            Self::None => "None".to_owned(),
            Self::Bool(true) => "the bool True".to_owned(),
            Self::Bool(false) => "the bool False".to_owned(),
            Self::Int(int) => format!("the int {int}"),
            Self::Float(float) => format!("the float {float:?}"),
            Self::Str(text) if text.len() <= 40 => format!("the str {text:?}"),
            Self::Str(text) => format!("a str of {} bytes", text.len()),
            Self::Tuple(items) => format!("a tuple of {}", items.len()),
            Self::List(items) => format!("a list of {}", items.len()),
            Self::Dict(dict) => format!("a dict of {}", dict.len()),
            Self::Buffer(buffer) => {
                format!(
                    "a buffer of format '{}' and shape {:?}",
                    buffer.format().code(),
                    buffer.shape()
                )
            }
        }
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Value<'_> {
            fn from(int: $integer) -> Self {
                Self::Int(int.into())
            }
        }
    )*};
}

from_integers!(i8, i16, i32, i64, i128, u8, u16, u32, u64);

macro_rules! from_variants {
    ($($source:ty => $variant:ident,)*) => {$(
        impl<'a> From<$source> for Value<'a> {
            fn from(source: $source) -> Self {
                Self::$variant(source.into())
            }
        }
    )*};
}

from_variants! {
    bool => Bool, f64 => Float, &str => Str, String => Str, Dict<'a> => Dict, Buffer<'a> => Buffer,
}

impl From<usize> for Value<'_> {
    fn from(int: usize) -> Self {
        // No supported machine has addresses of more than 64 bits.
        Self::Int(int as i128)
    }
}

impl<'a, A: Into<Value<'a>>, B: Into<Value<'a>>> From<(A, B)> for Value<'a> {
    fn from((first, second): (A, B)) -> Self {
        Self::Tuple(vec![first.into(), second.into()])
    }
}

/// A dictionary with string keys, in the order in which they were added.
///
/// Two dictionaries are equal when they have equal values under the same keys, in any order.
///
/// ```
/// use distarray_protocol::{Dict, Value};
///
/// let dict = Dict::new().with("dist_type", "c").with("start", 1);
/// assert_eq!(dict.get("start"), Some(&Value::Int(1)));
/// assert_eq!(dict, Dict::new().with("start", 1).with("dist_type", "c"));
/// assert_eq!(dict.iter().map(|(key, _)| key).collect::<Vec<_>>(), ["dist_type", "start"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Dict<'a> {
    entries: Vec<(String, Value<'a>)>,
}

impl<'a> Dict<'a> {
    /// A dictionary without entries.
    ///
    /// ```
    /// assert!(distarray_protocol::Dict::new().is_empty());
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// This dictionary with one more entry, or with the value of an old one replaced.
    ///
    /// ```
    /// use distarray_protocol::Dict;
    /// assert_eq!(Dict::new().with("size", 1).with("size", 2), Dict::new().with("size", 2));
    /// ```
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value<'a>>) -> Self {
        self.insert(key, value);
        self
    }

    /// This dictionary without an entry, if it had it.
    ///
    /// ```
    /// use distarray_protocol::Dict;
    /// assert!(Dict::new().with("size", 1).without("size").is_empty());
    /// ```
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.remove(key);
        self
    }

    /// The value under a key.
    ///
    /// ```
    /// use distarray_protocol::Dict;
    /// assert!(Dict::new().get("size").is_none());
    /// ```
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.entries.iter().find(|entry| entry.0 == key).map(|entry| &entry.1)
    }

    /// Adds an entry at the end, or replaces the value of an old one, which is returned.
    ///
    /// ```
    /// use distarray_protocol::{Dict, Value};
    /// let mut dict = Dict::new();
    /// assert_eq!(dict.insert("size", 1), None);
    /// assert_eq!(dict.insert("size", 2), Some(Value::Int(1)));
    /// ```
    pub fn insert(&mut self, key: &str, value: impl Into<Value<'a>>) -> Option<Value<'a>> {
        let value = value.into();
        match self.entries.iter_mut().find(|entry| entry.0 == key) {
            Some(entry) => Some(std::mem::replace(&mut entry.1, value)),
            None => {
                self.entries.push((key.to_owned(), value));
                None
            }
        }
    }

    /// Takes out an entry.
    ///
    /// ```
    /// use distarray_protocol::{Dict, Value};
    /// assert_eq!(Dict::new().with("size", 1).remove("size"), Some(Value::Int(1)));
    /// ```
    pub fn remove(&mut self, key: &str) -> Option<Value<'a>> {
        let place = self.entries.iter().position(|entry| entry.0 == key)?;
        Some(self.entries.remove(place).1)
    }

    /// The entries, in the order in which they were added.
    ///
    /// ```
    /// use distarray_protocol::Dict;
    /// assert_eq!(Dict::new().with("size", 1).iter().count(), 1);
    /// ```
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value<'a>)> {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The number of entries.
    ///
    /// ```
    /// assert_eq!(distarray_protocol::Dict::new().len(), 0);
    /// ```
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    ///
    /// ```
    /// assert!(!distarray_protocol::Dict::new().with("size", 0).is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// As in Python, a key that comes again keeps its place and takes the later value.
impl<'a> FromIterator<(String, Value<'a>)> for Dict<'a> {
    fn from_iter<I: IntoIterator<Item = (String, Value<'a>)>>(pairs: I) -> Self {
        // Looked up by tree: inserting one by one would take quadratic time on hostile input.
        let mut places = BTreeMap::new();
        let mut entries: Vec<(String, Value<'a>)> = Vec::new();
        for (key, value) in pairs {
            let place = *places.entry(key.clone()).or_insert(entries.len());
            match entries.get_mut(place) {
                Some(entry) => entry.1 = value,
                None => entries.push((key, value)),
            }
        }
        Self { entries }
    }
}

impl PartialEq for Dict<'_> {
    fn eq(&self, other: &Self) -> bool {
        fn sorted<'d, 'a>(dict: &'d Dict<'a>) -> Vec<(&'d str, &'d Value<'a>)> {
            let mut entries: Vec<_> = dict.iter().collect();
            entries.sort_unstable_by_key(|entry| entry.0);
            entries
        }
        sorted(self) == sorted(other)
    }
}
