//! Orders, lines, payments and atomic orders.

use serde_json::{Value, json};

use crate::support::{Sim, text};

async fn order(sim: &Sim, body: Value) -> String {
    text(&sim.make("orders", body).await["id"])
}

#[tokio::test]
async fn an_empty_order_is_hidden_and_has_no_total() {
    let sim = Sim::start().await;
    let made = sim.make("orders", json!({})).await;
    for absent in ["state", "total", "paymentState", "employee", "lineItems"] {
        assert!(made.get(absent).is_none(), "{absent}");
    }
    assert_eq!(
        (&made["currency"], &made["groupLineItems"]),
        (&json!("USD"), &json!(true))
    );
    assert!(text(&made["href"]).starts_with("https://"));
    let id = text(&made["id"]);
    sim.make(
        &format!("orders/{id}/line_items"),
        json!({"name": "A", "price": 5}),
    )
    .await;
    assert!(
        sim.get(&format!("orders/{id}"))
            .await
            .json()
            .get("total")
            .is_none()
    );
    assert_eq!(
        sim.make(&format!("orders/{id}"), json!({"total": 5})).await["total"],
        json!(5)
    );
}

#[tokio::test]
async fn a_line_is_one_piece_whatever_quantity_says() {
    let sim = Sim::start().await;
    let item = sim.item(json!({"name": "Mug", "price": 900}));
    let id = order(&sim, json!({})).await;
    let line = sim
        .make(
            &format!("orders/{id}/line_items"),
            json!({"item": {"id": item}, "quantity": 3}),
        )
        .await;
    assert_eq!(
        (&line["name"], &line["price"]),
        (&json!("Mug"), &json!(900))
    );
    assert_eq!(
        (&line["orderRef"], &line["item"]),
        (&json!({"id": id}), &json!({"id": item}))
    );
    assert!(line.get("quantity").is_none());
    assert_eq!(
        sim.get(&format!("orders/{id}/line_items"))
            .await
            .elements()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_line_needs_a_price_or_an_item() {
    let sim = Sim::start().await;
    let id = order(&sim, json!({})).await;
    let answer = sim
        .post(&format!("orders/{id}/line_items"), json!({"name": "A"}))
        .await;
    assert_eq!(
        (answer.status, answer.message()),
        (400, "Invalid line item".to_owned())
    );
}

#[tokio::test]
async fn emoji_in_a_line_name_become_question_marks() {
    let sim = Sim::start().await;
    let id = order(&sim, json!({})).await;
    let line = sim
        .make(
            &format!("orders/{id}/line_items"),
            json!({"name": "Pizza 🍕 & \"Café\"", "price": 1}),
        )
        .await;
    assert_eq!(line["name"], "Pizza ? & \"Café\"");
}

#[tokio::test]
async fn bulk_lines_come_back_flat_and_shuffled_and_all_or_none() {
    let sim = Sim::start().await;
    let id = order(&sim, json!({})).await;
    let path = format!("orders/{id}/bulk_line_items");
    let many = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|n| json!({"name": format!("N{n:03}"), "price": n, "note": format!("L{n}")}))
            .collect()
    };
    let made = sim.make(&path, json!({"items": many(50)})).await;
    let names: Vec<String> = made
        .as_array()
        .expect("a flat list")
        .iter()
        .map(|line| text(&line["name"]))
        .collect();
    assert_eq!(names.len(), 50);
    assert!(!names.is_sorted());
    assert_eq!(
        sim.post(&path, json!({"items": many(101)})).await.status,
        400
    );
    assert_eq!(
        sim.post(
            &path,
            json!({"items": [{"name": "A", "price": 1}, {"name": "B"}]})
        )
        .await
        .status,
        400
    );
    let stored = sim.get(&format!("orders/{id}/line_items?limit=1000")).await;
    assert!(stored.column("name").is_sorted() && stored.elements().len() == 50);
}

