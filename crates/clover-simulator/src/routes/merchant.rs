//! The merchant, its properties, and small things of the till.

use serde_json::{Map, json};

use super::call::{Call, Route};
use crate::http::reply::{Answer, Reply};
use crate::model::fields::Fields;
use crate::model::order::Entry;
use crate::switches::Printer;

/// The routes of the merchant.
pub fn find(method: &str, path: &[&str]) -> Option<Route> {
    Some(match (method, path) {
        ("GET", []) => ("MERCHANT_R", merchant),
        ("GET", ["properties"]) => ("MERCHANT_R", properties),
        ("POST", ["properties"]) => ("MERCHANT_W", set_properties),
        ("GET", ["default_service_charge"]) => ("MERCHANT_R", service_charge),
        ("POST", ["print_event"]) => ("ORDERS_W", print),
        ("GET", ["print_event", _]) => ("ORDERS_R", print_event),
        _ => return None,
    })
}

fn merchant(call: &mut Call<'_>) -> Answer {
    let expand = call.expand()?;
    let merchant = &call.store.merchant;
    let mut shown = merchant.show(&call.base());
    if expand.has("properties") {
        shown["properties"] = merchant.show_properties(&call.base());
    }
    if expand.has("owner") {
        let owner = &mut shown["owner"];
        owner["email"] = json!("owner@example.com");
        owner["inviteSent"] = json!(false);
        owner["claimedTime"] = json!(merchant.created);
        owner["role"] = json!("ADMIN");
        shown["isBillable"] = json!(false);
    }
    Ok(Reply::json(&shown))
}

fn properties(call: &mut Call<'_>) -> Answer {
    Ok(Reply::json(
        &call.store.merchant.show_properties(&call.base()),
    ))
}

fn set_properties(call: &mut Call<'_>) -> Answer {
    let body = call.body()?;
    call.store
        .change_merchant(Fields::of(&body), "defaultCurrency")?;
    properties(call)
}

fn service_charge(call: &mut Call<'_>) -> Answer {
    Ok(Reply::json(&call.store.default_service_charge()))
}

/// Fires the kitchen printer.
fn print(call: &mut Call<'_>) -> Answer {
    let body = call.body()?;
    let order = Fields::of(&body).reference("orderRef")?.flatten();
    let order = order.ok_or_else(|| Reply::bad("orderRef is required"))?;
    if call.store.order(order).is_none() {
        return Err(Reply::no_order());
    }
    let device = Fields::of(&body).object("deviceRef")?;
    if device.is_none() && !call.store.switches.default_printer {
        return Err(Reply::bad("The default printing device is missing"));
    }
    let id = call.store.random.id();
    let event = Entry {
        id,
        fields: Map::from_iter([
            ("orderRef".to_owned(), json!({"id": order})),
            ("createdTime".to_owned(), json!(call.store.now())),
            ("state".to_owned(), json!("CREATED")),
        ]),
    };
    let shown = event.show();
    call.store.print_events.insert(id, event);
    Ok(Reply::json(&shown))
}

fn print_event(call: &mut Call<'_>) -> Answer {
    let printer = call.store.switches.printer;
    let event = call.id(1).and_then(|id| call.store.print_events.get(id));
    let mut shown = event.ok_or_else(Reply::no_resource)?.show();
    match printer {
        Printer::Waits => {}
        Printer::Prints => return Err(Reply::no_resource()),
        Printer::Fails => shown["state"] = json!("FAILED"),
    }
    Ok(Reply::json(&shown))
}
