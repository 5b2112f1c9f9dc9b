//! Order pushes: after any fault there is exactly one order, with the sums of the shop.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clover_client::orders::{self, Create, Fill, Pay};
use clover_client::permission::{MERCHANT_READ, PAYMENTS_WRITE};
use clover_client::{Access, Api, Error, Hosts, Policy, RateLimit, RateLimiter};
use clover_core::ids::OrderId;
use clover_core::money::Currency;
use clover_core::order::{OrderPlan, OrderReference, OrderStanding, ShopOrder, order_reference};
use clover_simulator::{Config, Limits};
use serde_json::{Value, json};

use crate::world::{WITHOUT_LISTENER, World, quick};

const EMAIL: &str = "ada@example.org";
const FOUR: [&str; 4] = ["INVENTORY_R", "INVENTORY_W", "ORDERS_R", "ORDERS_W"];

/// Ways in which the response to a write can be lost; in half of them the write is carried out.
pub fn faults() -> [(&'static str, Value); 6] {
    [
        ("drop", json!({})),
        ("apply_then_drop", json!({})),
        ("truncate", json!({"bytes": 3})),
        ("garbage", json!({})),
        ("status", json!({"code": 500, "apply": true})),
        ("status", json!({"code": 503})),
    ]
}

/// A Clover without rate limits, so that many calls take no time.
pub fn world() -> World {
    let config = Config {
        limits: Limits::Off,
        ..Config::default()
    };
    let mut world = World::with(config, quick());
    let share = RateLimit {
        per_second: 100_000,
        ..RateLimit::default()
    };
    world.api = Api::new(world.api.hosts().clone(), RateLimiter::new(share), quick()).unwrap();
    world
}

fn grant(world: &World, more: &[&str]) {
    let permissions: Vec<&str> = FOUR.iter().chain(more).copied().collect();
    world.control("/__sim/merchant", &json!({"permissions": permissions}));
}

fn plan_of(lines: &Value, discounts: &Value, total: &str) -> Arc<OrderPlan> {
    let order = json!({
        "number": "10234", "order_id": "77", "currency": "USD",
        "customer": {"name": "Ada Lovelace", "email": EMAIL}, "note": "Ring twice",
        "lines": lines,
        "charges": [{"name": "Shipping", "amount": "5.00"}, {"name": "Tax", "amount": "1.23"}],
        "discounts": discounts, "total": total,
    });
    let order = ShopOrder::parse(&order).unwrap();
    Arc::new(
        order
            .plan(Currency::from_code("USD").unwrap(), OrderStanding::Paid)
            .unwrap(),
    )
}

/// Three bulk writes, two discounts.
fn plan() -> Arc<OrderPlan> {
    let lines = json!([
        {"name": "Nail", "sku": "N-1", "quantity": "240", "unit_price": "0.12"},
        {"name": "Third", "sku": "", "quantity": "10", "unit_price": "3.33333"},
    ]);
    let discounts =
        json!([{"name": "Coupon", "amount": "4.00"}, {"name": "Points", "amount": "1.50"}]);
    plan_of(&lines, &discounts, "62.86")
}

pub fn mark(number: u64) -> OrderReference {
    order_reference("K3Z9Q", number).unwrap()
}

fn create(world: &World, plan: &Arc<OrderPlan>, mark: &OrderReference) -> Result<Create, Error> {
    world.run(orders::create(
        world.api.clone(),
        world.access(),
        Arc::clone(plan),
        mark.clone(),
        None,
    ))
}

fn find(world: &World, mark: &OrderReference) -> Vec<OrderId> {
    let found = orders::find(world.api.clone(), world.access(), mark.clone());
    world.run(found).unwrap()
}

pub fn fill(world: &World, plan: &Arc<OrderPlan>, order: &OrderId) -> Result<Fill, Error> {
    world.run(orders::fill(
        world.api.clone(),
        world.access(),
        Arc::clone(plan),
        order.clone(),
    ))
}

fn pay(
    world: &World,
    plan: &Arc<OrderPlan>,
    order: &OrderId,
    mark: &OrderReference,
) -> Result<Pay, Error> {
    world.run(orders::pay(
        world.api.clone(),
        world.access(),
        Arc::clone(plan),
        order.clone(),
        mark.clone(),
    ))
}

pub fn created(world: &World, plan: &Arc<OrderPlan>, mark: &OrderReference) -> OrderId {
    match create(world, plan, mark).unwrap() {
        Create::Done(order) => order,
        other => panic!("{other:?}"),
    }
}

/// The caller's steps: after a missing response it searches, and creates again only if it finds
/// no order.
pub fn pushed(world: &World, plan: &Arc<OrderPlan>, mark: &OrderReference) -> OrderId {
    let order = loop {
        match create(world, plan, mark).unwrap() {
            Create::Done(order) | Create::WithoutType { order, .. } => break order,
            Create::Unknown => match find(world, mark).as_slice() {
                [order] => break order.clone(),
                [] => {}
                more => panic!("{more:?}"),
            },
        }
    };
    filled(world, plan, &order);
    order
}

pub fn filled(world: &World, plan: &Arc<OrderPlan>, order: &OrderId) {
    for _ in 0..3 {
        match fill(world, plan, order).unwrap() {
            Fill::Done => return,
            Fill::Unknown => {}
            other => panic!("{other:?}"),
        }
    }
    panic!("no end");
}

pub fn post(world: &World, path: &str, body: &Value) -> Value {
    let body = Bytes::from(body.to_string());
    let write = world.api.post(&world.access(), path, body);
    world.run(write).unwrap().json().unwrap()
}

/// Deletes what another program would: the client never does.
fn delete(world: &World, path: &str) {
    let Access { merchant, token } = world.access();
    let url = format!("{}/v3/merchants/{merchant}/{path}", world.clover.base_url());
    let other = reqwest::Client::builder()
        .user_agent("another-program/1.0")
        .no_proxy()
        .build()
        .unwrap();
    let request = other.delete(url).bearer_auth(token.secret());
    assert_eq!(world.run(request.send()).unwrap().status(), 200);
}

pub fn orders_of(world: &World) -> Vec<Value> {
    world.clover.state()["orders"].as_array().unwrap().clone()
}

/// Asserts that there is exactly one order, and that it matches the plan.
fn assert_pushed_once(world: &World, plan: &OrderPlan, mark: &OrderReference, at: &str) -> Value {
    let all = orders_of(world);
    assert_eq!(all.len(), 1, "{at}");
    assert_is_planned(&all[0], plan, mark, at);
    all[0].clone()
}

fn assert_is_planned(order: &Value, plan: &OrderPlan, mark: &OrderReference, at: &str) {
    let elements = |field: &str| order[field]["elements"].as_array().unwrap().clone();
    let (lines, discounts) = (elements("lineItems"), elements("discounts"));
    let shown = |entry: &Value, amount: &str| {
        (
            entry["name"].as_str().unwrap().to_owned(),
            entry[amount].as_i64().unwrap(),
        )
    };
    let pieces: Vec<_> = lines.iter().map(|line| shown(line, "price")).collect();
    let planned = plan.pieces().iter().map(|p| (p.name.clone(), p.price.0));
    assert_eq!(pieces, planned.collect::<Vec<_>>(), "{at}");
    let off: Vec<_> = discounts.iter().map(|d| shown(d, "amount")).collect();
    let planned = plan
        .discounts()
        .iter()
        .map(|d| (d.name.clone(), d.amount.0));
    assert_eq!(off, planned.collect::<Vec<_>>(), "{at}");
    let sum: i64 = pieces.iter().chain(&off).map(|(_, amount)| amount).sum();
    assert_eq!(
        (json!(sum), json!(plan.total().0)),
        (order["total"].clone(), order["total"].clone()),
        "{at}"
    );
    assert!(lines.iter().all(|line| line.get("item").is_none()), "{at}");
    assert_eq!(order["externalReferenceId"], json!(mark), "{at}");
}

#[test]
fn a_web_order_arrives_once_and_adds_up() {
    let world = world();
    let (plan, mark) = (plan(), mark(10_234));
    assert_eq!(plan.pieces().len(), 253);
    let order = pushed(&world, &plan, &mark);
    let shown = assert_pushed_once(&world, &plan, &mark, "");
    assert_eq!(shown["id"], json!(order));
    assert_eq!(
        (&shown["title"], &shown["state"], &shown["taxRemoved"]),
        (&json!("PAID ONLINE 10234"), &json!("open"), &json!(true))
    );
    assert!(shown["note"].as_str().unwrap().contains(EMAIL));
    assert_eq!(shown["lineItems"]["elements"][0]["note"], "SKU N-1");
    assert_eq!(world.count("bulk_line_items"), 3);
    assert_eq!(find(&world, &mark), [order]);
    assert!(find(&world, &self::mark(10_235)).is_empty());
    // One create, three bulk writes, two discounts: the create contains the total.
    assert_eq!(world.count("POST /v3"), 6);
    println!("{} requests in all", world.count("/v3/"));
}

#[test]
fn filling_an_order_that_is_complete_writes_nothing() {
    let world = world();
    let (plan, mark) = (plan(), mark(1));
    let order = pushed(&world, &plan, &mark);
    let (writes, reads) = (world.count("POST /v3"), world.count("GET /v3"));
    assert_eq!(fill(&world, &plan, &order).unwrap(), Fill::Done);
    assert_eq!(world.count("POST /v3"), writes);
    assert_eq!(world.count("GET /v3"), reads + 3);
}

#[test]
fn an_order_of_2400_pieces_is_read_over_several_pages() {
    let world = world();
    let lines = json!([{"name": "Nail", "quantity": "2400", "unit_price": "0.01"}]);
    let plan = plan_of(&lines, &json!([]), "30.23");
    let mark = mark(2);
    let order = pushed(&world, &plan, &mark);
    assert_pushed_once(&world, &plan, &mark, "");
    assert_eq!(fill(&world, &plan, &order).unwrap(), Fill::Done);
    assert!(world.count("offset=2000") >= 1);
    // An additional piece is also found after the last full page.
    post(
        &world,
        &format!("orders/{order}/line_items"),
        &json!({"name": "x", "price": 1}),
    );
    assert!(matches!(
        fill(&world, &plan, &order).unwrap(),
        Fill::Differs { .. }
    ));
}

#[test]
fn a_lost_response_to_the_create_causes_no_second_order() {
    for (effect, more) in faults() {
        let world = world();
        let (plan, mark) = (plan(), mark(3));
        world.fault("POST /v3/merchants/*/orders", 1, effect, more.clone());
        assert_eq!(create(&world, &plan, &mark).unwrap(), Create::Unknown);
        if let [order] = find(&world, &mark).as_slice() {
            filled(&world, &plan, order);
        } else {
            pushed(&world, &plan, &mark);
        }
        assert_pushed_once(&world, &plan, &mark, &format!("{effect} {more}"));
    }
}

#[test]
fn a_response_without_an_id_is_an_unknown_create() {
    let world = world();
    let more = json!({"code": 200, "body": {}, "apply": true});
    world.fault("POST /v3/merchants/*/orders", 1, "status", more);
    assert_eq!(create(&world, &plan(), &mark(4)).unwrap(), Create::Unknown);
    assert_eq!(find(&world, &mark(4)).len(), 1);
}

#[test]
fn a_lost_response_while_filling_duplicates_no_piece_and_no_discount() {
    let targets = [
        ("bulk_line_items", 0),
        ("bulk_line_items", 1),
        ("bulk_line_items", 2),
        ("discounts", 0),
        ("discounts", 1),
    ];
    for (effect, more) in faults() {
        for (below, skip) in targets {
            let world = world();
            let (plan, mark) = (plan(), mark(5));
            let order = created(&world, &plan, &mark);
            let mut more = more.clone();
            more["skip"] = json!(skip);
            let rule = format!("POST /v3/merchants/*/orders/*/{below}");
            world.fault(&rule, 1, effect, more.clone());
            let at = format!("{effect} {more} {below}");
            assert_eq!(fill(&world, &plan, &order).unwrap(), Fill::Unknown, "{at}");
            filled(&world, &plan, &order);
            assert_pushed_once(&world, &plan, &mark, &at);
        }
    }
}

#[test]
fn a_lost_response_to_the_total_leaves_the_total_right() {
    for (effect, more) in faults() {
        let world = world();
        let (plan, mark) = (plan(), mark(6));
        let order = pushed(&world, &plan, &mark);
        let body = json!({"total": 1, "state": null});
        post(&world, &format!("orders/{order}"), &body);
        world.fault("POST /v3/merchants/*/orders/*", 1, effect, more.clone());
        assert_eq!(fill(&world, &plan, &order).unwrap(), Fill::Unknown);
        filled(&world, &plan, &order);
        let shown = assert_pushed_once(&world, &plan, &mark, &format!("{effect} {more}"));
        assert_eq!(shown["state"], "open");
    }
}

#[test]
fn a_lost_response_to_the_payment_causes_no_second_payment() {
    for (effect, more) in faults() {
        let world = world();
        grant(&world, &["MERCHANT_R", "PAYMENTS_W"]);
        let (plan, mark) = (plan(), mark(7));
        let order = pushed(&world, &plan, &mark);
        let rule = "POST /v3/merchants/*/orders/*/payments";
        world.fault(rule, 1, effect, more.clone());
        let at = format!("{effect} {more}");
        assert_eq!(
            pay(&world, &plan, &order, &mark).unwrap(),
            Pay::Unknown,
            "{at}"
        );
        for _ in 0..2 {
            assert_eq!(
                pay(&world, &plan, &order, &mark).unwrap(),
                Pay::Recorded,
                "{at}"
            );
        }
        let shown = assert_pushed_once(&world, &plan, &mark, &at);
        let payments = shown["payments"]["elements"].as_array().unwrap();
        assert_eq!(payments.len(), 1, "{at}");
        let payment = &payments[0];
        assert_eq!(payment["amount"], json!(plan.total()));
        assert_eq!(payment["externalPaymentId"], json!(mark));
        assert_eq!(shown["paymentState"], "PAID");
        // A paid order that is complete is done.
        assert_eq!(fill(&world, &plan, &order).unwrap(), Fill::Done);
    }
}

#[test]
fn an_order_that_is_not_searchable_yet_is_found_later() {
    let world = world();
    world.control(
        "/__sim/switches",
        &json!({"external_ref_search_lag": 60_000}),
    );
    let (plan, mark) = (plan(), mark(8));
    world.fault(
        "POST /v3/merchants/*/orders",
        1,
        "apply_then_drop",
        json!({}),
    );
    assert_eq!(create(&world, &plan, &mark).unwrap(), Create::Unknown);
    assert!(find(&world, &mark).is_empty());
    world.control("/__sim/clock", &json!({"advance_s": 61}));
    let [order] = &find(&world, &mark)[..] else {
        panic!("not found")
    };
    filled(&world, &plan, order);
    assert_pushed_once(&world, &plan, &mark, "");
}

#[test]
fn an_order_of_another_reference_is_ignored() {
    let world = world();
    let body = json!({"elements": [
        {"id": "STRANGER00001", "externalReferenceId": "OTHER1"},
        {"id": "DELETED000001", "externalReferenceId": "K3Z9Q9",
         "deletedTimestamp": 1_770_000_000_000_i64},
        {"id": "OURS000000001", "externalReferenceId": "K3Z9Q9"},
    ]});
    let more = json!({"code": 200, "body": body});
    world.fault("GET /v3/merchants/*/orders", 1, "status", more);
    let found: Vec<String> = find(&world, &mark(9)).into_iter().map(Into::into).collect();
    assert_eq!(found, ["OURS000000001"]);
}

#[test]
fn an_order_that_a_list_shows_without_its_reference_is_ours_only_if_it_has_it() {
    let world = world();
    let (plan, mark) = (plan(), mark(9));
    let ours = created(&world, &plan, &mark);
    let till = post(&world, "orders", &json!({"state": "open"}));
    let body = json!({"elements": [
        {"id": till["id"]}, {"id": ours}, {"id": "GONE000000001"},
    ]});
    let more = json!({"code": 200, "body": body});
    world.fault("GET /v3/merchants/*/orders", 1, "status", more);
    assert_eq!(find(&world, &mark), [ours]);
}

#[test]
fn a_deleted_order_that_clover_still_shows_is_not_paid() {
    let world = world();
    grant(&world, &["MERCHANT_R", "PAYMENTS_W"]);
    let (plan, mark) = (plan(), mark(12));
    let order = pushed(&world, &plan, &mark);
    let mut body = orders_of(&world)[0].clone();
    body["deletedTimestamp"] = json!(1_770_000_000_000_i64);
    let rule = format!("GET /v3/merchants/*/orders/{order}");
    world.fault(&rule, 1, "status", json!({"code": 200, "body": body}));
    let error = pay(&world, &plan, &order, &mark).unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    assert_eq!(world.count("/payments"), 0);
}

#[test]
fn an_order_changed_by_another_program_is_not_written() {
    type Meddle = fn(&World, &OrderId);
    let meddles: [Meddle; 5] = [
        |world, order| {
            let line = json!({"name": "Coffee", "price": 300});
            post(world, &format!("orders/{order}/line_items"), &line);
        },
        |world, order| {
            let off = json!({"name": "Friend", "amount": -1});
            post(world, &format!("orders/{order}/discounts"), &off);
        },
        |world, order| {
            let off = json!({"name": "Half", "percentage": 50});
            post(world, &format!("orders/{order}/discounts"), &off);
        },
        |world, order| {
            let lines = vec![json!({"name": "Coffee", "price": 12}); 100];
            let path = format!("orders/{order}/bulk_line_items");
            post(world, &path, &json!({"items": lines}));
            post(world, &path, &json!({"items": &lines[..99]}));
        },
        |world, order| {
            grant(world, &["MERCHANT_R", "PAYMENTS_W"]);
            let mark = mark(1);
            assert_eq!(pay(world, &plan(), order, &mark).unwrap(), Pay::Recorded);
        },
    ];
    for (n, meddle) in meddles.into_iter().enumerate() {
        let world = world();
        let plan = plan();
        let order = created(&world, &plan, &mark(10));
        meddle(&world, &order);
        let writes = world.count("POST /v3");
        let outcome = fill(&world, &plan, &order).unwrap();
        assert!(matches!(outcome, Fill::Differs { .. }), "{n}: {outcome:?}");
        assert_eq!(world.count("POST /v3"), writes, "{n}");
    }
}

#[test]
fn a_piece_that_another_program_removes_is_not_added_again() {
    let world = world();
    let plan = plan();
    let order = pushed(&world, &plan, &mark(11));
    let line = orders_of(&world)[0]["lineItems"]["elements"][7]["id"].clone();
    delete(
        &world,
        &format!("orders/{order}/line_items/{}", line.as_str().unwrap()),
    );
    let Fill::Differs { message } = fill(&world, &plan, &order).unwrap() else {
        panic!("not seen")
    };
    assert!(message.contains("252 line items"), "{message}");
}

#[test]
fn a_deleted_order_is_missing_and_is_not_created_again() {
    let world = world();
    let (plan, mark) = (plan(), mark(12));
    let order = created(&world, &plan, &mark);
    delete(&world, &format!("orders/{order}"));
    assert_eq!(fill(&world, &plan, &order).unwrap(), Fill::Missing);
    assert!(find(&world, &mark).is_empty());
    let error = pay(&world, &plan, &order, &mark).unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    assert_eq!(orders_of(&world).len(), 1);
}

#[test]
fn a_refused_token_stops_the_fill_and_a_new_one_continues_it() {
    let world = world();
    let (plan, mark) = (plan(), mark(13));
    let order = created(&world, &plan, &mark);
    world.fault(
        "POST /v3/merchants/*/orders/*/bulk_line_items",
        1,
        "status",
        json!({"code": 401, "skip": 1}),
    );
    let error = fill(&world, &plan, &order).unwrap_err();
    assert!(error.wants_new_token(), "{error}");
    world.replace().unwrap();
    filled(&world, &plan, &order);
    assert_pushed_once(&world, &plan, &mark, "");
}

#[test]
fn nothing_is_created_without_orders_write_and_nothing_is_sent_without_a_connection() {
    let world = world();
    world.control(
        "/__sim/merchant",
        &json!({"permissions": ["INVENTORY_R", "ORDERS_R"]}),
    );
    let error = create(&world, &plan(), &mark(14)).unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }), "{error}");
    let hosts = Hosts::overridden(WITHOUT_LISTENER).unwrap();
    let nowhere = Api::new(hosts, RateLimiter::new(RateLimit::default()), quick()).unwrap();
    let call = orders::create(nowhere, world.access(), plan(), mark(14), None);
    let error = world.run(call).unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert!(orders_of(&world).is_empty());
}

