//! Authenticated session with one merchant: API access and token refresh.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clover_client::api_token::{Trial, try_token};
use clover_client::items::{ITEM_EXPANSIONS, STOCK_EXPANSION};
use clover_client::pictures::{self, Picture};
use clover_client::taxes::TAX_RATES;
use clover_client::token_manager::ON_DEMAND;
use clover_client::tokens::CONFIRMED_AFTER;
use clover_client::transport::{Boxed, Failure, Reply, Request, Transport};
use clover_client::{
    Access, AccessToken, Api, BlockOn, ClientSecret, ClockDifference, Credential,
    Error as ClientError, Hosts, OAuth, OAuthError, Policy, RateLimit, Refusal, Rhythm, TokenError,
    TokenManager, TokenRequirement, TokenStore, Tokens, Withheld,
};
use clover_core::ids::MerchantId;
use clover_core::problem::{Problem, ProblemCode};
use clover_core::seal::Vault;
use clover_core::settings::Settings as CoreSettings;
use tokio::runtime::Handle;

use crate::error::{Error, SOME_TIME, problem_of, quoted};
use crate::host::Host;
use crate::rate_limit::SharedLimit;
use crate::settings::Settings;
use crate::token_record::TokenRecord;
use crate::{log_queue, runtime};

/// One shop's access to Clover.
pub struct Session {
    settings: Settings,
    vault: Arc<Vault>,
    host: Box<dyn Host>,
    /// None: the process has the token's rate limit to itself.
    shared: Option<SharedLimit>,
    withheld: Withheld,
    rhythm: Rhythm,
    clock: ClockDifference,
    requests: Arc<AtomicI64>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

/// Tokens that meet a requirement.
#[derive(Debug)]
pub struct ValidTokens {
    /// The merchant that they open.
    pub merchant: MerchantId,
    /// The pair.
    pub tokens: Tokens,
    /// Whether this process fetched them just now.
    pub rotated: bool,
}

/// A transport that counts.
struct Counted {
    inner: Arc<dyn Transport>,
    requests: Arc<AtomicI64>,
}

impl Transport for Counted {
    fn send(&self, request: Request, timeout: Duration) -> Boxed<Result<Reply, Failure>> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.inner.send(request, timeout)
    }
}

/// The store and the wait that the token manager needs, over one record's merchant.
struct StoreAdapter<'a> {
    session: &'a Session,
    merchant: RefCell<Option<MerchantId>>,
    rotated: Cell<bool>,
    /// When the lock was taken or prolonged last, while it is held.
    locked: Cell<Option<Instant>>,
}

/// A rotation may take longer than the lock's lease, when Clover is slow and is asked several
/// times.
const PROLONG_LOCK_AFTER: Duration = Duration::from_secs(10);

impl<'a> StoreAdapter<'a> {
    fn new(session: &'a Session) -> Self {
        Self {
            session,
            merchant: RefCell::new(None),
            rotated: Cell::new(false),
            locked: Cell::new(None),
        }
    }

    /// Tries an API token of the record's merchant.
    fn trial(&self, api: Api, token: AccessToken) -> Boxed<Result<Trial, ClientError>> {
        let merchant = self.merchant.borrow().clone();
        Box::pin(async move {
            match merchant {
                Some(merchant) => try_token(api, Access { merchant, token }).await,
                None => Err(ClientError::Interrupted),
            }
        })
    }

    fn prolong_lock(&self) {
        if self
            .locked
            .get()
            .is_some_and(|at| at.elapsed() >= PROLONG_LOCK_AFTER)
        {
            // The host keeps its error, which ends the wait at the next tick. Without the lock the
            // rotation goes on: its result is stored only while the record is unchanged.
            let is_held = self.session.host.lock().unwrap_or(true);
            self.locked.set(is_held.then(Instant::now));
        }
    }
}

