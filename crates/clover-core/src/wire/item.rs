//! Items, and what belongs to them.

use std::fmt;
use std::sync::Arc;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::lenient::{
    flag, flag_or_yes, is_false, is_true, lenient_integer, loose_number, number_or_none,
    optional_flag, place, text, yes,
};
use super::list::Elements;
use super::tax::TaxRate;
use crate::ids::{AttributeId, CategoryId, GroupId, ItemId, ModifierGroupId, ModifierId, OptionId};

/// An inventory item, with the fields that a shop uses.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// Clover's id.
    pub id: ItemId,
    /// At most 127 characters in Clover; a variant's is the group's name and its options.
    #[serde(
        default,
        deserialize_with = "text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// Barcode.
    #[serde(
        default,
        deserialize_with = "text",
        skip_serializing_if = "Option::is_none"
    )]
    pub code: Option<String>,
    /// Neither required nor unique in Clover.
    #[serde(
        default,
        deserialize_with = "text",
        skip_serializing_if = "Option::is_none"
    )]
    pub sku: Option<String>,
    /// Minor units of the merchant's currency.
    #[serde(
        default,
        deserialize_with = "lenient_integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub price: Option<i64>,
    /// How the till finds the price.
    #[serde(default, skip_serializing_if = "PriceType::is_fixed")]
    pub price_type: PriceType,
    /// Kept off the register's screen.
    #[serde(default, deserialize_with = "flag", skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// Sellable on any channel.
    #[serde(
        default = "yes",
        deserialize_with = "flag_or_yes",
        skip_serializing_if = "is_true"
    )]
    pub available: bool,
    /// Taxed by the merchant's default rates.
    #[serde(
        default = "yes",
        deserialize_with = "flag_or_yes",
        skip_serializing_if = "is_true"
    )]
    pub default_tax_rates: bool,
    /// Counted as revenue; gift cards and deposits are not.
    #[serde(
        default = "yes",
        deserialize_with = "flag_or_yes",
        skip_serializing_if = "is_true"
    )]
    pub is_revenue: bool,
    /// Sold only to adults.
    #[serde(
        default,
        rename = "isAgeRestricted",
        deserialize_with = "flag",
        skip_serializing_if = "is_false"
    )]
    pub age_restricted: bool,
    /// The family that a variant belongs to.
    #[serde(
        default,
        deserialize_with = "group_id",
        skip_serializing_if = "Option::is_none"
    )]
    pub item_group: Option<GroupId>,
    /// Option values of a variant; with `expand=options`.
    #[serde(default, skip_serializing_if = "Elements::is_empty")]
    pub options: Elements<OptionValue>,
    /// With `expand=categories`.
    #[serde(default, skip_serializing_if = "Elements::is_empty")]
    pub categories: Elements<Category>,
    /// With `expand=tags`.
    #[serde(default, skip_serializing_if = "Elements::is_empty")]
    pub tags: Elements<Tag>,
    /// With `expand=itemStock`.
    #[serde(
        default,
        deserialize_with = "stock",
        skip_serializing_if = "Stock::is_untracked"
    )]
    pub item_stock: Stock,
    /// Soft-deleted.
    #[serde(default, deserialize_with = "flag", skip_serializing_if = "is_false")]
    pub deleted: bool,
    /// Milliseconds; set on deleted items.
    #[serde(
        default,
        deserialize_with = "lenient_integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub deleted_time: Option<i64>,
    /// Not Clover's: whether the till asks for a choice of modifiers, by the second request.
    #[serde(
        default,
        rename = "cloversync_required_modifiers",
        skip_serializing_if = "is_false"
    )]
    pub required_modifiers: bool,
    /// Not Clover's: its modifier groups, by the second request. Not staged: only a product of a
    /// single item offers modifiers.
    #[serde(skip)]
    pub modifier_groups: Vec<ItemModifierGroup>,
    /// Not Clover's: its online part, by the second request.
    #[serde(
        default,
        rename = "cloversync_menu_item",
        skip_serializing_if = "MenuItem::is_empty"
    )]
    pub menu_item: MenuItem,
    /// Not Clover's: fields above that Clover did not show to this app, such as `categories`. They
    /// are empty and say nothing.
    #[serde(
        default,
        rename = "cloversync_unseen",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub unseen: Vec<String>,
    /// Not Clover's: the rates that tax it, by the merchant's list of rates; none while they are
    /// not read.
    #[serde(
        default,
        rename = "cloversync_tax_rates",
        skip_serializing_if = "Option::is_none"
    )]
    pub tax_rates: Option<Vec<TaxRate>>,
}

