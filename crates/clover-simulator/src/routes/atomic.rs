//! Atomic orders: Clover prices a whole cart with its own prices and taxes, and may store it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::call::{Call, Route};
use super::lines::{rates_of, read_discount};
use crate::http::reply::{Answer, Reply};
use crate::ids::Id;
use crate::model::fields::Fields;
use crate::model::order::{Entry, Line, Order, discounted, line_of, without_4_byte};
use crate::model::pricing;
use crate::model::rules::Kind;
use crate::query::Expand;
use crate::switches::OrderDecrementsStock;
use crate::webhooks::Change;

/// The routes of atomic orders.
pub fn find(method: &str, path: &[&str]) -> Option<Route> {
    Some(match (method, path) {
        ("POST", ["atomic_order", "checkouts"]) => ("ORDERS_W", checkout),
        ("POST", ["atomic_order", "orders"]) => ("ORDERS_W", create),
        _ => return None,
    })
}

/// A refusal in the words of the documentation.
fn refuse(message: &str, details: &str) -> Reply {
    Reply::json_with(400, &json!({"message": message, "details": details}))
}

/// A priced cart.
struct Priced {
    order: Order,
    subtotal: i64,
    tax: i64,
    summaries: Vec<Value>,
}

fn price(call: &mut Call<'_>) -> Result<Priced, Reply> {
    let body = call.body()?;
    let empty = || refuse("cart_is_empty_or_missing", "orderCart");
    let cart = Fields::of(&body).object("orderCart")?.ok_or_else(empty)?;
    let bodies = Fields::of(cart)
        .list("lineItems")?
        .filter(|list| !list.is_empty())
        .ok_or_else(empty)?;
    let store = &mut *call.store;
    let id = store.random.id();
    let (now, made_ms) = (store.now(), store.clock.now_ms());
    let mut order = Order::new(
        id,
        &store.merchant.currency,
        store.merchant.vat,
        now,
        made_ms,
    );
    write_cart(&mut order, cart)?;
    for body in bodies {
        let body = body
            .as_object()
            .ok_or_else(|| refuse("bad_request", "lineItems"))?;
        let line = read_line(call, &order, body)?;
        order.lines.push(line);
    }
    order.discounts = read_discounts(call, cart)?;
    if let Some(charge) = Fields::of(cart).object("serviceCharge")? {
        let known = call.store.default_service_charge();
        if charge.get("id") != known.get("id") {
            let id = charge.get("id").and_then(Value::as_str).unwrap_or_default();
            return Err(refuse("service_charge_does_not_exist", id));
        }
        order.service_charge = Some(Entry {
            id: call.store.service_charge,
            fields: known.as_object().cloned().unwrap_or_default(),
        });
    }
    Ok(total(call, order))
}

fn write_cart(order: &mut Order, cart: &Map<String, Value>) -> Result<(), Reply> {
    let fields = Fields::of(cart);
    for (name, max) in [("title", 127), ("note", 2047)] {
        if let Some(text) = fields.text(name, max)?.flatten() {
            order
                .fields
                .insert(name.to_owned(), json!(without_4_byte(&text)));
        }
    }
    if let Some(flag) = fields.flag("groupLineItems")?.flatten() {
        order
            .fields
            .insert("groupLineItems".to_owned(), json!(flag));
    }
    if let Some(id) = fields.reference("orderType")?.flatten() {
        order
            .fields
            .insert("orderType".to_owned(), json!({"id": id}));
    }
    order.fields.insert("state".to_owned(), json!("OPEN"));
    Ok(())
}

fn read_line(call: &mut Call<'_>, order: &Order, body: &Map<String, Value>) -> Result<Line, Reply> {
    let fields = Fields::of(body);
    let mut line = Line {
        id: call.store.random.id(),
        item: fields.reference("item")?.flatten(),
        fields: call.store.line_defaults(order),
        tax_rates: Vec::new(),
        discounts: read_discounts(call, body)?,
        modifications: Vec::new(),
        took_stock: false,
    };
    match line.item {
        Some(id) => {
            let missing = || refuse("item_does_not_exist", id.as_str());
            let item = call.store.item(id).ok_or_else(missing)?;
            line.fields.append(&mut line_of(item));
            let rates = pricing::rates_of(item, &call.store.lookups);
            line.tax_rates = rates.iter().map(|rate| rate.id).collect();
        }
        None if body.get("item").is_some() => return Err(refuse("item_does_not_exist", "")),
        None if fields.int("price", i64::MIN, i64::MAX)?.flatten().is_none() => {
            return Err(refuse("bad_request", "lineItems"));
        }
        // Named and priced by the client; it has the rates that it is given.
        None => line.tax_rates = rates_of(call, body)?,
    }
    for (name, max) in [("name", 127), ("note", 255), ("userData", 255)] {
        if let Some(text) = fields.text(name, max)?.flatten() {
            line.fields
                .insert(name.to_owned(), json!(without_4_byte(&text)));
        }
    }
    for name in ["price", "unitQty"] {
        if let Some(n) = fields.int(name, i64::MIN, i64::MAX)?.flatten() {
            line.fields.insert(name.to_owned(), json!(n));
        }
    }
    for modification in fields.list("modifications")?.map_or(&[][..], Vec::as_slice) {
        let text = modification["modifier"]["id"].as_str().unwrap_or_default();
        let known = text
            .parse()
            .ok()
            .and_then(|id| call.store.lookups.live(Kind::Modifiers, id));
        let known = known.ok_or_else(|| refuse("invalid_modifier", text))?;
        // Seen live: without an amount it costs nothing, whatever the modifier's price is.
        let amount = match modification.as_object() {
            Some(map) => Fields::of(map).int("amount", i64::MIN, i64::MAX)?.flatten(),
            None => None,
        };
        let fields = json!({
            "lineItemRef": {"id": line.id},
            "name": known.name(),
            "amount": amount.unwrap_or(0),
            "modifier": {"id": known.id},
        });
        line.modifications.push(Entry {
            id: call.store.random.id(),
            fields: fields.as_object().cloned().unwrap_or_default(),
        });
    }
    Ok(line)
}

