//! From Clover's items and item groups to shop products.

use std::collections::HashMap;

use crate::ids::{AttributeId, GroupId, ItemId};
use crate::money::{Currency, MinorUnits};
use crate::pricing::Pricing;
use crate::product::{Product, Reference, Variant};
use crate::quantity::Quantity;
use crate::settings::{MappingMode, Settings};
use crate::wire::{Category, Item, PriceType};

/// Name of the option of a group whose members carry no option values.
const NAMELESS_OPTION: &str = "Variant";

/// This one item cannot become a product; others can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct ItemError {
    /// The item, or none for a whole group.
    pub item: Option<ItemId>,
    /// The field of the item, or the group.
    pub path: String,
    /// What is wrong, as a sentence for the owner.
    pub message: String,
}

/// The rules that do not change within a run.
#[derive(Debug, Clone)]
pub struct Mapper {
    /// The shop's currency, which must be the merchant's.
    pub currency: Currency,
    /// The owner's pricing.
    pub pricing: Pricing,
    /// Categories and tags.
    pub mode: MappingMode,
    /// Whether products may be shown at once.
    pub import_published: bool,
    /// False when the merchant keeps no counts: then nothing is counted.
    pub track_stock: bool,
}

/// Names that Clover keeps outside its items.
#[derive(Debug, Default)]
pub struct Names {
    /// Of item groups.
    pub groups: HashMap<GroupId, String>,
    /// Of attributes.
    pub attributes: HashMap<AttributeId, String>,
}

impl Mapper {
    /// The rules of these settings in this currency.
    #[must_use]
    pub fn new(settings: &Settings, currency: Currency, track_stock: bool) -> Self {
        Self { currency, pricing: settings.pricing, mode: settings.mapping_mode, import_published: settings.import_published, track_stock }
    }

    /// An item that belongs to no group becomes a simple product.
    ///
    /// # Errors
    /// [`ItemError`] when it has no usable name, price or count.
    pub fn item(&self, item: &Item) -> Result<Product, ItemError> {
        let variant = self.variant(item, Vec::new())?;
        let mut product = self.product(Reference::Item(item.id.clone()), variant.name.clone(), &[item]);
        product.alias = alias_or_id(&product.title, item.id.as_str());
        product.variants.push(variant);
        Ok(self.withheld(product, &[item]))
    }

    /// A group becomes a variable product; each member a variant. Members that cannot be used are left out, each with its error; without any usable
    /// member there is no product.
    #[must_use]
    pub fn group(&self, id: &GroupId, members: &[Item], names: &Names) -> (Option<Product>, Vec<ItemError>) {
        let mut errors = Vec::new();
        let Some(title) = names.groups.get(id).and_then(|name| cleaned(Some(name))) else {
            let message = "Clover lists no name for this item group".into();
            return (None, vec![ItemError { item: None, path: format!("item_groups[{id}].name"), message }]);
        };
        let mut members: Vec<&Item> = members.iter().collect();
        members.sort_by(|a, b| a.id.cmp(&b.id));
        let options = option_names(&members, names);
        let mut used: Vec<&Item> = Vec::new();
        let mut variants: Vec<Variant> = Vec::new();
        for member in members {
            match option_values(member, &title, &options, names).and_then(|values| self.variant(member, values)) {
                Ok(variant) => match variants.iter().find(|other| other.option_values == variant.option_values) {
                    Some(other) => errors.push(ItemError {
                        item: Some(member.id.clone()),
                        path: "options".into(),
                        message: format!("has the same options as item {}: {}", other.id, variant.option_values.join(", ")),
                    }),
                    None => {
                        used.push(member);
                        variants.push(variant);
                    }
                },
                Err(error) => errors.push(error),
            }
        }
        if variants.is_empty() {
            return (None, errors);
        }
        let mut product = self.product(Reference::Group(id.clone()), title, &used);
        product.alias = alias_or_id(&product.title, id.as_str());
        product.options = options;
        product.variants = variants;
        (Some(self.withheld(product, &used)), errors)
    }

    fn variant(&self, item: &Item, option_values: Vec<String>) -> Result<Variant, ItemError> {
        let refuse = |path: &str, message: &str| ItemError { item: Some(item.id.clone()), path: path.into(), message: message.into() };
        let name = cleaned(item.name.as_ref()).ok_or_else(|| refuse("name", "has no name"))?;
        let price = match (&item.price_type, item.price) {
            (PriceType::Fixed, None) => return Err(refuse("price", "has no price")),
            (_, Some(price)) if price < 0 => return Err(refuse("price", "has a price below zero")),
            (_, price) => price.unwrap_or(0),
        };
        // What the till prices must not become sellable by a markup on nothing.
        let pricing = if price == 0 { Pricing::Direct } else { self.pricing };
        let price = pricing.apply(MinorUnits(price), self.currency).map_err(|e| refuse("price", &e.to_string()))?;
        let stock = match item.item_stock {
            Some(count) if self.track_stock => {
                Some(Quantity::from_clover(count).ok_or_else(|| refuse("itemStock.quantity", "has a count beyond any stock"))?)
            }
            _ => None,
        };
        Ok(Variant {
            id: item.id.clone(),
            name,
            sku: cleaned(item.sku.as_ref()),
            upc: cleaned(item.code.as_ref()),
            price,
            stock,
            sellable: item.available && (option_values.is_empty() || !item.hidden),
            option_values,
        })
    }

