//! The lookup lists, all by the same few handlers; `model::rules` says how they differ.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::call::{Call, Route};
use super::items;
use crate::http::reply::{Answer, Reply};
use crate::ids::Id;
use crate::model::fields::Fields;
use crate::model::lookups::Doc;
use crate::model::rules::Kind;
use crate::query::{DEFAULT_LIMIT, Expand};
use crate::webhooks::Change;

/// The routes of lookup lists.
pub fn find(method: &str, path: &[&str]) -> Option<Route> {
    match (method, path) {
        ("POST", ["categories", "bulk_sort_orders"] | ["modifier_group_sort_orders"]) => {
            return Some(("INVENTORY_W", sort_orders));
        }
        ("PUT", ["modifier_groups", _, "layout"]) => return Some(("INVENTORY_W", layout)),
        _ => {}
    }
    let kind = Kind::of_path(path.first()?)?;
    let rules = kind.rules();
    // A nested list: the options of an attribute, the modifiers of a modifier group.
    let nested = child(kind).filter(|(child, _)| path.get(2) == Some(&child.rules().path));
    // Options and modifiers are made where they belong, never in their own list.
    let is_child = matches!(kind, Kind::Options | Kind::Modifiers);
    Some(match (method, path) {
        ("GET", [_, _, "items"]) if has_items(kind) => (rules.read, items::list_linked),
        ("GET", [_, _, _]) if nested.is_some() => (rules.read, list),
        ("POST", [_, _, _]) if nested.is_some() => (rules.write, create),
        ("GET", [_, _, _, _]) if nested.is_some() => (rules.read, get),
        ("POST", [_, _, _, _]) if nested.is_some() => (rules.write, update),
        ("DELETE", [_, _, _, _]) if nested.is_some() => (rules.write, delete),
        ("GET", [_]) => (rules.read, list),
        ("POST", [_]) if !is_child => (rules.write, create),
        ("DELETE", [_]) if rules.bulk_delete.is_some() => (rules.write, delete_many),
        ("GET", [_, _]) if !is_child => (rules.read, get),
        ("POST", [_, _]) if !is_child => (rules.write, update),
        ("DELETE", [_, _]) if !is_child => (rules.write, delete),
        _ => return None,
    })
}

/// The list nested in another, and the field that points back.
fn child(kind: Kind) -> Option<(Kind, &'static str)> {
    let has_path = kind != Kind::ItemGroups;
    kind.children().first().copied().filter(|_| has_path)
}

fn has_items(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Categories | Kind::Tags | Kind::ItemGroups | Kind::TaxRates | Kind::ModifierGroups
    )
}

/// What a path is about: the list, the entry it belongs to, and the place of its own id in the
/// path.
struct Target {
    kind: Kind,
    parent: Option<(&'static str, Id)>,
    own_at: usize,
}

fn target(call: &Call<'_>) -> Result<Target, Reply> {
    let kind = call
        .path
        .first()
        .and_then(|path| Kind::of_path(path))
        .ok_or_else(Reply::no_resource)?;
    match (child(kind), call.path.len()) {
        (Some((own, field)), 3..) => {
            let parent = call
                .id(1)
                .filter(|id| call.store.lookups.live(kind, *id).is_some());
            Ok(Target {
                kind: own,
                parent: Some((field, parent.ok_or_else(Reply::no_resource)?)),
                own_at: 3,
            })
        }
        _ => Ok(Target {
            kind,
            parent: None,
            own_at: 1,
        }),
    }
}

impl Target {
    fn belongs(&self, doc: &Doc) -> bool {
        self.parent
            .is_none_or(|(field, id)| doc.reference(field) == Some(id))
    }

