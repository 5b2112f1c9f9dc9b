//! How many counts to read at once, by what all calls with the same rhythm have measured.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::id_filter::IDS_A_REQUEST;
use crate::rate_limit::RateLimit;

/// The goal for the time from the request for the old count to the start of its write.
pub const WINDOW: Duration = Duration::from_secs(1);

/// How many counts to read in one request: as many as can be written within the window after it, at
/// least one. `latency` is the duration of the last request.
#[must_use]
pub fn batch_size(limits: RateLimit, latency: Duration, window: Duration) -> usize {
    let starts = u128::from(limits.per_second) * window.as_millis() / 1_000;
    let left = window.saturating_sub(latency).as_micros();
    let rounds = left.checked_div(latency.as_micros()).unwrap_or(u128::MAX);
    let places = u128::from(limits.in_flight).saturating_mul(rounds.max(1));
    let most = starts
        .saturating_sub(1)
        .min(places)
        .clamp(1, IDS_A_REQUEST as u128);
    usize::try_from(most).unwrap_or(IDS_A_REQUEST)
}

/// What reading and writing counts has taught. Clones share it; a caller that makes several APIs
/// gives each of them the same one.
#[derive(Debug, Clone, Default)]
pub struct Rhythm(Arc<Mutex<Seen>>);

#[derive(Debug)]
pub(crate) struct Seen {
    /// The latency of the last read.
    pub(crate) latency: Duration,
    /// The batch size: halved after writes that were late, doubled if none was.
    most: usize,
    /// Whether a list of items shows their counts.
    pub(crate) is_listed: bool,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            latency: Duration::ZERO,
            most: IDS_A_REQUEST,
            is_listed: true,
        }
    }
}

impl Seen {
    /// As [`batch_size`]. If counts are read one by one, half of the requests are reads.
    pub(crate) fn batch_size(&self, limits: RateLimit) -> usize {
        let size = if self.is_listed {
            batch_size(limits, self.latency, WINDOW)
        } else {
            let pairs = (limits.per_second / 2).min(limits.in_flight).max(1);
            usize::try_from(pairs).unwrap_or(1)
        };
        size.min(self.most)
    }
}

impl Rhythm {
    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        // A poisoned lock is safe: it protects plain values.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records the outcomes of writes that were sent together.
    pub(crate) fn learn(&self, sent: usize, missed: usize) {
        let mut seen = self.seen();
        if missed > 0 {
            seen.most = (sent / 2).max(1);
        } else if sent >= seen.most {
            seen.most = seen.most.saturating_mul(2).min(IDS_A_REQUEST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(per_second: u32, in_flight: u32, ms: u64) -> usize {
        let limits = RateLimit {
            per_second,
            in_flight,
        };
        batch_size(limits, Duration::from_millis(ms), WINDOW)
    }

    #[test]
    fn a_batch_is_what_can_be_written_within_the_window_after_one_reading() {
        // The rate limit: one of the starts is the read.
        assert_eq!(size(16, 5, 0), 15);
        assert_eq!(size(16, 5, 100), 15);
        assert_eq!(size(5, 5, 0), 4);
        assert_eq!(size(4, 5, 0), 3);
        // The latency: the number of rounds of requests in flight.
        assert_eq!(size(16, 5, 300), 10);
        assert_eq!(size(100, 5, 100), 45);
        // The goal cannot be reached: one round of concurrent requests.
        assert_eq!(size(16, 5, 700), 5);
        assert_eq!(size(16, 5, 8_000), 5);
        // Down to one.
        assert_eq!(size(2, 1, 0), 1);
        assert_eq!(size(1, 1, 8_000), 1);
        assert_eq!(size(0, 0, 0), 1);
        // The maximum of one filter.
        assert_eq!(size(1_000, 1_000, 1), 100);
    }

    #[test]
    fn writes_that_missed_their_time_make_the_next_batch_smaller_down_to_one() {
        let rhythm = Rhythm::default();
        let limits = RateLimit::default();
        let sizes: Vec<usize> = (0..6)
            .map(|_| {
                let size = rhythm.seen().batch_size(limits);
                rhythm.learn(size, 1);
                size
            })
            .collect();
        assert_eq!(sizes, [15, 7, 3, 1, 1, 1]);
        let sizes: Vec<usize> = (0..5)
            .map(|_| {
                let size = rhythm.seen().batch_size(limits);
                rhythm.learn(size, 0);
                size
            })
            .collect();
        assert_eq!(sizes, [1, 2, 4, 8, 15]);
    }
}
