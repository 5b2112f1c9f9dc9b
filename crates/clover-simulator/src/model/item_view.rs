//! An item on the wire: which keys are there, which are not, and what is nested.

use serde::ser::{Error, SerializeMap};
use serde::{Serialize, Serializer};

use super::item::{Item, Stock};
use super::lookups::{Doc, Lookups};
use super::merchant::Merchant;
use super::pricing;
use super::rules::Kind;
use crate::ids::Id;
use crate::query::{DEFAULT_LIMIT, Expand, Record, Scalar};
use crate::switches::{MenuItemShape, Switches, UntrackedStockShape};

/// How items are shown in one answer.
#[derive(Clone, Copy)]
pub struct ItemStyle<'a> {
    lookups: &'a Lookups,
    merchant: &'a Merchant,
    categories: bool,
    tags: bool,
    options: bool,
    tax_rates: bool,
    modifier_groups: bool,
    item_stock: bool,
    menu_item: bool,
    untracked: UntrackedStockShape,
}

impl<'a> ItemStyle<'a> {
    /// The style for one `expand`.
    pub fn new(
        lookups: &'a Lookups,
        merchant: &'a Merchant,
        expand: &Expand,
        switches: &Switches,
    ) -> Self {
        ItemStyle {
            lookups,
            merchant,
            categories: expand.has("categories"),
            tags: expand.has("tags"),
            options: expand.has("options"),
            tax_rates: expand.has("taxRates"),
            modifier_groups: expand.has("modifierGroups"),
            item_stock: expand.has("itemStock"),
            menu_item: match switches.menu_item {
                MenuItemShape::Always => true,
                MenuItemShape::OnRequest => expand.has("menuItem"),
                MenuItemShape::Absent | MenuItemShape::Forbidden => false,
            },
            untracked: switches.untracked_stock_shape,
        }
    }

    /// One item in this style.
    pub fn show(self, item: &'a Item) -> ItemView<'a> {
        ItemView { item, style: self }
    }
}

/// One item in the style of an answer.
pub struct ItemView<'a> {
    item: &'a Item,
    style: ItemStyle<'a>,
}

impl ItemView<'_> {
    /// Whether this answer shows the field: relations only when they are expanded.
    fn shows(&self, field: &str) -> bool {
        let style = &self.style;
        match field {
            "categories" => style.categories,
            "tags" => style.tags,
            "options" => style.options,
            "taxRates" => style.tax_rates,
            "modifierGroups" => style.modifier_groups,
            "itemStock" => style.item_stock,
            "menuItem" => style.menu_item,
            _ => true,
        }
    }
}

impl Serialize for ItemView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(raw) = &self.item.raw else {
            return Plain(self).serialize(serializer);
        };
        let mut map = serde_json::to_value(Plain(self)).map_err(Error::custom)?;
        if let Some(map) = map.as_object_mut() {
            let shown = raw.iter().filter(|(field, _)| self.shows(field));
            map.extend(shown.map(|(field, value)| (field.clone(), value.clone())));
        }
        map.serialize(serializer)
    }
}

/// An item without its raw fields.
struct Plain<'a>(&'a ItemView<'a>);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (item, style) = (self.0.item, &self.0.style);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &item.id)?;
        map.serialize_entry("hidden", &item.hidden)?;
        map.serialize_entry("available", &item.available)?;
        map.serialize_entry("autoManage", &item.auto_manage)?;
        if let Some(id) = item.group {
            map.serialize_entry("itemGroup", &Reference { id })?;
        }
        map.serialize_entry("name", &item.name)?;
        optional(&mut map, "alternateName", &item.alternate_name)?;
        optional(&mut map, "code", &item.code)?;
        optional(&mut map, "sku", &item.sku)?;
        map.serialize_entry("price", &item.price)?;
        map.serialize_entry("priceType", &item.price_type)?;
        if style.merchant.vat {
            let net = pricing::without_vat(item, style.lookups);
            map.serialize_entry("priceWithoutVat", &net)?;
        }
        optional(&mut map, "unitName", &item.unit_name)?;
        map.serialize_entry("defaultTaxRates", &item.default_tax_rates)?;
        optional(&mut map, "cost", &item.cost)?;
        map.serialize_entry("isRevenue", &item.is_revenue)?;
        optional(&mut map, "colorCode", &item.color_code)?;
        optional(&mut map, "type", &item.kind)?;
        if style.menu_item {
            optional(&mut map, "menuItem", &item.menu_item)?;
        }
        let nested = [
            (
                style.modifier_groups,
                "modifierGroups",
                Kind::ModifierGroups,
                &item.modifier_groups,
            ),
            (
                style.categories,
                "categories",
                Kind::Categories,
                &item.categories,
            ),
            (style.tags, "tags", Kind::Tags, &item.tags),
            (style.options, "options", Kind::Options, &item.options),
            (style.tax_rates, "taxRates", Kind::TaxRates, &item.tax_rates),
        ];
        for (is_wanted, name, kind, ids) in nested {
            if is_wanted {
                map.serialize_entry(name, &Nested::new(style.lookups, kind, ids))?;
            }
        }
        if style.item_stock {
            match (item.stock, style.untracked) {
                (None, UntrackedStockShape::Absent) => {}
                (None, UntrackedStockShape::Empty) => {
                    map.serialize_entry("itemStock", &Nothing {})?;
                }
                _ => map.serialize_entry("itemStock", &StockView(item))?,
            }
        }
        map.serialize_entry("modifiedTime", &item.modified)?;
        map.serialize_entry("deleted", &item.deleted.is_some())?;
        optional(&mut map, "deletedTime", &item.deleted)?;
        map.end()
    }
}

