//! The service's host behind the pipe: PHP objects that are called back.

use std::rc::{Rc, Weak};
use std::time::Duration;

use clover_client::{LearnedLimit, PermitGrant, PermitRequest};
use clover_service::host::{Host, HostError, Interrupted};
use serde_json::{Map, Value, json};

use crate::objects::Objects;
use crate::value::{integer, plain_bytes};

/// What PHP gave to a `Connection`.
pub struct PipeHost {
    /// All objects; they own the connection that owns this.
    pub objects: Weak<Objects>,
    /// The connection's number.
    pub connection: u64,
    /// Whether PHP takes log records.
    pub has_log: bool,
    /// Whether processes share the rate limit.
    pub has_rate_limiter: bool,
}

impl PipeHost {
    fn call(&self, name: &str, arguments: Value) -> Result<Value, HostError> {
        self.objects
            .upgrade()
            .and_then(|objects| objects.call_back(self.connection, name, arguments))
            // PHP keeps its exception, and throws it when the call has ended.
            .ok_or_else(|| HostError("an exception".to_owned()))
    }

    fn objects(&self) -> Option<Rc<Objects>> {
        self.objects.upgrade()
    }
}

impl Host for PipeHost {
    fn read(&self) -> Result<Option<Vec<u8>>, HostError> {
        let stored = self.call("read", json!([]))?;
        Ok(plain_bytes(&stored).map(std::borrow::Cow::into_owned))
    }

    fn write(&self, record: &str) -> Result<(), HostError> {
        self.call("write", json!([record])).map(drop)
    }

    fn delete(&self) -> Result<(), HostError> {
        self.call("delete", json!([])).map(drop)
    }

    fn lock(&self) -> Result<bool, HostError> {
        let taken = self.call("lock", json!([]))?;
        Ok(taken.as_bool().unwrap_or(false))
    }

    fn unlock(&self) {
        // What it throws ends the call, and the lock ends with its lease.
        let _ = self.call("unlock", json!([]));
    }

    fn has_rate_limiter(&self) -> bool {
        self.has_rate_limiter
    }

    fn exchange(&self, request: &PermitRequest) -> Option<PermitGrant> {
        if self.check().is_err() {
            return None;
        }
        let ended: Vec<i64> = request.ended.iter().map(|t| milliseconds(*t)).collect();
        let arguments = json!([
            request.wanted,
            request.unused(),
            request.in_flight,
            ended,
            request.leaving,
            milliseconds(request.closed_for),
            learned_json(request.learned),
        ]);
        grant(&self.call("exchange", arguments).ok()?)
    }

    fn is_listening(&self) -> bool {
        self.has_log
    }

    fn log(&self, level: &str, message: &str) -> bool {
        self.call("log", json!([level, message])).is_ok()
    }

    fn tick(&self) -> Result<(), Interrupted> {
        if let Some(objects) = self.objects() {
            objects.look();
        }
        self.check()
    }

    fn check(&self) -> Result<(), Interrupted> {
        match self.objects() {
            Some(objects) if objects.pipe.is_stopped() => {
                Err(Interrupted::Thrown("An exception".to_owned()))
            }
            _ => Ok(()),
        }
    }
}

/// The names of the limits in PHP.
const LIMITS: [&str; 2] = ["per_second", "concurrent"];

fn learned_json(learned: [Option<LearnedLimit>; 2]) -> Value {
    let limits = LIMITS.into_iter().zip(learned);
    let limits = limits.filter_map(|(name, limit)| {
        let limit = limit?;
        let fields = json!({
            "limit": limit.limit,
            "forgottenIn": milliseconds(limit.forgotten_in),
            "step": milliseconds(limit.step),
        });
        Some((name.to_owned(), fields))
    });
    Value::Object(limits.collect())
}

fn grant(answer: &Value) -> Option<PermitGrant> {
    let answer = answer.as_object()?;
    let permits = answer.get("permits").and_then(Value::as_array);
    let permits = permits.into_iter().flatten().filter_map(Value::as_i64);
    Some(PermitGrant {
        permits: permits.map(duration).collect(),
        valid_for: time(answer, "validFor"),
        again_in: time(answer, "againIn"),
        others: integer(answer, "others").unwrap_or(0) != 0,
        closed_for: time(answer, "closedFor"),
        learned: LIMITS.map(|name| {
            let entry = answer.get("learned")?.get(name)?.as_object()?;
            Some(LearnedLimit {
                limit: u32::try_from(integer(entry, "limit").unwrap_or(0)).unwrap_or(0),
                forgotten_in: time(entry, "forgottenIn"),
                step: time(entry, "step"),
            })
        }),
    })
}

/// Rounded up: a request counts too long rather than too short.
fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_micros().div_ceil(1_000)).unwrap_or(i64::MAX)
}

fn duration(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
}

fn time(answer: &Map<String, Value>, field: &str) -> Duration {
    duration(integer(answer, field).unwrap_or(0))
}
