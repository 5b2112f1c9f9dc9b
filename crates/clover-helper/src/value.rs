//! PHP values as the JSON of `php-plugin/lib/src/Engine/Wire.php`, as the service reads them.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clover_core::text_enum::TextEnum;
use clover_service::rows::{Input, Key, Kind};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::json;

/// JSON from PHP. An array that is not a list keeps its order. It may have secrets, so it has no
/// `Debug`.
#[derive(Default)]
pub enum Value {
    #[default]
    Null,
    Switch(bool),
    Integer(i64),
    Fraction(f64),
    Text(String),
    List(Vec<Self>),
    Row(Vec<(String, Self)>),
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Json;
        impl<'de> Visitor<'de> for Json {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }
            fn visit_unit<E: Error>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }
            fn visit_bool<E: Error>(self, on: bool) -> Result<Value, E> {
                Ok(Value::Switch(on))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Integer(number))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
                Ok(i64::try_from(number)
                    .map_or_else(|_| Value::Fraction(number as f64), Value::Integer))
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
                Ok(Value::Fraction(number))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }
            fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
                Ok(Value::Text(text))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                Ok(Value::List(values))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Value::Row(fields))
            }
        }
        deserializer.deserialize_any(Json)
    }
}

/// A value that PHP sent.
#[derive(Clone, Copy)]
pub struct Sent<'a>(pub &'a Value);

/// Any bytes, as PHP reads them.
pub fn bytes_json(bytes: &[u8]) -> serde_json::Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => json!({"$b": STANDARD.encode(bytes)}),
    }
}

fn decoded(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Text(text) => STANDARD.decode(text).ok(),
        _ => None,
    }
}

/// What a value is, where JSON alone does not say it.
enum Form<'a> {
    Plain,
    Bytes(&'a Value),
    Other(&'a Value),
    /// An array with keys that are not UTF-8, as pairs.
    Pairs(&'a [Value]),
}

impl<'a> Sent<'a> {
    fn form(self) -> Form<'a> {
        let Value::Row(fields) = self.0 else {
            return Form::Plain;
        };
        match &fields[..] {
            [(name, bytes)] if name == "$b" => Form::Bytes(bytes),
            [(name, of)] if name == "$t" => Form::Other(of),
            [(name, Value::List(pairs))] if name == "$k" => Form::Pairs(pairs),
            _ => Form::Plain,
        }
    }

    fn pairs(self) -> impl Iterator<Item = (Key, Self)> {
        let pairs: &[Value] = match self.form() {
            Form::Pairs(pairs) => pairs,
            _ => &[],
        };
        pairs.iter().filter_map(|pair| match pair {
            Value::List(pair) => match &pair[..] {
                [key, value] => Some((Key::new(decoded(key)?), Sent(value))),
                _ => None,
            },
            _ => None,
        })
    }

    fn fields(self) -> &'a [(String, Value)] {
        match (self.0, self.form()) {
            (Value::Row(fields), Form::Plain) => fields,
            _ => &[],
        }
    }

    fn list(self) -> &'a [Value] {
        match self.0 {
            Value::List(values) => values,
            _ => &[],
        }
    }
}

impl<'a> Input<'a> for Sent<'a> {
    fn kind(self) -> Kind<'a> {
        match self.0 {
            Value::Null => Kind::Null,
            Value::Switch(on) => Kind::Switch(*on),
            Value::Integer(number) => Kind::Integer(*number),
            Value::Fraction(number) => Kind::Fraction(*number),
            Value::Text(text) => Kind::Text(Cow::Borrowed(text)),
            Value::List(_) => Kind::Array,
            Value::Row(_) => match self.form() {
                Form::Plain | Form::Pairs(_) => Kind::Array,
                Form::Bytes(bytes) => decoded(bytes).map_or_else(
                    || Kind::Other("bytes".into()),
                    |bytes| Kind::Bytes(Cow::Owned(bytes)),
                ),
                Form::Other(Value::Text(name)) => Kind::Other(name.clone()),
                Form::Other(_) => Kind::Other(String::new()),
            },
        }
    }

    fn case<T: TextEnum>(self) -> Option<T> {
        T::from_key(&self.text()?).ok()
    }

    fn field(self, name: &str) -> Option<Self> {
        let fields = self.fields().iter();
        let mut named = fields.filter(|(field, _)| field == name);
        match named.next() {
            Some((_, value)) => Some(Self(value)),
            None => {
                let mut pairs = self.pairs();
                let found = pairs.find(|(key, _)| key.bytes() == name.as_bytes());
                found.map(|(_, value)| value)
            }
        }
    }

    fn size(self) -> usize {
        self.list().len() + self.fields().len() + self.pairs().count()
    }

    fn entries(self) -> impl Iterator<Item = (Key, Self)> {
        let values = self.list().iter().enumerate();
        let values = values.map(|(index, value)| (Key::Text(index.to_string()), Self(value)));
        let fields = self.fields().iter();
        let fields = fields.map(|(name, value)| (Key::Text(name.clone()), Self(value)));
        values.chain(fields).chain(self.pairs())
    }

    fn values(self) -> impl Iterator<Item = Self> {
        let fields = self.fields().iter().map(|(_, value)| Self(value));
        let pairs = self.pairs().map(|(_, value)| value);
        self.list().iter().map(Self).chain(fields).chain(pairs)
    }

    fn is_list(self) -> bool {
        matches!(self.0, Value::List(_))
    }
}

