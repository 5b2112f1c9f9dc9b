//! Errors of calls to Clover, one variant for each reaction of the caller. An error contains
//! neither secrets nor a request body.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use crate::rate_limit::WaitReason;

/// One call as shown to people: request, status and duration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// The path, without host and query.
    pub path: String,
    /// The status of the last response, if there was one.
    pub status: Option<u16>,
    /// The number of attempts.
    pub tries: u32,
    /// From the first attempt to the end, including waits.
    pub elapsed: Duration,
    /// `X-Clover-Request-Id` of the last response, for Clover's support.
    pub request_id: Option<String>,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if let Some(status) = self.status {
            write!(f, ", status {status}")?;
        }
        let noun = if self.tries == 1 { "try" } else { "tries" };
        let seconds = self.elapsed.as_secs_f64();
        write!(f, ", {} {noun} in {seconds:.1} s", self.tries)?;
        if let Some(id) = &self.request_id {
            write!(f, ", Clover request {id}")?;
        }
        Ok(())
    }
}

/// The cause of a transport failure; cheap to clone.
#[derive(Clone)]
pub struct Cause(Arc<dyn StdError + Send + Sync>);

impl Cause {
    /// Wraps the reason.
    pub fn new(error: impl StdError + Send + Sync + 'static) -> Self {
        Self(Arc::new(error))
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

/// Why a call returned no usable response.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// 401 or 403, with Clover's message. If `after_refresh` is false and the status is 401,
    /// refresh and repeat. Otherwise the app lacks a permission or was uninstalled: Clover returns
    /// 401 in all of these cases.
    #[error("Clover refused the token: {said} ({call})")]
    Unauthorized {
        /// Which call.
        call: Box<Call>,
        /// Clover's words.
        said: String,
        /// The token was new, so another refresh does not help.
        after_refresh: bool,
    },
    /// 404: the resource does not exist, or no longer.
    #[error("not found in Clover: {said} ({call})")]
    NotFound {
        /// Which call.
        call: Box<Call>,
        /// Clover's words.
        said: String,
    },
    /// Any other refusal. The same request would be refused again. 405 means an unknown path, which
    /// is a fault of this software.
    #[error("Clover refused the request: {said} ({call})")]
    Rejected {
        /// Which call.
        call: Box<Call>,
        /// Clover's words.
        said: String,
    },
    /// The wait for the rate limit would exceed the time limit of the call. Try again later.
    #[error("{reason}; try again in {:.1} s ({call})", wait.as_secs_f64())]
    Throttled {
        /// Which call.
        call: Box<Call>,
        /// The time to wait, from now.
        wait: Duration,
        /// The reason for the wait.
        reason: WaitReason,
    },
    /// The request was not sent: no DNS name, no route, no connection. Nothing changed in Clover.
    #[error("Clover cannot be reached ({call})")]
    Unreachable {
        /// Which call.
        call: Box<Call>,
        /// The network error.
        #[source]
        cause: Cause,
    },
    /// The request was sent and no complete response arrived. A write may have been carried out:
    /// read before deciding.
    #[error("Clover did not answer ({call})")]
    Unanswered {
        /// Which call.
        call: Box<Call>,
        /// The network error; none if the response was a 5xx.
        #[source]
        cause: Option<Cause>,
    },
    /// The response does not match Clover's documentation. After a write, read its outcome.
    #[error("unexpected response from Clover at {at}: {reason} ({call})")]
    BadAnswer {
        /// Which call.
        call: Box<Call>,
        /// The path in the JSON, such as `elements[3].id`.
        at: String,
        /// What is wrong there.
        reason: String,
    },
    /// Clover's count of an item is beyond any stock, so nothing can be taken out of it.
    #[error("Clover's count is beyond any stock ({call})")]
    CountTooLarge {
        /// Which call.
        call: Box<Call>,
    },
    /// A firewall or proxy between the shop and Clover responded in Clover's place. Its response
    /// has no meaning for tokens, permissions or items. Whether a write reached Clover is unknown.
    #[error(
        "a firewall or proxy between the shop and Clover responded in Clover's place; \
         ask the web host to allow HTTPS to {host} ({call})"
    )]
    Intercepted {
        /// Which call.
        call: Box<Call>,
        /// Clover's host.
        host: String,
    },
    /// TLS failed: the certificate was not accepted, or the two sides have no common protocol.
    /// Nothing was sent, and another attempt would fail in the same way.
    #[error(
        "no secure connection to {host} can be made, so nothing was sent; check the server's \
         clock, its CA certificates, and whether a proxy replaces certificates ({call})"
    )]
    Insecure {
        /// Which call.
        call: Box<Call>,
        /// Clover's host.
        host: String,
        /// The TLS error.
        #[source]
        cause: Cause,
    },
    /// Clover's response to a token call contains neither tokens nor a refusal, as happens under
    /// load. The token may be used up.
    #[error("Clover neither returned tokens nor refused them: {said} ({call})")]
    Undecided {
        /// Which call.
        call: Box<Call>,
        /// Clover's words.
        said: String,
    },
    /// The settings or the arguments are invalid.
    #[error("{0}")]
    Configuration(String),
    /// The task that reads a list ahead ended before the end of the list.
    #[error("reading the list was interrupted")]
    Interrupted,
}

