//! Answers, and the refusals Clover words them with.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

/// What a handler gives back: `Err` is an answer as well, one that ends the work early.
pub type Answer = Result<Reply, Reply>;

/// An answer before it is sent.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// Headers besides the content type and length.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// `None` for Clover's plain-text 405.
    pub content_type: Option<Cow<'static, str>>,
    /// The body.
    pub body: Bytes,
    /// The work is done, the answer never leaves: the connection is closed.
    pub lost: bool,
}

/// The content type of every JSON answer, as recorded.
pub const JSON: &str = "application/json; charset=utf-8";

impl Reply {
    fn new(status: u16, content_type: Option<&'static str>, body: impl Into<Bytes>) -> Self {
        Reply {
            status,
            headers: Vec::new(),
            content_type: content_type.map(Cow::Borrowed),
            body: body.into(),
            lost: false,
        }
    }

    /// 200 with `value`.
    pub fn json(value: &impl Serialize) -> Self {
        Self::json_with(200, value)
    }

    /// Any status with `value`.
    pub fn json_with(status: u16, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::new(status, Some(JSON), body),
            Err(error) => Self::new(
                500,
                Some(JSON),
                json!({"message": error.to_string()}).to_string(),
            ),
        }
    }

    /// 200 `{}`: what deletes and associations answer.
    pub fn empty() -> Self {
        Self::json(&json!({}))
    }

    /// A page for the browser.
    pub fn html(status: u16, title: &str, text: &str) -> Self {
        let page = format!("<!doctype html><title>{title}</title><h1>{title}</h1><p>{text}</p>\n");
        Self::new(status, Some("text/html; charset=utf-8"), page)
    }

    /// 200 with a file.
    pub fn file(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self::new(200, Some(content_type), body)
    }

    /// 302 to `location`.
    pub fn redirect(location: &str) -> Self {
        Self::new(302, None, "").header("Location", location)
    }

    /// Adds a header.
    pub fn header(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same work, but the answer is lost on the way.
    pub fn lost(mut self) -> Self {
        self.lost = true;
        self
    }

    /// Any status with `{"message"}`.
    pub fn message(status: u16, message: impl Into<String>) -> Self {
        Self::json_with(status, &json!({"message": message.into()}))
    }

    /// 400 with `{"message"}`.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::message(400, message)
    }

    /// 401: bad token, wrong merchant or missing permission, all worded the same.
    pub fn unauthorized() -> Self {
        Self::message(401, "401 Unauthorized")
    }

    /// 403: `expand` names what the app may not see; the whole call is refused.
    pub fn no_expand() -> Self {
        Self::message(403, "Invalid permissions for expandable fields.")
    }

    /// 404 for a path without a merchant, plain text without a content type.
    pub fn no_merchant() -> Self {
        Self::new(404, None, "404 Not Found")
    }

    /// 404 with Clover's two-part body.
    pub fn not_found(details: &str) -> Self {
        Self::json_with(404, &json!({"message": "Not Found", "details": details}))
    }

    /// 404 for a thing without wording of its own.
    pub fn no_resource() -> Self {
        Self::not_found("The requested resource could not be found.")
    }

    /// 404 for an item.
    pub fn no_item() -> Self {
        Self::message(404, "invalid ID")
    }

    /// 404 for an order.
    pub fn no_order() -> Self {
        Self::not_found("Order not found")
    }

    /// 405: Clover's answer for every route it does not have, plain text without a content type.
    pub fn no_route(method: &str) -> Self {
        Self::new(405, None, format!("405 {method} not allowed."))
    }

    /// The JSON of the body; `null` where it is none.
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}
