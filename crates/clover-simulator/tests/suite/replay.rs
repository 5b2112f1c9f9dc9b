//! What Clover answers, asked of the simulator: same status, same headers, same shape.

#[path = "../../../../tests/samples/mod.rs"]
mod samples;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use clover_simulator::{Catalog, Config, Limits};
use serde_json::{Value, json};

use crate::support::{Answer, Sim, text};
use samples::{recording, sample};

fn read(path: &Path) -> Value {
    let bytes = std::fs::read(path).expect("the file");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// The recorded ids and what they are called here.
struct Names(HashMap<String, String>);

impl Names {
    /// Puts our ids in place of the recorded ones.
    fn translated(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => json!(self.0.get(text).unwrap_or(text)),
            Value::Array(list) => list.iter().map(|value| self.translated(value)).collect(),
            Value::Object(map) => {
                let pairs = map
                    .iter()
                    .map(|(key, value)| (key.clone(), self.translated(value)));
                Value::Object(pairs.collect())
            }
            other => other.clone(),
        }
    }

    fn path(&self, path: &str) -> String {
        let known = |part: &str| self.0.get(part).cloned().unwrap_or_else(|| part.to_owned());
        path.split('/').map(known).collect::<Vec<_>>().join("/")
    }
}

/// Compares keys, types and all values that Clover does not make up itself; learns the ids it made.
fn compare(recorded: &Value, ours: &Value, at: &str, names: &mut Names) {
    match (recorded, ours) {
        (Value::Object(theirs), Value::Object(mine)) => {
            let keys = |map: &serde_json::Map<String, Value>| {
                let mut keys: Vec<String> = map.keys().cloned().collect();
                keys.sort();
                keys
            };
            assert_eq!(keys(theirs), keys(mine), "keys of {at}");
            for (key, value) in theirs {
                compare(value, &mine[key], &format!("{at}.{key}"), names);
            }
        }
        (Value::Array(theirs), Value::Array(mine)) => {
            assert_eq!(theirs.len(), mine.len(), "length of {at}");
            for (n, (theirs, mine)) in theirs.iter().zip(mine).enumerate() {
                compare(theirs, mine, &format!("{at}[{n}]"), names);
            }
        }
        (Value::String(theirs), Value::String(mine)) if at.ends_with(".id") => {
            assert_eq!(theirs.len(), mine.len(), "{at}");
            let known = names
                .0
                .entry(theirs.clone())
                .or_insert_with(|| mine.clone());
            assert_eq!(known, mine, "{at}");
        }
        (Value::String(theirs), Value::String(mine)) if at.ends_with(".href") => {
            assert_eq!(
                theirs.split(':').next(),
                mine.split(':').next(),
                "scheme of {at}"
            );
            assert_eq!(
                theirs.split('?').nth(1),
                mine.split('?').nth(1),
                "query of {at}"
            );
        }
        (Value::Number(theirs), Value::Number(mine)) if at.ends_with("Time") => {
            assert!(theirs.is_i64() && mine.is_i64(), "{at}");
            assert_eq!(mine.as_i64().map(|ms| ms % 1000), Some(0), "{at}");
        }
        (theirs, mine) => assert_eq!(theirs, mine, "{at}"),
    }
}

fn header<'a>(interaction: &'a Value, name: &str) -> Option<&'a str> {
    interaction["headers"][name][0].as_str()
}

/// What had happened in the sandbox before the recorded calls.
async fn preconditions(sim: &Sim) -> Names {
    let mut names = Names(HashMap::new());
    let mut learn = |recorded: &str, made: &Value| {
        names.0.insert(recorded.to_owned(), text(&made["id"]));
    };
    let group = sim
        .make("modifier_groups", json!({"name": "To delete"}))
        .await;
    learn("ATDDZVWNM8G9Y", &group);
    let group = sim.make("modifier_groups", json!({"name": "Cheese"})).await;
    let path = format!("modifier_groups/{}/modifiers", text(&group["id"]));
    let modifier = sim
        .make(&path, json!({"name": "Extra Cheese", "price": 150}))
        .await;
    learn("52SJK7AGG6HWR", &modifier);
    let order = sim.make("orders", json!({})).await;
    learn("7DG6CYXSHCA2P", &order);
    names
}

#[tokio::test]
async fn every_interaction_is_answered_alike() {
    replay(sample("sandbox.json")).await;
    if let Some(path) = recording("clover-sandbox.json") {
        replay(path).await;
    }
}

