//! Counts: absolute values only, no delta and no precondition, as at Clover.

use super::call::{Call, Route};
use crate::http::reply::{Answer, Reply};
use crate::ids::Id;
use crate::model::fields::Fields;
use crate::model::item_view::StockView;
use crate::model::rules::STOCK_FILTERS;
use crate::model::store::Cause;

/// The routes of counts.
pub fn find(method: &str, path: &[&str]) -> Option<Route> {
    Some(match (method, path) {
        ("GET", ["item_stocks"]) => ("INVENTORY_R", list),
        ("GET", ["item_stocks", _]) => ("INVENTORY_R", get),
        // PUT is undocumented but works the same.
        ("POST" | "PUT", ["item_stocks", _]) => ("INVENTORY_W", set),
        ("DELETE", ["item_stocks", _]) => ("INVENTORY_W", delete),
        _ => return None,
    })
}

/// Items that were never counted are not in the list.
fn list(call: &mut Call<'_>) -> Answer {
    let mut query = call.query(STOCK_FILTERS)?;
    query.rename(&[
        ("item.id", "id"),
        ("quantity", "itemStock.quantity"),
        ("modifiedTime", "itemStock.modifiedTime"),
    ]);
    let page = query.page(&call.store.items, &call.store.lookups, |item| {
        item.stock.is_some()
    });
    let elements: Vec<_> = page.into_iter().map(StockView).collect();
    Ok(call.list(elements, &query, STOCK_FILTERS))
}

fn show(call: &Call<'_>, id: Option<Id>) -> Answer {
    let item = id
        .and_then(|id| call.store.item(id))
        .ok_or_else(Reply::no_item)?;
    Ok(Reply::json(&StockView(item)))
}

fn get(call: &mut Call<'_>) -> Answer {
    show(call, call.id(1))
}

fn set(call: &mut Call<'_>) -> Answer {
    let body = call.body()?;
    let quantity = Fields::of(&body).number("quantity")?.flatten();
    let quantity = quantity.ok_or_else(|| Reply::bad("quantity is required"))?;
    let threshold = Fields::of(&body).number("stockAlertThreshold")?;
    let id = call.id(1).ok_or_else(Reply::no_item)?;
    call.store.set_stock(id, Some(quantity), Cause::Set)?;
    let keeps = call.store.switches.stock_post_keeps_threshold;
    let stock = call.store.items.get_mut(id).and_then(|i| i.stock.as_mut());
    if let Some(stock) = stock {
        stock.threshold = match threshold {
            Some(threshold) => threshold,
            None if keeps => stock.threshold,
            None => None,
        };
    }
    show(call, Some(id))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = call.id(1).ok_or_else(Reply::no_item)?;
    call.store.set_stock(id, None, Cause::Set)?;
    Ok(Reply::empty())
}
