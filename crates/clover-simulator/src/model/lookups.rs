//! The lookup lists: categories, tags, groups, options, tax rates and so on, kept as documents.

use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::rules::{Form, Kind, Preset};
use super::table::Table;
use crate::http::reply::Reply;
use crate::ids::Id;

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
