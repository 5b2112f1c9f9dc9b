//! Limits below the documented ones, learned from the 429 responses of the simulator.

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clover_client::error::{Cause, WaitReason};
use clover_client::transport::{Boxed, Failure, HeaderMap, Reply, Request, Transport};
use clover_client::{
    Access, AccessToken, Api, Environment, Error, Hosts, Policy, RateLimit, RateLimiter,
};
use clover_core::ids::MerchantId;
use clover_simulator::http::request::Request as Incoming;
use clover_simulator::{Catalog, Config, InProcess, Limits, Simulator};
use http_body_util::BodyExt;
use serde_json::json;
use support::{Script, Step, access, policy};
use tokio::time::{Instant, sleep};

/// More 429s of a kind may arrive within this time after its first one.
const GRACE: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct NoAnswer;

/// The simulator without sockets, with this latency in milliseconds each way.
struct Wire {
    clover: InProcess,
    latency: u64,
    /// When each 429 was sent, and the header that named the limit.
    refused: Mutex<Vec<(Instant, String)>>,
}

impl Wire {
    fn new(per_second: u32, concurrent: u32, latency: u64) -> Arc<Self> {
        let config = Config {
            catalog: Catalog::Sandbox,
            limits: Limits::Documented,
            ..Config::default()
        };
        let wire = Self {
            clover: Simulator::in_process(config).unwrap(),
            latency,
            refused: Mutex::default(),
        };
        wire.limit(per_second, concurrent);
        Arc::new(wire)
    }

    fn limit(&self, per_second: u32, concurrent: u32) {
        let rules = json!({"rate_limit": {"per_second": per_second, "concurrent": concurrent}});
        let (status, _) = self.clover.control("POST", "/__sim/switches", &rules);
        assert_eq!(status, 200);
    }

    fn api(self: &Arc<Self>, limiter: &RateLimiter) -> (Api, Access) {
        let hosts = Hosts::of(Environment::Sandbox);
        let patient = Policy {
            elapsed: Duration::from_secs(600),
            ..policy()
        };
        let api = Api::with_transport(
            Arc::new(Line(self.clone())),
            hosts,
            limiter.clone(),
            patient,
        );
        let access = Access {
            merchant: MerchantId::new(self.clover.merchant_id()).unwrap(),
            token: AccessToken::new(self.clover.access_token()),
        };
        (api, access)
    }

    fn refused(&self) -> Vec<(Instant, String)> {
        self.refused.lock().unwrap().clone()
    }

    /// The number of 429s after the grace time of the first one of their kind.
    fn late(&self) -> usize {
        let refused = self.refused();
        let is_late = |(at, kind): &&(Instant, String)| {
            let first = refused.iter().find(|(_, other)| other == kind);
            first.is_some_and(|(first, _)| *at > *first + GRACE)
        };
        refused.iter().filter(is_late).count()
    }
}

struct Line(Arc<Wire>);

impl Transport for Line {
    fn send(&self, request: Request, _: Duration) -> Boxed<Result<Reply, Failure>> {
        let wire = self.0.clone();
        let mut headers = HeaderMap::new();
        let bearer = request
            .token
            .map(|token| format!("Bearer {}", token.secret()));
        headers.insert("authorization", bearer.unwrap().parse().unwrap());
        headers.insert("user-agent", "test".parse().unwrap());
        let incoming = Incoming {
            method: request.method.as_str().to_owned(),
            path: request.url.path().to_owned(),
            query: request.url.query().unwrap_or_default().to_owned(),
            headers,
            body: request.body.unwrap_or_default(),
        };
        Box::pin(async move {
            sleep(Duration::from_millis(wire.latency)).await;
            let answer = wire.clover.arrive(incoming).answer().await;
            let response = answer.map_err(|_| Failure::NoAnswer(Cause::new(NoAnswer)))?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            if status == 429 {
                let kind = headers
                    .keys()
                    .find(|name| name.as_str().starts_with("x-ratelimit"));
                let kind = kind.map(ToString::to_string).unwrap_or_default();
                wire.refused.lock().unwrap().push((Instant::now(), kind));
            }
            let body = response.into_body().collect().await;
            let body = body.map(http_body_util::Collected::to_bytes);
            sleep(Duration::from_millis(wire.latency)).await;
            Ok(Reply {
                status,
                headers,
                body: Box::pin(
                    async move { body.map_err(|_| Failure::NoAnswer(Cause::new(NoAnswer))) },
                ),
            })
        })
    }
}

