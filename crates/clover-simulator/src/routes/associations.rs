//! Links between items and lookup lists: `category_items`, `tag_items`, `option_items` and so on.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::call::{Call, Route};
use crate::http::reply::{Answer, Reply};
use crate::ids::Id;
use crate::model::fields::Fields;
use crate::model::item::Item;
use crate::model::rules::Kind;
use crate::query::DEFAULT_LIMIT;
use crate::webhooks::Change;

/// The routes of links.
pub fn find(method: &str, path: &[&str]) -> Option<Route> {
    let [name] = path else {
        return None;
    };
    link(name)?;
    match method {
        "POST" => Some(("INVENTORY_W", change)),
        "GET" if *name == "tag_items" => Some(("INVENTORY_R", tag_items)),
        _ => None,
    }
}

/// The list a path links items to, and the name of its end of a link.
fn link(path: &str) -> Option<(Kind, &'static str)> {
    Some(match path {
        "category_items" => (Kind::Categories, "category"),
        "tag_items" => (Kind::Tags, "tag"),
        "option_items" => (Kind::Options, "option"),
        "tax_rate_items" => (Kind::TaxRates, "taxRate"),
        "item_modifier_groups" => (Kind::ModifierGroups, "modifierGroup"),
        _ => return None,
    })
}

/// Adds the links, or takes them away with `?delete=true`.
fn change(call: &mut Call<'_>) -> Answer {
    let (kind, end) = call
        .path
        .first()
        .and_then(|path| link(path))
        .ok_or_else(Reply::no_resource)?;
    let body = call.body()?;
    let elements = Fields::of(&body)
        .list("elements")?
        .ok_or_else(|| Reply::bad("elements is required"))?;
    let mut links: Vec<(Id, Id)> = Vec::new();
    for element in elements {
        let fields = element
            .as_object()
            .ok_or_else(|| Reply::bad("elements must be a list of objects"))?;
        let other = Fields::of(fields).reference(end)?.flatten();
        let item = Fields::of(fields).reference("item")?.flatten();
        let other = other.ok_or_else(|| Reply::bad(format!("{end} is required")))?;
        let item = item.ok_or_else(|| Reply::bad("item is required"))?;
        if call.store.lookups.live(kind, other).is_none() || call.store.item(item).is_none() {
            return Err(Reply::no_resource());
        }
        links.push((other, item));
    }
    let deletes = call.request.parameter("delete").as_deref() == Some("true");
    let now = call.store.now();
    for &(other, id) in &links {
        let item = call.store.items.get_mut(id).ok_or_else(Reply::no_item)?;
        if set_link(item, kind, other, !deletes) {
            item.modified = now;
            call.store.tell("I", id, Change::Update);
        }
    }
    if kind == Kind::Options {
        let items: BTreeSet<Id> = links.into_iter().map(|(_, id)| id).collect();
        call.store.rename_variants(|item| items.contains(&item.id));
    }
    Ok(Reply::empty())
}

/// Makes or breaks one link; whether that changed anything.
pub fn set_link(item: &mut Item, kind: Kind, other: Id, is_linked: bool) -> bool {
    let had = item.is_linked(kind, other);
    match item.links_mut(kind) {
        Some(links) if is_linked && !had => links.push(other),
        Some(links) if !is_linked && had => links.retain(|id| *id != other),
        _ => return false,
    }
    true
}

fn tag_items(call: &mut Call<'_>) -> Answer {
    let query = call.query("id")?;
    let page = query.page(&call.store.items, &call.store.lookups, |item| {
        !item.tags.is_empty()
    });
    let pairs = page
        .iter()
        .flat_map(|item| item.tags.iter().map(|tag| (*tag, item.id)));
    let elements: Vec<Value> = pairs
        .take(DEFAULT_LIMIT * 10)
        .map(|(tag, item)| json!({"tag": {"id": tag}, "item": {"id": item}}))
        .collect();
    Ok(call.list(elements, &query, "id"))
}
