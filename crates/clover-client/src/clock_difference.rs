//! How far this server's clock is ahead of Clover's, by the header `Date` of Clover's responses.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use reqwest::header::{DATE, HeaderMap};

/// The difference by the last response. Clones share it.
#[derive(Clone)]
pub struct ClockDifference {
    seconds: Arc<Mutex<Option<i64>>>,
    now: fn() -> i64,
}

impl fmt::Debug for ClockDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClockDifference({:?})", self.seconds())
    }
}

impl ClockDifference {
    /// Nothing is known yet. `now`: this server's clock, in Unix seconds.
    #[must_use]
    pub fn new(now: fn() -> i64) -> Self {
        Self {
            seconds: Arc::default(),
            now,
        }
    }

    /// Seconds by which this server's clock is ahead of Clover's, negative if it is behind; `None`
    /// before the first response with a date.
    #[must_use]
    pub fn seconds(&self) -> Option<i64> {
        *self.seconds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> i64 {
        (self.now)()
    }

    /// Notes the date of a response by the times of this server's clock when its request was sent
    /// and when its head arrived. A response without a readable date changes nothing.
    pub(crate) fn note(&self, headers: &HeaderMap, sent: i64, arrived: i64) {
        if let Some(date) = date(headers) {
            let seconds = difference(date, sent, arrived);
            *self.seconds.lock().unwrap_or_else(PoisonError::into_inner) = Some(seconds);
        }
    }
}

/// Clover wrote the date between the two times, in whole seconds. Of the differences that this
/// allows, the smallest: a slow response does not mean a wrong clock.
fn difference(date: i64, sent: i64, arrived: i64) -> i64 {
    let least = sent.saturating_sub(date).saturating_sub(1);
    let most = arrived.saturating_sub(date);
    if least > 0 { least } else { most.min(0) }
}

/// Unix seconds.
fn date(headers: &HeaderMap) -> Option<i64> {
    let text = headers.get(DATE)?.to_str().ok()?;
    let time = httpdate::parse_http_date(text.trim()).ok()?;
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_response_shows_nothing_and_a_wrong_clock_shows_its_difference() {
        for (sent, arrived, seconds) in [
            (1_000, 1_000, 0),
            (1_001, 1_001, 0),
            (970, 1_030, 0),
            (1_091, 1_091, 90),
            (1_091, 1_151, 90),
            (910, 910, -90),
            (850, 910, -90),
            (i64::MIN, i64::MIN, i64::MIN),
            (i64::MAX, i64::MAX, i64::MAX - 1_001),
        ] {
            assert_eq!(
                difference(1_000, sent, arrived),
                seconds,
                "{sent} to {arrived}"
            );
        }
    }

    #[test]
    fn only_a_date_of_http_is_read() {
        let with = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(DATE, text.parse().unwrap());
            date(&headers)
        };
        assert_eq!(with("Tue, 01 Dec 2026 12:58:51 GMT"), Some(1_796_129_931));
        for text in ["", "soon", "1796129931", "Tue, 31 Feb 2026 25:00:00 GMT"] {
            assert_eq!(with(text), None, "{text}");
        }
        assert_eq!(date(&HeaderMap::new()), None);
    }
}
