//! Reading names and NumPy's own notation: `array([1, 2], dtype=int64)`, `np.float64(1.5)`.

use super::parse::Parser;
use crate::{Buffer, BufferElement, ElementFormat, ElementKind, ProtocolError, Value};

impl Parser<'_> {
    /// A constant, an array or a NumPy scalar.
    pub(super) fn word(&mut self) -> Result<Value<'static>, ProtocolError> {
        let start = self.at;
        let word = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        let name = word.strip_prefix("np.").or(word.strip_prefix("numpy.")).unwrap_or(word);
        match name {
            "None" if name == word => Ok(Value::None),
            "True" | "True_" => Ok(Value::Bool(true)),
            "False" | "False_" => Ok(Value::Bool(false)),
            "nan" => Ok(Value::Float(f64::NAN)),
            "inf" => Ok(Value::Float(f64::INFINITY)),
            "array" if self.peek() == Some('(') => self.deeper(Self::array),
            _ => {
                let format = ElementFormat::from_numpy(name.trim_end_matches('_')).ok();
                if let Some(format) = format.filter(|_| self.accept('(')) {
                    return self.scalar(format);
                }
                self.at = start;
                self.fail(format!("unknown name '{}'", shown(word)))
            }
        }
    }

    /// The value in the brackets of a NumPy scalar, as a plain number.
    fn scalar(&mut self, format: ElementFormat) -> Result<Value<'static>, ProtocolError> {
        let start = self.at;
        let value = self.scalar_argument()?;
        if !self.accept(')') {
            return self.expected("')'");
        }
        let fits = match (&value, format.kind()) {
            (Value::Bool(_), ElementKind::Bool)
            | (Value::Float(_), ElementKind::F32 | ElementKind::F64) => true,
            (Value::Int(_), kind) => kind.is_integer(),
            _ => false,
        };
        if fits {
            return Ok(value);
        }
        self.at = start;
        self.fail(format!("{} is no {}", value.description(), format.kind().numpy_name()))
    }

    /// A number or a constant; nothing nested, so that scalars in scalars cannot run deep.
    fn scalar_argument(&mut self) -> Result<Value<'static>, ProtocolError> {
        self.skip_blank();
        match self.peek() {
            Some('0'..='9' | '.' | '+' | '-') => self.number(),
            _ => match self.take_while(|c| c.is_ascii_alphabetic()) {
                "True" => Ok(Value::Bool(true)),
                "False" => Ok(Value::Bool(false)),
                "nan" => Ok(Value::Float(f64::NAN)),
                "inf" => Ok(Value::Float(f64::INFINITY)),
                _ => self.expected("a number"),
            },
        }
    }

    /// What follows `array(`.
    fn array(&mut self) -> Result<Value<'static>, ProtocolError> {
        let start = self.at;
        let nested = match self.value()? {
            nested @ (Value::List(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_)) => nested,
            other => {
                self.at = start;
                return self.fail(format!("an array of {}", other.description()));
            }
        };
        let (mut format, mut shape) = (None, None);
        while !self.end_of_item(')')? {
            if self.accept(')') {
                break;
            }
            self.skip_blank();
            let option = self.take_while(|c| c.is_ascii_alphabetic());
            if !self.accept('=') {
                return self.expected("'='");
            }
            match option {
                "dtype" => format = Some(self.dtype()?),
                "shape" => shape = Some(self.extents()?),
                _ => return self.fail(format!("unknown option '{}' of an array", shown(option))),
            }
        }
        let end = std::mem::replace(&mut self.at, start);
        let (found, elements) = self.flatten(nested)?;
        let shape = match shape {
            // Printed for empty arrays only, whose brackets do not tell it.
            Some(shape) if elements.is_empty() && shape.contains(&0) => shape,
            Some(_) => return self.fail("the shape given to an array is not that of its elements"),
            None => found,
        };
        let kind = format.map_or_else(|| default_kind(&elements), ElementFormat::kind);
        let order = format.unwrap_or(ElementFormat::native(kind)).order();
        let buffer = match build(kind, &elements) {
            Some(buffer) => buffer.with_shape(&shape)?.into_order(order),
            None => return self.fail(format!("not elements of type {}", kind.numpy_name())),
        };
        self.at = end;
        Ok(Value::Buffer(buffer))
    }

    /// A bare name (`int64`, `np.int64`) or a quoted type string (`'<i8'`).
    fn dtype(&mut self) -> Result<ElementFormat, ProtocolError> {
        self.skip_blank();
        let start = self.at;
        let name = match self.peek() {
            Some('\'' | '"') => match self.strings()? {
                Value::Str(name) => name,
                _ => String::new(),
            },
            _ => {
                let word = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
                word.trim_start_matches("np.").trim_start_matches("numpy.").to_owned()
            }
        };
        ElementFormat::from_numpy(&name).or_else(|_| {
            self.at = start;
            self.fail(format!("unknown element type {:?}", shown(&name)))
        })
    }

    fn extents(&mut self) -> Result<Vec<usize>, ProtocolError> {
        let start = self.at;
        let items = match self.value()? {
            Value::Tuple(items) => items,
            other => vec![other],
        };
        let extent = |item: &Value<'_>| match item {
            Value::Int(int) => usize::try_from(*int).ok(),
            _ => None,
        };
        items.iter().map(extent).collect::<Option<_>>().map_or_else(
            || {
                self.at = start;
                self.fail("the shape of an array must be a tuple of extents")
            },
            Ok,
        )
    }

    /// The shape of nested lists and the numbers in them.
    fn flatten(
        &self,
        nested: Value<'static>,
    ) -> Result<(Vec<usize>, Vec<Value<'static>>), ProtocolError> {
        let mut shape = Vec::new();
        let mut level = vec![nested];
        while matches!(level.first(), Some(Value::List(_))) {
            let mut extent = None;
            let mut inner = Vec::new();
            for list in level {
                match list {
                    Value::List(items) if *extent.get_or_insert(items.len()) == items.len() => {
                        inner.extend(items);
                    }
                    _ => return self.fail("the lists of an array differ in length"),
                }
            }
            shape.extend(extent);
            level = inner;
        }
        Ok((shape, level))
    }
}

