//! Items, variants and lookup lists.

use serde_json::{Value, json};

use crate::support::{Sim, text};

#[tokio::test]
async fn an_item_needs_a_name_and_a_price_that_fit() {
    let sim = Sim::start().await;
    let long = "n".repeat(128);
    for (body, field) in [
        (json!({"price": 1}), "name"),
        (json!({"name": "A"}), "price"),
        (json!({"name": "A", "price": -1}), "price"),
        (json!({"name": long, "price": 1}), "name"),
        (
            json!({"name": "A", "price": 1, "sku": "s".repeat(101)}),
            "sku",
        ),
        (
            json!({"name": "A", "price": 1, "priceType": "FREE"}),
            "priceType",
        ),
        (json!({"name": "A", "price": "1.5"}), "price"),
    ] {
        let answer = sim.post("items", body).await;
        assert_eq!(answer.status, 400);
        assert!(answer.message().starts_with(field), "{}", answer.text);
    }
    let made = sim
        .make(
            "items",
            json!({"name": "Mug", "price": 900, "sku": "MUG-9"}),
        )
        .await;
    assert_eq!(made["priceType"], "FIXED");
    assert_eq!(
        (&made["available"], &made["hidden"], &made["deleted"]),
        (&json!(true), &json!(false), &json!(false))
    );
    assert!(made.get("code").is_none() && made.get("alternateName").is_none());
    assert!(
        made["modifiedTime"]
            .as_i64()
            .is_some_and(|ms| ms % 1000 == 0)
    );
}

#[tokio::test]
async fn post_changes_what_was_sent_and_put_wants_the_name() {
    let sim = Sim::start().await;
    let id = sim.item(json!({"name": "A", "price": 5, "sku": "S"}));
    let changed = sim
        .make(&format!("items/{id}"), json!({"available": false}))
        .await;
    assert_eq!(
        (&changed["price"], &changed["sku"], &changed["available"]),
        (&json!(5), &json!("S"), &json!(false))
    );
    let path = format!("items/{id}");
    assert_eq!(
        sim.call("PUT", &path, json!({"price": 6})).await.status,
        400
    );
    let put = sim
        .call("PUT", &path, json!({"price": 6, "name": "B"}))
        .await
        .json();
    assert_eq!(
        (&put["price"], &put["name"], &put["sku"]),
        (&json!(6), &json!("B"), &json!("S"))
    );
}