#[tokio::test]
async fn the_state_shows_all_lines_where_clover_cuts_at_100() {
    let sim = Sim::start().await;
    let id = order(&sim, json!({"state": "open"})).await;
    for _ in 0..3 {
        let items = vec![json!({"name": "A", "price": 1}); 50];
        sim.make(
            &format!("orders/{id}/bulk_line_items"),
            json!({"items": items}),
        )
        .await;
    }
    let lines = |order: &Value| order["lineItems"]["elements"].as_array().map(Vec::len);
    let nested = sim.get(&format!("orders/{id}?expand=lineItems")).await;
    assert_eq!(lines(&nested.json()), Some(100));
    assert_eq!(lines(&sim.running.state()["orders"][0]), Some(150));
}

#[tokio::test]
async fn lines_are_changed_and_voided() {
    let sim = Sim::start().await;
    let id = order(&sim, json!({})).await;
    let path = format!("orders/{id}/line_items");
    let line = text(&sim.make(&path, json!({"name": "A", "price": 5})).await["id"]);
    let changed = sim
        .make(&format!("{path}/{line}"), json!({"note": "SKU 1"}))
        .await;
    assert_eq!(
        (&changed["note"], &changed["price"]),
        (&json!("SKU 1"), &json!(5))
    );
    assert_eq!(
        sim.call("DELETE", &format!("{path}/{line}"), Value::Null)
            .await
            .text,
        "{}"
    );
    assert_eq!(sim.get(&format!("{path}/{line}")).await.status, 404);
    sim.make(&path, json!({"name": "A", "price": 5})).await;
    sim.call("DELETE", &path, Value::Null).await;
    assert!(sim.get(&path).await.elements().is_empty());
}

#[tokio::test]
async fn discounts_are_negative_amounts_or_percentages() {
    let sim = Sim::start().await;
    let id = order(&sim, json!({})).await;
    let line = text(
        &sim.make(
            &format!("orders/{id}/line_items"),
            json!({"name": "A", "price": 500}),
        )
        .await["id"],
    );
    for path in [
        format!("orders/{id}/discounts"),
        format!("orders/{id}/line_items/{line}/discounts"),
    ] {
        assert_eq!(
            sim.post(&path, json!({"name": "Up", "amount": 5}))
                .await
                .status,
            400
        );
        assert_eq!(sim.post(&path, json!({"name": "None"})).await.status, 400);
        let made = sim
            .make(&path, json!({"name": "Coupon", "amount": -50}))
            .await;
        assert_eq!(made["amount"], json!(-50));
        assert_eq!(sim.get(&path).await.column("name"), ["Coupon"]);
        let own = format!("{path}/{}", text(&made["id"]));
        assert_eq!(sim.call("DELETE", &own, Value::Null).await.status, 200);
        assert_eq!(sim.call("DELETE", &own, Value::Null).await.status, 404);
    }
    sim.make(
        &format!("orders/{id}/discounts"),
        json!({"name": "10%", "percentage": 10}),
    )
    .await;
    let full = sim
        .get(&format!("orders/{id}?expand=discounts,lineItems.discounts"))
        .await
        .json();
    assert_eq!(full["discounts"]["elements"][0]["percentage"], json!(10));
    assert_eq!(
        full["lineItems"]["elements"][0]["discounts"]["elements"],
        json!([])
    );
}

#[tokio::test]
async fn a_reference_has_at_most_12_characters_and_is_found_after_a_lag() {
    let mut sim = Sim::switched(json!({"external_ref_search_lag": 30_000})).await;
    assert_eq!(
        sim.post("orders", json!({"externalReferenceId": "1234567890123"}))
            .await
            .status,
        400
    );
    let id = order(
        &sim,
        json!({"externalReferenceId": "W10234", "state": "open"}),
    )
    .await;
    let path = "orders?filter=externalReferenceId%3DW10234";
    assert!(sim.get(path).await.elements().is_empty());
    assert_eq!(
        sim.get(&format!("orders/{id}")).await.json()["externalReferenceId"],
        "W10234"
    );
    sim.running.advance_s(31);
    assert_eq!(sim.get(path).await.column("id"), [id.as_str()]);
    // Searches look back 90 days only, without a word.
    sim.running.advance_s(91 * 24 * 3600);
    sim.token = sim.running.access_token();
    assert!(sim.get(path).await.elements().is_empty());
    assert_eq!(sim.get(&format!("orders/{id}")).await.status, 200);
}

