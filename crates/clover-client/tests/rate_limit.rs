//! The rate limit as Clover counts it.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use clover_client::{Api, Environment, Hosts, RateLimit, RateLimiter};
use support::{Script, Step, access, policy};
use tokio::time::{Instant, sleep, timeout};

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn paced(script: &Arc<Script>, limiter: &RateLimiter) -> Api {
    let hosts = Hosts::of(Environment::Sandbox);
    Api::with_transport(script.clone(), hosts, limiter.clone(), policy())
}

async fn many(api: &Api, count: usize) -> Duration {
    let start = Instant::now();
    let calls: Vec<_> = (0..count)
        .map(|n| tokio::spawn(api.get(&access(), &format!("items/{n}"), &[])))
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    start.elapsed()
}

/// The maximum number of arrivals in any second, if what each request took longer than the fastest
/// may have been its way to Clover.
fn worst_second(requests: &[(Instant, Duration)]) -> usize {
    let fastest = requests.iter().map(|(_, latency)| *latency).min().unwrap();
    let latest = |(start, latency): (Instant, Duration)| start + latency.saturating_sub(fastest);
    let worst = |from: Instant| {
        let counted = |request: &&(Instant, Duration)| {
            latest(**request) >= from && request.0 < from + ms(1_000)
        };
        requests.iter().filter(counted).count()
    };
    let begins = requests.iter().map(|request| worst(latest(*request)));
    begins.max().unwrap()
}

#[tokio::test(start_paused = true)]
async fn no_second_has_more_than_sixteen_arrivals_however_long_their_ways_are() {
    for spread in [0, 1, 50, 100, 400] {
        for least in [0, 1, 50, 100, 300, 900, 2_000] {
            let latency = move |n: usize| ms(least + (n as u64 * 7_919 % 11) * spread / 10);
            let script = Script::new(move |_, n| Step::Slow(latency(n), Box::new(Step::ok("{}"))));
            let api = paced(&script, &RateLimiter::new(RateLimit::default()));
            let took = many(&api, 200).await;
            let starts = script.seen().into_iter().map(|s| s.at);
            let requests: Vec<_> = starts.enumerate().map(|(n, at)| (at, latency(n))).collect();
            let name = format!("{least} ms and up to {spread} more");
            assert!(worst_second(&requests) <= 16, "{name}");
            let most = least + spread;
            let floor = (12 * (1_010 + most)).max(40 * most);
            assert!(took <= ms(floor + 1_010 + most), "{name}: {took:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_steady_latency_costs_no_part_of_the_limit() {
    for latency in [20, 100, 250] {
        let script = Script::new(move |_, _| Step::Slow(ms(latency), Box::new(Step::ok("{}"))));
        let api = paced(&script, &RateLimiter::new(RateLimit::default()));
        let took = many(&api, 320).await;
        // 19 more windows of 16 requests, each with a millisecond of the timer. The first requests
        // count from their responses.
        assert!(
            took <= ms(19 * 1_012 + 5 * latency),
            "{latency} ms: {took:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn requests_in_flight_stay_within_the_share() {
    let open = Arc::new(AtomicU32::new(0));
    let seen = open.clone();
    let script = Script::new(move |_, _| {
        seen.fetch_add(1, Ordering::SeqCst);
        Step::Slow(ms(500), Box::new(Step::ok("{}")))
    });
    let limiter = RateLimiter::new(RateLimit {
        per_second: 16,
        in_flight: 2,
    });
    let api = paced(&script, &limiter);
    let job = tokio::spawn(async move { many(&api, 6).await });
    for expected in [2, 4, 6] {
        sleep(ms(250)).await;
        assert_eq!(open.load(Ordering::SeqCst), expected);
        sleep(ms(250)).await;
    }
    assert_eq!(job.await.unwrap(), ms(1_500));
}

#[tokio::test(start_paused = true)]
async fn a_larger_share_wakes_waiting_requests_and_zero_stops_all() {
    let script = Script::of(vec![Step::ok("{}")]);
    let none = RateLimit {
        per_second: 0,
        in_flight: 0,
    };
    let limiter = RateLimiter::new(none);
    let api = paced(&script, &limiter);
    let call = tokio::spawn(api.get(&access(), "items", &[]));
    sleep(ms(5_000)).await;
    assert!(script.seen().is_empty());
    limiter.set_own_limit(RateLimit::default());
    call.await.unwrap().unwrap();
    assert_eq!(limiter.limits(), RateLimit::default());
}

#[tokio::test(start_paused = true)]
async fn a_share_of_more_than_the_documented_limits_is_whole() {
    let script = Script::of((0..40).map(|_| Step::ok("{}")).collect());
    let much = RateLimit {
        per_second: 16_000,
        in_flight: 5_000,
    };
    let limiter = RateLimiter::new(much);
    assert_eq!(limiter.limits(), much);
    let api = paced(&script, &limiter);
    let began = Instant::now();
    let calls: Vec<_> = (0..40)
        .map(|_| tokio::spawn(api.get(&access(), "items", &[])))
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert!(began.elapsed() < ms(100));
}

#[tokio::test(start_paused = true)]
async fn an_abandoned_request_frees_its_slot() {
    let script = Script::new(|_, n| {
        let wait = if n < 5 { 60_000 } else { 1 };
        Step::Slow(ms(wait), Box::new(Step::ok("{}")))
    });
    let api = paced(&script, &RateLimiter::new(RateLimit::default()));
    let stuck: Vec<_> = (0..5)
        .map(|_| tokio::spawn(api.get(&access(), "items", &[])))
        .collect();
    sleep(ms(10)).await;
    let next = tokio::spawn(api.get(&access(), "items", &[]));
    sleep(ms(1_000)).await;
    assert_eq!(script.seen().len(), 5);
    stuck[0].abort();
    timeout(ms(100), next).await.unwrap().unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_wait_delays_no_other_request() {
    let script = Script::of(vec![Step::ok("{}")]);
    let limiter = RateLimiter::new(RateLimit::default());
    limiter.close_for(ms(1_000));
    let api = paced(&script, &limiter);
    let first = tokio::spawn(api.get(&access(), "items/A", &[]));
    let second = tokio::spawn(api.get(&access(), "items/B", &[]));
    sleep(ms(10)).await;
    first.abort();
    second.await.unwrap().unwrap();
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_not_polled_delays_no_other_request() {
    let script = Script::new(|_, _| Step::Slow(ms(100), Box::new(Step::ok("{}"))));
    let limiter = RateLimiter::new(RateLimit {
        per_second: 16,
        in_flight: 1,
    });
    let api = paced(&script, &limiter);
    let busy = tokio::spawn(api.get(&access(), "items/A", &[]));
    sleep(ms(1)).await;
    // As if a signal handler of PHP makes a call while another call waits below it on the stack.
    let mut suspended = Box::pin(api.get(&access(), "items/B", &[]));
    timeout(ms(1), suspended.as_mut()).await.unwrap_err();
    busy.await.unwrap().unwrap();
    let on_top = api.get(&access(), "items/C", &[]);
    timeout(ms(500), on_top).await.unwrap().unwrap();
    suspended.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_shorter_closed_time_does_not_open_the_gate_early() {
    let script = Script::of(vec![Step::ok("{}")]);
    let limiter = RateLimiter::new(RateLimit::default());
    limiter.close_for(ms(5_000));
    limiter.close_for(ms(1_000));
    assert_eq!(limiter.closed_for(), ms(5_000));
    assert!(many(&paced(&script, &limiter), 1).await >= ms(5_000));
    assert_eq!(limiter.closed_for(), Duration::ZERO);
}
