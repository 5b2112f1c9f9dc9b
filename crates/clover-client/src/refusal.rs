//! The message of Clover's error bodies. They have no fixed form, so parsing never fails, and only
//! the status decides how an error is handled.

use serde_json::Value;

/// Long enough for Clover's messages; more of a proxy's HTML page is useless.
const LIMIT: usize = 200;

/// The message of an error body in one line, with secrets redacted if the response repeats them.
pub(crate) fn said(body: &[u8], secrets: &[&str]) -> String {
    let text = match serde_json::from_slice::<Value>(body) {
        Ok(value) => words(&value).unwrap_or_else(|| value.to_string()),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        text = text.replace(secret, "[redacted]");
    }
    if text.is_empty() {
        return "no message".to_owned();
    }
    text.chars()
        .filter(|c| !c.is_control())
        .take(LIMIT)
        .collect()
}

/// `message`, followed by `details` if they add something; otherwise `error.message` or `error`.
fn words(value: &Value) -> Option<String> {
    let text = |key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    match (text("message"), text("details")) {
        (Some(message), Some(details)) if !message.contains(details) => {
            Some(format!("{message}: {details}"))
        }
        (Some(only), _) | (None, Some(only)) => Some(only.to_owned()),
        (None, None) => match value.get("error")? {
            Value::String(error) => Some(error.clone()),
            error => words(error),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_refusal_gives_its_words() {
        let cases: [(&str, &str); 8] = [
            (r#"{"message":"invalid ID"}"#, "invalid ID"),
            (
                r#"{"message":"Not Found","details":"Order not found"}"#,
                "Not Found: Order not found",
            ),
            (r#"{"details":"only details"}"#, "only details"),
            (r#"{"error":{"message":"deep"}}"#, "deep"),
            (r#"{"error":"access_denied"}"#, "access_denied"),
            ("405 GET not allowed.", "405 GET not allowed."),
            ("", "no message"),
            ("<html>\n<b>Bad\u{7} gateway", "<html> <b>Bad gateway"),
        ];
        for (body, expected) in cases {
            assert_eq!(said(body.as_bytes(), &[]), expected);
        }
        assert_eq!(said(&[0xff; 1000], &[]).chars().count(), LIMIT);
        assert_eq!(said(b"[1,2]", &[]), "[1,2]");
    }

    #[test]
    fn a_refusal_that_repeats_a_secret_is_blotted_out() {
        let body = br#"{"message":"token CANARY-1 of CANARY-2 is bad"}"#;
        assert_eq!(
            said(body, &["CANARY-1", "CANARY-2", ""]),
            "token [redacted] of [redacted] is bad"
        );
    }
}
