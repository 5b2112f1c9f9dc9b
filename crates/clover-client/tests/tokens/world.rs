//! A scripted Clover that rotates tokens like the real one, and a store that records its calls.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use clover_client::api_token::Trial;
use clover_client::token_manager::TokenError;
use clover_client::{
    AccessToken, BlockOn, ClientSecret, Error, OAuth, OAuthError, Origin, RefreshToken, Renewal,
    TokenManager, TokenRequirement, TokenStore, Tokens,
};
use serde_json::{Value, json};

use crate::support::{Script, Seen, Step, api};

const INVALID: &[u8] = br#"{"message":"401 Unauthorized"}"#;

pub const NOW: i64 = 1_800_000_000;

/// Clover's side: the current refresh token, the one used for it, and how the next responses are
/// lost.
#[derive(Default)]
pub struct Clover {
    pub generation: u32,
    pub calls: Vec<String>,
    /// For each of the next calls: with `None` it responds, with `Some` it does the work and then
    /// this step.
    pub mishaps: Vec<Option<Step>>,
    pub recovery_header: Option<&'static str>,
    pub recovers: bool,
}

impl Clover {
    fn pair(&mut self) -> Step {
        self.generation += 1;
        let n = self.generation;
        let mishap = (!self.mishaps.is_empty()).then(|| self.mishaps.remove(0));
        mishap.flatten().unwrap_or_else(|| {
            let pair = json!({
                "access_token": format!("access-{n}"), "access_token_expiration": NOW + 1_800,
                "refresh_token": format!("refresh-{n}"),
                "refresh_token_expiration": NOW + 31_536_000,
            });
            Step::ok(pair.to_string())
        })
    }

    fn answer(&mut self, seen: &Seen) -> Step {
        let body: Value = serde_json::from_slice(&seen.body).unwrap_or_default();
        let given = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        let action = seen.path.rsplit('/').next().unwrap().to_owned();
        let current = format!("refresh-{}", self.generation);
        let spent = format!("refresh-{}", self.generation.wrapping_sub(1));
        self.calls.push(action.clone());
        match action.as_str() {
            "refresh" if given("refresh_token") == current => self.pair(),
            "recovery" if self.recovers && given("recovery_token") == spent => {
                assert_eq!(given("client_secret"), "CANARY-SECRET");
                self.pair()
            }
            "refresh" | "recovery" => {
                let header = self
                    .recovery_header
                    .map(|value| ("x-clover-recovery-available", value.to_owned()));
                Step::Answer(401, header.into_iter().collect(), INVALID.to_vec())
            }
            _ => Step::ok("{}"),
        }
    }
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("the store is broken")]
pub struct Broken;

/// Stores the tokens as text, like the vault, and records all calls.
#[derive(Default)]
pub struct Store {
    pub kept: Rc<RefCell<Option<String>>>,
    pub events: RefCell<Vec<&'static str>>,
    pub locked: Cell<bool>,
    /// Another process holds the lock.
    pub taken: Cell<bool>,
    pub breaks_on_write: Cell<bool>,
    /// The connection has ended.
    pub ended: Cell<bool>,
    /// What another process stores while this one waits for the lock.
    pub meanwhile: RefCell<Option<Tokens>>,
    pub waiting: Rc<Cell<bool>>,
}

impl Store {
    fn note(&self, event: &'static str) {
        assert!(
            !self.waiting.get(),
            "the store was called from inside a future"
        );
        self.events.borrow_mut().push(event);
    }

    pub fn put(&self, tokens: &Tokens) {
        *self.kept.borrow_mut() = Some(tokens.to_json());
    }

    pub fn tokens(&self) -> Tokens {
        Tokens::from_json(self.kept.borrow().as_deref().unwrap()).unwrap()
    }
}

impl TokenStore for Store {
    type Error = Broken;

    fn read(&self) -> Result<Option<Tokens>, Broken> {
        self.note("read");
        let kept = self.kept.borrow();
        Ok(kept.as_deref().map(|text| Tokens::from_json(text).unwrap()))
    }

    fn write(&self, tokens: &Tokens) -> Result<(), Broken> {
        self.note("write");
        assert!(self.locked.get(), "written without the lock");
        if self.breaks_on_write.get() {
            return Err(Broken);
        }
        self.put(tokens);
        Ok(())
    }

    fn lock(&self) -> Result<bool, Broken> {
        self.note("lock");
        assert!(!self.locked.replace(!self.taken.get()), "locked twice");
        if let Some(tokens) = self.meanwhile.take() {
            self.put(&tokens);
        }
        Ok(self.locked.get())
    }

