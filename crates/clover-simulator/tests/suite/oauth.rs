//! Connecting, refreshing and recovering.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::support::{APP, Answer, SECRET, Sim, answer, text};

const CALLBACK: &str = "http://127.0.0.1:9/callback?option=com_j2commerce&tmpl=component";

async fn authorize(sim: &Sim, more: &[(&str, &str)]) -> Answer {
    let request = sim
        .client
        .get(sim.url("/oauth/v2/authorize"))
        .query(&[
            ("client_id", APP),
            ("redirect_uri", CALLBACK),
            ("state", "s t&1"),
        ])
        .query(more);
    answer(request.send().await.expect("an answer"))
        .await
        .expect("a body")
}

fn callback(answer: &Answer) -> Vec<(String, String)> {
    let url = Url::parse(answer.header("location").expect("a redirect")).expect("a URL");
    url.query_pairs().into_owned().collect()
}

fn value(pairs: &[(String, String)], name: &str) -> Option<String> {
    pairs
        .iter()
        .find_map(|(key, value)| (key == name).then(|| value.clone()))
}

async fn post(sim: &Sim, path: &str, body: Value) -> Answer {
    let request = sim.client.post(sim.url(path)).json(&body);
    answer(request.send().await.expect("an answer"))
        .await
        .expect("a body")
}

async fn code(sim: &Sim) -> String {
    value(&callback(&authorize(sim, &[]).await), "code").expect("a code")
}

fn token_body(code: &str) -> Value {
    json!({"client_id": APP, "client_secret": SECRET, "code": code})
}

async fn connect(sim: &Sim) -> Value {
    let body = token_body(&code(sim).await);
    post(sim, "/oauth/v2/token", body).await.json()
}

async fn refresh(sim: &Sim, token: &Value) -> Answer {
    post(
        sim,
        "/oauth/v2/refresh",
        json!({"client_id": APP, "refresh_token": token}),
    )
    .await
}

async fn recover(sim: &Sim, token: &Value) -> Answer {
    let body = json!({"client_id": APP, "client_secret": SECRET, "recovery_token": token});
    post(sim, "/oauth/v2/recovery", body).await
}

async fn items_status(sim: &Sim, token: &Value) -> u16 {
    let path = format!("/v3/merchants/{}/items?limit=1", sim.merchant);
    let request = sim.client.get(sim.url(&path)).bearer_auth(text(token));
    request.send().await.expect("an answer").status().as_u16()
}

fn now_s() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |time| time.as_secs().cast_signed())
}

#[tokio::test]
async fn the_callback_keeps_the_query_of_the_redirect_uri_and_brings_everything_back() {
    let sim = Sim::start().await;
    let answer = authorize(&sim, &[("response_type", "code")]).await;
    assert_eq!(answer.status, 302);
    let pairs = callback(&answer);
    assert_eq!(value(&pairs, "option").as_deref(), Some("com_j2commerce"));
    assert_eq!(value(&pairs, "tmpl").as_deref(), Some("component"));
    assert_eq!(value(&pairs, "merchant_id"), Some(sim.merchant.clone()));
    assert_eq!(value(&pairs, "client_id").as_deref(), Some(APP));
    assert_eq!(value(&pairs, "state").as_deref(), Some("s t&1"));
    assert_eq!(value(&pairs, "employee_id").map(|id| id.len()), Some(13));
    assert!(value(&pairs, "code").is_some());
}

#[tokio::test]
async fn a_code_buys_a_pair_with_absolute_seconds_and_works_once() {
    let sim = Sim::start().await;
    let code = code(&sim).await;
    let first = post(&sim, "/oauth/v2/token", token_body(&code)).await;
    let pair = first.json();
    let mut keys: Vec<&str> = pair
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "access_token",
            "access_token_expiration",
            "refresh_token",
            "refresh_token_expiration"
        ]
    );
    let left = pair["access_token_expiration"].as_i64().expect("seconds") - now_s();
    assert!((1790..=1800).contains(&left), "{left}");
    assert_eq!(items_status(&sim, &pair["access_token"]).await, 200);
    let second = post(&sim, "/oauth/v2/token", token_body(&code)).await;
    assert_eq!(second.status, 401);
    assert_eq!(second.message(), "Failed to validate authentication code");
}

