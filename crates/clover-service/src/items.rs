//! Items with their counts: by page, by a handful of ids, and one by one.

use std::collections::HashMap;

use clover_client::items::{
    self, COUNTED_SINGLY, ITEM_EXPANSIONS, MAX_EXPANDED, MODIFIER_GROUPS, STOCK_EXPANSION,
};
use clover_core::ids::ItemId;
use clover_core::settings::ModifierMode;
use clover_core::wire::{Elements, Item, ItemCount, Listing, Stock};
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::page::Fault;
use crate::session::Session;

/// The items among these ids that Clover lists, with their counts.
pub(crate) fn some(session: &Session, ids: &[ItemId]) -> Result<(Vec<Item>, Vec<Fault>), Error> {
    let (items, counts) = session.call(|api, access| items::some(api, access, ids.to_vec()))?;
    Joined::new(session, items.listing()?, counts.listing()?).complete(session)
}

/// One item that Clover still has, or what is wrong with it; none when Clover does not have it.
pub(crate) fn one(session: &Session, id: &ItemId) -> Result<Option<Result<Item, Fault>>, Error> {
    let found = session.call(|api, access| items::one(api, access, id.clone()))?;
    Ok(match found {
        Some(Ok(item)) if item.is_deleted() => None,
        Some(Ok(mut item)) => {
            if has_no_counts(session) {
                let count = counts(session, vec![item.id.clone()])?.pop();
                item.item_stock = count.unwrap_or_default();
            }
            item.unseen = unseen(session);
            complete(session, &mut item)?;
            Some(Ok(item))
        }
        Some(Err((at, reason))) => Some(Err(Fault::unreadable(id, at, reason))),
        None => None,
    })
}

/// The items of one list with the counts of another. Counts that the other does not show are still
/// to be read.
pub(crate) struct Joined {
    /// With whether the count is known.
    items: Vec<(Item, bool)>,
    faults: Vec<Fault>,
}

impl Joined {
    pub(crate) fn new(
        session: &Session,
        listing: Listing<Item>,
        counted: Listing<ItemCount>,
    ) -> Self {
        let mut faults: Vec<Fault> = listing.errors.into_iter().map(Fault::from).collect();
        let counts = counted.elements.into_iter();
        let mut counts: HashMap<ItemId, ItemCount> =
            counts.map(|count| (count.id.clone(), count)).collect();
        let unreadable: Vec<Fault> = counted.errors.into_iter().map(Fault::from).collect();
        let unseen = unseen(session);
        let has_counts = !has_no_counts(session);
        let mut items = Vec::with_capacity(listing.elements.len());
        for mut item in listing.elements {
            item.unseen.clone_from(&unseen);
            if let Some(fault) = unreadable
                .iter()
                .find(|fault| fault.concerns(item.id.as_str()))
            {
                faults.push(fault.clone());
                continue;
            }
            let mut count = counts.remove(&item.id);
            if let Some(count) = &mut count {
                item.required_modifiers = count.requires_modifiers();
                item.modifier_groups = std::mem::take(&mut count.modifier_groups.0);
                item.menu_item = std::mem::take(&mut count.menu_item);
            }
            // Otherwise it was made between the two answers, or Clover expands no counts for this
            // app. Taken for uncounted, it would switch the shop's counting off.
            let count = count.filter(|_| has_counts);
            item.item_stock = count.as_ref().map(|c| c.item_stock).unwrap_or_default();
            items.push((item, count.is_some()));
        }
        Self { items, faults }
    }

    /// Leaves out the items after the first [`COUNTED_SINGLY`], when more than that many counts
    /// must be read. Returns the id of the last item that is left: the next page begins after it.
    pub(crate) fn cut(&mut self) -> Option<ItemId> {
        let missing = self.items.iter().filter(|(_, is_counted)| !is_counted);
        if missing.count() <= COUNTED_SINGLY {
            return None;
        }
        self.items.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        self.items.truncate(COUNTED_SINGLY);
        let last = self.items.last()?.0.id.clone();
        let is_behind = |id: &String| id.as_str() > last.as_str();
        self.faults
            .retain(|fault| !fault.item.as_ref().is_some_and(is_behind));
        Some(last)
    }

    /// Reads what is missing.
    pub(crate) fn complete(mut self, session: &Session) -> Result<(Vec<Item>, Vec<Fault>), Error> {
        if !has_no_counts(session) {
            self.read_unlisted(session)?;
        }
        let mut items = self.items;
        let missing = items.iter_mut().filter(|(_, is_counted)| !is_counted);
        let mut missing: Vec<&mut Item> = missing.map(|(item, _)| item).collect();
        let ids: Vec<ItemId> = missing.iter().map(|item| item.id.clone()).collect();
        for (item, count) in missing.iter_mut().zip(counts(session, ids)?) {
            item.item_stock = count;
        }
        let mut items: Vec<Item> = items.into_iter().map(|(item, _)| item).collect();
        for item in &mut items {
            complete(session, item)?;
        }
        Ok((items, self.faults))
    }

    /// Reads those items again that the list of counts lacks: their modifier groups are not known
    /// either. One that has gone meanwhile stays as it was listed.
    fn read_unlisted(&mut self, session: &Session) -> Result<(), Error> {
        let mut items = Vec::with_capacity(self.items.len());
        for (item, is_counted) in std::mem::take(&mut self.items) {
            let found = if is_counted {
                None
            } else {
                one(session, &item.id)?
            };
            match found {
                None => items.push((item, is_counted)),
                Some(Ok(item)) => items.push((item, true)),
                Some(Err(fault)) => self.faults.push(fault),
            }
        }
        self.items = items;
        Ok(())
    }
}

/// Reads those lists of an item as a whole that came as full as an expanded one can be.
fn complete(session: &Session, item: &mut Item) -> Result<(), Error> {
    if item.categories.0.len() >= MAX_EXPANDED
        && let Some(all) = whole_list(session, &item.id, "categories")?
    {
        item.categories = all;
    }
    if item.tags.0.len() >= MAX_EXPANDED
        && let Some(all) = whole_list(session, &item.id, "tags")?
    {
        item.tags = all;
    }
    Ok(())
}

/// None when the item has gone meanwhile.
fn whole_list<T: DeserializeOwned>(
    session: &Session,
    id: &ItemId,
    name: &'static str,
) -> Result<Option<Elements<T>>, Error> {
    let pages = session.call(|api, access| items::whole_list(api, access, id.clone(), name))?;
    let Some(pages) = pages else { return Ok(None) };
    let mut all = Vec::new();
    for page in pages {
        all.extend(page.listing::<T>()?.elements);
    }
    Ok(Some(Elements(all)))
}

/// The fields of an item that are empty because Clover does not show them to this app.
fn unseen(session: &Session) -> Vec<String> {
    let is_withheld = |field: &&str| session.withheld().has(field);
    let has_modifiers = session.settings().modifiers == ModifierMode::Options;
    let modifiers = has_modifiers.then_some(MODIFIER_GROUPS);
    let fields = ITEM_EXPANSIONS.into_iter().chain(modifiers);
    fields.filter(is_withheld).map(str::to_owned).collect()
}

/// Whether lists show no counts to this app.
pub(crate) fn has_no_counts(session: &Session) -> bool {
    session.withheld().has(STOCK_EXPANSION[0])
}

/// The counts of these items, read one by one; untracked for an item that was never counted.
pub(crate) fn counts(session: &Session, ids: Vec<ItemId>) -> Result<Vec<Stock>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    session.call(|api, access| items::counts(api, access, ids.clone()))
}
