//! Permits from the limiter of all processes: when a process requests them and when it returns
//! them.
//!
//! One permit allows one request, from a given time on. The limiter of all processes may be PHP
//! code, which must not be called from within a future. So this module only creates the request and
//! processes the response; the caller does the exchange between two polls of the runtime.
//!
//! Each request contains the *whole* state of this process. A lost response does no harm: the next
//! exchange corrects the counts.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::{LearnedLimit, RateLimiter, State, Verdict, later};

/// How often a process with unused permits checks whether others need them.
const CHECK: Duration = Duration::from_millis(600);

/// How often a process with requests in flight extends its lease.
const RENEW: Duration = Duration::from_millis(1_500);

/// The wait after a failed exchange.
const AFTER_FAILURE: Duration = Duration::from_millis(250);

/// If this time passes between two calls, the caller does other work in between.
const SLOW: Duration = Duration::from_millis(200);

/// Each exchange rounds the time of a closed gate up; a difference below this is not a change.
const ROUNDING: Duration = Duration::from_millis(100);

/// The request of one process.
#[derive(Debug)]
pub struct PermitRequest {
    /// Permits that would be used immediately.
    pub wanted: u32,
    /// Requests in flight. Their permits stay with this process; all others are returned.
    pub in_flight: u32,
    /// For each request that ended since the last exchange, how long it still counts.
    pub ended: Vec<Duration>,
    /// Whether this process may not call again for a minute.
    pub leaving: bool,
    /// How long no request may start, by Clover's `Retry-After`.
    pub closed_for: Duration,
    /// Limits that this process learned and has not shared: a second, in flight.
    pub learned: [Option<LearnedLimit>; 2],
    unused: VecDeque<Instant>,
    ended_at: Vec<Instant>,
    asked: Instant,
    number: u64,
}

impl PermitRequest {
    /// Permits that are returned unused. They stay valid if the exchange fails.
    #[must_use]
    pub fn unused(&self) -> usize {
        self.unused.len()
    }
}

/// The response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermitGrant {
    /// For each permit, the time from now after which its request may start.
    pub permits: Vec<Duration>,
    /// How long the permits are valid, counted from the request.
    pub valid_for: Duration,
    /// When to request again, if more are needed.
    pub again_in: Duration,
    /// Whether other processes have permits or wait for one.
    pub others: bool,
    /// How long no request may start.
    pub closed_for: Duration,
    /// Limits that any process learned: a second, in flight.
    pub learned: [Option<LearnedLimit>; 2],
}

/// The permits of one process, and its state as last reported to the limiter of all processes.
#[derive(Debug)]
pub(super) struct Granted {
    /// The times from which the unused permits may be used, soonest first.
    ready: VecDeque<Instant>,
    /// The end of validity of all unused permits.
    until: Instant,
    /// Until when the requests count that ended since the last exchange.
    ended: Vec<Instant>,
    /// Exchanges begun.
    number: u64,
    asked: Option<Instant>,
    again: Option<Instant>,
    others: bool,
    /// The end of the closed gate as last reported.
    closed_until: Option<Instant>,
    /// Whether the last exchange reported that this process may not call for some time.
    is_away: bool,
    left: Option<Instant>,
    is_slow: bool,
}

impl Default for Granted {
    fn default() -> Self {
        Self {
            ready: VecDeque::new(),
            until: Instant::now(),
            ended: Vec::new(),
            number: 0,
            asked: None,
            again: None,
            others: false,
            closed_until: None,
            is_away: false,
            left: None,
            // Most processes do one call and end.
            is_slow: true,
        }
    }
}

impl Granted {
    /// Uses the next permit.
    pub(super) fn take(&mut self, now: Instant) -> Verdict {
        match self.ready.front() {
            Some(_) if now >= self.until => Verdict::OnChange,
            Some(from) if *from <= now => {
                self.ready.pop_front();
                Verdict::Go
            }
            Some(from) => Verdict::At((*from).min(self.until)),
            None => Verdict::OnChange,
        }
    }

    /// Records that a request has ended. Its permit can go to the process that waits longest.
    pub(super) fn end(&mut self, until: Instant) {
        self.ended.push(until);
        self.again = None;
    }

    fn has_ready(&self, now: Instant) -> bool {
        !self.ready.is_empty() && now < self.until
    }
}

impl State {
    /// When to request permits; `None` while no permit would help.
    fn ask_at(&mut self, now: Instant) -> Option<Instant> {
        if self.waiting == 0 || !matches!(self.own_room(now), Verdict::Go) {
            return None;
        }
        let granted = self.granted.as_ref()?;
        (!granted.has_ready(now)).then(|| granted.again.unwrap_or(now))
    }

    /// Whether a closed gate or a learned limit has not been shared.
    fn has_news(&self, now: Instant) -> bool {
        let left = |until: Option<Instant>| {
            until.map_or(Duration::ZERO, |at| at.saturating_duration_since(now))
        };
        let known = self.granted.as_ref().and_then(|g| g.closed_until);
        left(self.closed_until) > left(known) + ROUNDING || self.learned.news(now) != [None, None]
    }

