//! Pushing a web order: create, find again, fill, pay. Each step reads before it writes, so that it
//! can be repeated after any ending; none of them waits out an unknown ending by itself.
//!
//! The order of the steps is the caller's, and so is one promise: no write of ours for this order
//! is still on its way when a step begins. After [`Create::Unknown`], [`Fill::Unknown`] and
//! [`Pay::Unknown`] that is so once the request's own timeout has passed. Each step also has a time
//! after which it begins no write any more, so that a caller that lost sight of it knows when
//! nothing can come of it: [`CREATING`], [`FILLING`] or [`PAYING`], and one write's timeout.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clover_core::ids::{OrderId, TenderId};
use clover_core::order::{OrderPlan, OrderReference, PlannedDiscount, PlannedLine};
use clover_core::wire;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::error::Error;
use crate::http::{Access, Answer, Api, Write};
use crate::paging::PAGE_LIMIT;

/// From its beginning on, [`create`] begins no write after this.
pub const CREATING: Duration = Duration::from_secs(30);
/// From its beginning on, [`fill`] begins no write after this.
pub const FILLING: Duration = Duration::from_secs(180);
/// From its beginning on, [`pay`] begins no write after this.
pub const PAYING: Duration = Duration::from_secs(60);

/// Line items that Clover takes at once: all of them, or none.
const CHUNK: usize = 100;
/// More than one order with one reference is a fault already; more than a few need not be told
/// apart.
const FOUND_AT_MOST: &str = "10";
/// The tender for money that was taken elsewhere.
const EXTERNAL_PAYMENT: &str = "com.clover.tender.external_payment";

/// What reading the tenders needs, as the owner finds it on the Clover Developer Dashboard.
pub const MERCHANT_READ: &str = "Merchant Read";
/// What recording a payment needs.
pub const PAYMENTS_WRITE: &str = "Payments Write";

/// How creating an order ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Create {
    /// It is there, and empty.
    Done(OrderId),
    /// It may be there: [`find`] it before creating another. Clover's search lags behind.
    Unknown,
}

/// How bringing an order to its plan ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fill {
    /// Lines, discounts and total in Clover are those of the plan.
    Done,
    /// Somebody else changed the order: it is no part of the plan, and nothing more was written.
    Differs {
        /// What was found and what was expected, in numbers.
        message: String,
    },
    /// A write was not answered, or is not to be seen yet, or the time was over: fill again later.
    Unknown,
    /// Clover does not have the order.
    Missing,
}

/// How recording the payment ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pay {
    /// The order shows our payment.
    Recorded,
    /// The order shows that it is paid, though not by whom. Clover would take a second payment
    /// without complaint.
    AlreadyPaid,
    /// The app may not do this; the order stays unpaid in Clover.
    NotGranted {
        /// [`MERCHANT_READ`] or [`PAYMENTS_WRITE`].
        permission: &'static str,
    },
    /// The merchant takes no external payments.
    NoTender,
    /// The order costs nothing.
    NothingToPay,
    /// It may be recorded, or the time was over: pay again later, which looks first.
    Unknown,
}

/// Creates the order without its lines.
///
/// # Errors
/// When the order was certainly not created. Clover's words are free of what the plan calls
/// private.
pub async fn create(
    api: Api,
    access: Access,
    plan: Arc<OrderPlan>,
    reference: OrderReference,
) -> Result<Create, Error> {
    #[derive(Deserialize)]
    struct Created {
        id: OrderId,
    }
    let body = json!({
        "state": "open",
        "currency": plan.currency().code(),
        "title": plan.title(),
        "note": plan.note(),
        "externalReferenceId": reference,
        // The tax is a line of its own: Clover must add none to what was paid.
        "taxRemoved": true,
        "groupLineItems": true,
        "total": plan.total(),
    });
    let api = in_time(&api, CREATING);
    let answer = post(&api, &access, "orders", &body).await;
    match answer.and_then(|answer| answer.json::<Created>()) {
        Ok(created) => Ok(Create::Done(created.id)),
        Err(error) if error.leaves_write_unknown() => Ok(Create::Unknown),
        Err(error) => Err(discreet(error, &plan)),
    }
}

