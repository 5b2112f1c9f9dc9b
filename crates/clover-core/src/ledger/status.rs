//! What the status of an order says of its units.

/// What an order's status says of its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaleState {
    /// The units are sold.
    Paid,
    /// The units are free again.
    Released,
    /// Nothing: what was asked stays asked.
    Unchanged,
}

/// J2Commerce's Failed, New and Cancelled: the statuses that hold no stock.
const RELEASING: [i64; 3] = [3, 5, 6];

/// Statuses that decide, as the owner has set them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusSets<'a> {
    /// Those of a sold order.
    pub paid: &'a [i64],
    /// Those of a refunded one, beside the ones that release anyway.
    pub refunded: &'a [i64],
}

/// What an event told of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderEvent {
    /// Its status changed.
    Status {
        /// 0 for an order that had none.
        old: i64,
        /// What it became.
        new: i64,
    },
    /// A gateway has paid it back whole. J2Commerce keeps its status.
    Refunded,
}

impl OrderEvent {
    /// Reads `5>1,R,1>6`; what is none of it is passed over.
    #[must_use]
    pub fn parse_list(text: &str) -> Vec<Self> {
        let read = |word: &str| {
            if word.trim() == "R" {
                return Some(Self::Refunded);
            }
            let (old, new) = word.split_once('>')?;
            Some(Self::Status {
                old: old.trim().parse().ok()?,
                new: new.trim().parse().ok()?,
            })
        };
        text.split(',').filter_map(read).collect()
    }
}

impl StatusSets<'_> {
    fn of(&self, status: i64) -> SaleState {
        if RELEASING.contains(&status) || self.refunded.contains(&status) {
            SaleState::Released
        } else if self.paid.contains(&status) {
            SaleState::Paid
        } else {
            SaleState::Unchanged
        }
    }

    /// What an order's present status says, none when the order is gone. One that says nothing leaves the word to the last
    /// one that an event told, for an order may have been paid on its way there.
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

    /// Whether the order was paid back and not paid once more after that.
    fn was_refunded(&self, events: &[OrderEvent]) -> bool {
        events
            .iter()
            .rev()
            .find_map(|event| match event {
                OrderEvent::Refunded => Some(true),
                event => self.is_payment(event).then_some(false),
            })
            .unwrap_or(false)
    }

    fn is_payment(&self, event: &OrderEvent) -> bool {
        matches!(event, OrderEvent::Status { old, new }
            if self.of(*new) == SaleState::Paid && self.of(*old) != SaleState::Paid)
    }

    /// Whether an event told that the order came to be paid. Of an order older than the connection nothing else counts.
    #[must_use]
    pub fn was_paid(&self, events: &[OrderEvent]) -> bool {
        events.iter().any(|event| self.is_payment(event))
    }
}
