//! The rate limiter of this process: requests a second, requests in flight, and a gate that a 429
//! closes.
//!
//! Clover counts requests when they *arrive*. A request arrives between its start and the head of
//! its response, so it counts for that time and one more second. `lead` says how much less is safe.
//!
//! Processes that share a token also need a permit for each request: see `shared`.

mod lead;
mod learned;
mod shared;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout_at};

pub use learned::LearnedLimit;
pub use shared::{PermitGrant, PermitRequest};

pub(crate) use learned::Tripped;

use lead::Lead;
use learned::LearnedLimits;
use shared::Granted;

/// Clover's second, plus a margin for timers that fire early and for different clocks.
const WINDOW: Duration = Duration::from_millis(1_010);

/// Longer than any process lives, and within the range of every clock.
const FAR: Duration = Duration::from_secs(365 * 24 * 3_600);

/// `now + wait`, for waits from outside: the plain sum panics if it exceeds the clock's range.
pub(crate) fn later(now: Instant, wait: Duration) -> Instant {
    now + wait.min(FAR)
}

/// Limits of a token. The defaults are the limits that Clover documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests that may arrive in any second.
    pub per_second: u32,
    /// Requests that may be in flight.
    pub in_flight: u32,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self {
            per_second: 16,
            in_flight: 5,
        }
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            per_second,
            in_flight,
        } = self;
        write!(f, "{per_second} a second, {in_flight} in flight")
    }
}

/// The reason why a call's wait would have been too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// Clover answered 429, or its `Retry-After` is not over.
    Clover,
    /// The token's rate limit has no slot for the request.
    RateLimit(RateLimit),
    /// Other processes of the site use the whole rate limit of the token.
    OtherProcesses(RateLimit),
}

impl fmt::Display for WaitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clover => f.write_str("Clover is rate-limiting requests"),
            Self::RateLimit(limit) => write!(f, "Clover's rate limit is used up ({limit})"),
            Self::OtherProcesses(limit) => {
                write!(f, "other processes use up Clover's rate limit ({limit})")
            }
        }
    }
}

#[derive(Debug)]
struct State {
    /// The limits that the settings allow this process.
    own: RateLimit,
    /// Permits from the limiter of all processes; `None`: this process shares the token with no
    /// other.
    granted: Option<Granted>,
    /// Started and not ended.
    in_flight: u32,
    /// Started, and the head of the response has not arrived: Clover may receive it at any time.
    unseen: u32,
    /// Until when the other requests count, soonest first.
    seen: VecDeque<Instant>,
    /// Requests that wait for a permit.
    waiting: u32,
    closed_until: Option<Instant>,
    lead: Lead,
    learned: LearnedLimits,
}

enum Verdict {
    Go,
    At(Instant),
    /// The request must wait for an ended request, another limit or a new permit.
    OnChange,
}

impl State {
    fn is_closed(&mut self, now: Instant) -> Option<Instant> {
        self.closed_until = self.closed_until.filter(|opens| now < *opens);
        self.closed_until
    }

    fn limits(&self, now: Instant) -> RateLimit {
        self.learned.within(self.own, now)
    }

    /// Whether this process's own requests allow one more.
    fn own_room(&mut self, now: Instant) -> Verdict {
        if let Some(opens) = self.is_closed(now) {
            return Verdict::At(opens);
        }
        let limits = self.limits(now);
        if self.in_flight >= limits.in_flight {
            return Verdict::OnChange;
        }
        while self.seen.front().is_some_and(|until| *until <= now) {
            self.seen.pop_front();
        }
        let seen = u32::try_from(self.seen.len()).unwrap_or(u32::MAX);
        if self.unseen.saturating_add(seen) < limits.per_second {
            return Verdict::Go;
        }
        self.seen
            .front()
            .map_or(Verdict::OnChange, |next| Verdict::At(*next))
    }

    fn try_start(&mut self, now: Instant) -> Verdict {
        let mut verdict = self.own_room(now);
        if let (Verdict::Go, Some(granted)) = (&verdict, &mut self.granted) {
            verdict = granted.take(now);
        }
        if matches!(verdict, Verdict::Go) {
            self.in_flight += 1;
            self.unseen += 1;
        }
        verdict
    }

    /// Counts a request until this time, once it has arrived.
    fn count_until(&mut self, until: Instant) {
        self.unseen -= 1;
        let at = self.seen.partition_point(|other| *other <= until);
        self.seen.insert(at, until);
    }
}

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    /// Wakes all waiting requests. They have no order: a waiting future may not be polled for some
    /// time, and must not delay the others.
    changed: Notify,
    /// A request waits for a permit.
    short: Notify,
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // A poisoned lock is safe: no code under the lock can leave the state inconsistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rate limiter of one process. Clones share it.
#[derive(Debug, Clone)]
pub struct RateLimiter(Arc<Inner>);

impl RateLimiter {
    /// A limiter for a process that is the only user of the token.
    #[must_use]
    pub fn new(own: RateLimit) -> Self {
        Self::with(own, None)
    }