/// All orders that carry the reference and are not deleted; after a creation not yet the new one,
/// for a while.
///
/// # Errors
/// As [`Api::get`], and [`Error::BadAnswer`].
pub async fn find(
    api: Api,
    access: Access,
    reference: OrderReference,
) -> Result<Vec<OrderId>, Error> {
    let filter = format!("externalReferenceId={reference}");
    let query = [("filter", filter.as_str()), ("limit", FOUND_AT_MOST)];
    let found: List<wire::OrderHead> = api.get_json(&access, "orders", &query).await?;
    // A server that did not filter must not have us fill a stranger's order.
    let ours = |order: &wire::OrderHead| {
        let carried = order.external_reference_id.as_deref();
        carried.is_none_or(|carried| carried == reference.as_str()) && !order.is_deleted()
    };
    let orders = found.elements.into_iter().filter(ours);
    Ok(orders.map(|order| order.id).collect())
}

/// Brings the order to its plan: reads what is there, writes what is missing, reads again. What is
/// there must be the plan's beginning, which count and sum decide, since Clover may store other
/// texts than it was sent.
///
/// # Errors
/// When nothing was left half known: reads that failed, refusals, waits that would take too long.
/// Fill again.
pub async fn fill(
    api: Api,
    access: Access,
    plan: Arc<OrderPlan>,
    order: OrderId,
) -> Result<Fill, Error> {
    let filling = Filling {
        began: Instant::now(),
        api,
        access,
        plan,
        path: format!("orders/{order}"),
    };
    match filling.run().await {
        Ok(()) => Ok(Fill::Done),
        Err(Halt::Differs(message)) => Ok(Fill::Differs { message }),
        Err(Halt::Unknown) => Ok(Fill::Unknown),
        Err(Halt::Missing) => Ok(Fill::Missing),
        Err(Halt::Failed(error)) => Err(discreet(error, &filling.plan)),
    }
}

/// Records the payment that the shop received, where that is allowed and nobody has recorded any.
///
/// # Errors
/// When no payment was recorded; [`Error::NotFound`] when the order is gone.
pub async fn pay(
    api: Api,
    access: Access,
    plan: Arc<OrderPlan>,
    order: OrderId,
    reference: OrderReference,
) -> Result<Pay, Error> {
    let began = Instant::now();
    if plan.total().0 == 0 {
        return Ok(Pay::NothingToPay);
    }
    let path = format!("orders/{order}");
    // Also proves the token, so that a refusal below is about a permission and costs no refresh.
    let shown = order_with_payments(&api, &access, &path).await?;
    let ours = |payment: &wire::Payment| {
        payment.external_payment_id.as_deref() == Some(reference.as_str())
    };
    if shown.payments.0.iter().any(ours) {
        return Ok(Pay::Recorded);
    }
    if shown.is_paid_at_all() {
        return Ok(Pay::AlreadyPaid);
    }
    let tender = match external_payment(&api, &access).await {
        Ok(Some(tender)) => tender,
        Ok(None) => return Ok(Pay::NoTender),
        Err(Error::Unauthorized { .. }) => {
            return Ok(Pay::NotGranted {
                permission: MERCHANT_READ,
            });
        }
        Err(error) => return Err(error),
    };
    let body = json!({
        "tender": {"id": tender},
        "amount": plan.total(),
        "taxAmount": 0,
        "tipAmount": 0,
        "externalPaymentId": reference,
        "offline": false,
    });
    let left = PAYING.saturating_sub(began.elapsed());
    if left.is_zero() {
        return Ok(Pay::Unknown);
    }
    let api = in_time(&api, left);
    match write(&api, &access, &format!("{path}/payments"), &body).await {
        Ok(()) => Ok(Pay::Recorded),
        Err(error) if error.leaves_write_unknown() => Ok(Pay::Unknown),
        Err(Error::Unauthorized { .. }) => Ok(Pay::NotGranted {
            permission: PAYMENTS_WRITE,
        }),
        Err(error) => Err(discreet(error, &plan)),
    }
}

