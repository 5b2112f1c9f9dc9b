//! Stock counts with faults, rate limits and other tills.

use std::time::Duration;

use clover_client::stock::{OLDEST, Overwritten, Set, Timed, WINDOW, Wanted, Wrote};
use clover_client::{Error, Policy};
use clover_core::ids::ItemId;
use clover_core::ledger::{CountWrite, Exposure, Settlement, settle};
use clover_core::quantity::Quantity;
use clover_simulator::Config;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::world::{TIMEOUT, World, quick};

const STOCKS: &str = "POST /v3/merchants/*/item_stocks/*";

fn counted(world: &World, count: usize) -> Vec<ItemId> {
    let stock = world.clover.state()["stock"].clone();
    let ids = stock.as_object().unwrap().iter();
    ids.filter(|(_, n)| n.as_f64().is_some_and(|n| n >= 2.0))
        .map(|(id, _)| ItemId::new(id.as_str()).unwrap())
        .take(count)
        .collect()
}

fn stock(world: &World, item: &ItemId) -> f64 {
    world.clover.state()["stock"][item.as_str()]
        .as_f64()
        .unwrap()
}

fn wanted(items: &[ItemId]) -> Vec<Wanted> {
    items.iter().cloned().map(Wanted::from).collect()
}

fn read(world: &World, item: &ItemId) -> Timed {
    let reading = world
        .api
        .read_counts(&world.access(), wanted(std::slice::from_ref(item)));
    world.run(reading).unwrap().remove(0).unwrap()
}

fn set(item: &ItemId, timed: &Timed, units: i64) -> Set {
    Set {
        item: item.clone(),
        target: timed.reading.count.unwrap().less(units).unwrap(),
        threshold: timed.threshold,
        asked: timed.asked,
        latest: timed.latest,
    }
}

fn write(world: &World, set: Set) -> Result<Wrote, Error> {
    let writing = world.api.write_counts(&world.access(), vec![set]);
    world.run(writing).unwrap().remove(0)
}

#[test]
fn a_count_is_read_and_written_within_a_second() {
    let world = World::new();
    let item = counted(&world, 1).remove(0);
    let before = stock(&world, &item);
    let timed = read(&world, &item);
    assert_eq!(timed.reading.count, Quantity::from_clover(before));
    let wrote = write(&world, set(&item, &timed, 1)).unwrap();
    let Wrote::Done { modified, window } = wrote else {
        panic!("{wrote:?}");
    };
    assert!(modified >= timed.reading.modified && window < WINDOW);
    assert_eq!(stock(&world, &item), before - 1.0);
}

#[test]
fn a_count_that_was_read_too_long_ago_is_not_written() {
    let world = World::new();
    let item = counted(&world, 1).remove(0);
    let before = stock(&world, &item);
    let mut timed = read(&world, &item);
    timed.asked = Instant::now()
        .checked_sub(timed.latest)
        .expect("the machine runs longer than that");
    assert!(matches!(
        write(&world, set(&item, &timed, 1)),
        Ok(Wrote::Late)
    ));
    assert_eq!(world.count("POST /v3/"), 0);
    assert_eq!(stock(&world, &item), before);
}

