//! Limits from Clover's 429 responses, which can be far below the documented ones.
//!
//! A learned limit applies for some time and then rises by one at a time. So a limit that Clover
//! still enforces causes one 429 and not many.

use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::time::Instant;

use super::{RateLimit, later};

/// One of the two limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LimitKind {
    /// Requests within a second.
    PerSecond,
    /// Requests in flight.
    InFlight,
}

/// The limits in a 429, each in the order of [`KINDS`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tripped {
    /// Whether a header of this kind is present, even if it cannot be parsed.
    pub named: [bool; 2],
    /// The token's limit.
    pub token: [Option<u32>; 2],
    /// The limit of the whole app. The part that is left for this token is unknown.
    pub app: [Option<u32>; 2],
}

impl Tripped {
    /// Reads `X-RateLimit-*`. A value that is not a positive integer is ignored.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        let read = |name: &str| {
            let value = headers.get(name)?.to_str().ok()?;
            value.trim().parse().ok().filter(|limit: &u32| *limit > 0)
        };
        let token = ["x-ratelimit-tokenlimit", "x-ratelimit-tokenconcurrentlimit"];
        let app = [
            "x-ratelimit-crosstokenlimit",
            "x-ratelimit-crosstokenconcurrentlimit",
        ];
        Self {
            named: KINDS.map(|kind| {
                let kind = kind as usize;
                headers.contains_key(token[kind]) || headers.contains_key(app[kind])
            }),
            token: token.map(read),
            app: app.map(read),
        }
    }
}

/// A limit below the documented one, as plain data that can be shared with other processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LearnedLimit {
    /// The lowest value; at least 1.
    pub limit: u32,
    /// Time until the documented limit applies again; zero if it applies.
    pub forgotten_in: Duration,
    /// The limit rises by one each time this duration passes.
    pub step: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    limit: u32,
    forgotten: Instant,
    step: Duration,
}

/// The step of a limit that Clover named.
const NAMED: Duration = Duration::from_secs(60);

/// The step of a limit that was halved because Clover named no limit.
const GUESSED: Duration = Duration::from_secs(5);

/// The number of steps before a learned limit starts to rise.
const HOLD: u32 = 10;

impl Entry {
    fn new(limit: u32, documented: u32, step: Duration, now: Instant) -> Self {
        let steps = HOLD + documented.saturating_sub(limit);
        Self {
            limit,
            forgotten: now + step * steps,
            step,
        }
    }

    fn at(&self, documented: u32, now: Instant) -> u32 {
        let left = self.forgotten.saturating_duration_since(now);
        let steps = left.as_millis().div_ceil(self.step.as_millis());
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        documented.saturating_sub(steps).max(self.limit)
    }
}

/// A second 429 without a named limit within this time halves the limits. The first one only causes
/// a wait.
const SUSPICION: Duration = Duration::from_secs(60);

/// Both limits of one token.
#[derive(Debug, Default)]
pub(crate) struct LearnedLimits {
    per_second: Option<Entry>,
    in_flight: Option<Entry>,
    /// Limits that this process learned and has not shared yet, in the order of [`KINDS`].
    news: [bool; 2],
    /// When the last 429 without a limit of the token arrived.
    unnamed: Option<Instant>,
}

const KINDS: [LimitKind; 2] = [LimitKind::PerSecond, LimitKind::InFlight];

fn documented(kind: LimitKind) -> u32 {
    let whole = RateLimit::default();
    match kind {
        LimitKind::PerSecond => whole.per_second,
        LimitKind::InFlight => whole.in_flight,
    }
}

impl LearnedLimits {
    fn entry(&mut self, kind: LimitKind) -> &mut Option<Entry> {
        match kind {
            LimitKind::PerSecond => &mut self.per_second,
            LimitKind::InFlight => &mut self.in_flight,
        }
    }

    /// The current limits of the token.
    fn at(&self, now: Instant) -> RateLimit {
        let whole = RateLimit::default();
        let of = |entry: &Option<Entry>, documented| {
            entry.map_or(documented, |entry| entry.at(documented, now))
        };
        RateLimit {
            per_second: of(&self.per_second, whole.per_second),
            in_flight: of(&self.in_flight, whole.in_flight),
        }
    }

    /// `own`, within the limits that were learned and are not forgotten. A share of more than the
    /// documented limits, for a simulator without limits, is whole until then.
    pub(crate) fn within(&self, own: RateLimit, now: Instant) -> RateLimit {
        let whole = RateLimit::default();
        let learned = self.at(now);
        let of = |own: u32, learned: u32, documented: u32| {
            if learned < documented {
                own.min(learned)
            } else {
                own
            }
        };
        RateLimit {
            per_second: of(own.per_second, learned.per_second, whole.per_second),
            in_flight: of(own.in_flight, learned.in_flight, whole.in_flight),
        }
    }

