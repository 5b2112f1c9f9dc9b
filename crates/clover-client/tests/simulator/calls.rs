//! Calls under faults and limits.

use std::time::{Duration, Instant};

use bytes::Bytes;
use clover_client::{Api, ClockDifference, Error, Hosts, Policy, RateLimit, RateLimiter};
use clover_simulator::Config;
use serde_json::{Value, json};

use crate::world::{TIMEOUT, WITHOUT_LISTENER, World, now, quick};

#[test]
fn a_read_succeeds_after_every_fault() {
    let world = World::with(
        Config::default(),
        Policy {
            timeout: TIMEOUT,
            ..quick()
        },
    );
    let faults = [
        ("drop", json!({})),
        ("apply_then_drop", json!({})),
        ("delay", json!({"ms": 60_000})),
        ("status", json!({"code": 500})),
        ("status", json!({"code": 502, "body": "<html>"})),
        ("status", json!({"code": 503, "retry_after": 0})),
        ("status", json!({"code": 429})),
        ("status", json!({"code": 429, "retry_after": 1})),
        ("truncate", json!({"bytes": 10})),
        ("truncate", json!({"bytes": 0})),
        ("garbage", json!({})),
        ("slow_body", json!({"bytes_per_s": 5})),
    ];
    for (effect, more) in faults {
        world.fault("GET /v3/merchants/*/items", 2, effect, more.clone());
        let answer = world.run(world.api.get(&world.access(), "items", &[]));
        let answer = answer.unwrap_or_else(|error| panic!("{effect} {more}: {error:?}"));
        let body: Value = answer.json().unwrap();
        assert!(!body["elements"].as_array().unwrap().is_empty());
        assert_eq!(answer.call.tries, 3, "{effect} {more}");
    }
}

#[test]
fn a_read_that_stays_corrupted_is_not_clovers_response() {
    let world = World::new();
    world.fault("GET /v3/merchants/*/items", 99, "garbage", json!({}));
    let error = world
        .run(world.api.get(&world.access(), "items", &[]))
        .unwrap_err();
    assert!(
        matches!(&error, Error::Intercepted { host, .. } if host == "127.0.0.1"),
        "{error:?}"
    );
    assert_eq!(error.call().unwrap().tries, 8);
}

#[test]
fn the_difference_of_clocks_follows_clovers_dates() {
    let world = World::new();
    let clock = ClockDifference::new(now);
    let api = world.api.with_clock(clock.clone());
    for ahead in [0, 3_600, -600] {
        world.control("/__sim/switches", &json!({"date_ahead": ahead}));
        world.run(api.get(&world.access(), "", &[])).ok();
        let seconds = clock.seconds().unwrap();
        // Clover wrote its date while the call lasted.
        assert!((seconds + ahead).abs() <= 60, "{ahead}: {seconds}");
    }
}

fn set_stock(world: &World, item: &str, quantity: u32) -> Result<(), Error> {
    let body = Bytes::from(json!({"quantity": quantity}).to_string());
    let path = format!("item_stocks/{item}");
    let write = world.api.post(&world.access(), &path, body);
    world.run(write).map(drop)
}

#[test]
fn a_write_whose_response_is_lost_is_carried_out_once_and_reported_as_unknown() {
    let world = World::with(
        Config::default(),
        Policy {
            timeout: TIMEOUT,
            ..quick()
        },
    );
    let item = world.any_item();
    let faults = [
        ("apply_then_drop", json!({})),
        ("drop", json!({})),
        ("truncate", json!({"bytes": 3})),
        ("delay", json!({"ms": 60_000})),
        ("status", json!({"code": 500, "apply": true})),
        ("status", json!({"code": 504})),
    ];
    for (n, (effect, more)) in (1..).zip(faults) {
        world.fault("POST /v3/merchants/*/item_stocks/*", 1, effect, more);
        let error = set_stock(&world, &item, n).unwrap_err();
        assert!(
            matches!(error, Error::Unanswered { .. }),
            "{effect}: {error:?}"
        );
        assert_eq!(world.count("POST /v3"), n as usize, "{effect} was repeated");
    }
}

#[test]
fn a_write_is_repeated_after_a_rate_limit() {
    let world = World::new();
    let item = world.any_item();
    let more = json!({"code": 429, "retry_after": 1});
    world.fault("POST /v3/merchants/*/item_stocks/*", 2, "status", more);
    set_stock(&world, &item, 41).unwrap();
    assert_eq!(world.count("POST /v3"), 3);
    assert_eq!(world.clover.state()["stock"][&item], json!(41.0));
}

#[test]
fn refusals_contain_clovers_message_and_request_id() {
    let world = World::new();
    let get = |path: &str| {
        world
            .run(world.api.get(&world.access(), path, &[]))
            .unwrap_err()
    };
    let error = get("items/AAAAAAAAAAAAA");
    assert!(
        matches!(&error, Error::NotFound { said, .. } if said == "invalid ID"),
        "{error}"
    );
    assert!(error.call().unwrap().request_id.is_some());
    let error = get("no_such_list");
    assert!(matches!(&error, Error::Rejected { said, .. } if said == "405 GET not allowed."));
    let body = Bytes::from_static(br#"{"name":"x","price":-1}"#);
    let write = world.api.post(&world.access(), "items", body);
    let error = world.run(write).unwrap_err();
    assert_eq!(error.call().unwrap().status, Some(400), "{error}");
}

#[test]
fn a_storm_of_429_is_a_wait_and_no_failure() {
    let world = World::new();
    for (times, more) in [
        (6, json!({"code": 429, "retry_after": 1})),
        (12, json!({"code": 429})),
    ] {
        world.fault("GET /v3/merchants/*/items/*", times, "status", more);
        let item = world.any_item();
        let path = format!("items/{item}");
        let calls: Vec<_> = (0..6)
            .map(|_| world.api.get(&world.access(), &path, &[]))
            .collect();
        world.run(async {
            let tasks: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
            for task in tasks {
                task.await.unwrap().unwrap();
            }
        });
    }
}

#[test]
fn two_hundred_concurrent_reads_stay_within_clovers_limits() {
    let config = Config {
        latency: Duration::from_millis(100),
        ..Config::default()
    };
    let world = World::with(config, quick());
    let path = format!("items/{}", world.any_item());
    let start = Instant::now();
    world.run(async {
        let access = world.access();
        let tasks: Vec<_> = (0..200)
            .map(|_| tokio::spawn(world.api.get(&access, &path, &[])))
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap().unwrap().call.tries, 1);
        }
    });
    let took = start.elapsed();
    let requests = world.clover.requests(0);
    assert!(requests.iter().all(|e| e.status != Some(429)));
    assert!(requests.iter().all(|e| e.in_flight <= 5));
    // 12 waves of a second and a round trip each.
    assert!(took < Duration::from_secs(60), "{took:?}");
    println!("200 reads in {took:?}");
}

#[test]
fn a_missing_clover_is_unreachable_for_reads_and_writes() {
    let world = World::new();
    let hosts = Hosts::overridden(WITHOUT_LISTENER).unwrap();
    let api = Api::new(hosts, RateLimiter::new(RateLimit::default()), quick()).unwrap();
    let read = world
        .run(api.get(&world.access(), "items", &[]))
        .unwrap_err();
    let write = api.post(&world.access(), "orders", Bytes::new());
    let write = world.run(write).unwrap_err();
    for error in [read, write] {
        assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
        assert_eq!(error.call().unwrap().tries, 8);
        let text = clover_client::error_chain(&error).to_lowercase();
        assert!(text.contains("refused"), "{text}");
    }
}
