//! Counts.

use serde_json::{Value, json};

use crate::support::{Sim, text};

#[tokio::test]
async fn a_count_is_set_absolutely_and_answered_as_a_float() {
    let sim = Sim::start().await;
    let id = sim.item(json!({"name": "A", "price": 1}));
    let path = format!("item_stocks/{id}");
    let answer = sim.post(&path, json!({"quantity": 12})).await;
    assert!(answer.text.contains("\"quantity\":12.0"), "{}", answer.text);
    assert_eq!(answer.json()["stockCount"], json!(12));
    assert_eq!(answer.json()["item"], json!({"id": id}));
    let put = sim
        .call("PUT", &path, json!({"quantity": 160.5, "item": {"id": id}}))
        .await
        .json();
    assert_eq!(
        (&put["quantity"], &put["stockCount"]),
        (&json!(160.5), &json!(161))
    );
    let below = sim.make(&path, json!({"quantity": -2})).await;
    assert_eq!(
        (&below["quantity"], &below["stockCount"]),
        (&json!(-2.0), &json!(-2))
    );
    assert_eq!(sim.post(&path, json!({})).await.status, 400);
    assert_eq!(
        sim.post("item_stocks/0000000000000", json!({"quantity": 1}))
            .await
            .message(),
        "invalid ID"
    );
}

#[tokio::test]
async fn an_item_never_counted_has_no_quantity_anywhere() {
    let sim = Sim::start().await;
    let id = sim.item(json!({"name": "A", "price": 1}));
    let only = json!({"item": {"id": id}});
    assert_eq!(sim.get(&format!("item_stocks/{id}")).await.json(), only);
    let listed = sim.get("item_stocks?limit=1000").await.elements();
    assert!(
        listed
            .iter()
            .all(|stock| stock["item"]["id"] != json!(id) && stock["quantity"].is_f64())
    );
    let expanded = async || {
        sim.get(&format!("items/{id}?expand=itemStock"))
            .await
            .json()
    };
    assert_eq!(expanded().await["itemStock"], only);
    sim.switch(json!({"untracked_stock_shape": "empty"}));
    assert_eq!(expanded().await["itemStock"], json!({}));
    sim.switch(json!({"untracked_stock_shape": "absent"}));
    assert!(expanded().await.get("itemStock").is_none());
    assert_eq!(sim.stock(&id), Value::Null);
}

#[tokio::test]
async fn a_count_that_is_deleted_was_never_set() {
    let sim = Sim::start().await;
    let id = sim.item(json!({"name": "A", "price": 1, "quantity": 3}));
    let path = format!("item_stocks/{id}");
    assert_eq!(sim.call("DELETE", &path, Value::Null).await.text, "{}");
    assert_eq!(sim.get(&path).await.json(), json!({"item": {"id": id}}));
}

#[tokio::test]
async fn a_count_has_a_time_of_its_own_unless_switched() {
    let sim = Sim::start().await;
    let id = sim.item(json!({"name": "A", "price": 1}));
    let before = sim.state_item(&id)["modifiedTime"].clone();
    sim.running.advance_s(100);
    let stock = sim
        .make(&format!("item_stocks/{id}"), json!({"quantity": 1}))
        .await;
    assert_eq!(sim.state_item(&id)["modifiedTime"], before);
    assert!(stock["modifiedTime"].as_i64() > before.as_i64());
    sim.switch(json!({"stock_bumps_item_modified_time": true}));
    sim.make(&format!("item_stocks/{id}"), json!({"quantity": 2}))
        .await;
    assert!(sim.state_item(&id)["modifiedTime"].as_i64() > before.as_i64());
}

#[tokio::test]
async fn availability_follows_the_count_where_the_item_says_so() {
    let sim = Sim::start().await;
    let managed = sim.item(json!({"name": "A", "price": 1, "autoManage": true, "quantity": 1}));
    let plain = sim.item(json!({"name": "B", "price": 1, "quantity": 1}));
    for id in [&managed, &plain] {
        sim.make(&format!("item_stocks/{id}"), json!({"quantity": 0}))
            .await;
    }
    assert_eq!(sim.state_item(&managed)["available"], json!(false));
    assert_eq!(sim.state_item(&plain)["available"], json!(true));
    sim.make(&format!("item_stocks/{managed}"), json!({"quantity": 1}))
        .await;
    assert_eq!(sim.state_item(&managed)["available"], json!(true));
}

#[tokio::test]
async fn the_list_of_counts_pages_by_key_and_by_offset() {
    let sim = Sim::start().await;
    let ids = |answer: crate::support::Answer| -> Vec<String> {
        answer
            .elements()
            .iter()
            .map(|stock| text(&stock["item"]["id"]))
            .collect()
    };
    let all = ids(sim.get("item_stocks?orderBy=item.id&limit=1000").await);
    assert!(all.is_sorted() && all.len() > 10);
    let next = format!(
        "item_stocks?orderBy=item.id&limit=3&filter=item.id%3E{}",
        all[2]
    );
    assert_eq!(ids(sim.get(&next).await), all[3..6]);
    assert_eq!(
        ids(sim.get("item_stocks?orderBy=id&limit=3&offset=4").await),
        all[4..7]
    );
    let negative = sim.get("item_stocks?filter=quantity%3C0").await.elements();
    assert!(
        !negative.is_empty()
            && negative
                .iter()
                .all(|stock| stock["quantity"].as_f64() < Some(0.0))
    );
}

#[tokio::test]
async fn stock_cannot_be_written_through_the_item() {
    let sim = Sim::start().await;
    let id = sim.item(json!({"name": "A", "price": 1, "quantity": 3}));
    sim.make(
        &format!("items/{id}"),
        json!({"stockCount": 9, "itemStock": {"quantity": 9}}),
    )
    .await;
    assert_eq!(sim.stock(&id), json!(3.0));
}

/// An order with a line of the item, then a payment; the count after each step.
async fn sell_over_rest(sim: &Sim, item: &str) -> (Value, Value) {
    sim.allow_all();
    let order = text(
        &sim.make("orders", json!({"state": "open", "total": 100}))
            .await["id"],
    );
    sim.make(
        &format!("orders/{order}/line_items"),
        json!({"item": {"id": item}}),
    )
    .await;
    let after_line = sim.stock(item);
    let tender = sim.get("tenders").await.elements()[0]["id"].clone();
    let payment = json!({"tender": {"id": tender}, "amount": 100});
    sim.make(&format!("orders/{order}/payments"), payment.clone())
        .await;
    sim.make(&format!("orders/{order}/payments"), payment).await;
    (after_line, sim.stock(item))
}

#[tokio::test]
async fn an_order_over_rest_takes_stock_when_the_switch_and_the_merchant_say_so() {
    for (switch, update_stock, counts) in [
        ("off", true, (5.0, 5.0)),
        ("on_line_item", true, (4.0, 4.0)),
        ("on_payment", true, (5.0, 4.0)),
        ("on_line_item", false, (5.0, 5.0)),
        ("on_payment", false, (5.0, 5.0)),
    ] {
        let sim = Sim::switched(json!({"order_decrements_stock": switch})).await;
        sim.sim("POST", "merchant", json!({"updateStock": update_stock}));
        let item = sim.item(json!({"name": "A", "price": 100, "quantity": 5}));
        let counted = sell_over_rest(&sim, &item).await;
        assert_eq!(
            counted,
            (json!(counts.0), json!(counts.1)),
            "{switch} {update_stock}"
        );
    }
}
