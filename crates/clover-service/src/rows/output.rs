//! Values for the host.

use std::any::TypeId;
use std::borrow::Cow;

use clover_core::text_enum::TextEnum;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

/// Value objects of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The start of an authorization.
    Authorization,
    /// The connection as stored.
    ConnectionStatus,
    /// The merchant.
    Merchant,
    /// A product that must be written.
    ProductChange,
    /// Products of whole groups that must be written.
    GroupChanges,
    /// The outcome of one step of an order push.
    OrderOutcome,
    /// What became of the print of an order.
    PrintOutcome,
    /// Why something is not as wished.
    Problem,
    /// The verdict on a webhook request.
    WebhookVerdict,
}

/// The case of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// The enum.
    pub of: TypeId,
    /// Its place among the cases.
    pub index: usize,
    /// Its text.
    pub key: &'static str,
}

/// A value for the host. As JSON, a case is its text, and a value object the list of its
/// properties.
#[derive(Debug, Clone, PartialEq)]
pub enum Output<'a> {
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
    /// The case of an enum.
    Case(Case),
    /// Values in their order.
    List(Vec<Self>),
    /// Fields in their order.
    Row(Vec<(Cow<'a, str>, Self)>),
    /// A value object by its properties, in their order.
    Object(Class, Vec<Self>),
}

impl Output<'_> {
    /// The case of an enum.
    #[must_use]
    pub fn case<T: TextEnum>(case: T) -> Self {
        Self::Case(Case {
            of: TypeId::of::<T>(),
            index: case.index(),
            key: case.key(),
        })
    }

    /// A list.
    pub fn list<T: Into<Self>>(values: impl IntoIterator<Item = T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }

    /// A count.
    #[must_use]
    pub fn count(count: usize) -> Self {
        Self::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// JSON. Whole numbers beyond the host's become fractions.
    #[must_use]
    pub fn json(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(on) => Self::Switch(on),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => Self::Integer(whole),
                None => Self::Fraction(number.as_f64().unwrap_or_default()),
            },
            Value::String(text) => text.into(),
            Value::Array(values) => Self::list(values.into_iter().map(Self::json)),
            Value::Object(fields) => {
                let fields = fields.into_iter();
                Self::Row(
                    fields
                        .map(|(name, value)| (name.into(), Self::json(value)))
                        .collect(),
                )
            }
        }
    }
}

impl From<bool> for Output<'_> {
    fn from(on: bool) -> Self {
        Self::Switch(on)
    }
}

impl From<i64> for Output<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl<'a> From<&'a str> for Output<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Output<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Output<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a, T: Into<Output<'a>>> From<Option<T>> for Output<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Serialize for Output<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_unit(),
            Self::Switch(on) => to.serialize_bool(*on),
            Self::Integer(number) => to.serialize_i64(*number),
            Self::Fraction(number) => to.serialize_f64(*number),
            Self::Text(text) => to.serialize_str(text),
            Self::Case(case) => to.serialize_str(case.key),
            Self::List(values) | Self::Object(_, values) => {
                let mut list = to.serialize_seq(Some(values.len()))?;
                for value in values {
                    list.serialize_element(value)?;
                }
                list.end()
            }
            Self::Row(fields) => {
                let mut row = to.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    row.serialize_entry(name, value)?;
                }
                row.end()
            }
        }
    }
}

/// A row, from its fields and their values.
macro_rules! row {
    ($($field:ident: $value:expr),* $(,)?) => {
        $crate::rows::Output::Row(vec![
            $((stringify!($field).into(), $crate::rows::Output::from($value))),*
        ])
    };
}
pub(crate) use row;

/// A value object, from its class and its properties in their order.
macro_rules! object {
    ($class:ident: $($value:expr),* $(,)?) => {
        $crate::rows::Output::Object(
            $crate::rows::Class::$class,
            vec![$($crate::rows::Output::from($value)),*],
        )
    };
}
pub(crate) use object;

#[cfg(test)]
mod tests {
    use super::*;
    use clover_core::ledger::SendState;

    #[test]
    fn a_row_is_json_with_its_fields_in_their_order() {
        let row = row! {
            state: Output::case(SendState::Sent),
            count: 3,
            name: Some("two"),
            none: None::<bool>,
            list: Output::list([true]),
        };
        assert_eq!(
            serde_json::to_string(&row).unwrap(),
            r#"{"state":"sent","count":3,"name":"two","none":null,"list":[true]}"#
        );
    }

    #[test]
    fn a_value_object_is_the_list_of_its_properties() {
        let object = object!(OrderOutcome: "a", 1, Output::Row(Vec::new()));
        assert_eq!(serde_json::to_string(&object).unwrap(), r#"["a",1,{}]"#);
    }
}
