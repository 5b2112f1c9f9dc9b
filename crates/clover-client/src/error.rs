//! What can go wrong between us and Clover, cut by what the caller does next. Holds no secret, no
//! request body.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::rate_limit::RateLimit;

/// One call as a person would look it up: which, how it ended, how long it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// The path, without host and query.
    pub path: String,
    /// The status of the last answer, when there was one.
    pub status: Option<u16>,
    /// How many times it was tried.
    pub tries: u32,
    /// From the first try to the end, waits included.
    pub elapsed: Duration,
    /// `X-Clover-Request-Id` of the last answer: what Clover's support asks for.
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

/// The reason below a transport failure; cheap to clone.
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

/// What a call waited for in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// Clover answered 429, or its `Retry-After` is not over.
    Clover,
    /// The token's limits left no room for the request.
    RateLimit(RateLimit),
    /// Other processes of the site hold all of the token's limits.
    OtherProcesses(RateLimit),
}

impl fmt::Display for WaitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clover => f.write_str("Clover asks to wait"),
            Self::RateLimit(limit) => write!(f, "no room within Clover's limits ({limit})"),
            Self::OtherProcesses(limit) => {
                write!(f, "other processes use up Clover's limits ({limit})")
            }
        }
    }
}

/// Why a call gave no usable answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// 401 or 403, in Clover's own words. Refresh and repeat when `after_refresh` is false and the
    /// status is 401; otherwise the app lacks a permission, or was uninstalled: Clover says 401 for
    /// all of these.
    #[error("Clover refused the token: {said} ({call})")]
    Unauthorized {
        /// Which call.
        call: Box<Call>,
        /// Clover's words.
        said: String,
        /// The token was new, so another refresh cannot help.
        after_refresh: bool,
    },
    /// 404: what the path names is not there, or no longer.
    #[error("Clover knows no such thing: {said} ({call})")]
    NotFound {
        /// Which call.
        call: Box<Call>,
        /// Clover's words.
        said: String,
    },
    /// Any other refusal. The same request would be refused again; 405 is an unknown path, so a
    /// fault of ours.
    #[error("Clover refused the request: {said} ({call})")]
    Rejected {
        /// Which call.
        call: Box<Call>,
        /// Clover's words.
        said: String,
    },
    /// Nothing was wrong but the pace: the wait would have outlasted the time given. Come back
    /// later.
    #[error("{reason}; try again in {:.1} s ({call})", wait.as_secs_f64())]
    Throttled {
        /// Which call.
        call: Box<Call>,
        /// How long from now.
        wait: Duration,
        /// What the call waited for.
        reason: WaitReason,
    },
    /// The request never left: no name, no route, no connection. Nothing was changed in Clover.
    #[error("Clover cannot be reached ({call})")]
    Unreachable {
        /// Which call.
        call: Box<Call>,
        /// What the network said.
        #[source]
        cause: Cause,
    },
    /// The request left and no whole answer came. A write may have been carried out: read before
    /// deciding.
    #[error("Clover did not answer ({call})")]
    Unanswered {
        /// Which call.
        call: Box<Call>,
        /// What the network said; none when the answer was a 5xx.
        #[source]
        cause: Option<Cause>,
    },
    /// An answer came and is not what Clover documents. After a write, its outcome must be read.
    #[error("Clover's answer makes no sense at {at}: {reason} ({call})")]
    BadAnswer {
        /// Which call.
        call: Box<Call>,
        /// Where in the JSON, such as `elements[3].id`.
        at: String,
        /// What was wrong there.
        reason: String,
    },
    /// Something between the shop and Clover, such as a firewall or a proxy, answered in Clover's
    /// place. Its answer says nothing of tokens, permissions or items, and whether a write reached
    /// Clover is unknown.
    #[error(
        "something between the shop and Clover (a firewall or a proxy) answered in Clover's place; ask the web host to allow HTTPS to {host} ({call})"
    )]
    Intercepted {
        /// Which call.
        call: Box<Call>,
        /// Clover's host.
        host: String,
    },
    /// TLS failed: the certificate was not accepted, or the two sides agree on nothing. Nothing was
    /// sent, and another try meets the same.
    #[error(
        "no secure connection to {host} can be made, so nothing was sent; check the server's clock, its CA certificates, and whether a proxy replaces certificates ({call})"
    )]
    Insecure {
        /// Which call.
        call: Box<Call>,
        /// Clover's host.
        host: String,
        /// What TLS said.
        #[source]
        cause: Cause,
    },
    /// Clover answered a token call with neither tokens nor a refusal of them, as it does under
    /// load. The token may be spent.
    #[error("Clover gave no tokens and did not refuse them either: {said} ({call})")]
    Undecided {
        /// Which call.
        call: Box<Call>,
        /// Clover's words.
        said: String,
    },
    /// The settings, or what the program passed, cannot work.
    #[error("{0}")]
    Configuration(String),
    /// A list read ahead ended without its end having been read: the task was lost, not the list
    /// finished.
    #[error("reading the list was interrupted")]
    Interrupted,
}

impl Error {
    /// The call it is about.
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
            | Self::Intercepted { call, .. }
            | Self::Insecure { call, .. }
            | Self::Undecided { call, .. } => Some(call),
            Self::Configuration(_) | Self::Interrupted => None,
        }
    }

    /// A refresh of the token may help, and was not tried yet.
    #[must_use]
    pub fn wants_new_token(&self) -> bool {
        matches!(self, Self::Unauthorized { call, after_refresh: false, .. } if call.status == Some(401))
    }

    /// The same, known to concern a token that was new.
    #[must_use]
    pub fn after_refresh(mut self) -> Self {
        if let Self::Unauthorized { after_refresh, .. } = &mut self {
            *after_refresh = true;
        }
        self
    }

    /// The same call may succeed later without anyone changing anything.
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

    /// After this a write may have been carried out, and may not: read before deciding.
    #[must_use]
    pub fn leaves_write_unknown(&self) -> bool {
        matches!(
            self,
            Self::Unanswered { .. } | Self::BadAnswer { .. } | Self::Intercepted { .. }
        )
    }
}

impl PartialEq for Error {
    /// By kind and words; causes are not compared.
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
            && self.to_string() == other.to_string()
    }
}

/// The error and all causes below it in one line, repeats left out.
#[must_use]
pub fn error_chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
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
            "Clover refused the token: 401 Unauthorized (GET /v3/merchants/M1M2M3M4M5M6M/items, status 401, 2 tries in 1.2 s, Clover request r-1)"
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
    fn errors_cross_threads() {
        fn crosses<T: Send + Sync + 'static>() {}
        crosses::<Error>();
    }
}