    /// A limiter that also needs permits, and has none yet.
    #[must_use]
    pub fn shared(own: RateLimit) -> Self {
        Self::with(own, Some(Granted::default()))
    }

    fn with(own: RateLimit, granted: Option<Granted>) -> Self {
        Self(Arc::new(Inner {
            state: Mutex::new(State {
                own,
                granted,
                in_flight: 0,
                unseen: 0,
                seen: VecDeque::new(),
                waiting: 0,
                closed_until: None,
                lead: Lead::default(),
                learned: LearnedLimits::default(),
            }),
            changed: Notify::new(),
            short: Notify::new(),
        }))
    }

    /// Sets the limits that the settings allow this process. Zero in either stops all new requests.
    pub fn set_own_limit(&self, own: RateLimit) {
        self.0.state().own = own;
        self.0.changed.notify_waiters();
    }

    /// The current maximum for this process: its settings, within the limits that Clover's
    /// responses named. While other processes work, the process gets less.
    #[must_use]
    pub fn limits(&self) -> RateLimit {
        self.0.state().limits(Instant::now())
    }

    /// Learns the limits in a 429. `sent`: when its request was sent.
    pub(crate) fn learn(&self, tripped: Tripped, sent: Instant) {
        let mut state = self.0.state();
        state.learned.learn(tripped, sent, Instant::now());
    }

    /// Closes the gate: no request starts before this time has passed.
    pub fn close_for(&self, wait: Duration) {
        let until = later(Instant::now(), wait);
        let mut state = self.0.state();
        state.closed_until = Some(state.closed_until.map_or(until, |old| old.max(until)));
    }

    /// How much longer the gate is closed.
    #[must_use]
    pub fn closed_for(&self) -> Duration {
        let until = self.0.state().closed_until;
        until.map_or(Duration::ZERO, |at| {
            at.saturating_duration_since(Instant::now())
        })
    }

    /// The reason for the current wait of requests.
    pub(crate) fn wait_reason(&self) -> WaitReason {
        let now = Instant::now();
        let mut state = self.0.state();
        let limits = state.limits(now);
        if state.is_closed(now).is_some() {
            return WaitReason::Clover;
        }
        match state.own_room(now) {
            Verdict::Go if state.granted.is_some() => WaitReason::OtherProcesses(limits),
            _ => WaitReason::RateLimit(limits),
        }
    }

    /// Waits for a permit. `None` if no permit is possible before the deadline.
    pub(crate) async fn start(&self, deadline: Instant) -> Option<Permit> {
        let _waiting = Waiting::new(&self.0);
        timeout_at(deadline, self.wait_for_turn(deadline))
            .await
            .ok()
            .flatten()
    }

    async fn wait_for_turn(&self, deadline: Instant) -> Option<Permit> {
        loop {
            let changed = self.0.changed.notified();
            tokio::pin!(changed);
            // Registered before the check, so no change between the check and the wait is missed.
            changed.as_mut().enable();
            let verdict = self.0.state().try_start(Instant::now());
            match verdict {
                Verdict::Go => {
                    return Some(Permit {
                        limiter: Arc::clone(&self.0),
                        started: Instant::now(),
                        until: None,
                    });
                }
                Verdict::At(time) if time > deadline => return None,
                Verdict::At(time) => tokio::select! {
                    () = sleep_until(time) => {}
                    () = changed => {}
                },
                Verdict::OnChange => {
                    self.0.short.notify_one();
                    changed.await;
                }
            }
        }
    }
}

struct Waiting<'a>(&'a Inner);

impl<'a> Waiting<'a> {
    fn new(limiter: &'a Inner) -> Self {
        limiter.state().waiting += 1;
        Self(limiter)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.state().waiting -= 1;
    }
}

/// One request in flight. Dropping it ends the request, with or without a response.
#[derive(Debug)]
pub(crate) struct Permit {
    limiter: Arc<Inner>,
    started: Instant,
    /// Until when the request counts, once Clover has received it.
    until: Option<Instant>,
}

impl Permit {
    /// Records the head of the response, which proves that Clover has received the request.
    pub(crate) fn arrived(&mut self) {
        if self.until.is_none() {
            let now = Instant::now();
            let mut state = self.limiter.state();
            let lead = state.lead.of(now - self.started);
            drop(state);
            self.count_until(now + WINDOW - lead);
        }
    }

    fn count_until(&mut self, until: Instant) {
        self.until = Some(until);
        self.limiter.state().count_until(until);
        self.limiter.changed.notify_waiters();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let until = self.until.unwrap_or_else(|| {
            // Without a response, it may arrive as late as now.
            let until = Instant::now() + WINDOW;
            self.count_until(until);
            until
        });
        let mut state = self.limiter.state();
        state.in_flight -= 1;
        if let Some(granted) = &mut state.granted {
            granted.end(until);
        }
        drop(state);
        self.limiter.changed.notify_waiters();
    }
}