impl Error {
    /// The call that failed.
    #[must_use]
    pub fn call(&self) -> Option<&Call> {
        match self {
            Self::Unauthorized { call, .. }
            | Self::NotFound { call, .. }
            | Self::Rejected { call, .. }
            | Self::Throttled { call, .. }
            | Self::Unreachable { call, .. }
            | Self::Unanswered { call, .. }
            | Self::BadAnswer { call, .. }
            | Self::CountTooLarge { call }
            | Self::Intercepted { call, .. }
            | Self::Insecure { call, .. }
            | Self::Undecided { call, .. } => Some(call),
            Self::Configuration(_) | Self::Interrupted => None,
        }
    }

    /// The call and the causes of its failure, without words of our own.
    #[must_use]
    pub fn details(&self) -> String {
        let text = self.call().map(ToString::to_string).unwrap_or_default();
        with_causes(text, self)
    }

    /// Whether a refresh of the token may help and was not tried yet.
    #[must_use]
    pub fn wants_new_token(&self) -> bool {
        matches!(
            self,
            Self::Unauthorized { call, after_refresh: false, .. } if call.status == Some(401)
        )
    }

    /// The same error, marked as concerning a new token.
    #[must_use]
    pub fn after_refresh(mut self) -> Self {
        if let Self::Unauthorized { after_refresh, .. } = &mut self {
            *after_refresh = true;
        }
        self
    }

    /// Whether the same call may succeed later without a change of settings or permissions.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Throttled { .. }
                | Self::Unreachable { .. }
                | Self::Unanswered { .. }
                | Self::Intercepted { .. }
                | Self::Insecure { .. }
                | Self::Undecided { .. }
                | Self::Interrupted
        )
    }

    /// Whether the outcome of a write is unknown: read before deciding.
    #[must_use]
    pub fn leaves_write_unknown(&self) -> bool {
        matches!(
            self,
            Self::Unanswered { .. } | Self::BadAnswer { .. } | Self::Intercepted { .. }
        )
    }
}

impl PartialEq for Error {
    /// Compares variant and message, not causes.
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
            && self.to_string() == other.to_string()
    }
}

/// The error and all its causes in one line, without repetitions.
#[must_use]
pub fn error_chain(error: &(dyn StdError + 'static)) -> String {
    with_causes(error.to_string(), error)
}

/// The text, followed by each cause that it does not contain yet.
fn with_causes(mut text: String, error: &(dyn StdError + 'static)) -> String {
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call() -> Box<Call> {
        Box::new(Call {
            method: "GET",
            path: "/v3/merchants/M1M2M3M4M5M6M/items".into(),
            status: Some(401),
            tries: 2,
            elapsed: Duration::from_millis(1234),
            request_id: Some("r-1".into()),
        })
    }

    #[test]
    fn an_error_says_which_call_how_often_how_long_and_clovers_request_id() {
        let error = Error::Unauthorized {
            call: call(),
            said: "401 Unauthorized".into(),
            after_refresh: false,
        };
        assert_eq!(
            error.to_string(),
            "Clover refused the token: 401 Unauthorized (GET /v3/merchants/M1M2M3M4M5M6M/items, \
             status 401, 2 tries in 1.2 s, Clover request r-1)"
        );
        assert!(error.wants_new_token());
    }

    #[test]
    fn a_403_asks_for_no_new_token() {
        let mut refused = call();
        refused.status = Some(403);
        let error = Error::Unauthorized {
            call: refused,
            said: String::new(),
            after_refresh: false,
        };
        assert!(!error.wants_new_token());
    }

    #[test]
    fn the_chain_names_every_cause_once() {
        let cause = Cause::new(std::io::Error::other("connection refused"));
        let error = Error::Unreachable {
            call: call(),
            cause,
        };
        assert!(error_chain(&error).ends_with("): connection refused"));
    }

    #[test]
    fn details_are_the_call_and_its_causes() {
        let cause = Cause::new(std::io::Error::other("connection refused"));
        let error = Error::Unreachable {
            call: call(),
            cause,
        };
        assert_eq!(
            error.details(),
            "GET /v3/merchants/M1M2M3M4M5M6M/items, status 401, 2 tries in 1.2 s, Clover request \
             r-1: connection refused"
        );
        assert_eq!(Error::Interrupted.details(), "");
    }

    #[test]
    fn errors_cross_threads() {
        fn crosses<T: Send + Sync + 'static>() {}
        crosses::<Error>();
    }
}
