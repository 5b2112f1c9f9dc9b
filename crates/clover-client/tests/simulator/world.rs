//! A simulator, a connection to it, and the caller's side: a single-threaded runtime and a token
//! store.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clover_client::{
    Access, Api, BlockOn, Callback, ClientSecret, Hosts, OAuth, Origin, Policy, RateLimit,
    RateLimiter, TokenManager, TokenRequirement, TokenStore, Tokens, authorize_url,
};
use clover_core::ids::MerchantId;
use clover_simulator::{Catalog, Config, Running, Simulator};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use url::Url;

pub const APP: &str = "APPID00000001";
pub const SECRET: &str = "11111111-2222-3333-4444-555555555555";
pub const REDIRECT: &str =
    "https://shop.example/index.php?option=com_ajax&plugin=cloverpos&format=raw";

/// No server of the tests has this port: the system gives out higher ones only. A port that was
/// free a moment ago may be the one of a simulator that another test started meanwhile.
pub const WITHOUT_LISTENER: &str = "http://127.0.0.1:1";

/// For tests in which a response is late. Other responses need far less time, even on a busy
/// machine.
pub const TIMEOUT: Duration = Duration::from_secs(2);

/// Short waits, since these tests run in real time.
pub fn quick() -> Policy {
    Policy {
        backoff: Duration::from_millis(5),
        throttle: Duration::from_millis(50),
        throttle_limit: Duration::from_secs(1),
        elapsed: Duration::from_secs(60),
        jitter: Arc::new(|| 0.5),
        ..Policy::default()
    }
}

pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_secs().try_into().unwrap()
}

pub struct Wait(pub Runtime);

impl BlockOn for Wait {
    type Error = Infallible;

    fn wait<F: Future + 'static>(&self, future: F) -> Result<F::Output, Infallible> {
        Ok(self.0.block_on(future))
    }
}

#[derive(Default)]
pub struct Memory(pub RefCell<Option<Tokens>>);

impl TokenStore for Memory {
    type Error = Infallible;

    fn read(&self) -> Result<Option<Tokens>, Infallible> {
        Ok(self.0.borrow().clone())
    }

    fn write(&self, tokens: &Tokens) -> Result<(), Infallible> {
        self.0.replace(Some(tokens.clone()));
        Ok(())
    }

    fn lock(&self) -> Result<bool, Infallible> {
        Ok(true)
    }

    fn unlock(&self) {}
}

pub struct World {
    pub clover: Running,
    pub waiter: Wait,
    pub api: Api,
    pub oauth: OAuth,
    pub store: Memory,
}

impl World {
    /// The built-in catalog, the documented limits, and a connection made through the authorization
    /// pages.
    pub fn new() -> Self {
        Self::with(Config::default(), quick())
    }

    pub fn with(config: Config, policy: Policy) -> Self {
        let clover = Simulator::start_blocking(config).unwrap();
        let hosts = Hosts::overridden(&clover.base_url()).unwrap();
        let api = Api::new(hosts, RateLimiter::new(RateLimit::default()), policy).unwrap();
        let world = Self {
            clover,
            waiter: Wait(Builder::new_current_thread().enable_all().build().unwrap()),
            oauth: OAuth::new(&api, APP, ClientSecret::new(SECRET.into())),
            api,
            store: Memory::default(),
        };
        let callback = world.approve();
        let tokens = world
            .run(world.oauth.exchange(&callback.code, now()))
            .unwrap();
        world.store.write(&tokens).unwrap();
        world
    }

    pub fn items(count: usize) -> Self {
        let config = Config {
            catalog: Catalog::Synthetic(count),
            ..Config::default()
        };
        Self::with(config, quick())
    }

    /// Follows the authorization URL like the owner's browser, up to the shop.
    pub fn approve(&self) -> Callback {
        let request = authorize_url(self.api.hosts(), APP, REDIRECT).unwrap();
        let callback = Callback::parse(&self.location(request.url)).unwrap();
        callback.check(APP, &request.state).unwrap();
        callback
    }

    pub fn location(&self, url: Url) -> String {
        let browser = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let answer = self.run(browser.get(url).send()).unwrap();
        assert_eq!(answer.status(), 302);
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    pub fn run<F: Future>(&self, future: F) -> F::Output {
        self.waiter.0.block_on(future)
    }

    pub fn access(&self) -> Access {
        let tokens = self.store.0.borrow();
        Access {
            merchant: MerchantId::new(self.clover.merchant_id()).unwrap(),
            token: tokens.as_ref().unwrap().access.clone(),
        }
    }

    pub fn with_manager<T>(&self, work: impl FnOnce(&TokenManager<'_, Memory, Wait>) -> T) -> T {
        work(&TokenManager {
            store: &self.store,
            waiter: &self.waiter,
            oauth: Some(&self.oauth),
            trial: &|_| unreachable!("a pair is not tried"),
            clock: &now,
        })
    }

    /// A refresh, whatever the age of the token.
    pub fn replace(&self) -> Result<Tokens, clover_client::TokenError<Infallible, Infallible>> {
        let token = self.access().token;
        self.with_manager(|manager| manager.ensure(TokenRequirement::Replace(&token)))
    }

    /// Marks the stored token as aged, so that a refusal may be caused by the token itself.
    pub fn doubt(&self) {
        self.store.0.borrow_mut().as_mut().unwrap().origin = Origin::Aged;
    }

    pub fn control(&self, target: &str, body: &Value) -> Value {
        let (status, answer) = self.clover.control("POST", target, body);
        assert_eq!(status, 200, "{target}: {answer}");
        answer
    }

    /// Sets a fault for the next calls that match.
    pub fn fault(&self, rule: &str, times: u32, effect: &str, more: Value) {
        let mut fault = json!({"match": rule, "times": times, "do": effect});
        let fields = fault.as_object_mut().unwrap();
        fields.extend(more.as_object().cloned().unwrap_or_default());
        self.control("/__sim/faults", &json!([fault]));
    }

    pub fn any_item(&self) -> String {
        self.clover.state()["items"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Requests whose line contains this.
    pub fn count(&self, part: &str) -> usize {
        let entries = self.clover.requests(0);
        let line = |e: &clover_simulator::journal::LogEntry| format!("{} {}", e.method, e.path);
        entries.iter().filter(|e| line(e).contains(part)).count()
    }

    pub fn tokens(&self, name: &str) -> u64 {
        self.clover.state()["tokens"][name].as_u64().unwrap()
    }
}
