//! Clover's limits, counted in real time on arrival: requests a second and requests at once, for a
//! token and for the app. It never looks at the simulated clock.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::switches::LimitRule;

const WINDOW: Duration = Duration::from_millis(1000);

/// The counters.
#[derive(Default)]
pub struct Limits {
    /// `None`: limits are off.
    pub rules: Option<LimitRule>,
    app: Counter,
    tokens: HashMap<String, Counter>,
}

#[derive(Default)]
struct Counter {
    arrivals: VecDeque<Instant>,
    in_flight: u32,
    blocked: Option<Block>,
}

#[derive(Clone, Copy)]
struct Block {
    until: Instant,
    header: &'static str,
    limit: u32,
    is_concurrency: bool,
}

/// A request that was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tripped {
    /// The header that names the limit.
    pub header: &'static str,
    /// Its value: the limit, not what is left of it.
    pub limit: u32,
    /// What `retry-after` says, where it is said.
    pub retry_after: Option<u64>,
}

impl Counter {
    /// Whether one more request trips this counter; a request that comes before the wait is over
    /// begins the wait anew.
    fn check(
        &mut self,
        now: Instant,
        wait: Duration,
        per_second: (u32, &'static str),
        concurrent: (u32, &'static str),
    ) -> Result<(), Block> {
        while self
            .arrivals
            .front()
            .is_some_and(|at| now.duration_since(*at) >= WINDOW)
        {
            self.arrivals.pop_front();
        }
        let trip = |limit, header, is_concurrency| Block {
            until: now + wait,
            header,
            limit,
            is_concurrency,
        };
        let block = match self.blocked {
            Some(block) if now < block.until => Some(Block {
                until: now + wait,
                ..block
            }),
            _ if self.in_flight >= concurrent.0 => Some(trip(concurrent.0, concurrent.1, true)),
            _ if self.arrivals.len() >= per_second.0 as usize => {
                Some(trip(per_second.0, per_second.1, false))
            }
            _ => None,
        };
        self.blocked = block;
        block.map_or(Ok(()), Err)
    }

    fn enter(&mut self, now: Instant) {
        self.arrivals.push_back(now);
        self.in_flight += 1;
    }

    fn is_idle(&self, now: Instant) -> bool {
        self.in_flight == 0
            && self
                .arrivals
                .back()
                .is_none_or(|at| now.duration_since(*at) >= WINDOW)
            && self.blocked.is_none_or(|block| now >= block.until)
    }
}

impl Limits {
    /// Lets a request in or says which limit it trips. Each one let in must [`Limits::leave`].
    pub fn enter(&mut self, token: &str, now: Instant) -> Result<(), Tripped> {
        let Some(rules) = self.rules else {
            return Ok(());
        };
        if self.tokens.len() > 1000 {
            self.tokens.retain(|_, counter| !counter.is_idle(now));
        }
        let wait = Duration::from_secs(u64::from(rules.retry_after));
        let counter = self.tokens.entry(token.to_owned()).or_default();
        let checked = counter
            .check(
                now,
                wait,
                (rules.per_second, "X-RateLimit-tokenLimit"),
                (rules.concurrent, "X-RateLimit-tokenConcurrentLimit"),
            )
            .and_then(|()| {
                self.app.check(
                    now,
                    wait,
                    (rules.app_per_second, "X-RateLimit-crossTokenLimit"),
                    (
                        rules.app_concurrent,
                        "X-RateLimit-crossTokenConcurrentLimit",
                    ),
                )
            });
        if let Err(block) = checked {
            let is_told = if block.is_concurrency {
                rules.retry_after_on_concurrent
            } else {
                rules.retry_after_on_per_second
            };
            return Err(Tripped {
                header: block.header,
                limit: block.limit,
                retry_after: is_told.then(|| block.until.duration_since(now).as_secs()),
            });
        }
        counter.enter(now);
        self.app.enter(now);
        Ok(())
    }

    /// A request that was let in is answered.
    pub fn leave(&mut self, token: &str) {
        self.app.in_flight = self.app.in_flight.saturating_sub(1);
        if let Some(counter) = self.tokens.get_mut(token) {
            counter.in_flight = counter.in_flight.saturating_sub(1);
        }
    }

    /// Forgets waits and arrivals, for a reset; requests in flight stay counted.
    pub fn forget(&mut self) {
        for counter in self.tokens.values_mut().chain([&mut self.app]) {
            counter.arrivals.clear();
            counter.blocked = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            rules: Some(LimitRule::default()),
            ..Limits::default()
        }
    }

    fn tripped(result: Result<(), Tripped>) -> Option<&'static str> {
        result.err().map(|tripped| tripped.header)
    }

    #[test]
    fn the_seventeenth_request_of_a_sliding_second_trips() {
        let mut limits = limits();
        let start = Instant::now();
        for n in 0..16 {
            let at = start + Duration::from_millis(n * 50);
            assert_eq!(limits.enter("t", at), Ok(()));
            limits.leave("t");
        }
        let early = start + Duration::from_millis(999);
        assert_eq!(
            tripped(limits.enter("t", early)),
            Some("X-RateLimit-tokenLimit")
        );
        // The wait of one second began with the trip.
        let late = early + Duration::from_millis(1000);
        assert_eq!(limits.enter("t", late), Ok(()));
    }

    #[test]
    fn exactly_a_second_later_there_is_room_again() {
        let mut limits = limits();
        let start = Instant::now();
        for _ in 0..16 {
            assert_eq!(limits.enter("t", start), Ok(()));
            limits.leave("t");
        }
        assert_eq!(
            limits.enter("t", start + Duration::from_millis(1000)),
            Ok(())
        );
    }

    #[test]
    fn a_request_before_the_wait_is_over_begins_it_anew() {
        let mut limits = limits();
        let start = Instant::now();
        for _ in 0..5 {
            assert_eq!(limits.enter("t", start), Ok(()));
        }
        let concurrent = limits.enter("t", start).err();
        assert_eq!(
            concurrent,
            Some(Tripped {
                header: "X-RateLimit-tokenConcurrentLimit",
                limit: 5,
                retry_after: Some(1),
            })
        );
        (0..5).for_each(|_| limits.leave("t"));
        let early = start + Duration::from_millis(900);
        assert!(limits.enter("t", early).is_err());
        assert!(
            limits
                .enter("t", early + Duration::from_millis(900))
                .is_err()
        );
        assert!(
            limits
                .enter("t", early + Duration::from_millis(1900))
                .is_ok()
        );
    }

    #[test]
    fn the_app_has_its_own_limit_over_all_tokens() {
        let mut limits = limits();
        let now = Instant::now();
        for token in ["a", "b"] {
            for _ in 0..5 {
                assert_eq!(limits.enter(token, now), Ok(()));
            }
        }
        assert_eq!(
            tripped(limits.enter("c", now)),
            Some("X-RateLimit-crossTokenConcurrentLimit")
        );
    }
}