impl TokenStore for StoreAdapter<'_> {
    type Error = Error;

    fn read(&self) -> Result<Option<Tokens>, Error> {
        let record = self.session.record()?;
        *self.merchant.borrow_mut() = record.as_ref().map(|r| r.merchant.clone());
        match record {
            // Clover refused these for good, so another question would only repeat the refusal.
            Some(record) if record.reconnect.is_none() => Ok(Some(record.tokens()?)),
            _ => Ok(None),
        }
    }

    fn write(&self, tokens: &Tokens) -> Result<(), Error> {
        let merchant = self.merchant.borrow().clone();
        match merchant {
            Some(merchant) => {
                self.session.store_record(merchant, tokens, None)?;
                let is_pair = tokens.credential() == Credential::App;
                self.rotated.set(is_pair && tokens.refusal.is_none());
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn lock(&self) -> Result<bool, Error> {
        let taken = self.session.host.lock()?;
        self.locked.set(taken.then(Instant::now));
        Ok(taken)
    }

    fn refused(&self, tokens: &Tokens, reason: &OAuthError) -> Result<(), Error> {
        let merchant = self.merchant.borrow().clone();
        match merchant {
            Some(merchant) => {
                let reason = Some(final_refusal(reason));
                self.session.store_record(merchant, tokens, reason)
            }
            None => Ok(()),
        }
    }

    fn unlock(&self) {
        self.locked.set(None);
        self.session.host.unlock();
    }
}

impl BlockOn for StoreAdapter<'_> {
    type Error = Error;

    fn wait<F: Future + 'static>(&self, future: F) -> Result<F::Output, Error> {
        self.session.wait(future, || self.prolong_lock())
    }
}

fn refused(refusal: &Refusal, of: Option<Credential>) -> Problem {
    let seconds = refusal.next_try_at().saturating_sub(now());
    let minutes = (seconds.clamp(0, CONFIRMED_AFTER) + 59) / 60;
    let code = match of {
        Some(Credential::Merchant) => ProblemCode::ApiTokenRefused,
        Some(Credential::App) | None => ProblemCode::RenewalRefused,
    };
    Problem::new(code).with("minutes", minutes)
}

/// What the record keeps of a final refusal.
fn final_refusal(refusal: &OAuthError) -> String {
    match refusal {
        OAuthError::Refused { call, said, .. } => quoted(call, said),
        OAuthError::Failed(error) => problem_of(error).details,
    }
}

/// Why the owner must connect again.
pub(crate) fn connection_lost(refusal: impl Into<String>) -> Problem {
    Problem::new(ProblemCode::ConnectionLost).because(refusal)
}

/// Unix seconds.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

impl Session {
    /// Nothing is opened, read or sent yet.
    pub fn new(settings: &Settings, vault: Arc<Vault>, host: Box<dyn Host>) -> Rc<Self> {
        if host.is_listening() {
            log_queue::start();
        }
        Rc::new(Self {
            settings: settings.clone(),
            vault,
            shared: host.has_rate_limiter().then(SharedLimit::default),
            host,
            withheld: Withheld::default(),
            rhythm: Rhythm::default(),
            clock: ClockDifference::new(now),
            requests: Arc::new(AtomicI64::new(0)),
        })
    }

    /// As the owner set them.
    #[must_use]
    pub fn settings(&self) -> &CoreSettings {
        &self.settings.core
    }

    /// Requests sent so far.
    #[must_use]
    pub fn requests(&self) -> i64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Seconds by which this server's clock is ahead of Clover's, by the last response; none before
    /// the first.
    #[must_use]
    pub fn clock_difference(&self) -> Option<i64> {
        self.clock.seconds()
    }

    /// Fields that Clover was found not to show to this app.
    #[must_use]
    pub fn withheld(&self) -> &Withheld {
        &self.withheld
    }

    /// Those of [`Self::withheld`] that are fields of an item.
    #[must_use]
    pub fn withheld_from_items(&self) -> Vec<String> {
        let mut fields = self.withheld.fields();
        fields.retain(|field| {
            let is_it = |known: &&str| known == field;
            let mut known = ITEM_EXPANSIONS.iter().chain(&STOCK_EXPANSION);
            known.any(is_it) || field == TAX_RATES
        });
        fields
    }

    /// The picture at an address that Clover has given.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when this server's PHP cannot connect or the host ends the wait.
    pub fn picture(&self, address: &str) -> Result<Picture, Error> {
        let hosts = self.settings.hosts.clone();
        let (transport, _) = runtime::client(&*self.host, &hosts, self.own_limit())?;
        let address = address.to_owned();
        self.finish(async move { pictures::read(&transport, &hosts, &address).await })
    }

    /// Where Clover is.
    #[must_use]
    pub fn hosts(&self) -> &Hosts {
        &self.settings.hosts
    }

    pub(crate) fn runtime(&self) -> Result<Handle, Error> {
        runtime::handle(&*self.host)
    }

    /// The owner's share of the rate limit.
    fn own_limit(&self) -> RateLimit {
        let whole = RateLimit::default();
        let part = u32::try_from(self.settings.core.pace_share)
            .unwrap_or(100)
            .clamp(1, 100_000);
        RateLimit {
            per_second: (whole.per_second * part / 100).max(1),
            in_flight: (whole.in_flight * part / 100).max(1),
        }
    }

