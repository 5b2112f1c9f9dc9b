//! The control plane: what tests see of the simulator and do to it. Not part of Clover.

use serde_json::{Map, Value, json};
use url::Url;

use super::sim_items;
use crate::config::Catalog;
use crate::faults::Fault;
use crate::http::reply::{Answer, Reply};
use crate::http::request::Request;
use crate::model::fields::Fields;
use crate::model::item_view::ItemStyle;
use crate::model::order::Entry;
use crate::model::rules::Kind;
use crate::model::store::MerchantStore;
use crate::query::Expand;
use crate::shared::Shared;
use crate::switches::{MenuItemShape, Switches};
use crate::webhooks::{Change, Registration};

/// Ten years: enough for every lifetime, and no overflow.
const MAX_ADVANCE_S: i64 = 10 * 365 * 24 * 3600;

/// Where a webhook is registered: its verification is waited for.
pub const WEBHOOK: &str = "/__sim/webhook";

/// Answers a request under `/__sim/`.
pub fn handle(shared: &Shared, request: &Request) -> Reply {
    route(shared, request).unwrap_or_else(|refusal| refusal)
}

fn route(shared: &Shared, request: &Request) -> Answer {
    let method = request.method.as_str();
    let segments = request.segments();
    let path: Vec<&str> = segments.iter().skip(1).map(String::as_str).collect();
    match (method, path.as_slice()) {
        ("GET", ["state"]) => Ok(state(&shared.store())),
        ("GET", ["requests"]) => requests(shared, request),
        ("POST", ["reset"]) => reset(shared, &request.object()?),
        ("POST", ["items"]) => sim_items::create(&mut shared.store(), &request.object()?),
        ("POST", ["items", id]) => sim_items::edit(&mut shared.store(), id, &request.object()?),
        ("DELETE", ["items", id]) => sim_items::delete(&mut shared.store(), id),
        ("POST", ["stock", id]) => {
            sim_items::set_stock(&mut shared.store(), id, &request.object()?)
        }
        ("POST", ["refund"]) => sim_items::refund(&mut shared.store(), &request.object()?),
        ("POST", ["void"]) => sim_items::void(&mut shared.store(), &request.object()?),
        ("POST", ["order_types"]) => order_type(&mut shared.store(), &request.object()?),
        ("POST", ["sale"]) => sim_items::sell(&mut shared.store(), &request.object()?),
        ("POST", ["merchant"]) => merchant(&mut shared.store(), &request.object()?),
        ("GET", ["switches"]) => Ok(Reply::json(&shared.store().switches)),
        ("POST", ["switches"]) => switches(shared, request.object()?),
        ("GET", ["faults"]) => Ok(Reply::json(&shared.store().faults.show())),
        ("POST", ["faults"]) => faults(&mut shared.store(), request.json()?),
        ("DELETE", ["faults"]) => {
            shared.store().faults.clear();
            Ok(Reply::empty())
        }
        ("GET", ["held"]) => Ok(Reply::json(&shared.held.show())),
        ("POST", ["release"]) => Ok(Reply::json(&json!({"released": shared.held.release()}))),
        ("POST", ["clock"]) => clock(&mut shared.store(), &request.object()?),
        ("POST", ["tokens"]) => tokens(&mut shared.store(), &request.object()?),
        ("POST", ["webhook"]) => webhook(&mut shared.store(), &request.object()?),
        _ => Err(Reply::no_route(method)),
    }
}

fn state(store: &MerchantStore) -> Reply {
    let all = Expand::of(&[
        "categories",
        "tags",
        "options",
        "taxRates",
        "modifierGroups",
        "itemStock",
    ]);
    let switches = Switches {
        menu_item: MenuItemShape::Always,
        ..Switches::default()
    };
    let style = ItemStyle::new(&store.lookups, &store.merchant, &all, &switches);
    let items: Vec<_> = store
        .items
        .oldest_first()
        .map(|item| style.show(item))
        .collect();
    let stock: Map<String, Value> = store
        .items
        .iter()
        .map(|item| {
            (
                item.id.to_string(),
                json!(item.stock.map(|stock| stock.quantity)),
            )
        })
        .collect();
    let base = format!("https://localhost/v3/merchants/{}", store.merchant.id);
    let whole = MerchantStore::full_order().uncut();
    let orders: Vec<Value> = store
        .orders
        .oldest_first()
        .filter(|order| !order.is_history)
        .map(|order| order.show(&base, &store.lookups, &whole))
        .collect();
    let prints = store.print_events.oldest_first();
    Reply::json(&json!({
        "merchant_id": store.merchant.id,
        "items": items,
        "stock": stock,
        "orders": orders,
        "print_events": prints.map(Entry::show).collect::<Vec<_>>(),
        "tokens": store.grants.state(store.clock.now_ms()),
        "webhook": store.hooks.state(),
    }))
}

fn requests(shared: &Shared, request: &Request) -> Answer {
    let since = match request.parameter("since") {
        None => 0,
        Some(text) => text
            .parse()
            .map_err(|_| Reply::bad("since must be a whole number"))?,
    };
    Ok(Reply::json(&shared.journal.since(since)))
}

fn reset(shared: &Shared, body: &Map<String, Value>) -> Answer {
    let fields = Fields::strict(body);
    fields.only(&["catalog"])?;
    let catalog: Option<Catalog> = match fields.text("catalog", 4096)?.flatten() {
        None => None,
        Some(text) => Some(
            text.parse()
                .map_err(|error| Reply::bad(format!("catalog: {error}")))?,
        ),
    };
    shared
        .reset(catalog)
        .map_err(|error| Reply::bad(format!("catalog: {error}")))?;
    Ok(Reply::json(
        &json!({"merchant_id": shared.store().merchant.id}),
    ))
}