impl Item {
    /// Whether Clover calls it deleted, by either of its two signs.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.deleted || self.deleted_time.is_some_and(|t| t > 0)
    }
}

/// What the merchant's online menu has of an item. All of it is empty for an item whose online part
/// Clover does not show to this app.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MenuItem {
    /// At most [`DESCRIPTION_LENGTH`] characters; foreign text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A name, or an address of at most [`ADDRESS_LENGTH`] bytes; foreign text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_filename: Option<String>,
    /// Whether the item is sold online; none where Clover does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// Characters of a description that are read.
pub const DESCRIPTION_LENGTH: usize = 4_000;
/// Bytes of a picture's address; a longer one is none.
pub const ADDRESS_LENGTH: usize = 1_000;

impl MenuItem {
    /// The picture, where it is given by an address.
    #[must_use]
    pub fn picture(&self) -> Option<&str> {
        let text = self.image_filename.as_deref()?.trim();
        let scheme = text.split_once("://")?.0;
        let is_web = ["https", "http"]
            .iter()
            .any(|s| scheme.eq_ignore_ascii_case(s));
        is_web.then_some(text)
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Never an error: an item does not depend on it. What has another form than a field's is none.
impl<'de> Deserialize<'de> for MenuItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Value::Object(mut map) = Value::deserialize(deserializer)? else {
            return Ok(Self::default());
        };
        let mut field = |name: &str| map.remove(name).unwrap_or_default();
        let description = text(field("description")).ok().flatten();
        let image = text(field("imageFilename")).ok().flatten();
        Ok(Self {
            description: description
                .map(|text| text.chars().take(DESCRIPTION_LENGTH).collect::<String>())
                .filter(|text| !text.is_empty()),
            image_filename: image.filter(|text| (1..=ADDRESS_LENGTH).contains(&text.len())),
            enabled: optional_flag(field("enabled")).ok().flatten(),
        })
    }
}

/// The count of one item, and its modifier groups and its online part where they are expanded; the
/// rest of the item is left unread.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemCount {
    /// Clover's id.
    pub id: ItemId,
    /// With `expand=itemStock`.
    #[serde(default, deserialize_with = "stock")]
    pub item_stock: Stock,
    /// Sellable on any channel.
    #[serde(default = "yes", deserialize_with = "flag_or_yes")]
    pub available: bool,
    /// Kept off the register's screen; a hidden variant is not offered.
    #[serde(default, deserialize_with = "flag")]
    pub hidden: bool,
    /// With `expand=modifierGroups`.
    #[serde(default)]
    pub modifier_groups: Elements<ItemModifierGroup>,
    /// With `expand=menuItem`, or always.
    #[serde(default)]
    pub menu_item: MenuItem,
}

impl ItemCount {
    /// Whether the till does not sell it without a choice of modifiers.
    #[must_use]
    pub fn requires_modifiers(&self) -> bool {
        let mut groups = self.modifier_groups.0.iter();
        groups.any(|group| !group.deleted && group.min_required > 0)
    }
}

/// A modifier group as an item shows it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemModifierGroup {
    /// None for a group that cannot be found in the list of groups.
    #[serde(default, deserialize_with = "modifier_group_id")]
    pub id: Option<ModifierGroupId>,
    /// Number of modifiers that must be chosen.
    #[serde(default, deserialize_with = "number_or_none")]
    pub min_required: i64,
    /// Soft-deleted.
    #[serde(default, deserialize_with = "flag")]
    pub deleted: bool,
    /// Not Clover's: the whole group, where the list of groups was read and has it.
    #[serde(skip)]
    pub group: Option<Arc<ModifierGroup>>,
}

