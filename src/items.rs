//! Items with their counts: by page, by a handful of ids, and one by one.

use std::collections::HashMap;

use bytes::Bytes;
use clover_client::{Access, Api, Error, RawPair};
use clover_core::ids::ItemId;
use clover_core::wire::{Elements, Item, ItemCount, ItemStock, Listing};
use ext_php_rs::prelude::*;
use serde::de::DeserializeOwned;

use crate::exception;
use crate::link::Link;
use crate::page::Fault;

/// Clover asks for at most three expansions a call, so the stock is read by a second request over the same stretch of ids.
pub const ITEM_EXPANSIONS: [&str; 3] = ["categories", "options", "tags"];
/// The second request's.
pub const STOCK_EXPANSION: [&str; 1] = ["itemStock"];
/// Elements that Clover gives at most in an expanded list. It does not say whether there are more.
const MAX_EXPANDED: usize = 100;

/// The items among these ids that Clover lists, with their counts.
pub fn some(link: &Link, ids: &[ItemId]) -> PhpResult<(Vec<Item>, Vec<Fault>)> {
    let quoted: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
    let filter = format!("id in ({})", quoted.join(","));
    let (items, counts) = link.call(|api, access| both(api, access, filter.clone()))?;
    join(link, &items, &counts)
}

/// One item that Clover still has, or what is wrong with it; none when Clover does not have it.
pub fn one(link: &Link, id: &ItemId) -> PhpResult<Option<Result<Item, Fault>>> {
    let path = format!("items/{id}");
    let found = link.call(|api, access| {
        let path = path.clone();
        async move {
            // One after the other: who is asked for one by one has mostly gone, and then the second question is saved.
            let both = async {
                let read = api.get_expanded(&access, &path, &[], &ITEM_EXPANSIONS);
                let mut item: Item = read.await?.json()?;
                let read = api.get_expanded(&access, &path, &[], &STOCK_EXPANSION);
                let count: ItemCount = read.await?.json()?;
                item.item_stock = count.item_stock;
                Ok(item)
            };
            match both.await {
                Ok(item) => Ok(Some(Ok(item))),
                Err(Error::NotFound { .. }) => Ok(None),
                // It is there, so it is this item's fault and not the run's.
                Err(Error::BadAnswer { at, reason, .. }) => Ok(Some(Err((at, reason)))),
                Err(error) => Err(error),
            }
        }
    })?;
    Ok(match found {
        Some(Ok(item)) if item.is_deleted() => None,
        Some(Ok(mut item)) => {
            if link.withheld().has(STOCK_EXPANSION[0]) {
                item.item_stock = count_of(link, &item.id)?;
            }
            item.unseen = unseen(link);
            complete(link, &mut item)?;
            Some(Ok(item))
        }
        Some(Err((at, reason))) => Some(Err(Fault::unreadable(id, at, reason))),
        None => None,
    })
}

async fn both(api: Api, access: Access, filter: String) -> Result<(Bytes, Bytes), Error> {
    let query = [("filter", filter.as_str()), ("limit", "1000")];
    let (first, second) = tokio::try_join!(
        api.get_expanded(&access, "items", &query, &ITEM_EXPANSIONS),
        api.get_expanded(&access, "items", &query, &STOCK_EXPANSION)
    )?;
    Ok((first.body, second.body))
}

/// The items of a pair of pages, with their counts.
pub fn page_items(link: &Link, pair: &RawPair) -> PhpResult<(Vec<Item>, Vec<Fault>)> {
    join(link, &pair.first.body, &pair.second.body)
}

/// The items of one answer with the counts of another.
pub fn join(link: &Link, items: &[u8], counts: &[u8]) -> PhpResult<(Vec<Item>, Vec<Fault>)> {
    let readable = |e: clover_core::json::JsonError| {
        exception::bug(&format!("Clover's item list makes no sense at {e}"), None)
    };
    let listing = Listing::<Item>::parse(items).map_err(readable)?;
    let counted = Listing::<ItemCount>::parse(counts).map_err(readable)?;
    let mut faults: Vec<Fault> = listing.errors.into_iter().map(Fault::from).collect();
    let mut counts: HashMap<ItemId, Option<f64>> = counted
        .elements
        .into_iter()
        .map(|c| (c.id, c.item_stock))
        .collect();
    let mut joined = Vec::with_capacity(listing.elements.len());
    let unreadable: Vec<Fault> = counted.errors.into_iter().map(Fault::from).collect();
    let unseen = unseen(link);
    let has_counts = !link.withheld().has(STOCK_EXPANSION[0]);
    for mut item in listing.elements {
        item.unseen.clone_from(&unseen);
        if let Some(fault) = unreadable
            .iter()
            .find(|fault| fault.concerns(item.id.as_str()))
        {
            faults.push(fault.clone());
            continue;
        }
        item.item_stock = match counts.remove(&item.id) {
            Some(count) if has_counts => count,
            // It came to be between the two answers, or Clover expands no counts for this app. To take it for uncounted
            // would switch the shop's counting off.
            _ => count_of(link, &item.id)?,
        };
        complete(link, &mut item)?;
        joined.push(item);
    }
    Ok((joined, faults))
}

/// Reads those lists of an item as a whole that came as full as an expanded one can be.
fn complete(link: &Link, item: &mut Item) -> PhpResult<()> {
    if item.categories.0.len() >= MAX_EXPANDED
        && let Some(all) = whole_list(link, &item.id, "categories")?
    {
        item.categories = all;
    }
    if item.tags.0.len() >= MAX_EXPANDED
        && let Some(all) = whole_list(link, &item.id, "tags")?
    {
        item.tags = all;
    }
    Ok(())
}

/// None when the item has gone meanwhile.
fn whole_list<T: DeserializeOwned>(
    link: &Link,
    id: &ItemId,
    name: &str,
) -> PhpResult<Option<Elements<T>>> {
    let path = format!("items/{id}/{name}");
    let pages = link.call(|api, access| {
        let pages = api.list_all(&access, &path, &[]);
        async move {
            match pages.await {
                Ok(pages) => Ok(Some(pages)),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        }
    })?;
    let Some(pages) = pages else { return Ok(None) };
    let mut all = Vec::new();
    for page in pages {
        let listing = Listing::<T>::parse(&page.body)
            .map_err(|e| exception::bug(&e.to_string(), page.call.request_id.as_deref()))?;
        all.extend(listing.elements);
    }
    Ok(Some(Elements(all)))
}

/// The fields of an item that are empty because Clover does not show them to this app.
fn unseen(link: &Link) -> Vec<String> {
    let is_withheld = |field: &&str| link.withheld().has(field);
    let fields = ITEM_EXPANSIONS.into_iter().filter(is_withheld);
    fields.map(str::to_owned).collect()
}

/// The count of one item; none when it was never counted.
pub fn count_of(link: &Link, id: &ItemId) -> PhpResult<Option<f64>> {
    let path = format!("item_stocks/{id}");
    let stock = link.call(|api, access| {
        let read = api.get_json::<ItemStock>(&access, &path, &[]);
        async move {
            match read.await {
                Ok(stock) => Ok(stock.quantity),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        }
    })?;
    Ok(stock)
}
