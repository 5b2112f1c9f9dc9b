//! Pushing a web order: create, find, fill, pay, mark. Each step reads before it writes, so it can
//! be repeated after any outcome. No step waits until an unknown outcome becomes known.
//!
//! The caller chooses the order of the steps. It must also ensure that no earlier write for this
//! order is still running when a step begins. After [`Create::Unknown`], [`Fill::Unknown`],
//! [`Pay::Unknown`] and [`Mark::Unknown`], this holds once the request's timeout has passed. Each
//! step also has a time after which it begins no more writes: [`CREATING`], [`FILLING`],
//! [`PAYING`] or [`MARKING`]. So a caller that died in a step knows when it has ended: after that
//! time plus one write's timeout.

mod modifications;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clover_core::ids::{LineItemId, OrderId, OrderTypeId, TenderId};
use clover_core::order::{
    OrderMark, OrderPlan, OrderReference, PlannedDiscount, PlannedLine, private_parts,
};
use clover_core::wire;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::permission::{MERCHANT_READ, PAYMENTS_WRITE};
use crate::error::Error;
use crate::http::{Access, Answer, Api};
use crate::paging::PAGE_LIMIT;
use modifications::{Incomplete, incomplete};

/// After this time from its start, [`create`] begins no more writes.
pub const CREATING: Duration = Duration::from_secs(30);
/// After this time from its start, [`fill`] begins no more writes.
pub const FILLING: Duration = Duration::from_secs(180);
/// After this time from its start, [`pay`] begins no more writes.
pub const PAYING: Duration = Duration::from_secs(60);
/// After this time from its start, [`mark`] begins no more writes.
pub const MARKING: Duration = Duration::from_secs(60);

/// The maximum number of line items in one request. Clover takes all of them or none.
const CHUNK: usize = 100;
/// Two orders with the same reference are already an error, so a few are enough to read.
const FOUND_AT_MOST: &str = "10";
/// The tender for a payment that was received outside Clover.
const EXTERNAL_PAYMENT: &str = "com.clover.tender.external_payment";

/// The result of [`create`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Create {
    /// The order exists and is empty.
    Done(OrderId),
    /// The same, without the order type, which Clover refuses.
    WithoutType {
        /// The order.
        order: OrderId,
        /// Clover's words on the order type.
        said: String,
    },
    /// The order may exist: call [`find`] before creating another. Clover's search lags behind.
    Unknown,
}

/// The result of [`fill`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fill {
    /// Lines, discounts and total in Clover match the plan.
    Done,
    /// The order was changed by another program and no longer matches the plan. Nothing more was
    /// written.
    Differs {
        /// The numbers found and expected.
        message: String,
    },
    /// A write has no response or is not visible yet, or the time was over: fill again later.
    Unknown,
    /// The order does not exist in Clover.
    Missing,
}

/// The result of [`pay`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pay {
    /// The order shows this payment.
    Recorded,
    /// The order is marked as paid, without information on the payment. Clover would accept a
    /// second payment without an error.
    AlreadyPaid,
    /// The app lacks a permission; the order stays unpaid in Clover.
    NotGranted {
        /// [`MERCHANT_READ`] or [`PAYMENTS_WRITE`].
        permission: &'static str,
    },
    /// The merchant has no tender for external payments.
    NoTender,
    /// The order costs nothing.
    NothingToPay,
    /// The payment may be recorded, or the time was over: call [`pay`] again later, which reads
    /// first.
    Unknown,
}

/// The result of [`mark`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Title and note say it, or the order in Clover agrees with it as it is.
    Done,
    /// The order is paid or locked in Clover, and says something else.
    Locked,
    /// The write has no response: mark again later.
    Unknown,
    /// The order does not exist in Clover.
    Missing,
}

/// Creates the order without its lines. Where Clover refuses it with the order type, it is created
/// without: an order type that was deleted meanwhile must not keep an order out of Clover.
///
/// # Errors
/// When the order was certainly not created. Clover's message is redacted: it contains none of
/// the plan's private values.
pub async fn create(
    api: Api,
    access: Access,
    plan: Arc<OrderPlan>,
    reference: OrderReference,
    order_type: Option<OrderTypeId>,
) -> Result<Create, Error> {
    let began = Instant::now();
    let mut body = json!({
        "state": "open",
        "currency": plan.currency().code(),
        "title": plan.title(),
        "note": plan.note(),
        "externalReferenceId": reference,
        // The tax is a separate line, so Clover must not add tax to the amount paid.
        "taxRemoved": true,
        "groupLineItems": true,
        "total": plan.total(),
    });
    let Some(order_type) = order_type else {
        let created = create_once(&in_time(&api, CREATING), &access, &body).await;
        return created.map_err(|error| discreet(error, &plan));
    };
    let bare = body.clone();
    body["orderType"] = json!({"id": order_type});
    let refused = match create_once(&in_time(&api, CREATING), &access, &body).await {
        Err(error @ (Error::Rejected { .. } | Error::NotFound { .. })) => discreet(error, &plan),
        created => return created.map_err(|error| discreet(error, &plan)),
    };
    let left = CREATING.saturating_sub(began.elapsed());
    if left.is_zero() {
        return Err(refused);
    }
    let said = match &refused {
        Error::Rejected { said, .. } | Error::NotFound { said, .. } => said.clone(),
        _ => String::new(),
    };
    match create_once(&in_time(&api, left), &access, &bare).await {
        Ok(Create::Done(order)) => Ok(Create::WithoutType { order, said }),
        created => created.map_err(|error| discreet(error, &plan)),
    }
}

