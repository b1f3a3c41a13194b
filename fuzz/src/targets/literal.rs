//! Python literals: what is read is written so that it reads back as the same.

use distarray_protocol::{Dict, ElementKind, ProtocolError, Value};

use super::Target;
use super::words::{LITERAL, PROTOCOL};

pub(super) const TARGET: Target = Target { name: "literal", run, words: &[LITERAL, PROTOCOL] };

fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let whole = Value::from_literal(&text);
    match &whole {
        Ok(value) => reads_back(value),
        Err(error) => lies_in(error, &text),
    }
    match (Dict::entries_from_literal(&text), whole) {
        (Ok(entries), Ok(whole)) => {
            assert!(entries.len() >= whole.as_dict().expect("entries are a dictionary's").len());
            let resolved = Value::Dict(entries.into_iter().collect());
            assert_eq!(resolved.to_literal(), whole.to_literal());
        }
        (Ok(_), Err(error)) => panic!("entries are read, and the whole is not: {error}"),
        (Err(error), _) => lies_in(&error, &text),
    }
}

fn reads_back(value: &Value<'_>) {
    assert!(value.description().len() < 4096, "a description is short");
    let text = match value.to_literal() {
        Ok(text) => text,
        Err(error) => return assert!(holds_complex(value), "{error}"),
    };
    assert!(text.is_ascii(), "{text}");
    let again = Value::from_literal(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(again.to_literal().as_ref(), Ok(&text));
    // NaN differs from itself.
    assert!(again == *value || text.contains("nan"), "{text}");
}

/// Whether there is a buffer of complex numbers, which have no literals.
fn holds_complex(value: &Value<'_>) -> bool {
    match value {
        Value::Tuple(items) | Value::List(items) => items.iter().any(holds_complex),
        Value::Dict(dict) => dict.iter().any(|(_, item)| holds_complex(item)),
        Value::Buffer(buffer) => {
            matches!(buffer.format().kind(), ElementKind::Complex64 | ElementKind::Complex128)
        }
        _ => false,
    }
}

/// An error of reading names a place in the text.
fn lies_in(error: &ProtocolError, text: &str) {
    match error {
        ProtocolError::Literal { offset, message } => {
            assert!(text.is_char_boundary(*offset), "{offset} in {text:?}");
            assert!(!message.is_empty() && message.len() < 300, "{message}");
        }
        // A shape that an array cannot have.
        ProtocolError::Layout { .. } => {}
        other => panic!("not an error of reading: {other}"),
    }
}