#[test]
fn a_write_without_a_response_is_settled_by_reading() {
    let policy = Policy {
        timeout: TIMEOUT,
        ..quick()
    };
    let cases: [(&str, Value, bool); 7] = [
        ("drop", json!({}), false),
        ("apply_then_drop", json!({}), true),
        ("status", json!({"code": 500}), false),
        ("status", json!({"code": 503, "apply": true}), true),
        ("truncate", json!({"bytes": 5}), true),
        ("garbage", json!({}), true),
        ("delay", json!({"ms": 60_000}), true),
    ];
    for (effect, more, applied) in cases {
        let world = World::with(Config::default(), policy.clone());
        let item = counted(&world, 1).remove(0);
        let before = stock(&world, &item);
        let timed = read(&world, &item);
        world.fault(STOCKS, 1, effect, more.clone());
        let ours = set(&item, &timed, 1);
        let target = ours.target;
        let wrote = write(&world, ours);
        assert!(
            matches!(wrote, Ok(Wrote::Unknown(_))),
            "{effect} {more}: {wrote:?}"
        );
        let expected = if applied { before - 1.0 } else { before };
        assert_eq!(stock(&world, &item), expected, "{effect} {more}");
        let written = CountWrite {
            before: timed.reading.count.unwrap(),
            modified: timed.reading.modified,
            target,
        };
        let now = world
            .run(
                world
                    .api
                    .read_counts_again(&world.access(), vec![item.clone()]),
            )
            .unwrap()
            .remove(0)
            .unwrap();
        let verdict = if applied {
            Settlement::Confirmed
        } else {
            Settlement::SendAgain
        };
        assert_eq!(settle(&written, &now), verdict, "{effect} {more}");
    }
}

#[test]
fn a_refused_count_is_an_error_of_its_item() {
    let world = World::new();
    let items = counted(&world, 2);
    let gone = ItemId::new("0000000000000").unwrap();
    let reading = world.api.read_counts(
        &world.access(),
        wanted(&[items[0].clone(), gone, items[1].clone()]),
    );
    let outcomes = world.run(reading).unwrap();
    assert!(matches!(outcomes[1], Err(Error::NotFound { .. })));
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok());
}

#[test]
fn a_refused_token_is_not_an_error_of_one_count() {
    let world = World::new();
    let items = counted(&world, 2);
    world.control("/__sim/tokens", &json!({"do": "expire"}));
    let outcome = world.run(world.api.read_counts(&world.access(), wanted(&items)));
    assert!(outcome.unwrap_err().wants_new_token());
}

