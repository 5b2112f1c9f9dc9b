//! The door of the REST API: bearer, route, permission.

use super::call::{Call, Route};
use super::{associations, atomic, items, lines, lookups, merchant, orders, stock};
use crate::http::reply::{Answer, Reply};
use crate::http::request::Request;
use crate::model::store::MerchantStore;
use crate::query::Expand;
use crate::switches::MenuItemShape;

/// Answers a request outside `/oauth/` and `/__sim/`.
pub fn handle(store: &mut MerchantStore, request: &Request) -> Answer {
    let method = request.method.as_str();
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let ["v3", "merchants", merchant, path @ ..] = segments.as_slice() else {
        return Err(Reply::no_route(method));
    };
    if merchant.is_empty() {
        return Err(Reply::no_merchant());
    }
    if store.switches.require_user_agent && request.header("user-agent").is_none() {
        return Err(Reply::bad("A User-Agent header is required"));
    }
    let now = store.clock.now_ms();
    let is_known = request
        .bearer()
        .is_some_and(|token| store.grants.is_valid(token, now));
    if !is_known || *merchant != store.merchant.id.as_str() {
        return Err(Reply::unauthorized());
    }
    let (permission, handler) = find(method, path).ok_or_else(|| Reply::no_route(method))?;
    let refused = &store.switches.refused_lists;
    let is_refused = path
        .first()
        .is_some_and(|list| refused.iter().any(|r| r == list));
    if is_refused || !store.merchant.allows(permission) {
        return Err(Reply::unauthorized());
    }
    check_expand(store, request)?;
    handler(&mut Call {
        store,
        request,
        path,
    })
}

/// What `expand` nests needs its own permission; one that is missing refuses the whole call.
fn check_expand(store: &MerchantStore, request: &Request) -> Result<(), Reply> {
    let expand = Expand::parse(request, &store.switches)?;
    let is_allowed = |name: &str| match name {
        name if store.switches.refused_expand.iter().any(|r| r == name) => false,
        "menuItem" => store.switches.menu_item != MenuItemShape::Forbidden,
        name => expand_permission(name).is_none_or(|needed| store.merchant.allows(needed)),
    };
    if expand.parts().all(is_allowed) {
        Ok(())
    } else {
        Err(Reply::no_expand())
    }
}

/// The permission that a part of an `expand` path needs; names of no meaning need none.
fn expand_permission(name: &str) -> Option<&'static str> {
    Some(match name {
        "payments" | "payment" | "refunds" | "credits" | "voids" => "PAYMENTS_R",
        "customers" | "emailAddresses" | "phoneNumbers" | "addresses" | "cards" => "CUSTOMERS_R",
        "employee" | "employees" | "owner" => "EMPLOYEES_R",
        "tender" | "tenders" | "orderType" | "orderTypes" | "properties" => "MERCHANT_R",
        "orders" | "lineItems" | "modifications" | "serviceCharge" => "ORDERS_R",
        "item" | "items" | "itemStock" | "itemGroup" | "categories" | "tags" | "options"
        | "attributes" | "taxRates" | "modifierGroups" | "modifiers" => "INVENTORY_R",
        _ => return None,
    })
}

fn find(method: &str, path: &[&str]) -> Option<Route> {
    items::find(method, path)
        .or_else(|| stock::find(method, path))
        .or_else(|| associations::find(method, path))
        .or_else(|| orders::find(method, path))
        .or_else(|| lines::find(method, path))
        .or_else(|| atomic::find(method, path))
        .or_else(|| merchant::find(method, path))
        .or_else(|| lookups::find(method, path))
}
