//! Errors as exceptions of the host.

use super::{Output, object};
use clover_core::problem::{Datum, Problem};

use crate::error::{Error, whole_seconds};

/// A problem.
#[must_use]
pub fn problem(problem: &Problem) -> Output<'_> {
    let data = problem.data.iter().map(|(field, value)| {
        let value = match value {
            Datum::Number(number) => (*number).into(),
            Datum::Text(text) => text.into(),
            Datum::Texts(texts) => Output::list(texts),
        };
        ((*field).into(), value)
    });
    object!(
        Problem:
        Output::case(problem.code),
        Output::Row(data.collect()),
        &problem.details,
    )
}

/// A problem, or null.
#[must_use]
pub fn maybe(found: Option<&Problem>) -> Output<'_> {
    found.map_or(Output::Null, problem)
}

/// The property of the base class of all exceptions.
#[must_use]
pub fn base(error: &Error) -> (&'static str, Output<'_>) {
    ("problem", maybe(error.problem()))
}

/// The name of the exception's class, and the values of its own properties by name.
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
            let fields = fields.map(|(field, wrong)| (field.into(), problem(wrong)));
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
