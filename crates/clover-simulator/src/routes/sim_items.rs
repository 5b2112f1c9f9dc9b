//! The control plane's hand in the store: items, counts and sales.

use serde_json::{Map, Value, json};

use crate::http::reply::{Answer, Reply};
use crate::ids::Id;
use crate::model::fields::Fields;
use crate::model::spec::ItemSpec;
use crate::model::store::{Cause, MerchantStore};

fn item(store: &MerchantStore, text: &str) -> Result<Id, Reply> {
    let id = text.parse().ok().filter(|id| store.items.contains(*id));
    id.ok_or_else(Reply::no_item)
}

/// `POST /__sim/items`
pub fn create(store: &mut MerchantStore, body: &Map<String, Value>) -> Answer {
    let spec = ItemSpec::read(store, body)?;
    let id = store.create_spec(spec)?;
    Ok(Reply::json(&json!({"id": id})))
}

/// `POST /__sim/items/{id}`
pub fn edit(store: &mut MerchantStore, text: &str, body: &Map<String, Value>) -> Answer {
    let id = item(store, text)?;
    let spec = ItemSpec::read(store, body)?;
    store.edit_spec(id, spec)?;
    Ok(Reply::json(&json!({"id": id})))
}

/// `DELETE /__sim/items/{id}`
pub fn delete(store: &mut MerchantStore, text: &str) -> Answer {
    let id = item(store, text)?;
    store.delete_item(id)?;
    Ok(Reply::empty())
}

/// `POST /__sim/stock/{id}`; `null` stops the counting of this item.
pub fn set_stock(store: &mut MerchantStore, text: &str, body: &Map<String, Value>) -> Answer {
    let id = item(store, text)?;
    let fields = Fields::strict(body);
    fields.only(&["quantity"])?;
    let quantity = fields.number("quantity")?;
    let quantity = quantity.ok_or_else(|| Reply::bad("quantity is required: a number or null"))?;
    store.set_stock(id, quantity, Cause::Set)?;
    Ok(Reply::json(&json!({"quantity": quantity})))
}

/// `POST /__sim/sale`
pub fn sell(store: &mut MerchantStore, body: &Map<String, Value>) -> Answer {
    let fields = Fields::strict(body);
    fields.only(&["itemId", "quantity"])?;
    let text = fields.text("itemId", 13)?.flatten();
    let id = item(
        store,
        &text.ok_or_else(|| Reply::bad("itemId is required"))?,
    )?;
    let quantity = fields.number("quantity")?.flatten().unwrap_or(1.0);
    if !(quantity > 0.0 && quantity <= 1e9) {
        return Err(Reply::bad("quantity must be above 0"));
    }
    let order = store.sell(id, quantity)?;
    let left = store
        .item(id)
        .and_then(|item| item.stock)
        .map(|stock| stock.quantity);
    Ok(Reply::json(&json!({"orderId": order, "quantity": left})))
}

fn order(fields: Fields<'_>) -> Result<Id, Reply> {
    let id = fields.text("orderId", 13)?.flatten();
    let id = id.ok_or_else(|| Reply::bad("orderId is required"))?;
    id.parse().map_err(|_| Reply::no_order())
}

/// `POST /__sim/refund`
pub fn refund(store: &mut MerchantStore, body: &Map<String, Value>) -> Answer {
    let fields = Fields::strict(body);
    fields.only(&["orderId", "amount"])?;
    let amount = fields.int("amount", 1, i64::MAX)?.flatten();
    let id = store.refund(order(fields)?, amount)?;
    Ok(Reply::json(&json!({"id": id})))
}

/// `POST /__sim/void`
pub fn void(store: &mut MerchantStore, body: &Map<String, Value>) -> Answer {
    let fields = Fields::strict(body);
    fields.only(&["orderId"])?;
    store.void(order(fields)?)?;
    Ok(Reply::empty())
}
