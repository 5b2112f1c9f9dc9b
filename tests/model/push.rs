//! The order push: what the shop's database holds of it, the worker's protocol, and what must come
//! of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use clover_client::Error;
use clover_client::orders::{self, Create, Fill};
use clover_core::ids::OrderId;
use clover_core::money::Currency;
use clover_core::order::{OrderPlan, OrderReference, OrderStanding, ShopOrder, order_reference};
use serde_json::{Value, json};

use crate::run::Planted;
use crate::shop::{Order, SETTLE_AFTER, Shop};
use crate::step::Point;
use crate::truth::Broken;
use crate::worker::{Died, Process, World};

/// Clover's search lags; nothing is given up before.
const SEARCH: i64 = 120;

/// Filling reads twice and writes a few times, and each of these may wait two minutes and take half
/// a one more. While another could still be filling an order that no other may.
const LEASE: i64 = 1_800;

/// How far a push has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    Intended,
    /// The creation has left, perhaps.
    Sent,
    Known(OrderId),
    Confirmed,
    Uncertain,
    Dead,
}

/// A row of its table.
#[derive(Debug, Clone)]
pub struct Push {
    pub reference: OrderReference,
    /// As it is stored.
    plan: String,
    pub stage: Stage,
    sent_at: i64,
    next_try: i64,
    claim: Option<(u64, i64)>,
}

/// The order as the shop's rows hold it: each piece costs 3.33, and every other order has a coupon.
fn plan_of(number: usize, order: &Order) -> OrderPlan {
    let units: i64 = order.lines.iter().map(|line| line.units).sum();
    let coupon = if number % 2 == 1 && units > 0 { 50 } else { 0 };
    let total = units * 333 + 100 - coupon;
    let lines: Vec<Value> = order
        .lines
        .iter()
        .filter(|line| line.units > 0)
        .map(|line| {
            json!({
                "name": format!("Product {}", line.product),
                "sku": "",
                "quantity": line.units.to_string(),
                "unit_price": "3.33",
            })
        })
        .collect();
    let shop_order = json!({
        "number": number.to_string(),
        "order_id": number.to_string(),
        "currency": "USD",
        "lines": lines,
        "charges": [{"name": "Shipping", "amount": "1.00"}],
        "discounts": [{"name": "Coupon", "amount": format!("0.{coupon:02}")}],
        "total": format!("{}.{:02}", total / 100, total % 100),
    });
    let shop_order = ShopOrder::parse(&shop_order).expect("an order");
    let currency = Currency::from_code("USD").expect("a currency");
    let plan = shop_order.plan(currency, OrderStanding::Paid);
    plan.expect("it adds up")
}

impl Shop {
    /// A paid order is to be pushed, once, as it is now.
    pub fn wants_push(&mut self, order: usize) {
        if self.pushes.contains_key(&order) {
            return;
        }
        let number = u64::try_from(order).expect("few") + 1;
        let push = Push {
            reference: order_reference("K3Z9Q", number).expect("a reference"),
            plan: plan_of(order, &self.orders[order]).to_json(),
            stage: Stage::Intended,
            sent_at: 0,
            next_try: 0,
            claim: None,
        };
        self.pushes.insert(order, push);
    }

    fn due_push(&self, me: u64) -> Option<usize> {
        let now = self.now();
        let is_free = |push: &Push| {
            push.claim
                .is_none_or(|(holder, until)| holder == me || until <= now)
        };
        let is_due = |push: &Push| {
            push.next_try <= now
                && is_free(push)
                && match push.stage {
                    Stage::Intended | Stage::Known(_) => true,
                    Stage::Sent => now - push.sent_at >= SETTLE_AFTER,
                    Stage::Confirmed | Stage::Uncertain | Stage::Dead => false,
                }
        };
        self.pushes
            .iter()
            .find(|(_, push)| is_due(push))
            .map(|(order, _)| *order)
    }