fn optional<M: SerializeMap, T: Serialize>(
    map: &mut M,
    name: &str,
    value: &Option<T>,
) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_entry(name, value),
        None => Ok(()),
    }
}

#[derive(Serialize)]
struct Nothing {}

/// `{"id": …}`.
#[derive(Serialize)]
pub struct Reference {
    /// What it points at.
    pub id: Id,
}

/// A nested list: wrapped, and cut at 100.
#[derive(Serialize)]
pub struct Nested<T> {
    /// The entries.
    pub elements: Vec<T>,
}

impl<'a> Nested<&'a Doc> {
    fn new(lookups: &'a Lookups, kind: Kind, ids: &[Id]) -> Self {
        let live = ids.iter().filter_map(|id| lookups.live(kind, *id));
        Nested {
            elements: live.take(DEFAULT_LIMIT).collect(),
        }
    }
}

/// The count of an item, as `/item_stocks` shows it; only the reference for one never counted.
pub struct StockView<'a>(pub &'a Item);

impl Serialize for StockView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = self.0.raw.as_ref().and_then(|raw| raw.get("itemStock"));
        if let Some(raw) = raw {
            return raw.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("item", &Reference { id: self.0.id })?;
        if let Some(stock) = self.0.stock {
            let Stock {
                quantity, modified, ..
            } = stock;
            map.serialize_entry("stockCount", &stock.count())?;
            map.serialize_entry("quantity", &quantity)?;
            optional(&mut map, "stockAlertThreshold", &stock.threshold)?;
            map.serialize_entry("modifiedTime", &modified)?;
        }
        map.end()
    }
}

impl Record for Item {
    fn id(&self) -> Id {
        self.id
    }

    fn is_deleted(&self) -> bool {
        self.deleted.is_some()
    }

    fn pending(&self, lookups: &Lookups, field: &str, look: &mut dyn FnMut(Scalar<'_>)) {
        match field {
            "id" | "item.id" | "all_categorized_items.item_uuid" => {
                look(Scalar::Text(self.id.as_str()));
            }
            "name" => look(Scalar::Text(&self.name)),
            "alternateName" => text(&self.alternate_name, look),
            "itemCode" => text(&self.code, look),
            "sku" => text(&self.sku, look),
            "type" => text(&self.kind, look),
            "price" => look(Scalar::Int(self.price)),
            "price_type" => look(Scalar::Text(self.price_type.word())),
            "modifiedTime" => look(Scalar::Int(self.modified)),
            "hidden" => look(Scalar::Flag(self.hidden)),
            "available" => look(Scalar::Flag(self.available)),
            "autoManage" => look(Scalar::Flag(self.auto_manage)),
            "defaultTaxRates" => look(Scalar::Flag(self.default_tax_rates)),
            "isRevenue" => look(Scalar::Flag(self.is_revenue)),
            "deleted" => look(Scalar::Flag(self.deleted.is_some())),
            "lowStock" => look(Scalar::Flag(self.stock.is_some_and(|stock| stock.is_low()))),
            "menuItemEnabled" => {
                if let Some(menu_item) = &self.menu_item {
                    look(Scalar::Flag(menu_item.enabled));
                }
            }
            "itemStock.quantity" => {
                if let Some(stock) = self.stock {
                    look(Scalar::Float(stock.quantity));
                }
            }
            "itemStock.modifiedTime" => {
                if let Some(stock) = self.stock {
                    look(Scalar::Int(stock.modified));
                }
            }
            "itemGroup.id" => self
                .group
                .iter()
                .for_each(|id| look(Scalar::Text(id.as_str()))),
            "tags.id" => each(&self.tags, look),
            "option.id" => each(&self.options, look),
            "modifierGroup.id" => each(&self.modifier_groups, look),
            "categoryId" => each(&self.categories, look),
            "tags.name" => {
                for doc in self
                    .tags
                    .iter()
                    .filter_map(|id| lookups.live(Kind::Tags, *id))
                {
                    look(Scalar::Text(doc.name()));
                }
            }
            _ => {}
        }
    }
}

fn text(value: &Option<String>, look: &mut dyn FnMut(Scalar<'_>)) {
    if let Some(value) = value {
        look(Scalar::Text(value));
    }
}

fn each(ids: &[Id], look: &mut dyn FnMut(Scalar<'_>)) {
    for id in ids {
        look(Scalar::Text(id.as_str()));
    }
}
