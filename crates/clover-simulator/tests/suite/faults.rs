//! Every fault, seen from the client.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{APP, Sim};

fn fault(sim: &Sim, fault: Value) {
    sim.sim("POST", "faults", json!([fault]));
}

fn stock_fault(sim: &Sim, what: &str) {
    let rule = "POST /v3/merchants/*/item_stocks/*";
    fault(sim, json!({"match": rule, "do": what}));
}

async fn set(sim: &Sim, item: &str, quantity: f64) -> reqwest::Result<u16> {
    let body = json!({"quantity": quantity});
    let answer = sim
        .try_call("POST", &format!("item_stocks/{item}"), &body)
        .await?;
    Ok(answer.status)
}

/// 0 when the answer was dropped.
fn last_status(sim: &Sim) -> Option<u16> {
    sim.running
        .requests(0)
        .last()
        .and_then(|entry| entry.status)
}

#[tokio::test]
async fn drop_closes_the_connection_and_applies_nothing() {
    let sim = Sim::start().await;
    let item = sim.item(json!({"name": "A", "price": 1, "quantity": 5}));
    stock_fault(&sim, "drop");
    assert!(set(&sim, &item, 4.0).await.is_err());
    assert_eq!(sim.stock(&item), json!(5.0));
    assert_eq!(last_status(&sim), Some(0));
    assert_eq!(set(&sim, &item, 4.0).await.ok(), Some(200));
}

#[tokio::test]
async fn apply_then_drop_applies_and_closes_the_connection() {
    let sim = Sim::start().await;
    let item = sim.item(json!({"name": "A", "price": 1, "quantity": 5}));
    stock_fault(&sim, "apply_then_drop");
    assert!(set(&sim, &item, 4.0).await.is_err());
    assert_eq!(sim.stock(&item), json!(4.0));
    assert_eq!(last_status(&sim), Some(0));
}

#[tokio::test]
async fn delay_answers_late() {
    let sim = Sim::start().await;
    fault(&sim, json!({"match": "GET /v3/*", "do": "delay", "ms": 80}));
    let start = Instant::now();
    assert_eq!(sim.get("categories").await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(80));
}

#[tokio::test]
async fn a_client_that_gives_up_during_a_delay_has_written_all_the_same() {
    let sim = Sim::start().await;
    let item = sim.item(json!({"name": "A", "price": 1, "quantity": 5}));
    fault(
        &sim,
        json!({"match": "POST /v3/**", "do": {"delay": {"ms": 60_000}}}),
    );
    let url = sim.url(&format!(
        "/v3/merchants/{}/item_stocks/{item}",
        sim.merchant
    ));
    let request = sim
        .client
        .post(url)
        .bearer_auth(&sim.token)
        .json(&json!({"quantity": 2}));
    let waiting = tokio::spawn(request.send());
    while sim.stock(&item) != json!(2.0) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert!(!waiting.is_finished());
    waiting.abort();
}

#[tokio::test]
async fn status_answers_in_place_of_clover() {
    let sim = Sim::start().await;
    let item = sim.item(json!({"name": "A", "price": 1, "quantity": 5}));
    fault(
        &sim,
        json!({"match": "POST /v3/**", "do": "status", "code": 503,
               "body": {"message": "busy"}, "retry_after": 7}),
    );
    let answer = sim
        .post(&format!("item_stocks/{item}"), json!({"quantity": 1}))
        .await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.message(), "busy");
    assert_eq!(answer.header("retry-after"), Some("7"));
    assert_eq!(sim.stock(&item), json!(5.0));
    fault(
        &sim,
        json!({"match": "POST /v3/**", "do": "status", "code": 502,
               "body": "<html>", "apply": true}),
    );
    let answer = sim
        .post(&format!("item_stocks/{item}"), json!({"quantity": 1}))
        .await;
    assert_eq!((answer.status, answer.text.as_str()), (502, "<html>"));
    assert_eq!(sim.stock(&item), json!(1.0));
}

