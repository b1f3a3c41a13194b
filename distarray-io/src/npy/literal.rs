//! The part of Python's literals that a `.npy` header is written in.
//!
//! Dictionaries with text as keys, text, integers, truth values, tuples and lists of them; nothing
//! is evaluated. Errors are sentences without the file's name, which the caller knows.

/// How deep tuples and lists may lie in each other; a header's field lists need four.
const DEEPEST: usize = 16;

/// A value, with numbers as their digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Literal<'a> {
    Text(String),
    /// Sign and digits, without the `L` of Python 2.
    Integer(&'a str),
    Truth(bool),
    Tuple(Vec<Self>),
    List(Vec<Self>),
}

/// One entry of a dictionary.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) key: String,
    pub(super) value: Literal<'a>,
    /// The value as it is written.
    pub(super) source: &'a str,
}

/// What cannot be read, as a sentence.
#[derive(Debug)]
pub(super) struct Unreadable(pub(super) String);

type Result<T> = std::result::Result<T, Unreadable>;

/// The entries of a dictionary, in the order in which they are written.
pub(super) fn dictionary(text: &str) -> Result<Vec<Entry<'_>>> {
    let mut reader = Reader { text, at: 0 };
    let mut entries = Vec::new();
    reader.expect('{')?;
    while !reader.take('}') {
        let at = reader.after_space();
        let Literal::Text(key) = reader.value(0)? else {
            return Err(reader.refuse_at(at, "a key in quotes"));
        };
        reader.expect(':')?;
        let start = reader.after_space();
        let value = reader.value(0)?;
        entries.push(Entry { key, value, source: &text[start..reader.at] });
        if !reader.take(',') {
            reader.expect('}')?;
            break;
        }
    }
    match reader.after_space() {
        end if end == text.len() => Ok(entries),
        end => Err(reader.refuse_at(end, "nothing more after the dictionary")),
    }
}

/// Text of the file for a message: no longer than a line, without control characters.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown = String::new();
    for c in text.chars().take(LONGEST) {
        match c {
            '\'' | '"' | '\\' => shown.push(c),
            _ => shown.extend(c.escape_debug()),
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push_str("...");
    }
    shown
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Skips white space; where the reader stands then.
    fn after_space(&mut self) -> usize {
        let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c');
        self.at = self.text.len() - self.rest().trim_start_matches(blank).len();
        self.at
    }

    fn take(&mut self, wanted: char) -> bool {
        self.after_space();
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn expect(&mut self, wanted: char) -> Result<()> {
        if self.take(wanted) {
            return Ok(());
        }
        Err(self.refuse_at(self.at, &format!("'{wanted}'")))
    }

    fn refuse_at(&self, at: usize, wanted: &str) -> Unreadable {
        let found = match self.text[at..].chars().next() {
            Some(_) => format!("'{}'", quoted(&self.text[at..])),
            None => "its end".to_owned(),
        };
        Unreadable(format!("expected {wanted} at character {at}, found {found}"))
    }

    fn value(&mut self, depth: usize) -> Result<Literal<'a>> {
        let start = self.after_space();
        let rest = self.rest();
        let unprefixed = rest.strip_prefix(['u', 'b']).unwrap_or(rest);
        if let Some(quote @ ('\'' | '"')) = unprefixed.chars().next() {
            self.at += rest.len() - unprefixed.len() + 1;
            return self.text(start, quote);
        }
        if let Some(open @ ('(' | '[')) = rest.chars().next() {
            self.at += 1;
            return self.sequence(start, open, depth);
        }
        for (word, value) in [("True", true), ("False", false)] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(Literal::Truth(value));
            }
        }
        let unsigned = rest.strip_prefix(['-', '+']).unwrap_or(rest);
        let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            let wanted = "text, an integer, True, False, a tuple or a list";
            return Err(self.refuse_at(start, wanted));
        }
        self.at += rest.len() - unsigned.len() + digits;
        let integer = &self.text[start..self.at];
        if self.rest().starts_with('L') {
            self.at += 1;
        }
        Ok(Literal::Integer(integer))
    }

    /// The text up to the closing quote; a backslash keeps the character after it.
    fn text(&mut self, start: usize, quote: char) -> Result<Literal<'a>> {
        let mut found = String::new();
        let mut ahead = self.rest().char_indices();
        while let Some((at, c)) = ahead.next() {
            match c {
                '\\' => found.extend(ahead.next().map(|(_, kept)| kept)),
                _ if c == quote => {
                    self.at += at + 1;
                    return Ok(Literal::Text(found));
                }
                _ => found.push(c),
            }
        }
        Err(Unreadable(format!("the text that starts at character {start} has no end")))
    }

    fn sequence(&mut self, start: usize, open: char, depth: usize) -> Result<Literal<'a>> {
        if depth == DEEPEST {
            return Err(Unreadable(format!(
                "more than {DEEPEST} tuples and lists in each other at character {start}"
            )));
        }
        let close = if open == '(' { ')' } else { ']' };
        let (mut items, mut has_comma) = (Vec::new(), false);
        while !self.take(close) {
            items.push(self.value(depth + 1)?);
            if !self.take(',') {
                self.expect(close)?;
                break;
            }
            has_comma = true;
        }
        // Parentheses around one value without a comma are only parentheses.
        if open == '(' && !has_comma && items.len() == 1 {
            return Ok(items.remove(0));
        }
        Ok(if open == '(' { Literal::Tuple(items) } else { Literal::List(items) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Result<Literal<'_>> {
        let mut reader = Reader { text, at: 0 };
        reader.value(0)
    }

    #[test]
    fn values_of_every_kind() {
        let five = || Literal::Integer("5");
        for (text, expected) in [
            ("'a\\'b'", Literal::Text("a'b".into())),
            ("u\"a'b\"", Literal::Text("a'b".into())),
            ("b'<f8'", Literal::Text("<f8".into())),
            ("True", Literal::Truth(true)),
            ("-12L", Literal::Integer("-12")),
            ("()", Literal::Tuple(vec![])),
            ("( 5 , )", Literal::Tuple(vec![five()])),
            ("(5)", five()),
            ("(5L,5)", Literal::Tuple(vec![five(), five()])),
            ("[5]", Literal::List(vec![five()])),
        ] {
            assert_eq!(value(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_literal_is_refused_with_its_place() {
        for (text, expected) in [
            ("", "expected '{' at character 0, found its end"),
            ("[1]", "expected '{' at character 0, found '[1]'"),
            ("{'a' 1}", "expected ':' at character 5, found '1}'"),
            ("{1: 2}", "expected a key in quotes at character 1, found '1: 2}'"),
            ("{'a': (1 2)}", "expected ')' at character 9, found '2)}'"),
            ("{'a': None}", "True, False, a tuple or a list at character 6, found 'None}'"),
            ("{'a': 'b", "the text that starts at character 6 has no end"),
            ("{'a': 1} 2", "expected nothing more after the dictionary at character 9, found '2'"),
            ("{'a': \u{a0}1}", "at character 6, found '\\u{a0}1}'"),
        ] {
            let Unreadable(message) = dictionary(text).unwrap_err();
            assert!(message.ends_with(expected), "{text}: {message}");
        }
        let deep = format!("{{'a': {}", "(".repeat(100_000));
        let Unreadable(message) = dictionary(&deep).unwrap_err();
        assert_eq!(message, "more than 16 tuples and lists in each other at character 22");
    }

    #[test]
    fn messages_quote_no_more_than_a_line() {
        assert_eq!(quoted("a\nb"), "a\\nb");
        assert_eq!(quoted(&"é".repeat(100)).chars().count(), 63);
    }
}
