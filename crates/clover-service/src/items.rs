//! Items with their counts: by page, by a handful of ids, and one by one.

use std::collections::HashMap;

use clover_client::items::{self, ITEM_EXPANSIONS, MAX_EXPANDED, STOCK_EXPANSION};
use clover_core::ids::ItemId;
use clover_core::wire::{Elements, Item, ItemCount, Listing};
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::page::Fault;
use crate::session::Session;

/// The items among these ids that Clover lists, with their counts.
pub(crate) fn some(session: &Session, ids: &[ItemId]) -> Result<(Vec<Item>, Vec<Fault>), Error> {
    let (items, counts) = session.call(|api, access| items::some(api, access, ids.to_vec()))?;
    join(session, &items, &counts)
}

/// One item that Clover still has, or what is wrong with it; none when Clover does not have it.
pub(crate) fn one(session: &Session, id: &ItemId) -> Result<Option<Result<Item, Fault>>, Error> {
    let found = session.call(|api, access| items::one(api, access, id.clone()))?;
    Ok(match found {
        Some(Ok(item)) if item.is_deleted() => None,
        Some(Ok(mut item)) => {
            if session.withheld().has(STOCK_EXPANSION[0]) {
                item.item_stock = count_of(session, &item.id)?;
            }
            item.unseen = unseen(session);
            complete(session, &mut item)?;
            Some(Ok(item))
        }
        Some(Err((at, reason))) => Some(Err(Fault::unreadable(id, at, reason))),
        None => None,
    })
}

/// The items of one answer with the counts of another.
pub(crate) fn join(
    session: &Session,
    items: &[u8],
    counts: &[u8],
) -> Result<(Vec<Item>, Vec<Fault>), Error> {
    let readable = |e: clover_core::json::JsonError| {
        Error::bug(format!("Clover's item list makes no sense at {e}"), None)
    };
    let listing = Listing::<Item>::parse(items).map_err(readable)?;
    let counted = Listing::<ItemCount>::parse(counts).map_err(readable)?;
    let mut faults: Vec<Fault> = listing.errors.into_iter().map(Fault::from).collect();
    let mut counts: HashMap<ItemId, (Option<f64>, bool)> = counted
        .elements
        .into_iter()
        .map(|c| {
            let requires_modifiers = c.requires_modifiers();
            (c.id, (c.item_stock, requires_modifiers))
        })
        .collect();
    let mut joined = Vec::with_capacity(listing.elements.len());
    let unreadable: Vec<Fault> = counted.errors.into_iter().map(Fault::from).collect();
    let unseen = unseen(session);
    let has_counts = !session.withheld().has(STOCK_EXPANSION[0]);
    for mut item in listing.elements {
        item.unseen.clone_from(&unseen);
        if let Some(fault) = unreadable
            .iter()
            .find(|fault| fault.concerns(item.id.as_str()))
        {
            faults.push(fault.clone());
            continue;
        }
        let count = counts.remove(&item.id);
        item.required_modifiers = count.is_some_and(|(_, required)| required);
        item.item_stock = match count {
            Some((count, _)) if has_counts => count,
            // It was made between the two answers, or Clover expands no counts for this app. Taken
            // for uncounted, it would switch the shop's counting off.
            _ => count_of(session, &item.id)?,
        };
        complete(session, &mut item)?;
        joined.push(item);
    }
    Ok((joined, faults))
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
        let listing = Listing::<T>::parse(&page.body)
            .map_err(|e| Error::bug(e.to_string(), page.call.request_id.as_deref()))?;
        all.extend(listing.elements);
    }
    Ok(Some(Elements(all)))
}

/// The fields of an item that are empty because Clover does not show them to this app.
fn unseen(session: &Session) -> Vec<String> {
    let is_withheld = |field: &&str| session.withheld().has(field);
    let fields = ITEM_EXPANSIONS.into_iter().filter(is_withheld);
    fields.map(str::to_owned).collect()
}

/// The count of one item; none when it was never counted.
pub(crate) fn count_of(session: &Session, id: &ItemId) -> Result<Option<f64>, Error> {
    session.call(|api, access| items::count(api, access, id.clone()))
}
