//! `CloverSync\RateLimiter`, implemented in PHP.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use std::collections::HashMap;
use std::time::Duration;

use clover_client::{LearnedLimit, PermitGrant, PermitRequest};
use ext_php_rs::boxed::ZBox;
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::FromZval;
use ext_php_rs::error::Error;
use ext_php_rs::flags::DataType;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};

use crate::zend::array::{field, integer, list, values, zval};
use crate::zend::no_pending_exception;

/// Grants the requests of one token to the processes of a site.
#[php_interface]
#[allow(dead_code)] // PHP classes implement it; Rust calls them through `Host`.
#[php(name = "CloverSync\\RateLimiter")]
pub trait RateLimiter {
    /// Reports the state of this process and requests permits.
    #[allow(clippy::too_many_arguments)] // PHP names them.
    fn exchange(
        &self,
        wanted: i64,
        unused: i64,
        inFlight: i64,
        ended: Vec<i64>,
        leaving: bool,
        closedFor: i64,
        learned: HashMap<String, HashMap<String, i64>>,
    ) -> Option<ZBox<ZendHashTable>>;
}

/// A PHP object that implements the interface, kept alive by this reference.
pub struct Host(Zval);

impl FromZval<'_> for Host {
    const TYPE: DataType = DataType::object("CloverSync\\RateLimiter");

    fn from_zval(zval: &Zval) -> Option<Self> {
        zval.object()?
            .instance_of(PhpInterfaceRateLimiter::get_metadata().ce())
            .then(|| Self(zval.shallow_clone()))
    }
}

impl Host {
    /// `None`: the limiter was not reached in time, and nothing changed.
    pub fn exchange(&self, request: &PermitRequest) -> PhpResult<Option<PermitGrant>> {
        // PHP runs no code while an exception is pending.
        no_pending_exception()?;
        // Panic-free: `from_zval` takes objects only.
        let object = self.0.object().ok_or(Error::Object)?;
        let wanted = i64::from(request.wanted);
        let unused = i64::try_from(request.unused()).unwrap_or(0);
        let in_flight = i64::from(request.in_flight);
        let ended = request.ended.iter().map(|time| milliseconds(*time));
        let ended = zval(list(ended)?)?;
        let closed_for = milliseconds(request.closed_for);
        let learned = zval(learned_array(request.learned)?)?;
        let answer = object.try_call_method(
            "exchange",
            vec![
                &wanted,
                &unused,
                &in_flight,
                &ended,
                &request.leaving,
                &closed_for,
                &learned,
            ],
        )?;
        no_pending_exception()?;
        Ok(answer.array().map(|answer| PermitGrant {
            permits: field(answer, "permits").and_then(Zval::array).map_or_else(
                Vec::new,
                |permits| {
                    let times = values(permits).filter_map(Zval::long);
                    times.map(duration).collect()
                },
            ),
            valid_for: time(answer, "validFor"),
            again_in: time(answer, "againIn"),
            others: integer(answer, "others").unwrap_or(0) != 0,
            closed_for: time(answer, "closedFor"),
            learned: field(answer, "learned")
                .and_then(Zval::array)
                .map_or([None, None], |limits| {
                    LIMITS.map(|name| learned_limit(limits, name))
                }),
        }))
    }
}

/// The names of the limits in PHP.
const LIMITS: [&str; 2] = ["per_second", "concurrent"];

fn learned_array(learned: [Option<LearnedLimit>; 2]) -> PhpResult<ZBox<ZendHashTable>> {
    let mut array = ZendHashTable::new();
    for (name, limit) in LIMITS.into_iter().zip(learned) {
        let Some(limit) = limit else { continue };
        let mut entry = ZendHashTable::new();
        entry.insert("limit", i64::from(limit.limit))?;
        entry.insert("forgottenIn", milliseconds(limit.forgotten_in))?;
        entry.insert("step", milliseconds(limit.step))?;
        array.insert(name, entry)?;
    }
    Ok(array)
}

fn learned_limit(limits: &ZendHashTable, name: &str) -> Option<LearnedLimit> {
    let entry = field(limits, name)?.array()?;
    let limit = integer(entry, "limit").unwrap_or(0);
    Some(LearnedLimit {
        limit: u32::try_from(limit).unwrap_or(0),
        forgotten_in: time(entry, "forgottenIn"),
        step: time(entry, "step"),
    })
}

/// Rounded up, so that a request never counts too briefly.
fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_micros().div_ceil(1_000)).unwrap_or(i64::MAX)
}

fn duration(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
}

fn time(answer: &ZendHashTable, field: &str) -> Duration {
    duration(integer(answer, field).unwrap_or(0))
}
