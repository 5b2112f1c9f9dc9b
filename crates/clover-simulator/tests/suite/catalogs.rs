//! The three kinds of catalog.

use std::collections::{HashMap, HashSet};

use clover_simulator::{Catalog, Config, Limits};
use serde_json::{Value, json};

use crate::support::{Sim, text};

async fn with(catalog: Catalog, seed: u64) -> Sim {
    Sim::with(Config {
        catalog,
        seed,
        limits: Limits::Off,
        ..Config::default()
    })
    .await
}

/// Whether an item has a certain quirk.
type Quirk<'a> = &'a dyn Fn(&Value) -> bool;

fn items(sim: &Sim) -> Vec<Value> {
    sim.running.state()["items"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}

#[tokio::test]
async fn the_built_in_catalog_has_every_quirk() {
    let sim = Sim::start().await;
    let items = items(&sim);
    assert!((60..=80).contains(&items.len()));
    let quantity = |item: &Value| item["itemStock"]["quantity"].as_f64();
    let quirks: [(&str, Quirk<'_>); 19] = [
        ("no SKU", &|item| item.get("sku").is_none()),
        ("empty SKU", &|item| item["sku"] == ""),
        ("untracked", &|item| quantity(item).is_none()),
        ("zero", &|item| quantity(item) == Some(0.0)),
        ("negative", &|item| quantity(item).is_some_and(|q| q < 0.0)),
        ("fraction", &|item| {
            quantity(item).is_some_and(|q| q.fract() != 0.0)
        }),
        ("variable", &|item| item["priceType"] == "VARIABLE"),
        ("per unit", &|item| {
            item["priceType"] == "PER_UNIT" && item["unitName"].is_string()
        }),
        ("hidden", &|item| item["hidden"] == json!(true)),
        ("not available", &|item| item["available"] == json!(false)),
        ("auto manage", &|item| item["autoManage"] == json!(true)),
        ("several categories", &|item| {
            item["categories"]["elements"]
                .as_array()
                .is_some_and(|c| c.len() > 1)
        }),
        ("no category", &|item| {
            item["categories"]["elements"] == json!([])
        }),
        ("own tax rates", &|item| {
            item["defaultTaxRates"] == json!(false)
        }),
        ("emoji", &|item| {
            text(&item["name"]).chars().any(|c| c.len_utf8() == 4)
        }),
        ("markup", &|item| {
            text(&item["name"]).contains('<') && text(&item["name"]).contains('"')
        }),
        ("127 characters", &|item| {
            text(&item["name"]).chars().count() == 127
        }),
        ("price 0", &|item| {
            item["price"] == json!(0) && item["priceType"] == "FIXED"
        }),
        ("code", &|item| item["code"].is_string()),
    ];
    for (name, has) in quirks {
        assert!(items.iter().any(has), "{name}");
    }
    let repeated = |field: &str| {
        let mut seen = HashSet::new();
        items.iter().any(|item| {
            item.get(field).is_some_and(|v| v != "") && !seen.insert(text(&item[field]))
        })
    };
    assert!(repeated("sku") && repeated("name"));
    assert_eq!(
        items
            .iter()
            .filter(|item| item["deleted"] == json!(true))
            .count(),
        1
    );
    let mut attributes: HashMap<String, usize> = HashMap::new();
    for attribute in sim.get("attributes").await.elements() {
        *attributes
            .entry(text(&attribute["itemGroup"]["id"]))
            .or_default() += 1;
    }
    let mut counts: Vec<usize> = attributes.into_values().collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 2, 3]);
    assert!(
        sim.get("tax_rates")
            .await
            .column("name")
            .contains(&"NO_TAX_APPLIED".to_owned())
    );
    assert_eq!(sim.get("categories").await.elements().len(), 7);
}

#[tokio::test]
async fn a_seed_makes_the_same_catalog_every_time() {
    for catalog in [Catalog::Sandbox, Catalog::Synthetic(60)] {
        let one = with(catalog.clone(), 3).await;
        let same = with(catalog.clone(), 3).await;
        let other = with(catalog, 4).await;
        assert_eq!(items(&one), items(&same));
        assert_eq!(one.merchant, same.merchant);
        assert_ne!(items(&one), items(&other));
    }
}

