//! PHP values as the JSON of `php-plugin/lib/src/Engine/Wire.php`, read as the extension reads PHP
//! values: numbers may come as text, and the reverse.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// What is wrong with text that is not UTF-8.
pub const NOT_UTF8: &str = "must be valid UTF-8";

/// A row's fields.
pub type Row = Map<String, Value>;

/// Text with any bytes.
pub fn plain_bytes(value: &Value) -> Option<Cow<'_, [u8]>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text.as_bytes())),
        Value::Object(fields) => decoded(fields.get("$b")?).map(Cow::Owned),
        _ => None,
    }
}

fn decoded(value: &Value) -> Option<Vec<u8>> {
    STANDARD.decode(value.as_str()?).ok()
}

/// Any bytes, as PHP reads them.
pub fn bytes_json(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => Value::from(text),
        Err(_) => json!({"$b": STANDARD.encode(bytes)}),
    }
}

/// Whether it is text in PHP.
pub fn is_text(value: &Value) -> bool {
    plain_bytes(value).is_some()
}

/// Text, or a number as text. `None` for other values and for bytes that are not UTF-8.
pub fn value_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// A text field of a row.
pub fn text(row: &Row, field: &str) -> Option<String> {
    borrowed(row, field).map(Cow::into_owned)
}

/// The same, copied only where the row does not hold text.
pub fn borrowed<'a>(row: &'a Row, field: &str) -> Option<Cow<'a, str>> {
    value_text(row.get(field)?)
}

/// A whole number of a row.
pub fn integer(row: &Row, field: &str) -> Option<i64> {
    match row.get(field)? {
        Value::Number(number) => number.as_i64(),
        Value::Bool(on) => Some(i64::from(*on)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A key of an array that PHP code made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Text, or a whole number.
    Text(String),
    /// Bytes that are not UTF-8.
    Bytes(Vec<u8>),
}

impl Key {
    /// As a message can name it.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        }
    }

    /// As it was in PHP.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// The entries of an array.
pub fn entries(array: &Value) -> Vec<(Key, &Value)> {
    match array {
        Value::Array(values) => {
            let entries = values.iter().enumerate();
            entries
                .map(|(index, value)| (Key::Text(index.to_string()), value))
                .collect()
        }
        Value::Object(fields) => match fields.get("$k").and_then(Value::as_array) {
            Some(pairs) => pairs
                .iter()
                .filter_map(|pair| {
                    let key = decoded(pair.get(0)?)?;
                    let key = String::from_utf8(key)
                        .map_or_else(|e| Key::Bytes(e.into_bytes()), Key::Text);
                    Some((key, pair.get(1)?))
                })
                .collect(),
            None => fields
                .iter()
                .map(|(name, value)| (Key::Text(name.clone()), value))
                .collect(),
        },
        _ => Vec::new(),
    }
}

/// The values of an array.
pub fn values(array: &Value) -> impl Iterator<Item = &Value> {
    entries(array).into_iter().map(|(_, value)| value)
}

/// Whether it is an array in PHP, and neither text nor what JSON cannot express.
pub fn is_array(value: &Value) -> bool {
    match value {
        Value::Array(_) => true,
        Value::Object(fields) => !fields.contains_key("$b") && !fields.contains_key("$t"),
        _ => false,
    }
}

/// The values that are arrays themselves. One with whole numbers as keys has no fields.
pub fn rows(array: &Value) -> impl Iterator<Item = Cow<'_, Row>> {
    values(array).filter_map(row)
}

/// An array as a row.
pub fn row(value: &Value) -> Option<Cow<'_, Row>> {
    match value {
        Value::Object(fields) if fields.contains_key("$k") => {
            let named = entries(value)
                .into_iter()
                .filter_map(|(key, value)| match key {
                    Key::Text(name) => Some((name, value.clone())),
                    Key::Bytes(_) => None,
                });
            Some(Cow::Owned(named.collect()))
        }
        Value::Object(fields) if is_array(value) => Some(Cow::Borrowed(fields)),
        Value::Array(_) => Some(Cow::Owned(Row::new())),
        _ => None,
    }
}

/// A whole value, for settings and other small things. `None` for what JSON cannot express, bytes
/// that are not UTF-8 included, and below 8 levels.
pub fn to_json(value: &Value, depth: u8) -> Option<Value> {
    match value {
        Value::Array(values) if depth < 8 => values
            .iter()
            .map(|value| to_json(value, depth + 1))
            .collect::<Option<_>>()
            .map(Value::Array),
        Value::Object(fields) if is_array(value) && !fields.contains_key("$k") && depth < 8 => {
            let fields = fields
                .iter()
                .map(|(name, value)| Some((name.clone(), to_json(value, depth + 1)?)));
            fields.collect::<Option<_>>().map(Value::Object)
        }
        Value::Array(_) | Value::Object(_) => None,
        plain => Some(plain.clone()),
    }
}
