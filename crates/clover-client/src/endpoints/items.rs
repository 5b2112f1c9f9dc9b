//! Items with their counts: by a handful of ids, and one by one. Whole lists are read by
//! [`PageStream`](crate::PageStream).

use bytes::Bytes;
use clover_core::ids::ItemId;
use clover_core::wire::{Item, ItemCount, ItemStock};

use crate::error::Error;
use crate::http::{Access, Api};
use crate::paging::RawPage;

/// Clover asks for at most three expansions a call, so the stock is read by a second request over
/// the same stretch of ids.
pub const ITEM_EXPANSIONS: [&str; 3] = ["categories", "options", "tags"];
/// The second request's.
pub const STOCK_EXPANSION: [&str; 1] = ["itemStock"];
/// Ids that Clover recommends at most in one `in (…)` filter.
pub const IDS_A_REQUEST: usize = 100;
/// Elements that Clover gives at most in an expanded list. It does not say whether there are more.
pub const MAX_EXPANDED: usize = 100;

/// An item that Clover has, or the place and the reason why it cannot be read.
pub type Found = Result<Item, (String, String)>;

/// The items among these ids that Clover lists, at most [`IDS_A_REQUEST`]: one body with the items,
/// one with their counts.
///
/// # Errors
/// As [`Api::get`].
pub async fn some(api: Api, access: Access, ids: Vec<ItemId>) -> Result<(Bytes, Bytes), Error> {
    let quoted: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
    let filter = format!("id in ({})", quoted.join(","));
    let query = [("filter", filter.as_str()), ("limit", "1000")];
    let (first, second) = tokio::try_join!(
        api.get_expanded(&access, "items", &query, &ITEM_EXPANSIONS),
        api.get_expanded(&access, "items", &query, &STOCK_EXPANSION)
    )?;
    Ok((first.body, second.body))
}

/// One item with its count; none when Clover does not have it.
///
/// # Errors
/// As [`Api::get`].
pub async fn one(api: Api, access: Access, id: ItemId) -> Result<Option<Found>, Error> {
    let path = format!("items/{id}");
    // One after the other: an item that is asked for by itself has mostly gone, and then the second
    // question is saved.
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

/// A whole list of an item, such as `categories`; none when the item has gone meanwhile.
///
/// # Errors
/// As [`Api::get`].
pub async fn whole_list(
    api: Api,
    access: Access,
    id: ItemId,
    name: &'static str,
) -> Result<Option<Vec<RawPage>>, Error> {
    let path = format!("items/{id}/{name}");
    match api.list_all(&access, &path, &[]).await {
        Ok(pages) => Ok(Some(pages)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The count of one item; none when it was never counted.
///
/// # Errors
/// As [`Api::get`].
pub async fn count(api: Api, access: Access, id: ItemId) -> Result<Option<f64>, Error> {
    let path = format!("item_stocks/{id}");
    match api.get_json::<ItemStock>(&access, &path, &[]).await {
        Ok(stock) => Ok(stock.quantity),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The lists that name an item's group and its attributes: item groups first, attributes second.
///
/// # Errors
/// As [`Api::get`].
pub async fn name_lists(api: Api, access: Access) -> Result<(Vec<RawPage>, Vec<RawPage>), Error> {
    tokio::try_join!(
        api.list_all(&access, "item_groups", &[]),
        api.list_all(&access, "attributes", &[])
    )
}
