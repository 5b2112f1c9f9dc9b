//! The protocol of the shop's worker and of its pull, over the real client. A worker may die at any
//! of its awaits; each call of the shop in between is one transaction.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use clover_client::stock::{Set, Timed, Wanted, Wrote};
use clover_client::{Access, AccessToken, Api, Error, Hosts, Policy, RateLimit, RateLimiter};
use clover_core::ids::{ItemId, MerchantId};
use clover_core::ledger::{CountWrite, SendState, Settlement};
use clover_core::quantity::Quantity;
use clover_core::wire::ItemCount;
use tokio::time::{Instant, sleep};

use crate::run::Planted;
use crate::shop::Shop;
use crate::step::Point;
use crate::truth::{Aim, End, Seen};
use crate::wire::{Line, Net};

/// Batches that one run sends at most.
const BATCHES: usize = 8;

/// A page that was read and is not applied yet.
#[derive(Debug, Clone)]
pub struct Page {
    pub as_of: i64,
    pub counts: Vec<(usize, Option<Quantity>)>,
    pub seen: Seen,
}

/// What all processes of the shop share.
#[derive(Clone)]
pub struct World {
    pub net: Arc<Net>,
    pub shop: Rc<RefCell<Shop>>,
    pub pages: Rc<RefCell<Vec<Page>>>,
    pub token: Rc<RefCell<Option<(String, Instant)>>>,
    pub share: RateLimit,
}

/// One process.
pub struct Process {
    pub id: u64,
    pub api: Api,
    pub access: Access,
}

/// It died, or was as good as dead.
#[derive(Debug)]
pub struct Died;

fn quantity(thousandths: i64) -> Quantity {
    Quantity::from_thousandths(thousandths)
}

pub fn thousandths(quantity: Quantity) -> i64 {
    // Panic: cannot fire, counts of a few units.
    let (digits, places) = match quantity.to_string().split_once('.') {
        Some((whole, part)) => (format!("{whole}{part}"), part.len()),
        None => (quantity.to_string(), 0),
    };
    digits.parse::<i64>().expect("digits") * 10_i64.pow(3 - u32::try_from(places).expect("few"))
}

impl World {
    pub fn process(&self, id: u64) -> Process {
        let mut token = self.token.borrow_mut();
        if token
            .as_ref()
            .is_none_or(|(_, made)| made.elapsed() > Duration::from_secs(900))
        {
            *token = Some((self.net.clover.access_token(), Instant::now()));
        }
        let secret = token
            .as_ref()
            .map(|(token, _)| token.clone())
            .unwrap_or_default();
        let line = Line {
            net: Arc::clone(&self.net),
            process: id,
        };
        let hosts = Hosts::overridden("http://127.0.0.1:1").expect("a loopback address");
        let whims = Arc::clone(&self.net);
        let policy = Policy {
            #[allow(clippy::cast_precision_loss)] // Below a thousand.
            jitter: Arc::new(move || whims.whim(1_000) as f64 / 1_000.0),
            ..Policy::default()
        };
        Process {
            id,
            api: Api::with_transport(Arc::new(line), hosts, RateLimiter::new(self.share), policy),
            access: Access {
                merchant: MerchantId::new(self.net.merchant.as_str()).expect("an id"),
                token: AccessToken::new(secret),
            },
        }
    }

    /// The database takes a moment.
    pub async fn database(&self) {
        sleep(Duration::from_millis(1 + self.net.whim(3))).await;
    }

    /// A 401 costs the token; the next process gets another.
    pub fn refused(&self) {
        self.token.borrow_mut().take();
    }

    pub fn with<T>(&self, change: impl FnOnce(&mut Shop) -> T) -> T {
        change(&mut self.shop.borrow_mut())
    }

    /// One run of a worker: plans, settles and sends until nothing is due.
    pub async fn work(&self, me: &Process, dies: Option<Point>) -> Result<(), Died> {
        let at = |point: Point| {
            if dies == Some(point) {
                Err(Died)
            } else {
                Ok(())
            }
        };
        while let Some(order) = self.with(|shop| shop.next_pending()) {
            self.database().await;
            self.with(|shop| shop.plan(order));
        }
        at(Point::Planned)?;
        self.stock(me, at).await?;
        self.push(me, at).await
    }

    /// Settles and sends counts under the lock.
    async fn stock(
        &self,
        me: &Process,
        at: impl Fn(Point) -> Result<(), Died> + Copy,
    ) -> Result<(), Died> {
        for _ in 0..BATCHES {
            self.database().await;
            if !self.with(|shop| shop.lock(me.id)) {
                return Ok(());
            }
            self.settle(me, at).await?;
            self.database().await;
            if !self.with(|shop| shop.lock(me.id)) {
                return Ok(());
            }
            let due = self.with(|shop| shop.claim_due(me.id));
            if due.is_empty() {
                break;
            }
            at(Point::Claimed)?;
            self.send(me, &due, at).await?;
        }
        self.with(|shop| shop.unlock(me.id));
        Ok(())
    }

