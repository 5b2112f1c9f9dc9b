//! A catalog from a file: a list of Clover item objects, or a recording whose lists are taken.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::ids::Id;
use crate::model::fields::Fields;
use crate::model::item::{Item, ItemChange, RAW, Stock};
use crate::model::lookups::Doc;
use crate::model::rules::{Kind, relation};
use crate::model::store::MerchantStore;

/// Reads the file into the world; the first object of a list is the newest.
pub fn load(store: &mut MerchantStore, path: &Path) -> Result<(), String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let json: Value =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    add(store, &json).map_err(|error| format!("{}: {error}", path.display()))
}

fn add(store: &mut MerchantStore, json: &Value) -> Result<(), String> {
    if let Some(interactions) = json["interactions"].as_array() {
        for (list, elements) in interactions.iter().filter_map(recorded_list) {
            match list {
                "items" => add_items(store, elements)?,
                path => {
                    let kind = Kind::of_path(path);
                    for element in elements.iter().rev() {
                        kind.and_then(|kind| register(store, kind, element));
                    }
                }
            }
        }
        return Ok(());
    }
    let list = json.get("elements").unwrap_or(json).as_array();
    add_items(
        store,
        list.ok_or("it is neither a list of items nor a recording")?,
    )
}

/// The list that a recorded `GET` of a whole collection answered.
fn recorded_list(interaction: &Value) -> Option<(&str, &Vec<Value>)> {
    let path = interaction["path"].as_str()?;
    let path = path.split('?').next()?;
    let mut parts = path.split('/').skip(4);
    let (list, rest) = (parts.next()?, parts.next());
    let is_list = interaction["method"] == "GET" && interaction["status"] == 200 && rest.is_none();
    is_list.then_some((list, interaction["response"]["elements"].as_array()?))
}

fn add_items(store: &mut MerchantStore, list: &[Value]) -> Result<(), String> {
    for (at, value) in list.iter().enumerate().rev() {
        let wrong = |what: &str| format!("elements[{at}]: {what}");
        let map = value
            .as_object()
            .ok_or_else(|| wrong("it is not an object"))?;
        let item = read_item(store, map).map_err(|error| wrong(&error))?;
        store.items.insert(item.id, item);
    }
    name_groups(store);
    Ok(())
}

fn read_item(store: &mut MerchantStore, map: &Map<String, Value>) -> Result<Item, String> {
    let said = |reply: crate::http::reply::Reply| {
        reply.value()["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let change = ItemChange::read(map).map_err(said)?;
    let (name, price) = change.required().map_err(said)?;
    let id = match map.get("id") {
        Some(id) => id.as_str().unwrap_or_default().parse()?,
        None => store.random.id(),
    };
    let time = |field: &str| map.get(field).and_then(Value::as_i64);
    let modified = time("modifiedTime").unwrap_or_else(|| store.now());
    let mut item = Item::new(id, name, price, modified);
    change.apply(&mut item);
    let is_deleted = map.get("deleted").and_then(Value::as_bool).unwrap_or(false);
    item.deleted = is_deleted.then(|| time("deletedTime").unwrap_or(modified));
    if let Some(group) = map.get("itemGroup") {
        item.group = register(store, Kind::ItemGroups, group);
    }
    for field in [
        "categories",
        "tags",
        "options",
        "taxRates",
        "modifierGroups",
    ] {
        let entries = Fields::of(map)
            .list(field)
            .map_err(said)?
            .map_or(&[][..], Vec::as_slice);
        for entry in entries {
            let Some(kind) = relation(field) else {
                continue;
            };
            if kind == Kind::Options
                && let Some(attribute) = entry.get("attribute")
                && let Some(id) = register(store, Kind::Attributes, attribute)
                && let (Some(group), Some(doc)) = (
                    item.group,
                    store.lookups.table_mut(Kind::Attributes).get_mut(id),
                )
            {
                doc.fields
                    .insert("itemGroup".to_owned(), json!({"id": group}));
            }
            let id = register(store, kind, entry)
                .ok_or_else(|| format!("{field}: an entry has no id"))?;
            item.links_mut(kind)
                .into_iter()
                .for_each(|links| links.push(id));
        }
    }
    item.raw = Fields::of(map)
        .object(RAW)
        .map_err(said)?
        .map(|raw| Box::new(raw.clone()));
    let stock = map.get("itemStock");
    if let Some(quantity) = stock.and_then(|stock| stock["quantity"].as_f64()) {
        let modified = stock
            .and_then(|stock| stock["modifiedTime"].as_i64())
            .unwrap_or(modified);
        let threshold = stock.and_then(|stock| stock["stockAlertThreshold"].as_f64());
        item.stock = Some(Stock {
            quantity,
            modified,
            threshold,
        });
    }
    Ok(item)
}

/// Takes over an entry of a lookup list as it stands in the file, once; its id.
fn register(store: &mut MerchantStore, kind: Kind, entry: &Value) -> Option<Id> {
    let id: Id = entry["id"].as_str()?.parse().ok()?;
    for nested in entry["modifiers"]["elements"]
        .as_array()
        .into_iter()
        .flatten()
    {
        register(store, Kind::Modifiers, nested);
    }
    if store.lookups.table(kind).contains(id) {
        return Some(id);
    }
    let known = kind.rules().fields.iter().map(|field| field.name);
    let fields = known.filter_map(|name| Some((name.to_owned(), entry.get(name)?.clone())));
    let mut fields: Map<String, Value> = fields.collect();
    if kind == Kind::Attributes && !fields.contains_key("name") {
        fields.insert("name".to_owned(), json!("Variant"));
    }
    let doc = Doc {
        id,
        kind,
        fields,
        modified: entry["modifiedTime"]
            .as_i64()
            .unwrap_or_else(|| store.now()),
        deleted: entry["deleted"].as_bool().unwrap_or(false),
    };
    store.lookups.table_mut(kind).insert(id, doc);
    Some(id)
}

/// Items name their group by id alone: it gets the words that its members' names begin with.
fn name_groups(store: &mut MerchantStore) {
    let mut names: BTreeMap<Id, Vec<&str>> = BTreeMap::new();
    for item in store.items.iter() {
        if let Some(group) = item.group {
            names.entry(group).or_default().push(&item.name);
        }
    }
    for (group, members) in names {
        if let Some(doc) = store.lookups.table_mut(Kind::ItemGroups).get_mut(group)
            && doc.name().is_empty()
        {
            doc.fields
                .insert("name".to_owned(), json!(common_words(&members)));
        }
    }
}

fn common_words(names: &[&str]) -> String {
    let mut words: Vec<&str> = names
        .first()
        .map(|name| name.split(' ').collect())
        .unwrap_or_default();
    for name in names {
        let same = words
            .iter()
            .zip(name.split(' '))
            .take_while(|(a, b)| *a == b)
            .count();
        words.truncate(same);
    }
    if words.is_empty() {
        "Group".to_owned()
    } else {
        words.join(" ")
    }
}
