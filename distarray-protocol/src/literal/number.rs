//! Reading numbers.

use super::parse::Parser;
use crate::{ProtocolError, Value};

impl Parser<'_> {
    /// An integer or a float, with any signs before it.
    pub(super) fn number(&mut self) -> Result<Value<'static>, ProtocolError> {
        let start = self.at;
        let signs = self.take_while(|c| matches!(c, '+' | '-' | ' '));
        let negative = signs.matches('-').count() % 2 == 1;
        if self.peek().is_some_and(|c| c.is_ascii_alphabetic()) {
            return match self.take_while(|c| c.is_ascii_alphanumeric() || c == '_') {
                "inf" => Ok(Value::Float(if negative { -f64::INFINITY } else { f64::INFINITY })),
                "nan" => Ok(Value::Float(f64::NAN)),
                _ => self.fail_at(start, "a sign must stand before a number"),
            };
        }
        let value = if self.has_radix() { self.radix(negative) } else { self.decimal(negative) }?;
        match self.peek() {
            Some('j' | 'J') => self.fail_at(start, "complex numbers are not supported"),
            Some(c) if c.is_ascii_alphanumeric() || c == '_' || c == '.' => {
                self.fail(format!("unexpected {c:?} in a number"))
            }
            _ => Ok(value),
        }
    }

    fn has_radix(&self) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        rest.first() == Some(&b'0')
            && rest.get(1).is_some_and(|c| matches!(c.to_ascii_lowercase(), b'x' | b'o' | b'b'))
    }

    fn radix(&mut self, negative: bool) -> Result<Value<'static>, ProtocolError> {
        let start = self.at;
        let radix = match self.text.as_bytes()[start + 1].to_ascii_lowercase() {
            b'x' => 16,
            b'o' => 8,
            _ => 2,
        };
        self.at += 2;
        let digits = self.take_while(|c| c.is_digit(radix) || c == '_');
        // Only here may an underscore come first.
        let digits = digits.strip_prefix('_').unwrap_or(digits);
        self.integer(start, digits, radix, negative)
    }

    fn decimal(&mut self, negative: bool) -> Result<Value<'static>, ProtocolError> {
        let start = self.at;
        let digit = |c: char| c.is_ascii_digit() || c == '_';
        let whole = self.take_while(digit);
        let mut parts = vec![whole];
        if self.peek() == Some('.') {
            self.at += 1;
            parts.push(self.take_while(digit));
        }
        let is_point = parts.len() == 2;
        let is_power = matches!(self.peek(), Some('e' | 'E'));
        if is_power {
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            let power = self.take_while(digit);
            if power.is_empty() {
                return self.expected("a digit of the exponent");
            }
            parts.push(power);
        }
        let text = &self.text[start..self.at];
        let well_formed = |part: &&str| part.is_empty() || well_grouped(part);
        if parts[..=usize::from(is_point)].iter().all(|part| part.is_empty())
            || !parts.iter().all(well_formed)
        {
            return self.fail_at(start, "a number without digits, or with misplaced underscores");
        }
        if is_point || is_power {
            return match text.replace('_', "").parse::<f64>() {
                Ok(number) => Ok(Value::Float(if negative { -number } else { number })),
                Err(_) => self.fail_at(start, "not a number"),
            };
        }
        if whole.starts_with('0') && whole.bytes().any(|c| !matches!(c, b'0' | b'_')) {
            return self.fail_at(start, "an integer cannot start with 0");
        }
        let value = self.integer(start, whole, 10, negative)?;
        // Python 2 marks its long integers.
        if matches!(self.peek(), Some('L' | 'l')) {
            self.at += 1;
        }
        Ok(value)
    }

    fn integer(
        &self,
        start: usize,
        digits: &str,
        radix: u32,
        negative: bool,
    ) -> Result<Value<'static>, ProtocolError> {
        if digits.is_empty() || !well_grouped(digits) {
            return self.fail_at(start, "a number without digits, or with misplaced underscores");
        }
        let sign = if negative { "-" } else { "" };
        match i128::from_str_radix(&format!("{sign}{}", digits.replace('_', "")), radix) {
            Ok(int) => Ok(Value::Int(int)),
            Err(_) => self.fail_at(start, "an integer of more than 128 bits"),
        }
    }

    fn fail_at<T>(&self, offset: usize, message: &str) -> Result<T, ProtocolError> {
        Err(ProtocolError::Literal { offset, message: message.to_owned() })
    }
}

/// Whether every underscore stands between two digits.
fn well_grouped(digits: &str) -> bool {
    !digits.starts_with('_') && !digits.ends_with('_') && !digits.contains("__")
}