#[test]
fn a_create_that_is_rate_limited_for_too_long_was_certainly_not_carried_out() {
    let mut world = world();
    world.api = world.api.with_policy(Policy {
        elapsed: Duration::from_millis(300),
        ..quick()
    });
    world.fault(
        "POST /v3/merchants/*/orders",
        1,
        "status",
        json!({"code": 429, "retry_after": 9}),
    );
    let error = create(&world, &plan(), &mark(15)).unwrap_err();
    assert!(matches!(error, Error::Throttled { .. }), "{error}");
    assert!(orders_of(&world).is_empty());
}

#[test]
fn a_refusal_that_repeats_the_customers_data_is_redacted() {
    let world = world();
    let body =
        json!({"message": format!("Invalid note: Customer: Ada Lovelace <{EMAIL}>, Ring twice")});
    let more = json!({"code": 400, "body": body});
    world.fault("POST /v3/merchants/*/orders", 1, "status", more);
    let error = create(&world, &plan(), &mark(16)).unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("Invalid note"), "{text}");
    for private in [EMAIL, "Lovelace", "Ring"] {
        assert!(!text.contains(private), "{text}");
    }
}

#[test]
fn pay_needs_two_more_permissions_and_names_the_missing_one() {
    let world = world();
    let (plan, mark) = (plan(), mark(17));
    let order = pushed(&world, &plan, &mark);
    let granted = |more: &[&str]| {
        grant(&world, more);
        pay(&world, &plan, &order, &mark).unwrap()
    };
    let refused = |permission| Pay::NotGranted { permission };
    assert_eq!(granted(&[]), refused(MERCHANT_READ));
    assert_eq!(granted(&["PAYMENTS_W"]), refused(MERCHANT_READ));
    assert_eq!(granted(&["MERCHANT_R"]), refused(PAYMENTS_WRITE));
    assert_eq!(world.tokens("refreshes"), 0);
    assert_eq!(granted(&["MERCHANT_R", "PAYMENTS_W"]), Pay::Recorded);
    let post = format!(
        "POST /v3/merchants/{}/orders/{order}/payments",
        world.clover.merchant_id()
    );
    let posts = world.count(&post);
    assert!(posts > 0);
    assert_eq!(granted(&["MERCHANT_R", "PAYMENTS_W"]), Pay::Recorded);
    assert_eq!(world.count(&post), posts);
}

