//! The documented limits, in real time.

use std::time::Duration;

use clover_simulator::Config;
use serde_json::{Value, json};

use crate::support::Sim;

async fn limited() -> Sim {
    Sim::with(Config::default()).await
}

#[tokio::test]
async fn the_seventeenth_request_within_a_second_answers_429_and_names_the_limit() {
    let sim = limited().await;
    for n in 1..=16 {
        assert_eq!(sim.get("items?limit=1").await.status, 200, "request {n}");
    }
    let tripped = sim.get("items?limit=1").await;
    assert_eq!(tripped.status, 429);
    assert_eq!(tripped.header("x-ratelimit-tokenlimit"), Some("16"));
    assert_eq!(tripped.header("retry-after"), None);
    // The control plane and OAuth are not limited, and the simulated clock does not help.
    sim.running.advance_s(60);
    assert_eq!(sim.get("items?limit=1").await.status, 429);
}

#[tokio::test]
async fn a_request_before_the_wait_is_over_lengthens_it() {
    let sim = limited().await;
    sim.switch(json!({"rate_limit": {"per_second": 1, "retry_after_on_per_second": true}}));
    assert_eq!(sim.get("items?limit=1").await.status, 200);
    let tripped = sim.get("items?limit=1").await;
    assert_eq!(
        (tripped.status, tripped.header("retry-after")),
        (429, Some("1"))
    );
    let is_limited_after = async |ms: u64| {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        sim.get("items?limit=1").await.status == 429
    };
    assert!(is_limited_after(700).await);
    // 700 ms later the first wait is long over, the lengthened one is not.
    assert!(is_limited_after(700).await);
    assert!(!is_limited_after(1100).await);
}

#[tokio::test]
async fn the_sixth_request_at_once_answers_429_with_retry_after() {
    let sim = limited().await;
    sim.sim(
        "POST",
        "faults",
        json!([{"match": "GET /v3/merchants/*/items", "times": 5, "do": "delay", "ms": 1500}]),
    );
    let url = sim.url(&format!("/v3/merchants/{}/items?limit=1", sim.merchant));
    let slow: Vec<_> = (0..5)
        .map(|_| {
            let request = sim.client.get(&url).bearer_auth(&sim.token);
            tokio::spawn(async move { request.send().await.map(|response| response.status()) })
        })
        .collect();
    while sim.running.requests(0).len() < 5 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let sixth = sim.get("categories").await;
    assert_eq!(sixth.status, 429);
    assert_eq!(sixth.header("x-ratelimit-tokenconcurrentlimit"), Some("5"));
    assert_eq!(sixth.header("retry-after"), Some("1"));
    let last = sim.running.requests(0).pop().expect("an entry");
    assert_eq!((last.in_flight, last.status), (6, Some(429)));
    for answer in slow {
        assert_eq!(answer.await.expect("no panic").expect("an answer"), 200);
    }
}

#[tokio::test]
async fn a_place_is_free_as_soon_as_its_answer_is_read() {
    let sim = limited().await;
    sim.switch(
        json!({"rate_limit": {"per_second": 1000, "app_per_second": 1000, "concurrent": 1}}),
    );
    for n in 0..200 {
        assert_eq!(sim.get("categories").await.status, 200, "request {n}");
    }
}

#[tokio::test]
async fn all_tokens_together_have_the_limit_of_the_app() {
    let sim = limited().await;
    sim.switch(json!({"rate_limit": {"app_per_second": 3}}));
    let path = format!("/v3/merchants/{}/items?limit=1", sim.merchant);
    let mut last = None;
    for _ in 0..4 {
        let request = sim
            .client
            .get(sim.url(&path))
            .bearer_auth(sim.running.access_token());
        last = Some(request.send().await.expect("an answer"));
    }
    let last = last.expect("four requests");
    assert_eq!(last.status(), 429);
    assert_eq!(last.headers()["x-ratelimit-crosstokenlimit"], "3");
}

#[tokio::test]
async fn without_limits_nothing_is_counted() {
    let sim = Sim::start().await;
    for _ in 0..40 {
        assert_eq!(sim.call("GET", "categories", Value::Null).await.status, 200);
    }
}
