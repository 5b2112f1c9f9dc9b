//! The control plane's hand in the store: items, counts and sales.

use serde_json::{Map, Value, json};

use crate::http::reply::{Answer, Reply};
use crate::ids::Id;
use crate::model::fields::Fields;
use crate::model::spec::ItemSpec;
use crate::model::world::{Cause, World};

fn item(world: &World, text: &str) -> Result<Id, Reply> {
    let id = text.parse().ok().filter(|id| world.items.contains(*id));
    id.ok_or_else(Reply::no_item)
}

/// `POST /__sim/items`
pub fn create(world: &mut World, body: &Map<String, Value>) -> Answer {
    let spec = ItemSpec::read(world, body)?;
    let id = world.create_spec(spec)?;
    Ok(Reply::json(&json!({"id": id})))
}

/// `POST /__sim/items/{id}`
pub fn edit(world: &mut World, text: &str, body: &Map<String, Value>) -> Answer {
    let id = item(world, text)?;
    let spec = ItemSpec::read(world, body)?;
    world.edit_spec(id, spec)?;
    Ok(Reply::json(&json!({"id": id})))
}

/// `DELETE /__sim/items/{id}`
pub fn delete(world: &mut World, text: &str) -> Answer {
    let id = item(world, text)?;
    world.delete_item(id)?;
    Ok(Reply::empty())
}

/// `POST /__sim/stock/{id}`; `null` stops the counting of this item.
pub fn set_stock(world: &mut World, text: &str, body: &Map<String, Value>) -> Answer {
    let id = item(world, text)?;
    let fields = Fields::strict(body);
    fields.only(&["quantity"])?;
    let quantity = fields.number("quantity")?;
    let quantity = quantity.ok_or_else(|| Reply::bad("quantity is required: a number or null"))?;
    world.set_stock(id, quantity, Cause::Set)?;
    Ok(Reply::json(&json!({"quantity": quantity})))
}

/// `POST /__sim/sale`
pub fn sell(world: &mut World, body: &Map<String, Value>) -> Answer {
    let fields = Fields::strict(body);
    fields.only(&["itemId", "quantity"])?;
    let text = fields.text("itemId", 13)?.flatten();
    let id = item(
        world,
        &text.ok_or_else(|| Reply::bad("itemId is required"))?,
    )?;
    let quantity = fields.number("quantity")?.flatten().unwrap_or(1.0);
    if !(quantity > 0.0 && quantity <= 1e9) {
        return Err(Reply::bad("quantity must be above 0"));
    }
    let order = world.sell(id, quantity)?;
    let left = world
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
pub fn refund(world: &mut World, body: &Map<String, Value>) -> Answer {
    let fields = Fields::strict(body);
    fields.only(&["orderId", "amount"])?;
    let amount = fields.int("amount", 1, i64::MAX)?.flatten();
    let id = world.refund(order(fields)?, amount)?;
    Ok(Reply::json(&json!({"id": id})))
}

/// `POST /__sim/void`
pub fn void(world: &mut World, body: &Map<String, Value>) -> Answer {
    let fields = Fields::strict(body);
    fields.only(&["orderId"])?;
    world.void(order(fields)?)?;
    Ok(Reply::empty())
}
