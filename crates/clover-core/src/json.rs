//! JSON whose errors name the place.

use serde::de::DeserializeOwned;

/// Text that is no JSON, or JSON of another shape than Clover's documents and recordings show.
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

/// Parses one document.
///
/// # Errors
/// [`JsonError`] with the path of the first thing that is wrong.
pub fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    // To keep the path while reading costs more than reading; nearly every document is sound and needs none.
    if let Ok(value) = read(text) {
        return Ok(value);
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|e| JsonError {
        path: e.path().to_string(),
        reason: describe(e.inner()),
    })?;
    reader.end().map_err(|e| JsonError {
        path: ".".into(),
        reason: describe(&e),
    })?;
    Ok(value)
}

/// A text that is known to be UTF-8 as a whole need not be looked at again string by string.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    match std::str::from_utf8(text) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(text),
    }
}

/// serde quotes the offending value in `invalid type: string "…"`; a token in a wrong place must not reach a log.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match (text.find('"'), text.rfind('"')) {
        (Some(first), Some(last)) if last > first => {
            format!("{}…{}", &text[..first], &text[last + 1..])
        }
        _ => text,
    }
}
