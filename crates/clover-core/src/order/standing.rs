//! What became of a web order, and the words for it that the till reads. They are in English, as
//! the till's other fixed words.

crate::text_enum! {
    /// What became of a web order.
    pub enum OrderStanding {
        /// It is sold, and the money was received.
        Paid = "paid",
        /// It is sold, and the money comes later.
        ToPay = "to_pay",
        /// It was cancelled.
        Cancelled = "cancelled",
        /// Its money was paid back.
        Refunded = "refunded",
    }
}

/// Starts of the parts that precede the note.
pub(super) const IS_CANCELLED: &str = "Cancelled in the web shop";
pub(super) const IS_REFUNDED: &str = "Refunded in the web shop";
pub(super) const TO_PAY: &str = "To pay: ";

impl OrderStanding {
    /// The start of the title.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Paid => "PAID ONLINE",
            Self::ToPay => "WEB ORDER - TO PAY",
            Self::Cancelled => "CANCELLED ONLINE",
            Self::Refunded => "REFUNDED ONLINE",
        }
    }

    /// Whether the goods are the customer's.
    #[must_use]
    pub fn is_sold(self) -> bool {
        matches!(self, Self::Paid | Self::ToPay)
    }

    /// What precedes the note of an order with this total.
    pub(super) fn head(self, total: &str) -> Option<String> {
        match self {
            Self::Paid => None,
            Self::ToPay => Some(format!("{TO_PAY}{total}")),
            Self::Cancelled => Some(IS_CANCELLED.to_owned()),
            Self::Refunded => Some(IS_REFUNDED.to_owned()),
        }
    }
}
