//! Modifier groups of an item, as options of its product.

use std::collections::HashSet;
use std::sync::Arc;

use super::{cleaned, options::free};
use crate::money::{ColumnPrice, Currency, MinorUnits};
use crate::product::{ModifierChoice, ModifierKind, ModifierOption};
use crate::text;
use crate::wire::{Item, Modifier, ModifierGroup};

/// What the shop offers of an item's modifier groups.
#[derive(Default)]
pub(super) struct Offer {
    pub(super) options: Vec<ModifierOption>,
    /// Whether the shop cannot ask for all that the till asks for.
    pub(super) lacks_required: bool,
}

impl Offer {
    /// The groups in their order; of groups or modifiers with the same name, those after the first
    /// get a number.
    pub(super) fn of(item: &Item, currency: Currency) -> Self {
        let mut offer = Self::default();
        let assigned = item.modifier_groups.iter().filter(|one| !one.deleted);
        let mut groups: Vec<&Arc<ModifierGroup>> = Vec::new();
        for one in assigned {
            match &one.group {
                Some(group) if !group.deleted => groups.push(group),
                // It was made after the list was read.
                _ => offer.lacks_required |= one.min_required > 0,
            }
        }
        let place = |group: &ModifierGroup| group.sort_order.unwrap_or(i64::MAX);
        groups.sort_by(|a, b| (place(a), &a.id).cmp(&(place(b), &b.id)));
        groups.dedup_by(|a, b| a.id == b.id);
        let mut names = HashSet::new();
        for group in groups {
            let choices = choices(group, currency);
            // An option of the shop is required or not; it has no number of choices.
            offer.lacks_required |= group.min_required > 1;
            let name = cleaned(group.name.as_ref()).filter(|_| !choices.is_empty());
            let Some(name) = name else {
                offer.lacks_required |= group.min_required > 0;
                continue;
            };
            let required = group.min_required > 0;
            offer.options.push(ModifierOption {
                group: group.id.clone(),
                name: distinct(name, &mut names),
                kind: match (group.max_allowed, required) {
                    (1, true) => ModifierKind::Radio,
                    (1, false) => ModifierKind::Select,
                    _ => ModifierKind::Checkbox,
                },
                required,
                choices,
            });
        }
        offer
    }
}

/// The modifiers that can be chosen: those that the till offers, with a name and a price.
fn choices(group: &ModifierGroup, currency: Currency) -> Vec<ModifierChoice> {
    let order: Vec<&str> = group
        .modifier_ids
        .as_deref()
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .collect();
    let place = |modifier: &Modifier| {
        let found = order.iter().position(|id| *id == modifier.id.as_str());
        found.unwrap_or(usize::MAX)
    };
    let listed = group.modifiers.iter().flat_map(|list| &list.0);
    let mut offered: Vec<&Modifier> = listed.filter(|m| m.available && !m.deleted).collect();
    offered.sort_by(|a, b| (place(a), &a.id).cmp(&(place(b), &b.id)));
    offered.dedup_by(|a, b| a.id == b.id);
    let mut names = HashSet::new();
    let choice = |modifier: &Modifier| {
        let price = modifier.price.filter(|price| *price >= 0)?;
        let price = ColumnPrice::exact(MinorUnits(price), currency).ok()?;
        let name = cleaned(modifier.name.as_ref())?;
        Some(ModifierChoice {
            modifier: modifier.id.clone(),
            name: distinct(name, &mut names),
            price,
        })
    };
    offered.into_iter().filter_map(choice).collect()
}

fn distinct(name: String, taken: &mut HashSet<String>) -> String {
    if taken.insert(text::key(&name)) {
        name
    } else {
        free(&name, taken)
    }
}
