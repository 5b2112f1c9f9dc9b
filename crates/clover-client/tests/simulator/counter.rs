//! What the till does with an order in addition: its order type, and its print.

use std::sync::Arc;

use clover_client::orders::{self, Create};
use clover_client::prints::{self, Print};
use clover_client::{Error, order_types};
use clover_core::ids::{OrderId, OrderTypeId, PrintEventId};
use clover_core::money::Currency;
use clover_core::order::{OrderPlan, OrderStanding, ShopOrder, order_reference};
use serde_json::{Value, json};

use crate::world::World;

const FOUR: [&str; 4] = ["INVENTORY_R", "INVENTORY_W", "ORDERS_R", "ORDERS_W"];
const CREATE: &str = "POST /v3/merchants/*/orders";
const PRINT: &str = "POST /v3/merchants/*/print_event";

fn grant(world: &World, more: &[&str]) {
    let permissions: Vec<&str> = FOUR.iter().chain(more).copied().collect();
    world.control("/__sim/merchant", &json!({"permissions": permissions}));
}

fn plan() -> Arc<OrderPlan> {
    let order = json!({
        "number": "10234", "order_id": "77", "currency": "USD",
        "customer": {"name": "Ada Lovelace"},
        "lines": [{"name": "Soup", "quantity": "1", "unit_price": "5.00"}],
        "total": "5.00",
    });
    let order = ShopOrder::parse(&order).unwrap();
    let currency = Currency::from_code("USD").unwrap();
    Arc::new(order.plan(currency, OrderStanding::Paid).unwrap())
}

fn create(world: &World, order_type: Option<&str>) -> Result<Create, Error> {
    world.run(orders::create(
        world.api.clone(),
        world.access(),
        plan(),
        order_reference("K3Z9Q", 7).unwrap(),
        order_type.map(|id| OrderTypeId::new(id).unwrap()),
    ))
}

fn created(world: &World) -> OrderId {
    match create(world, None).unwrap() {
        Create::Done(order) => order,
        other => panic!("{other:?}"),
    }
}

fn print(world: &World, order: &OrderId) -> Result<Print, Error> {
    world.run(prints::print(
        world.api.clone(),
        world.access(),
        order.clone(),
    ))
}

fn look(world: &World, event: &PrintEventId) -> Result<Print, Error> {
    world.run(prints::look(
        world.api.clone(),
        world.access(),
        event.clone(),
    ))
}

fn find(world: &World, name: &str) -> Result<Option<OrderTypeId>, Error> {
    world.run(order_types::find(
        world.api.clone(),
        world.access(),
        name.to_owned(),
    ))
}

fn make_type(world: &World, body: &Value) -> String {
    let made = world.control("/__sim/order_types", body);
    made["id"].as_str().unwrap().to_owned()
}

fn printed(world: &World) -> usize {
    world.clover.state()["print_events"]
        .as_array()
        .unwrap()
        .len()
}

#[test]
fn a_print_is_refused_without_a_printer_and_accepted_with_one() {
    let world = World::new();
    let order = created(&world);
    let refused = print(&world, &order).unwrap_err();
    assert!(matches!(refused, Error::Rejected { .. }), "{refused}");
    world.control("/__sim/switches", &json!({"default_printer": true}));
    let Print::Accepted(event) = print(&world, &order).unwrap() else {
        panic!("not accepted");
    };
    assert_eq!(
        look(&world, &event).unwrap(),
        Print::Accepted(event.clone())
    );
    world.control("/__sim/switches", &json!({"printer": "fails"}));
    assert_eq!(look(&world, &event).unwrap(), Print::Failed);
    world.control("/__sim/switches", &json!({"printer": "prints"}));
    assert_eq!(look(&world, &event).unwrap(), Print::Printed);
    assert_eq!(printed(&world), 1);
}

