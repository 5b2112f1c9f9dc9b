//! How fast this process may ask: starts a second, requests in flight, and a gate that Clover's 429 closes.
//!
//! Clover counts requests as they *arrive*. A request arrives some time between its start here and the head of its
//! answer, so it is counted for the whole of that and one second more. That holds for any latency, for the first
//! requests that wait for a TLS handshake, and for a process that was busy elsewhere while its bytes sat in a buffer.
//!
//! Processes that share a token divide it into [`LANES`]. A lane changes hands together with the requests that still
//! count, so that all processes together never start more than one process would: see [`Pacer::give`].

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::error::WaitReason;
use crate::learned::{LearnedLimit, LearnedLimits, Tripped};

/// Clover's second, and a little for timers that fire early and clocks that run apart.
const WINDOW: Duration = Duration::from_millis(1_010);

/// Lanes that are held for less than this are as good as none to who waits: a count that is read must find its lane
/// again when it is written.
const STEADY: Duration = Duration::from_millis(1_200);

/// Further away than any process lives, and near enough for every clock to count to.
const FAR: Duration = Duration::from_secs(365 * 24 * 3_600);

/// A token's pace in equal parts: one request in flight each.
pub const LANES: u32 = 5;

/// `now + wait`, for waits that come from outside: the plain sum panics beyond what the clock can hold.
pub(crate) fn later(now: Instant, wait: Duration) -> Instant {
    now + wait.min(FAR)
}

/// The field's name for [`Share`].
pub type RateLimit = Share;

/// What this process may use of the token's pace. The default is all of it, as Clover documents it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Requests that may arrive in any second.
    pub per_second: u32,
    /// Requests that may be open at once.
    pub in_flight: u32,
}

impl Default for Share {
    fn default() -> Self {
        Self {
            per_second: 16,
            in_flight: 5,
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            per_second,
            in_flight,
        } = self;
        write!(f, "{per_second} a second, {in_flight} at once")
    }
}

impl Share {
    const NONE: Self = Self {
        per_second: 0,
        in_flight: 0,
    };

    /// What so many lanes allow. However the lanes are divided, the parts add up to no more than the whole.
    #[must_use]
    pub fn of_lanes(lanes: u32) -> Self {
        Self::default().part(lanes)
    }

    /// Into how many lanes this limit can be divided: each needs a start a second and a place.
    #[must_use]
    pub fn lanes(self) -> u32 {
        LANES.min(self.per_second).min(self.in_flight)
    }

    /// The part of this limit that so many of its lanes make.
    #[must_use]
    pub fn part(self, lanes: u32) -> Self {
        let all = self.lanes().max(1);
        let lanes = lanes.min(all);
        Self {
            per_second: self.per_second * lanes / all,
            in_flight: self.in_flight * lanes / all,
        }
    }

    fn at_most(self, other: Self) -> Self {
        Self {
            per_second: self.per_second.min(other.per_second),
            in_flight: self.in_flight.min(other.in_flight),
        }
    }
}

/// Lanes that a process holds, and what weighs on them.
#[derive(Debug)]
struct Held {
    lanes: u32,
    /// Nobody starts on them later.
    until: Instant,
    /// Until when requests count that others made on these lanes.
    adopted: Vec<Instant>,
    /// None is given away before.
    pledged: Option<Instant>,
    stopped: bool,
}

/// What those who wait could use: places in flight, and starts.
#[derive(Debug, Clone, Copy, Default)]
struct Demand {
    places: u32,
    starts: u32,
}

#[derive(Debug)]
struct State {
    /// The most that the owner allows this process.
    share: Share,
    /// `None`: the share is all that limits.
    held: Option<Held>,
    /// Started and not ended.
    in_flight: u32,
    /// Started, and the head of the answer is not here: may arrive at any time.
    unseen: u32,
    /// Until when the others count, soonest first.
    seen: VecDeque<Instant>,
    waiting: Demand,
    closed_until: Option<Instant>,
    learned: LearnedLimits,
}

enum Verdict {
    Go,
    At(Instant),
    /// Only an ended request, a larger share or another lane can help.
    OnChange,
}

/// Lanes on their way to others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// How many.
    pub lanes: u32,
    /// For how long the requests still count that were made on them.
    pub recent: Vec<Duration>,
}

impl State {
    fn is_closed(&mut self, now: Instant) -> Option<Instant> {
        self.closed_until = self.closed_until.filter(|opens| now < *opens);
        self.closed_until
    }

