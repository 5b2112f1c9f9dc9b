//! Whether the shop's order is still the one that was sent.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::shop_order::{NamedAmount, OrderLine, ShopOrder};
use crate::money::Decimal;

/// Raise it when the rules below change: texts of other rules are not comparable.
const RULES: &str = "1-";

/// Bytes of the hash that are kept.
const KEPT: usize = 16;

impl ShopOrder {
    /// Another text for an order whose goods, amounts or delivery were edited. Numbers are equal in
    /// all their forms, and lines in any order.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut lines: Vec<String> = self.lines.iter().map(|one| line(one).to_string()).collect();
        lines.sort_unstable();
        let to = &self.delivery;
        let address = [
            &to.name,
            &to.company,
            &to.street,
            &to.street_2,
            &to.zip,
            &to.city,
            &to.zone,
            &to.country,
        ];
        let parts = json!([
            lines,
            amounts(&self.charges),
            amounts(&self.discounts),
            number(&self.total),
            address.map(|text| text.trim()),
            self.shipping_method.trim(),
        ]);
        let hash = Sha256::digest(parts.to_string());
        let digits = hash.iter().take(KEPT).map(|byte| format!("{byte:02x}"));
        digits.fold(RULES.to_owned(), |text, digits| text + &digits)
    }
}

fn line(line: &OrderLine) -> Value {
    let options = line.options.iter();
    let options: Vec<_> = options
        .map(|option| (option.name.trim(), option.value.trim()))
        .collect();
    json!([
        line.name.trim(),
        line.sku.trim(),
        number(&line.quantity),
        number(&line.unit_price),
        number(&line.option_price),
        options,
    ])
}

/// Those that are not zero.
fn amounts(entries: &[NamedAmount]) -> Vec<(&str, String)> {
    let entries = entries.iter();
    let entries = entries.map(|entry| (entry.name.trim(), number(&entry.amount)));
    entries.filter(|(_, amount)| amount != "0").collect()
}

/// The shortest form. Text that is not a number stays: it is not this module's to refuse.
fn number(text: &str) -> String {
    match Decimal::parse(text) {
        Some(number) => number.shortest().to_string(),
        None if text.trim().is_empty() => "0".to_owned(),
        None => text.trim().to_owned(),
    }
}
