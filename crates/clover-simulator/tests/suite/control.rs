//! The contract of the control plane: each route's JSON.

use clover_simulator::{Config, Limits, Simulator};
use serde_json::{Map, Value, json};

use crate::support::{Answer, Sim, answer, text};

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .map(|map| map.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

#[tokio::test]
async fn state_shows_everything_and_no_secret() {
    let sim = Sim::start().await;
    let state = sim.running.state();
    assert_eq!(
        keys(&state),
        [
            "items",
            "merchant_id",
            "orders",
            "print_events",
            "stock",
            "tokens",
            "webhook"
        ]
    );
    assert_eq!(state["merchant_id"], json!(sim.merchant));
    assert_eq!(
        keys(&state["tokens"]),
        ["access_age_s", "recoveries", "refreshes"]
    );
    assert_eq!(
        state["webhook"],
        json!({"url": null, "verification_code": null})
    );
    let items = state["items"].as_array().expect("items");
    assert_eq!(state["stock"].as_object().map(Map::len), Some(items.len()));
    assert!(items.iter().any(|item| item["deleted"] == json!(true)));
    assert!(
        items
            .iter()
            .all(|item| item["categories"]["elements"].is_array())
    );
    assert!(!state.to_string().contains(&sim.token));
    sim.running.advance_s(90);
    assert!(sim.running.state()["tokens"]["access_age_s"].as_i64() >= Some(90));
}

#[tokio::test]
async fn requests_are_recorded_with_their_query_and_status() {
    let sim = Sim::start().await;
    sim.get("items?limit=1").await;
    sim.get("nonsense").await;
    let url = sim.url("/__sim/requests?since=1");
    let list = answer(sim.client.get(url).send().await.expect("an answer"))
        .await
        .expect("a body")
        .json();
    let base = format!("/v3/merchants/{}", sim.merchant);
    let entry = &list[0];
    assert_eq!(
        keys(entry),
        ["at", "in_flight", "method", "n", "path", "status"]
    );
    assert_eq!(
        (&entry["n"], &entry["status"], &entry["in_flight"]),
        (&json!(2), &json!(405), &json!(1))
    );
    assert_eq!(entry["path"], json!(format!("{base}/nonsense")));
    assert_eq!(list.as_array().map(Vec::len), Some(1));
    let all = sim.running.requests(0);
    assert_eq!(
        (all[0].n, all[0].path.as_str()),
        (1, format!("{base}/items?limit=1").as_str())
    );
    assert!(all[0].at <= all[1].at);
}

#[tokio::test]
async fn reset_makes_everything_as_at_the_start() {
    let sim = Sim::start().await;
    let before = sim.running.state();
    let id = sim.item(json!({"name": "A", "price": 1, "quantity": 2}));
    sim.sim("POST", "sale", json!({"itemId": id, "quantity": 1}));
    sim.switch(json!({"state_echo": false}));
    sim.sim(
        "POST",
        "merchant",
        json!({"currency": "EUR", "permissions": []}),
    );
    sim.sim("POST", "faults", json!([{"match": "GET *", "do": "drop"}]));
    sim.sim("POST", "reset", json!({}));
    let after = sim.running.state();
    for part in ["merchant_id", "items", "stock", "orders", "webhook"] {
        // Every value is the same, times too: they are part of the catalog.
        assert_eq!(after[part], before[part], "{part}");
    }
    assert_eq!(
        after["tokens"],
        json!({"access_age_s": null, "refreshes": 0, "recoveries": 0})
    );
    assert!(sim.running.requests(0).is_empty());
    assert_eq!(sim.get("items").await.status, 401);
    assert_eq!(sim.running.requests(0)[0].n, 1);
    assert_eq!(
        sim.sim("GET", "switches", Value::Null)["state_echo"],
        json!(true)
    );
    assert_ne!(sim.running.access_token(), sim.token);
}

#[tokio::test]
async fn reset_can_change_the_catalog() {
    let sim = Sim::start().await;
    sim.sim("POST", "reset", json!({"catalog": "synthetic:12"}));
    assert_eq!(
        sim.running.state()["items"].as_array().map(Vec::len),
        Some(12)
    );
    let (status, value) =
        sim.running
            .control("POST", "/__sim/reset", &json!({"catalog": "nowhere.json"}));
    assert_eq!(status, 400);
    assert!(
        text(&value["message"]).starts_with("catalog: nowhere.json"),
        "{value}"
    );
    assert_eq!(
        sim.running.state()["items"].as_array().map(Vec::len),
        Some(12)
    );
}

#[tokio::test]
async fn items_are_made_edited_deleted_and_brought_back() {
    let sim = Sim::start().await;
    let made = sim.sim(
        "POST",
        "items",
        json!({"name": "Kite", "price": 2500, "sku": "K", "quantity": 4,
               "categories": ["Toys", "Shop"], "tags": ["Wind"]}),
    );
    assert_eq!(keys(&made), ["id"]);
    let id = text(&made["id"]);
    let item = sim
        .get(&format!("items/{id}?expand=categories,tags,itemStock"))
        .await
        .json();
    assert_eq!(item["categories"]["elements"][0]["name"], "Toys");
    assert_eq!(
        item["categories"]["elements"].as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(item["tags"]["elements"][0]["name"], "Wind");
    assert_eq!(item["itemStock"]["quantity"], json!(4.0));
    sim.sim(
        "POST",
        &format!("items/{id}"),
        json!({"price": 9, "sku": null, "categories": []}),
    );
    let item = sim.state_item(&id);
    assert_eq!((&item["price"], item.get("sku")), (&json!(9), None));
    assert_eq!(item["categories"]["elements"], json!([]));
    sim.sim("DELETE", &format!("items/{id}"), Value::Null);
    assert_eq!(sim.get(&format!("items/{id}")).await.status, 404);
    sim.sim("POST", &format!("items/{id}"), json!({"deleted": false}));
    assert_eq!(sim.get(&format!("items/{id}")).await.json()["name"], "Kite");
}

#[tokio::test]
async fn a_group_is_made_with_its_first_member() {
    let sim = Sim::start().await;
    let with_options =
        json!({"name": "x", "price": 1, "group": "Hat", "options": {"Color": "Red", "Size": "L"}});
    let id = sim.item(with_options);
    assert_eq!(sim.state_item(&id)["name"], "Hat Red L");
    let other = sim.item(
        json!({"name": "x", "price": 1, "group": "Hat", "options": {"Color": "Blue", "Size": "L"}}),
    );
    let (a, b) = (sim.state_item(&id), sim.state_item(&other));
    assert_eq!(a["itemGroup"], b["itemGroup"]);
    // Both share the attribute and the option "L".
    assert_eq!(
        a["options"]["elements"][1]["id"],
        b["options"]["elements"][1]["id"]
    );
    let plain = sim.item(json!({"name": "Small", "price": 1, "group": "Scarf"}));
    assert_eq!(sim.state_item(&plain)["name"], "Scarf Small");
    let long = sim.item(json!({"name": "Scarf Wide", "price": 1, "group": "Scarf"}));
    assert_eq!(sim.state_item(&long)["name"], "Scarf Wide");
    let attributes = sim
        .get("attributes?filter=name%3DVariant&expand=options")
        .await
        .elements();
    assert_eq!(attributes.len(), 1);
    assert_eq!(
        attributes[0]["options"]["elements"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
}

#[tokio::test]
async fn stock_is_set_by_hand() {
    let sim = Sim::start().await;
    let id = sim.item(json!({"name": "A", "price": 1}));
    assert_eq!(
        sim.sim("POST", &format!("stock/{id}"), json!({"quantity": 5})),
        json!({"quantity": 5.0})
    );
    assert_eq!(sim.stock(&id), json!(5.0));
    sim.sim("POST", &format!("stock/{id}"), json!({"quantity": null}));
    assert_eq!(sim.stock(&id), Value::Null);
}

#[tokio::test]
async fn a_sale_takes_stock_where_there_is_a_count_and_makes_a_paid_order() {
    let sim = Sim::start().await;
    let counted = sim.item(json!({"name": "A", "price": 250, "quantity": 5}));
    let uncounted = sim.item(json!({"name": "B", "price": 100}));
    let sold = sim.sim("POST", "sale", json!({"itemId": counted, "quantity": 2}));
    assert_eq!(sold["quantity"], json!(3.0));
    assert_eq!(
        sim.sim("POST", "sale", json!({"itemId": uncounted, "quantity": 1}))["quantity"],
        Value::Null
    );
    assert_eq!(
        (sim.stock(&counted), sim.stock(&uncounted)),
        (json!(3.0), Value::Null)
    );
    let orders = sim.running.state()["orders"].clone();
    let order = &orders[0];
    assert_eq!(order["id"], sold["orderId"]);
    assert_eq!(
        (&order["paymentState"], &order["total"]),
        (&json!("PAID"), &json!(500))
    );
    assert_eq!(
        order["lineItems"]["elements"].as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(order["payments"]["elements"][0]["amount"], json!(500));
    sim.sim("POST", "sale", json!({"itemId": counted, "quantity": 0.5}));
    assert_eq!(
        sim.running.state()["orders"][2]["lineItems"]["elements"][0]["unitQty"],
        json!(500)
    );
}

#[tokio::test]
async fn a_merchant_that_does_not_track_stock_sells_without_counting() {
    let sim = Sim::start().await;
    sim.sim("POST", "merchant", json!({"trackStock": false}));
    let id = sim.item(json!({"name": "A", "price": 250, "quantity": 5}));
    sim.sim("POST", "sale", json!({"itemId": id, "quantity": 2}));
    assert_eq!(sim.stock(&id), json!(5.0));
}

#[tokio::test]
async fn the_merchant_is_changed() {
    let sim = Sim::start().await;
    let change = json!({"name": "Café", "currency": "EUR", "vat": true,
                        "trackStock": false, "updateStock": false,
        "permissions": ["INVENTORY_R", "MERCHANT_R"]});
    let shown = sim.sim("POST", "merchant", change.clone());
    for name in keys(&change) {
        assert_eq!(shown[name], change[name], "{name}");
    }
    assert_eq!(sim.get("").await.json()["name"], "Café");
    let properties = sim.get("properties").await.json();
    assert_eq!(
        (&properties["defaultCurrency"], &properties["vat"]),
        (&json!("EUR"), &json!(true))
    );
    assert_eq!(sim.get("orders").await.status, 401);
    assert_eq!(
        sim.post("items", json!({"name": "A", "price": 1}))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn tokens_are_revoked_expired_and_taken_away() {
    let sim = Sim::start().await;
    assert_eq!(sim.get("items").await.status, 200);
    sim.sim("POST", "tokens", json!({"do": "expire"}));
    assert_eq!(sim.get("items").await.status, 401);
    for word in ["revoke", "uninstall"] {
        let token = sim.running.access_token();
        let url = sim.url(&format!("/v3/merchants/{}/items", sim.merchant));
        let status = async || {
            sim.client
                .get(&url)
                .bearer_auth(&token)
                .send()
                .await
                .expect("an answer")
                .status()
        };
        assert_eq!(status().await, 200);
        sim.sim("POST", "tokens", json!({"do": word}));
        assert_eq!(status().await, 401);
    }
    let authorize =
        sim.url("/oauth/v2/authorize?client_id=APPID00000001&redirect_uri=http://127.0.0.1/");
    let status = async || {
        sim.client
            .get(&authorize)
            .send()
            .await
            .expect("an answer")
            .status()
    };
    assert_eq!(status().await, 200);
    sim.sim("POST", "tokens", json!({"do": "install"}));
    assert_eq!(status().await, 302);
}

#[tokio::test]
async fn a_merchants_api_token_belongs_to_no_app_and_does_not_expire() {
    let given = "an-api-token-of-the-merchant";
    let sim = Sim::with(Config {
        api_token: Some(given.to_owned()),
        ..Config::default()
    })
    .await;
    let status = async |token: &str, path: &str| {
        sim.client
            .get(sim.url(&format!("/v3/merchants/{}/{path}", sim.merchant)))
            .bearer_auth(token)
            .send()
            .await
            .expect("an answer")
            .status()
            .as_u16()
    };
    let made = sim.sim("POST", "tokens", json!({"do": "make_api_token"}));
    let made = made["api_token"].as_str().expect("a token").to_owned();
    for word in ["expire", "revoke", "uninstall"] {
        sim.sim("POST", "tokens", json!({"do": word}));
        sim.sim("POST", "clock", json!({"advance_s": 31_536_000}));
        for token in [given, &made] {
            assert_eq!(status(token, "items").await, 200, "{word}");
        }
    }
    // The merchant's permissions hold for it too.
    sim.sim("POST", "merchant", json!({"permissions": ["INVENTORY_R"]}));
    assert_eq!(status(&made, "items").await, 200);
    assert_eq!(status(&made, "orders").await, 401);
    sim.sim("POST", "tokens", json!({"do": "revoke_api_tokens"}));
    assert_eq!(status(given, "items").await, 401);
    assert_eq!(status(&made, "items").await, 401);
    sim.sim("POST", "reset", json!({}));
    assert_eq!(status(given, "items").await, 200);
    assert_eq!(status(&made, "items").await, 401);
    assert!(!sim.running.state().to_string().contains(given));
}

#[tokio::test]
async fn bad_input_answers_400_and_names_the_field() {
    let sim = Sim::start().await;
    let id = sim.item(json!({"name": "A", "price": 1}));
    for (path, body, field) in [
        ("items", json!({"price": 1}), "name"),
        (
            "items",
            json!({"name": "A", "price": 1, "colour": "red"}),
            "colour",
        ),
        (
            "items",
            json!({"name": "A", "price": 1, "categories": [{"id": 1}]}),
            "categories",
        ),
        (
            "items",
            json!({"name": "A", "price": 1, "taxRates": ["None such"]}),
            "taxRates",
        ),
        (
            "items",
            json!({"name": "A", "price": 1, "options": {"Size": "L"}}),
            "options",
        ),
        (
            "items",
            json!({"name": "A", "price": 1, "group": "G", "options": {"Size": 1}}),
            "options",
        ),
        (&format!("items/{id}"), json!({"group": "G"}), "group"),
        (&format!("stock/{id}"), json!({}), "quantity"),
        (&format!("stock/{id}"), json!({"quantity": "5"}), "quantity"),
        ("sale", json!({"quantity": 1}), "itemId"),
        ("sale", json!({"itemId": id, "quantity": 0}), "quantity"),
        ("merchant", json!({"currency": "euro"}), "currency"),
        ("merchant", json!({"permissions": ["ALL"]}), "permissions"),
        ("merchant", json!({"id": "X"}), "id"),
        ("switches", json!({"nonsense": true}), "nonsense"),
        ("switches", json!({"access_ttl": "long"}), "access_ttl"),
        ("clock", json!({"advance_s": -1}), "advance_s"),
        ("clock", json!({}), "advance_s"),
        ("tokens", json!({"do": "eat"}), "do"),
        ("webhook", json!({"url": "https://example.com/"}), "url"),
        ("webhook", json!({"url": "http://10.0.0.1/"}), "url"),
        ("faults", json!([{"match": "GET /", "do": "explode"}]), "do"),
        ("reset", json!({"catalog": "shop"}), "catalog"),
    ] {
        let (status, value) = sim
            .running
            .control("POST", &format!("/__sim/{path}"), &body);
        assert_eq!(status, 400, "{path} {body}");
        assert!(
            text(&value["message"]).starts_with(field),
            "{path}: {value}"
        );
    }
    let (status, value) =
        sim.running
            .control("POST", "/__sim/stock/UNKNOWN", &json!({"quantity": 1}));
    assert_eq!(
        (status, text(&value["message"])),
        (404, "invalid ID".to_owned())
    );
}

#[tokio::test]
async fn a_refused_change_changes_nothing() {
    let sim = Sim::start().await;
    let (status, _) = sim.running.control(
        "POST",
        "/__sim/merchant",
        &json!({"name": "New", "permissions": ["ORDERS_R"], "currency": "euro"}),
    );
    assert_eq!(status, 400);
    assert_eq!(sim.get("items?limit=1").await.status, 200);
    let faults = json!([{"match": "GET *", "do": "drop"}, {"match": "GET *", "do": "explode"}]);
    assert_eq!(sim.running.control("POST", "/__sim/faults", &faults).0, 400);
    assert_eq!(sim.sim("GET", "faults", Value::Null), json!([]));
}

#[tokio::test]
async fn another_verb_or_path_answers_405() {
    let sim = Sim::start().await;
    for (method, path) in [
        ("PUT", "state"),
        ("POST", "state"),
        ("PATCH", "items"),
        ("GET", "nonsense"),
        ("PUT", "faults"),
    ] {
        assert_eq!(
            sim.running
                .control(method, &format!("/__sim/{path}"), &Value::Null)
                .0,
            405
        );
    }
    let broken = sim
        .client
        .post(sim.url("/__sim/items"))
        .body("{")
        .send()
        .await
        .expect("an answer");
    assert_eq!(broken.status(), 400);
}

#[tokio::test]
async fn permissions_stand_among_the_switches_too() {
    let sim = Sim::switched(json!({"permissions": ["ORDERS_R"]})).await;
    assert_eq!(sim.get("items").await.status, 401);
    assert_eq!(sim.get("orders").await.status, 200);
}

#[tokio::test]
async fn every_answer_has_the_date_of_the_simulated_clock() {
    let sim = Sim::start().await;
    let date = |answer: &Answer| {
        let date = answer.header("date").expect("a date");
        let time = httpdate::parse_http_date(date).expect("a date of HTTP");
        let since = time.duration_since(std::time::UNIX_EPOCH);
        i64::try_from(since.expect("after 1970").as_secs()).expect("a date")
    };
    let now = date(&sim.get("items").await);
    sim.sim("POST", "clock", json!({"advance_s": 5_000}));
    let later = date(&sim.get("items").await);
    assert!((5_000..5_100).contains(&(later - now)), "{now} {later}");
    sim.switch(json!({"date_ahead": -10_000}));
    let earlier = date(&sim.get("nothing").await);
    assert!((-5_000..-4_900).contains(&(earlier - now)), "{earlier}");
    sim.switch(json!({"date_ahead": i64::MAX}));
    assert_eq!(date(&sim.get("items").await), 253_402_300_799);
    sim.sim(
        "POST",
        "faults",
        json!({"match": "GET *", "do": "status", "code": 503, "headers": {"date": "soon"}}),
    );
    assert_eq!(sim.get("items").await.header("date"), Some("soon"));
}

#[test]
fn a_plain_test_can_run_a_simulator_without_a_runtime() {
    let running = Simulator::start_blocking(Config {
        limits: Limits::Off,
        ..Config::default()
    })
    .expect("it starts");
    assert!(running.base_url().starts_with("http://127.0.0.1:"));
    let (status, made) = running.control("POST", "/__sim/items", &json!({"name": "A", "price": 1}));
    assert_eq!(status, 200);
    let stream = std::net::TcpStream::connect(running.address()).expect("it listens");
    drop(stream);
    assert_eq!(running.state()["stock"][text(&made["id"])], Value::Null);
}

#[tokio::test]
async fn nobody_outside_the_machine_can_reach_it() {
    let config = Config {
        listen: "0.0.0.0:0".parse().expect("an address"),
        ..Config::default()
    };
    let error = Simulator::start(config).await.err().expect("a refusal");
    assert!(error.to_string().contains("loopback"), "{error}");
}

#[tokio::test]
async fn the_page_names_every_switch_and_its_default() {
    let page = include_str!("../../../../docs/simulator.md");
    let sim = Sim::start().await;
    let switches = sim.sim("GET", "switches", Value::Null);
    for (name, value) in switches.as_object().expect("switches") {
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}` |")));
        let row = row.unwrap_or_else(|| panic!("no row for {name}"));
        // The latency is a flag of the program, and the limits stand below the table.
        if !["latency", "rate_limit"].contains(&name.as_str()) {
            assert!(
                row.starts_with(&format!("| `{name}` | `{value}` |")),
                "{row}: {value}"
            );
        }
    }
    for (name, value) in switches["rate_limit"].as_object().expect("limits") {
        let pair = format!("\"{name}\": {value}");
        assert!(page.replace('\n', " ").contains(&pair), "{pair}");
    }
}