/// An order, with its payments where it has any. `expand=payments` would need Payments Read; the
/// list of an order's payments needs Orders Read alone, and where Clover refuses that as well, the
/// payment state is still there.
async fn order_with_payments(
    api: &Api,
    access: &Access,
    path: &str,
) -> Result<wire::OrderHead, Error> {
    let mut order: wire::OrderHead = api.get_json(access, path, &[]).await?;
    if order.is_paid_at_all() || order.payment_state.is_none() {
        let path = format!("{path}/payments");
        let payments: Result<List<wire::Payment>, Error> = api.get_json(access, &path, &[]).await;
        match payments {
            Ok(list) => order.payments = wire::Elements(list.elements),
            Err(Error::Unauthorized { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(order)
}

async fn external_payment(api: &Api, access: &Access) -> Result<Option<TenderId>, Error> {
    let limit = PAGE_LIMIT.to_string();
    let tenders: List<wire::Tender> = api
        .get_json(access, "tenders", &[("limit", &limit)])
        .await?;
    let usable = |tender: &wire::Tender| {
        tender.enabled && tender.label_key.as_deref() == Some(EXTERNAL_PAYMENT)
    };
    Ok(tenders.elements.into_iter().find(usable).map(|t| t.id))
}

#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct List<T> {
    elements: Vec<T>,
}

/// The same, with this long until a write must have begun; once begun it has all the time of a
/// write.
fn in_time(api: &Api, left: Duration) -> Api {
    let mut policy = api.policy().clone();
    policy.elapsed = policy.elapsed.min(left);
    api.with_policy(policy)
}

async fn post(api: &Api, access: &Access, path: &str, body: &Value) -> Result<Answer, Error> {
    let body = Some(Bytes::from(body.to_string()));
    api.send_write(access, Write::Post, path, &[], body).await
}

/// A write whose answer tells nothing but that it is Clover's.
async fn write(api: &Api, access: &Access, path: &str, body: &Value) -> Result<(), Error> {
    let answer = post(api, access, path, body).await?;
    answer.json::<IgnoredAny>().map(drop)
}

/// Shorter values are too likely to be a part of something else.
const PRIVATE_FROM: usize = 3;

/// The error, should Clover's words repeat the customer's.
fn discreet(mut error: Error, plan: &OrderPlan) -> Error {
    if let Error::Unauthorized { said, .. }
    | Error::NotFound { said, .. }
    | Error::Rejected { said, .. } = &mut error
    {
        for private in plan.private().filter(|text| text.len() >= PRIVATE_FROM) {
            *said = said.replace(private, "[redacted]");
        }
    }
    error
}

/// Why filling ended before its end.
#[derive(Debug)]
enum Halt {
    Differs(String),
    Unknown,
    Missing,
    Failed(Error),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound { .. } => Self::Missing,
            error => Self::Failed(error),
        }
    }
}

/// A count and a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tally {
    count: usize,
    sum: i128,
}

impl Tally {
    fn of(amounts: impl Iterator<Item = i64>) -> Self {
        amounts.fold(Self { count: 0, sum: 0 }, |tally, amount| Self {
            count: tally.count + 1,
            sum: tally.sum + i128::from(amount),
        })
    }
}

/// What Clover shows of the order.
#[derive(Debug)]
struct Seen {
    order: wire::OrderHead,
    lines: Tally,
    discounts: Tally,
}

/// What Clover does not have yet.
#[derive(Debug, PartialEq, Eq)]
struct Missing<'a> {
    lines: &'a [PlannedLine],
    discounts: &'a [PlannedDiscount],
    head: bool,
}

impl Missing<'_> {
    fn is_nothing(&self) -> bool {
        self.lines.is_empty() && self.discounts.is_empty() && !self.head
    }
}

/// What of the plan is missing. An order that holds anything else is somebody else's business.
fn missing<'a>(plan: &'a OrderPlan, seen: &Seen) -> Result<Missing<'a>, Halt> {
    let (pieces, discounts) = (plan.pieces(), plan.discounts());
    let order = &seen.order;
    if let Some(currency) = order.currency.as_deref()
        && !currency.eq_ignore_ascii_case(plan.currency().code())
    {
        return Err(Halt::Differs(
            "the order in Clover has another currency".to_owned(),
        ));
    }
    let whole = seen.lines.count == pieces.len();
    let lines = prefix(
        pieces,
        |piece| piece.price.0,
        seen.lines,
        whole || seen.lines.count.is_multiple_of(CHUNK),
        "line items",
    )?;
    let discounts = prefix(
        discounts,
        |discount| discount.amount.0,
        seen.discounts,
        true,
        "discounts",
    )?;
    let hidden = order.state.as_deref().unwrap_or_default().is_empty();
    let missing = Missing {
        lines,
        discounts,
        head: hidden || order.total != Some(plan.total().0),
    };
    // An order without a total may count as paid from the start.
    if !missing.is_nothing() && plan.total().0 > 0 && order.is_paid_at_all() {
        return Err(Halt::Differs(
            "the order was paid in Clover before it was complete, or changed after that".to_owned(),
        ));
    }
    Ok(missing)
}

