//! Maps Clover's items and item groups to shop products.

mod modifiers;
mod options;

use std::collections::HashMap;

use crate::ids::{AttributeId, CategoryId, GroupId, ItemId};
use crate::item_filter::{self, ImportRule, ItemFilter};
use crate::money::{Currency, MinorUnits};
use crate::pricing::Prices;
use crate::problem::{Problem, ProblemCode};
use crate::product::{Caution, MODIFIERS, Product, ProductReference, Variant};
use crate::quantity::{Quantity, Reserve};
use crate::settings::{ImportStatus, MappingMode, ModifierMode, Settings};
use crate::tax::TaxRule;
use crate::text::{self, clean};
use crate::wire::{Category, Item, MenuItem, PriceType};

use modifiers::Offer;
use options::{Attributes, Choice, distinguish};

/// Clover's field with an item's modifier groups.
const MODIFIER_GROUPS: &str = "modifierGroups";

/// This one item cannot become a product; others can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct ItemError {
    /// The item, or none for a whole group.
    pub item: Option<ItemId>,
    /// The field of the item, or the group.
    pub path: String,
    /// What is wrong.
    pub problem: Problem,
}

/// The rules that do not change within a run.
#[derive(Debug, Clone)]
pub struct Mapper {
    /// The shop's currency, which must be the merchant's.
    pub currency: Currency,
    /// The owner's pricing.
    pub prices: Prices,
    /// Categories and tags.
    pub mode: MappingMode,
    /// Which items are imported.
    pub filter: ItemFilter,
    /// Whether single items have their modifiers.
    pub modifiers: ModifierMode,
    /// Whether products may be shown at once.
    pub import_published: bool,
    /// False when the merchant keeps no counts: then nothing is counted.
    pub track_stock: bool,
    /// Units kept for the till.
    pub reserve: Reserve,
    /// Which tax profile a product gets.
    pub tax: TaxRule,
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
        Self {
            currency,
            prices: settings.prices(),
            mode: settings.mapping_mode,
            filter: settings.item_filter(),
            modifiers: settings.modifiers,
            import_published: settings.import_status == ImportStatus::Published,
            track_stock,
            reserve: Reserve::new(settings.stock_reserve),
            tax: settings.tax_rule(),
        }
    }

    /// Why the settings leave an item out; none for one that is imported.
    ///
    /// # Errors
    /// [`ItemError`] when Clover does not show what decides it.
    pub fn left_out(&self, item: &Item) -> Result<Option<Problem>, ItemError> {
        match self.filter.choose(item) {
            item_filter::Choice::Import => Ok(None),
            item_filter::Choice::LeaveOut(reason) => Ok(Some(reason)),
            item_filter::Choice::Unknown(field, problem) => Err(ItemError {
                item: Some(item.id.clone()),
                path: field.into(),
                problem: problem.into(),
            }),
        }
    }

    /// An item that belongs to no group becomes a simple product.
    ///
    /// # Errors
    /// [`ItemError`] when it has no usable name, price or count.
    pub fn item(&self, item: &Item) -> Result<Product, ItemError> {
        let variant = self.variant(item, Vec::new())?;
        let mut product = self.product(
            ProductReference::Item(item.id.clone()),
            variant.name.clone(),
            &[item],
        );
        product.variants.push(variant);
        let lacks_required = match self.modifiers {
            ModifierMode::Options if !is_unseen(item, MODIFIER_GROUPS) => {
                let offer = Offer::of(item, self.currency);
                product.modifiers = offer.options;
                offer.lacks_required
            }
            _ => item.required_modifiers,
        };
        Ok(self.withheld(product, &[item], |_| lacks_required))
    }

    /// A group becomes a variable product; each member a variant. Members that cannot be used are
    /// left out, each with its error; without any usable member no product is made. Of two members
    /// with the same options the one stays that the shop has linked already, else the one with the
    /// lower id.
    #[must_use]
    pub fn group(
        &self,
        id: &GroupId,
        members: &[Item],
        names: &Names,
        linked: impl Fn(&ItemId) -> bool,
    ) -> (Option<Product>, Vec<ItemError>) {
        let mut errors = Vec::new();
        let Some(title) = names.groups.get(id).and_then(|name| cleaned(Some(name))) else {
            return (
                None,
                vec![ItemError {
                    item: None,
                    path: format!("item_groups[{id}].name"),
                    problem: ProblemCode::GroupNameless.into(),
                }],
            );
        };
        // Without their options all members look alike, so the product stays as the shop has it.
        let unseen = members
            .iter()
            .filter(|m| m.unseen.iter().any(|field| field == "options"));
        errors.extend(unseen.map(|member| ItemError {
            item: Some(member.id.clone()),
            path: "options".into(),
            problem: ProblemCode::ItemOptionsUnseen.into(),
        }));
        if !errors.is_empty() {
            return (None, errors);
        }
        let mut members: Vec<&Item> = members.iter().collect();
        members.sort_by(|a, b| (!linked(&a.id), &a.id).cmp(&(!linked(&b.id), &b.id)));
        let options = Attributes::of(&members, names);
        let mut values: Vec<Result<Vec<Choice<'_>>, ItemError>> = members
            .iter()
            .map(|member| options.choices(member, &title))
            .collect();
        distinguish(&mut values);
        let mut used: Vec<&Item> = Vec::new();
        let mut variants: Vec<Variant> = Vec::new();
        for (member, values) in members.into_iter().zip(values) {
            let values = values.map(|v| v.into_iter().map(|choice| choice.name).collect());
            match values.and_then(|values| self.variant(member, values)) {
                Ok(variant) => match variants
                    .iter()
                    .find(|other| other.option_values == variant.option_values)
                {
                    Some(other) => errors.push(ItemError {
                        item: Some(member.id.clone()),
                        path: "options".into(),
                        problem: Problem::new(ProblemCode::ItemOptionsTaken)
                            .with("item", other.id.as_str())
                            .with("options", variant.option_values),
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
        let mut product = self.product(ProductReference::Group(id.clone()), title, &used);
        variants.sort_by(|a, b| a.id.cmp(&b.id));
        product.options = options.names;
        product.variants = variants;
        // The shop's variable products have no other options than those of their variants.
        let product = self.withheld(product, &used, |item| item.required_modifiers);
        (Some(product), errors)
    }

    fn variant(&self, item: &Item, option_values: Vec<String>) -> Result<Variant, ItemError> {
        let refuse = |path: &str, problem: Problem| ItemError {
            item: Some(item.id.clone()),
            path: path.into(),
            problem,
        };
        let name = cleaned(item.name.as_ref())
            .ok_or_else(|| refuse("name", ProblemCode::ItemNameless.into()))?;
        let price = match (&item.price_type, item.price) {
            (PriceType::Fixed, None) => {
                return Err(refuse("price", ProblemCode::ItemWithoutPrice.into()));
            }
            (_, Some(price)) if price < 0 => {
                return Err(refuse("price", ProblemCode::ItemPriceNegative.into()));
            }
            (_, price) => price.unwrap_or(0),
        };
        let open_price = price == 0 && item.price_type != PriceType::Fixed;
        let has_markups = price != 0 && !self.prices.by_category.is_empty();
        let price_unseen = has_markups && item.unseen.iter().any(|f| f == "categories");
        let categories = if has_markups {
            in_order(&[item])
        } else {
            Vec::new()
        };
        let names = categories.into_iter().filter_map(|c| c.name.as_deref());
        let price = self
            .prices
            .price(MinorUnits(price), names, self.currency)
            .map_err(|e| {
                let problem = Problem::new(ProblemCode::ItemPriceTooLarge).with("price", e.0);
                refuse("price", problem)
            })?;
        let stock = match item.item_stock.quantity {
            Some(count) if self.track_stock => {
                Some(Quantity::from_clover(count).ok_or_else(|| {
                    refuse("itemStock.quantity", ProblemCode::ItemCountTooLarge.into())
                })?)
            }
            _ => None,
        };
        // Whether Clover shows a 0 where no threshold was set is not known.
        let threshold = item.item_stock.threshold.filter(|_| stock.is_some());
        let threshold = threshold.and_then(Quantity::from_clover);
        Ok(Variant {
            id: item.id.clone(),
            name,
            sku: cleaned(item.sku.as_ref()),
            upc: cleaned(item.code.as_ref()),
            price,
            open_price,
            price_unseen,
            stock,
            threshold: threshold.filter(|threshold| threshold.is_positive()),
            sellable: is_sellable(
                item.available,
                item.hidden && !self.filter.ignores_hidden(),
                !option_values.is_empty(),
            ),
            option_values,
        })
    }

    /// Everything but options and variants.
    fn product(&self, reference: ProductReference, title: String, items: &[&Item]) -> Product {
        let categories = in_order(items);
        let mut tags = Unique::default();
        let first_category = categories
            .iter()
            .find(|c| cleaned(c.name.as_ref()).is_some())
            .map(|c| c.id.clone());
        let (categories, create_category) = match self.mode {
            MappingMode::Tag => {
                let group = matches!(reference, ProductReference::Group(_)).then(|| title.clone());
                tags.add(group.as_ref());
                let first = categories
                    .into_iter()
                    .find_map(|c| cleaned(c.name.as_ref()));
                (group.into_iter().chain(first).collect(), false)
            }
            MappingMode::Category => {
                let mut names = Unique::default();
                categories
                    .into_iter()
                    .for_each(|c| names.add(c.name.as_ref()));
                let mut names = names.0;
                let others = if names.is_empty() {
                    Vec::new()
                } else {
                    names.split_off(1)
                };
                others.iter().for_each(|name| tags.add(Some(name)));
                let make = !names.is_empty();
                (names, make)
            }
        };
        items
            .iter()
            .flat_map(|i| &i.tags.0)
            .filter(|t| !t.deleted)
            .for_each(|t| tags.add(t.name.as_ref()));
        let is_unseen = |field: &str| items.iter().any(|item| is_unseen(item, field));
        let mut unseen = Vec::new();
        if is_unseen("categories") {
            unseen.push("category");
        }
        if is_unseen(MODIFIER_GROUPS) {
            unseen.push(MODIFIERS);
        }
        // In category mode the other categories become tags.
        if is_unseen("tags") || (is_unseen("categories") && self.mode == MappingMode::Category) {
            unseen.push("tags");
        }
        let nameless = |name: &Option<String>| name.as_deref().is_some_and(text::is_empty);
        let mut warnings = Vec::new();
        if items.iter().any(|i| {
            i.categories
                .0
                .iter()
                .any(|c| !c.deleted && nameless(&c.name))
        }) {
            warnings.push(ProblemCode::CategoryNameless.into());
        }
        if items
            .iter()
            .any(|i| i.tags.0.iter().any(|t| !t.deleted && nameless(&t.name)))
        {
            warnings.push(ProblemCode::TagNameless.into());
        }
        Product {
            reference,
            title,
            withheld: false,
            publish: false,
            categories,
            create_category,
            category: first_category.filter(|_| create_category),
            tags: tags.0,
            warnings,
            cautions: Vec::new(),
            options: Vec::new(),
            modifiers: Vec::new(),
            variants: Vec::new(),
            reserve: self.reserve,
            tax: self.tax.product(items),
            description: first(items, |menu| menu.description.as_deref()),
            picture: first(items, MenuItem::picture),
            unseen,
            stored: None,
        }
    }

    /// Keeps back what must not be sold unseen, and says why.
    fn withheld(
        &self,
        mut product: Product,
        items: &[&Item],
        lacks_required_modifiers: impl Fn(&Item) -> bool,
    ) -> Product {
        let warn = |product: &mut Product, caution: Option<Caution>, problem: Problem| {
            product.withheld |= caution.is_some();
            product.cautions.extend(caution);
            product.warnings.push(problem);
        };
        for item in items {
            let about = |code| {
                let name = cleaned(item.name.as_ref());
                let name = name.unwrap_or_else(|| item.id.as_str().to_owned());
                Problem::new(code).with("item", name)
            };
            match &item.price_type {
                PriceType::Fixed if item.price == Some(0) => warn(
                    &mut product,
                    Some(Caution::ZeroPrice),
                    about(ProblemCode::PriceZero),
                ),
                PriceType::Fixed => {}
                PriceType::Variable => warn(
                    &mut product,
                    Some(Caution::OpenPrice),
                    about(ProblemCode::PriceAtTill),
                ),
                PriceType::PerUnit => warn(
                    &mut product,
                    Some(Caution::UnitPrice),
                    about(ProblemCode::PricePerUnit),
                ),
                PriceType::Other(word) => {
                    let word = clean(word).unwrap_or_default();
                    let problem = about(ProblemCode::PriceTypeUnknown).with("price_type", word);
                    warn(&mut product, Some(Caution::UnknownPrice), problem);
                }
            }
            if !item.is_revenue && self.filter.non_revenue != ImportRule::Import {
                warn(
                    &mut product,
                    Some(Caution::NonRevenue),
                    about(ProblemCode::NotRevenue),
                );
            }
            if item.age_restricted && self.filter.age_restricted != ImportRule::Import {
                warn(
                    &mut product,
                    Some(Caution::AgeRestricted),
                    about(ProblemCode::AgeRestricted),
                );
            }
            if lacks_required_modifiers(item) {
                warn(
                    &mut product,
                    Some(Caution::RequiredModifiers),
                    about(ProblemCode::ModifiersRequired),
                );
            }
            let is_taxed = product
                .tax
                .as_ref()
                .is_some_and(|tax| tax.profile.is_some());
            if !item.default_tax_rates && !is_taxed {
                warn(&mut product, None, about(ProblemCode::NotDefaultTax));
            }
        }
        if !self.filter.ignores_hidden() && items.iter().all(|item| item.hidden) {
            warn(
                &mut product,
                Some(Caution::Hidden),
                ProblemCode::HiddenInClover.into(),
            );
        }
        product.cautions.sort_unstable();
        product.cautions.dedup();
        product.publish = self.import_published && !product.withheld;
        product
    }
}

/// Whether the shop may sell an item. A hidden variant is not offered. A hidden item without a
/// group is imported unpublished, and stays sellable.
#[must_use]
pub fn is_sellable(available: bool, hidden: bool, is_variant: bool) -> bool {
    available && !(hidden && is_variant)
}

/// What the first of these items by id has of it.
fn first(items: &[&Item], part: impl Fn(&MenuItem) -> Option<&str>) -> Option<String> {
    let having = items
        .iter()
        .filter_map(|item| Some((&item.id, part(&item.menu_item)?)));
    having
        .filter(|(_, text)| !text::is_empty(text))
        .min_by_key(|(id, _)| *id)
        .map(|(_, text)| text.to_owned())
}

/// Whether Clover does not show this field to the app.
fn is_unseen(item: &Item, field: &str) -> bool {
    item.unseen.iter().any(|unseen| unseen == field)
}

fn cleaned(text: Option<&String>) -> Option<String> {
    clean(text?)
}

/// The categories of these items by sort order.
fn in_order<'a>(items: &[&'a Item]) -> Vec<&'a Category> {
    let categories = items.iter().flat_map(|item| &item.categories.0);
    let mut categories: Vec<&Category> = categories.filter(|c| !c.deleted).collect();
    categories.sort_by(|a, b| place(a).cmp(&place(b)));
    categories
}

/// Where a category stands among others.
fn place(category: &Category) -> (i64, &Option<String>, &CategoryId) {
    let order = category.sort_order.unwrap_or(i64::MAX);
    (order, &category.name, &category.id)
}

/// Names without repetition, as [`text::key`] has it.
#[derive(Default)]
struct Unique(Vec<String>);

impl Unique {
    fn add(&mut self, name: Option<&String>) {
        if let Some(name) = cleaned(name)
            && !self.0.iter().any(|known| text::same(known, &name))
        {
            self.0.push(name);
        }
    }
}

#[cfg(test)]
mod tests;
