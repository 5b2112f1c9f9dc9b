//! Clover's JSON as it really comes: keys left out, lists that are `{}`, numbers as text, counts as doubles.
//!
//! Nothing here is stricter than it must be; what a shop cannot use is refused in [`crate::mapping`], by item.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeOwned, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::ids::{AttributeId, CategoryId, GroupId, ItemId, OptionId, OrderId, TenderId};
use crate::json::{JsonError, mended, parse, read};

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
        skip_serializing_if = "Option::is_none"
    )]
    pub item_stock: Option<f64>,
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
    /// Not Clover's: fields above that Clover did not show to this app, such as `categories`. They are empty and say
    /// nothing.
    #[serde(
        default,
        rename = "cloversync_unseen",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub unseen: Vec<String>,
}

impl Item {
    /// Whether Clover calls it deleted, by either of its two signs.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.deleted || self.deleted_time.is_some_and(|t| t > 0)
    }
}

/// The count of one item; the rest of the item is left unread.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemCount {
    /// Clover's id.
    pub id: ItemId,
    /// None for an item that was never counted.
    #[serde(default, deserialize_with = "stock")]
    pub item_stock: Option<f64>,
    /// Sellable on any channel.
    #[serde(default = "yes", deserialize_with = "flag_or_yes")]
    pub available: bool,
    /// Kept off the register's screen; a hidden variant is not offered.
    #[serde(default, deserialize_with = "flag")]
    pub hidden: bool,
}

/// One row of `/item_stocks`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemStock {
    /// None for an item that was never counted.
    #[serde(default, deserialize_with = "stock")]
    pub quantity: Option<f64>,
    /// Milliseconds, in whole seconds; moves with the count and not with the item.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub modified_time: Option<i64>,
}

/// As much of an order as tells what was sold at the till, and when; with `expand=lineItems`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TillOrder {
    /// Milliseconds, in whole seconds.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub created_time: Option<i64>,
    /// One a piece.
    #[serde(default)]
    pub line_items: Elements<TillLine>,
}

/// One piece of something sold.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TillLine {
    /// None for a line that is linked to no item, such as those of web orders.
    #[serde(default)]
    pub item: Option<Ref<ItemId>>,
    /// Thousandths of a unit, for items that are sold by weight.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub unit_qty: Option<i64>,
    /// Milliseconds, in whole seconds.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub created_time: Option<i64>,
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
        struct Word;
        impl<'de> Visitor<'de> for Word {
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
        deserializer.deserialize_option(Word)
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

/// An option value on an item. The attribute's name is not in it: it must be joined from `/attributes`.
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

/// The merchant's properties. The answer holds bank data too, which is why nothing else of it is read, and why its text is never logged.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Properties {
    /// ISO 4217.
    #[serde(default)]
    pub default_currency: Option<String>,
    /// Whether prices include tax.
    #[serde(default, deserialize_with = "optional_flag")]
    pub vat: Option<bool>,
    /// Whether the merchant keeps counts.
    #[serde(default, deserialize_with = "optional_flag")]
    pub track_stock: Option<bool>,
    /// Whether Clover itself takes sold units out of the count.
    #[serde(default, deserialize_with = "optional_flag")]
    pub update_stock: Option<bool>,
}

/// The merchant.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Merchant {
    /// As on the dashboard.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
}

/// As much of an order as tells the merchant's currency.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct OrderCurrency {
    /// ISO 4217.
    #[serde(default)]
    pub currency: Option<String>,
}

/// An order's head. Its total is what somebody wrote there: Clover computes none.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Clover's id.
    pub id: OrderId,
    /// ISO 4217.
    #[serde(default)]
    pub currency: Option<String>,
    /// Minor units.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub total: Option<i64>,
    /// `open`, `locked` or any other text; an order without it is hidden from every screen.
    #[serde(default)]
    pub state: Option<String>,
    /// `OPEN`, `PAID` and more.
    #[serde(default)]
    pub payment_state: Option<String>,
    /// The app's own mark on it.
    #[serde(default)]
    pub external_reference_id: Option<String>,
    /// When it was deleted.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub deleted_timestamp: Option<i64>,
    /// Where they were expanded.
    #[serde(default)]
    pub payments: Elements<Payment>,
}

