//! Errors as exceptions of the host.

use super::Output;
use crate::error::{Error, whole_seconds};

/// The name of the exception's class, and the values of its properties by name.
#[must_use]
pub fn exception(error: &Error) -> (&'static str, Vec<(&'static str, Output<'_>)>) {
    match error {
        Error::Reconnect { .. } => ("ReconnectException", vec![]),
        Error::Refused {
            refused_at,
            next_try_at,
            retry_after,
            ..
        } => (
            "RefusedException",
            vec![
                ("retryAfter", (*retry_after).into()),
                ("refusedAt", (*refused_at).into()),
                ("nextTryAt", (*next_try_at).into()),
            ],
        ),
        Error::Permission { permission, .. } => (
            "PermissionException",
            vec![("permission", permission.into())],
        ),
        Error::Unavailable { retry_after, .. } => {
            let seconds = whole_seconds(*retry_after);
            ("UnavailableException", vec![("retryAfter", seconds.into())])
        }
        Error::Item { path, .. } => ("ItemException", vec![("path", path.into())]),
        Error::Settings(error) => {
            let fields = error.fields.iter();
            let fields = fields.map(|(field, problem)| (field.into(), problem.into()));
            (
                "SettingsException",
                vec![("fields", Output::Row(fields.collect()))],
            )
        }
        Error::Callback { kind, .. } => ("CallbackException", vec![("kind", Output::case(*kind))]),
        Error::Vault { .. } => ("VaultException", vec![]),
        // The host's own exception is usually pending and wins; this one is thrown only without
        // one.
        Error::Host { .. } => ("BugException", vec![]),
        Error::Bug { request_id, .. } => (
            "BugException",
            vec![("requestId", request_id.as_ref().into())],
        ),
    }
}
