//! Carries a history out, and holds what came of it against the laws.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Once;
use std::time::Duration;

use clover_client::RateLimit;
use clover_core::ledger::{Resolution, SaleState, SendState};
use clover_simulator::{Catalog, Config, Simulator, Time};
use serde_json::{Map, Value, json};
use tokio::runtime::Builder;
use tokio::task::{JoinHandle, LocalSet};
use tokio::time::sleep;

use crate::shop::{Order, OrderLine, Shop};
use crate::step::{Effect, Event, History, ITEMS, On, Say, Setup, Step};
use crate::truth::{Broken, Totals, Truth};
use crate::wire::{Net, Way};
use crate::worker::{Died, World};

/// When histories begin: milliseconds since 1970.
pub const EPOCH: i64 = 1_700_000_000_250;

/// A fault of our own making, to see that it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    Nothing,
    UnknownIsConfirmed,
    AsOfIgnored,
    NextStepIgnored,
    WrittenBeforeStored,
    LockUnchecked,
    SettledTooSoon,
    CreatedAgain,
    FilledByTwo,
    /// Of a write without answer nothing is kept.
    WindowForgotten,
    /// The window of a write without answer counts from its settling.
    WindowTooShort,
    /// A write that was sent again is nothing to look at.
    ResentForgotten,
    /// What is kept for the till is for sale.
    ReserveForgotten,
}

/// How a history ended.
#[derive(Debug)]
pub struct Rest {
    pub totals: Totals,
    /// Clover's counts in thousandths.
    pub counts: [Option<i64>; ITEMS as usize],
    /// What the shop shows.
    pub shown: [i64; ITEMS as usize],
    pub rows: Vec<(i64, SendState)>,
}

/// Carries a history out.
pub fn run(history: &History, planted: Planted) -> Result<Rest, Broken> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IS_RUNNING.get() {
                usual(panic);
            }
        }));
    });
    IS_RUNNING.set(true);
    let ended = carry_out(history, planted);
    IS_RUNNING.set(false);
    ended
}

thread_local! {
    /// A panic inside a history is reported with its seed; its backtrace, once for each try to make
    /// it smaller, is not.
    static IS_RUNNING: Cell<bool> = const { Cell::new(false) };
}

fn carry_out(history: &History, planted: Planted) -> Result<Rest, Broken> {
    let carried = catch_unwind(AssertUnwindSafe(|| {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let local = LocalSet::new();
        local.block_on(&runtime, async {
            let mut scene = Scene::new(&history.setup, planted);
            for step in &history.steps {
                scene.step(*step).await;
                scene.holds()?;
            }
            scene.rest().await
        })
    }));
    carried.unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(Broken(format!("panicked: {}", said.unwrap_or_default())))
    })
}

struct Scene {
    world: World,
    items: Vec<String>,
    gone: Vec<bool>,
    workers: [Option<JoinHandle<Result<(), Died>>>; 2],
    pull: Option<JoinHandle<()>>,
    late: Vec<(usize, i64, i64)>,
    processes: u64,
}

impl Scene {
    fn new(setup: &Setup, planted: Planted) -> Self {
        let config = Config {
            catalog: Catalog::Synthetic(0),
            latency: Duration::from_millis(setup.latency),
            seed: setup.seed,
            switches: Map::from_iter([(
                "external_ref_search_lag".to_owned(),
                json!(setup.push.unwrap_or(0)),
            )]),
            time: Time::Runtime(EPOCH),
            ..Config::default()
        };
        let clover = Simulator::in_process(config).expect("a simulator");
        let mut items = Vec::new();
        for (n, count) in setup.counts.iter().enumerate() {
            #[allow(clippy::cast_precision_loss)] // A few units.
            let count = count.map(|count| count as f64 / 1000.0);
            let body = json!({"name": format!("Item {n}"), "price": 100, "quantity": count});
            let (status, made) = clover.control("POST", "/__sim/items", &body);
            assert_eq!(status, 200, "{made}");
            items.push(made["id"].as_str().expect("an id").to_owned());
        }
        let mut links = items.clone();
        links.push(String::new());
        let local = setup
            .counts
            .iter()
            .map(|count| count.map_or(0, |count| (count.div_euclid(1000) - setup.reserve).max(0)));
        let local = local.chain([100]).collect();
        let truth = Truth::new(&setup.counts);
        let world = World {
            net: Net::new(clover, items.clone(), truth, setup.seed),
            shop: Rc::new(RefCell::new(Shop::new(links, local, setup.skew, planted))),
            pages: Rc::default(),
            token: Rc::default(),
            share: RateLimit {
                per_second: setup.share.0,
                in_flight: setup.share.1,
            },
        };
        world.with(|shop| {
            shop.sync_sale = setup.push.is_some();
            shop.reserve = setup.reserve;
        });
        Self {
            world,
            items,
            gone: vec![false; usize::from(ITEMS)],
            workers: [None, None],
            pull: None,
            late: Vec::new(),
            processes: 0,
        }
    }

