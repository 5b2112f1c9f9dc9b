//! Orders: create, read, update, delete, service charge, payments. Lines are in [`super::lines`].

use serde_json::{Map, Value, json};

use super::call::{Call, Route};
use crate::http::reply::{Answer, Reply};
use crate::ids::Id;
use crate::model::fields::{Change as FieldChange, Fields};
use crate::model::order::{Entry, Order, without_4_byte};
use crate::model::rules::{Kind, ORDER_FILTERS};
use crate::query::ListQuery;
use crate::switches::OrderDecrementsStock;
use crate::webhooks::Change;

/// Filters on these silently look back only so far.
const LOOK_BACK_MS: i64 = 90 * 24 * 3600 * 1000;
const LOOK_BACK_FIELDS: [&str; 5] = [
    "createdTime",
    "modifiedTime",
    "clientCreatedTime",
    "externalReferenceId",
    "state",
];
const PAYMENT_FILTERS: &str =
    "id, createdTime, modifiedTime, order.id, tender.id, amount, result, externalPaymentId, voided";
const REFUND_FILTERS: &str = "id, createdTime, modifiedTime, orderRef.id, payment.id, amount";

/// The routes of orders.
pub fn find(method: &str, path: &[&str]) -> Option<Route> {
    Some(match (method, path) {
        ("GET", ["orders"]) => ("ORDERS_R", list),
        ("POST", ["orders"]) => ("ORDERS_W", create),
        ("GET", ["orders", _]) => ("ORDERS_R", get),
        ("POST", ["orders", _]) => ("ORDERS_W", update),
        ("DELETE", ["orders", _]) => ("ORDERS_W", delete),
        ("POST", ["orders", _, "service_charge"]) => ("ORDERS_W", charge),
        ("DELETE", ["orders", _, "service_charge"]) => ("ORDERS_W", uncharge),
        ("GET", ["orders", _, "payments"]) => ("ORDERS_R", order_payments),
        ("POST", ["orders", _, "payments"]) => ("PAYMENTS_W", pay),
        ("GET", ["payments"]) => ("PAYMENTS_R", payments),
        ("GET", ["payments", _]) => ("PAYMENTS_R", payment),
        ("GET", ["refunds"]) => ("PAYMENTS_R", refunds),
        ("GET", ["refunds", _]) => ("PAYMENTS_R", refund),
        _ => return None,
    })
}

/// The order of the path.
pub fn order_id(call: &Call<'_>) -> Result<Id, Reply> {
    let id = call.id(1).filter(|id| call.store.order(*id).is_some());
    id.ok_or_else(Reply::no_order)
}

/// The order of the path, to change: its time moves and a webhook event is queued.
pub fn change<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Order, Reply> {
    let id = order_id(call)?;
    let now = call.store.now();
    call.store.tell("O", id, Change::Update);
    let order = call.store.orders.get_mut(id).ok_or_else(Reply::no_order)?;
    order.modified = now;
    Ok(order)
}

fn list(call: &mut Call<'_>) -> Answer {
    let mut query = call.query(ORDER_FILTERS)?;
    query.require_state();
    let store = &call.store;
    let now = store.clock.now_ms();
    let lag = store.switches.external_ref_search_lag;
    let by_reference = query.filters_on("externalReferenceId");
    let looks_back = LOOK_BACK_FIELDS.iter().any(|field| query.filters_on(field));
    let is_seen = |order: &Order| {
        let age = now - order.made_ms;
        let is_too_new = by_reference && age < lag;
        let is_too_old = looks_back && age > LOOK_BACK_MS;
        let is_switched_off = order.is_history && !store.switches.order_history;
        !is_too_new && !is_too_old && !is_switched_off
    };
    let page = query.page(&store.orders, &store.lookups, is_seen);
    let base = call.base();
    let elements: Vec<Value> = page
        .into_iter()
        .map(|order| order.show(&base, &store.lookups, &query.expand))
        .collect();
    Ok(call.list(elements, &query, ORDER_FILTERS))
}

fn get(call: &mut Call<'_>) -> Answer {
    let id = order_id(call)?;
    let expand = call.expand()?;
    let order = call.store.order(id).ok_or_else(Reply::no_order)?;
    Ok(Reply::json(&order.show(
        &call.base(),
        &call.store.lookups,
        &expand,
    )))
}

