//! Sends one request and receives one response. Retries and the meaning of a status are handled
//! elsewhere.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use oauth2::AccessToken;
pub use reqwest::header::HeaderMap;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use url::Url;

use crate::error::{Cause, Error};
use crate::hosts::Hosts;

/// A boxed future, for trait objects.
pub type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The timeout of opening a connection. Several lost packets fit in it, and a call still has time
/// for another attempt.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Shorter than the idle timeout of common load balancers (60 s): a write on a connection that the
/// other side is closing would have no response.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Ten times a page of 1,000 items with all expansions; a larger body is not from Clover.
pub const BODY_LIMIT: usize = 32 << 20;

/// The HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates or sets.
    Post,
}

impl Method {
    /// The name in HTTP.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// A request that can be sent any number of times.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The URL, including the query.
    pub url: Url,
    /// The access token. OAuth calls have none; their secrets are in the body.
    pub token: Option<AccessToken>,
    /// The JSON body.
    pub body: Option<Bytes>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.url.path())
    }
}

/// The head of a response, and access to its body.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// Reads the complete body.
    pub body: Boxed<Result<Bytes, Failure>>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({})", self.status)
    }
}

/// Why no complete response arrived, by the state of the request.
#[derive(Debug, Clone)]
pub enum Failure {
    /// The request was not sent.
    NotSent(Cause),
    /// Clover may have received the request.
    NoAnswer(Cause),
    /// TLS failed, so the request was not sent, and another attempt would fail in the same way.
    Insecure(Cause),
    /// The body is larger than the limit.
    TooLarge,
    /// The request could not be built.
    Unusable(Cause),
}

/// Sends requests. Tests replace it with a scripted one.
pub trait Transport: Send + Sync {
    /// Sends a request once; `timeout` includes the body.
    fn send(&self, request: Request, timeout: Duration) -> Boxed<Result<Reply, Failure>>;
}

/// HTTP over reqwest. It opens no connection before the first request, and belongs to the runtime
/// that sends it.
#[derive(Debug, Clone)]
pub struct HttpTransport(reqwest::Client);

impl HttpTransport {
    /// A transport for these hosts. Loopback never goes through a proxy; other hosts use the
    /// system's proxy settings.
    ///
    /// # Errors
    /// [`Error::Configuration`] when TLS cannot be set up, such as without root certificates.
    pub fn new(hosts: &Hosts) -> Result<Self, Error> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!(
                "CloverSync/",
                env!("CARGO_PKG_VERSION"),
                " (+J2Commerce)"
            ))
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none());
        if hosts.is_loopback() {
            builder = builder.no_proxy();
        }
        if hosts.is_plain_loopback() {
            // No certificate is checked, so the system does not need any.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().map_err(|e| {
            Error::Configuration(format!(
                "HTTPS cannot be set up. Usually PHP cannot read this server's root certificates: \
                 install the package ca-certificates, or name their file in SSL_CERT_FILE ({})",
                crate::error::error_chain(&e)
            ))
        })?;
        Ok(Self(client))
    }

    /// Reads a file without a token, at most so many bytes of it. A redirect is not followed.
    #[must_use]
    pub fn download(
        &self,
        url: Url,
        limit: usize,
        timeout: Duration,
    ) -> Boxed<Result<(u16, Bytes), Failure>> {
        let builder = self.0.get(url).timeout(timeout);
        Box::pin(async move {
            let response = builder.send().await.map_err(failure)?;
            let status = response.status().as_u16();
            let size = response.content_length().unwrap_or(0);
            if usize::try_from(size).is_ok_and(|size| size > limit) {
                return Err(Failure::TooLarge);
            }
            Ok((status, read(response, limit).await?))
        })
    }

    fn build(
        &self,
        request: Request,
        timeout: Duration,
    ) -> Result<reqwest::RequestBuilder, Failure> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let mut builder = self
            .0
            .request(method, request.url)
            .header(ACCEPT, "application/json")
            .timeout(timeout);
        if let Some(token) = request.token {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.secret()))
                .map_err(|e| Failure::Unusable(Cause::new(e)))?;
            value.set_sensitive(true);
            builder = builder.header(AUTHORIZATION, value);
        }
        if let Some(body) = request.body {
            builder = builder
                .header(CONTENT_TYPE, "application/json")
                .body(reqwest::Body::from(body));
        }
        Ok(builder)
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request, timeout: Duration) -> Boxed<Result<Reply, Failure>> {
        let builder = self.build(request, timeout);
        Box::pin(async move {
            let response = builder?.send().await.map_err(failure)?;
            Ok(Reply {
                status: response.status().as_u16(),
                headers: response.headers().clone(),
                body: Box::pin(read(response, BODY_LIMIT)),
            })
        })
    }
}

async fn read(mut response: reqwest::Response, limit: usize) -> Result<Bytes, Failure> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if body.len() + chunk.len() > limit {
            return Err(Failure::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn failure(error: reqwest::Error) -> Failure {
    let error = error.without_url();
    if error.is_builder() {
        Failure::Unusable(Cause::new(error))
    } else if error.is_connect() && is_tls_fault(&error) {
        Failure::Insecure(Cause::new(error))
    } else if error.is_connect() {
        // Covers failures to open the connection, including TLS. A request that failed on an open
        // connection is not among these.
        Failure::NotSent(Cause::new(error))
    } else {
        Failure::NoAnswer(Cause::new(error))
    }
}

/// Whether TLS itself failed, and not the connection below it. `io::Error` hides the error that it
/// wraps from `source`, so both paths are followed.
fn is_tls_fault(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<rustls::Error>() {
            return true;
        }
        next = match error.downcast_ref::<std::io::Error>() {
            Some(io) => io
                .get_ref()
                .map(|inner| inner as &(dyn std::error::Error + 'static)),
            None => error.source(),
        };
    }
    false
}
