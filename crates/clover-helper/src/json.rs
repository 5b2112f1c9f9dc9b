//! Answers as JSON text. Rows have their fields in the order in which the extension has them, since
//! PHP's arrays have an order; a `serde_json::Value` has not.

use serde::Serialize;

/// JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json(Vec<u8>);

impl Json {
    /// Of any value.
    pub fn of(value: &(impl Serialize + ?Sized)) -> Self {
        let mut text = Vec::new();
        write(&mut text, value);
        Self(text)
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

    /// A list of what is JSON already.
    pub fn list(values: impl IntoIterator<Item = Json>) -> Self {
        let mut list = Positional::default();
        for value in values {
            list.push_json(&value);
        }
        list.end()
    }

    /// The text.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A list of values of different types: the properties of a value object, in their order.
#[derive(Debug, Default)]
pub struct Positional(Vec<u8>);

impl Positional {
    /// Appends a value.
    pub fn push(&mut self, value: &(impl Serialize + ?Sized)) {
        self.separate();
        write(&mut self.0, value);
    }

    /// Appends what is JSON already.
    pub fn push_json(&mut self, value: &Json) {
        self.separate();
        self.0.extend_from_slice(&value.0);
    }

    /// The list.
    pub fn end(mut self) -> Json {
        if self.0.is_empty() {
            self.0.push(b'[');
        }
        self.0.push(b']');
        Json(self.0)
    }

    fn separate(&mut self) {
        self.0.push(if self.0.is_empty() { b'[' } else { b',' });
    }
}

/// The values, in their order.
macro_rules! positional {
    ($($value:expr),* $(,)?) => {{
        #[allow(unused_mut, reason = "an empty row is not pushed to")]
        let mut row = $crate::json::Positional::default();
        $(row.push(&$value);)*
        row.end()
    }};
}
pub(crate) use positional;

fn write(text: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    let from = text.len();
    // Neither a map with odd keys nor a writer that fails is among what is written here.
    if serde_json::to_writer(&mut *text, value).is_err() {
        text.truncate(from);
        text.extend_from_slice(b"null");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_different_values_is_one_json_array() {
        let row = positional![1, "two", None::<i64>, [true]];
        assert_eq!(row.as_bytes(), br#"[1,"two",null,[true]]"#);
        assert_eq!(positional![].as_bytes(), b"[]");
        let list = Json::list([row, Json::null()]);
        assert_eq!(list.as_bytes(), br#"[[1,"two",null,[true]],null]"#);
    }
}
