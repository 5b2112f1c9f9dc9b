//! The door of the REST API: bearer, route, permission; and what all handlers share.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{associations, atomic, items, lookups, merchant, orders, stock};
use crate::http::reply::{Answer, Reply};
use crate::http::request::Request;
use crate::ids::Id;
use crate::model::item_view::ItemStyle;
use crate::model::world::World;
use crate::query::{Expand, ListQuery};
use crate::switches::MenuItemShape;

/// A permission and the handler that needs it.
pub type Route = (&'static str, fn(&mut Call<'_>) -> Answer);

/// One call of the REST API.
pub struct Call<'a> {
    /// Everything there is.
    pub world: &'a mut World,
    /// What was sent.
    pub request: &'a Request,
    /// The path after the merchant.
    pub path: &'a [&'a str],
}

/// Answers a request outside `/oauth/` and `/__sim/`.
pub fn handle(world: &mut World, request: &Request) -> Answer {
    let method = request.method.as_str();
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let ["v3", "merchants", merchant, path @ ..] = segments.as_slice() else {
        return Err(Reply::no_route(method));
    };
    if merchant.is_empty() {
        return Err(Reply::no_merchant());
    }
    if world.switches.require_user_agent && request.header("user-agent").is_none() {
        return Err(Reply::bad("A User-Agent header is required"));
    }
    let now = world.clock.now_ms();
    let is_known = request
        .bearer()
        .is_some_and(|token| world.grants.is_valid(token, now));
    if !is_known || *merchant != world.merchant.id.as_str() {
        return Err(Reply::unauthorized());
    }
    let (permission, handler) = find(method, path).ok_or_else(|| Reply::no_route(method))?;
    if !world.merchant.allows(permission) {
        return Err(Reply::unauthorized());
    }
    check_expand(world, request)?;
    handler(&mut Call {
        world,
        request,
        path,
    })
}

/// What `expand` nests needs its own permission; one that is missing refuses the whole call.
fn check_expand(world: &World, request: &Request) -> Result<(), Reply> {
    let expand = Expand::parse(request, &world.switches)?;
    let is_allowed = |name: &str| match name {
        name if world.switches.refused_expand.iter().any(|r| r == name) => false,
        "menuItem" => world.switches.menu_item != MenuItemShape::Forbidden,
        name => expand_permission(name).is_none_or(|needed| world.merchant.allows(needed)),
    };
    match expand.parts().all(is_allowed) {
        true => Ok(()),
        false => Err(Reply::no_expand()),
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
        .or_else(|| atomic::find(method, path))
        .or_else(|| merchant::find(method, path))
        .or_else(|| lookups::find(method, path))
}

/// A list on the wire.
#[derive(Serialize)]
struct List<T> {
    elements: T,
    href: String,
}

impl Call<'_> {
    /// A part of the path as an id; `None` where it is none, so that nothing has it.
    pub fn id(&self, at: usize) -> Option<Id> {
        self.path.get(at)?.parse().ok()
    }

    /// The body as an object.
    pub fn body(&self) -> Result<Map<String, Value>, Reply> {
        self.request.object()
    }

    /// Reads the list query.
    pub fn query(&self, filters: &str) -> Result<ListQuery, Reply> {
        ListQuery::parse(self.request, filters, &self.world.switches)
    }

    /// Reads `expand`.
    pub fn expand(&self) -> Result<Expand, Reply> {
        Expand::parse(self.request, &self.world.switches)
    }

    /// How items are shown with this `expand`.
    pub fn style<'a>(&'a self, expand: &Expand) -> ItemStyle<'a> {
        let world = &*self.world;
        ItemStyle::new(&world.lookups, &world.merchant, expand, &world.switches)
    }

    /// The `https` URL of the merchant, for the `href` of single objects.
    pub fn base(&self) -> String {
        format!(
            "https://{}/v3/merchants/{}",
            self.host(),
            self.world.merchant.id
        )
    }

    fn host(&self) -> &str {
        self.request.header("host").unwrap_or("localhost")
    }

    /// A page: the elements, and an `href` with the `http` scheme, as recorded.
    pub fn list(&self, elements: impl Serialize, query: &ListQuery, filters: &str) -> Reply {
        let href = format!(
            "http://{}{}?{}",
            self.host(),
            self.request.path,
            query.effective()
        );
        Reply::json(&List { elements, href }).header("X-Clover-Allowed-Filter-Fields", filters)
    }

    /// The ids of a bulk delete: `?itemIds=A,B`.
    pub fn bulk_ids(&self, parameter: &str) -> Result<Vec<Id>, Reply> {
        let list = self
            .request
            .parameter(parameter)
            .filter(|list| !list.is_empty());
        let list = list.ok_or_else(|| Reply::bad(format!("{parameter} is required")))?;
        list.split(',')
            .map(|id| {
                id.trim()
                    .parse()
                    .map_err(|error| Reply::bad(format!("{parameter}: {error}")))
            })
            .collect()
    }
}
