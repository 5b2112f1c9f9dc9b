//! When a process asks for lanes of its token, and when it gives them back.
//!
//! Whoever divides the lanes among the processes may be PHP code, which must not be called from within a future. So this
//! says what to ask, takes in what was answered, and is asked between two polls.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::learned::LearnedLimit;
use crate::pace::{Given, LANES, Pacer, later};

/// How often a process that holds lanes hears whether others wait.
const CHECK: Duration = Duration::from_millis(600);

/// How often one that holds none asks again.
const ASK_AGAIN: Duration = Duration::from_millis(250);

/// A caller that stayed away this long between two calls works on something else in between, and will do so again.
const SLOW: Duration = Duration::from_millis(200);

/// Each telling and hearing of a closed gate rounds a little up, and that alone is no news.
const ROUNDING: Duration = Duration::from_millis(100);

/// What a process says to whoever divides the lanes.
#[derive(Debug)]
pub struct Order {
    /// Lanes that would be of use.
    pub wanted: u32,
    /// Lanes that go back, and what weighs on them.
    pub given: Given,
    /// For how long nobody may start, as Clover said.
    pub closed_for: Duration,
    /// Nobody will ask for a while, and requests are in flight.
    pub away: bool,
    /// Limits that this process learned since the last order: a second, and in flight.
    pub learned: [Option<LearnedLimit>; 2],
    asked: Instant,
    number: u64,
}

/// What it hears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Lanes held.
    pub lanes: u32,
    /// Lanes that may be kept; the others are to be given up once nothing is in flight on them.
    pub keep: u32,
    /// Others wait for lanes.
    pub crowded: bool,
    /// For how long requests still count that others made on lanes taken just now.
    pub recent: Vec<Duration>,
    /// For how long the lanes are held, from the asking on.
    pub valid_for: Duration,
    /// For how long nobody may start.
    pub closed_for: Duration,
    /// Limits that any process learned: a second, and in flight. `None` when the question failed.
    pub learned: Option<[Option<LearnedLimit>; 2]>,
}

/// What to do before the caller is left alone.
#[derive(Debug)]
pub enum Leave {
    /// Drive the runtime until [`Pacer::drained`], for a moment only.
    Drain,
    /// Say this.
    Say(Order),
}

#[derive(Debug)]
struct State {
    /// Orders made.
    number: u64,
    asked: Option<Instant>,
    /// Asked for last.
    wanted: u32,
    keep: u32,
    crowded: bool,
    /// Until when the gate is known to be closed on both sides.
    closed_until: Option<Instant>,
    away: bool,
    left: Option<Instant>,
    slow: bool,
}

/// The lanes of one process, and the pacer that works on them.
#[derive(Debug)]
pub struct Lanes {
    pacer: Pacer,
    state: Mutex<State>,
}

impl Lanes {
    /// None yet, for a pacer made with [`Pacer::in_lanes`].
    #[must_use]
    pub fn new(pacer: Pacer) -> Self {
        Self {
            pacer,
            state: Mutex::new(State {
                number: 0,
                asked: None,
                wanted: 0,
                keep: LANES,
                crowded: false,
                closed_until: None,
                away: false,
                left: None,
                // Most processes make one call and go.
                slow: true,
            }),
        }
    }