/// The fields of an order that a client may write; `None` takes a field away.
fn read(body: &Map<String, Value>) -> Result<Vec<(&'static str, Option<Value>)>, Reply> {
    fn add<T: Into<Value>>(
        list: &mut Vec<(&'static str, Option<Value>)>,
        name: &'static str,
        change: FieldChange<T>,
    ) {
        if let Some(value) = change {
            list.push((name, value.map(Into::into)));
        }
    }
    let fields = Fields::of(body);
    let mut list = Vec::new();
    for (name, max) in [("title", 127), ("note", 2047)] {
        let text = fields.text(name, max)?;
        add(
            &mut list,
            name,
            text.map(|text| text.map(|text| without_4_byte(&text))),
        );
    }
    for (name, max) in [
        ("state", 31),
        ("payType", 31),
        ("currency", 3),
        ("externalReferenceId", 12),
    ] {
        add(&mut list, name, fields.text(name, max)?);
    }
    for name in ["total", "clientCreatedTime"] {
        add(&mut list, name, fields.int(name, i64::MIN, i64::MAX)?);
    }
    for name in [
        "taxRemoved",
        "manualTransaction",
        "groupLineItems",
        "testMode",
    ] {
        add(&mut list, name, fields.flag(name)?);
    }
    for name in ["orderType", "employee"] {
        let reference = fields.reference(name)?;
        add(
            &mut list,
            name,
            reference.map(|id| id.map(|id| json!({"id": id}))),
        );
    }
    if let Some(device) = fields.object("device")? {
        list.push(("device", Some(json!(device))));
    }
    Ok(list)
}

/// Writes the fields of the body into an order.
fn write(call: &mut Call<'_>, id: Id) -> Result<(), Reply> {
    let body = call.body()?;
    let fields = read(&body)?;
    let customers = Fields::of(&body).list("customers")?;
    let customers: Option<Vec<Id>> = match customers {
        None => None,
        Some(list) => {
            let ids = list.iter().map(|customer| {
                let id = customer["id"].as_str().and_then(|id| id.parse().ok());
                id.filter(|id| call.store.lookups.live(Kind::Customers, *id).is_some())
            });
            let ids: Option<Vec<Id>> = ids.collect();
            Some(ids.ok_or_else(|| Reply::bad("customers: there is no such customer"))?)
        }
    };
    let order = call.store.orders.get_mut(id).ok_or_else(Reply::no_order)?;
    for (name, value) in fields {
        match value {
            Some(value) => order.fields.insert(name.to_owned(), value),
            None => order.fields.remove(name),
        };
    }
    if let Some(customers) = customers {
        order.customers = customers;
    }
    Ok(())
}

fn create(call: &mut Call<'_>) -> Answer {
    // Checked before anything is made.
    read(&call.body()?)?;
    let store = &mut *call.store;
    let id = store.random.id();
    let (now, made_ms) = (store.now(), store.clock.now_ms());
    let order = Order::new(
        id,
        &store.merchant.currency,
        store.merchant.vat,
        now,
        made_ms,
    );
    store.orders.insert(id, order);
    write(call, id)?;
    call.store.tell("O", id, Change::Create);
    let order = call.store.order(id).ok_or_else(Reply::no_order)?;
    Ok(Reply::json(&order.show_created(&call.base())))
}

fn update(call: &mut Call<'_>) -> Answer {
    let id = order_id(call)?;
    write(call, id)?;
    change(call)?;
    let order = call.store.order(id).ok_or_else(Reply::no_order)?;
    let expand = call.expand()?;
    Ok(Reply::json(&order.show(
        &call.base(),
        &call.store.lookups,
        &expand,
    )))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = order_id(call)?;
    let now = call.store.now();
    let order = call.store.orders.get_mut(id).ok_or_else(Reply::no_order)?;
    if order.is_paid() {
        return Err(Reply::bad(
            "Can not delete order with an associated payment.",
        ));
    }
    order.deleted = Some(now);
    order.modified = now;
    call.store.tell("O", id, Change::Delete);
    Ok(Reply::empty())
}

fn charge(call: &mut Call<'_>) -> Answer {
    order_id(call)?;
    let body = call.body()?;
    let id = Fields::of(&body).text("id", 13)?.flatten();
    let id = id.ok_or_else(|| Reply::bad("Service charge in body is missing an ID"))?;
    let mut known = call.store.default_service_charge();
    if known["id"].as_str() != Some(&id) {
        return Err(Reply::bad("Invalid service charge"));
    }
    if let Some(percent) = Fields::of(&body)
        .int("percentageDecimal", 0, 1_000_000)?
        .flatten()
    {
        known["percentageDecimal"] = json!(percent);
    }
    let entry = Entry {
        id: call.store.service_charge,
        fields: known.as_object().cloned().unwrap_or_default(),
    };
    let shown = entry.show();
    change(call)?.service_charge = Some(entry);
    Ok(Reply::json(&shown))
}

fn uncharge(call: &mut Call<'_>) -> Answer {
    change(call)?.service_charge = None;
    Ok(Reply::empty())
}

/// Records an external payment: bookkeeping only. A second one on a paid order is taken as well.
fn pay(call: &mut Call<'_>) -> Answer {
    let order = order_id(call)?;
    let body = call.body()?;
    let fields = Fields::of(&body);
    let tender = fields
        .reference("tender")?
        .flatten()
        .ok_or_else(|| Reply::bad("tender is required"))?;
    if call.store.lookups.live(Kind::Tenders, tender).is_none() {
        return Err(Reply::bad("Invalid tender"));
    }
    let amount = fields.int("amount", 1, i64::MAX)?.flatten();
    let amount = amount.ok_or_else(|| Reply::bad("amount is required"))?;
    let now = call.store.now();
    let mut payment = json!({
        "order": {"id": order},
        "tender": {"id": tender},
        "amount": amount,
        "tipAmount": fields.int("tipAmount", 0, i64::MAX)?.flatten().unwrap_or(0),
        "taxAmount": fields.int("taxAmount", 0, i64::MAX)?.flatten().unwrap_or(0),
        "offline": fields.flag("offline")?.flatten().unwrap_or(false),
        "result": "SUCCESS",
        "createdTime": now,
        "clientCreatedTime": now,
        "modifiedTime": now,
    });
    for (name, max) in [("externalPaymentId", 32), ("note", 255)] {
        if let Some(text) = fields.text(name, max)?.flatten() {
            payment[name] = json!(text);
        }
    }
    let entry = Entry {
        id: call.store.random.id(),
        fields: payment.as_object().cloned().unwrap_or_default(),
    };
    let (id, shown) = (entry.id, entry.show());
    change(call)?.pay(entry);
    call.store.tell("P", id, Change::Create);
    call.store
        .take_stock_of(order, OrderDecrementsStock::OnPayment);
    Ok(Reply::json(&shown))
}

fn order_payments(call: &mut Call<'_>) -> Answer {
    let id = order_id(call)?;
    let query = call.query(PAYMENT_FILTERS)?;
    let order = call.store.order(id).ok_or_else(Reply::no_order)?;
    let page: Vec<Value> = query
        .pick(order.valid_payments(), &call.store.lookups)
        .into_iter()
        .map(Entry::show)
        .collect();
    Ok(call.list(page, &query, PAYMENT_FILTERS))
}

fn all_payments<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a Entry> {
    let orders = call.store.orders.newest_first();
    let seen = orders.filter(|order| call.store.is_order_seen(order));
    seen.flat_map(|order| order.payments.iter().rev())
}

/// All payments, newest first; voided ones only where a filter names `voided`.
fn payments(call: &mut Call<'_>) -> Answer {
    let query: ListQuery = call.query(PAYMENT_FILTERS)?;
    let with_voided = query.filters_on("voided");
    let shown = all_payments(call).filter(|payment| with_voided || !payment.is_voided());
    let page: Vec<Value> = query
        .pick(shown, &call.store.lookups)
        .into_iter()
        .map(Entry::show)
        .collect();
    Ok(call.list(page, &query, PAYMENT_FILTERS))
}

fn payment(call: &mut Call<'_>) -> Answer {
    let id = call.id(1);
    let found = all_payments(call).find(|payment| Some(payment.id) == id);
    Ok(Reply::json(&found.ok_or_else(Reply::no_resource)?.show()))
}

fn all_refunds<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a Entry> {
    let orders = call.store.orders.newest_first();
    orders.flat_map(|order| order.refunds.iter().rev())
}

fn refunds(call: &mut Call<'_>) -> Answer {
    let query = call.query(REFUND_FILTERS)?;
    let page: Vec<Value> = query
        .pick(all_refunds(call), &call.store.lookups)
        .into_iter()
        .map(Entry::show)
        .collect();
    Ok(call.list(page, &query, REFUND_FILTERS))
}

fn refund(call: &mut Call<'_>) -> Answer {
    let id = call.id(1);
    let found = all_refunds(call).find(|refund| Some(refund.id) == id);
    Ok(Reply::json(&found.ok_or_else(Reply::no_resource)?.show()))
}
