//! Verification and deliveries.

use serde_json::{Value, json};

use crate::support::{Delivery, Endpoint, Sim, answer, text};

const AUTH: &str = "aaaaaaaa-0000-4000-8000-bbbbbbbbbbbb";

async fn registered() -> (Sim, Endpoint) {
    let sim = Sim::switched(json!({"webhook_batch_ms": 20, "webhook_retry_ms": 1})).await;
    let endpoint = Endpoint::start().await;
    sim.sim(
        "POST",
        "webhook",
        json!({"url": endpoint.url, "auth_code": AUTH}),
    );
    (sim, endpoint)
}

/// Events until one is this.
async fn until(endpoint: &mut Endpoint, merchant: &str, wanted: &str) -> Vec<String> {
    let mut seen = Vec::new();
    while !seen.iter().any(|event| event == wanted) {
        seen.extend(endpoint.next().await.events(merchant));
    }
    seen
}

#[tokio::test]
async fn verification_posts_the_code_without_an_auth_header() {
    let sim = Sim::start().await;
    let mut endpoint = Endpoint::start().await;
    let body = json!({"url": endpoint.url, "auth_code": AUTH, "verify": true});
    let request = sim.client.post(sim.url("/__sim/webhook")).json(&body);
    let shown = answer(request.send().await.expect("an answer"))
        .await
        .expect("a body")
        .json();
    assert_eq!(shown["verified"], json!(true));
    let delivery = endpoint.next().await;
    assert_eq!(delivery.auth, None);
    assert_eq!(
        delivery.body,
        json!({"verificationCode": shown["verification_code"]})
    );
    assert_eq!(
        sim.running.state()["webhook"]["verification_code"],
        shown["verification_code"]
    );
    endpoint.answer_next(&[403]);
    let request = sim.client.post(sim.url("/__sim/webhook")).json(&body);
    let shown = answer(request.send().await.expect("an answer"))
        .await
        .expect("a body")
        .json();
    assert_eq!(shown["verified"], json!(false));
}

#[tokio::test]
async fn a_delivery_carries_the_auth_code_the_app_and_the_merchant() {
    let (sim, mut endpoint) = registered().await;
    let id = sim.item(json!({"name": "A", "price": 1}));
    let delivery: Delivery = endpoint.next().await;
    assert_eq!(delivery.auth.as_deref(), Some(AUTH));
    assert_eq!(delivery.body["appId"], "APPID00000001");
    let event = &delivery.body["merchants"][&sim.merchant][0];
    assert_eq!(
        (&event["objectId"], &event["type"]),
        (&json!(format!("I:{id}")), &json!("CREATE"))
    );
    assert!(event["ts"].is_i64());
}