    fn process(&mut self) -> crate::worker::Process {
        self.processes += 1;
        self.world.process(self.processes)
    }

    fn order(&self, order: u8) -> Option<usize> {
        let orders = self.world.shop.borrow().orders.len();
        let order = usize::from(order).checked_rem(orders)?;
        (!self.world.shop.borrow().orders[order].deleted).then_some(order)
    }

    fn line(&self, order: u8, line: u8) -> Option<(usize, usize)> {
        let order = self.order(order)?;
        let lines = self.world.shop.borrow().orders[order].lines.len();
        Some((order, usize::from(line).checked_rem(lines)?))
    }

    fn control(&self, target: &str, body: &Value) -> bool {
        self.world.net.clover.control("POST", target, body).0 == 200
    }

    fn hear(&mut self, order: usize, old: i64, new: i64, event: Event) {
        let mut shop = self.world.shop.borrow_mut();
        match event {
            Event::Lost => {}
            Event::Late => self.late.push((order, old, new)),
            Event::Received | Event::Twice => {
                shop.hears(order, old, new);
                if event == Event::Twice {
                    shop.hears(order, old, new);
                }
                for (order, old, new) in self.late.drain(..) {
                    shop.hears(order, old, new);
                }
            }
        }
    }

    async fn step(&mut self, step: Step) {
        let shop = Rc::clone(&self.world.shop);
        match step {
            Step::Pause { ms } => sleep(Duration::from_millis(ms)).await,
            Step::Order {
                product,
                units,
                other,
                old,
            } => {
                let line = |(product, units): (u8, i64)| OrderLine {
                    product: usize::from(product),
                    units,
                };
                let lines = std::iter::once((product, units)).chain(other).map(line);
                shop.borrow_mut().orders.push(Order {
                    status: 5,
                    lines: lines.collect(),
                    deleted: false,
                    old,
                });
            }
            Step::Status { order, to, event } => {
                let Some(order) = self.order(order) else {
                    return;
                };
                let from = shop.borrow().orders[order].status;
                if from != to {
                    shop.borrow_mut().change(order, |order| order.status = to);
                    self.hear(order, from, to, event);
                }
            }
            Step::Edit { order, line, units } => {
                let Some((order, line)) = self.line(order, line) else {
                    return;
                };
                shop.borrow_mut()
                    .change(order, |order| order.lines[line].units = units);
            }
            Step::Swap {
                order,
                line,
                product,
            } => {
                let Some((order, line)) = self.line(order, line) else {
                    return;
                };
                let product = usize::from(product);
                shop.borrow_mut()
                    .change(order, |order| order.lines[line].product = product);
            }
            Step::Hand { order, line, units } => {
                let Some((order, line)) = self.line(order, line) else {
                    return;
                };
                shop.borrow_mut().restock(order, line, units);
            }
            Step::Refund { order } => {
                let Some(order) = self.order(order) else {
                    return;
                };
                shop.borrow_mut().hears_refund(order);
            }
            Step::Delete { order } => {
                let Some(order) = self.order(order) else {
                    return;
                };
                shop.borrow_mut().delete(order);
            }
            Step::Till { item, thousandths } => self.till(usize::from(item), thousandths),
            Step::Count { item, thousandths } => self.set(usize::from(item), thousandths),
            Step::Vanish { item } => {
                let item = usize::from(item);
                let target = format!("/__sim/items/{}", self.items[item]);
                self.world
                    .net
                    .clover
                    .control("DELETE", &target, &Value::Null);
                self.gone[item] = true;
            }
            Step::Fault { on, effect, times } => self.fault(on, effect, times),
            Step::Work { worker, dies } => {
                let slot = usize::from(worker) % 2;
                if self.workers[slot]
                    .as_ref()
                    .is_none_or(JoinHandle::is_finished)
                {
                    let (world, process) = (self.world.clone(), self.process());
                    let run = async move { world.work(&process, dies).await };
                    self.workers[slot] = Some(tokio::task::spawn_local(run));
                }
            }
            Step::Kill { worker } => {
                if let Some(worker) = self.workers[usize::from(worker) % 2].take() {
                    worker.abort();
                }
            }
            Step::Rob => shop.borrow_mut().rob(),
            Step::Scan => shop.borrow_mut().scan(),
            Step::Read => {
                if self.pull.as_ref().is_none_or(JoinHandle::is_finished) {
                    let (world, process) = (self.world.clone(), self.process());
                    self.pull = Some(tokio::task::spawn_local(async move {
                        world.read(&process).await;
                    }));
                }
            }
            Step::Apply => self.apply(),
            Step::Push { on } => {
                let mut shop = shop.borrow_mut();
                shop.push = on;
                shop.push_was_off |= !on;
            }
            Step::Reserve { units } => shop.borrow_mut().reserve = units,
            Step::Resolve { row, say } => self.word(usize::from(row), say),
        }
    }

