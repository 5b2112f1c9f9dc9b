//! PHP arrays in and out.

use std::borrow::Cow;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::Result;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ArrayKey, ZendHashTable, Zval};
use serde_json::Value;

/// An array that we built; reflection shows the return type `array`.
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

/// A text field of a row. Numbers come as text from some database drivers and as numbers from others.
pub fn text(row: &ZendHashTable, field: &str) -> Option<String> {
    borrowed(row, field).map(Cow::into_owned)
}

/// The same, copied only where the row holds no text.
pub fn borrowed<'a>(row: &'a ZendHashTable, field: &str) -> Option<Cow<'a, str>> {
    let value = row.get(field)?;
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
    let value = row.get(field)?;
    match (value.long(), value.bool()) {
        (Some(number), _) => Some(number),
        (None, Some(on)) => Some(i64::from(on)),
        (None, None) => value.str().and_then(|text| text.trim().parse().ok()),
    }
}

/// A whole value, for settings and other small things. None for what JSON has no word for, and below 8 levels.
pub fn to_json(value: &Zval, depth: u8) -> Option<Value> {
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
    if array.has_sequential_keys() {
        return array
            .values()
            .map(|v| to_json(v, depth + 1))
            .collect::<Option<_>>()
            .map(Value::Array);
    }
    let entries = array
        .iter()
        .map(|(key, v)| Some((key_text(&key), to_json(v, depth + 1)?)));
    entries.collect::<Option<_>>().map(Value::Object)
}

/// A key as text.
pub fn key_text(key: &ArrayKey<'_>) -> String {
    match key {
        ArrayKey::Long(number) => number.to_string(),
        ArrayKey::Str(text) => (*text).to_owned(),
        ArrayKey::String(text) => text.clone(),
        ArrayKey::ZendString(text) => text.as_str().unwrap_or_default().to_owned(),
    }
}