#[tokio::test]
async fn payments_lock_the_order_and_a_second_one_is_taken() {
    let sim = Sim::start().await;
    let id = order(&sim, json!({"state": "open", "total": 100})).await;
    let path = format!("orders/{id}/payments");
    assert_eq!(sim.post(&path, json!({"amount": 100})).await.status, 401);
    sim.allow_all();
    let tenders = sim.get("tenders").await.elements();
    assert_eq!(tenders.len(), 7);
    let external = tenders
        .iter()
        .find(|tender| tender["labelKey"] == "com.clover.tender.external_payment");
    let tender = json!({"id": external.expect("the tender")["id"]});
    assert_eq!(
        sim.post(&path, json!({"tender": tender, "amount": 0}))
            .await
            .status,
        400
    );
    assert_eq!(
        sim.post(
            &path,
            json!({"tender": {"id": "0000000000000"}, "amount": 1})
        )
        .await
        .status,
        400
    );
    let state = async || sim.get(&format!("orders/{id}")).await.json()["paymentState"].clone();
    assert_eq!(state().await, "OPEN");
    let paid = sim
        .make(
            &path,
            json!({"tender": tender, "amount": 40, "externalPaymentId": "P-1"}),
        )
        .await;
    assert_eq!(
        (&paid["result"], &paid["externalPaymentId"]),
        (&json!("SUCCESS"), &json!("P-1"))
    );
    assert_eq!(state().await, "PARTIALLY_PAID");
    sim.make(&path, json!({"tender": tender, "amount": 60}))
        .await;
    assert_eq!(state().await, "PAID");
    sim.make(&path, json!({"tender": tender, "amount": 60}))
        .await;
    assert_eq!(sim.get(&path).await.elements().len(), 3);
    assert_eq!(
        sim.get(&format!("orders/{id}")).await.json()["state"],
        "locked"
    );
    let refused = sim
        .call("DELETE", &format!("orders/{id}"), Value::Null)
        .await;
    assert_eq!(
        refused.message(),
        "Can not delete order with an associated payment."
    );
    assert_eq!(
        sim.post(&format!("orders/{id}/refunds"), json!({}))
            .await
            .status,
        405
    );
}

#[tokio::test]
async fn a_deleted_order_is_not_found() {
    let sim = Sim::start().await;
    let id = order(&sim, json!({})).await;
    assert_eq!(
        sim.call("DELETE", &format!("orders/{id}"), Value::Null)
            .await
            .text,
        "{}"
    );
    let missing = sim.get(&format!("orders/{id}")).await;
    assert_eq!(
        missing.json(),
        json!({"message": "Not Found", "details": "Order not found"})
    );
    assert!(!sim.get("orders").await.column("id").contains(&id));
}

#[tokio::test]
async fn the_merchant_has_sold_before_in_its_own_currency() {
    let sim = Sim::start().await;
    sim.sim("POST", "merchant", json!({"currency": "EUR"}));
    let old = sim.get("orders?limit=1").await.elements().remove(0);
    assert_eq!(
        (&old["currency"], &old["paymentState"]),
        (&json!("EUR"), &json!("PAID"))
    );
    assert_eq!(sim.running.state()["orders"], json!([]));
    sim.switch(json!({"order_history": false}));
    assert!(sim.get("orders").await.elements().is_empty());
}

#[tokio::test]
async fn a_service_charge_needs_the_id_of_the_default_one() {
    let sim = Sim::start().await;
    let id = order(&sim, json!({})).await;
    let path = format!("orders/{id}/service_charge");
    let missing = sim.post(&path, json!({"name": "X"})).await;
    assert_eq!(missing.message(), "Service charge in body is missing an ID");
    sim.allow_all();
    let known = sim.get("default_service_charge").await.json();
    assert_eq!(
        sim.post("default_service_charge", json!({})).await.status,
        405
    );
    sim.make(&path, json!({"id": known["id"]})).await;
    let shown = sim
        .get(&format!("orders/{id}?expand=serviceCharge"))
        .await
        .json();
    assert_eq!(shown["serviceCharge"]["id"], known["id"]);
    sim.call("DELETE", &path, Value::Null).await;
}