    fn request(&mut self, leaving: bool, now: Instant) -> Option<PermitRequest> {
        let room = self.limits(now).in_flight.saturating_sub(self.in_flight);
        let is_closed = self.is_closed(now).is_some();
        let closed_for = self.closed_until.map_or(Duration::ZERO, |at| at - now);
        let granted = self.granted.as_mut()?;
        granted.number += 1;
        granted.asked = Some(now);
        granted.is_away = leaving;
        let ended_at = std::mem::take(&mut granted.ended);
        Some(PermitRequest {
            wanted: if leaving || is_closed {
                0
            } else {
                self.waiting.min(room)
            },
            in_flight: self.in_flight,
            ended: ended_at
                .iter()
                .map(|until| until.saturating_duration_since(now))
                .filter(|left| !left.is_zero())
                .collect(),
            leaving,
            closed_for,
            learned: self.learned.news(now),
            unused: std::mem::take(&mut granted.ready),
            ended_at,
            asked: now,
            number: granted.number,
        })
    }
}

impl RateLimiter {
    /// Resolves when permits should be requested.
    pub async fn shortage(&self) {
        loop {
            let now = Instant::now();
            let ask_at = self.0.state().ask_at(now);
            match ask_at {
                Some(at) if at <= now => return,
                Some(at) => tokio::select! {
                    () = sleep_until(at) => {}
                    () = self.0.short.notified() => {}
                },
                None => self.0.short.notified().await,
            }
        }
    }

    /// The request to send between two polls, if one is due.
    #[must_use]
    pub fn due(&self) -> Option<PermitRequest> {
        let now = Instant::now();
        let mut state = self.0.state();
        let is_short = state.ask_at(now).is_some_and(|at| at <= now);
        let in_flight = state.in_flight;
        let granted = state.granted.as_ref()?;
        let age = granted
            .asked
            .map_or(Duration::MAX, |at| now.duration_since(at));
        let is_old = if granted.ready.is_empty() && granted.ended.is_empty() {
            in_flight > 0 && age >= RENEW
        } else {
            age >= CHECK
        };
        let is_due = is_short || is_old || state.has_news(now);
        is_due.then(|| state.request(false, now)).flatten()
    }

    /// Records that the caller waits for Clover again.
    pub fn enter(&self) {
        if let Some(granted) = &mut self.0.state().granted
            && let Some(left) = granted.left.take()
        {
            granted.is_slow = left.elapsed() >= SLOW;
        }
    }

    /// The request to send after a wait, when the caller continues with other work, if one is due.
    #[must_use]
    pub fn leave(&self) -> Option<PermitRequest> {
        let now = Instant::now();
        let mut state = self.0.state();
        let has_news = state.has_news(now);
        let in_flight = state.in_flight;
        let granted = state.granted.as_mut()?;
        granted.left = Some(now);
        let is_known = granted.ready.is_empty()
            && granted.ended.is_empty()
            && (in_flight == 0 || granted.is_away);
        // A caller that returns soon need not report, unless others could use the unused permits.
        let comes_back = !granted.is_slow && (!granted.others || granted.ready.is_empty());
        if !has_news && (is_known || comes_back) {
            return None;
        }
        state.request(true, now)
    }

    /// Processes the response to a request. `None`: the exchange failed and changed nothing.
    pub fn settle(&self, request: PermitRequest, grant: Option<PermitGrant>) {
        let now = Instant::now();
        let mut state = self.0.state();
        let Some(granted) = &mut state.granted else {
            return;
        };
        let Some(grant) = grant else {
            granted.ready = request.unused;
            granted.ended.extend(request.ended_at);
            granted.again = Some(now + AFTER_FAILURE);
            granted.is_away = false;
            return;
        };
        if granted.number != request.number {
            // Another exchange took place meanwhile, so this response may be older. The next
            // exchange returns the permits that it granted.
            granted.asked = None;
            granted.again = None;
            return;
        }
        granted.ready = grant.permits.iter().map(|wait| later(now, *wait)).collect();
        granted.ready.make_contiguous().sort_unstable();
        granted.until = later(request.asked, grant.valid_for);
        granted.others = grant.others;
        let is_refused = request.wanted > 0 && grant.permits.is_empty();
        granted.again = is_refused.then(|| later(now, grant.again_in));
        let closed = later(now, grant.closed_for);
        state.learned.exchange(request.learned, grant.learned, now);
        if !grant.closed_for.is_zero() {
            let closed = state.closed_until.map_or(closed, |old| old.max(closed));
            state.closed_until = Some(closed);
        }
        let closed_until = state.closed_until;
        if let Some(granted) = &mut state.granted {
            granted.closed_until = closed_until;
        }
        drop(state);
        self.0.changed.notify_waiters();
    }
}
