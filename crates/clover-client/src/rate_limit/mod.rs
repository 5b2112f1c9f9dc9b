//! How fast this process may send: requests a second, requests at once, and a gate that a 429
//! closes.
//!
//! Clover counts requests as they *arrive*. A request arrives some time between its start here and
//! the head of its answer, so it counts for the whole of that and one second more. That holds for
//! any latency, for requests that wait for a TLS handshake, and for a process that was busy
//! elsewhere while its bytes were in a buffer.
//!
//! Processes that share a token also need a permit for each request: see `shared`.

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

use crate::error::WaitReason;
use learned::LearnedLimits;
use shared::Granted;

/// Clover's second, and a little for timers that fire early and clocks that differ.
const WINDOW: Duration = Duration::from_millis(1_010);

/// Longer than any process lives, and near enough for every clock to count to.
const FAR: Duration = Duration::from_secs(365 * 24 * 3_600);

/// `now + wait`, for waits that come from outside: the plain sum panics beyond what the clock can
/// hold.
pub(crate) fn later(now: Instant, wait: Duration) -> Instant {
    now + wait.min(FAR)
}

/// Limits of a token. The default is what Clover documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests that may arrive in any second.
    pub per_second: u32,
    /// Requests that may be open at once.
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
        write!(f, "{per_second} a second, {in_flight} at once")
    }
}

impl RateLimit {
    fn at_most(self, other: Self) -> Self {
        Self {
            per_second: self.per_second.min(other.per_second),
            in_flight: self.in_flight.min(other.in_flight),
        }
    }
}

#[derive(Debug)]
struct State {
    /// The most that the settings allow this process.
    own: RateLimit,
    /// Permits from the limiter of all processes; `None`: this process has the token to itself.
    granted: Option<Granted>,
    /// Started and not ended.
    in_flight: u32,
    /// Started, and the head of the answer is not here: may arrive at any time.
    unseen: u32,
    /// Until when the others count, soonest first.
    seen: VecDeque<Instant>,
    /// Requests that wait for their turn.
    waiting: u32,
    closed_until: Option<Instant>,
    learned: LearnedLimits,
}

enum Verdict {
    Go,
    At(Instant),
    /// Only an ended request, another limit or a new permit can help.
    OnChange,
}

impl State {
    fn is_closed(&mut self, now: Instant) -> Option<Instant> {
        self.closed_until = self.closed_until.filter(|opens| now < *opens);
        self.closed_until
    }

    fn limits(&self, now: Instant) -> RateLimit {
        self.own.at_most(self.learned.at(now).0)
    }

    /// Whether this process' own requests leave room for one more.
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
}

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    /// Wakes everyone who waits. There is no first in line: a waiter may be a future that nobody
    /// polls for a while, and must not hold up those behind it.
    changed: Notify,
    /// A request waits for a permit.
    short: Notify,
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // No code below the lock can leave the state half changed, so a poisoned one is as good.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rate limiter of one process. Clones share it.
#[derive(Debug, Clone)]
pub struct RateLimiter(Arc<Inner>);

impl RateLimiter {
    /// A limiter of a process that has the token to itself.
    #[must_use]
    pub fn new(own: RateLimit) -> Self {
        Self::with(own, None)
    }

    /// A limiter that needs permits as well, and has none yet.
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
                learned: LearnedLimits::default(),
            }),
            changed: Notify::new(),
            short: Notify::new(),
        }))
    }

    /// The most that the settings allow this process from now on. Zero of either stops all new
    /// requests.
    pub fn set_own_limit(&self, own: RateLimit) {
        self.0.state().own = own;
        self.0.changed.notify_waiters();
    }

    /// Requests in flight.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        self.0.state().in_flight
    }

    /// The most that this process may use now: its settings, within the limits that Clover's
    /// answers named. While other processes work it is less.
    #[must_use]
    pub fn limits(&self) -> RateLimit {
        self.0.state().limits(Instant::now())
    }

    /// The token's limits as far as they are known, and whether either was learned from a 429.
    #[must_use]
    pub fn token_limits(&self) -> (RateLimit, bool) {
        self.0.state().learned.at(Instant::now())
    }

    /// Takes in what a 429 says of the limits. `sent`: when its request was.
    pub(crate) fn learn(&self, tripped: Tripped, sent: Instant) {
        let mut state = self.0.state();
        state.learned.learn(tripped, sent, Instant::now());
    }

    /// Nothing starts before this much time has passed.
    pub fn close_for(&self, wait: Duration) {
        let until = later(Instant::now(), wait);
        let mut state = self.0.state();
        state.closed_until = Some(state.closed_until.map_or(until, |old| old.max(until)));
    }

    /// How long the gate is still closed.
    #[must_use]
    pub fn closed_for(&self) -> Duration {
        let until = self.0.state().closed_until;
        until.map_or(Duration::ZERO, |at| {
            at.saturating_duration_since(Instant::now())
        })
    }

    /// What a request waits for now.
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

    /// Waits for its turn. `None` when it cannot come before the deadline.
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
            // From here on no change is missed, even one between the look and the wait.
            changed.as_mut().enable();
            let verdict = self.0.state().try_start(Instant::now());
            match verdict {
                Verdict::Go => {
                    return Some(Permit {
                        limiter: Arc::clone(&self.0),
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

/// One request under way. Dropping it ends the request, whether it was answered or abandoned.
#[derive(Debug)]
pub(crate) struct Permit {
    limiter: Arc<Inner>,
    /// Until when the request counts, once it has arrived.
    until: Option<Instant>,
}

impl Permit {
    /// The head of the answer is here, so the request has arrived by now.
    pub(crate) fn arrived(&mut self) -> Instant {
        *self.until.get_or_insert_with(|| {
            let until = Instant::now() + WINDOW;
            let mut state = self.limiter.state();
            state.unseen -= 1;
            state.seen.push_back(until);
            drop(state);
            self.limiter.changed.notify_waiters();
            until
        })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let until = self.arrived();
        let mut state = self.limiter.state();
        state.in_flight -= 1;
        if let Some(granted) = &mut state.granted {
            granted.end(until);
        }
        drop(state);
        self.limiter.changed.notify_waiters();
    }
}
