//! Whole lists.

use std::collections::BTreeSet;

use clover_client::taxes::{TAX_RATES, rates_if_shown};
use clover_client::{Error, PageStream, Pages, Prefetch, RawPage, TokenRequirement};
use serde_json::{Value, json};

use crate::world::World;

fn ids(page: &RawPage) -> Vec<String> {
    let body: Value = serde_json::from_slice(&page.body).unwrap();
    let elements = body["elements"].as_array().unwrap();
    elements
        .iter()
        .map(|e| e["id"].as_str().unwrap().to_owned())
        .collect()
}

fn live_items(world: &World) -> BTreeSet<String> {
    let state = world.clover.state();
    let items = state["items"].as_array().unwrap().iter();
    let live = items.filter(|item| item["deleted"] != json!(true));
    live.map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn two_thousand_five_hundred_items_take_three_requests_and_occur_once_each() {
    let world = World::items(2_500);
    let mut stream = PageStream::new(&world.api, &world.access(), "items");
    let mut all = Vec::new();
    while let Some(page) = world.run(stream.next()) {
        all.extend(ids(&page.unwrap()));
    }
    assert_eq!(world.count("/items"), 3);
    assert_eq!(all.len(), live_items(&world).len());
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), live_items(&world));
}

#[test]
fn a_prefetched_paired_stream_has_each_item_with_both_views() {
    let world = World::items(2_500);
    let stream = PageStream::new(&world.api, &world.access(), "items")
        .expand(&["categories", "options", "tags"])
        .paired(&["itemStock"]);
    let prefetch = Prefetch::start(world.waiter.0.handle(), stream, 2);
    let mut all = BTreeSet::new();
    while let Some(pair) = world.run(prefetch.recv()) {
        let pair = pair.unwrap();
        assert_eq!(ids(&pair.first), ids(&pair.second));
        all.extend(ids(&pair.first));
    }
    assert_eq!(world.count("/items"), 6);
    assert_eq!(all, live_items(&world));
}

#[test]
fn a_token_that_expires_during_a_run_causes_one_refresh_and_no_lost_item() {
    let world = World::items(2_500);
    let stream = || PageStream::new(&world.api, &world.access(), "items").limit(500);
    let mut current = stream();
    let mut all = Vec::new();
    loop {
        match world.run(current.next()) {
            None => break,
            Some(Ok(page)) => {
                all.extend(ids(&page));
                if all.len() == 1_000 {
                    world.control("/__sim/tokens", &json!({"do": "expire"}));
                }
            }
            Some(Err(error)) => {
                assert!(error.wants_new_token(), "{error:?}");
                let rejected = world.access().token;
                world
                    .with_manager(|manager| manager.ensure(TokenRequirement::Replace(&rejected)))
                    .unwrap();
                current = stream().after(current.cursor().map(str::to_owned));
            }
        }
    }
    assert_eq!(all.len(), live_items(&world).len());
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), live_items(&world));
    assert_eq!(world.tokens("refreshes"), 1);
}

#[test]
fn items_created_and_deleted_during_a_stream_shift_no_page() {
    let world = World::items(1_000);
    let before = live_items(&world);
    let mut stream = PageStream::new(&world.api, &world.access(), "items").limit(100);
    let mut seen = Vec::new();
    while let Some(page) = world.run(stream.next()) {
        seen.extend(ids(&page.unwrap()));
        world.control("/__sim/items", &json!({"name": "new", "price": 100}));
    }
    let unique: BTreeSet<_> = seen.iter().cloned().collect();
    assert_eq!(unique.len(), seen.len());
    assert!(before.is_subset(&unique));
}

#[test]
fn truncated_corrupted_or_dropped_pages_are_read_again() {
    let world = World::items(2_500);
    for (effect, more) in [
        ("drop", json!({})),
        ("garbage", json!({})),
        ("truncate", json!({"bytes": 5_000})),
    ] {
        world.fault("GET /v3/merchants/*/items", 2, effect, more);
    }
    let mut stream = PageStream::new(&world.api, &world.access(), "items").expand(&["itemStock"]);
    let mut count = 0;
    while let Some(page) = world.run(stream.next()) {
        count += page.unwrap().count;
    }
    assert_eq!(count, live_items(&world).len());
    assert_eq!(world.count("/items"), 9);
}

#[test]
fn lists_are_read_completely() {
    let world = World::items(300);
    for (path, expand) in [
        ("categories", &[][..]),
        ("tags", &[]),
        ("item_groups", &[]),
        ("attributes", &["options"]),
    ] {
        let pages = world
            .run(world.api.list_all(&world.access(), path, expand))
            .unwrap();
        assert_eq!(pages.len(), 1, "{path}");
        assert!(pages[0].count > 0, "{path}");
    }
}

#[test]
fn a_401_to_tax_rates_is_a_missing_permission_only_if_the_token_reads_items() {
    let world = World::new();
    let refused = json!({"code": 401});
    world.fault(
        "GET /v3/merchants/*/tax_rates*",
        2,
        "status",
        refused.clone(),
    );
    world.fault("GET /v3/merchants/*/items*", 1, "status", refused);
    let read = || world.run(rates_if_shown(world.api.clone(), world.access()));
    assert!(matches!(
        read(),
        Err(Error::Unauthorized {
            after_refresh: false,
            ..
        })
    ));
    assert!(!world.api.withheld().has(TAX_RATES));

    assert!(read().unwrap().is_none());
    assert!(world.api.withheld().has(TAX_RATES));

    let pages = read().unwrap().unwrap();
    assert_eq!(pages.iter().flat_map(ids).count(), 4);
}