    fn till(&self, item: usize, thousandths: i64) {
        #[allow(clippy::cast_precision_loss)] // A few units.
        let body = json!({"itemId": self.items[item], "quantity": thousandths as f64 / 1000.0});
        if self.control("/__sim/sale", &body) {
            self.world.net.truth().sold(item, thousandths);
        }
    }

    fn set(&self, item: usize, thousandths: Option<i64>) {
        #[allow(clippy::cast_precision_loss)] // A few units.
        let count = thousandths.map(|count| count as f64 / 1000.0);
        if self.control(
            &format!("/__sim/stock/{}", self.items[item]),
            &json!({"quantity": count}),
        ) {
            self.world.net.truth().set(item, thousandths);
        }
    }

    fn fault(&self, on: On, effect: Effect, times: u64) {
        let rule = match on {
            On::Reads => "GET /v3/merchants/*/item_stocks/*",
            On::Writes => "POST /v3/merchants/*/item_stocks/*",
            On::Orders => "POST /v3/merchants/*/orders*",
            On::Pages => "GET /v3/merchants/*/items",
            On::All => "* *",
        };
        let mut fault = match effect {
            Effect::Refuse => return self.world.net.trouble(on, Way::Refused, times),
            Effect::Slow(ms) => return self.world.net.trouble(on, Way::Slow(ms), times),
            Effect::Drop => json!({"do": "drop"}),
            Effect::ApplyThenDrop => json!({"do": "apply_then_drop"}),
            Effect::Delay(ms) => json!({"do": "delay", "ms": ms}),
            Effect::Truncate(bytes) => json!({"do": "truncate", "bytes": bytes}),
            Effect::Garbage => json!({"do": "garbage"}),
            Effect::Fails(code) => json!({"do": "status", "code": code}),
            Effect::FailsApplied(code) => json!({"do": "status", "code": code, "apply": true}),
            Effect::Throttle(None) => json!({"do": "status", "code": 429}),
            Effect::Throttle(Some(wait)) => {
                json!({"do": "status", "code": 429, "retry_after": wait})
            }
        };
        fault["match"] = json!(rule);
        fault["times"] = json!(times);
        assert!(self.control("/__sim/faults", &fault), "{fault}");
    }

    fn word(&self, nth: usize, say: Say) {
        let waiting = self.world.shop.borrow().waiting();
        let Some(at) = nth.checked_rem(waiting.len()).map(|nth| waiting[nth]) else {
            return;
        };
        let item = |at: usize| {
            let shop = self.world.shop.borrow();
            (
                shop.item_of(&shop.rows[at].row.item).expect("linked"),
                shop.rows[at].row.delta,
            )
        };
        let word = match (say, self.world.net.truth().holds(at)) {
            (Say::Leave, _) => Resolution::Leave,
            (Say::Truth, true) => Resolution::Applied,
            (Say::Truth, false) => Resolution::NotApplied,
        };
        let Some(changed) = self.world.shop.borrow_mut().resolve(at, word) else {
            return;
        };
        if word != Resolution::Leave {
            return;
        }
        for at in changed {
            let (item, delta) = item(at);
            let count = self.world.net.truth().owner_settles(at, item, delta);
            if let Some(count) = count.filter(|_| !self.gone[item]) {
                #[allow(clippy::cast_precision_loss)] // A few units.
                let body = json!({"quantity": count as f64 / 1000.0});
                self.control(&format!("/__sim/stock/{}", self.items[item]), &body);
            }
        }
    }

    fn breaks(&self, what: String) {
        self.world.net.truth().broken.get_or_insert(Broken(what));
    }

