//! `CloverSync\Catalog`, `PageIterator`, `Page` and `ItemLookup`, and the changes of products.

use std::collections::HashMap;
use std::rc::Rc;

use clover_core::diff::{Change, Known};
use clover_core::ids::{CategoryId, ItemId};
use clover_core::money::ColumnPrice;
use clover_core::text;
use clover_service::Error;
use clover_service::catalog::Catalog;
use clover_service::groups::{GroupChanges, Staged};
use clover_service::page::{Fault, Page};
use serde::Serialize;
use serde_json::Value;

use crate::arguments::{Arguments, unknown};
use crate::json::{Json, Positional, positional};
use crate::objects::{Lookup, Object, Objects};
use crate::value::{self, Row, borrowed, integer, value_text};

/// Makes one call.
pub fn call(
    objects: &Rc<Objects>,
    object: Option<u64>,
    class: &str,
    method: &str,
    arguments: &Arguments<'_>,
) -> Result<Json, Error> {
    match class {
        "Catalog" => catalog(objects, object, method, arguments),
        "PageIterator" if method == "next" => {
            let next = objects.page_iterator(object)?.next()?;
            Ok(next.map_or_else(Json::null, |page| objects.keep(Object::Page(Rc::new(page)))))
        }
        "Page" => page(&*objects.page(object)?, method, arguments),
        "ItemLookup" => {
            let lookup = objects.item_lookup(object)?;
            match method {
                "deleted" => Ok(Json::of(&lookup.deleted)),
                "page" => Ok(objects.keep(Object::Page(Rc::clone(&lookup.page)))),
                _ => Err(unknown(method)),
            }
        }
        _ => Err(unknown(method)),
    }
}

fn catalog(
    objects: &Rc<Objects>,
    object: Option<u64>,
    method: &str,
    arguments: &Arguments<'_>,
) -> Result<Json, Error> {
    let name = || String::from_utf8_lossy(&arguments.bytes(0)).into_owned();
    match method {
        "new" => {
            let session = objects.connection(arguments.object(0))?;
            let currency = arguments.text(1, "currency")?;
            let catalog = Catalog::new(&session, &currency, arguments.is_true(2))?;
            Ok(objects.keep(Object::Catalog(Rc::new(catalog))))
        }
        "alias" => Ok(Json::of(&text::alias(&name()))),
        "nameKey" => Ok(Json::of(&text::key(&name()))),
        "cleanName" => Ok(Json::of(&text::clean(&name()).unwrap_or_default())),
        "pages" => {
            let after = arguments.optional_text(0, "after")?;
            let pages = objects.catalog(object)?.pages(after);
            Ok(objects.keep(Object::PageIterator(Rc::new(pages))))
        }
        "read" => {
            let page = objects
                .catalog(object)?
                .read(&arguments.bytes(0), &arguments.bytes(1))?;
            Ok(objects.keep(Object::Page(Rc::new(page))))
        }
        "groups" => {
            let mut rows = Staged::default();
            for row in value::rows(arguments.at(0)) {
                rows.add(
                    value::text(&row, "group_id"),
                    || value::text(&row, "item_id"),
                    borrowed(&row, "payload").as_deref(),
                )?;
            }
            let known = known_rows(arguments.at(1));
            let changes = objects.catalog(object)?.groups(rows, &known)?;
            Ok(group_changes_row(&changes))
        }
        "lookUp" => {
            let mut wanted: Vec<ItemId> = Vec::new();
            for id in value::values(arguments.at(0)) {
                let id = value_text(id).ok_or_else(|| Error::item(value::NOT_UTF8, "ids"))?;
                wanted.push(
                    ItemId::new(id.into_owned()).map_err(|e| Error::item(e.to_string(), "ids"))?,
                );
            }
            let found = objects.catalog(object)?.look_up(wanted)?;
            let lookup = Lookup {
                deleted: found.deleted,
                page: Rc::new(found.page),
            };
            Ok(objects.keep(Object::ItemLookup(Rc::new(lookup))))
        }
        _ => Err(unknown(method)),
    }
}

