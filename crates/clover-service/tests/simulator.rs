//! The service over the simulator, with a host in memory.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clover_client::pictures::Picture;
use clover_client::{Hosts, PermitGrant, PermitRequest, Tokens};
use clover_core::diff::Known;
use clover_core::environment::Environment;
use clover_core::ids::ItemId;
use clover_core::ledger::CountWrite;
use clover_core::order::{OrderStanding, ShopOrder};
use clover_core::problem::ProblemCode;
use clover_core::product::{Caution, ModifierOption};
use clover_core::quantity::Quantity;
use clover_core::seal::Vault;
use clover_core::settings::Settings as CoreSettings;
use clover_service::catalog::Catalog;
use clover_service::connection::Credential;
use clover_service::groups::Staged;
use clover_service::host::{HostError, Interrupted};
use clover_service::orders::{OrderState, Orders, reference_of, site_tag_of};
use clover_service::page::Page;
use clover_service::settings::Settings;
use clover_service::stock::{SentWrite, Stock, StockBatch, StockChange, StockState};
use clover_service::token_record::TokenRecord;
use clover_service::{Error, Host, Session};
use clover_simulator::{Catalog as SimulatedCatalog, Config, Limits, Running, Simulator};
use serde_json::{Value, json};
use tokio::runtime::Builder;

const APP: &str = "APPID00000001";
const SECRET: &str = "11111111-2222-3333-4444-555555555555";
const REDIRECT: &str = "https://shop.example/index.php?option=com_ajax&plugin=cloverpos";

/// What another process does while this one waits.
type Meanwhile = Box<dyn Fn(&Memory)>;

/// What the host keeps and counts, shared with the test.
#[derive(Default)]
struct Memory {
    record: RefCell<Option<Vec<u8>>>,
    locked: Cell<u32>,
    unlocked: Cell<u32>,
    /// Another process keeps the lock.
    is_taken: Cell<bool>,
    /// How often the record was written or deleted while this process had the lock, and without it.
    changed: Cell<(u32, u32)>,
    meanwhile: RefCell<Option<Meanwhile>>,
    is_broken: Cell<bool>,
    ends_waits: Cell<bool>,
    shares_limit: Cell<bool>,
    /// Permits asked for in each exchange.
    exchanges: RefCell<Vec<u32>>,
}

impl Memory {
    fn has_lock(&self) -> bool {
        self.locked.get() > self.unlocked.get()
    }

    fn change(&self, record: Option<Vec<u8>>) {
        let (locked, unlocked) = self.changed.get();
        self.changed.set(if self.has_lock() {
            (locked + 1, unlocked)
        } else {
            (locked, unlocked + 1)
        });
        self.record.replace(record);
    }
}

struct MemoryHost(Rc<Memory>);

impl Host for MemoryHost {
    fn read(&self) -> Result<Option<Vec<u8>>, HostError> {
        if self.0.is_broken.get() {
            return Err(HostError("Broken".into()));
        }
        Ok(self.0.record.borrow().clone())
    }

    fn write(&self, record: &str) -> Result<(), HostError> {
        self.0.change(Some(record.into()));
        Ok(())
    }

    fn delete(&self) -> Result<(), HostError> {
        self.0.change(None);
        Ok(())
    }

    fn lock(&self) -> Result<bool, HostError> {
        if self.0.is_taken.get() {
            return Ok(false);
        }
        self.0.locked.set(self.0.locked.get() + 1);
        Ok(true)
    }

    fn unlock(&self) {
        self.0.unlocked.set(self.0.unlocked.get() + 1);
    }

    fn has_rate_limiter(&self) -> bool {
        self.0.shares_limit.get()
    }

    fn exchange(&self, request: &PermitRequest) -> Option<PermitGrant> {
        self.0.exchanges.borrow_mut().push(request.wanted);
        let permits = usize::try_from(request.wanted.min(2)).unwrap();
        Some(PermitGrant {
            permits: vec![Duration::ZERO; permits],
            valid_for: Duration::from_secs(60),
            again_in: Duration::from_millis(10),
            ..PermitGrant::default()
        })
    }

    fn tick(&self) -> Result<(), Interrupted> {
        if let Some(meanwhile) = self.0.meanwhile.take() {
            meanwhile(&self.0);
        }
        if self.0.ends_waits.get() {
            return Err(Interrupted::TimeLimit);
        }
        Ok(())
    }
}

fn vault() -> Vault {
    Vault::new(b"a secret of the site, long enough", None).unwrap()
}

fn session(clover: &Running, memory: &Rc<Memory>, more: &Value) -> Rc<Session> {
    let mut parameters = json!({
        "environment": "sandbox",
        "app_id": APP,
        "app_secret": SECRET,
        "base_url": clover.base_url(),
    });
    let parameters = parameters.as_object_mut().unwrap();
    parameters.extend(more.as_object().cloned().unwrap_or_default());
    let parameters = parameters.clone().into_iter();
    let settings = Settings {
        core: CoreSettings::from_parameters(parameters.collect()).unwrap(),
        hosts: Hosts::overridden(&clover.base_url()).unwrap(),
    };
    let host = Box::new(MemoryHost(Rc::clone(memory)));
    Session::new(&settings, Arc::new(vault()), host)
}

struct World {
    clover: Running,
    memory: Rc<Memory>,
    session: Rc<Session>,
}

impl World {
    fn unconnected(config: Config) -> Self {
        Self::over(config, Memory::default())
    }

    fn over(config: Config, memory: Memory) -> Self {
        Self::set(config, memory, &json!({}))
    }

    /// With these settings in addition.
    fn set(config: Config, memory: Memory, more: &Value) -> Self {
        let pace = if config.limits == Limits::Off {
            100_000
        } else {
            100
        };
        let clover = Simulator::start_blocking(config).unwrap();
        let mut settings = json!({"pace_share": pace});
        let more = more.as_object().cloned().unwrap_or_default();
        settings.as_object_mut().unwrap().extend(more);
        let memory = Rc::new(memory);
        Self {
            session: session(&clover, &memory, &settings),
            clover,
            memory,
        }
    }

    /// Another session of the same shop.
    fn session(&self, settings: &Value) -> Rc<Session> {
        session(&self.clover, &self.memory, settings)
    }

    fn with(config: Config) -> Self {
        let world = Self::unconnected(config);
        let (callback, state) = world.approve();
        world.session.complete(&callback, state).unwrap();
        world
    }

    fn new() -> Self {
        Self::with(Config::default())
    }

