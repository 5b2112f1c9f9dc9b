//! A record of every request but those to the control plane.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::time::Instant;

/// The oldest entries go when there are more.
const KEPT: usize = 500_000;

/// The record.
#[derive(Clone)]
pub struct Journal(Arc<Mutex<Inner>>);

struct Inner {
    start: Instant,
    entries: VecDeque<LogEntry>,
    next: u64,
    in_flight: u64,
    /// Entries of requests that began before a reset are not written any more.
    round: u64,
}

/// One request.
#[derive(Clone, Debug, Serialize)]
pub struct LogEntry {
    /// Counts from 1.
    pub n: u64,
    /// The verb.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// `None` while it is being answered, 0 when its answer was dropped.
    pub status: Option<u16>,
    /// Requests in flight when it came, itself included.
    pub in_flight: u64,
    /// Milliseconds of real time since the start.
    pub at: u64,
}

impl Default for Journal {
    /// An empty record whose time begins now.
    fn default() -> Self {
        Journal(Arc::new(Mutex::new(Inner {
            start: Instant::now(),
            entries: VecDeque::new(),
            next: 1,
            in_flight: 0,
            round: 0,
        })))
    }
}

impl Journal {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request has come; it is in flight until the visit is dropped.
    pub fn begin(&self, method: &str, path: String) -> PendingEntry {
        let mut inner = self.lock();
        inner.in_flight += 1;
        let entry = LogEntry {
            n: inner.next,
            method: method.to_owned(),
            path,
            status: None,
            in_flight: inner.in_flight,
            at: u64::try_from(inner.start.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        let pending = PendingEntry {
            journal: self.clone(),
            n: inner.next,
            round: inner.round,
            is_answered: false,
        };
        inner.next += 1;
        inner.entries.push_back(entry);
        if inner.entries.len() > KEPT {
            inner.entries.pop_front();
        }
        pending
    }

    /// The requests after number `since`.
    pub fn since(&self, since: u64) -> Vec<LogEntry> {
        let inner = self.lock();
        let from = inner.entries.partition_point(|entry| entry.n <= since);
        inner.entries.range(from..).cloned().collect()
    }

    /// Empties the record; counting begins anew.
    pub fn clear(&self) {
        let mut inner = self.lock();
        inner.entries.clear();
        inner.next = 1;
        inner.round += 1;
    }
}

/// A request in flight.
pub struct PendingEntry {
    journal: Journal,
    n: u64,
    round: u64,
    is_answered: bool,
}

impl PendingEntry {
    /// Notes the status before the answer leaves.
    pub fn answered(&mut self, status: u16) {
        self.is_answered = true;
        let mut inner = self.journal.lock();
        if inner.round == self.round {
            let at = inner.entries.partition_point(|entry| entry.n < self.n);
            if let Some(entry) = inner.entries.get_mut(at) {
                entry.status = Some(status);
            }
        }
    }
}

impl Drop for PendingEntry {
    fn drop(&mut self) {
        if !self.is_answered {
            self.answered(0);
        }
        self.journal.lock().in_flight -= 1;
    }
}