#[tokio::test]
async fn no_refresh_token_gives_the_access_half_alone() {
    let sim = Sim::start().await;
    let body = token_body(&code(&sim).await);
    let pair = post(&sim, "/oauth/v2/token?no_refresh_token=true", body)
        .await
        .json();
    assert!(pair["refresh_token"].is_null() && pair["access_token"].is_string());
}

#[tokio::test]
async fn a_code_grows_too_old() {
    let sim = Sim::switched(json!({"code_ttl": 60})).await;
    let code = code(&sim).await;
    sim.running.advance_s(61);
    assert_eq!(
        post(&sim, "/oauth/v2/token", token_body(&code))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_form_is_refused_with_415() {
    let sim = Sim::start().await;
    for path in ["token", "refresh", "recovery"] {
        let request = sim
            .client
            .post(sim.url(&format!("/oauth/v2/{path}")))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("client_id={APP}&code=x"));
        assert_eq!(request.send().await.expect("an answer").status(), 415);
    }
}

#[tokio::test]
async fn a_wrong_secret_buys_nothing_and_leaves_the_code_usable() {
    let sim = Sim::start().await;
    let code = code(&sim).await;
    let body = json!({"client_id": APP, "client_secret": "wrong", "code": code});
    assert_eq!(post(&sim, "/oauth/v2/token", body).await.status, 401);
    assert_eq!(
        post(&sim, "/oauth/v2/token", token_body(&code))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn pkce_needs_the_verifier_of_the_challenge() {
    let sim = Sim::start().await;
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest("a-long-verifier"));
    for (verifier, status) in [("another", 401), ("a-long-verifier", 200)] {
        let pkce = [
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        let code = value(&callback(&authorize(&sim, &pkce).await), "code");
        let body = json!({"client_id": APP, "code": code, "code_verifier": verifier});
        assert_eq!(post(&sim, "/oauth/v2/token", body).await.status, status);
    }
}

#[tokio::test]
async fn an_unknown_app_gets_a_page_and_no_redirect() {
    let sim = Sim::start().await;
    let url = sim.url("/oauth/v2/authorize?client_id=UNKNOWN&redirect_uri=http://127.0.0.1/");
    let answer = answer(sim.client.get(url).send().await.expect("an answer"))
        .await
        .expect("a body");
    assert_eq!(answer.status, 400);
    assert!(
        answer
            .header("content-type")
            .unwrap_or_default()
            .starts_with("text/html")
    );
}

#[tokio::test]
async fn the_owner_can_refuse_and_the_app_can_be_missing() {
    let sim = Sim::switched(json!({"authorize": "deny"})).await;
    let pairs = callback(&authorize(&sim, &[]).await);
    assert_eq!(value(&pairs, "error").as_deref(), Some("access_denied"));
    assert_eq!(value(&pairs, "state").as_deref(), Some("s t&1"));
    assert!(value(&pairs, "code").is_none());
    sim.switch(json!({"authorize": "not_installed"}));
    let answer = authorize(&sim, &[]).await;
    assert_eq!((answer.status, answer.header("location")), (200, None));
}

#[tokio::test]
async fn the_state_can_fail_to_come_back() {
    let sim = Sim::switched(json!({"state_echo": false})).await;
    assert_eq!(value(&callback(&authorize(&sim, &[]).await), "state"), None);
}

#[tokio::test]
async fn a_refresh_rotates_and_the_spent_token_only_recovers() {
    let sim = Sim::start().await;
    let first = connect(&sim).await;
    let second = refresh(&sim, &first["refresh_token"]).await;
    assert_eq!(second.status, 200);
    let second = second.json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    // The old access token lives on until its own end.
    assert_eq!(items_status(&sim, &first["access_token"]).await, 200);

    let spent = refresh(&sim, &first["refresh_token"]).await;
    assert_eq!(spent.status, 401);
    assert_eq!(spent.header("x-clover-recovery-available"), Some("true"));
    let recovered = recover(&sim, &first["refresh_token"]).await;
    assert_eq!(recovered.status, 200);
    // The pair that was never received is dead.
    assert_eq!(refresh(&sim, &second["refresh_token"]).await.status, 401);
    assert_eq!(
        refresh(&sim, &recovered.json()["refresh_token"])
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn only_the_token_just_before_recovers_and_only_for_14_days() {
    let sim = Sim::start().await;
    let first = connect(&sim).await;
    let second = refresh(&sim, &first["refresh_token"]).await.json();
    let third = refresh(&sim, &second["refresh_token"]).await.json();
    let old = refresh(&sim, &first["refresh_token"]).await;
    assert_eq!(old.header("x-clover-recovery-available"), Some("false"));
    assert_eq!(recover(&sim, &first["refresh_token"]).await.status, 401);
    sim.running.advance_s(14 * 24 * 3600 + 1);
    let late = refresh(&sim, &second["refresh_token"]).await;
    assert_eq!(late.header("x-clover-recovery-available"), Some("false"));
    assert_eq!(refresh(&sim, &third["refresh_token"]).await.status, 200);
}

#[tokio::test]
async fn recovery_needs_the_secret() {
    let sim = Sim::start().await;
    let first = connect(&sim).await;
    refresh(&sim, &first["refresh_token"]).await;
    let body = json!({"client_id": APP, "recovery_token": first["refresh_token"]});
    assert_eq!(post(&sim, "/oauth/v2/recovery", body).await.status, 400);
    assert_eq!(recover(&sim, &first["refresh_token"]).await.status, 200);
    assert_eq!(sim.running.state()["tokens"]["recoveries"], 1);
}

#[tokio::test]
async fn a_lost_refresh_answer_has_rotated_all_the_same() {
    let sim = Sim::switched(json!({"refresh_lost_response": 1})).await;
    let first = connect(&sim).await;
    let body = json!({"client_id": APP, "refresh_token": first["refresh_token"]});
    let lost = sim
        .client
        .post(sim.url("/oauth/v2/refresh"))
        .json(&body)
        .send()
        .await;
    assert!(lost.is_err());
    assert_eq!(
        sim.running
            .requests(0)
            .last()
            .and_then(|entry| entry.status),
        Some(0)
    );
    assert_eq!(refresh(&sim, &first["refresh_token"]).await.status, 401);
    let again = recover(&sim, &first["refresh_token"]).await.json();
    assert_eq!(refresh(&sim, &again["refresh_token"]).await.status, 200);
}

#[tokio::test]
async fn tokens_end_with_the_simulated_clock() {
    let sim = Sim::start().await;
    let pair = connect(&sim).await;
    sim.running.advance_s(1799);
    assert_eq!(items_status(&sim, &pair["access_token"]).await, 200);
    sim.running.advance_s(2);
    assert_eq!(items_status(&sim, &pair["access_token"]).await, 401);
    assert_eq!(refresh(&sim, &pair["refresh_token"]).await.status, 200);
    let pair = connect(&sim).await;
    sim.running.advance_s(366 * 24 * 3600);
    assert_eq!(refresh(&sim, &pair["refresh_token"]).await.status, 401);
}

#[tokio::test]
async fn a_refresh_can_end_the_old_access_token() {
    let sim = Sim::switched(json!({"refresh_kills_old_access": true})).await;
    let first = connect(&sim).await;
    refresh(&sim, &first["refresh_token"]).await;
    assert_eq!(items_status(&sim, &first["access_token"]).await, 401);
}

#[tokio::test]
async fn the_ninth_connect_kills_the_oldest_refresh_token() {
    let sim = Sim::start().await;
    let mut pairs = Vec::new();
    // The suite's own token is the first of the eight.
    for _ in 0..8 {
        pairs.push(connect(&sim).await);
    }
    assert_eq!(refresh(&sim, &pairs[0]["refresh_token"]).await.status, 200);
    connect(&sim).await;
    assert_eq!(refresh(&sim, &pairs[1]["refresh_token"]).await.status, 200);
    let dead = sim
        .running
        .control("POST", "/__sim/switches", &json!({"max_refresh_tokens": 2}));
    assert_eq!(dead.0, 200);
    connect(&sim).await;
    assert_eq!(refresh(&sim, &pairs[2]["refresh_token"]).await.status, 401);
}

#[tokio::test]
async fn the_longest_life_there_is_breaks_nothing() {
    let sim = Sim::switched(
        json!({"access_ttl": i64::MAX, "refresh_ttl": i64::MAX, "code_ttl": i64::MAX}),
    )
    .await;
    let pair = connect(&sim).await;
    assert_eq!(refresh(&sim, &pair["refresh_token"]).await.status, 200);
}
