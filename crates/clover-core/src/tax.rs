//! Which tax profile of the shop a product of Clover gets.
//!
//! The owner says which profile stands for which rate. Nothing is guessed: where no entry names the
//! rates, the shop's profile stays.

use std::collections::HashMap;

use serde::Serialize;

use crate::ids::{ItemId, TaxRateId};
use crate::text;
use crate::wire::{Item, TaxRate, TaxedItem};

/// The shop's tax profile for a rate of Clover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxProfile {
    /// The rate's name or id, or several that tax an item together, joined by a plus sign.
    pub rate: String,
    /// Id of the profile; 0 is not taxable.
    pub profile: i64,
}

/// The rate of untaxed items, which every merchant has. An item without any rate counts as having
/// it.
pub const UNTAXED: &str = "NO_TAX_APPLIED";

/// Stands between the names of rates that tax an item together.
const AND: char = '+';

/// The merchant's tax rates, and which items have which of them.
#[derive(Debug, Default)]
pub struct TaxTable {
    rates: Vec<TaxRate>,
    /// Places in `rates`.
    own: HashMap<ItemId, Vec<usize>>,
}

impl TaxTable {
    /// The merchant's rates.
    #[must_use]
    pub fn new(rates: impl IntoIterator<Item = TaxRate>) -> Self {
        let rates = rates.into_iter().filter(|rate| !rate.is_deleted());
        Self {
            rates: rates.collect(),
            own: HashMap::new(),
        }
    }

    /// Ids of all rates.
    #[must_use]
    pub fn ids(&self) -> Vec<TaxRateId> {
        self.rates.iter().map(|rate| rate.id.clone()).collect()
    }

    /// Items that a rate taxes.
    pub fn add(&mut self, rate: &TaxRateId, items: impl IntoIterator<Item = TaxedItem>) {
        let Some(place) = self.rates.iter().position(|known| known.id == *rate) else {
            return;
        };
        for item in items.into_iter().filter(|item| !item.default_tax_rates) {
            let places = self.own.entry(item.id).or_default();
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }

    /// The rates that tax an item; those of its own are known once they were [added](Self::add).
    #[must_use]
    pub fn of(&self, item: &Item) -> Vec<TaxRate> {
        if item.default_tax_rates {
            let defaults = self.rates.iter().filter(|rate| rate.is_default);
            return defaults.cloned().collect();
        }
        let places = self.own.get(&item.id).map_or(&[][..], Vec::as_slice);
        places
            .iter()
            .map(|&place| self.rates[place].clone())
            .collect()
    }
}

/// How Clover taxes a product, and the shop's profile for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProductTax {
    /// The names of the rates, those of an item joined by a plus sign. More than one entry: its
    /// variants are taxed differently.
    pub rates: Vec<String>,
    /// The sum of the rates, 10,000,000 for 100 %. None where variants differ, or where an amount
    /// is added for each unit.
    pub rate: Option<i64>,
    /// The shop's profile by the settings; none when they name none for these rates, or several.
    pub profile: Option<i64>,
    /// The profile of products for which the settings name none.
    #[serde(skip)]
    pub first: i64,
}

impl ProductTax {
    /// Names that are stored, and characters of each.
    const NAMES: usize = 8;
    const LONGEST: usize = 80;

    /// As the shop stores it, in at most 2,000 characters.
    #[must_use]
    pub fn to_text(&self) -> String {
        let names = self.rates.iter().take(Self::NAMES);
        let stored = Self {
            rates: names
                .map(|name| text::cut(name, Self::LONGEST).to_owned())
                .collect(),
            ..self.clone()
        };
        // Panic: it has text keys and whole numbers only, as JSON does.
        serde_json::to_string(&stored).expect("a product's tax is JSON")
    }
}

/// The owner's choice of profiles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaxRule {
    /// By the key of a rate's name or id.
    single: HashMap<String, i64>,
    /// By the keys of several.
    joint: Vec<(Vec<String>, i64)>,
    first: i64,
}

impl TaxRule {
    /// The rule of these entries; `first` is the profile of products that none of them names.
    #[must_use]
    pub fn new(entries: &[TaxProfile], first: i64) -> Self {
        let mut rule = Self {
            first,
            ..Self::default()
        };
        for entry in entries {
            rule.single.insert(text::key(&entry.rate), entry.profile);
            let parts: Vec<String> = entry.rate.split(AND).map(text::key).collect();
            if parts.len() > 1 && parts.iter().all(|part| !part.is_empty()) {
                rule.joint.push((parts, entry.profile));
            }
        }
        rule
    }

