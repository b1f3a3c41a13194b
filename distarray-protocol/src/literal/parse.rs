//! Reading: one character at a time, never more than [`MAX_LITERAL_DEPTH`] calls deep.

use crate::literal::MAX_LITERAL_DEPTH;
use crate::{Dict, ProtocolError, Value};

/// A key and its value.
type Entry = (String, Value<'static>);

/// A text and the place reached in it.
pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// One value and nothing after it.
    pub(super) fn document(mut self) -> Result<Value<'static>, ProtocolError> {
        let value = self.value()?;
        self.end()?;
        Ok(value)
    }

    /// The entries of one dictionary and nothing after it.
    pub(super) fn dict_document(mut self) -> Result<Vec<Entry>, ProtocolError> {
        if !self.accept('{') {
            return self.expected("'{'");
        }
        self.depth += 1;
        let entries = self.entries()?;
        self.end()?;
        Ok(entries)
    }

    fn end(&mut self) -> Result<(), ProtocolError> {
        self.skip_blank();
        match self.peek() {
            None => Ok(()),
            Some(found) => self.fail(format!("unexpected {found:?} after the value")),
        }
    }

    pub(super) fn value(&mut self) -> Result<Value<'static>, ProtocolError> {
        self.skip_blank();
        match self.peek() {
            None => self.fail("the text ends where a value is expected"),
            Some('(') => self.deeper(Self::tuple),
            Some('[') => self.deeper(|parser| Ok(Value::List(parser.items(']')?.0))),
            Some('{') => self.deeper(Self::dict),
            Some('\'' | '"') => self.strings(),
            Some('0'..='9' | '.' | '+' | '-') => self.number(),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                if self.is_string_ahead() {
                    return self.strings();
                }
                self.word()
            }
            Some(found) => self.fail(format!("unexpected {found:?} where a value is expected")),
        }
    }

    /// Takes the opening bracket that follows and reads what it starts, one level deeper.
    pub(super) fn deeper(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Value<'static>, ProtocolError>,
    ) -> Result<Value<'static>, ProtocolError> {
        self.check_depth(1)?;
        self.depth += 1;
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// Whether there may be so many levels more.
    pub(super) fn check_depth(&self, levels: usize) -> Result<(), ProtocolError> {
        if self.depth + levels > MAX_LITERAL_DEPTH {
            return self.fail(format!("nested more than {MAX_LITERAL_DEPTH} levels deep"));
        }
        Ok(())
    }

    fn tuple(&mut self) -> Result<Value<'static>, ProtocolError> {
        let (mut items, commas) = self.items(')')?;
        // `(1)` is 1 in brackets; the comma makes the tuple.
        match items.pop() {
            Some(only) if items.is_empty() && commas == 0 => Ok(only),
            last => {
                items.extend(last);
                Ok(Value::Tuple(items))
            }
        }
    }

    /// Values up to a closing bracket, and the number of commas among them.
    fn items(&mut self, close: char) -> Result<(Vec<Value<'static>>, usize), ProtocolError> {
        let (mut items, mut commas) = (Vec::new(), 0);
        loop {
            if self.accept(close) {
                return Ok((items, commas));
            }
            items.push(self.value()?);
            if self.end_of_item(close)? {
                return Ok((items, commas));
            }
            commas += 1;
        }
    }

    fn dict(&mut self) -> Result<Value<'static>, ProtocolError> {
        Ok(Value::Dict(self.entries()?.into_iter().collect::<Dict<'static>>()))
    }

    /// Keys and values up to the closing bracket.
    fn entries(&mut self) -> Result<Vec<Entry>, ProtocolError> {
        let mut entries = Vec::new();
        loop {
            if self.accept('}') {
                return Ok(entries);
            }
            let start = self.at;
            let key = match self.value()? {
                Value::Str(key) => key,
                other => {
                    self.at = start;
                    return self.fail(format!(
                        "a dictionary key must be a str, not {}",
                        other.description()
                    ));
                }
            };
            if !self.accept(':') {
                return self.expected("':'");
            }
            entries.push((key, self.value()?));
            if self.end_of_item('}')? {
                return Ok(entries);
            }
        }
    }

    /// Whether the closing bracket follows; if not, a comma must.
    pub(super) fn end_of_item(&mut self, close: char) -> Result<bool, ProtocolError> {
        if self.accept(close) {
            return Ok(true);
        }
        if self.accept(',') { Ok(false) } else { self.expected(&format!("',' or '{close}'")) }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// Skips white space, then `wanted` if it follows.
    pub(super) fn accept(&mut self, wanted: char) -> bool {
        self.skip_blank();
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// Takes characters as long as they are wanted.
    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = &self.text[self.at..];
        let taken = &rest[..rest.find(|c| !wanted(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    pub(super) fn skip_blank(&mut self) {
        self.take_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c'));
    }

    pub(super) fn expected<T>(&self, wanted: &str) -> Result<T, ProtocolError> {
        match self.peek() {
            Some(found) => self.fail(format!("unexpected {found:?} where {wanted} is expected")),
            None => self.fail(format!("the text ends where {wanted} is expected")),
        }
    }

    pub(super) fn fail<T>(&self, message: impl Into<String>) -> Result<T, ProtocolError> {
        Err(ProtocolError::Literal { offset: self.at, message: message.into() })
    }
}