    /// L3, by what Clover's count really held when it was read.
    fn apply(&self) {
        let Some(page) = self.world.apply() else {
            return;
        };
        self.world.net.truth().totals.pulls += 1;
        let shop = self.world.shop.borrow();
        for (product, count) in &page.counts {
            let Some(count) = count else { continue };
            let held = |row: usize| page.seen.held.get(row).copied().unwrap_or(false);
            let most = shop.may_sell(*product, *count, held);
            let shown = shop.local[*product];
            if shown > most {
                self.breaks(format!(
                    "a pull of {count} shows {shown} of product {product}, {most} are there to sell"
                ));
            }
        }
    }

    /// What holds at all times.
    fn holds(&self) -> Result<(), Broken> {
        if let Some(broken) = self.world.net.truth().broken.clone() {
            return Err(broken);
        }
        let shop = self.world.shop.borrow();
        let mut all: BTreeMap<(usize, usize, &str), (i64, i64)> = BTreeMap::new();
        let mut under_way: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &shop.rows {
            let sums = all
                .entry((row.order, row.line, row.row.item.as_str()))
                .or_default();
            sums.0 += row.row.delta;
            if row.row.state == SendState::Confirmed {
                sums.1 += row.row.delta;
            }
            if row.row.state == SendState::Sent {
                *under_way.entry(row.row.item.as_str()).or_default() += 1;
            }
        }
        if let Some((key, sums)) = all.iter().find(|(_, sums)| sums.0 < 0 || sums.1 < 0) {
            return Err(Broken(format!(
                "more was given back than sold: {key:?} {sums:?}"
            )));
        }
        if let Some((item, n)) = under_way.iter().find(|(_, n)| **n > 1) {
            return Err(Broken(format!("{n} writes of item {item} are under way")));
        }
        Ok(())
    }

    /// Everything gets its time to come to an end, and is counted.
    async fn rest(mut self) -> Result<Rest, Broken> {
        self.world
            .net
            .clover
            .control("DELETE", "/__sim/faults", &Value::Null);
        self.world.net.heal();
        for (order, old, new) in std::mem::take(&mut self.late) {
            self.world.shop.borrow_mut().hears(order, old, new);
        }
        for running in &mut self.workers {
            if let Some(running) = running.take() {
                // One that was made to die did.
                let _ = running.await;
            }
        }
        if let Some(pull) = self.pull.take() {
            let _ = pull.await;
        }
        for round in 0.. {
            self.world.shop.borrow_mut().scan();
            let process = self.process();
            let _ = self.world.work(&process, None).await;
            self.holds()?;
            let due = self.world.shop.borrow().next_due();
            let Some(due) = due else { break };
            if round > 100 {
                return Err(Broken("it never comes to rest".into()));
            }
            let wait = (due - self.world.shop.borrow().now()).clamp(1, 120);
            sleep(Duration::from_secs(wait.unsigned_abs())).await;
        }
        // What is still on the wire arrives.
        sleep(Duration::from_secs(120)).await;
        self.holds()?;
        self.at_rest()?;
        self.final_pull().await?;
        self.till_sales_are_found().await?;
        self.holds()?;
        let truth = self.world.net.truth();
        let shop = self.world.shop.borrow();
        let rows = shop.rows.iter().map(|row| (row.row.delta, row.row.state));
        Ok(Rest {
            totals: Totals {
                histories: 1,
                ..truth.totals
            },
            counts: std::array::from_fn(|item| truth.count(item)),
            shown: std::array::from_fn(|item| shop.local[item]),
            rows: rows.collect(),
        })
    }