    /// Whether the owner named any profile.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.single.is_empty()
    }

    /// The tax of a product made of these items; none while Clover's rates are not known.
    #[must_use]
    pub fn product(&self, items: &[&Item]) -> Option<ProductTax> {
        if !self.is_on() {
            return None;
        }
        let mut taxes = Vec::with_capacity(items.len());
        for item in items {
            taxes.push(self.item(item.tax_rates.as_ref()?));
        }
        let same = |of: fn(&ItemTax) -> Option<i64>| {
            let mut values = taxes.iter().map(of);
            let first = values.next()??;
            values.all(|value| value == Some(first)).then_some(first)
        };
        let mut rates: Vec<String> = Vec::new();
        for tax in &taxes {
            if !rates.iter().any(|known| text::same(known, &tax.name)) {
                rates.push(tax.name.clone());
            }
        }
        rates.sort_unstable();
        Some(ProductTax {
            rates,
            rate: same(|tax| tax.rate),
            profile: same(|tax| tax.profile),
            first: self.first,
        })
    }
}

/// How Clover taxes one item.
struct ItemTax {
    name: String,
    rate: Option<i64>,
    profile: Option<i64>,
}

impl TaxRule {
    fn item(&self, rates: &[TaxRate]) -> ItemTax {
        let (mut zero, mut counted): (Vec<&TaxRate>, Vec<&TaxRate>) =
            rates.iter().partition(|rate| rate.is_zero());
        if counted.is_empty() {
            counted.append(&mut zero);
        }
        counted.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        let names: Vec<String> = counted.iter().map(|rate| shown(rate)).collect();
        let percent = counted.iter().map(|rate| rate.rate);
        ItemTax {
            name: if names.is_empty() {
                UNTAXED.to_owned()
            } else {
                names.join(" + ")
            },
            rate: if counted.iter().any(|rate| rate.is_amount()) {
                None
            } else {
                Some(percent.fold(0, i64::saturating_add))
            },
            profile: self.profile(&counted),
        }
    }

    fn profile(&self, rates: &[&TaxRate]) -> Option<i64> {
        if rates.is_empty() {
            return self.single.get(&text::key(UNTAXED)).copied();
        }
        let is_named = |(parts, _): &&(Vec<String>, i64)| {
            let mut left: Vec<&String> = parts.iter().collect();
            rates.iter().all(|rate| {
                let keys = keys(rate);
                let place = left.iter().position(|part| keys.contains(part));
                place.map(|place| left.remove(place)).is_some()
            }) && left.is_empty()
        };
        if let Some((_, profile)) = self.joint.iter().find(is_named) {
            return Some(*profile);
        }
        let single = |rate: &&TaxRate| keys(rate).iter().find_map(|key| self.single.get(key));
        let first = rates.first().and_then(single)?;
        let is_one = rates.iter().all(|rate| single(rate) == Some(first));
        is_one.then_some(*first)
    }
}

/// What an entry may call a rate. Others can have the name, so the id counts first.
fn keys(rate: &TaxRate) -> [String; 2] {
    let name = rate.name.as_deref().map(text::key).unwrap_or_default();
    [text::key(rate.id.as_str()), name]
}

