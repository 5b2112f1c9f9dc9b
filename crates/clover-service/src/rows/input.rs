//! Values that the host gives.

use std::borrow::Cow;

use clover_core::text_enum::TextEnum;
use serde_json::{Number, Value};

use crate::error::Error;

/// What is wrong with text that is not UTF-8.
pub const NOT_UTF8: &str = "must be valid UTF-8";

/// The deepest level of a setting's value.
const DEPTH: usize = 8;

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind<'a> {
    /// Null.
    Null,
    /// Yes or no.
    Switch(bool),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Fraction(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// Text that is not UTF-8.
    Bytes(Cow<'a, [u8]>),
    /// A list or a row.
    Array,
    /// Anything else, such as an object, by the name of its type.
    Other(String),
}

impl Kind<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Null => "Null",
            Self::Switch(false) => "False",
            Self::Switch(true) => "True",
            Self::Integer(_) => "Long",
            Self::Fraction(_) => "Double",
            Self::Text(_) | Self::Bytes(_) => "String",
            Self::Array => "Array",
            Self::Other(name) => name,
        }
    }
}

/// A key of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Text, or a whole number as text.
    Text(String),
    /// Bytes that are not UTF-8.
    Bytes(Vec<u8>),
}

impl Key {
    /// The key of these bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|e| Self::Bytes(e.into_bytes()), Self::Text)
    }

    /// The key as text for a message.
    #[must_use]
    pub fn shown(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// The key as the host has it.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// A value that the host gives. An array is a list or a row; whatever is not an array has no
/// fields and no values.
pub trait Input<'a>: Copy {
    /// What it is.
    fn kind(self) -> Kind<'a>;

    /// The case of an enum.
    fn case<T: TextEnum>(self) -> Option<T>;

    /// One field of a row.
    fn field(self, name: &str) -> Option<Self>;

    /// How many entries an array has.
    fn size(self) -> usize;

    /// The entries of an array.
    fn entries(self) -> impl Iterator<Item = (Key, Self)>;

    /// The values of an array.
    fn values(self) -> impl Iterator<Item = Self>;

    /// Whether it is an array with the keys 0, 1, 2 and so on.
    fn is_list(self) -> bool;

    /// Whether it is null.
    fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// Whether it is an array.
    fn is_array(self) -> bool {
        self.kind() == Kind::Array
    }

    /// The rows of a list, each of them read.
    ///
    /// # Errors
    /// The first that a row has. What is not a row must not count as none: a row that is missing
    /// from a ledger is sent once more.
    fn read<T>(
        self,
        name: &str,
        mut row: impl FnMut(Self) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        if !self.is_array() {
            return Err(Error::argument("must be a list of rows", name));
        }
        let rows = self.values().enumerate();
        let rows = rows.map(|(index, value)| {
            if value.is_array() {
                return row(value);
            }
            Err(Error::argument("must be a row", format!("{name}[{index}]")))
        });
        rows.collect()
    }

    /// Text, or a number as text: some database drivers give numbers as text, others as numbers.
    fn text(self) -> Option<Cow<'a, str>> {
        match self.kind() {
            Kind::Text(text) => Some(text),
            Kind::Integer(number) => Some(Cow::Owned(number.to_string())),
            Kind::Fraction(number) => Some(Cow::Owned(number.to_string())),
            _ => None,
        }
    }

    /// Text of any bytes.
    fn bytes(self) -> Option<Cow<'a, [u8]>> {
        match self.kind() {
            Kind::Text(Cow::Borrowed(text)) => Some(Cow::Borrowed(text.as_bytes())),
            Kind::Text(Cow::Owned(text)) => Some(Cow::Owned(text.into_bytes())),
            Kind::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// A whole number, and nothing that only stands for one.
    fn whole(self) -> Option<i64> {
        match self.kind() {
            Kind::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// A whole number, or what stands for one.
    fn integer(self) -> Option<i64> {
        match self.kind() {
            Kind::Integer(number) => Some(number),
            Kind::Switch(on) => Some(i64::from(on)),
            Kind::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A field that holds text.
    fn text_of(self, field: &str) -> Option<String> {
        self.field(field)?.text().map(Cow::into_owned)
    }

    /// A field that holds a whole number.
    fn integer_of(self, field: &str) -> Option<i64> {
        self.field(field)?.integer()
    }

    /// A field that holds a case of an enum. None for null, or where there is no such field.
    ///
    /// # Errors
    /// Anything else is not a case.
    fn case_of<T: TextEnum>(self, field: &str, path: &str) -> Result<Option<T>, Error> {
        let given = self.field(field);
        let Some(value) = given.filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        let wrong = || {
            let shown = match value.text() {
                Some(text) => format!("“{text}”"),
                None => format!("a value of the type {}", value.kind().name()),
            };
            let message = format!("{shown} is not a case of CloverSync\\{}", T::NAME);
            Error::argument(message, path)
        };
        value.case().map(Some).ok_or_else(wrong)
    }

    /// As JSON. None for what JSON cannot express, such as bytes that are not UTF-8, and for more
    /// than 8 levels.
    fn to_json(self) -> Option<Value> {
        json(self, 0)
    }
}

fn json<'a>(value: impl Input<'a>, depth: usize) -> Option<Value> {
    match value.kind() {
        Kind::Null => Some(Value::Null),
        Kind::Switch(on) => Some(Value::Bool(on)),
        Kind::Integer(number) => Some(Value::from(number)),
        Kind::Fraction(number) => Number::from_f64(number).map(Value::Number),
        Kind::Text(text) => Some(Value::String(text.into_owned())),
        Kind::Array if depth == DEPTH => None,
        Kind::Array if value.is_list() => {
            let values = value.values().map(|value| json(value, depth + 1));
            values.collect::<Option<_>>().map(Value::Array)
        }
        Kind::Array => {
            let entries = value.entries().map(|(key, value)| match key {
                Key::Text(name) => Some((name, json(value, depth + 1)?)),
                Key::Bytes(_) => None,
            });
            entries.collect::<Option<_>>().map(Value::Object)
        }
        Kind::Bytes(_) | Kind::Other(_) => None,
    }
}

/// The value of a field that every row has.
pub(crate) fn required<T>(value: Option<T>, path: &str) -> Result<T, Error> {
    value.ok_or_else(|| Error::argument("is missing", path))
}
