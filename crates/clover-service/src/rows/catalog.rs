//! Rows of the catalog: what the shop has, and what it is to write.

use std::collections::HashMap;

use clover_core::description;
use clover_core::diff::{Action, Change, Known};
use clover_core::ids::{CategoryId, ItemId};
use clover_core::money::ColumnPrice;
use clover_core::quantity::Quantity;
use clover_core::tax::ProductTax;
use clover_core::text;

use super::{Input, NOT_UTF8, Output, errors, object, row};
use crate::error::Error;
use crate::groups::{GroupChanges, Staged};
use crate::page::{Fault, Page, StockPage};

/// The `$known` rows by Clover id. A row without an id is skipped. Its item then counts as new,
/// and a unique key in the shop refuses the duplicate.
pub fn known<'a>(rows: impl Input<'a>) -> HashMap<String, Known> {
    let known = |row| Some((Input::text_of(row, "clover_id")?, known_row(row)));
    let mut known_by_id = HashMap::with_capacity(rows.size());
    known_by_id.extend(rows.values().filter_map(known));
    known_by_id
}

fn known_row<'a>(row: impl Input<'a>) -> Known {
    let price = row.field("price").and_then(Input::text);
    Known {
        fingerprint: row.text_of("fingerprint"),
        deleted: row.integer_of("deleted") == Some(1),
        place: row.text_of("place"),
        sku: row.text_of("sku"),
        upc: row.text_of("upc"),
        price: price.and_then(|price| ColumnPrice::parse(&price)),
        manage_stock: row.integer_of("manage_stock") == Some(1),
        quantity: row.integer_of("quantity"),
        threshold: row
            .text_of("threshold")
            .and_then(|text| Quantity::parse(&text)),
        availability: row.integer_of("availability").unwrap_or(1),
        committed: row.integer_of("committed").unwrap_or(0),
        reserve: row.integer_of("reserve"),
        tax_profile: row.integer_of("tax_profile"),
        tax_written: row.integer_of("tax_written"),
    }
}

/// Staged items of groups.
///
/// # Errors
/// A row has no group or no payload.
pub fn staged<'a>(rows: impl Input<'a>) -> Result<Staged, Error> {
    let mut staged = Staged::default();
    rows.read("staged", |row| {
        let payload = row.field("payload").and_then(Input::text);
        staged.add(
            row.text_of("group_id"),
            || row.text_of("item_id"),
            payload.as_deref(),
        )
    })?;
    Ok(staged)
}

/// Ids of items.
///
/// # Errors
/// One is not an id.
pub fn ids<'a>(list: impl Input<'a>) -> Result<Vec<ItemId>, Error> {
    let id = |value| {
        let id = Input::text(value).ok_or_else(|| Error::argument(NOT_UTF8, "ids"))?;
        ItemId::new(id.into_owned()).map_err(|e| Error::argument(e.to_string(), "ids"))
    };
    list.values().map(id).collect()
}

/// A name for a URL.
#[must_use]
pub fn alias(name: &[u8]) -> String {
    text::alias(&String::from_utf8_lossy(name))
}

/// The key by which two names compare equal.
#[must_use]
pub fn name_key(name: &[u8]) -> String {
    text::key(&String::from_utf8_lossy(name))
}

/// Names as they are shown and stored, in the order given.
///
/// # Errors
/// One is not text.
pub fn clean_names<'a>(names: impl Input<'a>) -> Result<Vec<String>, Error> {
    let clean = |name| {
        let bytes = Input::bytes(name).ok_or_else(|| Error::argument("must be text", "names"))?;
        Ok(text::clean(&String::from_utf8_lossy(&bytes)).unwrap_or_default())
    };
    names.values().map(clean).collect()
}

/// Items of groups.
pub fn members(page: &Page) -> impl Iterator<Item = Output<'_>> {
    page.members().map(|member| {
        row! {
            item_id: member.item.as_str(),
            group_id: member.group.as_str(),
            payload: member.payload,
        }
    })
}

/// Items that could not be read or mapped.
#[must_use]
pub fn faults(faults: &[Fault]) -> Output<'_> {
    Output::list(faults.iter().map(|fault| {
        row! {
            item_id: fault.item.as_deref(),
            path: &fault.path,
            problem: errors::problem(&fault.problem),
        }
    }))
}

