//! One order of forty lines, under limits and latencies that Clover has shown: each count is
//! written, and in time.

use std::sync::Arc;
use std::time::Duration;

use clover_client::stock::{Set, WINDOW, Wanted, Wrote};
use clover_client::transport::{Boxed, Failure, Reply, Request, Transport};
use clover_client::{Access, AccessToken, Api, Hosts, Policy, RateLimit, RateLimiter};
use clover_core::ids::{ItemId, MerchantId};
use clover_simulator::{Catalog, Config, InProcess, Simulator, Time};
use serde_json::{Value, json};
use tokio::runtime::Builder;
use tokio::time::{Instant, timeout};

use crate::run::EPOCH;
use crate::wire::{Line, answer, no_answer};

const LINES: usize = 40;

/// A wire without whims.
struct Straight(Arc<InProcess>);

impl Transport for Straight {
    fn send(&self, request: Request, limit: Duration) -> Boxed<Result<Reply, Failure>> {
        let arrived = self.0.arrive(Line::incoming(&request));
        let answered = tokio::spawn(answer(arrived));
        Box::pin(async move {
            match timeout(limit, answered).await {
                Ok(Ok(reply)) => reply,
                Ok(Err(_)) | Err(_) => Err(no_answer("timed out")),
            }
        })
    }
}

#[derive(Debug, Clone, Copy)]
struct Weather {
    per_second: u32,
    in_flight: u32,
    latency: u64,
}

/// What the order came to.
#[derive(Debug)]
struct Came {
    seconds: f64,
    floor: f64,
    requests: usize,
    longest: Duration,
}

async fn forty_lines(weather: Weather) -> Came {
    let config = Config {
        catalog: Catalog::Synthetic(200),
        time: Time::Runtime(EPOCH),
        ..Config::default()
    };
    let clover = Arc::new(Simulator::in_process(config).expect("a simulator"));
    let limits = json!({"per_second": weather.per_second, "concurrent": weather.in_flight});
    let switches = json!({"latency": weather.latency, "rate_limit": limits});
    assert_eq!(clover.control("POST", "/__sim/switches", &switches).0, 200);
    let api = Api::with_transport(
        Arc::new(Straight(Arc::clone(&clover))),
        Hosts::overridden("http://127.0.0.1:1").expect("a loopback address"),
        RateLimiter::new(RateLimit::default()),
        Policy {
            jitter: Arc::new(|| 0.5),
            ..Policy::default()
        },
    );
    let access = Access {
        merchant: MerchantId::new(clover.merchant_id()).expect("an id"),
        token: AccessToken::new(clover.access_token()),
    };
    let before = counts(&clover);
    let start = Instant::now();
    let mut left: Vec<Wanted> = before
        .iter()
        .filter(|(_, count)| *count >= 1.0)
        .take(LINES)
        .map(|(id, _)| Wanted::from(ItemId::new(id.as_str()).expect("an id")))
        .collect();
    let ordered: Vec<String> = left.iter().map(|one| one.item.to_string()).collect();
    let mut longest = Duration::ZERO;
    for round in 0.. {
        if left.is_empty() {
            break;
        }
        assert!(round < 200, "{weather:?}: it never ends");
        let read = api
            .read_counts(&access, left.clone())
            .await
            .expect("counts");
        let rest = left.split_off(read.len());
        let sets = left.iter().zip(&read).map(|(one, timed)| {
            let timed = timed.as_ref().expect("a count");
            Set {
                item: one.item.clone(),
                target: timed.reading.count.and_then(|n| n.less(1)).expect("some"),
                threshold: timed.threshold,
                asked: timed.asked,
                latest: timed.latest,
            }
        });
        let wrote = api
            .write_counts(&access, sets.collect())
            .await
            .expect("a word of each");
        let mut again = Vec::new();
        for (mut one, wrote) in left.into_iter().zip(wrote) {
            match wrote.expect("no refusal") {
                Wrote::Done { window, .. } => longest = longest.max(window),
                Wrote::Late | Wrote::NotSent(_) => {
                    one.misses += 1;
                    again.push(one);
                }
                Wrote::Unknown(why) => panic!("{weather:?}: {why}"),
            }
        }
        again.extend(rest);
        left = again;
    }
    let seconds = start.elapsed().as_secs_f64();
    for ((id, before), (_, after)) in before.iter().zip(counts(&clover)) {
        let taken = if ordered.contains(id) { 1.0 } else { 0.0 };
        assert!(
            (before - taken - after).abs() < 1e-9,
            "{weather:?}: {id} went from {before} to {after}"
        );
    }
    let requests = clover.requests(0);
    let (refused, served): (Vec<_>, Vec<_>) = requests.iter().partition(|e| e.status == Some(429));
    if let (Some(first), Some(last)) = (refused.first(), refused.last()) {
        assert!(last.at - first.at <= 2_000, "{weather:?}: a 429 came late");
    }
    #[allow(clippy::cast_precision_loss)] // A few hundred.
    let by_rate = served.len() as f64 / f64::from(weather.per_second);
    let rounds = LINES.div_ceil(weather.in_flight as usize);
    #[allow(clippy::cast_precision_loss)] // A few thousand.
    let latency = weather.latency as f64 / 1_000.0;
    #[allow(clippy::cast_precision_loss)] // Forty at most.
    let by_latency = 2.0 * latency * rounds as f64;
    Came {
        seconds,
        floor: by_rate.max(by_latency) + latency,
        requests: served.len(),
        longest,
    }
}

fn counts(clover: &InProcess) -> Vec<(String, f64)> {
    let state = clover.state();
    let stock = state["stock"].as_object().expect("counts").iter();
    stock
        .map(|(id, count)| (id.clone(), Value::as_f64(count).unwrap_or(0.0)))
        .collect()
}

#[test]
fn an_order_of_forty_lines_is_written_in_any_weather_within_twice_its_floor() {
    let weathers = [
        (16, 5, 0),
        (5, 5, 0),
        (4, 5, 0),
        (2, 1, 0),
        (16, 5, 900),
        (16, 5, 1_200),
        (16, 5, 3_000),
        (16, 5, 8_000),
    ];
    for (per_second, in_flight, latency) in weathers {
        let weather = Weather {
            per_second,
            in_flight,
            latency,
        };
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let came = runtime.block_on(forty_lines(weather));
        println!("{weather:?}: {came:?}");
        assert!(came.seconds <= 2.0 * came.floor, "{weather:?}: {came:?}");
        // Where one reading serves several writes.
        let most = if per_second == 2 { 2 * LINES } else { 54 };
        assert!(came.requests <= most, "{weather:?}: {came:?}");
        if latency == 0 {
            assert!(came.longest <= WINDOW, "{weather:?}: {came:?}");
        } else {
            let two_ways = Duration::from_millis(2 * latency);
            assert!(
                came.longest <= two_ways + WINDOW / 2,
                "{weather:?}: {came:?}"
            );
        }
    }
}