    /// Everything but alias, options and variants.
    fn product(&self, reference: Reference, title: String, items: &[&Item]) -> Product {
        let mut categories: Vec<&Category> = items.iter().flat_map(|i| &i.categories.0).filter(|c| !c.deleted).collect();
        categories.sort_by_key(|c| (c.sort_order.unwrap_or(i64::MAX), c.name.clone(), c.id.clone()));
        let mut names = Unique::default();
        categories.into_iter().for_each(|c| names.add(c.name.as_ref()));
        let mut names = names.0;
        let mut tags = Unique::default();
        let (categories, create_category) = match self.mode {
            MappingMode::Tag => {
                let group = matches!(reference, Reference::Group(_)).then(|| title.clone());
                tags.add(group.as_ref());
                let first = (!names.is_empty()).then(|| names.swap_remove(0));
                (group.into_iter().chain(first).collect(), false)
            }
            MappingMode::Category => {
                let others = if names.is_empty() { Vec::new() } else { names.split_off(1) };
                others.iter().for_each(|name| tags.add(Some(name)));
                let make = !names.is_empty();
                (names, make)
            }
        };
        items.iter().flat_map(|i| &i.tags.0).filter(|t| !t.deleted).for_each(|t| tags.add(t.name.as_ref()));
        Product {
            reference,
            title,
            alias: String::new(),
            withheld: false,
            publish: false,
            categories,
            create_category,
            tags: tags.0,
            warnings: Vec::new(),
            options: Vec::new(),
            variants: Vec::new(),
        }
    }

    /// Keeps back what must not be sold unseen, and says why.
    fn withheld(&self, mut product: Product, items: &[&Item]) -> Product {
        let warn = |product: &mut Product, withhold: bool, text: String| {
            product.withheld |= withhold;
            product.warnings.push(text);
        };
        for item in items {
            let which = || if items.len() > 1 { format!(" ({})", item.id) } else { String::new() };
            match &item.price_type {
                PriceType::Fixed if item.price == Some(0) => {
                    warn(&mut product, true, format!("Clover's price is 0{}: imported unpublished", which()));
                }
                PriceType::Fixed => {}
                PriceType::Variable => {
                    warn(&mut product, true, format!("the price is typed in at the till{}: imported unpublished, set a price before you publish it", which()));
                }
                PriceType::PerUnit => {
                    warn(&mut product, true, format!("the price is per unit of weight or length{}: imported unpublished, check the price before you publish it", which()));
                }
                PriceType::Other(word) => {
                    warn(&mut product, true, format!("the price type {word} is unknown{}: imported unpublished", which()));
                }
            }
            if !item.default_tax_rates {
                warn(&mut product, false, format!("Clover does not tax this item by its default rates{}: check its tax profile", which()));
            }
        }
        if items.iter().all(|item| item.hidden) {
            warn(&mut product, true, "hidden in Clover: imported unpublished".into());
        }
        product.publish = self.import_published && !product.withheld;
        product
    }
}

/// Trimmed text without control characters, or none when nothing is left.
fn cleaned(text: Option<&String>) -> Option<String> {
    let text = text?.trim();
    if text.is_empty() {
        return None;
    }
    Some(text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
}

/// A name as lower-case ASCII for a URL; empty when nothing of it is left.
#[must_use]
pub fn alias(name: &str) -> String {
    slug::slugify(name)
}

fn alias_or_id(title: &str, id: &str) -> String {
    let alias = alias(title);
    if alias.is_empty() { id.to_ascii_lowercase() } else { alias }
}

/// Names without repetition; case does not make a difference, as in Joomla's tag and category titles.
#[derive(Default)]
struct Unique(Vec<String>);

impl Unique {
    fn add(&mut self, name: Option<&String>) {
        if let Some(name) = cleaned(name)
            && !self.0.iter().any(|known| known.to_lowercase() == name.to_lowercase())
        {
            self.0.push(name);
        }
    }
}

/// The attributes that occur among the members, by name; a group without any gets one of our own.
fn option_names(members: &[&Item], names: &Names) -> Vec<String> {
    let mut attributes: Vec<(&String, &AttributeId)> = members
        .iter()
        .flat_map(|m| &m.options.0)
        .filter_map(|o| o.attribute.as_ref())
        .filter_map(|a| names.attributes.get(&a.id).map(|name| (name, &a.id)))
        .collect();
    attributes.sort();
    attributes.dedup();
    let mut unique = Unique::default();
    attributes.into_iter().for_each(|(name, _)| unique.add(Some(name)));
    if unique.0.is_empty() { vec![NAMELESS_OPTION.into()] } else { unique.0 }
}

/// The shop drops a variant that has not exactly one value for each option.
fn option_values(member: &Item, group: &str, options: &[String], names: &Names) -> Result<Vec<String>, ItemError> {
    let refuse = |message: String| ItemError { item: Some(member.id.clone()), path: "options".into(), message };
    if options == [NAMELESS_OPTION] && member.options.is_empty() {
        let name = cleaned(member.name.as_ref()).ok_or_else(|| refuse("has neither options nor a name".into()))?;
        let own = name.strip_prefix(group).map_or(name.as_str(), str::trim);
        return Ok(vec![if own.is_empty() { name } else { own.to_owned() }]);
    }
    options
        .iter()
        .map(|option| {
            let mut values = member
                .options
                .0
                .iter()
                .filter(|o| {
                    let attribute = o.attribute.as_ref().and_then(|a| names.attributes.get(&a.id));
                    attribute.is_some_and(|name| name.trim().to_lowercase() == option.to_lowercase())
                })
                .filter_map(|o| cleaned(o.name.as_ref()));
            match (values.next(), values.next()) {
                (Some(value), None) => Ok(value),
                (None, _) => Err(refuse(format!("has no value for the option {option}"))),
                (Some(_), Some(_)) => Err(refuse(format!("has several values for the option {option}"))),
            }
        })
        .collect()
}