    /// The token's limits, as far as they are known.
    fn token(&self, now: Instant) -> Share {
        self.learned.at(now).0
    }

    fn limits(&self, now: Instant) -> Share {
        match &self.held {
            None => self.share.at_most(self.token(now)),
            Some(held) if held.stopped || now >= held.until => Share::NONE,
            Some(held) => self.share.at_most(self.token(now).part(held.lanes)),
        }
    }

    /// Those that count now, had all arrived that are on their way.
    fn counted(&mut self, now: Instant) -> u32 {
        while self.seen.front().is_some_and(|until| *until <= now) {
            self.seen.pop_front();
        }
        let mut counted = self.seen.len();
        if let Some(held) = &mut self.held {
            held.adopted.retain(|until| *until > now);
            counted += held.adopted.len();
        }
        self.unseen
            .saturating_add(u32::try_from(counted).unwrap_or(u32::MAX))
    }

    /// When those that were seen stop to count, soonest first.
    fn leaving(&self) -> Vec<Instant> {
        let adopted = self.held.iter().flat_map(|held| &held.adopted);
        let mut times: Vec<Instant> = self.seen.iter().chain(adopted).copied().collect();
        times.sort_unstable();
        times
    }

    fn decide(&mut self, now: Instant) -> Verdict {
        if let Some(opens) = self.is_closed(now) {
            return Verdict::At(opens);
        }
        let limits = self.limits(now);
        if self.in_flight >= limits.in_flight {
            return Verdict::OnChange;
        }
        if self.counted(now) < limits.per_second {
            return Verdict::Go;
        }
        match self.leaving().first() {
            Some(next) => Verdict::At(*next),
            None => Verdict::OnChange,
        }
    }

    /// Lanes that would be used at once: one for each place, all when the second is full.
    fn wanted(&mut self, now: Instant) -> u32 {
        let token = self.token(now);
        let most = self.share.in_flight.min(token.lanes());
        let mut waiting = self.waiting;
        if self.is_closed(now).is_some() {
            waiting = Demand::default();
        }
        let lanes = self.held.as_ref().map_or(0, |held| held.lanes);
        let starts = self.counted(now).saturating_add(waiting.starts);
        if waiting.starts > 0 && lanes > 0 && starts > token.part(lanes).per_second {
            return most;
        }
        self.in_flight.saturating_add(waiting.places).min(most)
    }

    fn is_starving(&mut self, now: Instant) -> bool {
        if self.waiting.places == 0 || self.is_closed(now).is_some() {
            return false;
        }
        let sure = match &self.held {
            None => return false,
            Some(held) if held.stopped => return false,
            Some(held) if held.until < now + STEADY => 0,
            Some(held) => held.lanes,
        };
        self.wanted(now) > sure
    }

    fn give(&mut self, keep: u32, now: Instant) -> Given {
        let counted = self.counted(now);
        let in_flight = self.in_flight;
        let token = self.token(now);
        let Some(held) = &mut self.held else {
            return Given::default();
        };
        if held.pledged.is_some_and(|until| now < until) {
            return Given::default();
        }
        let rest = keep.max(in_flight).min(held.lanes);
        let lanes = held.lanes - rest;
        if lanes == 0 {
            return Given::default();
        }
        held.lanes = rest;
        // With none left nothing may stay behind: whoever takes them must know of all.
        let surplus = counted.saturating_sub(token.part(rest).per_second);
        let mut recent = Vec::new();
        for _ in 0..surplus {
            let soonest = (0..held.adopted.len()).min_by_key(|i| held.adopted[*i]);
            let own = self.seen.front().copied();
            let until = match (soonest, own) {
                (Some(i), own) if own.is_none_or(|own| held.adopted[i] <= own) => {
                    held.adopted.swap_remove(i)
                }
                (_, Some(own)) => {
                    self.seen.pop_front();
                    own
                }
                _ => break,
            };
            recent.push(until.saturating_duration_since(now));
        }
        Given { lanes, recent }
    }
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Wakes everyone who waits. There is no first in line: a waiter may be a future that nobody polls for a while,
    /// and must not hold up those behind it.
    changed: Notify,
    starved: Notify,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // No code below the lock can leave the state half changed, so a poisoned one is as good.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pace of one process. Clones share it.
#[derive(Debug, Clone)]
pub struct Pacer(Arc<Shared>);

impl Pacer {
    /// A pacer that is limited by the share alone.
    #[must_use]
    pub fn new(share: Share) -> Self {
        Self::with(share, None)
    }

