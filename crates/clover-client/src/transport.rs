//! One request out, one answer in. Knows no retry and no meaning of a status.

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

/// A future that a trait object can give.
pub type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Shorter than the idle time-outs of common load balancers (60 s): a write on a connection that
/// the other side is just closing would be a write without an answer.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Ten times a page of 1,000 items with everything expanded; more is no answer of Clover's.
pub const BODY_LIMIT: usize = 32 << 20;

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates or sets.
    Post,
    /// Sets.
    Put,
    /// Deletes.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// A request, ready to go any number of times.
#[derive(Clone)]
pub struct Request {
    /// What it does.
    pub method: Method,
    /// Where to, query included.
    pub url: Url,
    /// Whose data; OAuth's own calls carry their secrets in the body instead.
    pub token: Option<AccessToken>,
    /// JSON.
    pub body: Option<Bytes>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.url.path())
    }
}

/// The head of an answer, and the way to its body.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// Reads the body to its end.
    pub body: Boxed<Result<Bytes, Failure>>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({})", self.status)
    }
}

/// Why no whole answer came, by what is known of the request.
#[derive(Debug, Clone)]
pub enum Failure {
    /// It never left.
    NotSent(Cause),
    /// It may have arrived.
    NoAnswer(Cause),
    /// TLS failed, so it never left, and another try meets the same.
    Insecure(Cause),
    /// The body is larger than [`BODY_LIMIT`].
    TooLarge,
    /// It could not even be built.
    Unusable(Cause),
}

/// Carries requests. Tests put a scripted one in its place.
pub trait Transport: Send + Sync {
    /// Sends one request once; `timeout` is for all of it, the body included.
    fn send(&self, request: Request, timeout: Duration) -> Boxed<Result<Reply, Failure>>;
}

/// The real one. Makes no connection before the first request, and belongs to the runtime that
/// sends it.
#[derive(Debug, Clone)]
pub struct HttpTransport(reqwest::Client);

impl HttpTransport {
    /// Ready for these hosts: loopback is never asked of a proxy, everything else goes by the
    /// system's settings.
    ///
    /// # Errors
    /// [`Error::Configuration`] when TLS cannot be set up, such as without any root certificate.
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
            // No certificate is ever looked at, so the system need not have any.
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

    fn build(
        &self,
        request: Request,
        timeout: Duration,
    ) -> Result<reqwest::RequestBuilder, Failure> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
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
                body: Box::pin(read(response)),
            })
        })
    }
}

async fn read(mut response: reqwest::Response) -> Result<Bytes, Failure> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if body.len() + chunk.len() > BODY_LIMIT {
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
        // The connection, TLS included, was never made. A request that died on a made one is not
        // among these.
        Failure::NotSent(Cause::new(error))
    } else {
        Failure::NoAnswer(Cause::new(error))
    }
}

/// Whether TLS itself refused, rather than the connection below it. `io::Error` hides the error
/// that it wraps from `source`, so both ways down are followed.
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
