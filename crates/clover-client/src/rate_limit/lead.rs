//! How long before the head of its response a request has certainly arrived.
//!
//! A request that counted until a second after its head would be counted for its whole latency
//! twice: Clover's limit of 16 a second would be 14.4 with 100 ms. But two requests arrive as far
//! apart as they started, except for the difference of their ways to Clover. The fastest of recent
//! requests had way, work and way back; whatever another one took beyond that may have been its
//! way, and the rest was not. So a request counts from its start plus that excess.
//!
//! This holds for requests whose bytes left at once. One that waits for a connection takes longer
//! than the fastest, so it counts longer. The runtime is not left before the bytes of a started
//! request are written: see `runtime::wait` of `clover-service`.

use std::collections::VecDeque;
use std::time::Duration;

/// The fastest of fewer requests may have waited for its connection, as all others had.
const KEPT: usize = 16;

/// The latencies of the last requests.
#[derive(Debug, Default)]
pub(super) struct Lead {
    recent: VecDeque<Duration>,
}

impl Lead {
    /// The lead of a request with this latency. Zero until enough requests are known.
    pub(super) fn of(&mut self, latency: Duration) -> Duration {
        let fastest = self.recent.iter().min().copied().unwrap_or_default();
        let is_known = self.recent.len() == KEPT;
        if is_known {
            self.recent.pop_front();
        }
        self.recent.push_back(latency);
        if is_known {
            fastest.min(latency)
        } else {
            Duration::ZERO
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn the_lead_is_the_latency_of_the_fastest_recent_request_and_never_more_than_its_own() {
        let mut lead = Lead::default();
        for n in 0..KEPT as u64 {
            assert_eq!(lead.of(ms(100 + n)), ms(0), "{n}");
        }
        assert_eq!(lead.of(ms(300)), ms(100));
        assert_eq!(lead.of(ms(40)), ms(40));
        assert_eq!(lead.of(ms(300)), ms(40));
        for _ in 0..KEPT {
            lead.of(ms(500));
        }
        assert_eq!(lead.of(ms(500)), ms(500));
    }
}