/// Its name, otherwise its id.
fn shown(rate: &TaxRate) -> String {
    let name = rate.name.as_deref().and_then(text::clean);
    name.unwrap_or_else(|| rate.id.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    fn rates() -> Vec<TaxRate> {
        let rates = json!([
            {"id": "ZERO", "name": "NO_TAX_APPLIED", "rate": 0},
            {"id": "HOUSE", "name": "House Tax", "rate": "825000", "isDefault": true},
            {"id": "SPIRITS", "name": "Spirits", "rate": 1_000_000},
            {"id": "BAG", "name": "Bag Fee", "rate": 0, "taxAmount": 10},
            {"id": "GONE", "name": "Old", "rate": 1, "isDefault": true, "deletedTime": 5},
        ]);
        from_value(rates).unwrap()
    }

    /// The table with items by the ids of their own rates.
    fn table(own: &[(&str, &[&str])]) -> TaxTable {
        let mut table = TaxTable::new(rates());
        for (item, rates) in own {
            for rate in *rates {
                let listed = from_value(json!({"id": item})).unwrap();
                table.add(&TaxRateId::new(*rate).unwrap(), [listed]);
            }
        }
        table
    }

    fn item(id: &str, table: &TaxTable, has_defaults: bool) -> Item {
        let given = json!({"id": id, "name": id, "defaultTaxRates": has_defaults});
        let mut item: Item = from_value(given).unwrap();
        item.tax_rates = Some(table.of(&item));
        item
    }

    fn rule(entries: &[(&str, i64)]) -> TaxRule {
        let entries: Vec<TaxProfile> = entries
            .iter()
            .map(|(rate, profile)| TaxProfile {
                rate: (*rate).to_owned(),
                profile: *profile,
            })
            .collect();
        TaxRule::new(&entries, 7)
    }

    fn tax(entries: &[(&str, i64)], own: &[&str]) -> ProductTax {
        let table = table(&[("A", own)]);
        rule(entries).product(&[&item("A", &table, false)]).unwrap()
    }

    #[test]
    fn an_item_has_the_default_rates_or_its_own() {
        let table = table(&[("A", &["SPIRITS", "SPIRITS", "NOWHERE"])]);
        let names = |item: Item| -> Vec<String> {
            let rates = item.tax_rates.unwrap();
            rates.into_iter().filter_map(|rate| rate.name).collect()
        };
        assert_eq!(names(item("A", &table, true)), ["House Tax"]);
        assert_eq!(names(item("A", &table, false)), ["Spirits"]);
        assert_eq!(names(item("B", &table, false)), [""; 0]);
    }

    #[test]
    fn an_item_with_the_default_rates_in_a_list_of_items_keeps_them() {
        let mut table = TaxTable::new(rates());
        let listed = json!({"id": "A", "defaultTaxRates": true});
        let spirits = TaxRateId::new("SPIRITS").unwrap();
        table.add(&spirits, [from_value(listed).unwrap()]);
        assert!(table.of(&item("A", &table, false)).is_empty());
    }

    #[test]
    fn a_rate_is_named_by_name_or_id_in_any_letter_case() {
        for entry in ["spirits", " SPIRITS ", "Spirits"] {
            let found = tax(&[(entry, 3)], &["SPIRITS"]);
            assert_eq!((found.rate, found.profile), (Some(1_000_000), Some(3)));
            assert_eq!(found.rates, ["Spirits"]);
        }
        assert_eq!(tax(&[("HOUSE", 3)], &["SPIRITS"]).profile, None);
        let both = [("House Tax", 3), ("HOUSE", 4)];
        assert_eq!(tax(&both, &["HOUSE"]).profile, Some(4));
    }

    #[test]
    fn rates_that_tax_an_item_together_need_an_entry_for_all_of_them_or_the_same_profile() {
        let both = ["SPIRITS", "HOUSE"];
        let found = tax(&[("Spirits + house", 4), ("Spirits", 3)], &both);
        assert_eq!((found.rate, found.profile), (Some(1_825_000), Some(4)));
        assert_eq!(found.rates, ["House Tax + Spirits"].map(str::to_owned));
        assert_eq!(tax(&[("Spirits", 3)], &both).profile, None);
        assert_eq!(tax(&[("Spirits", 3), ("HOUSE", 5)], &both).profile, None);
        assert_eq!(tax(&[("Spirits", 3), ("HOUSE", 3)], &both).profile, Some(3));
        assert_eq!(
            tax(&[("Spirits + House Tax + Bag Fee", 4)], &both).profile,
            None
        );
        assert_eq!(tax(&[("Spirits + Spirits", 4)], &both).profile, None);
    }

    #[test]
    fn rates_of_zero_count_only_alone_and_no_rate_is_as_the_rate_of_untaxed_items() {
        let found = tax(&[("Spirits", 3)], &["SPIRITS", "ZERO"]);
        assert_eq!((found.rates.len(), found.profile), (1, Some(3)));
        for own in [&[][..], &["ZERO"]] {
            let found = tax(&[("no_tax_applied", 0)], own);
            assert_eq!((found.rate, found.profile), (Some(0), Some(0)));
            assert_eq!(found.rates, [UNTAXED]);
        }
        assert_eq!(tax(&[("Spirits", 3)], &[]).profile, None);
    }

    #[test]
    fn an_amount_for_each_unit_has_a_profile_and_no_percent() {
        let found = tax(&[("Bag Fee", 6)], &["BAG"]);
        assert_eq!((found.rate, found.profile), (None, Some(6)));
    }

    #[test]
    fn variants_share_a_profile_or_have_none() {
        let table = table(&[("A", &["SPIRITS"])]);
        let (own, default) = (item("A", &table, false), item("B", &table, true));
        let group = |entries| rule(entries).product(&[&own, &default]).unwrap();
        let found = group(&[("Spirits", 3), ("House Tax", 4)]);
        assert_eq!((found.rate, found.profile), (None, None));
        assert_eq!(found.rates, ["House Tax", "Spirits"]);
        let found = group(&[("Spirits", 3), ("House Tax", 3)]);
        assert_eq!((found.rate, found.profile), (None, Some(3)));
    }

    #[test]
    fn nothing_is_known_without_entries_or_before_the_rates_are_read() {
        let table = table(&[]);
        let mut read = item("A", &table, true);
        assert_eq!(rule(&[]).product(&[&read]), None);
        assert!(rule(&[("House Tax", 1)]).product(&[&read]).is_some());
        read.tax_rates = None;
        assert_eq!(rule(&[("House Tax", 1)]).product(&[&read]), None);
    }

    #[test]
    fn what_is_stored_fits_the_column_however_many_rates_there_are() {
        let tax = ProductTax {
            rates: (0..50)
                .map(|n| format!("{n}{}", "\"".repeat(200)))
                .collect(),
            rate: Some(i64::MAX),
            profile: Some(i64::MAX),
            first: 0,
        };
        assert!(tax.to_text().len() <= 2000, "{}", tax.to_text().len());
        let tax = ProductTax {
            rates: vec!["Tax".into()],
            rate: None,
            profile: Some(3),
            first: 0,
        };
        assert_eq!(
            tax.to_text(),
            r#"{"rates":["Tax"],"rate":null,"profile":3}"#
        );
    }
}