    fn own(&self, call: &Call<'_>) -> Result<Id, Reply> {
        let doc = call
            .id(self.own_at)
            .and_then(|id| call.store.lookups.live(self.kind, id));
        let doc = doc
            .filter(|doc| self.belongs(doc))
            .ok_or_else(Reply::no_resource)?;
        Ok(doc.id)
    }
}

fn list(call: &mut Call<'_>) -> Answer {
    let target = target(call)?;
    let filters = target.kind.rules().filters;
    let query = call.query(filters)?;
    let table = call.store.lookups.table(target.kind);
    let page = query.page(table, &call.store.lookups, |doc| target.belongs(doc));
    Ok(call.list(
        show(call, target.kind, &page, &query.expand),
        &query,
        filters,
    ))
}

fn get(call: &mut Call<'_>) -> Answer {
    let target = target(call)?;
    let id = target.own(call)?;
    let expand = call.expand()?;
    one(call, target.kind, id, &expand)
}

fn one(call: &Call<'_>, kind: Kind, id: Id, expand: &Expand) -> Answer {
    let doc = call
        .store
        .lookups
        .live(kind, id)
        .ok_or_else(Reply::no_resource)?;
    let mut shown = show(call, kind, &[doc], expand);
    Ok(Reply::json(&shown.pop()))
}

fn create(call: &mut Call<'_>) -> Answer {
    let target = target(call)?;
    let mut body = call.body()?;
    if let Some((field, id)) = target.parent {
        body.insert(field.to_owned(), json!({"id": id}));
    }
    let mut fields = call.store.lookups.read(target.kind, &body, true)?;
    if target.kind == Kind::Discounts
        && !["amount", "percentage", "percentageDecimal"]
            .iter()
            .any(|f| fields.contains_key(*f))
    {
        return Err(Reply::bad("amount or percentage is required"));
    }
    if target.kind == Kind::OrderTypes && call.store.lookups.all(Kind::OrderTypes).next().is_none()
    {
        fields.insert("isDefault".to_owned(), json!(true));
    }
    if target.kind == Kind::Customers {
        let now = json!(call.store.now());
        fields.entry("customerSince").or_insert(now);
    }
    let id = call.store.add_fields(target.kind, fields);
    one(call, target.kind, id, &call.expand()?)
}

fn update(call: &mut Call<'_>) -> Answer {
    let target = target(call)?;
    let id = target.own(call)?;
    let mut body = call.body()?;
    // An attribute keeps its group, an option its attribute, a modifier its group.
    for field in ["itemGroup", "attribute", "modifierGroup"] {
        body.remove(field);
    }
    let fields = call.store.lookups.read(target.kind, &body, false)?;
    let now = call.store.now();
    if let Some(doc) = call.store.lookups.table_mut(target.kind).get_mut(id) {
        doc.fields.extend(fields);
        doc.modified = now;
    }
    if let Some(prefix) = target.kind.rules().event {
        call.store.tell(prefix, id, Change::Update);
    }
    call.store.after_rename(target.kind, id);
    one(call, target.kind, id, &call.expand()?)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let target = target(call)?;
    let id = target.own(call)?;
    call.store.delete_docs(target.kind, &[id]);
    Ok(Reply::empty())
}

fn delete_many(call: &mut Call<'_>) -> Answer {
    let target = target(call)?;
    let parameter = target
        .kind
        .rules()
        .bulk_delete
        .ok_or_else(Reply::no_resource)?;
    let ids = call.bulk_ids(parameter)?;
    call.store.delete_docs(target.kind, &ids);
    Ok(Reply::empty())
}

/// New sort orders, `{"elements": [{"id", "sortOrder"}]}`: the body is assumed.
fn sort_orders(call: &mut Call<'_>) -> Answer {
    let kind = match call.path.first() {
        Some(&"categories") => Kind::Categories,
        _ => Kind::ModifierGroups,
    };
    let body = call.body()?;
    let elements = Fields::of(&body)
        .list("elements")?
        .ok_or_else(|| Reply::bad("elements is required"))?;
    let mut orders: Vec<(Id, i64)> = Vec::new();
    for element in elements {
        let id = element["id"].as_str().and_then(|id| id.parse().ok());
        let id = id
            .filter(|id| call.store.lookups.live(kind, *id).is_some())
            .ok_or_else(Reply::no_resource)?;
        let order = element["sortOrder"].as_i64();
        orders.push((
            id,
            order.ok_or_else(|| Reply::bad("sortOrder must be a whole number"))?,
        ));
    }
    for (id, order) in orders {
        if let Some(doc) = call.store.lookups.table_mut(kind).get_mut(id) {
            doc.fields.insert("sortOrder".to_owned(), json!(order));
        }
    }
    Ok(Reply::empty())
}

/// The order of modifiers in their group; taken, and of no effect here.
fn layout(call: &mut Call<'_>) -> Answer {
    let id = call.id(1).ok_or_else(Reply::no_resource)?;
    call.body()?;
    one(call, Kind::ModifierGroups, id, &Expand::default())
}

/// Entries on the wire with what `expand` nests; one pass over items and children for the whole
/// page.
fn show(call: &Call<'_>, kind: Kind, page: &[&Doc], expand: &Expand) -> Vec<Value> {
    let lookups = &call.store.lookups;
    let nests_items = has_items(kind) && expand.has("items");
    let mut items: HashMap<Id, Vec<Value>> = page.iter().map(|doc| (doc.id, Vec::new())).collect();
    if nests_items {
        let style = call.style(&Expand::default());
        for item in call
            .store
            .items
            .oldest_first()
            .filter(|item| item.deleted.is_none())
        {
            for id in item.links(kind) {
                if let Some(list) = items.get_mut(id).filter(|list| list.len() < DEFAULT_LIMIT) {
                    list.push(json!(style.show(item)));
                }
            }
        }
    }
    let nested = kind.children().first();
    let nested = nested.filter(|(own, _)| *own == Kind::Modifiers || expand.has(own.rules().path));
    let mut children: HashMap<Id, Vec<&Doc>> = HashMap::new();
    if let Some((own, field)) = nested {
        for doc in lookups.all(*own) {
            if let Some(parent) = doc.reference(field) {
                children.entry(parent).or_default().push(doc);
            }
        }
    }
    let show_one = |doc: &&Doc| {
        let mut map = doc.to_map_of(expand, "");
        if nests_items {
            let elements = items.remove(&doc.id).unwrap_or_default();
            map.insert("items".to_owned(), json!({"elements": elements}));
        }
        if let Some((own, _)) = nested {
            let list = children.get(&doc.id).map_or(&[][..], Vec::as_slice);
            nest(&mut map, *own, list, expand);
        }
        if kind == Kind::Tenders {
            map.insert(
                "href".to_owned(),
                json!(format!("{}/tenders/{}", call.base(), doc.id)),
            );
        }
        Value::Object(map)
    };
    page.iter().map(show_one).collect()
}

fn nest(map: &mut Map<String, Value>, own: Kind, list: &[&Doc], expand: &Expand) {
    let path = own.rules().path;
    if own == Kind::Modifiers && !list.is_empty() {
        // Recorded: a text of ids, and no key for a group without modifiers.
        let ids: Vec<&str> = list.iter().map(|doc| doc.id.as_str()).collect();
        map.insert("modifierIds".to_owned(), json!(ids.join(",")));
    }
    if expand.has(path) {
        let elements = &list[..list.len().min(DEFAULT_LIMIT)];
        map.insert(path.to_owned(), json!({"elements": elements}));
    }
}