impl Order {
    /// Whether it is gone.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.deleted_timestamp.is_some_and(|time| time > 0)
    }

    /// Whether money was taken for it, in any way.
    #[must_use]
    pub fn is_paid_at_all(&self) -> bool {
        let state = self.payment_state.as_deref().unwrap_or("OPEN");
        !self.payments.is_empty() || !state.eq_ignore_ascii_case("OPEN")
    }
}

/// A payment, as far as it can be told apart from others.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// The app's own mark on it.
    #[serde(default)]
    pub external_payment_id: Option<String>,
}

/// A line item of an order. Its texts are not read: Clover may store others than it was sent.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LineItem {
    /// Clover's id.
    pub id: String,
    /// Minor units.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub price: Option<i64>,
}

/// A discount on an order.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Discount {
    /// Clover's id.
    pub id: String,
    /// Minor units, negative; absent or 0 where it is a percentage.
    #[serde(default, deserialize_with = "lenient_integer")]
    pub amount: Option<i64>,
}

/// A way of paying.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tender {
    /// Clover's id.
    pub id: TenderId,
    /// Such as `com.clover.tender.cash`.
    #[serde(default)]
    pub label_key: Option<String>,
    /// Whether the merchant takes it.
    #[serde(default = "yes", deserialize_with = "flag_or_yes")]
    pub enabled: bool,
}

/// A list as Clover nests it: `{"elements":[…]}`, but also `{}`, `null`, `{"href":…}` or a bare array.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Elements<T>(pub Vec<T>);

impl<T> Elements<T> {
    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Default for Elements<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Elements<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "lowercase")]
        enum Key {
            Elements,
            #[serde(other)]
            Other,
        }
        struct List<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
            type Value = Elements<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list or an object with elements")
            }
            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(Elements::default())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::with_capacity(list.size_hint().unwrap_or(0).min(1000));
                while let Some(element) = list.next_element::<Option<T>>()? {
                    elements.extend(element);
                }
                Ok(Elements(elements))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut elements = Elements::default();
                while let Some(key) = map.next_key()? {
                    match key {
                        Key::Elements => elements = map.next_value()?,
                        Key::Other => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(elements)
            }
        }
        deserializer.deserialize_any(List(PhantomData))
    }
}

/// One element of a list that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementError {
    /// The element's id, where at least that was readable.
    pub id: Option<String>,
    /// Where and why.
    pub error: JsonError,
}

/// A list whose elements were read one by one: a bad one is that element's error, not the list's.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing<T> {
    /// The readable ones, in order.
    pub elements: Vec<T>,
    /// The others.
    pub errors: Vec<ElementError>,
}

impl<T: DeserializeOwned> Listing<T> {
    /// Reads an answer `{"elements":[…]}`.
    ///
    /// # Errors
    /// [`JsonError`] when the text as a whole is no such list.
    pub fn parse(text: &[u8]) -> Result<Self, JsonError> {
        #[derive(Deserialize)]
        #[serde(bound = "T: DeserializeOwned")]
        struct Whole<T> {
            elements: Vec<T>,
        }
        // Nearly every page is sound, and this way it is gone over once.
        if let Ok(whole) = read::<Whole<T>>(text) {
            return Ok(Self {
                elements: whole.elements,
                errors: Vec::new(),
            });
        }
        #[derive(Deserialize)]
        struct Raw<'a> {
            #[serde(borrow)]
            elements: Vec<&'a RawValue>,
        }
        let text = mended(text);
        let raw = match serde_json::from_slice::<Raw<'_>>(&text) {
            Ok(raw) => raw,
            Err(_) => {
                return Err(parse::<Whole<IgnoredAny>>(&text)
                    .err()
                    .unwrap_or(JsonError {
                        path: ".".into(),
                        reason: "no list of elements".into(),
                    }));
            }
        };
        let mut listing = Self {
            elements: Vec::with_capacity(raw.elements.len()),
            errors: Vec::new(),
        };
        let elements = raw.elements.into_iter().enumerate();
        for (index, element) in elements.filter(|(_, element)| element.get() != "null") {
            match parse(element.get().as_bytes()) {
                Ok(element) => listing.elements.push(element),
                Err(error) => listing.errors.push(ElementError {
                    id: id_of(element),
                    error: error.within(&format!("elements[{index}]")),
                }),
            }
        }
        Ok(listing)
    }
}

