//! The difference to Clover's clock comes from Clover's responses, and from no other server's.

mod support;

use clover_client::{AuthorizationCode, ClientSecret, ClockDifference, OAuth};
use support::{Script, Step, access, api};

/// 2026-12-01 12:58:51, when this server's clock is 90 seconds ahead.
const DATE: &str = "Tue, 01 Dec 2026 12:58:51 GMT";

fn ahead() -> i64 {
    1_796_129_931 + 90
}

/// The step with a date.
fn dated(step: Step, date: &str) -> Step {
    match step {
        Step::Answer(status, mut headers, body) => {
            headers.push(("date", date.to_owned()));
            Step::Answer(status, headers, body)
        }
        other => other,
    }
}

/// The difference after one call that gets these responses.
async fn after(steps: Vec<Step>) -> Option<i64> {
    let clock = ClockDifference::new(ahead);
    let script = Script::of(steps);
    let api = api(&script).with_clock(clock.clone());
    let _ = api.get(&access(), "items", &[]).await;
    assert!(!script.seen().is_empty());
    clock.seconds()
}

#[tokio::test(start_paused = true)]
async fn a_response_of_clover_shows_the_difference() {
    // Clover's date has no fraction of its second.
    for step in [Step::ok("{}"), Step::refusal(404), Step::refusal(401)] {
        let seen = after(vec![dated(step.clone(), DATE)]).await;
        assert_eq!(seen, Some(89), "{step:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn other_servers_dates_and_no_dates_show_nothing() {
    for step in [
        dated(Step::page(401), DATE),
        dated(Step::page(200), DATE),
        dated(Step::status(503), DATE),
        dated(Step::throttle("1"), DATE),
        dated(Step::ok("{}"), "yesterday"),
        Step::ok("{}"),
        Step::Drop,
    ] {
        assert_eq!(after(vec![step.clone()]).await, None, "{step:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_response_counts_and_one_without_a_date_changes_nothing() {
    let clock = ClockDifference::new(ahead);
    let script = Script::of(vec![
        dated(Step::ok("{}"), DATE),
        dated(Step::ok("{}"), "Tue, 01 Dec 2026 13:00:51 GMT"),
        Step::ok("{}"),
    ]);
    let api = api(&script).with_clock(clock.clone());
    assert_eq!(clock.seconds(), None);
    for seconds in [89, -30, -30] {
        api.get(&access(), "items", &[]).await.unwrap();
        assert_eq!(clock.seconds(), Some(seconds));
    }
}

#[tokio::test(start_paused = true)]
async fn token_calls_show_it_too() {
    let clock = ClockDifference::new(ahead);
    let script = Script::of(vec![dated(Step::refusal(401), DATE)]);
    let api = api(&script).with_clock(clock.clone());
    let oauth = OAuth::new(&api, "APPID00000001", ClientSecret::new("secret".into()));
    let code = AuthorizationCode::new("code".into());
    oauth.exchange(&code, ahead()).await.unwrap_err();
    assert_eq!(clock.seconds(), Some(89));
}