fn prefix<'a, T>(
    planned: &'a [T],
    amount: impl Fn(&T) -> i64,
    seen: Tally,
    at_a_border: bool,
    what: &str,
) -> Result<&'a [T], Halt> {
    let split = planned
        .split_at_checked(seen.count)
        .filter(|(begun, _)| at_a_border && Tally::of(begun.iter().map(&amount)).sum == seen.sum);
    split.map(|(_, rest)| rest).ok_or_else(|| {
        let all = Tally::of(planned.iter().map(&amount));
        Halt::Differs(format!(
            "the order in Clover has {} {what} of {} minor units in all, which is no part of the {} of {} that the shop sends",
            seen.count, seen.sum, all.count, all.sum
        ))
    })
}

struct Filling {
    began: Instant,
    api: Api,
    access: Access,
    plan: Arc<OrderPlan>,
    path: String,
}

impl Filling {
    async fn run(&self) -> Result<(), Halt> {
        let todo = missing(&self.plan, &self.read().await?)?;
        if todo.is_nothing() {
            return Ok(());
        }
        for chunk in todo.lines.chunks(CHUNK) {
            self.write("bulk_line_items", &json!({"items": chunk}))
                .await?;
        }
        for discount in todo.discounts {
            self.write("discounts", &json!(discount)).await?;
        }
        if todo.head {
            let head = json!({
                "total": self.plan.total(),
                "state": "open",
                "title": self.plan.title(),
            });
            self.write("", &head).await?;
        }
        let left = missing(&self.plan, &self.read().await?)?;
        if !left.lines.is_empty() || !left.discounts.is_empty() {
            // All was answered, so Clover reads an older state, or lines are removed elsewhere while
            // we add them.
            return Err(Halt::Unknown);
        }
        if left.head {
            return Err(Halt::Differs(
                "the order in Clover does not keep the total it is given".to_owned(),
            ));
        }
        Ok(())
    }

    async fn write(&self, below: &str, body: &Value) -> Result<(), Halt> {
        let path = format!("{}/{below}", self.path);
        let left = FILLING.saturating_sub(self.began.elapsed());
        if left.is_zero() {
            return Err(Halt::Unknown);
        }
        match write(&in_time(&self.api, left), &self.access, &path, body).await {
            Err(error) if error.leaves_write_unknown() => Err(Halt::Unknown),
            answer => Ok(answer?),
        }
    }

    async fn read(&self) -> Result<Seen, Halt> {
        let (order, lines, discounts) =
            tokio::try_join!(self.read_order(), self.read_lines(), self.read_discounts())?;
        if order.is_deleted() {
            return Err(Halt::Missing);
        }
        Ok(Seen {
            order,
            lines,
            discounts,
        })
    }

    async fn read_order(&self) -> Result<wire::OrderHead, Error> {
        self.api.get_json(&self.access, &self.path, &[]).await
    }

    /// By offset, since lines are not known to be filtered by id. One that comes twice is counted
    /// once.
    async fn read_lines(&self) -> Result<Tally, Error> {
        let path = format!("{}/line_items", self.path);
        let mut ids = HashSet::new();
        let mut sum = 0;
        let mut offset = 0;
        loop {
            let page: List<wire::LineItem> = self.page(&path, offset).await?;
            let count = page.elements.len();
            for line in page.elements {
                if ids.insert(line.id) {
                    sum += i128::from(line.price.unwrap_or(0));
                }
            }
            offset += count;
            // Beyond the plan the exact number does not matter.
            if count < PAGE_LIMIT as usize || offset > self.plan.pieces().len() {
                return Ok(Tally {
                    count: ids.len(),
                    sum,
                });
            }
        }
    }

    async fn read_discounts(&self) -> Result<Tally, Error> {
        let path = format!("{}/discounts", self.path);
        let page: List<wire::Discount> = self.page(&path, 0).await?;
        let amounts = page.elements.iter().map(|d| d.amount.unwrap_or(0));
        Ok(Tally::of(amounts))
    }

    async fn page<T: DeserializeOwned>(&self, path: &str, offset: usize) -> Result<List<T>, Error> {
        let (limit, offset) = (PAGE_LIMIT.to_string(), offset.to_string());
        let query = [("limit", limit.as_str()), ("offset", offset.as_str())];
        self.api.get_json(&self.access, path, &query).await
    }
}

#[cfg(test)]
mod tests;
