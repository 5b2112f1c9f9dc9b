//! What `Connection`, `Catalog`, `PageIterator` and `Orders` share: the way to one merchant's
//! Clover, with the tokens kept alive on it.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clover_client::life::ON_DEMAND;
use clover_client::tokens::CONFIRMED_AFTER;
use clover_client::transport::{Boxed, Failure, Reply, Request, Transport};
use clover_client::{
    Access, AccessToken, Api, ClientSecret, Error, Life, LifeError, Need, OAuth, OAuthError,
    Policy, RateLimit, Refusal, Tokens, Waiter, Withheld, chain,
};
use clover_core::ids::MerchantId;
use clover_core::json::{JsonError, parse};
use clover_core::seal::{OpenError, Vault};
use clover_core::settings::Settings;
use clover_service::Error as ServiceError;
use clover_service::error::SOME_TIME;
use ext_php_rs::exception::PhpException;
use ext_php_rs::prelude::*;
use ext_php_rs::zend::ExecutorGlobals;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::engine::despite_exception;
use crate::exception;
use crate::logging::{self, Listener};
use crate::rate_limit::{Host, Shared};
use crate::runtime::{self, Interrupted};
use crate::token_store::Store;

/// One shop's way to Clover.
pub struct Link {
    /// As the owner set them.
    pub settings: Settings,
    hosts: clover_client::Hosts,
    vault: Arc<Vault>,
    store: Store,
    log: Option<Listener>,
    /// None: the process has the token to itself.
    shared: Option<Shared>,
    /// Fields that Clover does not show to this app.
    withheld: Withheld,
    requests: Arc<AtomicU64>,
}

/// What the store keeps, sealed.
#[derive(Serialize, Deserialize)]
pub struct Record {
    /// Whose tokens.
    pub merchant: MerchantId,
    /// Why the owner must connect again.
    pub reconnect: Option<String>,
    tokens: Zeroizing<String>,
}

impl Record {
    /// The tokens.
    pub fn tokens(&self) -> Result<Tokens, JsonError> {
        Tokens::from_json(&self.tokens)
    }
}

/// Tokens that meet a need.
pub struct Fresh {
    /// Whose.
    pub merchant: MerchantId,
    /// The pair.
    pub tokens: Tokens,
    /// Whether they were fetched just now, by this process.
    pub rotated: bool,
}

/// What PHP or the store did while the tokens were looked after. The exception itself, when there
/// is one, is pending in the engine.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum HostError {
    /// The wait was ended.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// The store threw.
    #[error("the token store threw {0}")]
    Store(String),
    /// The record does not open.
    #[error("the stored tokens do not open: {0}")]
    Sealed(#[from] OpenError),
    /// The record opened and is no record.
    #[error("the stored tokens cannot be read at {0}")]
    Record(#[from] JsonError),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoRandom,
}

/// A transport that counts.
struct Counted {
    inner: Arc<dyn Transport>,
    requests: Arc<AtomicU64>,
}

impl Transport for Counted {
    fn send(&self, request: Request, timeout: Duration) -> Boxed<Result<Reply, Failure>> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.inner.send(request, timeout)
    }
}

/// The two sides that [`Life`] needs, over one record's merchant.
struct Keeper<'a> {
    link: &'a Link,
    merchant: RefCell<Option<MerchantId>>,
    rotated: Cell<bool>,
    /// When the lock was taken or prolonged last, while it is held.
    locked: Cell<Option<Instant>>,
}

/// A rotation may take longer than the lock's lease, when Clover is slow and is asked several
/// times.
const PROLONG_LOCK_AFTER: Duration = Duration::from_secs(10);

impl<'a> Keeper<'a> {
    fn new(link: &'a Link) -> Self {
        Self {
            link,
            merchant: RefCell::new(None),
            rotated: Cell::new(false),
            locked: Cell::new(None),
        }
    }

    fn prolong_lock(&self) {
        if self
            .locked
            .get()
            .is_some_and(|at| at.elapsed() >= PROLONG_LOCK_AFTER)
        {
            self.locked.set(Some(Instant::now()));
            // What it throws is pending in the engine, and ends the wait.
            let _ = self.link.store.call("lock", vec![]);
        }
    }
}

