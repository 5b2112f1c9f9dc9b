//! Errors, cut by what the caller does next, with the data that this takes.

use std::time::Duration;

use clover_client::error::{Call, WaitReason};
use clover_client::permission::permission_for;
use clover_client::{CallbackError, OAuthError};
use clover_core::problem::{Problem, ProblemCode};
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
    #[error("{problem}")]
    Reconnect {
        /// What happened.
        problem: Problem,
    },
    /// Clover refused to renew the connection, and is asked once more later. Times in unix seconds.
    #[error("{problem}")]
    Refused {
        /// What happened.
        problem: Problem,
        /// When Clover refused.
        refused_at: i64,
        /// When Clover is asked once more.
        next_try_at: i64,
        /// The seconds until then.
        retry_after: i64,
    },
    /// The owner must grant the Clover app a permission.
    #[error("{problem}")]
    Permission {
        /// What happened.
        problem: Problem,
        /// As the Clover Developer Dashboard names it, or `unknown`.
        permission: String,
    },
    /// The same call may succeed later without a change by anyone.
    #[error("{problem}")]
    Unavailable {
        /// What happened.
        problem: Problem,
        /// How long to wait.
        retry_after: Duration,
    },
    /// One item, order or argument is wrong.
    #[error("{problem}")]
    Item {
        /// What happened.
        problem: Problem,
        /// Where: an argument's name, a place in the data, or the path that Clover refused.
        path: String,
    },
    /// Settings are wrong, by field.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The OAuth callback cannot be used.
    #[error("{problem}")]
    Callback {
        /// What happened.
        problem: Problem,
        /// Which part is wrong.
        kind: CallbackKind,
    },
    /// A sealed text does not open.
    #[error("{problem}")]
    Vault {
        /// What happened.
        problem: Problem,
    },
    /// The host ended the wait or could not do its part. It keeps its own error, which goes first.
    #[error("{problem}")]
    Host {
        /// What happened.
        problem: Problem,
    },
    /// Clover or this software did what its documents do not foresee.
    #[error("{problem}")]
    Bug {
        /// What happened.
        problem: Problem,
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
    pub fn item(problem: impl Into<Problem>, path: impl Into<String>) -> Self {
        Self::Item {
            problem: problem.into(),
            path: path.into(),
        }
    }

    /// The program passed a wrong argument.
    pub fn argument(details: impl Into<String>, path: impl Into<String>) -> Self {
        let path = path.into();
        let problem = Problem::new(ProblemCode::Argument).with("name", path.as_str());
        Self::item(problem.because(details), path)
    }

    /// One setting is wrong.
    pub fn setting(field: &str, problem: impl Into<Problem>) -> Self {
        Self::Settings(SettingsError {
            fields: [(field.to_owned(), problem.into())].into(),
        })
    }

    /// Clover or this software did what is not foreseen.
    pub fn bug(details: impl Into<String>, request_id: Option<&str>) -> Self {
        Self::Bug {
            problem: Problem::new(ProblemCode::Fault).because(details),
            request_id: request_id.map(str::to_owned),
        }
    }

    /// Later.
    pub fn unavailable(problem: impl Into<Problem>, retry_after: Duration) -> Self {
        Self::Unavailable {
            problem: problem.into(),
            retry_after,
        }
    }

    /// Clover did not accept the code of a callback, or gave no answer to it.
    #[must_use]
    pub fn of_exchange(error: OAuthError) -> Self {
        match error {
            OAuthError::Refused { call, said, .. } => Self::Callback {
                problem: Problem::new(ProblemCode::CallbackCode).because(quoted(&call, &said)),
                kind: CallbackKind::Code,
            },
            OAuthError::Failed(error) => error.into(),
        }
    }

    /// What happened. Of wrong settings, each field has a problem of its own.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Reconnect { problem }
            | Self::Refused { problem, .. }
            | Self::Permission { problem, .. }
            | Self::Unavailable { problem, .. }
            | Self::Item { problem, .. }
            | Self::Callback { problem, .. }
            | Self::Vault { problem }
            | Self::Host { problem }
            | Self::Bug { problem, .. } => Some(problem),
            Self::Settings(_) => None,
        }
    }
}

/// The call, with Clover's words.
pub(crate) fn quoted(call: &Call, said: &str) -> String {
    format!("{call}: “{said}”")
}

/// The permission that a refused call needs.
pub(crate) fn permission_of(error: &clover_client::Error) -> Option<&'static str> {
    let call = error.call()?;
    Some(permission_for(call.method, &call.path))
}

