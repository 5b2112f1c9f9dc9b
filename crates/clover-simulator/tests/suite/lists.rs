//! Paging, order, filter and expand; headers and errors of the REST API.

use serde_json::{Value, json};

use crate::support::{Answer, Sim, text};

#[tokio::test]
async fn a_list_is_newest_first_and_echoes_an_http_href() {
    let sim = Sim::start().await;
    let id = sim.item(json!({"name": "Newest", "price": 1}));
    let answer = sim.get("items?expand=categories").await;
    assert_eq!(answer.elements()[0]["id"], json!(id));
    let href = format!("/v3/merchants/{}/items?limit=100", sim.merchant);
    assert_eq!(text(&answer.json()["href"]), sim.url(&href));
    assert_eq!(
        answer.header("content-type"),
        Some("application/json; charset=utf-8")
    );
    assert_eq!(answer.header("x-clover-request-id").map(str::len), Some(36));
    assert!(
        answer
            .header("x-clover-allowed-filter-fields")
            .is_some_and(|f| f.contains("itemGroup.id"))
    );
    assert_eq!(
        answer.header("cache-control"),
        Some("no-cache, no-store, must-revalidate")
    );
}

/// All ids of a list, by keyset and by offset.
async fn sweeps(sim: &Sim, list: &str, more: &str) -> (Vec<String>, Vec<String>) {
    let mut by_key: Vec<String> = Vec::new();
    loop {
        let last = by_key
            .last()
            .map(|id| format!("&filter=id%3E{id}"))
            .unwrap_or_default();
        let page = sim
            .get(&format!("{list}?orderBy=id&limit=2{more}{last}"))
            .await
            .column("id");
        let is_short = page.len() < 2;
        by_key.extend(page);
        if is_short {
            break;
        }
    }
    let mut by_offset: Vec<String> = Vec::new();
    loop {
        let path = format!("{list}?limit=3&offset={}{more}", by_offset.len());
        let page = sim.get(&path).await.column("id");
        let is_short = page.len() < 3;
        by_offset.extend(page);
        if is_short {
            break;
        }
    }
    (by_key, by_offset)
}

#[tokio::test]
async fn keyset_and_offset_both_sweep_a_whole_list() {
    let sim = Sim::start().await;
    for (list, more) in [
        ("items", ""),
        ("item_groups", ""),
        ("attributes", "&expand=options"),
        ("options", ""),
        ("categories", ""),
        ("tags", ""),
        ("tax_rates", ""),
    ] {
        let (by_key, mut by_offset) = sweeps(&sim, list, more).await;
        assert!(by_key.is_sorted(), "{list}");
        by_offset.sort();
        assert_eq!(by_key, by_offset, "{list}");
        assert!(by_key.len() >= 3, "{list}");
    }
}

#[tokio::test]
async fn an_order_can_be_asked_for_in_both_directions() {
    let sim = Sim::start().await;
    let prices = |answer: &Answer| -> Vec<i64> {
        answer
            .elements()
            .iter()
            .filter_map(|item| item["price"].as_i64())
            .collect()
    };
    assert!(prices(&sim.get("items?orderBy=price").await).is_sorted());
    let down = prices(&sim.get("items?orderBy=price%20DESC").await);
    assert!(down.iter().rev().is_sorted());
    assert!(
        sim.get("items?orderBy=name+ASC")
            .await
            .column("name")
            .is_sorted()
    );
    assert_eq!(sim.get("items?orderBy=colour").await.status, 400);
    assert_eq!(sim.get("items?orderBy=price%20SIDEWAYS").await.status, 400);
}

#[tokio::test]
async fn filters_are_anded_and_know_every_sign() {
    let sim = Sim::start().await;
    for (name, price) in [("Zed one", 10), ("Zed two", 20), ("Zed three", 30)] {
        sim.item(json!({"name": name, "price": price}));
    }
    for (filters, names) in [
        (&["price=20"][..], &["Zed two"][..]),
        (&["price!=20"], &["Zed three", "Zed one"]),
        (&["price>10", "price<30"], &["Zed two"]),
        (&["price>=20", "price<=30"], &["Zed three", "Zed two"]),
        (&["name=Zed one"], &["Zed one"]),
    ] {
        let mut path = "items?filter=name%3DZed*".to_owned();
        for filter in filters {
            path.push_str("&filter=");
            path.extend(url::form_urlencoded::byte_serialize(filter.as_bytes()));
        }
        assert_eq!(sim.get(&path).await.column("name"), names, "{filters:?}");
    }
}