    fn items(count: usize) -> Self {
        Self::with(Config {
            catalog: SimulatedCatalog::Synthetic(count),
            ..Config::default()
        })
    }

    /// Follows the authorize URL as the owner's browser does, up to the shop.
    fn approve(&self) -> (String, String) {
        let request = self.session.authorize(REDIRECT).unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let browser = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let answer = runtime.block_on(browser.get(request.url).send()).unwrap();
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        (location, request.state.secret().clone())
    }

    fn fault(&self, rule: &str, times: u32, effect: &str, more: Value) {
        let mut fault = json!({"match": rule, "times": times, "do": effect});
        let fields = fault.as_object_mut().unwrap();
        fields.extend(more.as_object().cloned().unwrap_or_default());
        let (status, answer) = self
            .clover
            .control("POST", "/__sim/faults", &json!([fault]));
        assert_eq!(status, 200, "{answer}");
    }

    fn control(&self, target: &str, body: &Value) {
        let (status, answer) = self.clover.control("POST", target, body);
        assert_eq!(status, 200, "{answer}");
    }

    fn refuse_items(&self, times: u32, status: u16) {
        let more = json!({"code": status});
        self.fault("GET /v3/merchants/*/items", times, "status", more);
    }

    fn count(&self, part: &str) -> usize {
        let entries = self.clover.requests(0);
        let lines = entries.iter().map(|e| format!("{} {}", e.method, e.path));
        lines.filter(|line| line.contains(part)).count()
    }

    /// Makes calls until a request of another task is answered: tasks proceed during waits only.
    fn await_request(&self, part: &str) {
        let until = Instant::now() + Duration::from_secs(30);
        while self.count(part) == 0 {
            assert!(Instant::now() < until, "{part} was not sent");
            Stock::new(&self.session).counts(None).unwrap();
        }
    }

    fn record(&self) -> TokenRecord {
        let text = self.memory.record.borrow().clone().unwrap();
        TokenRecord::open(&text, &vault(), Environment::Sandbox).unwrap()
    }

    fn change_tokens(&self, change: impl FnOnce(&mut Tokens)) {
        let record = self.record();
        let mut tokens = record.tokens().unwrap();
        change(&mut tokens);
        let record = TokenRecord::new(record.merchant, &tokens, None);
        let text = record.seal(&vault(), Environment::Sandbox).unwrap();
        self.memory.record.replace(Some(text.into_bytes()));
    }

    /// Lets the tokens be so many seconds older.
    fn age(&self, seconds: i64) {
        self.change_tokens(|tokens| {
            tokens.rotated_at -= seconds;
            if let Some(renewal) = &mut tokens.renewal {
                renewal.access_expires_at -= seconds;
            }
        });
    }

    /// Changes of one unit each, of items that Clover counts.
    fn changes(&self, count: usize) -> Vec<StockChange> {
        let stock = self.clover.state()["stock"].clone();
        let counted = stock.as_object().unwrap().iter();
        let items = counted.filter(|(_, count)| count.is_f64()).take(count);
        let changes: Vec<StockChange> = (1..)
            .zip(items)
            .map(|(key, (item, _))| StockChange {
                key,
                item: ItemId::new(item.as_str()).unwrap(),
                delta: 1,
                misses: 0,
            })
            .collect();
        assert_eq!(changes.len(), count);
        changes
    }

    /// Writes the counts of a batch, with the states of the outcomes.
    fn commit(&self, batch: &StockBatch) -> Vec<StockState> {
        let keys: Vec<i64> = batch.rows.iter().map(|row| row.key).collect();
        let done = Stock::new(&self.session).commit(batch, &keys).unwrap();
        done.iter().map(|outcome| outcome.state).collect()
    }

    /// An item that Clover counts, with its count.
    fn counted_item(&self) -> (ItemId, i64) {
        let page = Stock::new(&self.session).counts(None).unwrap();
        page.counts()
            .find_map(|(item, count)| Some((item.clone(), count?.floor())).filter(|(_, n)| *n > 0))
            .unwrap()
    }
}

fn take_out(item: &ItemId, delta: i64) -> Vec<StockChange> {
    vec![StockChange {
        key: 7,
        item: item.clone(),
        delta,
        misses: 0,
    }]
}

#[test]
fn a_shop_is_connected_by_the_owners_approval_and_disconnected() {
    let world = World::unconnected(Config::default());
    let before = world.session.status().unwrap();
    assert!(!before.connected && before.merchant_id.is_none());
    let (callback, state) = world.approve();
    let status = world.session.complete(&callback, state).unwrap();
    assert!(status.connected);
    assert_eq!(status.merchant_id, Some(world.clover.merchant_id()));
    assert_eq!(
        (world.memory.locked.get(), world.memory.unlocked.get()),
        (1, 1)
    );
    assert_eq!(
        world.session.merchant(None).unwrap().id,
        world.clover.merchant_id()
    );
    world.session.disconnect().unwrap();
    assert!(!world.session.status().unwrap().connected);
    let merchant = world.session.merchant(None);
    assert!(matches!(merchant, Err(Error::Reconnect { .. })));
}

#[test]
fn a_callback_with_another_state_buys_nothing() {
    let world = World::unconnected(Config::default());
    let (callback, _) = world.approve();
    let error = world.session.complete(&callback, "another".into());
    assert!(matches!(
        error,
        Err(Error::Callback { kind, .. }) if kind.key() == "state"
    ));
    assert!(world.memory.record.borrow().is_none());
    assert_eq!(world.count("/oauth/v2/token"), 0);
}

#[test]
fn a_token_is_refreshed_when_less_is_left_than_asked_for() {
    let world = World::new();
    assert!(!world.session.refresh(60).unwrap());
    world.age(1_700);
    let old = world.record().tokens().unwrap().access.secret().clone();
    assert!(!world.session.refresh(30).unwrap());
    assert!(world.session.refresh(900).unwrap());
    let new = world.record().tokens().unwrap().access.secret().clone();
    assert_ne!(old, new);
    assert_eq!(world.memory.locked.get(), world.memory.unlocked.get());
    assert!(!world.session.refresh(900).unwrap());
}

/// The session of a shop without an app, over the same memory.
fn without_app(world: &World) -> Rc<Session> {
    let parameters = json!({"environment": "sandbox", "base_url": world.clover.base_url()});
    let parameters = parameters.as_object().unwrap().clone().into_iter();
    let settings = Settings {
        core: CoreSettings::from_parameters(parameters.collect()).unwrap(),
        hosts: Hosts::overridden(&world.clover.base_url()).unwrap(),
    };
    let host = Box::new(MemoryHost(Rc::clone(&world.memory)));
    Session::new(&settings, Arc::new(vault()), host)
}

