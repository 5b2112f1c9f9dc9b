//! What the status of an order means for its units.

use crate::order::OrderStanding;

crate::text_enum! {
    /// What an order's status means for its units.
    pub enum SaleState {
        /// The units are sold.
        Paid = "paid",
        /// The units are free again.
        Released = "released",
        /// The status decides nothing: the rows stay as they are.
        Unchanged = "unchanged",
    }
}

/// J2Commerce's Failed, New and Cancelled: the statuses that hold no stock.
const RELEASING: [i64; 3] = [3, 5, 6];

/// The status before that of a new order.
const NO_STATUS: i64 = 0;

/// The statuses that decide, from the owner's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusSets<'a> {
    /// The order is sold.
    pub paid: &'a [i64],
    /// The order is refunded, in addition to the statuses that always release.
    pub refunded: &'a [i64],
}

/// A recorded event of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderEvent {
    /// Its status changed.
    Status {
        /// 0 for an order that had none.
        old: i64,
        /// What it became.
        new: i64,
    },
    /// A gateway refunded the whole order. J2Commerce keeps its status.
    Refunded,
}

crate::text_enum! {
    /// [`OrderEvent`] without its data.
    pub enum OrderEventKind {
        /// The status changed.
        Status = "status",
        /// A gateway refunded the whole order.
        Refunded = "refund",
    }
}

/// A change of status lacks one of its statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a change of status needs a whole number here")]
pub struct OrderEventError {
    /// `old` or `new`.
    pub field: &'static str,
}

impl OrderEvent {
    /// The event from its parts. A refund has no statuses.
    ///
    /// # Errors
    /// [`OrderEventError`] for a change of status that lacks one.
    pub fn new(
        kind: OrderEventKind,
        old: Option<i64>,
        new: Option<i64>,
    ) -> Result<Self, OrderEventError> {
        match kind {
            OrderEventKind::Refunded => Ok(Self::Refunded),
            OrderEventKind::Status => Ok(Self::Status {
                old: old.ok_or(OrderEventError { field: "old" })?,
                new: new.ok_or(OrderEventError { field: "new" })?,
            }),
        }
    }
}

impl StatusSets<'_> {
    /// The statuses that release an order's units.
    pub fn releasing(&self) -> impl Iterator<Item = i64> {
        RELEASING.iter().chain(self.refunded).copied()
    }

    fn of(&self, status: i64) -> SaleState {
        if self.releasing().any(|releasing| releasing == status) {
            SaleState::Released
        } else if self.paid.contains(&status) {
            SaleState::Paid
        } else {
            SaleState::Unchanged
        }
    }

    /// The state by the order's present status; `None` is a deleted order. Where the status decides
    /// nothing, the last recorded status that does decides: the order may have been paid in
    /// between.
    #[must_use]
    pub fn sale_state(&self, status: Option<i64>, events: &[OrderEvent]) -> SaleState {
        let Some(status) = status else {
            return SaleState::Released;
        };
        let before = events.iter().rev().map(|event| match event {
            OrderEvent::Status { new, .. } => self.of(*new),
            OrderEvent::Refunded => SaleState::Unchanged,
        });
        let sale_state = std::iter::once(self.of(status))
            .chain(before)
            .find(|sale_state| *sale_state != SaleState::Unchanged)
            .unwrap_or(SaleState::Unchanged);
        if sale_state == SaleState::Paid && self.was_refunded(events) {
            return SaleState::Released;
        }
        sale_state
    }

    /// What became of the order, by the same statuses and events. `None` where they decide nothing.
    ///
    /// `pays_later`: its payment method takes the money later. The first paid status then says only
    /// that the order is accepted. Its money is in once a paid status follows one that waits, such
    /// as Pending.
    #[must_use]
    pub fn standing(
        &self,
        status: Option<i64>,
        events: &[OrderEvent],
        pays_later: bool,
    ) -> Option<OrderStanding> {
        match self.sale_state(status, events) {
            SaleState::Unchanged => None,
            SaleState::Released if self.is_refund(status, events) => Some(OrderStanding::Refunded),
            SaleState::Released => Some(OrderStanding::Cancelled),
            SaleState::Paid if pays_later && !self.was_settled(status, events) => {
                Some(OrderStanding::ToPay)
            }
            SaleState::Paid => Some(OrderStanding::Paid),
        }
    }

    /// Whether a released order was refunded.
    fn is_refund(&self, status: Option<i64>, events: &[OrderEvent]) -> bool {
        let past = events.iter().rev().filter_map(|event| match event {
            OrderEvent::Status { new, .. } => Some(*new),
            OrderEvent::Refunded => None,
        });
        let deciding = status
            .into_iter()
            .chain(past)
            .find(|status| self.of(*status) != SaleState::Unchanged);
        deciding.is_some_and(|status| self.refunded.contains(&status)) || self.was_refunded(events)
    }

    /// Whether a paid status followed a waiting one, since the order was last released. The event
    /// of the present status may be lost.
    fn was_settled(&self, status: Option<i64>, events: &[OrderEvent]) -> bool {
        let changes = events.iter().filter_map(|event| match event {
            OrderEvent::Status { old, new } => Some((*old, *new)),
            OrderEvent::Refunded => None,
        });
        let changes: Vec<_> = changes.collect();
        let last = changes.last().map(|(_, new)| *new);
        let unseen = last.zip(status).filter(|(last, now)| last != now);
        let is_waiting =
            |status: i64| status != NO_STATUS && self.of(status) == SaleState::Unchanged;
        let all = unseen.iter().chain(changes.iter().rev());
        let decided = all.copied().find_map(|(old, new)| match self.of(new) {
            SaleState::Released => Some(false),
            SaleState::Paid if is_waiting(old) => Some(true),
            _ => None,
        });
        decided.unwrap_or(false)
    }

    /// Whether the order was refunded and not paid again afterwards.
    fn was_refunded(&self, events: &[OrderEvent]) -> bool {
        events
            .iter()
            .rev()
            .find_map(|event| match event {
                OrderEvent::Refunded => Some(true),
                OrderEvent::Status { .. } => self.is_payment(event).then_some(false),
            })
            .unwrap_or(false)
    }

    fn is_payment(&self, event: &OrderEvent) -> bool {
        matches!(event, OrderEvent::Status { old, new }
            if self.of(*new) == SaleState::Paid && self.of(*old) != SaleState::Paid)
    }

    /// Whether an event made the order paid. An order older than the connection counts only then.
    #[must_use]
    pub fn was_paid(&self, events: &[OrderEvent]) -> bool {
        events.iter().any(|event| self.is_payment(event))
    }
}