    fn refused(&self, _: &Tokens, _: &OAuthError) -> Result<(), Broken> {
        assert!(self.locked.get(), "ended without the lock");
        self.ended.set(true);
        Ok(())
    }

    fn unlock(&self) {
        self.note("unlock");
        assert!(self.locked.replace(false), "unlocked without a lock");
    }
}

/// What another process does while this one waits for Clover.
pub enum Meanwhile {
    Connects(Tokens),
    Disconnects,
}

pub struct Wait {
    runtime: tokio::runtime::Runtime,
    waiting: Rc<Cell<bool>>,
    kept: Rc<RefCell<Option<String>>>,
    /// What happens during the next wait.
    pub meanwhile: RefCell<Option<Meanwhile>>,
}

impl BlockOn for Wait {
    type Error = Infallible;

    fn wait<F: Future + 'static>(&self, future: F) -> Result<F::Output, Infallible> {
        self.waiting.set(true);
        let output = self.runtime.block_on(future);
        self.waiting.set(false);
        match self.meanwhile.take() {
            Some(Meanwhile::Connects(tokens)) => drop(self.kept.replace(Some(tokens.to_json()))),
            Some(Meanwhile::Disconnects) => drop(self.kept.take()),
            None => {}
        }
        Ok(output)
    }
}

pub struct World {
    pub clover: Arc<Mutex<Clover>>,
    pub oauth: OAuth,
    pub has_app: Cell<bool>,
    /// Clover's answers to the next trials of an API token.
    pub trials: RefCell<VecDeque<Result<Trial, Error>>>,
    /// The API tokens that were tried.
    pub tried: RefCell<Vec<String>>,
    pub store: Store,
    pub waiter: Wait,
    pub now: Cell<i64>,
}

impl World {
    /// Connected as generation 1 at `NOW`.
    pub fn new(clover: Clover) -> Self {
        let clover = Arc::new(Mutex::new(Clover {
            generation: 1,
            ..clover
        }));
        let side = clover.clone();
        let api = api(&Script::new(move |seen, _| {
            side.lock().unwrap().answer(seen)
        }));
        let store = Store::default();
        store.put(&pair(1, NOW));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        Self {
            clover,
            has_app: Cell::new(true),
            trials: RefCell::default(),
            tried: RefCell::default(),
            oauth: OAuth::new(
                &api,
                "APPID00000001",
                ClientSecret::new("CANARY-SECRET".into()),
            ),
            waiter: Wait {
                runtime,
                waiting: Rc::clone(&store.waiting),
                kept: Rc::clone(&store.kept),
                meanwhile: RefCell::default(),
            },
            store,
            now: Cell::new(NOW),
        }
    }

    pub fn ensure(
        &self,
        need: TokenRequirement<'_>,
    ) -> Result<Tokens, TokenError<Broken, Infallible>> {
        self.with(|manager| manager.ensure(need))
    }

    /// The access token, with at least so many seconds left.
    pub fn access(&self, seconds: i64) -> String {
        let tokens = self.ensure(TokenRequirement::AtLeast(seconds)).unwrap();
        tokens.access.secret().clone()
    }

    fn with<T>(&self, work: impl FnOnce(&TokenManager<'_, Store, Wait>) -> T) -> T {
        let clock = || self.now.get();
        let manager = TokenManager {
            store: &self.store,
            waiter: &self.waiter,
            oauth: self.has_app.get().then_some(&self.oauth),
            trial: &|token| {
                self.tried.borrow_mut().push(token.secret().clone());
                let answer = self.trials.borrow_mut().pop_front();
                Box::pin(async move { answer.expect("no trial was expected") })
            },
            clock: &clock,
        };
        let result = work(&manager);
        assert!(!self.store.locked.get(), "the lock was kept");
        result
    }

    pub fn calls(&self) -> Vec<String> {
        self.clover.lock().unwrap().calls.clone()
    }
}

/// How a pair is renewed.
pub fn renewal(tokens: &Tokens) -> &Renewal {
    tokens.renewal.as_ref().unwrap()
}

pub fn pair(n: u32, at: i64) -> Tokens {
    Tokens {
        access: AccessToken::new(format!("access-{n}")),
        renewal: Some(Renewal {
            access_expires_at: at + 1_800,
            refresh: RefreshToken::new(format!("refresh-{n}")),
            refresh_expires_at: Some(at + 31_536_000),
            previous_refresh: Some(RefreshToken::new(format!("refresh-{}", n - 1))),
        }),
        rotated_at: at,
        origin: Origin::Connected,
        refusal: None,
    }
}