fn page(page: &Page, method: &str, arguments: &Arguments<'_>) -> Result<Json, Error> {
    match method {
        "cursor" => Ok(Json::of(&page.cursor)),
        "age" => Ok(Json::of(&page.age())),
        "itemIds" => Ok(Json::of(&page.ids)),
        "changes" => {
            let known = known_rows(arguments.at(0));
            Ok(Json::list(
                page.changes(&known).map(|change| change_row(&change)),
            ))
        }
        "members" => {
            let members = page.members().map(|member| {
                Json::of(&MemberRow {
                    item_id: member.item.as_str(),
                    group_id: member.group.as_str(),
                    payload: member.payload,
                })
            });
            Ok(Json::list(members))
        }
        "errors" => Ok(faults(&page.faults)),
        _ => Err(unknown(method)),
    }
}

#[derive(Serialize)]
struct MemberRow<'a> {
    item_id: &'a str,
    group_id: &'a str,
    payload: String,
}

#[derive(Serialize)]
struct FaultRow<'a> {
    item_id: Option<&'a str>,
    path: &'a str,
    message: &'a str,
}

fn faults(faults: &[Fault]) -> Json {
    Json::list(faults.iter().map(|fault| {
        Json::of(&FaultRow {
            item_id: fault.item.as_deref(),
            path: &fault.path,
            message: &fault.message,
        })
    }))
}

/// The `$known` rows by Clover id. A row without an id is skipped; the item is then taken for new,
/// which a unique key in the shop refuses.
pub fn known_rows(rows: &Value) -> HashMap<String, Known> {
    let mut known_by_id = HashMap::new();
    for row in value::rows(rows) {
        if let Some(id) = value::text(&row, "clover_id") {
            known_by_id.insert(id, known(&row));
        }
    }
    known_by_id
}

fn known(row: &Row) -> Known {
    let number = |field| integer(row, field);
    let text = |field| value::text(row, field);
    Known {
        fingerprint: text("fingerprint"),
        deleted: number("deleted") == Some(1),
        place: text("place"),
        sku: text("sku"),
        upc: text("upc"),
        price: borrowed(row, "price").and_then(|price| ColumnPrice::parse(&price)),
        manage_stock: number("manage_stock") == Some(1),
        quantity: number("quantity"),
        availability: number("availability").unwrap_or(1),
        committed: number("committed").unwrap_or(0),
    }
}

fn group_changes_row(changes: &GroupChanges) -> Json {
    let mut row = Positional::default();
    row.push_json(&Json::list(changes.changes.iter().map(change_row)));
    row.push_json(&faults(&changes.faults));
    row.push(&changes.unchanged);
    row.end()
}

#[derive(Serialize)]
struct OptionRow<'a> {
    name: &'a str,
    values: Vec<&'a str>,
}

#[derive(Serialize)]
struct VariantRow<'a> {
    clover_id: &'a str,
    action: &'a str,
    fields: &'a [&'static str],
    fingerprint: &'a str,
    sku: Option<&'a str>,
    upc: Option<&'a str>,
    price: String,
    manage_stock: bool,
    quantity: Option<i64>,
    availability: Option<i64>,
    option_values: &'a [String],
    name: &'a str,
}

fn change_row(change: &Change) -> Json {
    let product = &change.product;
    let (lowest, highest) = product
        .price_range()
        .map_or_else(Default::default, |(l, h)| (l.to_string(), h.to_string()));
    let options = product.options.iter().enumerate();
    let options: Vec<OptionRow<'_>> = options
        .map(|(index, name)| OptionRow {
            name,
            values: product.option_values(index),
        })
        .collect();
    let variants = product.variants.iter().zip(&change.variants);
    let variants: Vec<VariantRow<'_>> = variants
        .map(|(variant, difference)| VariantRow {
            clover_id: variant.id.as_str(),
            action: difference.action.key(),
            fields: &difference.fields,
            fingerprint: variant.fingerprint(),
            sku: variant.sku.as_deref(),
            upc: variant.upc.as_deref(),
            price: variant.price.to_string(),
            manage_stock: difference.quantity.is_some(),
            quantity: difference.quantity,
            availability: difference.availability,
            option_values: &variant.option_values,
            name: &variant.name,
        })
        .collect();
    positional![
        product.reference.id(),
        product.reference.kind().key(),
        change.action.key(),
        change.fields,
        product.title,
        product.alias(),
        product.publish,
        product.withheld,
        product.categories,
        product.create_category,
        product.category.as_ref().map_or("", CategoryId::as_str),
        product.tags,
        product.warnings,
        product.fingerprint().to_text(),
        lowest,
        highest,
        options,
        variants,
    ]
}
