//! Tax rates, and the items that have one.

use serde::{Deserialize, Serialize};

use super::lenient::{flag, flag_or_yes, is_false, lenient_integer, number_or_none, text};
use crate::ids::{ItemId, TaxRateId};

/// A tax rate of the merchant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaxRate {
    /// Clover's id.
    pub id: TaxRateId,
    /// At most 127 characters in Clover.
    #[serde(
        default,
        deserialize_with = "text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// 10,000,000 is 100 %.
    #[serde(default, deserialize_with = "number_or_none")]
    pub rate: i64,
    /// An amount for each unit in minor units, in place of the rate; 0 or absent for a rate.
    #[serde(
        default,
        deserialize_with = "lenient_integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub tax_amount: Option<i64>,
    /// Whether it taxes all items that have no rates of their own.
    #[serde(default, deserialize_with = "flag", skip_serializing_if = "is_false")]
    pub is_default: bool,
    /// Soft-deleted.
    #[serde(default, deserialize_with = "flag", skip_serializing_if = "is_false")]
    pub deleted: bool,
    /// Milliseconds; set on deleted rates.
    #[serde(
        default,
        deserialize_with = "lenient_integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub deleted_time: Option<i64>,
}

impl TaxRate {
    /// Whether Clover calls it deleted, by either of its two signs.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.deleted || self.deleted_time.is_some_and(|time| time > 0)
    }

    /// Whether it is an amount for each unit.
    #[must_use]
    pub fn is_amount(&self) -> bool {
        self.tax_amount.is_some_and(|amount| amount != 0)
    }

    /// Whether it takes nothing, as the rate of untaxed items.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.rate == 0 && !self.is_amount()
    }
}

/// An item in the list of a rate's items; the rest of the item is left unread.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaxedItem {
    /// Clover's id.
    pub id: ItemId,
    /// Taxed by the merchant's default rates, whatever else is listed.
    #[serde(default = "no", deserialize_with = "flag_or_yes")]
    pub default_tax_rates: bool,
}

/// A list may leave the field out, and then the item counts as one with rates of its own.
fn no() -> bool {
    false
}
