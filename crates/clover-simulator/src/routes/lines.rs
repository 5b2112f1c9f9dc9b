//! Lines of orders, with their modifications and discounts. A line is one piece: a line has no
//! quantity.

use serde_json::{Map, Value, json};

use super::call::{Call, Route};
use super::orders::{change, order_id};
use crate::http::reply::{Answer, Reply};
use crate::ids::Id;
use crate::model::fields::Fields;
use crate::model::order::{Entry, Line, Order, line_of, without_4_byte};
use crate::model::rules::Kind;
use crate::query::Expand;
use crate::switches::OrderDecrementsStock;

/// Lines of an order at most, by the reference (another page says 2500).
const MAX_LINES: usize = 3000;
const MAX_BULK: usize = 100;
const LINE_FILTERS: &str = "id, name, price, item.id, createdTime";

/// The routes of lines.
pub fn find(method: &str, path: &[&str]) -> Option<Route> {
    let ["orders", _, rest @ ..] = path else {
        return None;
    };
    Some(match (method, rest) {
        ("GET", ["line_items"]) => ("ORDERS_R", list),
        ("POST", ["line_items"]) => ("ORDERS_W", add),
        ("DELETE", ["line_items"]) => ("ORDERS_W", remove_all),
        ("POST", ["bulk_line_items"]) => ("ORDERS_W", add_many),
        ("GET", ["line_items", _]) => ("ORDERS_R", get),
        ("POST", ["line_items", _]) => ("ORDERS_W", update),
        ("DELETE", ["line_items", _]) => ("ORDERS_W", remove),
        ("POST", ["line_items", _, "modifications"]) => ("ORDERS_W", modify),
        ("DELETE", ["line_items", _, "modifications", _]) => ("ORDERS_W", unmodify),
        ("GET", ["discounts"] | ["line_items", _, "discounts"]) => ("ORDERS_R", discounts),
        ("POST", ["discounts"] | ["line_items", _, "discounts"]) => ("ORDERS_W", discount),
        ("DELETE", ["discounts", _] | ["line_items", _, "discounts", _]) => {
            ("ORDERS_W", undiscount)
        }
        _ => return None,
    })
}

fn order<'a>(call: &'a Call<'_>) -> Result<&'a Order, Reply> {
    let id = order_id(call)?;
    call.store.order(id).ok_or_else(Reply::no_order)
}

/// The line of the path.
fn line<'a>(call: &'a Call<'_>) -> Result<&'a Line, Reply> {
    let id = call.id(3);
    let found = order(call)?.lines.iter().find(|line| Some(line.id) == id);
    found.ok_or_else(Reply::no_resource)
}

fn show(call: &Call<'_>, line: &Line, expand: &Expand) -> Answer {
    let order = order_id(call)?;
    Ok(Reply::json(&line.show(
        order,
        &call.store.lookups,
        expand,
        "",
    )))
}

/// The fields of a line a client may write. A posted `quantity` is none of them: it is ignored.
fn fields_of(body: &Map<String, Value>) -> Result<Map<String, Value>, Reply> {
    let fields = Fields::of(body);
    let mut read = Map::new();
    let texts = [
        ("name", 127),
        ("alternateName", 127),
        ("note", 255),
        ("itemCode", 100),
        ("unitName", 64),
        ("userData", 255),
        ("binName", 127),
    ];
    for (name, max) in texts {
        if let Some(text) = fields.text(name, max)?.flatten() {
            read.insert(name.to_owned(), json!(without_4_byte(&text)));
        }
    }
    for name in ["price", "unitQty"] {
        if let Some(n) = fields.int(name, i64::MIN, i64::MAX)?.flatten() {
            read.insert(name.to_owned(), json!(n));
        }
    }
    for name in [
        "printed",
        "isRevenue",
        "isOrderFee",
        "exchanged",
        "refunded",
    ] {
        if let Some(flag) = fields.flag(name)?.flatten() {
            read.insert(name.to_owned(), json!(flag));
        }
    }
    Ok(read)
}

/// The tax rates that a line is given.
pub fn rates_of(call: &Call<'_>, body: &Map<String, Value>) -> Result<Vec<Id>, Reply> {
    let list = Fields::of(body)
        .list("taxRates")?
        .map_or(&[][..], Vec::as_slice);
    let ids = list.iter().map(|rate| {
        let id = rate["id"].as_str().and_then(|id| id.parse().ok());
        id.filter(|id| call.store.lookups.live(Kind::TaxRates, *id).is_some())
            .ok_or_else(|| Reply::bad("taxRates: there is no such tax rate"))
    });
    ids.collect()
}