#[tokio::test]
async fn membership_picks_exactly_these_ids() {
    let sim = Sim::start().await;
    let all = sim.get("items?limit=5").await.column("id");
    let list = format!("id%20in%20('{}','{}','0000000000000')", all[3], all[1]);
    let mut wanted = vec![all[1].clone(), all[3].clone()];
    wanted.sort();
    let mut got = sim.get(&format!("items?filter={list}")).await.column("id");
    got.sort();
    assert_eq!(got, wanted);
}

#[tokio::test]
async fn relations_can_be_filtered_on() {
    let sim = Sim::start().await;
    let category = text(
        &sim.get("categories?filter=name%3DDesserts")
            .await
            .elements()[0]["id"],
    );
    let by_filter = sim
        .get(&format!("items?filter=categoryId%3D{category}"))
        .await
        .column("name");
    let by_path = sim
        .get(&format!("categories/{category}/items"))
        .await
        .column("name");
    assert_eq!(by_filter, by_path);
    assert!(by_filter.contains(&"Cheesecake".to_owned()));
    assert_eq!(
        sim.get("items?filter=tags.name%3DLocal")
            .await
            .elements()
            .len(),
        4
    );
}

#[tokio::test]
async fn an_unknown_filter_field_or_a_broken_filter_answers_400() {
    let sim = Sim::start().await;
    for filter in ["categories.id%3DX", "code%3D1", "nonsense", "%3D"] {
        assert_eq!(
            sim.get(&format!("items?filter={filter}")).await.status,
            400,
            "{filter}"
        );
    }
}

#[tokio::test]
async fn a_limit_over_1000_is_clamped_or_refused() {
    let sim = Sim::start().await;
    let answer = sim.get("items?limit=5000").await;
    assert_eq!(answer.status, 200);
    assert!(text(&answer.json()["href"]).ends_with("limit=1000"));
    sim.switch(json!({"limit_over_1000": "400"}));
    assert_eq!(sim.get("items?limit=5000").await.status, 400);
    for bad in ["0", "-1", "many"] {
        assert_eq!(sim.get(&format!("items?limit={bad}")).await.status, 400);
    }
}

#[tokio::test]
async fn relations_are_absent_unless_expanded_and_the_group_is_always_its_id() {
    let sim = Sim::start().await;
    let plain = &sim
        .get("items?filter=itemGroup.id!%3DX&filter=name%3DT-Shirt*&limit=1")
        .await
        .elements()[0];
    let relations = [
        "categories",
        "tags",
        "options",
        "taxRates",
        "modifierGroups",
        "itemStock",
    ];
    for name in relations {
        assert!(plain.get(name).is_none(), "{name}");
    }
    assert_eq!(
        plain["itemGroup"].as_object().map(serde_json::Map::len),
        Some(1)
    );
    let id = text(&plain["id"]);
    let full = sim
        .get(&format!("items/{id}?expand={}", relations.join(",")))
        .await
        .json();
    for name in &relations[..5] {
        assert!(full[*name]["elements"].is_array(), "{name}");
    }
    assert_eq!(full["itemStock"]["item"]["id"], json!(id));
    assert_eq!(
        full["options"]["elements"][0]["attribute"]
            .as_object()
            .map(serde_json::Map::len),
        Some(1)
    );
}

#[tokio::test]
async fn a_fourth_expand_value_works_is_ignored_or_refused() {
    let sim = Sim::start().await;
    let path = "items?limit=1&expand=categories,tags,options,itemStock";
    assert!(sim.get(path).await.elements()[0].get("itemStock").is_some());
    sim.switch(json!({"expand_over_3": "ignore"}));
    let element = &sim.get(path).await.elements()[0];
    assert!(element.get("options").is_some() && element.get("itemStock").is_none());
    sim.switch(json!({"expand_over_3": "400"}));
    assert_eq!(sim.get(path).await.status, 400);
}

