//! What the status of an order says of its units.

/// What an order's status says of its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
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
pub struct Deciding<'a> {
    /// Those of a sold order.
    pub paid: &'a [i64],
    /// Those of a refunded one, beside the ones that release anyway.
    pub refunded: &'a [i64],
}

/// What an event told of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
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

impl Told {
    /// Reads `5>1,R,1>6`; what is none of it is passed over.
    #[must_use]
    pub fn list(text: &str) -> Vec<Self> {
        let word = |word: &str| {
            if word.trim() == "R" {
                return Some(Self::Refunded);
            }
            let (old, new) = word.split_once('>')?;
            Some(Self::Status {
                old: old.trim().parse().ok()?,
                new: new.trim().parse().ok()?,
            })
        };
        text.split(',').filter_map(word).collect()
    }
}

impl Deciding<'_> {
    fn of(&self, status: i64) -> Standing {
        if RELEASING.contains(&status) || self.refunded.contains(&status) {
            Standing::Released
        } else if self.paid.contains(&status) {
            Standing::Paid
        } else {
            Standing::Unchanged
        }
    }

    /// What an order's present status says, none when the order is gone. One that says nothing leaves the word to the last
    /// one that an event told, for an order may have been paid on its way there.
    #[must_use]
    pub fn standing(&self, status: Option<i64>, told: &[Told]) -> Standing {
        let Some(status) = status else {
            return Standing::Released;
        };
        let before = told.iter().rev().map(|told| match told {
            Told::Status { new, .. } => self.of(*new),
            Told::Refunded => Standing::Unchanged,
        });
        let standing = std::iter::once(self.of(status))
            .chain(before)
            .find(|standing| *standing != Standing::Unchanged)
            .unwrap_or(Standing::Unchanged);
        if standing == Standing::Paid && self.was_refunded(told) {
            return Standing::Released;
        }
        standing
    }

    /// Whether the order was paid back and not paid once more after that.
    fn was_refunded(&self, told: &[Told]) -> bool {
        told.iter()
            .rev()
            .find_map(|told| match told {
                Told::Refunded => Some(true),
                told => self.is_payment(told).then_some(false),
            })
            .unwrap_or(false)
    }

    fn is_payment(&self, told: &Told) -> bool {
        matches!(told, Told::Status { old, new }
            if self.of(*new) == Standing::Paid && self.of(*old) != Standing::Paid)
    }

    /// Whether an event told that the order came to be paid. Of an order older than the connection nothing else counts.
    #[must_use]
    pub fn was_paid(&self, told: &[Told]) -> bool {
        told.iter().any(|told| self.is_payment(told))
    }
}
