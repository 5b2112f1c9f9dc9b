//! The steps of an order push begin no write after their time limit, however slow Clover is.

mod support;

use std::sync::Arc;
use std::time::Duration;

use clover_client::orders::{CREATING, FILLING, Fill, PAYING, Pay, create, fill, pay};
use clover_client::transport::Method;
use clover_client::{Error, Policy};
use clover_core::ids::OrderId;
use clover_core::money::Currency;
use clover_core::order::{OrderPlan, OrderReference, OrderStanding, ShopOrder};
use serde_json::json;
use support::{Script, Seen, Step, access, api, api_with, policy};
use tokio::time::Instant;

fn plan() -> Arc<OrderPlan> {
    let order = json!({
        "number": "7", "order_id": "7", "currency": "USD",
        "lines": [{"name": "Nail", "quantity": 990, "unit_price": "0.01"}],
        "total": "9.90",
    });
    let order = ShopOrder::parse(&order).unwrap();
    Arc::new(
        order
            .plan(Currency::from_code("USD").unwrap(), OrderStanding::Paid)
            .unwrap(),
    )
}

fn reference() -> OrderReference {
    OrderReference::new("CSABCDE7").unwrap()
}

fn order() -> OrderId {
    OrderId::new("O1O2O3O4O5O6O").unwrap()
}

fn slow(seconds: u64, body: &str) -> Step {
    Step::Slow(Duration::from_secs(seconds), Box::new(Step::ok(body)))
}

fn writes(script: &Script, began: Instant) -> Vec<Duration> {
    let writes = script
        .seen()
        .into_iter()
        .filter(|s| s.method != Method::Get);
    writes.map(|seen| seen.at - began).collect()
}

/// An order in Clover that stays empty, whatever is written to it.
fn empty(seen: &Seen) -> Step {
    match seen.path.rsplit('/').next().unwrap() {
        "line_items" | "discounts" => Step::ok(r#"{"elements": []}"#),
        _ => Step::ok(r#"{"id": "O1O2O3O4O5O6O", "currency": "USD", "state": "open"}"#),
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_that_would_wait_too_long_is_not_sent() {
    let script = Script::new(|_, n| match n {
        0 => Step::throttle("20"),
        1 => Step::throttle("20"),
        _ => Step::ok(r#"{"id": "O1O2O3O4O5O6O"}"#),
    });
    let began = Instant::now();
    let ending = create(api(&script), access(), plan(), reference(), None).await;
    assert!(matches!(ending, Err(Error::Throttled { .. })), "{ending:?}");
    assert_eq!(writes(&script, began).len(), 2);
    assert!(writes(&script, began).iter().all(|at| *at <= CREATING));
}

#[tokio::test(start_paused = true)]
async fn fill_ends_before_a_write_that_would_begin_too_late() {
    let script = Script::new(|seen, _| match seen.method {
        Method::Get => empty(seen),
        Method::Post => slow(25, "[]"),
    });
    let began = Instant::now();
    let ending = fill(api(&script), access(), plan(), order()).await;
    assert_eq!(ending.unwrap(), Fill::Unknown);
    let writes = writes(&script, began);
    assert_eq!(writes.len(), 8, "{writes:?}");
    assert!(writes.iter().all(|at| *at <= FILLING), "{writes:?}");
}

#[tokio::test(start_paused = true)]
async fn a_payment_is_not_recorded_after_a_slow_read() {
    for (reading, ending) in [(10, Pay::Recorded), (35, Pay::Unknown)] {
        let script = Script::new(move |seen, _| match seen.method {
            Method::Get if seen.path.ends_with("/tenders") => slow(
                reading,
                r#"{"elements": [{"id": "T", "enabled": true,
                    "labelKey": "com.clover.tender.external_payment"}]}"#,
            ),
            Method::Get if seen.path.ends_with("/payments") => Step::ok(r#"{"elements": []}"#),
            Method::Get => slow(reading, r#"{"id": "O1O2O3O4O5O6O", "total": 990}"#),
            Method::Post => Step::ok("{}"),
        });
        let began = Instant::now();
        let patient = Policy {
            timeout: Duration::from_secs(40),
            ..policy()
        };
        let api = api_with(&script, patient);
        let paid = pay(api, access(), plan(), order(), reference()).await;
        assert_eq!(paid.unwrap(), ending);
        assert!(writes(&script, began).iter().all(|at| *at <= PAYING));
    }
}