const API_TOKEN: &str = "an-api-token-of-the-merchant";

fn with_api_token() -> (World, Rc<Session>) {
    let world = World::unconnected(Config {
        api_token: Some(API_TOKEN.to_owned()),
        ..Config::default()
    });
    let session = without_app(&world);
    let merchant = world.clover.merchant_id();
    let status = session
        .connect_with_api_token(&merchant, API_TOKEN, true)
        .unwrap();
    assert!(status.connected);
    (world, session)
}

#[test]
fn an_api_token_is_tested_stored_and_used_without_an_app() {
    let (world, session) = with_api_token();
    let status = session.status().unwrap();
    assert_eq!(status.credential, Some(Credential::Merchant));
    assert_eq!((status.access_expires_at, status.refused_at), (None, None));
    assert_eq!(world.memory.changed.get(), (1, 0));
    assert!(Stock::new(&session).counts(None).unwrap().counts().count() > 0);
    assert!(!session.refresh(i64::MAX).unwrap());
    assert_eq!(world.count("/oauth/"), 0);
    let merchant = world.clover.merchant_id();
    assert!(session.has_api_token(&merchant, API_TOKEN).unwrap());
    assert!(!session.has_api_token(&merchant, "another-token").unwrap());
    let stored = world.memory.record.borrow().clone().unwrap();
    assert!(!String::from_utf8(stored).unwrap().contains(API_TOKEN));
}

#[test]
fn a_401_to_an_api_token_that_works_elsewhere_names_the_permission() {
    let (world, session) = with_api_token();
    world.control(
        "/__sim/merchant",
        &json!({"permissions": ["ORDERS_R", "ORDERS_W"]}),
    );
    for _ in 0..3 {
        let error = Stock::new(&session).counts(None);
        assert!(matches!(
            error,
            Err(Error::Permission { permission, .. }) if permission == "Inventory Read"
        ));
    }
    // The test of connecting, and one trial for all three.
    assert_eq!(world.count("/orders?"), 2);
    assert!(session.status().unwrap().refused_at.is_none());
    assert!(!world.memory.has_lock());
}

#[test]
fn a_revoked_api_token_waits_ten_minutes_for_its_second_refusal() {
    let (world, session) = with_api_token();
    world.control("/__sim/tokens", &json!({"do": "revoke_api_tokens"}));
    let error = Stock::new(&session).counts(None).unwrap_err();
    assert!(matches!(
        &error,
        Error::Refused { problem, .. } if problem.code == ProblemCode::ApiTokenRefused
    ));
    assert!(session.status().unwrap().connected);
    world.change_tokens(|tokens| {
        tokens.refusal.as_mut().unwrap().at -= 600;
    });
    let error = Stock::new(&session).counts(None).unwrap_err();
    assert!(matches!(error, Error::Reconnect { .. }), "{error:?}");
    let status = session.status().unwrap();
    assert!(!status.connected && status.reconnect_reason.is_some());
    assert!(!format!("{error:?} {status:?}").contains(API_TOKEN));
}

#[test]
fn an_api_token_that_clover_refuses_replaces_nothing() {
    let world = World::new();
    let before = world.memory.record.borrow().clone();
    let merchant = world.clover.merchant_id();
    for (merchant, token, code) in [
        (
            merchant.as_str(),
            "not-of-clover",
            ProblemCode::ApiTokenNotAccepted,
        ),
        (merchant.as_str(), "two words", ProblemCode::ApiTokenForm),
        ("no id", "not-of-clover", ProblemCode::MerchantIdForm),
    ] {
        let error = world
            .session
            .connect_with_api_token(merchant, token, true)
            .unwrap_err();
        assert!(matches!(
            &error,
            Error::Item { problem, .. } if problem.code == code
        ));
    }
    assert_eq!(*world.memory.record.borrow(), before);
}

#[test]
fn connecting_and_disconnecting_wait_for_a_refresh_under_way() {
    let world = World::new();
    assert_eq!(world.memory.changed.get(), (1, 0));
    world.session.disconnect().unwrap();
    assert_eq!(world.memory.changed.get(), (2, 0));
    assert!(!world.memory.has_lock());
}

#[test]
fn a_lock_that_stays_taken_prevents_neither_connecting_nor_disconnecting() {
    let world = World::unconnected(Config::default());
    world.memory.is_taken.set(true);
    let (callback, state) = world.approve();
    assert!(world.session.complete(&callback, state).unwrap().connected);
    world.session.disconnect().unwrap();
    assert!(!world.session.status().unwrap().connected);
    assert_eq!(world.memory.unlocked.get(), 0);
}

#[test]
fn a_disconnect_during_a_refresh_is_not_undone_by_it() {
    for refused in [false, true] {
        let world = World::new();
        world.age(1_790);
        let rule = "POST /oauth/v2/refresh";
        if refused {
            world
                .clover
                .control("POST", "/__sim/tokens", &json!({"do": "revoke"}));
        }
        world.fault(rule, 1, "delay", json!({"ms": 300}));
        let disconnect: Meanwhile = Box::new(|memory| drop(memory.record.replace(None)));
        world.memory.meanwhile.replace(Some(disconnect));
        let error = world.session.merchant(None);
        assert!(matches!(error, Err(Error::Reconnect { .. })), "{error:?}");
        assert_eq!(world.count(rule), 1);
        assert!(world.memory.record.borrow().is_none());
        assert!(!world.memory.has_lock());
    }
}

#[test]
fn a_connection_made_during_a_refresh_replaces_its_result() {
    let world = World::new();
    let other = World::with(Config {
        seed: Config::default().seed + 1,
        ..Config::default()
    });
    world.age(1_790);
    world.fault("POST /oauth/v2/refresh", 1, "delay", json!({"ms": 300}));
    let record = other.memory.record.borrow().clone();
    let connect: Meanwhile = Box::new(move |memory| drop(memory.record.replace(record.clone())));
    world.memory.meanwhile.replace(Some(connect));
    assert!(!world.session.refresh(900).unwrap());
    assert_eq!(world.memory.record, other.memory.record);
}