impl clover_client::TokenStore for Keeper<'_> {
    type Error = HostError;

    fn read(&self) -> Result<Option<Tokens>, HostError> {
        let record = self.link.record()?;
        *self.merchant.borrow_mut() = record.as_ref().map(|r| r.merchant.clone());
        match record {
            // Clover refused these for good, so asking again would only repeat the refusal.
            Some(record) if record.reconnect.is_none() => Ok(Some(record.tokens()?)),
            _ => Ok(None),
        }
    }

    fn write(&self, tokens: &Tokens) -> Result<(), HostError> {
        let merchant = self.merchant.borrow().clone();
        match merchant {
            Some(merchant) => {
                self.link.store_record(&merchant, tokens, None)?;
                self.rotated.set(tokens.refusal.is_none());
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn lock(&self) -> Result<bool, HostError> {
        let taken = self.link.store.call("lock", vec![]).map_err(pending)?;
        let taken = taken.bool().unwrap_or(false);
        self.locked.set(taken.then(Instant::now));
        Ok(taken)
    }

    fn refused(&self, tokens: &Tokens, reason: &OAuthError) -> Result<(), HostError> {
        let merchant = self.merchant.borrow().clone();
        match merchant {
            Some(merchant) => {
                self.link
                    .store_record(&merchant, tokens, Some(reconnect_reason(reason)))
            }
            None => Ok(()),
        }
    }

    fn unlock(&self) {
        self.locked.set(None);
        // Nobody is left to tell: what it throws stays pending in the engine, and the lock ends
        // with its lease.
        despite_exception(|| drop(self.link.store.call("unlock", vec![])));
    }
}

impl Waiter for Keeper<'_> {
    type Error = HostError;

    fn wait<F: Future + 'static>(&self, future: F) -> Result<F::Output, HostError> {
        Ok(self.link.wait(future, || self.prolong_lock())?)
    }
}

fn refused_words(refusal: &Refusal) -> String {
    let seconds = refusal.next_try_at().saturating_sub(now());
    let minutes = (seconds.clamp(0, CONFIRMED_AFTER) + 59) / 60;
    format!(
        "Clover refused to renew the connection. It is asked once more in {minutes} min, and nothing before; connecting again helps at once"
    )
}

fn reconnect_reason(refusal: &OAuthError) -> String {
    format!(
        "Clover does not accept the stored tokens any more, so connect the shop again: {}",
        chain(refusal)
    )
}

fn pending(_: PhpException) -> HostError {
    HostError::Store(
        ExecutorGlobals::pending_exception_class().unwrap_or_else(|| "an error".into()),
    )
}

/// Unix seconds.
pub fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

impl Link {
    /// Nothing is opened, read or sent yet.
    pub fn new(
        settings: Settings,
        hosts: clover_client::Hosts,
        vault: Arc<Vault>,
        store: Store,
        log: Option<Listener>,
        shared: Option<Host>,
    ) -> Rc<Self> {
        if log.is_some() {
            logging::start();
        }
        Rc::new(Self {
            settings,
            hosts,
            vault,
            store,
            log,
            shared: shared.map(Shared::new),
            withheld: Withheld::default(),
            requests: Arc::new(AtomicU64::new(0)),
        })
    }

    /// Requests sent so far.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Fields that Clover was found not to show to this app.
    pub fn withheld(&self) -> &Withheld {
        &self.withheld
    }

    /// Where Clover is.
    pub fn hosts(&self) -> &clover_client::Hosts {
        &self.hosts
    }

    /// This process' way there.
    pub fn api(&self) -> PhpResult<Api> {
        let whole = RateLimit::default();
        let part = u32::try_from(self.settings.pace_share)
            .unwrap_or(100)
            .clamp(1, 100_000);
        let own = RateLimit {
            per_second: (whole.per_second * part / 100).max(1),
            in_flight: (whole.in_flight * part / 100).max(1),
        };
        let (wire, mut limiter) = runtime::way(&self.hosts, own)
            .map_err(|e| host_exception(&e.into()))?
            .map_err(|e| exception_of(&e))?;
        if let Some(shared) = &self.shared {
            limiter = shared.local();
            limiter.set_own_limit(own);
        }
        let counted = Counted {
            inner: wire,
            requests: Arc::clone(&self.requests),
        };
        Ok(Api::with_transport(
            Arc::new(counted),
            self.hosts.clone(),
            limiter,
            Policy::default(),
        )
        .with_withheld(self.withheld.clone()))
    }

    /// The app towards Clover.
    pub fn oauth(&self) -> PhpResult<OAuth> {
        let secret = match &self.settings.app_secret {
            Some(secret) if !self.settings.app_id.is_empty() => secret.expose().to_owned(),
            Some(_) => {
                return Err(exception::setting(
                    "app_id",
                    "is needed to connect: copy it from the Clover Developer Dashboard",
                ));
            }
            None => {
                return Err(exception::setting(
                    "app_secret",
                    "is needed to connect: copy it from the Clover Developer Dashboard",
                ));
            }
        };
        Ok(OAuth::new(
            &self.api()?,
            self.settings.app_id.clone(),
            ClientSecret::new(secret),
        ))
    }

