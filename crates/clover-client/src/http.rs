//! Calls on a merchant's data: reads that are repeated until they are answered, writes that never
//! are.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use clover_core::ids::MerchantId;
use clover_core::json::{self, JsonError};
use oauth2::AccessToken;
use serde::de::{DeserializeOwned, IgnoredAny};
use tokio::time::Instant;
use url::Url;

use crate::endpoints::stock::Rhythm;
use crate::error::{Call, Error};
use crate::hosts::Hosts;
use crate::rate_limit::RateLimiter;
use crate::refusal::said;
use crate::retry::{Answered, Policy, Sender};
use crate::transport::{HttpTransport, Method, Request, Transport};
use crate::withheld::Withheld;

/// Whose data, and the token that opens it.
#[derive(Debug, Clone)]
pub struct Access {
    /// The merchant, as the callback named it.
    pub merchant: MerchantId,
    /// Shown as `[redacted]` wherever it is printed.
    pub token: AccessToken,
}

/// What a write does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// Creates, or sets.
    Post,
    /// Sets.
    Put,
    /// Deletes.
    Delete,
}

impl From<Write> for Method {
    fn from(write: Write) -> Self {
        match write {
            Write::Post => Self::Post,
            Write::Put => Self::Put,
            Write::Delete => Self::Delete,
        }
    }
}

/// A 2xx answer, read to its end.
#[derive(Clone)]
pub struct Answer {
    /// The body; it may hold customers' data, so it is not printed.
    pub body: Bytes,
    /// Status, tries, time and Clover's request id.
    pub call: Box<Call>,
    /// When the try that was answered left.
    pub asked: Instant,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.call, self.body.len())
    }
}

impl Answer {
    /// The body as a value.
    ///
    /// # Errors
    /// [`Error::BadAnswer`] with the place in the JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        json::parse(&self.body).map_err(|JsonError { path, reason }| Error::BadAnswer {
            call: self.call.clone(),
            at: path,
            reason,
        })
    }
}

/// The way to Clover for one process. Clones share connections and pace. All futures it gives own
/// what they need.
#[derive(Clone)]
pub struct Api {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) hosts: Hosts,
    pub(crate) policy: Policy,
    /// How counts were read and written so far; clones share it.
    pub(crate) rhythm: Rhythm,
    limiter: RateLimiter,
    withheld: Withheld,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("hosts", &self.hosts)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

impl Api {
    /// Ready for these hosts; nothing is connected, started or looked up yet.
    ///
    /// # Errors
    /// [`Error::Configuration`] when TLS cannot be set up.
    pub fn new(hosts: Hosts, limiter: RateLimiter, policy: Policy) -> Result<Self, Error> {
        let wire = HttpTransport::new(&hosts)?;
        Ok(Self::with_transport(Arc::new(wire), hosts, limiter, policy))
    }

    /// The same over another transport.
    #[must_use]
    pub fn with_transport(
        transport: Arc<dyn Transport>,
        hosts: Hosts,
        limiter: RateLimiter,
        policy: Policy,
    ) -> Self {
        Self {
            transport,
            hosts,
            policy,
            rhythm: Rhythm::default(),
            limiter,
            withheld: Withheld::default(),
        }
    }

    /// The same with what is known already of fields that Clover does not expand.
    #[must_use]
    pub fn with_withheld(&self, withheld: Withheld) -> Self {
        Self {
            withheld,
            ..self.clone()
        }
    }

    /// Fields that Clover does not expand for this app, as far as it is known.
    #[must_use]
    pub fn withheld(&self) -> Withheld {
        self.withheld.clone()
    }

