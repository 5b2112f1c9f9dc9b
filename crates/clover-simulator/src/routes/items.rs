//! Items: list, one, create, update, delete, and many at once.

use serde_json::{Map, Value, json};

use super::call::{Call, Route};
use crate::http::reply::{Answer, Reply};
use crate::ids::Id;
use crate::model::fields::Fields;
use crate::model::item::{Item, ItemChange};
use crate::model::rules::{ITEM_FILTERS, Kind};
use crate::query::Expand;
use crate::switches::DeletedItemGet;

/// The routes of items.
pub fn find(method: &str, path: &[&str]) -> Option<Route> {
    Some(match (method, path) {
        ("GET", ["items"]) => ("INVENTORY_R", list),
        ("POST", ["items"]) => ("INVENTORY_W", create),
        ("DELETE", ["items"]) => ("INVENTORY_W", delete_many),
        ("GET", ["items", _]) => ("INVENTORY_R", get),
        ("POST", ["items", _]) => ("INVENTORY_W", update),
        ("PUT", ["items", _]) => ("INVENTORY_W", put),
        ("DELETE", ["items", _]) => ("INVENTORY_W", delete),
        ("GET", ["items", _, "categories" | "tags"]) => ("INVENTORY_R", linked),
        ("POST", ["bulk_items"]) => ("INVENTORY_W", create_many),
        ("PUT", ["bulk_items"]) => ("INVENTORY_W", update_many),
        _ => return None,
    })
}

fn list(call: &mut Call<'_>) -> Answer {
    let query = call.query(ITEM_FILTERS)?;
    let style = call.style(&query.expand);
    let page = query.page(&call.store.items, &call.store.lookups, |_| true);
    let elements: Vec<_> = page.into_iter().map(|item| style.show(item)).collect();
    Ok(call.list(elements, &query, ITEM_FILTERS))
}

/// The items of one entry of a lookup list, as a page of its own.
pub fn list_linked(call: &mut Call<'_>) -> Answer {
    let kind = call.path.first().and_then(|path| Kind::of_path(path));
    let (kind, id) = kind.zip(call.id(1)).ok_or_else(Reply::no_resource)?;
    if call.store.lookups.live(kind, id).is_none() {
        return Err(Reply::no_resource());
    }
    let query = call.query(ITEM_FILTERS)?;
    let style = call.style(&query.expand);
    let page = query.page(&call.store.items, &call.store.lookups, |item| {
        item.is_linked(kind, id)
    });
    let elements: Vec<_> = page.into_iter().map(|item| style.show(item)).collect();
    Ok(call.list(elements, &query, ITEM_FILTERS))
}

fn item_id(call: &Call<'_>) -> Result<Id, Reply> {
    let id = call.id(1).filter(|id| call.store.item(*id).is_some());
    id.ok_or_else(Reply::no_item)
}

/// One item, as every write answers it: nothing nested.
fn plain(call: &Call<'_>, id: Id) -> Answer {
    let item = call.store.items.get(id).ok_or_else(Reply::no_item)?;
    Ok(Reply::json(&call.style(&Expand::default()).show(item)))
}

fn get(call: &mut Call<'_>) -> Answer {
    let expand = call.expand()?;
    let shows_deleted = call.store.switches.deleted_item_get == DeletedItemGet::Object;
    let item: &Item = call
        .id(1)
        .and_then(|id| call.store.items.get(id))
        .filter(|item| item.deleted.is_none() || shows_deleted)
        .ok_or_else(Reply::no_item)?;
    Ok(Reply::json(&call.style(&expand).show(item)))
}

fn create_from(call: &mut Call<'_>, body: &Map<String, Value>) -> Result<Id, Reply> {
    let change = ItemChange::read(body)?;
    let group = Fields::of(body).reference("itemGroup")?.flatten();
    call.store.create_item(change, group)
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = call.body()?;
    let id = create_from(call, &body)?;
    plain(call, id)
}

fn update(call: &mut Call<'_>) -> Answer {
    let id = item_id(call)?;
    let change = ItemChange::read(&call.body()?)?;
    call.store.edit_item(id, change)?;
    plain(call, id)
}

/// Undocumented but works: partial as well, yet it wants the name.
fn put(call: &mut Call<'_>) -> Answer {
    if !matches!(ItemChange::read(&call.body()?)?.name, Some(Some(_))) {
        return Err(Reply::bad("name is required"));
    }
    update(call)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = item_id(call)?;
    call.store.delete_item(id)?;
    Ok(Reply::empty())
}

fn delete_many(call: &mut Call<'_>) -> Answer {
    for id in call.bulk_ids("itemIds")? {
        // One that is gone already is what was asked for.
        let _ = call.store.delete_item(id);
    }
    Ok(Reply::empty())
}

fn bulk(call: &Call<'_>) -> Result<Vec<Map<String, Value>>, Reply> {
    let body = call.body()?;
    let list = Fields::of(&body)
        .list("items")?
        .ok_or_else(|| Reply::bad("items is required"))?;
    let objects: Option<Vec<_>> = list
        .iter()
        .map(|value| value.as_object().cloned())
        .collect();
    objects.ok_or_else(|| Reply::bad("items must be a list of objects"))
}

fn show_many(call: &Call<'_>, ids: &[Id]) -> Reply {
    let style = call.style(&Expand::default());
    let items = ids.iter().filter_map(|id| call.store.items.get(*id));
    let elements: Vec<_> = items.map(|item| style.show(item)).collect();
    Reply::json(&json!({"elements": elements}))
}

fn create_many(call: &mut Call<'_>) -> Answer {
    let bodies = bulk(call)?;
    // All are checked before the first is made.
    for body in &bodies {
        ItemChange::read(body)?.required()?;
    }
    let ids: Result<Vec<Id>, Reply> = bodies.iter().map(|body| create_from(call, body)).collect();
    Ok(show_many(call, &ids?))
}

fn update_many(call: &mut Call<'_>) -> Answer {
    let mut changes = Vec::new();
    for body in &bulk(call)? {
        let id = body
            .get("id")
            .and_then(Value::as_str)
            .and_then(|id| id.parse().ok());
        let id = id
            .filter(|id| call.store.item(*id).is_some())
            .ok_or_else(Reply::no_item)?;
        changes.push((id, ItemChange::read(body)?));
    }
    let ids: Vec<Id> = changes.iter().map(|(id, _)| *id).collect();
    for (id, change) in changes {
        call.store.edit_item(id, change)?;
    }
    Ok(show_many(call, &ids))
}

/// `/items/{id}/categories` and `/items/{id}/tags`.
fn linked(call: &mut Call<'_>) -> Answer {
    let id = item_id(call)?;
    let kind = call
        .path
        .get(2)
        .and_then(|path| Kind::of_path(path))
        .ok_or_else(Reply::no_resource)?;
    let filters = kind.rules().filters;
    let query = call.query(filters)?;
    let item = call.store.item(id).ok_or_else(Reply::no_item)?;
    let table = call.store.lookups.table(kind);
    let page = query.page(table, &call.store.lookups, |doc| {
        item.is_linked(kind, doc.id)
    });
    Ok(call.list(page, &query, filters))
}
