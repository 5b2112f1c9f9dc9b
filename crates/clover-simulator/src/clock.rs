//! The simulated wall clock: real or the runtime's time, plus what `/__sim/clock` added.

use std::time::{SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Where the simulated time comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Time {
    /// The machine's clock.
    #[default]
    Wall,
    /// The runtime's clock, which tests can pause: it begins at so many milliseconds since 1970.
    Runtime(i64),
}

/// Simulated time in milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    offset_ms: i64,
    time: Time,
    start: Instant,
}

impl Clock {
    /// A clock that has not been moved.
    pub fn new(time: Time) -> Self {
        Clock {
            offset_ms: 0,
            time,
            start: Instant::now(),
        }
    }

    /// Now, to the millisecond.
    pub fn now_ms(&self) -> i64 {
        let millis =
            |time: std::time::Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let now = match self.time {
            Time::Wall => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, millis),
            Time::Runtime(start) => start.saturating_add(millis(self.start.elapsed())),
        };
        now.saturating_add(self.offset_ms)
    }

    /// Moves the clock forward.
    pub fn advance_s(&mut self, seconds: i64) {
        self.offset_ms = self.offset_ms.saturating_add(seconds.saturating_mul(1000));
    }
}
