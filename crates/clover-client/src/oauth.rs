//! Clover's OAuth: the authorization URL, and the three calls that return tokens.
//!
//! Only the URL and the secrets' types come from the `oauth2` crate. Clover's token calls do not
//! follow RFC 6749: JSON instead of a form (a form gets a 415), no `grant_type`, no `token_type`,
//! absolute expiry times, and a second URL for refreshing.
//!
//! PKCE is not used. In Clover it is for apps without a secret: their token call takes
//! `code_verifier` *instead of* `client_secret`. Recovery of a lost refresh, which this crate
//! depends on, is only for apps with a secret.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use clover_core::json;
use oauth2::basic::BasicClient;
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, RedirectUrl, RefreshToken,
};
use serde::Serialize;
use url::Url;

use crate::clock_difference::ClockDifference;
use crate::error::{Call, Error};
use crate::hosts::Hosts;
use crate::http::Api;
use crate::refusal::said;
use crate::retry::{Answered, Policy, Sender};
use crate::tokens::{Origin, Pair, Tokens};
use crate::transport::{Method, Request, Transport};

/// The authorization URL, and the state that the callback must contain. `Debug` shows no secret.
#[derive(Clone)]
pub struct AuthorizeRequest {
    /// For the browser. Contains the state.
    pub url: Url,
    /// Store it in the session and use it once.
    pub state: CsrfToken,
}

impl fmt::Debug for AuthorizeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizeRequest")
            .field("path", &self.url.path())
            .finish_non_exhaustive()
    }
}

/// The authorization URL with a state of 128 random bits.
///
/// # Errors
/// [`Error::Configuration`] when the redirect URI is not a URL.
pub fn authorize_url(
    hosts: &Hosts,
    app_id: &str,
    redirect_uri: &str,
) -> Result<AuthorizeRequest, Error> {
    authorize_url_with(hosts, app_id, redirect_uri, CsrfToken::new_random)
}

/// The authorization URL with a given state. The redirect URI is used unchanged, because it must
/// equal the one registered with Clover.
///
/// # Errors
/// [`Error::Configuration`] when the redirect URI is not a URL.
pub fn authorize_url_with(
    hosts: &Hosts,
    app_id: &str,
    redirect_uri: &str,
    state: impl FnOnce() -> CsrfToken,
) -> Result<AuthorizeRequest, Error> {
    let redirect = RedirectUrl::new(redirect_uri.to_owned())
        .map_err(|e| Error::Configuration(format!("the redirect URI is not a URL: {e}")))?;
    let mut authorize = hosts.authorize.clone();
    authorize.set_path("/oauth/v2/authorize");
    let client = BasicClient::new(ClientId::new(app_id.to_owned()))
        .set_auth_uri(AuthUrl::from_url(authorize))
        .set_redirect_uri(redirect);
    let (url, state) = client.authorize_url(state).url();
    Ok(AuthorizeRequest { url, state })
}

/// Why Clover returned no tokens.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OAuthError {
    /// The code or refresh token is used up, expired or of another app, or the app's id or secret
    /// is wrong.
    #[error("Clover refused: {said} ({call})")]
    Refused {
        /// Which call.
        call: Box<Call>,
        /// Clover's words.
        said: String,
        /// The header `X-Clover-Recovery-Available`, if present.
        recovery: Option<bool>,
    },
    /// No decision by Clover. The code or token may be used up, unless the request was not sent.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// The OAuth client: the app's id, its secret and the transport. Cheap to clone.
#[derive(Clone)]
pub struct OAuth {
    transport: Arc<dyn Transport>,
    policy: Policy,
    clock: Option<ClockDifference>,
    hosts: Hosts,
    app_id: String,
    secret: ClientSecret,
}

impl fmt::Debug for OAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth")
            .field("hosts", &self.hosts)
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct ExchangeBody<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    code: &'a str,
}

#[derive(Serialize)]
struct RefreshBody<'a> {
    client_id: &'a str,
    refresh_token: &'a str,
}

#[derive(Serialize)]
struct RecoveryBody<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    recovery_token: &'a str,
}