    /// This process' API access.
    pub(crate) fn api(&self) -> Result<Api, Error> {
        let own = self.own_limit();
        let (transport, mut limiter) = runtime::client(&*self.host, &self.settings.hosts, own)?;
        if let Some(shared) = &self.shared {
            limiter = shared.local();
            limiter.set_own_limit(own);
        }
        let counted = Counted {
            inner: transport,
            requests: Arc::clone(&self.requests),
        };
        Ok(Api::with_transport(
            Arc::new(counted),
            self.settings.hosts.clone(),
            limiter,
            Policy::default(),
        )
        .with_withheld(self.withheld.clone())
        .with_rhythm(self.rhythm.clone())
        .with_clock(self.clock.clone()))
    }

    /// The app towards Clover.
    pub(crate) fn oauth(&self) -> Result<OAuth, Error> {
        self.oauth_with(&self.api()?)
    }

    fn oauth_with(&self, api: &Api) -> Result<OAuth, Error> {
        let needed = ProblemCode::SettingNeeded;
        let secret = match &self.settings.core.app_secret {
            Some(secret) if !self.settings.core.app_id.is_empty() => secret.expose().to_owned(),
            Some(_) => return Err(Error::setting("app_id", needed)),
            None => return Err(Error::setting("app_secret", needed)),
        };
        Ok(OAuth::new(
            api,
            self.settings.core.app_id.clone(),
            ClientSecret::new(secret),
        ))
    }

    /// The stored record.
    pub(crate) fn record(&self) -> Result<Option<TokenRecord>, Error> {
        let stored = self.host.read()?;
        stored
            .map(|text| TokenRecord::open(&text, &self.vault, self.settings.core.environment))
            .transpose()
    }

    fn store_record(
        &self,
        merchant: MerchantId,
        tokens: &Tokens,
        reconnect: Option<String>,
    ) -> Result<(), Error> {
        let record = TokenRecord::new(merchant, tokens, reconnect);
        let text = record.seal(&self.vault, self.settings.core.environment)?;
        Ok(self.host.write(&text)?)
    }

    /// Stores the tokens of a new connection.
    pub(crate) fn connect(&self, merchant: MerchantId, tokens: &Tokens) -> Result<(), Error> {
        self.change_record(|| self.store_record(merchant, tokens, None))
    }

    /// Deletes the connection.
    ///
    /// # Errors
    /// The host's.
    pub fn disconnect(&self) -> Result<(), Error> {
        self.change_record(|| Ok(self.host.delete()?))
    }

    /// Changes the record when no refresh is under way. A refresh that takes longer than the host
    /// waits for the lock does not prevent the change: it drops its result when the record is
    /// another one.
    fn change_record(&self, change: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
        let is_locked = self.host.lock()?;
        let changed = change();
        if is_locked {
            self.host.unlock();
        }
        changed
    }

    fn ensure(
        &self,
        requirement: TokenRequirement<'_>,
    ) -> Result<Result<ValidTokens, TokenError<Error, Error>>, Error> {
        let store = StoreAdapter::new(self);
        let api = self.api()?;
        let oauth = self.oauth_with(&api);
        let trial = |token: &AccessToken| store.trial(api.clone(), token.clone());
        let manager = TokenManager {
            store: &store,
            waiter: &store,
            oauth: oauth.as_ref().ok(),
            trial: &trial,
            clock: &now,
        };
        let outcome = manager.ensure(requirement);
        if let (Err(TokenError::AppNeeded), Err(error)) = (&outcome, oauth) {
            return Err(error);
        }
        Ok(outcome.and_then(|tokens| {
            let merchant = store
                .merchant
                .into_inner()
                .ok_or(TokenError::NotConnected)?;
            Ok(ValidTokens {
                merchant,
                tokens,
                rotated: store.rotated.get(),
            })
        }))
    }

    /// Tokens that meet the requirement, refreshed if they must be.
    pub(crate) fn tokens(&self, requirement: TokenRequirement<'_>) -> Result<ValidTokens, Error> {
        self.ensure(requirement)?
            .map_err(|error| self.token_error(error))
    }

    /// Refreshes when fewer seconds are left; whether a refresh took place here. An API token is
    /// never refreshed.
    ///
    /// # Errors
    /// [`Error`].
    pub fn refresh(&self, when_under: i64) -> Result<bool, Error> {
        let requirement = TokenRequirement::AtLeast(when_under.max(0));
        Ok(self.tokens(requirement)?.rotated)
    }

