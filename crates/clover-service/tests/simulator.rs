//! The service over the simulator, with a host in memory.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use clover_client::{Hosts, PermitGrant, PermitRequest, Tokens};
use clover_core::diff::Known;
use clover_core::environment::Environment;
use clover_core::ids::ItemId;
use clover_core::ledger::CountWrite;
use clover_core::order::OrderStanding;
use clover_core::quantity::Quantity;
use clover_core::seal::Vault;
use clover_core::settings::Settings as CoreSettings;
use clover_service::catalog::Catalog;
use clover_service::host::{HostError, Interrupted};
use clover_service::orders::{OrderState, Orders, reference_of, site_tag_of};
use clover_service::settings::Settings;
use clover_service::stock::{SentWrite, Stock, StockChange, StockState};
use clover_service::token_record::TokenRecord;
use clover_service::{Error, Host, Session};
use clover_simulator::{Catalog as SimulatedCatalog, Config, Running, Simulator};
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
        let clover = Simulator::start_blocking(config).unwrap();
        let parameters = json!({
            "environment": "sandbox",
            "app_id": APP,
            "app_secret": SECRET,
            "base_url": clover.base_url(),
        });
        let parameters = parameters.as_object().unwrap().clone().into_iter();
        let settings = Settings {
            core: CoreSettings::from_parameters(parameters.collect()).unwrap(),
            hosts: Hosts::overridden(&clover.base_url()).unwrap(),
        };
        let memory = Rc::new(memory);
        let host = Box::new(MemoryHost(Rc::clone(&memory)));
        Self {
            session: Session::new(&settings, Arc::new(vault()), host),
            clover,
            memory,
        }
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

    fn refuse_items(&self, times: u32, status: u16) {
        let more = json!({"code": status});
        self.fault("GET /v3/merchants/*/items", times, "status", more);
    }

    fn count(&self, part: &str) -> usize {
        let entries = self.clover.requests(0);
        let lines = entries.iter().map(|e| format!("{} {}", e.method, e.path));
        lines.filter(|line| line.contains(part)).count()
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
            tokens.access_expires_at -= seconds;
        });
    }

    /// An item that Clover counts, with its count.
    fn counted_item(&self) -> (ItemId, i64) {
        let page = Stock::new(&self.session).counts(None).unwrap();
        page.counts()
            .find_map(|(item, count)| Some((item.clone(), count?.floor())))
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
    let plan = orders
        .plan(order.to_string().as_bytes(), OrderStanding::ToPay)
        .unwrap();
    let created = orders.create(&plan, reference.clone()).unwrap();
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
    let order = format!("POST /v3/merchants/{}/orders", world.clover.merchant_id());
    assert_eq!(world.count(&format!("{order}/{id}/payments")), 1);
    let wrong = orders.plan(br#"{"number": 1}"#, OrderStanding::Paid);
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
