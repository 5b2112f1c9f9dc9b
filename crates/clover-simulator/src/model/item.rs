//! An item and what may be changed on it.

use serde::Serialize;
use serde_json::{Map, Value};

use super::fields::{Change, Fields};
use super::rules::Kind;
use crate::http::reply::Reply;
use crate::ids::Id;

/// Where a catalog file and the control plane put fields that answers repeat as they are.
pub const RAW: &str = "__raw";

/// An item as Clover keeps it. Variants are items too: they only point at a group and options.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its id.
    pub id: Id,
    /// Made by the server for members of a group.
    pub name: String,
    /// A second name, for the kitchen or another language.
    pub alternate_name: Option<String>,
    /// Barcode.
    pub code: Option<String>,
    /// Not unique, often absent, sometimes empty.
    pub sku: Option<String>,
    /// Minor units.
    pub price: i64,
    /// How the price is found.
    pub price_type: PriceType,
    /// The unit of a `PER_UNIT` price.
    pub unit_name: Option<String>,
    /// What the merchant pays.
    pub cost: Option<i64>,
    /// Net price set by a VAT merchant.
    pub price_without_vat: Option<i64>,
    /// Hidden in Register only.
    pub hidden: bool,
    /// Sellable at all.
    pub available: bool,
    /// Availability follows stock.
    pub auto_manage: bool,
    /// Uses the merchant's default tax rates.
    pub default_tax_rates: bool,
    /// Counts as revenue.
    pub is_revenue: bool,
    /// `#fff` to `#ffffffff`.
    pub color_code: Option<String>,
    /// REGULAR, RESTAURANT, SERVICE or RETAIL.
    pub kind: Option<String>,
    /// The family of a variant.
    pub group: Option<Id>,
    /// What online ordering shows.
    pub menu_item: Option<Box<MenuItem>>,
    /// Category ids.
    pub categories: Vec<Id>,
    /// Tag ids.
    pub tags: Vec<Id>,
    /// Option ids.
    pub options: Vec<Id>,
    /// Explicit tax rate ids.
    pub tax_rates: Vec<Id>,
    /// Modifier group ids.
    pub modifier_groups: Vec<Id>,
    /// The count; `None` for an item that was never counted.
    pub stock: Option<Stock>,
    /// Milliseconds.
    pub modified: i64,
    /// When it was deleted.
    pub deleted: Option<i64>,
    /// Fields of any JSON type that answers show in place of the true ones.
    pub raw: Option<Box<Map<String, Value>>>,
}

/// A count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stock {
    /// May be negative or a fraction.
    pub quantity: f64,
    /// Milliseconds; not the item's own time.
    pub modified: i64,
    /// The item is low on stock at this count and below.
    pub threshold: Option<f64>,
}

impl Stock {
    /// Clover's deprecated whole number: half-up (160.5 → 161, -0.5 → 0).
    #[allow(clippy::cast_possible_truncation, reason = "saturates, as a count may")]
    pub fn count(&self) -> i64 {
        (self.quantity + 0.5).floor() as i64
    }

    /// Whether the merchant is to be warned.
    pub fn is_low(&self) -> bool {
        self.threshold.is_some_and(|least| self.quantity <= least)
    }
}

/// How an item is priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PriceType {
    /// The price is the price.
    Fixed,
    /// The cashier types it.
    Variable,
    /// A price for one `unitName`.
    PerUnit,
}

impl PriceType {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            PriceType::Fixed => "FIXED",
            PriceType::Variable => "VARIABLE",
            PriceType::PerUnit => "PER_UNIT",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Self::Fixed, Self::Variable, Self::PerUnit]
            .into_iter()
            .find(|t| t.word() == word)
    }
}

/// The optional part for online ordering; the only place for a description.
#[derive(Clone, Debug, Serialize)]
pub struct MenuItem {
    /// Name shown online.
    pub name: String,
    /// Text shown online.
    pub description: String,
    /// The picture shown online.
    #[serde(rename = "imageFilename", skip_serializing_if = "Option::is_none")]
    pub image_filename: Option<String>,
    /// Whether it is shown.
    pub enabled: bool,
}

impl Item {
    /// An item with Clover's defaults.
    pub fn new(id: Id, name: String, price: i64, modified: i64) -> Self {
        Item {
            id,
            name,
            alternate_name: None,
            code: None,
            sku: None,
            price,
            price_type: PriceType::Fixed,
            unit_name: None,
            cost: None,
            price_without_vat: None,
            hidden: false,
            available: true,
            auto_manage: false,
            default_tax_rates: true,
            is_revenue: true,
            color_code: None,
            kind: None,
            group: None,
            menu_item: None,
            categories: Vec::new(),
            tags: Vec::new(),
            options: Vec::new(),
            tax_rates: Vec::new(),
            modifier_groups: Vec::new(),
            stock: None,
            modified,
            deleted: None,
            raw: None,
        }
    }

    /// The links of one kind, to change; a group is joined at creation and never left.
    pub fn links_mut(&mut self, kind: Kind) -> Option<&mut Vec<Id>> {
        match kind {
            Kind::Categories => Some(&mut self.categories),
            Kind::Tags => Some(&mut self.tags),
            Kind::Options => Some(&mut self.options),
            Kind::TaxRates => Some(&mut self.tax_rates),
            Kind::ModifierGroups => Some(&mut self.modifier_groups),
            _ => None,
        }
    }

