//! PHP arrays in and out.

use std::borrow::Cow;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::Result;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendHashTable, Zval};
use serde_json::Value;

/// A PHP array built in Rust; reflection shows the return type `array`.
pub struct PhpArray(pub ZBox<ZendHashTable>);

impl IntoZval for PhpArray {
    const TYPE: DataType = DataType::Array;
    const NULLABLE: bool = false;

    fn set_zval(self, zval: &mut Zval, persistent: bool) -> Result<()> {
        self.0.set_zval(zval, persistent)
    }
}

/// Any value as a zval.
pub fn zval(value: impl IntoZval) -> Result<Zval> {
    value.into_zval(false)
}

/// A list.
pub fn list<T: IntoZval>(values: impl IntoIterator<Item = T>) -> Result<ZBox<ZendHashTable>> {
    let values = values.into_iter();
    let mut array = ZendHashTable::with_capacity(u32::try_from(values.size_hint().0).unwrap_or(0));
    for value in values {
        array.push(value)?;
    }
    Ok(array)
}

/// A list of values that may fail to convert.
pub fn try_list<T: IntoZval>(
    values: impl IntoIterator<Item = Result<T>>,
) -> Result<ZBox<ZendHashTable>> {
    let mut array = ZendHashTable::new();
    for value in values {
        array.push(value?)?;
    }
    Ok(array)
}

/// An array with names as keys.
pub fn record<const N: usize>(fields: [(&str, Zval); N]) -> Result<ZBox<ZendHashTable>> {
    let mut array = ZendHashTable::with_capacity(u32::try_from(N).unwrap_or(0));
    for (name, value) in fields {
        array.insert(name, value)?;
    }
    Ok(array)
}

/// The message for text that is not UTF-8.
pub const NOT_UTF8: &str = "must be valid UTF-8";

/// A key of an array that PHP code made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A whole number, or text that spells one.
    Number(i64),
    /// Text.
    Text(String),
    /// Bytes that are not UTF-8.
    Bytes(Vec<u8>),
}

impl Key {
    /// The key as text for a message.
    pub fn shown(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

/// The entries of an array, with references followed. The iterators of ext-php-rs panic at a key
/// that is not UTF-8.
pub fn entries(array: &ZendHashTable) -> impl Iterator<Item = (Key, &Zval)> {
    let mut iter = array.iter();
    std::iter::from_fn(move || iter.next_zval()).map(|(key, value)| {
        let key = match (
            key.long(),
            key.zend_str().map(|text| text.as_bytes().to_vec()),
        ) {
            (Some(number), _) => Key::Number(number),
            (None, Some(bytes)) => {
                String::from_utf8(bytes).map_or_else(|e| Key::Bytes(e.into_bytes()), Key::Text)
            }
            // Panic-free: the engine has no third kind of key.
            (None, None) => Key::Bytes(Vec::new()),
        };
        (key, value.dereference())
    })
}

/// The values of an array, with references followed.
pub fn values(array: &ZendHashTable) -> impl Iterator<Item = &Zval> {
    let mut iter = array.iter();
    std::iter::from_fn(move || iter.next_zval()).map(|(_, value)| value.dereference())
}

/// The values that are arrays themselves.
pub fn rows(array: &ZendHashTable) -> impl Iterator<Item = &ZendHashTable> {
    values(array).filter_map(Zval::array)
}

/// One value by its name, with a reference followed.
pub fn field<'a>(array: &'a ZendHashTable, name: &str) -> Option<&'a Zval> {
    array.get(name).map(Zval::dereference)
}

/// Whether the keys are 0, 1, 2 and so on.
pub fn is_list(array: &ZendHashTable) -> bool {
    let mut iter = array.iter();
    let keys = std::iter::from_fn(move || iter.next_zval()).map(|(key, _)| key.long());
    keys.zip(0..).all(|(key, n)| key == Some(n))
}

/// A text field of a row. Numbers come as text from some database drivers and as numbers from
/// others.
pub fn text(row: &ZendHashTable, field: &str) -> Option<String> {
    borrowed(row, field).map(Cow::into_owned)
}

/// As [`text`], copied only where the row does not hold text.
pub fn borrowed<'a>(row: &'a ZendHashTable, field: &str) -> Option<Cow<'a, str>> {
    value_text(self::field(row, field)?)
}

/// Text, or a whole number or a fraction as text.
pub fn value_text(value: &Zval) -> Option<Cow<'_, str>> {
    match value.str() {
        Some(text) => Some(Cow::Borrowed(text)),
        None => value
            .string()
            .or_else(|| value.long().map(|number| number.to_string()))
            .map(Cow::Owned),
    }
}

/// A whole number of a row.
pub fn integer(row: &ZendHashTable, field: &str) -> Option<i64> {
    let value = self::field(row, field)?;
    match (value.long(), value.bool()) {
        (Some(number), _) => Some(number),
        (None, Some(on)) => Some(i64::from(on)),
        (None, None) => value.str().and_then(|text| text.trim().parse().ok()),
    }
}

/// A PHP value as JSON, for settings and other small values. None for values that JSON cannot
/// express, such as bytes that are not UTF-8, and for more than 8 levels.
pub fn to_json(value: &Zval, depth: u8) -> Option<Value> {
    let value = value.dereference();
    if value.is_null() {
        return Some(Value::Null);
    }
    if let Some(on) = value.bool() {
        return Some(Value::Bool(on));
    }
    if let Some(number) = value.long() {
        return Some(Value::from(number));
    }
    if let Some(number) = value.double() {
        return serde_json::Number::from_f64(number).map(Value::Number);
    }
    if let Some(text) = value.string() {
        return Some(Value::String(text));
    }
    let array = value.array().filter(|_| depth < 8)?;
    if is_list(array) {
        return values(array)
            .map(|v| to_json(v, depth + 1))
            .collect::<Option<_>>()
            .map(Value::Array);
    }
    let entries = entries(array).map(|(key, v)| match key {
        Key::Bytes(_) => None,
        key => Some((key.shown(), to_json(v, depth + 1)?)),
    });
    entries.collect::<Option<_>>().map(Value::Object)
}

/// A whole JSON value as PHP's. Whole numbers beyond PHP's become fractions.
pub fn from_json(value: &Value) -> Result<Zval> {
    match value {
        Value::Null => Ok(Zval::null()),
        Value::Bool(on) => zval(*on),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => zval(whole),
            None => zval(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => zval(text.as_str()),
        Value::Array(values) => zval(try_list(values.iter().map(from_json))?),
        Value::Object(fields) => {
            let mut array = ZendHashTable::new();
            for (name, value) in fields {
                array.insert(name.as_str(), from_json(value)?)?;
            }
            zval(array)
        }
    }
}
