//! One request, read in full.

use bytes::Bytes;
use hyper::HeaderMap;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::reply::Reply;

/// A request with its whole body.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The verb, in capitals.
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query without the `?`, still encoded.
    pub query: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Request {
    /// A request made inside the process, for the control plane.
    pub fn internal(method: &str, target: &str, body: &Value) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: HeaderMap::new(),
            body: if body.is_null() {
                Bytes::new()
            } else {
                body.to_string().into()
            },
        }
    }

    /// The parts of the path, decoded.
    pub fn segments(&self) -> Vec<String> {
        self.path
            .split('/')
            .skip(1)
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect()
    }

    /// The query as decoded pairs, in order.
    pub fn pairs(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .into_owned()
            .collect()
    }

    /// The first value of one query parameter.
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.pairs()
            .into_iter()
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// A header as text; `None` where it is absent, empty or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .filter(|value| !value.is_empty())
    }

    /// The bearer token.
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then_some(token.trim())
    }

    /// The body as JSON; an empty one is `null`.
    pub fn json(&self) -> Result<Value, Reply> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| Reply::bad(format!("The body is not valid JSON: {error}")))
    }

    /// The body as a JSON object; an empty one is `{}`.
    pub fn object(&self) -> Result<Map<String, Value>, Reply> {
        match self.json()? {
            Value::Object(map) => Ok(map),
            Value::Null => Ok(Map::new()),
            _ => Err(Reply::bad("The body must be a JSON object")),
        }
    }
}