    /// The entries of one lookup list the item is linked to.
    pub fn links(&self, kind: Kind) -> &[Id] {
        match kind {
            Kind::Categories => &self.categories,
            Kind::Tags => &self.tags,
            Kind::Options => &self.options,
            Kind::TaxRates => &self.tax_rates,
            Kind::ModifierGroups => &self.modifier_groups,
            Kind::ItemGroups => self.group.as_slice(),
            _ => &[],
        }
    }

    /// Whether the item is linked to that entry of a lookup list.
    pub fn is_linked(&self, kind: Kind, id: Id) -> bool {
        self.links(kind).contains(&id)
    }
}

/// The fields of an item that a client may write.
#[derive(Clone, Debug, Default)]
pub struct ItemChange {
    /// Required to create.
    pub name: Change<String>,
    /// Required to create.
    pub price: Change<i64>,
    alternate_name: Change<String>,
    code: Change<String>,
    sku: Change<String>,
    price_type: Change<String>,
    unit_name: Change<String>,
    cost: Change<i64>,
    price_without_vat: Change<i64>,
    hidden: Change<bool>,
    available: Change<bool>,
    auto_manage: Change<bool>,
    default_tax_rates: Change<bool>,
    is_revenue: Change<bool>,
    color_code: Change<String>,
    kind: Change<String>,
    menu_item: Change<Box<MenuItem>>,
}

impl ItemChange {
    /// The names [`ItemChange::read`] knows.
    pub const NAMES: [&'static str; 17] = [
        "name",
        "price",
        "alternateName",
        "code",
        "sku",
        "priceType",
        "unitName",
        "cost",
        "priceWithoutVat",
        "hidden",
        "available",
        "autoManage",
        "defaultTaxRates",
        "isRevenue",
        "colorCode",
        "type",
        "menuItem",
    ];

    /// Reads the known fields out of a body; lengths as in Clover's Android SDK.
    pub fn read(body: &Map<String, Value>) -> Result<Self, Reply> {
        let fields = Fields::of(body);
        let change = ItemChange {
            name: fields.text("name", 127)?,
            price: fields.int("price", 0, i64::MAX)?,
            alternate_name: fields.text("alternateName", 127)?,
            code: fields.text("code", 100)?,
            sku: fields.text("sku", 100)?,
            price_type: fields.text("priceType", 8)?,
            unit_name: fields.text("unitName", 64)?,
            cost: fields.int("cost", 0, i64::MAX)?,
            price_without_vat: fields.int("priceWithoutVat", 0, i64::MAX)?,
            hidden: fields.flag("hidden")?,
            available: fields.flag("available")?,
            auto_manage: fields.flag("autoManage")?,
            default_tax_rates: fields.flag("defaultTaxRates")?,
            is_revenue: fields.flag("isRevenue")?,
            color_code: fields.text("colorCode", 9)?,
            kind: fields.text("type", 31)?,
            menu_item: match fields.object("menuItem")? {
                Some(map) => Some(Some(Box::new(read_menu_item(Fields::of(map))?))),
                None => body.get("menuItem").map(|_| None),
            },
        };
        if let Some(Some(word)) = &change.price_type
            && PriceType::read(word).is_none()
        {
            return Err(Reply::bad("priceType must be FIXED, VARIABLE or PER_UNIT"));
        }
        Ok(change)
    }

    /// The name and price a new item cannot do without.
    pub fn required(&self) -> Result<(String, i64), Reply> {
        let name = self
            .name
            .clone()
            .flatten()
            .filter(|name| !name.trim().is_empty());
        let price = self.price.flatten();
        Ok((
            name.ok_or_else(|| Reply::bad("name is required"))?,
            price.ok_or_else(|| Reply::bad("price is required"))?,
        ))
    }

    /// Writes the fields that were sent; `null` takes an optional one away. The name of a variant
    /// is the server's and stays.
    pub fn apply(self, item: &mut Item) {
        if let Some(Some(name)) = self.name
            && item.group.is_none()
        {
            item.name = name;
        }
        if let Some(Some(word)) = &self.price_type
            && let Some(read) = PriceType::read(word)
        {
            item.price_type = read;
        }
        keep(&mut item.price, self.price);
        keep(&mut item.hidden, self.hidden);
        keep(&mut item.available, self.available);
        keep(&mut item.auto_manage, self.auto_manage);
        keep(&mut item.default_tax_rates, self.default_tax_rates);
        keep(&mut item.is_revenue, self.is_revenue);
        set(&mut item.alternate_name, self.alternate_name);
        set(&mut item.code, self.code);
        set(&mut item.sku, self.sku);
        set(&mut item.unit_name, self.unit_name);
        set(&mut item.cost, self.cost);
        set(&mut item.price_without_vat, self.price_without_vat);
        set(&mut item.color_code, self.color_code);
        set(&mut item.kind, self.kind);
        set(&mut item.menu_item, self.menu_item);
    }
}

fn keep<T>(slot: &mut T, change: Change<T>) {
    if let Some(Some(value)) = change {
        *slot = value;
    }
}

fn set<T>(slot: &mut Option<T>, change: Change<T>) {
    if let Some(value) = change {
        *slot = value;
    }
}

fn read_menu_item(fields: Fields<'_>) -> Result<MenuItem, Reply> {
    Ok(MenuItem {
        name: fields.text("name", 255)?.flatten().unwrap_or_default(),
        description: fields
            .text("description", 2047)?
            .flatten()
            .unwrap_or_default(),
        image_filename: fields.text("imageFilename", 255)?.flatten(),
        enabled: fields.flag("enabled")?.flatten().unwrap_or(true),
    })
}