/// Items that the settings leave out.
#[must_use]
pub fn left_out(page: &Page) -> Output<'_> {
    Output::list(page.left_out.iter().map(|one| {
        row! {
            item_id: one.item.as_str(),
            name: &one.name,
            reason: errors::problem(&one.reason),
        }
    }))
}

/// How Clover taxes products, as the shop stores it.
pub fn taxes<'a>(
    taxes: impl Iterator<Item = (&'a str, &'a ProductTax)>,
) -> impl Iterator<Item = Output<'a>> {
    taxes.map(|(id, tax)| {
        row! {
            clover_id: id,
            tax: tax.to_text(),
            profile: tax.profile,
        }
    })
}

/// Products of whole groups that the shop must write.
#[must_use]
pub fn group_changes(groups: &GroupChanges) -> Output<'_> {
    object!(
        GroupChanges:
        Output::list(groups.changes.iter().map(change)),
        faults(&groups.faults),
        groups.unchanged,
        Output::list(taxes(groups.taxes())),
    )
}

/// What only a new product gets: from then on it is the owner's.
fn of_new<'a>(change: &Change, text: Option<&'a str>) -> Option<&'a str> {
    text.filter(|_| change.action == Action::Create)
}

/// A product that the shop must write.
#[must_use]
pub fn change(change: &Change) -> Output<'_> {
    let product = &change.product;
    let (lowest, highest) = product
        .price_range()
        .map_or_else(Default::default, |(l, h)| (l.to_string(), h.to_string()));
    let options = product.options.iter().enumerate().map(|(index, name)| {
        row! { name: name, values: Output::list(product.option_values(index)) }
    });
    let modifiers = product.modifiers.iter().map(|option| {
        let choices = option.choices.iter().map(|choice| {
            row! {
                modifier: choice.modifier.as_str(),
                name: &choice.name,
                price: choice.price.to_string(),
            }
        });
        row! {
            group: option.group.as_str(),
            name: &option.name,
            kind: option.kind.key(),
            required: option.required,
            choices: Output::list(choices),
        }
    });
    let variants = product.variants.iter().zip(&change.variants);
    let variants = variants.map(|(variant, difference)| {
        row! {
            clover_id: variant.id.as_str(),
            action: Output::case(difference.action),
            fields: Output::list(difference.fields.iter().copied()),
            fingerprint: variant.fingerprint(),
            sku: variant.sku.as_deref(),
            upc: variant.upc.as_deref(),
            price: variant.price.to_string(),
            manage_stock: difference.quantity.is_some(),
            quantity: difference.quantity,
            count: variant.stock.map(|count| count.to_string()),
            threshold: variant.threshold.map(Quantity::to_column),
            availability: difference.availability,
            option_values: Output::list(&variant.option_values),
            name: &variant.name,
        }
    });
    object!(
        ProductChange:
        product.reference.id(),
        Output::case(product.reference.kind()),
        Output::case(change.action),
        Output::list(change.fields.iter().copied()),
        &product.title,
        product.alias(),
        product.publish,
        product.withheld,
        Output::list(&product.categories),
        product.create_category,
        product.category.as_ref().map_or("", CategoryId::as_str),
        Output::list(&product.tags),
        Output::list(product.warnings.iter().map(errors::problem)),
        Output::list(product.cautions.iter().copied().map(Output::case)),
        product.fingerprint().to_text(),
        lowest,
        highest,
        Output::list(options),
        Output::list(variants),
        Output::list(modifiers),
        change.tax_profile,
        of_new(change, product.description.as_deref()).map_or_else(String::new, description::html),
        of_new(change, product.picture.as_deref()).unwrap_or_default(),
    )
}

/// The count of each item on a page.
pub fn counts(page: &StockPage) -> impl Iterator<Item = Output<'_>> {
    page.counts().map(|(item, count)| {
        row! {
            clover_id: item.as_str(),
            count: count.map(|count| count.to_string()),
            whole: count.map(Quantity::floor),
        }
    })
}

/// Counts that the shop must write.
#[allow(clippy::implicit_hasher, reason = "made by `known`")]
pub fn count_changes<'a>(
    page: &'a StockPage,
    known: &'a HashMap<String, Known>,
    track_stock: bool,
) -> impl Iterator<Item = Output<'a>> {
    page.changes(known, track_stock).map(|(item, change)| {
        row! {
            clover_id: item.as_str(),
            manage_stock: change.quantity.is_some(),
            quantity: change.quantity,
            availability: change.availability,
        }
    })
}