async fn replay(path: PathBuf) {
    let recorded = read(&path);
    let sim = Sim::with(Config {
        catalog: Catalog::File(path),
        limits: Limits::Off,
        ..Config::default()
    })
    .await;
    let interactions = recorded["interactions"].as_array().expect("interactions");
    // Lists first: what the later calls and the preconditions make was not in them.
    let (lists, calls): (Vec<&Value>, Vec<&Value>) = interactions
        .iter()
        .partition(|one| one["response"]["elements"].is_array());
    let mut names = Names(HashMap::new());
    for (n, interaction) in lists.into_iter().chain(calls).enumerate() {
        assert!(
            !(interaction["method"] != "GET" && names.0.is_empty()),
            "the lists come first"
        );
        if interaction["response"]["elements"].is_null() && !names.0.contains_key("7DG6CYXSHCA2P") {
            names.0.extend(preconditions(&sim).await.0);
        }
        let method = text(&interaction["method"]);
        let full = text(&interaction["path"]);
        let path = names.path(full.strip_prefix("/v3/merchants/{mId}/").unwrap_or(&full));
        let body = match &interaction["request"] {
            Value::String(_) => Value::Null,
            request => names.translated(request),
        };
        let answer = sim.call(&method, &path, body).await;
        let at = format!("{n}: {method} {full}");
        assert_eq!(
            json!(answer.status),
            interaction["status"],
            "status of {at}: {}",
            answer.text
        );
        assert_eq!(
            answer.header("content-type"),
            header(interaction, "Content-Type"),
            "{at}"
        );
        let filters = "X-Clover-Allowed-Filter-Fields";
        assert_eq!(answer.header(filters), header(interaction, filters), "{at}");
        let request_id = "X-Clover-Request-Id";
        let lengths =
            [answer.header(request_id), header(interaction, request_id)].map(|id| id.map(str::len));
        assert_eq!(lengths[0], lengths[1], "{at}");
        match &interaction["response"] {
            Value::String(theirs) => assert_eq!(&answer.text, theirs, "{at}"),
            theirs => {
                if method == "POST" {
                    // What it makes is new, though a list recorded later has it already.
                    names.0.remove(&text(&theirs["id"]));
                }
                compare(theirs, &answer.json(), &at, &mut names);
            }
        }
    }
}

/// Fields that Clover has added since the recordings were made.
const NEWER: [&str; 8] = [
    "abaAccountNumber",
    "ddaAccountNumber",
    "paymentState",
    "total",
    "isOrderFee",
    "offline",
    "note",
    "tipAmount",
];

/// Compares shapes: every recorded key is there with the same type, and no other key but newer
/// ones.
fn same_shape(recorded: &Value, ours: &Value, at: &str) {
    match (recorded, ours) {
        (Value::Object(theirs), Value::Object(mine)) => {
            for (key, value) in theirs {
                let at = format!("{at}.{key}");
                same_shape(
                    value,
                    mine.get(key).unwrap_or_else(|| panic!("no {at}")),
                    &at,
                );
            }
            for key in mine.keys() {
                let is_known = theirs.contains_key(key) || NEWER.contains(&key.as_str());
                assert!(is_known, "{at}.{key} was never recorded");
            }
        }
        (Value::Array(theirs), Value::Array(mine)) => {
            assert_eq!(theirs.len(), mine.len(), "length of {at}");
            for (n, (theirs, mine)) in theirs.iter().zip(mine).enumerate() {
                same_shape(theirs, mine, &format!("{at}[{n}]"));
            }
        }
        (theirs, mine) => assert_eq!(
            std::mem::discriminant(theirs),
            std::mem::discriminant(mine),
            "{at}: {theirs} and {mine}"
        ),
    }
}

/// Makes an order of the same content as a recorded one; our id.
async fn rebuild(sim: &Sim, order: &Value) -> String {
    let mut body = json!({});
    for field in [
        "state",
        "title",
        "total",
        "payType",
        "currency",
        "employee",
        "clientCreatedTime",
    ] {
        if let Some(value) = order.get(field) {
            body[field] = value.clone();
        }
    }
    text(&sim.make("orders", body).await["id"])
}

/// Adds lines of the same content, the first one first; their items are made.
async fn rebuild_lines(sim: &Sim, order: &str, lines: &Value) {
    for line in lines.as_array().expect("lines") {
        let mut body = json!({});
        for field in [
            "name", "price", "binName", "unitQty", "unitName", "taxRates",
        ] {
            if let Some(value) = line.get(field) {
                body[field] = value.clone();
            }
        }
        if line["item"].is_object() {
            let item =
                json!({"name": line["name"], "price": line["price"], "defaultTaxRates": false});
            body["item"] = json!({"id": sim.item(item)});
        }
        sim.make(&format!("orders/{order}/line_items"), body).await;
    }
}