fn id_of(element: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Id {
        id: ItemId,
    }
    serde_json::from_str::<Id>(element.get())
        .ok()
        .map(|e| e.id.into())
}

fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_true(value: &bool) -> bool {
    *value
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !*value
}

fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(optional_flag(deserializer)?.unwrap_or(false))
}

fn flag_or_yes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(optional_flag(deserializer)?.unwrap_or(true))
}

/// `true`, `1`, `"true"` and `"1"`, and the same of `false`.
fn optional_flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    struct Flag;
    impl<'de> Visitor<'de> for Flag {
        type Value = Option<bool>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("true or false")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Self::Value, E> {
            Ok(Some(flag))
        }
        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
            match number {
                0 => Ok(Some(false)),
                1 => Ok(Some(true)),
                _ => Err(E::custom("number is neither 0 nor 1")),
            }
        }
        fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
            if number == 0.0 {
                Ok(Some(false))
            } else if number == 1.0 {
                Ok(Some(true))
            } else {
                Err(E::custom("number is neither 0 nor 1"))
            }
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            match text.trim() {
                "" => Ok(None),
                "0" => Ok(Some(false)),
                "1" => Ok(Some(true)),
                word if word.eq_ignore_ascii_case("false") => Ok(Some(false)),
                word if word.eq_ignore_ascii_case("true") => Ok(Some(true)),
                _ => Err(E::custom("text is neither true nor false")),
            }
        }
    }
    deserializer.deserialize_any(Flag)
}

/// A text, or a number that was meant as one, such as a barcode.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct Text;
    impl<'de> Visitor<'de> for Text {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(text.to_owned()))
        }
        fn visit_string<E: de::Error>(self, text: String) -> Result<Self::Value, E> {
            Ok(Some(text))
        }
        fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
            Ok(Some(number.to_string()))
        }
        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
            Ok(Some(number.to_string()))
        }
        // Its digits as they were written are lost; those of a whole one can be told.
        fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
            if number.fract() == 0.0 && number.abs() < 9e15 {
                Ok(Some(format!("{number:.0}")))
            } else {
                Err(E::custom("number is no text"))
            }
        }
    }
    deserializer.deserialize_any(Text)
}

/// A place among others. What is no number is no place, and costs nothing else.
fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    struct Place;
    impl<'de> Visitor<'de> for Place {
        type Value = Option<i64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("anything")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
            Ok(Some(number))
        }
        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
            Ok(Some(i64::try_from(number).unwrap_or(i64::MAX)))
        }
        // Saturates, which is a place as good as any.
        #[allow(clippy::cast_possible_truncation)]
        fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
            Ok(Some(number as i64))
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(text.trim().parse().ok())
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok(None)
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(None)
        }
    }
    deserializer.deserialize_any(Place)
}