#[test]
fn an_order_with_another_payment_is_not_paid_again() {
    let world = world();
    grant(&world, &["MERCHANT_R", "PAYMENTS_W"]);
    let (plan, mark) = (plan(), mark(18));
    let order = pushed(&world, &plan, &mark);
    let tenders = world.run(world.api.get(&world.access(), "tenders", &[]));
    let tenders: Value = tenders.unwrap().json().unwrap();
    let cash = tenders["elements"][0]["id"].clone();
    let body = json!({"tender": {"id": cash}, "amount": 1});
    post(&world, &format!("orders/{order}/payments"), &body);
    assert_eq!(pay(&world, &plan, &order, &mark).unwrap(), Pay::AlreadyPaid);
    // Also if Clover hides the payments from an app without Payments Read.
    let more = json!({"code": 401});
    let rule = "GET /v3/merchants/*/orders/*/payments";
    world.fault(rule, 1, "status", more);
    assert_eq!(pay(&world, &plan, &order, &mark).unwrap(), Pay::AlreadyPaid);
    let payments = orders_of(&world)[0]["payments"]["elements"].clone();
    assert_eq!(payments.as_array().unwrap().len(), 1);
}

#[test]
fn an_order_is_not_paid_without_external_payments_or_with_a_zero_total() {
    let world = world();
    grant(&world, &["MERCHANT_R", "PAYMENTS_W"]);
    let plan = plan();
    let order = created(&world, &plan, &mark(19));
    let body = json!({"elements": [
        {"id": "T1", "labelKey": "com.clover.tender.cash", "enabled": true},
        {"id": "T2", "labelKey": "com.clover.tender.external_payment", "enabled": false},
        {"id": "T3"},
    ]});
    let more = json!({"code": 200, "body": body});
    world.fault("GET /v3/merchants/*/tenders", 1, "status", more);
    assert_eq!(
        pay(&world, &plan, &order, &mark(19)).unwrap(),
        Pay::NoTender
    );

    let gift = plan_of(
        &json!([]),
        &json!([{"name": "Gift", "amount": "6.23"}]),
        "0",
    );
    let order = pushed(&world, &gift, &mark(20));
    let calls = world.count("/v3/");
    assert_eq!(
        pay(&world, &gift, &order, &mark(20)).unwrap(),
        Pay::NothingToPay
    );
    assert_eq!(world.count("/v3/"), calls);
    assert_is_planned(&orders_of(&world)[1], &gift, &mark(20), "");
}