#[test]
fn a_refused_token_is_replaced_once_and_the_call_repeated() {
    let world = World::new();
    let old = world.record().tokens().unwrap().access.secret().clone();
    world.refuse_items(1, 401);
    let page = Stock::new(&world.session).counts(None).unwrap();
    assert!(page.counts().count() > 0);
    let new = world.record().tokens().unwrap().access.secret().clone();
    assert_ne!(old, new);
}

#[test]
fn a_new_token_that_is_refused_as_well_lacks_a_permission() {
    let world = World::new();
    world.refuse_items(9, 401);
    let error = Stock::new(&world.session).counts(None);
    assert!(matches!(
        error,
        Err(Error::Permission { permission, .. }) if permission == "Inventory Read"
    ));
}

#[test]
fn an_expired_token_is_replaced_once_and_the_call_repeated() {
    let world = World::new();
    world.age(60);
    let expire = json!({"do": "expire"});
    world.clover.control("POST", "/__sim/tokens", &expire);
    assert!(Stock::new(&world.session).counts(None).is_ok());
    assert_eq!(world.count("/oauth/v2/refresh"), 1);
}

#[test]
fn a_missing_permission_causes_one_refresh_in_any_number_of_calls() {
    let world = World::new();
    let granted = json!({"permissions": ["ORDERS_R", "ORDERS_W"]});
    world.clover.control("POST", "/__sim/merchant", &granted);
    for _ in 0..10 {
        let error = Stock::new(&world.session).counts(None);
        assert!(matches!(error, Err(Error::Permission { .. })), "{error:?}");
    }
    assert_eq!(world.count("/oauth/v2/refresh"), 1);
    // Much later, the token may be the reason again.
    world.age(60);
    assert!(Stock::new(&world.session).counts(None).is_err());
    assert_eq!(world.count("/oauth/v2/refresh"), 2);
}

#[test]
fn an_error_unrelated_to_the_token_causes_no_refresh() {
    let world = World::new();
    for status in [400, 403, 404, 405] {
        let refusal = json!({"code": status, "body": {"message": "Not allowed"}});
        world.fault("GET /v3/merchants/*/items", 1, "status", refusal);
        // After a 403 the list is read without the refused fields.
        let counts = Stock::new(&world.session).counts(None);
        assert_eq!(counts.is_ok(), status == 403, "{status}");
    }
    assert_eq!(world.count("/oauth/v2/refresh"), 0);
}

#[test]
fn pages_end_with_the_list_and_go_on_behind_a_cursor_and_after_an_error() {
    let world = World::items(2_500);
    let catalog = Catalog::new(&world.session, "USD", true).unwrap();
    let stream = catalog.pages(None);
    let first = stream.next().unwrap().unwrap();
    assert_eq!(first.ids.len(), 1_000);
    let mut all = first.ids.clone();
    while let Some(page) = stream.next().unwrap() {
        all.extend(page.ids);
    }
    assert!(stream.next().unwrap().is_none());
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 2_500);

    let behind = catalog.pages(Some(first.cursor.clone()));
    // Of the two requests of a page: the other one may be given up before it is sent.
    world.refuse_items(1, 400);
    assert!(matches!(behind.next(), Err(Error::Item { .. })));
    let second = behind.next().unwrap().unwrap();
    assert_eq!(second.ids.len(), 1_000);
    assert!(second.ids.iter().all(|id| !first.ids.contains(id)));
    assert!(second.changes(&HashMap::<String, Known>::new()).count() > 0);
}

/// The items of groups on these pages.
fn staged(pages: &[Page]) -> Staged {
    let mut staged = Staged::default();
    for member in pages.iter().flat_map(Page::members) {
        let group = Some(member.group.as_str().to_owned());
        staged.add(group, || None, Some(&member.payload)).unwrap();
    }
    staged
}

fn all_pages(catalog: &Catalog) -> Vec<Page> {
    let stream = catalog.pages(None);
    std::iter::from_fn(|| stream.next().unwrap()).collect()
}

#[test]
fn the_names_of_groups_are_requested_when_the_first_page_has_items_of_groups() {
    for shares_limit in [false, true] {
        let config = Config {
            catalog: SimulatedCatalog::Synthetic(1_500),
            ..Config::default()
        };
        let memory = Memory {
            shares_limit: Cell::new(shares_limit),
            ..Memory::default()
        };
        let world = World::over(config, memory);
        let (callback, state) = world.approve();
        world.session.complete(&callback, state).unwrap();
        let catalog = Catalog::new(&world.session, "USD", true).unwrap();
        let stream = catalog.pages(None);
        assert_eq!(world.count("/item_groups"), 0);
        let mut pages = vec![stream.next().unwrap().unwrap()];
        world.await_request("/item_groups");
        pages.extend(stream.next().unwrap());
        let found = catalog.groups(staged(&pages), &HashMap::new()).unwrap();
        assert!(found.changes.len() > 10 && found.faults.is_empty());
        assert_eq!(world.count("/item_groups"), 1);
    }
}

#[test]
fn a_group_made_after_the_names_were_requested_has_its_name() {
    let world = World::items(60);
    let catalog = Catalog::new(&world.session, "USD", true).unwrap();
    all_pages(&catalog);
    world.await_request("/item_groups");
    let made = json!({"name": "Blue", "price": 500, "group": "Later"});
    world.control("/__sim/items", &made);
    let pages = all_pages(&catalog);
    let found = catalog.groups(staged(&pages), &HashMap::new()).unwrap();
    let names = found.changes.iter().map(|change| &change.product.title);
    assert_eq!(names.filter(|title| *title == "Later").count(), 1);
    assert_eq!(world.count("/item_groups"), 2);
}

/// The modifier options of the products on all pages, by the title of the product.
fn modifiers(catalog: &Catalog) -> HashMap<String, Vec<ModifierOption>> {
    let known = HashMap::new();
    let pages = all_pages(catalog);
    let changes = pages.iter().flat_map(|page| page.changes(&known));
    changes
        .map(|change| (change.product.title, change.product.modifiers))
        .filter(|(_, options)| !options.is_empty())
        .collect()
}

