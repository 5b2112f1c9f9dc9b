//! Calls on a merchant's data. Reads are retried until they get a response; writes are never
//! repeated if they may have been carried out.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use clover_core::ids::MerchantId;
use clover_core::json::{self, JsonError};
use clover_core::wire::Listing;
use oauth2::AccessToken;
use serde::de::{DeserializeOwned, IgnoredAny};
use tokio::time::Instant;
use url::Url;

use crate::clock_difference::ClockDifference;
use crate::error::{Call, Error};
use crate::hosts::Hosts;
use crate::rate_limit::RateLimiter;
use crate::refusal::said;
use crate::retry::{Answered, Policy, Sender};
use crate::rhythm::Rhythm;
use crate::transport::{HttpTransport, Method, Request, Transport};
use crate::withheld::Withheld;

/// The merchant, and the token that grants access to its data.
#[derive(Debug, Clone)]
pub struct Access {
    /// The merchant id from the callback.
    pub merchant: MerchantId,
    /// Printed as `[redacted]`.
    pub token: AccessToken,
}

/// A complete 2xx response.
#[derive(Clone)]
pub struct Answer {
    /// The body. It may contain customers' data, so it is not printed.
    pub body: Bytes,
    /// Status, attempts, duration and Clover's request id.
    pub call: Box<Call>,
    /// When the successful attempt was sent.
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
    /// [`Error::BadAnswer`] with the path in the JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        json::parse(&self.body).map_err(|JsonError { path, reason }| Error::BadAnswer {
            call: self.call.clone(),
            at: path,
            reason,
        })
    }

    /// The body as a list. An unreadable element is an error of its own.
    ///
    /// # Errors
    /// [`Error::BadAnswer`] when the body is not a list.
    pub fn listing<T: DeserializeOwned>(&self) -> Result<Listing<T>, Error> {
        listing(&self.body, &self.call)
    }
}

/// Parses a list that was received.
pub(crate) fn listing<T: DeserializeOwned>(body: &[u8], call: &Call) -> Result<Listing<T>, Error> {
    Listing::parse(body).map_err(|JsonError { path, reason }| Error::BadAnswer {
        call: Box::new(call.clone()),
        at: path,
        reason,
    })
}

/// One process's access to Clover's API. Clones share connections and rate limiter. Its futures own
/// all data that they need.
#[derive(Clone)]
pub struct Api {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) hosts: Hosts,
    pub(crate) policy: Policy,
    pub(crate) rhythm: Rhythm,
    limiter: RateLimiter,
    withheld: Withheld,
    pub(crate) clock: Option<ClockDifference>,
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
    /// Creates an API for these hosts, without opening a connection.
    ///
    /// # Errors
    /// [`Error::Configuration`] when TLS cannot be set up.
    pub fn new(hosts: Hosts, limiter: RateLimiter, policy: Policy) -> Result<Self, Error> {
        let wire = HttpTransport::new(&hosts)?;
        Ok(Self::with_transport(Arc::new(wire), hosts, limiter, policy))
    }

    /// The same API over another transport.
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
            clock: None,
        }
    }

    /// The same API with the known fields that Clover does not expand.
    #[must_use]
    pub fn with_withheld(&self, withheld: Withheld) -> Self {
        Self {
            withheld,
            ..self.clone()
        }
    }

    /// The same API with what was learned of reading and writing counts.
    #[must_use]
    pub fn with_rhythm(&self, rhythm: Rhythm) -> Self {
        Self {
            rhythm,
            ..self.clone()
        }
    }

    /// The same API, which notes the dates of Clover's responses.
    #[must_use]
    pub fn with_clock(&self, clock: ClockDifference) -> Self {
        Self {
            clock: Some(clock),
            ..self.clone()
        }
    }

    /// The known fields that Clover does not expand for this app.
    #[must_use]
    pub fn withheld(&self) -> Withheld {
        self.withheld.clone()
    }

    /// The same connections and rate limiter with another policy, such as a shorter timeout.
    #[must_use]
    pub fn with_policy(&self, policy: Policy) -> Self {
        Self {
            policy,
            ..self.clone()
        }
    }

    /// The current policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The rate limiter, shared with all clones.
    #[must_use]
    pub fn rate_limiter(&self) -> &RateLimiter {
        &self.limiter
    }

    /// The hosts of this API.
    #[must_use]
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// Reads the resource at `path` below the merchant (`items/ABC…`, or empty for the merchant).
    /// The body is valid JSON; a response with another body is requested again.
    ///
    /// # Errors
    /// Any except [`Error::Interrupted`]; [`Error::Unanswered`] only after all attempts.
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

    /// Reads a body that `check` accepts. A body that it refuses is requested again.
    pub(crate) fn read<R: Send + 'static>(
        &self,
        access: &Access,
        path: &str,
        query: &[(&str, &str)],
        check: fn(&Bytes) -> Result<R, JsonError>,
    ) -> impl Future<Output = Result<(Answer, R), Error>> + Send + use<R> {
        self.call(Method::Get, access, path, query, None, check)
    }

    /// Writes once. The write is sent again only if it was certainly not carried out: it was not
    /// sent, or the response was 429.
    ///
    /// # Errors
    /// [`Error::Unanswered`] when the outcome is unknown: read before deciding. Otherwise any
    /// except
    /// [`Error::Interrupted`].
    pub fn post(
        &self,
        access: &Access,
        path: &str,
        body: Bytes,
    ) -> impl Future<Output = Result<Answer, Error>> + Send + use<> {
        let call = self.call(Method::Post, access, path, &[], Some(body), |_| Ok(()));
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
            clock: self.clock.clone(),
        };
        let token = access.token.clone();
        async move { accept(sender.send(request, check).await?, &token) }
    }

    fn url(&self, merchant: &MerchantId, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.hosts.api.clone();
        let full = format!("v3/merchants/{merchant}/{path}");
        // Only a URL that cannot be a base has no segments, and `Hosts` has none of those. Encodes
        // characters that are not allowed in a path.
        if let Ok(mut segments) = url.path_segments_mut() {
            let parts = full.split('/').filter(|part| !part.is_empty());
            segments.clear().extend(parts);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
            // A blank as %20, which every URL parser understands. A plus sign in a value is already
            // encoded as %2B.
            let encoded = url.query().map(|text| text.replace('+', "%20"));
            url.set_query(encoded.as_deref());
        }
        url
    }
}

/// Accepts a body that is valid JSON as a whole.
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
