//! The till's orders over a scripted list: each once, whatever their elements look like.

mod support;

use clover_client::Error;
use clover_client::stock::Overwritten;
use clover_core::ids::ItemId;
use clover_core::ledger::Exposure;
use serde_json::{Value, json};
use support::{Script, Seen, Step, access, api};

const AT: i64 = 1_770_000_000_000;
const ITEM: &str = "K1M2N3P4Q5R6S";

fn order(n: usize) -> Value {
    let line = json!({"id": "L1L2L3L4L5L6L", "item": {"id": ITEM}, "createdTime": AT});
    json!({"id": format!("A{n:012}"), "createdTime": AT, "lineItems": {"elements": [line]}})
}

/// Responds as Clover does: by offset or by id, whichever is asked for.
fn page_of(seen: &Seen, orders: &[Value]) -> Step {
    let mut filters = seen.query.iter().filter(|(key, _)| key == "filter");
    let behind = filters.find_map(|(_, filter)| filter.strip_prefix("id>"));
    let number = |name| seen.param(name).map_or(0, |n| n.parse::<usize>().unwrap());
    let is_behind = |order: &&Value| behind.is_none_or(|id| order["id"].as_str() > Some(id));
    let orders = orders.iter().filter(is_behind);
    let orders: Vec<&Value> = orders
        .skip(number("offset"))
        .take(number("limit"))
        .collect();
    Step::ok(json!({"elements": orders}).to_string())
}

async fn sold(script: &std::sync::Arc<Script>) -> Result<Option<i64>, Error> {
    let written = Overwritten {
        item: ItemId::new(ITEM).unwrap(),
        exposure: Exposure {
            before: None,
            after: AT,
            window: 1_000,
        },
    };
    let sold = api(script).sold_within(&access(), &[written]).await?;
    Ok(sold.into_values().next())
}

#[tokio::test(start_paused = true)]
async fn no_order_counts_twice_behind_an_unreadable_one_and_no_page_ends_early() {
    let mut orders: Vec<Value> = (0..1_500).map(order).collect();
    orders[3] = json!({"id": "A000000000003", "lineItems": {"elements": [{"item": 7}]}});
    orders[700] = json!(null);
    let script = Script::new(move |seen, _| {
        if seen.path.ends_with("/orders") {
            return page_of(seen, &orders);
        }
        // Its readable line counts, although the list shows none of them.
        assert!(
            seen.path.ends_with("/orders/A000000000003/line_items"),
            "{}",
            seen.path
        );
        let lines = json!([{"item": 7}, {"item": {"id": ITEM}, "createdTime": AT}]);
        Step::ok(json!({"elements": lines}).to_string())
    });
    assert_eq!(sold(&script).await, Ok(Some(1_499_000)));
    assert_eq!(script.seen().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_full_page_without_a_readable_order_is_an_error_and_not_endless() {
    let orders: Vec<Value> = (0..1_000).map(|_| json!({"id": 7})).collect();
    let script = Script::new(move |seen, _| page_of(seen, &orders));
    let error = sold(&script).await.unwrap_err();
    assert!(matches!(error, Error::BadAnswer { .. }), "{error}");
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn lines_that_lists_do_not_show_are_read_order_by_order() {
    let orders: Vec<Value> = (0..3).map(order).collect();
    let script = Script::new(move |seen, _| {
        if seen.path.ends_with("/line_items") {
            return Step::ok(order(0)["lineItems"].to_string());
        }
        if seen.param("expand").is_some() {
            return Step::refusal(403);
        }
        page_of(seen, &orders)
    });
    assert_eq!(sold(&script).await, Ok(Some(3_000)));
}