async fn create_once(api: &Api, access: &Access, body: &Value) -> Result<Create, Error> {
    #[derive(Deserialize)]
    struct Created {
        id: OrderId,
    }
    let answer = post(api, access, "orders", body).await;
    match answer.and_then(|answer| answer.json::<Created>()) {
        Ok(created) => Ok(Create::Done(created.id)),
        Err(error) if error.leaves_write_unknown() => Ok(Create::Unknown),
        Err(error) => Err(error),
    }
}

/// All orders with the reference that are not deleted. A new order is missing here for some time
/// after its creation.
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
    let mut ours = Vec::new();
    for mut order in found.elements {
        if order.external_reference_id.is_none() {
            // It is recorded of single orders that they show their reference, not of lists.
            let path = format!("orders/{}", order.id);
            order = match api.get_json(&access, &path, &[]).await {
                Err(Error::NotFound { .. }) => continue,
                read => read?,
            };
        }
        // If a server ignores the filter, an order of the till must not be filled.
        let carried = order.external_reference_id.as_deref();
        if carried == Some(reference.as_str()) && !order.is_deleted() {
            ours.push(order.id);
        }
    }
    Ok(ours)
}

/// Completes the order by its plan: reads it, writes what is missing, reads again. The existing
/// lines must be the first lines of the plan. Their number and sum decide that, because Clover may
/// store other texts than it was sent.
///
/// Modifications are written when all lines exist, one by one. A modifier that Clover refuses
/// becomes part of the name and the price of its line.
///
/// # Errors
/// When no write has an unknown outcome: failed reads, refusals, waits that would take too long.
/// Call it again.
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

/// Records the payment that the shop received, if the app may do so and the order has no payment.
///
/// # Errors
/// When no payment was recorded; [`Error::NotFound`] when the order no longer exists.
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
    // This read also proves that the token works, so a refusal below concerns a permission and
    // does not cause a refresh.
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

/// Writes title and note that say what became of the order, where they do not say it yet. An order
/// that is paid or locked in Clover is not changed.
///
/// # Errors
/// When nothing was written. Call it again.
pub async fn mark(
    api: Api,
    access: Access,
    mark: Arc<OrderMark>,
    order: OrderId,
    reference: OrderReference,
) -> Result<Mark, Error> {
    let began = Instant::now();
    let path = format!("orders/{order}");
    let deleted = || {
        if mark.agrees_with_deletion() {
            Mark::Done
        } else {
            Mark::Missing
        }
    };
    let shown = match order_with_payments(&api, &access, &path).await {
        Err(Error::NotFound { .. }) => return Ok(deleted()),
        shown => shown?,
    };
    let carried = shown.external_reference_id.as_deref();
    if carried.is_some_and(|carried| carried != reference.as_str()) {
        return Ok(Mark::Missing);
    }
    let (title, note) = (
        shown.title.as_deref().unwrap_or_default(),
        shown.note.as_deref().unwrap_or_default(),
    );
    let (new_title, new_note) = (mark.title(title), mark.note(note));
    if (new_title.as_str(), new_note.as_str()) == (title, note) {
        return Ok(Mark::Done);
    }
    if shown.is_locked() {
        let agrees = mark.agrees_with_payment() && shown.is_paid_at_all();
        return Ok(if agrees { Mark::Done } else { Mark::Locked });
    }
    let body = json!({"title": new_title, "note": new_note});
    let left = MARKING.saturating_sub(began.elapsed());
    if left.is_zero() {
        return Ok(Mark::Unknown);
    }
    match write(&in_time(&api, left), &access, &path, &body).await {
        Ok(()) => Ok(Mark::Done),
        Err(error) if error.leaves_write_unknown() => Ok(Mark::Unknown),
        Err(Error::NotFound { .. }) => Ok(deleted()),
        Err(error) => Err(redacted(error, private_parts(&new_note))),
    }
}

