//! Order objects as Clover's servers answer them, read by the wire model.

#[path = "../../../tests/samples/mod.rs"]
mod samples;

use std::path::Path;

use clover_core::ids::MerchantId;
use clover_core::settings::Secret;
use clover_core::webhook;
use clover_core::wire::{
    Discount, Elements, LineItem, Merchant, OrderHead, Payment, Properties, TillOrder,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use samples::{recording, sample};

const MERCHANT: &str = "HCZ26KC7T9XPF";
const SECRET: &str = "aaaaaaaa-0000-4000-8000-bbbbbbbbbbbb";

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error} in {value}"))
}

/// Reads an order in every way that the program reads orders; the number of its lines and payments.
fn read_order(order: &Value) -> (usize, usize) {
    let head: OrderHead = read(order);
    assert_eq!(head.id.as_str(), order["id"].as_str().unwrap());
    assert_eq!(head.state.as_deref(), order["state"].as_str());
    assert_eq!(head.currency.as_deref(), order["currency"].as_str());
    assert_eq!(head.total, order["total"].as_i64());
    assert!(!head.is_deleted());
    assert_eq!(head.is_paid_at_all(), order["paymentState"] == "PAID");
    let till: TillOrder = read(order);
    assert_eq!(till.created_time, order["createdTime"].as_i64());
    let lines: Elements<LineItem> = read(&order["lineItems"]);
    let discounts: Elements<Discount> = read(&order["discounts"]);
    let payments: Elements<Payment> = read(&order["payments"]);
    let listed = |name: &str| order[name]["elements"].as_array().map_or(0, Vec::len);
    assert_eq!(lines.0.len(), listed("lineItems"));
    assert_eq!(discounts.0.len(), listed("discounts"));
    assert_eq!(payments.0.len(), listed("payments"));
    assert_eq!(till.line_items.0.len(), lines.0.len());
    (lines.0.len(), payments.0.len())
}

fn read_lines(lines: &Value) -> usize {
    let read: Elements<LineItem> = read(lines);
    for (line, recorded) in read.0.iter().zip(lines["elements"].as_array().unwrap()) {
        assert_eq!(line.id.as_str(), recorded["id"].as_str().unwrap());
        assert_eq!(line.price, recorded["price"].as_i64());
    }
    read.0.len()
}

/// Reads a delivery of one merchant's change; ids were removed from the recording.
fn read_delivery(body: &Value) {
    let text = body.to_string();
    let text = text.replace("{mId}", MERCHANT).replace("{appId}", MERCHANT);
    let (secret, merchant) = (Secret::new(SECRET), MerchantId::new(MERCHANT).unwrap());
    let request = webhook::IncomingRequest {
        body: text.as_bytes(),
        auth: &[SECRET.as_bytes()],
    };
    let verdict = webhook::verdict(request, Some(&secret), Some(&merchant), true);
    assert_eq!(verdict.status(), 200, "{verdict:?}");
    assert!(
        matches!(verdict, webhook::Verdict::Events { .. }),
        "{verdict:?}"
    );
}

/// Reads all answers of a recording; the numbers of lines, orders, properties and merchants.
fn read_interactions(path: &Path) -> [usize; 4] {
    let mut seen = [0; 4];
    for interaction in json(path)["interactions"].as_array().unwrap() {
        if interaction["status"] != 200 {
            continue;
        }
        let (path, body) = (interaction["path"].as_str().unwrap(), &interaction["body"]);
        match (path.ends_with("/line_items"), body["elements"].as_array()) {
            (true, _) => seen[0] += read_lines(body),
            (false, Some(orders)) => {
                orders
                    .iter()
                    .for_each(|order| assert_eq!(read_order(order), (0, 0)));
                seen[1] += orders.len();
            }
            (false, None) if path.ends_with("/properties") => {
                let properties: Properties = read(body);
                assert_eq!(properties.default_currency.as_deref(), Some("USD"));
                assert_eq!(properties.vat, Some(false));
                assert_eq!(properties.track_stock, Some(false));
                seen[2] += 1;
            }
            (false, None) => {
                let merchant: Merchant = read(body);
                assert_eq!(merchant.name.as_deref(), body["name"].as_str());
                seen[3] += 1;
            }
        }
    }
    seen
}

/// Reads all samples of objects; the numbers of orders, lines, payments and events.
fn read_samples(path: &Path) -> [usize; 4] {
    let [mut orders, mut lines, mut payments, mut events] = [0; 4];
    for sample in json(path)["samples"].as_array().unwrap() {
        let body = &sample["body"];
        if body["currency"].is_string() {
            let (more, paid) = read_order(body);
            (orders, lines, payments) = (orders + 1, lines + more, payments + paid);
        } else if body["elements"].is_array() {
            lines += read_lines(body);
        } else if body["unitQty"].is_i64() {
            let order =
                serde_json::json!({"id": "ORDER0000001", "lineItems": {"elements": [body]}});
            let till: TillOrder = read(&order);
            assert_eq!(till.line_items.0[0].unit_qty, Some(2000));
            lines += 1;
        } else if body["merchants"].is_object() {
            read_delivery(body);
            events += 1;
        }
    }
    [orders, lines, payments, events]
}

#[test]
fn orders_lines_and_merchants_are_read() {
    assert_eq!(read_interactions(&sample("orders.json")), [2, 2, 1, 1]);
    if let Some(recorded) = recording("orders-2017.json") {
        assert_eq!(read_interactions(&recorded), [7, 13, 1, 2]);
    }
}

#[test]
fn every_sample_of_an_order_a_line_and_a_webhook_is_read() {
    for path in [sample("order-samples.json")]
        .into_iter()
        .chain(recording("order-samples.json"))
    {
        assert_eq!(read_samples(&path), [2, 3, 1, 1], "{}", path.display());
    }
}
