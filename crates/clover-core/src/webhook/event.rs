//! One event of a delivery: which object it is about, and what happened to it.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::ids::{AppId, CategoryId, ItemId, MerchantId, OrderId};

/// Something happened to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// To what.
    pub object: EventObject,
    /// What. [`EventKind::Delete`] when any event of the delivery about this object says so, for a
    /// later one may be about its stock alone. A hint to be checked with Clover, as everything
    /// here.
    pub kind: EventKind,
    /// Milliseconds, of the newest event about this object. Deliveries overtake each other, so it
    /// orders nothing between two of them.
    pub ts: Option<i64>,
}

crate::text_enum! {
    /// [`EventObject`] without its id.
    pub enum ObjectKind {
        /// An item, its stock and its availability.
        Item = "item",
        /// A category.
        Category = "category",
        /// An order.
        Order = "order",
        /// A property of a merchant.
        Merchant = "merchant",
        /// The app: installed, uninstalled, or another subscription.
        App = "app",
        /// Another documented object that a shop has no use for.
        Other = "other",
    }
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum EventObject {
    /// `I`, and `IS` and `IA` for its stock and availability: each means that the item is to be
    /// fetched.
    Item(ItemId),
    /// `IC`
    Category(CategoryId),
    /// `O`
    Order(OrderId),
    /// `M`: a property of a merchant.
    Merchant(MerchantId),
    /// `A`: installed, uninstalled, or another subscription.
    App(AppId),
    /// Another documented object, such as a payment; as `P:…`, since two kinds may share an id.
    Other(String),
}

impl EventObject {
    /// Which kind of object.
    #[must_use]
    pub fn kind(&self) -> ObjectKind {
        match self {
            Self::Item(_) => ObjectKind::Item,
            Self::Category(_) => ObjectKind::Category,
            Self::Order(_) => ObjectKind::Order,
            Self::Merchant(_) => ObjectKind::Merchant,
            Self::App(_) => ObjectKind::App,
            Self::Other(_) => ObjectKind::Other,
        }
    }

    /// Clover's id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Item(id) => id.as_str(),
            Self::Category(id) => id.as_str(),
            Self::Order(id) => id.as_str(),
            Self::Merchant(id) => id.as_str(),
            Self::App(id) => id.as_str(),
            Self::Other(id) => id,
        }
    }

    fn read(object_id: &str) -> Result<Self, Unusable> {
        let (prefix, id) = object_id.split_once(':').ok_or(Unusable::Malformed)?;
        let object = match prefix {
            "I" | "IS" | "IA" => ItemId::new(id).map(Self::Item),
            "IC" => CategoryId::new(id).map(Self::Category),
            "O" => OrderId::new(id).map(Self::Order),
            "M" => MerchantId::new(id).map(Self::Merchant),
            "A" => AppId::new(id).map(Self::App),
            // All of them have ids of the same form.
            "C" | "CA" | "E" | "IG" | "IM" | "P" | "SH" => {
                ItemId::new(id).map(|_| Self::Other(object_id.to_owned()))
            }
            _ => return Err(Unusable::Unknown),
        };
        object.map_err(|_| Unusable::Malformed)
    }
}

crate::text_enum! {
    /// What happened.
    pub enum EventKind {
        /// It is new.
        Create = "CREATE",
        /// It changed.
        Update = "UPDATE",
        /// It is gone, or so Clover says.
        Delete = "DELETE",
    }
}

pub(super) enum Unusable {
    Unknown,
    Malformed,
}

/// Most fields of a form.
const FORM_FIELDS: usize = 8;

/// What an entry looks like, without what it says: `{objectId: "XY:…", type: "CHANGE", ts:
/// number}`.
pub(super) fn form(entry: &str) -> String {
    let entry: Value = match serde_json::from_str(entry) {
        Ok(entry) => entry,
        Err(_) => return "broken JSON".into(),
    };
    let Value::Object(fields) = &entry else {
        return kind_of(&entry).into();
    };
    let fields = fields.iter().take(FORM_FIELDS).map(|(name, value)| {
        let word = |text: &str| {
            let letters = text
                .chars()
                .take_while(|&c| c.is_ascii_uppercase() || c == '_');
            letters.take(12).collect::<String>()
        };
        let value = match (name.as_str(), value) {
            ("objectId", Value::String(id)) => match id.split_once(':') {
                Some((prefix, _)) => format!("\"{}:…\"", word(prefix)),
                None => "text without a colon".into(),
            },
            ("type", Value::String(kind)) => format!("\"{}\"", word(kind)),
            (_, value) => kind_of(value).into(),
        };
        let name: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(20)
            .collect();
        format!("{name}: {value}")
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "flag",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// The fields of an event that are read. Others, such as the count in an event about stock, are of
/// an earlier moment.
#[derive(Deserialize)]
struct EventFields<'a> {
    #[serde(borrow, rename = "objectId")]
    object: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    ts: Option<&'a RawValue>,
}

impl Event {
    pub(super) fn read(entry: &str) -> Result<Self, Unusable> {
        // A derived struct would also be read from a list of its fields.
        if !entry.starts_with('{') {
            return Err(Unusable::Malformed);
        }
        let fields: EventFields<'_> =
            serde_json::from_str(entry).map_err(|_| Unusable::Malformed)?;
        let ts = fields.ts.and_then(|ts| ts.get().parse().ok());
        Ok(Self {
            object: EventObject::read(&fields.object)?,
            kind: EventKind::from_key(&fields.kind).map_err(|_| Unusable::Unknown)?,
            ts: ts.filter(|ts| *ts > 0),
        })
    }
}
