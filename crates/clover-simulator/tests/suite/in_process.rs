//! Requests that are handed over, under a clock that stands still.

use std::time::Duration;

use clover_simulator::http::request::Request;
use clover_simulator::{Config, InProcess, Simulator, Time};
use http_body_util::BodyExt;
use hyper::header::{AUTHORIZATION, HeaderMap, HeaderValue, USER_AGENT};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

const START: i64 = 1_700_000_000_000;

fn still() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
}

fn clover() -> InProcess {
    let config = Config {
        time: Time::Runtime(START),
        latency: Duration::from_millis(200),
        ..Config::default()
    };
    Simulator::in_process(config).unwrap()
}

fn request(clover: &InProcess, token: &str, method: &str, path: &str, body: &Value) -> Request {
    let target = format!("/v3/merchants/{}/{path}", clover.merchant_id());
    let mut headers = HeaderMap::new();
    let bearer = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
    headers.insert(AUTHORIZATION, bearer);
    headers.insert(USER_AGENT, HeaderValue::from_static("test"));
    Request {
        headers,
        ..Request::internal(method, &target, body)
    }
}

fn any_item(clover: &InProcess) -> String {
    clover.state()["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn a_request_is_carried_out_as_it_arrives_and_answered_after_the_latency() {
    still().block_on(async {
        let clover = clover();
        let (token, item) = (clover.access_token(), any_item(&clover));
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        let path = format!("item_stocks/{item}");
        let start = Instant::now();
        let arrived = clover.arrive(request(
            &clover,
            &token,
            "POST",
            &path,
            &json!({"quantity": 7}),
        ));
        assert!(arrived.is_carried_out());
        assert_eq!(clover.state()["stock"][&item], json!(7.0));
        let answer = arrived.answer().await.unwrap();
        assert_eq!(start.elapsed(), Duration::from_millis(200));
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["modifiedTime"], json!(START + 2_000));
        let entries = clover.requests(0);
        assert_eq!((entries[0].at, entries[0].status), (2_500, Some(200)));
    });
}

#[test]
fn a_dropped_answer_tells_whether_the_work_was_done() {
    still().block_on(async {
        let clover = clover();
        let (token, item) = (clover.access_token(), any_item(&clover));
        let path = format!("item_stocks/{item}");
        for (effect, is_done) in [("drop", false), ("apply_then_drop", true)] {
            clover.control(
                "POST",
                "/__sim/faults",
                &json!({"match": "POST *", "do": effect}),
            );
            let arrived = clover.arrive(request(
                &clover,
                &token,
                "POST",
                &path,
                &json!({"quantity": 3}),
            ));
            assert_eq!(arrived.is_carried_out(), is_done, "{effect}");
            assert!(arrived.answer().await.is_err(), "{effect}");
        }
    });
}

#[test]
fn the_limits_follow_the_paused_clock() {
    still().block_on(async {
        let clover = clover();
        let token = clover.access_token();
        let get = || clover.arrive(request(&clover, &token, "GET", "items", &Value::Null));
        for _ in 0..16 {
            assert_eq!(get().answer().await.unwrap().status(), 200);
        }
        // Those 16 took 3.2 s: hardly any counts any more, but five at once are as many as there
        // may be.
        let open: Vec<_> = (0..5).map(|_| get()).collect();
        let refused = get();
        assert!(!refused.is_carried_out());
        assert_eq!(refused.answer().await.unwrap().status(), 429);
        drop(open);
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(get().answer().await.unwrap().status(), 200);
    });
}

#[test]
fn a_request_before_the_wait_is_over_lengthens_it() {
    still().block_on(async {
        let clover = clover();
        let token = clover.access_token();
        let rules = json!({"per_second": 1, "retry_after_on_per_second": true});
        clover.control(
            "POST",
            "/__sim/switches",
            &json!({"latency": 0, "rate_limit": rules}),
        );
        let answer = async |pause: u64| {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let request = request(&clover, &token, "GET", "categories", &Value::Null);
            let answer = clover.arrive(request).answer().await.unwrap();
            let wait = answer.headers().get("retry-after").cloned();
            (answer.status().as_u16(), wait)
        };
        let second = Some(HeaderValue::from_static("1"));
        assert_eq!(answer(0).await, (200, None));
        assert_eq!(answer(0).await, (429, second.clone()));
        assert_eq!(answer(700).await, (429, second.clone()));
        // 700 ms later the first wait is long over, the lengthened one is not; the simulated clock
        // does not help.
        clover.advance_s(60);
        assert_eq!(answer(700).await, (429, second));
        assert_eq!(answer(1_000).await, (200, None));
    });
}
