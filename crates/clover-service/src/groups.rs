//! Products of whole item groups, made from items that were staged one by one.

use std::collections::{BTreeMap, HashMap};

use clover_core::diff::{Change, Known, compare};
use clover_core::ids::{GroupId, ItemId};
use clover_core::json::parse;
use clover_core::mapping::{Mapper, Names};
use clover_core::tax::ProductTax;
use clover_core::wire::Item;

use crate::error::Error;
use crate::page::Fault;

/// Staged items by group.
#[derive(Debug, Default)]
pub struct Staged {
    groups: BTreeMap<GroupId, Vec<Item>>,
    faults: Vec<Fault>,
}

impl Staged {
    /// Whether there is no readable item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Adds one row of what [`Page::members`](crate::page::Page::members) gave. A payload that
    /// cannot be read is a fault of its item.
    ///
    /// # Errors
    /// The row has no group or no payload.
    pub fn add(
        &mut self,
        group: Option<String>,
        item: impl FnOnce() -> Option<String>,
        payload: Option<&str>,
    ) -> Result<(), Error> {
        let group = group.and_then(|id| GroupId::new(id).ok());
        let payload = payload.map(|payload| parse::<Item>(payload.as_bytes()));
        match (group, payload) {
            (Some(group), Some(Ok(member))) => self.groups.entry(group).or_default().push(member),
            (_, Some(Err(error))) => self.faults.push(Fault::staged(item(), error)),
            _ => {
                return Err(Error::argument(
                    "a staged row has no group_id or payload",
                    "staged",
                ));
            }
        }
        Ok(())
    }
}

/// What must be written of whole groups.
#[derive(Debug)]
pub struct GroupChanges {
    /// Products that differ from what the shop has.
    pub changes: Vec<Change>,
    /// Items that could not be read or mapped.
    pub faults: Vec<Fault>,
    /// Groups whose product is as the shop has it.
    pub unchanged: i64,
    taxes: Vec<(GroupId, ProductTax)>,
}

impl GroupChanges {
    /// Maps the staged groups and compares them with the shop.
    #[must_use]
    pub fn new(
        mapper: &Mapper,
        staged: Staged,
        names: &Names,
        known: &HashMap<String, Known>,
    ) -> Self {
        let mut all = Self {
            changes: Vec::new(),
            faults: staged.faults,
            unchanged: 0,
            taxes: Vec::new(),
        };
        for (id, members) in &staged.groups {
            let linked = |item: &ItemId| {
                known
                    .get(item.as_str())
                    .is_some_and(|row| !row.deleted && row.is_in(id.as_str()))
            };
            let (product, errors) = mapper.group(id, members, names, linked);
            all.faults.extend(errors.into_iter().map(Fault::from));
            let tax = product.as_ref().and_then(|product| product.tax.clone());
            all.taxes.extend(tax.map(|tax| (id.clone(), tax)));
            match product.map(|product| compare(&product, known)) {
                Some(Some(change)) => all.changes.push(change),
                Some(None) => all.unchanged += 1,
                None => {}
            }
        }
        all
    }

    /// How Clover taxes the groups, by id; none whose rates are not known.
    pub fn taxes(&self) -> impl Iterator<Item = (&str, &ProductTax)> {
        self.taxes.iter().map(|(id, tax)| (id.as_str(), tax))
    }
}
