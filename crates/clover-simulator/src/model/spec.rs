//! An item as the control plane and the built-in catalog write it: groups, options, categories and
//! tags by name, the count beside them.

use serde_json::{Map, Value};

use super::fields::{Change as FieldChange, Fields};
use super::item::{ItemChange, RAW};
use super::rules::Kind;
use super::store::{Cause, MerchantStore};
use crate::http::reply::Reply;
use crate::ids::Id;

/// What an item shall be.
#[derive(Clone, Debug, Default)]
pub struct ItemSpec {
    change: ItemChange,
    quantity: FieldChange<f64>,
    group: Option<String>,
    options: Option<Vec<(String, String)>>,
    names: Vec<(Kind, Vec<String>)>,
    deleted: Option<bool>,
    raw: FieldChange<Box<Map<String, Value>>>,
}

/// The relations that are written as lists of names. Categories and tags are made when missing; the
/// others need more than a name.
const BY_NAME: [(&str, Kind); 4] = [
    ("categories", Kind::Categories),
    ("tags", Kind::Tags),
    ("taxRates", Kind::TaxRates),
    ("modifierGroups", Kind::ModifierGroups),
];

impl ItemSpec {
    /// Reads a body; the error names the field that is wrong or unknown.
    pub fn read(store: &MerchantStore, body: &Map<String, Value>) -> Result<Self, Reply> {
        let fields = Fields::strict(body);
        let own = ["quantity", "group", "options", "deleted", RAW];
        let known: Vec<&str> = ItemChange::NAMES
            .into_iter()
            .chain(own)
            .chain(BY_NAME.map(|(name, _)| name))
            .collect();
        fields.only(&known)?;
        let mut names = Vec::new();
        for (name, kind) in BY_NAME {
            let Some(list) = fields.texts(name)? else {
                continue;
            };
            let is_made = matches!(kind, Kind::Categories | Kind::Tags);
            let is_missing =
                |text: &&String| !is_made && store.lookups.named(kind, text, |_| true).is_none();
            if let Some(missing) = list.iter().find(is_missing) {
                return Err(Reply::bad(format!("{name}: there is no \"{missing}\"")));
            }
            if list.iter().any(std::string::String::is_empty) {
                return Err(Reply::bad(format!("{name} must not hold an empty name")));
            }
            names.push((kind, list));
        }
        Ok(ItemSpec {
            change: ItemChange::read(body)?,
            quantity: fields.number("quantity")?,
            group: fields
                .text("group", 255)?
                .flatten()
                .filter(|name| !name.is_empty()),
            options: read_options(fields)?,
            names,
            deleted: fields.flag("deleted")?.flatten(),
            raw: match fields.object(RAW)? {
                Some(raw) => Some(Some(Box::new(raw.clone()))),
                None => body.get(RAW).map(|_| None),
            },
        })
    }
}

fn read_options(fields: Fields<'_>) -> Result<Option<Vec<(String, String)>>, Reply> {
    let Some(map) = fields.object("options")? else {
        return Ok(None);
    };
    let pairs = map.iter().map(|(attribute, value)| match value.as_str() {
        Some(value) if !value.is_empty() && !attribute.is_empty() => {
            Ok((attribute.clone(), value.to_owned()))
        }
        _ => Err(Reply::bad(format!(
            "options: \"{attribute}\" must name an option"
        ))),
    });
    pairs.collect::<Result<_, _>>().map(Some)
}

impl MerchantStore {
    /// Makes an item, and what it names.
    pub fn create_spec(&mut self, mut spec: ItemSpec) -> Result<Id, Reply> {
        let (name, _) = spec.change.required()?;
        if spec.group.is_none() && spec.options.is_some() {
            return Err(Reply::bad("options need a group"));
        }
        let group = spec
            .group
            .take()
            .map(|group| (self.group_named(&group), group));
        if let Some((_, group)) = &group
            && spec.options.is_none()
        {
            // "T-Shirt Blue" in the group "T-Shirt" is its option "Blue".
            let own = name
                .strip_prefix(group.as_str())
                .map(str::trim)
                .filter(|rest| !rest.is_empty());
            spec.options = Some(vec![(
                "Variant".to_owned(),
                own.unwrap_or(&name).to_owned(),
            )]);
        }
        let change = std::mem::take(&mut spec.change);
        let id = self.create_item(change, group.map(|(id, _)| id))?;
        self.apply_rest(id, spec)?;
        Ok(id)
    }

    /// Changes an item; `deleted` takes it away or brings it back.
    pub fn edit_spec(&mut self, id: Id, mut spec: ItemSpec) -> Result<(), Reply> {
        let item = self.items.get_mut(id).ok_or_else(Reply::no_item)?;
        if spec.group.is_some() {
            return Err(Reply::bad(
                "group: an item joins a group only when it is made",
            ));
        }
        if spec.options.is_some() && item.group.is_none() {
            return Err(Reply::bad("options: the item is in no group"));
        }
        if spec.deleted == Some(false) {
            item.deleted = None;
        }
        let change = std::mem::take(&mut spec.change);
        self.edit_item(id, change)?;
        self.apply_rest(id, spec)
    }

    fn apply_rest(&mut self, id: Id, spec: ItemSpec) -> Result<(), Reply> {
        for (kind, names) in spec.names {
            let links = names
                .iter()
                .map(|name| self.entry_named(kind, name))
                .collect();
            if let Some(slot) = self.items.get_mut(id).and_then(|item| item.links_mut(kind)) {
                *slot = links;
            }
        }
        let group = self.items.get(id).and_then(|item| item.group);
        if let Some((group, options)) = group.zip(spec.options) {
            let pairs = options.iter();
            let links = pairs
                .map(|(attribute, value)| self.option_named(group, attribute, value))
                .collect();
            if let Some(item) = self.items.get_mut(id) {
                item.options = links;
            }
            self.rename_variants(|item| item.id == id);
        }
        if let Some(quantity) = spec.quantity {
            self.set_stock(id, quantity, Cause::Set)?;
        }
        if let Some(raw) = spec.raw
            && let Some(item) = self.items.get_mut(id)
        {
            item.raw = raw;
        }
        if spec.deleted == Some(true) {
            self.delete_item(id)?;
        }
        Ok(())
    }

    /// The entry of that name; categories and tags are made when there is none.
    fn entry_named(&mut self, kind: Kind, name: &str) -> Id {
        let known = self.lookups.named(kind, name, |_| true);
        known.unwrap_or_else(|| {
            let body = Map::from_iter([("name".to_owned(), Value::from(name))]);
            let fields = self.lookups.read(kind, &body, true).unwrap_or(body);
            self.add_fields(kind, fields)
        })
    }
}
