//! The exchange with the limiter of all processes. Times are in milliseconds.

use std::time::Duration;

use clover_client::{LearnedLimit, PermitGrant, PermitRequest};

use super::{Input, Output, row};

/// The names of the limits: a second, in flight.
const LIMITS: [&str; 2] = ["per_second", "concurrent"];

/// The arguments of the exchange.
#[must_use]
pub fn request(request: &PermitRequest) -> [Output<'_>; 7] {
    let limits = LIMITS.into_iter().zip(request.learned);
    let learned = limits.filter_map(|(name, limit)| {
        let limit = limit?;
        let fields = row! {
            limit: i64::from(limit.limit),
            forgottenIn: milliseconds(limit.forgotten_in),
            step: milliseconds(limit.step),
        };
        Some((name.into(), fields))
    });
    [
        i64::from(request.wanted).into(),
        Output::count(request.unused()),
        i64::from(request.in_flight).into(),
        Output::list(request.ended.iter().copied().map(milliseconds)),
        request.leaving.into(),
        milliseconds(request.closed_for).into(),
        Output::Row(learned.collect()),
    ]
}

/// The limiter's answer. `None`: it was not reached in time, and nothing changed.
pub fn grant<'a>(answer: impl Input<'a>) -> Option<PermitGrant> {
    if !answer.is_array() {
        return None;
    }
    let permits = answer.field("permits").into_iter().flat_map(Input::values);
    let learned = |name| {
        let limit = answer.field("learned")?.field(name)?;
        limit.is_array().then(|| LearnedLimit {
            limit: u32::try_from(limit.integer_of("limit").unwrap_or(0)).unwrap_or(0),
            forgotten_in: time(limit, "forgottenIn"),
            step: time(limit, "step"),
        })
    };
    Some(PermitGrant {
        permits: permits.filter_map(Input::whole).map(duration).collect(),
        valid_for: time(answer, "validFor"),
        again_in: time(answer, "againIn"),
        others: answer.integer_of("others").unwrap_or(0) != 0,
        closed_for: time(answer, "closedFor"),
        learned: LIMITS.map(learned),
    })
}

/// Rounded up, so that a request never counts too briefly.
fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_micros().div_ceil(1_000)).unwrap_or(i64::MAX)
}

fn duration(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
}

fn time<'a>(answer: impl Input<'a>, field: &str) -> Duration {
    duration(answer.integer_of(field).unwrap_or(0))
}