async fn read(api: &Api, access: &Access, count: usize) {
    let calls: Vec<_> = (0..count)
        .map(|_| tokio::spawn(api.get(access, "items", &[("limit", "1")])))
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

fn limit(per_second: u32, in_flight: u32) -> RateLimit {
    RateLimit {
        per_second,
        in_flight,
    }
}

#[tokio::test(start_paused = true)]
async fn smaller_limits_are_learned_from_their_first_429_and_obeyed_at_once() {
    for (rate, places) in [(16, 5), (5, 5), (4, 5), (2, 1), (16, 1), (1, 5), (3, 2)] {
        for latency in [0, 20, 150, 600] {
            let wire = Wire::new(rate, places, latency);
            let limiter = RateLimiter::new(RateLimit::default());
            let (api, access) = wire.api(&limiter);
            let start = Instant::now();
            read(&api, &access, 60).await;
            let case = format!("{rate} a second, {places} at once, {latency} ms");
            assert_eq!(wire.late(), 0, "{case}: {:?}", wire.refused());
            // A request may arrive at any time while in flight, and then counts for a second.
            let flight = 2.0 * latency as f64 / 1e3;
            let by_rate = 60.0 / f64::from(rate) * (1.0 + flight);
            let floor = by_rate.max(flight * (60.0 / f64::from(places)).ceil());
            let took = start.elapsed().as_secs_f64();
            assert!(
                took <= 1.2 * floor + 4.0,
                "{case}: {took} s, floor {floor} s"
            );
            let known = limiter.limits();
            assert!(
                known.per_second >= rate && known.in_flight >= places,
                "{case}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_stands_costs_one_burst_of_429s_in_ten_minutes() {
    let wire = Wire::new(5, 5, 30);
    let limiter = RateLimiter::new(RateLimit::default());
    let (api, access) = wire.api(&limiter);
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(45 * 60) {
        read(&api, &access, 30).await;
    }
    let refused = wire.refused();
    let mut bursts: Vec<Instant> = Vec::new();
    for (at, _) in &refused {
        if bursts.last().is_none_or(|last| *at > *last + GRACE) {
            bursts.push(*at);
        }
    }
    assert!(bursts.len() <= 5, "{bursts:?}");
    assert!(refused.len() <= 25, "{}", refused.len());
}

/// A Clover that allows three requests a second and names neither a limit nor a time.
#[tokio::test(start_paused = true)]
async fn limits_that_no_429_names_are_found_by_halving() {
    let allowed = Arc::new(Mutex::new(Vec::<Instant>::new()));
    let refused = Arc::new(Mutex::new(Vec::<Instant>::new()));
    let (counts, refusals) = (allowed.clone(), refused.clone());
    let script = Script::new(move |seen, _| {
        let mut counts = counts.lock().unwrap();
        counts.retain(|at| seen.at.duration_since(*at) < Duration::from_secs(1));
        if counts.len() < 3 {
            counts.push(seen.at);
            return Step::Slow(Duration::from_millis(20), Box::new(Step::ok("{}")));
        }
        refusals.lock().unwrap().push(seen.at);
        Step::status(429)
    });
    let hosts = Hosts::of(Environment::Sandbox);
    let limiter = RateLimiter::new(RateLimit::default());
    let api = Api::with_transport(script, hosts, limiter.clone(), policy());
    let start = Instant::now();
    read(&api, &access(), 90).await;
    // The failed requests after each recovery, a third of a second's requests, cost little.
    assert!(
        start.elapsed() < Duration::from_secs(90),
        "{:?}",
        start.elapsed()
    );
    let refused = refused.lock().unwrap().len();
    assert!(refused <= 40, "{refused}");
    assert_ne!(limiter.limits(), RateLimit::default());
}

#[tokio::test(start_paused = true)]
async fn a_raised_limit_is_detected() {
    let wire = Wire::new(2, 1, 30);
    let limiter = RateLimiter::new(RateLimit::default());
    let (api, access) = wire.api(&limiter);
    read(&api, &access, 20).await;
    assert_eq!(limiter.limits().per_second, 2);
    wire.limit(16, 5);
    sleep(Duration::from_secs(15 * 60)).await;
    assert_eq!(limiter.limits(), limit(7, 5));
    sleep(Duration::from_secs(15 * 60)).await;
    assert_eq!(limiter.limits(), RateLimit::default());
    let before = wire.refused().len();
    read(&api, &access, 40).await;
    assert_eq!(wire.refused().len(), before);
}

#[tokio::test(start_paused = true)]
async fn the_error_names_the_reason_of_the_wait() {
    let script = Script::new(|_, _| Step::Slow(Duration::from_secs(300), Box::new(Step::ok("{}"))));
    let transport: Arc<dyn Transport> = script.clone();
    let hosts = Hosts::of(Environment::Sandbox);
    let hurried = Policy {
        elapsed: Duration::from_secs(2),
        ..policy()
    };
    let limiter = RateLimiter::new(limit(16, 1));
    let api = Api::with_transport(transport, hosts, limiter.clone(), hurried);
    let first = tokio::spawn(api.get(&access(), "items", &[]));
    sleep(Duration::from_millis(10)).await;
    let error = api.get(&access(), "items", &[]).await.unwrap_err();
    let Error::Throttled { reason, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(*reason, WaitReason::RateLimit(limit(16, 1)));
    assert!(
        error
            .to_string()
            .starts_with("Clover's rate limit is used up (16 a second, 1 in flight)"),
        "{error}"
    );
    first.abort();

    let none = RateLimiter::shared(RateLimit::default());
    let hosts = Hosts::of(Environment::Sandbox);
    let api = Api::with_transport(script, hosts, none, policy());
    let error = api.get(&access(), "items", &[]).await.unwrap_err();
    let others = WaitReason::OtherProcesses(RateLimit::default());
    assert!(matches!(error, Error::Throttled { reason, .. } if reason == others));
}