/// A group of modifiers, such as Extras.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModifierGroup {
    /// Clover's id.
    pub id: ModifierGroupId,
    /// At most 255 characters in Clover.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// Number of modifiers that must be chosen.
    #[serde(default, deserialize_with = "number_or_none")]
    pub min_required: i64,
    /// Number of modifiers that may be chosen; 0 is any.
    #[serde(default, deserialize_with = "number_or_none")]
    pub max_allowed: i64,
    /// Place among the groups.
    #[serde(default, deserialize_with = "place")]
    pub sort_order: Option<i64>,
    /// The order of the modifiers: their ids, with commas between.
    #[serde(default, deserialize_with = "text")]
    pub modifier_ids: Option<String>,
    /// Only when expanded: at most 100, without a sign whether there are more.
    #[serde(default)]
    pub modifiers: Option<Elements<Modifier>>,
    /// Soft-deleted.
    #[serde(default, deserialize_with = "flag")]
    pub deleted: bool,
}

/// A modifier, such as Extra Cheese.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Modifier {
    /// Clover's id.
    pub id: ModifierId,
    /// At most 255 characters in Clover.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// Minor units of the merchant's currency.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub price: Option<i64>,
    /// Whether the till offers it.
    #[serde(default = "yes", deserialize_with = "flag_or_yes")]
    pub available: bool,
    /// Its group, in the list of all modifiers.
    #[serde(default)]
    pub modifier_group: Option<Ref<ModifierGroupId>>,
    /// Soft-deleted.
    #[serde(default, deserialize_with = "flag")]
    pub deleted: bool,
}

fn modifier_group_id<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ModifierGroupId>, D::Error> {
    Ok(text(deserializer)?.and_then(|id| ModifierGroupId::new(id).ok()))
}

/// The count of an item, as the item shows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Stock {
    /// None for an item that was never counted.
    pub quantity: Option<f64>,
    /// The till warns at this count and below.
    #[serde(
        rename = "stockAlertThreshold",
        skip_serializing_if = "Option::is_none"
    )]
    pub threshold: Option<f64>,
}

impl Stock {
    fn of(quantity: f64) -> Self {
        Self {
            quantity: Some(quantity),
            threshold: None,
        }
    }

    /// Whether Clover does not count the item.
    #[must_use]
    pub fn is_untracked(&self) -> bool {
        self.quantity.is_none()
    }
}

impl From<ItemStock> for Stock {
    fn from(row: ItemStock) -> Self {
        Self {
            quantity: row.quantity,
            threshold: row.stock_alert_threshold,
        }
    }
}

/// One row of `/item_stocks`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemStock {
    /// None for an item that was never counted.
    #[serde(default, deserialize_with = "count")]
    pub quantity: Option<f64>,
    /// The till warns at this count and below.
    #[serde(default, deserialize_with = "loose_number")]
    pub stock_alert_threshold: Option<f64>,
    /// Milliseconds, in whole seconds; moves with the count and not with the item.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub modified_time: Option<i64>,
}

/// How the till finds an item's price.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(into = "String")]
pub enum PriceType {
    /// The price stands on the item.
    #[default]
    Fixed,
    /// The cashier types it.
    Variable,
    /// The price is for one unit of weight or length.
    PerUnit,
    /// A word that this version does not know.
    Other(String),
}

impl PriceType {
    fn is_fixed(&self) -> bool {
        *self == Self::Fixed
    }
}

impl<'de> Deserialize<'de> for PriceType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PriceTypeVisitor;
        impl<'de> Visitor<'de> for PriceTypeVisitor {
            type Value = PriceType;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a price type")
            }
            fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(PriceType::Fixed)
            }
            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(PriceType::Fixed)
            }
            fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
                inner.deserialize_str(self)
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Self::Value, E> {
                Ok(match word {
                    "" | "FIXED" => PriceType::Fixed,
                    "VARIABLE" => PriceType::Variable,
                    "PER_UNIT" => PriceType::PerUnit,
                    other => PriceType::Other(other.chars().take(40).collect()),
                })
            }
        }
        deserializer.deserialize_option(PriceTypeVisitor)
    }
}

impl From<PriceType> for String {
    fn from(price_type: PriceType) -> Self {
        match price_type {
            PriceType::Fixed => "FIXED".into(),
            PriceType::Variable => "VARIABLE".into(),
            PriceType::PerUnit => "PER_UNIT".into(),
            PriceType::Other(word) => word,
        }
    }
}