/// A failed call, for the owner.
#[must_use]
pub fn problem_of(error: &clover_client::Error) -> Problem {
    use clover_client::Error as Client;
    match error {
        Client::Unauthorized { call, said, .. } => Problem::new(ProblemCode::PermissionMissing)
            .with("permission", permission_for(call.method, &call.path))
            .because(quoted(call, said)),
        Client::NotFound { call, said } => {
            Problem::new(ProblemCode::NotInClover).because(quoted(call, said))
        }
        Client::Rejected { call, said } => Problem::new(ProblemCode::Refused)
            .with("said", said.as_str())
            .because(call.to_string()),
        Client::Throttled { call, wait, reason } => {
            let (code, limit) = match reason {
                WaitReason::Clover => (ProblemCode::RateLimited, String::new()),
                WaitReason::RateLimit(limit) => (ProblemCode::RateLimitUsed, format!(", {limit}")),
                WaitReason::OtherProcesses(limit) => {
                    (ProblemCode::RateLimitShared, format!(", {limit}"))
                }
            };
            let wait = wait.as_secs_f64();
            Problem::new(code).because(format!("{call}{limit}, wait {wait:.1} s"))
        }
        Client::Unreachable { .. } => {
            Problem::new(ProblemCode::Unreachable).because(error.details())
        }
        Client::Unanswered { .. } => Problem::new(ProblemCode::NoResponse).because(error.details()),
        Client::BadAnswer { call, at, reason } => {
            Problem::new(ProblemCode::UnexpectedResponse).because(format!("{call}: {at}: {reason}"))
        }
        Client::CountTooLarge { call } => {
            Problem::new(ProblemCode::ItemCountTooLarge).because(call.to_string())
        }
        Client::Intercepted { call, host } => Problem::new(ProblemCode::Intercepted)
            .with("host", host.as_str())
            .because(call.to_string()),
        Client::Insecure { host, .. } => Problem::new(ProblemCode::Insecure)
            .with("host", host.as_str())
            .because(error.details()),
        Client::Undecided { call, said } => {
            Problem::new(ProblemCode::TokensUndecided).because(quoted(call, said))
        }
        Client::Configuration(reason) => {
            Problem::new(ProblemCode::ServerUnfit).because(reason.as_str())
        }
        Client::Interrupted => ProblemCode::Interrupted.into(),
    }
}

impl From<clover_client::Error> for Error {
    fn from(error: clover_client::Error) -> Self {
        use clover_client::Error as Client;
        let problem = problem_of(&error);
        match error {
            Client::Unauthorized { call, .. } => Self::Permission {
                problem,
                permission: permission_for(call.method, &call.path).to_owned(),
            },
            Client::Rejected { call, .. } if call.status == Some(405) => Self::Bug {
                problem,
                request_id: call.request_id,
            },
            Client::NotFound { call, .. }
            | Client::Rejected { call, .. }
            | Client::CountTooLarge { call } => Self::item(problem, call.path),
            Client::Throttled { wait, .. } => Self::unavailable(problem, wait),
            Client::Unreachable { .. }
            | Client::Unanswered { .. }
            | Client::Intercepted { .. }
            | Client::Insecure { .. }
            | Client::Undecided { .. }
            | Client::Interrupted => Self::unavailable(problem, SOME_TIME),
            Client::BadAnswer { call, .. } => Self::Bug {
                problem,
                request_id: call.request_id,
            },
            Client::Configuration(_) => Self::setting("configuration", problem),
        }
    }
}

impl From<CallbackError> for Error {
    fn from(error: CallbackError) -> Self {
        let (kind, problem) = match error {
            CallbackError::Denied => (CallbackKind::Denied, ProblemCode::CallbackDenied.into()),
            CallbackError::StateMismatch => {
                let problem = ProblemCode::CallbackOtherAttempt.into();
                (CallbackKind::State, problem)
            }
            CallbackError::Missing(part) => {
                let kind = if part == "state" {
                    CallbackKind::State
                } else {
                    CallbackKind::Incomplete
                };
                let problem = Problem::new(ProblemCode::CallbackMissing).with("part", part);
                (kind, problem)
            }
            CallbackError::WrongApp(app) => {
                let problem = Problem::new(ProblemCode::CallbackOtherApp).with("app", app);
                (CallbackKind::Client, problem)
            }
            CallbackError::Failed(said) => {
                let problem = Problem::new(ProblemCode::CallbackFailed).with("said", said);
                (CallbackKind::Incomplete, problem)
            }
            CallbackError::Merchant(error) => {
                let problem = Problem::new(ProblemCode::CallbackMerchant);
                (CallbackKind::Incomplete, problem.because(error.to_string()))
            }
        };
        Self::Callback { problem, kind }
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
            Error::unavailable(ProblemCode::Interrupted, SOME_TIME)
        );
    }
}
