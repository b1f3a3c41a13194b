//! Reading strings and bytes.

use super::parse::Parser;
use crate::{Buffer, ProtocolError, Value};

/// What the letters before a quotation mark ask for.
#[derive(Clone, Copy)]
struct Prefix {
    bytes: bool,
    raw: bool,
}

impl Parser<'_> {
    /// Whether letters and a quotation mark follow, such as `u'` or `rb"`.
    pub(super) fn is_string_ahead(&self) -> bool {
        let rest = &self.text[self.at..];
        let letters = rest.bytes().take(3).take_while(u8::is_ascii_alphabetic).count();
        letters <= 2 && matches!(rest.as_bytes().get(letters), Some(b'\'' | b'"'))
    }

    /// One string or bytes literal, or several side by side, which are one.
    pub(super) fn strings(&mut self) -> Result<Value<'static>, ProtocolError> {
        let mut characters = String::new();
        let mut kind = None;
        loop {
            let prefix = self.prefix()?;
            if prefix.bytes {
                // Written again, they are `array([...])`.
                self.check_depth(2)?;
            }
            if *kind.get_or_insert(prefix.bytes) != prefix.bytes {
                return self.fail("strings and bytes cannot be joined");
            }
            self.quoted(prefix, &mut characters)?;
            self.skip_blank();
            let more = matches!(self.peek(), Some('\'' | '"')) || self.is_string_ahead();
            if !more {
                break;
            }
        }
        if kind != Some(true) {
            return Ok(Value::Str(characters));
        }
        // Each byte was read as the character of the same number.
        let bytes: Vec<u8> = characters.chars().map(|c| c as u8).collect();
        Ok(Value::Buffer(Buffer::from_vec(bytes)))
    }

    fn prefix(&mut self) -> Result<Prefix, ProtocolError> {
        let letters = self.take_while(|c| c.is_ascii_alphabetic()).to_ascii_lowercase();
        match letters.as_str() {
            "" | "u" => Ok(Prefix { bytes: false, raw: false }),
            "r" => Ok(Prefix { bytes: false, raw: true }),
            "b" => Ok(Prefix { bytes: true, raw: false }),
            "br" | "rb" => Ok(Prefix { bytes: true, raw: true }),
            _ => self.fail(format!("unknown string prefix {letters:?}")),
        }
    }

    fn quoted(&mut self, prefix: Prefix, out: &mut String) -> Result<(), ProtocolError> {
        let Some(quote @ ('\'' | '"')) = self.peek() else {
            return self.expected("a quotation mark");
        };
        let triple = quote.to_string().repeat(3);
        let is_triple = self.text[self.at..].starts_with(&triple);
        let close = if is_triple { triple } else { quote.to_string() };
        self.at += close.len();
        loop {
            if self.text[self.at..].starts_with(&close) {
                self.at += close.len();
                return Ok(());
            }
            let Some(character) = self.peek() else {
                return self.fail("the text ends inside a string");
            };
            if character == '\n' && !is_triple {
                return self.fail("a line ends inside a string");
            }
            if prefix.bytes && !character.is_ascii() {
                return self.fail("bytes can only hold ASCII characters");
            }
            self.at += character.len_utf8();
            match (character, prefix.raw) {
                ('\\', false) => self.escape(prefix, out)?,
                // In a raw string a backslash keeps a quotation mark or line end from closing it, and stays.
                ('\\', true) => {
                    out.push('\\');
                    if let Some(next) =
                        self.peek().filter(|next| [quote, '\\', '\n'].contains(next))
                    {
                        self.at += 1;
                        out.push(next);
                    }
                }
                _ => out.push(character),
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self, prefix: Prefix, out: &mut String) -> Result<(), ProtocolError> {
        let Some(kind) = self.peek() else {
            return self.fail("the text ends inside a string");
        };
        if matches!(kind, '0'..='7') {
            let rest = &self.text.as_bytes()[self.at..];
            let digits = rest.iter().take(3).take_while(|c| matches!(c, b'0'..=b'7')).count();
            return self.code(digits, 8, prefix, out);
        }
        self.at += kind.len_utf8();
        match (kind, prefix.bytes) {
            ('\n', _) => {}
            ('\\' | '\'' | '"', _) => out.push(kind),
            ('a', _) => out.push('\x07'),
            ('b', _) => out.push('\x08'),
            ('f', _) => out.push('\x0c'),
            ('n', _) => out.push('\n'),
            ('r', _) => out.push('\r'),
            ('t', _) => out.push('\t'),
            ('v', _) => out.push('\x0b'),
            ('x', _) => self.code(2, 16, prefix, out)?,
            ('u', false) => self.code(4, 16, prefix, out)?,
            ('U', false) => self.code(8, 16, prefix, out)?,
            ('N', false) => return self.fail("characters cannot be given by name"),
            // Python keeps the backslash of an escape it does not know.
            _ if !prefix.bytes || kind.is_ascii() => {
                out.push('\\');
                out.push(kind);
            }
            _ => return self.fail("bytes can only hold ASCII characters"),
        }
        Ok(())
    }

    /// A character given by `digits` digits.
    fn code(
        &mut self,
        digits: usize,
        radix: u32,
        prefix: Prefix,
        out: &mut String,
    ) -> Result<(), ProtocolError> {
        let number = self
            .text
            .get(self.at..self.at + digits)
            .filter(|text| text.chars().all(|c| c.is_digit(radix)))
            .and_then(|text| u32::from_str_radix(text, radix).ok());
        // Octal can write one bit more than a byte has.
        let limit = if prefix.bytes { 0xff } else { u32::MAX };
        match number.filter(|number| *number <= limit).and_then(char::from_u32) {
            Some(character) => {
                self.at += digits;
                out.push(character);
                Ok(())
            }
            None => self.fail(format!("not {digits} digits of a character's number")),
        }
    }
}