    fn at_rest(&self) -> Result<(), Broken> {
        let broken = |what: String| Err(Broken(what));
        let (shop, truth) = (self.world.shop.borrow(), self.world.net.truth());
        let state = self.world.net.clover.state();
        shop.pushes_hold(&state)?;
        for (item, id) in self.items.iter().enumerate() {
            if self.gone[item] {
                continue;
            }
            #[allow(clippy::cast_possible_truncation)] // A few units.
            let count = state["stock"][id]
                .as_f64()
                .map(|count| (count * 1000.0).round() as i64);
            if count != truth.count(item) {
                return broken(format!(
                    "item {item}: Clover says {count:?}, its requests add up to {:?}",
                    truth.count(item)
                ));
            }
            let confirmed = |row: &crate::shop::Row| {
                row.row.item == *id
                    && (row.row.state == SendState::Confirmed
                        || row.row.state == SendState::Skipped
                            && row.reason.as_deref() == Some("owner"))
            };
            let uncertain = shop
                .rows
                .iter()
                .any(|row| row.row.item == *id && row.row.state == SendState::Uncertain);
            let sum: i64 = shop
                .rows
                .iter()
                .filter(|row| confirmed(row))
                .map(|row| row.row.delta)
                .sum();
            if let Some(count) = count.filter(|_| !uncertain) {
                let expected = truth.expected(item, sum);
                if count != expected {
                    return broken(format!(
                        "item {item}: Clover says {count}, the books say {expected}"
                    ));
                }
            }
        }
        for (at, row) in shop.rows.iter().enumerate() {
            let must = match (row.row.state, row.reason.as_deref()) {
                (SendState::Intended | SendState::Sent, _) => {
                    return broken(format!("row {at} is left {:?}", row.row.state));
                }
                (SendState::Skipped, reason) if !shop.is_rightly_skipped(at) => {
                    return broken(format!("row {at} is skipped for no reason: {reason:?}"));
                }
                (SendState::Confirmed, _) | (SendState::Skipped, Some("owner")) => true,
                (SendState::Skipped | SendState::Dead, _) => false,
                (SendState::Uncertain, _) => continue,
            };
            if truth.holds(at) != must {
                return broken(format!(
                    "row {at} is {:?}, in Clover's count: {}",
                    row.row.state, !must
                ));
            }
        }
        for (order, data) in shop.orders.iter().enumerate() {
            let sale_state = shop.sale_state(order);
            let has_rows = shop.rows.iter().any(|row| row.order == order);
            if sale_state == SaleState::Unchanged || data.old && !has_rows {
                continue;
            }
            for line in 0..data.lines.len() {
                for (product, id) in shop.links.iter().enumerate() {
                    let given = shop
                        .by_hand
                        .get(&(order, line, product))
                        .copied()
                        .unwrap_or(0);
                    let is_sold =
                        sale_state == SaleState::Paid && data.lines[line].product == product;
                    let wanted = if is_sold {
                        (shop.units(data, line) - given).max(0)
                    } else {
                        0
                    };
                    let asked: i64 = shop
                        .rows
                        .iter()
                        .filter(|row| (row.order, row.line) == (order, line) && row.row.item == *id)
                        .map(|row| row.row.delta)
                        .sum();
                    if asked != wanted {
                        return broken(format!(
                            "order {order} line {line}: {asked} units of product {product} \
                             are planned instead of {wanted}"
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    /// When all is said, the shop shows what Clover has and no order holds.
    async fn final_pull(&mut self) -> Result<(), Broken> {
        self.world.pages.borrow_mut().clear();
        sleep(Duration::from_secs(2)).await;
        let process = self.process();
        self.world.read(&process).await;
        let Some(page) = self.world.pages.borrow().first().cloned() else {
            return Err(Broken("the last page cannot be read".into()));
        };
        self.apply();
        let shop = self.world.shop.borrow();
        let truth = self.world.net.truth();
        let committed = shop.committed(page.as_of);
        for (product, count) in &page.counts {
            let Some(count) = count else { continue };
            let id = &shop.links[*product];
            let open = shop.rows.iter().any(|row| {
                // The shop shows nothing of a return that cannot be made.
                let is_held_back = row.row.state == SendState::Dead && row.row.delta < 0;
                row.row.item == *id && (is_held_back || row.row.state == SendState::Uncertain)
            });
            let shown = shop.local[*product];
            let right = shop.may_sell(*product, *count, |row| truth.holds(row));
            if !open && shown != right {
                return Err(Broken(format!(
                    "product {product} shows {shown} at rest, {right} are there to sell"
                )));
            }
            if !committed.contains_key(id) && shown != (count.floor() - shop.reserve).max(0) {
                return Err(Broken(format!(
                    "product {product} shows {shown}, Clover {count}, {} are kept",
                    shop.reserve
                )));
            }
        }
        Ok(())
    }

    /// What the till sold while its count was overwritten is found by the client.
    async fn till_sales_are_found(&mut self) -> Result<(), Broken> {
        let lost = self.world.net.truth().lost();
        if lost.is_empty() {
            return Ok(());
        }
        let process = self.process();
        let writes = self.world.shop.borrow().writes();
        let found = process.api.sold_within(&process.access, &writes).await;
        let found =
            found.map_err(|error| Broken(format!("the till's orders cannot be read: {error}")))?;
        for (item, units) in lost {
            let id = self.items[item].as_str();
            let named: i64 = found
                .iter()
                .filter(|(found, _)| found.as_str() == id)
                .map(|(_, units)| *units)
                .sum();
            if named < units {
                return Err(Broken(format!(
                    "{named} of {units} thousandths of item {item} are named, which the till sold \
                     and which were overwritten"
                )));
            }
        }
        Ok(())
    }
}