    /// Learns from a 429. `sent`: when its request was sent, because many requests can exceed one
    /// limit together.
    pub(crate) fn learn(&mut self, tripped: Tripped, sent: Instant, now: Instant) {
        let mut is_known = false;
        for kind in KINDS {
            let bound = tripped.app[kind as usize];
            let bound = bound.filter(|bound| *bound < self.current(kind, now));
            let token = tripped.token[kind as usize];
            if let Some(limit) = [token, bound].into_iter().flatten().min() {
                self.set(kind, limit, NAMED, now);
                is_known = true;
            }
        }
        if is_known {
            return;
        }
        match self.unnamed {
            // The requests of one burst count once.
            Some(last) if sent <= last => return,
            Some(last) if now.duration_since(last) < SUSPICION => {
                for kind in KINDS {
                    let is_other = tripped.named != [false; 2] && !tripped.named[kind as usize];
                    if is_other {
                        continue;
                    }
                    let half = (self.current(kind, now) / 2).max(1);
                    self.set(kind, half, GUESSED, now);
                }
            }
            _ => {}
        }
        self.unnamed = Some(now);
    }

    fn current(&self, kind: LimitKind, now: Instant) -> u32 {
        let limits = self.at(now);
        match kind {
            LimitKind::PerSecond => limits.per_second,
            LimitKind::InFlight => limits.in_flight,
        }
    }

    fn set(&mut self, kind: LimitKind, limit: u32, step: Duration, now: Instant) {
        let documented = documented(kind);
        // The documented limit cannot be raised. If Clover names a limit that this process obeyed,
        // others use the token as well, and the wait of the 429 is the only possible reaction.
        let entry = (limit < documented).then(|| Entry::new(limit, documented, step, now));
        *self.entry(kind) = entry;
        self.news[kind as usize] = true;
    }

    /// Limits that were not shared with other processes yet, in the order of [`KINDS`].
    pub(crate) fn news(&self, now: Instant) -> [Option<LearnedLimit>; 2] {
        KINDS.map(|kind| {
            let entry = [self.per_second, self.in_flight][kind as usize];
            self.news[kind as usize].then(|| LearnedLimit {
                limit: entry.map_or(documented(kind), |entry| entry.limit),
                forgotten_in: entry.map_or(Duration::ZERO, |entry| {
                    entry.forgotten.saturating_duration_since(now)
                }),
                step: entry.map_or(NAMED, |entry| entry.step),
            })
        })
    }

