//! Printing.

use std::fmt::Write;

use crate::{Buffer, BufferElement, ElementKind, ProtocolError, Value};

pub(super) fn value(value: &Value<'_>, out: &mut String) -> Result<(), ProtocolError> {
    match value {
        Value::None => out.push_str("None"),
        Value::Bool(flag) => out.push_str(boolean(*flag)),
        Value::Int(int) => out.push_str(&int.to_string()),
        Value::Float(number) => out.push_str(&float(*number)),
        Value::Str(text) => string(text, out),
        Value::Tuple(items) => {
            out.push('(');
            sequence(items, out)?;
            out.push_str(if items.len() == 1 { ",)" } else { ")" });
        }
        Value::List(items) => {
            out.push('[');
            sequence(items, out)?;
            out.push(']');
        }
        Value::Dict(dict) => {
            let mut entries: Vec<_> = dict.iter().collect();
            entries.sort_unstable_by_key(|entry| entry.0);
            out.push('{');
            for (place, (key, item)) in entries.into_iter().enumerate() {
                out.push_str(if place > 0 { ", " } else { "" });
                string(key, out);
                out.push_str(": ");
                self::value(item, out)?;
            }
            out.push('}');
        }
        Value::Buffer(buffer) => array(buffer, out)?,
    }
    Ok(())
}

fn sequence(items: &[Value<'_>], out: &mut String) -> Result<(), ProtocolError> {
    for (place, item) in items.iter().enumerate() {
        out.push_str(if place > 0 { ", " } else { "" });
        value(item, out)?;
    }
    Ok(())
}

fn boolean(flag: bool) -> &'static str {
    if flag { "True" } else { "False" }
}

/// The shortest text that reads back as the same number; `nan` and `inf` as Python prints them.
fn float(number: f64) -> String {
    if number.is_nan() { "nan".to_owned() } else { format!("{number:?}") }
}

/// With single quotes unless only double ones save escapes, as Python chooses them.
fn string(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for character in text.chars() {
        let written = match character {
            '\\' => write!(out, "\\\\"),
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            c if c == quote => write!(out, "\\{c}"),
            ' '..='~' => write!(out, "{character}"),
            c if u32::from(c) < 0x100 => write!(out, "\\x{:02x}", u32::from(c)),
            c if u32::from(c) < 0x1_0000 => write!(out, "\\u{:04x}", u32::from(c)),
            c => write!(out, "\\U{:08x}", u32::from(c)),
        };
        written.expect("writing to a string does not fail");
    }
    out.push(quote);
}

fn array(buffer: &Buffer<'_>, out: &mut String) -> Result<(), ProtocolError> {
    let texts = element_texts(buffer)?;
    out.push_str("array(");
    if buffer.is_empty() {
        // Nested empty brackets would not tell the extents.
        out.push_str("[]");
        if buffer.ndim() != 1 {
            let extents: Vec<_> = buffer.shape().iter().copied().map(Value::from).collect();
            out.push_str(", shape=");
            value(&Value::Tuple(extents), out)?;
        }
    } else {
        nested(buffer.shape(), &mut texts.into_iter(), out);
    }
    let format = buffer.format();
    let dtype = if format.is_native() {
        format.kind().numpy_name().to_owned()
    } else {
        format!("'{}'", format.numpy_string())
    };
    out.push_str(", dtype=");
    out.push_str(&dtype);
    out.push(')');
    Ok(())
}

fn nested(shape: &[usize], texts: &mut impl Iterator<Item = String>, out: &mut String) {
    let Some((&extent, inner)) = shape.split_first() else {
        out.extend(texts.next());
        return;
    };
    out.push('[');
    for place in 0..extent {
        out.push_str(if place > 0 { ", " } else { "" });
        nested(inner, texts, out);
    }
    out.push(']');
}

fn element_texts(buffer: &Buffer<'_>) -> Result<Vec<String>, ProtocolError> {
    fn each<T: BufferElement>(
        buffer: &Buffer<'_>,
        text: impl Fn(T) -> String,
    ) -> Result<Vec<String>, ProtocolError> {
        Ok(buffer.elements::<T>()?.map(text).collect())
    }
    match buffer.format().kind() {
        ElementKind::Bool => each(buffer, |flag: bool| boolean(flag).to_owned()),
        // A `f32` printed by itself is shorter than as the `f64` it widens to, and reads back as the same.
        ElementKind::F32 => {
            each(
                buffer,
                |number: f32| {
                    if number.is_nan() { "nan".to_owned() } else { format!("{number:?}") }
                },
            )
        }
        ElementKind::F64 => each(buffer, float),
        ElementKind::Complex64 | ElementKind::Complex128 => Err(ProtocolError::ElementType {
            expected: "a real format".to_owned(),
            found: buffer.format().code(),
        }),
        _ => Ok(buffer.integers()?.iter().map(ToString::to_string).collect()),
    }
}
