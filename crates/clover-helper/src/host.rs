//! The service's host behind the pipe: PHP objects that are called back.

use std::rc::{Rc, Weak};

use clover_client::{PermitGrant, PermitRequest};
use clover_service::host::{Host, HostError, Interrupted};
use clover_service::rows::{Input, Kind, permits};
use serde_json::json;

use crate::objects::Objects;
use crate::value::{Sent, Value};

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
    fn call(&self, name: &str, arguments: serde_json::Value) -> Result<Value, HostError> {
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
        Ok(Sent(&stored).bytes().map(std::borrow::Cow::into_owned))
    }

    fn write(&self, record: &str) -> Result<(), HostError> {
        self.call("write", json!([record])).map(drop)
    }

    fn delete(&self) -> Result<(), HostError> {
        self.call("delete", json!([])).map(drop)
    }

    fn lock(&self) -> Result<bool, HostError> {
        let taken = self.call("lock", json!([]))?;
        Ok(Sent(&taken).kind() == Kind::Switch(true))
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
        let arguments = json!(permits::request(request));
        permits::grant(Sent(&self.call("exchange", arguments).ok()?))
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