    /// Replaces the limits with the shared ones, except those that were not shared yet. A duration
    /// that is impossible for a limit comes from a wrong clock and is cut.
    pub(crate) fn exchange(
        &mut self,
        shared: [Option<LearnedLimit>; 2],
        known: [Option<LearnedLimit>; 2],
        now: Instant,
    ) {
        for kind in KINDS {
            if self.news[kind as usize] && shared[kind as usize].is_none() {
                continue;
            }
            self.news[kind as usize] = false;
            let documented = documented(kind);
            let known = known[kind as usize].filter(|l| {
                (1..documented).contains(&l.limit)
                    && !l.forgotten_in.is_zero()
                    && (GUESSED..=NAMED).contains(&l.step)
            });
            *self.entry(kind) = known.map(|l| {
                let longest = Entry::new(l.limit, documented, l.step, now);
                Entry {
                    forgotten: later(now, l.forgotten_in).min(longest.forgotten),
                    ..longest
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &'static str, value: &str) -> Tripped {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        Tripped::from_headers(&headers)
    }

    fn share(per_second: u32, in_flight: u32) -> RateLimit {
        RateLimit {
            per_second,
            in_flight,
        }
    }

    fn minutes(n: u64) -> Duration {
        Duration::from_secs(60 * n)
    }

    #[test]
    fn a_429_names_the_limit_it_tripped_and_nonsense_names_none() {
        let rate = named("x-ratelimit-tokenlimit", " 5 ");
        assert_eq!((rate.named, rate.token), ([true, false], [Some(5), None]));
        let flight = named("x-ratelimit-tokenconcurrentlimit", "2");
        assert_eq!(flight.token, [None, Some(2)]);
        let app = named("x-ratelimit-crosstokenlimit", "50");
        assert_eq!((app.token, app.app), ([None, None], [Some(50), None]));
        for nonsense in ["0", "-1", "5.5", "many", "", "99999999999", "0x10"] {
            let tripped = named("x-ratelimit-tokenlimit", nonsense);
            assert_eq!(tripped.token, [None, None], "{nonsense:?}");
            assert_eq!(tripped.named, [true, false], "{nonsense:?}");
        }
        assert_eq!(Tripped::from_headers(&HeaderMap::new()), Tripped::default());
    }

    #[test]
    fn each_limit_is_learned_for_itself_and_none_above_the_documented_one() {
        let now = Instant::now();
        let mut learned = LearnedLimits::default();
        assert_eq!(learned.at(now), share(16, 5));
        learned.learn(named("x-ratelimit-tokenlimit", "5"), now, now);
        assert_eq!(learned.at(now), share(5, 5));
        learned.learn(named("x-ratelimit-tokenconcurrentlimit", "1"), now, now);
        assert_eq!(learned.at(now), share(5, 1));
        learned.learn(named("x-ratelimit-tokenlimit", "100"), now, now);
        assert_eq!(learned.at(now), share(16, 1));
    }

    #[test]
    fn a_429_that_names_both_limits_teaches_both() {
        let now = Instant::now();
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-tokenlimit", "4".parse().unwrap());
        headers.insert("x-ratelimit-tokenconcurrentlimit", "2".parse().unwrap());
        headers.insert("x-ratelimit-crosstokenlimit", "3".parse().unwrap());
        let mut learned = LearnedLimits::default();
        learned.learn(Tripped::from_headers(&headers), now, now);
        assert_eq!(learned.at(now), share(3, 2));
    }

    #[test]
    fn a_learned_limit_holds_for_ten_minutes_and_rises_by_one_a_minute() {
        let now = Instant::now();
        let mut learned = LearnedLimits::default();
        learned.learn(named("x-ratelimit-tokenlimit", "5"), now, now);
        let mut last = 5;
        for minute in 0..=10 {
            assert_eq!(learned.at(now + minutes(minute)), share(5, 5));
        }
        for second in 600..=1_300 {
            let rate = learned.at(now + Duration::from_secs(second)).per_second;
            assert!((last..=last + 1).contains(&rate), "{second} s: {rate}");
            last = rate;
        }
        assert_eq!(learned.at(now + minutes(22)), share(16, 5));
    }

    #[test]
    fn the_second_429_without_a_name_halves_both_limits_once_and_they_recover() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut learned = LearnedLimits::default();
        learned.learn(Tripped::default(), at(0), at(1));
        assert_eq!(learned.at(at(1)), share(16, 5));
        // Sent before the first refusal arrived.
        learned.learn(Tripped::default(), at(0), at(2));
        assert_eq!(learned.at(at(2)), share(16, 5));
        learned.learn(Tripped::default(), at(3), at(4));
        assert_eq!(learned.at(at(4)), share(8, 2));
        for n in 0..9 {
            learned.learn(Tripped::default(), at(5 + n), at(5 + n));
        }
        assert_eq!(learned.at(at(13)), share(1, 1));
        assert_eq!(learned.at(at(13 + 125)), share(16, 5));
    }

    #[test]
    fn the_app_limit_is_only_an_upper_bound() {
        let now = Instant::now();
        let mut learned = LearnedLimits::default();
        learned.learn(named("x-ratelimit-crosstokenlimit", "50"), now, now);
        assert_eq!(learned.at(now), share(16, 5));
        learned.learn(named("x-ratelimit-crosstokenlimit", "10"), now, now);
        assert_eq!(learned.at(now), share(10, 5));
        // Its second one halves only the kind of limit that it names.
        let soon = now + Duration::from_secs(2);
        learned.learn(named("x-ratelimit-crosstokenlimit", "50"), soon, soon);
        assert_eq!(learned.at(soon), share(5, 5));
    }

    #[test]
    fn what_another_process_learned_is_taken_over_and_impossible_times_are_cut() {
        let now = Instant::now();
        let mut one = LearnedLimits::default();
        one.learn(named("x-ratelimit-tokenlimit", "4"), now, now);
        let news = one.news(now);
        assert_eq!(news[1], None);
        let mut two = LearnedLimits::default();
        two.exchange([None, None], news, now);
        assert_eq!(two.at(now), share(4, 5));
        assert_eq!(two.news(now), [None, None]);
        // A limit learned during an exchange is not lost.
        one.learn(named("x-ratelimit-tokenconcurrentlimit", "2"), now, now);
        one.exchange(news, news, now);
        assert_eq!(one.at(now), share(4, 2));
        assert_eq!(one.news(now)[0], None);
        let odd = |limit, step| LearnedLimit {
            limit,
            forgotten_in: Duration::MAX,
            step,
        };
        two.exchange(
            [None, None],
            [Some(odd(3, NAMED)), Some(odd(0, NAMED))],
            now,
        );
        assert_eq!(two.at(now), share(3, 5));
        two.exchange([None, None], [Some(odd(3, Duration::ZERO)), None], now);
        assert_eq!(two.at(now), share(16, 5));
        two.exchange([None, None], [Some(odd(3, NAMED)), None], now);
        assert_eq!(two.at(now + minutes(23)), share(16, 5));
    }
}
