//! Orders, and what belongs to them.

use serde::Deserialize;

use super::item::Ref;
use super::lenient::{flag, flag_or_yes, lenient_integer, yes};
use super::list::Elements;
use crate::ids::{ItemId, LineItemId, ModifierId, OrderId, OrderTypeId, PrintEventId, TenderId};

/// As much of an order as tells what was sold at the till, and when; with `expand=lineItems`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TillOrder {
    /// Clover's id.
    pub id: OrderId,
    /// Milliseconds, in whole seconds.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub created_time: Option<i64>,
    /// One a piece.
    #[serde(default)]
    pub line_items: Elements<TillLine>,
}

/// One piece of something sold.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TillLine {
    /// None for a line that is linked to no item, such as those of web orders.
    #[serde(default)]
    pub item: Option<Ref<ItemId>>,
    /// Thousandths of a unit, for items that are sold by weight.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub unit_qty: Option<i64>,
    /// Milliseconds, in whole seconds.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub created_time: Option<i64>,
}

/// As much of an order as tells the merchant's currency.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct OrderCurrency {
    /// ISO 4217.
    #[serde(default)]
    pub currency: Option<String>,
}

/// An order's head. Its total is whatever a client wrote: Clover computes none.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderHead {
    /// Clover's id.
    pub id: OrderId,
    /// ISO 4217.
    #[serde(default)]
    pub currency: Option<String>,
    /// As the till shows it.
    #[serde(default)]
    pub title: Option<String>,
    /// As the till shows it.
    #[serde(default)]
    pub note: Option<String>,
    /// Minor units.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub total: Option<i64>,
    /// `open`, `locked` or any other text; an order without it is hidden from every screen.
    #[serde(default)]
    pub state: Option<String>,
    /// `OPEN`, `PAID` and more.
    #[serde(default)]
    pub payment_state: Option<String>,
    /// The app's own mark on it.
    #[serde(default)]
    pub external_reference_id: Option<String>,
    /// When it was deleted.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub deleted_timestamp: Option<i64>,
    /// Where they were expanded.
    #[serde(default)]
    pub payments: Elements<Payment>,
}

impl OrderHead {
    /// Whether it is gone.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.deleted_timestamp.is_some_and(|time| time > 0)
    }

    /// Whether it is closed to changes: paid, in part or whole, or locked. Clover may call an order
    /// without a total paid; then it has no payment.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        let state = self.state.as_deref().unwrap_or_default();
        let is_free = self.total == Some(0) && self.payments.is_empty();
        state.eq_ignore_ascii_case("locked") || self.is_paid_at_all() && !is_free
    }

    /// Whether money was taken for it, in any way.
    #[must_use]
    pub fn is_paid_at_all(&self) -> bool {
        let state = self.payment_state.as_deref().unwrap_or("OPEN");
        !self.payments.is_empty() || !state.eq_ignore_ascii_case("OPEN")
    }
}

/// A payment, as far as it identifies itself.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// The app's own mark on it.
    #[serde(default)]
    pub external_payment_id: Option<String>,
}

/// A line item of an order.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LineItem {
    /// Clover's id.
    pub id: LineItemId,
    /// Clover may store another text than it was sent.
    #[serde(default)]
    pub name: Option<String>,
    /// Minor units.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub price: Option<i64>,
    /// Where they were expanded.
    #[serde(default)]
    pub modifications: Elements<Modification>,
}

/// A modifier that was chosen for a line item.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Modification {
    /// Minor units, for one piece.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub amount: Option<i64>,
    /// Which modifier it is.
    #[serde(default)]
    pub modifier: Option<Ref<ModifierId>>,
}

/// A discount on an order.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Discount {
    /// Clover's id.
    pub id: String,
    /// Minor units, negative; absent or 0 where it is a percentage.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub amount: Option<i64>,
}

/// A way of paying.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tender {
    /// Clover's id.
    pub id: TenderId,
    /// Such as `com.clover.tender.cash`.
    #[serde(default)]
    pub label_key: Option<String>,
    /// Whether the merchant takes it.
    #[serde(default = "yes", deserialize_with = "flag_or_yes")]
    pub enabled: bool,
}

/// A kind of order, such as dine-in or pick-up.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderType {
    /// Clover's id.
    pub id: OrderTypeId,
    /// Its name.
    #[serde(default)]
    pub label: Option<String>,
    /// Whether the till does not offer it.
    #[serde(default, deserialize_with = "flag")]
    pub is_hidden: bool,
    /// Whether it is gone.
    #[serde(default, deserialize_with = "flag")]
    pub is_deleted: bool,
}

/// The print of an order, as the till's printer was asked for it. Clover discards it once it is
/// printed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct PrintEvent {
    /// Clover's id.
    pub id: PrintEventId,
    /// `CREATED`, `PRINTING` or `FAILED`.
    #[serde(default)]
    pub state: Option<String>,
}