/// An order type, as the owner makes it on Clover's dashboard.
fn order_type(store: &mut MerchantStore, body: &Map<String, Value>) -> Answer {
    let fields = store.lookups.read(Kind::OrderTypes, body, true)?;
    let id = store.add_fields(Kind::OrderTypes, fields);
    Ok(Reply::json(&json!({"id": id})))
}

fn merchant(store: &mut MerchantStore, body: &Map<String, Value>) -> Answer {
    let fields = Fields::strict(body);
    fields.only(&[
        "name",
        "currency",
        "vat",
        "trackStock",
        "updateStock",
        "permissions",
    ])?;
    let mut changed = store.merchant.clone();
    if let Some(list) = fields.texts("permissions")? {
        changed.set_permissions(list)?;
    }
    if let Some(name) = fields.text("name", 127)?.flatten() {
        changed.name = name;
    }
    // Checked in full before anything changes.
    changed.clone().change(fields, "currency")?;
    store.merchant = changed;
    store.change_merchant(fields, "currency")?;
    let merchant = &store.merchant;
    Ok(Reply::json(&json!({
        "merchant_id": merchant.id,
        "name": merchant.name,
        "currency": merchant.currency,
        "vat": merchant.vat,
        "trackStock": merchant.track_stock,
        "updateStock": merchant.update_stock,
        "permissions": merchant.permissions,
    })))
}

fn switches(shared: &Shared, mut body: Map<String, Value>) -> Answer {
    let mut store = shared.store();
    // The permission set stands among the switches too.
    let permissions = body.remove("permissions");
    let switches = store.switches.patched(&body).map_err(Reply::bad)?;
    if let Some(permissions) = permissions {
        let map = Map::from_iter([("permissions".to_owned(), permissions)]);
        merchant(&mut store, &map)?;
    }
    shared.follow_switches(&switches);
    store.switches = switches;
    Ok(Reply::json(&store.switches))
}

fn faults(store: &mut MerchantStore, body: Value) -> Answer {
    let list = match body {
        Value::Array(list) => list,
        Value::Object(_) => vec![body],
        _ => return Err(Reply::bad("The body must be a list of faults")),
    };
    let mut faults = Vec::with_capacity(list.len());
    for (at, fault) in list.iter().enumerate() {
        let map = fault
            .as_object()
            .ok_or_else(|| Reply::bad(format!("[{at}] must be an object")))?;
        faults.push(Fault::read(map)?);
    }
    store.faults.append(faults);
    Ok(Reply::json(&store.faults.show()))
}

fn clock(store: &mut MerchantStore, body: &Map<String, Value>) -> Answer {
    let fields = Fields::strict(body);
    fields.only(&["advance_s"])?;
    let seconds = fields.int("advance_s", 0, MAX_ADVANCE_S)?.flatten();
    store
        .clock
        .advance_s(seconds.ok_or_else(|| Reply::bad("advance_s is required"))?);
    Ok(Reply::json(&json!({"now": store.clock.now_ms()})))
}

fn tokens(store: &mut MerchantStore, body: &Map<String, Value>) -> Answer {
    let fields = Fields::strict(body);
    fields.only(&["do"])?;
    let now = store.clock.now_ms();
    match fields.text("do", 20)?.flatten().as_deref() {
        Some("revoke") => store.grants.revoke(),
        Some("expire") => store.grants.expire(now),
        Some("make_api_token") => {
            let token = store.grants.new_api_token();
            return Ok(Reply::json(&json!({"api_token": token})));
        }
        Some("revoke_api_tokens") => store.grants.revoke_api_tokens(),
        Some(word @ ("uninstall" | "install")) => {
            let installs = word == "install";
            let app = store.grants.app_id.clone();
            let change = if installs {
                Change::Create
            } else {
                Change::Delete
            };
            if store.hooks.wants("A", &store.merchant, &store.switches) {
                store.hooks.push("A", &app, change, now, &[]);
            }
            store.grants.install(installs);
        }
        _ => {
            return Err(Reply::bad(
                "do must be revoke, expire, uninstall, install, make_api_token or \
                 revoke_api_tokens",
            ));
        }
    }
    Ok(Reply::json(&store.grants.state(now)))
}

fn webhook(store: &mut MerchantStore, body: &Map<String, Value>) -> Answer {
    let fields = Fields::strict(body);
    fields.only(&["url", "auth_code", "verify"])?;
    let text = fields.text("url", 2000)?.flatten().unwrap_or_default();
    let is_local = |url: &Url| {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let is_loopback = host
            .parse()
            .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        url.scheme() == "http" && (is_loopback || host == "localhost")
    };
    let url = Url::parse(&text).ok().filter(is_local);
    let registration = Registration {
        url: url.ok_or_else(|| Reply::bad("url must be an http URL on a loopback address"))?,
        auth_code: fields.text("auth_code", 255)?.flatten().unwrap_or_default(),
        verification_code: store.random.uuid(),
    };
    let is_header = hyper::header::HeaderValue::from_str(&registration.auth_code).is_ok();
    if !is_header {
        return Err(Reply::bad(
            "auth_code must be plain text that a header can hold",
        ));
    }
    let verify = fields.flag("verify")?.flatten().unwrap_or(false);
    store.hooks.register(registration, verify);
    Ok(Reply::json(&store.hooks.state()))
}