    /// Makes a call with a valid token. When Clover refuses the token it is replaced, once.
    ///
    /// # Errors
    /// [`Error`].
    pub fn call<T, F>(&self, make: impl Fn(Api, Access) -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, ClientError>> + 'static,
    {
        let api = self.api()?;
        let mut access = self.access()?;
        let refused = match self.finish(make(api.clone(), access.clone()))? {
            Ok(value) => return Ok(value),
            Err(error) if error.wants_new_token() => error,
            Err(error) => return Err(error.into()),
        };
        access.token = self.replace(&access.token, refused)?;
        self.finish(make(api, access))?
            .map_err(|e| e.after_refresh().into())
    }

    /// Another token than the refused one; when that was new already, the refusal was about a
    /// permission.
    pub(crate) fn replace(
        &self,
        refused: &AccessToken,
        error: ClientError,
    ) -> Result<AccessToken, Error> {
        self.another_token(refused)?
            .ok_or_else(|| error.after_refresh().into())
    }

    /// Another token than the refused one; none when that was new already.
    pub(crate) fn another_token(
        &self,
        refused: &AccessToken,
    ) -> Result<Option<AccessToken>, Error> {
        match self.ensure(TokenRequirement::Replace(refused))? {
            Ok(valid) => Ok(Some(valid.tokens.access.clone())),
            Err(TokenError::TokenIsNew) => Ok(None),
            Err(error) => Err(self.token_error(error)),
        }
    }

    /// A valid token and its merchant, for calls with one outcome for each part.
    pub(crate) fn access(&self) -> Result<Access, Error> {
        let valid = self.tokens(TokenRequirement::AtLeast(ON_DEMAND))?;
        Ok(Access {
            merchant: valid.merchant,
            token: valid.tokens.access.clone(),
        })
    }

    /// Waits for a future.
    pub(crate) fn finish<F: Future + 'static>(&self, future: F) -> Result<F::Output, Error> {
        self.wait(future, || {})
    }

    fn wait<F: Future + 'static>(&self, future: F, between: impl Fn()) -> Result<F::Output, Error> {
        let host = &*self.host;
        if let Some(shared) = &self.shared {
            shared.enter(host);
            host.check()?;
        }
        let local = self.shared.as_ref().map(SharedLimit::local);
        let shortage = || async {
            match &local {
                Some(local) => local.shortage().await,
                None => std::future::pending().await,
            }
        };
        let outcome = runtime::wait(host, future, shortage, || {
            log_queue::deliver(host);
            between();
            if let Some(shared) = &self.shared {
                shared.between(host);
            }
        });
        if outcome.is_ok() {
            log_queue::deliver(host);
        }
        if let Some(shared) = &self.shared {
            // A task that reads ahead may want permits for its next request, which must be on its
            // way while the host works.
            if outcome.is_ok() && shared.between(host) {
                runtime::write_out(host)?;
            }
            shared.leave(host);
        }
        outcome
    }

    /// What the stored connection is made with, as far as it can be read.
    fn credential(&self) -> Option<Credential> {
        let tokens = self.record().ok()??.tokens().ok()?;
        Some(tokens.credential())
    }

    fn token_error(&self, error: TokenError<Error, Error>) -> Error {
        let reconnect = |problem| Error::Reconnect { problem };
        match error {
            TokenError::NotConnected => match self.record() {
                Ok(Some(TokenRecord {
                    reconnect: Some(reason),
                    ..
                })) => reconnect(connection_lost(reason)),
                _ => reconnect(ProblemCode::NotConnected.into()),
            },
            TokenError::Refused(refusal) => Error::Refused {
                problem: refused(&refusal, self.credential()),
                refused_at: refusal.at,
                next_try_at: refusal.next_try_at(),
                retry_after: refusal.next_try_at().saturating_sub(now()).max(0),
            },
            TokenError::ReconnectNeeded(refusal) => {
                reconnect(connection_lost(final_refusal(&refusal)))
            }
            TokenError::AppNeeded => Error::setting("app_secret", ProblemCode::SettingNeeded),
            TokenError::TokenIsNew => Error::Permission {
                problem: ProblemCode::PermissionUnknown.into(),
                permission: "unknown".to_owned(),
            },
            TokenError::Busy => Error::unavailable(ProblemCode::TokenBusy, Duration::from_secs(5)),
            // Any answer to a token call but a refusal of the token: the next one may be answered
            // otherwise.
            TokenError::Clover(error @ ClientError::BadAnswer { .. }) => {
                Error::unavailable(problem_of(&error), SOME_TIME)
            }
            TokenError::Clover(error) => error.into(),
            TokenError::Store(error) | TokenError::Wait(error) => error,
        }
    }
}