#[tokio::test]
async fn truncate_breaks_off_within_the_announced_length() {
    let sim = Sim::start().await;
    fault(
        &sim,
        json!({"match": "GET /v3/**", "do": "truncate", "bytes": 40}),
    );
    let url = sim.url(&format!("/v3/merchants/{}/categories", sim.merchant));
    let request = sim.client.get(url).bearer_auth(&sim.token);
    let mut response = request.send().await.expect("the head arrives");
    assert_eq!(response.status(), 200);
    assert!(response.content_length().unwrap_or(0) > 40);
    let mut got = 0;
    let broken = loop {
        match response.chunk().await {
            Ok(Some(piece)) => got += piece.len(),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert_eq!((got, broken), (40, true));
}

#[tokio::test]
async fn garbage_is_200_and_no_json() {
    let sim = Sim::start().await;
    fault(&sim, json!({"match": "GET /v3/**", "do": "garbage"}));
    let answer = sim.get("categories").await;
    assert_eq!(answer.status, 200);
    assert!(serde_json::from_str::<Value>(&answer.text).is_err());
}

#[tokio::test]
async fn slow_body_trickles() {
    let sim = Sim::start().await;
    let whole = sim.get("tax_rates").await.text;
    let pace = whole.len() * 3;
    fault(
        &sim,
        json!({"match": "GET /v3/**", "do": "slow_body", "bytes_per_s": pace}),
    );
    let start = Instant::now();
    assert_eq!(sim.get("tax_rates").await.text, whole);
    assert!(
        start.elapsed() >= Duration::from_millis(250),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn faults_meet_oauth_too_and_can_be_cleared() {
    let sim = Sim::start().await;
    fault(
        &sim,
        json!({"match": "POST /oauth/v2/*", "times": 9, "do": "status", "code": 500}),
    );
    let refresh = || {
        let body = json!({"client_id": APP, "refresh_token": "x"});
        sim.client
            .post(sim.url("/oauth/v2/refresh"))
            .json(&body)
            .send()
    };
    assert_eq!(refresh().await.expect("an answer").status(), 500);
    sim.sim("DELETE", "faults", Value::Null);
    assert_eq!(refresh().await.expect("an answer").status(), 401);
}

#[tokio::test]
async fn faults_are_met_in_the_order_they_were_set() {
    let sim = Sim::start().await;
    for code in [500, 502] {
        fault(
            &sim,
            json!({"match": "GET /v3/**", "do": "status", "code": code}),
        );
    }
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(sim.get("categories").await.status);
    }
    assert_eq!(seen, [500, 502, 200]);
}

#[tokio::test]
async fn a_status_can_be_a_page_of_a_firewall() {
    let sim = Sim::start().await;
    let page = "<html><title>Attention Required!</title></html>";
    let rule = "GET /v3/merchants/*/items";
    fault(
        &sim,
        json!({"match": rule, "do": "status", "code": 403, "body": page}),
    );
    let answer = sim.get("items").await;
    assert_eq!((answer.status, answer.text.as_str()), (403, page));
    let html = "text/html; charset=utf-8";
    assert_eq!(answer.header("content-type"), Some(html));
    assert_eq!(answer.header("x-clover-request-id"), None);

    // A type and headers of its own: a captive portal, and a page that calls itself JSON.
    fault(
        &sim,
        json!({"match": rule, "do": "status", "code": 302, "body": page,
               "content_type": "application/json", "headers": {"Location": "http://127.0.0.1:9/"}}),
    );
    let answer = sim.get("items").await;
    assert_eq!(answer.status, 302);
    assert_eq!(answer.header("location"), Some("http://127.0.0.1:9/"));
    assert_eq!(answer.header("content-type"), Some("application/json"));

    // Clover's own refusals stay what they are.
    fault(
        &sim,
        json!({"match": rule, "do": "status", "code": 403, "body": {"message": "403 Forbidden"}}),
    );
    let answer = sim.get("items").await;
    assert_eq!(
        answer.header("content-type"),
        Some("application/json; charset=utf-8")
    );
    assert_eq!(answer.message(), "403 Forbidden");
}

#[tokio::test]
async fn a_held_answer_is_carried_out_and_waits_for_its_release() {
    let sim = Sim::start().await;
    let item = sim.item(json!({"name": "A", "price": 1, "quantity": 5}));
    fault(
        &sim,
        json!({"match": "POST /v3/merchants/*/item_stocks/*", "do": "hold"}),
    );
    let release = async {
        while sim.sim("GET", "held", Value::Null) == json!([]) {
            tokio::task::yield_now().await;
        }
        let held = sim.sim("GET", "held", Value::Null);
        assert_eq!(held[0]["method"], "POST");
        assert_eq!(sim.stock(&item), json!(4.0));
        assert_eq!(last_status(&sim), None);
        // Others are answered meanwhile.
        assert_eq!(sim.get("categories").await.status, 200);
        sim.sim("POST", "release", Value::Null)
    };
    let (written, released) = tokio::join!(set(&sim, &item, 4.0), release);
    assert_eq!(written.ok(), Some(200));
    assert_eq!(released, json!({"released": 1}));
    assert_eq!(
        sim.sim("POST", "release", Value::Null),
        json!({"released": 0})
    );
}

#[tokio::test]
async fn a_client_that_goes_away_is_held_no_longer() {
    let sim = Sim::start().await;
    fault(&sim, json!({"match": "GET /v3/*", "do": "hold"}));
    let url = sim.url(&format!("/v3/merchants/{}/items", sim.merchant));
    let waiting = tokio::spawn(sim.client.get(url).bearer_auth(&sim.token).send());
    while sim.sim("GET", "held", Value::Null) == json!([]) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    waiting.abort();
    let is_gone = async {
        while sim.sim("GET", "held", Value::Null) != json!([]) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(crate::support::PATIENCE, is_gone)
        .await
        .expect("the hold ends with its connection");
}
