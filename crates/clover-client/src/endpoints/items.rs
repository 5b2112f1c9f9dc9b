//! Items with their counts: several by id, or a single one. [`PageStream`](crate::PageStream) reads
//! whole lists.

use clover_core::ids::ItemId;
use clover_core::wire::{Item, ItemCount, ItemStock, Stock};

use crate::concurrent::each;
use crate::error::Error;
use crate::http::{Access, Answer, Api};
use crate::id_filter::filter_of;
use crate::paging::RawPage;

pub use crate::id_filter::IDS_A_REQUEST;
pub use crate::withheld::MENU_ITEM;

/// Clover allows at most three expansions in a call, so a second request over the same range of ids
/// reads the stock, the modifier groups and the online part.
pub const ITEM_EXPANSIONS: [&str; 3] = ["categories", "options", "tags"];
/// The expansions of the second request. The stock is the first of them.
pub const SECOND_EXPANSIONS: [&str; 3] = [STOCK_EXPANSION[0], MODIFIER_GROUPS, MENU_ITEM];
/// The expansion of an item's modifier groups.
pub const MODIFIER_GROUPS: &str = "modifierGroups";
/// The expansion of a request for counts alone.
pub const STOCK_EXPANSION: [&str; 1] = ["itemStock"];
/// The maximum length of a page of items whose counts are requested singly, because no list shows
/// them to this app. At Clover's slowest known pace of five requests a second, it takes 20 seconds.
pub const COUNTED_SINGLY: usize = 100;
/// The maximum length of an expanded list. Clover does not report whether there are more elements.
pub const MAX_EXPANDED: usize = 100;

/// An item of Clover, or the JSON path and the reason why it cannot be read.
pub type Found = Result<Item, (String, String)>;

/// Fetches the items of these ids, at most [`IDS_A_REQUEST`]: one list with the items, one with
/// their counts.
///
/// # Errors
/// As [`Api::get`].
pub async fn some(api: Api, access: Access, ids: Vec<ItemId>) -> Result<(Answer, Answer), Error> {
    let filter = filter_of(&ids);
    let query = [("filter", filter.as_str()), ("limit", "1000")];
    tokio::try_join!(
        api.get_expanded(&access, "items", &query, &ITEM_EXPANSIONS),
        api.get_expanded(&access, "items", &query, &SECOND_EXPANSIONS)
    )
}

/// One item with its count; none if it does not exist in Clover.
///
/// # Errors
/// As [`Api::get`].
pub async fn one(api: Api, access: Access, id: ItemId) -> Result<Option<Found>, Error> {
    let path = format!("items/{id}");
    // In sequence: an item that is fetched singly usually no longer exists, which saves the second
    // request.
    let both = async {
        let read = api.get_expanded(&access, &path, &[], &ITEM_EXPANSIONS);
        let mut item: Item = read.await?.json()?;
        let read = api.get_expanded(&access, &path, &[], &SECOND_EXPANSIONS);
        let count: ItemCount = read.await?.json()?;
        item.required_modifiers = count.requires_modifiers();
        item.item_stock = count.item_stock;
        item.modifier_groups = count.modifier_groups.0;
        item.menu_item = count.menu_item;
        Ok(item)
    };
    match both.await {
        Ok(item) => Ok(Some(Ok(item))),
        Err(Error::NotFound { .. }) => Ok(None),
        // The item exists, so the error concerns this item and not the run.
        Err(Error::BadAnswer { at, reason, .. }) => Ok(Some(Err((at, reason)))),
        Err(error) => Err(error),
    }
}

/// A complete list of an item, such as `categories`; none if the item no longer exists.
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

/// The counts of these items, each requested singly; untracked for an item that was never counted
/// or no longer exists.
///
/// # Errors
/// As [`Api::get`].
pub async fn counts(api: Api, access: Access, ids: Vec<ItemId>) -> Result<Vec<Stock>, Error> {
    let read = each(ids.into_iter().map(|id| {
        let stock = api.get_json::<ItemStock>(&access, &format!("item_stocks/{id}"), &[]);
        async move {
            match stock.await {
                Ok(stock) => Ok(stock.into()),
                Err(Error::NotFound { .. }) => Ok(Stock::default()),
                Err(error) => Err(error),
            }
        }
    }));
    read.await?.into_iter().collect()
}

/// The list of all item groups with their attributes, at most [`MAX_EXPANDED`] each. Clover may
/// return the groups without them.
///
/// # Errors
/// As [`Api::get`].
pub async fn item_groups(api: Api, access: Access) -> Result<Vec<RawPage>, Error> {
    api.list_all(&access, "item_groups", &["attributes"]).await
}

/// The list of all modifier groups with their modifiers, at most [`MAX_EXPANDED`] each. Clover may
/// return the groups without them.
///
/// # Errors
/// As [`Api::get`].
pub async fn modifier_groups(api: Api, access: Access) -> Result<Vec<RawPage>, Error> {
    api.list_all(&access, "modifier_groups", &["modifiers"])
        .await
}

/// The list of all modifiers.
///
/// # Errors
/// As [`Api::get`].
pub async fn modifiers(api: Api, access: Access) -> Result<Vec<RawPage>, Error> {
    api.list_all(&access, "modifiers", &[]).await
}

/// The list of all attributes.
///
/// # Errors
/// As [`Api::get`].
pub async fn attributes(api: Api, access: Access) -> Result<Vec<RawPage>, Error> {
    api.list_all(&access, "attributes", &[]).await
}