#[test]
fn modifier_groups_are_read_once_where_they_are_wanted_and_items_have_some() {
    for (mode, catalog, reads, products) in [
        ("off", SimulatedCatalog::Sandbox, 0, 0),
        ("options", SimulatedCatalog::Sandbox, 1, 3),
        ("options", SimulatedCatalog::Synthetic(20), 0, 0),
    ] {
        let config = Config {
            catalog,
            ..Config::default()
        };
        let world = World::set(config, Memory::default(), &json!({"modifiers": mode}));
        let (callback, state) = world.approve();
        world.session.complete(&callback, state).unwrap();
        let catalog = Catalog::new(&world.session, "USD", true).unwrap();
        for _ in 0..2 {
            let found = modifiers(&catalog);
            assert_eq!(found.len(), products, "{found:?}");
            if let Some(burger) = found.get("House Burger") {
                let shown = burger.iter().map(|o| (o.name.as_str(), o.choices.len()));
                let mut shown: Vec<_> = shown.collect();
                shown.sort_unstable();
                assert_eq!(shown, [("Doneness", 3), ("Extras", 3)]);
            }
        }
        assert_eq!(world.count("/modifier_groups"), reads, "{mode}");
        assert_eq!(world.count("/modifiers"), 0);
    }
}

#[test]
fn a_modifier_group_made_after_the_list_was_read_is_found_by_another_look() {
    let options = json!({"modifiers": "options"});
    let world = World::set(Config::default(), Memory::default(), &options);
    let (callback, state) = world.approve();
    world.session.complete(&callback, state).unwrap();
    let catalog = Catalog::new(&world.session, "USD", true).unwrap();
    modifiers(&catalog);
    // It has no modifier that can be chosen, so the product is not published.
    let group = json!({"elements": [{"id": "LATER00000001", "minRequired": 1}]});
    let item = json!({"name": "Late", "price": 5, "__raw": {"modifierGroups": group}});
    world.control("/__sim/items", &item);
    for _ in 0..3 {
        modifiers(&catalog);
    }
    assert_eq!(world.count("/modifier_groups"), 2);
    let pages = all_pages(&catalog);
    let known = HashMap::new();
    let change = pages
        .iter()
        .flat_map(|page| page.changes(&known))
        .find(|change| change.product.title == "Late")
        .unwrap();
    assert_eq!(change.product.cautions, [Caution::RequiredModifiers]);
}

#[test]
fn modifiers_of_groups_that_are_full_or_not_expanded_come_from_their_own_list() {
    let options = json!({"modifiers": "options"});
    let world = World::set(Config::default(), Memory::default(), &options);
    let (callback, state) = world.approve();
    world.session.complete(&callback, state).unwrap();
    world.control("/__sim/switches", &json!({"refused_expand": ["modifiers"]}));
    let catalog = Catalog::new(&world.session, "USD", true).unwrap();
    let found = modifiers(&catalog);
    assert_eq!(found["House Burger"].len(), 2);
    assert_eq!(world.count("/modifiers"), 1);
}

/// New products by title: the article's text, and the number of items whose flag is not known.
fn online(world: &World, catalog: &Catalog) -> (HashMap<String, String>, usize) {
    let known = HashMap::new();
    let pages = all_pages(catalog);
    let changes = pages.iter().flat_map(|page| page.changes(&known));
    let texts = changes.map(|change| {
        let text = change.product.description.unwrap_or_default();
        (change.product.title, text)
    });
    assert_eq!(world.session.withheld_from_items(), [""; 0]);
    (
        texts.collect(),
        pages.iter().map(|page| page.online_unknown).sum(),
    )
}

#[test]
fn the_online_part_costs_no_request_unless_clover_refuses_it_and_then_one() {
    for (shape, asked, requests, is_shown) in [
        ("always", true, 0, true),
        ("on_request", true, 0, true),
        ("absent", true, 0, false),
        ("forbidden", true, 1, false),
        ("forbidden", false, 1, false),
    ] {
        let settings = json!({"import_online_only": asked});
        let world = World::set(Config::default(), Memory::default(), &settings);
        let (callback, state) = world.approve();
        world.session.complete(&callback, state).unwrap();
        world.control("/__sim/switches", &json!({"menu_item": shape}));
        let off = json!({"name": "Vase", "description": "Blue", "enabled": false});
        let item = json!({"name": "Vase", "price": 500, "menuItem": off});
        world.control("/__sim/items", &item);
        let catalog = Catalog::new(&world.session, "USD", true).unwrap();
        let tokens = world.count("/oauth");
        let (texts, unknown) = online(&world, &catalog);
        assert_eq!(texts.contains_key("Vase"), !(asked && is_shown), "{shape}");
        assert_eq!(texts["Cookbook"].is_empty(), !is_shown, "{shape}");
        assert_eq!(
            unknown > 0,
            asked,
            "{shape}: most of the sandbox's items have none"
        );
        assert_eq!(world.count("expand=itemStock"), 1 + requests, "{shape}");
        let before = world.count("menuItem");
        online(&world, &catalog);
        let again = usize::from(shape != "forbidden");
        assert_eq!(world.count("menuItem") - before, again, "{shape}");
        assert_eq!(
            world.count("/oauth"),
            tokens,
            "{shape}: no token was refused"
        );
    }
}

#[test]
fn a_picture_is_what_its_content_says_of_at_most_4_mb_and_not_on_another_host() {
    let world = World::new();
    let read = |name: &str| {
        let address = format!(
            "{}/media/{name}",
            world.session.hosts().api.origin().ascii_serialization()
        );
        world.session.picture(&address).unwrap()
    };
    for kind in ["png", "jpg", "gif", "webp"] {
        let Picture::File(extension, content) = read(&format!("soup.{kind}")) else {
            panic!("no {kind}");
        };
        assert!(extension == kind && content.ends_with(format!("soup.{kind}").as_bytes()));
    }
    for name in ["page.svg", "huge.png", "moved.png", "none.txt"] {
        assert_eq!(read(name), Picture::None, "{name}");
    }
    for code in [429, 503] {
        world.fault("GET /media/*", 1, "status", json!({"code": code}));
        assert_eq!(read("soup.png"), Picture::Later, "{code}");
    }
    world.fault("GET /media/*", 1, "drop", json!({}));
    assert_eq!(read("soup.png"), Picture::Later);
    let asked = world.count("/media/");
    for elsewhere in [
        "http://127.0.0.1:1/media/soup.png",
        "https://example.org/soup.png",
        "soup.png",
    ] {
        assert_eq!(world.session.picture(elsewhere).unwrap(), Picture::None);
    }
    assert_eq!(world.count("/media/"), asked);
}

#[test]
fn the_refusal_of_another_field_is_not_taken_for_one_of_the_online_part() {
    let world = World::new();
    world.control(
        "/__sim/switches",
        &json!({"refused_expand": ["modifierGroups"]}),
    );
    let catalog = Catalog::new(&world.session, "USD", true).unwrap();
    let (texts, _) = online(&world, &catalog);
    assert!(!texts["Cookbook"].is_empty());
    assert!(world.session.withheld().has("modifierGroups"));
    assert!(!world.session.withheld().has("menuItem"));
}

