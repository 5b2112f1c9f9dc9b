//! A web order as Clover receives it after payment in the shop: lines, discounts and total, to the
//! minor unit. Clover computes none of them.
//!
//! No line names a Clover item. A line that did could take the sold unit out of Clover's count
//! again.

mod fingerprint;
mod mark;
mod plan;
mod reference;
mod shop_order;
mod standing;
mod text;

use crate::json::JsonError;

pub use mark::OrderMark;
pub use plan::{OrderPlan, PlannedDiscount, PlannedLine, PlannedModification, private_parts};
pub use reference::{InvalidReference, OrderReference, order_reference, site_tag};
pub use shop_order::{Address, ChosenOption, Customer, NamedAmount, OrderLine, ShopOrder, Shopper};
pub use standing::OrderStanding;

/// Most line items of an order. One page of the Clover documentation says 2,500, another 3,000.
pub const MAX_LINE_ITEMS: usize = 2_500;
/// Most modifications of an order: each costs a request.
pub const MAX_MODIFICATIONS: usize = 300;
/// Most modifications of a line: they are read back as an expanded list.
pub const MAX_LINE_MODIFICATIONS: usize = 50;
/// Most discounts of an order. Clover names no limit; they are read back as one page.
pub const MAX_DISCOUNTS: usize = 100;

/// What is wrong with an order or a plan, and where. Quotes none of its text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct OrderError {
    /// Where, such as `lines[3].unit_price`; `.` is the whole document.
    pub path: String,
    /// What is wrong there.
    pub reason: String,
}

impl OrderError {
    fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
        }
    }
}

impl From<JsonError> for OrderError {
    fn from(error: JsonError) -> Self {
        Self::new(error.path, error.reason)
    }
}

#[cfg(test)]
mod tests;
