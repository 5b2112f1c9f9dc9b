//! PHP values as the JSON of `php-plugin/lib/src/Engine/Wire.php`, as the service reads them.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clover_core::text_enum::TextEnum;
use clover_service::rows::{Input, Key, Kind};
use serde_json::{Value, json};

/// A value that PHP sent.
#[derive(Clone, Copy)]
pub struct Sent<'a>(pub &'a Value);

/// Any bytes, as PHP reads them.
pub fn bytes_json(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => Value::from(text),
        Err(_) => json!({"$b": STANDARD.encode(bytes)}),
    }
}

fn decoded(value: &Value) -> Option<Vec<u8>> {
    STANDARD.decode(value.as_str()?).ok()
}

/// A pair of an array with keys that are not UTF-8.
fn pair(pair: &Value) -> Option<(Key, Sent<'_>)> {
    Some((Key::new(decoded(pair.get(0)?)?), Sent(pair.get(1)?)))
}

impl<'a> Sent<'a> {
    fn pairs(self) -> Option<&'a Vec<Value>> {
        self.0.get("$k")?.as_array()
    }
}

impl<'a> Input<'a> for Sent<'a> {
    fn kind(self) -> Kind<'a> {
        match self.0 {
            Value::Null => Kind::Null,
            Value::Bool(on) => Kind::Switch(*on),
            Value::Number(number) => match number.as_i64() {
                Some(number) => Kind::Integer(number),
                None => Kind::Fraction(number.as_f64().unwrap_or_default()),
            },
            Value::String(text) => Kind::Text(Cow::Borrowed(text)),
            Value::Array(_) => Kind::Array,
            Value::Object(fields) => match (fields.get("$b"), fields.get("$t")) {
                (None, None) => Kind::Array,
                (Some(bytes), _) => decoded(bytes).map_or_else(
                    || Kind::Other("bytes".into()),
                    |bytes| Kind::Bytes(Cow::Owned(bytes)),
                ),
                (None, Some(name)) => Kind::Other(name.as_str().unwrap_or_default().into()),
            },
        }
    }

    fn case<T: TextEnum>(self) -> Option<T> {
        T::from_key(&self.text()?).ok()
    }

    fn field(self, name: &str) -> Option<Self> {
        match self.pairs() {
            Some(pairs) => {
                let named = pairs.iter().filter_map(pair);
                let mut named = named.filter(|(key, _)| key.bytes() == name.as_bytes());
                named.next().map(|(_, value)| value)
            }
            None => self.0.as_object()?.get(name).map(Self),
        }
    }

    fn size(self) -> usize {
        match self.0 {
            Value::Array(values) => values.len(),
            Value::Object(fields) => self.pairs().map_or(fields.len(), Vec::len),
            _ => 0,
        }
    }

    fn entries(self) -> impl Iterator<Item = (Key, Self)> {
        let pairs = self.pairs();
        let values = self.0.as_array().into_iter().flatten().enumerate();
        let fields = self
            .0
            .as_object()
            .filter(|_| pairs.is_none() && self.is_array());
        let values = values.map(|(index, value)| (Key::Text(index.to_string()), Self(value)));
        let fields = fields.into_iter().flatten();
        let fields = fields.map(|(name, value)| (Key::Text(name.clone()), Self(value)));
        let pairs = pairs.into_iter().flatten().filter_map(pair);
        values.chain(pairs).chain(fields)
    }

    fn values(self) -> impl Iterator<Item = Self> {
        let pairs = self.pairs();
        let values = self.0.as_array().into_iter().flatten().map(Self);
        let fields = self
            .0
            .as_object()
            .filter(|_| pairs.is_none() && self.is_array());
        let fields = fields.into_iter().flatten().map(|(_, value)| Self(value));
        let pairs = pairs
            .into_iter()
            .flatten()
            .filter_map(|pair| pair.get(1))
            .map(Self);
        values.chain(pairs).chain(fields)
    }

    fn is_list(self) -> bool {
        self.0.is_array()
    }
}

#[cfg(test)]
mod tests {
    use clover_core::ledger::SendState;

    use super::*;

    #[test]
    fn a_key_that_is_not_utf8_keeps_its_bytes() {
        let array = json!({"$k": [["/w==", 1], ["YQ==", 2]]});
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
        let row = json!({"a": " 7 ", "b": 7, "c": true, "d": 1.5, "e": null});
        let integers = ["a", "b", "c", "d", "e", "f"].map(|field| Sent(&row).integer_of(field));
        assert_eq!(integers, [Some(7), Some(7), Some(1), None, None, None]);
        let texts = ["a", "b", "c", "d", "e"].map(|field| Sent(&row).text_of(field));
        assert_eq!(
            texts,
            [Some(" 7 "), Some("7"), None, Some("1.5"), None].map(|t| t.map(Into::into))
        );
        assert_eq!(Sent(&row).to_json(), Some(row.clone()));
    }

    #[test]
    fn what_json_cannot_express_is_neither_text_nor_an_array() {
        let (bytes, object) = (json!({"$b": "/w=="}), json!({"$t": "Closure"}));
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
        let row = json!({"good": "sent", "bad": "lost", "list": [1], "none": null});
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