    fn context(&self, merchant: &str) -> String {
        format!("{}/{merchant}/tokens", self.settings.environment.key())
    }

    /// The stored record.
    pub fn record(&self) -> Result<Option<Record>, HostError> {
        let stored = self.store.call("read", vec![]).map_err(pending)?;
        let text = match (stored.string(), stored.is_null()) {
            (Some(text), _) => text,
            (None, true) => return Ok(None),
            // Bytes that are no text: a broken record is not a missing one.
            (None, false) => return Err(OpenError::Unknown.into()),
        };
        // The merchant stands outside the seal because it is part of the seal's context.
        let (merchant, sealed) = text.split_once('.').ok_or(OpenError::Unknown)?;
        let opened = self.vault.open(sealed, &self.context(merchant))?;
        Ok(Some(parse(&opened)?))
    }

    /// Seals and stores.
    pub fn store_record(
        &self,
        merchant: &MerchantId,
        tokens: &Tokens,
        reconnect: Option<String>,
    ) -> Result<(), HostError> {
        let record = Record {
            merchant: merchant.clone(),
            reconnect,
            tokens: Zeroizing::new(tokens.to_json()),
        };
        // Panic: cannot fire, the record is made of strings.
        let text = Zeroizing::new(serde_json::to_vec(&record).expect("strings"));
        let sealed = crate::vault::seal(&self.vault, &text, &self.context(merchant.as_str()))
            .map_err(|_| HostError::NoRandom)?;
        let line = format!("{merchant}.{sealed}");
        self.store.call("write", vec![&line]).map_err(pending)?;
        Ok(())
    }

    /// Stores the tokens of a new connection, under the lock so that no refresh of the old ones
    /// comes in between.
    pub fn connect(&self, merchant: &MerchantId, tokens: &Tokens) -> PhpResult<()> {
        let keeper = Keeper::new(self);
        let locked = clover_client::TokenStore::lock(&keeper).map_err(|e| host_exception(&e))?;
        let stored = self.store_record(merchant, tokens, None);
        if locked {
            clover_client::TokenStore::unlock(&keeper);
        }
        stored.map_err(|e| host_exception(&e))
    }

    /// Forgets the connection.
    pub fn disconnect(&self) -> PhpResult<()> {
        self.store.call("delete", vec![])?;
        Ok(())
    }

    fn ensure(&self, need: Need<'_>) -> PhpResult<Result<Fresh, LifeError<HostError, HostError>>> {
        let keeper = Keeper::new(self);
        let oauth = self.oauth()?;
        let life = Life {
            store: &keeper,
            waiter: &keeper,
            oauth: &oauth,
            clock: &now,
        };
        let outcome = life.ensure(need);
        Ok(outcome.and_then(|tokens| {
            let merchant = keeper
                .merchant
                .into_inner()
                .ok_or(LifeError::NotConnected)?;
            Ok(Fresh {
                merchant,
                tokens,
                rotated: keeper.rotated.get(),
            })
        }))
    }

    /// Looks after the tokens until they meet the need.
    pub fn tokens(&self, need: Need<'_>) -> PhpResult<Fresh> {
        self.ensure(need)?
            .map_err(|error| self.life_exception(error))
    }

    /// A refresh when fewer seconds are left; says whether one took place here.
    pub fn refresh(&self, when_under: i64) -> PhpResult<bool> {
        Ok(self.tokens(Need::AtLeast(when_under.max(0)))?.rotated)
    }

    /// Makes a call with a living token. When Clover refuses the token it is replaced, once.
    pub fn call<T, F>(&self, make: impl Fn(Api, Access) -> F) -> PhpResult<T>
    where
        F: Future<Output = Result<T, Error>> + 'static,
    {
        let api = self.api()?;
        let Fresh {
            merchant, tokens, ..
        } = self.tokens(Need::AtLeast(ON_DEMAND))?;
        let access = |token: AccessToken| Access {
            merchant: merchant.clone(),
            token,
        };
        let refused = match self.finish(make(api.clone(), access(tokens.access.clone())))? {
            Ok(value) => return Ok(value),
            Err(error) if error.wants_new_token() => error,
            Err(error) => return Err(exception_of(&error)),
        };
        let fresh = self.replace(&tokens.access, refused)?;
        self.finish(make(api, access(fresh)))?
            .map_err(|e| exception_of(&e.after_refresh()))
    }

