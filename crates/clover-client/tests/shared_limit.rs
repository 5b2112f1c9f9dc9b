//! Permits that processes share: when a process requests them, what it reports, and that all
//! processes together stay within the limits.

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clover_client::{
    Api, Environment, Hosts, LearnedLimit, PermitGrant, PermitRequest, RateLimit, RateLimiter,
};
use support::{Script, Step, access, policy};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn api(script: &Arc<Script>, limiter: &RateLimiter) -> Api {
    let hosts = Hosts::of(Environment::Sandbox);
    Api::with_transport(script.clone(), hosts, limiter.clone(), policy())
}

fn fresh() -> RateLimiter {
    RateLimiter::shared(RateLimit::default())
}

/// Starts this number of requests.
fn start(api: &Api, count: usize) -> Vec<JoinHandle<()>> {
    (0..count)
        .map(|n| {
            let call = api.get(&access(), &format!("items/{n}"), &[]);
            tokio::spawn(async move {
                call.await.unwrap();
            })
        })
        .collect()
}

fn slow(latency: u64) -> Arc<Script> {
    Script::new(move |_, _| Step::Slow(ms(latency), Box::new(Step::ok("{}"))))
}

fn grant(waits: &[u64]) -> PermitGrant {
    PermitGrant {
        permits: waits.iter().map(|wait| ms(*wait)).collect(),
        valid_for: ms(4_000),
        again_in: ms(100),
        ..PermitGrant::default()
    }
}

/// Takes the request that is due, and applies the response.
fn exchange(limiter: &RateLimiter, answer: PermitGrant) -> (u32, u32, usize) {
    let request = limiter.due().unwrap();
    let state = (request.wanted, request.in_flight, request.ended.len());
    limiter.settle(request, Some(answer));
    state
}

#[tokio::test(start_paused = true)]
async fn a_request_starts_with_a_permit_and_not_before_its_time() {
    let script = slow(50);
    let limiter = fresh();
    assert!(limiter.due().is_none(), "Nothing waits.");
    let calls = start(&api(&script, &limiter), 2);
    timeout(ms(1), limiter.shortage()).await.unwrap();
    assert_eq!(exchange(&limiter, grant(&[0, 200])), (2, 0, 0));
    sleep(ms(10)).await;
    assert_eq!(script.seen().len(), 1);
    timeout(ms(150), limiter.shortage()).await.unwrap_err();
    for call in calls {
        call.await.unwrap();
    }
    let seen = script.seen();
    assert!(seen[1].at - seen[0].at >= ms(199));
}

