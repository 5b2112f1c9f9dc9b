//! The built-in catalog, written as control-plane items in `sandbox.json`.

use serde_json::{Map, Value};

use crate::http::reply::Reply;
use crate::ids::Id;
use crate::model::rules::Kind;
use crate::model::spec::ItemSpec;
use crate::model::store::MerchantStore;

const SANDBOX: &str = include_str!("sandbox.json");

/// The last item was saved in February 2026, each one a second or two after the one before.
const LAST_SAVED_MS: i64 = 1_770_157_294_000;

/// Fills the world.
pub fn load(store: &mut MerchantStore) -> Result<(), String> {
    let catalog: Value =
        serde_json::from_str(SANDBOX).map_err(|error| format!("sandbox.json: {error}"))?;
    let list = |name: &str| catalog[name].as_array().cloned().unwrap_or_default();
    for (kind, entries) in [
        (Kind::Categories, list("categories")),
        (Kind::TaxRates, list("taxRates")),
        (Kind::ModifierGroups, list("modifierGroups")),
    ] {
        for entry in entries {
            add_with_modifiers(store, kind, &entry)?;
        }
    }
    let items = list("items");
    let count = i64::try_from(items.len()).unwrap_or(0);
    for (at, entry) in (0i64..).zip(&items) {
        let spec = ItemSpec::read(store, &object(entry)?).map_err(said)?;
        let id = store.create_spec(spec).map_err(said)?;
        if let Some(item) = store.items.get_mut(id) {
            let saved = LAST_SAVED_MS - (count - 1 - at) * 1_500 / 1000 * 1000;
            item.modified = saved;
            item.deleted = item.deleted.map(|_| saved);
            if let Some(stock) = &mut item.stock {
                // Counted after it was made: the two times differ.
                stock.modified = saved + 51_000;
            }
        }
    }
    // At the end, so that the ids of the items do not depend on them.
    for entry in list("unusedModifierGroups") {
        add_with_modifiers(store, Kind::ModifierGroups, &entry)?;
    }
    Ok(())
}

fn add_with_modifiers(store: &mut MerchantStore, kind: Kind, entry: &Value) -> Result<(), String> {
    let id = add(store, kind, entry)?;
    for modifier in entry["modifiers"].as_array().into_iter().flatten() {
        let mut modifier = modifier.clone();
        modifier["modifierGroup"] = serde_json::json!({"id": id});
        add(store, Kind::Modifiers, &modifier)?;
    }
    Ok(())
}

fn add(store: &mut MerchantStore, kind: Kind, entry: &Value) -> Result<Id, String> {
    let fields = store
        .lookups
        .read(kind, &object(entry)?, true)
        .map_err(said)?;
    Ok(store.add_fields(kind, fields))
}

fn object(value: &Value) -> Result<Map<String, Value>, String> {
    let map = value.as_object().cloned();
    map.ok_or_else(|| format!("sandbox.json: {value} is not an object"))
}

fn said(reply: Reply) -> String {
    format!("sandbox.json: {}", reply.value()["message"])
}