/// A category of the register.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Category {
    /// Clover's id.
    pub id: CategoryId,
    /// At most 127 characters in Clover.
    #[serde(
        default,
        deserialize_with = "text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// Place on the register; Clover's own samples show it as text too.
    #[serde(
        default,
        deserialize_with = "place",
        skip_serializing_if = "Option::is_none"
    )]
    pub sort_order: Option<i64>,
    /// Soft-deleted.
    #[serde(default, deserialize_with = "flag", skip_serializing_if = "is_false")]
    pub deleted: bool,
}

/// A tag, called label on the dashboard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tag {
    /// At most 255 characters in Clover.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Soft-deleted.
    #[serde(default, deserialize_with = "flag", skip_serializing_if = "is_false")]
    pub deleted: bool,
}

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Fields {
            #[serde(default, deserialize_with = "text")]
            name: Option<String>,
            #[serde(default, deserialize_with = "flag")]
            deleted: bool,
        }
        struct Shape;
        impl<'de> Visitor<'de> for Shape {
            type Value = Tag;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a tag, or its name")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Tag, E> {
                Ok(Tag {
                    name: Some(name.to_owned()),
                    deleted: false,
                })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Tag, A::Error> {
                let Fields { name, deleted } =
                    Fields::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Tag { name, deleted })
            }
        }
        deserializer.deserialize_any(Shape)
    }
}

/// An option value on an item. The attribute's name is not in it: it must be joined from
/// `/attributes`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct OptionValue {
    /// Clover's id.
    pub id: OptionId,
    /// Such as Large.
    #[serde(
        default,
        deserialize_with = "text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// Which attribute it is a value of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<Ref<AttributeId>>,
}

/// A relation that was not expanded.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Ref<T> {
    /// The other's id.
    pub id: T,
}

/// An item group: the name of a family of variants.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ItemGroup {
    /// Clover's id.
    pub id: GroupId,
    /// At most 255 characters in Clover.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// Only when expanded: at most 100, without a sign whether there are more.
    #[serde(default)]
    pub attributes: Option<Elements<Attribute>>,
}

/// An attribute of a group, such as Size.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Attribute {
    /// Clover's id.
    pub id: AttributeId,
    /// At most 255 characters in Clover.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
}

/// Always `{"id":…}` in the recordings; `{}` and an empty id count as none.
fn group_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<GroupId>, D::Error> {
    #[derive(Deserialize)]
    struct Reference {
        #[serde(default, deserialize_with = "group_id")]
        id: Option<GroupId>,
    }
    struct Shape;
    impl<'de> Visitor<'de> for Shape {
        type Value = Option<GroupId>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an item group's id, or an object with it")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_str<E: de::Error>(self, id: &str) -> Result<Self::Value, E> {
            if id.is_empty() {
                return Ok(None);
            }
            GroupId::new(id).map(Some).map_err(E::custom)
        }
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Ok(Reference::deserialize(MapAccessDeserializer::new(map))?.id)
        }
    }
    deserializer.deserialize_any(Shape)
}

/// `{"item":{…},"quantity":7.0}`; an item that was never counted has no `quantity`, an empty object
/// or nothing at all. Clover's `expanding-fields` page shows a bare number in this place.
fn stock<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Stock, D::Error> {
    struct Shape;
    impl<'de> Visitor<'de> for Shape {
        type Value = Stock;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a count, or an object with a quantity")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(Stock::default())
        }
        fn visit_f64<E: de::Error>(self, quantity: f64) -> Result<Self::Value, E> {
            Ok(Stock::of(quantity))
        }
        // The casts round beyond 2^53, where no count is.
        fn visit_i64<E: de::Error>(self, quantity: i64) -> Result<Self::Value, E> {
            Ok(Stock::of(quantity as f64))
        }
        fn visit_u64<E: de::Error>(self, quantity: u64) -> Result<Self::Value, E> {
            Ok(Stock::of(quantity as f64))
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            // Without this check `inf` would be a number.
            let digits = text.trim();
            let allowed = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'-');
            match digits.parse::<f64>() {
                Ok(quantity) if digits.bytes().all(allowed) => Ok(Stock::of(quantity)),
                _ => Err(E::custom("text is not a count")),
            }
        }
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Ok(ItemStock::deserialize(MapAccessDeserializer::new(map))?.into())
        }
    }
    deserializer.deserialize_any(Shape)
}

fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(stock(deserializer)?.quantity)
}
