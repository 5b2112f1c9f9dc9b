//! Webhooks: which events there are and who registered for them. Sending is in [`deliver`].

pub mod deliver;

use std::collections::VecDeque;

use serde_json::{Map, Value, json};
use url::Url;

use crate::model::merchant::Merchant;
use crate::switches::Switches;

/// Events in one delivery at most.
const BATCH: usize = 200;

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Create,
    /// It is different.
    Update,
    /// It is gone.
    Delete,
}

/// The registered webhook and the events waiting for it.
#[derive(Default)]
pub struct Hooks {
    registered: Option<Registration>,
    queue: VecDeque<Value>,
    /// Whether the change at hand comes from the app's own REST call.
    pub is_own_write: bool,
    wants_verification: bool,
}

/// Where events go.
#[derive(Clone)]
pub struct Registration {
    /// Loopback only.
    pub url: Url,
    /// Sent as `X-Clover-Auth`.
    pub auth_code: String,
    /// Sent once, before any event.
    pub verification_code: String,
}

impl Hooks {
    /// Registers a webhook in place of the one before; events waiting for that one are gone.
    pub fn register(&mut self, registration: Registration, verify: bool) {
        self.queue.clear();
        self.registered = Some(registration);
        self.wants_verification = verify;
    }

    /// Whether an event of this kind goes out: only for what the app may read.
    pub fn wants(&self, prefix: &str, merchant: &Merchant, switches: &Switches) -> bool {
        let permission = match prefix {
            "I" | "IC" | "IG" | "IM" | "IS" | "IA" => "INVENTORY_R",
            "O" => "ORDERS_R",
            "P" => "PAYMENTS_R",
            "C" => "CUSTOMERS_R",
            _ => "MERCHANT_R",
        };
        self.registered.is_some()
            && (!self.is_own_write || switches.own_write_echo)
            && merchant.allows(permission)
    }

    /// Queues an event.
    pub fn push(
        &mut self,
        prefix: &str,
        id: &str,
        change: Change,
        ts: i64,
        data: &[(&str, Value)],
    ) {
        let word = match change {
            Change::Create => "CREATE",
            Change::Update => "UPDATE",
            Change::Delete => "DELETE",
        };
        let mut event = Map::new();
        event.insert("objectId".to_owned(), json!(format!("{prefix}:{id}")));
        event.insert("type".to_owned(), json!(word));
        event.insert("ts".to_owned(), json!(ts));
        for (name, value) in data {
            event.insert((*name).to_owned(), value.clone());
        }
        self.queue.push_back(Value::Object(event));
    }

    /// Whether there is anything to send.
    pub fn has_events(&self) -> bool {
        !self.queue.is_empty()
    }

    /// The events of the next delivery, and where it goes.
    pub fn next_batch(&mut self) -> Option<(Registration, Vec<Value>)> {
        let registration = self.registered.clone()?;
        let count = self.queue.len().min(BATCH);
        let events: Vec<Value> = self.queue.drain(..count).collect();
        (!events.is_empty()).then_some((registration, events))
    }

    /// The registration whose verification code must be sent now, once.
    pub fn take_verification(&mut self) -> Option<Registration> {
        std::mem::take(&mut self.wants_verification)
            .then(|| self.registered.clone())
            .flatten()
    }

    /// What `/__sim/state` says.
    pub fn state(&self) -> Value {
        let at = self.registered.as_ref();
        json!({
            "url": at.map(|r| r.url.as_str()),
            "verification_code": at.map(|r| r.verification_code.as_str()),
        })
    }
}
