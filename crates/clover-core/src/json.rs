//! JSON parsing with the path of the first error.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, DeserializeOwned, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Text that is not JSON, or JSON of another shape than Clover's documents and recordings show.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct JsonError {
    /// Where, such as `elements[3].price`; `.` is the whole document.
    pub path: String,
    /// What was wrong there. Quotes no text of the document, so it may be logged.
    pub reason: String,
}

impl JsonError {
    /// The same error, seen from further out: `price` in `elements[3]` is `elements[3].price`.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.path = match self.path.as_str() {
            "." => outer.to_owned(),
            inner if inner.starts_with('[') => format!("{outer}{inner}"),
            inner => format!("{outer}.{inner}"),
        };
        self
    }
}

/// Parses one document. What is not text in it (bytes that are not UTF-8, half of a surrogate pair)
/// is read as U+FFFD, and a key that is repeated with the same value counts once.
///
/// # Errors
/// [`JsonError`] with the path of the first thing that is wrong.
pub fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    // To keep the path while reading costs more than reading; nearly every document is sound and
    // needs none.
    if let Ok(value) = read(text) {
        return Ok(value);
    }
    let text = &*repaired(text);
    if let Ok(value) = read(text) {
        return Ok(value);
    }
    if let Ok(Unrepeated(document)) = read(text)
        && let Ok(value) = T::deserialize(document)
    {
        return Ok(value);
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(located)?;
    reader.end().map_err(|e| JsonError {
        path: ".".into(),
        reason: describe(&e),
    })?;
    Ok(value)
}

/// Reads a document that is not text.
///
/// # Errors
/// As [`parse`].
pub fn from_value<T: DeserializeOwned>(document: &Value) -> Result<T, JsonError> {
    serde_path_to_error::deserialize(document).map_err(located)
}

/// A text that is known to be UTF-8 as a whole need not be looked at again string by string.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    match std::str::from_utf8(text) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(text),
    }
}

/// The document with U+FFFD in place of what is not text: bytes that are not UTF-8, and escapes
/// `\uD83D` that are half of a pair.
#[must_use]
pub fn repaired(text: &[u8]) -> Cow<'_, [u8]> {
    let mut text = match String::from_utf8_lossy(text) {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    };
    let mut at = 0;
    while let Some(found) = text[at..].iter().position(|&byte| byte == b'\\') {
        at += found;
        match (surrogate(&text, at), surrogate(&text, at + 6)) {
            (Some(Half::High), Some(Half::Low)) => at += 12,
            (Some(_), _) => {
                text.to_mut()[at..at + 6].copy_from_slice(br"\uFFFD");
                at += 6;
            }
            // The escaped character may be a backslash.
            (None, _) => at = text.len().min(at + 2),
        }
    }
    text
}

enum Half {
    High,
    Low,
}

/// Which half of a pair is escaped at this place, if any.
fn surrogate(text: &[u8], at: usize) -> Option<Half> {
    let [b'\\', b'u', b'd' | b'D', second, third, fourth] = text.get(at..at + 6)? else {
        return None;
    };
    if !third.is_ascii_hexdigit() || !fourth.is_ascii_hexdigit() {
        return None;
    }
    match second {
        b'8' | b'9' | b'a' | b'b' | b'A' | b'B' => Some(Half::High),
        b'c'..=b'f' | b'C'..=b'F' => Some(Half::Low),
        _ => None,
    }
}

/// A document in which a key may be repeated, as long as its value is the same each time.
struct Unrepeated(Value);

impl<'de> Deserialize<'de> for Unrepeated {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Document;
        impl<'de> Visitor<'de> for Document {
            type Value = Unrepeated;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }
            fn visit_unit<E: de::Error>(self) -> Result<Unrepeated, E> {
                Ok(Unrepeated(Value::Null))
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Unrepeated, E> {
                Ok(Unrepeated(value.into()))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Unrepeated, E> {
                Ok(Unrepeated(value.into()))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Unrepeated, E> {
                Ok(Unrepeated(value.into()))
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Unrepeated, E> {
                Ok(Unrepeated(value.into()))
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Unrepeated, E> {
                Ok(Unrepeated(value.into()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Unrepeated, A::Error> {
                let mut values = Vec::new();
                while let Some(Unrepeated(value)) = list.next_element()? {
                    values.push(value);
                }
                Ok(Unrepeated(Value::Array(values)))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unrepeated, A::Error> {
                let mut values = Map::new();
                while let Some((key, Unrepeated(value))) = map.next_entry::<String, _>()? {
                    if values.get(&key).is_some_and(|known| *known != value) {
                        return Err(de::Error::custom("a key is repeated with another value"));
                    }
                    values.insert(key, value);
                }
                Ok(Unrepeated(Value::Object(values)))
            }
        }
        deserializer.deserialize_any(Document)
    }
}

fn located(error: serde_path_to_error::Error<serde_json::Error>) -> JsonError {
    JsonError {
        path: error.path().to_string(),
        reason: describe(error.inner()),
    }
}

/// serde quotes text in `"`, and numbers and keys in backticks: a token in a wrong place must not
/// reach a log. Only the name of a missing field is not the document's.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if text.starts_with("missing field `") {
        return text;
    }
    let quote = |c| c == '"' || c == '`';
    match (text.find(quote), text.rfind(quote)) {
        (Some(first), Some(last)) if last > first => {
            format!("{}…{}", &text[..first], &text[last + 1..])
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_one_character_of_it() {
        let text: fn(&[u8]) -> String = |json| parse(json).unwrap();
        assert_eq!(text(br#""Pl\ud83dain""#), "Pl\u{fffd}ain");
        assert_eq!(
            text(br#""\uDC00 \ud83d\ude00 \\ud83d""#),
            "\u{fffd} 😀 \\ud83d"
        );
        assert_eq!(text(br#""\ud83d\ud83d\ude00""#), "\u{fffd}😀");
        assert_eq!(text(b"\"a\xffb\""), "a\u{fffd}b");
        assert!(parse::<String>(br#""\ud83"#).is_err());
        assert!(parse::<String>(br#""\"#).is_err());
    }

    #[test]
    fn an_error_quotes_nothing_of_the_document_and_names_a_missing_field() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Pair {
            #[serde(rename = "access_token")]
            _token: String,
        }
        let reasons = |json: &[u8]| {
            let document = parse(json).unwrap();
            let errors = [parse::<Pair>(json), from_value(&document)].map(Result::unwrap_err);
            errors.map(|error| error.reason)
        };
        for json in [
            r#"{"access_token":123456789}"#,
            r#"{"access_token":-123456789}"#,
            r#"{"access_token":1234567890.5}"#,
            r#"{"access_token":["x"],"123456789":"`123456789"}"#,
            r#"{"123456789":"x"}"#,
            r#"{"1`2\"123456789":"x"}"#,
            r#""123456789""#,
            r#""`123456789`\"123456789""#,
        ] {
            for reason in reasons(json.as_bytes()) {
                assert!(!reason.contains("123456789"), "{json}: {reason}");
                assert!(!reason.is_empty());
            }
        }
        for missing in reasons(b"{}") {
            assert!(missing.contains("access_token"), "{missing}");
        }
    }

    #[test]
    fn a_repeated_key_counts_once_and_two_values_of_it_are_an_error() {
        #[derive(Debug, Deserialize)]
        struct Price {
            price: i64,
        }
        assert_eq!(
            parse::<Price>(br#"{"price":5,"price":5}"#).unwrap().price,
            5
        );
        assert!(parse::<Price>(br#"{"price":5,"price":6}"#).is_err());
    }
}