#[tokio::test(start_paused = true)]
async fn a_process_without_a_grant_requests_again_at_the_given_time_or_after_an_ended_request() {
    let script = slow(50);
    let limiter = fresh();
    let _calls = start(&api(&script, &limiter), 3);
    sleep(ms(1)).await;
    exchange(&limiter, grant(&[0]));
    sleep(ms(1)).await;
    assert_eq!(exchange(&limiter, grant(&[])), (2, 1, 0));
    assert!(limiter.due().is_none());
    timeout(ms(30), limiter.shortage()).await.unwrap_err();
    timeout(ms(30), limiter.shortage()).await.unwrap();
    assert_eq!(exchange(&limiter, grant(&[])), (2, 0, 1));
    timeout(ms(95), limiter.shortage()).await.unwrap_err();
    timeout(ms(10), limiter.shortage()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn unused_permits_end_with_their_lease_and_are_returned_before() {
    let script = slow(50);
    let limiter = fresh();
    let calls = start(&api(&script, &limiter), 1);
    sleep(ms(1)).await;
    exchange(&limiter, grant(&[0, 0, 0]));
    for call in calls {
        call.await.unwrap();
    }
    sleep(ms(700)).await;
    let request = limiter.due().unwrap();
    assert_eq!((request.unused(), request.ended.len()), (2, 1));
    // Nothing has changed when the exchange fails.
    limiter.settle(request, None);
    sleep(ms(4_000)).await;
    let _late = start(&api(&script, &limiter), 1);
    sleep(ms(10)).await;
    assert_eq!(script.seen().len(), 1, "no permit is left");
    timeout(ms(1), limiter.shortage()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_leaving_process_returns_unused_permits_and_reports_requests_in_flight() {
    let script = slow(300);
    let limiter = fresh();
    assert!(limiter.leave().is_none(), "Nothing is held.");
    let _calls = start(&api(&script, &limiter), 2);
    sleep(ms(1)).await;
    exchange(&limiter, grant(&[0, 0, 0]));
    sleep(ms(1)).await;
    let request = limiter.leave().unwrap();
    let state = (request.wanted, request.unused(), request.in_flight);
    assert_eq!((state, request.leaving), ((0, 1, 2), true));
    limiter.settle(request, Some(grant(&[])));
    assert!(limiter.leave().is_none(), "There is nothing to report.");
    sleep(ms(400)).await;
    assert_eq!(limiter.leave().unwrap().ended.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_returns_soon_keeps_its_permits_unless_others_need_them() {
    let script = slow(10);
    let limiter = fresh();
    let round = async |answer: PermitGrant| {
        let calls = start(&api(&script, &limiter), 1);
        sleep(ms(1)).await;
        exchange(&limiter, answer);
        for call in calls {
            call.await.unwrap();
        }
    };
    round(grant(&[0, 0])).await;
    let request = limiter.leave().unwrap();
    limiter.settle(request, Some(grant(&[])));
    sleep(ms(20)).await;
    limiter.enter();
    round(grant(&[0, 0])).await;
    assert!(limiter.leave().is_none());
    sleep(ms(700)).await;
    limiter.enter();
    let others = PermitGrant {
        others: true,
        ..grant(&[0, 0])
    };
    exchange(&limiter, others);
    assert_eq!(limiter.leave().unwrap().unused(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_closed_gate_and_learned_limits_are_reported_once_and_received() {
    let limiter = fresh();
    limiter.close_for(ms(3_000));
    let request = limiter.due().unwrap();
    assert_eq!(request.closed_for, ms(3_000));
    let half = LearnedLimit {
        limit: 8,
        forgotten_in: Duration::from_secs(600),
        step: Duration::from_secs(60),
    };
    let answer = PermitGrant {
        closed_for: ms(7_000),
        learned: [Some(half), None],
        ..PermitGrant::default()
    };
    limiter.settle(request, Some(answer));
    assert_eq!(limiter.closed_for(), ms(7_000));
    assert_eq!(limiter.limits().per_second, 8);
    assert!(limiter.due().is_none());
    limiter.close_for(ms(9_000));
    assert_eq!(limiter.leave().unwrap().closed_for, ms(9_000));
}

#[tokio::test(start_paused = true)]
async fn a_response_that_an_inner_exchange_overtook_grants_nothing() {
    let script = slow(50);
    let limiter = fresh();
    let _calls = start(&api(&script, &limiter), 2);
    sleep(ms(1)).await;
    let outer = limiter.due().unwrap();
    let inner = limiter.due().unwrap();
    limiter.settle(inner, Some(grant(&[0])));
    limiter.settle(outer, Some(grant(&[0, 0, 0, 0])));
    sleep(ms(1)).await;
    assert_eq!(script.seen().len(), 1);
}

/// Grants a random number of free permits, by the rule of the permit table: a permit counts until
/// its request has ended, and an ended request counts for one second.
#[derive(Default)]
struct Book {
    seed: u64,
    held: [usize; 4],
    recent: Vec<Instant>,
}

impl Book {
    fn roll(&mut self, below: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % below
    }

    fn exchange(&mut self, who: usize, request: &PermitRequest) -> Option<PermitGrant> {
        if self.roll(10) == 0 {
            return None;
        }
        let now = Instant::now();
        self.recent.retain(|until| *until > now);
        self.recent
            .extend(request.ended.iter().map(|left| now + *left));
        self.recent.sort_unstable();
        self.held[who] = request.in_flight as usize;
        let mut permits = Vec::new();
        let most = u64::from(request.wanted) + 1;
        for _ in 0..self.roll(most + 1) {
            let held: usize = self.held.iter().sum();
            let from = match (held + self.recent.len()).checked_sub(16) {
                None => now,
                Some(over) if over < self.recent.len() => self.recent[over],
                Some(_) => break,
            };
            if held >= 5 || from > now + ms(400) {
                break;
            }
            self.held[who] += 1;
            permits.push(from - now);
        }
        Some(PermitGrant {
            permits,
            valid_for: ms(4_000),
            again_in: ms(10 + self.roll(100)),
            others: self.roll(2) == 0,
            ..PermitGrant::default()
        })
    }
}

#[tokio::test(start_paused = true)]
async fn the_requests_of_all_processes_stay_within_the_limits() {
    for seed in 1..=20 {
        let script = Script::new(move |seen, n| {
            let latency = (seen.path.len() as u64 * 37 + n as u64 * 53 + seed * 11) % 400;
            Step::Slow(ms(latency), Box::new(Step::ok("{}")))
        });
        let book = Arc::new(Mutex::new(Book {
            seed: seed * 7_919,
            ..Book::default()
        }));
        let processes: Vec<_> = (0..4)
            .map(|who| {
                let (script, book) = (script.clone(), book.clone());
                tokio::spawn(async move {
                    let limiter = fresh();
                    let api = api(&script, &limiter);
                    let calls = start(&api, 40);
                    while !calls.iter().all(JoinHandle::is_finished) {
                        let _ = timeout(ms(50), limiter.shortage()).await;
                        if let Some(request) = limiter.due() {
                            let answer = book.lock().unwrap().exchange(who, &request);
                            limiter.settle(request, answer);
                        }
                    }
                    while let Some(request) = limiter.leave() {
                        let answer = book.lock().unwrap().exchange(who, &request);
                        limiter.settle(request, answer);
                    }
                })
            })
            .collect();
        for process in processes {
            process.await.unwrap();
        }
        let seen = script.seen();
        assert_eq!(seen.len(), 160);
        let mut starts: Vec<Instant> = seen.iter().map(|one| one.at).collect();
        starts.sort_unstable();
        for window in starts.windows(17) {
            assert!(window[16] - window[0] >= ms(1_000), "seed {seed}");
        }
    }
}
