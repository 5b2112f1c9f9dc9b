//! Errors, cut by what the caller does next, with the data that this takes.

use std::time::Duration;

use clover_client::permission::missing_permission;
use clover_client::{CallbackError, OAuthError, error_chain};
use clover_core::settings::SettingsError;

/// After an outage, of which Clover does not say how long it takes.
pub const SOME_TIME: Duration = Duration::from_secs(60);

/// A wait in whole seconds, rounded up.
pub(crate) fn whole_seconds(wait: Duration) -> i64 {
    i64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(i64::MAX)
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The owner must connect the shop again.
    #[error("{message}")]
    Reconnect {
        /// Why.
        message: String,
    },
    /// Clover refused to renew the connection, and is asked once more later. Times in unix seconds.
    #[error("{message}")]
    Refused {
        /// What happened, and when Clover is asked again.
        message: String,
        /// When Clover refused.
        refused_at: i64,
        /// When Clover is asked once more.
        next_try_at: i64,
        /// The seconds until then.
        retry_after: i64,
    },
    /// The owner must grant the Clover app a permission.
    #[error("{message}")]
    Permission {
        /// What to do.
        message: String,
        /// As the Clover Developer Dashboard names it, or `unknown`.
        permission: String,
    },
    /// The same call may succeed later without a change by anyone.
    #[error("{message}")]
    Unavailable {
        /// What happened.
        message: String,
        /// How long to wait.
        retry_after: Duration,
    },
    /// One item, order or argument is wrong.
    #[error("{message}")]
    Item {
        /// What is wrong.
        message: String,
        /// Where: an argument's name, a place in the data, or the path that Clover refused.
        path: String,
    },
    /// Settings are wrong, by field.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The OAuth callback cannot be used.
    #[error("{message}")]
    Callback {
        /// What is wrong.
        message: String,
        /// Which part is wrong.
        kind: CallbackKind,
    },
    /// A sealed text does not open.
    #[error("{message}")]
    Vault {
        /// Why, and what to do.
        message: String,
    },
    /// The host ended the wait or could not do its part. It keeps its own error, which goes first.
    #[error("{message}")]
    Host {
        /// What the host did.
        message: String,
    },
    /// Clover or this software did what its documents do not foresee.
    #[error("{message}")]
    Bug {
        /// What happened.
        message: String,
        /// `X-Clover-Request-Id`, for Clover's support.
        request_id: Option<String>,
    },
}

clover_core::text_enum! {
    /// What is wrong with an OAuth callback.
    pub enum CallbackKind {
        /// The owner did not consent.
        Denied = "denied",
        /// The state is not the one that was sent.
        State = "state",
        /// The callback is for another app.
        Client = "client",
        /// Parts are missing or malformed.
        Incomplete = "incomplete",
        /// Clover did not accept the code.
        Code = "code",
    }
}

impl Error {
    /// This one thing is wrong.
    pub fn item(message: impl Into<String>, path: impl Into<String>) -> Self {
        Self::Item {
            message: message.into(),
            path: path.into(),
        }
    }

    /// One setting is wrong.
    pub fn setting(field: &str, problem: impl Into<String>) -> Self {
        Self::Settings(SettingsError {
            fields: [(field.to_owned(), problem.into())].into(),
        })
    }

    /// Clover or this software did what is not foreseen.
    pub fn bug(message: impl Into<String>, request_id: Option<&str>) -> Self {
        Self::Bug {
            message: message.into(),
            request_id: request_id.map(str::to_owned),
        }
    }

    /// Later.
    pub fn unavailable(message: impl Into<String>, retry_after: Duration) -> Self {
        Self::Unavailable {
            message: message.into(),
            retry_after,
        }
    }

    /// Clover did not accept the code of a callback, or gave no answer to it.
    #[must_use]
    pub fn of_exchange(error: OAuthError) -> Self {
        match error {
            OAuthError::Refused { .. } => Self::Callback {
                message: format!(
                    "Clover did not accept the code; check App ID and App Secret, and start the \
                     connection again ({error})"
                ),
                kind: CallbackKind::Code,
            },
            OAuthError::Failed(error) => error.into(),
        }
    }
}

impl From<clover_client::Error> for Error {
    fn from(error: clover_client::Error) -> Self {
        use clover_client::Error as Client;
        let message = error_chain(&error);
        match error {
            Client::Unauthorized { call, .. } => {
                let (advice, permission) = missing_permission(&call);
                Self::Permission {
                    message: format!("{advice} ({message})"),
                    permission: permission.to_owned(),
                }
            }
            Client::Rejected { call, .. } if call.status == Some(405) => {
                Self::bug(message, call.request_id.as_deref())
            }
            Client::NotFound { call, .. } | Client::Rejected { call, .. } => {
                Self::item(message, call.path)
            }
            Client::Throttled { wait, .. } => Self::unavailable(message, wait),
            Client::Unreachable { .. }
            | Client::Unanswered { .. }
            | Client::Intercepted { .. }
            | Client::Insecure { .. }
            | Client::Undecided { .. }
            | Client::Interrupted => Self::unavailable(message, SOME_TIME),
            Client::BadAnswer { call, .. } => Self::bug(message, call.request_id.as_deref()),
            Client::Configuration(problem) => Self::setting("configuration", problem),
        }
    }
}

impl From<CallbackError> for Error {
    fn from(error: CallbackError) -> Self {
        let kind = match error {
            CallbackError::Denied => CallbackKind::Denied,
            CallbackError::StateMismatch | CallbackError::Missing("state") => CallbackKind::State,
            CallbackError::WrongApp(_) => CallbackKind::Client,
            CallbackError::Failed(_) | CallbackError::Missing(_) | CallbackError::Merchant(_) => {
                CallbackKind::Incomplete
            }
        };
        Self::Callback {
            message: error.to_string(),
            kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use clover_client::Call;
    use clover_client::error::WaitReason;

    use super::*;

    fn call(method: &'static str, status: u16) -> Box<Call> {
        Box::new(Call {
            method,
            path: "/v3/merchants/M1M2M3M4M5M6M/items".into(),
            status: Some(status),
            tries: 1,
            elapsed: Duration::ZERO,
            request_id: Some("r-1".into()),
        })
    }

    #[test]
    fn a_refused_token_names_the_permission() {
        let error = clover_client::Error::Unauthorized {
            call: call("POST", 401),
            said: "401 Unauthorized".into(),
            after_refresh: true,
        };
        assert!(matches!(
            Error::from(error),
            Error::Permission { permission, .. } if permission == "Inventory Write"
        ));
    }

    #[test]
    fn an_unknown_path_is_our_fault_and_any_other_refusal_the_items() {
        let refused = |status| {
            Error::from(clover_client::Error::Rejected {
                call: call("POST", status),
                said: "no".into(),
            })
        };
        assert!(matches!(
            refused(405),
            Error::Bug { request_id: Some(id), .. } if id == "r-1"
        ));
        assert!(matches!(
            refused(400),
            Error::Item { path, .. } if path == "/v3/merchants/M1M2M3M4M5M6M/items"
        ));
    }

    #[test]
    fn a_wait_says_for_how_long() {
        let wait = Duration::from_millis(2_500);
        let error = clover_client::Error::Throttled {
            call: call("GET", 429),
            wait,
            reason: WaitReason::Clover,
        };
        assert!(matches!(
            Error::from(error),
            Error::Unavailable { retry_after, .. } if retry_after == wait
        ));
        assert_eq!(
            Error::from(clover_client::Error::Interrupted),
            Error::unavailable("reading the list was interrupted", SOME_TIME)
        );
    }
}
