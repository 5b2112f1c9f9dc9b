//! From Clover's items and item groups to shop products.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::ids::{AttributeId, CategoryId, GroupId, ItemId};
use crate::money::{Currency, MinorUnits};
use crate::pricing::Pricing;
use crate::product::{Product, Reference, Variant};
use crate::quantity::Quantity;
use crate::settings::{MappingMode, Settings};
use crate::text::{self, clean};
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
        Self {
            currency,
            pricing: settings.pricing,
            mode: settings.mapping_mode,
            import_published: settings.import_published,
            track_stock,
        }
    }

    /// An item that belongs to no group becomes a simple product.
    ///
    /// # Errors
    /// [`ItemError`] when it has no usable name, price or count.
    pub fn item(&self, item: &Item) -> Result<Product, ItemError> {
        let variant = self.variant(item, Vec::new())?;
        let mut product = self.product(
            Reference::Item(item.id.clone()),
            variant.name.clone(),
            &[item],
        );
        product.variants.push(variant);
        Ok(self.withheld(product, &[item]))
    }

    /// A group becomes a variable product; each member a variant. Members that cannot be used are left out, each with its error; without any usable
    /// member there is no product. Of two members with the same options the one stays that the shop has linked already, else the one with the lower id.
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
            let message = "Clover lists no name for this item group".into();
            return (
                None,
                vec![ItemError {
                    item: None,
                    path: format!("item_groups[{id}].name"),
                    message,
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
            message: "Clover does not show the options of variants to this app".into(),
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
                        message: format!(
                            "has the same options as item {}: {}",
                            other.id,
                            variant.option_values.join(", ")
                        ),
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
        variants.sort_by(|a, b| a.id.cmp(&b.id));
        product.options = options.names;
        product.variants = variants;
        (Some(self.withheld(product, &used)), errors)
    }

    fn variant(&self, item: &Item, option_values: Vec<String>) -> Result<Variant, ItemError> {
        let refuse = |path: &str, message: &str| ItemError {
            item: Some(item.id.clone()),
            path: path.into(),
            message: message.into(),
        };
        let name = cleaned(item.name.as_ref()).ok_or_else(|| refuse("name", "has no name"))?;
        let price = match (&item.price_type, item.price) {
            (PriceType::Fixed, None) => return Err(refuse("price", "has no price")),
            (_, Some(price)) if price < 0 => return Err(refuse("price", "has a price below zero")),
            (_, price) => price.unwrap_or(0),
        };
        // What the till prices must not become sellable by a markup on nothing.
        let pricing = if price == 0 {
            Pricing::Direct
        } else {
            self.pricing
        };
        let price = pricing
            .apply(MinorUnits(price), self.currency)
            .map_err(|e| refuse("price", &e.to_string()))?;
        let stock = match item.item_stock {
            Some(count) if self.track_stock => Some(
                Quantity::from_clover(count)
                    .ok_or_else(|| refuse("itemStock.quantity", "has a count beyond any stock"))?,
            ),
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

    /// Everything but options and variants.
    fn product(&self, reference: Reference, title: String, items: &[&Item]) -> Product {
        let mut categories: Vec<&Category> = items
            .iter()
            .flat_map(|i| &i.categories.0)
            .filter(|c| !c.deleted)
            .collect();
        categories.sort_by(|a, b| place(a).cmp(&place(b)));
        let mut tags = Unique::default();
        let first_category = categories
            .iter()
            .find(|c| cleaned(c.name.as_ref()).is_some())
            .map(|c| c.id.clone());
        let (categories, create_category) = match self.mode {
            MappingMode::Tag => {
                let group = matches!(reference, Reference::Group(_)).then(|| title.clone());
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
        let is_unseen = |field: &str| items.iter().any(|i| i.unseen.iter().any(|f| f == field));
        let mut unseen = Vec::new();
        if is_unseen("categories") {
            unseen.push("category");
        }
        // In category mode the other categories become tags.
        if is_unseen("tags") || (is_unseen("categories") && self.mode == MappingMode::Category) {
            unseen.push("tags");
        }
        let nameless = |name: &Option<String>| name.as_deref().is_some_and(text::is_empty);
        let left_out = |what: &str| format!("Clover has a {what} without a name: left out");
        let mut warnings = Vec::new();
        if items.iter().any(|i| {
            i.categories
                .0
                .iter()
                .any(|c| !c.deleted && nameless(&c.name))
        }) {
            warnings.push(left_out("category"));
        }
        if items
            .iter()
            .any(|i| i.tags.0.iter().any(|t| !t.deleted && nameless(&t.name)))
        {
            warnings.push(left_out("tag"));
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
            options: Vec::new(),
            variants: Vec::new(),
            unseen,
            stored: None,
        }
    }

    /// Keeps back what must not be sold unseen, and says why.
    fn withheld(&self, mut product: Product, items: &[&Item]) -> Product {
        let warn = |product: &mut Product, withhold: bool, text: String| {
            product.withheld |= withhold;
            product.warnings.push(text);
        };
        for item in items {
            let which = || {
                if items.len() > 1 {
                    format!(" ({})", item.id)
                } else {
                    String::new()
                }
            };
            match &item.price_type {
                PriceType::Fixed if item.price == Some(0) => {
                    warn(
                        &mut product,
                        true,
                        format!("Clover's price is 0{}: imported unpublished", which()),
                    );
                }
                PriceType::Fixed => {}
                PriceType::Variable => {
                    warn(
                        &mut product,
                        true,
                        format!(
                            "the price is typed in at the till{}: imported unpublished, set a price before you publish it",
                            which()
                        ),
                    );
                }
                PriceType::PerUnit => {
                    warn(
                        &mut product,
                        true,
                        format!(
                            "the price is per unit of weight or length{}: imported unpublished, check the price before you publish it",
                            which()
                        ),
                    );
                }
                PriceType::Other(word) => {
                    let word = clean(word).unwrap_or_default();
                    warn(
                        &mut product,
                        true,
                        format!(
                            "the price type {word} is unknown{}: imported unpublished",
                            which()
                        ),
                    );
                }
            }
            if !item.default_tax_rates {
                warn(
                    &mut product,
                    false,
                    format!(
                        "Clover does not tax this item by its default rates{}: check its tax profile",
                        which()
                    ),
                );
            }
        }
        if items.iter().all(|item| item.hidden) {
            warn(
                &mut product,
                true,
                "hidden in Clover: imported unpublished".into(),
            );
        }
        product.publish = self.import_published && !product.withheld;
        product
    }
}

fn cleaned(text: Option<&String>) -> Option<String> {
    clean(text?)
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

/// The options of a group's product, and which of them each attribute is.
struct Attributes<'a> {
    names: Vec<String>,
    places: HashMap<&'a AttributeId, usize>,
}

/// One value of a variant, with the id that decides which of two names of one key comes first.
struct Choice<'a> {
    name: String,
    id: &'a str,
}

impl<'a> Attributes<'a> {
    /// The attributes that occur among the members, by name. Two of the same name are one option, unless a member has
    /// values of both. A group without any gets an option of our own.
    fn of(members: &[&'a Item], names: &Names) -> Self {
        let mut known: BTreeMap<&'a AttributeId, Option<String>> = BTreeMap::new();
        for id in members.iter().flat_map(|m| attributes(m)) {
            known
                .entry(id)
                .or_insert_with(|| cleaned(names.attributes.get(id)));
        }
        let mut named: Vec<(String, &AttributeId)> = known
            .into_iter()
            .filter_map(|(id, name)| Some((name?, id)))
            .collect();
        named.sort();
        let mut by_key: BTreeMap<String, Vec<(String, &AttributeId)>> = BTreeMap::new();
        let mut order = Vec::new();
        for (name, id) in named {
            let key = text::key(&name);
            let same = by_key.entry(key.clone()).or_default();
            if same.is_empty() {
                order.push(key);
            }
            same.push((name, id));
        }
        let mut options = Self {
            names: Vec::new(),
            places: HashMap::new(),
        };
        let mut taken: HashSet<String> = by_key.keys().cloned().collect();
        for key in order {
            let same = by_key.remove(&key).unwrap_or_default();
            let ids: HashSet<&AttributeId> = same.iter().map(|(_, id)| *id).collect();
            let apart = ids.len() > 1
                && members.iter().any(|m| {
                    let own: HashSet<_> = attributes(m).filter(|id| ids.contains(id)).collect();
                    own.len() > 1
                });
            for (n, (name, id)) in same.into_iter().enumerate() {
                if n == 0 {
                    options.names.push(name);
                } else if apart {
                    options.names.push(free(&name, &mut taken));
                }
                options.places.insert(id, options.names.len() - 1);
            }
        }
        if options.names.is_empty() {
            options.names.push(NAMELESS_OPTION.into());
        }
        options
    }

    /// The shop drops a variant that has not exactly one value for each option.
    fn choices(&self, member: &'a Item, group: &str) -> Result<Vec<Choice<'a>>, ItemError> {
        let refuse = |message: String| ItemError {
            item: Some(member.id.clone()),
            path: "options".into(),
            message,
        };
        if self.places.is_empty() && member.options.is_empty() {
            let name = cleaned(member.name.as_ref())
                .ok_or_else(|| refuse("has neither options nor a name".into()))?;
            let own = name.strip_prefix(group).map_or(name.as_str(), str::trim);
            return Ok(vec![Choice {
                name: if own.is_empty() { name } else { own.to_owned() },
                id: member.id.as_str(),
            }]);
        }
        let mut found: Vec<Option<Choice<'a>>> = self.names.iter().map(|_| None).collect();
        for option in &member.options.0 {
            let place = option
                .attribute
                .as_ref()
                .and_then(|a| self.places.get(&a.id));
            let (Some(&place), Some(name)) = (place, cleaned(option.name.as_ref())) else {
                continue;
            };
            let id = option.id.as_str();
            if found[place].replace(Choice { name, id }).is_some() {
                let option = &self.names[place];
                return Err(refuse(format!(
                    "has several values for the option {option}"
                )));
            }
        }
        found
            .into_iter()
            .zip(&self.names)
            .map(|(choice, option)| {
                choice.ok_or_else(|| refuse(format!("has no value for the option {option}")))
            })
            .collect()
    }
}

fn attributes(member: &Item) -> impl Iterator<Item = &AttributeId> {
    let options = member.options.0.iter();
    options.filter_map(|o| o.attribute.as_ref()).map(|a| &a.id)
}

/// Values of one option that differ, and still are the same name, get numbers: the shop matches values by
/// [`text::key`], and two variants must not become one combination. Which one keeps its name hangs on Clover's ids
/// alone, so that it is the same one in each run.
fn distinguish(members: &mut [Result<Vec<Choice<'_>>, ItemError>]) {
    let options = members.iter().flatten().map(Vec::len).max().unwrap_or(0);
    for place in 0..options {
        let mut ids: HashMap<&str, &str> = HashMap::new();
        for choice in members.iter().flatten().filter_map(|m| m.get(place)) {
            let id = ids.entry(choice.name.as_str()).or_insert(choice.id);
            *id = choice.id.min(id);
        }
        let mut keys: HashSet<String> = ids.keys().map(|name| text::key(name)).collect();
        if keys.len() == ids.len() {
            continue;
        }
        let mut ordered: Vec<(&str, &str)> = ids.into_iter().map(|(name, id)| (id, name)).collect();
        ordered.sort_unstable();
        let mut met: HashSet<String> = HashSet::new();
        let renamed: HashMap<String, String> = ordered
            .into_iter()
            .filter(|(_, name)| !met.insert(text::key(name)))
            .map(|(_, name)| (name.to_owned(), free(name, &mut keys)))
            .collect();
        for choice in members
            .iter_mut()
            .flatten()
            .filter_map(|m| m.get_mut(place))
        {
            if let Some(name) = renamed.get(&choice.name) {
                choice.name.clone_from(name);
            }
        }
    }
}

/// The name with the least number from 2 that makes it another name than all that are taken.
fn free(name: &str, taken: &mut HashSet<String>) -> String {
    let mut number = 2;
    loop {
        let numbered = text::numbered(name, number);
        if taken.insert(text::key(&numbered)) {
            return numbered;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Listing;
    use proptest::prelude::*;

    fn mapper(mode: MappingMode) -> Mapper {
        Mapper {
            currency: Currency::from_code("USD").unwrap(),
            pricing: Pricing::Direct,
            mode,
            import_published: true,
            track_stock: true,
        }
    }

    fn items(json: &str) -> Vec<Item> {
        let listing = Listing::parse(format!(r#"{{"elements":[{json}]}}"#).as_bytes()).unwrap();
        assert_eq!(listing.errors, []);
        listing.elements
    }

    fn simple(mode: MappingMode, json: &str) -> Product {
        mapper(mode).item(&items(json)[0]).unwrap()
    }

    fn names() -> Names {
        Names {
            groups: [("G", "T-Shirt"), ("H", " ")]
                .map(|(id, name)| (GroupId::new(id).unwrap(), name.into()))
                .into(),
            attributes: [("S", "Size"), ("C", "Color")]
                .map(|(id, name)| (AttributeId::new(id).unwrap(), name.into()))
                .into(),
        }
    }

    fn member(id: &str, options: &[(&str, &str)], more: &str) -> String {
        let options: Vec<String> = options
            .iter()
            .enumerate()
            .map(|(n, (a, v))| {
                format!(r#"{{"id":"{id}{n}","name":"{v}","attribute":{{"id":"{a}"}}}}"#)
            })
            .collect();
        format!(
            r#"{{"id":"{id}","name":"T-Shirt {id}","price":2500,"itemGroup":{{"id":"G"}},"options":{{"elements":[{}]}}{more}}}"#,
            options.join(",")
        )
    }

    fn group(mode: MappingMode, members: &[String]) -> (Option<Product>, Vec<ItemError>) {
        mapper(mode).group(
            &GroupId::new("G").unwrap(),
            &items(&members.join(",")),
            &names(),
            |_| false,
        )
    }

    const CATEGORIES: &str = r#""categories":{"elements":[{"id":"B","name":"Sides","sortOrder":2},{"id":"A","name":" Mains ","sortOrder":1},
        {"id":"C","name":"Gone","sortOrder":0,"deleted":true},{"id":"D","name":"sides","sortOrder":3}]},"tags":{"elements":[{"name":"Vegan"},{"name":"vegan "},{"name":""}]}"#;

    #[test]
    fn an_item_without_a_group_becomes_a_simple_product() {
        let p = simple(
            MappingMode::Tag,
            r#"{"id":"A","name":" Soup of the Day ","price":599,"sku":" ","code":"4006381333931","itemStock":{"quantity":12.0}}"#,
        );
        assert_eq!(
            (p.title.as_str(), p.alias(), p.publish),
            ("Soup of the Day", "soup-of-the-day".to_owned(), true)
        );
        let v = &p.variants[0];
        assert_eq!(
            (
                v.sku.as_deref(),
                v.upc.as_deref(),
                v.price.to_string().as_str()
            ),
            (None, Some("4006381333931"), "5.99000")
        );
        assert_eq!(v.stock.map(|s| s.sellable(0)), Some(12));
        assert!(p.options.is_empty() && p.warnings.is_empty());
    }

    #[test]
    fn members_whose_options_clover_does_not_show_make_no_product() {
        let members: Vec<Item> = ["A", "B"]
            .map(|id| member(id, &[], r#","cloversync_unseen":["options"]"#))
            .iter()
            .map(|text| crate::json::parse(text.as_bytes()).unwrap())
            .collect();
        let names = Names {
            groups: [(GroupId::new("G").unwrap(), "T-Shirt".into())].into(),
            attributes: HashMap::new(),
        };
        let group = GroupId::new("G").unwrap();
        let (product, errors) = mapper(MappingMode::Tag).group(&group, &members, &names, |_| true);
        assert_eq!(product, None);
        assert_eq!(errors.len(), 2);
        assert!(
            errors
                .iter()
                .all(|e| e.item.is_some() && e.path == "options")
        );
    }

    #[test]
    fn in_category_mode_categories_that_are_not_shown_leave_the_tags_unseen_too() {
        for (mode, unseen) in [
            (MappingMode::Tag, vec!["category"]),
            (MappingMode::Category, vec!["category", "tags"]),
        ] {
            let text = r#"{"id":"A","name":"Soup","price":1,"cloversync_unseen":["categories"]}"#;
            let item: Item = crate::json::parse(text.as_bytes()).unwrap();
            assert_eq!(mapper(mode).item(&item).unwrap().unseen, unseen);
        }
    }

    #[test]
    fn in_tag_mode_clover_tags_become_tags_and_the_first_category_is_only_looked_for() {
        let p = simple(
            MappingMode::Tag,
            &format!(r#"{{"id":"A","name":"Soup","price":1,{CATEGORIES}}}"#),
        );
        assert_eq!(
            (p.categories, p.create_category, p.tags),
            (vec!["Mains".to_owned()], false, vec!["Vegan".to_owned()])
        );
    }

    #[test]
    fn in_tag_mode_a_groups_name_is_a_tag_and_the_first_category_to_look_for() {
        let (p, errors) = group(
            MappingMode::Tag,
            &[member("A", &[("S", "L")], &format!(",{CATEGORIES}"))],
        );
        let p = p.unwrap();
        assert_eq!(errors, []);
        assert_eq!(
            (p.categories, p.tags),
            (
                vec!["T-Shirt".to_owned(), "Mains".to_owned()],
                vec!["T-Shirt".to_owned(), "Vegan".to_owned()]
            )
        );
    }

    #[test]
    fn in_category_mode_the_first_category_by_sort_order_is_made_and_the_others_become_tags() {
        let p = simple(
            MappingMode::Category,
            &format!(r#"{{"id":"A","name":"Soup","price":1,{CATEGORIES}}}"#),
        );
        assert_eq!(p.category.as_ref().map(CategoryId::as_str), Some("A"));
        assert_eq!(
            (p.categories, p.create_category, p.tags),
            (
                vec!["Mains".to_owned()],
                true,
                vec!["Sides".to_owned(), "Vegan".to_owned()]
            )
        );
        let bare = simple(
            MappingMode::Category,
            r#"{"id":"A","name":"Soup","price":1}"#,
        );
        assert_eq!((bare.categories.len(), bare.create_category), (0, false));
    }

    #[test]
    fn prices_that_the_till_asks_for_hidden_items_and_zero_prices_are_imported_unpublished_with_a_warning()
     {
        for (json, word) in [
            (
                r#"{"id":"A","name":"Tip","price":0,"priceType":"VARIABLE"}"#,
                "typed in at the till",
            ),
            (
                r#"{"id":"A","name":"Tip","priceType":"VARIABLE"}"#,
                "typed in at the till",
            ),
            (
                r#"{"id":"A","name":"Cheese","price":199,"priceType":"PER_UNIT","unitName":"oz"}"#,
                "per unit",
            ),
            (r#"{"id":"A","name":"Gift","price":0}"#, "price is 0"),
            (
                r#"{"id":"A","name":"Old","price":100,"hidden":true}"#,
                "hidden in Clover",
            ),
            (
                r#"{"id":"A","name":"New","price":100,"priceType":"AUCTION"}"#,
                "AUCTION is unknown",
            ),
        ] {
            let p = simple(MappingMode::Tag, json);
            assert!(!p.publish && p.withheld, "{json}");
            assert!(
                p.warnings.iter().any(|w| w.contains(word)),
                "{json}: {:?}",
                p.warnings
            );
        }
    }

    #[test]
    fn a_markup_on_nothing_is_nothing() {
        let mut m = mapper(MappingMode::Tag);
        m.pricing = Pricing::Fixed(crate::pricing::MarkupValue::parse("5").unwrap());
        let p = m
            .item(&items(r#"{"id":"A","name":"Tip","price":0,"priceType":"VARIABLE"}"#)[0])
            .unwrap();
        assert!(p.variants[0].price.is_zero());
    }

    #[test]
    fn an_item_without_a_name_or_price_or_with_an_impossible_one_is_refused_by_field() {
        for (json, field) in [
            (r#"{"id":"A","price":1}"#, "name"),
            (r#"{"id":"A","name":" ","price":1}"#, "name"),
            (r#"{"id":"A","name":"x"}"#, "price"),
            (r#"{"id":"A","name":"x","price":-1}"#, "price"),
            (
                r#"{"id":"A","name":"x","price":9000000000000000000}"#,
                "price",
            ),
            (
                r#"{"id":"A","name":"x","price":1,"itemStock":{"quantity":1e40}}"#,
                "itemStock.quantity",
            ),
        ] {
            assert_eq!(
                mapper(MappingMode::Tag)
                    .item(&items(json)[0])
                    .unwrap_err()
                    .path,
                field,
                "{json}"
            );
        }
    }

    #[test]
    fn a_merchant_that_keeps_no_counts_has_untracked_items_only() {
        let mut m = mapper(MappingMode::Tag);
        m.track_stock = false;
        assert_eq!(
            m.item(&items(r#"{"id":"A","name":"x","price":1,"itemStock":{"quantity":3.0}}"#)[0])
                .unwrap()
                .variants[0]
                .stock,
            None
        );
    }

    #[test]
    fn a_group_becomes_one_variable_product_with_a_variant_a_member() {
        let (p, errors) = group(
            MappingMode::Tag,
            &[
                member("B", &[("S", "L"), ("C", "Red")], ""),
                member("A", &[("C", "Blue"), ("S", "L")], r#","hidden":true"#),
            ],
        );
        let p = p.unwrap();
        assert_eq!(errors, []);
        assert_eq!(
            (p.title.as_str(), p.options.as_slice()),
            (
                "T-Shirt",
                ["Color".to_owned(), "Size".to_owned()].as_slice()
            )
        );
        let values: Vec<_> = p
            .variants
            .iter()
            .map(|v| (v.id.as_str(), v.option_values.join("/"), v.sellable))
            .collect();
        assert_eq!(
            values,
            [
                ("A", "Blue/L".to_owned(), false),
                ("B", "Red/L".to_owned(), true)
            ]
        );
        assert_eq!(p.option_values(1), ["L"]);
        assert!(p.publish);
    }

    #[test]
    fn a_member_that_lacks_an_option_or_repeats_another_is_its_own_error() {
        let (p, errors) = group(
            MappingMode::Tag,
            &[
                member("A", &[("S", "L")], ""),
                member("B", &[("S", "L")], ""),
                member("C", &[], ""),
                member("D", &[("S", "M"), ("S", "XL")], ""),
            ],
        );
        assert_eq!(p.unwrap().variants.len(), 1);
        let refused: Vec<_> = errors
            .iter()
            .map(|e| (e.item.as_ref().unwrap().as_str(), e.message.as_str()))
            .collect();
        assert_eq!(
            refused,
            [
                ("B", "has the same options as item A: L"),
                ("C", "has no value for the option Size"),
                ("D", "has several values for the option Size")
            ]
        );
    }

    fn values(p: &Product) -> Vec<String> {
        p.variants
            .iter()
            .map(|v| v.option_values.join("/"))
            .collect()
    }

    #[test]
    fn options_that_are_the_same_name_in_other_letters_are_choices_of_their_own() {
        let members = [
            member("C", &[("S", "<5")], ""),
            member("A", &[("S", "Red")], ""),
            member("B", &[("S", "red")], ""),
            member("D", &[("S", "‹5")], ""),
            member("E", &[("S", "Red (2)")], ""),
        ];
        let (p, errors) = group(MappingMode::Tag, &members);
        let p = p.unwrap();
        assert_eq!(errors, []);
        assert_eq!(values(&p), ["Red", "red (3)", "<5", "‹5 (2)", "Red (2)"]);
        let mapped = mapper(MappingMode::Tag).group(
            &GroupId::new("G").unwrap(),
            &items(&members.join(",")),
            &names(),
            |id| id.as_str() == "B",
        );
        assert_eq!(values(&mapped.0.unwrap()), values(&p));
    }

    #[test]
    fn attributes_of_the_same_name_are_one_option_unless_an_item_has_values_of_both() {
        let mut names = names();
        for (id, name) in [("T", "SIZE\u{200b}"), ("U", "Size\tUS")] {
            names
                .attributes
                .insert(AttributeId::new(id).unwrap(), name.into());
        }
        let group = |members: &[String]| {
            mapper(MappingMode::Tag).group(
                &GroupId::new("G").unwrap(),
                &items(&members.join(",")),
                &names,
                |_| false,
            )
        };
        let (p, errors) = group(&[
            member("A", &[("S", "L")], ""),
            member("B", &[("T", "M")], ""),
        ]);
        assert_eq!(errors, []);
        let p = p.unwrap();
        assert_eq!(
            (p.options.len(), values(&p)),
            (1, vec!["L".into(), "M".into()])
        );
        let (p, errors) = group(&[
            member("A", &[("S", "L"), ("T", "1")], ""),
            member("B", &[("T", "2"), ("S", "L")], ""),
        ]);
        assert_eq!(errors, []);
        let p = p.unwrap();
        assert_eq!(p.options, ["SIZE", "Size (2)"]);
        assert_eq!(values(&p), ["1/L", "2/L"]);
        let (p, errors) = group(&[
            member("A", &[("U", "7")], ""),
            member("B", &[("U", "8")], ""),
        ]);
        assert_eq!(errors, []);
        assert_eq!(p.unwrap().options, ["Size US"]);
    }

    #[test]
    fn names_without_anything_to_see_are_refused_or_left_out() {
        let error = mapper(MappingMode::Tag)
            .item(&items(r#"{"id":"A","name":"\u0001\u200b\u3164","price":1}"#)[0])
            .unwrap_err();
        assert_eq!(error.path, "name");
        let p = simple(
            MappingMode::Category,
            r#"{"id":"A","name":"Te\u202ea ","price":1,"sku":"\u00a0S-1\t","code":"\u200b",
                "categories":{"elements":[{"id":"C","name":"\u200b"}]},"tags":[{"name":" "}]}"#,
        );
        assert_eq!(p.title, "Tea");
        assert_eq!(
            (p.variants[0].sku.as_deref(), p.variants[0].upc.as_deref()),
            (Some("S-1"), None)
        );
        assert_eq!(
            (p.categories.len(), p.tags.len(), p.warnings.len()),
            (0, 0, 2)
        );
    }

    #[test]
    fn a_new_member_that_repeats_the_options_of_a_linked_one_does_not_push_it_out() {
        let members = [
            member("A", &[("S", "L")], ""),
            member("B", &[("S", "L")], ""),
        ]
        .join(",");
        let (p, errors) = mapper(MappingMode::Tag).group(
            &GroupId::new("G").unwrap(),
            &items(&members),
            &names(),
            |id| id.as_str() == "B",
        );
        assert_eq!(p.unwrap().variants[0].id.as_str(), "B");
        assert_eq!(errors[0].item.as_ref().unwrap().as_str(), "A");
    }

    #[test]
    fn a_group_without_attributes_gets_one_option_with_the_members_own_names() {
        let (p, errors) = group(
            MappingMode::Tag,
            &[member("A", &[], ""), member("B", &[], "")],
        );
        let p = p.unwrap();
        assert_eq!(errors, []);
        assert_eq!(
            (p.options.as_slice(), p.option_values(0)),
            (["Variant".to_owned()].as_slice(), vec!["A", "B"])
        );
    }

    #[test]
    fn a_group_that_clover_does_not_name_or_whose_members_all_fail_makes_no_product() {
        let nameless = mapper(MappingMode::Tag).group(
            &GroupId::new("H").unwrap(),
            &items(&member("A", &[], "")),
            &names(),
            |_| false,
        );
        assert!(nameless.0.is_none() && nameless.1[0].path.contains("item_groups[H]"));
        let (none, errors) = group(
            MappingMode::Tag,
            &[r#"{"id":"A","itemGroup":{"id":"G"},"price":1}"#.to_owned()],
        );
        assert!(none.is_none() && errors.len() == 1);
    }

    proptest! {
        #[test]
        fn a_groups_product_does_not_depend_on_the_order_in_which_members_arrive(seed: u64, sizes in 1..6_usize) {
            let mut members: Vec<String> = (0..sizes).map(|n| member(&format!("A{n}"), &[("S", &format!("s{n}"))], &format!(r#","sku":"{n}""#))).collect();
            let straight = group(MappingMode::Category, &members);
            let turn = usize::try_from(seed % sizes as u64).unwrap();
            members.rotate_left(turn);
            let turned = group(MappingMode::Category, &members);
            prop_assert_eq!(straight.0.as_ref().unwrap().fingerprint(), turned.0.as_ref().unwrap().fingerprint());
            prop_assert_eq!(straight, turned);
        }
    }
}
