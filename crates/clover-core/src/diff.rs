//! What must be written so that the shop has what Clover says.

use std::collections::{BTreeSet, HashMap};

use crate::money::ColumnPrice;
use crate::product::{Product, Reference, Variant};

/// One mapping as the shop's database holds it now.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// As stored with the mapping: the product's, or for a variant of a group the variant's.
    pub fingerprint: Option<String>,
    /// Marked as deleted in Clover.
    pub deleted: bool,
    /// The variant's.
    pub sku: Option<String>,
    /// The variant's.
    pub upc: Option<String>,
    /// The variant's; none when the column holds nothing readable.
    pub price: Option<ColumnPrice>,
    /// Whether the shop counts this variant.
    pub manage_stock: bool,
    /// The variant's; none when it has no quantity row.
    pub quantity: Option<i64>,
    /// 0 marks out of stock whatever the quantity.
    pub availability: i64,
    /// Units that the shop has taken for orders and Clover has not.
    pub committed: i64,
}

/// What is to be done with a product or a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The shop does not have it.
    Create,
    /// The shop has it, and something differs.
    Update,
    /// It was deleted in Clover and is back.
    Restore,
    /// Nothing.
    Keep,
}

/// A product that needs writing.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// As Clover wants it.
    pub product: Product,
    /// Never [`Action::Keep`].
    pub action: Action,
    /// Names of what differs, in a fixed order.
    pub fields: Vec<&'static str>,
    /// One for each of the product's variants, in their order.
    pub variants: Vec<VariantChange>,
}

/// What is to be done with one variant.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantChange {
    /// Keep when nothing differs.
    pub action: Action,
    /// Names of what differs.
    pub fields: Vec<&'static str>,
    /// What the shop may sell; none when Clover does not count the item.
    pub quantity: Option<i64>,
    /// The value to write, or none to leave the owner's.
    pub availability: Option<i64>,
}

/// Every field name, in the order in which they are reported.
const FIELDS: [&str; 11] = ["title", "category", "tags", "sale", "options", "variants", "sku", "upc", "price", "count", "availability"];

/// Compares a product with the shop. None when nothing is to be done.
///
/// `known` holds the product's own row and its variants' rows by Clover id; a simple product's one row is both.
#[must_use]
pub fn compare<S: std::hash::BuildHasher>(product: &Product, known: &HashMap<String, Known, S>) -> Option<Change> {
    let row = known.get(product.reference.id());
    let aspects = row.map_or_else(Vec::new, |r| product.fingerprint().differing(r.fingerprint.as_deref().unwrap_or_default()));
    let variants: Vec<VariantChange> = product
        .variants
        .iter()
        .map(|variant| {
            let known = row.and_then(|_| known.get(variant.id.as_str()));
            let sale_changed = match product.reference {
                Reference::Item(_) => aspects.contains(&"sale"),
                Reference::Group(_) => known.is_some_and(|k| k.fingerprint.as_deref() != Some(variant.fingerprint())),
            };
            compare_variant(variant, known, sale_changed)
        })
        .collect();
    let action = match row {
        None => Action::Create,
        Some(row) if row.deleted => Action::Restore,
        Some(_) if aspects.is_empty() && variants.iter().all(|v| v.action == Action::Keep) => Action::Keep,
        Some(_) => Action::Update,
    };
    if action == Action::Keep {
        return None;
    }
    let mut differing: BTreeSet<&str> = aspects.into_iter().chain(variants.iter().flat_map(|v| v.fields.iter().copied())).collect();
    if action == Action::Create {
        differing.extend(FIELDS);
    } else if variants.iter().any(|v| matches!(v.action, Action::Create | Action::Restore)) && !product.options.is_empty() {
        differing.insert("variants");
    }
    let fields = FIELDS.into_iter().filter(|field| differing.contains(field)).collect();
    Some(Change { product: product.clone(), action, fields, variants })
}

fn compare_variant(variant: &Variant, known: Option<&Known>, sale_changed: bool) -> VariantChange {
    let committed = known.map_or(0, |k| k.committed);
    let quantity = variant.stock.map(|stock| stock.sellable(committed));
    let Some(known) = known else {
        return VariantChange {
            action: Action::Create,
            fields: vec!["sku", "upc", "price", "count", "availability"],
            quantity,
            availability: Some(i64::from(variant.sellable)),
        };
    };
    let mut fields = Vec::new();
    if empty_as_none(&known.sku) != variant.sku.as_deref() {
        fields.push("sku");
    }
    if empty_as_none(&known.upc) != variant.upc.as_deref() {
        fields.push("upc");
    }
    if known.price != Some(variant.price) {
        fields.push("price");
    }
    let count_differs = known.manage_stock != quantity.is_some() || (quantity.is_some() && known.quantity != quantity);
    if count_differs {
        fields.push("count");
    }
    let availability = availability(variant, known, quantity, sale_changed);
    if availability.is_some() {
        fields.push("availability");
    }
    let action = match (known.deleted, fields.is_empty()) {
        (true, _) => Action::Restore,
        (false, false) => Action::Update,
        (false, true) => Action::Keep,
    };
    VariantChange { action, fields, quantity, availability }
}

/// The shop's own order path writes 0 when a counted variant sells out and 1 when units come back; a 0 with stock there is the owner's and stays.
/// So it is written only when the count crosses zero, when Clover itself changes its mind, and when a deleted variant returns.
fn availability(variant: &Variant, known: &Known, quantity: Option<i64>, sale_changed: bool) -> Option<i64> {
    if !variant.sellable {
        return (known.availability != 0).then_some(0);
    }
    let has_units = quantity.is_none_or(|units| units > 0);
    let had_units = !known.manage_stock || known.quantity.unwrap_or(0) > 0;
    let wanted = if sale_changed || known.deleted || has_units != had_units { i64::from(has_units) } else { return None };
    (known.availability != wanted).then_some(wanted)
}

fn empty_as_none(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|t| !t.is_empty())
}