    /// The pacer.
    #[must_use]
    pub fn pacer(&self) -> &Pacer {
        &self.pacer
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Completes once [`Lanes::due`] has something to ask that cannot wait for the next look.
    pub async fn hunger(&self) {
        loop {
            self.pacer.starving().await;
            match self.may_ask_at() {
                None => return,
                Some(time) => sleep_until(time).await,
            }
        }
    }

    /// When the next question is due; `None` when it is.
    fn may_ask_at(&self) -> Option<Instant> {
        let state = self.state();
        let pause = if self.pacer.lanes() == 0 {
            ASK_AGAIN
        } else {
            CHECK
        };
        let at = state.asked? + pause;
        (Instant::now() < at && self.pacer.wanted() <= state.wanted).then_some(at)
    }

    /// The caller waits again.
    pub fn enter(&self) {
        let mut state = self.state();
        if let Some(left) = state.left.take() {
            state.slow = left.elapsed() >= SLOW;
        }
    }

    /// The gate is closed or a limit was learned, and other processes do not know.
    fn has_news(&self, state: &State) -> bool {
        let known = state.closed_until.map_or(Duration::ZERO, |until| {
            until.saturating_duration_since(Instant::now())
        });
        self.pacer.closed_for() > known + ROUNDING || self.pacer.news() != [None, None]
    }

    /// What to say between two polls, if anything.
    #[must_use]
    pub fn due(&self) -> Option<Order> {
        let held = self.pacer.lanes();
        if self.pacer.is_starving() && self.may_ask_at().is_none() {
            let keep = self.state().keep;
            return Some(self.order(keep, false));
        }
        let mut state = self.state();
        let news = self.has_news(&state);
        let check = held > 0 && state.asked.is_none_or(|at| at.elapsed() >= CHECK);
        if held > state.keep {
            let keep = state.keep;
            drop(state);
            let given = self.pacer.give(keep);
            if given.lanes > 0 {
                return Some(self.order_with(given, false));
            }
            state = self.state();
        }
        drop(state);
        (news || check).then(|| self.order(self.pacer.useful(), false))
    }

    /// What to do when the wait is over, again and again until there is nothing. `drained`: that was done.
    #[must_use]
    pub fn leave(&self, drained: bool) -> Option<Leave> {
        let held = self.pacer.lanes();
        let (keep, crowded, slow, away, news) = {
            let mut state = self.state();
            state.left = Some(Instant::now());
            let news = self.has_news(&state);
            (state.keep, state.crowded, state.slow, state.away, news)
        };
        if held == 0 && !news {
            return None;
        }
        if !slow {
            let given = self.pacer.give(keep);
            let away = away && self.pacer.in_flight() > 0;
            return (given.lanes > 0 || news).then(|| Leave::Say(self.order_with(given, away)));
        }
        let in_flight = self.pacer.in_flight();
        if crowded && in_flight > 0 && !drained {
            return Some(Leave::Drain);
        }
        let given = self.pacer.give(0);
        if given.lanes > 0 || (in_flight > 0 && !away) || news {
            return Some(Leave::Say(self.order_with(given, in_flight > 0)));
        }
        None
    }

    fn order(&self, keep: u32, away: bool) -> Order {
        let given = self.pacer.give(keep);
        self.order_with(given, away)
    }

    fn order_with(&self, given: Given, away: bool) -> Order {
        let wanted = self.pacer.wanted();
        let mut state = self.state();
        let asked = Instant::now();
        state.number += 1;
        state.asked = Some(asked);
        state.wanted = wanted;
        state.away = away;
        Order {
            wanted: if away { 0 } else { wanted },
            given,
            closed_for: self.pacer.closed_for(),
            away,
            learned: self.pacer.news(),
            asked,
            number: state.number,
        }
    }

    /// Takes in the answer to an order. Should another order have been answered meanwhile, then this answer may be the
    /// older one: the lanes are asked for again.
    pub fn settle(&self, order: &Order, answer: &Answer) {
        self.pacer.adopt(&answer.recent);
        if let Some(learned) = answer.learned {
            self.pacer.set_learned(order.learned, learned);
        }
        let mut state = self.state();
        if state.number != order.number {
            state.asked = None;
            return;
        }
        state.keep = answer.keep;
        state.crowded = answer.crowded;
        self.pacer.close_for(answer.closed_for);
        state.closed_until = Some(later(
            Instant::now(),
            answer.closed_for.max(self.pacer.closed_for()),
        ));
        let until = later(order.asked, answer.valid_for);
        self.pacer.set_lanes(answer.lanes, until);
    }
}
