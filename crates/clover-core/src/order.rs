//! What Clover is told of a web order that was paid in the shop: its lines, its discounts and its total, to the minor
//! unit. Clover computes nothing of it.
//!
//! No line names an item of Clover's, so Clover has no reason to take a sold unit out of its count a second time.

mod plan;
mod reference;
mod shop_order;

use crate::json::JsonError;

pub use plan::{OrderPlan, PlannedDiscount, PlannedLine};
pub use reference::{InvalidReference, OrderReference, order_reference, site_tag};
pub use shop_order::{Customer, NamedAmount, OrderLine, ShopOrder};

/// Line items of an order at most: one page of Clover's documents says 2,500, another 3,000.
pub const MAX_LINE_ITEMS: usize = 2_500;
/// Discounts of an order at most. Clover names no limit; the list of them is read in one page, and nobody has more.
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
