//! The merchant.

use serde::Deserialize;

use super::lenient::{optional_flag, text};

/// The merchant's properties. The answer holds bank data too, which is why nothing else of it is
/// read, and why its text is never logged.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Properties {
    /// ISO 4217.
    #[serde(default)]
    pub default_currency: Option<String>,
    /// Whether prices include tax.
    #[serde(default, deserialize_with = "optional_flag")]
    pub vat: Option<bool>,
    /// Whether the merchant keeps counts.
    #[serde(default, deserialize_with = "optional_flag")]
    pub track_stock: Option<bool>,
    /// Whether Clover itself takes sold units out of the count.
    #[serde(default, deserialize_with = "optional_flag")]
    pub update_stock: Option<bool>,
}

/// The merchant.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Merchant {
    /// As on the dashboard.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
}