#[tokio::test]
async fn customers_are_attached_to_orders() {
    let sim = Sim::start().await;
    sim.allow_all();
    let made = sim
        .make("customers", json!({"firstName": "Ada", "email": "ignored"}))
        .await;
    assert!(made.get("email").is_none());
    let id = order(&sim, json!({})).await;
    sim.make(
        &format!("orders/{id}"),
        json!({"customers": [{"id": made["id"]}]}),
    )
    .await;
    let shown = sim
        .get(&format!("orders/{id}?expand=customers"))
        .await
        .json();
    assert_eq!(shown["customers"]["elements"][0]["firstName"], "Ada");
    let unknown = json!({"customers": [{"id": "0000000000000"}]});
    assert_eq!(sim.post(&format!("orders/{id}"), unknown).await.status, 400);
}

#[tokio::test]
async fn an_order_can_be_printed() {
    let sim = Sim::start().await;
    let id = order(&sim, json!({})).await;
    sim.switch(json!({"default_printer": true}));
    assert_eq!(
        sim.make("print_event", json!({"orderRef": {"id": id}}))
            .await["orderRef"]["id"],
        json!(id)
    );
    assert_eq!(
        sim.post("print_event", json!({"orderRef": {"id": "0000000000000"}}))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn an_atomic_order_is_priced_by_clover() {
    let sim = Sim::start().await;
    let item = sim.item(json!({"name": "A", "price": 1000}));
    let cart = json!({"orderCart": {"lineItems": [{"item": {"id": item}}, {"item": {"id": item}}],
        "discounts": [{"name": "Off", "amount": -500}]}});
    let priced = sim.make("atomic_order/checkouts", cart.clone()).await;
    assert_eq!(priced["subtotal"], json!(1500));
    assert_eq!(priced["totalTaxAmount"], json!(124)); // 8.25 % of 1500 is 123.75
    assert_eq!(priced["total"], json!(1624));
    assert_eq!(priced["taxSummaries"]["elements"][0]["amount"], json!(124));
    assert_eq!(sim.running.state()["orders"], json!([]));
    let made = sim.make("atomic_order/orders", cart.clone()).await;
    assert_eq!(
        (&made["state"], &made["total"]),
        (&json!("OPEN"), &json!(1624))
    );
    assert_eq!(
        made["lineItems"]["elements"].as_array().map(Vec::len),
        Some(2)
    );
    sim.sim("POST", "merchant", json!({"vat": true}));
    assert_eq!(
        sim.make("atomic_order/checkouts", cart).await["total"],
        json!(1500)
    );
}

#[tokio::test]
async fn an_atomic_order_refuses_in_documented_words() {
    let sim = Sim::start().await;
    let unknown = "0000000000000";
    let item = sim.item(json!({"name": "A", "price": 1000}));
    for (cart, message, details) in [
        (json!({}), "cart_is_empty_or_missing", "orderCart"),
        (
            json!({"lineItems": [{"item": {"id": unknown}}]}),
            "item_does_not_exist",
            unknown,
        ),
        (
            json!({"lineItems": [
                {"item": {"id": item}, "modifications": [{"modifier": {"id": unknown}}]}]}),
            "invalid_modifier",
            unknown,
        ),
        (
            json!({"lineItems": [{"item": {"id": item}}], "serviceCharge": {"id": unknown}}),
            "service_charge_does_not_exist",
            unknown,
        ),
        (
            json!({"lineItems": [{"item": {"id": item}}], "discounts": [{"amount": 5}]}),
            "invalid_discount_attribute",
            "discounts",
        ),
    ] {
        let answer = sim
            .post("atomic_order/orders", json!({"orderCart": cart}))
            .await;
        assert_eq!(answer.status, 400);
        assert_eq!(
            answer.json(),
            json!({"message": message, "details": details})
        );
    }
}
