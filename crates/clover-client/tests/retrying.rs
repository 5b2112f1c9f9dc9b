//! Which requests are retried, when, and which never are.

mod support;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clover_client::transport::Method;
use clover_client::{Error, Policy};
use support::{Script, Step, access, api, api_with, policy};
use tokio::time::Instant;

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

#[tokio::test(start_paused = true)]
async fn a_read_is_retried_after_every_kind_of_failure_with_growing_waits() {
    let script = Script::of(vec![
        Step::Refuse,
        Step::Drop,
        Step::status(503),
        Step::Cut(200),
        Step::ok("{\"cut\":"),
        Step::ok("<html>garbage"),
        Step::ok("{}"),
    ]);
    let start = Instant::now();
    let answer = api(&script).get(&access(), "items/X", &[]).await.unwrap();
    assert_eq!(answer.call.tries, 7);
    let at: Vec<_> = script.seen().iter().map(|s| s.at - start).collect();
    // Three quarters of 250 ms, 500 ms, 1 s, 2 s, 4 s, 8 s.
    let expected = [0, 187, 562, 1312, 2812, 5812, 11812].map(ms);
    for (at, expected) in at.iter().zip(expected) {
        assert!(at.abs_diff(expected) < ms(5), "{at:?} {expected:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_fails_after_eight_attempts_with_the_last_error() {
    let cases = [
        (Step::Refuse, "Unreachable"),
        (Step::Drop, "Unanswered"),
        (Step::status(500), "Unanswered"),
        (Step::ok("{\"cut"), "BadAnswer"),
        (Step::ok("garbage"), "Intercepted"),
        (Step::page(200), "Intercepted"),
        (Step::page(401), "Intercepted"),
        (Step::page(403), "Intercepted"),
        (Step::status(403), "Intercepted"),
        (Step::status(302), "Intercepted"),
        (Step::Cut(404), "Unanswered"),
    ];
    for (step, name) in cases {
        let script = Script::of(vec![step]);
        let error = api(&script).get(&access(), "items", &[]).await.unwrap_err();
        assert!(format!("{error:?}").starts_with(name), "{error:?}");
        assert_eq!(error.call().unwrap().tries, 8);
        assert_eq!(script.seen().len(), 8);
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_fails_when_the_next_wait_would_exceed_its_time_limit() {
    let script = Script::of(vec![Step::Slow(ms(1_000), Box::new(Step::Drop))]);
    let policy = Policy {
        elapsed: ms(2_500),
        ..policy()
    };
    let start = Instant::now();
    let error = api_with(&script, policy)
        .get(&access(), "items", &[])
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unanswered { .. }));
    assert!(start.elapsed() <= ms(2_500));
    assert_eq!(script.seen().len(), 2);
    assert!(script.seen()[1].timeout < ms(1_500), "cut to what is left");
}

#[tokio::test(start_paused = true)]
async fn a_write_is_repeated_if_it_was_not_sent_or_was_rate_limited() {
    let script = Script::of(vec![Step::Refuse, Step::throttle("2"), Step::ok("{}")]);
    let body = Bytes::from_static(b"{\"quantity\":5}");
    let write = api(&script).post(&access(), "item_stocks/X", body);
    assert_eq!(write.await.unwrap().call.tries, 3);
    let seen = script.seen();
    assert!(
        seen.iter()
            .all(|s| s.method == Method::Post && s.body == b"{\"quantity\":5}")
    );
    assert!(seen[2].at - seen[1].at >= ms(2_000));
}

#[tokio::test(start_paused = true)]
async fn a_write_that_may_have_arrived_is_never_repeated() {
    for step in [
        Step::Drop,
        Step::status(500),
        Step::status(504),
        Step::Cut(200),
    ] {
        let script = Script::of(vec![step]);
        let sent = api(&script).post(&access(), "orders", Bytes::new());
        let error = sent.await.unwrap_err();
        assert!(matches!(error, Error::Unanswered { .. }), "{error:?}");
        assert_eq!(script.seen().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_keeps_its_whole_timeout_however_little_time_is_left() {
    let script = Script::of(vec![Step::ok("{}")]);
    let short = Policy {
        elapsed: ms(3_000),
        ..policy()
    };
    let write = api_with(&script, short).post(&access(), "orders", Bytes::new());
    write.await.unwrap();
    assert_eq!(script.seen()[0].timeout, ms(30_000));
}

#[tokio::test(start_paused = true)]
async fn a_429_is_waited_for_and_uses_up_no_tries() {
    // Ten short waits are more than the eight tries of a call.
    let script = Script::new(|_, n| {
        if n < 10 {
            Step::throttle("0")
        } else {
            Step::ok("{}")
        }
    });
    let patient = Policy {
        throttle: ms(100),
        throttle_limit: ms(400),
        ..policy()
    };
    let answer = api_with(&script, patient)
        .get(&access(), "items", &[])
        .await;
    assert_eq!(answer.unwrap().call.tries, 11);
}

#[tokio::test(start_paused = true)]
async fn a_429_doubles_its_waits_from_one_second_and_never_comes_early() {
    let script = Script::of(vec![
        Step::status(429),
        Step::status(429),
        Step::throttle("1"),
        Step::throttle("9"),
        Step::ok("{}"),
    ]);
    api(&script).get(&access(), "items", &[]).await.unwrap();
    let seen = script.seen();
    let gaps: Vec<_> = seen.windows(2).map(|w| w[1].at - w[0].at).collect();
    // The own wait of 1, 2, 4, 8 s or Retry-After, whichever is longer, plus an eighth of the own.
    let expected = [1_125, 2_250, 4_500, 10_000].map(ms);
    for (gap, expected) in gaps.iter().zip(expected) {
        assert!(gap.abs_diff(expected) < ms(5), "{gap:?} {expected:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_longer_than_the_time_limit_fails_immediately() {
    let script = Script::of(vec![Step::throttle("300")]);
    let start = Instant::now();
    let api = api(&script);
    let error = api.get(&access(), "items", &[]).await.unwrap_err();
    let Error::Throttled { wait, .. } = error else {
        panic!("{error:?}")
    };
    assert!(wait >= ms(300_000));
    // The gate stays closed for the next call too, which then sends nothing.
    let error = api.get(&access(), "items", &[]).await.unwrap_err();
    assert!(matches!(error, Error::Throttled { wait, .. } if wait > ms(290_000)));
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_firewalls_retry_after_holds_nothing_back_and_clovers_does() {
    let with = |step: Step| match step {
        Step::Answer(status, mut headers, body) => {
            headers.push(("retry-after", "3600".to_owned()));
            Step::Answer(status, headers, body)
        }
        other => other,
    };
    for (first, is_held) in [
        (with(Step::page(403)), false),
        (with(Step::page(200)), false),
        (with(Step::refusal(403)), true),
        (with(Step::page(503)), true),
        (with(Step::page(429)), true),
    ] {
        let script = Script::of(vec![first.clone(), Step::ok("{}")]);
        let api = api(&script);
        let start = Instant::now();
        let _ = api.get(&access(), "items", &[]).await;
        let second = api.get(&access(), "items", &[]).await;
        let throttled = matches!(second, Err(Error::Throttled { .. }));
        assert_eq!(throttled, is_held, "{first:?}");
        assert!(start.elapsed() < ms(10_000), "{first:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_corrupted_retry_after_does_no_harm() {
    for (given, wait) in [
        ("99999999999999999999", 3_600),
        ("1e300", 3_600),
        ("86400", 3_600),
        ("inf", 1),
        ("NaN", 1),
        ("-5", 1),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 1),
        ("", 1),
    ] {
        let script = Script::of(vec![Step::throttle(given), Step::ok("{}")]);
        let endless = Policy {
            elapsed: Duration::MAX,
            ..policy()
        };
        let start = Instant::now();
        let call = api_with(&script, endless).get(&access(), "items", &[]);
        call.await.unwrap();
        assert_eq!(start.elapsed().as_secs(), wait, "{given}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_429_holds_back_everyone_in_the_process() {
    for (first, wait) in [(Step::throttle("3"), 3_000), (Step::status(429), 1_000)] {
        let script = Script::new(move |_, n| {
            if n == 0 {
                first.clone()
            } else {
                Step::ok("{}")
            }
        });
        let api = api(&script);
        let early = api.get(&access(), "items/A", &[]);
        let late = api.get(&access(), "items/B", &[]);
        let late = async {
            tokio::time::sleep(ms(10)).await;
            late.await
        };
        let (a, b) = tokio::join!(early, late);
        a.unwrap();
        b.unwrap();
        let seen = script.seen();
        assert_eq!(seen.len(), 3);
        assert!(seen[1..].iter().all(|s| s.at - seen[0].at >= ms(wait)));
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_are_distinguished_and_not_repeated() {
    type Check = fn(&Error) -> bool;
    let cases: [(u16, &str, Check); 6] = [
        (401, r#"{"message":"401 Unauthorized"}"#, |e| {
            e.wants_new_token() && matches!(e, Error::Unauthorized { .. })
        }),
        (403, r#"{"message":"no"}"#, |e| {
            !e.wants_new_token() && matches!(e, Error::Unauthorized { .. })
        }),
        (
            404,
            r#"{"message":"invalid ID"}"#,
            |e| matches!(e, Error::NotFound { said, .. } if said == "invalid ID"),
        ),
        (
            405,
            "405 GET not allowed.",
            |e| matches!(e, Error::Rejected { said, .. } if said == "405 GET not allowed."),
        ),
        (
            400,
            r#"{"message":"Invalid","details":"line item"}"#,
            |e| matches!(e, Error::Rejected { said, .. } if said == "Invalid: line item"),
        ),
        (415, "", |e| matches!(e, Error::Rejected { .. })),
    ];
    for (status, body, check) in cases {
        let headers = vec![("x-clover-request-id", format!("req-{status}"))];
        let script = Script::of(vec![Step::Answer(status, headers, body.into())]);
        let error = api(&script).get(&access(), "items", &[]).await.unwrap_err();
        assert!(check(&error), "{error:?}");
        let call = error.call().unwrap();
        assert_eq!((call.status, call.tries), (Some(status), 1));
        assert_eq!(call.request_id, Some(format!("req-{status}")));
        assert_eq!(call.path, "/v3/merchants/M1M2M3M4M5M6M/items");
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_of_another_form_is_an_error_with_its_path() {
    #[derive(serde::Deserialize, Debug)]
    #[allow(dead_code)]
    struct Item {
        price: i64,
    }
    let script = Script::of(vec![Step::ok(r#"{"price":"CANARY"}"#)]);
    let read = api(&script).get_json::<Item>(&access(), "items/X", &[]);
    let error = read.await.unwrap_err();
    assert!(matches!(&error, Error::BadAnswer { at, .. } if at == "price"));
    assert!(!format!("{error:?}").contains("CANARY"));
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn paths_and_queries_are_encoded_and_stay_below_the_merchant() {
    let script = Script::of(vec![Step::ok("{}")]);
    let api = api(&script);
    for path in ["orders/../../x y?z#é", "/", ""] {
        let query = [("filter", "id>A"), ("filter", "name=ä&b")];
        api.get(&access(), path, &query).await.unwrap();
    }
    let seen = script.seen();
    assert_eq!(
        seen[0].path,
        "/v3/merchants/M1M2M3M4M5M6M/orders/x%20y%3Fz%23%C3%A9"
    );
    assert_eq!(seen[0].query[1], ("filter".into(), "name=ä&b".into()));
    assert_eq!(seen[1].path, "/v3/merchants/M1M2M3M4M5M6M");
    assert_eq!(seen[2].path, "/v3/merchants/M1M2M3M4M5M6M");
}

#[tokio::test(start_paused = true)]
async fn a_write_with_a_foreign_response_is_unknown_and_never_repeated() {
    for step in [
        Step::page(200),
        Step::page(403),
        Step::page(502),
        Step::status(404),
        Step::status(302),
        Step::Cut(400),
    ] {
        let script = Script::of(vec![step.clone()]);
        let write = api(&script).post(&access(), "orders", Bytes::from_static(b"{}"));
        let error = write.await.unwrap_err();
        assert!(error.leaves_write_unknown(), "{step:?}: {error:?}");
        assert_eq!(script.seen().len(), 1, "{step:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_error_for_a_foreign_response_gives_advice_and_does_not_mention_permissions() {
    let script = Script::of(vec![Step::page(403)]);
    let error = api(&script).get(&access(), "items", &[]).await.unwrap_err();
    assert!(error.is_temporary() && !error.wants_new_token());
    let text = error.to_string();
    for part in [
        "firewall",
        "status 403",
        "HTTPS to apisandbox.dev.clover.com",
    ] {
        assert!(text.contains(part), "{text}");
    }
    for part in ["permission", "token", "Access denied"] {
        assert!(!text.contains(part), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_tls_failure_is_not_retried() {
    let script = Script::of(vec![Step::Insecure]);
    let start = Instant::now();
    let error = api(&script).get(&access(), "items", &[]).await.unwrap_err();
    assert!(matches!(&error, Error::Insecure { host, .. } if host == "apisandbox.dev.clover.com"));
    assert!(error.is_temporary() && !error.leaves_write_unknown());
    assert_eq!((script.seen().len(), start.elapsed()), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_ends_at_the_time_limit_is_still_made() {
    let script = Script::of(vec![Step::status(429), Step::ok("{}")]);
    let exact = Policy {
        elapsed: ms(1_000),
        jitter: Arc::new(|| 0.0),
        ..policy()
    };
    let start = Instant::now();
    let write = api_with(&script, exact).post(&access(), "orders", Bytes::new());
    write.await.unwrap();
    assert_eq!(script.seen()[1].at - start, ms(1_000));
}

#[tokio::test(start_paused = true)]
async fn jitter_keeps_a_wait_between_half_and_whole() {
    for (jitter, wait) in [(0.0, 500), (1.0, 1_000), (-3.0, 500), (7.0, 1_000)] {
        let script = Script::of(vec![Step::Drop, Step::ok("{}")]);
        let policy = Policy {
            backoff: ms(1_000),
            jitter: Arc::new(move || jitter),
            ..policy()
        };
        let start = Instant::now();
        let read = api_with(&script, policy).get(&access(), "items", &[]);
        read.await.unwrap();
        assert_eq!(start.elapsed(), ms(wait), "{jitter}");
    }
}

#[test]
fn jitter_spreads_over_the_whole_range() {
    let policy = Policy::default();
    let drawn: Vec<f64> = (0..1_000).map(|_| (policy.jitter)()).collect();
    assert!(drawn.iter().all(|x| (0.0..1.0).contains(x)));
    // A thousand draws miss a tenth with a chance of 10⁻⁴⁶.
    for tenth in 0..10 {
        let low = f64::from(tenth) / 10.0;
        assert!(drawn.iter().any(|x| (low..low + 0.1).contains(x)), "{low}");
    }
}

#[test]
fn a_policy_prints_its_limits() {
    let shown = format!("{:?}", policy());
    assert!(
        shown.contains("tries: 8") && shown.contains("120s"),
        "{shown}"
    );
}