fn read_discounts(call: &mut Call<'_>, body: &Map<String, Value>) -> Result<Vec<Entry>, Reply> {
    let list = Fields::of(body)
        .list("discounts")?
        .map_or(&[][..], Vec::as_slice);
    let invalid = || refuse("invalid_discount_attribute", "discounts");
    list.iter()
        .map(|discount| {
            read_discount(call, discount.as_object().ok_or_else(invalid)?).map_err(|_| invalid())
        })
        .collect()
}

/// Tax for each rate on the sum of the lines that have it, less their share of the order's
/// discounts, half-up. A VAT merchant's prices hold the tax already: it is named, not added.
fn total(call: &Call<'_>, mut order: Order) -> Priced {
    let gross = order
        .lines
        .iter()
        .fold(0i64, |sum, line| sum.saturating_add(line.net()));
    let subtotal = discounted(gross, &order.discounts);
    let mut bases: BTreeMap<Id, i64> = BTreeMap::new();
    for line in &order.lines {
        for rate in &line.tax_rates {
            let base = bases.entry(*rate).or_default();
            *base = base.saturating_add(line.net());
        }
    }
    let mut tax = 0i64;
    let mut summaries = Vec::new();
    for rate in pricing::rates(
        &bases.keys().copied().collect::<Vec<_>>(),
        &call.store.lookups,
    ) {
        let percent = rate.int("rate").unwrap_or(0);
        let base = bases.get(&rate.id).copied().unwrap_or(0);
        let base = if order.discounts.is_empty() {
            base
        } else {
            pricing::share(base, subtotal, gross)
        };
        let amount = if call.store.merchant.vat {
            base.saturating_sub(pricing::share(base, 10_000_000, 10_000_000 + percent))
        } else {
            pricing::tax(base, percent)
        };
        tax = tax.saturating_add(amount);
        summaries
            .push(json!({"id": rate.id, "name": rate.name(), "rate": percent, "amount": amount}));
    }
    let charge = order.service_charge.as_ref().map_or(0, |charge| {
        pricing::share(subtotal, charge.int("percentageDecimal"), 1_000_000)
    });
    let added = if call.store.merchant.vat { 0 } else { tax };
    let total = subtotal.saturating_add(charge).saturating_add(added);
    order.fields.insert("total".to_owned(), json!(total));
    Priced {
        order,
        subtotal,
        tax,
        summaries,
    }
}

/// What the answers nest.
fn nested() -> Expand {
    Expand::of(&[
        "lineItems.taxRates",
        "lineItems.discounts",
        "lineItems.modifications",
        "discounts",
        "serviceCharge",
    ])
}

fn checkout(call: &mut Call<'_>) -> Answer {
    let priced = price(call)?;
    let mut cart = priced
        .order
        .show(&call.base(), &call.store.lookups, &nested());
    if let Some(cart) = cart.as_object_mut() {
        // Nothing is stored, so nothing has an id to come back to.
        for name in ["id", "href", "state", "paymentState"] {
            cart.remove(name);
        }
    }
    Ok(Reply::json(&json!({
        "orderCart": cart,
        "total": priced.order.int("total"),
        "subtotal": priced.subtotal,
        "totalTaxAmount": priced.tax,
        "taxSummaries": {"elements": priced.summaries},
        "isVat": call.store.merchant.vat,
    })))
}

fn create(call: &mut Call<'_>) -> Answer {
    let order = price(call)?.order;
    let id = order.id;
    let shown = order.show(&call.base(), &call.store.lookups, &nested());
    call.store.orders.insert(id, order);
    call.store.tell("O", id, Change::Create);
    call.store
        .take_stock_of(id, OrderDecrementsStock::OnLineItem);
    Ok(Reply::json(&shown))
}