    /// A pacer that needs lanes as well, and has none yet.
    #[must_use]
    pub fn in_lanes(share: Share) -> Self {
        let none = Held {
            lanes: 0,
            until: Instant::now(),
            adopted: Vec::new(),
            pledged: None,
            stopped: false,
        };
        Self::with(share, Some(none))
    }

    fn with(share: Share, held: Option<Held>) -> Self {
        Self(Arc::new(Shared {
            state: Mutex::new(State {
                share,
                held,
                in_flight: 0,
                unseen: 0,
                seen: VecDeque::new(),
                waiting: Demand::default(),
                closed_until: None,
                learned: LearnedLimits::default(),
            }),
            changed: Notify::new(),
            starved: Notify::new(),
        }))
    }

    /// The share as it was set; lanes may allow less.
    #[must_use]
    pub fn share(&self) -> Share {
        self.0.state().share
    }

    /// Another share from now on. Zero of either stops all new requests.
    pub fn set_share(&self, share: Share) {
        self.0.state().share = share;
        self.0.changed.notify_waiters();
    }

    /// Lanes held from now on, and until when.
    pub fn set_lanes(&self, lanes: u32, until: Instant) {
        if let Some(held) = &mut self.0.state().held {
            held.lanes = lanes;
            held.until = until;
        }
        self.0.changed.notify_waiters();
    }

    /// Counts requests that others made on lanes which were taken over, each for so long.
    pub fn adopt(&self, recent: &[Duration]) {
        let now = Instant::now();
        if let Some(held) = &mut self.0.state().held {
            held.adopted
                .extend(recent.iter().map(|wait| later(now, *wait)));
        }
    }

    /// Lanes held.
    #[must_use]
    pub fn lanes(&self) -> u32 {
        self.0.state().held.as_ref().map_or(0, |held| held.lanes)
    }

    /// Gives up lanes beyond so many, but none in use and none that were pledged. Takes along as many of the requests
    /// that still count as the rest has no room for: what stays behind fits the rest, what goes fits what is given, and
    /// so the sum over all processes stays what one process may start.
    #[must_use]
    pub fn give(&self, keep: u32) -> Given {
        self.0.state().give(keep, Instant::now())
    }

    /// The pledge is over: what was read is written, or will not be.
    pub fn redeem(&self) {
        if let Some(held) = &mut self.0.state().held {
            held.pledged = None;
        }
    }

    /// No lane is given up for so long.
    pub fn pledge(&self, time: Duration) {
        let until = later(Instant::now(), time);
        if let Some(held) = &mut self.0.state().held {
            held.pledged = Some(held.pledged.map_or(until, |old| old.max(until)));
        }
    }

    /// Nothing new starts on lanes while stopped.
    pub fn stop(&self, stopped: bool) {
        if let Some(held) = &mut self.0.state().held {
            held.stopped = stopped;
        }
        self.0.changed.notify_waiters();
    }

    /// Requests in flight.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        self.0.state().in_flight
    }

    /// Completes when nothing is in flight.
    pub fn drained(&self) -> impl Future<Output = ()> + Send + use<> {
        let pacer = self.clone();
        async move {
            loop {
                let changed = pacer.0.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                if pacer.in_flight() == 0 {
                    return;
                }
                changed.await;
            }
        }
    }

    /// Lanes that would be of use now.
    #[must_use]
    pub fn wanted(&self) -> u32 {
        self.0.state().wanted(Instant::now())
    }

    /// Lanes that the present rate needs, with one to spare: what is held beyond it lies idle.
    #[must_use]
    pub fn useful(&self) -> u32 {
        let mut state = self.0.state();
        let now = Instant::now();
        let rate = match state.counted(now) {
            0 => 0,
            counted => {
                let token = state.token(now);
                (counted * token.lanes()).div_ceil(token.per_second) + 1
            }
        };
        state.wanted(now).max(rate)
    }

    /// Whether somebody waits whom another lane would help.
    #[must_use]
    pub fn is_starving(&self) -> bool {
        self.0.state().is_starving(Instant::now())
    }

    /// Completes once somebody waits whom another lane would help; for a caller that leaves the runtime to get one.
    pub fn starving(&self) -> impl Future<Output = ()> + Send + use<> {
        let pacer = self.clone();
        async move {
            while !pacer.is_starving() {
                pacer.0.starved.notified().await;
            }
        }
    }