/// Reads a new line: it needs a price or an item, and takes name and price from the item.
fn read(call: &mut Call<'_>, body: &Map<String, Value>) -> Result<Line, Reply> {
    let invalid = || Reply::bad("Invalid line item");
    let mut own = fields_of(body)?;
    let mut fields = call.store.line_defaults(order(call)?);
    fields.insert("createdTime".to_owned(), json!(call.store.now()));
    let mut tax_rates = rates_of(call, body)?;
    let item = Fields::of(body).reference("item")?.flatten();
    match item {
        Some(id) => {
            let item = call.store.item(id).ok_or_else(invalid)?;
            fields.append(&mut line_of(item));
            if tax_rates.is_empty() {
                let rates = crate::model::pricing::rates_of(item, &call.store.lookups);
                tax_rates = rates.iter().map(|rate| rate.id).collect();
            }
        }
        None if own.contains_key("price") => {}
        None => return Err(invalid()),
    }
    fields.append(&mut own);
    Ok(Line {
        id: call.store.random.id(),
        item,
        fields,
        tax_rates,
        discounts: Vec::new(),
        modifications: Vec::new(),
        took_stock: false,
    })
}

fn check_room(call: &Call<'_>, more: usize) -> Result<(), Reply> {
    if order(call)?.lines.len() + more > MAX_LINES {
        return Err(Reply::bad(format!(
            "An order has at most {MAX_LINES} line items"
        )));
    }
    Ok(())
}

fn list(call: &mut Call<'_>) -> Answer {
    let query = call.query(LINE_FILTERS)?;
    let order = order(call)?;
    let page = query.cut(order.lines.iter()).into_iter();
    let page: Vec<Value> = page
        .map(|line| line.show(order.id, &call.store.lookups, &query.expand, ""))
        .collect();
    Ok(call.list(page, &query, LINE_FILTERS))
}

fn get(call: &mut Call<'_>) -> Answer {
    let expand = call.expand()?;
    show(call, line(call)?, &expand)
}

fn add(call: &mut Call<'_>) -> Answer {
    let id = order_id(call)?;
    check_room(call, 1)?;
    let line = read(call, &call.body()?)?;
    let reply = show(call, &line, &Expand::default());
    change(call)?.lines.push(line);
    call.store
        .take_stock_of(id, OrderDecrementsStock::OnLineItem);
    reply
}

/// Many lines: each needs a price, and the answer is a flat list in no order.
fn add_many(call: &mut Call<'_>) -> Answer {
    let id = order_id(call)?;
    let body = call.body()?;
    let bodies = Fields::of(&body)
        .list("items")?
        .ok_or_else(|| Reply::bad("items is required"))?;
    if bodies.len() > MAX_BULK {
        return Err(Reply::bad(format!(
            "At most {MAX_BULK} line items are allowed"
        )));
    }
    check_room(call, bodies.len())?;
    let mut lines = Vec::with_capacity(bodies.len());
    for body in bodies {
        let body = body.as_object().filter(|body| body.contains_key("price"));
        lines.push(read(
            call,
            body.ok_or_else(|| Reply::bad("Invalid line item"))?,
        )?);
    }
    let mut shown: Vec<Value> = lines
        .iter()
        .map(|line| line.show(id, &call.store.lookups, &Expand::default(), ""))
        .collect();
    call.store.random.shuffle(&mut shown);
    change(call)?.lines.extend(lines);
    call.store
        .take_stock_of(id, OrderDecrementsStock::OnLineItem);
    Ok(Reply::json(&shown))
}

fn update(call: &mut Call<'_>) -> Answer {
    let id = line(call)?.id;
    let mut fields = fields_of(&call.body()?)?;
    if let Some(line) = change(call)?.line_mut(id) {
        line.fields.append(&mut fields);
    }
    get(call)
}

fn remove(call: &mut Call<'_>) -> Answer {
    let id = line(call)?.id;
    change(call)?.lines.retain(|line| line.id != id);
    Ok(Reply::empty())
}

fn remove_all(call: &mut Call<'_>) -> Answer {
    change(call)?.lines.clear();
    Ok(Reply::empty())
}