#[test]
fn a_print_without_a_state_is_printed() {
    let world = World::new();
    let event = PrintEventId::new("P5WWTQ44VRY74").unwrap();
    let answer = json!({"code": 200, "body": {"id": event.as_str()}});
    world.fault("GET /v3/merchants/*/print_event/*", 1, "status", answer);
    assert_eq!(look(&world, &event).unwrap(), Print::Printed);
}

#[test]
fn a_lost_response_to_a_print_is_unknown_and_is_not_sent_again() {
    for (effect, more, prints) in [
        ("drop", json!({}), 0),
        ("apply_then_drop", json!({}), 1),
        ("truncate", json!({"bytes": 3}), 1),
        ("garbage", json!({}), 1),
        ("status", json!({"code": 500, "apply": true}), 1),
        ("status", json!({"code": 503}), 0),
        ("status", json!({"code": 200, "body": {}, "apply": true}), 1),
    ] {
        let world = World::new();
        world.control("/__sim/switches", &json!({"default_printer": true}));
        let order = created(&world);
        world.fault(PRINT, 1, effect, more.clone());
        let at = format!("{effect} {more}");
        assert_eq!(print(&world, &order).unwrap(), Print::Unknown, "{at}");
        assert_eq!(printed(&world), prints, "{at}");
        assert_eq!(world.count("print_event"), 1, "{at}");
    }
}

#[test]
fn an_order_type_is_found_by_its_name_and_one_that_the_till_offers_comes_first() {
    let world = World::new();
    grant(&world, &["MERCHANT_R"]);
    assert_eq!(find(&world, "Web").unwrap(), None);
    make_type(&world, &json!({"label": "Web", "isHidden": true}));
    let shown = make_type(&world, &json!({"label": "  wéb "}));
    make_type(&world, &json!({"label": "Pick up"}));
    assert_eq!(find(&world, "WEB").unwrap().unwrap().as_str(), shown);
    assert_eq!(find(&world, "").unwrap(), None);
}

#[test]
fn without_merchant_read_the_permission_is_missing_and_the_token_is_not_suspected() {
    let world = World::new();
    grant(&world, &[]);
    let refused = find(&world, "Web").unwrap_err();
    assert!(matches!(refused, Error::Unauthorized { .. }), "{refused}");
    assert!(!refused.wants_new_token());
    assert_eq!(world.count("order_types"), 1);
    assert_eq!(
        world.count("GET /v3"),
        2,
        "an order proves that the token works"
    );
    world.control("/__sim/tokens", &json!({"do": "expire"}));
    let expired = find(&world, "Web").unwrap_err();
    assert!(expired.wants_new_token(), "{expired}");
}

#[test]
fn an_order_has_its_order_type_or_is_created_without_the_one_that_clover_refuses() {
    let world = World::new();
    grant(&world, &["MERCHANT_R"]);
    let web = make_type(&world, &json!({"label": "Web"}));
    assert!(matches!(
        create(&world, Some(&web)).unwrap(),
        Create::Done(_)
    ));
    assert_eq!(
        world.clover.state()["orders"][0]["orderType"]["id"],
        json!(web)
    );

    let refusal = json!({"code": 400, "body": {"message": "Ada Lovelace has no such type"}});
    world.fault(CREATE, 1, "status", refusal.clone());
    let Create::WithoutType { said, .. } = create(&world, Some(&web)).unwrap() else {
        panic!("not created without it");
    };
    assert!(said.contains("no such type"), "{said}");
    assert!(!said.contains("Ada"), "{said}");
    assert_eq!(world.clover.state()["orders"][1]["orderType"], Value::Null);

    // What is refused without it too is not about the order type.
    world.fault(CREATE, 2, "status", refusal);
    let refused = create(&world, Some(&web)).unwrap_err();
    assert!(matches!(refused, Error::Rejected { .. }), "{refused}");
    world.fault(CREATE, 1, "apply_then_drop", json!({}));
    assert_eq!(create(&world, Some(&web)).unwrap(), Create::Unknown);
    assert_eq!(world.count("POST /v3"), 6);
    assert_eq!(world.clover.state()["orders"].as_array().unwrap().len(), 3);
}