#[tokio::test]
async fn a_nested_list_is_cut_at_100() {
    let sim = Sim::start().await;
    for n in 0..103 {
        sim.item(json!({"name": format!("N{n}"), "price": 1, "categories": ["Crowd"]}));
    }
    let path = "categories?filter=name%3DCrowd&expand=items";
    let category = sim.get(path).await.elements().remove(0);
    assert_eq!(
        category["items"]["elements"].as_array().map(Vec::len),
        Some(100)
    );
    let id = text(&category["id"]);
    assert_eq!(
        sim.get(&format!("categories/{id}/items?limit=1000"))
            .await
            .elements()
            .len(),
        103
    );
}

#[tokio::test]
async fn an_unknown_route_is_405_in_plain_text_without_a_content_type() {
    let sim = Sim::start().await;
    for (method, path) in [
        ("GET", "nonsense"),
        ("PATCH", "items"),
        ("PUT", "customers/X"),
        ("GET", "items/X/tax_rates"),
    ] {
        let answer = sim.call(method, path, Value::Null).await;
        assert_eq!(answer.status, 405);
        assert_eq!(answer.text, format!("405 {method} not allowed."));
        assert_eq!(answer.header("content-type"), None);
    }
}

#[tokio::test]
async fn a_bad_token_a_wrong_merchant_and_a_missing_permission_look_the_same() {
    let sim = Sim::start().await;
    let path = |merchant: &str, rest: &str| sim.url(&format!("/v3/merchants/{merchant}/{rest}"));
    for (url, token) in [
        (path(&sim.merchant, "items"), "unknown"),
        (path("AAAAAAAAAAAA1", "items"), sim.token.as_str()),
        (path(&sim.merchant, "properties"), sim.token.as_str()),
        (path(&sim.merchant, "tenders"), sim.token.as_str()),
        (path(&sim.merchant, "order_types"), sim.token.as_str()),
        (path(&sim.merchant, "payments"), sim.token.as_str()),
        (path(&sim.merchant, "customers"), sim.token.as_str()),
    ] {
        let response = sim
            .client
            .get(url)
            .bearer_auth(token)
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.status(), 401);
        assert_eq!(
            response.text().await.ok().as_deref(),
            Some(r#"{"message":"401 Unauthorized"}"#)
        );
    }
    assert_eq!(sim.get("").await.status, 401);
    sim.allow_all();
    for path in [
        "",
        "properties",
        "tenders",
        "order_types",
        "payments",
        "customers",
        "default_service_charge",
    ] {
        assert_eq!(sim.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_user_agent_is_needed_unless_switched_off() {
    let sim = Sim::start().await;
    let bare = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let url = sim.url(&format!("/v3/merchants/{}/items", sim.merchant));
    let send = || bare.get(&url).bearer_auth(&sim.token).send();
    assert_eq!(send().await.expect("an answer").status(), 400);
    sim.switch(json!({"require_user_agent": false}));
    assert_eq!(send().await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn a_large_answer_is_compressed_for_those_who_accept_it() {
    let sim = Sim::start().await;
    let url = sim.url(&format!("/v3/merchants/{}/items", sim.merchant));
    let raw = reqwest::Client::builder()
        .no_proxy()
        .no_gzip()
        .user_agent("suite")
        .build()
        .expect("a client");
    let send = |encoding: &'static str| {
        raw.get(&url)
            .bearer_auth(&sim.token)
            .header("accept-encoding", encoding)
            .send()
    };
    let packed = send("gzip").await.expect("an answer");
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let plain = send("identity").await.expect("an answer");
    assert!(plain.headers().get("content-encoding").is_none());
    let (packed, plain) = (
        packed.bytes().await.expect("a body"),
        plain.text().await.expect("a body"),
    );
    assert!(packed.len() * 2 < plain.len());
    assert_eq!(sim.get("items").await.text, plain);
}