    /// Another token than the refused one; when that was new already, the refusal was about a
    /// permission.
    pub fn replace(&self, refused: &AccessToken, error: Error) -> PhpResult<AccessToken> {
        self.another_token(refused)?
            .ok_or_else(|| exception_of(&error.after_refresh()))
    }

    /// Another token than the refused one; none when that was new already.
    pub fn another_token(&self, refused: &AccessToken) -> PhpResult<Option<AccessToken>> {
        match self.ensure(Need::Replace(refused))? {
            Ok(fresh) => Ok(Some(fresh.tokens.access.clone())),
            Err(LifeError::TokenIsNew) => Ok(None),
            Err(error) => Err(self.life_exception(error)),
        }
    }

    /// A living token and whose it is, for calls whose outcomes are told apart one by one.
    pub fn access(&self) -> PhpResult<Access> {
        let fresh = self.tokens(Need::AtLeast(ON_DEMAND))?;
        Ok(Access {
            merchant: fresh.merchant,
            token: fresh.tokens.access.clone(),
        })
    }

    /// Waits for a future.
    pub fn finish<F: Future + 'static>(&self, future: F) -> PhpResult<F::Output> {
        self.wait(future, || {})
            .map_err(|e| host_exception(&e.into()))
    }

    fn wait<F: Future + 'static>(
        &self,
        future: F,
        between: impl Fn(),
    ) -> Result<F::Output, Interrupted> {
        if let Some(shared) = &self.shared {
            shared.enter();
            if let Some(class) = ExecutorGlobals::pending_exception_class() {
                return Err(Interrupted::Exception(class));
            }
        }
        let local = self.shared.as_ref().map(Shared::local);
        let shortage = || async {
            match &local {
                Some(local) => local.shortage().await,
                None => std::future::pending().await,
            }
        };
        let outcome = runtime::wait(future, shortage, || {
            logging::deliver(self.log.as_ref());
            between();
            if let Some(shared) = &self.shared {
                shared.between();
            }
        });
        if outcome.is_ok() {
            logging::deliver(self.log.as_ref());
        }
        if let Some(shared) = &self.shared {
            shared.leave();
        }
        outcome
    }

    fn life_exception(&self, error: LifeError<HostError, HostError>) -> PhpException {
        let reconnect = |message: String| exception::of(ServiceError::Reconnect { message });
        match error {
            LifeError::NotConnected => match self.record() {
                Ok(Some(Record {
                    reconnect: Some(reason),
                    ..
                })) => reconnect(reason),
                _ => {
                    reconnect("the shop is not connected with Clover: connect it first".to_owned())
                }
            },
            LifeError::Refused(refusal) => exception::of(ServiceError::Refused {
                message: refused_words(&refusal),
                refused_at: refusal.at,
                next_try_at: refusal.next_try_at(),
                retry_after: refusal.next_try_at().saturating_sub(now()).max(0),
            }),
            LifeError::ReconnectNeeded(refusal) => reconnect(reconnect_reason(&refusal)),
            LifeError::TokenIsNew => exception::of(ServiceError::Permission {
                message: "Clover refuses a new token, so the app lacks a permission".to_owned(),
                permission: "unknown".to_owned(),
            }),
            LifeError::Busy => exception::of(ServiceError::unavailable(
                "another process is refreshing the token: try again in a moment",
                Duration::from_secs(5),
            )),
            // Any answer to a token call but a refusal of the token: the next one may be answered
            // otherwise.
            LifeError::Clover(error @ Error::BadAnswer { .. }) => {
                exception::of(ServiceError::unavailable(chain(&error), SOME_TIME))
            }
            LifeError::Clover(error) => exception_of(&error),
            LifeError::Store(error) | LifeError::Wait(error) => host_exception(&error),
        }
    }
}

/// PHP's own exception goes first; ours is thrown only when none is pending.
pub fn host_exception(error: &HostError) -> PhpException {
    match error {
        HostError::Sealed(_) | HostError::Record(_) => exception::vault(&format!(
            "{error}. If the site's secret was changed or the site was copied, disconnect and connect again"
        )),
        HostError::Interrupted(_) | HostError::Store(_) | HostError::NoRandom => {
            exception::bug(&error.to_string(), None)
        }
    }
}

/// The exception that says what to do next.
pub fn exception_of(error: &Error) -> PhpException {
    exception::of(error.clone().into())
}