fn modify(call: &mut Call<'_>) -> Answer {
    let id = line(call)?.id;
    let body = call.body()?;
    let modifier = Fields::of(&body).reference("modifier")?.flatten();
    let modifier = modifier.and_then(|id| call.store.lookups.live(Kind::Modifiers, id));
    let modifier = modifier.ok_or_else(|| Reply::bad("Invalid modifier"))?;
    let amount = Fields::of(&body)
        .int("amount", i64::MIN, i64::MAX)?
        .flatten();
    let fields = json!({
        "lineItemRef": {"id": id},
        "name": modifier.name(),
        "amount": amount.or(modifier.int("price")).unwrap_or(0),
        "modifier": {"id": modifier.id},
    });
    let entry = Entry {
        id: call.store.random.id(),
        fields: fields.as_object().cloned().unwrap_or_default(),
    };
    let shown = entry.show();
    if let Some(line) = change(call)?.line_mut(id) {
        line.modifications.push(entry);
    }
    Ok(Reply::json(&shown))
}

fn unmodify(call: &mut Call<'_>) -> Answer {
    let (id, entry) = (line(call)?.id, call.id(5));
    let known = line(call)?
        .modifications
        .iter()
        .any(|m| Some(m.id) == entry);
    if !known {
        return Err(Reply::no_resource());
    }
    if let Some(line) = change(call)?.line_mut(id) {
        line.modifications.retain(|m| Some(m.id) != entry);
    }
    Ok(Reply::empty())
}

/// Whether the path is about a line, not the whole order.
fn is_of_line(call: &Call<'_>) -> bool {
    call.path.get(2) == Some(&"line_items")
}

fn discounts(call: &mut Call<'_>) -> Answer {
    let query = call.query("id, name")?;
    let list = if is_of_line(call) {
        &line(call)?.discounts
    } else {
        &order(call)?.discounts
    };
    let page: Vec<Value> = query
        .cut(list.iter())
        .into_iter()
        .map(Entry::show)
        .collect();
    Ok(call.list(page, &query, "id, name"))
}

/// Reads a discount: an amount of at most 0, a percentage, or one of the inventory's.
pub fn read_discount(call: &mut Call<'_>, body: &Map<String, Value>) -> Result<Entry, Reply> {
    let fields = Fields::of(body);
    let mut read = Map::new();
    if let Some(id) = fields.reference("discount")?.flatten() {
        let known = call.store.lookups.live(Kind::Discounts, id);
        let known = known.ok_or_else(|| Reply::bad("discount: there is no such discount"))?;
        read.clone_from(&known.fields);
        read.insert("discount".to_owned(), json!({"id": id}));
    }
    if let Some(name) = fields.text("name", 127)?.flatten() {
        read.insert("name".to_owned(), json!(name));
    }
    for (name, min, max) in [("amount", i64::MIN, 0), ("percentage", 0, 100)] {
        if let Some(n) = fields.int(name, min, max)?.flatten() {
            read.insert(name.to_owned(), json!(n));
        }
    }
    if !read.contains_key("amount") && !read.contains_key("percentage") {
        return Err(Reply::bad("amount or percentage is required"));
    }
    Ok(Entry {
        id: call.store.random.id(),
        fields: read,
    })
}

fn discount(call: &mut Call<'_>) -> Answer {
    let of_line = is_of_line(call);
    let at = if of_line { Some(line(call)?.id) } else { None };
    order(call)?;
    let entry = read_discount(call, &call.body()?)?;
    let shown = entry.show();
    let order = change(call)?;
    match at.and_then(|id| order.line_mut(id)) {
        Some(line) => line.discounts.push(entry),
        None => order.discounts.push(entry),
    }
    Ok(Reply::json(&shown))
}

fn undiscount(call: &mut Call<'_>) -> Answer {
    let at = if is_of_line(call) {
        Some(line(call)?.id)
    } else {
        None
    };
    let wanted = call.id(if at.is_some() { 5 } else { 3 });
    let order = change(call)?;
    let list = match at.and_then(|id| order.lines.iter_mut().find(|line| line.id == id)) {
        Some(line) => &mut line.discounts,
        None => &mut order.discounts,
    };
    let before = list.len();
    list.retain(|entry| Some(entry.id) != wanted);
    if list.len() == before {
        return Err(Reply::no_resource());
    }
    Ok(Reply::empty())
}