impl OAuth {
    /// A client that uses the connections and the policy of `api`. These calls have no token, so
    /// the rate limiter does not count them.
    #[must_use]
    pub fn new(api: &Api, app_id: impl Into<String>, secret: ClientSecret) -> Self {
        Self {
            transport: Arc::clone(&api.transport),
            policy: api.policy.under_lock(),
            clock: api.clock.clone(),
            hosts: api.hosts.clone(),
            app_id: app_id.into(),
            secret,
        }
    }

    /// The app's id.
    #[must_use]
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// Exchanges the callback's code for the first tokens. A code works once and expires within
    /// seconds.
    ///
    /// # Errors
    /// [`OAuthError`]; in every case the owner must begin again, because the code may be used up.
    pub fn exchange(
        &self,
        code: &AuthorizationCode,
        now: i64,
    ) -> impl Future<Output = Result<Tokens, OAuthError>> + Send + use<> {
        let body = ExchangeBody {
            client_id: &self.app_id,
            client_secret: self.secret.secret(),
            code: code.secret(),
        };
        self.tokens(
            "token",
            json_body(&body),
            code.secret(),
            None,
            now,
            Origin::Connected,
        )
    }

    /// Exchanges a refresh token, which works once, for the next pair.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub fn refresh(
        &self,
        token: &RefreshToken,
        now: i64,
        origin: Origin,
    ) -> impl Future<Output = Result<Tokens, OAuthError>> + Send + use<> {
        let body = RefreshBody {
            client_id: &self.app_id,
            refresh_token: token.secret(),
        };
        let spent = Some(token.clone());
        self.tokens(
            "refresh",
            json_body(&body),
            token.secret(),
            spent,
            now,
            origin,
        )
    }

    /// Fetches a pair with the refresh token that was used last, if the response was lost.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub fn recover(
        &self,
        spent: &RefreshToken,
        now: i64,
        origin: Origin,
    ) -> impl Future<Output = Result<Tokens, OAuthError>> + Send + use<> {
        let body = RecoveryBody {
            client_id: &self.app_id,
            client_secret: self.secret.secret(),
            recovery_token: spent.secret(),
        };
        let bought_by = Some(spent.clone());
        self.tokens(
            "recovery",
            json_body(&body),
            spent.secret(),
            bought_by,
            now,
            origin,
        )
    }

    fn tokens(
        &self,
        action: &str,
        body: Bytes,
        presented: &str,
        spent: Option<RefreshToken>,
        now: i64,
        origin: Origin,
    ) -> impl Future<Output = Result<Tokens, OAuthError>> + Send + use<> {
        let mut url = self.hosts.api.clone();
        url.set_path(&format!("/oauth/v2/{action}"));
        let request = Request {
            method: Method::Post,
            url,
            token: None,
            body: Some(body),
        };
        let sender = Sender {
            transport: Arc::clone(&self.transport),
            policy: self.policy.clone(),
            limiter: None,
            clock: self.clock.clone(),
        };
        let secrets = [self.secret.secret().clone(), presented.to_owned()];
        let is_exchange = spent.is_none();
        async move {
            let answered = sender.send(request, |body: &Bytes| json::parse::<Pair>(body));
            let pair = verdict(answered.await?, is_exchange, &secrets)?;
            Ok(pair.into_tokens(spent, now, origin))
        }
    }
}

fn json_body(body: &impl Serialize) -> Bytes {
    // Panic: the three bodies above consist of strings, which always have a JSON form.
    serde_json::to_vec(body).expect("strings").into()
}

/// Refresh and recovery refuse a token only with 401; an overloaded Clover returns 400 to any call.
/// The status for an invalid code is not documented; the owner begins again in any case.
fn verdict(
    answered: Answered<Pair>,
    is_exchange: bool,
    secrets: &[String; 2],
) -> Result<Pair, OAuthError> {
    let Answered {
        status,
        headers,
        body,
        call,
        checked,
        ..
    } = answered;
    if let Some(pair) = checked {
        return Ok(pair);
    }
    let [secret, presented] = secrets;
    let said = said(&body, &[secret, presented]);
    if status != 401 && !(is_exchange && matches!(status, 400 | 403)) {
        return Err(Error::Undecided { call, said }.into());
    }
    let recovery = headers
        .get("x-clover-recovery-available")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().to_ascii_lowercase().parse().ok());
    Err(OAuthError::Refused {
        call,
        said,
        recovery,
    })
}
