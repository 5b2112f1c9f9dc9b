//! The reference shop: what its database holds, and the statements that change it. All of it
//! survives a crash. Every method is one transaction.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use clover_client::stock::Overwritten;
use clover_core::ids::ItemId;
use clover_core::ledger::{
    self, CountWrite, Exposure, LedgerCause, LedgerEntry, LedgerReason, Line, NewRow, NextStep,
    OrderEvent, Plan, RowChange, SaleState, SendState, Settlement, StatusSets,
};
use clover_core::quantity::Quantity;
use tokio::time::Instant;

use crate::push::Push;
use crate::run::{EPOCH, Planted};

/// Statuses of a sold order, and those of a refunded one.
const PAID: &[i64] = &[1, 2, 7, 8];
const REFUNDED: &[i64] = &[9];
/// J2Commerce's statuses that hold no stock of the shop.
const FREE: [i64; 3] = [3, 5, 6];

/// A lock that is not renewed is free after so many seconds.
const LEASE: i64 = 60;

/// A write without an answer is settled after so many seconds: the request's own 30, the second
/// (with the smallest share of the pace three) that it may have waited for its turn since it was
/// stored, and one since the shop's times are whole seconds.
pub const SETTLE_AFTER: i64 = 34;

/// As J2Commerce's rows say.
#[derive(Debug, Clone)]
pub struct Order {
    pub status: i64,
    pub lines: Vec<OrderLine>,
    pub deleted: bool,
    /// From before the connection.
    pub old: bool,
}

#[derive(Debug, Clone, Copy)]
pub struct OrderLine {
    pub product: usize,
    pub units: i64,
}

/// What the ledger knows of an order.
#[derive(Debug, Clone, Default)]
pub struct Book {
    pub events: Vec<OrderEvent>,
    pub pending: bool,
}

/// A row of the ledger.
#[derive(Debug, Clone)]
pub struct Row {
    pub order: usize,
    pub line: usize,
    pub row: ledger::LedgerRow,
    pub reason: Option<String>,
    pub before: Option<Quantity>,
    pub modified: Option<i64>,
    pub target: Option<Quantity>,
    pub sent_at: Option<i64>,
    /// From the reading to the answer; before that, and without one, the most it can be.
    pub window: Duration,
    /// `modifiedTime` of the count that was found afterwards.
    pub after: Option<i64>,
    /// `modified` of a write without answer that was sent again.
    pub resent_from: Option<i64>,
    pub misses: u32,
    pub settled_at: Option<i64>,
    pub attempts: u32,
    pub next_try: i64,
    /// The worker that has it, and until when.
    pub claim: Option<(u64, i64)>,
}

pub struct Shop {
    /// Clover's id of each product; empty for one that is linked to none.
    pub links: Vec<String>,
    pub orders: Vec<Order>,
    pub books: BTreeMap<usize, Book>,
    pub rows: Vec<Row>,
    /// The shop's own count of each product.
    pub local: Vec<i64>,
    pub push: bool,
    pub push_was_off: bool,
    /// Units of each product that are kept for the till.
    pub reserve: i64,
    lock: Option<(u64, i64)>,
    /// By order, line and item: units given back by hand since the last release, kept by the one
    /// who gave them.
    pub by_hand: HashMap<(usize, usize, usize), i64>,
    start: Instant,
    skew: i64,
    pub planted: Planted,
    /// Whether paid orders are pushed.
    pub sync_sale: bool,
    pub pushes: BTreeMap<usize, Push>,
}

impl Shop {
    pub fn new(links: Vec<String>, local: Vec<i64>, skew: i64, planted: Planted) -> Self {
        Self {
            links,
            orders: Vec::new(),
            books: BTreeMap::new(),
            rows: Vec::new(),
            local,
            push: true,
            push_was_off: false,
            reserve: 0,
            lock: None,
            by_hand: HashMap::new(),
            start: Instant::now(),
            skew,
            planted,
            sync_sale: false,
            pushes: BTreeMap::new(),
        }
    }

