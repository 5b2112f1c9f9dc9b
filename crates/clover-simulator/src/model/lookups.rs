//! The lookup lists: categories, tags, groups, options, tax rates and so on, kept as documents.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::rules::{Form, Kind, Preset};
use super::table::Table;
use crate::http::reply::Reply;
use crate::ids::Id;
use crate::query::{Expand, Record, Scalar};

/// What of a customer is nested.
const CONTACTS: [&str; 3] = ["emailAddresses", "phoneNumbers", "addresses"];

/// One entry of a lookup list.
#[derive(Clone, Debug)]
pub struct Doc {
    /// Its id.
    pub id: Id,
    /// Which list it is in.
    pub kind: Kind,
    /// What a client may write.
    pub fields: Map<String, Value>,
    /// Milliseconds.
    pub modified: i64,
    /// Deleted ones stay, hidden.
    pub deleted: bool,
}

impl Doc {
    /// Its name, or the empty text.
    pub fn name(&self) -> &str {
        self.fields
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The id a reference field points at.
    pub fn reference(&self, field: &str) -> Option<Id> {
        self.fields.get(field)?.get("id")?.as_str()?.parse().ok()
    }

    /// A whole number field.
    pub fn int(&self, field: &str) -> Option<i64> {
        self.fields.get(field).and_then(Value::as_i64)
    }

    /// Whether a flag is set.
    pub fn flag(&self, field: &str) -> bool {
        self.fields
            .get(field)
            .and_then(Value::as_bool)
            .unwrap_or(false)
    }

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

/// All lookup lists.
#[derive(Clone, Debug, Default)]
pub struct Lookups {
    tables: [Table<Doc>; Kind::ALL.len()],
}

impl Lookups {
    /// One list.
    pub fn table(&self, kind: Kind) -> &Table<Doc> {
        &self.tables[kind as usize]
    }

    /// One list, to change.
    pub fn table_mut(&mut self, kind: Kind) -> &mut Table<Doc> {
        &mut self.tables[kind as usize]
    }

    /// An entry that is not deleted.
    pub fn live(&self, kind: Kind, id: Id) -> Option<&Doc> {
        self.table(kind).get(id).filter(|doc| !doc.deleted)
    }

    /// The entries of a list that are not deleted, oldest first.
    pub fn all(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &Doc> {
        self.table(kind).oldest_first().filter(|doc| !doc.deleted)
    }

    /// The entry of that name, among those that `fits`.
    pub fn named(&self, kind: Kind, name: &str, fits: impl Fn(&Doc) -> bool) -> Option<Id> {
        self.all(kind)
            .find(|doc| doc.name() == name && fits(doc))
            .map(|doc| doc.id)
    }

    /// Reads the fields a client may write. A new document must have the required ones and gets the
    /// defaults; unknown fields are ignored.
    pub fn read(
        &self,
        kind: Kind,
        body: &Map<String, Value>,
        is_new: bool,
    ) -> Result<Map<String, Value>, Reply> {
        let fields = Fields::of(body);
        let mut read = Map::new();
        for rule in kind.rules().fields {
            let value = match rule.form {
                Form::Text(max) => fields.text(rule.name, max)?.flatten().map(Value::from),
                Form::Int(min, max) => fields.int(rule.name, min, max)?.flatten().map(Value::from),
                Form::Flag => fields.flag(rule.name)?.flatten().map(Value::from),
                Form::Any => body
                    .get(rule.name)
                    .filter(|value| !value.is_null())
                    .cloned(),
                Form::Ref(other) => match fields.reference(rule.name)?.flatten() {
                    Some(id) if self.live(other, id).is_none() => {
                        return Err(Reply::bad(format!("{}: there is no {id}", rule.name)));
                    }
                    id => id.map(|id| json!({"id": id})),
                },
            };
            let value = match (value, is_new, &rule.default) {
                (None, true, Preset::Flag(flag)) => Some(Value::from(*flag)),
                (None, true, Preset::Last) => Some(Value::from(self.last(kind, rule.name) + 1)),
                (value, _, _) => value,
            };
            match value {
                Some(value) => {
                    read.insert(rule.name.to_owned(), value);
                }
                None if is_new && rule.required => {
                    return Err(Reply::bad(format!("{} is required", rule.name)));
                }
                None => {}
            }
        }
        if read
            .get("name")
            .and_then(Value::as_str)
            .is_some_and(|name| name.trim().is_empty())
        {
            return Err(Reply::bad("name must not be empty"));
        }
        Ok(read)
    }

    fn last(&self, kind: Kind, field: &str) -> i64 {
        self.all(kind)
            .filter_map(|doc| doc.int(field))
            .max()
            .unwrap_or(0)
    }

    /// The modifiers of a group, oldest first.
    pub fn modifiers_of(&self, group: Id) -> impl Iterator<Item = &Doc> {
        self.all(Kind::Modifiers)
            .filter(move |doc| doc.reference("modifierGroup") == Some(group))
    }
}
