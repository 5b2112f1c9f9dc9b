//! Whether a response is from Clover. A firewall, a proxy or a hotel's login page may respond in
//! Clover's place; such a response has no meaning for tokens, permissions or items. The decision
//! depends on the form of a response, never on its text.

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::transport::Method;

/// Whether this response is from Clover, and not from a server in between.
///
/// - A 2xx with a body is JSON. The response to a write may have an empty body, to a read not.
/// - A refusal is a JSON object with `message`, `error` or `details`. An empty body counts as
///   Clover's only with one of Clover's own headers, which a firewall does not send.
/// - An unknown path is refused as `405 GET not allowed.`, in plain text.
///
/// Not called for a 429 or a 5xx: both mean "later", whichever server sent them.
pub(crate) fn is_clovers(status: u16, method: Method, headers: &HeaderMap, body: &[u8]) -> bool {
    let body = body.trim_ascii();
    let is_success = (200..300).contains(&status);
    if body.is_empty() {
        return (is_success && method != Method::Get) || has_clovers_headers(headers);
    }
    if is_success {
        return matches!(body.first(), Some(b'{' | b'['))
            || serde_json::from_slice::<IgnoredAny>(body).is_ok();
    }
    if status == 405 && is_unknown_path(method, body) {
        return true;
    }
    may_be_json(headers) && is_error_object(body)
}

fn has_clovers_headers(headers: &HeaderMap) -> bool {
    headers
        .keys()
        .any(|name| name.as_str().starts_with("x-clover-"))
}

/// A response without a content type may be anything.
fn may_be_json(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_none_or(|kind| {
        let kind = kind.to_str().unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let kind = kind.to_ascii_lowercase();
        kind == "application/json" || kind.ends_with("+json")
    })
}

fn is_unknown_path(method: Method, body: &[u8]) -> bool {
    body == format!("405 {} not allowed.", method.as_str()).as_bytes()
}

fn is_error_object(body: &[u8]) -> bool {
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(fields)) => ["message", "error", "details"]
            .iter()
            .any(|name| matches!(fields.get(*name), Some(Value::String(_) | Value::Object(_)))),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    const HTML: &str = "<!doctype html><title>Attention Required!</title>";

    fn headers(content_type: Option<&'static str>, clovers: bool) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(kind) = content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if clovers {
            headers.insert("x-clover-request-id", HeaderValue::from_static("r-1"));
        }
        headers
    }

    #[test]
    fn a_refusal_is_clovers_when_it_has_the_form_of_clovers_refusals() {
        for (body, kind) in [
            (
                r#"{"message":"401 Unauthorized"}"#,
                Some("application/json"),
            ),
            (
                r#"{"message":"Not Found","details":"Order not found"}"#,
                Some("application/json;charset=UTF-8"),
            ),
            (r#" {"details":"x"} "#, Some("APPLICATION/JSON")),
            (
                r#"{"error":{"message":"deep"}}"#,
                Some("application/problem+json"),
            ),
            (r#"{"error":"access_denied"}"#, None),
        ] {
            for status in [400, 401, 403, 404, 415] {
                let headers = headers(kind, false);
                assert!(
                    is_clovers(status, Method::Get, &headers, body.as_bytes()),
                    "{status} {body}"
                );
            }
        }
    }

    #[test]
    fn a_refusal_of_any_other_form_is_not_clovers_even_below_its_headers() {
        for (body, kind) in [
            (HTML, Some("text/html")),
            (HTML, Some("application/json")),
            (HTML, None),
            ("Forbidden", Some("text/plain")),
            (r#"{"message":"in a page"}"#, Some("text/html")),
            (r#"{"success":false,"errors":[]}"#, Some("application/json")),
            (r#"{"message":null}"#, Some("application/json")),
            (r#"{"error":true}"#, Some("application/json")),
            (r#"["message"]"#, Some("application/json")),
            (r#"{"message":"cut"#, Some("application/json")),
            ("{}", Some("application/json")),
            ("null", Some("application/json")),
        ] {
            for status in [302, 400, 401, 403, 404, 407] {
                let headers = headers(kind, true);
                assert!(
                    !is_clovers(status, Method::Get, &headers, body.as_bytes()),
                    "{status} {body}"
                );
            }
        }
    }

    #[test]
    fn an_empty_refusal_is_clovers_only_below_clovers_own_headers() {
        for method in [Method::Get, Method::Post] {
            assert!(!is_clovers(401, method, &headers(None, false), b""));
            assert!(!is_clovers(403, method, &headers(None, false), b" \r\n"));
            assert!(is_clovers(401, method, &headers(None, true), b""));
        }
    }

    #[test]
    fn an_unknown_path_is_refused_in_plain_text() {
        let none = headers(None, false);
        assert!(is_clovers(405, Method::Get, &none, b"405 GET not allowed."));
        assert!(is_clovers(
            405,
            Method::Post,
            &none,
            b"405 POST not allowed."
        ));
        assert!(!is_clovers(
            405,
            Method::Get,
            &none,
            b"405 PUT not allowed."
        ));
        assert!(!is_clovers(
            403,
            Method::Get,
            &none,
            b"405 GET not allowed."
        ));
        assert!(!is_clovers(405, Method::Get, &none, b"Method Not Allowed"));
    }

    #[test]
    fn a_success_is_clovers_when_its_body_is_json_or_a_write_has_none() {
        let html = headers(Some("text/html"), false);
        let json = headers(Some("application/json"), true);
        for headers in [&html, &json] {
            assert!(!is_clovers(200, Method::Get, headers, HTML.as_bytes()));
            assert!(!is_clovers(200, Method::Post, headers, HTML.as_bytes()));
            // The caller's check finds a truncated body.
            assert!(is_clovers(200, Method::Get, headers, br#"{"elements":["#));
            assert!(is_clovers(200, Method::Get, headers, b"null"));
        }
        assert!(is_clovers(200, Method::Post, &html, b""));
        assert!(!is_clovers(204, Method::Get, &html, b""));
        assert!(is_clovers(200, Method::Get, &json, b""));
    }
}