#[test]
fn only_as_many_counts_are_read_as_can_be_written_at_once() {
    let world = World::with(
        Config {
            latency: Duration::from_millis(30),
            ..Config::default()
        },
        quick(),
    );
    let items = counted(&world, 12);
    let mut left = items.clone();
    let mut windows = Vec::new();
    let mut batches = Vec::new();
    while !left.is_empty() {
        let outcomes = world
            .run(world.api.read_counts(&world.access(), wanted(&left)))
            .unwrap();
        let chosen: Vec<ItemId> = left.drain(..outcomes.len()).collect();
        batches.push(chosen.len());
        let sets = chosen
            .iter()
            .zip(&outcomes)
            .map(|(item, timed)| set(item, timed.as_ref().unwrap(), 1))
            .collect();
        for wrote in world
            .run(world.api.write_counts(&world.access(), sets))
            .unwrap()
        {
            match wrote.unwrap() {
                Wrote::Done { window, .. } => windows.push(window),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(windows.len(), 12);
    assert!(windows.iter().all(|w| *w < WINDOW), "{windows:?}");
    assert_eq!(batches, [12], "one reading for all of them");
    let refused = world
        .clover
        .requests(0)
        .iter()
        .filter(|e| e.status == Some(429))
        .count();
    assert_eq!(refused, 0);
}

#[test]
fn sales_of_the_till_between_read_and_write_are_found() {
    let world = World::new();
    let items = counted(&world, 2);
    let (item, other) = (&items[0], &items[1]);
    let before = stock(&world, item);
    let timed = read(&world, item);
    world.control(
        "/__sim/sale",
        &json!({"itemId": item.as_str(), "quantity": 1}),
    );
    world.control(
        "/__sim/sale",
        &json!({"itemId": other.as_str(), "quantity": 1}),
    );
    let Ok(Wrote::Done { modified, window }) = write(&world, set(item, &timed, 1)) else {
        panic!("not written");
    };
    assert_eq!(
        stock(&world, item),
        before - 1.0,
        "one of the two sales is lost"
    );
    let after = modified.unwrap();
    let write = |item: &ItemId, after| Overwritten {
        item: item.clone(),
        exposure: Exposure {
            before: None,
            after,
            window: i64::try_from(window.as_millis()).unwrap(),
        },
    };
    let sold = world.run(world.api.sold_within(
        &world.access(),
        &[
            write(item, after),
            write(item, after + 500),
            write(other, after - 10_000),
        ],
    ));
    let sold: Vec<(ItemId, i64)> = sold.unwrap().into_iter().collect();
    assert_eq!(
        sold,
        [(item.clone(), 1_000)],
        "each sale once, and none of another time"
    );
}

/// Writes to an order of the till, as the till would.
fn sell(world: &World, path: &str, body: &Value) -> Value {
    let body = body.to_string().into();
    let write = world.api.post(&world.access(), path, body);
    world.run(write).unwrap().json().unwrap()
}

fn sold(world: &World, item: &ItemId, after: i64, window: i64) -> Option<i64> {
    let written = Overwritten {
        item: item.clone(),
        exposure: Exposure {
            before: None,
            after,
            window,
        },
    };
    let sold = world.api.sold_within(&world.access(), &[written]);
    world.run(sold).unwrap().remove(item)
}

#[test]
fn a_line_that_was_added_long_after_its_order_was_opened_is_found() {
    let world = World::new();
    let item = counted(&world, 1).remove(0);
    let order = sell(&world, "orders", &json!({"state": "open"}));
    let lines = format!("orders/{}/line_items", order["id"].as_str().unwrap());
    let mut at = Vec::new();
    for _ in 0..2 {
        world.control("/__sim/clock", &json!({"advance_s": 90}));
        let line = sell(&world, &lines, &json!({"item": {"id": item.as_str()}}));
        at.push(line["createdTime"].as_i64().unwrap());
    }
    assert_eq!(sold(&world, &item, at[0] + 1_000, 1_000), Some(1_000));
    assert_eq!(sold(&world, &item, at[1] + 1_000, 1_000), Some(1_000));
    assert_eq!(sold(&world, &item, at[1] - 10_000, 1_000), None);
    let both = [at[0], at[1]].map(|after| Overwritten {
        item: item.clone(),
        exposure: Exposure {
            before: None,
            after,
            window: 1_000,
        },
    });
    let both = world.run(world.api.sold_within(&world.access(), &both));
    assert_eq!(both.unwrap().remove(&item), Some(2_000), "each line once");
}

#[test]
fn all_lines_of_a_long_order_are_found() {
    let world = World::new();
    let item = counted(&world, 1).remove(0);
    let order = sell(&world, "orders", &json!({"state": "open"}));
    let order = order["id"].as_str().unwrap();
    let line = json!({"item": {"id": item.as_str()}, "price": 100});
    for lines in [100, 30] {
        let lines = json!({"items": vec![line.clone(); lines]});
        sell(&world, &format!("orders/{order}/bulk_line_items"), &lines);
    }
    let shown = &world.clover.state()["orders"];
    let shown = shown.as_array().unwrap().iter();
    let modified = shown
        .filter(|o| o["id"] == *order)
        .find_map(|o| o["modifiedTime"].as_i64());
    assert_eq!(
        sold(&world, &item, modified.unwrap(), 30_000),
        Some(130_000)
    );
}

/// Reads and writes until all are done. Returns the counts written in each round, and the number of
/// requests.
fn write_all(world: &World, items: &[ItemId]) -> (Vec<usize>, usize) {
    let mark = world.clover.requests(0).len();
    let mut left: Vec<Wanted> = wanted(items);
    let mut rounds = Vec::new();
    while !left.is_empty() {
        assert!(rounds.len() < 200, "{rounds:?}");
        let reading = world.api.read_counts(&world.access(), left.clone());
        let timed = world.run(reading).unwrap();
        let mut tried: Vec<Wanted> = left.drain(..timed.len()).collect();
        let sets = tried.iter().zip(&timed);
        let sets = sets.map(|(one, timed)| set(&one.item, timed.as_ref().unwrap(), 1));
        let writing = world.api.write_counts(&world.access(), sets.collect());
        let wrote = world.run(writing).unwrap();
        let is_done = |wrote: &Result<Wrote, Error>| matches!(wrote, Ok(Wrote::Done { .. }));
        rounds.push(wrote.iter().filter(|wrote| is_done(wrote)).count());
        let mut outcomes = wrote.iter();
        tried.retain_mut(|one| {
            one.misses += 1;
            !outcomes.next().is_some_and(is_done)
        });
        tried.append(&mut left);
        left = tried;
    }
    (rounds, world.clover.requests(0).len() - mark)
}

#[test]
fn items_without_a_count_in_the_list_and_deleted_items_are_requested_singly() {
    let world = World::new();
    let mut items = counted(&world, 3);
    world.control(
        &format!("/__sim/stock/{}", items[1].as_str()),
        &json!({"quantity": null}),
    );
    items.push(ItemId::new("0000000000000").unwrap());
    let reading = world.api.read_counts(&world.access(), wanted(&items));
    let read = world.run(reading).unwrap();
    let counts: Vec<bool> = read
        .iter()
        .flatten()
        .map(|timed| timed.reading.count.is_some())
        .collect();
    assert_eq!(counts, [true, false, true]);
    assert!(matches!(read[3], Err(Error::NotFound { .. })));
    let asked = |item: &ItemId| {
        let requests = world.clover.requests(0);
        requests
            .iter()
            .filter(|e| e.path.contains(&format!("item_stocks/{item}")))
            .count()
    };
    let singly: Vec<usize> = items.iter().map(asked).collect();
    assert_eq!(singly, [0, 1, 0, 1]);
}

#[test]
fn a_refused_list_costs_one_request_and_the_counts_are_read_singly() {
    let world = World::new();
    let items = counted(&world, 4);
    world.fault(
        "GET /v3/merchants/*/items",
        1,
        "status",
        json!({"code": 403, "body": {"message": "Invalid permissions for expandable fields."}}),
    );
    let (rounds, requests) = write_all(&world, &items);
    assert_eq!(rounds.iter().sum::<usize>(), 4);
    assert_eq!(requests, 1 + 2 * 4);
}

#[test]
fn a_single_count_waits_longer_for_a_permit_after_each_late_write() {
    let world = World::new();
    let item = counted(&world, 1).remove(0);
    let latest = |misses| {
        let one = Wanted {
            item: item.clone(),
            misses,
        };
        let reading = world.api.read_counts(&world.access(), vec![one]);
        world.run(reading).unwrap().remove(0).unwrap().latest
    };
    assert_eq!(
        [latest(0), latest(1), latest(3)],
        [Duration::from_secs(3), Duration::from_secs(9), OLDEST]
    );
}

#[test]
fn a_write_leaves_the_threshold_of_a_count_as_it_is_whether_clover_keeps_it_or_not() {
    for keeps in [true, false] {
        let world = World::new();
        let switches = json!({"stock_post_keeps_threshold": keeps});
        world.control("/__sim/switches", &switches);
        let items = counted(&world, 3);
        // The last one has none.
        for item in &items[..2] {
            let body = json!({"quantity": 9, "stockAlertThreshold": 3});
            let path = format!("item_stocks/{item}");
            let set = world
                .api
                .post(&world.access(), &path, body.to_string().into());
            world.run(set).unwrap();
        }
        // One by its own request, all in a list.
        let timed = read(&world, &items[0]);
        write(&world, set(&items[0], &timed, 1)).unwrap();
        write_all(&world, &items);
        let found = items.iter().map(|item| {
            let state = world.clover.state();
            let all = state["items"].as_array().unwrap();
            let shown = all.iter().find(|one| one["id"] == item.as_str()).unwrap();
            shown["itemStock"]["stockAlertThreshold"].as_f64()
        });
        let found: Vec<_> = found.collect();
        assert_eq!(found, [Some(3.0), Some(3.0), None], "{keeps}");
        assert_eq!(
            [stock(&world, &items[0]), stock(&world, &items[1])],
            [7.0, 8.0]
        );
    }
}
