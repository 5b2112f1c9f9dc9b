//! Entries of lookup lists as a client sees and filters them.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::lookups::{Doc, Lookups};
use super::rules::Kind;
use crate::ids::Id;
use crate::query::{Expand, Record, Scalar};

/// What of a customer is nested.
const CONTACTS: [&str; 3] = ["emailAddresses", "phoneNumbers", "addresses"];

impl Doc {
    /// The object on the wire. A customer's contacts are there only where they are expanded;
    /// `prefix` is the path of the customer in `expand`.
    pub fn to_map_of(&self, expand: &Expand, prefix: &str) -> Map<String, Value> {
        let mut map = self.to_map();
        if self.kind != Kind::Customers {
            return map;
        }
        for name in CONTACTS {
            let list = map.remove(name).unwrap_or_else(|| json!([]));
            if expand.has(&format!("{prefix}{name}")) {
                let elements = list.get("elements").unwrap_or(&list);
                map.insert(name.to_owned(), json!({"elements": elements}));
            }
        }
        map
    }

    /// Shows one field of each contact of a customer.
    fn visit_contacts(&self, list: &str, field: &str, look: &mut dyn FnMut(Scalar<'_>)) {
        let list = self.fields.get(list);
        let list = list.map(|list| list.get("elements").unwrap_or(list));
        for contact in list.and_then(Value::as_array).into_iter().flatten() {
            if let Some(text) = contact.get(field).and_then(Value::as_str) {
                look(Scalar::Text(text));
            }
        }
    }

    /// The object on the wire, to nest more into.
    pub fn to_map(&self) -> Map<String, Value> {
        match json!(self) {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }
}

impl Serialize for Doc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rules = self.kind.rules();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        for (name, value) in &self.fields {
            map.serialize_entry(name, value)?;
        }
        if rules.shows_modified {
            map.serialize_entry("modifiedTime", &self.modified)?;
        }
        if rules.shows_deleted {
            map.serialize_entry("deleted", &self.deleted)?;
        }
        map.end()
    }
}

impl Record for Doc {
    fn id(&self) -> Id {
        self.id
    }

    fn is_deleted(&self) -> bool {
        self.deleted
    }

    fn pending(&self, _: &Lookups, field: &str, look: &mut dyn FnMut(Scalar<'_>)) {
        match field {
            "id" => look(Scalar::Text(self.id.as_str())),
            "modifiedTime" => look(Scalar::Int(self.modified)),
            "deleted" => look(Scalar::Flag(self.deleted)),
            "fullName" => {
                let part = |name| self.fields.get(name).and_then(Value::as_str);
                let parts: Vec<&str> = ["firstName", "lastName"]
                    .into_iter()
                    .filter_map(part)
                    .collect();
                look(Scalar::Text(&parts.join(" ")));
            }
            "phoneNumber" => self.visit_contacts("phoneNumbers", field, look),
            "emailAddress" => self.visit_contacts("emailAddresses", field, look),
            path => visit_json(&self.fields, path, look),
        }
    }
}

/// Shows the value at a dotted path of a document.
pub fn visit_json(fields: &Map<String, Value>, path: &str, look: &mut dyn FnMut(Scalar<'_>)) {
    let mut parts = path.split('.');
    let first = parts.next().and_then(|part| fields.get(part));
    let value = parts.try_fold(first, |value, part| Some(value?.get(part)));
    match value.flatten() {
        Some(Value::String(text)) => look(Scalar::Text(text)),
        Some(Value::Bool(flag)) => look(Scalar::Flag(*flag)),
        Some(Value::Number(number)) => match number.as_i64() {
            Some(n) => look(Scalar::Int(n)),
            None => look(Scalar::Float(number.as_f64().unwrap_or(f64::NAN))),
        },
        _ => {}
    }
}
