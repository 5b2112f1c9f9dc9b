//! Answers as JSON text.

use clover_service::rows::Output;
use serde::Serialize;

/// JSON text. It may have secrets, so it has no `Debug`.
pub struct Json(Vec<u8>);

impl Json {
    /// Of any value.
    pub fn of(value: &(impl Serialize + ?Sized)) -> Self {
        // Neither a map with odd keys nor a writer that fails is among what is written here.
        Self(serde_json::to_vec(value).unwrap_or_else(|_| b"null".to_vec()))
    }

    /// `null`.
    pub fn null() -> Self {
        Self(b"null".to_vec())
    }

    /// A reference to an object.
    pub fn object(number: u64) -> Self {
        Self(format!(r#"{{"$o":{number}}}"#).into_bytes())
    }

    /// A reference to an object together with its properties, in their order.
    pub fn object_with(object: &Self, properties: &Self) -> Self {
        let mut text = object.0.clone();
        text.pop();
        text.extend_from_slice(br#","$p":"#);
        text.extend_from_slice(&properties.0);
        text.push(b'}');
        Self(text)
    }

    /// A list of values that are made one by one.
    pub fn list<'a>(values: impl IntoIterator<Item = Output<'a>>) -> Self {
        Self::join(values.into_iter().map(|value| Self::of(&value)))
    }

    /// A list of what is JSON already.
    pub fn join(values: impl IntoIterator<Item = Self>) -> Self {
        let mut text = vec![b'['];
        for value in values {
            if text.len() > 1 {
                text.push(b',');
            }
            text.extend_from_slice(&value.0);
        }
        text.push(b']');
        Self(text)
    }

    /// The text.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_different_values_is_one_json_array() {
        let list = Json::list([1.into(), "two".into(), Output::Null]);
        assert_eq!(list.as_bytes(), br#"[1,"two",null]"#);
        let list = Json::join([list, Json::null()]);
        assert_eq!(list.as_bytes(), br#"[[1,"two",null],null]"#);
        assert_eq!(Json::join([]).as_bytes(), b"[]");
    }
}