/// An order that is not deleted, with its payments. `expand=payments` would need Payments Read; the
/// list of an order's payments needs only Orders Read. If Clover refuses that list as well, the
/// payment state is still known.
async fn order_with_payments(
    api: &Api,
    access: &Access,
    path: &str,
) -> Result<wire::OrderHead, Error> {
    let answer = api.get(access, path, &[]).await?;
    let mut order: wire::OrderHead = answer.json()?;
    if order.is_deleted() {
        return Err(Error::NotFound {
            call: answer.call,
            said: "the order is deleted".to_owned(),
        });
    }
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

/// The same API with this time limit for the start of a write. A started write has the whole
/// timeout of a write.
pub(super) fn in_time(api: &Api, left: Duration) -> Api {
    let mut policy = api.policy().clone();
    policy.elapsed = policy.elapsed.min(left);
    api.with_policy(policy)
}

pub(super) async fn post(
    api: &Api,
    access: &Access,
    path: &str,
    body: &Value,
) -> Result<Answer, Error> {
    api.post(access, path, Bytes::from(body.to_string())).await
}

/// A write whose response only has to be Clover's; its content does not matter.
async fn write(api: &Api, access: &Access, path: &str, body: &Value) -> Result<(), Error> {
    let answer = post(api, access, path, body).await?;
    answer.json::<IgnoredAny>().map(drop)
}

/// Shorter values are too likely to occur in other text.
const PRIVATE_FROM: usize = 3;

/// The error with the customer's data redacted, in case Clover's message repeats it.
fn discreet(error: Error, plan: &OrderPlan) -> Error {
    redacted(error, plan.private())
}

fn redacted<'a>(mut error: Error, private: impl Iterator<Item = &'a str>) -> Error {
    if let Error::Unauthorized { said, .. }
    | Error::NotFound { said, .. }
    | Error::Rejected { said, .. } = &mut error
    {
        for private in private.filter(|text| text.len() >= PRIVATE_FROM) {
            *said = said.replace(private, "[redacted]");
        }
    }
    error
}

/// Why filling stopped early.
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

/// The order's state in Clover.
#[derive(Debug)]
struct Seen {
    order: wire::OrderHead,
    lines: Vec<wire::LineItem>,
    discounts: Tally,
}

/// What is missing in Clover.
#[derive(Debug, PartialEq, Eq)]
struct Missing<'a> {
    lines: &'a [PlannedLine],
    modifications: Vec<Incomplete<'a>>,
    discounts: &'a [PlannedDiscount],
    head: bool,
}

impl Missing<'_> {
    fn is_nothing(&self) -> bool {
        self.lines.is_empty()
            && self.modifications.is_empty()
            && self.discounts.is_empty()
            && !self.head
    }
}

fn has_modifications(pieces: &[PlannedLine]) -> bool {
    pieces.iter().any(|piece| !piece.modifications.is_empty())
}

/// The lines and modifications that are missing.
fn missing_lines<'a>(
    pieces: &'a [PlannedLine],
    seen: &[wire::LineItem],
) -> Result<(&'a [PlannedLine], Vec<Incomplete<'a>>), Halt> {
    let whole = seen.len() == pieces.len();
    if whole && has_modifications(pieces) {
        let found = incomplete(pieces, seen).ok_or_else(|| {
            Halt::Differs(
                "the line items or modifications of the order in Clover are not those that the \
                 shop sends"
                    .to_owned(),
            )
        })?;
        return Ok((&[], found));
    }
    let amounts = seen.iter().flat_map(|line| {
        let modifications = line.modifications.0.iter().map(|one| one.amount);
        std::iter::once(line.price).chain(modifications)
    });
    let tally = Tally {
        count: seen.len(),
        sum: Tally::of(amounts.map(|amount| amount.unwrap_or(0))).sum,
    };
    let lines = prefix(
        pieces,
        |piece| piece.price.0,
        tally,
        whole || seen.len().is_multiple_of(CHUNK),
        "line items",
    )?;
    Ok((lines, Vec::new()))
}

/// The missing part of the plan. An order that contains anything else was changed by another
/// program.
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
    let (lines, modifications) = missing_lines(pieces, &seen.lines)?;
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
        modifications,
        discounts,
        head: hidden || order.total != Some(plan.total().0),
    };
    // Clover may mark an order without a total as paid.
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
            "the order in Clover has {} {what} with a sum of {} minor units, which do not belong \
             to the {} with a sum of {} that the shop sends",
            seen.count, seen.sum, all.count, all.sum
        ))
    })
}