fn same_answer(interaction: &Value, answer: &Answer, at: &str) {
    assert_eq!(
        json!(answer.status),
        interaction["status"],
        "status of {at}: {}",
        answer.text
    );
    let content_type = interaction["headers"]["Content-Type"].as_str();
    assert_eq!(answer.header("content-type"), content_type, "{at}");
    match &interaction["body"] {
        Value::String(theirs) => assert_eq!(&answer.text, theirs, "{at}"),
        theirs => {
            let mut theirs = theirs.clone();
            theirs.as_object_mut().map(|map| map.remove("_note"));
            same_shape(&theirs, &answer.json(), at);
            let query = |body: &Value| {
                body["href"]
                    .as_str()?
                    .split_once('?')
                    .map(|q| q.1.to_owned())
            };
            assert_eq!(query(&answer.json()), query(&theirs), "query of {at}");
        }
    }
}

#[tokio::test]
async fn orders_are_answered_alike() {
    replay_orders(&sample("orders.json")).await;
    if let Some(path) = recording("orders-2017.json") {
        replay_orders(&path).await;
    }
}

async fn replay_orders(path: &Path) {
    let recorded = read(path);
    let interactions = recorded["interactions"].as_array().expect("interactions");
    for (n, interaction) in interactions.iter().enumerate() {
        let sim = Sim::switched(json!({"order_history": false})).await;
        sim.sim(
            "POST",
            "merchant",
            json!({"permissions": [
            "INVENTORY_R", "INVENTORY_W", "ORDERS_R", "ORDERS_W", "MERCHANT_R", "EMPLOYEES_R"]}),
        );
        let full = text(&interaction["path"]);
        let at = format!("{n}: {full}");
        let body = &interaction["body"];
        let base = format!("/v3/merchants/{}", sim.merchant);
        let mut path = full.replace("/v3/merchants/{mId}", &base);
        // The recorder has shortened the query; the answer repeats all of it.
        let effective = body["href"].as_str().and_then(|href| href.split_once('?'));
        if let Some((_, query)) = effective {
            let asked: Vec<&str> = query
                .split('&')
                .filter(|pair| !pair.contains("NULL"))
                .collect();
            path = format!(
                "{}?{}",
                path.split('?').next().unwrap_or_default(),
                asked.join("&")
            );
        }
        if body == &json!("404 Not Found") {
            // Asked without a merchant's id.
            path = full.replace("{mId}", "");
        }
        let elements = &body["elements"];
        match full.split("/orders").nth(1) {
            Some(rest) if rest.ends_with("/line_items") => {
                let recorded_id = rest.split('/').nth(1).unwrap_or_default();
                let order = if elements.is_array() {
                    sim.make("orders", json!({"state": "open"})).await
                } else {
                    json!({"id": "0000000000000"})
                };
                let order = text(&order["id"]);
                path = path.replace(recorded_id, &order);
                if elements.is_array() {
                    rebuild_lines(&sim, &order, elements).await;
                }
            }
            Some(_) => {
                // Made long ago, as the filters of the recording want it.
                for order in elements.as_array().expect("orders").iter().rev() {
                    rebuild(&sim, order).await;
                }
                // No order of today is as old as those of 2017.
                path = path.replace(
                    "createdTime%3C%3D1497488400000",
                    "createdTime%3C%3D9997488400000",
                );
            }
            None => {}
        }
        let request = sim.client.get(sim.url(&path)).bearer_auth(&sim.token);
        let answer = crate::support::answer(request.send().await.expect("an answer"))
            .await
            .expect("an answer");
        let mut interaction = interaction.clone();
        if let Some(href) = interaction["body"]["href"].as_str() {
            let href = href.replace(
                "createdTime%3C%3D1497488400000",
                "createdTime%3C%3D9997488400000",
            );
            interaction["body"]["href"] = json!(href);
        }
        same_answer(&interaction, &answer, &at);
    }
}

#[tokio::test]
async fn order_samples_have_the_shapes_of_ours() {
    assert_eq!(compare_samples(&sample("order-samples.json")).await, 5);
    if let Some(path) = recording("order-samples.json") {
        assert_eq!(compare_samples(&path).await, 8);
    }
}