#[test]
fn names_that_do_not_arrive_are_asked_for_again() {
    let status = |code: u16| json!({"code": code, "body": {"message": "Not allowed"}});
    for (effect, more) in [
        ("garbage", json!({})),
        ("status", status(400)),
        ("status", status(401)),
    ] {
        let world = World::items(60);
        let catalog = Catalog::new(&world.session, "USD", true).unwrap();
        world.fault("GET /v3/merchants/*/item_groups", 1, effect, more.clone());
        let pages = all_pages(&catalog);
        let found = catalog.groups(staged(&pages), &HashMap::new()).unwrap();
        assert!(found.faults.is_empty(), "{effect} {more}");
        assert_eq!(world.count("/item_groups"), 2, "{effect} {more}");
    }
}

#[test]
fn a_token_that_dies_within_a_list_loses_no_page() {
    let world = World::items(2_500);
    let catalog = Catalog::new(&world.session, "USD", true).unwrap();
    let first = catalog.pages(None).next().unwrap().unwrap();
    // A stream that has begun, whose next requests are refused.
    let stream = catalog.pages(Some(first.cursor));
    world.refuse_items(1, 401);
    let mut ids = first.ids;
    while let Some(page) = stream.next().unwrap() {
        ids.extend(page.ids);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 2_500);
}

#[test]
fn a_count_is_prepared_written_and_settled() {
    let world = World::new();
    let stock = Stock::new(&world.session);
    let (item, count) = world.counted_item();
    let batch = stock.prepare(take_out(&item, 2)).unwrap();
    let row = batch.rows[0].clone();
    assert_eq!((row.key, row.state), (7, StockState::Ready));
    assert_eq!(row.target.map(Quantity::floor), Some(count - 2));
    // Of what was prepared, only what the shop has stored is written.
    assert!(stock.commit(&batch, &[8]).unwrap().is_empty());
    assert_eq!(world.counted_item().1, count);

    let sent = SentWrite {
        key: 7,
        item: item.clone(),
        write: CountWrite {
            before: row.before.unwrap(),
            modified: row.modified,
            target: row.target.unwrap(),
        },
    };
    let settled = stock.settle(std::slice::from_ref(&sent)).unwrap();
    assert_eq!(settled[0].state, StockState::Again);

    let batch = stock.prepare(take_out(&item, 2)).unwrap();
    let done = stock.commit(&batch, &[7]).unwrap();
    assert_eq!((done[0].key, done[0].state), (7, StockState::Confirmed));
    assert_eq!(world.counted_item().1, count - 2);
    // A batch is good for one commit.
    assert!(stock.commit(&batch, &[7]).unwrap().is_empty());
    assert_eq!(world.counted_item().1, count - 2);
    let settled = stock.settle(&[sent]).unwrap();
    assert_eq!(settled[0].state, StockState::Confirmed);
}

#[test]
fn a_write_that_the_token_is_refused_for_is_repeated_with_another() {
    let world = World::new();
    let stock = Stock::new(&world.session);
    let (item, count) = world.counted_item();
    let batch = stock.prepare(take_out(&item, 1)).unwrap();
    let rule = "POST /v3/merchants/*/item_stocks/*";
    world.fault(rule, 1, "status", json!({"code": 401}));
    let done = stock.commit(&batch, &[7]).unwrap();
    assert_eq!(
        done[0].state,
        StockState::Confirmed,
        "{:?}",
        done[0].problem
    );
    assert_eq!(world.counted_item().1, count - 1);

    let batch = stock.prepare(take_out(&item, 1)).unwrap();
    world.fault(rule, 9, "status", json!({"code": 401}));
    let done = stock.commit(&batch, &[7]).unwrap();
    assert_eq!(done[0].state, StockState::Permission);
    assert_eq!(done[0].permission, Some("Inventory Write"));
    assert_eq!(world.counted_item().1, count - 1);
}

#[test]
fn a_forbidden_write_is_sent_once_and_renews_no_token() {
    let world = World::new();
    let stock = Stock::new(&world.session);
    let batch = stock.prepare(world.changes(3)).unwrap();
    let token = || world.record().tokens().unwrap().access.secret().clone();
    let before = token();
    let rule = "POST /v3/merchants/*/item_stocks/*";
    world.fault(rule, 9, "status", json!({"code": 403}));
    assert_eq!(world.commit(&batch), [StockState::Permission; 3]);
    assert_eq!(world.count("POST /v3/"), 3);
    assert_eq!(token(), before);
    assert_eq!(world.count("/oauth/v2/refresh"), 0);
}

#[test]
fn a_list_that_shows_no_counts_is_asked_for_once() {
    let world = World::new();
    world.control("/__sim/switches", &json!({"refused_expand": ["itemStock"]}));
    let stock = Stock::new(&world.session);
    for round in 1..=2 {
        let batch = stock.prepare(world.changes(12)).unwrap();
        let rows = batch.rows.len();
        assert_eq!(rows, 5, "round {round}");
        let states = batch.rows.iter().map(|row| row.state);
        assert_eq!(states.collect::<Vec<_>>(), [StockState::Ready; 5]);
        assert_eq!(world.count("expand=itemStock"), 1, "round {round}");
        assert_eq!(
            world.count("/item_stocks/"),
            5 * round,
            "no count is read twice"
        );
    }
}

#[test]
fn counts_that_a_sync_was_refused_are_not_asked_for_in_lists() {
    let world = World::new();
    world.control("/__sim/switches", &json!({"refused_expand": ["itemStock"]}));
    let stock = Stock::new(&world.session);
    stock.counts(None).unwrap();
    let asked = world.count("itemStock");
    assert_eq!(stock.prepare(world.changes(12)).unwrap().rows.len(), 5);
    assert_eq!(world.count("itemStock"), asked);
}

#[test]
fn batches_become_smaller_after_each_batch_that_was_not_sent_in_time() {
    let world = World::new();
    let stock = Stock::new(&world.session);
    let mut sizes = Vec::new();
    for _ in 0..2 {
        let batch = stock.prepare(world.changes(8)).unwrap();
        sizes.push(batch.rows.len());
        let rule = "POST /v3/merchants/*/item_stocks/*";
        world.fault(rule, 8, "status", json!({"code": 429}));
        let states = world.commit(&batch);
        let is_missed = |state: &StockState| matches!(state, StockState::Later | StockState::Late);
        assert!(states.iter().all(is_missed), "{states:?}");
        assert_eq!(
            world
                .clover
                .control("DELETE", "/__sim/faults", &json!(null))
                .0,
            200
        );
    }
    sizes.push(stock.prepare(world.changes(8)).unwrap().rows.len());
    assert_eq!(sizes, [8, 4, 2]);
}