    /// The most that this process may use now: its share, within the limits that Clover's answers
    /// named. While other processes work it is less.
    #[must_use]
    pub fn limits(&self) -> RateLimit {
        let state = self.0.state();
        state.share.at_most(state.token(Instant::now()))
    }

    /// The token's limits as far as they are known, and whether either was learned from a 429.
    #[must_use]
    pub fn token_limits(&self) -> (RateLimit, bool) {
        self.0.state().learned.at(Instant::now())
    }

    /// Limits that this process learned and others do not know: requests a second, requests at once.
    #[must_use]
    pub fn news(&self) -> [Option<LearnedLimit>; 2] {
        self.0.state().learned.news(Instant::now())
    }

    /// Takes over what other processes know, after they were told the news.
    pub fn set_learned(&self, told: [Option<LearnedLimit>; 2], known: [Option<LearnedLimit>; 2]) {
        let now = Instant::now();
        self.0.state().learned.exchange(told, known, now);
        self.0.changed.notify_waiters();
    }

    /// Takes in what a 429 says of the limits. `sent`: when its request was.
    pub(crate) fn learn(&self, tripped: Tripped, sent: Instant) {
        let mut state = self.0.state();
        state.learned.learn(tripped, sent, Instant::now());
    }

    /// Nobody starts before this much time has passed.
    pub fn close_for(&self, wait: Duration) {
        let until = later(Instant::now(), wait);
        let mut state = self.0.state();
        state.closed_until = Some(state.closed_until.map_or(until, |old| old.max(until)));
    }

    /// What a request waits for now.
    pub(crate) fn wait_reason(&self) -> WaitReason {
        let limits = self.limits();
        let mut state = self.0.state();
        if state.is_closed(Instant::now()).is_some() {
            return WaitReason::Clover;
        }
        match &state.held {
            Some(held) if held.lanes == 0 => WaitReason::OtherProcesses(limits),
            _ => WaitReason::RateLimit(limits),
        }
    }

    /// How long the gate is still closed.
    #[must_use]
    pub fn closed_for(&self) -> Duration {
        let until = self.0.state().closed_until;
        until.map_or(Duration::ZERO, |at| {
            at.saturating_duration_since(Instant::now())
        })
    }

    /// Waits for its turn. `None` when it cannot come before the deadline.
    pub(crate) async fn start(&self, deadline: Instant) -> Option<Permit> {
        let _waiting = Waiting::new(
            &self.0,
            Demand {
                places: 1,
                starts: 1,
            },
        );
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
            let verdict = self.try_start();
            if !matches!(verdict, Verdict::Go) && self.is_starving() {
                self.0.starved.notify_one();
            }
            match verdict {
                Verdict::Go => {
                    return Some(Permit {
                        shared: Arc::clone(&self.0),
                        arrived: false,
                    });
                }
                Verdict::At(time) if time > deadline => return None,
                Verdict::At(time) => tokio::select! {
                    () = sleep_until(time) => {}
                    () = changed => {}
                },
                Verdict::OnChange => changed.await,
            }
        }
    }

    fn try_start(&self) -> Verdict {
        let mut state = self.0.state();
        let verdict = state.decide(Instant::now());
        if matches!(verdict, Verdict::Go) {
            state.in_flight += 1;
            state.unseen += 1;
        }
        verdict
    }
}

struct Waiting<'a> {
    shared: &'a Shared,
    demand: Demand,
}

impl<'a> Waiting<'a> {
    fn new(shared: &'a Shared, demand: Demand) -> Self {
        let mut state = shared.state();
        state.waiting.places = state.waiting.places.saturating_add(demand.places);
        state.waiting.starts = state.waiting.starts.saturating_add(demand.starts);
        Self { shared, demand }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.waiting.places = state.waiting.places.saturating_sub(self.demand.places);
        state.waiting.starts = state.waiting.starts.saturating_sub(self.demand.starts);
    }
}

/// One request under way. Dropping it ends the request, whether it was answered or abandoned.
#[derive(Debug)]
pub(crate) struct Permit {
    shared: Arc<Shared>,
    arrived: bool,
}

impl Permit {
    /// The head of the answer is here, so the request has arrived by now.
    pub(crate) fn arrived(&mut self) {
        if !std::mem::replace(&mut self.arrived, true) {
            let mut state = self.shared.state();
            state.unseen -= 1;
            state.seen.push_back(Instant::now() + WINDOW);
            drop(state);
            self.shared.changed.notify_waiters();
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.arrived();
        self.shared.state().in_flight -= 1;
        self.shared.changed.notify_waiters();
    }
}
