//! The simulated wall clock: real time plus what `/__sim/clock` added.

use std::time::{SystemTime, UNIX_EPOCH};

/// Simulated time in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    offset_ms: i64,
}

impl Clock {
    /// Now, to the millisecond.
    pub fn now_ms(&self) -> i64 {
        let real = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |d| d.as_millis());
        i64::try_from(real)
            .unwrap_or(i64::MAX)
            .saturating_add(self.offset_ms)
    }

    /// Moves the clock forward.
    pub fn advance_s(&mut self, seconds: i64) {
        self.offset_ms = self.offset_ms.saturating_add(seconds.saturating_mul(1000));
    }
}