#[cfg(test)]
mod tests {
    use clover_core::ledger::SendState;

    use super::*;

    fn value(json: serde_json::Value) -> Value {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn an_array_that_is_not_a_list_keeps_its_order() {
        let array: Value = serde_json::from_str(r#"{"2":"b","10":"c","a":"a","1":"d"}"#).unwrap();
        let keys = Sent(&array).entries().map(|(key, _)| key.shown());
        assert_eq!(keys.collect::<Vec<_>>(), ["2", "10", "a", "1"]);
        let texts = Sent(&array).values().filter_map(Input::text);
        assert_eq!(texts.collect::<Vec<_>>(), ["b", "c", "a", "d"]);
        assert_eq!(Sent(&array).size(), 4);
        assert!(!Sent(&array).is_list());
    }

    #[test]
    fn a_key_that_is_not_utf8_keeps_its_bytes() {
        let array = value(json!({"$k": [["/w==", 1], ["YQ==", 2]]}));
        let keys: Vec<Key> = Sent(&array).entries().map(|(key, _)| key).collect();
        assert_eq!(keys, [Key::Bytes(vec![0xff]), Key::Text("a".into())]);
        let values: Vec<Option<i64>> = Sent(&array).values().map(Input::whole).collect();
        assert_eq!(values, [Some(1), Some(2)]);
        assert_eq!(Sent(&array).integer_of("a"), Some(2));
        assert!(Sent(&array).is_array() && !Sent(&array).is_list());
        assert_eq!(Sent(&array).to_json(), None);
    }

    #[test]
    fn numbers_may_come_as_text_and_text_as_numbers() {
        let sent = json!({"a": " 7 ", "b": 7, "c": true, "d": 1.5, "e": null});
        let row = value(sent.clone());
        let integers = ["a", "b", "c", "d", "e", "f"].map(|field| Sent(&row).integer_of(field));
        assert_eq!(integers, [Some(7), Some(7), Some(1), None, None, None]);
        let texts = ["a", "b", "c", "d", "e"].map(|field| Sent(&row).text_of(field));
        assert_eq!(
            texts,
            [Some(" 7 "), Some("7"), None, Some("1.5"), None].map(|t| t.map(Into::into))
        );
        assert_eq!(Sent(&row).to_json(), Some(sent));
    }

    #[test]
    fn what_json_cannot_express_is_neither_text_nor_an_array() {
        let bytes = value(json!({"$b": "/w=="}));
        let object = value(json!({"$t": "Closure"}));
        assert_eq!(Sent(&bytes).bytes().as_deref(), Some(&[0xff][..]));
        for value in [&bytes, &object] {
            assert!(!Sent(value).is_array());
            assert_eq!(Sent(value).text(), None);
            assert_eq!(Sent(value).values().count(), 0);
            assert_eq!(Sent(value).to_json(), None);
        }
    }

    #[test]
    fn what_is_not_a_case_is_named_with_its_place() {
        let row = value(json!({"good": "sent", "bad": "lost", "list": [1], "none": null}));
        let case = |field| Sent(&row).case_of::<SendState>(field, "rows.state");
        assert_eq!(case("good").unwrap(), Some(SendState::Sent));
        assert_eq!(case("none").unwrap(), None);
        let wrong = ["bad", "list"].map(|field| case(field).unwrap_err().to_string());
        assert_eq!(
            wrong,
            [
                "argument: name rows.state (“lost” is not a case of CloverSync\\SendState)",
                "argument: name rows.state (a value of the type Array is not a case of \
                 CloverSync\\SendState)",
            ]
        );
    }
}
