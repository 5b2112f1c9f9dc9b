//! The merchant, its properties, and small things of the till.

use serde_json::json;

use super::rest::{Call, Route};
use crate::http::reply::{Answer, Reply};
use crate::model::fields::Fields;

/// The routes of the merchant.
pub fn find(method: &str, path: &[&str]) -> Option<Route> {
    Some(match (method, path) {
        ("GET", []) => ("MERCHANT_R", merchant),
        ("GET", ["properties"]) => ("MERCHANT_R", properties),
        ("POST", ["properties"]) => ("MERCHANT_W", set_properties),
        ("GET", ["default_service_charge"]) => ("MERCHANT_R", service_charge),
        ("POST", ["print_event"]) => ("ORDERS_W", print),
        _ => return None,
    })
}

fn merchant(call: &mut Call<'_>) -> Answer {
    let expand = call.expand()?;
    let mut shown = call.world.merchant.show(&call.base());
    if expand.has("properties") {
        shown["properties"] = call.world.merchant.show_properties();
    }
    Ok(Reply::json(&shown))
}

fn properties(call: &mut Call<'_>) -> Answer {
    Ok(Reply::json(&call.world.merchant.show_properties()))
}

fn set_properties(call: &mut Call<'_>) -> Answer {
    let body = call.body()?;
    call.world
        .change_merchant(Fields(&body), "defaultCurrency")?;
    properties(call)
}

fn service_charge(call: &mut Call<'_>) -> Answer {
    Ok(Reply::json(&call.world.default_service_charge()))
}

/// Fires the kitchen printer.
fn print(call: &mut Call<'_>) -> Answer {
    let body = call.body()?;
    let order = Fields(&body).reference("orderRef")?.flatten();
    let order = order.ok_or_else(|| Reply::bad("orderRef is required"))?;
    if call.world.order(order).is_none() {
        return Err(Reply::no_order());
    }
    let id = call.world.random.id();
    Ok(Reply::json(
        &json!({"id": id, "orderRef": {"id": order}, "state": "CREATED"}),
    ))
}