/// The start of a word, long enough to know it by: messages stay short whatever the text holds.
fn shown(word: &str) -> String {
    word.chars().take(40).collect()
}

/// The type that NumPy leaves unsaid.
fn default_kind(elements: &[Value<'_>]) -> ElementKind {
    let all = |wanted: fn(&Value<'_>) -> bool| elements.iter().all(wanted);
    if elements.is_empty() || elements.iter().any(|element| matches!(element, Value::Float(_))) {
        ElementKind::F64
    } else if all(|element| matches!(element, Value::Bool(_))) {
        ElementKind::Bool
    } else {
        ElementKind::I64
    }
}

/// A buffer of one axis; `None` when an element is none of that kind.
fn build(kind: ElementKind, elements: &[Value<'_>]) -> Option<Buffer<'static>> {
    fn collect<T: BufferElement>(
        elements: &[Value<'_>],
        convert: impl Fn(&Value<'_>) -> Option<T>,
    ) -> Option<Buffer<'static>> {
        elements.iter().map(convert).collect::<Option<Vec<T>>>().map(Buffer::from_vec)
    }
    fn integers<T: BufferElement + TryFrom<i128>>(
        elements: &[Value<'_>],
    ) -> Option<Buffer<'static>> {
        collect(elements, |element| match element {
            Value::Int(int) => T::try_from(*int).ok(),
            _ => None,
        })
    }
    fn float(element: &Value<'_>) -> Option<f64> {
        match element {
            Value::Float(float) => Some(*float),
            Value::Int(int) => Some(*int as f64),
            _ => None,
        }
    }
    match kind {
        ElementKind::Bool => collect(elements, |element| match element {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }),
        ElementKind::I8 => integers::<i8>(elements),
        ElementKind::I16 => integers::<i16>(elements),
        ElementKind::I32 => integers::<i32>(elements),
        ElementKind::I64 => integers::<i64>(elements),
        ElementKind::U8 => integers::<u8>(elements),
        ElementKind::U16 => integers::<u16>(elements),
        ElementKind::U32 => integers::<u32>(elements),
        ElementKind::U64 => integers::<u64>(elements),
        ElementKind::F32 => collect(elements, |element| Some(float(element)? as f32)),
        ElementKind::F64 => collect(elements, float),
        // Their elements cannot be read, so only an empty array gets here.
        ElementKind::Complex64 => collect(elements, |_| None::<[f32; 2]>),
        ElementKind::Complex128 => collect(elements, |_| None::<[f64; 2]>),
    }
}