#[test]
fn a_count_that_missed_its_time_in_another_process_is_in_smaller_batches() {
    let world = World::new();
    let stock = Stock::new(&world.session);
    let mut sizes = Vec::new();
    for misses in [0, 2, 3, 4, 5, 40] {
        let mut changes = world.changes(15);
        changes[0].misses = misses;
        sizes.push(stock.prepare(changes).unwrap().rows.len());
    }
    assert_eq!(sizes, [15, 15, 7, 3, 1, 1]);
    let mut changes = world.changes(15);
    changes[2].misses = 12;
    assert_eq!(
        stock.prepare(changes).unwrap().rows.len(),
        2,
        "it is the first next time"
    );
}

#[test]
fn a_count_beyond_any_stock_is_left_alone() {
    let world = World::new();
    let stock = Stock::new(&world.session);
    let changes = world.changes(2);
    let (item, other) = (changes[0].item.clone(), changes[1].item.clone());
    let known = |id: &ItemId| {
        let row = Known {
            manage_stock: true,
            quantity: Some(1_000),
            ..Known::default()
        };
        (id.as_str().to_owned(), row)
    };
    let known = HashMap::from([known(&item), known(&other)]);
    world.control(&format!("/__sim/stock/{item}"), &json!({"quantity": 2e9}));

    let page = stock.counts(None).unwrap();
    let changed: Vec<&ItemId> = page.changes(&known, true).map(|(id, _)| id).collect();
    assert_eq!(changed, [&other], "the shop goes on counting the item");
    assert!(page.counts().all(|(id, _)| *id != item));

    let batch = stock.prepare(changes).unwrap();
    let states: Vec<StockState> = batch.rows.iter().map(|row| row.state).collect();
    assert_eq!(states, [StockState::Refused, StockState::Ready]);
    let problem = batch.rows[0].problem.as_ref().unwrap();
    assert_eq!(problem.code.key(), "item_count_too_large");

    let sent = SentWrite {
        key: 7,
        item,
        write: CountWrite {
            before: Quantity::from_thousandths(5_000),
            modified: None,
            target: Quantity::from_thousandths(4_000),
        },
    };
    let settled = stock.settle(&[sent]).unwrap();
    assert_eq!(settled[0].state, StockState::Uncertain);
}