#[tokio::test]
async fn edits_deletes_and_counts_in_the_store_fire_events() {
    let (sim, mut endpoint) = registered().await;
    let id = sim.item(json!({"name": "A", "price": 1}));
    sim.sim("POST", &format!("items/{id}"), json!({"price": 2}));
    sim.sim("POST", &format!("stock/{id}"), json!({"quantity": 2}));
    let sold = sim.sim("POST", "sale", json!({"itemId": id, "quantity": 1}));
    sim.sim("DELETE", &format!("items/{id}"), Value::Null);
    let seen = until(&mut endpoint, &sim.merchant, &format!("I:{id} DELETE")).await;
    let order = format!("O:{} CREATE", text(&sold["orderId"]));
    let update = format!("I:{id} UPDATE");
    let expected = [
        format!("I:{id} CREATE"),
        update.clone(),
        update.clone(),
        order,
        update,
        format!("I:{id} DELETE"),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn events_of_a_short_while_travel_in_one_delivery() {
    let (sim, mut endpoint) = registered().await;
    sim.switch(json!({"webhook_batch_ms": 300}));
    let ids: Vec<String> = (0..5)
        .map(|n| sim.item(json!({"name": "A", "price": n})))
        .collect();
    let events = endpoint.next().await.events(&sim.merchant);
    assert_eq!(
        events,
        ids.iter()
            .map(|id| format!("I:{id} CREATE"))
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn own_writes_come_back_unless_switched() {
    let (sim, mut endpoint) = registered().await;
    let id = sim.item(json!({"name": "A", "price": 1}));
    let path = format!("item_stocks/{id}");
    sim.make(&path, json!({"quantity": 1})).await;
    until(&mut endpoint, &sim.merchant, &format!("I:{id} UPDATE")).await;
    sim.switch(json!({"own_write_echo": false}));
    sim.make(&path, json!({"quantity": 2})).await;
    let last = sim.item(json!({"name": "B", "price": 1}));
    let seen = until(&mut endpoint, &sim.merchant, &format!("I:{last} CREATE")).await;
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[tokio::test]
async fn split_mode_tells_stock_and_availability_apart() {
    let (sim, mut endpoint) = registered().await;
    sim.switch(json!({"stock_webhook_mode": "split_IS_IA"}));
    let id = sim.item(json!({"name": "A", "price": 1, "autoManage": true}));
    sim.sim("POST", &format!("stock/{id}"), json!({"quantity": 0}));
    let seen = until(&mut endpoint, &sim.merchant, &format!("IA:{id} UPDATE")).await;
    assert_eq!(
        seen,
        [
            format!("I:{id} CREATE"),
            format!("IS:{id} UPDATE"),
            format!("IA:{id} UPDATE")
        ]
    );
}

#[tokio::test]
async fn a_sale_can_be_silent() {
    for mode in ["legacy_I", "split_IS_IA"] {
        let (sim, mut endpoint) = registered().await;
        sim.switch(json!({"sale_emits_stock_event": false, "stock_webhook_mode": mode}));
        let id = sim.item(json!({"name": "A", "price": 1}));
        sim.sim("POST", &format!("stock/{id}"), json!({"quantity": 5}));
        sim.sim("POST", "sale", json!({"itemId": id, "quantity": 1}));
        let last = sim.item(json!({"name": "B", "price": 1}));
        let seen = until(&mut endpoint, &sim.merchant, &format!("I:{last} CREATE")).await;
        let about_stock = seen
            .iter()
            .filter(|event| event.contains(&format!("{id} UPDATE")))
            .count();
        assert_eq!(about_stock, 1, "{mode}: {seen:?}");
    }
}

#[tokio::test]
async fn only_what_the_app_may_read_is_told() {
    let (sim, mut endpoint) = registered().await;
    sim.sim("POST", "merchant", json!({"permissions": ["INVENTORY_R"]}));
    let id = sim.item(json!({"name": "A", "price": 1}));
    sim.sim("POST", "sale", json!({"itemId": id, "quantity": 1}));
    sim.sim("DELETE", &format!("items/{id}"), Value::Null);
    let seen = until(&mut endpoint, &sim.merchant, &format!("I:{id} DELETE")).await;
    assert!(seen.iter().all(|event| event.starts_with("I:")), "{seen:?}");
}

#[tokio::test]
async fn a_delivery_is_tried_again_only_when_switched() {
    let (sim, mut endpoint) = registered().await;
    endpoint.answer_next(&[500]);
    let first = sim.item(json!({"name": "A", "price": 1}));
    assert_eq!(
        endpoint.next().await.events(&sim.merchant),
        [format!("I:{first} CREATE")]
    );
    sim.switch(json!({"webhook_retry": 2}));
    endpoint.answer_next(&[500, 403]);
    let second = sim.item(json!({"name": "B", "price": 1}));
    for _ in 0..3 {
        assert_eq!(
            endpoint.next().await.events(&sim.merchant),
            [format!("I:{second} CREATE")]
        );
    }
    let third = sim.item(json!({"name": "C", "price": 1}));
    assert_eq!(
        endpoint.next().await.events(&sim.merchant),
        [format!("I:{third} CREATE")]
    );
}

#[tokio::test]
async fn deliveries_can_be_doubled_dropped_and_put_out_of_order() {
    let (sim, mut endpoint) = registered().await;
    sim.switch(json!({"duplicate_deliveries": 1}));
    let id = sim.item(json!({"name": "A", "price": 1}));
    for _ in 0..2 {
        assert_eq!(
            endpoint.next().await.events(&sim.merchant),
            [format!("I:{id} CREATE")]
        );
    }
    sim.switch(json!({"reorder_deliveries": 1, "webhook_batch_ms": 200}));
    sim.sim("POST", &format!("items/{id}"), json!({"price": 2}));
    sim.sim("DELETE", &format!("items/{id}"), Value::Null);
    assert_eq!(
        endpoint.next().await.events(&sim.merchant),
        [format!("I:{id} DELETE")]
    );
    assert_eq!(
        endpoint.next().await.events(&sim.merchant),
        [format!("I:{id} UPDATE")]
    );
    sim.switch(json!({"drop_deliveries": true, "webhook_batch_ms": 0}));
    let lost = sim.item(json!({"name": "Lost", "price": 1}));
    // Registering anew forgets what waits, so the lost event cannot come later.
    sim.sim(
        "POST",
        "webhook",
        json!({"url": endpoint.url, "auth_code": AUTH}),
    );
    sim.switch(json!({"drop_deliveries": false}));
    let next = sim.item(json!({"name": "Next", "price": 1}));
    let seen = until(&mut endpoint, &sim.merchant, &format!("I:{next} CREATE")).await;
    assert!(!seen.iter().any(|event| event.contains(&lost)), "{seen:?}");
    assert!(endpoint.is_quiet());
}

#[tokio::test]
async fn a_renamed_group_tells_of_every_member() {
    let (sim, mut endpoint) = registered().await;
    let ids: Vec<String> = ["S", "M"]
        .map(|name| sim.item(json!({"name": name, "price": 1, "group": "Hat"})))
        .into();
    let group = text(&sim.state_item(&ids[0])["itemGroup"]["id"]);
    sim.sim("DELETE", &format!("items/{}", ids[1]), Value::Null);
    until(
        &mut endpoint,
        &sim.merchant,
        &format!("I:{} DELETE", ids[1]),
    )
    .await;
    sim.make(&format!("item_groups/{group}"), json!({"name": "Cap"}))
        .await;
    assert_eq!(
        endpoint.next().await.events(&sim.merchant),
        [format!("I:{} UPDATE", ids[0])]
    );
    assert_eq!(sim.state_item(&ids[0])["name"], "Cap S");
}