    /// Takes a push that is due; what the worker needs of it.
    fn claim_push(&mut self, me: u64) -> Option<(usize, Push)> {
        let order = self.due_push(me)?;
        let lease = match self.planted {
            Planted::FilledByTwo => 60,
            _ => LEASE,
        };
        let until = self.now() + lease;
        let push = self.pushes.get_mut(&order)?;
        push.claim = Some((me, until));
        Some((order, push.clone()))
    }

    /// Moves a push on, when it still is this worker's and where he left it.
    fn push_becomes(&mut self, order: usize, me: u64, from: &Stage, to: Stage, wait: i64) -> bool {
        let now = self.now();
        let push = self.pushes.get_mut(&order).expect("a push");
        if push.stage != *from || push.claim.is_none_or(|(holder, _)| holder != me) {
            return false;
        }
        if to == Stage::Sent && push.stage != Stage::Sent {
            push.sent_at = now;
        }
        // A creation under way stays with the one who waits for it.
        if !(to == Stage::Sent && *from == Stage::Intended) {
            push.claim = None;
        }
        push.stage = to;
        push.next_try = now + wait;
        true
    }

    /// When a push is to be looked at again.
    pub fn next_push(&self) -> Option<i64> {
        let due = self.pushes.values().filter_map(|push| {
            let free = push.next_try.max(push.claim.map_or(0, |(_, until)| until));
            match push.stage {
                Stage::Intended | Stage::Known(_) => Some(free),
                Stage::Sent => Some(free.max(push.sent_at + SETTLE_AFTER)),
                Stage::Confirmed | Stage::Uncertain | Stage::Dead => None,
            }
        });
        due.min()
    }

    /// Every order is in Clover at most once, and a confirmed one exactly once, to the minor unit.
    pub fn pushes_hold(&self, state: &Value) -> Result<(), Broken> {
        let mut found: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for order in state["orders"].as_array().into_iter().flatten() {
            if let Some(reference) = order["externalReferenceId"].as_str() {
                found.entry(reference).or_default().push(order);
            }
        }
        for (order, push) in &self.pushes {
            let there = found.remove(push.reference.as_str()).unwrap_or_default();
            let wrong =
                |what: String| Err(Broken(format!("order {order}, {:?}: {what}", push.stage)));
            if there.len() > 1 {
                return wrong(format!("it is in Clover {} times", there.len()));
            }
            if push.stage != Stage::Confirmed {
                continue;
            }
            let Some(shown) = there.first() else {
                return wrong("it is not in Clover".into());
            };
            let sum = |list: &str, field: &str| -> i64 {
                let elements = shown[list]["elements"].as_array();
                elements
                    .into_iter()
                    .flatten()
                    .filter_map(|one| one[field].as_i64())
                    .sum()
            };
            let total = OrderPlan::from_json(push.plan.as_bytes())
                .expect("stored")
                .total()
                .0;
            let (parts, stored) = (
                sum("lineItems", "price") + sum("discounts", "amount"),
                &shown["total"],
            );
            if parts != total || stored.as_i64() != Some(total) {
                return wrong(format!(
                    "its parts are {parts}, its total {stored}, the shop's {total}"
                ));
            }
        }
        match found.keys().next() {
            Some(stranger) => Err(Broken(format!(
                "{stranger} is in Clover, and the shop has no such order"
            ))),
            None => Ok(()),
        }
    }
}

impl World {
    /// Pushes what is due.
    pub async fn push(
        &self,
        me: &Process,
        at: impl Fn(Point) -> Result<(), Died>,
    ) -> Result<(), Died> {
        loop {
            self.database().await;
            let Some((order, push)) = self.with(|shop| shop.claim_push(me.id)) else {
                return Ok(());
            };
            match &push.stage {
                Stage::Intended => self.creates(me, order, &push, &at).await?,
                Stage::Sent => self.finds(me, order, &push).await,
                Stage::Known(id) => self.fills(me, order, &push, id, &at).await?,
                Stage::Confirmed | Stage::Uncertain | Stage::Dead => return Ok(()),
            }
        }
    }