    /// Unix seconds by the shop's clock.
    pub fn now(&self) -> i64 {
        let ms = i64::try_from(self.start.elapsed().as_millis()).expect("a short life");
        (EPOCH + ms + self.skew).div_euclid(1000)
    }

    pub fn item_of(&self, id: &str) -> Option<usize> {
        self.links
            .iter()
            .position(|link| link == id && !id.is_empty())
    }

    // What customers and the owner do, and what J2Commerce makes of it.

    fn taken_locally(order: &Order) -> impl Iterator<Item = OrderLine> + '_ {
        let holds = !order.deleted && !FREE.contains(&order.status);
        order.lines.iter().copied().filter(move |_| holds)
    }

    /// Changes an order, and moves the shop's counts as J2Commerce does.
    pub fn change(&mut self, order: usize, change: impl FnOnce(&mut Order)) {
        for line in Self::taken_locally(&self.orders[order]) {
            self.local[line.product] += line.units;
        }
        change(&mut self.orders[order]);
        for line in Self::taken_locally(&self.orders[order]) {
            self.local[line.product] -= line.units;
        }
    }

    /// Deletes an order; J2Commerce gives nothing back.
    pub fn delete(&mut self, order: usize) {
        self.orders[order].deleted = true;
    }

    pub fn units(&self, order: &Order, line: usize) -> i64 {
        if order.deleted {
            0
        } else {
            order.lines.get(line).map_or(0, |line| line.units)
        }
    }

    // The hook.

    pub fn hears(&mut self, order: usize, old: i64, new: i64) {
        self.tell(order, OrderEvent::Status { old, new });
    }

    /// A gateway has paid it all back.
    pub fn hears_refund(&mut self, order: usize) {
        self.tell(order, OrderEvent::Refunded);
    }

    fn tell(&mut self, order: usize, event: OrderEvent) {
        let book = self.books.entry(order).or_default();
        book.events.push(event);
        book.pending = true;
    }

    // The worker.

    /// Finds what no event reported.
    pub fn scan(&mut self) {
        for order in 0..self.orders.len() {
            let has_rows = self.rows.iter().any(|row| row.order == order);
            if !self.orders[order].old || has_rows {
                self.books.entry(order).or_default().pending = true;
            }
        }
    }

    pub fn next_pending(&self) -> Option<usize> {
        let mut pending = self.books.iter().filter(|(_, book)| book.pending);
        pending.next().map(|(order, _)| *order)
    }

    pub fn sale_state(&self, order: usize) -> SaleState {
        let statuses = StatusSets {
            paid: PAID,
            refunded: REFUNDED,
        };
        let events = self.books.get(&order).map_or(&[][..], |book| &book.events);
        let order = &self.orders[order];
        let status = (!order.deleted).then_some(order.status);
        statuses.sale_state(status, events)
    }

    fn line(&self, order: usize, line: usize) -> Line {
        let rows = self
            .rows
            .iter()
            .filter(|row| (row.order, row.line) == (order, line));
        let there = self.orders[order]
            .lines
            .get(line)
            .filter(|_| !self.orders[order].deleted);
        Line {
            item: there.map_or(String::new(), |line| self.links[line.product].clone()),
            quantity: there.map_or(0, |line| line.units),
            rows: rows.map(|row| row.row.clone()).collect(),
        }
    }

    fn find(&self, order: usize, line: usize, seq: i64) -> Option<usize> {
        self.rows
            .iter()
            .position(|row| (row.order, row.line, row.row.seq) == (order, line, seq))
    }

    fn set_state(&mut self, at: usize, state: SendState, reason: Option<&str>) {
        let now = self.now();
        let row = &mut self.rows[at];
        row.row.state = state;
        row.reason = reason.map(str::to_owned);
        row.claim = None;
        row.settled_at = (!matches!(state, SendState::Intended | SendState::Sent)).then_some(now);
    }

    fn store(&mut self, order: usize, line: usize, plan: Plan) {
        for RowChange { seq, state, reason } in plan.changes {
            let at = self
                .find(order, line, seq)
                .expect("a plan changes rows that are there");
            self.set_state(at, state, reason.map(LedgerReason::key));
        }
        for NewRow { row, reason } in plan.entries {
            assert!(
                self.find(order, line, row.seq).is_none(),
                "the key is taken"
            );
            let settled = row.state != SendState::Intended;
            self.rows.push(Row {
                order,
                line,
                row,
                reason: reason.map(|reason| reason.key().to_owned()),
                before: None,
                modified: None,
                target: None,
                sent_at: None,
                window: Duration::ZERO,
                after: None,
                resent_from: None,
                misses: 0,
                settled_at: settled.then(|| self.now()),
                attempts: 0,
                next_try: 0,
                claim: None,
            });
        }
    }

    /// Plans one order, unless another worker has done so already.
    pub fn plan(&mut self, order: usize) {
        let Some(book) = self.books.get_mut(&order).filter(|book| book.pending) else {
            return;
        };
        book.pending = false;
        let statuses = StatusSets {
            paid: PAID,
            refunded: REFUNDED,
        };
        let counts = !self.orders[order].old
            || statuses.was_paid(&book.events)
            || self.rows.iter().any(|row| row.order == order);
        if !counts {
            return;
        }
        let sale_state = self.sale_state(order);
        if sale_state == SaleState::Paid && self.sync_sale {
            self.wants_push(order);
        }
        for line in 0..self.orders[order].lines.len() {
            let plan = self.line(order, line).plan(sale_state, self.push);
            self.store(order, line, plan);
            if sale_state == SaleState::Released {
                self.by_hand
                    .retain(|key, _| (key.0, key.1) != (order, line));
            }
        }
    }

    /// Gives units back because the owner says so; whether he could.
    pub fn restock(&mut self, order: usize, line: usize, units: i64) -> bool {
        let asked = self.line(order, line);
        let Some(item) = self.item_of(&asked.item) else {
            return false;
        };
        let Ok(plan) = asked.restock(units, self.push) else {
            return false;
        };
        self.store(order, line, plan);
        *self.by_hand.entry((order, line, item)).or_default() += units;
        true
    }

    /// Rows that need the owner's decision.
    pub fn waiting(&self) -> Vec<usize> {
        let waits = |row: &Row| matches!(row.row.state, SendState::Uncertain | SendState::Dead);
        (0..self.rows.len())
            .filter(|at| waits(&self.rows[*at]))
            .collect()
    }

    /// Applies the owner's decision; the rows that changed.
    pub fn resolve(&mut self, at: usize, word: ledger::Resolution) -> Option<Vec<usize>> {
        let (order, line, seq) = (
            self.rows[at].order,
            self.rows[at].line,
            self.rows[at].row.seq,
        );
        let plan = self.line(order, line).resolve(seq, word).ok()?;
        let changed = plan
            .changes
            .iter()
            .filter_map(|change| self.find(order, line, change.seq));
        let changed = changed.collect();
        self.store(order, line, plan);
        Some(changed)
    }

    /// Takes or renews the lock.
    pub fn lock(&mut self, worker: u64) -> bool {
        let now = self.now();
        if self
            .lock
            .is_some_and(|(holder, until)| holder != worker && now < until)
        {
            return false;
        }
        self.lock = Some((worker, now + LEASE));
        true
    }

    pub fn has_lock(&self, worker: u64) -> bool {
        self.planted == Planted::LockUnchecked
            || self.lock.is_some_and(|(holder, _)| holder == worker)
    }

    pub fn unlock(&mut self, worker: u64) {
        if self.lock.is_some_and(|(holder, _)| holder == worker) {
            self.lock = None;
        }
    }

    /// The lock's lease is over, as another node sees it.
    pub fn rob(&mut self) {
        self.lock = None;
    }

    fn is_free(&self, row: &Row) -> bool {
        row.claim.is_none_or(|(_, until)| until <= self.now())
    }

    fn claim(&mut self, at: usize, worker: u64) {
        self.rows[at].claim = Some((worker, self.now() + LEASE));
    }

    pub fn is_mine(&self, at: usize, worker: u64, state: SendState) -> bool {
        let row = &self.rows[at];
        row.row.state == state && row.claim.is_some_and(|(holder, _)| holder == worker)
    }

    fn is_under_way(&self, item: &str) -> bool {
        self.rows
            .iter()
            .any(|row| row.row.state == SendState::Sent && row.row.item == item)
    }

    /// Rows that may be sent now, one an item; those that need no sending come to their end.
    pub fn claim_due(&mut self, worker: u64) -> Vec<usize> {
        let mut items: Vec<String> = Vec::new();
        let mut due = Vec::new();
        for at in 0..self.rows.len() {
            let row = &self.rows[at];
            if row.row.state != SendState::Intended
                || row.next_try > self.now()
                || !self.is_free(row)
            {
                continue;
            }
            let (order, line, seq, item) = (row.order, row.line, row.row.seq, row.row.item.clone());
            if items.contains(&item) || self.is_under_way(&item) {
                continue;
            }
            let next_step = match self.planted {
                Planted::NextStepIgnored => NextStep::Send,
                _ => self.line(order, line).next_step(seq),
            };
            match next_step {
                NextStep::Wait => {}
                NextStep::Become(changes) => self.store(
                    order,
                    line,
                    Plan {
                        changes,
                        ..Plan::default()
                    },
                ),
                NextStep::Send => {
                    self.claim(at, worker);
                    items.push(item);
                    due.push(at);
                }
            }
        }
        due
    }

    /// A claimed row is about to be sent: only when it still is this worker's, and so is the lock.
    pub fn sends(&mut self, at: usize, worker: u64, written: &CountWrite, worst: Duration) -> bool {
        let item = self.rows[at].row.item.clone();
        if !self.is_mine(at, worker, SendState::Intended)
            || !self.has_lock(worker)
            || self.is_under_way(&item)
        {
            return false;
        }
        let now = self.now();
        let row = &mut self.rows[at];
        row.row.state = SendState::Sent;
        row.before = Some(written.before);
        row.modified = written.modified;
        row.target = Some(written.target);
        row.sent_at = Some(now);
        row.window = worst;
        row.after = None;
        row.attempts += 1;
        true
    }

    /// A write was answered.
    pub fn measured(&mut self, at: usize, modified: Option<i64>, window: Duration) {
        let row = &mut self.rows[at];
        (row.after, row.window) = (modified, window);
    }

    /// A write without answer was settled by this reading.
    pub fn settled(&mut self, at: usize, now: &ledger::CountReading, verdict: Settlement) {
        let time = self.now();
        let planted = self.planted;
        let row = &mut self.rows[at];
        if verdict == Settlement::SendAgain {
            if planted != Planted::ResentForgotten {
                row.resent_from = row.resent_from.or(row.modified);
            }
            return;
        }
        let since = time - row.sent_at.unwrap_or(time);
        match planted {
            Planted::WindowForgotten => row.after = None,
            Planted::WindowTooShort => (row.after, row.window) = (now.modified, Duration::ZERO),
            _ => {
                row.after = now.modified;
                row.window += Duration::from_secs(since.unsigned_abs());
            }
        }
    }

    /// Writes over which sales of the till may have been lost.
    pub fn writes(&self) -> Vec<Overwritten> {
        let mut writes = Vec::new();
        for row in &self.rows {
            let Ok(item) = ItemId::new(row.row.item.as_str()) else {
                continue;
            };
            let mut add = |before, after, window: Duration| {
                let window = i64::try_from(window.as_millis()).expect("short");
                let exposure = Exposure {
                    before,
                    after,
                    window,
                };
                let item = item.clone();
                writes.push(Overwritten { item, exposure });
            };
            if let Some(after) = row.after {
                add(row.modified, after, row.window);
            }
            if let Some(from) = row.resent_from {
                add(Some(from), from + 999, Duration::ZERO);
            }
        }
        writes
    }

    /// A write missed its time; seconds to wait.
    pub fn misses(&mut self, at: usize) -> i64 {
        let misses = &mut self.rows[at].misses;
        *misses += 1;
        assert!(*misses < 12, "row {at} is never sent");
        if *misses <= 4 {
            0
        } else {
            2_i64.pow(*misses - 5)
        }
    }

    /// Seconds after its sending at which a write that got no answer may be settled.
    fn quiet(row: &Row) -> i64 {
        let window = i64::try_from(row.window.as_millis().div_ceil(1_000)).expect("short");
        SETTLE_AFTER.max(window + 2)
    }

    /// A row comes to an end, or back to be sent again; whether it still was this worker's.
    pub fn becomes(
        &mut self,
        at: usize,
        worker: u64,
        from: SendState,
        to: SendState,
        reason: &str,
        wait: i64,
    ) -> bool {
        if !self.is_mine(at, worker, from) {
            return false;
        }
        self.set_state(at, to, (!reason.is_empty()).then_some(reason));
        self.rows[at].next_try = self.now() + wait;
        true
    }

    pub fn drops_claim(&mut self, at: usize, worker: u64) {
        if self.is_mine(at, worker, SendState::Intended) {
            self.rows[at].claim = None;
        }
    }

    fn settle_due(&self, row: &Row) -> bool {
        let after = if self.planted == Planted::SettledTooSoon {
            30
        } else {
            Self::quiet(row)
        };
        let sent = row.sent_at.unwrap_or(0);
        row.row.state == SendState::Sent && self.now() - sent >= after && row.next_try <= self.now()
    }

    /// Rows whose write got no answer in time. Who sent one has lost it by then.
    pub fn claim_unanswered(&mut self, worker: u64) -> Vec<usize> {
        let due: Vec<usize> = (0..self.rows.len())
            .filter(|at| self.settle_due(&self.rows[*at]))
            .collect();
        for at in &due {
            self.claim(*at, worker);
        }
        due
    }

    pub fn settles(&self, at: usize, now: &ledger::CountReading) -> Settlement {
        let row = &self.rows[at];
        let written = CountWrite {
            before: row.before.expect("stored"),
            modified: row.modified,
            target: row.target.expect("stored"),
        };
        match self.planted {
            Planted::UnknownIsConfirmed => Settlement::Confirmed,
            _ => ledger::settle(&written, now),
        }
    }

    /// Unix seconds at which something is to be done next.
    pub fn next_due(&self) -> Option<i64> {
        let due = self.rows.iter().filter_map(|row| match row.row.state {
            SendState::Intended => Some(row.next_try.max(row.claim.map_or(0, |(_, until)| until))),
            SendState::Sent => Some(
                row.next_try
                    .max(row.sent_at.unwrap_or(0) + Self::quiet(row)),
            ),
            _ => None,
        });
        due.chain(self.next_push()).min()
    }

    /// Whether a row has a reason not to be sent, as all is at rest.
    pub fn is_rightly_skipped(&self, at: usize) -> bool {
        let row = &self.rows[at];
        let sale = row
            .row
            .reverses
            .and_then(|seq| self.find(row.order, row.line, seq));
        match row.reason.as_deref() {
            Some("unlinked") => row.row.item.is_empty(),
            Some("push_off") => self.push_was_off,
            Some("untracked" | "owner") => true,
            // What was never taken, or will not be, and what gives it back cancel out.
            Some("moot" | "never_taken" | "replaced") => match sale {
                Some(sale) => matches!(
                    self.rows[sale].row.state,
                    SendState::Skipped | SendState::Dead
                ),
                None => {
                    let mine = |other: &&Row| (other.order, other.line) == (row.order, row.line);
                    let back = self.rows.iter().filter(mine).filter(|other| {
                        other.row.reverses == Some(row.row.seq)
                            && other.row.state == SendState::Skipped
                    });
                    back.map(|other| other.row.delta).sum::<i64>() == -row.row.delta
                }
            },
            _ => false,
        }
    }

    // The pull.

    /// Whether an order's units are gone from what the shop may sell: J2Commerce holds stock for a
    /// refunded order too, and for units that were given back by hand.
    fn takes(&self, order: usize) -> bool {
        let (order, sale_state) = (&self.orders[order], self.sale_state(order));
        !order.old
            && !order.deleted
            && !FREE.contains(&order.status)
            && sale_state != SaleState::Released
    }

    fn given(&self, order: usize, line: usize, item: &str) -> i64 {
        let mut units = 0;
        let rows = self
            .rows
            .iter()
            .filter(|row| (row.order, row.line) == (order, line));
        for row in rows.filter(|row| row.row.item == item) {
            match row.row.cause {
                LedgerCause::Release => units = 0,
                LedgerCause::Manual => units -= row.row.delta,
                LedgerCause::Order => {}
            }
        }
        units
    }

    /// What the ledger says of a count asked for at that time.
    pub fn committed(&self, as_of: i64) -> BTreeMap<String, i64> {
        let mut taken: HashMap<String, i64> = HashMap::new();
        for order in (0..self.orders.len()).filter(|order| self.takes(*order)) {
            for (n, line) in self.orders[order].lines.iter().enumerate() {
                let item = &self.links[line.product];
                if !item.is_empty() {
                    let units = (line.units - self.given(order, n, item)).max(0);
                    *taken.entry(item.clone()).or_default() += units;
                }
            }
        }
        let entries: Vec<LedgerEntry> = self
            .rows
            .iter()
            .filter(|row| !row.row.item.is_empty())
            .map(|row| {
                let sale = row
                    .row
                    .reverses
                    .and_then(|seq| self.find(row.order, row.line, seq));
                LedgerEntry {
                    item: row.row.item.clone(),
                    delta: row.row.delta,
                    state: row.row.state,
                    settled: row.settled_at,
                    reverses: sale.map(|at| (self.rows[at].row.state, self.rows[at].settled_at)),
                    counted: !self.orders[row.order].old,
                }
            })
            .collect();
        let as_of = if self.planted == Planted::AsOfIgnored {
            i64::MAX
        } else {
            as_of
        };
        ledger::committed(&taken, &entries, as_of)
    }

    /// The count that the shop may sell by what really happened, `held` being the rows that the
    /// count holds.
    pub fn may_sell(&self, product: usize, count: Quantity, held: impl Fn(usize) -> bool) -> i64 {
        let item = &self.links[product];
        let mut missing = 0;
        for (order, data) in self.orders.iter().enumerate() {
            for line in 0..data.lines.len() {
                let rows = || {
                    let all = self.rows.iter().enumerate();
                    all.filter(move |(_, row)| {
                        (row.order, row.line) == (order, line) && row.row.item == *item
                    })
                };
                let asked: i64 = rows().map(|(_, row)| row.row.delta).sum();
                let holds = data.lines[line].product == product && self.takes(order);
                let given = self
                    .by_hand
                    .get(&(order, line, product))
                    .copied()
                    .unwrap_or(0);
                let sold = match (data.old, holds) {
                    (true, _) => asked,
                    (false, true) => (data.lines[line].units - given).max(0),
                    (false, false) => 0,
                };
                let seen: i64 = rows()
                    .filter(|(at, row)| self.is_seen(*at, row, &held))
                    .map(|(_, row)| row.row.delta)
                    .sum();
                missing += sold - seen;
            }
        }
        (count.floor() - missing - self.reserve).max(0)
    }

    /// Whether the count holds a row, or never will.
    fn is_seen(&self, at: usize, row: &Row, held: &impl Fn(usize) -> bool) -> bool {
        let never = |row: &Row| {
            row.row.state == SendState::Skipped && row.reason.as_deref() != Some("owner")
        };
        if held(at) || row.row.state != SendState::Skipped {
            return held(at);
        }
        match row
            .row
            .reverses
            .and_then(|seq| self.find(row.order, row.line, seq))
        {
            None => never(row),
            // A return that will not be made: of a sale that the count holds, or that will not be
            // made either.
            Some(sale) => {
                held(sale)
                    || self.rows[sale].row.state == SendState::Skipped && never(&self.rows[sale])
            }
        }
    }
}