#[tokio::test]
async fn synthetic_items_have_the_promised_mix() {
    let sim = with(Catalog::Synthetic(1000), 1).await;
    let page = sim
        .get("items?orderBy=id&limit=1000&expand=categories,options,tags")
        .await;
    let items = page.elements();
    assert_eq!(items.len(), 1000);
    assert!(items.iter().all(|item| item.to_string().len() >= 600));
    let skus: HashSet<String> = items.iter().map(|item| text(&item["sku"])).collect();
    assert_eq!(skus.len(), 1000);
    let mut groups: HashMap<String, usize> = HashMap::new();
    for item in items.iter().filter(|item| item.get("itemGroup").is_some()) {
        *groups.entry(text(&item["itemGroup"]["id"])).or_default() += 1;
        assert_eq!(
            item["options"]["elements"].as_array().map(Vec::len),
            Some(1)
        );
    }
    let grouped: usize = groups.values().sum();
    assert!((190..=215).contains(&grouped), "{grouped}");
    assert!(groups.values().all(|size| (2..=8).contains(size)));
    let categories = |item: &Value| {
        item["categories"]["elements"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert!(items.iter().all(|item| (1..=3).contains(&categories(item))));
    assert_eq!(
        sim.get("item_stocks?limit=1000").await.elements().len(),
        900
    );
    let groups = sim.get("item_groups?limit=1000").await.elements().len();
    assert_eq!(
        sim.get("attributes?limit=1000").await.elements().len(),
        groups
    );
}

#[tokio::test]
async fn a_file_of_items_is_taken_as_it_is() {
    let path = std::env::temp_dir().join(format!("clover-simulator-{}.json", std::process::id()));
    let list = json!([
        {"id": "AAAAAAAAAAAA1", "name": "Cap Red", "price": 5, "itemGroup": {"id": "GGGGGGGGGGGG1"},
         "modifiedTime": 1_700_000_000_000i64,
         "options": {"elements": [
             {"id": "BBBBBBBBBBBB1", "name": "Red", "attribute": {"id": "CCCCCCCCCCCC1"}}]},
         "categories": {"elements": [{"id": "DDDDDDDDDDDD1", "name": "Hats", "sortOrder": 4}]},
         "itemStock": {"quantity": 2.5, "modifiedTime": 1_700_000_009_000i64}},
        {"id": "AAAAAAAAAAAA2", "name": "Cap Blue", "price": 6,
         "itemGroup": {"id": "GGGGGGGGGGGG1"}, "deleted": true},
        {"name": "No id", "price": 7},
    ]);
    std::fs::write(&path, list.to_string()).expect("a file");
    let sim = with(Catalog::File(path.clone()), 1).await;
    let first = sim
        .get("items?expand=categories,options,itemStock")
        .await
        .elements()
        .remove(0);
    assert_eq!(
        (&first["id"], &first["modifiedTime"]),
        (&json!("AAAAAAAAAAAA1"), &json!(1_700_000_000_000i64))
    );
    assert_eq!(first["itemStock"]["stockCount"], json!(3));
    assert_eq!(first["categories"]["elements"][0]["sortOrder"], json!(4));
    assert_eq!(
        first["options"]["elements"][0]["attribute"]["id"],
        "CCCCCCCCCCCC1"
    );
    assert_eq!(sim.get("item_groups").await.elements()[0]["name"], "Cap");
    assert_eq!(
        sim.get("attributes").await.elements()[0]["itemGroup"]["id"],
        "GGGGGGGGGGGG1"
    );
    assert_eq!(
        sim.get("items?filter=deleted%3Dtrue").await.column("id"),
        ["AAAAAAAAAAAA2"]
    );
    assert_eq!(items(&sim).len(), 3);
    std::fs::write(&path, r#"[{"id": "short", "name": "A", "price": 1}]"#).expect("a file");
    let target = json!({"catalog": path});
    let (status, value) = sim.running.control("POST", "/__sim/reset", &target);
    assert_eq!(status, 400);
    assert!(text(&value["message"]).contains("elements[0]"), "{value}");
    std::fs::remove_file(path).expect("the file");
}

#[tokio::test]
async fn raw_fields_are_served_as_they_stand_in_the_file() {
    let path = std::env::temp_dir().join(format!("clover-hostile-{}.json", std::process::id()));
    let catalog = json!([
        {"id": "AR00000000001", "name": "Odd", "price": 100, "sku": "ODD",
         "itemStock": {"quantity": 3.0},
         "__raw": {"price": "599", "sku": 12345, "hidden": "false",
                   "categories": {"elements": [null]},
                   "itemStock": "3", "name": null}},
        {"id": "AR00000000002", "name": "Plain", "price": 200},
    ]);
    std::fs::write(&path, catalog.to_string()).expect("a file");
    let sim = with(Catalog::File(path.clone()), 1).await;
    std::fs::remove_file(&path).expect("the file is removed");
    let plain = sim.get("items/AR00000000001").await.json();
    for (field, value) in [
        ("price", json!("599")),
        ("sku", json!(12345)),
        ("hidden", json!("false")),
        ("name", json!(null)),
        ("available", json!(true)),
    ] {
        assert_eq!(plain[field], value, "{field}");
    }
    // Relations are nested only where they are asked for.
    assert!(plain.get("categories").is_none() && plain.get("itemStock").is_none());
    let listed = sim.get("items?expand=categories,itemStock").await;
    let odd = &listed.elements()[0];
    assert_eq!(odd["categories"], json!({"elements": [null]}));
    assert_eq!(odd["itemStock"], json!("3"));
    assert_eq!(
        sim.get("item_stocks/AR00000000001").await.json(),
        json!("3")
    );
    assert_eq!(
        sim.get("items/AR00000000002").await.json()["price"],
        json!(200)
    );
    // The control plane sets them and takes them away.
    sim.sim("POST", "items/AR00000000001", json!({"__raw": null}));
    let clean = sim.get("items/AR00000000001").await.json();
    assert_eq!(
        (&clean["name"], &clean["price"]),
        (&json!("Odd"), &json!(100))
    );
}