#[tokio::test]
async fn a_deleted_item_leaves_the_lists_and_answers_404_or_itself() {
    let sim = Sim::start().await;
    let id = sim.item(json!({"name": "Gone", "price": 5}));
    let gone = sim
        .call("DELETE", &format!("items/{id}"), Value::Null)
        .await;
    assert_eq!((gone.status, gone.text.as_str()), (200, "{}"));
    let answer = sim.get(&format!("items/{id}")).await;
    assert_eq!(
        (answer.status, answer.message()),
        (404, "invalid ID".to_owned())
    );
    assert!(
        sim.get("items?filter=name%3DGone")
            .await
            .elements()
            .is_empty()
    );
    let deleted = sim
        .get("items?filter=deleted%3Dtrue&filter=name%3DGone")
        .await
        .elements();
    assert_eq!(deleted[0]["deleted"], json!(true));
    assert!(deleted[0]["deletedTime"].is_i64());
    sim.switch(json!({"deleted_item_get": "object"}));
    assert_eq!(
        sim.get(&format!("items/{id}")).await.json()["deleted"],
        json!(true)
    );
    assert_eq!(
        sim.call("DELETE", &format!("items/{id}"), Value::Null)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn many_items_are_made_changed_and_deleted_at_once() {
    let sim = Sim::start().await;
    let body = json!({"items": [{"name": "One", "price": 1}, {"name": "Two", "price": 2}]});
    let made = sim.make("bulk_items", body).await;
    let ids: Vec<String> = made["elements"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| text(&item["id"]))
        .collect();
    let body = json!({"items": [{"id": ids[0], "price": 9}, {"id": ids[1], "hidden": true}]});
    let changed = sim.call("PUT", "bulk_items", body).await.json();
    assert_eq!(changed["elements"][0]["price"], json!(9));
    assert_eq!(changed["elements"][0]["name"], json!("One"));
    assert_eq!(changed["elements"][1]["hidden"], json!(true));
    let path = format!("items?itemIds={}", ids.join(","));
    assert_eq!(sim.call("DELETE", &path, Value::Null).await.status, 200);
    assert_eq!(sim.get(&format!("items/{}", ids[0])).await.status, 404);
    // One bad element: nothing is made.
    let body = json!({"items": [{"name": "Three", "price": 1}, {"price": 2}]});
    assert_eq!(sim.post("bulk_items", body).await.status, 400);
    assert!(
        sim.get("items?filter=name%3DThree")
            .await
            .elements()
            .is_empty()
    );
}

#[tokio::test]
async fn a_variant_is_built_in_five_steps_and_named_by_the_server() {
    let sim = Sim::start().await;
    let id = |value: Value| json!({"id": value["id"]});
    let group = id(sim.make("item_groups", json!({"name": "Jacket"})).await);
    let size = id(sim
        .make("attributes", json!({"name": "Size", "itemGroup": group}))
        .await);
    let color = id(sim
        .make("attributes", json!({"name": "Color", "itemGroup": group}))
        .await);
    let option = async |attribute: &Value, name: &str| {
        let path = format!("attributes/{}/options", text(&attribute["id"]));
        id(sim.make(&path, json!({"name": name})).await)
    };
    let (large, green) = (option(&size, "L").await, option(&color, "Green").await);
    let item = sim
        .make(
            "items",
            json!({"name": "ignored", "price": 5000, "itemGroup": group}),
        )
        .await;
    assert_eq!(item["name"], "Jacket");
    let links = json!({"elements": [
        {"option": green, "item": {"id": item["id"]}},
        {"option": large, "item": {"id": item["id"]}},
    ]});
    assert_eq!(sim.make("option_items", links).await, json!({}));
    let path = format!("items/{}", text(&item["id"]));
    assert_eq!(sim.get(&path).await.json()["name"], "Jacket L Green");

    // The name is the server's, and follows the group and the options.
    assert_eq!(
        sim.make(&path, json!({"name": "Mine"})).await["name"],
        "Jacket L Green"
    );
    sim.make(
        &format!("item_groups/{}", text(&group["id"])),
        json!({"name": "Coat"}),
    )
    .await;
    assert_eq!(sim.get(&path).await.json()["name"], "Coat L Green");
    let large = format!(
        "attributes/{}/options/{}",
        text(&size["id"]),
        text(&large["id"])
    );
    sim.make(&large, json!({"name": "Large"})).await;
    assert_eq!(sim.get(&path).await.json()["name"], "Coat Large Green");
    sim.call("DELETE", &large, Value::Null).await;
    assert_eq!(sim.get(&path).await.json()["name"], "Coat Green");
    let group = text(&group["id"]);
    let shown = sim
        .get(&format!("item_groups/{group}?expand=items,attributes"))
        .await
        .json();
    assert_eq!(shown["items"]["elements"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        shown["attributes"]["elements"].as_array().map(Vec::len),
        Some(2)
    );
}

#[tokio::test]
async fn the_members_of_a_deleted_group_keep_their_last_names() {
    let sim = Sim::start().await;
    let member = |size: &str, price: i64| {
        let item = json!({"name": "x", "price": price, "group": "Cap", "options": {"Size": size}});
        sim.item(item)
    };
    let (small, large) = (member("S", 500), member("L", 600));
    let group = text(&sim.state_item(&small)["itemGroup"]["id"]);
    sim.call("DELETE", &format!("item_groups/{group}"), Value::Null)
        .await;
    for (id, name) in [(&small, "Cap S"), (&large, "Cap L")] {
        let item = sim.get(&format!("items/{id}?expand=options")).await.json();
        assert_eq!(item["name"], name);
        assert!(item.get("itemGroup").is_none(), "{item}");
        assert_eq!(item["options"], json!({"elements": []}));
    }
    // From now on the name is the client's.
    let renamed = sim
        .make(&format!("items/{small}"), json!({"name": "Small Cap"}))
        .await;
    assert_eq!(renamed["name"], "Small Cap");
}

#[tokio::test]
async fn an_attribute_needs_a_group_that_exists() {
    let sim = Sim::start().await;
    assert_eq!(
        sim.post("attributes", json!({"name": "Size"})).await.status,
        400
    );
    let body = json!({"name": "Size", "itemGroup": {"id": "0000000000000"}});
    assert_eq!(sim.post("attributes", body).await.status, 400);
    assert_eq!(
        sim.post("attributes/0000000000000/options", json!({"name": "L"}))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn links_are_made_and_broken() {
    let sim = Sim::start().await;
    let item = sim.item(json!({"name": "A", "price": 5}));
    for (list, path, end) in [
        ("categories", "category_items", "category"),
        ("tags", "tag_items", "tag"),
        ("tax_rates", "tax_rate_items", "taxRate"),
        ("modifier_groups", "item_modifier_groups", "modifierGroup"),
    ] {
        let made = sim.make(list, json!({"name": "New", "rate": 1})).await;
        let links = json!({"elements": [{end: {"id": made["id"]}, "item": {"id": item}}]});
        assert_eq!(sim.make(path, links.clone()).await, json!({}));
        let of_entry = format!("{list}/{}/items", text(&made["id"]));
        assert_eq!(
            sim.get(&of_entry).await.column("id"),
            [item.as_str()],
            "{list}"
        );
        assert_eq!(
            sim.make(&format!("{path}?delete=true"), links).await,
            json!({})
        );
        assert!(sim.get(&of_entry).await.elements().is_empty(), "{list}");
        let unknown = json!({"elements": [{end: {"id": "0000000000000"}, "item": {"id": item}}]});
        assert_eq!(sim.post(path, unknown).await.status, 404);
    }
}

#[tokio::test]
async fn a_new_category_goes_last_and_can_be_moved_renamed_and_deleted() {
    let sim = Sim::start().await;
    let made = sim.make("categories", json!({"name": "Season"})).await;
    assert_eq!(
        made,
        json!({"id": made["id"], "name": "Season", "sortOrder": 8, "deleted": false})
    );
    let id = text(&made["id"]);
    let item = sim.item(json!({"name": "A", "price": 5, "categories": ["Season"]}));
    sim.make(
        "categories/bulk_sort_orders",
        json!({"elements": [{"id": id, "sortOrder": 1}]}),
    )
    .await;
    let renamed = sim
        .make(&format!("categories/{id}"), json!({"name": "Sale"}))
        .await;
    assert_eq!(
        (&renamed["name"], &renamed["sortOrder"]),
        (&json!("Sale"), &json!(1))
    );
    assert_eq!(
        sim.get(&format!("items/{item}/categories"))
            .await
            .column("name"),
        ["Sale"]
    );
    assert_eq!(
        sim.call(
            "DELETE",
            &format!("categories?categoryIds={id}"),
            Value::Null
        )
        .await
        .status,
        200
    );
    assert!(
        sim.get(&format!("items/{item}/categories"))
            .await
            .elements()
            .is_empty()
    );
    let missing = sim.get(&format!("categories/{id}")).await;
    assert_eq!(missing.status, 404);
    assert_eq!(
        missing.json()["details"],
        "The requested resource could not be found."
    );
    assert_eq!(
        sim.get("categories?filter=deleted%3Dtrue")
            .await
            .column("id"),
        [id]
    );
}

#[tokio::test]
async fn deleting_a_modifier_group_deletes_its_modifiers() {
    let sim = Sim::start().await;
    let group = sim.make("modifier_groups", json!({"name": "Spice"})).await;
    let path = format!("modifier_groups/{}", text(&group["id"]));
    sim.make(
        &format!("{path}/modifiers"),
        json!({"name": "Hot", "price": 10}),
    )
    .await;
    assert_eq!(
        sim.post(
            &format!("{path}/modifiers"),
            json!({"name": "Cold", "price": -1})
        )
        .await
        .status,
        400
    );
    assert!(
        sim.get("modifiers")
            .await
            .column("name")
            .contains(&"Hot".to_owned())
    );
    sim.call("DELETE", &path, Value::Null).await;
    assert!(
        !sim.get("modifiers")
            .await
            .column("name")
            .contains(&"Hot".to_owned())
    );
}

#[tokio::test]
async fn a_discount_takes_off() {
    let sim = Sim::start().await;
    assert_eq!(
        sim.post("discounts", json!({"name": "A", "amount": 5}))
            .await
            .status,
        400
    );
    assert_eq!(
        sim.post("discounts", json!({"name": "A"})).await.status,
        400
    );
    assert_eq!(
        sim.make("discounts", json!({"name": "A", "percentage": 10}))
            .await["percentage"],
        json!(10)
    );
}

#[tokio::test]
async fn a_vat_merchant_shows_the_net_price_beside_the_gross_one() {
    let sim = Sim::start().await;
    let id = sim.item(json!({"name": "A", "price": 10_825}));
    let path = format!("items/{id}");
    assert!(sim.get(&path).await.json().get("priceWithoutVat").is_none());
    sim.sim("POST", "merchant", json!({"vat": true, "currency": "EUR"}));
    assert_eq!(
        sim.get(&path).await.json()["priceWithoutVat"],
        json!(10_000)
    );
    assert_eq!(sim.make("orders", json!({})).await["isVat"], json!(true));
}

#[tokio::test]
async fn emoji_in_item_names_stay_unless_switched() {
    let sim = Sim::start().await;
    let made = sim
        .make("items", json!({"name": "Pie 🥧", "price": 1}))
        .await;
    assert_eq!(made["name"], "Pie 🥧");
    sim.switch(json!({"emoji_in_item_names": "question_mark"}));
    let made = sim
        .make("items", json!({"name": "Pie 🥧", "price": 1}))
        .await;
    assert_eq!(made["name"], "Pie ?");
}
