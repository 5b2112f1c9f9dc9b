//! How fast this process may ask: starts a second, requests in flight, and a gate that Clover's 429 closes.
//!
//! Clover counts requests as they *arrive*. A request arrives some time between its start here and the head of its
//! answer, so it is counted for the whole of that and one second more. That holds for any latency, for the first
//! requests that wait for a TLS handshake, and for a process that was busy elsewhere while its bytes sat in a buffer.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Clover's second, and a little for timers that fire early and clocks that run apart.
const WINDOW: Duration = Duration::from_millis(1_010);

/// Further away than any process lives, and near enough for every clock to count to.
const FAR: Duration = Duration::from_secs(365 * 24 * 3_600);

/// `now + wait`, for waits that come from outside: the plain sum panics beyond what the clock can hold.
pub(crate) fn later(now: Instant, wait: Duration) -> Instant {
    now + wait.min(FAR)
}

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

/// Starts granted from outside, for processes that share one token: so many, from then, until then.
/// What is not used by then is lost, since another process counts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// How many requests may start.
    pub starts: u32,
    /// From how long after the grant.
    pub opens_in: Duration,
    /// Until how long after the grant.
    pub closes_in: Duration,
}

#[derive(Debug)]
struct Granted {
    starts: u32,
    opens: Instant,
    closes: Instant,
}

#[derive(Debug)]
struct State {
    share: Share,
    /// Started and not ended.
    in_flight: u32,
    /// Started, and the head of the answer is not here: may arrive at any time.
    unseen: u32,
    /// When the others were known to have arrived, oldest first.
    seen: VecDeque<Instant>,
    closed_until: Option<Instant>,
    /// `None`: the share is all that limits.
    blocks: Option<VecDeque<Granted>>,
}

enum Verdict {
    Go,
    At(Instant),
    /// Only an ended request, a larger share or a new block can help.
    OnChange,
}

impl State {
    fn decide(&mut self, now: Instant) -> Verdict {
        if let Some(opens) = self.closed_until {
            if now < opens {
                return Verdict::At(opens);
            }
            self.closed_until = None;
        }
        while self.seen.front().is_some_and(|at| *at + WINDOW <= now) {
            self.seen.pop_front();
        }
        if self.in_flight >= self.share.in_flight {
            return Verdict::OnChange;
        }
        let counted = self.unseen as usize + self.seen.len();
        if counted >= self.share.per_second as usize {
            return match self.seen.front() {
                Some(oldest) => Verdict::At(*oldest + WINDOW),
                None => Verdict::OnChange,
            };
        }
        let Some(blocks) = &mut self.blocks else {
            return Verdict::Go;
        };
        blocks.retain(|block| block.starts > 0 && now < block.closes);
        if let Some(open) = blocks.iter_mut().find(|block| block.opens <= now) {
            open.starts -= 1;
            return Verdict::Go;
        }
        let next = blocks.iter().map(|block| block.opens).min();
        next.map_or(Verdict::OnChange, Verdict::At)
    }

    /// How many pairs of requests could start, the first of each now and the second soon; or when to look again.
    fn room_for_pairs(&mut self, soon: Duration, now: Instant) -> Result<u32, Verdict> {
        if let Some(opens) = self.closed_until.filter(|opens| now < *opens) {
            return Err(Verdict::At(opens));
        }
        while self.seen.front().is_some_and(|at| *at + WINDOW <= now) {
            self.seen.pop_front();
        }
        let seen = u32::try_from(self.seen.len()).unwrap_or(u32::MAX);
        let free = self
            .share
            .per_second
            .saturating_sub(self.unseen.saturating_add(seen));
        let leaving = self.seen.iter().filter(|at| **at + WINDOW <= now + soon);
        let leaving = u32::try_from(leaving.count()).unwrap_or(u32::MAX);
        let pairs = free.min(free.saturating_add(leaving) / 2);
        if pairs > 0 || (free > 0 && self.share.per_second < 2) {
            return Ok(pairs.max(1));
        }
        // The oldest leaves the window next; those that have not been seen arrive at any time.
        Err(match self.seen.front() {
            Some(oldest) if free == 0 => Verdict::At(*oldest + WINDOW),
            Some(oldest) => Verdict::At((*oldest + WINDOW).max(now + soon) - soon),
            None => Verdict::OnChange,
        })
    }