#[test]
fn counts_that_no_list_shows_are_read_concurrently_and_in_short_pages() {
    let world = World::with(Config {
        catalog: SimulatedCatalog::Synthetic(350),
        limits: Limits::Off,
        latency: Duration::from_millis(5),
        ..Config::default()
    });
    world.control("/__sim/switches", &json!({"refused_expand": ["itemStock"]}));
    let state = world.clover.state();
    let in_clover = |id: &str| {
        let count = state["stock"][id].as_f64();
        count.and_then(Quantity::from_clover).map(Quantity::floor)
    };

    let catalog = Catalog::new(&world.session, "USD", true).unwrap();
    let stream = catalog.pages(None);
    let mut ids = Vec::new();
    while let Some(page) = stream.next().unwrap() {
        assert!(page.ids.len() <= 100, "{}", page.ids.len());
        for change in page.changes(&HashMap::<String, Known>::new()) {
            let variant = &change.product.variants[0];
            let count = variant.stock.map(Quantity::floor);
            assert_eq!(count, in_clover(variant.id.as_str()));
        }
        ids.extend(page.ids);
    }
    let read = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((read, ids.len()), (350, 350), "each item once");
    assert_eq!(world.count("/item_stocks/"), 350);
    let requests = world.clover.requests(0);
    let most = requests.iter().map(|e| e.in_flight).max();
    assert!(most >= Some(4), "{most:?}");

    let stock = Stock::new(&world.session);
    let (mut cursor, mut counted) = (None, 0);
    loop {
        let page = stock.counts(cursor.as_deref()).unwrap();
        assert!(page.counts().count() <= 100);
        for (item, count) in page.counts() {
            assert_eq!(count.map(Quantity::floor), in_clover(item.as_str()));
            counted += 1;
        }
        cursor.clone_from(&page.cursor);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(counted, 350);
}

#[test]
fn without_a_token_nothing_is_written_and_nothing_is_an_error() {
    let world = World::new();
    let stock = Stock::new(&world.session);
    let (item, count) = world.counted_item();
    let batch = stock.prepare(take_out(&item, 1)).unwrap();
    world.memory.is_broken.set(true);
    let done = stock.commit(&batch, &[7]).unwrap();
    assert_eq!(done[0].state, StockState::Later);
    let error = stock.prepare(take_out(&item, 1));
    assert!(matches!(error, Err(Error::Host { .. })));
    world.memory.is_broken.set(false);
    assert_eq!(world.counted_item().1, count);
}

#[test]
fn a_look_up_tells_deleted_items_from_those_that_are_there() {
    let world = World::new();
    let catalog = Catalog::new(&world.session, "USD", true).unwrap();
    let (item, _) = world.counted_item();
    let gone = ItemId::new("ZZZZZZZZZZZZZ").unwrap();
    let found = catalog.look_up(vec![item.clone(), gone.clone()]).unwrap();
    assert_eq!(found.page.ids, [item.as_str()]);
    assert_eq!(found.deleted, [gone.as_str()]);
}

/// The taxes of all single items and groups by their ids.
fn taxes(world: &World, session: &Rc<Session>) -> HashMap<String, String> {
    let catalog = Catalog::new(session, "USD", true).unwrap();
    let pages = all_pages(&catalog);
    let mut taxes = HashMap::new();
    for page in &pages {
        taxes.extend(page.taxes().map(|(id, tax)| (id.to_owned(), tax.to_text())));
    }
    let changes = catalog.groups(staged(&pages), &HashMap::new()).unwrap();
    let groups = changes
        .taxes()
        .map(|(id, tax)| (id.to_owned(), tax.to_text()));
    taxes.extend(groups);
    assert_eq!(world.count("/tax_rates?"), usize::from(!taxes.is_empty()));
    taxes
}

#[test]
fn tax_rates_are_read_once_for_a_catalog_and_only_where_profiles_are_chosen() {
    let world = World::new();
    assert_eq!(taxes(&world, &world.session), HashMap::new());
    assert_eq!(world.count("tax_rates"), 0);

    let mapping = json!({"House Tax": 3, "spirits tax": 4});
    let session = world.session(&json!({"tax_mapping": mapping, "pace_share": 100_000}));
    let taxes = taxes(&world, &session);
    let items = world.clover.state()["items"].clone();
    let named = |name: &str| {
        let items = items.as_array().unwrap().iter();
        let mut items = items.filter(|item| item["name"] == name);
        items.next().unwrap()["id"].as_str().unwrap().to_owned()
    };
    for (name, tax) in [
        (
            "Draft Lager",
            r#"{"rates":["Spirits Tax"],"rate":1000000,"profile":4}"#,
        ),
        (
            "Tap Water",
            r#"{"rates":["NO_TAX_APPLIED"],"rate":0,"profile":null}"#,
        ),
    ] {
        assert_eq!(taxes[&named(name)], tax);
    }
    let house = r#"{"rates":["House Tax"],"rate":825000,"profile":3}"#;
    assert!(taxes.values().filter(|tax| *tax == house).count() > 10);
    // The list of rates, and the items of each of the four.
    assert_eq!(world.count("tax_rates"), 5);
    assert_eq!(session.tax_rates().unwrap().len(), 4);
}

#[test]
fn refused_tax_rates_are_withheld_without_a_refresh_and_items_are_still_read() {
    for refusal in [401, 403, 405] {
        let world = World::new();
        let rule = "GET /v3/merchants/*/tax_rates*";
        world.fault(rule, 100, "status", json!({"code": refusal}));
        let mapping = json!({"House Tax": 3});
        let session = world.session(&json!({"tax_mapping": mapping, "pace_share": 100_000}));
        let catalog = Catalog::new(&session, "USD", true).unwrap();
        let pages = all_pages(&catalog);
        assert!(pages.iter().any(|page| !page.ids.is_empty()));
        assert!(pages.iter().all(|page| page.taxes().next().is_none()));
        assert_eq!(session.withheld_from_items(), ["taxRates"], "{refusal}");
        assert_eq!(world.count("oauth/v2/refresh"), 0, "{refusal}");
        assert_eq!(world.count("tax_rates"), 1, "{refusal}");
    }
}

#[test]
fn an_order_is_created_filled_and_paid_once() {
    let world = World::new();
    let permissions = json!([
        "INVENTORY_R",
        "INVENTORY_W",
        "ORDERS_R",
        "ORDERS_W",
        "MERCHANT_R",
        "PAYMENTS_W"
    ]);
    let granted = json!({"permissions": permissions});
    assert_eq!(
        world.clover.control("POST", "/__sim/merchant", &granted).0,
        200
    );
    let orders = Orders::new(&world.session, "USD").unwrap();
    let tag = site_tag_of(&[1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
    let reference = reference_of(&tag, 42).unwrap();
    let order = json!({
        "number": "10042",
        "order_id": "42",
        "currency": "USD",
        "lines": [{"name": "Mug", "sku": "M-1", "quantity": "2", "unit_price": "5.00"}],
        "total": "10.00",
    });
    let order = ShopOrder::parse(&order).unwrap();
    let plan = orders.plan(&order, OrderStanding::ToPay).unwrap();
    let created = orders.create(&plan, reference.clone(), None).unwrap();
    assert_eq!(created.state, OrderState::Done, "{:?}", created.problem);
    let id: String = created.order.unwrap().into();
    let filled = orders.fill(&plan, id.clone()).unwrap();
    assert_eq!(filled.state, OrderState::Done, "{:?}", filled.problem);
    let title = || {
        world.clover.state()["orders"][0]["title"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(title(), "WEB ORDER - TO PAY 10042");
    let mark = |standing, is_changed| {
        let mark = orders.mark(
            id.clone(),
            reference.clone(),
            standing,
            is_changed,
            Some(&plan),
        );
        mark.unwrap().state
    };
    assert_eq!(mark(OrderStanding::Paid, true), OrderState::Done);
    assert_eq!(title(), "CHANGED ONLINE - PAID ONLINE 10042");
    assert_eq!(mark(OrderStanding::Paid, false), OrderState::Done);
    assert_eq!(title(), "PAID ONLINE 10042");
    for _ in 0..2 {
        let paid = orders.pay(&plan, id.clone(), reference.clone()).unwrap();
        assert_eq!(paid.state, OrderState::Recorded, "{:?}", paid.problem);
    }
    assert_eq!(mark(OrderStanding::Cancelled, false), OrderState::Locked);
    assert_eq!(mark(OrderStanding::ToPay, false), OrderState::Done);
    assert_eq!(title(), "PAID ONLINE 10042", "a paid order is left");
    let path = format!("POST /v3/merchants/{}/orders", world.clover.merchant_id());
    assert_eq!(world.count(&format!("{path}/{id}/payments")), 1);
    let currency = "EUR".to_owned();
    let wrong = orders.plan(&ShopOrder { currency, ..order }, OrderStanding::Paid);
    assert!(matches!(wrong, Err(Error::Item { .. })));
}

#[test]
fn the_host_ends_a_wait() {
    let world = World::new();
    let delay = json!({"ms": 5_000});
    world.fault("GET /v3/merchants/*/items", 1, "delay", delay);
    world.memory.ends_waits.set(true);
    let error = Stock::new(&world.session).counts(None);
    assert!(matches!(error, Err(Error::Host { .. })));
}

#[test]
fn a_record_that_does_not_open_is_not_a_missing_one() {
    let world = World::new();
    for text in [&b"\xff"[..], b"nothing", b"M1M2M3M4M5M6M.nothing"] {
        world.memory.record.replace(Some(text.to_vec()));
        assert!(matches!(world.session.status(), Err(Error::Vault { .. })));
    }
}

#[test]
fn each_request_has_a_permit_of_the_hosts_limiter() {
    let memory = Memory {
        shares_limit: Cell::new(true),
        ..Memory::default()
    };
    let world = World::over(Config::default(), memory);
    let (callback, state) = world.approve();
    world.session.complete(&callback, state).unwrap();
    assert!(world.counted_item().1 > 0);
    let asked: u32 = world.memory.exchanges.borrow().iter().sum();
    assert!(asked >= 1, "no permit was asked for");
    let sent = world.session.requests();
    assert!(sent >= 2, "{sent}");
}