    fn moves(&self, me: &Process, order: usize, from: &Stage, to: Stage, wait: i64) -> bool {
        self.with(|shop| shop.push_becomes(order, me.id, from, to, wait))
    }

    /// A call that changed nothing.
    fn fails_push(&self, me: &Process, order: usize, from: &Stage, back: Stage, error: &Error) {
        let to = match error {
            Error::Rejected { .. } | Error::NotFound { .. } | Error::Configuration(_) => {
                Stage::Dead
            }
            _ => back,
        };
        if matches!(error, Error::Unauthorized { .. }) {
            self.refused();
        }
        self.moves(me, order, from, to, 60);
    }

    async fn creates(
        &self,
        me: &Process,
        order: usize,
        push: &Push,
        at: &impl Fn(Point) -> Result<(), Died>,
    ) -> Result<(), Died> {
        if !self.moves(me, order, &Stage::Intended, Stage::Sent, 0) {
            return Ok(());
        }
        at(Point::Pushing)?;
        let plan = Arc::new(OrderPlan::from_json(push.plan.as_bytes()).expect("stored"));
        let reference = push.reference.clone();
        let (api, access) = (me.api.clone(), me.access.clone());
        let created = orders::create(api, access, plan, reference, None).await;
        at(Point::Pushed)?;
        self.database().await;
        match created {
            Ok(Create::Done(id) | Create::WithoutType { order: id, .. }) => {
                self.moves(me, order, &Stage::Sent, Stage::Known(id), 0);
            }
            Ok(Create::Unknown) => {}
            Err(error) => self.fails_push(me, order, &Stage::Sent, Stage::Intended, &error),
        }
        let again = self.shop.borrow().planted == Planted::CreatedAgain;
        if again {
            self.moves(me, order, &Stage::Sent, Stage::Intended, 60);
        } else {
            // Still sent: whoever looks next looks for it.
            self.moves(me, order, &Stage::Sent, Stage::Sent, 0);
        }
        Ok(())
    }

    async fn finds(&self, me: &Process, order: usize, push: &Push) {
        let reference = push.reference.clone();
        let found = orders::find(me.api.clone(), me.access.clone(), reference).await;
        self.database().await;
        let found = match found {
            Ok(found) => found,
            Err(error) => return self.fails_push(me, order, &Stage::Sent, Stage::Sent, &error),
        };
        let is_over = self.shop.borrow().now() >= push.sent_at + SETTLE_AFTER + SEARCH;
        let (to, wait) = match (found.as_slice(), is_over) {
            ([id], _) => (Stage::Known(id.clone()), 0),
            ([], false) => (Stage::Sent, 30),
            _ => (Stage::Uncertain, 0),
        };
        self.moves(me, order, &Stage::Sent, to, wait);
    }

    async fn fills(
        &self,
        me: &Process,
        order: usize,
        push: &Push,
        id: &OrderId,
        at: &impl Fn(Point) -> Result<(), Died>,
    ) -> Result<(), Died> {
        let plan = Arc::new(OrderPlan::from_json(push.plan.as_bytes()).expect("stored"));
        let filled = orders::fill(me.api.clone(), me.access.clone(), plan, id.clone()).await;
        at(Point::Filled)?;
        self.database().await;
        match filled {
            Ok(Fill::Done) => {
                if self.moves(me, order, &push.stage, Stage::Confirmed, 0) {
                    self.net.truth().totals.orders_pushed += 1;
                }
            }
            Ok(Fill::Unknown) => {
                self.moves(me, order, &push.stage, push.stage.clone(), SETTLE_AFTER);
            }
            Ok(Fill::Differs { message }) => {
                // Only the shop touches these orders.
                self.net
                    .truth()
                    .broken
                    .get_or_insert(Broken(format!("order {order}: {message}")));
            }
            Ok(Fill::Missing) => {
                self.moves(me, order, &push.stage, Stage::Uncertain, 0);
            }
            Err(error) => self.fails_push(me, order, &push.stage, push.stage.clone(), &error),
        }
        Ok(())
    }
}