    /// The same connections and pace under another policy, such as a shorter time.
    #[must_use]
    pub fn with_policy(&self, policy: Policy) -> Self {
        Self {
            policy,
            ..self.clone()
        }
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The pace, shared with all clones.
    #[must_use]
    pub fn rate_limiter(&self) -> &RateLimiter {
        &self.limiter
    }

    /// Where it speaks to.
    #[must_use]
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// Reads what is at `path` below the merchant (`items/ABC…`, or empty for the merchant). The
    /// body is JSON, for one that is not is asked for again.
    ///
    /// # Errors
    /// Any but [`Error::Interrupted`]; [`Error::Unanswered`] only after all tries.
    pub fn get(
        &self,
        access: &Access,
        path: &str,
        query: &[(&str, &str)],
    ) -> impl Future<Output = Result<Answer, Error>> + Send + use<> {
        let read = self.read(access, path, query, well_formed);
        async move { read.await.map(|(answer, ())| answer) }
    }

    /// Reads a value.
    ///
    /// # Errors
    /// As [`Api::get`], and [`Error::BadAnswer`] when the JSON has another shape.
    pub fn get_json<T: DeserializeOwned>(
        &self,
        access: &Access,
        path: &str,
        query: &[(&str, &str)],
    ) -> impl Future<Output = Result<T, Error>> + Send + use<T> {
        let read = self.get(access, path, query);
        async move { read.await?.json() }
    }

    /// Reads what `check` accepts; what it refuses is asked for again.
    pub(crate) fn read<R: Send + 'static>(
        &self,
        access: &Access,
        path: &str,
        query: &[(&str, &str)],
        check: fn(&Bytes) -> Result<R, JsonError>,
    ) -> impl Future<Output = Result<(Answer, R), Error>> + Send + use<R> {
        self.call(Method::Get, access, path, query, None, check)
    }

    /// Writes once. It is sent again only when it is known not to have been carried out: it never
    /// left, or was answered 429.
    ///
    /// # Errors
    /// [`Error::Unanswered`] when the outcome is unknown: read before deciding. Else any but
    /// [`Error::Interrupted`].
    pub fn send_write(
        &self,
        access: &Access,
        write: Write,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Bytes>,
    ) -> impl Future<Output = Result<Answer, Error>> + Send + use<> {
        let call = self.call(write.into(), access, path, query, body, |_| Ok(()));
        async move { call.await.map(|(answer, ())| answer) }
    }

    fn call<R: Send + 'static>(
        &self,
        method: Method,
        access: &Access,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Bytes>,
        check: fn(&Bytes) -> Result<R, JsonError>,
    ) -> impl Future<Output = Result<(Answer, R), Error>> + Send + use<R> {
        let request = Request {
            method,
            url: self.url(&access.merchant, path, query),
            token: Some(access.token.clone()),
            body,
        };
        let sender = Sender {
            transport: Arc::clone(&self.transport),
            policy: self.policy.clone(),
            limiter: Some(self.limiter.clone()),
        };
        let token = access.token.clone();
        async move { accept(sender.send(request, check).await?, &token) }
    }

    fn url(&self, merchant: &MerchantId, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.hosts.api.clone();
        let full = format!("v3/merchants/{merchant}/{path}");
        // A URL that cannot be a base has no segments; those of `Hosts` all have. Encodes what is
        // no path character.
        if let Ok(mut segments) = url.path_segments_mut() {
            let parts = full.split('/').filter(|part| !part.is_empty());
            segments.clear().extend(parts);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
            // A blank as %20, which every reader of a URL knows; a plus sign of the query's own is
            // %2B by now.
            let encoded = url.query().map(|text| text.replace('+', "%20"));
            url.set_query(encoded.as_deref());
        }
        url
    }
}

/// Anything that is JSON from beginning to end.
pub(crate) fn well_formed(body: &Bytes) -> Result<(), JsonError> {
    json::parse::<IgnoredAny>(body).map(drop)
}

fn accept<R>(answered: Answered<R>, token: &AccessToken) -> Result<(Answer, R), Error> {
    let Answered {
        status,
        body,
        call,
        asked,
        checked,
        ..
    } = answered;
    if let Some(checked) = checked {
        return Ok((Answer { body, call, asked }, checked));
    }
    let said = said(&body, &[token.secret()]);
    Err(match status {
        401 | 403 => Error::Unauthorized {
            call,
            said,
            after_refresh: false,
        },
        404 => Error::NotFound { call, said },
        _ => Error::Rejected { call, said },
    })
}