    fn items(&self, rows: &[usize]) -> Vec<ItemId> {
        let shop = self.shop.borrow();
        let id = |at: &usize| ItemId::new(shop.rows[*at].row.item.as_str()).expect("an id");
        rows.iter().map(id).collect()
    }

    /// What an error that changed nothing makes of a row.
    fn fails(&self, me: &Process, row: usize, from: SendState, error: &Error) -> bool {
        let (to, reason, wait) = match error {
            Error::NotFound { .. } => (SendState::Dead, "gone", 0),
            Error::Unauthorized { .. } => {
                self.refused();
                (SendState::Intended, "", 60)
            }
            Error::Throttled { wait, .. } => (
                SendState::Intended,
                "",
                i64::try_from(wait.as_secs()).unwrap_or(60) + 1,
            ),
            Error::Unreachable { .. }
            | Error::Unanswered { .. }
            | Error::Intercepted { .. }
            | Error::Insecure { .. }
            | Error::Undecided { .. }
            | Error::Interrupted => (SendState::Intended, "", 60),
            Error::Rejected { .. }
            | Error::BadAnswer { .. }
            | Error::CountTooLarge { .. }
            | Error::Configuration(_) => (SendState::Dead, "refused", 0),
        };
        self.with(|shop| shop.becomes(row, me.id, from, to, reason, wait))
    }

    async fn settle(
        &self,
        me: &Process,
        at: impl Fn(Point) -> Result<(), Died>,
    ) -> Result<(), Died> {
        let rows = self.with(|shop| shop.claim_unanswered(me.id));
        if rows.is_empty() {
            return Ok(());
        }
        let outcome = me
            .api
            .read_counts_again(&me.access, self.items(&rows))
            .await;
        at(Point::Settling)?;
        self.database().await;
        let readings = match outcome {
            Ok(readings) => readings,
            Err(error) => {
                if matches!(error, Error::Unauthorized { .. }) {
                    self.refused();
                }
                rows.iter().for_each(|row| self.later(me, *row));
                return Ok(());
            }
        };
        for (row, reading) in rows.into_iter().zip(readings) {
            let now = match reading {
                Ok(now) => now,
                Err(Error::NotFound { .. } | Error::Rejected { .. }) => {
                    // Whether it was carried out before the item was deleted is not known.
                    self.ends(me, row, SendState::Uncertain, "gone", End::Gone);
                    continue;
                }
                Err(_) => {
                    self.later(me, row);
                    continue;
                }
            };
            let verdict = self.shop.borrow().settles(row, &now);
            let ours = match verdict {
                Settlement::Confirmed => {
                    self.ends(me, row, SendState::Confirmed, "", End::FoundDone)
                }
                Settlement::SendAgain => {
                    self.ends(me, row, SendState::Intended, "", End::FoundUndone)
                }
                Settlement::Uncertain => {
                    self.ends(me, row, SendState::Uncertain, "changed", End::Unclear)
                }
            };
            if ours {
                self.with(|shop| shop.settled(row, &now, verdict));
            }
        }
        Ok(())
    }

    fn later(&self, me: &Process, row: usize) {
        self.with(|shop| {
            if shop.is_mine(row, me.id, SendState::Sent) {
                shop.rows[row].next_try = shop.now() + 30;
            }
        });
    }

    fn ends(&self, me: &Process, row: usize, to: SendState, reason: &str, end: End) -> bool {
        let ours = self.with(|shop| shop.becomes(row, me.id, SendState::Sent, to, reason, 0));
        if ours {
            self.net.truth().ends(me.id, row, end);
        }
        ours
    }

    async fn send(
        &self,
        me: &Process,
        due: &[usize],
        at: impl Fn(Point) -> Result<(), Died>,
    ) -> Result<(), Died> {
        let wanted = {
            let shop = self.shop.borrow();
            let misses = due.iter().map(|row| shop.rows[*row].misses);
            let items = self.items(due).into_iter().zip(misses);
            items
                .map(|(item, misses)| Wanted { item, misses })
                .collect()
        };
        let read = me.api.read_counts(&me.access, wanted).await;
        at(Point::Counted)?;
        self.database().await;
        let read = match read {
            Ok(read) => read,
            Err(error) => {
                for row in due {
                    self.fails(me, *row, SendState::Intended, &error);
                }
                return Ok(());
            }
        };
        let mut ready = Vec::new();
        for (n, row) in due.iter().enumerate() {
            match read.get(n) {
                // No room for it in this second.
                None => self.with(|shop| shop.drops_claim(*row, me.id)),
                Some(Err(error)) => {
                    self.fails(me, *row, SendState::Intended, error);
                }
                Some(Ok(timed)) => ready.extend(self.stores(me, *row, timed)),
            }
        }
        at(Point::Stored)?;
        let sets = ready.iter().map(|(_, set)| set.clone()).collect();
        let wrote = me.api.write_counts(&me.access, sets).await;
        at(Point::Wrote)?;
        self.database().await;
        let is_late = self.shop.borrow().planted == Planted::WrittenBeforeStored;
        if is_late {
            self.stores_late(me, &ready);
        }
        let Ok(wrote) = wrote else {
            return Ok(());
        };
        for ((row, _), outcome) in ready.into_iter().zip(wrote) {
            self.notes(me, row, outcome);
        }
        Ok(())
    }