/// The number of samples that were compared.
async fn compare_samples(path: &Path) -> usize {
    let recorded = read(path);
    let sim = Sim::switched(json!({"order_history": false})).await;
    sim.allow_all();
    let samples = recorded["samples"].as_array().expect("samples");
    let mut seen = 0;
    for sample in samples {
        let body = &sample["body"];
        let at = text(&sample["from"]);
        if let Some(lines) = body["lineItems"]["elements"].as_array() {
            // An order with its lines, their modifications and tax rates.
            let order = rebuild(&sim, body).await;
            for line in lines {
                let rates = line["taxRates"]["elements"].as_array().expect("rates");
                let mut ids = Vec::new();
                for rate in rates {
                    let rate = json!({"name": rate["name"], "rate": rate["rate"],
                                      "isDefault": rate["isDefault"]});
                    ids.push(json!({"id": sim.make("tax_rates", rate).await["id"]}));
                }
                let mut made = line.clone();
                made["taxRates"] = json!(ids);
                rebuild_lines(&sim, &order, &json!([made])).await;
                let lines = sim
                    .get(&format!("orders/{order}/line_items"))
                    .await
                    .elements();
                let path = format!(
                    "orders/{order}/line_items/{}/modifications",
                    text(&lines[0]["id"])
                );
                for modification in line["modifications"]["elements"]
                    .as_array()
                    .expect("a list")
                {
                    let group = sim.make("modifier_groups", json!({"name": "G"})).await;
                    let group = format!("modifier_groups/{}/modifiers", text(&group["id"]));
                    let price = &modification["amount"];
                    let modifier = json!({"name": modification["name"], "price": price});
                    let modifier = sim.make(&group, modifier).await;
                    let body = json!({"modifier": {"id": modifier["id"]}, "amount": price});
                    sim.make(&path, body).await;
                }
            }
            let expand = "lineItems.modifications,lineItems.taxRates";
            let ours = sim
                .get(&format!("orders/{order}?expand={expand}"))
                .await
                .json();
            let mut theirs = body.clone();
            // Set only where the till set it, and nested by a cluster that is not for merchants.
            theirs.as_object_mut().map(|map| map.remove("orderType"));
            same_shape(&theirs, &ours, &at);
            seen += 1;
        } else if body["payments"]["elements"].is_array() {
            // A payment of nothing cannot be made over REST: the parts are compared.
            let order = rebuild(&sim, body).await;
            sim.make(
                &format!("orders/{order}/line_items"),
                json!({"name": "A", "price": 5}),
            )
            .await;
            let discount = json!({"name": "Staff Discount", "percentage": 100});
            sim.make(&format!("orders/{order}/discounts"), discount)
                .await;
            let tender = text(&sim.get("tenders").await.elements()[0]["id"]);
            let payment = json!({"tender": {"id": tender}, "amount": 5});
            sim.make(&format!("orders/{order}/payments"), payment).await;
            let ours = sim
                .get(&format!("orders/{order}?expand=payments,discounts"))
                .await
                .json();
            for field in ["total", "paymentState", "state", "payType"] {
                assert_eq!(ours[field], body[field], "{at} {field}");
            }
            for (list, keys) in [
                (
                    "payments",
                    &[
                        "id",
                        "order",
                        "tender",
                        "amount",
                        "taxAmount",
                        "createdTime",
                        "clientCreatedTime",
                        "modifiedTime",
                        "result",
                    ][..],
                ),
                ("discounts", &["id", "name", "percentage"]),
            ] {
                let (theirs, mine) = (&body[list]["elements"][0], &ours[list]["elements"][0]);
                for key in keys {
                    let kinds = [&theirs[*key], &mine[*key]].map(std::mem::discriminant);
                    assert_eq!(kinds[0], kinds[1], "{at} {list}.{key}");
                }
            }
            seen += 1;
        } else if let Some(lines) = body["elements"].as_array() {
            let order = text(&sim.make("orders", json!({"state": "open"})).await["id"]);
            rebuild_lines(&sim, &order, &json!(lines)).await;
            let ours = sim.get(&format!("orders/{order}/line_items")).await.json();
            same_shape(body, &ours, &at);
            seen += 1;
        } else if body["unitQty"].is_i64() {
            let order = text(&sim.make("orders", json!({"state": "open"})).await["id"]);
            rebuild_lines(&sim, &order, &json!([body])).await;
            let ours = sim
                .get(&format!("orders/{order}/line_items"))
                .await
                .elements();
            for (key, value) in body.as_object().expect("a line") {
                let mine = &ours[0][key.as_str()];
                let kinds = [value, mine].map(std::mem::discriminant);
                assert!(
                    kinds[0] == kinds[1] || value.is_boolean() && mine.is_boolean(),
                    "{at} {key}"
                );
            }
            seen += 1;
        } else if let Some(refusals) = sample["refusals"].as_array() {
            // Each has its own test in the suite of fidelity; here the recorded words are held.
            let words: Vec<String> = refusals
                .iter()
                .map(|one| match &one["body"] {
                    Value::Null => text(&one["message"]),
                    Value::String(body) => body.clone(),
                    body => text(&body["message"]),
                })
                .collect();
            let ours = include_str!("fidelity.rs");
            for word in words {
                assert!(ours.contains(&word), "no test holds \"{word}\"");
                seen += 1;
            }
        }
    }
    seen
}
