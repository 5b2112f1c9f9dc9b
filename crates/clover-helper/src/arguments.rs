//! The arguments of a call, read by position.

use clover_service::Error;
use serde_json::Value;

use crate::value::{self, value_text};

/// The arguments of a call.
pub struct Arguments<'a> {
    values: &'a [Value],
    /// Filled in for those that PHP did not send.
    none: Value,
}

impl<'a> Arguments<'a> {
    /// As they are.
    pub fn new(values: &'a [Value]) -> Self {
        Self {
            values,
            none: Value::Null,
        }
    }

    /// One of them.
    pub fn at(&self, index: usize) -> &Value {
        self.values.get(index).unwrap_or(&self.none)
    }

    /// The number of an object.
    pub fn object(&self, index: usize) -> Option<u64> {
        self.at(index).get("$o").and_then(Value::as_u64)
    }

    /// A `string` that must be UTF-8.
    ///
    /// # Errors
    /// It is not.
    pub fn text(&self, index: usize, name: &str) -> Result<String, Error> {
        self.optional_text(index, name)
            .map(Option::unwrap_or_default)
    }

    /// A `?string` that must be UTF-8.
    ///
    /// # Errors
    /// It is not.
    pub fn optional_text(&self, index: usize, name: &str) -> Result<Option<String>, Error> {
        let value = self.at(index);
        match value_text(value) {
            Some(text) => Ok(Some(text.into_owned())),
            None if value.is_null() => Ok(None),
            None => Err(Error::item(value::NOT_UTF8, name)),
        }
    }

    /// A `string` of any bytes.
    pub fn bytes(&self, index: usize) -> Vec<u8> {
        value::plain_bytes(self.at(index))
            .unwrap_or_default()
            .into_owned()
    }

    /// A `?string` of any bytes.
    pub fn optional_bytes(&self, index: usize) -> Option<Vec<u8>> {
        value::plain_bytes(self.at(index)).map(std::borrow::Cow::into_owned)
    }

    /// An `int`.
    pub fn integer(&self, index: usize) -> i64 {
        self.at(index).as_i64().unwrap_or(0)
    }

    /// A `bool`.
    pub fn is_true(&self, index: usize) -> bool {
        self.at(index).as_bool().unwrap_or(false)
    }
}

/// PHP and helper are of one version, so this is a bug.
pub fn unknown(method: &str) -> Error {
    Error::bug(format!("the helper has no {method}"), None)
}