    /// Stores what is about to be written.
    fn stores(&self, me: &Process, row: usize, timed: &Timed) -> Option<(usize, Set)> {
        let Some(before) = timed.reading.count else {
            self.with(|shop| {
                shop.becomes(
                    row,
                    me.id,
                    SendState::Intended,
                    SendState::Skipped,
                    "untracked",
                    0,
                )
            });
            return None;
        };
        let (item, delta) = {
            let shop = self.shop.borrow();
            (shop.rows[row].row.item.clone(), shop.rows[row].row.delta)
        };
        let target = before.less(delta).expect("a count of a few units");
        let written = CountWrite {
            before,
            modified: timed.reading.modified,
            target,
        };
        let is_late = self.shop.borrow().planted == Planted::WrittenBeforeStored;
        if !is_late && !self.with(|shop| shop.sends(row, me.id, &written, timed.worst)) {
            return None;
        }
        let number = self.shop.borrow().item_of(&item).expect("a linked item");
        self.net.truth().aims(Aim {
            process: me.id,
            row,
            item: number,
            delta,
            before: thousandths(before),
            asked: timed.asked,
            latest: timed.latest,
            worst: timed.worst,
        });
        let item = ItemId::new(item).expect("an id");
        Some((
            row,
            Set {
                item,
                target,
                threshold: timed.threshold,
                asked: timed.asked,
                latest: timed.latest,
            },
        ))
    }

    /// The planted fault: only now.
    fn stores_late(&self, me: &Process, ready: &[(usize, Set)]) {
        for (row, set) in ready {
            let delta = self.shop.borrow().rows[*row].row.delta;
            let written = CountWrite {
                before: quantity(thousandths(set.target) + delta * 1000),
                modified: None,
                target: set.target,
            };
            self.with(|shop| shop.sends(*row, me.id, &written, Duration::ZERO));
        }
    }

    /// Stores how a write ended.
    fn notes(&self, me: &Process, row: usize, outcome: Result<Wrote, Error>) {
        match outcome {
            Ok(Wrote::Unknown(_)) => {}
            Ok(Wrote::Late) => {
                if self.ends(me, row, SendState::Intended, "", End::NotDone) {
                    self.with(|shop| shop.rows[row].next_try = shop.now() + shop.misses(row));
                }
            }
            Ok(Wrote::NotSent(wait)) => {
                let wait = i64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(60);
                self.ends(me, row, SendState::Intended, "", End::NotDone);
                self.with(|shop| shop.rows[row].next_try = shop.now() + wait);
            }
            Err(error) => {
                if self.fails(me, row, SendState::Sent, &error) {
                    self.net.truth().ends(me.id, row, End::NotDone);
                }
            }
            Ok(Wrote::Done { modified, window }) => {
                if !self.with(|shop| {
                    shop.becomes(row, me.id, SendState::Sent, SendState::Confirmed, "", 0)
                }) {
                    return;
                }
                self.with(|shop| shop.measured(row, modified, window));
                let mut truth = self.net.truth();
                truth.totals.longest_measured_window =
                    truth.totals.longest_measured_window.max(window);
                truth.ends(me.id, row, End::Answered);
            }
        }
    }

    /// Reads all counts, to be applied later.
    pub async fn read(&self, me: &Process) {
        let as_of = self.shop.borrow().now();
        let page = match me.api.counts_page(&me.access, None).await {
            Ok(Some(page)) => page,
            Ok(None) => return,
            Err(error) => {
                if matches!(error, Error::Unauthorized { .. }) {
                    self.refused();
                }
                return;
            }
        };
        let listing = page.listing::<ItemCount>().expect("a page of items");
        let shop = self.shop.borrow();
        let counts = listing.elements.into_iter().filter_map(|item| {
            let product = shop.item_of(item.id.as_str())?;
            let count = item.item_stock.quantity.and_then(Quantity::from_clover);
            Some((product, count))
        });
        let page = Page {
            as_of,
            counts: counts.collect(),
            seen: self.net.truth().seen(me.id),
        };
        self.pages.borrow_mut().push(page);
    }

    /// Applies the page that was read first, in one transaction.
    pub fn apply(&self) -> Option<Page> {
        let page = {
            let mut pages = self.pages.borrow_mut();
            (!pages.is_empty()).then(|| pages.remove(0))?
        };
        let mut shop = self.shop.borrow_mut();
        let committed = shop.committed(page.as_of);
        let kept = match shop.planted {
            Planted::ReserveForgotten => 0,
            _ => shop.reserve,
        };
        for (product, count) in &page.counts {
            if let Some(count) = count {
                let units = committed.get(&shop.links[*product]).copied().unwrap_or(0);
                shop.local[*product] = count.sellable(units, kept);
            }
        }
        Some(page)
    }
}