    /// How many more could start at this moment, had they a grant.
    fn room(&self, now: Instant) -> u32 {
        if self.closed_until.is_some_and(|opens| now < opens) {
            return 0;
        }
        let recent = self.seen.iter().filter(|at| **at + WINDOW > now).count();
        let counted = u32::try_from(recent).unwrap_or(u32::MAX);
        let counted = counted.saturating_add(self.unseen);
        let places = self.share.in_flight.saturating_sub(self.in_flight);
        self.share.per_second.saturating_sub(counted).min(places)
    }

    fn starts_at_hand(&self, now: Instant) -> u32 {
        self.blocks.iter().flatten().fold(0, |sum, block| {
            let usable = if now < block.closes { block.starts } else { 0 };
            sum.saturating_add(usable)
        })
    }
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Wakes everyone who waits. There is no first in line: a waiter may be a future that nobody polls for a while,
    /// and must not hold up those behind it.
    changed: Notify,
    waiting: AtomicU32,
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

    /// A pacer that also needs a granted [`Block`] for every start.
    #[must_use]
    pub fn metered(share: Share) -> Self {
        Self::with(share, Some(VecDeque::new()))
    }

    fn with(share: Share, blocks: Option<VecDeque<Granted>>) -> Self {
        Self(Arc::new(Shared {
            state: Mutex::new(State {
                share,
                in_flight: 0,
                unseen: 0,
                seen: VecDeque::new(),
                closed_until: None,
                blocks,
            }),
            changed: Notify::new(),
            waiting: AtomicU32::new(0),
            starved: Notify::new(),
        }))
    }

    /// The present share.
    #[must_use]
    pub fn share(&self) -> Share {
        self.0.state().share
    }

    /// Another share from now on. Zero of either stops all new requests.
    pub fn set_share(&self, share: Share) {
        self.0.state().share = share;
        self.0.changed.notify_waiters();
    }

    /// Adds starts to a metered pacer; one that is not metered ignores them.
    pub fn grant(&self, block: Block) {
        let now = Instant::now();
        if let Some(blocks) = &mut self.0.state().blocks {
            blocks.push_back(Granted {
                starts: block.starts,
                opens: later(now, block.opens_in),
                closes: later(now, block.closes_in),
            });
        }
        self.0.changed.notify_waiters();
    }

    /// How many more requests could start now than were granted a start. Always 0 when not metered.
    #[must_use]
    pub fn wanted(&self) -> u32 {
        let state = self.0.state();
        if state.blocks.is_none() {
            return 0;
        }
        let now = Instant::now();
        let waiting = self.0.waiting.load(Ordering::Relaxed);
        waiting
            .min(state.room(now))
            .saturating_sub(state.starts_at_hand(now))
    }

    /// Completes once a request waits for a grant; for a caller that leaves the runtime to fetch one.
    pub fn starving(&self) -> impl Future<Output = ()> + Send + use<> {
        let pacer = self.clone();
        async move {
            while pacer.wanted() == 0 {
                pacer.0.starved.notified().await;
            }
        }
    }

    /// Nobody starts before this much time has passed.
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

    /// Waits until a request could start now and another one soon after it, and tells how many such pairs could; the places are
    /// not kept. `None` when that cannot be before the deadline. For work whose two steps must follow closely.
    pub async fn room_for_pairs(&self, soon: Duration, deadline: Instant) -> Option<u32> {
        timeout_at(deadline, async {
            loop {
                let changed = self.0.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                let verdict = self.0.state().room_for_pairs(soon, Instant::now());
                match verdict {
                    Ok(pairs) => return pairs,
                    // Never at once, should the clock stand still between two looks.
                    Err(Verdict::At(time)) => tokio::select! {
                        () = sleep_until(time.max(Instant::now() + Duration::from_millis(1))) => {}
                        () = changed => {}
                    },
                    Err(_) => changed.await,
                }
            }
        })
        .await
        .ok()
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
            match self.try_start() {
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
                Verdict::OnChange => {
                    self.0.starved.notify_one();
                    changed.await;
                }
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

struct Waiting<'a>(&'a Shared);

impl<'a> Waiting<'a> {
    fn new(shared: &'a Shared) -> Self {
        shared.waiting.fetch_add(1, Ordering::Relaxed);
        Self(shared)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
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
            state.seen.push_back(Instant::now());
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
