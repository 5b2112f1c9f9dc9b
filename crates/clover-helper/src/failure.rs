//! Errors as PHP's exceptions: `{"class", "message", "data"}`, the data by property.

use clover_core::settings::SettingsError;
use clover_service::Error;
use serde_json::{Map, Value, json};

use crate::json::Json;

/// The exception of an error.
pub fn exception(error: Error) -> Json {
    let message = error.to_string();
    let (class, data) = match error {
        Error::Reconnect { .. } => ("ReconnectException", json!({})),
        Error::Refused {
            refused_at,
            next_try_at,
            retry_after,
            ..
        } => (
            "RefusedException",
            json!({
                "retryAfter": retry_after,
                "refusedAt": refused_at,
                "nextTryAt": next_try_at,
            }),
        ),
        Error::Permission { permission, .. } => {
            ("PermissionException", json!({"permission": permission}))
        }
        Error::Unavailable { retry_after, .. } => {
            let started = u64::from(retry_after.subsec_nanos() > 0);
            let seconds = retry_after.as_secs().saturating_add(started);
            let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
            ("UnavailableException", json!({"retryAfter": seconds}))
        }
        Error::Item { path, .. } => ("ItemException", json!({"path": path})),
        Error::Settings(error) => ("SettingsException", json!({"fields": fields(&error)})),
        Error::Callback { kind, .. } => ("CallbackException", json!({"kind": kind.key()})),
        Error::Vault { .. } => ("VaultException", json!({})),
        // PHP's own exception goes first; this one is thrown only without one.
        Error::Host { .. } => ("BugException", json!({})),
        Error::Bug { request_id, .. } => ("BugException", json!({"requestId": request_id})),
    };
    Json::of(&json!({"class": class, "message": message, "data": data}))
}

fn fields(error: &SettingsError) -> Map<String, Value> {
    let fields = error.fields.iter();
    fields
        .map(|(field, problem)| (field.clone(), Value::from(problem.as_str())))
        .collect()
}

/// A sealed text does not open.
pub fn vault(message: &str) -> Error {
    Error::Vault {
        message: message.to_owned(),
    }
}