#[test]
fn clover_subtracts_no_stock_for_unlinked_lines() {
    for when in ["on_payment", "on_line_item"] {
        let world = world();
        grant(&world, &["MERCHANT_R", "PAYMENTS_W"]);
        world.control(
            "/__sim/merchant",
            &json!({"trackStock": true, "updateStock": true}),
        );
        world.control("/__sim/switches", &json!({"order_decrements_stock": when}));
        let item = json!({"name": "Mug", "price": 1499, "sku": "MUG-1", "quantity": 10});
        let item = world.control("/__sim/items", &item)["id"].clone();
        let stock = || world.clover.state()["stock"][item.as_str().unwrap()].clone();

        let lines =
            json!([{"name": "Mug", "sku": "MUG-1", "quantity": "3", "unit_price": "14.99"}]);
        let plan = plan_of(&lines, &json!([]), "51.20");
        let order = pushed(&world, &plan, &mark(21));
        let paid = pay(&world, &plan, &order, &mark(21)).unwrap();
        assert_eq!((paid, stock()), (Pay::Recorded, json!(10.0)), "{when}");

        let linked = created(&world, &plan, &mark(22));
        post(
            &world,
            &format!("orders/{linked}/line_items"),
            &json!({"item": {"id": item}}),
        );
        pay(&world, &plan, &linked, &mark(22)).unwrap();
        assert_eq!(stock(), json!(9.0), "{when}");
    }
}

#[test]
fn a_failed_read_in_between_is_an_error_and_not_an_unknown_outcome() {
    let mut world = world();
    world.api = world.api.with_policy(Policy {
        tries: 1,
        ..quick()
    });
    let (plan, mark) = (plan(), mark(23));
    let order = created(&world, &plan, &mark);
    world.fault(
        "GET /v3/merchants/*/orders/*/line_items",
        1,
        "drop",
        json!({"skip": 1}),
    );
    let error = fill(&world, &plan, &order).unwrap_err();
    assert!(matches!(error, Error::Unanswered { .. }), "{error}");
    assert_eq!(fill(&world, &plan, &order).unwrap(), Fill::Done);
    assert_pushed_once(&world, &plan, &mark, "");
}