/// A whole number, also as text or as a double without a fraction; none for null and for an empty text.
///
/// # Errors
/// What is none of these.
pub fn lenient_integer<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    struct Integer;
    impl<'de> Visitor<'de> for Integer {
        type Value = Option<i64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
            Ok(Some(number))
        }
        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
            i64::try_from(number)
                .map(Some)
                .map_err(|_| E::custom("number out of range"))
        }
        fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
            // The cast is exact: whole, and below 2^53.
            #[allow(clippy::cast_possible_truncation)]
            if number.fract() == 0.0 && number.abs() < 9e15 {
                Ok(Some(number as i64))
            } else {
                Err(E::custom("number is not whole"))
            }
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            let text = text.trim();
            if text.is_empty() {
                return Ok(None);
            }
            text.parse()
                .map(Some)
                .map_err(|_| E::custom("text is no whole number"))
        }
    }
    deserializer.deserialize_any(Integer)
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

/// `{"item":{…},"quantity":7.0}`; an item that was never counted has no `quantity`, an empty object or nothing at all.
/// Clover's `expanding-fields` page shows a bare number in this place.
fn stock<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    struct Shape;
    impl<'de> Visitor<'de> for Shape {
        type Value = Option<f64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a count, or an object with a quantity")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_f64<E: de::Error>(self, quantity: f64) -> Result<Self::Value, E> {
            Ok(Some(quantity))
        }
        // The casts round beyond 2^53, where no count is.
        fn visit_i64<E: de::Error>(self, quantity: i64) -> Result<Self::Value, E> {
            Ok(Some(quantity as f64))
        }
        fn visit_u64<E: de::Error>(self, quantity: u64) -> Result<Self::Value, E> {
            Ok(Some(quantity as f64))
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            // Anything else than digits would read infinity, and an empty text is no count of any kind.
            let digits = text.trim();
            let allowed = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'-');
            match digits.parse::<f64>() {
                Ok(quantity) if digits.bytes().all(allowed) => Ok(Some(quantity)),
                _ => Err(E::custom("text is no count")),
            }
        }
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Ok(ItemStock::deserialize(MapAccessDeserializer::new(map))?.quantity)
        }
    }
    deserializer.deserialize_any(Shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn item(json: &str) -> Item {
        parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn keys_that_clover_leaves_out_have_clovers_defaults() {
        let bare = item(r#"{"id":"64TSD94BZX1CC"}"#);
        assert!(bare.available && bare.default_tax_rates && !bare.hidden && !bare.is_deleted());
        assert_eq!(
            (bare.sku, bare.item_stock, bare.price_type),
            (None, None, PriceType::Fixed)
        );
    }

    #[test]
    fn empty_lists_come_in_many_shapes() {
        for shape in [
            "null",
            "{}",
            r#"{"elements":[]}"#,
            r#"{"elements": [ ],"href":"http://x"}"#,
            r#"{"href":"http://x"}"#,
            "[]",
        ] {
            assert!(
                item(&format!(r#"{{"id":"A","categories":{shape}}}"#))
                    .categories
                    .is_empty(),
                "{shape}"
            );
        }
    }

    #[test]
    fn a_count_that_nobody_made_is_not_zero() {
        for shape in [
            "null",
            "{}",
            r#"{"item":{"id":"A"}}"#,
            r#"{"quantity":null}"#,
        ] {
            assert_eq!(
                item(&format!(r#"{{"id":"A","itemStock":{shape}}}"#)).item_stock,
                None,
                "{shape}"
            );
        }
        assert_eq!(
            item(r#"{"id":"A","itemStock":{"stockCount":0,"quantity":0.0}}"#).item_stock,
            Some(0.0)
        );
        assert_eq!(
            item(r#"{"id":"A","itemStock":{"stockCount":-2,"quantity":-1.5}}"#).item_stock,
            Some(-1.5)
        );
        assert_eq!(item(r#"{"id":"A","itemStock":4}"#).item_stock, Some(4.0));
    }

    #[test]
    fn numbers_may_come_as_text_or_as_whole_doubles() {
        let odd = item(
            r#"{"id":"A","price":599.0,"categories":{"elements":[{"id":"C","sortOrder":"3"}]}}"#,
        );
        assert_eq!(
            (odd.price, odd.categories.0[0].sort_order),
            (Some(599), Some(3))
        );
    }

    #[test]
    fn a_bad_element_is_its_own_error_with_its_path_and_the_others_are_read() {
        let text = br#"{"elements":[{"id":"A","price":1},{"id":"B","price":"dear"},{"price":3},{"id":"D","categories":{"elements":[{"id":7}]}}],"href":"x"}"#;
        let listing = Listing::<Item>::parse(text).unwrap();
        assert_eq!(listing.elements.len(), 1);
        let errors: Vec<_> = listing
            .errors
            .iter()
            .map(|e| (e.id.as_deref(), e.error.path.as_str()))
            .collect();
        assert_eq!(
            errors,
            [
                (Some("B"), "elements[1].price"),
                (None, "elements[2]"),
                (Some("D"), "elements[3].categories.elements[0].id")
            ]
        );
    }

    #[test]
    fn a_cut_or_foreign_answer_is_an_error_that_names_the_place() {
        assert_eq!(
            Listing::<Item>::parse(br#"{"message":"401 Unauthorized"}"#)
                .unwrap_err()
                .path,
            "."
        );
        assert!(
            Listing::<Item>::parse(br#"{"elements":[{"id":"A"},{"id"#)
                .unwrap_err()
                .path
                .starts_with("elements[1]")
        );
        assert!(Listing::<Item>::parse(b"\xff").is_err());
        assert!(Listing::<Item>::parse(b"[]").is_err());
    }

    /// One shape of an item, and what is read of it.
    fn shape(more: &str) -> Result<Item, String> {
        let text = format!(
            r#"{{"elements":[{{"id":"A","name":"x","price":1}},{{"id":"B",{more}}},null]}}"#
        );
        let mut listing = Listing::<Item>::parse(text.as_bytes()).map_err(|e| e.to_string())?;
        assert_eq!(listing.elements[0].id.as_str(), "A");
        match (listing.elements.len(), listing.errors.pop()) {
            (2, None) => Ok(listing.elements.remove(1)),
            (1, Some(error)) => Err(error.error.path),
            other => panic!("{more}: {other:?}"),
        }
    }

    #[test]
    fn what_is_plainly_meant_is_read() {
        assert!(!shape(r#""hidden":"false""#).unwrap().hidden);
        assert!(shape(r#""hidden":"TRUE""#).unwrap().hidden);
        assert!(shape(r#""hidden":1.0"#).unwrap().hidden);
        assert!(shape(r#""available":1"#).unwrap().available);
        assert!(!shape(r#""available":0"#).unwrap().available);
        assert!(
            shape(r#""available":null,"defaultTaxRates":"""#)
                .unwrap()
                .available
        );
        for three in [
            r#"{"quantity":"3"}"#,
            r#""3""#,
            "3",
            "3.0",
            r#"{"quantity":" 3.0 "}"#,
        ] {
            let item = shape(&format!(r#""itemStock":{three}"#)).unwrap();
            assert_eq!(item.item_stock, Some(3.0), "{three}");
        }
        let sku = |json| shape(json).unwrap().sku;
        assert_eq!(sku(r#""sku":12345"#).as_deref(), Some("12345"));
        assert_eq!(sku(r#""sku":12345.0"#).as_deref(), Some("12345"));
        assert_eq!(
            shape(r#""code":850835000030"#).unwrap().code.as_deref(),
            Some("850835000030")
        );
        for (order, place) in [
            (r#""""#, None),
            (r#""3""#, Some(3)),
            ("3.0", Some(3)),
            ("{}", None),
        ] {
            let item = shape(&format!(
                r#""categories":{{"elements":[null,{{"id":"C","name":"K","sortOrder":{order}}}]}}"#
            ));
            let categories = item.unwrap().categories.0;
            assert_eq!(
                (categories.len(), categories[0].sort_order),
                (1, place),
                "{order}"
            );
        }
        let tags = shape(r#""tags":["a",{"name":"b"},null]"#).unwrap().tags.0;
        let names: Vec<_> = tags.iter().filter_map(|t| t.name.as_deref()).collect();
        assert_eq!(names, ["a", "b"]);
        for group in [r#"{"id":""}"#, "{}", r#""""#, r#"{"id":null}"#, "null"] {
            let item = shape(&format!(r#""itemGroup":{group}"#)).unwrap();
            assert_eq!(item.item_group, None, "{group}");
        }
        assert_eq!(
            shape(r#""name":"Pl\ud83dain""#).unwrap().name.as_deref(),
            Some("Pl\u{fffd}ain")
        );
        for price in [r#""599""#, "599.0", r#"599,"price":599"#] {
            let item = shape(&format!(r#""price":{price}"#)).unwrap();
            assert_eq!(item.price, Some(599), "{price}");
        }
        assert!(!shape(r#""deletedTime":"""#).unwrap().is_deleted());
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_field() {
        for (json, path) in [
            (r#""price":599.5"#, "elements[1].price"),
            (r#""price":"5.99""#, "elements[1].price"),
            (r#""price":599,"price":1"#, "elements[1]"),
            (
                r#""itemStock":{"quantity":1e400}"#,
                "elements[1].itemStock.quantity",
            ),
            (r#""itemStock":"inf""#, "elements[1].itemStock"),
            (r#""itemStock":"""#, "elements[1].itemStock"),
            (r#""hidden":"perhaps""#, "elements[1].hidden"),
            (r#""available":2"#, "elements[1].available"),
            (r#""sku":{"x":1}"#, "elements[1].sku"),
            (r#""sku":1.5"#, "elements[1].sku"),
            (r#""itemGroup":{"id":"A/B"}"#, "elements[1].itemGroup.id"),
        ] {
            assert_eq!(shape(json).unwrap_err(), path, "{json}");
        }
    }

    #[test]
    fn a_byte_that_is_no_text_costs_one_name() {
        let mut text = br#"{"elements":[{"id":"A","name":"x?y"},{"id":"B","name":"z"}]}"#.to_vec();
        let at = text.iter().position(|&b| b == b'?').unwrap();
        text[at] = 0xff;
        let listing = Listing::<Item>::parse(&text).unwrap();
        assert_eq!(listing.errors, []);
        assert_eq!(listing.elements[0].name.as_deref(), Some("x\u{fffd}y"));
    }

    #[test]
    fn an_error_never_quotes_a_value() {
        let error = parse::<Item>(br#"{"id":"A","hidden":"canary-5d1f"}"#).unwrap_err();
        assert!(!error.to_string().contains("canary"), "{error}");
    }

    proptest! {
        #[test]
        fn what_is_staged_reads_back_the_same(price in proptest::option::of(0_i64..1_000_000_000), sku in proptest::option::of(".{0,20}"), name in ".{0,30}",
            hidden: bool, available: bool, count in proptest::option::of(-1e6..1e6_f64), tag in ".{0,10}", kind in 0..4_usize) {
            let before = Item {
                id: ItemId::new("64TSD94BZX1CC").unwrap(), name: Some(name), code: None, sku, price,
                price_type: [PriceType::Fixed, PriceType::Variable, PriceType::PerUnit, PriceType::Other(String::from("NEXT"))][kind].clone(),
                hidden, available, default_tax_rates: !hidden, item_group: Some(GroupId::new("G").unwrap()),
                options: Elements(vec![OptionValue { id: OptionId::new("O").unwrap(), name: None, attribute: Some(Ref { id: AttributeId::new("T").unwrap() }) }]),
                categories: Elements::default(), tags: Elements(vec![Tag { name: Some(tag), deleted: false }]), item_stock: count, deleted: false, deleted_time: None,
                unseen: Vec::new(),
            };
            let text = serde_json::to_vec(&before).unwrap();
            prop_assert_eq!(parse::<Item>(&text).unwrap(), before);
        }
    }
}