/// A new line without its modifications.
fn line_body(piece: &PlannedLine) -> Value {
    let mut body = json!({"name": piece.name, "price": piece.price});
    if !piece.note.is_empty() {
        body["note"] = json!(piece.note);
    }
    body
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
            let items: Vec<Value> = chunk.iter().map(line_body).collect();
            self.write("bulk_line_items", &json!({"items": items}))
                .await?;
        }
        for discount in todo.discounts {
            self.write("discounts", &json!(discount)).await?;
        }
        let settled = self.modify(&todo).await?;
        if todo.head {
            let head = json!({
                "total": self.plan.total(),
                "state": "open",
                "title": self.plan.title(),
            });
            self.write("", &head).await?;
        }
        let seen = self.read().await?;
        let mut left = missing(&self.plan, &seen)?;
        left.modifications
            .retain(|one| !settled.contains(&one.line));
        let shows_any = seen.lines.iter().any(|line| !line.modifications.is_empty());
        if !left.modifications.is_empty() && !shows_any {
            // Another attempt would write them again.
            return Err(Halt::Differs(
                "Clover does not show the modifications that it was sent".to_owned(),
            ));
        }
        if !left.lines.is_empty() || !left.modifications.is_empty() || !left.discounts.is_empty() {
            // All writes have responses, so Clover returned an older state, or another program
            // removes lines meanwhile.
            return Err(Halt::Unknown);
        }
        if left.head {
            return Err(Halt::Differs(
                "Clover does not store the total that it was sent".to_owned(),
            ));
        }
        Ok(())
    }

    /// Writes the missing modifications. Returns the lines whose name and price have modifiers that
    /// Clover refused.
    async fn modify(&self, todo: &Missing<'_>) -> Result<HashSet<LineItemId>, Halt> {
        let pieces = self.plan.pieces();
        let mut settled = HashSet::new();
        let lines;
        let modifications = if todo.lines.is_empty() || !has_modifications(pieces) {
            &todo.modifications
        } else {
            let seen = self.read_lines().await?;
            if seen.len() < pieces.len() {
                // Clover returned an older state.
                return Err(Halt::Unknown);
            }
            lines = missing_lines(pieces, &seen)?.1;
            &lines
        };
        for one in modifications {
            let mut refused = Vec::new();
            for modification in &one.missing {
                let body = json!({
                    "modifier": {"id": modification.modifier},
                    "amount": modification.amount,
                });
                let path = format!("line_items/{}/modifications", one.line);
                match self.write(&path, &body).await {
                    Err(Halt::Missing | Halt::Failed(Error::Rejected { .. })) => {
                        refused.push(*modification);
                    }
                    answer => answer?,
                }
            }
            if !refused.is_empty() {
                let more: i64 = refused.iter().map(|one| one.amount.0).sum();
                let body = json!({
                    "name": one.piece.name_with(refused.iter().copied()),
                    "price": one.piece.price.0 + more,
                });
                self.write(&format!("line_items/{}", one.line), &body)
                    .await?;
                settled.insert(one.line.clone());
            }
        }
        Ok(settled)
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

    /// Reads by offset, because it is not documented that lines can be filtered by id. A line that
    /// occurs on two pages counts once. If Clover refuses to expand the modifications, this is an
    /// error: without them, they would be written again.
    async fn read_lines(&self) -> Result<Vec<wire::LineItem>, Error> {
        let path = format!("{}/line_items", self.path);
        let expanded: &[(&str, &str)] = if has_modifications(self.plan.pieces()) {
            &[("expand", "modifications")]
        } else {
            &[]
        };
        let mut ids = HashSet::new();
        let mut lines = Vec::new();
        let mut offset = 0;
        loop {
            let page: List<wire::LineItem> = self.page(&path, offset, expanded).await?;
            let count = page.elements.len();
            let new = page.elements.into_iter();
            lines.extend(new.filter(|line| ids.insert(line.id.clone())));
            offset += count;
            // If there are more lines than in the plan, the exact number does not matter.
            if count < PAGE_LIMIT || offset > self.plan.pieces().len() {
                return Ok(lines);
            }
        }
    }

    async fn read_discounts(&self) -> Result<Tally, Error> {
        let path = format!("{}/discounts", self.path);
        let page: List<wire::Discount> = self.page(&path, 0, &[]).await?;
        let amounts = page.elements.iter().map(|d| d.amount.unwrap_or(0));
        Ok(Tally::of(amounts))
    }

    async fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        offset: usize,
        more: &[(&str, &str)],
    ) -> Result<List<T>, Error> {
        let (limit, offset) = (PAGE_LIMIT.to_string(), offset.to_string());
        let page = [("limit", limit.as_str()), ("offset", offset.as_str())];
        let query = [&page[..], more].concat();
        self.api.get_json(&self.access, path, &query).await
    }
}

#[cfg(test)]
mod tests;
