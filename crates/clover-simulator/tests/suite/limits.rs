//! The documented limits, in real time.

use std::time::{Duration, Instant};

use clover_simulator::Config;
use serde_json::{Value, json};

use crate::support::{Answer, Sim};

async fn limited() -> Sim {
    Sim::with(Config::default()).await
}

/// The last answer to so many requests that arrive within a second. On a busy machine they may take
/// longer: then again, after a second of rest.
async fn burst(count: usize, request: impl AsyncFn(bool) -> Answer) -> Answer {
    for _ in 0..60 {
        let start = Instant::now();
        for _ in 1..count {
            request(false).await;
        }
        let last = request(true).await;
        if start.elapsed() < Duration::from_secs(1) {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(1_100)).await;
    }
    panic!("{count} requests never fit in a second");
}

#[tokio::test]
async fn the_seventeenth_request_within_a_second_answers_429_and_names_the_limit() {
    let sim = limited().await;
    let tripped = burst(17, async |is_last: bool| {
        let answer = sim.get("items?limit=1").await;
        assert!(is_last || answer.status == 200);
        answer
    })
    .await;
    assert_eq!(tripped.status, 429);
    assert_eq!(tripped.header("x-ratelimit-tokenlimit"), Some("16"));
    assert_eq!(tripped.header("retry-after"), None);
}

#[tokio::test]
async fn the_sixth_request_at_once_answers_429_with_retry_after() {
    let sim = limited().await;
    sim.sim(
        "POST",
        "faults",
        json!([{"match": "GET /v3/merchants/*/items", "times": 5, "do": "hold"}]),
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
    sim.sim("POST", "release", Value::Null);
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
    let last = burst(4, async |_| {
        let request = sim
            .client
            .get(sim.url(&path))
            .bearer_auth(sim.running.access_token());
        let answer = request.send().await.expect("an answer");
        crate::support::answer(answer).await.expect("an answer")
    })
    .await;
    assert_eq!(last.status, 429);
    assert_eq!(last.header("x-ratelimit-crosstokenlimit"), Some("3"));
}

#[tokio::test]
async fn without_limits_nothing_is_counted() {
    let sim = Sim::start().await;
    for _ in 0..40 {
        assert_eq!(sim.call("GET", "categories", Value::Null).await.status, 200);
    }
}
